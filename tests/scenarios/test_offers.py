"""Offers: Q5, Q6, Q7 and Q13, counted in the hub's working hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from innovationhub import Hub, HubSettings, Refused
from tests.audited import audited, codes_of, held, kind, names, noted, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, weekly


def offering(make_hub: MakeHub, count: int = 3, capacity: int = 1, **waitlist: Any) -> tuple[Hub, list[str]]:
    """A taster that offers its free seats, booked by so many."""
    options = {"promote": "offer"} | waitlist
    hub = audited(make_hub(types=[kind(capacity=capacity, waitlist=options)]))
    return hub, [hub.book(TASTER, person).id for person in crowd(hub, count)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_offer_holds_the_seat(make_hub: MakeHub) -> None:
    """It is offered to the head, holds the seat and the time, and ends after eight working hours."""
    hub, (one, two, three) = offering(make_hub)
    hub.cancel(one)
    offer = hub.booking(two)
    assert (offer.status, offer.offer_ends) == ("offered", at("2026-11-24T17:00"))
    places = hub.session(TASTER).places["attendee"]
    assert (places.held, places.left, places.open) == (1, 0, False)
    assert statuses(hub, three) == ["waitlisted"]
    assert hub.accept(two).status == "confirmed"
    assert hub.booking(two).offer_ends is None
    assert names(hub, two) == ["booking.waitlisted", "booking.offered", "booking.accepted"]


def test_declined_it_goes_on_at_once(make_hub: MakeHub) -> None:
    """Who turns it down leaves the queue, and the next is offered it in the same commit."""
    hub, (one, two, three) = offering(make_hub)
    hub.cancel(one)
    before = len(hub.journal())
    assert hub.decline(two).status == "declined"
    assert [entry.kind for entry in hub.journal(after=before)] == ["booking.declined", "booking.offered"]
    assert statuses(hub, two, three) == ["declined", "offered"]
    for answer in (hub.accept, hub.decline):
        with pytest.raises(Refused) as refused:
            answer(two)
        assert codes_of(refused) == ("not-active",)


def test_q5_a_lapse_nobody_does_anything_about(make_hub: MakeHub, clock: Clock) -> None:
    """The next tick serves the next; the one who missed it keeps the place and the reason is told."""
    hub, (one, two, three) = offering(make_hub, on_lapse="keep")
    hub.cancel(one)
    clock.now = at("2026-11-24T17:00")
    with pytest.raises(Refused) as refused:
        hub.accept(two)
    assert codes_of(refused) == ("not-active",)
    report = hub.tick()
    assert (report.timers, report.complete) == (1, True)
    assert statuses(hub, two, three) == ["waitlisted", "offered"]
    assert waits(hub, TASTER) == ["p1"]
    explained = hub.explain(two)
    assert explained.place == 1
    assert names(hub, two)[-1] == "booking.lapsed"
    hub.decline(three)
    assert names(hub, two)[-2:] == ["booking.ready", "booking.offered"]
    assert statuses(hub, two) == ["offered"]


def test_q5_keep_with_nobody_behind(make_hub: MakeHub, clock: Clock) -> None:
    """The seat is open to newcomers and to the one who missed the offer; close to the start it is given straight."""
    hub, (one, two) = offering(make_hub, 2, on_lapse="keep")
    hub.cancel(one)
    clock.now = at("2026-11-24T17:00")
    hub.tick()
    assert statuses(hub, two) == ["waitlisted"]
    assert hub.session(TASTER).places["attendee"].open
    reasons = hub.explain(two).reasons
    assert [reason.code for reason in reasons] == ["offer-lapsed"]
    clock.now = at("2026-12-01T09:00")
    hub.tick()
    assert statuses(hub, two) == ["waitlisted"]
    clock.now = at("2026-12-01T09:01")
    hub.tick()
    assert statuses(hub, two) == ["confirmed"]


def test_q5_who_missed_an_offer_can_still_take_the_seat(make_hub: MakeHub, clock: Clock) -> None:
    """While it is free they accept it, late as they are; once it is gone they wait on."""
    hub, (one, two) = offering(make_hub, 2, on_lapse="keep")
    hub.cancel(one)
    clock.now = at("2026-11-24T17:00")
    hub.tick()
    assert hub.accept(two).status == "confirmed"
    (new,) = people(hub, "new")
    hub.cancel(two)
    assert hub.book(TASTER, new).status == "confirmed"


def test_q5_back(make_hub: MakeHub, clock: Clock) -> None:
    """The one who missed it goes behind everybody who waits."""
    hub, (one, two, three, four) = offering(make_hub, 4, on_lapse="back")
    hub.cancel(one)
    clock.now = at("2026-11-24T17:00")
    hub.tick()
    assert statuses(hub, three) == ["offered"]
    assert waits(hub, TASTER) == ["p3", "p1"]
    hub.decline(three)
    hub.decline(four)
    assert statuses(hub, two) == ["offered"]


def test_q5_leave(make_hub: MakeHub, clock: Clock) -> None:
    """The one who missed it has left the queue."""
    hub, (one, two, three) = offering(make_hub, on_lapse="leave")
    hub.cancel(one)
    clock.now = at("2026-11-24T17:00")
    hub.tick()
    assert statuses(hub, two, three) == ["lapsed", "offered"]
    assert waits(hub, TASTER) == []


@pytest.mark.parametrize("on_lapse", ["keep", "back", "leave"])
def test_q5_everybody_lets_it_lapse(make_hub: MakeHub, clock: Clock, on_lapse: str) -> None:
    """Each is asked in turn, nobody twice before everybody was, and no tick goes on for ever."""
    hub, _ = offering(make_hub, 4, on_lapse=on_lapse)
    hub.cancel(hub.roster(TASTER)[0].id)
    for _ in range(8):
        clock.pass_by(days=1)
        if clock.now >= at("2026-12-01T09:00"):
            break
        assert hub.tick().complete
    asked = noted(hub, "offered")
    assert len(set(asked)) == len(asked) == 3


def test_q5_a_tick_too_early_or_twice_does_nothing(make_hub: MakeHub, clock: Clock) -> None:
    """Before its end an offer stands; after it, two ticks lapse it once."""
    hub, (one, two, _) = offering(make_hub)
    hub.cancel(one)
    clock.now = at("2026-11-24T16:59")
    hub.tick()
    assert statuses(hub, two) == ["offered"]
    clock.now = at("2026-11-24T17:00")
    hub.tick()
    hub.tick()
    assert noted(hub, "lapsed") == [two]


def test_q6_a_friday_evening(make_hub: MakeHub, clock: Clock) -> None:
    """An offer made on Friday at 18:00 runs on Monday, and over the weekend nothing lapses."""
    hub, (one, two, _) = offering(make_hub)
    clock.now = at("2026-11-27T18:00")
    hub.cancel(one)
    assert hub.booking(two).offer_ends == at("2026-11-30T17:00")
    clock.now = at("2026-11-29T23:00")
    hub.tick()
    assert statuses(hub, two) == ["offered"]
    assert hub.accept(two).status == "confirmed"


def test_q6_bank_holidays_are_no_working_time(make_hub: MakeHub, clock: Clock) -> None:
    """Made on Christmas Eve at 16:00 it runs on the Tuesday after Boxing Day's substitute."""
    settings = HubSettings(closures=("england-bank-holidays",))
    types = [kind(waitlist={"promote": "offer"})]
    hub = audited(make_hub(types=types, hub=settings, series=[weekly(start="2027-01-05T10:00")]))
    session = "taster@2027-01-05T10:00"
    one, two = (hub.book(session, person).id for person in crowd(hub, 2))
    clock.now = at("2026-12-24T16:00")
    hub.cancel(one)
    assert hub.booking(two).offer_ends == at("2026-12-29T16:00")


