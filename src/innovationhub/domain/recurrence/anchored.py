"""The sets that BYSETPOS picks from a month, walked by dateutil from close to the window: its only importer.

dateutil walks from the start it is given, so it is given the first moment of the interval that holds the
window's start (whole intervals from the rule's own, so INTERVAL keeps its phase; whole ones also because
dateutil applies BYSETPOS wrongly to a first week that is cut). Two more of its faults are kept from users:
plain and nth weekdays together (`BYDAY=MO,2TU`) match nothing there, so plain ones are written as all their
nths; and WKST's default is global to the process, so it is always given. It can walk the other rules of days
and longer as well, and does in the tests, next to our own paths.

A rule that stops matching would be walked to the year 9999, where dateutil gives up. The calendar repeats
every 400 years to the day of the week, so the walk happens in the last of those cycles: at most some 0.3 s,
and only for a rule that is about to be refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import attrs
from dateutil import rrule

from innovationhub.domain.recurrence.clocks import shown
from innovationhub.domain.recurrence.rrule import WEEKDAYS, Rule, nth_day

__all__ = ["Anchored"]

_CYCLE_YEARS = 400
_CYCLE = timedelta(days=146_097)
_FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {"YEARLY": 0, "MONTHLY": 1, "WEEKLY": 2, "DAILY": 3}


def _weekdays(rule: Rule) -> list[rrule.weekday] | None:
    """BYDAY for dateutil: where one day is counted, all are, as far as a month or year reaches."""
    days = [nth_day(day) for day in rule.byday]
    if not any(nth for nth, _ in days):
        return [rrule.weekday(weekday) for _, weekday in days] or None
    most = 5 if rule.freq == "MONTHLY" or rule.bymonth else 53
    counted = {(n, weekday) for nth, weekday in days for n in ([nth] if nth else range(1, most + 1))}
    # dateutil fails on "the 10th Monday of the month"; a number that no month reaches never matches.
    return [rrule.weekday(weekday, nth) for nth, weekday in sorted(counted) if abs(nth) <= most]


@attrs.frozen
class Anchored:
    """A filled rule of FREQ=DAILY or longer, without BYWEEKNO, whose own start is the naive local `start`."""

    rule: Rule
    start: datetime
    weekdays: list[rrule.weekday] | None = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare what does not depend on the window."""
        object.__setattr__(self, "weekdays", _weekdays(self.rule))

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """See `expansion.Plan`."""
        return shown(self._walk(low, high), where)

    def _walk(self, low: datetime, high: datetime) -> Iterator[datetime]:
        if self.weekdays == []:
            return
        rule, anchor = self.rule, self._anchor(low)
        later = _CYCLE * ((9990 - high.year) // _CYCLE_YEARS)
        walked = rrule.rrule(
            _FREQUENCIES[rule.freq],
            dtstart=anchor + later,
            interval=rule.interval,
            wkst=WEEKDAYS.index(rule.wkst),
            until=high + later - timedelta.resolution,
            bysetpos=rule.bysetpos or None,
            bymonth=rule.bymonth or None,
            byyearday=rule.byyearday or None,
            bymonthday=rule.bymonthday or None,
            byweekday=self.weekdays,
            byhour=rule.byhour,
            byminute=rule.byminute,
            bysecond=rule.bysecond,
        )
        try:
            for when in walked:
                found = when - later
                if found >= low:
                    yield found
        except OverflowError:
            # A week that reaches into the year 10000: dateutil would have stopped after it.
            return

    def _anchor(self, low: datetime) -> datetime:
        """Midnight of the first day of the rule's interval that holds `low`, or of the last one before."""
        start, interval = self.start, self.rule.interval
        if self.rule.freq == "YEARLY":
            return datetime(low.year - (low.year - start.year) % interval, 1, 1)
        if self.rule.freq == "MONTHLY":
            number, own = 12 * low.year + low.month - 1, 12 * start.year + start.month - 1
            year, month = divmod(number - (number - own) % interval, 12)
            return datetime(year, month + 1, 1)
        period, own = interval, start.toordinal()
        if self.rule.freq == "WEEKLY":
            # Day number 1 (date.toordinal) was a Monday.
            period, own = 7 * interval, own - (own - 1 - WEEKDAYS.index(self.rule.wkst)) % 7
        day = low.toordinal()
        return datetime.fromordinal(day - (day - own) % period)
