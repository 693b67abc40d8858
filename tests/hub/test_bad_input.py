"""What a caller got wrong: each has a clear error with the field's name, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from innovationhub import Hub, Invalid, NotFound, Person, Refused, Role
from tests.conftest import MakeHub
from tests.support import ONLY_BUILT_IN, TASTER, people, session_type

NAIVE = datetime(2026, 12, 1, 10)
AWARE = datetime(2026, 12, 1, 10, tzinfo=UTC)
DAY = date(2026, 12, 1)

Use = Callable[[Hub], object]

WRONG: dict[str, tuple[Use, str, str]] = {
    "naive start": (lambda hub: hub.calendar(NAIVE, AWARE), "start", "naive"),
    "naive end": (lambda hub: hub.calendar(AWARE, NAIVE), "end", "naive"),
    "an end before the start": (lambda hub: hub.calendar(DAY, DAY - timedelta(days=1)), "end", "before"),
    "a date and an instant": (lambda hub: hub.calendar(DAY, AWARE), "end", "same kind"),
    "two hundred years": (lambda hub: hub.calendar(date(1950, 1, 1), date(2150, 1, 1)), "end", "five years"),
    "a year before there were any": (lambda hub: hub.calendar(date(1, 1, 1), DAY), "start", "1900"),
    "ten thousand years": (lambda hub: hub.calendar(DAY, date(9999, 1, 1)), "end", "2201"),
    "types as a text": (lambda hub: hub.calendar(DAY, DAY, types="taster"), "types", "list"),
    "no person at all": (lambda hub: hub.add_person("ada"), "person", "Person"),  # type: ignore[arg-type]
    "a text for a date": (lambda hub: hub.calendar("today", DAY), "start", "date"),  # type: ignore[arg-type]
    "a control character": (lambda hub: hub.add_person(Person("x", "Ad\x1b[31ma")), "name", "control"),
    "a new line in a name": (lambda hub: hub.add_person(Person("x", "Ada\nBcc: all")), "name", "control"),
    "a half character": (lambda hub: hub.add_person(Person("x", "\ud800")), "name", "control"),
    "10,000 characters": (lambda hub: hub.add_person(Person("x", "a" * 10_000)), "name", "200"),
    "no address": (lambda hub: hub.add_person(Person("x", email="nowhere")), "email", "address"),
    "two addresses": (lambda hub: hub.add_person(Person("x", email="a@b.c, d@e.f")), "email", "address"),
    "an empty id": (lambda hub: hub.add_person(Person("")), "id", "empty"),
    "spaces around an id": (lambda hub: hub.add_person(Person(" x ")), "id", "spaces"),
    "groups as a text": (lambda hub: hub.add_person(Person("x", groups="nursing")), "groups", "list"),
    "a number for a person": (lambda hub: hub.book(TASTER, 7), "person_id", "text"),  # type: ignore[arg-type]
    "a number for a session": (lambda hub: hub.book(7, "ada"), "session_id", "text"),  # type: ignore[arg-type]
    "a long note": (lambda hub: hub.book(TASTER, "ada", note="a" * 10_000), "note", "2000"),
    "a control character in a note": (lambda hub: hub.book(TASTER, "ada", note="\x00"), "note", "control"),
    "an empty request id": (lambda hub: hub.book(TASTER, "ada", request_id=""), "request_id", "empty"),
    "a long request id": (lambda hub: hub.book(TASTER, "ada", request_id="a" * 201), "request_id", "200"),
    "a control character in an actor": (
        lambda hub: hub.book(TASTER, "ada", actor="a\x07"),
        "actor",
        "control",
    ),
    "a negative position": (lambda hub: hub.journal(after=-1), "after", "0 or more"),
    "a limit of none": (lambda hub: hub.journal(limit=0), "limit", "1 or more"),
    "a tick of none": (lambda hub: hub.tick(limit=0), "limit", "from 1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_invalid_values_name_their_field(make_hub: MakeHub, case: str) -> None:
    """The message names the field, says what is wrong with the value, and nothing is changed."""
    hub = make_hub()
    people(hub, "ada")
    entries = hub.journal()
    use, field, hint = WRONG[case]
    with pytest.raises(Invalid) as invalid:
        use(hub)
    assert invalid.value.field == field
    assert str(invalid.value).startswith(f"{field}: ")
    assert hint in str(invalid.value)
    assert isinstance(invalid.value, ValueError)
    assert hub.journal() == entries


MISSING: dict[str, tuple[Use, str]] = {
    "session, not on its day": (lambda hub: hub.book("taster@2026-12-02T10:00", "ada"), "session"),
    "session of no series": (lambda hub: hub.session("nothing@2026-12-01T10:00"), "session"),
    "session, no id at all": (lambda hub: hub.session("taster"), "session"),
    "session, written otherwise": (lambda hub: hub.session("taster@2026-12-01 10:00"), "session"),
    "session of the year 1": (lambda hub: hub.book("taster@0001-01-01T00:00", "ada"), "session"),
    "session of the year 9999": (lambda hub: hub.check_in("taster@9999-12-31T23:59", "ada"), "session"),
    "session before 1900": (lambda hub: hub.session("taster@1800-01-01T10:00"), "session"),
    "session, with an offset": (lambda hub: hub.session("taster@2026-12-01T10:00+00:00"), "session"),
    "session to check in to": (lambda hub: hub.check_in("taster@2026-12-02T10:00", "ada"), "session"),
    "session to close": (lambda hub: hub.close_register("taster@2026-12-02T10:00"), "session"),
    "person": (lambda hub: hub.book(TASTER, "nobody"), "person"),
    "person to show": (lambda hub: hub.person("nobody"), "person"),
    "person for the calendar": (lambda hub: hub.calendar(DAY, DAY, person="nobody"), "person"),
    "role": (lambda hub: hub.book(TASTER, "ada", role="king"), "role"),
    "role of a roster": (lambda hub: hub.roster(TASTER, "king"), "role"),
    "booking": (lambda hub: hub.cancel("nothing"), "booking"),
    "session type": (lambda hub: hub.calendar(DAY, DAY, types=["nothing"]), "session type"),
}


@pytest.mark.parametrize("case", MISSING)
def test_what_is_not_there_is_named(make_hub: MakeHub, case: str) -> None:
    """`NotFound` says of what kind it is and which; nothing is changed."""
    hub = make_hub()
    people(hub, "ada")
    entries = hub.journal()
    use, kind = MISSING[case]
    with pytest.raises(NotFound) as missing:
        use(hub)
    assert missing.value.kind == kind
    assert missing.value.id in str(missing.value)
    assert isinstance(missing.value, LookupError)
    assert hub.journal() == entries


def test_a_naive_clock_is_the_hosts_mistake() -> None:
    """It is found at the first use and named."""
    with Hub.open("memory:", clock=lambda: NAIVE, settings=ONLY_BUILT_IN) as hub:
        with pytest.raises(Invalid) as invalid:
            hub.add_person(Person("ada"))
        assert invalid.value.field == "clock"


def test_a_role_must_be_said_where_there_are_several(make_hub: MakeHub) -> None:
    """The message names them."""
    roles = [Role("showcase", capacity=3), Role("visitor")]
    hub = make_hub(types=[session_type(roles=roles)])
    people(hub, "ada", "bob")
    with pytest.raises(Invalid, match="one of showcase, visitor") as invalid:
        hub.book(TASTER, "ada")
    assert invalid.value.field == "role"
    assert hub.book(TASTER, "ada", role="visitor").role == "visitor"
    assert hub.book(TASTER, "bob", role="showcase").role == "showcase"


def test_one_cannot_sit_on_two_chairs(make_hub: MakeHub) -> None:
    """Two roles of one session are at the same time: the second is a clash, and the first is named."""
    hub = make_hub(types=[session_type(roles=[Role("showcase", capacity=3), Role("visitor")])])
    people(hub, "ada")
    hub.book(TASTER, "ada", role="showcase")
    with pytest.raises(Refused, match="already, as showcase") as refused:
        hub.book(TASTER, "ada", role="visitor")
    assert refused.value.codes == ("clash",)


def test_each_role_has_its_own_seats_and_queue(make_hub: MakeHub) -> None:
    """A full showcase leaves the visitors' places as they are."""
    roles = [Role("showcase", capacity=1), Role("visitor", capacity=5)]
    hub = make_hub(types=[session_type(roles=roles)])
    ada, bob = people(hub, "ada", "bob")
    hub.book(TASTER, ada, role="showcase")
    assert hub.book(TASTER, bob, role="showcase").status == "waitlisted"
    hub.add_person(Person("cem"))
    assert hub.book(TASTER, "cem", role="visitor").status == "confirmed"
    places = hub.session(TASTER).places
    assert (places["showcase"].waiting, places["visitor"].held, places["visitor"].left) == (1, 1, 4)


def test_what_is_asked_for_and_not_booked_says_so(make_hub: MakeHub) -> None:
    """A type that one asks the team for cannot be booked: refused, with what to do instead."""
    hub = make_hub(types=[session_type(access="request")])
    people(hub, "ada")
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "ada")
    assert refused.value.codes == ("not-eligible",)
    assert refused.value.reasons[0].remedies
    assert hub.roster(TASTER) == []
