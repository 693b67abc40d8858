"""Book: ask for a place, and get one, wait for one, or be told every reason why not."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from innovationhub.domain.alternatives import alternatives
from innovationhub.domain.asking import (
    allowed,
    around,
    clash_reason,
    foresee,
    in_the_way,
    is_here,
    needed_place,
    no_room,
    room_in_diary,
    rows_around,
    timing,
    too_large,
)
from innovationhub.domain.booking import BookingRow, BookingStatus, Placed
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment
from innovationhub.domain.lending import except_dates
from innovationhub.domain.people import Note
from innovationhub.domain.placing import (
    Place,
    begun,
    change,
    facts_of,
    fresh,
    place_for,
    sides,
)
from innovationhub.domain.records import Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.slots import expert_of, free_slot, slot_span
from innovationhub.domain.waitlist import settle
from innovationhub.errors import NotFound

__all__ = ["Asked", "Book", "asked", "found_booking", "newest"]

REMEDIED = frozenset({"clash", "needs-role", "not-eligible"})
"""Reasons that one can do something about: whoever does should know beforehand that there is no room all the same."""


@attrs.frozen(kw_only=True)
class Book:
    """Ask for a place in a session: confirmed if one is free and nobody comes first, else in the queue.

    For a series' key it is a place in all of its sessions. `person`, and those who come along (`others`), are opaque
    keys; `booking_id` was minted beforehand. `likely` is the role to read at once when the caller named none.
    """

    session_id: str
    person: str
    booking_id: str
    actor: str
    role: str | None = None
    others: tuple[str, ...] = ()
    slot: int | None = None
    note: str = ""
    shows: str = ""
    likely: str = "attendee"

    def needs(self) -> Read:
        """The session, its roster and the person's diary."""
        return sides(self.session_id, self.role or self.likely, self.person)

    def decide(self, view: View) -> Accepted | Refusal:
        """Confirm, queue, ask for approval, or refuse with every reason."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        people = (self.person, *self.others)
        wish = asked(draft, place, people, self.slot)
        reasons = [*wish.reasons, *timing(draft, place), *wish.clashes]
        roster = place.roster
        seat = roster.is_open(len(people), place.registered) and not (place.role.slots and wish.slot is None)
        if not seat and not place.type.approval and all(each.code in REMEDIED for each in reasons):
            full = no_room(place)
            reasons += [full] if full else []
        if reasons:
            return Refusal(tuple(reasons), alternatives(draft, place, self.person, reasons))
        status = BookingStatus.CONFIRMED if seat else BookingStatus.WAITLISTED
        if place.type.approval:
            status = BookingStatus.REQUESTED
        placed = self._placed(draft, place, people, status, wish)
        # a free seat behind an owed look at the queue is the queue's: look at once (Q2)
        if status is BookingStatus.WAITLISTED:
            owed = settle(draft, place)
            key = (place.session.id, place.role.key)
            return draft.accept(newest(draft, placed), [key] if owed else ())
        return draft.accept(placed)

    def _placed(
        self, draft: Draft, place: Place, people: tuple[str, ...], status: BookingStatus, wish: Asked
    ) -> Placed:
        slot = wish.slot if status is BookingStatus.CONFIRMED else None
        if status is BookingStatus.REQUESTED and self.slot is not None:
            slot = wish.slot  # what was asked for; it is nobody's before it is approved
        booking = fresh(
            draft,
            place,
            self.booking_id,
            self.person,
            status,
            size=len(people),
            parent=wish.parent,
            slot=slot,
            expert="" if slot is None else expert_of(draft, place, slot),
        )
        lines = [begun(booking, place, person, at) for at, person in enumerate(people)]
        span = None if slot is None else slot_span(place.session, place.role, slot)
        placed = change(draft, place, None, booking, lines, span=span)
        draft.note(f"booking.{status}", booking.id, **facts_of(booking))
        for kind, text in (("booked", self.note), ("shows", self.shows)):
            if text:
                draft.put(Note(booking.id, kind, text))
        if place.whole and status is BookingStatus.CONFIRMED:
            except_dates(draft, place, booking)
        return placed


@attrs.frozen
class Asked:
    """What asking for a place comes to, as far as the people are concerned.

    `reasons` and `clashes` speak against it; `slot` is the one they would get, `parent` the place that it depends on.
    """

    reasons: tuple[Reason, ...]
    clashes: tuple[Reason, ...]
    slot: int | None
    parent: str | None


def asked(
    draft: Draft, place: Place, people: Sequence[str], slot: int | None = None, *, but: str = ""
) -> Asked:
    """Whether these people may have a place together, `but` one booking that would be given up for it."""
    draft.need(*(row for each in people for row in rows_around(place, each, draft.now)))
    foresee(draft, place, [(each, but) for each in people], place.type.rules)
    large = too_large(place, len(people)) or _alone(place, people)
    reasons: list[Reason] = [large] if large else []
    clashes: list[Reason] = []
    parent: str | None = None
    got: int | None = None
    for person in people:
        near_by = [each for each in around(draft, place, person) if each.booking_id != but]
        if not place.whole:
            room_in_diary(person, near_by)
        here = _booked_already(place, person, near_by)
        reasons += [here] if here else []
        needed = needed_place(place, near_by)
        if isinstance(needed, Reason):
            reasons.append(needed)
        elif needed is not None:
            parent = needed.booking_id
        if here is not None and place.whole:
            continue  # what clashes with what they have already says nothing
        if place.role.slots and not isinstance(needed, Reason):
            found = free_slot(draft, place, near_by, slot, but=but, parent=parent or "")
            if isinstance(found, Reason):
                (clashes if found.code == "clash" else reasons).append(found)
            else:
                got = found
        elif slot is not None and not place.role.slots:
            free_slot(draft, place, near_by, slot)
        else:
            held = in_the_way(draft, place, near_by, but=but, parent=parent or "")
            clashes += [clash_reason(draft, place, each) for each in held if not is_here(place, each)]
        reasons += allowed(draft, place, person, but)
    return Asked(tuple(reasons), tuple(clashes), got, parent)


def _alone(place: Place, people: Sequence[str]) -> Reason | None:
    """Why a dependent role is booked one by one: each place in it depends on a place of that very person."""
    if place.role.requires is None or len(people) == 1:
        return None
    facts: ReasonFacts = {"size": len(people), "capacity": 1, "session": place.session.id}
    sentence = f"A place as {place.role.key} is booked for one person at a time."
    return Reason("group-too-large", sentence, facts, ("Book it for each of them.",))


def newest(draft: Draft, placed: Placed) -> Placed:
    """The answer about a booking that the same decision may have moved on since."""
    row = draft.get(BookingRow, placed.booking.id) or placed.booking
    if row is placed.booking:
        return placed
    was = placed.booking.status
    return Placed(
        row, tuple((person, row.status if status is was else status) for person, status in placed.people)
    )


def _booked_already(place: Place, person: str, near_by: Sequence[Appointment]) -> Reason | None:
    for each in near_by:
        if is_here(place, each):
            status = each.status
            facts: ReasonFacts = {
                "booking_id": each.booking_id,
                "status": str(status),
                "session": each.session_id,
                "person": person,
            }
            sentence = f"There is already a booking here for this person, which is {status}."
            if status is BookingStatus.CANCELLED:  # one date of a registration, given up or never had
                sentence = "This person is registered for the whole series, but has given up this date."
                remedy = "Take the apology back, if the date still has a seat."
            elif status is BookingStatus.WAITLISTED:
                remedy = "Nothing needs doing: the place in the queue is kept."
            elif status is BookingStatus.REQUESTED:
                remedy = "Nothing needs doing: the hub's team will answer."
            else:
                remedy = "Nothing needs doing: the place is theirs."
            return Reason("already-booked", sentence, facts, (remedy,))
    return None


def found_booking(view: View, booking_id: str) -> BookingRow:
    """One booking as it stands. Raises `NotFound`."""
    booking = Draft(view, "").get(BookingRow, booking_id)
    if booking is None:
        raise NotFound("booking", booking_id)
    return booking
