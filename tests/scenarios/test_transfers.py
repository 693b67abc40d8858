"""Moving a booking and handing it over: S12, S13, S14, transfers of who waits, and substitutes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from innovationhub import Booking, Hub, HubError, Invalid, NotFound, Refused, Role
from tests.audited import audited, codes_of, held, kind, names, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, weekly

LATER = "taster@2026-12-08T10:00"
MARKET = "market@2026-12-01T10:00"


def market(make_hub: MakeHub) -> Hub:
    """A marketplace with one stall and one visitor's place."""
    roles = (Role("showcase", capacity=1), Role("visitor", capacity=1))
    return audited(make_hub(types=[kind("market", roles=roles)], series=[weekly("market")]))


def test_s12_a_stall_is_given_up_for_a_visitors_place(make_hub: MakeHub) -> None:
    """One change: the stall goes to the head of its own queue in the same commit, the visitors' queue is untouched."""
    hub = market(make_hub)
    ada, bob, cem, dee = people(hub, "ada", "bob", "cem", "dee")
    stall = hub.book(MARKET, ada, role="showcase", shows="A board of small wins")
    next_stall = hub.book(MARKET, bob, role="showcase")
    before = len(hub.journal())
    place = hub.transfer(stall.id, MARKET, role="visitor")
    assert (place.role, place.status) == ("visitor", "confirmed")
    assert statuses(hub, stall.id, next_stall.id) == ["cancelled", "confirmed"]
    kinds = [entry.kind for entry in hub.journal(after=before)]
    assert sorted(kinds) == ["booking.confirmed", "booking.promoted", "booking.transferred", "roster.opened"]
    third = hub.book(MARKET, cem, role="visitor")
    hub.book(MARKET, dee, role="showcase")
    assert statuses(hub, third.id) == ["waitlisted"]
    with pytest.raises(Refused) as refused:
        hub.transfer(next_stall.id, MARKET, role="visitor")
    assert codes_of(refused) == ("full",)
    assert held(hub, MARKET, "showcase") == [bob]
    assert waits(hub, MARKET, "showcase") == [dee]


def test_s12_the_other_way_frees_a_visitors_place(make_hub: MakeHub) -> None:
    """A visitor who takes a stall lets the next visitor in."""
    hub = market(make_hub)
    ada, bob = people(hub, "ada", "bob")
    visit, waiting = (hub.book(MARKET, person, role="visitor") for person in (ada, bob))
    stall = hub.transfer(visit.id, MARKET, role="showcase")
    assert stall.status == "confirmed"
    assert statuses(hub, waiting.id) == ["confirmed"]


def test_s13_cancel_and_transfer_at_once(make_hub: MakeHub) -> None:
    """Exactly one wins; the other is told how the booking stands."""
    won = set()
    for _ in range(10):
        hub = make_hub()
        (ada,) = people(hub, "ada")
        booking = hub.book(TASTER, ada)

        def attempt(way: str, hub: Hub = hub, booking: Booking = booking) -> str | Refused:
            try:
                done = hub.cancel(booking.id) if way == "cancel" else hub.transfer(booking.id, LATER)
            except Refused as refused:
                return refused
            return f"{way} {done.status}"

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(attempt, ("cancel", "transfer")))
        wins = [each for each in answers if isinstance(each, str)]
        losses = [each for each in answers if isinstance(each, Refused)]
        assert len(wins) == len(losses) == 1
        assert losses[0].codes == ("not-active",)
        assert losses[0].reasons[0].facts["status"] == "cancelled"
        assert held(hub, LATER) == (["ada"] if wins == ["transfer confirmed"] else [])
        assert held(hub, TASTER) == []
        assert hub.audit() == []
        won.add(wins[0])
    assert won <= {"cancel cancelled", "transfer confirmed"}


@pytest.mark.parametrize("first", ["cancel", "transfer"])
def test_s13_one_after_the_other(make_hub: MakeHub, first: str) -> None:
    """Whichever is first: the second changes nothing and says why."""
    hub = audited(make_hub())
    (ada,) = people(hub, "ada")
    booking = hub.book(TASTER, ada)
    steps: list[Callable[[], object]] = [
        lambda: hub.cancel(booking.id),
        lambda: hub.transfer(booking.id, LATER),
    ]
    one, two = steps if first == "cancel" else steps[::-1]
    one()
    with pytest.raises(Refused) as refused:
        two()
    assert codes_of(refused) == ("not-active",)
    assert held(hub, LATER) == ([] if first == "cancel" else [ada])


