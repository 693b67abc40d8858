"""Queues: the cases Q1 to Q3, Q9 to Q11, Q13 and Q14 of what goes wrong in booking systems."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from innovationhub import Booking, BookingStatus, Hub, Refused
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, session_type, weekly

FORUM = "forum@2026-12-01T10:30"
WAITING, SEATED = BookingStatus.WAITLISTED, BookingStatus.CONFIRMED


def full_with_queue(hub: Hub, count: int = 6) -> list[Booking]:
    """So many people book the taster of two seats, one after another."""
    return [hub.book(TASTER, person) for person in crowd(hub, count)]


def two_overlapping(make_hub: MakeHub, capacity: int = 1, forum: int = 1) -> Hub:
    """A taster and a forum that overlap it by half an hour."""
    return make_hub(
        types=[session_type(capacity=capacity), session_type("forum", forum)],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )


def waiting(hub: Hub, session: str = TASTER) -> list[str]:
    return [booking.person_id for booking in hub.waitlist(session)]


def test_q1_a_seat_frees_while_a_newcomer_books(make_hub: MakeHub) -> None:
    """The head of the queue has it, whichever of the two commands is first; the newcomer is behind everybody."""
    for _ in range(10):
        hub = make_hub()
        bookings = full_with_queue(hub)
        (newcomer,) = people(hub, "new")
        with ThreadPoolExecutor(2) as pool:
            cancelled = pool.submit(hub.cancel, bookings[0].id)
            came = pool.submit(hub.book, TASTER, newcomer)
        assert cancelled.result().status is BookingStatus.CANCELLED
        assert came.result().status is WAITING
        assert hub.booking(bookings[2].id).status is SEATED
        assert waiting(hub) == ["p3", "p4", "p5", "new"]


def test_q2_number_five_presses_book_while_a_seat_is_free(hub: Hub) -> None:
    """Number 1 has the seat; number 5 is told of the place in the queue and keeps it."""
    bookings = full_with_queue(hub, 7)
    hub.cancel(bookings[0].id)
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "p6")
    assert refused.value.reasons[0].facts["status"] == "waitlisted"
    assert hub.booking(bookings[2].id).status is SEATED
    assert waiting(hub) == ["p3", "p4", "p5", "p6"]


def test_q3_the_head_cannot_take_it(make_hub: MakeHub) -> None:
    """The next who can has it, the head keeps the place, and the reason stands in the journal and in explain."""
    hub = two_overlapping(make_hub)
    ada, bob, cem = people(hub, "ada", "bob", "cem")
    seated = hub.book(TASTER, ada)
    head, second = hub.book(TASTER, bob), hub.book(TASTER, cem)
    hub.book(FORUM, bob)  # two overlapping waits are allowed, and so is a seat while one waits elsewhere
    hub.cancel(seated.id)
    assert hub.booking(second.id).status is SEATED
    assert hub.booking(head.id).status is WAITING
    explained = hub.explain(head.id)
    assert explained.place == 1
    assert [each.code for each in explained.passed] == ["clash"]
    assert FORUM in explained.passed[0].sentence
    assert "clash" in {reason.code for reason in explained.reasons}
    noted = [entry for entry in hub.journal() if entry.kind == "booking.passed-over"]
    assert [(entry.subject, entry.facts["clash"]) for entry in noted] == [(head.id, FORUM)]


def test_q3_the_head_has_it_again_when_the_clash_is_gone(make_hub: MakeHub) -> None:
    """Giving up the other place makes the head ready again: at once seated, if a seat is free."""
    hub = two_overlapping(make_hub)
    ada, bob = people(hub, "ada", "bob")
    seated = hub.book(TASTER, ada)
    head = hub.book(TASTER, bob)
    other = hub.book(FORUM, bob)
    hub.cancel(seated.id)
    assert hub.booking(head.id).status is WAITING
    hub.cancel(other.id)
    assert hub.booking(head.id).status is SEATED


def test_q3_a_newcomer_may_have_what_the_head_cannot(make_hub: MakeHub) -> None:
    """While everybody in the queue is passed over, a free seat is open to a newcomer: no seat stands empty."""
    hub = two_overlapping(make_hub)
    ada, bob, new = people(hub, "ada", "bob", "new")
    seated = hub.book(TASTER, ada)
    head = hub.book(TASTER, bob)
    hub.book(FORUM, bob)
    hub.cancel(seated.id)
    assert hub.session(TASTER).places["attendee"].open
    assert hub.book(TASTER, new).status is SEATED
    assert hub.explain(head.id).place == 1


def test_q9_a_cancelled_booking_made_again(hub: Hub) -> None:
    """Is at the end of the queue."""
    bookings = full_with_queue(hub)
    hub.cancel(bookings[2].id)
    again = hub.book(TASTER, "p2")
    assert waiting(hub) == ["p3", "p4", "p5", "p2"]
    assert again.sequence > bookings[-1].sequence
    assert again.id != bookings[2].id


def test_q10_two_join_an_empty_queue_at_the_same_instant(make_hub: MakeHub) -> None:
    """The order is total and stable, by sequence: the clock stands still all the while."""
    hub = make_hub(types=[session_type(capacity=1)])
    persons = crowd(hub, 21)
    hub.book(TASTER, persons[0])
    with ThreadPoolExecutor(20) as pool:
        joined = list(pool.map(lambda person: hub.book(TASTER, person), persons[1:]))
    assert len({booking.created_at for booking in joined}) == 1
    assert sorted(booking.sequence for booking in joined) == list(range(2, 22))
    in_order = [booking.person_id for booking in sorted(joined, key=lambda booking: booking.sequence)]
    assert waiting(hub) == in_order == waiting(hub)
    assert [hub.explain(booking.id).place for booking in hub.waitlist(TASTER)] == list(range(1, 21))


def test_q11_somebody_leaves_the_queue(hub: Hub, clock: Clock) -> None:
    """Possible at any time, after the cut-off too; the others' order is unchanged."""
    bookings = full_with_queue(hub)
    hub.cancel(bookings[3].id)
    assert waiting(hub) == ["p2", "p4", "p5"]
    clock.now = hub.session(TASTER).starts
    hub.cancel(bookings[4].id)
    assert waiting(hub) == ["p2", "p5"]


