"""The schedule: a series put on the calendar, and its dated sessions.

A session is where its series' recurrence puts it, unless the hub is closed that day, and unless a row of its own says
otherwise. The row is made when somebody is first booked on it (or something is changed about it): from then on
nothing that is edited in the catalogue moves it unseen.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import attrs

from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.ids import checked_id, checked_key, checked_text, session_id
from innovationhub.domain.records import Record, record
from innovationhub.domain.recurrence import Occurrence, Recurrence
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.time import Span, resolve, utc, zone
from innovationhub.errors import Invalid

__all__ = [
    "Catalogue",
    "Closed",
    "Opening",
    "Planned",
    "Section",
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


@attrs.frozen
class Opening:
    """On which local dates the hub is open: `closed` says why it is not (None: it is), `working` are its weekdays."""

    closed: Callable[[date], str | None]
    working: frozenset[int] = frozenset(range(7))


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


def _recurrence(owner: object, attribute: attrs.Attribute[Recurrence], value: object) -> None:
    if not isinstance(value, Recurrence):
        raise Invalid("recurrence", f"must be a Recurrence; got {value!r}", value)


def _all(kind: type[object]) -> Callable[[object, attrs.Attribute[Any], object], None]:
    def check(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, tuple) or not all(isinstance(each, kind) for each in value):
            raise Invalid(attribute.name, f"must be a tuple of {kind.__name__}; got {value!r}", value)

    return check


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
    recurrence: Recurrence = attrs.field(validator=_recurrence)
    venue: str = attrs.field(default="", validator=_venue)
    facilitators: tuple[str, ...] = attrs.field(default=(), converter=_people, validator=_facilitators)
    closed: Closed = attrs.field(default=Closed.SKIP, converter=_closed)
    example: bool = attrs.field(default=False, validator=_flag)


@attrs.frozen
class Catalogue:
    """What a catalogue file describes: the hub's settings (None: not mentioned), session types, series.

    `sections` are the tables of plugins (see `protocols.keeper`), by their names: a value of the section's class, a
    tuple of them for one that is `many`.
    """

    hub: HubSettings | None = None
    session_types: tuple[SessionType, ...] = attrs.field(default=(), validator=_all(SessionType))
    series: tuple[Series, ...] = attrs.field(default=(), validator=_all(Series))
    sections: Mapping[str, object] = attrs.field(factory=dict)


@attrs.frozen
class Section:
    """A table of a plugin's own in a catalogue file: the class that it is made into, and whether it is `[[many]]`.

    The class is frozen, and its fields have converters and validators, as those of `SessionType` have: they raise
    `Invalid`, and every fault of the file is told at once.
    """

    cls: type[attrs.AttrsInstance]
    many: bool = False


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
    type that it keeps to. While `unsettled`, bookings still wait to be told what became of the session. `headcount` is
    how many came without giving a name.
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
    headcount: int = 0

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


def _left_out(series: Series, found: Occurrence, opening: Opening) -> bool:
    """Whether a closure takes an occurrence's date.

    An override was set by hand, for that one session, so no closure touches it.
    """
    by_rule = found.starts == resolve(found.nominal, zone(series.recurrence.zone))
    return by_rule and opening.closed(found.starts.date()) is not None


def _shifted(series: Series, found: Occurrence, opening: Opening) -> datetime | None:
    """The next day that will do for an occurrence whose date is taken: a working day, open, with none of its own.

    Occurrences displaced within the four weeks before have the first choice, so that two do not end up on one day
    (unless the hub is closed for so long that a chain of them reaches further back).
    """
    day = found.nominal.date()
    furthest = timedelta(days=FURTHEST_SHIFT)
    near_by = series.recurrence.occurrences(
        day - 2 * furthest, day + furthest + timedelta(days=1), limit=1000
    )
    displaced = [each for each in near_by if _left_out(series, each, opening)]
    taken = {each.starts.date() for each in near_by if not _left_out(series, each, opening)}
    for each in displaced:
        wanted = each.nominal.date()
        choice = (wanted + timedelta(days=further) for further in range(1, FURTHEST_SHIFT + 1))
        free = (
            each_day
            for each_day in choice
            if each_day not in taken
            and each_day.weekday() in opening.working
            and opening.closed(each_day) is None
        )
        target = next(free, None)
        if each.nominal == found.nominal:
            wall = None if target is None else datetime.combine(target, found.nominal.time())
            return None if wall is None else resolve(wall, zone(series.recurrence.zone))
        taken.update({target} if target else ())
    return None


def _placed(series: Series, found: Occurrence, opening: Opening) -> datetime | None:
    """When an occurrence takes place; None where a closure leaves it out."""
    if not _left_out(series, found, opening):
        return found.starts
    return None if series.closed is Closed.SKIP else _shifted(series, found, opening)


def _planned(series: Series, minutes: int, found: Occurrence, opening: Opening) -> Planned | None:
    starts = _placed(series, found, opening)
    if starts is None:
        return None
    # the end is the start and the exact time elapsed, whatever the clocks do meanwhile (RFC 5545 §3.3.6)
    ends = (utc(starts) + timedelta(minutes=minutes)).astimezone(starts.tzinfo)
    return Planned(series, found.nominal, starts, ends)


def occasion(series: Series, minutes: int, nominal: datetime, opening: Opening) -> Planned | None:
    """The session of a series with that original local start; None if there is none, or a closure leaves it out."""
    found = series.recurrence.occurrence(nominal)
    return None if found is None else _planned(series, minutes, found, opening)


def occasions(
    series: Series, minutes: int, span: Span, opening: Opening, *, limit: int
) -> tuple[Sequence[Planned], bool]:
    """The sessions that a series puts in a span (by start), in order, and whether that is all of them.

    At most `limit` occurrences are looked at.
    """
    found = series.recurrence.occurrences(span.starts, span.ends, limit=limit)
    candidates, complete = list(found), found.complete
    if series.closed is Closed.SHIFT:
        reach = timedelta(days=FURTHEST_SHIFT + 1)
        before = series.recurrence.occurrences(span.starts - reach, span.starts, limit=limit)
        candidates, complete = [*before, *found], before.complete and complete
    planned: Iterator[Planned | None] = (_planned(series, minutes, each, opening) for each in candidates)
    within = [each for each in planned if each is not None and span.starts <= each.starts < span.ends]
    within.sort(key=lambda each: utc(each.starts))
    return within, complete


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
