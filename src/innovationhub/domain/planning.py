"""Plan and apply: what a change would do, and doing exactly that."""

from __future__ import annotations

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.asking import over
from innovationhub.domain.booking import PARKED, BookingStatus
from innovationhub.domain.ceasing import call_off, close, end, merge, reinstate
from innovationhub.domain.changes import (
    Assign,
    CallOff,
    Change,
    Close,
    End,
    Merge,
    Move,
    Reinstate,
    Reschedule,
    Resize,
)
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.freeing import look_at_dates
from innovationhub.domain.making import Makes, Making, promote, settled_later
from innovationhub.domain.moving import future_rows, move, reschedule
from innovationhub.domain.placing import Place, change, facts_of, latest, locate, open_session, place_for
from innovationhub.domain.plans import Plan, digest
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub.domain.resources import guard, resource_clashes
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.waitlist import WALK, queue_of, recall
from innovationhub.errors import Invalid

__all__ = ["TRIPS", "Apply", "make", "plan_of"]

TRIPS = 200
"""Trips in which a change is worked out. It is rare, and whoever makes one waits for the whole of it."""


def make(draft: Draft, wanted: Change) -> Making | Refusal:
    """Work a change out in a draft: what it does to whom. Raises `NotFound` and `Invalid` for what cannot be."""
    making = Making(draft)
    refused = wanted.make(making) if isinstance(wanted, Makes) else _ours(making, wanted)
    return refused or making


def _ours(making: Making, wanted: Change) -> Refusal | None:
    """A change of the core's own."""
    refused: Refusal | None = None
    match wanted:
        case Resize():
            refused = _resize(making, wanted)
        case Assign():
            refused = _assign(making, wanted)
        case Move():
            refused = move(making, wanted)
        case Reschedule():
            refused = reschedule(making, wanted)
        case CallOff():
            refused = call_off(making, wanted)
        case Reinstate():
            refused = reinstate(making, wanted)
        case End():
            refused = end(making, wanted)
        case Close():
            refused = close(making, wanted)
        case Merge():
            refused = merge(making, wanted)
        case _:
            raise Invalid("change", f"must be a change that can be worked out; got {wanted!r}", wanted)
    return refused


def _resize(making: Making, wanted: Resize) -> Refusal | None:
    place = place_for(making.draft, wanted.subject_id, wanted.role)
    reason = over(place.session, place.type)
    if reason:
        return Refusal((reason,))
    places = [place, *_dates_alike(making, place)]
    changed = [each for each in places if _set_seats(making, each, wanted.capacity)]
    for each in changed:
        _fill(making, place_for(making.draft, each.session.id, wanted.role))
    return None


def _dates_alike(making: Making, place: Place) -> list[Place]:
    """The coming dates of a set that have a roster of the same capacity: they are resized with the set."""
    draft, role = making.draft, place.role.key
    if not place.whole:
        return []
    rows = future_rows(draft, place.session.id, draft.now)
    draft.need(*(Key(Roster, (row.id, role)) for row in rows))
    kept = ((row.id, draft.get(Roster, row.id, role)) for row in rows)
    return [
        place_for(draft, id, role)
        for id, roster in kept
        if roster is not None and roster.capacity == place.roster.capacity
    ]


def _seats(making: Making, place: Place, capacity: int | None) -> None:
    """Another capacity for one role: those who fit are promoted, nobody is thrown out."""
    if _set_seats(making, place, capacity):
        _fill(making, place_for(making.draft, place.session.id, place.role.key))


def _set_seats(making: Making, place: Place, capacity: int | None) -> bool:
    """Write another capacity; False where it is the same."""
    draft = making.draft
    before = latest(draft, place)
    if before.capacity == capacity:
        return False
    if not place.opened:
        open_session(draft, place.session)
        if not place.whole:
            draft.touch(draft.get(SessionRow, place.session.id) or place.session)
        draft.note("roster.opened", place.session.id, role=before.role, capacity=before.capacity)
    draft.put(attrs.evolve(before, capacity=capacity))
    draft.note("roster.resized", place.session.id, role=before.role, capacity=capacity, was=before.capacity)
    was, now = ("unlimited" if each is None else each for each in (before.capacity, capacity))
    making.add("resized", place.session.id, f"The number of seats as {before.role} goes from {was} to {now}.")
    return True


def _fill(making: Making, place: Place) -> None:
    recall(making.draft, place)
    _fit_again(making.draft, place)
    promote(making, place)
    settled_later(making, look_at_dates(making.draft, place))


def _fit_again(draft: Draft, place: Place) -> None:
    """Parties that were too large for the role may fit by now."""
    roster = latest(draft, place)
    if roster.waiting == roster.ready:
        return
    parked = draft.scan(queue_of(place.session.id, place.role.key, PARKED, limit=WALK)).records
    for row in parked:
        if row.passed == "group-too-large":
            ready = attrs.evolve(row, standing=str(BookingStatus.WAITLISTED), passed="")
            change(draft, place, row, ready, ())
            draft.note("booking.ready", row.id, **facts_of(ready))


def _assign(making: Making, wanted: Assign) -> Refusal | None:
    draft = making.draft
    row, type_ = locate(draft, wanted.session_id)
    reason = over(row, type_)
    if reason:
        return Refusal((reason,))
    leading = " ".join(wanted.facilitators)
    if leading == row.facilitators:
        return None
    open_session(draft, row)
    now = attrs.evolve(draft.get(SessionRow, row.id) or row, facilitators=leading)
    draft.put(now)
    guard(draft, now)
    draft.note("session.assigned", row.id, facilitators=leading)
    making.add("assigned", row.id, f"{row.id} has {len(wanted.facilitators)} to lead it.")
    draft.need(*(Key(Roster, (row.id, role.key)) for role in type_.roles))
    for role in type_.roles:
        if role.per_facilitator is not None:
            _seats(making, place_for(draft, row.id, role.key), role.seats(len(wanted.facilitators)))
    making.effects += resource_clashes(draft, [now])
    return None


@attrs.frozen(kw_only=True)
class Apply:
    """Carry a change out, if it still does what its plan says (`token`)."""

    change: Change
    token: str
    actor: str
    trips: int = TRIPS

    def needs(self) -> Read:
        """What it is about follows from the change."""
        return Read()

    def decide(self, view: View) -> Accepted | Refusal:
        """Work it out again; refused as `plan-stale` where the effects differ."""
        draft = Draft(view, self.actor)
        made = make(draft, self.change)
        if isinstance(made, Refusal):
            return made
        if digest(made.effects) != self.token:
            sentence = "Things have moved since the plan was made: it would do something else now."
            remedy = "Look at the new plan, and apply that."
            return Refusal((Reason("plan-stale", sentence, {}, (remedy,)),))
        own = self.change.subject if isinstance(self.change, Makes) else "hub"
        subject = getattr(self.change, "session_id", getattr(self.change, "series_id", own))
        return draft.accept(Done(str(subject), made.unsettled), made.owed)


def plan_of(wanted: Change, made: Making) -> Plan:
    """The plan that a change comes to."""
    effects = tuple(made.effects)
    return Plan(wanted, effects, digest(effects))
