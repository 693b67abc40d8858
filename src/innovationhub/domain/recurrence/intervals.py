"""Rules of months and years: the days that a month or a year of a certain shape keeps, found once for each shape.

A month is one of 28 (its length and the weekday it begins on), a year one of 14, or of 28 where weeks are
numbered, since those reach into the years beside it. So what a rule keeps of an interval does not depend on
which one it is, and is kept for all that have the same shape, whatever series asks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import attrs

__all__ = ["Months", "YearParts", "Years", "month_length", "picked"]

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEK = 7


@attrs.frozen
class Months:
    """The same months every `period` months from the month number `origin` (12 × year + month - 1)."""

    origin: int
    period: int
    offsets: tuple[int, ...]
    bymonth: tuple[int, ...]
    bymonthday: tuple[int, ...]
    byday: tuple[tuple[int, int], ...]
    times: tuple[time, ...]

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """See `Plan`."""
        first, last = 12 * low.year + low.month - 1, 12 * high.year + high.month - 1
        for begin in range(first - (first - self.origin) % self.period, last + 1, self.period):
            for offset in self.offsets:
                if not first <= begin + offset <= last:
                    continue
                year, month, weekday, length = _month(begin + offset)
                if self.bymonth and month not in self.bymonth:
                    continue
                for day in _month_days(weekday, length, self.bymonthday, self.byday):
                    for clock in self.times:
                        when = datetime(year, month, day, clock.hour, clock.minute, clock.second)
                        if low <= when < high:
                            yield when if where is None else datetime.combine(when, clock, where)


@attrs.frozen(cache_hash=True)
class YearParts:
    """What a YEARLY rule asks of a day; empty parts ask nothing. `first_weekday` is its WKST, 0 for Monday."""

    bymonth: tuple[int, ...]
    byweekno: tuple[int, ...]
    byyearday: tuple[int, ...]
    bymonthday: tuple[int, ...]
    byday: tuple[tuple[int, int], ...]
    first_weekday: int


@attrs.frozen
class Years:
    """Every `period` years from the year `origin`, the days that `parts` keep, and of their times BYSETPOS."""

    origin: int
    period: int
    parts: YearParts
    times: tuple[time, ...]
    bysetpos: tuple[int, ...]

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """See `Plan`."""
        combine, from_number = datetime.combine, date.fromordinal
        for year in range(low.year + (self.origin - low.year) % self.period, high.year + 1, self.period):
            before, shape = _year(year)
            days = _year_days(self.parts, shape if self.parts.byweekno else shape[:2])
            if self.bysetpos:
                moments = iter(picked(days, self.times, self.bysetpos))
            else:
                # Days before the window are passed over at once; one year may keep all of its days.
                behind = bisect_left(days, low.toordinal() - before)
                moments = product(days[behind:] if behind else days, self.times)
            for day, clock in moments:
                when = combine(from_number(before + day), clock)
                if when >= high:
                    return
                if when >= low:
                    yield when if where is None else combine(when, clock, where)


def picked(
    days: tuple[int, ...], times: tuple[time, ...], bysetpos: tuple[int, ...]
) -> list[tuple[int, time]]:
    """What BYSETPOS leaves of all times of all days of an interval."""
    size = len(days) * len(times)
    places = {place - 1 if place > 0 else size + place for place in bysetpos}
    kept = sorted(place for place in places if 0 <= place < size)
    return [(days[place // len(times)], times[place % len(times)]) for place in kept]


def month_length(year: int, month: int) -> int:
    """How many days a month has."""
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _LENGTHS[month - 1]


@lru_cache(maxsize=4096)
def _month(number: int) -> tuple[int, int, int, int]:
    """A month by its number: its year, its name from 1 to 12, the weekday it begins on, its length."""
    year, month = divmod(number, 12)
    return year, month + 1, date(year, month + 1, 1).weekday(), month_length(year, month + 1)


@lru_cache(maxsize=4096)
def _month_days(
    first: int, length: int, bymonthday: tuple[int, ...], byday: tuple[tuple[int, int], ...]
) -> tuple[int, ...]:
    """The days that a month keeps which begins on the weekday `first` and has `length` days."""
    kept = []
    for day in range(1, length + 1):
        if bymonthday and day not in bymonthday and day - length - 1 not in bymonthday:
            continue
        if not byday or not _names(day, first, length).isdisjoint(byday):
            kept.append(day)
    return tuple(kept)


def _names(day: int, first: int, length: int) -> set[tuple[int, int]]:
    """What BYDAY may call a day of an interval of that length which begins on the weekday `first`."""
    weekday = (first + day - 1) % _WEEK
    return {(0, weekday), ((day - 1) // _WEEK + 1, weekday), (-((length - day) // _WEEK + 1), weekday)}


@lru_cache(maxsize=512)
def _year(year: int) -> tuple[int, tuple[int, ...]]:
    """The day number before 1 January, and a year's shape: its first weekday, its length, its neighbours' lengths."""
    before = date(year, 1, 1).toordinal() - 1
    lengths = [337 + month_length(each, 2) for each in (year, year - 1, year + 1)]
    return before, (before % _WEEK, *lengths)


@lru_cache(maxsize=2048)
def _year_days(parts: YearParts, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The days, from 1, that a year of that shape keeps."""
    first, length = shape[:2]
    # The nth weekday counts in the month where BYMONTH is given, else in the year (RFC 5545 §3.3.10).
    in_year = not parts.bymonth and any(nth for nth, _ in parts.byday)
    byday = () if in_year else parts.byday
    weeks = _numbered(parts, shape) if parts.byweekno else set()
    kept, before = [], 0
    for month in range(1, 13):
        days = month_length(2024 if length == 366 else 2023, month)
        if not parts.bymonth or month in parts.bymonth:
            shown = _month_days((first + before) % _WEEK, days, parts.bymonthday, byday)
            kept += [before + day for day in shown]
        before += days
    return tuple(
        day
        for day in kept
        if (not in_year or not _names(day, first, length).isdisjoint(parts.byday))
        and (not parts.byyearday or day in parts.byyearday or day - length - 1 in parts.byyearday)
        and (not parts.byweekno or day in weeks)
    )


def _numbered(parts: YearParts, shape: tuple[int, ...]) -> set[int]:
    """The days of a year that lie in weeks of BYWEEKNO's numbers, the year's own or its neighbours'."""
    first, length, length_before, length_after = shape
    new_years = (1 - length_before, 1, 1 + length, 1 + length + length_after)
    # A week belongs to the year that holds four of its days, so the first holds 4 January.
    begins = [day + 3 - (first + day + 2 - parts.first_weekday) % _WEEK for day in new_years]
    found: set[int] = set()
    for begin, end in pairwise(begins):
        for number in parts.byweekno:
            week = begin + _WEEK * (number - 1) if number > 0 else end + _WEEK * number
            if begin <= week < end:
                found.update(range(week, week + _WEEK))
    return found
