"""Book and cancel: the two decisions that everything else serves."""

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
    over,
    room_in_diary,
    rows_around,
    timing,
    too_large,
)
from innovationhub.domain.booking import HOLDING, LIVE, PARKED, BookingRow, BookingStatus, Placed, moved
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary, stands
from innovationhub.domain.freeing import Owed, end_dependents, look_at_dates, reopen
from innovationhub.domain.lending import except_dates
from innovationhub.domain.people import Note
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    begun,
    change,
    facts_of,
    fresh,
    latest,
    place_for,
    sides,
)
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.slots import expert_of, free_slot, slot_span
from innovationhub.domain.time import zone
from innovationhub.domain.waitlist import ready_queue, recall, settle
from innovationhub.domain.wording import count, when
from innovationhub.errors import NotFound

__all__ = [
    "Asked",
    "Book",
    "Cancel",
    "asked",
    "found_booking",
    "give_up",
    "newest",
    "read_for",
    "too_late",
    "was_there",
]


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
        if not reasons and not seat and not place.type.approval:
            full = no_room(place)
            reasons = [full] if full else []
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
    large = too_large(place, len(people))
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
        if place.role.slots and not isinstance(needed, Reason):
            found = free_slot(draft, place, near_by, slot, but=but, parent=parent or "")
            if isinstance(found, Reason):
                (clashes if found.code == "clash" else reasons).append(found)
            else:
                got = found
        elif slot is not None and not place.role.slots:
            free_slot(draft, place, near_by, slot)
        elif not (here and place.whole):  # a registration does not clash with itself
            held = in_the_way(draft, place, near_by, but=but, parent=parent or "")
            clashes += [clash_reason(draft, place, each) for each in held if not is_here(place, each)]
        reasons += allowed(draft, place, person, but)
    return Asked(tuple(reasons), tuple(clashes), got, parent)


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


