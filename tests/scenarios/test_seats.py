"""Seats: the cases S1 to S6 of what goes wrong in booking systems. S1 in processes is in tests/races."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from innovationhub import Booking, BookingStatus, Hub, HubError, Refused
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, session_type, weekly


def book_all(hub: Hub, persons: list[str], session: str = TASTER) -> list[Booking | HubError]:
    """Everybody presses "book" at once, each in a thread of their own."""

    def press(person: str) -> Booking | HubError:
        try:
            return hub.book(session, person)
        except HubError as error:
            return error

    with ThreadPoolExecutor(len(persons)) as pool:
        return list(pool.map(press, persons))


def test_s1_one_seat_left_forty_press_at_once(make_hub: MakeHub) -> None:
    """One is confirmed, 39 wait in a total order, and there is no error of any kind."""
    hub = make_hub(types=[session_type(capacity=1)])
    answers = book_all(hub, crowd(hub, 40))
    bookings = [answer for answer in answers if isinstance(answer, Booking)]
    assert len(bookings) == 40
    assert [each.status for each in bookings].count(BookingStatus.CONFIRMED) == 1
    assert [each.status for each in bookings].count(BookingStatus.WAITLISTED) == 39
    assert sorted(each.sequence for each in bookings) == list(range(1, 41))
    assert hub.session(TASTER).places["attendee"].held == 1


def test_s1_without_a_queue_the_others_are_refused(make_hub: MakeHub) -> None:
    """Where the role has no queue, one is confirmed and 39 are refused as full, with other dates to choose from."""
    hub = make_hub(types=[session_type(capacity=1, limit=0)])
    answers = book_all(hub, crowd(hub, 40))
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 39
    assert {refusal.codes for refusal in refused} == {("full",)}
    assert refused[0].alternatives[0].id == "taster@2026-12-08T10:00"


def test_s2_thirty_seats_thirty_first_bookings(make_hub: MakeHub) -> None:
    """All thirty are confirmed: nobody is refused or left waiting while seats are free."""
    hub = make_hub(types=[session_type(capacity=30)])
    answers = book_all(hub, crowd(hub, 30))
    assert {getattr(answer, "status", answer) for answer in answers} == {BookingStatus.CONFIRMED}


@pytest.mark.parametrize("request_id", [None, "the-same"])
def test_s3_one_person_sends_the_same_booking_six_times(make_hub: MakeHub, request_id: str | None) -> None:
    """One booking is made. The same request id gives the same answer; without one the others are told of it."""
    hub = make_hub()
    (person,) = people(hub, "ada")

    def press(_: int) -> Booking | Refused:
        try:
            return hub.book(TASTER, person, request_id=request_id)
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(press, range(6)))
    assert len(hub.roster(TASTER)) == 1
    if request_id:
        assert answers == [answers[0]] * 6
    else:
        told = [answer for answer in answers if isinstance(answer, Refused)]
        assert [refusal.codes for refusal in told] == [("already-booked",)] * 5
        assert {refusal.reasons[0].facts["booking_id"] for refusal in told} == {hub.roster(TASTER)[0].id}


def test_s4_booked_and_books_again_when_full(hub: Hub) -> None:
    """Still confirmed, and told so; never demoted to the queue."""
    ada, bob, cem = people(hub, "ada", "bob", "cem")
    mine = hub.book(TASTER, ada)
    hub.book(TASTER, bob)
    hub.book(TASTER, cem)
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, ada)
    assert refused.value.codes == ("already-booked",)
    assert refused.value.reasons[0].facts["status"] == "confirmed"
    assert hub.booking(mine.id) == mine


@pytest.mark.parametrize(
    ("ahead", "code"),
    [
        (timedelta(days=91), "not-open"),
        (timedelta(0), "started"),
        (-timedelta(minutes=5), "started"),
    ],
)
def test_s5_outside_the_window(hub: Hub, clock: Clock, ahead: timedelta, code: str) -> None:
    """Before it opens, at the start and after: refused, with the window in the facts."""
    (ada,) = people(hub, "ada")
    view = hub.session(TASTER)
    clock.now = view.starts - ahead
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, ada)
    assert refused.value.codes == (code,)
    facts = refused.value.reasons[0].facts
    assert (facts["opens"], facts["closes"], facts["starts"]) == (view.opens, view.closes, view.starts)
    assert hub.roster(TASTER) == []


def test_s5_the_window_is_half_open(hub: Hub, clock: Clock) -> None:
    """`opens <= now < closes`: at the opening instant one may book, and a microsecond before the start too."""
    ada, bob = people(hub, "ada", "bob")
    view = hub.session(TASTER)
    clock.now = view.opens
    assert hub.book(TASTER, ada).status is BookingStatus.CONFIRMED
    clock.now = view.closes - timedelta(microseconds=1)
    assert hub.book(TASTER, bob).status is BookingStatus.CONFIRMED


def test_s5_it_opens_at_the_same_local_time(make_hub: MakeHub) -> None:
    """Ninety days before a session at 10:00 in summer time is 10:00 local in winter time."""
    hub = make_hub(series=[weekly(start="2027-04-06T10:00")])
    view = hub.session("taster@2027-04-06T10:00")
    assert view.opens.isoformat() == "2027-01-06T10:00:00+00:00"
    assert view.starts.isoformat() == "2027-04-06T10:00:00+01:00"


def test_s6_two_overlapping_sessions(make_hub: MakeHub) -> None:
    """The second is refused and both are named; what merely touches is fine."""
    hub = make_hub(
        types=[session_type(), session_type("forum"), session_type("after")],
        series=[weekly(), weekly("forum", "2026-12-01T10:30"), weekly("after", "2026-12-01T11:00")],
    )
    (ada,) = people(hub, "ada")
    hub.book(TASTER, ada)
    with pytest.raises(Refused) as refused:
        hub.book("forum@2026-12-01T10:30", ada)
    assert refused.value.codes == ("clash",)
    reason = refused.value.reasons[0]
    assert (reason.facts["session"], reason.facts["other"]) == ("forum@2026-12-01T10:30", TASTER)
    assert TASTER in reason.sentence
    assert "forum@2026-12-01T10:30" in reason.sentence
    assert hub.book("after@2026-12-01T11:00", ada).status is BookingStatus.CONFIRMED


def test_s6_both_at_once(make_hub: MakeHub) -> None:
    """One person books two overlapping sessions in two threads, many times over: never both."""
    hub = make_hub(
        types=[session_type(capacity=100), session_type("forum", 100)],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )
    for person in crowd(hub, 20):
        with ThreadPoolExecutor(2) as pool:
            both = [TASTER, "forum@2026-12-01T10:30"]
            answers = list(pool.map(lambda session, who=person: book_all(hub, [who], session)[0], both))
        assert sum(isinstance(answer, Booking) for answer in answers) == 1
        assert len(hub.bookings_of(person)) == 1


def test_every_reason_is_given_at_once(make_hub: MakeHub, clock: Clock) -> None:
    """A refusal lists all that stands in the way, not the first thing found."""
    hub = make_hub(
        types=[session_type(), session_type("later")],
        series=[weekly(), weekly("later", "2026-12-01T10:30")],
    )
    (ada,) = people(hub, "ada")
    clock.now = hub.session(TASTER).opens
    hub.book(TASTER, ada)
    with pytest.raises(Refused) as refused:
        hub.book("later@2026-12-01T10:30", ada)
    assert set(refused.value.codes) == {"not-open", "clash"}


def test_alternatives_are_dates_that_this_person_can_come_to(make_hub: MakeHub) -> None:
    """Not where they hold another place at the time, not where it is full, not where they are booked."""
    hub = make_hub(
        types=[session_type(capacity=1, limit=0), session_type("forum")],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )
    ada, bob = people(hub, "ada", "bob")
    hub.book(TASTER, bob)
    hub.book("taster@2026-12-08T10:00", bob)
    hub.book("forum@2026-12-15T10:30", ada)
    hub.book("taster@2026-12-22T10:00", ada)
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, ada)
    assert [each.id for each in refused.value.alternatives] == [
        "taster@2026-12-29T10:00",
        "taster@2027-01-05T10:00",
        "taster@2027-01-12T10:00",
    ]
