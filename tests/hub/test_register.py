"""The register: who booked and came, who just came, who was not there; drop-ins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from innovationhub import BookingPolicy, BookingStatus, Hub, Refused
from innovationhub.domain.closing import STEP
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, session_type, weekly

CAME = BookingStatus.ATTENDED
FORUM = "forum@2026-12-01T10:30"


def at_the_door(hub: Hub, clock: Clock) -> None:
    clock.now = hub.session(TASTER).starts


def test_one_who_booked_is_marked_as_there(hub: Hub, clock: Clock) -> None:
    """The same booking, attended; asking again changes nothing."""
    (ada,) = people(hub, "ada")
    booked = hub.book(TASTER, ada)
    at_the_door(hub, clock)
    there = hub.check_in(TASTER, ada)
    assert (there.id, there.status) == (booked.id, CAME)
    entries = len(hub.journal())
    assert hub.check_in(TASTER, ada) == there
    assert len(hub.journal()) == entries


def test_a_walk_in_is_on_the_same_register(hub: Hub, clock: Clock) -> None:
    """Where there is room: attended at once, and noted as a walk-in."""
    ada, bob = people(hub, "ada", "bob")
    hub.book(TASTER, ada)
    at_the_door(hub, clock)
    assert hub.check_in(TASTER, bob).status is CAME
    assert [booking.person_id for booking in hub.roster(TASTER)] == [ada, bob]
    assert [entry.facts["walk_in"] for entry in hub.journal() if entry.kind == "booking.attended"] == [True]


def test_a_walk_in_to_a_full_session_is_refused(hub: Hub, clock: Clock) -> None:
    """With the count, and other dates that have room: a chair is not sat on twice."""
    for person in crowd(hub, 3)[:2]:
        hub.book(TASTER, person)
    at_the_door(hub, clock)
    with pytest.raises(Refused) as refused:
        hub.check_in(TASTER, "p2")
    assert refused.value.codes == ("full",)
    assert refused.value.alternatives[0].id == "taster@2026-12-08T10:00"


def test_before_the_cut_off_the_queue_goes_before_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """A seat that is owed to the queue is not given to somebody who walks in early."""
    hub = make_hub(types=[session_type(capacity=1)])
    ada, bob, cem = people(hub, "ada", "bob", "cem")
    hub.book(TASTER, ada)
    hub.book(TASTER, bob)
    clock.now = hub.session(TASTER).starts - timedelta(minutes=10)
    with pytest.raises(Refused, match="waiting"):
        hub.check_in(TASTER, cem)


def test_from_the_cut_off_it_is_first_come_first_served(make_hub: MakeHub, clock: Clock) -> None:
    """Who is at the door has the free seat, whether they waited or just came."""
    hub = make_hub(types=[session_type(capacity=2, booking=BookingPolicy(closes_minutes=60))])
    ada, bob, cem, dee = people(hub, "ada", "bob", "cem", "dee")
    first = hub.book(TASTER, ada)
    hub.book(TASTER, bob)
    waits = hub.book(TASTER, cem)
    clock.now = hub.session(TASTER).closes
    hub.cancel(first.id)
    assert hub.booking(waits.id).status is BookingStatus.WAITLISTED
    assert hub.check_in(TASTER, dee).status is CAME
    with pytest.raises(Refused, match="taken"):
        hub.check_in(TASTER, cem)


def test_one_who_waits_is_seated_at_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """The booking that waited is the one that attends."""
    hub = make_hub(types=[session_type(capacity=1, booking=BookingPolicy(closes_minutes=60))])
    ada, bob = people(hub, "ada", "bob")
    first, waits = hub.book(TASTER, ada), hub.book(TASTER, bob)
    clock.now = hub.session(TASTER).closes
    hub.cancel(first.id)
    there = hub.check_in(TASTER, bob)
    assert (there.id, there.status) == (waits.id, CAME)


def test_closing_the_register(hub: Hub, clock: Clock) -> None:
    """Who had a place and did not come is absent, who waited has lapsed, and nothing more can be done."""
    for person in crowd(hub, 4):
        hub.book(TASTER, person)
    at_the_door(hub, clock)
    hub.check_in(TASTER, "p1")
    absent = hub.close_register(TASTER)
    assert [(each.person_id, each.status) for each in absent] == [("p0", BookingStatus.ABSENT)]
    assert hub.session(TASTER).status == "closed"
    assert hub.waitlist(TASTER) == []
    assert {each.status for each in hub.bookings_of("p3")} == {BookingStatus.LAPSED}
    entries = len(hub.journal())
    assert hub.close_register(TASTER) == absent
    assert len(hub.journal()) == entries
    for command in ("check_in", "book"):
        with pytest.raises(Refused) as refused:
            getattr(hub, command)(TASTER, "p3")
        assert refused.value.codes == ("closed",)


def test_a_register_is_not_closed_before_the_start(hub: Hub) -> None:
    """It would mark everybody absent: refused, with the start in the facts."""
    hub.book(TASTER, *people(hub, "ada"))
    with pytest.raises(Refused) as refused:
        hub.close_register(TASTER)
    assert refused.value.codes == ("not-open",)
    assert refused.value.reasons[0].facts["starts"] == hub.session(TASTER).starts


def test_a_large_register_is_closed_in_bounded_commits(make_hub: MakeHub, clock: Clock) -> None:
    """No commit settles more than a step of bookings, and none is forgotten."""
    hub = make_hub(types=[session_type(capacity=STEP)])
    persons = crowd(hub, 2 * STEP + 20)
    for person in persons:
        hub.book(TASTER, person)
    at_the_door(hub, clock)
    assert len(hub.close_register(TASTER)) == STEP
    kinds = [entry.kind for entry in hub.journal(limit=10_000)]
    assert (kinds.count("booking.absent"), kinds.count("booking.lapsed")) == (STEP, STEP + 20)


def two_that_overlap(make_hub: MakeHub, clock: Clock) -> tuple[Hub, str]:
    """Bob was passed over for the one seat of the forum, since he holds a place in the taster at that time.

    It is ten, so the taster has begun, and the forum's booking is open until half past. Returns bob's booking.
    """
    hub = make_hub(
        types=[session_type(), session_type("forum", 1)],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )
    ada, bob = people(hub, "ada", "bob")
    seat = hub.book(FORUM, ada)
    waits = hub.book(FORUM, bob)
    hub.book(TASTER, bob)
    hub.cancel(seat.id)
    at_the_door(hub, clock)
    assert hub.booking(waits.id).status is BookingStatus.WAITLISTED
    return hub, waits.id


def about(hub: Hub, booking_id: str) -> list[str]:
    return [entry.kind for entry in hub.journal() if entry.subject == booking_id]


def test_closing_a_register_gives_time_back(make_hub: MakeHub, clock: Clock) -> None:
    """Who did not come is free again, and what they were passed over for at that time is theirs, in the same call."""
    hub, waits = two_that_overlap(make_hub, clock)
    assert [each.person_id for each in hub.close_register(TASTER)] == ["bob"]
    assert hub.booking(waits).status is BookingStatus.CONFIRMED
    assert about(hub, waits) == [
        "booking.waitlisted",
        "booking.passed-over",
        "booking.ready",
        "booking.promoted",
    ]


def test_who_came_has_no_time_back(make_hub: MakeHub, clock: Clock) -> None:
    """They are in the one session, so the other is still not possible for them."""
    hub, waits = two_that_overlap(make_hub, clock)
    hub.check_in(TASTER, "bob")
    assert hub.close_register(TASTER) == []
    assert hub.booking(waits).status is BookingStatus.WAITLISTED
    assert [reason.code for reason in hub.explain(waits).reasons] == ["clash"]


def test_a_drop_in_needs_no_booking(make_hub: MakeHub, clock: Clock) -> None:
    """One may book and may just come, on one register; places overlap where the type allows it."""
    hub = make_hub(
        types=[
            session_type(),
            session_type("drop-in", None, access="drop-in", booking=BookingPolicy(overlaps=True)),
        ],
        series=[weekly(), weekly("drop-in", "2026-12-01T10:15")],
    )
    drop_in = "drop-in@2026-12-01T10:15"
    ada, bob = people(hub, "ada", "bob")
    hub.book(TASTER, ada)
    assert hub.book(drop_in, ada).status is BookingStatus.CONFIRMED
    clock.now = hub.session(drop_in).starts
    hub.check_in(drop_in, ada)
    assert hub.check_in(drop_in, bob).status is CAME
    assert hub.session(drop_in).places["attendee"].held == 2
    assert hub.session(drop_in).places["attendee"].left is None