@pytest.mark.parametrize(("minutes", "ends"), [(0, "10:00"), (30, "09:30")])
def test_q6_never_past_the_cut_off(make_hub: MakeHub, clock: Clock, minutes: int, ends: str) -> None:
    """On the day before, the offer ends when booking closes, however many hours that is."""
    types = [kind(waitlist={"promote": "offer"}, booking={"closes_minutes": minutes})]
    hub = audited(make_hub(types=types))
    one, two = (hub.book(TASTER, person).id for person in crowd(hub, 2))
    clock.now = at("2026-11-30T16:00")
    hub.cancel(one)
    assert hub.booking(two).offer_ends == at(f"2026-12-01T{ends}")


def test_q6_close_to_the_start_it_is_straight_promotion(make_hub: MakeHub, clock: Clock) -> None:
    """Less than an hour of work is left: the seat is given, not offered; with an hour it is still offered."""
    hub, (one, two, three) = offering(make_hub)
    clock.now = at("2026-12-01T09:00")
    hub.cancel(one)
    assert statuses(hub, two) == ["offered"]
    clock.now = at("2026-12-01T09:01")
    hub.decline(two)
    assert statuses(hub, three) == ["confirmed"]
    assert names(hub, three)[-1] == "booking.promoted"


def test_q6_then_the_door_is_open(make_hub: MakeHub, clock: Clock) -> None:
    """From the cut-off on nobody is seated from the queue: a free seat goes to who is there; the rest lapse."""
    types = [kind(waitlist={"promote": "offer"}, booking={"closes_minutes": 60})]
    hub = audited(make_hub(types=types))
    one, two, three = (hub.book(TASTER, person).id for person in crowd(hub, 3))
    clock.now = at("2026-12-01T09:10")
    hub.cancel(one)
    assert statuses(hub, two, three) == ["waitlisted", "waitlisted"]
    hub.tick()
    assert statuses(hub, two, three) == ["waitlisted", "waitlisted"]
    assert [reason.code for reason in hub.explain(two).reasons] == ["closed"]
    assert hub.check_in(TASTER, "p2").status == "attended"
    clock.now = at("2026-12-01T11:00")
    hub.close_register(TASTER)
    assert statuses(hub, two, three) == ["lapsed", "attended"]


