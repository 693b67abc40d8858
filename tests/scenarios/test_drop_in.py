"""Drop-in: booking optional, walk-ins on the same register, a reserve for them, a queue at the door, a headcount."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from innovationhub import Assign, CallOff, Hub, Invalid, NotFound, Person, Refused, Role
from tests.audited import audited, codes_of, held, kind, names, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, weekly

OPENS = datetime(2026, 12, 1, 10, tzinfo=UTC)


def drop_in(make_hub: MakeHub, capacity: int | None = 2, **role: Any) -> Hub:
    roles = (Role(capacity=capacity, **role),)
    hub = audited(make_hub(types=[kind(roles=roles, access="drop-in")]))
    crowd(hub, 6)
    return hub


def test_one_may_book_or_just_come(make_hub: MakeHub, clock: Clock) -> None:
    """Both stand on the same register; whoever booked and does not come was absent."""
    hub = drop_in(make_hub, 3)
    booked, away = (hub.book(TASTER, person, note="Lost keys").id for person in ("p0", "p1"))
    clock.now = OPENS
    walk_in = hub.check_in(TASTER, "p2")
    hub.check_in(TASTER, "p0")
    hub.amend(booked, pointed_to="The estates team")
    assert dict(hub.notes(booked)) == {"booked": "Lost keys", "pointed-to": "The estates team"}
    hub.close_register(TASTER)
    assert statuses(hub, booked, away, walk_in.id) == ["attended", "absent", "attended"]
    places = hub.session(TASTER).places["attendee"]
    assert (places.held, places.came) == (3, 2)


def test_a_reserve_for_walk_ins(make_hub: MakeHub, clock: Clock) -> None:
    """What is kept for them cannot be booked, and is there at the door."""
    hub = drop_in(make_hub, 3, reserve=2)
    places = hub.session(TASTER).places["attendee"]
    assert (places.capacity, places.left, places.reserve) == (3, 1, 2)
    assert hub.book(TASTER, "p0").status == "confirmed"
    assert hub.book(TASTER, "p1").status == "waitlisted"
    clock.now = OPENS
    assert [str(hub.check_in(TASTER, person).status) for person in ("p2", "p3")] == ["attended", "attended"]
    assert hub.check_in(TASTER, "p4").status == "waitlisted"
    assert hub.check_in(TASTER, "p0").status == "attended"


def test_as_many_as_the_facilitators_have_time_for(make_hub: MakeHub) -> None:
    """So many for each: who is there decides how many fit; nobody there, nobody fits."""
    hub = drop_in(make_hub, None, per_facilitator=2)
    people(hub, "lea", "max")
    assert hub.session(TASTER).places["attendee"].capacity == 0
    assert hub.book(TASTER, "p0").status == "waitlisted"
    hub.apply(hub.plan(Assign(TASTER, ("lea",))))
    assert held(hub, TASTER) == ["p0"]
    hub.apply(hub.plan(Assign(TASTER, ("lea", "max"))))
    assert hub.session(TASTER).places["attendee"].left == 3


def test_a_newcomer_is_added_at_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """Known and on the register in one commit; the same person again is the same person."""
    hub = drop_in(make_hub)
    clock.now = OPENS
    new = Person("esr:new", "Newly Started", "new@nhs.example")
    came = hub.check_in(TASTER, new, request_id="door-1")
    assert (came.person_id, came.status) == ("esr:new", "attended")
    assert hub.person("esr:new") == new
    assert hub.check_in(TASTER, new).id == came.id
    assert hub.check_in(TASTER, new, request_id="door-1") == came
    assert [each.status for each in hub.bookings_of("esr:new")] == ["attended"]


def test_a_newcomer_who_cannot_come_in_is_not_added(make_hub: MakeHub) -> None:
    """Refused is refused: nothing is kept of them."""
    hub = drop_in(make_hub)
    hub.apply(hub.plan(CallOff(TASTER)))
    with pytest.raises(Refused):
        hub.check_in(TASTER, Person("esr:new", "Newly Started"))
    with pytest.raises(NotFound):
        hub.person("esr:new")


def test_a_queue_at_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """Full: they wait there in order; whoever leaves lets the next in, and stays attended."""
    hub = drop_in(make_hub, 1)
    clock.now = OPENS
    first = hub.check_in(TASTER, "p0")
    second, third = (hub.check_in(TASTER, person) for person in ("p1", "p2"))
    assert (second.status, third.status) == ("waitlisted", "waitlisted")
    assert waits(hub, TASTER) == ["p1", "p2"]
    explained = hub.explain(third.id)
    assert (explained.place, explained.ahead["at the door"]) == (2, 1)
    assert hub.check_in(TASTER, "p1").id == second.id
    gone = hub.check_out(TASTER, "p0")
    assert gone.status == "attended"
    assert statuses(hub, first.id, second.id, third.id) == ["attended", "confirmed", "waitlisted"]
    assert hub.check_in(TASTER, "p1").status == "attended"
    hub.check_out(TASTER, "p1")
    assert statuses(hub, third.id) == ["confirmed"]
    assert hub.session(TASTER).places["attendee"].came == 2
    hub.close_register(TASTER)
    assert statuses(hub, first.id, second.id, third.id) == ["attended", "attended", "absent"]


def test_a_newcomer_at_the_door_does_not_overtake(make_hub: MakeHub, clock: Clock) -> None:
    """While somebody waits at the door whoever comes next is behind them, a seat that was given included."""
    hub = drop_in(make_hub, 1)
    clock.now = OPENS
    hub.check_in(TASTER, "p0")
    hub.check_in(TASTER, "p1")
    hub.check_out(TASTER, "p0")
    late = hub.check_in(TASTER, "p2")
    assert late.status == "waitlisted"
    assert waits(hub, TASTER) == ["p2"]


def test_one_who_waited_in_the_queue_waits_at_the_door_too(make_hub: MakeHub, clock: Clock) -> None:
    """Their place in the order is the one that they had: before whoever came without booking."""
    hub = drop_in(make_hub, 1)
    hub.book(TASTER, "p0")
    booked = hub.book(TASTER, "p1")
    clock.now = OPENS
    hub.check_in(TASTER, "p0")
    hub.check_in(TASTER, "p2")
    assert hub.check_in(TASTER, "p1").id == booked.id
    assert waits(hub, TASTER) == ["p1", "p2"]
    hub.check_out(TASTER, "p0")
    assert statuses(hub, booked.id) == ["confirmed"]


def test_leaving_the_queue_at_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """Possible at any time; the others' order is unchanged, and at the end who still waits has lapsed."""
    hub = drop_in(make_hub, 1)
    clock.now = OPENS
    hub.check_in(TASTER, "p0")
    bookings = [hub.check_in(TASTER, person).id for person in ("p1", "p2", "p3")]
    hub.cancel(bookings[0])
    assert waits(hub, TASTER) == ["p2", "p3"]
    hub.close_register(TASTER)
    assert statuses(hub, *bookings) == ["cancelled", "lapsed", "lapsed"]


