"""The dates of one event of an existing calendar, with all that was changed about single ones, as a recurrence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from innovationhub import Override, Recurrence
from innovationhub.domain.recurrence import Rule
from innovationhub.domain.time import local, resolve, utc, zone

__all__ = ["Dates", "Fault", "dates_of"]

COMPARED = 500
"""Dates of a rule that are compared between the zone it was written for and the hub's."""

YEARS = timedelta(days=5 * 365)


class Fault(Exception):  # never leaves this package: it becomes a line of `InvalidCatalogue`
    """Why an event cannot be brought in."""


@attrs.frozen
class Dates:
    """When an event takes place (None: not at all), how many of its dates last so many minutes, and what to tell of it.

    `first` is the event that speaks for all of its dates.
    """

    first: Any
    recurrence: Recurrence | None
    minutes: Mapping[float, int]
    told: Sequence[str]


@attrs.define
class _Reading:
    """One event and its changed dates, on the way to a recurrence in a zone."""

    where: ZoneInfo
    own: tzinfo | None = None
    told: list[str] = attrs.Factory(list)
    minutes: Counter[float] = attrs.Factory(Counter)

    def wall(self, value: Any, name: str) -> datetime:
        """A time of the file on the hub's clock."""
        if not isinstance(value, datetime):
            raise Fault(f"{name} must be a time of day; a whole day is no session (got {value})")
        if value.tzinfo is None:
            return value.replace(microsecond=0)
        return local(value, self.where).replace(microsecond=0)

    def lasts(self, event: Any) -> None:
        """Note how long an event lasts."""
        starts = event["DTSTART"].dt
        ends = event["DTEND"].dt if "DTEND" in event else None
        length = event["DURATION"].dt if "DURATION" in event else None
        if isinstance(ends, datetime) and (ends.tzinfo is None) == (starts.tzinfo is None):
            length = utc(ends) - utc(starts) if starts.tzinfo else ends - starts
        if length is not None:
            self.minutes[length / timedelta(minutes=1)] += 1


def dates_of(group: Sequence[Any], zone_name: str) -> Dates:
    """The dates of the components of one UID. Raises `Fault`, and `Invalid` for what no recurrence can be."""
    reading = _Reading(zone(zone_name))
    for each in group:
        if "DTSTART" not in each:
            raise Fault("has no DTSTART: when is it?")
    whole = [each for each in group if "RECURRENCE-ID" not in each]
    apart = [each for each in group if "RECURRENCE-ID" in each]
    if len(whole) > 1:
        raise Fault(f"is there {len(whole)} times under one UID: keep one")
    if whole and _cancelled(whole[0]):
        return Dates(whole[0], None, {}, ["was cancelled, so left out"])
    made = _whole(reading, whole[0], zone_name) if whole else None
    first = whole[0] if whole else apart[0]
    made = _with_changes(reading, made, apart, first)
    return Dates(first, made, reading.minutes, reading.told)


def _cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _whole(reading: _Reading, event: Any, zone_name: str) -> Recurrence:
    """The recurrence that one event gives by itself."""
    starts = event["DTSTART"].dt
    start = reading.wall(starts, "DTSTART")
    reading.own = starts.tzinfo
    reading.lasts(event)
    rule = _rule(event)
    rdates = [reading.wall(each, "RDATE") for each in _listed(event, "RDATE")]
    if rule is not None:
        _check_zone(reading, starts, start, rule)
    made = Recurrence(start, zone_name, rule, rdates)
    if rule is not None and made.occurrence(start) is None:
        reading.told.append("its first date is not one of its rule, and is added to it")
        made = attrs.evolve(made, rdates=(*made.rdates, start))
    return _without(reading, made, event)


def _rule(event: Any) -> Rule | None:
    found = event.get("RRULE")
    if isinstance(found, list) or "EXRULE" in event:
        raise Fault(
            "has several rules, or one that excepts: write its dates as one RRULE with EXDATE and RDATE"
        )
    return None if found is None else Rule.parse(found.to_ical().decode())


