"""Rules by name: audience, limits, what must come first; all verdicts; fail closed; what becomes of the ineligible."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from innovationhub import (
    Audience,
    Case,
    Catalogue,
    Hub,
    Invalid,
    Person,
    PluginError,
    Refused,
    Verdict,
    hookimpl,
)
from innovationhub.domain.records import Read, Rows
from tests.audited import audited, codes_of, held, kind, noted, statuses
from tests.conftest import MakeHub
from tests.support import ONLY_BUILT_IN, TASTER, Clock, people, small_hub, weekly

LATER = "taster@2026-12-08T10:00"
AUDIENCE = Audience("Ward teams", ("wards",))


def person(hub: Hub, id: str, *groups: str) -> str:
    hub.add_person(Person(id, id.title(), groups=groups))
    return id


def test_audience(make_hub: MakeHub) -> None:
    """Only the groups that are meant; without the rule the audience advises."""
    hub = audited(make_hub(types=[kind(capacity=3, rules=("audience",), audience=AUDIENCE)]))
    person(hub, "ada", "wards")
    person(hub, "bob", "estates")
    assert hub.book(TASTER, "ada").status == "confirmed"
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "bob")
    assert codes_of(refused) == ("not-eligible",)
    facts = refused.value.reasons[0].facts
    assert (facts["rule"], facts["person_id"]) == ("audience", "bob")
    assert refused.value.reasons[0].remedies


def test_one_at_a_time(make_hub: MakeHub, clock: Clock) -> None:
    """The next can be booked once the first has been, or was given up; waiting counts."""
    hub = audited(make_hub(types=[kind(capacity=3, rules=("one-at-a-time",))]))
    people(hub, "ada")
    first = hub.book(TASTER, "ada")
    with pytest.raises(Refused) as refused:
        hub.book(LATER, "ada")
    assert refused.value.reasons[0].facts["booking_id"] == first.id
    hub.cancel(first.id)
    assert hub.book(LATER, "ada").status == "confirmed"
    clock.now = datetime(2026, 12, 8, 11, 5, tzinfo=UTC)
    assert hub.book("taster@2026-12-15T10:00", "ada").status == "confirmed"


def test_one_at_a_time_can_be_moved(make_hub: MakeHub) -> None:
    """The booking that is moved does not count against itself."""
    hub = audited(make_hub(types=[kind(capacity=3, rules=("one-at-a-time", "at-most-a-month:1"))]))
    people(hub, "ada")
    first = hub.book(TASTER, "ada")
    assert hub.transfer(first.id, LATER).status == "confirmed"


def test_at_most_so_many_a_month(make_hub: MakeHub) -> None:
    """By the hub's calendar month; a place in a queue counts, a cancelled one does not."""
    hub = audited(make_hub(types=[kind(capacity=1, rules=("at-most-a-month:2",))]))
    people(hub, "ada", "bob")
    hub.book(TASTER, "bob")
    one, _ = hub.book(TASTER, "ada"), hub.book(LATER, "ada")
    with pytest.raises(Refused) as refused:
        hub.book("taster@2026-12-15T10:00", "ada")
    facts = refused.value.reasons[0].facts
    assert (facts["most"], facts["held"], facts["month"]) == (2, 2, "December 2026")
    assert hub.book("taster@2027-01-05T10:00", "ada").status == "confirmed"
    hub.cancel(one.id)
    assert hub.book("taster@2026-12-15T10:00", "ada").status == "confirmed"


def test_needs_attendance_of_another_type(make_hub: MakeHub, clock: Clock) -> None:
    """Booked is not attended: only who was there may book the next."""
    types = [kind(capacity=3), kind("deeper", 3, rules=("needs-attendance:taster",))]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("deeper", "2026-12-01T14:00")]))
    people(hub, "ada")
    deeper = "deeper@2026-12-08T14:00"
    hub.book(TASTER, "ada")
    with pytest.raises(Refused) as refused:
        hub.book(deeper, "ada")
    assert codes_of(refused) == ("not-eligible",)
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    hub.check_in(TASTER, "ada")
    assert hub.book(deeper, "ada").status == "confirmed"