def test_q6_an_offer_that_runs_until_the_cut_off_is_over_at_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """Nobody answered by the cut-off: the tick frees the seat, and it goes to who is there."""
    hub, (one, two, _) = offering(make_hub)
    clock.now = at("2026-11-30T16:00")
    hub.cancel(one)
    clock.now = at("2026-12-01T10:00")
    hub.tick()
    assert statuses(hub, two) == ["waitlisted"]
    (walk_in,) = people(hub, "new")
    assert hub.check_in(TASTER, walk_in).status == "attended"


def test_who_has_an_offer_and_comes_has_the_seat(make_hub: MakeHub, clock: Clock) -> None:
    """Being there is an answer: attended, and the timer that rings later does nothing."""
    hub, (one, two, _) = offering(make_hub)
    clock.now = at("2026-12-01T08:00")
    hub.cancel(one)
    clock.now = at("2026-12-01T09:55")
    assert hub.check_in(TASTER, "p1").status == "attended"
    clock.now = at("2026-12-01T10:05")
    hub.tick()
    assert statuses(hub, two) == ["attended"]
    assert noted(hub, "lapsed") == []


def test_q7_accepted_then_cancelled(make_hub: MakeHub) -> None:
    """Inside the offer's time: the seat goes on at once, and not back to the same person."""
    hub, (one, two, three) = offering(make_hub)
    hub.cancel(one)
    hub.accept(two)
    hub.cancel(two)
    assert statuses(hub, two, three) == ["cancelled", "offered"]
    assert noted(hub, "offered") == [two, three]


def test_an_offer_can_be_cancelled_like_any_place(make_hub: MakeHub) -> None:
    """Cancelling it is leaving, and the next is offered the seat."""
    hub, (one, two, three) = offering(make_hub)
    hub.cancel(one)
    assert hub.cancel(two).status == "cancelled"
    assert statuses(hub, three) == ["offered"]


