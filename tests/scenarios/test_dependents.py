"""Dependent roles and slots: half an hour with an expert, for those who hold a place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from innovationhub import Assign, CallOff, Hub, Invalid, Move, Refused, Role, Slots
from innovationhub.domain.catalogue import SessionType
from tests.audited import audited, codes_of, held, kind, names, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, weekly

LATER = "taster@2026-12-08T10:00"
SLOT = "one-to-one"


def with_slots(count: int = 2, *, after: bool = False, capacity: int = 5, **options: Any) -> SessionType:
    """A session of an hour with so many slots of half an hour, for those who hold a place."""
    slots = Role(SLOT, requires="attendee", slots=Slots(30, count, after=after))
    return kind(roles=(Role("attendee", capacity=capacity), slots, *options.pop("more", ())), **options)


def planning(make_hub: MakeHub, count: int = 2, **options: Any) -> Hub:
    hub = audited(make_hub(types=[with_slots(count, **options)]))
    crowd(hub, 6)
    return hub


def test_only_for_those_who_hold_a_place(make_hub: MakeHub) -> None:
    """Without one, or while one waits for it: `needs-role`, and what to do."""
    hub = planning(make_hub, capacity=1)
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "p0", role=SLOT)
    assert codes_of(refused) == ("needs-role",)
    assert "Book a place as attendee first." in refused.value.reasons[0].remedies
    hub.book(TASTER, "p1")
    hub.book(TASTER, "p0")
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "p0", role=SLOT)
    assert codes_of(refused) == ("needs-role",)


def test_the_next_free_slot_or_a_chosen_one(make_hub: MakeHub) -> None:
    """Without a word the next free one; a chosen one if it is free; it depends on the place."""
    hub = planning(make_hub, 3)
    places = [hub.book(TASTER, person) for person in ("p0", "p1", "p2")]
    chosen = hub.book(TASTER, "p0", role=SLOT, slot=2)
    assert (chosen.slot, chosen.parent_id, chosen.status) == (2, places[0].id, "confirmed")
    assert hub.book(TASTER, "p1", role=SLOT).slot == 1
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "p2", role=SLOT, slot=2)
    assert codes_of(refused) == ("full",)
    assert refused.value.reasons[0].facts["free"] == "3"
    assert hub.book(TASTER, "p2", role=SLOT).slot == 3


@pytest.mark.parametrize("slot", [0, 3, -1])
def test_a_slot_that_there_is_not(make_hub: MakeHub, slot: int) -> None:
    """Is a caller's mistake that names the field; so is a slot of a role without any."""
    hub = planning(make_hub)
    hub.book(TASTER, "p0")
    with pytest.raises(Invalid, match="slot"):
        hub.book(TASTER, "p0", role=SLOT, slot=slot)
    with pytest.raises(Invalid, match="slot"):
        hub.book(TASTER, "p1", slot=1)


def test_slots_have_a_queue_of_their_own(make_hub: MakeHub) -> None:
    """All taken: one waits; the slot that frees is theirs, whichever it is."""
    hub = planning(make_hub)
    for person in ("p0", "p1", "p2", "p3"):
        hub.book(TASTER, person)
    first, second = (hub.book(TASTER, person, role=SLOT) for person in ("p0", "p1"))
    third, fourth = (hub.book(TASTER, person, role=SLOT) for person in ("p2", "p3"))
    assert (third.status, third.slot) == ("waitlisted", None)
    assert waits(hub, TASTER, SLOT) == ["p2", "p3"]
    hub.cancel(second.id)
    promoted = hub.booking(third.id)
    assert (promoted.status, promoted.slot) == ("confirmed", 2)
    assert statuses(hub, first.id, fourth.id) == ["confirmed", "waitlisted"]


def test_a_slot_for_one_person(make_hub: MakeHub) -> None:
    """A party does not fit into a slot."""
    hub = planning(make_hub)
    for person in ("p0", "p1"):
        hub.book(TASTER, person)
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "p0", role=SLOT, group=["p1"])
    assert "group-too-large" in codes_of(refused)


def test_it_ends_with_the_place_when_that_is_cancelled(make_hub: MakeHub) -> None:
    """In the same commit, and the slot goes to who waits for it."""
    hub = planning(make_hub, 1)
    place, _ = hub.book(TASTER, "p0"), hub.book(TASTER, "p1")
    slot, waiting = (hub.book(TASTER, person, role=SLOT) for person in ("p0", "p1"))
    hub.cancel(place.id)
    assert statuses(hub, slot.id, waiting.id) == ["cancelled", "confirmed"]
    assert names(hub, slot.id) == ["booking.confirmed", "booking.cancelled"]


