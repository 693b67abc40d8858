"""What a message does to the person's own calendar: the entry that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.booking import APOLOGISED, EXCEPTED, WAITING, BookingRow, BookingStatus
from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.dates import sessions_of
from innovationhub.domain.deciding import Draft
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.diary import Appointment
from innovationhub.domain.events import Instance, Invitation, Method, event_uid, recurrence_id
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.journal import Entry
from innovationhub.domain.lending import date_id
from innovationhub.domain.messages import MessageKind
from innovationhub.domain.placing import is_whole, locate
from innovationhub.domain.records import Key, Range
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.schedule import Series, SessionRow, SessionStatus
from innovationhub.domain.time import Span, resolve, utc, zone

__all__ = ["invitation", "still_there"]

AHEAD = timedelta(days=400)
"""How far the dates of a registration are looked through for those that differ from its recurrence."""

_K = MessageKind

_REQUESTS = frozenset({_K.CONFIRMED, _K.PROMOTED, _K.TRANSFERRED, _K.MOVED, _K.REINSTATED, _K.CHANGED})
_NO_PLACE = WAITING | {"requested", "offered"}
_CANCELS = frozenset({_K.CANCELLED, _K.CALLED_OFF, _K.APOLOGY})


def invitation(
    draft: Draft,
    delivery: Delivery,
    booking: BookingRow,
    line: Appointment,
    type_: SessionType,
    status: BookingStatus,
) -> Invitation | None:
    """The entry for a person's calendar that goes with a message; None where nothing changes in it.

    A slot lies within or next to the session whose entry the person has already, so it has none of its own.
    """
    role = type_.role(booking.role)
    if role is None or role.requires is not None:
        return None
    kind = delivery.kind
    entry = draft.get(Entry, delivery.position)
    sure = status is BookingStatus.CONFIRMED
    # who only waited, asked or had an offer has no entry that could be taken out
    had = entry is None or str(entry.facts.get("was", "confirmed")) not in _NO_PLACE
    method = (
        Method.REQUEST if kind in _REQUESTS and sure else Method.CANCEL if kind in _CANCELS and had else None
    )
    if method is None or (kind is _K.CANCELLED and still_there(draft, line)):
        return None
    hub = draft.programme.hub
    whole = is_whole(delivery.session_id)
    made = _whole(draft, delivery, booking) if whole else _dated(draft, delivery)
    return attrs.evolve(
        made,
        method=method,
        sequence=delivery.position,
        stamp=utc(entry.at) if entry else draft.now,
        summary=type_.title,
        organizer=hub.name,
        organizer_email=hub.contact,
    )


def still_there(draft: Draft, line: Appointment) -> bool:
    """Whether a person who gave up a place holds another in the same session: then the entry stays."""
    moment = line.starts + timedelta(microseconds=1)
    around = Range(Appointment, "by_person", (line.person, True), line.starts, moment, 50)
    others = draft.scan(around).records
    return any(
        other.session_id == line.session_id
        and other.booking_id != line.booking_id
        and other.status is BookingStatus.CONFIRMED
        for other in others
    )


def _dated(draft: Draft, delivery: Delivery) -> Invitation:
    session, _ = locate(draft, delivery.session_id)
    where = zone(draft.programme.hub.timezone)
    series = draft.programme.series.get(session.series_id)
    # a one-off is an event of its own; an instance of a series says which
    alone = series is not None and _is_once(series.recurrence)
    return Invitation(
        method=Method.REQUEST,
        uid=event_uid(session.series_id, draft.programme.secret),
        recurrence_id=None if alone else recurrence_id(session.id, _zone(draft, series)),
        sequence=0,
        stamp=draft.now,
        starts=session.starts.astimezone(where),
        ends=session.ends.astimezone(where),
        summary="",
        location=session.venue,
    )


def _zone(draft: Draft, series: Series | None) -> str:
    """The zone in which a series counts its starts: its own, which its sessions' ids are in too."""
    return series.recurrence.zone if series else draft.programme.hub.timezone


def _is_once(recurrence: Recurrence) -> bool:
    return recurrence.rule is None and not recurrence.rdates and not recurrence.following


def _whole(draft: Draft, delivery: Delivery, booking: BookingRow) -> Invitation:
    """All of a series: its recurrence, the starts at which there is nothing for this person, and those moved."""
    series = draft.programme.series[delivery.session_id]
    type_ = draft.programme.type(series.type)
    where = zone(draft.programme.hub.timezone)
    span = Span(draft.now, draft.now + AHEAD)
    sessions = _attended(draft, booking, sessions_of(draft, series.key, span))
    # a recurrence whose rule was changed from a date on is no single rule: then its dates are named one by one
    one_rule = not series.recurrence.following
    first = series.recurrence.first
    starts = first.starts if first else draft.now.astimezone(where)
    return Invitation(
        method=Method.REQUEST,
        uid=event_uid(series.key, draft.programme.secret),
        recurrence_id=None,
        sequence=0,
        stamp=draft.now,
        starts=starts,
        ends=(utc(starts) + timedelta(minutes=type_.longest)).astimezone(starts.tzinfo),
        summary="",
        location=series.venue,
        recurrence=series.recurrence if one_rule else None,
        excluded=_excluded(series, span, sessions) if one_rule else (),
        instances=_instances(draft, series, sessions, every=not one_rule),
    )


def _attended(draft: Draft, booking: BookingRow, rows: Iterable[SessionRow]) -> dict[str, SessionRow]:
    """Those sessions of a series for which the person has not apologised, and on which they have a seat."""
    named = {row.id: (row, date_id(booking.id, row.id)) for row in rows}
    draft.need(*(Key(BookingRow, (each,)) for _, each in named.values()))
    dated = {id_: draft.get(BookingRow, each) for id_, (_, each) in named.items()}
    away = {
        id_ for id_, each in dated.items() if each is not None and each.standing in {APOLOGISED, EXCEPTED}
    }
    return {id_: row for id_, (row, _) in named.items() if id_ not in away}


def _excluded(series: Series, span: Span, sessions: dict[str, SessionRow]) -> tuple[datetime, ...]:
    takes_place = {row.original for row in sessions.values() if row.status is not SessionStatus.CALLED_OFF}
    return tuple(
        each.starts
        for each in series.recurrence.occurrences(span.starts, span.ends, limit=1000)
        if utc(resolve(each.nominal, zone(series.recurrence.zone))) not in takes_place
    )


def _instances(
    draft: Draft, series: Series, sessions: dict[str, SessionRow], *, every: bool
) -> tuple[Instance, ...]:
    where = zone(draft.programme.hub.timezone)
    return tuple(
        Instance(
            resolve(split_session_id(row.id)[1], zone(series.recurrence.zone)),
            row.starts.astimezone(where),
            row.ends.astimezone(where),
            row.venue,
        )
        for row in sessions.values()
        if row.status is not SessionStatus.CALLED_OFF
        and (every or (row.starts, row.venue) != (row.original, series.venue))
    )
