"""Capacity lowered and raised: S9 and S10, by plan and apply."""

from __future__ import annotations

import pytest

from innovationhub import CallOff, Hub, Refused, Resize
from innovationhub.domain import making
from tests.audited import audited, held, kind, noted, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, crowd


def resize(hub: Hub, capacity: int | None) -> None:
    hub.apply(hub.plan(Resize(TASTER, "attendee", capacity)))


def test_s9_capacity_lowered_under_the_bookings(make_hub: MakeHub) -> None:
    """The plan shows it first, nobody is thrown out, audit and the view say it, and nobody new gets in."""
    hub = make_hub(types=[kind(capacity=3)])
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 5)]
    plan = hub.plan(Resize(TASTER, "attendee", 1))
    assert [effect.kind for effect in plan.unmet] == ["over-capacity"]
    assert "2 more than the 1 seats" in plan.unmet[0].sentence
    assert hub.session(TASTER).places["attendee"].capacity == 3
    hub.apply(plan)
    assert statuses(hub, *bookings[:3]) == ["confirmed"] * 3
    assert [(each.invariant, each.code) for each in hub.audit()] == [(1, "over-capacity")]
    places = hub.session(TASTER).places["attendee"]
    assert (places.capacity, places.held, places.left, places.over, places.open) == (1, 3, 0, 2, False)
    (new,) = crowd(hub, 1, "new")
    assert hub.book(TASTER, new).status == "waitlisted"
    hub.cancel(bookings[0])
    hub.cancel(bookings[1])
    assert hub.audit() == []
    assert held(hub, TASTER) == ["p2"]
    hub.cancel(bookings[2])
    assert held(hub, TASTER) == ["p3"]
    assert waits(hub, TASTER) == ["p4", "new0"]


def test_s10_capacity_raised_with_a_queue(make_hub: MakeHub) -> None:
    """As many are promoted as now fit, in order, once each; the plan names them before."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 5)]
    plan = hub.plan(Resize(TASTER, "attendee", 3))
    assert [effect.person_id for effect in plan.promotions] == ["p1", "p2"]
    hub.apply(plan)
    assert held(hub, TASTER) == ["p0", "p1", "p2"]
    assert waits(hub, TASTER) == ["p3", "p4"]
    assert noted(hub, "promoted") == bookings[1:3]


@pytest.mark.parametrize("waiting", [3, 40, 70])
def test_s10_capacity_made_unlimited(make_hub: MakeHub, waiting: int) -> None:
    """Everybody is promoted, however many commits that takes, in order and once each."""
    hub = make_hub(types=[kind(capacity=1)])
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, waiting + 1)]
    plan = hub.plan(Resize(TASTER, "attendee", None))
    assert [effect.booking_id for effect in plan.promotions] == bookings[1:]
    hub.apply(plan)
    hub.tick()
    assert hub.waitlist(TASTER) == []
    assert noted(hub, "promoted") == bookings[1:]
    assert hub.audit() == []


def test_a_plan_of_many_promotions_says_that_there_are_more(
    make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names a bounded number, and says that the rest follows in order; which it does."""
    monkeypatch.setattr(making, "WALKS", 2)
    hub = make_hub(types=[kind(capacity=1)])
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 80)]
    plan = hub.plan(Resize(TASTER, "attendee", None))
    assert len(plan.of("more")) == 1
    assert [effect.booking_id for effect in plan.promotions] == bookings[1:65]
    hub.apply(plan)
    assert noted(hub, "promoted") == bookings[1:]


def test_lowered_to_what_is_held_says_nothing_is_unmet(make_hub: MakeHub) -> None:
    """A capacity that suffices troubles nobody, and zero seats can be planned too."""
    hub = audited(make_hub(types=[kind(capacity=5)]))
    for person in crowd(hub, 2):
        hub.book(TASTER, person)
    assert hub.plan(Resize(TASTER, "attendee", 2)).unmet == ()
    assert len(hub.plan(Resize(TASTER, "attendee", 0)).unmet) == 1


def test_a_session_nobody_booked_can_be_resized(make_hub: MakeHub) -> None:
    """It is held to its date by that, and the new number counts from then on."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    resize(hub, 2)
    answers = [str(hub.book(TASTER, person).status) for person in crowd(hub, 3)]
    assert answers == ["confirmed", "confirmed", "waitlisted"]


def test_the_same_number_again_changes_nothing(make_hub: MakeHub) -> None:
    """The plan is empty, and applying it writes no entry about the roster."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    hub.book(TASTER, crowd(hub, 1)[0])
    plan = hub.plan(Resize(TASTER, "attendee", 1))
    assert plan.effects == ()
    before = len(hub.journal())
    hub.apply(plan)
    assert len(hub.journal()) == before


def test_a_party_too_large_for_the_lowered_capacity_waits_for_more_seats(make_hub: MakeHub) -> None:
    """It is passed over with the reason, those behind it are served, and a larger capacity lets it in again."""
    hub = audited(make_hub(types=[kind(capacity=3)]))
    crowd(hub, 7)
    seated = hub.book(TASTER, "p0", group=["p1", "p2"])
    party = hub.book(TASTER, "p3", group=["p4", "p5"])
    behind = hub.book(TASTER, "p6")
    hub.cancel(seated.id, person_id="p0")
    hub.cancel(seated.id, person_id="p1")
    resize(hub, 2)
    assert statuses(hub, party.id, behind.id) == ["waitlisted", "confirmed"]
    assert [each.code for each in hub.explain(party.id).passed][-1] == "group-too-large"
    resize(hub, 5)
    assert statuses(hub, party.id) == ["confirmed"]


def test_capacity_of_a_session_that_is_over_cannot_be_changed(make_hub: MakeHub) -> None:
    """A closed register stays as it is."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    hub.apply(hub.plan(CallOff(TASTER)))
    with pytest.raises(Refused) as refused:
        hub.plan(Resize(TASTER, "attendee", 4))
    assert refused.value.codes == ("called-off",)
