"""Plan and apply: D3, D4, D5, stale plans, and that what was planned is what was done."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from innovationhub import (
    Assign,
    CallOff,
    Catalogue,
    Close,
    Closed,
    End,
    Hub,
    HubSettings,
    Invalid,
    Merge,
    Move,
    NotFound,
    Plan,
    Recurrence,
    Refused,
    Reschedule,
    Resize,
    Role,
    Series,
)
from innovationhub.builtin.memory import open_memory
from innovationhub.domain.changes import Change
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import StoreRequest
from tests.audited import audited, codes_of, held, kind, names, statuses
from tests.conftest import MakeHub
from tests.properties.test_two_clients import Between
from tests.support import TASTER, Clock, crowd, people, weekly

LATER = "taster@2026-12-08T10:00"
WEDNESDAYS = Recurrence(datetime(2026, 12, 9, 14), "Europe/London", "FREQ=WEEKLY;BYDAY=WE")


def apply(hub: Hub, change: Change) -> Plan:
    return hub.apply(hub.plan(change))


def test_d3_one_session_is_moved_to_another_day_and_room(make_hub: MakeHub) -> None:
    """Same id, everybody told once, one entry; the booking stays the same and takes the new time."""
    hub = audited(make_hub())
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 3)]
    plan = hub.plan(Move(TASTER, datetime(2026, 12, 3, 14, tzinfo=UTC), "Room 9"))
    assert Counter(effect.person_id for effect in plan.messages) == Counter({"p0": 1, "p1": 1, "p2": 1})
    before = len(hub.journal())
    hub.apply(plan)
    assert [(entry.kind, entry.subject) for entry in hub.journal(after=before)] == [("session.moved", TASTER)]
    view = hub.session(TASTER)
    assert (view.id, view.venue, view.starts) == (TASTER, "Room 9", datetime(2026, 12, 3, 14, tzinfo=UTC))
    assert view.ends - view.starts == timedelta(hours=1)
    assert statuses(hub, *bookings) == ["confirmed", "confirmed", "waitlisted"]
    day = [each.id for each in hub.calendar(date(2026, 12, 1), date(2026, 12, 5))]
    assert day == [TASTER]
    assert hub.calendar(date(2026, 12, 1), date(2026, 12, 2)) == []


def test_d3_the_old_time_is_free_and_the_new_one_is_held(make_hub: MakeHub) -> None:
    """Who is booked can book what the session overlapped before, and not what it overlaps now."""
    types = [kind(capacity=2), kind("forum", 5), kind("other", 5)]
    series = [weekly(), weekly("forum", "2026-12-01T10:30"), weekly("other", "2026-12-03T14:30")]
    hub = audited(make_hub(types=types, series=series))
    (ada,) = people(hub, "ada")
    hub.book(TASTER, ada)
    apply(hub, Move(TASTER, datetime(2026, 12, 3, 14, tzinfo=UTC)))
    assert hub.book("forum@2026-12-01T10:30", ada).status == "confirmed"
    with pytest.raises(Refused) as refused:
        hub.book("other@2026-12-03T14:30", ada)
    assert codes_of(refused) == ("clash",)


def test_d3_moved_onto_another_place_of_theirs(make_hub: MakeHub) -> None:
    """They keep both, the plan names them, and nobody is thrown out."""
    types = [kind(capacity=2), kind("other", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("other", "2026-12-03T14:30")]))
    ada, bob = people(hub, "ada", "bob")
    mine, other = hub.book(TASTER, ada), hub.book("other@2026-12-03T14:30", ada)
    hub.book(TASTER, bob)
    plan = hub.plan(Move(TASTER, datetime(2026, 12, 3, 14, tzinfo=UTC)))
    assert [effect.person_id for effect in plan.clashes] == [ada]
    hub.apply(plan)
    assert statuses(hub, mine.id, other.id) == ["confirmed", "confirmed"]


def test_a_room_or_a_facilitator_wanted_twice(make_hub: MakeHub) -> None:
    """The plan names both sessions; a venue is a room where the hub's settings list it."""
    types = [kind(capacity=2), kind("forum", 5)]
    series = [weekly(), weekly("forum", "2026-12-02T10:00")]
    hub = audited(make_hub(types=types, series=series, hub=HubSettings(rooms=("Room 1",))))
    people(hub, "lea")
    forum = "forum@2026-12-02T10:00"
    apply(hub, Assign(TASTER, ("lea",)))
    plan = apply(hub, Assign(forum, ("lea",)))
    assert plan.clashes == ()
    plan = hub.plan(Move(TASTER, datetime(2026, 12, 2, 10, 30, tzinfo=UTC)))
    assert len(plan.clashes) == 2
    assert any("Room 1" in effect.sentence and forum in effect.sentence for effect in plan.clashes)
    assert [effect.person_id for effect in plan.clashes if effect.person_id] == ["lea"]