def test_q13_waiting_for_two_that_overlap_and_both_free(make_hub: MakeHub) -> None:
    """One is given; the other is passed over with its reason, and open again when the first is given back."""
    hub = two_overlapping(make_hub)
    ada, bob, cem = people(hub, "ada", "bob", "cem")
    first, second = hub.book(TASTER, ada), hub.book(FORUM, cem)
    taster, forum = hub.book(TASTER, bob), hub.book(FORUM, bob)
    hub.cancel(first.id)
    hub.cancel(second.id)
    assert hub.booking(taster.id).status is SEATED
    assert hub.booking(forum.id).status is WAITING
    assert [each.code for each in hub.explain(forum.id).passed] == ["clash"]
    hub.cancel(taster.id)
    assert hub.booking(forum.id).status is SEATED


def test_a_promotion_walks_a_bounded_way_and_owes_the_rest(make_hub: MakeHub) -> None:
    """Forty heads of the queue cannot come: the walk stops at its bound, is recorded as owed, and is gone on with."""
    hub = make_hub(
        types=[session_type(capacity=1), session_type("forum", 100)],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )
    persons = crowd(hub, 42)
    seated = hub.book(TASTER, persons[0])
    queue = [hub.book(TASTER, person) for person in persons[1:]]
    for person in persons[1:41]:
        hub.book(FORUM, person)
    hub.cancel(seated.id)
    assert hub.booking(queue[40].id).status is SEATED
    assert sum(entry.kind == "booking.passed-over" for entry in hub.journal()) == 40
    assert hub.tick().complete


def test_nothing_is_promoted_after_booking_closes(hub: Hub, clock: Clock) -> None:
    """From the cut-off a free seat is for whoever is at the door, so a queue is left as it is."""
    bookings = full_with_queue(hub, 4)
    clock.now = hub.session(TASTER).starts
    assert hub.check_in(TASTER, "p0").status is BookingStatus.ATTENDED
    with pytest.raises(Refused) as refused:
        hub.cancel(bookings[1].id)
    assert refused.value.codes == ("too-late-to-cancel",)
    assert waiting(hub) == ["p2", "p3"]


def test_whoever_could_mend_a_clash_is_told_that_it_is_full_too(make_hub: MakeHub) -> None:
    """Else they would give up the place that they have, as the remedy says, for nothing."""
    closed = session_type("forum", 1, limit=0)
    hub = make_hub(types=[session_type(), closed], series=[weekly(), weekly("forum", "2026-12-01T10:30")])
    ada, bob = people(hub, "ada", "bob")
    hub.book(TASTER, ada)
    hub.book(FORUM, bob)
    with pytest.raises(Refused) as refused:
        hub.book(FORUM, ada)
    assert {reason.code for reason in refused.value.refusal.reasons} == {"clash", "full"}
