"""Calling off: Q12, D7, reinstating and merging."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from innovationhub import CallOff, End, Hub, Merge, NotFound, Refused, Reinstate, Resize
from tests.audited import audited, codes_of, held, kind, names, noted, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, weekly

LATER = "taster@2026-12-08T10:00"


def call_off(hub: Hub, session: str = TASTER, reason: str = "") -> None:
    hub.apply(hub.plan(CallOff(session, reason)))


@pytest.mark.parametrize("promote", ["automatic", "offer"])
def test_q12_called_off_while_people_wait_and_offers_are_out(
    make_hub: MakeHub, clock: Clock, promote: str
) -> None:
    """Everybody's booking ends with one entry each, offers are void, and nobody is promoted on the way."""
    hub = audited(make_hub(types=[kind(capacity=2, waitlist={"promote": promote})]))
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 6)]
    hub.cancel(bookings[0])
    before = len(hub.journal())
    plan = hub.plan(CallOff(TASTER, "The trainer is ill."))
    assert sorted(effect.person_id for effect in plan.messages) == ["p1", "p2", "p3", "p4", "p5"]
    hub.apply(plan)
    told = Counter((entry.kind, entry.subject) for entry in hub.journal(after=before))
    assert told.pop(("session.called-off", TASTER)) == 1
    assert told == Counter({("booking.cancelled", booking): 1 for booking in bookings[1:]})
    assert statuses(hub, *bookings) == ["cancelled"] * 6
    view = hub.session(TASTER)
    assert (view.status, view.places["attendee"].held, view.places["attendee"].waiting) == (
        "called-off",
        0,
        0,
    )
    clock.pass_by(days=1, hours=9)
    hub.tick()
    assert names(hub, bookings[3])[-1] == "booking.cancelled"
    with pytest.raises(Refused) as refused:
        hub.accept(bookings[2])
    assert codes_of(refused) in {("not-active",), ("called-off",)}


def test_q12_many_are_settled_in_steps(make_hub: MakeHub) -> None:
    """However many there are: one entry each, and every reader treats them as cancelled from the first commit on."""
    hub = make_hub(types=[kind(capacity=100)])
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 230)]
    call_off(hub)
    assert Counter(noted(hub, "cancelled")) == Counter(dict.fromkeys(bookings, 1))
    assert noted(hub, "promoted") == []
    assert hub.audit() == []


def test_nothing_can_be_done_about_a_session_that_is_off(make_hub: MakeHub, clock: Clock) -> None:
    """Booking, the door, moving, its register: `called-off`, with what would help."""
    hub = audited(make_hub())
    ada, bob = people(hub, "ada", "bob")
    elsewhere = hub.book(LATER, bob)
    hub.book(TASTER, ada)
    call_off(hub)
    steps: list[Callable[[], object]] = [
        lambda: hub.book(TASTER, bob),
        lambda: hub.check_in(TASTER, bob),
        lambda: hub.transfer(elsewhere.id, TASTER),
        lambda: hub.close_register(TASTER),
        lambda: hub.headcount(TASTER, 3),
        lambda: hub.plan(CallOff(TASTER)),
    ]
    for step in steps:
        with pytest.raises(Refused) as refused:
            step()
        assert codes_of(refused) == ("called-off",)


def test_called_off_gives_everybodys_time_back(make_hub: MakeHub) -> None:
    """What they were passed over for at that time is given to them in the same steps."""
    types = [kind(capacity=1), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]))
    ada, bob = people(hub, "ada", "bob")
    forum = "forum@2026-12-01T10:30"
    first, wanted = hub.book(TASTER, ada), hub.book(TASTER, bob)
    hub.book(forum, bob)
    hub.cancel(first.id)
    assert statuses(hub, wanted.id) == ["waitlisted"]
    call_off(hub, forum)
    assert statuses(hub, wanted.id) == ["confirmed"]


