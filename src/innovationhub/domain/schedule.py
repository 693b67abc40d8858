"""The schedule: a series put on the calendar, and its dated sessions.

A session is where its series' recurrence puts it, unless the hub is closed that day, and unless a row of its own says
otherwise. The row is made when somebody is first booked on it (or something is changed about it): from then on
nothing that is edited in the catalogue moves it unseen.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import attrs

from innovationhub.domain.catalogue import HubSettings, SessionType
from innovationhub.domain.ids import checked_id, checked_key, checked_text, session_id
from innovationhub.domain.records import Record, record
from innovationhub.domain.recurrence import Occurrence, Recurrence
from innovationhub.domain.time import Span, resolve, utc, zone
from innovationhub.errors import Invalid

__all__ = [
    "Catalogue",
    "Closed",
    "ClosedDay",
    "Planned",
    "Series",
    "Session",
    "SessionRow",
    "SessionStatus",
    "occasion",
    "occasions",
    "planned_row",
    "series_from_text",
    "series_to_text",
]

FURTHEST_SHIFT = 14
"""A session that a closure displaces goes to the next day that will do within so many days, or is skipped."""

ClosedDay = Callable[[date], str | None]
"""Why the hub is closed on a local date, or None when it is open."""


class Closed(enum.StrEnum):
    """What becomes of a date on which the hub is closed: left out, or moved to the next day that will do."""

    SKIP = "skip"
    SHIFT = "shift"


class SessionStatus(enum.StrEnum):
    """Whether a session is to be, will not be, or has had its register closed."""

    SCHEDULED = "scheduled"
    CALLED_OFF = "called-off"
    CLOSED = "closed"


def _series_key(owner: object, attribute: attrs.Attribute[str], value: str) -> None:
    checked_key(attribute.name, value)


def _venue(owner: object, attribute: attrs.Attribute[str], value: str) -> None:
    checked_text(attribute.name, value, longest=200, empty=True)


def _facilitators(owner: object, attribute: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    for person in value:
        checked_id(attribute.name, person)


def _flag(owner: object, attribute: attrs.Attribute[bool], value: object) -> None:
    if not isinstance(value, bool):
        raise Invalid(attribute.name, f"must be true or false; got {value!r}", value)


def _people(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise Invalid("facilitators", f"must be a list of people's ids; got {value!r}", value)
    return tuple(value)


def _closed(value: str) -> Closed:
    try:
        return Closed(value)
    except ValueError:
        raise Invalid("closed", f'must be "skip" or "shift"; got {value!r}', value) from None


@attrs.frozen
class Series:
    """A session type on the calendar: when, where, who leads it. A one-off is a series of one.

    `facilitators` are people's ids. `closed` says what becomes of dates on which the hub is closed. `example` marks
    what ships with the library to be replaced by a hub's own.
    """

    key: str = attrs.field(validator=_series_key)
    type: str = attrs.field(validator=_series_key)
    recurrence: Recurrence
    venue: str = attrs.field(default="", validator=_venue)
    facilitators: tuple[str, ...] = attrs.field(default=(), converter=_people, validator=_facilitators)
    closed: Closed = attrs.field(default=Closed.SKIP, converter=_closed)
    example: bool = attrs.field(default=False, validator=_flag)


@attrs.frozen
class Catalogue:
    """What a catalogue file describes: the hub's settings (None: not mentioned), session types, series."""

    hub: HubSettings | None = None
    session_types: tuple[SessionType, ...] = ()
    series: tuple[Series, ...] = ()


@attrs.frozen
class Session:
    """One dated session of a series: its lasting id, what it is, and when (aware, in the hub's zone)."""

    id: str
    series_id: str
    type: str
    title: str
    starts: datetime
    ends: datetime
    venue: str = ""