def _listed(event: Any, name: str) -> Iterator[Any]:
    found = event.get(name, [])
    for one in found if isinstance(found, list) else [found]:
        for each in one.dts:
            if isinstance(each.dt, tuple):
                raise Fault(f"{name} must be times, not periods: give each date the length of the event")
            if not isinstance(each.dt, date):
                raise Fault(f"{name} must be dates or times of dates; got {each.dt}")
            yield each.dt


def _check_zone(reading: _Reading, starts: datetime, start: datetime, rule: Rule) -> None:
    """A rule written for another zone must give the same instants on the hub's clock, as far as it is looked at."""
    own = reading.own
    if own is None or getattr(own, "key", None) == reading.where.key:
        return
    there = _walls(starts.replace(tzinfo=None), rule, own)
    here = _walls(start, rule, reading.where)
    if [utc(wall.replace(tzinfo=own)) for wall in there] != [
        utc(resolve(wall, reading.where)) for wall in here
    ]:
        name = getattr(own, "key", None) or str(own)
        raise Fault(
            f"recurs by the clock of {name}, which is not that of {reading.where.key}: write it in the latter"
        )


def _walls(start: datetime, rule: Rule, own: tzinfo) -> list[datetime]:
    """The first dates of a rule, five years at most, by no zone's clock."""
    until = rule.until
    if isinstance(until, datetime) and until.tzinfo is not None:
        until = until.astimezone(own).replace(tzinfo=None)
    plain = Recurrence(start, "UTC", attrs.evolve(rule, until=until))
    low = start.replace(tzinfo=ZoneInfo("UTC"))
    return [each.nominal for each in plain.occurrences(low, low + YEARS, limit=COMPARED)]


def _without(reading: _Reading, made: Recurrence, event: Any) -> Recurrence:
    """The recurrence without the dates that an event excepts."""
    for each in _listed(event, "EXDATE"):
        for nominal in _excepted(reading, made, each):
            made = made.without(nominal)
    return made


def _excepted(reading: _Reading, made: Recurrence, value: date | datetime) -> list[datetime]:
    """The dates of a recurrence that an EXDATE means: of a whole day, those of that day."""
    if isinstance(value, datetime):
        nominal = reading.wall(value, "EXDATE")
        found = [nominal] if made.occurrence(nominal) is not None else []
    else:
        found = [each.nominal for each in made.occurrences(value, value + timedelta(days=1))]
    if not found:
        reading.told.append(f"excepts {value}, which is no date of it")
    return found


def _with_changes(
    reading: _Reading, made: Recurrence | None, apart: Sequence[Any], first: Any
) -> Recurrence | None:
    """The recurrence with single dates moved, taken out or added, as their own events say."""
    for each in sorted(apart, key=lambda one: reading.wall(one["RECURRENCE-ID"].dt, "RECURRENCE-ID")):
        if each["RECURRENCE-ID"].params.get("RANGE"):
            raise Fault("changes all dates from one on (RANGE=THISANDFUTURE): make two events of it")
        nominal = reading.wall(each["RECURRENCE-ID"].dt, "RECURRENCE-ID")
        there = made is not None and made.occurrence(nominal) is not None
        if _cancelled(each):
            reading.told.append(f"{nominal:%Y-%m-%d} was called off, so left out")
            made = made.without(nominal) if made is not None and there else made
            continue
        starts = reading.wall(each["DTSTART"].dt, "DTSTART")
        reading.lasts(each)
        _tell_words(reading, each, first, nominal)
        if made is None:
            made = Recurrence(nominal, reading.where.key)
        elif not there:
            made = attrs.evolve(made, rdates=(*made.rdates, nominal))
        if starts != nominal:
            made = attrs.evolve(made, overrides=(*made.overrides, Override(nominal, starts)))
    return made


def _tell_words(reading: _Reading, event: Any, first: Any, nominal: datetime) -> None:
    """Tell what one date says of itself and the others do not: a series has one title and one venue."""
    for name, what in (("SUMMARY", "was called"), ("LOCATION", "was at")):
        own, others = str(event.get(name, "")), str(first.get(name, ""))
        if own and own != others:
            reading.told.append(f"{nominal:%Y-%m-%d} {what} {own!r}, which its series cannot say")
