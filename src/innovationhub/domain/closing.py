"""After a session: its register is closed, and its headcount taken."""

from __future__ import annotations

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.asking import over
from innovationhub.domain.booking import (
    HERE,
    MISSED,
    OF_SET_ABSENT,
    PARKED,
    SHORT,
    WITHDRAWN,
    BookingRow,
    BookingStatus,
    moved,
)
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary, near, stands
from innovationhub.domain.freeing import Owed, reopen
from innovationhub.domain.lending import date_id, on_date
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    change,
    facts_of,
    latest,
    locate,
    open_session,
    place_for,
)
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.time import zone
from innovationhub.domain.waitlist import queue_of
from innovationhub.domain.wording import when

__all__ = ["STEP", "CloseRegister", "Headcount", "Step", "live_queues", "live_step"]

STEP = 100
"""Bookings settled in one commit when a register is closed; the rest follows in further commits."""

MOST_REGISTERED = 5000
"""Registrations for one series in one role that are gone through when a date's register is closed."""

_LIVE = ("confirmed", "offered", "requested", "waitlisted", PARKED, MISSED, HERE)


def live_queues(roster: Roster, limit: int) -> list[Range[BookingRow]]:
    """The bookings of a roster of which something may still come, by standing."""
    standings = (*_LIVE, *sorted(SHORT if roster.short else ()))
    # a request has no sequence yet
    return [
        queue_of(roster.session_id, roster.role, standing, limit=limit, after=-1) for standing in standings
    ]


@attrs.frozen
class Step:
    """Some of a session's bookings of which something may still come, with everybody's lines; `more` are left."""

    rows: list[BookingRow]
    lines: dict[str, list[Appointment]]
    more: bool

    @property
    def everybody(self) -> list[Appointment]:
        """The lines of all of them."""
        return [line for row in self.rows for line in self.lines[row.id]]


def live_step(draft: Draft, session: SessionRow) -> Step:
    """The next so many live bookings of a session, read with all that ending them takes."""
    rosters = draft.scan(Range(Roster, "key", (session.id,), limit=20)).records
    queues = [queue for roster in rosters for queue in live_queues(roster, STEP)]
    # the rosters were read as a range; they guard these queues, so they are relied on by key
    draft.need(*(Key(Roster, (session.id, roster.role)) for roster in rosters), *queues)
    found = [draft.scan(queue) for queue in queues]
    left = [row for each in found for row in each.records]
    rows = left[:STEP]
    draft.need(*(appointments_of(row.id) for row in rows))
    lines = {row.id: draft.scan(appointments_of(row.id)).records for row in rows}
    step = Step(rows, lines, len(left) > STEP or any(each.cut for each in found))
    draft.need(
        *(
            each
            for line in step.everybody
            for each in (Key(Diary, (line.person,)), near(line.person, session.id, line.span))
        )
    )
    return step


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
        if type_.access is Access.REGISTER and not more:
            more = _settle_registered(draft, session)
        if session.status is not SessionStatus.CLOSED:
            open_session(draft, session)
            draft.note("session.closed", session.id)
        now = draft.get(SessionRow, session.id) or session
        draft.put(attrs.evolve(now, status=SessionStatus.CLOSED, unsettled=more))
        return draft.accept(Done(session.id, more), owed)

    def _settle_some(self, draft: Draft, session: SessionRow) -> tuple[bool, Owed]:
        """Settle a step of bookings: whether there are more, and the rosters where freed time makes a look due."""
        step = live_step(draft, session)
        for row in step.rows:
            _settle_one(draft, place_for(draft, session.id, row.role), row, step.lines[row.id])
        # who did not come has their time back, and with it what they were passed over for at that time
        freed = [each for each in step.everybody if each.status is not BookingStatus.ATTENDED]
        return step.more, reopen(draft, freed)


def _settle_one(draft: Draft, place: Place, row: BookingRow, people: list[Appointment]) -> None:
    came = [each for each in people if each.status is BookingStatus.ATTENDED]
    if came and row.status is BookingStatus.CONFIRMED:
        _settle_group(draft, place, row, people, came)
        return
    absent = row.status is BookingStatus.CONFIRMED
    status = BookingStatus.ABSENT if absent else BookingStatus.LAPSED
    ended = moved(row, status)
    change(draft, place, row, ended, people)
    draft.note(f"booking.{status}", row.id, **facts_of(ended))


def _settle_group(
    draft: Draft, place: Place, row: BookingRow, people: list[Appointment], came: list[Appointment]
) -> None:
    """Of a group some came: the booking was attended by these, and the others were absent."""
    roster = latest(draft, place)
    first = min(came, key=lambda each: each.place).person
    leader = row.person if any(each.person == row.person for each in came) else first
    ended = attrs.evolve(moved(row, BookingStatus.ATTENDED), size=len(came), person=leader)
    change(draft, place, row, ended, ())
    draft.put(attrs.evolve(latest(draft, place), came=roster.came))
    for each in people:
        if each.active and each not in came:
            draft.put(stands(each, BookingStatus.ABSENT, overlaps=place.type.booking.overlaps))
            diary = draft.get(Diary, each.person)
            if diary is not None:
                draft.put(attrs.evolve(diary, active=diary.active - 1))
    absent = " ".join(each.person for each in people if each.active and each not in came)
    draft.note("booking.attended", row.id, **facts_of(ended), absent=absent)


def _settle_registered(draft: Draft, session: SessionRow) -> bool:
    """Those registered for the series who were not there, a step of them: True when there are more."""
    _, type_ = locate(draft, session.id)
    left = STEP
    for role in type_.first_roles:
        queue = queue_of(session.series_id, role.key, "confirmed", limit=MOST_REGISTERED)
        draft.need(queue, Key(Roster, (session.series_id, role.key)), Key(Roster, (session.id, role.key)))
        rows = [row for row in draft.scan(queue).records if row.created_at <= session.starts]
        dates = {row.id: Key(BookingRow, (date_id(row.id, session.id),)) for row in rows}
        draft.need(*dates.values())
        kept = {row.id: draft.get(BookingRow, *dates[row.id].values) for row in rows}
        absent = [row for row in rows if (on := kept[row.id]) is None or on.standing == WITHDRAWN]
        step = absent[:left]
        draft.need(
            *(
                key
                for row in step
                for key in (
                    Key(Appointment, (date_id(row.id, session.id), row.person)),
                    Key(Diary, (row.person,)),
                )
            )
        )
        place = place_for(draft, session.id, role.key)
        for row in step:
            away = on_date(draft, place, row, OF_SET_ABSENT)
            draft.note("booking.absent", away.id, **facts_of(away), registration=row.id)
        if len(absent) > left:
            return True
        left -= len(absent)
    return False


@attrs.frozen(kw_only=True)
class Headcount:
    """How many came to a session without giving a name: it replaces what was counted before."""

    session_id: str
    number: int
    actor: str

    def needs(self) -> Read:
        """The session."""
        return Read((Key(SessionRow, (self.session_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Note it; refused before the register opens, and for a session that was called off."""
        draft = Draft(view, self.actor)
        session, type_ = locate(draft, self.session_id)
        if session.status is SessionStatus.CALLED_OFF:
            reason = over(session, type_)
            return Refusal((reason,) if reason else ())
        if session.headcount == self.number:
            return draft.accept(Done(session.id))
        open_session(draft, session)
        draft.put(attrs.evolve(session, headcount=self.number))
        draft.note("session.counted", session.id, headcount=self.number)
        return draft.accept(Done(session.id))
