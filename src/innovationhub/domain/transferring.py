"""Transfer, change of role, substitute: one commit each, in which the new place is certain before the old one goes.

A transfer ends the old booking and begins a new one, with an id of its own: so of two transfers from the same starting
point the second finds nothing to move (S14), and so does a cancellation that came first (S13).
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from innovationhub.domain.alternatives import alternatives
from innovationhub.domain.asking import around, clash_reason, in_the_way, over, timing
from innovationhub.domain.booking import HOLDING, BookingRow, BookingStatus, Placed
from innovationhub.domain.cancelling import give_up, read_for, too_late, was_there
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary, stands
from innovationhub.domain.freeing import Owed, end_dependents, reopen
from innovationhub.domain.lending import except_dates
from innovationhub.domain.people import texts_about
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    begun,
    change,
    facts_of,
    fresh,
    is_whole,
    latest,
    locate,
    place_for,
    sides,
)
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.reserving import Asked, asked, found_booking
from innovationhub.domain.slots import expert_of, slot_span
from innovationhub.domain.waitlist import ready_queue
from innovationhub.errors import Invalid, NotFound

__all__ = ["Substitute", "Transfer", "transfer"]

MOVABLE = HOLDING | {BookingStatus.WAITLISTED}


def _ended(booking: BookingRow, what: str) -> Reason:
    facts: ReasonFacts = {"booking_id": booking.id, "status": str(booking.status)}
    if booking.status is BookingStatus.REQUESTED:
        sentence = f"This booking waits for approval, so there is no place to {what} yet."
        return Reason("not-active", sentence, facts, ("Cancel it, and ask for the other one.",))
    return Reason("not-active", f"This booking is {booking.status}, so there is nothing to {what}.", facts)


@attrs.frozen(kw_only=True)
class Transfer:
    """Move a booking to another session, or to another role of the same one; `new_id` was minted beforehand.

    `role` None keeps the role where the other session has it. `actor` None means the person whose booking it is.
    """

    booking_id: str
    session_id: str
    new_id: str
    role: str | None = None
    slot: int | None = None
    actor: str | None = None

    def needs(self) -> Read:
        """The booking and its people."""
        return Read((Key(BookingRow, (self.booking_id,)),), (appointments_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Take the new place and give up the old one, or say why not and keep the old one."""
        booking = found_booking(view, self.booking_id)
        draft = Draft(view, self.actor or booking.person)
        if booking.status not in MOVABLE:
            return Refusal((_ended(booking, "move"),))
        if is_whole(booking.session_id) or is_whole(self.session_id):
            message = (
                "must be a session: to change a registration, cancel it and register for the other series"
            )
            raise Invalid("session_id", message, self.session_id)
        role = self.role or booking.role
        here = sides(booking.session_id, booking.role, booking.person)
        there = sides(self.session_id, role, booking.person)
        draft.need(*here.keys, *here.ranges, *there.keys, *there.ranges, texts_about(booking.id))
        old = read_for(draft, booking)
        if (self.session_id, role) == (booking.session_id, booking.role):
            raise Invalid("session_id", "must be another session, or another role", self.session_id)
        # without a word the role stays the same, where the other session has one of that name
        kept = self.role or (role if locate(draft, self.session_id)[1].role(role) else None)
        new = place_for(draft, self.session_id, kept)
        return transfer(draft, booking, old, new, self.new_id, self.slot)


def transfer(
    draft: Draft,
    booking: BookingRow,
    old: Place,
    new: Place,
    new_id: str,
    slot: int | None = None,
    *,
    refill: bool = True,
) -> Accepted | Refusal:
    """Move a booking from one place to another, in a draft.

    Without `refill` the old session ends: nobody is promoted there on the way, and it is not too late to leave it.
    """
    lines = draft.scan(appointments_of(booking.id)).records
    people = [each for each in sorted(lines, key=lambda each: each.place) if each.active]
    wish = asked(draft, new, [each.person for each in people], slot, but=booking.id)
    reasons = [
        *_cannot_leave(draft, booking, old, new, people, refill),
        *wish.reasons,
        *timing(draft, new),
        *wish.clashes,
    ]
    if new.type.approval and new.type.key != old.type.key:
        sentence = f"{new.type.title} asks for approval, which a place elsewhere does not give."
        reasons.append(Reason("not-eligible", sentence, {"session": new.session.id}, ("Book it instead.",)))
    open_ = latest(draft, new).is_open(booking.size, new.registered)
    if not reasons and (not open_ or (new.role.slots and wish.slot is None)):
        facts: ReasonFacts = {"session": new.session.id, "role": new.role.key, "waiting": new.roster.waiting}
        sentence = f"There is no free place in {new.type.title} ({new.session.id}); yours is kept."
        reasons.append(Reason("full", sentence, facts, ("Choose another date.",)))
    if reasons:
        return Refusal(tuple(reasons), alternatives(draft, new, booking.person, reasons))
    moved = fresh(
        draft,
        new,
        new_id,
        booking.person,
        BookingStatus.CONFIRMED,
        size=booking.size,
        parent=wish.parent,
        slot=wish.slot,
        expert="" if wish.slot is None else expert_of(draft, new, wish.slot),
    )
    begin = [begun(moved, new, each.person, at) for at, each in enumerate(people)]
    span = None if wish.slot is None else slot_span(new.session, new.role, wish.slot)
    placed = change(draft, new, None, moved, begin, span=span)
    for text in draft.scan(texts_about(booking.id)).records:  # what was noted with a booking goes with it
        draft.put(attrs.evolve(text, subject=moved.id))
    draft.note("booking.confirmed", moved.id, **facts_of(moved), transferred=booking.id)
    _, owed = give_up(draft, old, booking, lines, "booking.transferred", refill=refill, to=moved.id)
    return draft.accept(placed, owed)


