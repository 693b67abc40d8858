"""When an offer ends: counted in the hub's working hours, never past the moment booking closes.

An offer made on a Friday evening runs on Monday. Where less than an hour of work is left before booking closes there
is no time to answer, so places are given straight away until then; from then on the door is open (scenario Q6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import count, takewhile

from innovationhub.domain.settings import HubSettings
from innovationhub.domain.time import local, resolve, utc, zone

__all__ = ["FURTHEST", "LEAST", "deadline", "enough_time", "straight_from"]

LEAST = timedelta(minutes=60)
"""Working time that there must be before booking closes for an offer to be made."""

FURTHEST = 60
"""Days within which there must be working time."""

ClosedOn = Callable[[date], str | None]


def _hours(day: date, hub: HubSettings, closed: ClosedOn) -> tuple[datetime, datetime] | None:
    """From when until when the hub's team works on a local date, None where it does not."""
    hours = hub.working_hours
    if day.weekday() not in hours.weekdays or closed(day) is not None:
        return None
    where = zone(hub.timezone)
    return (
        utc(resolve(datetime.combine(day, hours.begins), where)),
        utc(resolve(datetime.combine(day, hours.ends), where)),
    )


def _stretches(
    now: datetime, hub: HubSettings, closed: ClosedOn, step: int
) -> Iterator[tuple[datetime, datetime]]:
    """Working time from an instant on, forwards or (step -1) backwards, over so many days at most."""
    today = local(now, zone(hub.timezone)).date()
    for ahead in takewhile(lambda days: days <= FURTHEST, count()):
        hours = _hours(today + timedelta(days=ahead * step), hub, closed)
        if hours is None:
            continue
        begins, ends = hours
        begins, ends = (max(begins, now), ends) if step > 0 else (begins, min(ends, now))
        if begins < ends:
            yield begins, ends


def deadline(
    now: datetime, hours: int, closes: datetime, hub: HubSettings, closed: ClosedOn
) -> datetime | None:
    """When an offer made now ends (UTC): after so many working hours, and never past `closes`.

    None where an offer makes no sense: less than an hour of work is left until `closes`, or there is no working time
    within 60 days, which is a fault of the catalogue that loading it reports.
    """
    left, worked = timedelta(hours=hours), timedelta(0)
    for begins, ends in _stretches(now, hub, closed, 1):
        if begins >= closes:
            break
        length = min(ends, closes) - begins
        if length >= left:
            return begins + left
        worked, left = worked + length, left - length
        if ends >= closes:
            break
    return closes if worked >= LEAST else None


def enough_time(now: datetime, hub: HubSettings, closed: ClosedOn) -> bool:
    """Whether the hub's team works at all within 60 days: offers have no end otherwise."""
    return next(_stretches(now, hub, closed, 1), None) is not None


def straight_from(closes: datetime, hub: HubSettings, closed: ClosedOn) -> datetime:
    """From when on places are given straight away: less than an hour of work is left before `closes` (UTC)."""
    left = LEAST
    for begins, ends in _stretches(closes, hub, closed, -1):
        if ends - begins >= left:
            return ends - left + timedelta(microseconds=1)
        left -= ends - begins
    return closes - timedelta(days=FURTHEST)