@record(
    "session",
    key=("id",),
    indexes={
        "by_start": ("starts",),
        "by_original": ("original",),
        "by_series": ("series_id", "starts"),
        "by_unsettled": ("unsettled", "starts"),
    },
)
@attrs.frozen
class SessionRow(Record):
    """A session that people are booked on, or about which something was changed.

    `original` is the instant its id names; `starts` and `ends` are when it is now. `revision` is the revision of its
    type that it keeps to. While `unsettled`, bookings still wait to be told what became of the session.
    """

    id: str
    series_id: str
    type: str
    revision: int
    original: datetime
    starts: datetime
    ends: datetime
    status: SessionStatus
    venue: str
    facilitators: str
    unsettled: bool

    @property
    def span(self) -> Span:
        """From start to end."""
        return Span(self.starts, self.ends)


@attrs.frozen
class Planned:
    """When a series puts one session: its original local start (which is its identity) and its span."""

    series: Series
    nominal: datetime
    starts: datetime
    ends: datetime

    @property
    def id(self) -> str:
        """The session's id."""
        return session_id(self.series.key, self.nominal)


def _placed(series: Series, found: Occurrence, closed: ClosedDay) -> datetime | None:
    """When an occurrence takes place; None where a closure leaves it out.

    An override was set by hand, for that one session, so no closure moves it again.
    """
    where = zone(series.recurrence.zone)
    day = found.starts.date()
    if closed(day) is None or found.starts != resolve(found.nominal, where):
        return found.starts
    if series.closed is Closed.SKIP:
        return None
    for further in range(1, FURTHEST_SHIFT + 1):
        wall = found.nominal + timedelta(days=further)
        taken = series.recurrence.between(wall.date(), wall.date() + timedelta(days=1), limit=1)
        if closed(wall.date()) is None and not taken:
            return resolve(wall, where)
    return None


def _planned(series: Series, minutes: int, found: Occurrence, closed: ClosedDay) -> Planned | None:
    starts = _placed(series, found, closed)
    if starts is None:
        return None
    # the end is the start and the exact time elapsed, whatever the clocks do meanwhile (RFC 5545 §3.3.6)
    ends = (utc(starts) + timedelta(minutes=minutes)).astimezone(starts.tzinfo)
    return Planned(series, found.nominal, starts, ends)


def occasion(series: Series, minutes: int, nominal: datetime, closed: ClosedDay) -> Planned | None:
    """The session of a series with that original local start; None if there is none, or a closure leaves it out."""
    found = series.recurrence.occurrence(nominal)
    return None if found is None else _planned(series, minutes, found, closed)


def occasions(
    series: Series, minutes: int, span: Span, closed: ClosedDay, *, limit: int
) -> tuple[Sequence[Planned], bool]:
    """The sessions that a series puts in a span (by start), in order, and whether that is all of them.

    At most `limit` occurrences are looked at.
    """
    reach = timedelta(days=FURTHEST_SHIFT + 1) if series.closed is Closed.SHIFT else timedelta()
    found = series.recurrence.occurrences(span.starts - reach, span.ends, limit=limit)
    planned: Iterator[Planned | None] = (_planned(series, minutes, each, closed) for each in found)
    within = [each for each in planned if each is not None and span.starts <= each.starts < span.ends]
    within.sort(key=lambda each: utc(each.starts))
    return within, found.complete


def planned_row(planned: Planned, revision: int) -> SessionRow:
    """The row that holds a session to its date, its venue and a revision of its type."""
    where = zone(planned.series.recurrence.zone)
    return SessionRow(
        id=planned.id,
        series_id=planned.series.key,
        type=planned.series.type,
        revision=revision,
        original=utc(resolve(planned.nominal, where)),
        starts=utc(planned.starts),
        ends=utc(planned.ends),
        status=SessionStatus.SCHEDULED,
        venue=planned.series.venue,
        facilitators=" ".join(planned.series.facilitators),
        unsettled=False,
    )


def series_to_text(value: Series) -> str:
    """A series as canonical JSON: equal series give equal text."""
    plain: dict[str, Any] = {
        "key": value.key,
        "type": value.type,
        "recurrence": str(value.recurrence),
        "venue": value.venue,
        "facilitators": list(value.facilitators),
        "closed": str(value.closed),
        "example": value.example,
    }
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=16384)
def series_from_text(text: str) -> Series:
    """The series that `series_to_text` wrote."""
    plain: dict[str, Any] = json.loads(text)
    return Series(**{**plain, "recurrence": Recurrence.parse(plain["recurrence"])})