def _cannot_leave(
    draft: Draft, booking: BookingRow, old: Place, new: Place, people: Sequence[Appointment], refill: bool
) -> list[Reason]:
    ended = over(old.session, old.type) or was_there(booking, people)
    if ended:
        return [ended]
    if not refill or booking.status not in HOLDING or old.session.id == new.session.id or old.whole:
        return []
    late = too_late(draft, old, booking)
    return [late] if late else []


@attrs.frozen(kw_only=True)
class Substitute:
    """Let somebody else come instead: `person` takes the place of `instead` (None: who leads the booking)."""

    booking_id: str
    person: str
    instead: str | None = None
    actor: str | None = None

    def needs(self) -> Read:
        """The booking and its people."""
        keys = (Key(BookingRow, (self.booking_id,)), Key(Diary, (self.person,)))
        return Read(keys, (appointments_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Change who comes, or say why not."""
        booking = found_booking(view, self.booking_id)
        draft = Draft(view, self.actor or booking.person)
        if booking.status is not BookingStatus.CONFIRMED:
            return Refusal((_ended(booking, "hand over"),))
        # what both of them have around it, in one trip
        both = [sides(booking.session_id, booking.role, each) for each in (booking.person, self.person)]
        draft.need(
            *(key for read in both for key in read.keys),
            *(each for read in both for each in read.ranges),
            ready_queue(booking.session_id, booking.role),
        )
        place = read_for(draft, booking)
        instead = self.instead or booking.person
        people = draft.scan(appointments_of(booking.id)).records
        leaving = next((each for each in people if each.person == instead and each.active), None)
        if leaving is None:
            raise NotFound("person", instead, "they have no place in this booking")
        wish = asked(draft, place, [self.person])
        there = was_there(booking, [leaving])
        if there:
            return Refusal((there,))
        reasons = [
            *_cannot_hand_over(draft, place),
            *wish.reasons,
            *self._clashes(draft, place, leaving, wish),
        ]
        if reasons:
            return Refusal(tuple(reasons))
        return draft.accept(*self._handed_over(draft, place, booking, leaving, people, wish.parent))

    def _clashes(self, draft: Draft, place: Place, leaving: Appointment, wish: Asked) -> Sequence[Reason]:
        """What the other one holds at the time of the very place that they take over: of a slot, its own."""
        if place.role.slots is None:
            return wish.clashes
        near_by = around(draft, place, self.person)
        held = in_the_way(draft, place, near_by, parent=wish.parent or "", span=leaving.span)
        return [clash_reason(draft, place, each) for each in held]

    def _handed_over(
        self,
        draft: Draft,
        place: Place,
        booking: BookingRow,
        leaving: Appointment,
        people: Sequence[Appointment],
        parent: str | None,
    ) -> tuple[Placed, Owed]:
        leader = self.person if booking.person == leaving.person else booking.person
        after = attrs.evolve(booking, person=leader, parent_id=parent or booking.parent_id)
        change(draft, place, booking, after, ())
        coming = attrs.evolve(
            begun(after, place, self.person, leaving.place), starts=leaving.starts, ends=leaving.ends
        )
        overlaps = place.type.booking.overlaps or place.whole
        lines = (
            (leaving, stands(leaving, BookingStatus.CANCELLED, overlaps=overlaps)),
            (coming, stands(coming, after.status, overlaps=overlaps)),
        )
        for before, now in lines:
            draft.put(now)
            diary = draft.get(Diary, now.person)
            if diary is not None:
                diary = attrs.evolve(diary, active=diary.active + now.active - before.active)
                if place.whole:
                    diary = diary.with_registration(place.session.id, booking.id if now.active else None)
                draft.put(diary)
        facts = {**facts_of(after), "standing": after.standing}
        draft.note("booking.substituted", booking.id, **facts, left=leaving.person, came=self.person)
        owed = [*end_dependents(draft, booking, [leaving]), *reopen(draft, [leaving])]
        if place.whole:  # a seat that was lent for a date stays with the guest
            except_dates(draft, place, after)
        stood = [
            (each.person, each.status) for each in people if each.person not in {leaving.person, self.person}
        ]
        shown = ((self.person, after.status), *stood, (leaving.person, BookingStatus.CANCELLED))
        return Placed(after, shown), owed


def _cannot_hand_over(draft: Draft, place: Place) -> list[Reason]:
    ended = over(place.session, place.type)
    if ended:
        return [ended]
    facts: ReasonFacts = {"session": place.session.id, "starts": place.session.starts}
    if draft.now >= place.session.starts and not place.whole:
        return [Reason("started", f"{place.type.title} has started.", facts, ("Check in at the door.",))]
    if place.type.approval:
        sentence = f"A place in {place.type.title} is approved for one person."
        return [
            Reason("not-eligible", sentence, facts, ("Cancel it, and let the other one ask for a place.",))
        ]
    return []
