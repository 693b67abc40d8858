"""The waitlist: who is next, who was passed over and why.

Promotion looks at levels, not at edges. After every change to a roster `settle` asks, inside the same commit: is a seat
free, and is there somebody who may have it? It walks the queue in order of sequence, a bounded number of waiters;
whoever cannot take the seat is parked (out of the ready queue, place kept) with the reason in the journal, and the walk
goes on. What it could not get through is owed, and says so in the roster: newcomers queue until `Settle` has been
through.

How a seat is given depends on the time and the type: straight away; as an offer that ends; or, once booking has closed,
to who is at the door. Whatever frees a person's time makes their parked places that overlapped it ready again
(`domain.freeing`).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

import attrs

from innovationhub.domain.asking import (
    allowed,
    around,
    clash_reason,
    foresee,
    in_the_way,
    judged,
    needed_place,
    rows_around,
    too_large,
)
from innovationhub.domain.booking import (
    HERE,
    MISSED,
    PARKED,
    BookingRow,
    BookingStatus,
    moved,
    short,
)
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.lending import except_dates
from innovationhub.domain.mirrors import led_by_lms
from innovationhub.domain.offers import deadline, straight_from
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    change,
    facts_of,
    latest,
)
from innovationhub.domain.policies import Groups, Promote
from innovationhub.domain.records import Key, Range
from innovationhub.domain.refusals import Reason
from innovationhub.domain.schedule import SessionStatus
from innovationhub.domain.slots import expert_of, free_slot, slot_span
from innovationhub.domain.timers import OFFER, STRAIGHT, Timer, roster_subject

__all__ = [
    "PATIENT",
    "WALK",
    "Way",
    "arm_straight",
    "obstacle",
    "queue_of",
    "ready_queue",
    "recall",
    "settle",
    "way_of",
]

WALK = 32
"""Waiters looked at in one commit; the rest are owed."""

FEW = 4
"""Waiters read at the first look, so that the first who cannot come costs no further trip."""

WINDOW = 12
"""Waiters among whom a priority rule chooses."""

FAVOURED = 3
"""How often in a row a priority rule may let somebody go before the head of the queue: then the head is next."""


PATIENT = 12
"""Trips of a look that did not get on in as many as commands are given."""


class Way(enum.Enum):
    """How a free seat is given: at once, as an offer, or to whoever waits at the door."""

    STRAIGHT = enum.auto()
    OFFER = enum.auto()
    DOOR = enum.auto()


def queue_of(
    session_id: str, role: str, standing: str, *, limit: int = FEW, after: int = 0
) -> Range[BookingRow]:
    """Those of one standing in a roster behind a sequence, in order."""
    return Range(BookingRow, "by_roster", (session_id, role, standing), low=after + 1, limit=limit)


def ready_queue(session_id: str, role: str, *, limit: int = FEW, after: int = 0) -> Range[BookingRow]:
    """The ready queue behind a sequence, in order: its head unless told otherwise."""
    return queue_of(session_id, role, str(BookingStatus.WAITLISTED), limit=limit, after=after)


def way_of(draft: Draft, place: Place) -> Way | None:
    """How free seats of a place are given now; None when they are not given out any more."""
    if place.session.status is not SessionStatus.SCHEDULED:
        return None
    if draft.now >= place.closes:
        return Way.DOOR
    policy = place.type.waitlist
    if policy.promote is Promote.AUTOMATIC:
        return Way.STRAIGHT
    ends = deadline(draft.now, policy.offer_hours, place.closes, draft.programme.hub, draft.view.closed_on)
    return Way.STRAIGHT if ends is None else Way.OFFER


def settle(draft: Draft, place: Place) -> bool:
    """Give free seats to whoever may have them, in order; True when some of that is still owed."""
    roster = latest(draft, place)
    # where the LMS leads, who is next is said there, and followed here
    led = led_by_lms(draft.programme.hub, place.type, place.role.key)
    if led or not (roster.ready or roster.short or roster.missed or roster.here):
        return _owe(draft, place, owed=False)
    way = way_of(draft, place)
    if way is None or not _room(draft, place, way):
        return _owe(draft, place, owed=False)
    after, through = 0, True
    # nearly always one of the first few can come; only if none can are the rest of the walk read
    first = FEW if not place.type.waitlist.priority else WINDOW
    for limit in (first, WALK - first):
        batch = draft.attempt(lambda: _candidates(draft, place, way, limit, after))  # noqa: B023  # called at once
        if batch is None:
            return _owe(draft, place, owed=True)
        for at, waiter in enumerate(batch):
            if not _room(draft, place, way):
                break
            done = draft.attempt(lambda: _give(draft, place, way, batch[at:]))  # noqa: B023
            if done is None:
                return _owe(draft, place, owed=True)
            if done is _Given.HELD_BACK:
                return _owe(draft, place, owed=False)
            after = max(after, waiter.sequence)
        through = len(batch) < limit
        if through:
            break
    roster = latest(draft, place)
    left = {Way.DOOR: roster.here, Way.OFFER: roster.ready, Way.STRAIGHT: roster.ready + roster.missed}[way]
    # of the parties that wait for more seats some may fit, and only a walk to the end tells
    left += 0 if through or way is Way.DOOR else roster.short
    return _owe(draft, place, owed=left > 0 and _room(draft, place, way))


def _room(draft: Draft, place: Place, way: Way) -> bool:
    return latest(draft, place).has_room(1, place.registered, door=way is Way.DOOR)


def _owe(draft: Draft, place: Place, *, owed: bool) -> bool:
    roster = latest(draft, place)
    if roster.owed != owed:
        draft.put(attrs.evolve(roster, owed=owed))
    return owed


def _candidates(draft: Draft, place: Place, way: Way, limit: int, after: int) -> list[BookingRow]:
    """Who is next, in order of sequence: the ready, parties that fit by now, and who missed an offer at its time."""
    id, role, roster = place.session.id, place.role.key, latest(draft, place)
    if way is Way.DOOR:
        return draft.scan(queue_of(id, role, HERE, limit=limit, after=after)).records
    wanted = [ready_queue(id, role, limit=limit, after=after)]
    if roster.missed and way is Way.STRAIGHT:
        wanted.append(queue_of(id, role, MISSED, limit=limit, after=after))
    if roster.short:
        free = roster.free(place.registered)
        most = 20 if free is None else min(20, free)
        wanted += [queue_of(id, role, short(size), limit=limit, after=after) for size in range(2, most + 1)]
    draft.need(*wanted)
    found = sorted(
        (row for each in wanted for row in draft.scan(each).records), key=lambda row: row.sequence
    )[:limit]
    return _by_priority(draft, place, found) if place.type.waitlist.priority else found


def _by_priority(draft: Draft, place: Place, waiters: Sequence[BookingRow]) -> list[BookingRow]:
    """Whom the priority rule allows first, unless they went first often enough: then the head of the queue."""
    if latest(draft, place).favoured >= FAVOURED:
        return list(waiters)
    rule = place.type.waitlist.priority
    draft.need(*(each for row in waiters for each in _rows_of(draft, place, row)))
    foresee(draft, place, [(row.person, row.id) for row in waiters], [rule])
    against = {row.id: judged(draft, place, row.person, rule, row.id) is not None for row in waiters}
    return sorted(waiters, key=lambda row: (against[row.id], row.sequence))


class _Given(enum.Enum):
    """What became of a seat: somebody has it, the one who was looked at cannot, or a party holds it back."""

    SEATED = enum.auto()
    PASSED_ON = enum.auto()
    HELD_BACK = enum.auto()


def _give(draft: Draft, place: Place, way: Way, queue: Sequence[BookingRow]) -> _Given:
    """Give a free seat to the first of these, or say why not. What the others need is read in the same trip."""
    waiter = queue[0]
    draft.need(*(each for row in queue for each in _rows_of(draft, place, row)))
    foresee(draft, place, [(row.person, row.id) for row in queue], place.type.rules)
    people = draft.scan(appointments_of(waiter.id)).records
    members = [each for each in people if each.active]
    draft.need(*(row for each in members for row in rows_around(place, each.person, draft.now)))
    reason, slot = obstacle(draft, place, waiter, members)
    if reason is not None:
        _pass_over(draft, place, waiter, people, PARKED, reason)
        return _Given.PASSED_ON
    roster = latest(draft, place)
    if not roster.has_room(waiter.size, place.registered, door=way is Way.DOOR):
        return _short_of_seats(draft, place, waiter, people)
    _seat(draft, place, way, waiter, people, slot)
    return _Given.SEATED


def _rows_of(draft: Draft, place: Place, waiter: BookingRow) -> tuple[Key[Diary] | Range[Appointment], ...]:
    return (*rows_around(place, waiter.person, draft.now), appointments_of(waiter.id))


def obstacle(
    draft: Draft, place: Place, waiter: BookingRow, members: Sequence[Appointment]
) -> tuple[Reason | None, int | None]:
    """Why those who wait cannot have a free seat now (None: they can), and the slot that they would get."""
    large = too_large(place, waiter.size)
    if large:
        return large, None
    slot: int | None = None
    foresee(draft, place, [(each.person, waiter.id) for each in members], place.type.rules)
    for each in members:
        near_by = around(draft, place, each.person)
        needed = needed_place(place, near_by)
        if isinstance(needed, Reason):
            return needed, None
        parent = needed.booking_id if needed else ""
        if place.role.slots:
            found = free_slot(draft, place, near_by, None, but=waiter.id, parent=parent)
            if isinstance(found, Reason):
                return found, None
            slot = found
        else:
            for held in in_the_way(draft, place, near_by, but=waiter.id, parent=parent):
                return clash_reason(draft, place, held), None
        against = allowed(draft, place, each.person, waiter.id)
        if against:
            return against[0], None
    return None, slot


def _short_of_seats(draft: Draft, place: Place, waiter: BookingRow, people: Sequence[Appointment]) -> _Given:
    """A party for which too few seats are free: by policy it holds them back, or lets those behind go first."""
    roster = latest(draft, place)
    free = roster.free(place.registered) or 0
    reason = Reason(
        "held-back" if place.type.waitlist.groups is Groups.STRICT else "short",
        f"They are {waiter.size}, and {free} may be had at once.",
        {"size": waiter.size, "free": free},
    )
    if place.type.waitlist.groups is Groups.STRICT:
        if waiter.passed != reason.code:
            _pass_over(draft, place, waiter, people, waiter.standing, reason)
        return _Given.HELD_BACK
    if waiter.standing != short(waiter.size):
        _pass_over(draft, place, waiter, people, short(waiter.size), reason)
    return _Given.PASSED_ON


def _pass_over(
    draft: Draft,
    place: Place,
    waiter: BookingRow,
    people: Sequence[Appointment],
    standing: str,
    reason: Reason,
) -> None:
    passed = attrs.evolve(waiter, standing=standing, passed=reason.code)
    change(draft, place, waiter, passed, people)
    draft.note(
        "booking.passed-over",
        waiter.id,
        **{**facts_of(passed), "standing": standing},
        code=reason.code,
        clash=str(reason.facts.get("other", "")),
    )


def _seat(
    draft: Draft,
    place: Place,
    way: Way,
    waiter: BookingRow,
    people: Sequence[Appointment],
    slot: int | None,
) -> None:
    policy = place.type.waitlist
    _count_favours(draft, place, waiter)
    span = None
    if slot is not None:
        waiter_now = attrs.evolve(waiter, slot=slot, expert=expert_of(draft, place, slot))
        span = slot_span(place.session, place.role, slot)
    else:
        waiter_now = waiter
    ends = None
    if way is Way.OFFER:
        ends = deadline(
            draft.now, policy.offer_hours, place.closes, draft.programme.hub, draft.view.closed_on
        )
    if ends is None:
        seated = moved(waiter_now, BookingStatus.CONFIRMED)
        change(draft, place, waiter, seated, people, span=span)
        draft.note("booking.promoted", waiter.id, **facts_of(seated))
        if place.whole:
            except_dates(draft, place, seated)
        return
    offered = attrs.evolve(moved(waiter_now, BookingStatus.OFFERED), offer_ends=ends)
    change(draft, place, waiter, offered, people, span=span)
    draft.put(Timer(OFFER, waiter.id, ends))
    draft.note("booking.offered", waiter.id, **facts_of(offered), ends=ends.isoformat())


def _count_favours(draft: Draft, place: Place, waiter: BookingRow) -> None:
    """Note when a priority rule let somebody go before the head of the queue, and how often in a row."""
    if not place.type.waitlist.priority:
        return
    head = draft.scan(ready_queue(place.session.id, place.role.key)).records[:1]
    first = not head or head[0].sequence >= waiter.sequence
    roster = latest(draft, place)
    draft.put(attrs.evolve(roster, favoured=0 if first else roster.favoured + 1))
    if not first and head[0].passed != "priority":
        people = draft.scan(appointments_of(head[0].id)).records
        sentence = "Somebody whom the hub's priority rule favours went first."
        _pass_over(draft, place, head[0], people, head[0].standing, Reason("priority", sentence))


def recall(draft: Draft, place: Place) -> None:
    """Another seat comes free: who let an offer lapse is asked again in their turn (bounded; the rest at the next)."""
    if not latest(draft, place).missed:
        return
    missed = queue_of(place.session.id, place.role.key, MISSED, limit=WALK)
    rows = draft.attempt(lambda: draft.scan(missed).records) or []
    for row in rows:
        ready = attrs.evolve(row, standing=str(BookingStatus.WAITLISTED), passed="")
        draft.put(latest(draft, place).moving(row, ready))
        draft.put(ready)
        draft.note("booking.ready", row.id, **facts_of(ready))


def arm_straight(draft: Draft, place: Place) -> None:
    """Look again when offers are no longer made: who missed one is then given a seat that is still free."""
    due = straight_from(place.closes, draft.programme.hub, draft.view.closed_on)
    subject = roster_subject(place.session.id, place.role.key)
    armed = draft.get(Timer, STRAIGHT, subject)
    if due > draft.now and (armed is None or armed.due != due):
        draft.put(Timer(STRAIGHT, subject, due))
