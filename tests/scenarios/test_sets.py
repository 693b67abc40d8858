"""What happens to a set that people are registered for: slots after a date, substitutes, capacity, dates called off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from innovationhub import (
    CallOff,
    Close,
    End,
    Hub,
    Move,
    Recurrence,
    Refused,
    Reinstate,
    Reschedule,
    Resize,
    Role,
    Slots,
)
from tests.audited import audited, codes_of, held, kind, noted, statuses, waits
from tests.conftest import MakeHub
from tests.support import Clock, people, weekly

FIRST, SECOND, THIRD = (f"set@2026-12-{day:02}T10:00" for day in (1, 8, 15))
SLOT = "one-to-one"


def learning_set(make_hub: MakeHub, capacity: int = 2, **options: Any) -> Hub:
    """A set of so many seats with one half hour alone with a facilitator after each date."""
    roles = (Role(capacity=capacity), Role(SLOT, requires="attendee", slots=Slots(30, 1, after=True)))
    types = [kind("set", roles=roles, access="register", **options), kind("forum", 9)]
    hub = audited(make_hub(types=types, series=[weekly("set"), weekly("forum", "2026-12-01T11:00")]))
    people(hub, "ada", "bob", "cem", "dee")
    return hub


def test_a_slot_after_one_date(make_hub: MakeHub) -> None:
    """For those registered only; it depends on the registration, has its own queue and holds its own time."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    hub.register("set", "bob")
    slot = hub.book(SECOND, "ada", role=SLOT)
    assert (slot.slot, slot.parent_id) == (1, registration.id)
    assert hub.book(SECOND, "bob", role=SLOT).status == "waitlisted"
    with pytest.raises(Refused) as refused:
        hub.book(SECOND, "cem", role=SLOT)
    assert codes_of(refused) == ("needs-role",)
    with pytest.raises(Refused) as refused:
        hub.book("forum@2026-12-08T11:00", "ada")
    assert codes_of(refused) == ("clash",)


def test_it_ends_with_an_apology_for_that_date(make_hub: MakeHub) -> None:
    """And goes to who waits for it; a slot on another date stays."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    hub.register("set", "bob")
    second, third = (hub.book(session, "ada", role=SLOT) for session in (SECOND, THIRD))
    waiting = hub.book(SECOND, "bob", role=SLOT)
    hub.apologise(SECOND, "ada")
    assert statuses(hub, second.id, waiting.id, third.id) == ["cancelled", "confirmed", "confirmed"]


def test_it_ends_with_the_registration(make_hub: MakeHub) -> None:
    """On every date to come."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    slots = [hub.book(session, "ada", role=SLOT).id for session in (FIRST, SECOND, THIRD)]
    hub.cancel(registration.id)
    assert statuses(hub, *slots) == ["cancelled"] * 3


def test_a_slot_on_a_date_that_was_given_up(make_hub: MakeHub) -> None:
    """Without being there one has no slot: `needs-role`."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    hub.apologise(SECOND, "ada")
    with pytest.raises(Refused) as refused:
        hub.book(SECOND, "ada", role=SLOT)
    assert codes_of(refused) == ("needs-role",)


def test_after_the_date_its_slot_is_checked_in(make_hub: MakeHub, clock: Clock) -> None:
    """Whoever was there comes to the half hour after it."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    slot = hub.book(FIRST, "ada", role=SLOT)
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    hub.check_in(FIRST, "ada")
    assert hub.check_in(FIRST, "ada", SLOT).id == slot.id
    hub.close_register(FIRST)
    assert statuses(hub, slot.id) == ["attended"]


def test_a_substitute_takes_over_the_registration(make_hub: MakeHub) -> None:
    """Every date is theirs from then on; the one who handed it over is free."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    swapped = hub.substitute(registration.id, "bob")
    assert (swapped.id, swapped.person_id) == (registration.id, "bob")
    assert held(hub, SECOND) == ["bob"]
    assert hub.register("set", "ada").status == "confirmed"


def test_a_substitute_has_no_seat_on_a_date_that_is_lent(make_hub: MakeHub) -> None:
    """The guest keeps it: the substitute is excepted from that date by name."""
    hub = learning_set(make_hub, 1, apologies="lend")
    registration = hub.register("set", "ada")
    hub.apologise(SECOND, "ada")
    guest = hub.book(SECOND, "cem")
    assert guest.status == "confirmed"
    hub.substitute(registration.id, "bob")
    assert held(hub, SECOND) == ["cem"]
    assert held(hub, THIRD) == ["bob"]
    assert statuses(hub, guest.id) == ["confirmed"]


def test_a_registration_can_be_asked_for(make_hub: MakeHub) -> None:
    """With approval it is requested; approved it has every date, or waits."""
    hub = learning_set(make_hub, 1, approval=True)
    one, two = (hub.register("set", person).id for person in ("ada", "bob"))
    assert held(hub, SECOND) == []
    hub.approve(two)
    hub.approve(one)
    assert statuses(hub, one, two) == ["waitlisted", "confirmed"]
    assert held(hub, SECOND) == ["bob"]
    hub.cancel(two)
    assert held(hub, SECOND) == ["ada"]


def test_a_larger_set_lets_the_next_in(make_hub: MakeHub) -> None:
    """Resized as a whole: the queue of the set moves up, and each date has as many seats."""
    hub = learning_set(make_hub, 1)
    _, two = (hub.register("set", person).id for person in ("ada", "bob"))
    plan = hub.plan(Resize("set", "attendee", 2))
    assert [effect.booking_id for effect in plan.promotions] == [two]
    hub.apply(plan)
    assert held(hub, SECOND) == ["ada", "bob"]
    assert hub.session(SECOND).places["attendee"].capacity == 2
    hub.apologise(SECOND, "bob")
    hub.unapologise(SECOND, "bob")
    assert held(hub, SECOND) == ["ada", "bob"]


def test_a_date_called_off(make_hub: MakeHub) -> None:
    """Everybody registered is told once; the set goes on; their time on that date is their own."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    hub.book(SECOND, "ada", role=SLOT)
    plan = hub.plan(CallOff(SECOND))
    assert [effect.person_id for effect in plan.messages] == ["ada", "ada"]
    hub.apply(plan)
    assert statuses(hub, registration.id) == ["confirmed"]
    assert held(hub, THIRD) == ["ada"]
    hub.apply(hub.plan(Reinstate(SECOND)))
    assert held(hub, SECOND) == ["ada"]