def test_s14_moved_twice_from_the_same_starting_point(make_hub: MakeHub) -> None:
    """The second finds nothing to move, in threads and one after the other."""
    hub = make_hub()
    (ada,) = people(hub, "ada")
    booking = hub.book(TASTER, ada)
    targets = [LATER, "taster@2026-12-15T10:00"]

    def attempt(target: str) -> Booking | Refused:
        try:
            return hub.transfer(booking.id, target)
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(attempt, targets))
    (refusal,) = [each for each in answers if isinstance(each, Refused)]
    (moved,) = [each for each in answers if isinstance(each, Booking)]
    assert refusal.codes == ("not-active",)
    assert [booking.id for booking in hub.bookings_of(ada, active=True)] == [moved.id]
    with pytest.raises(Refused) as again:
        hub.transfer(booking.id, LATER)
    assert codes_of(again) == ("not-active",)
    assert hub.audit() == []


def test_the_same_request_moves_once(make_hub: MakeHub) -> None:
    """Sent again it is answered the same, and nothing more is moved."""
    hub = audited(make_hub())
    (ada,) = people(hub, "ada")
    booking = hub.book(TASTER, ada)
    moved = hub.transfer(booking.id, LATER, request_id="move-1")
    assert hub.transfer(booking.id, LATER, request_id="move-1") == moved
    assert held(hub, LATER) == [ada]


def test_the_new_place_is_certain_before_the_old_one_goes(make_hub: MakeHub) -> None:
    """To a full session: refused, the old place is kept, and nobody moved in either queue."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    ada, bob, cem = people(hub, "ada", "bob", "cem")
    mine = hub.book(TASTER, ada)
    waiting = hub.book(TASTER, cem)
    hub.book(LATER, bob)
    with pytest.raises(Refused) as refused:
        hub.transfer(mine.id, LATER)
    assert codes_of(refused) == ("full",)
    assert refused.value.alternatives
    assert statuses(hub, mine.id, waiting.id) == ["confirmed", "waitlisted"]


def test_a_seat_others_wait_for_is_not_taken_by_a_transfer(make_hub: MakeHub) -> None:
    """A newcomer by transfer does not overtake a queue: with somebody owed the seat it is full."""
    hub = audited(make_hub(types=[kind(capacity=2)]))
    crowd(hub, 6)
    mine = hub.book(TASTER, "p0")
    pair = hub.book(LATER, "p1", group=["p2"])
    party = hub.book(LATER, "p3", group=["p4"])
    hub.cancel(pair.id, person_id="p1")
    with pytest.raises(Refused) as refused:
        hub.transfer(mine.id, LATER)
    assert codes_of(refused) == ("full",)
    assert statuses(hub, mine.id, party.id) == ["confirmed", "waitlisted"]


def test_one_who_waits_can_move_to_a_free_place(make_hub: MakeHub) -> None:
    """They leave the queue for a seat elsewhere; the others' order is unchanged."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 4)]
    moved = hub.transfer(bookings[1], LATER)
    assert moved.status == "confirmed"
    assert waits(hub, TASTER) == ["p2", "p3"]
    assert names(hub, bookings[1])[-1] == "booking.transferred"


def test_to_a_session_at_the_same_time_one_can_move_too(make_hub: MakeHub) -> None:
    """The place that is given up does not stand in the way of the new one."""
    series = [weekly(), weekly("twin", kind="taster")]
    hub = audited(make_hub(series=series))
    (ada,) = people(hub, "ada")
    booking = hub.book(TASTER, ada)
    assert hub.transfer(booking.id, "twin@2026-12-01T10:00").status == "confirmed"


def test_a_group_moves_together(make_hub: MakeHub) -> None:
    """All of those who are still in it, and nobody who had left."""
    hub = audited(make_hub(types=[kind(capacity=3)]))
    crowd(hub, 3)
    group = hub.book(TASTER, "p0", group=["p1", "p2"])
    hub.cancel(group.id, person_id="p0")
    moved = hub.transfer(group.id, LATER)
    assert dict(moved.people) == {"p1": "confirmed", "p2": "confirmed"}
    assert hub.session(TASTER).places["attendee"].held == 0
    assert hub.session(LATER).places["attendee"].held == 2


def test_what_cannot_be_moved_says_why(make_hub: MakeHub, clock: Clock) -> None:
    """To itself, to what is not there, too late, or what only waits for approval."""
    hub = audited(
        make_hub(
            types=[kind(booking={"cancel_hours": 24}), kind("asked", approval=True)],
            series=[weekly(), weekly("asked")],
        )
    )
    ada, bob = people(hub, "ada", "bob")
    booking = hub.book(TASTER, ada)
    request = hub.book("asked@2026-12-01T10:00", bob)
    with pytest.raises(Invalid, match="session_id"):
        hub.transfer(booking.id, TASTER)
    with pytest.raises(NotFound):
        hub.transfer(booking.id, "taster@2026-12-02T10:00")
    with pytest.raises(NotFound):
        hub.transfer(booking.id, LATER, role="juggler")
    with pytest.raises(Refused) as refused:
        hub.transfer(request.id, TASTER)
    assert codes_of(refused) == ("not-active",)
    clock.pass_by(days=6, hours=2)
    with pytest.raises(Refused) as refused:
        hub.transfer(booking.id, LATER)
    assert codes_of(refused) == ("too-late-to-cancel",)


