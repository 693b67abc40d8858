"""Groups: S15, Q4, and what several people booked as one may and may not do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from innovationhub import Hub, Invalid, NotFound, Refused
from tests.audited import audited, codes_of, held, kind, noted, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, weekly

FORUM = "forum@2026-12-01T10:30"


def taster(make_hub: MakeHub, capacity: int = 3, groups: str = "strict") -> Hub:
    hub = audited(make_hub(types=[kind(capacity=capacity, waitlist={"groups": groups})]))
    crowd(hub, 12)
    return hub


def test_s15_one_of_a_group_cancels(make_hub: MakeHub) -> None:
    """Only theirs goes: the others keep their seats, and the one seat goes to who is next."""
    hub = taster(make_hub)
    group = hub.book(TASTER, "p0", group=["p1", "p2"])
    waiting = hub.book(TASTER, "p3")
    after = hub.cancel(group.id, person_id="p1")
    assert dict(after.people) == {"p0": "confirmed", "p1": "cancelled", "p2": "confirmed"}
    assert after.status == "confirmed"
    assert statuses(hub, waiting.id) == ["confirmed"]
    assert hub.booking(group.id).people == after.people


def test_the_leader_leaves_and_the_next_one_leads(make_hub: MakeHub) -> None:
    """Whoever was named next leads; nobody else's place changes."""
    hub = taster(make_hub)
    group = hub.book(TASTER, "p0", group=["p2", "p1"])
    assert list(hub.booking(group.id).people) == ["p0", "p2", "p1"]
    assert hub.cancel(group.id, person_id="p0").person_id == "p2"
    assert hub.cancel(group.id, person_id="p2").person_id == "p1"
    last = hub.cancel(group.id, person_id="p1")
    assert (last.status, set(last.people.values())) == ("cancelled", {"cancelled"})
    assert hub.session(TASTER).places["attendee"].held == 0


def test_leaving_twice_or_without_being_in_it(make_hub: MakeHub) -> None:
    """Who has left says so, `not-active`; who was never in it is not found."""
    hub = taster(make_hub)
    group = hub.book(TASTER, "p0", group=["p1", "p2"])
    hub.cancel(group.id, person_id="p1")
    with pytest.raises(Refused) as refused:
        hub.cancel(group.id, person_id="p1")
    assert codes_of(refused) == ("not-active",)
    with pytest.raises(NotFound):
        hub.cancel(group.id, person_id="p9")
    assert held(hub, TASTER) == ["p0"]


def test_all_of_a_group_or_none(make_hub: MakeHub) -> None:
    """Two free seats do not do for three: they wait as one, with one place in the queue."""
    hub = taster(make_hub)
    hub.book(TASTER, "p0")
    group = hub.book(TASTER, "p1", group=["p2", "p3"])
    assert set(group.people.values()) == {"waitlisted"}
    places = hub.session(TASTER).places["attendee"]
    assert (places.held, places.waiting) == (1, 1)


def test_a_group_with_somebody_who_is_booked_already(make_hub: MakeHub) -> None:
    """Is refused as a whole, and says who it is."""
    hub = taster(make_hub, 6)
    single = hub.book(TASTER, "p1")
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "p0", group=["p1", "p2"])
    assert codes_of(refused) == ("already-booked",)
    facts = refused.value.reasons[0].facts
    assert (facts["booking_id"], facts["person_id"], facts["status"]) == (single.id, "p1", "confirmed")
    assert held(hub, TASTER) == ["p1"]


def test_every_clash_of_a_group_is_told_at_once(make_hub: MakeHub) -> None:
    """Two of them are busy: two reasons, each naming the person."""
    types = [kind(capacity=5), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]))
    crowd(hub, 3)
    for person in ("p1", "p2"):
        hub.book(FORUM, person)
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "p0", group=["p1", "p2"])
    assert codes_of(refused) == ("clash", "clash")
    assert [reason.facts["person_id"] for reason in refused.value.reasons] == ["p1", "p2"]


def test_the_clash_of_one_parks_them_all(make_hub: MakeHub) -> None:
    """They keep the place, the next goes first, and they are seated when that one is free again."""
    types = [kind(capacity=2), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]))
    crowd(hub, 5)
    first = hub.book(TASTER, "p0", group=["p1"])
    pair = hub.book(TASTER, "p2", group=["p3"])
    behind = hub.book(TASTER, "p4")
    other = hub.book(FORUM, "p3")
    hub.cancel(first.id)
    assert statuses(hub, pair.id, behind.id) == ["waitlisted", "confirmed"]
    assert [each.code for each in hub.explain(pair.id).passed] == ["clash"]
    hub.cancel(behind.id)
    hub.cancel(other.id)
    assert statuses(hub, pair.id) == ["confirmed"]


