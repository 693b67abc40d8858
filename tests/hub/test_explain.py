"""Explain: place, who is ahead by category and never by name, what would help."""

from __future__ import annotations

import pytest

from innovationhub import BookingPolicy, Catalogue, Hub, NotFound, Unavailable
from innovationhub.domain.closing import STEP
from innovationhub.plugins import CORE_RECORDS, load
from tests.conftest import MakeHub
from tests.hub.stopping import Stopping, hub_with_a_long_walk
from tests.support import TASTER, Clock, crowd, people, session_type, weekly

FORUM = "forum@2026-12-01T10:30"


def test_a_place_in_the_queue(hub: Hub) -> None:
    """From 1, and as people leave it moves up."""
    bookings = [hub.book(TASTER, person) for person in crowd(hub, 6)]
    last = bookings[-1]
    assert hub.explain(last.id).place == 4
    assert hub.explain(last.id).ahead == {"waiting": 3, "passed over": 0}
    hub.cancel(bookings[3].id)
    assert hub.explain(last.id).place == 3


def test_who_is_ahead_is_told_by_category(make_hub: MakeHub) -> None:
    """Those passed over for now still come first, and are counted by themselves; no name is told."""
    hub = make_hub(
        types=[session_type(capacity=1), session_type("forum", 9)],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )
    ada, bob, cem, dee = people(hub, "ada", "bob", "cem", "dee")
    seated = hub.book(TASTER, ada)
    hub.book(TASTER, bob)
    hub.book(FORUM, bob)
    hub.book(TASTER, cem)
    last = hub.book(TASTER, dee)
    hub.cancel(seated.id)
    explained = hub.explain(last.id)
    assert (explained.place, explained.ahead) == (2, {"waiting": 0, "passed over": 1})
    assert "bob" not in repr(explained)


def test_what_would_help(hub: Hub) -> None:
    """The next dates with room are among the remedies."""
    bookings = [hub.book(TASTER, person) for person in crowd(hub, 3)]
    explained = hub.explain(bookings[-1].id)
    assert [reason.code for reason in explained.reasons] == ["full"]
    assert any("taster@2026-12-08T10:00" in remedy for remedy in explained.remedies)


DOOR = "Come to the door: free places go to whoever is there."


def codes(hub: Hub, booking_id: str) -> list[str]:
    """The codes of why a booking waits, each time with something that would help."""
    explained = hub.explain(booking_id)
    assert explained.status == "waitlisted"
    assert explained.reasons
    assert [remedy for reason in explained.reasons for remedy in reason.remedies]
    return [reason.code for reason in explained.reasons]


def waiting_for_two(make_hub: MakeHub) -> tuple[Hub, str, str, str]:
    """One seat, taken; one who waits for it and, at that time, for the one seat of the forum, taken as well."""
    hub = make_hub(
        types=[
            session_type(capacity=1, booking=BookingPolicy(closes_minutes=60)),
            session_type("forum", 1),
        ],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )
    ada, bob = people(hub, "ada", "bob")
    seat, other = hub.book(TASTER, ada), hub.book(FORUM, *people(hub, "cem"))
    waits = hub.book(TASTER, bob)
    hub.book(FORUM, bob)
    return hub, waits.id, seat.id, other.id


def test_why_one_waits_before_the_cut_off(make_hub: MakeHub) -> None:
    """All seats are taken; another place is held at the time as well; a seat is free and cannot be taken for that."""
    hub, waits, seat, other = waiting_for_two(make_hub)
    assert codes(hub, waits) == ["full"]
    assert "The place in the queue is kept" in hub.explain(waits).remedies[0]
    hub.cancel(other)
    assert codes(hub, waits) == ["clash", "full"]
    hub.cancel(seat)
    assert codes(hub, waits) == ["clash"]


def test_why_one_waits_past_the_cut_off(make_hub: MakeHub, clock: Clock) -> None:
    """Booking has closed, so nobody is seated from the queue: a free seat is to be had at the door."""
    hub, waits, seat, other = waiting_for_two(make_hub)
    clock.now = hub.session(TASTER).closes
    assert codes(hub, waits) == ["full", "closed"]
    explained = hub.explain(waits)
    assert DOOR in explained.remedies
    assert not any("queue is kept" in remedy for remedy in explained.remedies)
    hub.cancel(seat)
    assert codes(hub, waits) == ["closed"]
    reason = hub.explain(waits).reasons[0]
    assert (
        reason.sentence
        == "Booking closed on Tue 1 Dec 2026, 09:00: nobody is seated from the queue any more."
    )
    assert (reason.facts["closes"], reason.remedies) == (clock.now, (DOOR,))
    hub.cancel(other)
    assert codes(hub, waits) == ["clash", "closed"]
    assert DOOR not in hub.explain(waits).remedies
    clock.now = hub.session(TASTER).starts
    assert codes(hub, waits) == ["clash", "closed"]


def test_why_one_waits_while_a_look_is_owed() -> None:
    """A seat is free and its commit could not get through the queue: it is given in order, and nothing needs doing."""
    hub, store, seated = hub_with_a_long_walk()
    store.left = 1
    hub.cancel(seated)
    last = hub.waitlist(TASTER)[-1]
    assert codes(hub, last.id) == ["waitlisted"]
    assert hub.explain(last.id).remedies[0].startswith("Nothing needs doing.")


def test_why_one_still_waits_when_the_register_has_been_closed() -> None:
    """The register was closed and its bookings are not settled yet: another date is all there is."""
    store, clock = Stopping(CORE_RECORDS), Clock()
    hub = Hub(store, load(discover=False), clock)
    hub.load_catalogue(Catalogue(None, (session_type(capacity=STEP),), (weekly(),)))
    for person in crowd(hub, STEP + 1):
        hub.book(TASTER, person)
    clock.now = hub.session(TASTER).starts
    store.left = 1
    with pytest.raises(Unavailable):
        hub.close_register(TASTER)
    waits = hub.waitlist(TASTER)[-1]
    assert codes(hub, waits.id) == ["closed"]
    assert "Choose another date." in hub.explain(waits.id).remedies


def test_a_booking_that_has_a_place_or_has_ended(hub: Hub) -> None:
    """Has no place in a queue, and says where it stands."""
    (ada,) = people(hub, "ada")
    booked = hub.book(TASTER, ada)
    assert (hub.explain(booked.id).place, hub.explain(booked.id).status) == (None, "confirmed")
    hub.cancel(booked.id)
    assert [reason.code for reason in hub.explain(booked.id).reasons] == ["cancelled"]


def test_there_is_no_such_booking(hub: Hub) -> None:
    """An unknown booking is `NotFound`, as everywhere."""
    with pytest.raises(NotFound):
        hub.explain("nothing")
