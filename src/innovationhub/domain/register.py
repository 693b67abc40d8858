"""The door: who came, who waits there, who has gone again, how many came without a name."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from innovationhub.domain.alternatives import alternatives
from innovationhub.domain.asking import (
    allowed,
    around,
    clash_reason,
    in_the_way,
    is_here,
    needed_place,
    over,
    room_in_diary,
)
from innovationhub.domain.booking import (
    APOLOGISED,
    EXCEPTED,
    HERE,
    HOLDING,
    LEFT,
    OF_SET,
    BookingRow,
    BookingStatus,
    Placed,
    moved,
)
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.freeing import reopen
from innovationhub.domain.joining import enrol
from innovationhub.domain.lending import date_id, dated, on_date
from innovationhub.domain.people import Person, PersonRow
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    begun,
    change,
    facts_of,
    fresh,
    is_whole,
    latest,
    place_for,
    sides,
)
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.slots import expert_of, free_slot, slot_span
from innovationhub.domain.time import zone
from innovationhub.domain.waitlist import ready_queue, settle
from innovationhub.domain.wording import all_taken, count, when

__all__ = ["CheckIn", "CheckOut"]


@attrs.frozen(kw_only=True)
class CheckIn:
    """Put somebody on the register: one who booked, or one who just came and for whom there is room.

    Until booking closes those who wait go before those who walk in; from then on it is first come, first served. Where
    one just drops in and it is full by then, they wait at the door. `newcomer` is somebody whom the hub may not know
    yet; `person` is then the key they would get.
    """

    session_id: str
    person: str
    booking_id: str
    actor: str
    role: str | None = None
    newcomer: Person | None = None
    likely: str = "attendee"

    def needs(self) -> Read:
        """The session, its roster and the person's diary."""
        read = sides(self.session_id, self.role or self.likely, self.person)
        return read if self.newcomer is None else read + Read((Key(PersonRow, (self.newcomer.id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Mark as attended, or say why not. Who is on the register already is answered as they stand."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        person = self.person
        if self.newcomer is not None:
            # the door adds whom the hub does not know; what it knows of somebody is not changed there
            known = draft.get(PersonRow, self.newcomer.id)
            person = known.key if known else enrol(draft, self.newcomer, self.person)
        near_by = around(draft, place, person)
        room_in_diary(person, near_by)
        here = [each for each in near_by if is_here(place, each)]
        before: BookingRow | None = None
        if here:
            id = here[0].booking_id
            on = date_id(id, place.session.id)
            # of one who is registered for the series, what they are on this date is a booking of its own
            of_set = [Key(BookingRow, (on,)), Key(Appointment, (on, person))] if place.registered else []
            draft.need(Key(BookingRow, (id,)), appointments_of(id), *of_set)
            before = draft.get(BookingRow, id)
        if before is not None and (
            is_whole(before.session_id) or (before.parent_id and not place.role.requires)
        ):
            return self._of_set(draft, place, person, before, near_by)
        if before and here[0].status is BookingStatus.ATTENDED:
            return draft.accept(_placed(draft, before))
        reasons, waits = _cannot_enter(draft, place, person, before, near_by)
        if reasons:
            return Refusal(tuple(reasons), alternatives(draft, place, person, reasons))
        if waits:
            return self._wait(draft, place, person, before)
        if before is None:
            return self._walk_in(draft, place, person, near_by)
        return self._booked(draft, place, person, before)

    def _walk_in(
        self, draft: Draft, place: Place, person: str, near_by: Sequence[Appointment]
    ) -> Accepted | Refusal:
        needed = needed_place(place, near_by)
        parent = needed.booking_id if isinstance(needed, Appointment) else None
        slot = free_slot(draft, place, near_by, None, parent=parent or "")
        if isinstance(slot, Reason):
            return Refusal((slot,))
        booking = fresh(
            draft,
            place,
            self.booking_id,
            person,
            BookingStatus.ATTENDED,
            parent=parent,
            slot=slot,
            expert="" if slot is None else expert_of(draft, place, slot),
        )
        span = None if slot is None else slot_span(place.session, place.role, slot)
        placed = change(draft, place, None, booking, [begun(booking, place)], span=span)
        draft.note("booking.attended", booking.id, **facts_of(booking), walk_in=True)
        return draft.accept(placed)

    def _booked(self, draft: Draft, place: Place, person: str, before: BookingRow) -> Accepted | Refusal:
        """One who booked came; of a group, that one of them."""
        people = draft.scan(appointments_of(before.id)).records
        came = [each for each in people if each.status is BookingStatus.ATTENDED or each.person == person]
        whole = len(came) == before.size
        if before.status is BookingStatus.OFFERED and not whole:
            # one of a party is there, so the party has taken what it was offered
            taken = moved(before, BookingStatus.CONFIRMED)
            change(draft, place, before, taken, people)
            people = [draft.get(Appointment, before.id, each.person) or each for each in people]
            before = taken
        roster = latest(draft, place)
        lines = [each for each in people if each.person == person]
        if whole:
            after = moved(before, BookingStatus.ATTENDED)
            change(draft, place, before, after, lines)
        else:
            after = before
            if (
                before.status is not BookingStatus.CONFIRMED
            ):  # offered, or at the door: the seats are theirs now
                after = moved(before, BookingStatus.CONFIRMED)
                change(draft, place, before, after, people)
            now = draft.scan(appointments_of(before.id)).records
            _arrived(draft, next(each for each in now if each.person == person))
        draft.put(attrs.evolve(latest(draft, place), came=roster.came + 1))
        facts = {**facts_of(after), "standing": after.standing}
        draft.note("booking.attended", before.id, **facts, member=person, walk_in=False)
        stood = draft.scan(appointments_of(before.id)).records
        return draft.accept(Placed(after, tuple((each.person, each.status) for each in stood)))

    def _wait(self, draft: Draft, place: Place, person: str, before: BookingRow | None) -> Accepted | Refusal:
        """Everything is taken: they wait at the door."""
        if before is not None and before.standing == HERE:
            return draft.accept(_placed(draft, before))
        if before is None:
            booking = fresh(draft, place, self.booking_id, person, BookingStatus.WAITLISTED)
            booking = attrs.evolve(booking, standing=HERE)
            people: Sequence[Appointment] = [begun(booking, place)]
        else:
            booking = attrs.evolve(before, standing=HERE, passed="")
            people = draft.scan(appointments_of(before.id)).records
        placed = change(draft, place, before, booking, people)
        draft.note("booking.waitlisted", booking.id, **facts_of(booking))
        return draft.accept(placed)

    def _of_set(
        self, draft: Draft, place: Place, person: str, before: BookingRow, near_by: Sequence[Appointment]
    ) -> Accepted | Refusal:
        """One who is registered for the series came on this date."""
        registration = before
        if not is_whole(before.session_id):
            found = draft.get(BookingRow, before.parent_id or "")
            registration = found or before
        on = dated(draft, place, registration)
        ended = over(place.session, place.type)
        if on and on.status is BookingStatus.ATTENDED:
            return draft.accept(Placed(on, ((person, on.status),)))
        away = on is not None and on.standing in {APOLOGISED, EXCEPTED}
        full = away and not place.roster.has_room(1, place.registered, door=True)
        if ended or draft.now < place.opens or full:
            reason = ended or _early_or_full(draft, place, full=full)
            return Refusal((reason,))
        clashing = in_the_way(draft, place, near_by, but=registration.id) if on else []
        if clashing:  # they gave this date up, and have another place at that time since
            return Refusal((clash_reason(draft, place, clashing[0]),))
        came = on_date(draft, place, registration, OF_SET)
        draft.note("booking.attended", came.id, **facts_of(came), registration=registration.id)
        return draft.accept(Placed(came, ((person, came.status),)))


def _arrived(draft: Draft, line: Appointment) -> None:
    """One of a group is there; the booking waits for the others."""
    draft.put(attrs.evolve(line, status=BookingStatus.ATTENDED))
    diary = draft.get(Diary, line.person)
    if diary is not None:
        draft.put(diary)


def _placed(draft: Draft, booking: BookingRow) -> Placed:
    people = draft.scan(appointments_of(booking.id)).records
    return Placed(booking, tuple((each.person, each.status) for each in people))


def _early_or_full(draft: Draft, place: Place, *, full: bool) -> Reason:
    if full:
        facts: ReasonFacts = {"session": place.session.id, "held": place.roster.held}
        return Reason("full", "The seat for this date has gone to somebody else.", facts)
    opens = when(place.opens, zone(draft.programme.hub.timezone))
    sentence = f"The register of {place.type.title} opens with its booking, on {opens}."
    return Reason("not-open", sentence, {"opens": place.opens, "session": place.session.id})


def _cannot_enter(
    draft: Draft, place: Place, person: str, before: BookingRow | None, near_by: Sequence[Appointment]
) -> tuple[list[Reason], bool]:
    """Why somebody cannot come in; and whether instead they may wait at the door."""
    ended = over(place.session, place.type)
    if ended:
        return [ended], False
    reasons: list[Reason] = []
    if draft.now < place.opens:
        reasons.append(_early_or_full(draft, place, full=False))
    if before and before.status in HOLDING:
        return reasons, False
    if place.type.access is Access.REQUEST and before is None:
        sentence = f"{place.type.title} is for the team that asked for it."
        reasons.append(Reason("not-eligible", sentence, {"session": place.session.id}))
    if before and before.status is BookingStatus.REQUESTED:
        sentence = "This booking waits for approval."
        reasons.append(Reason("not-eligible", sentence, {"booking_id": before.id}, ("Approve it first.",)))
    needed = needed_place(place, near_by)
    if isinstance(needed, Reason):
        reasons.append(needed)
    reasons += allowed(draft, place, person, before.id if before else "")
    roster = place.roster
    first_come = draft.now >= place.closes
    mine = before is not None and before.standing == HERE
    size = before.size if before else 1
    free = roster.has_room(size, place.registered, door=True) and (not roster.here or mine or not first_come)
    full = not free or not (first_come or roster.is_open(size, place.registered))
    others = in_the_way(draft, place, near_by, but=before.id if before else "")
    reasons += [clash_reason(draft, place, held) for held in others if place.role.requires is None]
    if full and first_come and place.type.access is Access.DROP_IN:
        return reasons, True
    if full:
        reasons.insert(0, _full(place))
    return reasons, False


def _full(place: Place) -> Reason:
    roster = place.roster
    waiting = f", and {count(roster.waiting, 'person is', 'people are')} waiting" if roster.waiting else ""
    full = f"{all_taken(roster.capacity or 0)}{waiting}."
    if roster.capacity is not None and roster.held < roster.capacity:
        kept = count(roster.capacity - roster.held, "place is", "places are")
        full = f"{kept} kept until booking closes for those who wait or just come{waiting}."
    counts = {"capacity": roster.capacity, "held": roster.held, "waiting": roster.waiting}
    remedy = "From the moment booking closes, free places go to whoever is there."
    return Reason("full", full, counts, (remedy, "Choose another date."))


@attrs.frozen(kw_only=True)
class CheckOut:
    """Somebody who was there has gone: the seat is free, and the next who waits at the door is called."""

    session_id: str
    person: str
    actor: str
    role: str | None = None
    likely: str = "attendee"

    def needs(self) -> Read:
        """The session, its roster and the person's diary."""
        return sides(self.session_id, self.role or self.likely, self.person)

    def decide(self, view: View) -> Accepted | Refusal:
        """Free the seat, or say that they are not there."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        here = [each for each in around(draft, place, self.person) if is_here(place, each)]
        booking = draft.get(BookingRow, here[0].booking_id) if here else None
        ended = over(place.session, place.type)
        if ended:
            return Refusal((ended,))
        if booking is None or booking.standing != BookingStatus.ATTENDED:
            sentence = "This person is not on the register as being there."
            facts: ReasonFacts = {"session": place.session.id, "person": self.person}
            return Refusal((Reason("not-active", sentence, facts, ("Check them in first.",)),))
        draft.need(ready_queue(place.session.id, place.role.key), appointments_of(booking.id))
        people = draft.scan(appointments_of(booking.id)).records
        gone = attrs.evolve(booking, standing=LEFT)
        placed = change(draft, place, booking, gone, people)
        for each in draft.scan(appointments_of(booking.id)).records:  # their time is their own again
            draft.put(attrs.evolve(each, holds=False))
        draft.note("booking.attended", booking.id, **facts_of(gone))
        owed = reopen(draft, people)
        if settle(draft, place):
            owed.append((place.session.id, place.role.key))
        return draft.accept(placed, owed)
