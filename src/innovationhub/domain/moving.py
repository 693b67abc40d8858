"""Moving sessions: one to another time or room, or all of a series from a date on.

A session keeps its id wherever it goes. Who is booked on it goes with it, and is told. Somebody who holds another place
at the new time keeps both: the moved one no longer claims their time, and the plan names them, so that they are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.asking import around, in_the_way, over, rows_around
from innovationhub.domain.booking import (
    HOLDING,
    OF_SET,
    PARKED,
    BookingRow,
    BookingStatus,
)
from innovationhub.domain.changes import Move, Reschedule
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.freeing import reopen
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.lending import date_id
from innovationhub.domain.making import Making, Party, promote, settled_later
from innovationhub.domain.placing import Place, facts_of, latest, locate, open_session, place_for
from innovationhub.domain.policies import Access
from innovationhub.domain.programme import HUB, HubRow, SeriesRow
from innovationhub.domain.records import Key, Range
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub.domain.resources import guard, resource_clashes
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import Series, SessionRow, SessionStatus, occasions, series_to_text
from innovationhub.domain.time import Span, instant, local, resolve, utc, zone
from innovationhub.domain.timers import OFFER, Timer
from innovationhub.domain.wording import count, when
from innovationhub.errors import Invalid, NotFound

__all__ = ["edit_series", "future_rows", "move", "move_session", "reschedule"]

HORIZON = timedelta(days=5 * 365)

FURTHEST_APOLOGY = 400
"""Days ahead for which somebody may well apologise by now."""

MOST_BOOKABLE = 1000
"""Dates of one series that can be booked by now."""


def move(making: Making, change: Move) -> Refusal | None:
    """One session to another time, or another room."""
    draft = making.draft
    row, type_ = locate(draft, change.session_id)
    reason = over(row, type_)
    if reason:
        return Refusal((reason,))
    if draft.now >= row.starts:
        starts = when(row.starts, zone(draft.programme.hub.timezone))
        return Refusal((Reason("started", f"{type_.title} started on {starts}.", {"session": row.id}),))
    to = row.starts if change.starts is None else utc(instant("starts", change.starts))
    if to <= draft.now:
        raise Invalid("starts", f"must be in the future; got {to.isoformat()}", to)
    venue = row.venue if change.venue is None else change.venue
    if (to, venue) == (row.starts, row.venue):
        return None
    parties = making.gather([row])[row.id]
    moved = move_session(making, row, parties, to, venue)
    making.effects += resource_clashes(draft, [moved])
    return None


def move_session(
    making: Making, row: SessionRow, parties: Sequence[Party], to: datetime, venue: str
) -> SessionRow:
    """Move one session and everybody's line with it; the parties' people must have been gathered."""
    draft, by = making.draft, to - row.starts
    where = zone(draft.programme.hub.timezone)
    open_session(draft, row)
    moved = attrs.evolve(row, starts=to, ends=row.ends + by, venue=venue)
    draft.put(moved)
    guard(draft, moved)
    draft.note(
        "session.moved",
        row.id,
        starts=moved.starts.isoformat(),
        ends=moved.ends.isoformat(),
        venue=venue,
        was=row.starts.isoformat(),
        was_venue=row.venue,
    )
    said = f"{row.id} goes from {when(row.starts, where)} to {when(to, where)}"
    if not by:
        said = f"{row.id} goes from {row.venue or 'no venue'} to {venue or 'no venue'}"
    making.add("moved", row.id, f"{said}.")
    places = _places(draft, moved, parties)
    if by:
        _move_apologies(making, moved)
        everybody = [*parties, *making.there.get(row.id, ())]
        _read_people(draft, places, everybody)
        for party in everybody:
            _move_party(making, places[party.row.role], party, by)
    for party in parties:
        making.tell(party, "moved")
    making.tell_registered(row, "moved")
    if by:
        _name_registered(making, moved)
        gone = [line for party in parties for line in party.people if party.row.status in HOLDING]
        settled_later(making, reopen(draft, gone))
        for place in places.values():
            promote(making, place)
    return moved


def _name_registered(making: Making, moved: SessionRow) -> None:
    """Name those registered for the series who would hold another place at the new time of a date."""
    draft, registrations = making.draft, making.registered(moved)
    if not registrations:
        return
    draft.need(*(Key(Roster, (id, row.role)) for row in registrations for id in (moved.id, moved.series_id)))
    places = {row.role: place_for(draft, moved.id, row.role) for row in registrations}
    draft.need(
        *(each for row in registrations for each in rows_around(places[row.role], row.person, draft.now))
    )
    for row in registrations:
        place = places[row.role]
        others = [each for each in around(draft, place, row.person) if each.session_id != moved.id]
        clash = in_the_way(draft, place, others, but=row.id)
        if clash:
            sentence = f"Somebody would hold {moved.id} and {clash[0].session_id} at one time."
            making.add("clash", moved.id, sentence, booking=row.id, person=row.person)


def _move_apologies(making: Making, moved: SessionRow) -> None:
    """Who has given up the date has given up its new time: their lines go along, by which a diary knows of it."""
    draft, registrations = making.draft, making.registered(moved)
    lines = {row.id: Key(Appointment, (date_id(row.id, moved.id), row.person)) for row in registrations}
    draft.need(*lines.values(), *(Key(Diary, (row.person,)) for row in registrations))
    for row in registrations:
        line = draft.get(Appointment, *lines[row.id].values)
        diary = draft.get(Diary, row.person)
        if line is not None and line.active and diary is not None:
            draft.put(attrs.evolve(line, starts=moved.starts, ends=moved.ends))
            draft.touch(diary)


def _places(draft: Draft, row: SessionRow, parties: Sequence[Party]) -> dict[str, Place]:
    """The places of a moved session by role; every roster that there is goes with it."""
    rosters = draft.scan(Range(Roster, "key", (row.id,), limit=20)).records
    draft.need(*(Key(Roster, (row.id, roster.role)) for roster in rosters))
    for roster in rosters:
        kept = draft.get(Roster, row.id, roster.role) or roster
        draft.put(attrs.evolve(kept, starts=row.starts))
    return {roster.role: place_for(draft, row.id, roster.role) for roster in rosters}


def _read_people(draft: Draft, places: dict[str, Place], parties: Sequence[Party]) -> None:
    draft.need(
        *(Key(Timer, (OFFER, party.row.id)) for party in parties if party.row.offer_ends is not None),
        *(
            each
            for party in parties
            for line in party.people
            for each in (
                *rows_around(places[party.row.role], line.person, draft.now),
                Range(
                    Appointment,
                    "by_person",
                    (line.person, True),
                    line.starts - timedelta(days=2),
                    line.ends + timedelta(days=2),
                    200,
                ),
            )
        ),
    )


def _move_party(making: Making, place: Place, party: Party, by: timedelta) -> None:
    draft = making.draft
    # what was moved before it in the same change may have made it ready
    row = draft.get(BookingRow, party.row.id) or party.row
    claims = row.status in HOLDING or row.standing in {BookingStatus.ATTENDED, OF_SET}
    for line in party.people:
        span = Span(line.starts + by, line.ends + by)
        near_by = [each for each in around(draft, place, line.person) if each.booking_id != row.id]
        others = [each for each in near_by if each.session_id != row.session_id]
        clash = in_the_way(draft, place, others, but=row.id, span=span)
        holds = claims and not place.type.booking.overlaps and not clash
        draft.put(attrs.evolve(line, starts=span.starts, ends=span.ends, holds=holds))
        diary = draft.get(Diary, line.person)
        if diary is not None:
            draft.touch(diary)
        if clash and claims:
            sentence = f"Somebody would hold {row.session_id} and {clash[0].session_id} at one time."
            making.add("clash", row.session_id, sentence, booking=row.id, person=line.person)
    if row.standing == PARKED:
        ready = attrs.evolve(row, standing=str(BookingStatus.WAITLISTED), passed="")
        draft.put(latest(draft, place).moving(row, ready))
        draft.put(ready)
        draft.note("booking.ready", row.id, **facts_of(ready))
    if row.offer_ends is not None and row.offer_ends > place.closes:
        # an offer never reaches past the moment booking closes
        draft.put(attrs.evolve(row, offer_ends=place.closes))
        draft.put(Timer(OFFER, row.id, place.closes))


def future_rows(draft: Draft, series_id: str, since: datetime) -> list[SessionRow]:
    """The sessions of a series that have a row, are scheduled, and begin at an instant or later.

    The dates that can be booked by now are relied on one by one: a first booking meanwhile is not missed.
    """
    series = draft.programme.series[series_id]
    type_ = draft.programme.type(series.type)
    # an apology for a date of a set has no opening time
    days = max(type_.booking.opens_days, FURTHEST_APOLOGY if type_.access is Access.REGISTER else 0)
    bookable = Span(since, max(since, draft.now) + timedelta(days=days + 1))
    planned, _ = occasions(series, type_.longest, bookable, draft.view.opening, limit=MOST_BOOKABLE)
    draft.need(*(Key(SessionRow, (each.id,)) for each in planned))
    wanted = Range(SessionRow, "by_series", (series_id,), low=since, limit=1001)
    rows = draft.scan(wanted)
    if rows.cut:
        raise Invalid("since", "leaves more than 1,000 sessions: end the series in several steps", since)
    draft.need(*(Key(SessionRow, (row.id,)) for row in rows.records))
    return [row for row in rows.records if row.status is SessionStatus.SCHEDULED]


def edit_series(draft: Draft, series: Series, recurrence: Recurrence) -> None:
    """Let a series have another recurrence: the hub's revision rises, on which every decision relies."""
    hub, row = draft.get(HubRow, HUB), draft.get(SeriesRow, series.key)
    if hub is None or row is None:
        raise AssertionError("the hub and its series have rows")
    revision = hub.revision + 1
    text = series_to_text(attrs.evolve(series, recurrence=recurrence))
    draft.put(attrs.evolve(row, changed=revision, recurrence=str(recurrence), definition=text))
    draft.put(attrs.evolve(hub, revision=revision))
    draft.note("series.changed", series.key, definition=text)