def test_all_verdicts_are_gathered(make_hub: MakeHub) -> None:
    """Every rule that says no, and the other reasons with them, for everybody in a group."""
    rules = ("audience", "one-at-a-time", "needs-attendance:forum")
    types = [kind(capacity=9, rules=rules, audience=AUDIENCE), kind("forum", 9)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]))
    person(hub, "ada")
    person(hub, "bob", "wards")
    hub.book("forum@2026-12-01T10:30", "ada")
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "ada", group=["bob"])
    found = [
        (str(each.facts.get("rule", each.code)), each.facts["person_id"]) for each in refused.value.reasons
    ]
    assert sorted(found) == [
        ("audience", "ada"),
        ("clash", "ada"),
        ("needs-attendance:forum", "ada"),
        ("needs-attendance:forum", "bob"),
    ]


class Raises:
    """A rule that cannot tell."""

    def needs(self, case: Case) -> Read:
        return Read()

    def judge(self, rows: Rows, case: Case) -> Verdict:
        raise OSError("the staff record is away")


class Plugin:
    @hookimpl
    def innovationhub_rules(self) -> dict[str, Raises]:
        return {"raises": Raises()}


def test_a_rule_that_raises_refuses_the_command(clock: Clock) -> None:
    """Fail closed: the plugin is named, and nothing is committed."""
    with Hub.open("memory:", plugins=[Plugin()], clock=clock, settings=ONLY_BUILT_IN) as hub:
        hub.load_catalogue(Catalogue(None, (kind(rules=("raises",)),), (weekly(),)))
        people(hub, "ada")
        before = len(hub.journal())
        with pytest.raises(PluginError, match=r"raises.*the staff record is away"):
            hub.book(TASTER, "ada")
        assert len(hub.journal()) == before
        assert hub.audit() == []


def test_a_rule_that_nobody_declares(make_hub: MakeHub) -> None:
    """Is a fault when the catalogue is loaded."""
    with pytest.raises(Invalid, match="rules"):
        make_hub(types=[kind(rules=("no-such-rule",))])


def test_a_rule_whose_plugin_is_gone(tmp_path: Path, clock: Clock) -> None:
    """Loaded while it was there, refused since it is not: fail closed, with the rule's name."""
    file = tmp_path / "hub.db"
    with Hub.open(f"sqlite:///{file}", plugins=[Plugin()], clock=clock, settings=ONLY_BUILT_IN) as hub:
        hub.load_catalogue(Catalogue(None, (kind(rules=("raises",)),), (weekly(),)))
        people(hub, "ada")
    with (
        Hub.open(f"sqlite:///{file}", clock=clock, settings=ONLY_BUILT_IN) as hub,
        pytest.raises(PluginError, match="raises"),
    ):
        hub.book(TASTER, "ada")


@pytest.mark.parametrize("policy", ["keep", "release"])
def test_when_eligibility_ends(make_hub: MakeHub, policy: str) -> None:
    """By policy the place stays, or a tick releases it and the next has it."""
    type_ = kind(capacity=1, rules=("audience",), audience=AUDIENCE, on_ineligible=policy)
    hub = audited(make_hub(types=[type_]))
    person(hub, "ada", "wards")
    person(hub, "bob", "wards")
    one, two = (hub.book(TASTER, each).id for each in ("ada", "bob"))
    person(hub, "ada", "estates")
    hub.tick()
    expected = ["confirmed", "waitlisted"] if policy == "keep" else ["cancelled", "confirmed"]
    assert statuses(hub, one, two) == expected


def test_released_places_of_many(make_hub: MakeHub) -> None:
    """More than one walk of them: all are looked at, nobody is missed, and everybody who may is seated."""
    type_ = kind(capacity=70, rules=("audience",), audience=AUDIENCE, on_ineligible="release")
    hub = make_hub(types=[type_])
    everybody = [person(hub, f"p{number}", "wards") for number in range(80)]
    for each in everybody:
        hub.book(TASTER, each)
    for each in everybody[::2]:
        person(hub, each, "estates")
    while not hub.tick().complete:
        pass
    assert held(hub, TASTER) == everybody[1::2]
    assert hub.audit() == []


def test_who_waits_and_is_no_longer_eligible_is_passed_over(make_hub: MakeHub) -> None:
    """The place is kept, the next has the seat, and a tick makes them ready again when they are eligible."""
    hub = audited(make_hub(types=[kind(capacity=1, rules=("audience",), audience=AUDIENCE)]))
    for each in ("ada", "bob", "cem"):
        person(hub, each, "wards")
    one, two, three = (hub.book(TASTER, each).id for each in ("ada", "bob", "cem"))
    person(hub, "bob", "estates")
    hub.cancel(one)
    assert statuses(hub, two, three) == ["waitlisted", "confirmed"]
    assert [each.code for each in hub.explain(two).passed] == ["not-eligible"]
    assert hub.explain(two).reasons[0].facts["rule"] == "audience"
    person(hub, "bob", "wards")
    hub.tick()
    hub.cancel(three)
    assert statuses(hub, two) == ["confirmed"]


