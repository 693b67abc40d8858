"""The register of a session: who came, and who was not there."""

from __future__ import annotations

import attrs

from innovationhub.domain.alternatives import alternatives
from innovationhub.domain.answers import Done
from innovationhub.domain.booking import HOLDING, PARKED, BookingRow, BookingStatus, Placed, moved
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary, clashes, near
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    around,
    begun,
    booking_window,
    change,
    clash_reason,
    facts_of,
    fresh,
    is_here,
    locate,
    open_session,
    over,
    place_for,
    room_in_diary,
    sides,
)
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.time import zone
from innovationhub.domain.waitlist import reopen
from innovationhub.domain.wording import count, when

__all__ = ["STEP", "CheckIn", "CloseRegister"]

STEP = 100
"""Bookings settled in one commit when a register is closed; the rest follows in further commits."""


@attrs.frozen(kw_only=True)
class CheckIn:
    """Put somebody on the register: one who booked, or one who just came and for whom there is room.

    Until booking closes those who wait go before those who walk in; from then on it is first come, first served.
    """

    session_id: str
    person: str
    booking_id: str
    actor: str
    role: str | None = None
    likely: str = "attendee"

    def needs(self) -> Read:
        """The session, its roster and the person's diary."""
        return sides(self.session_id, self.role or self.likely, self.person)

    def decide(self, view: View) -> Accepted | Refusal:
        """Mark as attended, or say why not. Who is on the register already is answered as they stand."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        near_by = around(draft, self.person, place.session.id, place.session.span)
        room_in_diary(self.person, near_by)
        here = [each for each in near_by if is_here(place, each)]
        before = draft.get(BookingRow, here[0].booking_id) if here else None
        if before and before.status is BookingStatus.ATTENDED:
            return draft.accept(_placed(draft, before))
        reasons = _cannot_enter(draft, place, before, near_by)
        if reasons:
            return Refusal(tuple(reasons), alternatives(draft, place, self.person, reasons))
        if before is None:
            booking = fresh(draft, place, self.booking_id, self.person, BookingStatus.ATTENDED)
            people = [begun(booking, place)]
        else:
            booking = moved(before, BookingStatus.ATTENDED)
            people = draft.scan(appointments_of(before.id)).records
        placed = change(draft, place, before, booking, people)
        draft.note("booking.attended", booking.id, **facts_of(booking), walk_in=before is None)
        return draft.accept(placed)


def _placed(draft: Draft, booking: BookingRow) -> Placed:
    people = draft.scan(appointments_of(booking.id)).records
    return Placed(booking, tuple((each.person, each.status) for each in people))


def _cannot_enter(
    draft: Draft, place: Place, before: BookingRow | None, near_by: list[Appointment]
) -> list[Reason]:
    session, type_ = place.session, place.type
    ended = over(session, type_)
    if ended:
        return [ended]
    reasons: list[Reason] = []
    where = zone(draft.programme.hub.timezone)
    opens, closes = booking_window(session, type_, draft.programme.hub.timezone)
    facts: ReasonFacts = {"opens": opens, "closes": closes, "starts": session.starts, "session": session.id}
    if draft.now < opens:
        sentence = f"The register of {type_.title} opens with its booking, on {when(opens, where)}."
        reasons.append(Reason("not-open", sentence, facts))
    if before and before.status in HOLDING:
        return reasons
    roster = place.roster
    first_come = draft.now >= closes
    if not roster.has_room() or not (first_come or roster.open):
        waiting = (
            f", and {count(roster.waiting, 'person is', 'people are')} waiting" if roster.waiting else ""
        )
        full = f"All {count(roster.capacity or 0, 'place')} are taken{waiting}."
        counts = {"capacity": roster.capacity, "held": roster.held, "waiting": roster.waiting}
        remedy = "From the moment booking closes, free places go to whoever is there."
        reasons.append(Reason("full", full, counts, (remedy, "Choose another date.")))
    if not type_.booking.overlaps:
        others = clashes(near_by, session.span, but=before.id if before else "")
        reasons += [clash_reason(draft, place, held) for held in others]
    return reasons


@attrs.frozen(kw_only=True)
class CloseRegister:
    """Close a session's register: who had a place and did not come was absent, who still waits has lapsed.

    The first commit closes it; the bookings follow, a bounded number in each commit, until nothing is left to settle.
    """

    session_id: str
    actor: str

    def needs(self) -> Read:
        """The session and all of its rosters."""
        rosters = Range(Roster, "key", (self.session_id,), limit=20)
        return Read((Key(SessionRow, (self.session_id,)),), (rosters,))

    def decide(self, view: View) -> Accepted | Refusal:
        """Close it, or go on settling it; refused before the start."""
        draft = Draft(view, self.actor)
        session, type_ = locate(draft, self.session_id)
        if session.status is SessionStatus.CALLED_OFF:
            reason = over(session, type_)
            return Refusal((reason,) if reason else ())
        if session.status is SessionStatus.CLOSED and not session.unsettled:
            return draft.accept(Done(session.id))
        if session.status is SessionStatus.SCHEDULED and draft.now < session.starts:
            starts = when(session.starts, zone(draft.programme.hub.timezone))
            sentence = f"The register of {type_.title} can be closed once it has started, on {starts}."
            facts: ReasonFacts = {"starts": session.starts, "session": session.id}
            return Refusal((Reason("not-open", sentence, facts, ("Close it after the session.",)),))
        more, owed = self._settle_some(draft, session)
        if session.status is not SessionStatus.CLOSED:
            open_session(draft, session)
            draft.note("session.closed", session.id)
        draft.put(attrs.evolve(session, status=SessionStatus.CLOSED, unsettled=more))
        return draft.accept(Done(session.id, more), owed)

    def _settle_some(self, draft: Draft, session: SessionRow) -> tuple[bool, list[tuple[str, str]]]:
        """Settle a step of bookings: whether there are more, and the rosters where freed time makes a look due."""
        rosters = draft.scan(Range(Roster, "key", (self.session_id,), limit=20)).records
        standings = (*(str(status) for status in sorted(HOLDING)), str(BookingStatus.WAITLISTED), PARKED)
        queues = [
            Range(BookingRow, "by_roster", (session.id, roster.role, standing), limit=STEP)
            for roster in rosters
            for standing in standings
        ]
        # the rosters were read as a range; they guard these queues, so they are relied on by key
        draft.need(*(Key(Roster, (session.id, roster.role)) for roster in rosters), *queues)
        found = [draft.scan(queue) for queue in queues]
        left = [row for each in found for row in each.records]
        step = left[:STEP]
        for_each = (
            each
            for row in step
            for each in (
                appointments_of(row.id),
                Key(Diary, (row.person,)),
                near(row.person, session.id, session.span),
            )
        )
        draft.need(*for_each)
        freed: list[Appointment] = []
        for row in step:
            status = BookingStatus.ABSENT if row.status in HOLDING else BookingStatus.LAPSED
            place = place_for(draft, session.id, row.role)
            people = draft.scan(appointments_of(row.id)).records
            change(draft, place, row, moved(row, status), people)
            draft.note(f"booking.{status}", row.id, **facts_of(row))
            freed += people
        # who did not come has their time back, and with it what they were passed over for at that time
        owed = reopen(draft, freed)
        return len(left) > STEP or any(each.cut for each in found), owed