def reschedule(making: Making, change: Reschedule) -> Refusal | None:
    """A series from a local time on: booked sessions go to the new date that is nearest to theirs, each used once."""
    draft = making.draft
    series = draft.programme.series.get(change.series_id)
    if series is None:
        raise NotFound("series", change.series_id, "hub.series() lists them")
    where = zone(series.recurrence.zone)
    since = resolve(change.since.replace(tzinfo=None), where)
    if utc(since) < draft.now - timedelta(days=1):
        raise Invalid("since", "must not be in the past: what has been stays as it was", change.since)
    draft.need(Key(HubRow, (HUB,)), Key(SeriesRow, (series.key,)))
    rows = [row for row in future_rows(draft, series.key, utc(since)) if row.starts > draft.now]
    parties = making.gather(rows)
    later = change.recurrence
    followed = series.recurrence.followed_by(change.since.replace(tzinfo=None), later)
    targets = _targets(draft, rows, followed, utc(since))
    moved: list[SessionRow] = []
    for row in rows:
        target = targets.get(row.id)
        if target is None:
            people = sum(party.row.size for party in parties[row.id])
            sentence = (
                f"{row.id} stays on its date, with {count(people, 'person', 'people')}: no new date is left."
            )
            making.add("unmet", row.id, sentence)
            continue
        nominal = local(target, where)
        if nominal != split_session_id(row.id)[1]:
            # the session takes the place of the new date's own, whose id is then never used
            followed = followed.without(nominal)
        if target != row.starts:
            moved.append(move_session(making, row, parties[row.id], target, row.venue))
    sentence = f"{series.key} follows the new rule from {change.since:%Y-%m-%d %H:%M} on."
    making.add("changed", series.key, sentence)
    making.tell_set(series.key, "changed")
    edit_series(draft, series, followed)
    making.effects += resource_clashes(draft, moved)
    return None


def _targets(
    draft: Draft, rows: Sequence[SessionRow], recurrence: Recurrence, since: datetime
) -> dict[str, datetime]:
    """For each session the new date nearest to its own, none used twice."""
    if not rows:
        return {}
    upto = max(row.starts for row in rows) + timedelta(days=62)
    upto = min(upto, since + HORIZON)
    found = recurrence.occurrences(since, upto, limit=5000)
    free = [utc(each.starts) for each in found if draft.view.closed_on(each.starts.date()) is None]
    # one that is on a new date already stays there
    targets: dict[str, datetime] = {row.id: row.starts for row in rows if row.starts in free}
    free = [each for each in free if each not in set(targets.values())]
    for row in rows:
        if row.id in targets:
            continue
        if not free:
            break
        nearest = min(free, key=lambda each: (abs(each - row.starts), each))  # called at once
        free.remove(nearest)
        targets[row.id] = nearest
    return targets