def test_a_date_called_off_frees_the_time_of_the_registered(make_hub: MakeHub) -> None:
    """They can book what overlapped it, and what they were passed over for is given by the next tick."""
    types = [kind("set", 2, access="register"), kind("forum", 1)]
    hub = audited(make_hub(types=types, series=[weekly("set"), weekly("forum", "2026-12-01T10:30")]))
    people(hub, "ada", "bob")
    forum = "forum@2026-12-08T10:30"
    seated, wanted = hub.book(forum, "bob"), hub.book(forum, "ada")
    hub.register("set", "ada")
    hub.cancel(seated.id)
    assert statuses(hub, wanted.id) == ["waitlisted"]
    hub.apply(hub.plan(CallOff(SECOND)))
    hub.tick()
    assert statuses(hub, wanted.id) == ["confirmed"]


def test_a_date_moved(make_hub: MakeHub) -> None:
    """Everybody registered is told, and its new time is what they hold."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    plan = hub.plan(Move(SECOND, datetime(2026, 12, 8, 11, tzinfo=UTC)))
    assert [effect.person_id for effect in plan.messages] == ["ada"]
    hub.apply(plan)
    with pytest.raises(Refused) as refused:
        hub.book("forum@2026-12-08T11:00", "ada")
    assert codes_of(refused) == ("clash",)


def test_a_date_moved_onto_what_one_of_them_holds(make_hub: MakeHub) -> None:
    """The plan names whom it would be at one time for."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    hub.book("forum@2026-12-08T11:00", "ada")
    plan = hub.plan(Move(SECOND, datetime(2026, 12, 8, 11, tzinfo=UTC)))
    assert [effect.person_id for effect in plan.clashes] == ["ada"]


def test_a_date_moved_that_one_had_given_up(make_hub: MakeHub) -> None:
    """The apology goes along: its new time is not theirs to hold, however far it moved."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    away = hub.apologise(SECOND, "ada")
    plan = hub.plan(Move(SECOND, datetime(2026, 12, 22, 11, 30, tzinfo=UTC)))
    assert plan.clashes == ()
    hub.apply(plan)
    assert held(hub, SECOND) == []
    assert hub.book("forum@2026-12-22T11:00", "ada").status == "confirmed"
    assert statuses(hub, away.id) == ["cancelled"]


def test_the_set_ends(make_hub: MakeHub) -> None:
    """No more dates from then on; who is registered is told of each that they knew of."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    hub.book(THIRD, "ada", role=SLOT)
    plan = hub.plan(End("set", datetime(2026, 12, 9)))
    assert [effect.person_id for effect in plan.messages if effect.subject == "set"] == ["ada"]
    hub.apply(plan)
    assert hub.session(THIRD).status == "called-off"
    assert statuses(hub, registration.id) == ["confirmed"]
    with pytest.raises(Refused):
        hub.book(THIRD, "ada", role=SLOT)


def test_the_set_goes_to_another_day(make_hub: MakeHub) -> None:
    """Everybody registered is in the plan, for the dates that nobody did anything about too."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    wednesdays = Recurrence(datetime(2026, 12, 9, 14), "Europe/London", "FREQ=WEEKLY;BYDAY=WE")
    plan = hub.plan(Reschedule("set", datetime(2026, 12, 8), wednesdays))
    assert [effect.person_id for effect in plan.messages] == ["ada"]
    hub.apply(plan)
    assert held(hub, "set@2026-12-09T14:00") == ["ada"]


def test_a_closed_day_under_a_set(make_hub: MakeHub) -> None:
    """The date that everybody is registered for is in the plan, and off after it."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    day = datetime(2026, 12, 8).date()
    plan = hub.plan(Close(day, day.replace(day=9), "Team away day"))
    assert [effect.person_id for effect in plan.messages] == ["ada"]
    hub.apply(plan)
    assert hub.session(SECOND).status == "called-off"
    assert held(hub, THIRD) == ["ada"]


def test_two_guests_and_two_late_joiners(make_hub: MakeHub) -> None:
    """Each late joiner is excepted from each date that has no seat for them, and from no other."""
    hub = learning_set(make_hub, 2, apologies="lend")
    hub.book(SECOND, "ada")
    hub.book(SECOND, "bob")
    hub.book(THIRD, "ada")
    for person in ("cem", "dee"):
        hub.register("set", person)
    assert held(hub, SECOND) == ["ada", "bob"]
    assert sorted(held(hub, THIRD)) == ["ada", "cem"]
    assert held(hub, FIRST) == ["cem", "dee"]
    assert len(noted(hub, "excepted")) == 3
    assert waits(hub, "set") == []