def test_waiting_for_a_slot_ends_with_the_place_too(make_hub: MakeHub) -> None:
    """Nobody waits for what they may not have."""
    hub = planning(make_hub, 1)
    _, place = hub.book(TASTER, "p0"), hub.book(TASTER, "p1")
    hub.book(TASTER, "p0", role=SLOT)
    waiting = hub.book(TASTER, "p1", role=SLOT)
    hub.cancel(place.id)
    assert statuses(hub, waiting.id) == ["cancelled"]
    assert waits(hub, TASTER, SLOT) == []


def test_it_ends_with_the_place_when_that_is_transferred(make_hub: MakeHub) -> None:
    """Whoever moves to another date books a slot there."""
    hub = planning(make_hub, 1)
    place, _ = hub.book(TASTER, "p0"), hub.book(TASTER, "p1")
    slot, waiting = (hub.book(TASTER, person, role=SLOT) for person in ("p0", "p1"))
    moved = hub.transfer(place.id, LATER)
    assert statuses(hub, moved.id, slot.id, waiting.id) == ["confirmed", "cancelled", "confirmed"]
    assert hub.book(LATER, "p0", role=SLOT).slot == 1


def test_it_ends_when_its_holder_leaves_the_group(make_hub: MakeHub) -> None:
    """Only theirs: another member's slot stays."""
    hub = planning(make_hub, 2)
    group = hub.book(TASTER, "p0", group=["p1"])
    slots = [hub.book(TASTER, person, role=SLOT).id for person in ("p0", "p1")]
    hub.cancel(group.id, person_id="p0")
    assert statuses(hub, *slots) == ["cancelled", "confirmed"]


def test_it_ends_when_the_place_goes_to_a_substitute(make_hub: MakeHub) -> None:
    """The slot was theirs, not the other one's."""
    hub = planning(make_hub, 2)
    place = hub.book(TASTER, "p0")
    slot = hub.book(TASTER, "p0", role=SLOT)
    hub.substitute(place.id, "p1")
    assert statuses(hub, slot.id) == ["cancelled"]
    assert hub.book(TASTER, "p1", role=SLOT).status == "confirmed"