def test_larger_than_the_role_or_than_twenty(make_hub: MakeHub) -> None:
    """Larger than the role: refused, `group-too-large`. More than twenty, twice the same: a caller's mistake."""
    hub = taster(make_hub, 3)
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "p0", group=["p1", "p2", "p3"])
    assert codes_of(refused) == ("group-too-large",)
    crowd(hub, 30, "q")
    with pytest.raises(Invalid, match="20"):
        hub.book(TASTER, "p0", group=[f"q{number}" for number in range(20)])
    for group in (["p1", "p1"], ["p0"], "p1"):
        with pytest.raises(Invalid, match="group"):
            hub.book(TASTER, "p0", group=group)


def test_twenty_are_one_booking(make_hub: MakeHub) -> None:
    """The largest group there is has its seats in one commit."""
    hub = taster(make_hub, 20)
    group = hub.book(
        TASTER, "p0", group=[f"q{number}" for number in range(19)] if crowd(hub, 19, "q") else []
    )
    assert len(group.people) == 20
    assert hub.session(TASTER).places["attendee"].held == 20


def test_q4_strict_keeps_the_seat_for_the_group(make_hub: MakeHub) -> None:
    """A group of three leads, one is behind, one seat frees: it is kept; never three in one seat."""
    hub = taster(make_hub, 3, "strict")
    seated = hub.book(TASTER, "p0", group=["p1", "p2"])
    group = hub.book(TASTER, "p3", group=["p4", "p5"])
    single = hub.book(TASTER, "p6")
    hub.cancel(seated.id, person_id="p1")
    assert statuses(hub, group.id, single.id) == ["waitlisted", "waitlisted"]
    assert [each.code for each in hub.explain(group.id).passed] == ["held-back"]
    hub.cancel(seated.id, person_id="p2")
    assert noted(hub, "passed-over", group.id) == [group.id]
    assert hub.book(TASTER, "p7").status == "waitlisted"
    hub.cancel(seated.id)
    assert statuses(hub, group.id, single.id) == ["confirmed", "waitlisted"]


def test_q4_fill_seats_the_one_behind(make_hub: MakeHub) -> None:
    """And records whom it passed over; the group keeps its place and has the next seats that are enough."""
    hub = taster(make_hub, 3, "fill")
    seated = hub.book(TASTER, "p0", group=["p1", "p2"])
    group = hub.book(TASTER, "p3", group=["p4", "p5"])
    single = hub.book(TASTER, "p6")
    hub.cancel(seated.id, person_id="p1")
    assert statuses(hub, group.id, single.id) == ["waitlisted", "confirmed"]
    assert [each.code for each in hub.explain(group.id).passed] == ["short"]
    assert hub.explain(group.id).place == 1
    hub.cancel(single.id)
    hub.cancel(seated.id)
    assert statuses(hub, group.id) == ["confirmed"]


def test_q4_fill_a_smaller_group_goes_before_a_larger_one(make_hub: MakeHub) -> None:
    """Two seats free up: the pair behind the party of three has them."""
    hub = taster(make_hub, 3, "fill")
    seated = hub.book(TASTER, "p0", group=["p1", "p2"])
    three = hub.book(TASTER, "p3", group=["p4", "p5"])
    pair = hub.book(TASTER, "p6", group=["p7"])
    hub.cancel(seated.id, person_id="p2")
    assert statuses(hub, three.id, pair.id) == ["waitlisted", "waitlisted"]
    hub.cancel(seated.id, person_id="p1")
    assert statuses(hub, three.id, pair.id) == ["waitlisted", "confirmed"]


@pytest.mark.parametrize("groups", ["strict", "fill"])
def test_a_waiting_group_that_shrinks_may_fit(make_hub: MakeHub, groups: str) -> None:
    """One of three leaves while two seats are free: the two have them at once."""
    hub = taster(make_hub, 3, groups)
    hub.book(TASTER, "p0")
    group = hub.book(TASTER, "p3", group=["p4", "p5"])
    left = hub.cancel(group.id, person_id="p4")
    assert left.status == "confirmed"
    assert dict(hub.booking(group.id).people) == {"p3": "confirmed", "p4": "cancelled", "p5": "confirmed"}


def test_a_group_waits_in_order_of_sequence(make_hub: MakeHub) -> None:
    """It counts once in the queue, and explain counts bookings and no people."""
    hub = taster(make_hub, 3)
    hub.book(TASTER, "p0", group=["p1", "p2"])
    hub.book(TASTER, "p3", group=["p4", "p5"])
    single = hub.book(TASTER, "p6")
    assert waits(hub, TASTER) == ["p3", "p6"]
    assert hub.explain(single.id).place == 2


def test_checked_in_one_by_one(make_hub: MakeHub, clock: Clock) -> None:
    """Each is there by name; closing the register says who of them was not."""
    hub = taster(make_hub, 3)
    group = hub.book(TASTER, "p0", group=["p1", "p2"])
    clock.pass_by(days=7, hours=1)
    first = hub.check_in(TASTER, "p1")
    assert (first.status, first.people["p1"], first.people["p0"]) == ("confirmed", "attended", "confirmed")
    assert hub.check_in(TASTER, "p1").people == first.people
    assert hub.session(TASTER).places["attendee"].came == 1
    hub.check_in(TASTER, "p2")
    hub.close_register(TASTER)
    settled = hub.booking(group.id)
    assert settled.status == "attended"
    assert dict(settled.people) == {"p0": "absent", "p1": "attended", "p2": "attended"}
    assert settled.person_id == "p1"
    assert hub.session(TASTER).places["attendee"].came == 2


