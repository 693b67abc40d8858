"""Give up a place: all of a booking or one of a party, and who has the seat and the time next."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from innovationhub.domain.asking import (
    over,
    rows_around,
)
from innovationhub.domain.booking import HERE, HOLDING, LIVE, PARKED, BookingRow, BookingStatus, Placed, moved
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary, stands
from innovationhub.domain.freeing import Owed, end_dependents, look_at_dates, reopen
from innovationhub.domain.mirrors import FOLLOWED
from innovationhub.domain.people import Note
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    change,
    facts_of,
    latest,
    place_for,
    sides,
)
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.reserving import found_booking, newest
from innovationhub.domain.time import zone
from innovationhub.domain.waitlist import ready_queue, recall, settle
from innovationhub.domain.wording import count, when
from innovationhub.errors import NotFound

__all__ = ["Cancel", "give_up", "leave_party", "read_for", "too_late", "was_there"]


@attrs.frozen(kw_only=True)
class Cancel:
    """Give up a place, or leave the queue; a seat that comes free goes to whoever is next, in the same commit.

    With `person` (an opaque key) only that one of a group leaves. `actor` None means the person whose place it is.
    `late` does it after the cut-off too, as long as the session has not begun: erasing somebody does not wait.
    `always` does it whenever: it has happened in the LMS, and is only followed.
    """

    booking_id: str
    person: str | None = None
    actor: str | None = None
    reason: str = ""
    late: bool = False
    always: bool = False

    def needs(self) -> Read:
        """The booking and its people; the rest follows from it."""
        return Read((Key(BookingRow, (self.booking_id,)),), (appointments_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Cancel and promote, or say why not."""
        booking = found_booking(view, self.booking_id)
        return self.within(Draft(view, self.actor or self.person or booking.person), booking)

    def within(self, draft: Draft, booking: BookingRow) -> Accepted | Refusal:
        """The decision, as part of a larger one."""
        place = read_for(draft, booking)
        reasons = _cannot_cancel(draft, place, booking)
        if self.always or (self.late and draft.now < place.session.starts):
            reasons = [each for each in reasons if each.code != "too-late-to-cancel"]
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
            placed, owed = give_up(draft, place, booking, people, "booking.cancelled", followed=self.always)
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
        gone = leaving[0]
        after = leave_party(draft, place, booking, people, gone)
        owed = [*end_dependents(draft, booking, leaving), *reopen(draft, leaving)]
        recall(draft, place)
        if settle(draft, place):
            owed.append((booking.session_id, booking.role))
        shown = tuple(
            (each.person, BookingStatus.CANCELLED if each is gone else each.status) for each in people
        )
        return draft.accept(newest(draft, Placed(after, shown)), owed)


def leave_party(
    draft: Draft, place: Place, booking: BookingRow, people: Sequence[Appointment], gone: Appointment
) -> BookingRow:
    """Take one out of a party; the next who stays leads it if need be. Seat and time are not given on yet."""
    staying = [each for each in people if each.active and each is not gone]
    leader = min(staying, key=lambda each: each.place).person
    leads = booking.person if booking.person != gone.person else leader
    after = attrs.evolve(booking, size=booking.size - 1, person=leads)
    if booking.status is BookingStatus.WAITLISTED and booking.standing not in {PARKED, HERE}:
        # fewer than before may fit now: they are looked at afresh
        after = attrs.evolve(after, standing=str(BookingStatus.WAITLISTED), passed="")
    came = latest(draft, place).came
    if all(each.status is BookingStatus.ATTENDED for each in staying):
        # nobody is left to wait for
        after = attrs.evolve(moved(booking, BookingStatus.ATTENDED), size=after.size, person=leads)
    change(draft, place, booking, after, ())
    draft.put(attrs.evolve(latest(draft, place), came=came))
    _let_go(draft, gone, stands(gone, BookingStatus.CANCELLED, overlaps=place.type.booking.overlaps))
    facts = {**facts_of(after), "standing": after.standing}
    draft.note("booking.cancelled", booking.id, **facts, member=gone.person)
    return after


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
    followed: bool = False,
    **facts: str,
) -> tuple[Placed, Owed]:
    """End a booking: what depends on it ends too, its seats and its time go to whoever waits for them.

    Without `refill` its seats stay free: the session ends too. `followed`: it was done in the LMS. Returns how it
    stands, and the rosters that are still owed a look.
    """
    ended = moved(booking, status)
    placed = change(draft, place, booking, ended, people)
    told = {FOLLOWED: True} if followed else {}
    draft.note(kind, booking.id, **facts_of(ended), was=str(booking.standing), **facts, **told)
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