class NotAtTheEnd:
    """Nobody gets a place in the last days of a month."""

    def needs(self, case: Case) -> Read:
        return Read()

    def judge(self, rows: Rows, case: Case) -> Verdict:
        return Verdict(case.now.day < 26, "Not in the last days of a month.")


class MonthPlugin:
    @hookimpl
    def innovationhub_rules(self) -> dict[str, NotAtTheEnd]:
        return {"not-at-the-end": NotAtTheEnd()}


def test_parked_for_a_rule_until_the_month_turns(clock: Clock) -> None:
    """Passed over with the reason; when the month turns a tick makes them ready again, and they are seated."""
    with Hub.open("memory:", plugins=[MonthPlugin()], clock=clock, settings=ONLY_BUILT_IN) as opened:
        hub = audited(opened)
        hub.load_catalogue(Catalogue(None, (kind(rules=("not-at-the-end",)),), (weekly(),)))
        people(hub, "ada", "bob")
        one, two = (hub.book(LATER, each).id for each in ("ada", "bob"))
        clock.now = datetime(2026, 11, 28, 9, tzinfo=UTC)
        hub.cancel(one)
        assert [each.code for each in hub.explain(two).passed] == ["not-eligible"]
        assert hub.tick().reviewed == 1
        assert statuses(hub, two) == ["waitlisted"]
        clock.now = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
        hub.tick()
        assert statuses(hub, two) == ["confirmed"]
        assert noted(hub, "passed-over") == [two]


def test_first_timers_go_first(make_hub: MakeHub, clock: Clock) -> None:
    """By a priority rule: before regulars, in order among themselves, and the journal says whom they went before."""
    hub = audited(make_hub(types=[kind(capacity=1, waitlist={"priority": "first-timers"})]))
    people(hub, "old", "reg", "new1", "new2")
    hub.book(TASTER, "reg")
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    hub.check_in(TASTER, "reg")
    seat = hub.book(LATER, "old")
    regular, first, second = (hub.book(LATER, each) for each in ("reg", "new1", "new2"))
    hub.cancel(seat.id)
    assert statuses(hub, regular.id, first.id, second.id) == ["waitlisted", "confirmed", "waitlisted"]
    assert [each.code for each in hub.explain(regular.id).passed] == ["priority"]
    assert hub.explain(regular.id).place == 1
    hub.cancel(first.id)
    assert statuses(hub, regular.id, second.id) == ["waitlisted", "confirmed"]
    assert noted(hub, "passed-over", regular.id) == [regular.id]


def test_priority_is_bounded(make_hub: MakeHub, clock: Clock) -> None:
    """Three in a row go before the head of the queue at most: then the head has the seat."""
    hub = audited(make_hub(types=[kind(capacity=1, waitlist={"priority": "first-timers"})]))
    newcomers = people(hub, *(f"new{number}" for number in range(6)))
    people(hub, "old", "reg")
    hub.book(TASTER, "reg")
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    hub.check_in(TASTER, "reg")
    seat = hub.book(LATER, "old").id
    regular = hub.book(LATER, "reg").id
    for each in newcomers:
        hub.book(LATER, each)
    order = []
    for _ in range(5):
        hub.cancel(seat)
        (booking,) = hub.roster(LATER)
        seat = booking.id
        order.append(booking.person_id)
    assert order == ["new0", "new1", "new2", "reg", "new3"]
    assert statuses(hub, regular) == ["cancelled"]


def test_many_rules_and_a_queue_get_on(clock: Clock) -> None:
    """However much there is to read about each who waits, a seat that frees is given."""
    rules = ("audience", "one-at-a-time", "at-most-a-month:3")
    type_ = kind(
        capacity=2, rules=rules, audience=AUDIENCE, waitlist={"priority": "first-timers", "groups": "fill"}
    )
    hub = audited(small_hub(clock=clock, types=[type_]))
    for number in range(12):
        person(hub, f"p{number}", "wards")
    pair = hub.book(TASTER, "p0", group=["p1"])
    groups = [hub.book(TASTER, f"p{number}", group=[f"p{number + 1}"]).id for number in (2, 4, 6)]
    hub.cancel(pair.id)
    assert statuses(hub, *groups) == ["confirmed", "waitlisted", "waitlisted"]
    assert hub.tick().rosters == 0
