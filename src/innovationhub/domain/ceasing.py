"""Calling off: one session, the rest of a series, a closed day; reinstating, and merging into another session.

The first commit sets it, and from then on every reader treats the session's bookings as cancelled. Bounded steps then
write the rows, with one entry each, from which everybody is told once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.asking import over
from innovationhub.domain.booking import LIVE, BookingRow, BookingStatus, moved
from innovationhub.domain.changes import CallOff, Close, End, Merge, Reinstate
from innovationhub.domain.closing import STEP, live_step
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Diary, near
from innovationhub.domain.freeing import end_dependents, reopen
from innovationhub.domain.making import Making, Party
from innovationhub.domain.moving import edit_series, future_rows, move_session
from innovationhub.domain.people import Note, texts_about
from innovationhub.domain.placing import (
    change,
    facts_of,
    locate,
    open_session,
    place_for,
)
from innovationhub.domain.programme import HUB, ClosedDay, HubRow, SeriesRow
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub.domain.resources import sessions_in
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import Closed, Opening, SessionRow, SessionStatus, occasion
from innovationhub.domain.time import Span, resolve, utc, zone
from innovationhub.domain.transferring import transfer
from innovationhub.domain.wording import count, when
from innovationhub.errors import Invalid, NotFound

__all__ = ["SettleCalledOff", "call_off", "close", "end", "merge", "reinstate"]


def call_off(making: Making, change: CallOff) -> Refusal | None:
    """One session will not be."""
    draft = making.draft
    row, type_ = locate(draft, change.session_id)
    reason = over(row, type_)
    if reason:
        return Refusal((reason,))
    if draft.now >= row.ends:
        return Refusal((Reason("started", f"{type_.title} has been.", {"session": row.id}),))
    off(making, row, making.gather([row])[row.id], change.reason)
    return None


def off(making: Making, row: SessionRow, parties: Sequence[Party], reason: str) -> None:
    """Set a session called off, and name everybody whose place ends."""
    draft = making.draft
    open_session(draft, row)
    draft.put(attrs.evolve(row, status=SessionStatus.CALLED_OFF, unsettled=True))
    draft.note("session.called-off", row.id, starts=row.starts.isoformat())
    if reason:
        draft.put(Note(row.id, "called-off", reason))
    starts = when(row.starts, zone(draft.programme.hub.timezone))
    making.add("called-off", row.id, f"{row.id} on {starts} will not be.")
    for party in parties:
        people = count(party.row.size, "person", "people")
        sentence = f"A booking of {people} ({party.row.status}) ends."
        making.add("cancelled", row.id, sentence, booking=party.row.id, person=party.row.person)
        making.tell(party, "called-off")
    making.tell_registered(row, "called-off")
    _give_back_time(making, row)
    making.unsettled = True


def _give_back_time(making: Making, row: SessionRow) -> None:
    """Who was checked in already stays so, and has the time of the session back."""
    draft = making.draft
    lines = [line for party in making.there.get(row.id, ()) for line in party.people if line.holds]
    draft.need(*(Key(Diary, (line.person,)) for line in lines))
    for line in lines:
        draft.put(attrs.evolve(line, holds=False))
        diary = draft.get(Diary, line.person)
        if diary is not None:
            draft.touch(diary)
    making.owed += reopen(draft, lines)


def reinstate(making: Making, change: Reinstate) -> Refusal | None:
    """A session that was called off will be after all, with nobody booked on it."""
    draft = making.draft
    row, type_ = locate(draft, change.session_id)
    if row.status is not SessionStatus.CALLED_OFF or row.unsettled or draft.now >= row.starts:
        why = (
            "is not called off"
            if row.status is not SessionStatus.CALLED_OFF
            else "is over, or not settled yet"
        )
        sentence = f"{type_.title} ({row.id}) {why}, so there is nothing to reinstate."
        return Refusal((Reason("not-active", sentence, {"session": row.id, "status": str(row.status)}),))
    draft.put(attrs.evolve(row, status=SessionStatus.SCHEDULED))
    draft.note("session.reinstated", row.id, starts=row.starts.isoformat())
    making.add("reinstated", row.id, f"{row.id} will be after all; who was booked books again.")
    making.tell_registered(row, "reinstated")
    return None


def end(making: Making, change: End) -> Refusal | None:
    """No more sessions of a series from a local time on; exactly the future ones are called off (D7)."""
    draft = making.draft
    series = draft.programme.series.get(change.series_id)
    if series is None:
        raise NotFound("series", change.series_id, "hub.series() lists them")
    wall = change.since.replace(tzinfo=None)
    since = utc(resolve(wall, zone(series.recurrence.zone)))
    if since < draft.now - timedelta(days=1):
        raise Invalid("since", "must not be in the past: what has been stays as it was", change.since)
    draft.need(Key(HubRow, (HUB,)), Key(SeriesRow, (series.key,)))
    rows = [row for row in future_rows(draft, series.key, since) if row.starts > draft.now]
    parties = making.gather(rows)
    for row in rows:
        off(making, row, parties[row.id], change.reason)
    making.add("changed", series.key, f"{series.key} has no sessions from {wall:%Y-%m-%d %H:%M} on.")
    making.tell_set(series.key, "changed")
    edit_series(draft, series, series.recurrence.ended(wall))
    return None


def close(making: Making, change: Close) -> Refusal | None:
    """The hub is closed on some days: sessions are left out, or go to the next day that will do, by their series."""
    draft = making.draft
    where = zone(draft.programme.hub.timezone)
    days = _days(change)
    draft.need(Key(HubRow, (HUB,)), *(Key(ClosedDay, (day,)) for day in days))
    hub = draft.get(HubRow, HUB)
    if hub is None:
        raise AssertionError("the hub's row is made when a hub is opened")
    first, last = (
        resolve(datetime.combine(day, datetime.min.time()), where) for day in (change.start, change.end)
    )
    rows = sessions_in(draft, Span(utc(first), utc(last)))
    rows = [row for row in rows if row.status is SessionStatus.SCHEDULED and row.starts > draft.now]
    parties = making.gather(rows)
    for day in days:
        draft.put(ClosedDay(day, hub.revision + 1, change.reason))
        draft.note("hub.closed", HUB, day=day.isoformat())
        making.add("closed", HUB, f"The hub is closed on {day:%a %-d %b %Y}: {change.reason}.")
    draft.put(attrs.evolve(hub, revision=hub.revision + 1))
    opening = _with_closed(draft, days, change.reason)
    for row in rows:
        _close_one(making, row, parties[row.id], opening, change.reason)
    return None


def _days(change: Close) -> list[date]:
    for field, day in (("start", change.start), ("end", change.end)):
        if isinstance(day, datetime) or not isinstance(day, date):
            raise Invalid(field, f"must be a date; got {day!r}", day)
    length = (change.end - change.start).days
    if not 1 <= length <= 366:
        raise Invalid("end", f"must be 1 to 366 days after the start; got {change.end}", change.end)
    return [change.start + timedelta(days=number) for number in range(length)]


def _with_closed(draft: Draft, days: Sequence[date], reason: str) -> Opening:
    closed, opening = set(days), draft.view.opening

    def why(day: date) -> str | None:
        return reason if day in closed else opening.closed(day)

    return Opening(why, opening.working)


def _close_one(
    making: Making, row: SessionRow, parties: Sequence[Party], opening: Opening, reason: str
) -> None:
    draft = making.draft
    series = draft.programme.series.get(row.series_id)
    nominal = datetime.fromisoformat(row.id.partition("@")[2])
    kept = draft.get(SessionRow, row.id) is not None
    booked = bool(parties) or bool(making.registered(row))
    target = None
    if series is not None and series.closed is Closed.SHIFT:
        minutes = draft.programme.types[row.type, row.revision].longest
        planned = occasion(series, minutes, nominal, opening)
        target = utc(planned.starts) if planned else None
    if not kept and not booked:
        said = "is left out" if target is None else "goes to another day"
        making.add("left-out" if target is None else "moved", row.id, f"{row.id} {said}; nobody is booked.")
    elif target is not None and target > draft.now:
        move_session(making, row, parties, target, row.venue)
    else:
        off(making, row, parties, reason)


def merge(making: Making, change: Merge) -> Refusal | None:
    """Everybody of one session goes to another, in order, as far as there is room; the first is called off."""
    draft = making.draft
    row, type_ = locate(draft, change.session_id)
    into, other = locate(draft, change.into)
    if row.id == into.id or type_.key != other.key:
        raise Invalid("into", "must be another session of the same type", change.into)
    reason = over(row, type_) or over(into, other)
    if reason:
        return Refusal((reason,))
    parties = making.gather([row])[row.id]
    if len(parties) > STEP:
        raise Invalid("session_id", f"has {len(parties)} bookings; a merge moves {STEP} at most", row.id)
    # what moving them reads, for all of them in one trip
    lines = [line for party in parties for line in party.people]
    draft.need(
        *(Key(Diary, (line.person,)) for line in lines),
        *(texts_about(party.row.id) for party in parties),
        *(
            near(line.person, each.id, span)
            for line in lines
            for each, span in ((row, line.span), (into, into.span))
        ),
    )
    left: list[Party] = []
    for party in sorted(
        parties, key=lambda each: (each.row.status != BookingStatus.CONFIRMED, each.row.sequence)
    ):
        trial = draft.trial()
        booking = party.row
        moves = booking.status in LIVE and booking.parent_id is None
        if moves and booking.status is not BookingStatus.REQUESTED:
            old, new = (place_for(trial, id, booking.role) for id in (row.id, into.id))
            new_id = f"{booking.id}-{into.id.partition('@')[2]}"
            if isinstance(transfer(trial, booking, old, new, new_id, refill=False), Accepted):
                before = len(draft.entries)
                done = transfer(draft, booking, old, new, new_id, refill=False)
                _name_what_ended(making, row.id, before)
                making.owed += done.unsettled if isinstance(done, Accepted) else ()
                sentence = f"A booking goes to {into.id}."
                making.add("transferred", row.id, sentence, booking=booking.id, person=booking.person)
                making.tell(party, "transferred")
                continue
        left.append(party)
    now = draft.get(SessionRow, row.id) or row
    # what depended on a place that went over has ended with it
    stay = [party for party in left if (draft.get(BookingRow, party.row.id) or party.row).status in LIVE]
    off(making, now, stay, change.reason)
    return None


def _name_what_ended(making: Making, session_id: str, since: int) -> None:
    """Name what ended with a place that it depended on, since so many entries."""
    for entry in making.draft.entries[since:]:
        if "depended" in entry.facts:
            person = str(entry.facts["person"])
            sentence = "What depended on a place that goes over ends."
            making.add("cancelled", session_id, sentence, booking=entry.subject, person=person)
            making.add("told", session_id, "cancelled", booking=entry.subject, person=person)


@attrs.frozen(kw_only=True)
class SettleCalledOff:
    """A step of what follows when a session is called off: a bounded number of its bookings are cancelled."""

    session_id: str
    actor: str = "system:hub"

    def needs(self) -> Read:
        """The session and all of its rosters."""
        rosters = Range(Roster, "key", (self.session_id,), limit=20)
        return Read((Key(SessionRow, (self.session_id,)),), (rosters,))

    def decide(self, view: View) -> Accepted | Refusal:
        """Cancel a step of bookings; nothing where none is left."""
        draft = Draft(view, self.actor)
        session, _ = locate(draft, self.session_id)
        if session.status is not SessionStatus.CALLED_OFF or not session.unsettled:
            return draft.accept(Done(session.id))
        step = live_step(draft, session)
        for row in step.rows:
            ended = moved(row, BookingStatus.CANCELLED)
            change(draft, place_for(draft, session.id, row.role), row, ended, step.lines[row.id])
            draft.note("booking.cancelled", row.id, **facts_of(ended), was=row.standing, because="called-off")
        owed = [owe for row in step.rows for owe in end_dependents(draft, row, step.lines[row.id])]
        owed += reopen(draft, step.everybody)
        now = draft.get(SessionRow, session.id) or session
        draft.put(attrs.evolve(now, unsettled=step.more))
        return draft.accept(Done(session.id, step.more), owed)