def test_when_the_last_of_them_comes_the_booking_was_attended(make_hub: MakeHub, clock: Clock) -> None:
    """All there: attended before the register is closed, and everybody counted once."""
    hub = taster(make_hub, 3)
    group = hub.book(TASTER, "p0", group=["p1", "p2"])
    clock.pass_by(days=7, hours=1)
    came = [hub.check_in(TASTER, person) for person in ("p2", "p0", "p1")]
    assert [each.status for each in came] == ["confirmed", "confirmed", "attended"]
    assert set(hub.booking(group.id).people.values()) == {"attended"}
    assert hub.session(TASTER).places["attendee"].came == 3
    assert hub.close_register(TASTER) == []


def test_nobody_of_a_group_came(make_hub: MakeHub, clock: Clock) -> None:
    """They were all absent, as one booking."""
    hub = taster(make_hub, 3)
    group = hub.book(TASTER, "p0", group=["p1", "p2"])
    hub.cancel(group.id, person_id="p2")
    clock.pass_by(days=7, hours=2)
    assert [each.id for each in hub.close_register(TASTER)] == [group.id]
    assert dict(hub.booking(group.id).people) == {"p0": "absent", "p1": "absent", "p2": "cancelled"}


def test_who_is_there_cannot_leave_the_booking(make_hub: MakeHub, clock: Clock) -> None:
    """Once one of a group is checked in, that one has been: not cancelled, moved or handed over any more."""
    hub = taster(make_hub, 3)
    group = hub.book(TASTER, "p0", group=["p1", "p2"])
    clock.pass_by(days=7, minutes=30)
    hub.check_in(TASTER, "p0")
    steps: list[Callable[[], object]] = [
        lambda: hub.cancel(group.id, person_id="p0"),
        lambda: hub.cancel(group.id),
        lambda: hub.transfer(group.id, "taster@2026-12-08T10:00"),
        lambda: hub.substitute(group.id, "p5", instead_of="p0"),
    ]
    for step in steps:
        with pytest.raises(Refused) as refused:
            step()
        assert codes_of(refused) == ("not-active",)
    assert hub.booking(group.id).people["p0"] == "attended"


def test_the_others_leave_and_who_is_there_has_attended(make_hub: MakeHub, clock: Clock) -> None:
    """When only those who are there are left in it, the booking was attended."""
    hub = taster(make_hub, 3)
    group = hub.book(TASTER, "p0", group=["p1", "p2"])
    clock.pass_by(days=7, minutes=30)
    hub.check_in(TASTER, "p1")
    hub.cancel(group.id, person_id="p0")
    last = hub.cancel(group.id, person_id="p2")
    assert (last.status, last.person_id) == ("attended", "p1")
    assert dict(hub.booking(group.id).people) == {"p0": "cancelled", "p1": "attended", "p2": "cancelled"}
    assert hub.session(TASTER).places["attendee"].held == 1


def test_a_waiting_group_comes_to_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """From the cut-off on there is room for all of them: their seats are theirs when the first of them is there."""
    hub = audited(make_hub(types=[kind(capacity=3, booking={"closes_minutes": 60})]))
    crowd(hub, 6)
    seated = hub.book(TASTER, "p0", group=["p1", "p2"])
    group = hub.book(TASTER, "p3", group=["p4", "p5"])
    clock.pass_by(days=7, minutes=10)
    hub.cancel(seated.id)
    first = hub.check_in(TASTER, "p4")
    assert (first.status, first.people["p4"], first.people["p3"]) == ("confirmed", "attended", "confirmed")
    assert hub.session(TASTER).places["attendee"].held == 3
    hub.check_in(TASTER, "p3")
    assert hub.check_in(TASTER, "p5").status == "attended"
    assert statuses(hub, group.id) == ["attended"]


def test_time_is_given_back_to_those_who_left_only(make_hub: MakeHub) -> None:
    """Whoever leaves a group is free for another session at that time; the others are not."""
    types = [kind(capacity=3), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]))
    people(hub, "ada", "bob")
    group = hub.book(TASTER, "ada", group=["bob"])
    hub.cancel(group.id, person_id="ada")
    assert hub.book(FORUM, "ada").status == "confirmed"
    with pytest.raises(Refused):
        hub.book(FORUM, "bob")


def test_of_two_one_came(make_hub: MakeHub, clock: Clock) -> None:
    """What is left of the party is one who was there; that the other was absent is nothing amiss."""
    hub = make_hub()
    ada, bob = people(hub, "ada", "bob")
    hub.book(TASTER, ada, group=[bob])
    clock.now = hub.session(TASTER).starts
    hub.check_in(TASTER, bob)
    hub.close_register(TASTER)
    assert hub.audit() == []
