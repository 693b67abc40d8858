"""From a rule and a start to naive local times, at a cost that does not grow with the rule's age.

`plan` chooses how a rule is walked. Each plan begins at the interval that holds the window's start
(re-anchoring: INTERVAL's phase is arithmetic on day or month numbers), never at the rule's own start:

- `Once`: no rule;
- `steps.Steps`: DAILY and WEEKLY: the times in a period of whole days;
- `Sifted`: the same with date parts that filter the days;
- `Days`: the same day by day, where BYMONTH may cut the week that BYSETPOS picks from, or times are very many;
- `intervals.Months`: MONTHLY and YEARLY by month days or (nth) weekdays;
- `intervals.Years`: YEARLY by days or weeks of the year, its nth weekdays, or BYSETPOS;
- `Clock`: HOURLY, MINUTELY, SECONDLY: the days of a `Days`, the times of day by arithmetic;
- `anchored.Anchored`: MONTHLY with BYSETPOS, by dateutil.

Every part BYxxx is read as a filter on the days and times of an interval, what it leaves open comes from the
start (RFC 5545 §3.3.10), and what lies before the start is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from math import gcd, lcm
from typing import Protocol
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.recurrence.anchored import Anchored
from innovationhub.domain.recurrence.clocks import shown
from innovationhub.domain.recurrence.intervals import Months, YearParts, Years, month_length, picked
from innovationhub.domain.recurrence.rrule import WEEKDAYS, Rule, nth_day
from innovationhub.domain.recurrence.steps import Steps, seconds_of

__all__ = ["Clock", "Days", "Once", "Plan", "fill", "plan", "times_of_day"]

_UNITS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}

# Beyond so many times in a period a pattern is walked day by day, rather than kept as a list.
_LONGEST_PATTERN = 1000


class Plan(Protocol):
    """How the local times of one rule are found."""

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """The rule's local times `t` in order, `low <= t < high`, both naive.

        They come naive, or with the zone `where` attached as they stand: to make them so costs less than to
        attach it later. `low` is not before the rule's start; COUNT and UNTIL are the caller's business.
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

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """See `Plan`."""
        return shown([self.start] if low <= self.start < high else [], where)


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
            length = month_length(day.year, day.month)
            if day.day not in self.bymonthday and day.day - length - 1 not in self.bymonthday:
                return False
        if self.byyearday:
            number = day.toordinal() - date(day.year, 1, 1).toordinal() + 1
            length = 366 if month_length(day.year, 2) == 29 else 365
            return number in self.byyearday or number - length - 1 in self.byyearday
        return True


@attrs.frozen
class Sifted:
    """The times of a pattern whose dates pass the parts of a rule."""

    steps: Steps
    parts: DateParts

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """See `Plan`."""
        return filter(self.parts.keeps, self.steps.walk(low, high, where))


@attrs.frozen
class Days:
    """A pattern of days that repeats every `period` days from the day number `origin` (`date.toordinal`).

    BYSETPOS picks from the times of one period, once its days have passed the parts of the rule.
    """

    origin: int
    period: int
    offsets: tuple[int, ...]
    times: tuple[time, ...]
    parts: DateParts | None = None
    bysetpos: tuple[int, ...] = ()

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """See `Plan`."""
        combine, from_number = datetime.combine, date.fromordinal
        for days in self._periods(low.toordinal(), high.toordinal()):
            moments = picked(days, self.times, self.bysetpos) if self.bysetpos else product(days, self.times)
            for day, clock in moments:
                when = combine(from_number(day), clock)
                if low <= when < high:
                    yield when if where is None else combine(when, clock, where)

    def dates(self, first: date, last: date) -> Iterator[date]:
        """The pattern's dates from `first` to `last`, both included."""
        low, high = first.toordinal(), last.toordinal()
        for days in self._periods(low, high):
            yield from (date.fromordinal(day) for day in days if low <= day <= high)

    def _periods(self, low: int, high: int) -> Iterator[tuple[int, ...]]:
        """The days that each period keeps, from the one that holds the day number `low` to that of `high`."""
        parts = self.parts
        for begin in range(low - (low - self.origin) % self.period, high + 1, self.period):
            days = (begin + offset for offset in self.offsets)
            yield tuple(day for day in days if parts is None or parts.keeps(date.fromordinal(day)))


@attrs.frozen
class Clock:
    """A rule whose steps are hours, minutes or seconds: on each of its days the times that are in step.

    Steps are counted on the local clock, as if every day had 24 hours. `rule` is a filled rule.
    """

    rule: Rule
    start: datetime
    days: Days

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """See `Plan`."""
        return shown(self._walk(low, high), where)

    def _walk(self, low: datetime, high: datetime) -> Iterator[datetime]:
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
    if rule.freq in ("DAILY", "WEEKLY"):
        return _pattern(filled, start)
    yearly = rule.freq == "YEARLY"
    counted_in_year = yearly and not rule.bymonth and any(nth_day(day)[0] for day in rule.byday)
    if yearly and (rule.bysetpos or rule.byyearday or rule.byweekno or counted_in_year):
        return _years(filled, start)
    if rule.bysetpos:
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


def _years(filled: Rule, start: datetime) -> Years:
    """A YEARLY rule whose days are counted in the year, or picked from all of the year's."""
    parts = YearParts(
        bymonth=filled.bymonth,
        byweekno=filled.byweekno,
        byyearday=filled.byyearday,
        bymonthday=filled.bymonthday,
        byday=tuple(nth_day(day) for day in filled.byday),
        first_weekday=WEEKDAYS.index(filled.wkst),
    )
    return Years(start.year, filled.interval, parts, times_of_day(filled), filled.bysetpos)


def _date_parts(filled: Rule) -> DateParts | None:
    weekdays = tuple(nth_day(day)[1] for day in filled.byday)
    parts = DateParts(filled.bymonth, filled.byyearday, filled.bymonthday, weekdays)
    return parts if any(attrs.astuple(parts)) else None


def _pattern(filled: Rule, start: datetime) -> Plan:
    """A DAILY or WEEKLY rule: its weekdays are in the offsets, other parts are filters."""
    weekdays = {nth_day(day)[1] for day in filled.byday}
    today, times, places = start.toordinal(), times_of_day(filled), filled.bysetpos
    rest = _date_parts(attrs.evolve(filled, byday=()))
    if filled.freq == "WEEKLY":
        first = WEEKDAYS.index(filled.wkst)
        # Day number 1 (date.toordinal) was a Monday.
        origin, period = today - (today - 1 - first) % 7, 7 * filled.interval
        offsets = tuple(sorted((weekday - first) % 7 for weekday in weekdays))
    else:
        origin, period, offsets = today, filled.interval, (0,)
        if weekdays:
            period = lcm(filled.interval, 7)
            steps = range(0, period, filled.interval)
            offsets = tuple(offset for offset in steps if (today + offset - 1) % 7 in weekdays)
        if places:
            # The set is one day's, so it picks the same times of every day that is kept.
            times, places = tuple(clock for _, clock in picked((0,), times, places)), ()
    if len(offsets) * len(times) > _LONGEST_PATTERN or (places and rest is not None):
        return Days(origin, period, offsets, times, rest, places)
    moments = picked(offsets, times, places) if places else product(offsets, times)
    regular = Steps(origin, period, tuple(day * 86_400 + seconds_of(clock) for day, clock in moments))
    return regular if rest is None else Sifted(regular, rest)