def test_who_is_not_there_cannot_leave(make_hub: MakeHub, clock: Clock) -> None:
    """`not-active`: checked in first, and gone once."""
    hub = drop_in(make_hub)
    hub.book(TASTER, "p0")
    clock.now = OPENS
    with pytest.raises(Refused) as refused:
        hub.check_out(TASTER, "p0")
    assert codes_of(refused) == ("not-active",)
    hub.check_in(TASTER, "p0")
    hub.check_out(TASTER, "p0")
    with pytest.raises(Refused) as refused:
        hub.check_out(TASTER, "p0")
    assert codes_of(refused) == ("not-active",)


def test_who_has_gone_is_free_for_something_else(make_hub: MakeHub, clock: Clock) -> None:
    """Their time is their own again from that moment on."""
    types = [kind(access="drop-in", capacity=2), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]))
    people(hub, "ada")
    clock.now = OPENS
    hub.check_in(TASTER, "ada")
    with pytest.raises(Refused):
        hub.book("forum@2026-12-01T10:30", "ada")
    hub.check_out(TASTER, "ada")
    assert hub.book("forum@2026-12-01T10:30", "ada").status == "confirmed"


def test_a_group_goes_together(make_hub: MakeHub, clock: Clock) -> None:
    """They came as one booking and leave as one: all of their seats are free for those at the door."""
    hub = drop_in(make_hub, 2)
    hub.book(TASTER, "p0", group=["p1"])
    clock.now = OPENS
    for person in ("p0", "p1"):
        hub.check_in(TASTER, person)
    waiting = [hub.check_in(TASTER, person).id for person in ("p2", "p3")]
    hub.check_out(TASTER, "p0")
    assert statuses(hub, *waiting) == ["confirmed", "confirmed"]
    assert hub.session(TASTER).places["attendee"].came == 2