def test_approval_elsewhere_is_not_skipped_by_a_transfer(make_hub: MakeHub) -> None:
    """A place in another type is asked for; within the same type approval goes along."""
    types = [kind(), kind("asked", 2, approval=True)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("asked", "2026-12-01T14:00")]))
    ada, bob = people(hub, "ada", "bob")
    booking = hub.book(TASTER, ada)
    with pytest.raises(Refused) as refused:
        hub.transfer(booking.id, "asked@2026-12-01T14:00")
    assert codes_of(refused) == ("not-eligible",)
    approved = hub.book("asked@2026-12-01T14:00", bob).id
    hub.approve(approved)
    assert hub.transfer(approved, "asked@2026-12-08T14:00").status == "confirmed"


def test_a_substitute_comes_instead(make_hub: MakeHub) -> None:
    """The booking stays the same; the one has their time back, the other's is taken; no seat changes hands."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    ada, bob, cem = people(hub, "ada", "bob", "cem")
    booking = hub.book(TASTER, ada)
    waiting = hub.book(TASTER, cem)
    swapped = hub.substitute(booking.id, bob)
    assert (swapped.id, swapped.person_id, swapped.sequence) == (booking.id, bob, booking.sequence)
    assert swapped.people[bob] == "confirmed"
    assert held(hub, TASTER) == [bob]
    assert statuses(hub, waiting.id) == ["waitlisted"]
    assert hub.bookings_of(ada, active=True) == []
    assert names(hub, booking.id) == ["booking.confirmed", "booking.substituted"]


def test_a_substitute_within_a_group_and_back(make_hub: MakeHub) -> None:
    """One of a group is replaced, and can come back later in their place."""
    hub = audited(make_hub(types=[kind(capacity=2)]))
    people(hub, "ada", "bob", "cem")
    group = hub.book(TASTER, "ada", group=["bob"])
    swapped = hub.substitute(group.id, "cem", instead_of="bob")
    assert {key for key, status in swapped.people.items() if status == "confirmed"} == {"ada", "cem"}
    back = hub.substitute(group.id, "bob", instead_of="cem")
    assert {key for key, status in back.people.items() if status == "confirmed"} == {"ada", "bob"}
    assert back.people == hub.booking(group.id).people


def test_a_substitute_must_be_free_and_new(make_hub: MakeHub) -> None:
    """Busy: `clash`; in the session already: `already-booked`; not in the booking: not found; waiting: `not-active`."""
    types = [kind(capacity=2), kind("forum", 3)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum")]))
    people(hub, "ada", "bob", "cem", "dee")
    booking, _ = hub.book(TASTER, "ada"), hub.book(TASTER, "cem")
    hub.book("forum@2026-12-01T10:00", "bob")
    waiting = hub.book(TASTER, "dee")
    for person, code in (("bob", "clash"), ("cem", "already-booked")):
        with pytest.raises(Refused) as refused:
            hub.substitute(booking.id, person)
        assert codes_of(refused) == (code,)
    with pytest.raises(NotFound):
        hub.substitute(booking.id, "dee", instead_of="cem")
    with pytest.raises(Refused) as refused:
        hub.substitute(waiting.id, "bob")
    assert codes_of(refused) == ("not-active",)
    with pytest.raises(HubError):
        hub.substitute(booking.id, "nobody")


def test_what_was_passed_over_for_the_old_time_is_ready_again(make_hub: MakeHub) -> None:
    """The place that goes frees its holder's time: they are seated where they were passed over for it."""
    types = [kind(capacity=1), kind("forum", 1)]
    series = [weekly(), weekly("forum", "2026-12-01T10:30")]
    hub = audited(make_hub(types=types, series=series))
    ada, bob = people(hub, "ada", "bob")
    first = hub.book(TASTER, ada)
    wanted = hub.book(TASTER, bob)
    other = hub.book("forum@2026-12-01T10:30", bob)
    hub.cancel(first.id)
    assert statuses(hub, wanted.id) == ["waitlisted"]
    hub.transfer(other.id, "forum@2026-12-08T10:30")
    assert statuses(hub, wanted.id) == ["confirmed"]


def test_what_was_noted_goes_with_the_booking(make_hub: MakeHub) -> None:
    """The board that somebody shows is still what they show, in the place to which they moved."""
    hub = market(make_hub)
    (ada,) = people(hub, "ada")
    stall = hub.book(MARKET, ada, role="showcase", shows="A board of small wins", note="Needs a table")
    moved = hub.transfer(stall.id, "market@2026-12-08T10:00")
    assert hub.notes(moved.id) == {"shows": "A board of small wins", "booked": "Needs a table"}