def test_q13_offers_of_two_sessions_that_overlap(make_hub: MakeHub, clock: Clock) -> None:
    """An offer holds the time: the other seat goes past with its reason, and is open again when the offer is over."""
    types = [kind(key, 1, waitlist={"promote": "offer", "on_lapse": "leave"}) for key in ("taster", "forum")]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]))
    forum = "forum@2026-12-01T10:30"
    ada, bob, cem = people(hub, "ada", "bob", "cem")
    first, second = hub.book(TASTER, ada), hub.book(forum, cem)
    wanted, other = hub.book(TASTER, bob), hub.book(forum, bob)
    hub.cancel(first.id)
    hub.cancel(second.id)
    assert statuses(hub, wanted.id, other.id) == ["offered", "waitlisted"]
    assert [each.code for each in hub.explain(other.id).passed] == ["clash"]
    clock.now = at("2026-11-24T17:00")
    hub.tick()
    assert statuses(hub, wanted.id, other.id) == ["lapsed", "offered"]


def test_a_group_is_offered_its_seats_together(make_hub: MakeHub, clock: Clock) -> None:
    """One offer for all of them; one answer; a lapse concerns all of them."""
    hub = audited(make_hub(types=[kind(capacity=2, waitlist={"promote": "offer", "on_lapse": "back"})]))
    crowd(hub, 5)
    seated = hub.book(TASTER, "p0", group=["p1"])
    pair = hub.book(TASTER, "p2", group=["p3"])
    single = hub.book(TASTER, "p4")
    hub.cancel(seated.id)
    assert set(hub.booking(pair.id).people.values()) == {"offered"}
    clock.now = at("2026-11-24T17:00")
    hub.tick()
    assert statuses(hub, pair.id, single.id) == ["waitlisted", "offered"]
    hub.decline(single.id)
    assert set(hub.accept(pair.id).people.values()) == {"confirmed"}


def test_one_of_a_group_with_an_offer_comes(make_hub: MakeHub, clock: Clock) -> None:
    """The offer is taken by that: the others' seats are theirs, and nothing lapses."""
    hub = audited(make_hub(types=[kind(capacity=2, waitlist={"promote": "offer"})]))
    crowd(hub, 4)
    seated = hub.book(TASTER, "p0", group=["p1"])
    pair = hub.book(TASTER, "p2", group=["p3"])
    clock.now = at("2026-12-01T08:00")
    hub.cancel(seated.id)
    clock.now = at("2026-12-01T09:30")
    assert hub.check_in(TASTER, "p3").status == "confirmed"
    clock.now = at("2026-12-01T10:01")
    hub.tick()
    assert dict(hub.booking(pair.id).people) == {"p2": "confirmed", "p3": "attended"}


def test_a_newcomer_does_not_take_what_is_offered(make_hub: MakeHub) -> None:
    """While an offer runs and others wait, whoever books is behind them."""
    hub, (one, _, _) = offering(make_hub)
    hub.cancel(one)
    (new,) = people(hub, "new")
    assert hub.book(TASTER, new).status == "waitlisted"
    assert waits(hub, TASTER) == ["p2", "new"]
    assert held(hub, TASTER) == ["p1"]


def test_many_offers_lapse_in_one_tick(make_hub: MakeHub, clock: Clock) -> None:
    """However many are due, one tick after another gets through them, a bounded number at a time."""
    hub = make_hub(types=[kind(capacity=6, waitlist={"promote": "offer", "on_lapse": "leave"})])
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 14)]
    for booking in bookings[:6]:
        hub.cancel(booking)
    assert statuses(hub, *bookings[6:12]) == ["offered"] * 6
    clock.now = at("2026-11-24T17:00") + timedelta(minutes=1)
    first = hub.tick(limit=2)
    assert (first.timers, first.complete) == (2, False)
    while not hub.tick(limit=2).complete:
        pass
    assert statuses(hub, *bookings[6:]) == ["lapsed"] * 6 + ["offered"] * 2
    assert hub.audit() == []


def test_two_offers_for_two_free_seats_lapse(make_hub: MakeHub, clock: Clock) -> None:
    """Both stay free for who comes; close to the start both who missed theirs are seated, in order."""
    hub, bookings = offering(make_hub, 4, capacity=2, on_lapse="keep")
    for booking in bookings[:2]:
        hub.cancel(booking)
    clock.now = at("2026-11-24T17:00")
    assert hub.tick().complete
    assert statuses(hub, *bookings[2:]) == ["waitlisted", "waitlisted"]
    clock.now = at("2026-12-01T09:01")
    hub.tick()
    assert statuses(hub, *bookings[2:]) == ["confirmed", "confirmed"]