@attrs.frozen(kw_only=True)
class Cancel:
    """Give up a place, or leave the queue; a seat that comes free goes to whoever is next, in the same commit.

    With `person` (an opaque key) only that one of a group leaves. `actor` None means the person whose place it is.
    """

    booking_id: str
    person: str | None = None
    actor: str | None = None
    reason: str = ""

    def needs(self) -> Read:
        """The booking and its people; the rest follows from it."""
        return Read((Key(BookingRow, (self.booking_id,)),), (appointments_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Cancel and promote, or say why not."""
        booking = found_booking(view, self.booking_id)
        draft = Draft(view, self.actor or self.person or booking.person)
        place = read_for(draft, booking)
        reasons = _cannot_cancel(draft, place, booking)
        if reasons:
            return Refusal(tuple(reasons))
        people = draft.scan(appointments_of(booking.id)).records
        there = was_there(booking, [each for each in people if self.person in {None, each.person}])
        if there:
            return Refusal((there,))
        staying = [each for each in people if each.active and each.person != self.person]
        if self.reason:
            draft.put(Note(booking.id, "cancelled", self.reason))
        if self.person is None or not staying:
            if self.person is not None and all(each.person != self.person for each in people):
                raise NotFound("person", self.person, "they are not in this booking")
            placed, owed = give_up(draft, place, booking, people, "booking.cancelled")
            return draft.accept(placed, owed)
        return self._leave(draft, place, booking, people)

    def _leave(
        self, draft: Draft, place: Place, booking: BookingRow, people: Sequence[Appointment]
    ) -> Accepted | Refusal:
        """One of a group leaves; the others stay as they are, led by the next of them if need be (S15)."""
        leaving = [each for each in people if each.person == self.person]
        if not leaving:
            raise NotFound("person", self.person or "", "they are not in this booking")
        if not leaving[0].active:
            sentence = "This person has left the booking already."
            return Refusal((Reason("not-active", sentence, {"booking_id": booking.id}),))
        staying = [each for each in people if each.active and each not in leaving]
        leader = min(staying, key=lambda each: each.place).person
        leads = booking.person if booking.person != self.person else leader
        after = attrs.evolve(booking, size=booking.size - 1, person=leads)
        if booking.status is BookingStatus.WAITLISTED and booking.standing != PARKED:
            # fewer than before may fit now: they are looked at afresh
            after = attrs.evolve(after, standing=str(BookingStatus.WAITLISTED), passed="")
        came = latest(draft, place).came
        if all(each.status is BookingStatus.ATTENDED for each in staying):
            # nobody is left to wait for
            after = attrs.evolve(moved(booking, BookingStatus.ATTENDED), size=after.size, person=leads)
        change(draft, place, booking, after, ())
        draft.put(attrs.evolve(latest(draft, place), came=came))
        gone = leaving[0]
        ended = stands(gone, BookingStatus.CANCELLED, overlaps=place.type.booking.overlaps)
        _let_go(draft, gone, ended)
        facts = {**facts_of(after), "standing": after.standing}
        draft.note("booking.cancelled", booking.id, **facts, member=gone.person)
        owed = [*end_dependents(draft, booking, leaving), *reopen(draft, leaving)]
        recall(draft, place)
        if settle(draft, place):
            owed.append((booking.session_id, booking.role))
        shown = tuple(
            (each.person, BookingStatus.CANCELLED if each is gone else each.status) for each in people
        )
        return draft.accept(newest(draft, Placed(after, shown)), owed)


def was_there(booking: BookingRow, people: Sequence[Appointment]) -> Reason | None:
    """Why these people's places cannot be given up any more: one of them is on the register already."""
    if not any(each.status is BookingStatus.ATTENDED for each in people):
        return None
    facts: ReasonFacts = {"booking_id": booking.id, "status": str(booking.status)}
    remedy = "Of a group, let only those leave who are not there."
    return Reason("not-active", "Somebody is on the register with this booking already.", facts, (remedy,))


def _let_go(draft: Draft, before: Appointment, after: Appointment) -> None:
    """One person's line ends, and their diary counts one less."""
    draft.put(after)
    diary = draft.get(Diary, before.person)
    if diary is not None:
        draft.put(attrs.evolve(diary, active=diary.active + after.active - before.active))


def read_for(draft: Draft, booking: BookingRow) -> Place:
    """The place of a booking, with what ending or moving it reads, in one trip."""
    people = draft.scan(appointments_of(booking.id)).records
    read = sides(booking.session_id, booking.role, booking.person)
    draft.need(*read.keys, *read.ranges, ready_queue(booking.session_id, booking.role))
    place = place_for(draft, booking.session_id, booking.role)
    draft.need(*(row for each in people for row in rows_around(place, each.person, draft.now)))
    return place


def give_up(
    draft: Draft,
    place: Place,
    booking: BookingRow,
    people: Sequence[Appointment],
    kind: str,
    status: BookingStatus = BookingStatus.CANCELLED,
    *,
    refill: bool = True,
    **facts: str,
) -> tuple[Placed, Owed]:
    """End a booking: what depends on it ends too, its seats and its time go to whoever waits for them.

    Without `refill` its seats stay free: the session ends too. Returns how it stands, and the rosters that are
    still owed a look.
    """
    ended = moved(booking, status)
    placed = change(draft, place, booking, ended, people)
    draft.note(kind, booking.id, **facts_of(ended), was=str(booking.standing), **facts)
    owed = [*end_dependents(draft, booking, people), *reopen(draft, people)]
    if not refill:
        return placed, owed
    recall(draft, place)
    if settle(draft, place):
        owed.append((booking.session_id, booking.role))
    owed += look_at_dates(draft, place)
    return placed, owed


def _cannot_cancel(draft: Draft, place: Place, booking: BookingRow) -> list[Reason]:
    if booking.status not in LIVE:
        sentence = f"This booking is {booking.status}, so there is nothing to cancel."
        return [Reason("not-active", sentence, {"booking_id": booking.id, "status": str(booking.status)})]
    ended = over(place.session, place.type)
    if ended:
        return [ended]
    if booking.status in HOLDING and not place.whole:
        late = too_late(draft, place, booking)
        return [late] if late else []
    return []


def too_late(draft: Draft, place: Place, booking: BookingRow) -> Reason | None:
    """Why a place cannot be given up any more, if so."""
    hours = place.type.booking.cancel_hours
    until = place.session.starts.timestamp() - hours * 3600
    if draft.now.timestamp() < until:
        return None
    where = zone(draft.programme.hub.timezone)
    limit = f"{count(hours, 'hour')} before the start" if hours else "the start"
    sentence = f"A place can be given up until {limit}: {when(place.session.starts, where)}."
    facts: ReasonFacts = {"starts": place.session.starts, "cancel_hours": hours, "booking_id": booking.id}
    return Reason("too-late-to-cancel", sentence, facts, ("Tell the hub's team that you cannot come.",))
