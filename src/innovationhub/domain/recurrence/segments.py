"""One stretch of a recurrence: a start, a rule and extra dates, checked, with its end found once.

A `Recurrence` is one segment, or several in a row after a change "this and following". COUNT is resolved here
when the segment is made, so that no window ever counts from the start.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.recurrence.clocks import gap_before, latest_not_after
from innovationhub.domain.recurrence.expansion import Plan, plan
from innovationhub.domain.recurrence.rrule import Rule
from innovationhub.errors import Invalid

__all__ = ["MOST_STARTS_A_DAY", "YEARS", "Segment", "check_wall", "local_until", "segment"]

YEARS = (1900, 2200)
"""The first and the last year that a start may lie in."""

MOST_STARTS_A_DAY = 300
"""A rule without an end may not start more sessions a day, on average over its days."""

_HORIZON = datetime(YEARS[1] + 2, 1, 1)
_LOOK_AHEAD = timedelta(days=3653)
_SECOND = timedelta(seconds=1)


def check_wall(field: str, value: object) -> datetime:
    """`value`, if it is naive, in whole seconds and in `YEARS`. Raises `Invalid` naming `field` if not."""
    if not isinstance(value, datetime):
        raise Invalid(field, f"must be a naive local datetime; got {value!r}", value)
    if value.tzinfo is not None:
        message = (
            f"must be naive, the wall clock of the recurrence's zone: no tzinfo; got {value.isoformat()}"
        )
        raise Invalid(field, message, value)
    if value.microsecond:
        raise Invalid(field, f"must be in whole seconds (RFC 5545 §3.3.5); got {value.isoformat()}", value)
    if value.fold:
        message = "must not have fold=1: a local time that exists twice means the first (RFC 5545 §3.3.5)"
        raise Invalid(field, message, value)
    if not YEARS[0] <= value.year <= YEARS[1]:
        raise Invalid(
            field, f"must lie in the years {YEARS[0]} to {YEARS[1]}; got {value.isoformat()}", value
        )
    return value


@attrs.frozen
class Segment:
    """Local times from `since` (inclusive) to `before` (exclusive).

    They are the plan's from `start` to `last`, both included, and `rdates`; `exdates` are only carried.
    """

    plan: Plan
    start: datetime
    last: datetime
    endless: bool
    rdates: tuple[datetime, ...]
    exdates: tuple[datetime, ...]
    since: datetime
    before: datetime
    _begin: datetime = attrs.field(init=False, eq=False)
    _end: datetime = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Find once between which times the plan counts."""
        object.__setattr__(self, "_begin", max(self.start, self.since))
        object.__setattr__(self, "_end", min(self.last + _SECOND, self.before))

    def shown(self, low: datetime, high: datetime, most: int, where: ZoneInfo) -> list[datetime]:
        """The segment's local times `low <= t < high` in order, with the zone attached as they stand.

        At least the first `most` of them: if there are fewer, all.
        """
        found = self._planned(low, high, most, where)
        if self.rdates:
            first, behind = (
                bisect_left(self.rdates, end) for end in (max(low, self.since), min(high, self.before))
            )
            for extra in self.rdates[first:behind]:
                when = datetime.combine(extra, extra.time(), where)
                place = bisect_left(found, when)
                if place == len(found) or found[place] != when:
                    found.insert(place, when)
        return found

    def _planned(
        self, low: datetime, high: datetime, most: int, where: ZoneInfo | None = None
    ) -> list[datetime]:
        begin, end = max(low, self._begin), min(high, self._end)
        return list(islice(self.plan.walk(begin, end, where), most)) if begin < end else []

    def nominals(self, low: datetime, high: datetime, most: int) -> tuple[list[datetime], bool]:
        """The segment's local times `low <= t < high` in order, and whether those are all.

        Where they are more than `most` they are not all; then there are at least `most`.
        """
        found = self._planned(low, high, most)
        complete = len(found) < most
        if self.rdates:
            low, high = max(low, self.since), min(high, self.before)
            edge = high if complete else found[-1]
            found = sorted({*found, *(extra for extra in self.rdates if low <= extra < edge)})
        return found, complete

    def alive(self) -> bool:
        """Whether it gives anything from `since` on, within ten years."""
        begin = max(self.start, self.since)
        ahead = self.plan.walk(begin, min(self.last + _SECOND, begin + _LOOK_AHEAD))
        return next(ahead, None) is not None or any(extra >= self.since for extra in self.rdates)