def test_who_was_passed_over_for_the_old_time(make_hub: MakeHub) -> None:
    """Moved away from their clash, they are seated if a seat is free."""
    types = [kind(capacity=1), kind("forum", 5)]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]))
    ada, bob = people(hub, "ada", "bob")
    first, wanted = hub.book(TASTER, ada), hub.book(TASTER, bob)
    hub.book("forum@2026-12-01T10:30", bob)
    hub.cancel(first.id)
    plan = hub.plan(Move(TASTER, datetime(2026, 12, 4, 10, tzinfo=UTC)))
    hub.apply(plan)
    assert statuses(hub, wanted.id) == ["confirmed"]
    assert [effect.booking_id for effect in plan.promotions] == [wanted.id]


def test_an_offer_moves_with_its_cut_off(make_hub: MakeHub, clock: Clock) -> None:
    """Moved nearer, an offer ends no later than booking does."""
    hub = audited(make_hub(types=[kind(waitlist={"promote": "offer", "offer_hours": 40})]))
    one, two = (hub.book(LATER, person).id for person in crowd(hub, 2))
    hub.cancel(one)
    assert hub.booking(two).offer_ends == datetime(2026, 11, 30, 17, tzinfo=UTC)
    apply(hub, Move(LATER, datetime(2026, 11, 27, 10, tzinfo=UTC)))
    assert hub.booking(two).offer_ends == datetime(2026, 11, 27, 10, tzinfo=UTC)
    clock.now = datetime(2026, 11, 27, 10, tzinfo=UTC)
    hub.tick()
    assert statuses(hub, two) == ["waitlisted"]


@pytest.mark.parametrize("starts", ["2026-11-23T10:00", "2026-11-24T09:00"])
def test_nothing_is_moved_into_the_past(make_hub: MakeHub, starts: str) -> None:
    """Nor to this very moment; nor what has started; a naive time is a caller's mistake."""
    hub = audited(make_hub())
    with pytest.raises(Invalid, match="starts"):
        hub.plan(Move(TASTER, datetime.fromisoformat(starts).replace(tzinfo=UTC)))
    with pytest.raises(Invalid, match="starts"):
        hub.plan(Move(TASTER, datetime(2026, 12, 3, 10)))


def test_d4_the_series_moves_from_tuesday_to_wednesday(make_hub: MakeHub) -> None:
    """Earlier sessions are untouched, booked later ones are shown, each with its people, and nothing moves unseen."""
    hub = audited(make_hub())
    ada, bob = people(hub, "ada", "bob")
    early, late = hub.book(TASTER, ada), hub.book("taster@2026-12-15T10:00", bob)
    plan = hub.plan(Reschedule("taster", datetime(2026, 12, 8), WEDNESDAYS))
    assert [effect.subject for effect in plan.of("moved")] == ["taster@2026-12-15T10:00"]
    assert [(effect.person_id, effect.booking_id) for effect in plan.messages] == [(bob, late.id)]
    assert hub.session("taster@2026-12-15T10:00").starts == datetime(2026, 12, 15, 10, tzinfo=UTC)
    hub.apply(plan)
    assert hub.session(TASTER).starts == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert hub.session("taster@2026-12-15T10:00").starts == datetime(2026, 12, 16, 14, tzinfo=UTC)
    assert statuses(hub, early.id, late.id) == ["confirmed", "confirmed"]
    coming = hub.calendar(date(2026, 12, 1), date(2026, 12, 31))
    assert [(each.id, f"{each.starts:%a %d %H:%M}") for each in coming] == [
        (TASTER, "Tue 01 10:00"),
        ("taster@2026-12-09T14:00", "Wed 09 14:00"),
        ("taster@2026-12-15T10:00", "Wed 16 14:00"),
        ("taster@2026-12-23T14:00", "Wed 23 14:00"),
        ("taster@2026-12-30T14:00", "Wed 30 14:00"),
    ]
    with pytest.raises(NotFound):
        hub.book("taster@2026-12-22T10:00", ada)


