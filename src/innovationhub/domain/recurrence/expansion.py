"""From a rule and a start to naive local times, at a cost that does not grow with the rule's age.

`plan` chooses how a rule is walked. Each plan begins at the interval that holds the window's start
(re-anchoring: INTERVAL's phase is arithmetic on day or month numbers), never at the rule's own start:

- `Once`: no rule;
- `Days`: DAILY and WEEKLY, with any date parts: a period of whole days and the offsets of its days;
- `Months`: MONTHLY and YEARLY by month days or (nth) weekdays;
- `Clock`: HOURLY, MINUTELY, SECONDLY: the days of a `Days`, the times of day by arithmetic;
- `anchored.Anchored`: everything else (BYSETPOS, BYYEARDAY, BYWEEKNO, the nth weekday of a year), by
  dateutil.

Every part BYxxx is read as a filter on the days and times of an interval, what it leaves open comes from the
start (RFC 5545 §3.3.10), and what lies before the start is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, product, repeat
from math import gcd, lcm
from typing import Protocol

import attrs

from innovationhub.domain.recurrence.anchored import Anchored
from innovationhub.domain.recurrence.rrule import WEEKDAYS, Rule, nth_day

__all__ = ["Clock", "Days", "Months", "Once", "Plan", "fill", "plan", "times_of_day"]

_SECOND = timedelta(seconds=1)
_UNITS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Plan(Protocol):
    """How the local times of one rule are found."""

    def walk(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """The rule's naive local times `t` in order, `low <= t < high`.

        `low` is not before the rule's start; COUNT and UNTIL are the caller's business.
        """
        ...


def fill(rule: Rule, start: datetime) -> Rule:
    """The rule with what its start implies written out (RFC 5545 §3.3.10), without COUNT and UNTIL."""
    freq = rule.freq
    filled: dict[str, tuple[int, ...] | tuple[str, ...]] = {}
    if not (rule.byweekno or rule.byyearday or rule.bymonthday or rule.byday):
        if freq == "YEARLY":
            filled |= {"bymonth": rule.bymonth or (start.month,), "bymonthday": (start.day,)}
        elif freq == "MONTHLY":
            filled["bymonthday"] = (start.day,)
        elif freq == "WEEKLY":
            filled["byday"] = (WEEKDAYS[start.weekday()],)
    for clock, implied_by in (("hour", ()), ("minute", ("HOURLY",)), ("second", ("HOURLY", "MINUTELY"))):
        if not getattr(rule, f"by{clock}") and freq in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", *implied_by):
            filled[f"by{clock}"] = (getattr(start, clock),)
    return attrs.evolve(rule, count=None, until=None, **filled)  # type: ignore[arg-type]


def times_of_day(rule: Rule) -> tuple[time, ...]:
    """The times of day of a filled rule of whole days, in order."""
    return tuple(time(*clock) for clock in product(rule.byhour, rule.byminute, rule.bysecond))


@attrs.frozen
class Once:
    """A start without a rule."""

    start: datetime

    def walk(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """See `Plan`."""
        if low <= self.start < high:
            yield self.start


@attrs.frozen
class DateParts:
    """The parts of a rule that ask something of a date by itself; an empty one asks nothing."""

    bymonth: tuple[int, ...]
    byyearday: tuple[int, ...]
    bymonthday: tuple[int, ...]
    weekdays: tuple[int, ...]

    def keeps(self, day: date) -> bool:
        """Whether the date passes every part; negative numbers count from the end of its month or year."""
        if self.bymonth and day.month not in self.bymonth:
            return False
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        if self.bymonthday:
            length = _month_length(day.year, day.month)
            if day.day not in self.bymonthday and day.day - length - 1 not in self.bymonthday:
                return False
        if self.byyearday:
            number = day.toordinal() - date(day.year, 1, 1).toordinal() + 1
            length = 366 if _month_length(day.year, 2) == 29 else 365
            return number in self.byyearday or number - length - 1 in self.byyearday
        return True


@attrs.frozen
class Days:
    """A pattern of days that repeats every `period` days from the day number `origin` (`date.toordinal`)."""

    origin: int
    period: int
    offsets: tuple[int, ...]
    times: tuple[time, ...]
    parts: DateParts | None = None

    def walk(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """See `Plan`."""
        if self.parts is None and len(self.times) == 1 and self.offsets:
            return self._steps(low, high)
        clocks = (
            datetime.combine(day, at) for day in self.dates(low.date(), high.date()) for at in self.times
        )
        return (when for when in clocks if low <= when < high)

    def _steps(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """One time a day and no filter: steps of a datetime, without building a date for each."""
        begin = datetime.combine(date.fromordinal(self._begin(low)), self.times[0])
        period = timedelta(days=self.period)
        if len(self.offsets) == 1:
            begin += timedelta(days=self.offsets[0])
            if begin < low:
                begin += period
            more = (high - begin - _SECOND) // period
            if begin >= high:
                return iter(())
            # The stubs of accumulate() know only sums whose terms are of one type.
            return accumulate(repeat(period, more), initial=begin)  # type: ignore[arg-type]
        return self._weeks(begin, low, high)

    def _weeks(self, begin: datetime, low: datetime, high: datetime) -> Iterator[datetime]:
        steps, period = [timedelta(days=offset) for offset in self.offsets], timedelta(days=self.period)
        while True:
            for step in steps:
                when = begin + step
                if when >= high:
                    return
                if when >= low:
                    yield when
            begin += period

    def dates(self, first: date, last: date) -> Iterator[date]:
        """The pattern's dates from `first` to `last`, both included."""
        begin, low, high = self._begin(first), first.toordinal(), last.toordinal()
        while begin <= high:
            for offset in self.offsets:
                if low <= begin + offset <= high:
                    day = date.fromordinal(begin + offset)
                    if self.parts is None or self.parts.keeps(day):
                        yield day
            begin += self.period

    def _begin(self, day: date) -> int:
        number = day.toordinal()
        return number - (number - self.origin) % self.period


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

    def walk(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """See `Plan`."""
        number, last = 12 * low.year + low.month - 1, 12 * high.year + high.month - 1
        begin = number - (number - self.origin) % self.period
        while begin <= last:
            for offset in self.offsets:
                year, month = divmod(begin + offset, 12)
                if begin + offset < number or begin + offset > last:
                    continue
                if self.bymonth and month + 1 not in self.bymonth:
                    continue
                shape = date(year, month + 1, 1).weekday(), _month_length(year, month + 1)
                for day in _month_days(*shape, self.bymonthday, self.byday):
                    for clock in self.times:
                        when = datetime(year, month + 1, day, clock.hour, clock.minute, clock.second)
                        if low <= when < high:
                            yield when
            begin += self.period


def _month_length(year: int, month: int) -> int:
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _LENGTHS[month - 1]


@lru_cache(maxsize=4096)
def _month_days(
    first: int, length: int, bymonthday: tuple[int, ...], byday: tuple[tuple[int, int], ...]
) -> tuple[int, ...]:
    """The days that a month keeps which begins on the weekday `first` and has `length` days."""
    kept = []
    for day in range(1, length + 1):
        if bymonthday and day not in bymonthday and day - length - 1 not in bymonthday:
            continue
        weekday = (first + day - 1) % 7
        names = {(0, weekday), ((day - 1) // 7 + 1, weekday), (-((length - day) // 7 + 1), weekday)}
        if not byday or not names.isdisjoint(byday):
            kept.append(day)
    return tuple(kept)


@attrs.frozen
class Clock:
    """A rule whose steps are hours, minutes or seconds: on each of its days the times that are in step.

    Steps are counted on the local clock, as if every day had 24 hours. `rule` is a filled rule.
    """

    rule: Rule
    start: datetime
    days: Days

    def walk(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """See `Plan`."""
        for day in self.days.dates(low.date(), high.date()):
            midnight = datetime(day.year, day.month, day.day)
            for second in self._seconds((midnight - self.start) // timedelta(seconds=1)):
                when = midnight + timedelta(seconds=second)
                if low <= when < high:
                    yield when

    def _seconds(self, midnight: int) -> Iterator[int]:
        """The seconds of the day in step, where midnight is so many seconds after the start."""
        rule, unit = self.rule, _UNITS[self.rule.freq]
        # The first step is the start's own unit; whatever is smaller than the unit is a filter.
        midnight += (self.start.minute * 60 + self.start.second) % unit
        step = rule.interval * unit
        if -midnight % step >= 86400:
            return
        for hour in rule.byhour or range(24):
            begin = hour * 3600
            ahead = -(midnight + begin) % step
            if ahead >= 3600:
                continue
            if unit == 3600:
                minutes = rule.byminute or range(60)
                yield from self._pick([begin + m * 60 + s for m, s in product(minutes, rule.bysecond)])
            elif unit == 60:
                for minute in range(ahead // 60, 60, rule.interval):
                    if not rule.byminute or minute in rule.byminute:
                        yield from self._pick([begin + minute * 60 + s for s in rule.bysecond])
            else:
                for minute in rule.byminute or range(60):
                    yield from self._seconds_of(begin + minute * 60, midnight)

    def _seconds_of(self, begin: int, midnight: int) -> Iterator[int]:
        """The seconds in step of the minute that begins at that second of the day."""
        rule = self.rule
        for second in range(-(midnight + begin) % rule.interval, 60, rule.interval):
            if not rule.bysecond or second in rule.bysecond:
                yield from self._pick([begin + second])

    def _pick(self, seconds: list[int]) -> list[int]:
        """What BYSETPOS leaves of one step's times."""
        chosen = self.rule.bysetpos
        if not chosen:
            return seconds
        size = len(seconds)
        return [s for i, s in enumerate(seconds) if i + 1 in chosen or i - size in chosen]


def _reachable(filled: Rule, start: datetime) -> bool:
    """Whether the steps of a rule of hours, minutes or seconds ever meet a time of day that its parts allow."""
    unit = _UNITS[filled.freq]
    pace = gcd(filled.interval * unit, 86400) // unit
    first = (start.hour * 3600 + start.minute * 60 + start.second) // unit
    clocks = product(filled.byhour or range(24), filled.byminute or range(60), filled.bysecond or range(60))
    return any(((h * 3600 + m * 60 + s) // unit - first) % pace == 0 for h, m, s in clocks)


def plan(rule: Rule | None, start: datetime) -> Plan:
    """How the rule is walked whose start is the naive local `start`."""
    if rule is None:
        return Once(start)
    filled = fill(rule, start)
    if rule.freq in _UNITS:
        # Looked for day by day, a time that no step ever meets would take seconds to be missed.
        offsets = (0,) if _reachable(filled, start) else ()
        return Clock(filled, start, Days(0, 1, offsets, (), _date_parts(filled)))
    if not rule.bysetpos and rule.freq in ("DAILY", "WEEKLY"):
        return _days(filled, start)
    yearly = rule.freq == "YEARLY"
    counted_in_year = yearly and not rule.bymonth and any(nth_day(day)[0] for day in rule.byday)
    if rule.bysetpos or rule.byyearday or rule.byweekno or counted_in_year:
        return Anchored(filled, start)
    months = tuple(month - 1 for month in filled.bymonth) or tuple(range(12))
    return Months(
        origin=12 * start.year + (0 if yearly else start.month - 1),
        period=rule.interval * (12 if yearly else 1),
        offsets=months if yearly else (0,),
        bymonth=filled.bymonth,
        bymonthday=filled.bymonthday,
        byday=tuple(nth_day(day) for day in filled.byday),
        times=times_of_day(filled),
    )


def _date_parts(filled: Rule) -> DateParts | None:
    weekdays = tuple(nth_day(day)[1] for day in filled.byday)
    parts = DateParts(filled.bymonth, filled.byyearday, filled.bymonthday, weekdays)
    return parts if any(attrs.astuple(parts)) else None


def _days(filled: Rule, start: datetime) -> Days:
    """A DAILY or WEEKLY rule: its weekdays are in the offsets, other parts are filters."""
    weekdays = {nth_day(day)[1] for day in filled.byday}
    today = start.toordinal()
    rest = _date_parts(attrs.evolve(filled, byday=()))
    if filled.freq == "WEEKLY":
        first = WEEKDAYS.index(filled.wkst)
        offsets = tuple(sorted((weekday - first) % 7 for weekday in weekdays))
        # Day number 1 (date.toordinal) was a Monday.
        monday_based = (today - 1 - first) % 7
        return Days(today - monday_based, 7 * filled.interval, offsets, times_of_day(filled), rest)
    if not weekdays:
        return Days(today, filled.interval, (0,), times_of_day(filled), rest)
    period = lcm(filled.interval, 7)
    offsets = tuple(
        offset for offset in range(0, period, filled.interval) if (today + offset - 1) % 7 in weekdays
    )
    return Days(today, period, offsets, times_of_day(filled), rest)