def test_counted_without_a_name(make_hub: MakeHub, clock: Clock) -> None:
    """A number for those who gave none; it replaces the one before, and is told apart from those on the register."""
    hub = drop_in(make_hub, None)
    clock.now = OPENS
    hub.check_in(TASTER, "p0")
    assert hub.headcount(TASTER, 12).headcount == 12
    view = hub.headcount(TASTER, 14)
    assert (view.headcount, view.places["attendee"].came) == (14, 1)
    hub.headcount(TASTER, 14)
    assert names(hub, TASTER).count("session.counted") == 2
    hub.close_register(TASTER)
    assert hub.headcount(TASTER, 15).headcount == 15
    for number in (-1, True, 2.5, "many"):
        with pytest.raises(Invalid, match="number"):
            hub.headcount(TASTER, number)  # type: ignore[arg-type]


def test_expected_and_actual(make_hub: MakeHub, clock: Clock) -> None:
    """How many booked, how many of them and of others came."""
    hub = drop_in(make_hub, None)
    for person in ("p0", "p1", "p2"):
        hub.book(TASTER, person)
    assert hub.session(TASTER).places["attendee"].held == 3
    clock.now = OPENS
    for person in ("p0", "p4"):
        hub.check_in(TASTER, person)
    places = hub.session(TASTER).places["attendee"]
    assert (places.held, places.came) == (4, 2)


def test_the_door_changes_nothing_that_is_known_of_somebody(make_hub: MakeHub, clock: Clock) -> None:
    """A newcomer who turns out to be known already is let in as they are known."""
    hub = drop_in(make_hub)
    hub.add_person(Person("ada", "Ada Lovelace", "ada@nhs.example"))
    clock.now = hub.session("taster@2026-12-01T10:00").starts
    assert hub.check_in("taster@2026-12-01T10:00", Person("ada", "Somebody")).status == "attended"
    assert hub.person("ada") == Person("ada", "Ada Lovelace", "ada@nhs.example")


def test_a_seat_kept_for_the_door_is_said_to_be_kept(make_hub: MakeHub, clock: Clock) -> None:
    """Before booking closes the reserve is nobody's yet; the reason does not say that all is taken."""
    hub = drop_in(make_hub, 3, reserve=1)
    for person in people(hub, "ada", "bob"):
        hub.book("taster@2026-12-01T10:00", person)
    people(hub, "cem")
    clock.now = hub.session("taster@2026-12-01T10:00").starts - timedelta(minutes=5)
    with pytest.raises(Refused) as refused:
        hub.check_in("taster@2026-12-01T10:00", "cem")
    (reason,) = refused.value.refusal.reasons
    assert reason.sentence.startswith("1 place is kept until booking closes")