def segment(
    field: str,
    start: datetime,
    rule: Rule | None,
    dates: tuple[Sequence[datetime], Sequence[datetime]],
    reach: tuple[datetime, datetime],
) -> Segment:
    """The segment of a rule whose UNTIL is local; `dates`: RDATE and EXDATE, `reach`: `since` and `before`.

    Raises `Invalid` naming the part of `field` (such as `rule.COUNT`) for a rule that never matches, is too
    dense to have no end, or goes on beyond `YEARS`.
    """
    way = plan(rule, start)
    last = _HORIZON if rule is None else _last(field, rule, start, way)
    endless = rule is not None and rule.count is None and rule.until is None
    rdates, exdates = dates
    return Segment(way, start, last, endless, tuple(rdates), tuple(exdates), *reach)


def _last(field: str, rule: Rule, start: datetime, way: Plan) -> datetime:
    """The last moment at which the rule may start a session."""
    if rule.count is None and rule.until is None:
        _check_density(field, rule)
    end = _HORIZON
    if isinstance(rule.until, datetime):
        end = min(end, rule.until)
    elif rule.until is not None:
        end = min(end, datetime.combine(rule.until, time(23, 59, 59)))
    if end < start:
        message = f"ends before the start ({start.isoformat()}): give a later UNTIL, or none"
        raise Invalid(f"{field}.UNTIL", message, rule.until)
    if next(way.walk(start, min(end + _SECOND, start + _LOOK_AHEAD)), None) is None:
        when = "up to its UNTIL" if end < start + _LOOK_AHEAD else "within ten years"
        message = (
            f"{rule} never matches {when} from {start.isoformat()}: see that its parts can be met together"
        )
        raise Invalid(field, message, str(rule))
    if rule.count is None:
        return end
    counted = list(islice(way.walk(start, _HORIZON), rule.count))
    if len(counted) < rule.count:
        message = f"reaches beyond the year {YEARS[1]} ({len(counted)} starts until then): give a smaller one"
        raise Invalid(f"{field}.COUNT", message, rule.count)
    return counted[-1]


def _check_density(field: str, rule: Rule) -> None:
    """Refuse an endless rule of more than `MOST_STARTS_A_DAY`, on average over the days it meets."""
    hours, minutes, seconds = len(rule.byhour), len(rule.byminute), len(rule.bysecond)
    step = rule.interval
    if rule.freq == "SECONDLY":
        average = float("inf")
    elif rule.freq == "MINUTELY":
        average = 1440 / step * (hours or 24) / 24 * (minutes or 60) / 60 * (seconds or 1)
    elif rule.freq == "HOURLY":
        average = 24 / step * (hours or 24) / 24 * (minutes or 1) * (seconds or 1)
    else:
        average = (hours or 1) * (minutes or 1) * (seconds or 1)
    if average > MOST_STARTS_A_DAY:
        many = "every second" if rule.freq == "SECONDLY" else f"about {average:.0f} times a day"
        message = f"no end in sight: {rule} starts {many}, for ever; give it a COUNT or an UNTIL"
        raise Invalid(field, message, str(rule))


def local_until(rule: Rule, start: datetime, where: ZoneInfo) -> Rule:
    """The rule with an UNTIL that is an instant made local, so that it keeps the same starts."""
    if not isinstance(rule.until, datetime) or rule.until.tzinfo is None:
        return rule
    wall: date = latest_not_after(rule.until, where)
    gap = gap_before(latest_not_after(rule.until, where), where)
    if gap is not None:
        # Times in the gap come before this one on the clock but may start after it.
        same = latest_not_after(rule.until, where) - (gap.end - gap.begin)
        wall = next((late - _SECOND for late in plan(rule, start).walk(same + _SECOND, gap.end)), wall)
    return attrs.evolve(rule, until=wall)
