"""Instants, spans and local wall time: the only place where one becomes another.

An *instant* is an aware datetime. A *local* time is a naive datetime, the wall clock of a zone; identity and
recurrence are local, comparison and overlap are by instant (on the night of a gap 01:00 and 02:00 local are one
and the same instant).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from innovationhub.errors import Invalid

__all__ = [
    "LONGEST_SESSION",
    "LONGEST_WINDOW",
    "Span",
    "instant",
    "local",
    "resolve",
    "utc",
    "window",
    "zone",
]

LONGEST_SESSION = timedelta(hours=24)
"""No session lasts longer, so whatever overlaps a span started at most this long before it."""

LONGEST_WINDOW = timedelta(days=5 * 366)
"""A calendar or a recurrence is asked for at most five years at a time."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name. Raises `Invalid` naming `timezone` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f'must be an IANA time zone such as "Europe/London"; got {name!r}'
        raise Invalid("timezone", message, name) from error


def instant(field: str, value: datetime) -> datetime:
    """`value` itself if it is an aware datetime. Raises `Invalid` naming `field` otherwise."""
    if not isinstance(value, datetime):
        raise Invalid(field, f"must be an aware datetime; got {value!r}", value)
    if value.utcoffset() is None:
        message = f"must be an aware datetime, with its time zone; got the naive {value.isoformat()}"
        raise Invalid(field, message, value)
    return value


def utc(value: datetime) -> datetime:
    """The same instant, in UTC: how instants are stored and compared."""
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def resolve(wall: datetime, where: ZoneInfo) -> datetime:
    """The instant of a local time, shown in its zone (RFC 5545 §3.3.5).

    A time that does not exist (clocks go forward) moves on by the length of the gap; of a time that exists
    twice (clocks go back) the first is meant.
    """
    return wall.replace(tzinfo=where, fold=0).astimezone(UTC).astimezone(where)


def local(value: datetime, where: ZoneInfo) -> datetime:
    """What the wall clock of a zone shows at an instant, as a naive datetime."""
    return value.astimezone(where).replace(tzinfo=None, fold=0)


@attrs.frozen
class Span:
    """A half-open stretch of time, `starts <= t < ends`, between two instants."""

    starts: datetime
    ends: datetime

    def overlaps(self, other: Span) -> bool:
        """Whether the two share an instant; spans that only touch do not."""
        return self.starts < other.ends and other.starts < self.ends


def window(start: date | datetime, end: date | datetime, where: ZoneInfo) -> Span:
    """The half-open window a caller asks for: two dates (their local midnights) or two aware datetimes.

    Raises `Invalid` naming `start` or `end` for naive datetimes, one of each kind, an end before the start, or
    more than five years.
    """
    for field, value in (("start", start), ("end", end)):
        if not isinstance(value, date):
            raise Invalid(field, f"must be a date or an aware datetime; got {value!r}", value)
        if not 1900 <= value.year <= 2201:
            raise Invalid(field, f"must be from 1900 to 2201; got {value}", value)
    if isinstance(start, datetime) != isinstance(end, datetime):
        message = "must be of the same kind as start: two dates, or two aware datetimes"
        raise Invalid("end", message, end)
    if isinstance(start, datetime) and isinstance(end, datetime):
        span = Span(instant("start", start), instant("end", end))
    else:
        span = Span(
            resolve(datetime.combine(start, time()), where), resolve(datetime.combine(end, time()), where)
        )
    if span.ends < span.starts:
        raise Invalid("end", f"must not be before the start ({start}); got {end}", end)
    if span.ends - span.starts > LONGEST_WINDOW:
        message = f"must be within five years of the start; got {start} to {end}: ask in several windows"
        raise Invalid("end", message, end)
    return span