def test_reinstated_with_nobody_booked(make_hub: MakeHub) -> None:
    """It will be after all; who was booked books again, and it is the same session."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    ada, bob = people(hub, "ada", "bob")
    old = hub.book(TASTER, ada)
    hub.book(TASTER, bob)
    call_off(hub)
    with pytest.raises(Refused):
        hub.plan(Reinstate(LATER))
    hub.apply(hub.plan(Reinstate(TASTER)))
    assert hub.session(TASTER).status == "scheduled"
    assert held(hub, TASTER) == waits(hub, TASTER) == []
    again = hub.book(TASTER, bob)
    assert (again.status, again.id != old.id) == ("confirmed", True)


def test_d7_the_rest_of_the_series(make_hub: MakeHub, clock: Clock) -> None:
    """Exactly the future ones: what was before stays as it is, booked or not; what comes after is off or gone."""
    hub = audited(make_hub())
    ada, bob = people(hub, "ada", "bob")
    kept, gone = hub.book(TASTER, ada), hub.book("taster@2026-12-22T10:00", bob)
    plan = hub.plan(End("taster", datetime(2026, 12, 15), "The room is gone."))
    assert [effect.subject for effect in plan.of("called-off")] == ["taster@2026-12-22T10:00"]
    assert [effect.person_id for effect in plan.messages] == [bob]
    hub.apply(plan)
    assert statuses(hub, kept.id, gone.id) == ["confirmed", "cancelled"]
    coming = hub.calendar(date(2026, 11, 24), date(2027, 3, 1))
    assert [(each.id, str(each.status)) for each in coming] == [
        (TASTER, "scheduled"),
        (LATER, "scheduled"),
        ("taster@2026-12-22T10:00", "called-off"),
    ]
    with pytest.raises(NotFound):
        hub.book("taster@2026-12-15T10:00", ada)
    assert hub.book(LATER, ada).status == "confirmed"


def test_d7_what_has_begun_is_not_called_off(make_hub: MakeHub, clock: Clock) -> None:
    """Ended from midnight on, in the afternoon: the session of the morning has been, and stays as it was."""
    hub = audited(make_hub())
    (ada,) = people(hub, "ada")
    been = hub.book(LATER, ada)
    clock.now = datetime(2026, 12, 8, 10, 5, tzinfo=UTC)
    hub.check_in(LATER, ada)
    plan = hub.plan(End("taster", datetime(2026, 12, 8)))
    assert plan.of("called-off") == ()
    hub.apply(plan)
    assert hub.session(LATER).status == "scheduled"
    assert statuses(hub, been.id) == ["attended"]


def test_merged_as_far_as_there_is_room(make_hub: MakeHub) -> None:
    """In order, seats first; who does not fit is told that it is off; nobody is promoted on the way."""
    hub = audited(make_hub(types=[kind(capacity=3)]))
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 5)]
    (other,) = people(hub, "other")
    hub.book(LATER, other)
    before = len(hub.journal())
    plan = hub.plan(Merge(TASTER, LATER))
    assert [effect.person_id for effect in plan.of("transferred")] == ["p0", "p1"]
    assert [effect.person_id for effect in plan.of("cancelled")] == ["p2", "p3", "p4"]
    hub.apply(plan)
    assert held(hub, LATER) == ["other", "p0", "p1"]
    assert statuses(hub, *bookings) == ["cancelled"] * 5
    kinds = Counter(entry.kind for entry in hub.journal(after=before))
    assert kinds["booking.promoted"] == 0
    assert (kinds["booking.transferred"], kinds["booking.cancelled"]) == (2, 3)


def test_those_who_waited_find_room_in_the_other_one(make_hub: MakeHub) -> None:
    """With room for all, the queue goes along too, each once."""
    hub = audited(make_hub(types=[kind(capacity=5)]))
    hub.apply(hub.plan(Resize(TASTER, "attendee", 1)))
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 4)]
    hub.apply(hub.plan(Merge(TASTER, LATER)))
    assert held(hub, LATER) == ["p0", "p1", "p2", "p3"]
    assert [names(hub, booking)[-1] for booking in bookings] == ["booking.transferred"] * 4


def test_a_merge_is_not_held_up_by_the_time_to_cancel(make_hub: MakeHub, clock: Clock) -> None:
    """The hub moves them: how late a person may give up a place does not matter."""
    hub = audited(make_hub(types=[kind(capacity=3, booking={"cancel_hours": 48})]))
    (ada,) = people(hub, "ada")
    hub.book(TASTER, ada)
    clock.pass_by(days=6)
    hub.apply(hub.plan(Merge(TASTER, LATER)))
    assert held(hub, LATER) == [ada]


def test_a_merge_moves_a_hundred(make_hub: MakeHub) -> None:
    """As many as one merge may move are moved in one go."""
    hub = make_hub(types=[kind(capacity=None)])
    persons = crowd(hub, 60)
    for person in persons:
        hub.book(TASTER, person)
    hub.apply(hub.plan(Merge(TASTER, LATER)))
    assert held(hub, LATER) == persons
    assert hub.audit() == []


def test_one_with_a_clash_at_the_other_time_is_not_moved(make_hub: MakeHub) -> None:
    """Their booking ends, and the others go."""
    types = [kind(capacity=3), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-08T10:30")]))
    ada, bob = people(hub, "ada", "bob")
    hub.book("forum@2026-12-08T10:30", ada)
    one, _ = hub.book(TASTER, ada), hub.book(TASTER, bob)
    hub.apply(hub.plan(Merge(TASTER, LATER)))
    assert held(hub, LATER) == [bob]
    assert statuses(hub, one.id) == ["cancelled"]
