"""Approval: a request is approved into a seat or the queue, or rejected, with who and why.

A request holds no seat, no time and no place in the queue; the place in the queue is taken when it is approved, at the
end. Who was approved once waits and is promoted like anybody else: approval is not asked for again (S8).
"""

from __future__ import annotations

import attrs

from innovationhub.domain.asking import no_room, over
from innovationhub.domain.booking import BookingRow, BookingStatus, moved
from innovationhub.domain.cancelling import read_for
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.lending import except_dates
from innovationhub.domain.people import Note
from innovationhub.domain.placing import Place, appointments_of, change, facts_of, latest
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.reserving import asked, found_booking, newest
from innovationhub.domain.slots import expert_of, slot_span
from innovationhub.domain.time import zone
from innovationhub.domain.waitlist import settle
from innovationhub.domain.wording import when

__all__ = ["Approve", "Reject"]


def _not_requested(booking: BookingRow) -> Refusal | None:
    if booking.status is BookingStatus.REQUESTED:
        return None
    facts: ReasonFacts = {"booking_id": booking.id, "status": str(booking.status)}
    sentence = f"This booking waits for no approval: it is {booking.status}."
    return Refusal((Reason("not-active", sentence, facts),))


@attrs.frozen(kw_only=True)
class Approve:
    """Approve a request: it takes a free seat that nobody comes first for, else the end of the queue."""

    booking_id: str
    actor: str
    reason: str = ""

    def needs(self) -> Read:
        """The booking and its people."""
        return Read((Key(BookingRow, (self.booking_id,)),), (appointments_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Confirm or queue, or say why not."""
        booking = found_booking(view, self.booking_id)
        draft = Draft(view, self.actor)
        refused = _not_requested(booking)
        if refused:
            return refused
        place = read_for(draft, booking)
        people = draft.scan(appointments_of(booking.id)).records
        members = [each.person for each in people if each.active]
        # the slot that was asked for, if it is still free
        wanted = None if booking.slot in latest(draft, place).taken else booking.slot
        wish = asked(draft, place, members, wanted, but=booking.id)
        reasons = [*_too_late(draft, place), *wish.reasons, *wish.clashes]
        roster = latest(draft, place)
        seat = roster.is_open(booking.size, place.registered)
        seat = seat and not (place.role.slots and wish.slot is None)
        if not reasons and not seat:
            full = no_room(place)
            reasons = [full] if full else []
        if reasons:
            return Refusal(tuple(reasons))
        status = BookingStatus.CONFIRMED if seat else BookingStatus.WAITLISTED
        after = attrs.evolve(moved(booking, status), sequence=roster.last + 1, slot=None, expert="")
        span = place.session.span if place.role.slots else None
        if seat and wish.slot is not None:
            after = attrs.evolve(after, slot=wish.slot, expert=expert_of(draft, place, wish.slot))
            span = slot_span(place.session, place.role, wish.slot)
        placed = change(draft, place, booking, after, people, span=span)
        draft.note(f"booking.{status}", booking.id, **facts_of(after), approved=True)
        if self.reason:
            draft.put(Note(booking.id, "approved", self.reason))
        if not seat:
            owed = settle(draft, place)
            key = (place.session.id, place.role.key)
            return draft.accept(newest(draft, placed), [key] if owed else ())
        if place.whole:
            except_dates(draft, place, after)
        return draft.accept(placed)


def _too_late(draft: Draft, place: Place) -> list[Reason]:
    ended = over(place.session, place.type)
    if ended:
        return [ended]
    if draft.now >= place.session.starts and not place.whole:
        starts = when(place.session.starts, zone(draft.programme.hub.timezone))
        facts: ReasonFacts = {"session": place.session.id, "starts": place.session.starts}
        return [Reason("started", f"{place.type.title} started on {starts}.", facts)]
    return []


@attrs.frozen(kw_only=True)
class Reject:
    """Turn a request down; the reason is kept as a note for the person, and who did it in the journal."""

    booking_id: str
    reason: str
    actor: str

    def needs(self) -> Read:
        """The booking and its people."""
        return Read((Key(BookingRow, (self.booking_id,)),), (appointments_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Decline it, or say that it waits for no answer."""
        booking = found_booking(view, self.booking_id)
        draft = Draft(view, self.actor)
        refused = _not_requested(booking)
        if refused:
            return refused
        place = read_for(draft, booking)
        people = draft.scan(appointments_of(booking.id)).records
        declined = moved(booking, BookingStatus.DECLINED)
        placed = change(draft, place, booking, declined, people)
        draft.note("booking.rejected", booking.id, **facts_of(declined))
        if self.reason:
            draft.put(Note(booking.id, "rejected", self.reason))
        return draft.accept(placed)