def test_d4_a_new_rule_that_leaves_no_date(make_hub: MakeHub) -> None:
    """Booked sessions without a new date stay on theirs, and the plan says that somebody must see to them."""
    hub = audited(make_hub())
    ada, bob = people(hub, "ada", "bob")
    hub.book(LATER, ada)
    hub.book("taster@2026-12-15T10:00", bob)
    once = Recurrence(datetime(2026, 12, 9, 14), "Europe/London", "FREQ=WEEKLY;COUNT=1")
    plan = hub.plan(Reschedule("taster", datetime(2026, 12, 8), once))
    assert [effect.subject for effect in plan.unmet] == ["taster@2026-12-15T10:00"]
    hub.apply(plan)
    assert hub.session("taster@2026-12-15T10:00").starts == datetime(2026, 12, 15, 10, tzinfo=UTC)
    assert hub.session(LATER).starts == datetime(2026, 12, 9, 14, tzinfo=UTC)


def test_d4_a_session_that_was_moved_before_takes_its_date_with_it(make_hub: MakeHub) -> None:
    """Where it is already on a date of the new rule there is one session on it, and not two."""
    hub = audited(make_hub())
    (ada,) = people(hub, "ada")
    hub.book(LATER, ada)
    apply(hub, Move(LATER, datetime(2026, 12, 9, 14, tzinfo=UTC)))
    apply(hub, Reschedule("taster", datetime(2026, 12, 8), WEDNESDAYS))
    day = hub.calendar(date(2026, 12, 9), date(2026, 12, 10))
    assert [each.id for each in day] == [LATER]


@pytest.mark.parametrize("closed", [Closed.SKIP, Closed.SHIFT])
def test_d5_a_day_is_closed_under_booked_people(make_hub: MakeHub, closed: Closed) -> None:
    """They are in the plan: their session is called off, or goes to the next day that will do, by its series."""
    series = Series("taster", "taster", Recurrence.weekly(datetime(2026, 12, 1, 10)), "Room 1", closed=closed)
    hub = audited(make_hub(series=[series]))
    (ada,) = people(hub, "ada")
    booking = hub.book(LATER, ada)
    plan = hub.plan(Close(date(2026, 12, 8), date(2026, 12, 9), "Team away day"))
    assert [effect.person_id for effect in plan.messages] == [ada]
    assert len(plan.of("closed")) == 1
    hub.apply(plan)
    view = hub.session(LATER)
    if closed is Closed.SKIP:
        assert (view.status, hub.booking(booking.id).status) == ("called-off", "cancelled")
    else:
        assert (view.starts.day, hub.booking(booking.id).status) == (9, "confirmed")


def test_d5_a_closed_day_nobody_is_booked_on(make_hub: MakeHub) -> None:
    """The session is left out of the calendar, cannot be booked, and the id says why; other days are as before."""
    hub = audited(make_hub())
    (ada,) = people(hub, "ada")
    plan = hub.plan(Close(date(2026, 12, 7), date(2026, 12, 12), "Moving house"))
    assert [effect.subject for effect in plan.of("left-out")] == [LATER]
    hub.apply(plan)
    assert hub.calendar(date(2026, 12, 7), date(2026, 12, 14)) == []
    with pytest.raises(NotFound, match="Moving house"):
        hub.session(LATER)
    with pytest.raises(NotFound, match="Moving house"):
        hub.book(LATER, ada)
    assert hub.book("taster@2026-12-15T10:00", ada).status == "confirmed"
    with pytest.raises(Invalid, match="end"):
        hub.plan(Close(date(2026, 12, 8), date(2026, 12, 8), "No day at all"))


def test_a_stale_plan_is_refused_with_the_new_one(make_hub: MakeHub) -> None:
    """Somebody booked since: nothing is done, and the new plan is at hand, which can be applied."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    crowd(hub, 3)
    hub.book(TASTER, "p0")
    hub.book(TASTER, "p1")
    plan = hub.plan(Resize(TASTER, "attendee", 3))
    hub.book(TASTER, "p2")
    with pytest.raises(Refused) as refused:
        hub.apply(plan)
    assert codes_of(refused) == ("plan-stale",)
    fresh = refused.value.plan
    assert fresh is not None
    assert [effect.person_id for effect in fresh.promotions] == ["p1", "p2"]
    assert hub.session(TASTER).places["attendee"].capacity == 1
    hub.apply(fresh)
    assert held(hub, TASTER) == ["p0", "p1", "p2"]


def test_a_plan_that_would_still_do_the_same_is_not_stale(make_hub: MakeHub) -> None:
    """What has moved elsewhere does not matter; applied twice it has nothing left to do, and is refused."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    crowd(hub, 3)
    hub.book(TASTER, "p0")
    hub.book(TASTER, "p1")
    plan = hub.plan(Resize(TASTER, "attendee", 2))
    hub.book(LATER, "p2")
    hub.apply(plan, request_id="resize-1")
    assert hub.apply(plan, request_id="resize-1") == plan
    with pytest.raises(Refused) as refused:
        hub.apply(plan)
    assert codes_of(refused) == ("plan-stale",)


