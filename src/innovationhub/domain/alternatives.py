"""What would do instead: the next sessions of the same type with room, that this person can come to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment, clashes
from innovationhub.domain.placing import Place, booking_window
from innovationhub.domain.records import Key, Range
from innovationhub.domain.refusals import Reason
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import Planned, Session, SessionRow, SessionStatus, occasions, planned_row
from innovationhub.domain.time import Span, utc, zone

__all__ = ["alternatives", "next_sessions"]

MOST = 3
"""Sessions suggested."""

LOOKED_AT = 12
"""Next sessions looked at to find them."""

HELPED = frozenset({"called-off", "clash", "closed", "full", "not-open", "queue-full", "started"})
"""Reasons for which another date can help."""


def alternatives(draft: Draft, place: Place, person: str, reasons: Iterable[Reason]) -> tuple[Session, ...]:
    """The next sessions of this type in which this person would be seated now: three at most, soonest first."""
    codes = {reason.code for reason in reasons}
    if codes & {"already-booked", "not-eligible"} or not codes & HELPED:
        return ()
    return next_sessions(draft, place, person)


def next_sessions(draft: Draft, place: Place, person: str) -> tuple[Session, ...]:
    """Of the next dozen sessions of a type, those with room that fit this person's diary: three at most."""
    type_ = draft.programme.type(place.session.type)
    if type_.unlisted or place.whole:
        return ()
    horizon = draft.now + timedelta(days=max(1, type_.booking.opens_days))
    planned = [
        each for each in _upcoming(draft, type_.key, type_.longest, horizon) if each.id != place.session.id
    ]
    planned = planned[:LOOKED_AT]
    if not planned:
        return ()
    busy = Range(Appointment, "by_person", (person, True), draft.now - timedelta(days=1), horizon, 200)
    keys: list[Key[SessionRow] | Key[Roster]] = []
    for each in planned:
        keys += [Key(SessionRow, (each.id,)), Key(Roster, (each.id, place.role.key))]
    draft.need(busy, *keys)
    mine = draft.scan(busy).records
    found: list[Session] = []
    for each in planned:
        session = draft.get(SessionRow, each.id) or planned_row(each, draft.programme.latest[type_.key])
        kept = draft.programme.types[session.type, session.revision]
        opens, closes = booking_window(session, kept, draft.programme.hub.timezone)
        role = kept.role(place.role.key)
        roster = draft.get(Roster, each.id, place.role.key)
        free = roster.is_open(1, place.registered) if roster else role is not None
        booked = any(entry.session_id == session.id for entry in mine)
        fits = kept.booking.overlaps or not clashes(mine, session.span)
        scheduled = session.status is SessionStatus.SCHEDULED and opens <= draft.now < closes
        if scheduled and free and fits and not booked:
            found.append(_shown(session, kept.title, draft.programme.hub.timezone))
    return tuple(found[:MOST])


def _upcoming(draft: Draft, type_key: str, minutes: int, horizon: datetime) -> list[Planned]:
    span = Span(draft.now, horizon)
    planned: list[Planned] = []
    for series in draft.programme.series_of(type_key):
        within, _ = occasions(series, minutes, span, draft.view.opening, limit=2 * LOOKED_AT)
        planned += within
    return sorted(planned, key=lambda each: (utc(each.starts), each.id))


def _shown(session: SessionRow, title: str, timezone: str) -> Session:
    where = zone(timezone)
    starts, ends = session.starts.astimezone(where), session.ends.astimezone(where)
    return Session(session.id, session.series_id, session.type, title, starts, ends, session.venue)