def test_a_slot_within_the_session_does_not_clash_with_it(make_hub: MakeHub) -> None:
    """The place and its slot are one person's time once; other sessions clash with either."""
    types = [with_slots(2, after=True), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T11:00")]))
    people(hub, "ada", "bob")
    hub.book(TASTER, "ada")
    slot = hub.book(TASTER, "ada", role=SLOT)
    (line,) = [each for each in hub.bookings_of("ada") if each.id == slot.id]
    assert line.slot == 1
    with pytest.raises(Refused) as refused:
        hub.book("forum@2026-12-01T11:00", "ada")
    assert codes_of(refused) == ("clash",)
    hub.cancel(slot.id)
    assert hub.book("forum@2026-12-01T11:00", "ada").status == "confirmed"


def test_slots_after_the_session_go_round_what_one_holds(make_hub: MakeHub) -> None:
    """The next free slot at which the person has time; none of them: `clash`."""
    types = [with_slots(3, after=True), kind("forum", 5, minutes=30)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T11:00")]))
    people(hub, "ada")
    hub.book(TASTER, "ada")
    hub.book("forum@2026-12-01T11:00", "ada")
    assert hub.book(TASTER, "ada", role=SLOT).slot == 2


def test_no_slot_at_which_they_have_time(make_hub: MakeHub) -> None:
    """Every free one clashes: refused, and nothing is booked."""
    types = [with_slots(1, after=True), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T11:00")]))
    people(hub, "ada")
    hub.book(TASTER, "ada")
    hub.book("forum@2026-12-01T11:00", "ada")
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, "ada", role=SLOT)
    assert codes_of(refused) == ("clash",)
    assert hub.roster(TASTER, SLOT) == []


def test_the_expert_is_one_of_the_facilitators(make_hub: MakeHub) -> None:
    """In turn, by the number of the slot; nobody is named where nobody leads it."""
    hub = planning(make_hub, 3)
    for person in ("p0", "p1", "p2"):
        hub.book(TASTER, person)
    assert hub.book(TASTER, "p0", role=SLOT).expert is None
    hub.apply(hub.plan(Assign(TASTER, ("p4", "p5"))))
    assert hub.book(TASTER, "p1", role=SLOT).expert == "p5"
    assert hub.book(TASTER, "p2", role=SLOT).expert == "p4"


def test_or_one_of_the_advisers_who_are_there(make_hub: MakeHub) -> None:
    """Planning experts come as advisers, in a role of their own: a slot names one of them."""
    hub = planning(make_hub, 2, more=(Role("adviser", capacity=3),))
    hub.book(TASTER, "p4", role="adviser")
    hub.book(TASTER, "p0", role="attendee")
    slot = hub.book(TASTER, "p0", role=SLOT)
    assert slot.expert == "p4"
    assert hub.booking(slot.id).expert == "p4"


def test_called_off_a_slot_ends_once(make_hub: MakeHub) -> None:
    """One entry each for the place and for the slot."""
    hub = planning(make_hub)
    place = hub.book(TASTER, "p0")
    slot = hub.book(TASTER, "p0", role=SLOT)
    hub.apply(hub.plan(CallOff(TASTER)))
    for booking in (place, slot):
        assert names(hub, booking.id) == ["booking.confirmed", "booking.cancelled"]


def test_slots_move_with_their_session(make_hub: MakeHub) -> None:
    """Moved by a day: the slot's time goes along, and it stays the same slot."""
    hub = planning(make_hub)
    hub.book(TASTER, "p0")
    slot = hub.book(TASTER, "p0", role=SLOT, slot=2)
    hub.apply(hub.plan(Move(TASTER, datetime(2026, 12, 2, 14, tzinfo=UTC))))
    assert (hub.booking(slot.id).slot, hub.booking(slot.id).status) == (2, "confirmed")


def test_offers_of_a_slot(make_hub: MakeHub, clock: Clock) -> None:
    """A slot that frees is offered with its number; lapsed it goes to the next, who has that number then."""
    hub = planning(make_hub, 1, waitlist={"promote": "offer"})
    places = [hub.book(TASTER, person) for person in ("p0", "p1", "p2")]
    first, second, third = (hub.book(TASTER, person, role=SLOT) for person in ("p0", "p1", "p2"))
    hub.cancel(first.id)
    assert (hub.booking(second.id).status, hub.booking(second.id).slot) == ("offered", 1)
    clock.pass_by(hours=9)
    hub.tick()
    assert (hub.booking(second.id).status, hub.booking(second.id).slot) == ("waitlisted", None)
    assert (hub.booking(third.id).status, hub.booking(third.id).slot) == ("offered", 1)
    hub.accept(third.id)
    hub.cancel(places[2].id)
    assert statuses(hub, second.id) == ["offered"]


def test_checked_in_for_a_slot(make_hub: MakeHub, clock: Clock) -> None:
    """Those who have a slot are on its register by name; a walk-in who holds a place gets a free one."""
    hub = planning(make_hub, 2)
    for person in ("p0", "p1"):
        hub.book(TASTER, person)
    hub.book(TASTER, "p0", role=SLOT)
    clock.pass_by(days=7, hours=1)
    for person in ("p0", "p1"):
        hub.check_in(TASTER, person)
    assert hub.check_in(TASTER, "p0", SLOT).slot == 1
    walk_in = hub.check_in(TASTER, "p1", SLOT)
    assert (walk_in.status, walk_in.slot) == ("attended", 2)
    with pytest.raises(Refused) as refused:
        hub.check_in(TASTER, "p2", SLOT)
    assert "needs-role" in codes_of(refused)
    assert held(hub, TASTER, SLOT) == ["p0", "p1"]
    hub.close_register(TASTER)


def test_what_is_shown_at_a_stall(make_hub: MakeHub) -> None:
    """It is kept with the booking, for the hub's team, and not in the journal."""
    roles = (Role("showcase", capacity=2), Role("visitor"))
    hub = audited(make_hub(types=[kind(roles=roles)]))
    people(hub, "ada")
    stall = hub.book(TASTER, "ada", role="showcase", shows="Fewer falls at night")
    assert dict(hub.notes(stall.id)) == {"shows": "Fewer falls at night"}
    assert "falls" not in repr(list(hub.journal()))


def test_a_slot_that_was_asked_for_is_approved(make_hub: MakeHub) -> None:
    """The chosen one while it is free, else the next; until then it is nobody's."""
    hub = planning(make_hub, 3, approval=True)
    for person in ("p0", "p1"):
        hub.approve(hub.book(TASTER, person).id)
    one, two = (hub.book(TASTER, person, role=SLOT, slot=3) for person in ("p0", "p1"))
    assert (one.status, one.slot, two.slot) == ("requested", 3, 3)
    assert hub.session(TASTER).places[SLOT].held == 0
    assert hub.approve(two.id).slot == 3
    assert hub.approve(one.id).slot == 1