def test_assigning_facilitators_changes_how_many_fit(make_hub: MakeHub) -> None:
    """So many for each: the plan names who would get a place, and who would be over."""
    hub = audited(make_hub(types=[kind(roles=(Role(per_facilitator=2),))]))
    crowd(hub, 5)
    people(hub, "lea", "max")
    apply(hub, Assign(TASTER, ("lea",)))
    for person in ("p0", "p1", "p2", "p3", "p4"):
        hub.book(TASTER, person)
    plan = hub.plan(Assign(TASTER, ("lea", "max")))
    assert [effect.person_id for effect in plan.promotions] == ["p2", "p3"]
    hub.apply(plan)
    assert hub.session(TASTER).facilitators == ("lea", "max")
    back = hub.plan(Assign(TASTER, ("max",)))
    assert [effect.kind for effect in back.unmet] == ["over-capacity"]
    with pytest.raises(NotFound):
        hub.plan(Assign(TASTER, ("nobody",)))


def changes() -> list[Change]:
    return [
        Resize(TASTER, "attendee", 4),
        Move(TASTER, datetime(2026, 12, 2, 10, tzinfo=UTC)),
        CallOff(TASTER),
        Assign(TASTER, ("p5",)),
        Reschedule("taster", datetime(2026, 12, 1), WEDNESDAYS),
        End("taster", datetime(2026, 12, 8)),
        Close(date(2026, 12, 1), date(2026, 12, 2), "Closed"),
        Merge(TASTER, LATER),
    ]


@pytest.mark.parametrize("number", range(8))
def test_what_was_planned_is_what_the_journal_shows(make_hub: MakeHub, number: int) -> None:
    """Promotions, ends and moves of every change: the same bookings in the plan and in the entries, no more."""
    change = changes()[number]
    hub = audited(make_hub(types=[kind(capacity=2)]))
    for person in crowd(hub, 6):
        hub.book(TASTER, person)
    before = len(hub.journal())
    plan = hub.plan(change)
    assert len(hub.journal()) == before
    hub.apply(plan)
    done = [(entry.kind, entry.subject) for entry in hub.journal(after=before)]
    for effect, entry in (
        ("promoted", "booking.promoted"),
        ("cancelled", "booking.cancelled"),
        ("transferred", "booking.transferred"),
    ):
        planned = Counter(each.booking_id for each in plan.of(effect))
        assert planned == Counter(subject for kind_, subject in done if kind_ == entry), effect
    for effect, entry in (("moved", "session.moved"), ("called-off", "session.called-off")):
        planned = Counter(each.subject for each in plan.of(effect))
        assert planned == Counter(subject for kind_, subject in done if kind_ == entry), effect


def test_a_plan_changes_nothing(make_hub: MakeHub) -> None:
    """However many are made: no entry, no row."""
    hub = audited(make_hub(types=[kind(capacity=2)]))
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 6)]
    before, stood = len(hub.journal()), [hub.booking(booking) for booking in bookings]
    for change in changes():
        hub.plan(change)
    assert len(hub.journal()) == before
    assert [hub.booking(booking) for booking in bookings] == stood
    assert names(hub, bookings[0]) == ["booking.confirmed"]


@pytest.mark.parametrize("comes", [True, False], ids=["one more comes", "one leaves"])
def test_a_set_ended_while_somebody_comes_or_goes_is_another_plan(comes: bool) -> None:
    """Whom its people are is relied on: between the reading and the commit of `apply` it changes, so it is stale."""
    store = open_memory(StoreRequest("memory:", tuple(CORE_RECORDS)))
    between, clock = Between(store), Clock()
    acting, other = (Hub(each, load(discover=False), clock) for each in (between, store))
    acting.load_catalogue(Catalogue(None, (kind(capacity=5, access="register"),), (weekly(),)))
    ada, bob = people(acting, "ada", "bob")
    registered = acting.register("taster", ada)
    plan = acting.plan(End("taster", datetime(2026, 12, 8, 10), "No more."))

    def meanwhile() -> None:
        if comes:
            other.register("taster", bob)
        else:
            other.cancel(registered.id)

    between.first = meanwhile
    with pytest.raises(Refused) as refused:
        acting.apply(plan)
    assert refused.value.codes == ("plan-stale",)
    assert acting.audit() == []
