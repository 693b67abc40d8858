"""Figures, table by table: what counts, when, and for whom. `tests/properties/test_figures.py` counts it all again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from innovationhub import (
    BookingPolicy,
    CallOff,
    Catalogue,
    Hub,
    Invalid,
    Move,
    Person,
    PluginError,
    Recurrence,
    Role,
    SessionType,
    Slots,
    Table,
    WaitlistPolicy,
)
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.deciding import Draft
from innovationhub.domain.figures import Cell
from innovationhub.domain.records import Read, Rows
from innovationhub.domain.time import Span
from innovationhub.plugins import CORE_RECORDS, load
from tests.conftest import MakeHub
from tests.plugins.wishing import Wishes
from tests.support import NOW, TASTER, Clock, crowd, people, session_type, weekly

DECEMBER = (date(2026, 12, 1), date(2027, 1, 1))
SECOND, THIRD = "taster@2026-12-08T10:00", "taster@2026-12-15T10:00"
BOOKED_EARLY = BookingPolicy(opens_days=400)


def row(hub: Hub, key: str, about: str, period: tuple[date, date] = DECEMBER) -> tuple[Cell, ...]:
    """One row of a table, without what it is about."""
    (found,) = [each[1:] for each in hub.figures(*period).table(key).lines if each[0] == about]
    return found


def column(hub: Hub, key: str, name: str, period: tuple[date, date] = DECEMBER) -> dict[Cell, Cell]:
    table = hub.figures(*period).table(key)
    place = table.columns.index(name)
    return {each[0]: each[place] for each in table.lines}


def until(clock: Clock, session: str, **later: float) -> None:
    """Let it be the start of a session in a London winter, or a while later."""
    clock.now = datetime.fromisoformat(session.partition("@")[2]).replace(tzinfo=UTC) + timedelta(**later)


def held(hub: Hub, clock: Clock, session: str, came: Sequence[str], role: str | None = None) -> None:
    """Let a session be: these people came, and its register is closed an hour later."""
    until(clock, session)
    for person in came:
        hub.check_in(session, person, role=role)
    clock.pass_by(hours=1)
    hub.close_register(session)


@pytest.mark.parametrize(
    ("field", "start", "end"),
    [
        ("start", datetime(2026, 12, 1, tzinfo=UTC), date(2027, 1, 1)),
        ("start", "2026-12", date(2027, 1, 1)),
        ("end", date(2026, 12, 1), None),
        ("end", date(2026, 12, 2), date(2026, 12, 1)),
        ("end", date(2020, 1, 1), date(2026, 12, 1)),
    ],
)
def test_a_period_is_of_local_dates(hub: Hub, field: str, start: Any, end: Any) -> None:
    """In order, and at most five years."""
    with pytest.raises(Invalid) as caught:
        hub.figures(start, end)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "year", "month"), [("month", 2026, 13), ("year", 0, 1), ("month", 2026, True)]
)
def test_a_month_that_is_none(hub: Hub, field: str, year: int, month: int) -> None:
    """It is said which part is wrong."""
    with pytest.raises(Invalid) as caught:
        hub.figures_of_month(year, month)
    assert caught.value.field == field


def test_a_month_is_its_local_days(hub: Hub, clock: Clock) -> None:
    """December too, whose next month is in another year; and it is said when it was made, from what."""
    found = hub.figures_of_month(2026, 12)
    assert (found.start, found.end) == DECEMBER
    assert (found.made_at, str(found.made_at.tzinfo)) == (clock.now, "Europe/London")
    assert found.position == hub.journal()[-1].position
    assert list(found.tables) == [
        *(
            "attendance-by-type",
            "attendance-by-month",
            "attendance-by-group",
            "fill-rate",
            "no-shows",
            "waiting",
        ),
        *("repeat-attendance", "workshops"),
    ]


@pytest.mark.parametrize(
    ("start", "day", "others"),
    [
        # half past eleven the evening before, in UTC
        ("2026-08-01T00:30", date(2026, 8, 1), [date(2026, 7, 31), date(2026, 8, 2)]),
        ("2026-08-31T23:30", date(2026, 8, 31), [date(2026, 9, 1)]),
        # the clocks go back: a day of 25 hours
        ("2026-10-25T23:30", date(2026, 10, 25), [date(2026, 10, 24), date(2026, 10, 26)]),
        # and forward: one of 23
        ("2027-03-28T00:00", date(2027, 3, 28), [date(2027, 3, 27)]),
        ("2027-03-28T23:30", date(2027, 3, 28), [date(2027, 3, 29)]),
    ],
)
def test_a_session_counts_on_its_local_day(
    make_hub: MakeHub, start: str, day: date, others: list[date]
) -> None:
    """At the edges of months, and on the days when the clocks change."""
    clock = Clock(datetime(2026, 7, 1, tzinfo=UTC))
    hub = make_hub(clock=clock, types=[session_type(booking=BOOKED_EARLY)], series=[weekly(start=start)])
    people(hub, "ann")
    hub.book(f"taster@{start}", "ann")
    clock.now = datetime.fromisoformat(start).replace(tzinfo=UTC) + timedelta(minutes=5)
    hub.check_in(f"taster@{start}", "ann")
    for each, came in ((day, 1), *((other, 0) for other in others)):
        period = (each, each + timedelta(days=1))
        assert column(hub, "attendance-by-type", "Came", period).get("Taster", 0) == came
    assert row(hub, "attendance-by-month", f"{day:%B %Y}", (day, day + timedelta(days=1))) == (1, 1, 1)


def test_what_is_to_come_is_not_counted(hub: Hub, clock: Clock) -> None:
    """Nor what was done at it early; from the moment it begins it is."""
    people(hub, "ann")
    hub.check_in(TASTER, "ann")
    assert row(hub, "attendance-by-type", "All") == (0, 0, 0, 0, 0, 0, "")
    until(clock, TASTER)
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 1, 0, 1, 0, 1.0)


def test_sessions_that_nobody_booked_are_counted(hub: Hub, clock: Clock) -> None:
    """Their seats were free."""
    until(clock, SECOND, hours=1)
    assert row(hub, "fill-rate", "Taster") == (2, 4, 0, 0.0, 0, 0.0)
    assert row(hub, "no-shows", "Taster") == (0, 0, "", 0, 0, 2)


def test_who_came_and_who_did_not(make_hub: MakeHub, clock: Clock) -> None:
    """Booked and came, booked and absent, walked in, without a name."""
    hub = make_hub(types=[session_type(capacity=10)])
    people(hub, "ann", "ben", "cat")
    for person in ("ann", "ben"):
        hub.book(TASTER, person)
    until(clock, TASTER)
    hub.headcount(TASTER, 4)
    hub.check_in(TASTER, Person("dan", "Dan"))
    assert row(hub, "no-shows", "Taster") == (0, 0, "", 0, 0, 1)
    held(hub, clock, TASTER, ["ann", "cat"])
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 7, 1, 2, 4, 7.0)
    assert row(hub, "no-shows", "Taster") == (2, 1, 50.0, 0, 0, 0)
    assert row(hub, "fill-rate", "Taster") == (1, 10, 4, 40.0, 3, 30.0)
    assert row(hub, "attendance-by-month", "All") == (1, 7, 3)


def test_a_session_that_was_called_off_took_no_place(hub: Hub, clock: Clock) -> None:
    """It is counted as called off; who waited was never seated, whether the rows are written yet or not."""
    people(hub, "ann", "ben", "cat")
    for person in ("ann", "ben", "cat"):
        hub.book(TASTER, person)
    hub.apply(hub.plan(CallOff(TASTER, "Snow")))
    until(clock, TASTER, hours=2)
    assert row(hub, "attendance-by-type", "Taster") == (0, 1, 0, 0, 0, 0, "")
    assert row(hub, "no-shows", "Taster") == (0, 0, "", 0, 0, 0)
    assert hub.figures(*DECEMBER).table("fill-rate").rows == ()
    assert row(hub, "waiting", "Taster") == (1, 0, "", "", 0, 1, 0)


def test_a_session_counts_where_it_was_moved_to(hub: Hub, clock: Clock) -> None:
    """Out of one month and into the next."""
    people(hub, "ann")
    hub.book("taster@2026-12-29T10:00", "ann")
    hub.apply(hub.plan(Move("taster@2026-12-29T10:00", datetime(2027, 1, 4, 10, tzinfo=UTC))))
    clock.now = datetime(2027, 1, 4, 10, tzinfo=UTC)
    hub.check_in("taster@2026-12-29T10:00", "ann")
    assert column(hub, "attendance-by-type", "Came")["All"] == 0
    january = (date(2027, 1, 1), date(2027, 2, 1))
    assert column(hub, "attendance-by-type", "Came", january)["All"] == 1


def test_a_place_that_is_given_up_late(make_hub: MakeHub, clock: Clock) -> None:
    """In the last 24 hours, or before; who waited only gave nothing up; who booked again and came did neither."""
    hub = make_hub(types=[session_type(capacity=4)])
    people(hub, "ann", "ben", "cat", "dan", "eve")
    mine = {person: hub.book(TASTER, person).id for person in ("ann", "ben", "cat", "dan", "eve")}
    hub.cancel(mine["eve"])
    clock.now = datetime(2026, 11, 30, 10, tzinfo=UTC)
    hub.cancel(mine["ann"])
    hub.cancel(mine["cat"])
    clock.pass_by(minutes=1)
    hub.cancel(mine["ben"])
    hub.book(TASTER, "cat")
    held(hub, clock, TASTER, ["cat", "dan"])
    assert row(hub, "no-shows", "Taster") == (2, 0, 0.0, 1, 1, 0)


def test_a_place_that_is_handed_on_is_not_given_up(make_hub: MakeHub, clock: Clock) -> None:
    """By a substitute, or for a place on another date; each of them came once."""
    hub = make_hub(types=[session_type(capacity=4)])
    people(hub, "ann", "ben", "cat")
    first, second = hub.book(TASTER, "ann"), hub.book(TASTER, "ben")
    hub.substitute(first.id, "cat")
    hub.transfer(second.id, SECOND)
    held(hub, clock, TASTER, ["cat"])
    held(hub, clock, SECOND, ["ben"])
    assert row(hub, "no-shows", "Taster") == (2, 0, 0.0, 0, 0, 0)
    assert row(hub, "repeat-attendance", "Once") == (2, 2, 0)


def test_each_of_a_party_counts(make_hub: MakeHub, clock: Clock) -> None:
    """Of four one leaves it, one is absent, and two came."""
    hub = make_hub(types=[session_type(capacity=4)])
    people(hub, "ann", "ben", "cat", "dan")
    team = hub.book(TASTER, "ann", group=["ben", "cat", "dan"])
    hub.cancel(team.id, person_id="ann")
    held(hub, clock, TASTER, ["ben", "cat"])
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 2, 2, 0, 0, 2.0)
    assert row(hub, "no-shows", "Taster") == (3, 1, 33.3, 0, 1, 0)
    assert row(hub, "fill-rate", "Taster") == (1, 4, 3, 75.0, 2, 50.0)


def test_somebody_in_two_roles_came_once(make_hub: MakeHub, clock: Clock) -> None:
    """Seats are counted by role; who was there for the one-to-one too is one person."""
    roles = (Role("attendee", capacity=4), Role("one-to-one", requires="attendee", slots=Slots(30, 2)))
    hub = make_hub(types=[session_type(roles=roles)])
    people(hub, "ann")
    hub.book(TASTER, "ann", role="attendee")
    hub.book(TASTER, "ann", role="one-to-one", slot=2)
    until(clock, TASTER)
    hub.check_in(TASTER, "ann", role="one-to-one")
    held(hub, clock, TASTER, ["ann"], role="attendee")
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 1, 1, 0, 0, 1.0)
    assert row(hub, "no-shows", "Taster") == (1, 0, 0.0, 0, 0, 0)
    assert row(hub, "fill-rate", "Taster, attendee") == (1, 4, 1, 25.0, 1, 25.0)
    assert row(hub, "fill-rate", "Taster, one-to-one") == (1, 2, 1, 50.0, 1, 50.0)


def test_the_dates_of_a_learning_set(make_hub: MakeHub, clock: Clock) -> None:
    """Who is registered came, was absent, or apologised, late or not; a guest had a lent seat; others still wait."""
    kind = SessionType("circle", "Circle", 60, "register", roles=(Role(capacity=3),), apologies="lend")
    hub = make_hub(types=[kind], series=[weekly("circle")])
    people(hub, "ann", "ben", "cat", "dan", "eve")
    for person in ("ann", "ben", "cat"):
        hub.register("circle", person)
    hub.register("circle", "dan")
    first = "circle@2026-12-01T10:00"
    hub.apologise(first, "ann")
    hub.book(first, "eve")
    until(clock, first)
    hub.check_in(first, "eve")
    assert row(hub, "fill-rate", "Circle") == (1, 3, 3, 100.0, 1, 33.3)
    held(hub, clock, first, ["ben", "eve"])
    assert row(hub, "attendance-by-type", "Circle") == (1, 0, 2, 2, 0, 0, 2.0)
    assert row(hub, "no-shows", "Circle") == (3, 1, 33.3, 0, 1, 0)
    assert row(hub, "fill-rate", "Circle") == (1, 3, 3, 100.0, 2, 66.7)
    november = (date(2026, 11, 1), date(2026, 12, 1))
    assert row(hub, "waiting", "Circle", november) == (1, 0, "", "", 0, 0, 1)
    # whoever leaves the set since was there, or was not, all the same
    for each in hub.bookings_of("cat", active=True):
        hub.cancel(each.id)
    assert row(hub, "no-shows", "Circle") == (3, 1, 33.3, 0, 1, 0)
    assert row(hub, "waiting", "Circle", november)[:2] == (1, 1)


def test_how_long_people_waited(make_hub: MakeHub, clock: Clock) -> None:
    """To the first offer or place, in hours; and what became of those who had none."""
    kind = SessionType(
        "taster",
        "Taster",
        60,
        roles=(Role(capacity=1),),
        waitlist=WaitlistPolicy(promote="offer", offer_hours=8),
    )
    hub = make_hub(types=[kind])
    people(hub, "ann", "ben", "cat", "dan", "eve")
    place = hub.book(TASTER, "ann")
    waiting = {person: hub.book(TASTER, person).id for person in ("ben", "cat", "dan", "eve")}
    clock.pass_by(hours=4)
    hub.cancel(place.id)
    clock.pass_by(hours=2)
    hub.decline(waiting["ben"])
    hub.cancel(waiting["dan"])
    hub.accept(waiting["cat"])
    until(clock, TASTER, minutes=1)
    assert row(hub, "waiting", "Taster") == (4, 2, 5.0, 6.0, 1, 0, 1)
    hub.close_register(TASTER)
    assert row(hub, "waiting", "All") == (4, 2, 5.0, 6.0, 1, 1, 0)


def test_the_queue_at_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """Who found it full waited for minutes, and walked in all the same."""
    hub = make_hub(types=[session_type(capacity=1, access="drop-in")])
    people(hub, "ann", "ben")
    hub.book(TASTER, "ann")
    until(clock, TASTER)
    hub.check_in(TASTER, "ann")
    hub.check_in(TASTER, "ben")
    clock.pass_by(minutes=30)
    hub.check_out(TASTER, "ann")
    hub.check_in(TASTER, "ben")
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 2, 1, 1, 0, 2.0)
    assert row(hub, "waiting", "Taster") == (1, 1, 0.5, 0.5, 0, 0, 0)
    # more came than there are seats, one after the other
    assert row(hub, "fill-rate", "Taster") == (1, 1, 2, 200.0, 2, 200.0)


def test_what_has_no_limit_is_not_filled(make_hub: MakeHub, clock: Clock) -> None:
    """It is left out, and that is said."""
    hub = make_hub(types=[session_type(capacity=None)])
    until(clock, SECOND, hours=1)
    table = hub.figures(*DECEMBER).table("fill-rate")
    assert table.rows == ()
    assert "left out: 2 times a role of a session" in table.note


def test_who_comes_again(hub: Hub, clock: Clock) -> None:
    """How often in the period, and whether they had come before it."""
    people(hub, "ann", "ben")
    for session in (TASTER, SECOND, THIRD):
        held(hub, clock, session, ["ann"])
    until(clock, THIRD)
    hub.check_in(THIRD.replace("12-15", "12-22"), "ben")
    until(clock, "taster@2026-12-22T10:00")
    assert row(hub, "repeat-attendance", "3 to 5 times") == (1, 1, 0)
    assert row(hub, "repeat-attendance", "Once") == (1, 1, 0)
    week = (date(2026, 12, 15), date(2026, 12, 16))
    assert row(hub, "repeat-attendance", "All", week) == (1, 0, 1)


def test_somebody_with_much_behind_them_is_still_known(make_hub: MakeHub, clock: Clock) -> None:
    """Whoever came once, and then only apologised for many dates, had come before."""
    kind = SessionType("circle", "Circle", 60, "register", roles=(Role(capacity=3),))
    daily = Recurrence.parse("DTSTART;TZID=Europe/London:20261201T100000\nRRULE:FREQ=DAILY")
    series = weekly("circle").__class__("circle", "circle", daily)
    hub = make_hub(types=[kind], series=[series])
    people(hub, "ann")
    hub.register("circle", "ann")
    held(hub, clock, "circle@2026-12-01T10:00", ["ann"])
    for day in range(2, 20):
        hub.apologise(f"circle@2026-12-{day:02}T10:00", "ann")
    held(hub, clock, "circle@2026-12-20T10:00", ["ann"])
    assert row(hub, "repeat-attendance", "All", (date(2026, 12, 20), date(2026, 12, 21))) == (1, 0, 1)


def in_groups(hub: Hub, groups: Mapping[str, int]) -> list[str]:
    """So many people of each group; several groups are apart by spaces."""
    names = []
    for group, number in groups.items():
        for each in range(number):
            names.append(f"{group.replace(' ', '-') or 'none'}-{each}")
            hub.add_person(Person(names[-1], groups=tuple(group.split())))
    return names


def test_staff_groups(make_hub: MakeHub, clock: Clock) -> None:
    """Who is in two counts in both; headcounts and who is in none are not known; all are counted once."""
    hub = make_hub(types=[session_type(capacity=50)])
    came = in_groups(hub, {"nursing": 5, "nursing research": 6, "": 7})
    until(clock, TASTER)
    hub.headcount(TASTER, 4)
    held(hub, clock, TASTER, came)
    held(hub, clock, SECOND, came[:1])
    assert hub.figures(*DECEMBER).table("attendance-by-group").lines == (
        ("nursing", 11, 12),
        ("research", 6, 6),
        ("Not known", 7, 11),
        ("All", 18, 23),
    )


def test_small_groups_are_not_shown(make_hub: MakeHub, clock: Clock) -> None:
    """Neither how many they are nor how often they came, nor what would tell it; in CSV it is a star."""
    hub = make_hub(types=[session_type(capacity=50)])
    held(hub, clock, TASTER, in_groups(hub, {"estates": 8, "nursing": 9, "pharmacy": 4, "research": 9}))
    assert hub.figures(*DECEMBER).csv("attendance-by-group").splitlines() == [
        *("Group,People,Came", "estates,8,8", "nursing,9,9", "pharmacy,*,*", "research,*,*"),
        *("Not known,0,0", "All,30,30"),
    ]


def test_who_was_erased_still_counts(make_hub: MakeHub, clock: Clock) -> None:
    """In every table as before, but for the group: that is not known any more."""
    hub = make_hub(types=[session_type(capacity=50)])
    came = in_groups(hub, {"nursing": 12})
    held(hub, clock, TASTER, came[:10])
    before = hub.figures(*DECEMBER).tables
    for person in came[:5]:
        hub.erase_person(person)
    after = hub.figures(*DECEMBER).tables
    group = "attendance-by-group"
    assert {key: table for key, table in after.items() if key != group} == {
        key: table for key, table in before.items() if key != group
    }
    assert after[group].rows == (("nursing", 5, 5), ("Not known", 5, 5))
    assert row(hub, "repeat-attendance", "All") == (10, 10, 0)


def test_they_name_nobody(make_hub: MakeHub, clock: Clock) -> None:
    """No id, name, address or opaque key is in any table, and making them adds nothing to the journal."""
    hub = make_hub(types=[session_type(capacity=50)])
    came = crowd(hub, 6, "quillfeather")
    held(hub, clock, TASTER, came)
    before = hub.journal()
    figures = hub.figures(*DECEMBER)
    text = "".join(figures.csv(key) for key in figures.tables)
    keys = {str(entry.facts["person"]) for entry in before if "person" in entry.facts}
    assert keys
    assert not any(word in text.lower() for word in ("quillfeather", *keys))
    assert hub.journal() == before


def test_two_types_of_one_title_are_told_apart(make_hub: MakeHub, clock: Clock) -> None:
    """By their keys."""
    types = [SessionType(key, "Taster", 60, roles=(Role(capacity=2),)) for key in ("a", "b")]
    hub = make_hub(types=types, series=[weekly("a"), weekly("b")])
    until(clock, TASTER)
    assert list(column(hub, "attendance-by-type", "Sessions")) == ["Taster (a)", "Taster (b)", "All"]


def test_workshops_by_stage(make_hub: MakeHub, clock: Clock) -> None:
    """Reached, left, and days in it, within the period; and how many stand there at its end, whatever came later."""
    request = SessionType("bespoke", "Bespoke", 60, "request", roles=(Role(capacity=20),))
    hub = make_hub(types=[request], series=[])
    people(hub, "ann", "ben", "fac")
    clock.now = datetime(2026, 11, 28, 9, tzinfo=UTC)
    one, two = (hub.request_workshop(who, "A problem").id for who in ("ann", "ben"))
    clock.now = datetime(2026, 12, 3, 9, tzinfo=UTC)
    hub.acknowledge_workshop(one, "fac", reply_by=clock.now + timedelta(days=30))
    clock.pass_by(days=1)
    # another promise is no other stage
    hub.acknowledge_workshop(one, "fac", reply_by=clock.now + timedelta(days=40))
    clock.pass_by(days=1, hours=12)
    hub.design_workshop(one, aims="To see the whole")
    clock.now = datetime(2027, 1, 2, 9, tzinfo=UTC)
    hub.decline_workshop(two, "Not ours")
    assert row(hub, "workshops", "Requested") == (0, 1, 5.0, 5.0, 1)
    assert row(hub, "workshops", "Acknowledged") == (1, 1, 2.5, 2.5, 0)
    assert row(hub, "workshops", "Designed") == (1, 0, "", "", 1)
    assert row(hub, "workshops", "Declined") == (0, 0, "", "", "")
    january = (date(2027, 1, 1), date(2027, 2, 1))
    assert row(hub, "workshops", "Declined", january) == (1, 0, "", "", "")
    assert row(hub, "workshops", "Requested", january) == (0, 1, 35.0, 35.0, 0)


def test_the_dates_of_a_workshop_are_counted(make_hub: MakeHub, clock: Clock) -> None:
    """Though the calendar shows them to their team alone."""
    request = SessionType("bespoke", "Bespoke", 60, "request", roles=(Role(capacity=20),))
    hub = make_hub(types=[request], series=[])
    people(hub, "ann", "ben", "fac")
    made = hub.request_workshop("ann", "A problem", people=["ben"])
    hub.acknowledge_workshop(made.id, "fac", reply_by=NOW + timedelta(days=90))
    hub.design_workshop(made.id, aims="To see the whole")
    (session,) = hub.schedule_workshop(made.id, Recurrence.once(datetime(2026, 12, 9, 13))).sessions
    held(hub, clock, session.id, ["ann", "ben"])
    assert row(hub, "attendance-by-type", "Bespoke") == (1, 0, 2, 2, 0, 0, 2.0)


class Telling(Wishes):
    """A keeper with tables of its own."""

    def __init__(self, *tables: Table) -> None:
        super().__init__()
        self.tables = tables

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        if not self.tables:
            raise RuntimeError(f"{draft.now}: Quillfeather")
        return [
            *self.tables,
            Table("span", "The span", ("Starts", "Ends"), ((str(span.starts), str(span.ends)),)),
        ]


def test_plugins_add_tables_of_their_own(make_hub: MakeHub) -> None:
    """Of the same period, behind the hub's own."""
    wishes = Table("wishes", "Wishes", ("State", "Wishes"), (("made", 3),))
    hub = make_hub(plugins=[Telling(wishes)])
    found = hub.figures(date(2026, 8, 1), date(2026, 9, 1))
    assert list(found.tables)[-2:] == ["wishes", "span"]
    assert found.csv("wishes") == "State,Wishes\r\nmade,3\r\n"
    assert found.table("span").rows == (("2026-07-31 23:00:00+00:00", "2026-08-31 23:00:00+00:00"),)


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ([], "raised RuntimeError"),
        ([Table("waiting", "Mine", ("A", "B"))], "there is one of that key already"),
    ],
)
def test_a_plugin_that_fails_is_named(make_hub: MakeHub, tables: list[Table], why: str) -> None:
    """And what it raised is not repeated."""
    hub = make_hub(plugins=[Telling(*tables)])
    with pytest.raises(PluginError, match=why) as caught:
        hub.figures(*DECEMBER)
    assert caught.value.plugin == "wishes"
    assert "Quillfeather" not in str(caught.value)


class Counted(MemoryStore):
    """Counts the rows that are read."""

    rows = 0

    def read(self, request: Read) -> Rows:
        found = super().read(request)
        self.rows += len(found.keys) + sum(len(each.rows) for each in found.ranges.values())
        return found


def test_a_month_takes_no_longer_in_an_old_hub() -> None:
    """As many rows are read of a week after half a year as after two."""
    store, clock = Counted(CORE_RECORDS), Clock()
    hub = Hub(store, load(discover=False), clock)
    hub.load_catalogue(Catalogue(None, (session_type(capacity=8),), (weekly(),)))
    came = crowd(hub, 6)
    read = []
    day = date(2026, 12, 1)
    for week in range(60):
        session = f"taster@{day + timedelta(weeks=week)}T10:00"
        clock.now = datetime.fromisoformat(session.partition("@")[2]).replace(tzinfo=UTC)
        for person in came:
            hub.check_in(session, person)
        if week in {20, 59}:
            store.rows = 0
            hub.figures(day + timedelta(weeks=week), day + timedelta(weeks=week, days=1))
            read.append(store.rows)
    assert read[0] == read[1] > 12
