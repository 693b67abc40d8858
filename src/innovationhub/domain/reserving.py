"""Book and cancel: the two decisions that everything else serves."""

from __future__ import annotations

import attrs

from innovationhub.domain.alternatives import alternatives
from innovationhub.domain.booking import HOLDING, LIVE, BookingRow, BookingStatus, Placed, moved
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, clashes
from innovationhub.domain.people import Note
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    around,
    begun,
    change,
    clash_reason,
    facts_of,
    fresh,
    is_here,
    over,
    place_for,
    room_in_diary,
    sides,
    timing,
)
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.time import zone
from innovationhub.domain.waitlist import ready_queue, reopen, settle
from innovationhub.domain.wording import count, when
from innovationhub.errors import NotFound

__all__ = ["Book", "Cancel"]


@attrs.frozen(kw_only=True)
class Book:
    """Ask for a place in a session: confirmed if one is free and nobody comes first, else in the queue.

    `person` is an opaque key; `booking_id` was minted beforehand. `likely` is the role to read at once when the caller
    named none.
    """

    session_id: str
    person: str
    booking_id: str
    actor: str
    role: str | None = None
    note: str = ""
    likely: str = "attendee"

    def needs(self) -> Read:
        """The session, its roster and the person's diary."""
        return sides(self.session_id, self.role or self.likely, self.person)

    def decide(self, view: View) -> Accepted | Refusal:
        """Confirm, queue or refuse, with every reason."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        near_by = around(draft, self.person, place.session.id, place.session.span)
        room_in_diary(self.person, near_by)
        reasons = [
            *_booked_already(draft, place, self.person, near_by),
            *timing(draft, place),
            *_clashing(draft, place, near_by),
        ]
        seat = place.roster.open
        if not reasons and not seat:
            reasons = _queue_full(place)
        if reasons:
            return Refusal(tuple(reasons), alternatives(draft, place, self.person, reasons))
        status = BookingStatus.CONFIRMED if seat else BookingStatus.WAITLISTED
        booking = fresh(draft, place, self.booking_id, self.person, status)
        placed = change(draft, place, None, booking, [begun(booking, place)])
        draft.note(f"booking.{status}", booking.id, **facts_of(booking))
        if self.note:
            draft.put(Note(booking.id, "booked", self.note))
        # a free seat behind an owed look at the queue is the queue's: look at once (Q2)
        if not seat:
            owed = settle(draft, place)
            return draft.accept(_latest(draft, placed), [(booking.session_id, booking.role)] if owed else ())
        return draft.accept(placed)


def _latest(draft: Draft, placed: Placed) -> Placed:
    """The answer about a booking that the same decision may have moved on since."""
    row = draft.get(BookingRow, placed.booking.id) or placed.booking
    if row is placed.booking:
        return placed
    return Placed(row, tuple((person, row.status) for person, _ in placed.people))


def _booked_already(draft: Draft, place: Place, person: str, near_by: list[Appointment]) -> list[Reason]:
    for each in near_by:
        if is_here(place, each):
            status = each.status
            facts = {"booking_id": each.booking_id, "status": str(status), "session": each.session_id}
            sentence = f"There is already a booking here for this person, which is {status}."
            if status is BookingStatus.WAITLISTED:
                remedy = "Nothing needs doing: the place in the queue is kept."
            else:
                remedy = "Nothing needs doing: the place is theirs."
            return [Reason("already-booked", sentence, facts, (remedy,))]
    return []


def _clashing(draft: Draft, place: Place, near_by: list[Appointment]) -> list[Reason]:
    if place.type.booking.overlaps:
        return []
    held = clashes(near_by, place.session.span)
    return [clash_reason(draft, place, each) for each in held if not is_here(place, each)]


def _queue_full(place: Place) -> list[Reason]:
    limit = place.type.waitlist.limit
    roster = place.roster
    if limit is None or roster.waiting < limit:
        return []
    facts = {"capacity": roster.capacity, "held": roster.held, "waiting": roster.waiting, "limit": limit}
    full = f"All {count(roster.capacity or 0, 'place')} are taken"
    if limit == 0:
        return [Reason("full", f"{full}, and this session has no queue.", facts, ("Choose another date.",))]
    sentence = f"{full}, and the queue of {limit} is full too."
    return [Reason("queue-full", sentence, facts, ("Choose another date.", "Try again later."))]


@attrs.frozen(kw_only=True)
class Cancel:
    """Give up a place, or leave the queue; a seat that comes free goes to whoever is next, in the same commit.

    `actor` None means the person whose booking it is.
    """

    booking_id: str
    actor: str | None = None
    reason: str = ""

    def needs(self) -> Read:
        """The booking and its people; the rest follows from it."""
        return Read((Key(BookingRow, (self.booking_id,)),), (appointments_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Cancel and promote, or say why not."""
        booking = Draft(view, "").get(BookingRow, self.booking_id)
        if booking is None:
            raise NotFound("booking", self.booking_id)
        draft = Draft(view, self.actor or booking.person)
        people = draft.scan(appointments_of(booking.id)).records
        read = sides(booking.session_id, booking.role, booking.person)
        draft.need(*read.keys, *read.ranges, ready_queue(booking.session_id, booking.role))
        place = place_for(draft, booking.session_id, booking.role)
        reasons = _cannot_cancel(draft, place, booking)
        if reasons:
            return Refusal(tuple(reasons))
        around(draft, booking.person, place.session.id, place.session.span)
        ended = moved(booking, BookingStatus.CANCELLED)
        placed = change(draft, place, booking, ended, people)
        draft.note("booking.cancelled", booking.id, **facts_of(ended), was=str(booking.standing))
        if self.reason:
            draft.put(Note(booking.id, "cancelled", self.reason))
        owed = reopen(draft, people)
        if settle(draft, place):
            owed.append((booking.session_id, booking.role))
        return draft.accept(placed, owed)


def _cannot_cancel(draft: Draft, place: Place, booking: BookingRow) -> list[Reason]:
    if booking.status not in LIVE:
        sentence = f"This booking is {booking.status}, so there is nothing to cancel."
        return [Reason("not-active", sentence, {"booking_id": booking.id, "status": str(booking.status)})]
    ended = over(place.session, place.type)
    if ended:
        return [ended]
    hours = place.type.booking.cancel_hours
    until = place.session.starts.timestamp() - hours * 3600
    if booking.status in HOLDING and draft.now.timestamp() >= until:
        where = zone(draft.programme.hub.timezone)
        limit = f"{count(hours, 'hour')} before the start" if hours else "the start"
        sentence = f"A place can be given up until {limit}: {when(place.session.starts, where)}."
        facts: ReasonFacts = {"starts": place.session.starts, "cancel_hours": hours, "booking_id": booking.id}
        return [Reason("too-late-to-cancel", sentence, facts, ("Tell the hub's team that you cannot come.",))]
    return []
