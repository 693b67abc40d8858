"""A pattern of times that repeats every so many days: most rules of a hub, and the cheapest to walk.

Each time of the pattern has a number, counted from the pattern's origin over all its repetitions. The numbers
of a window's two ends are arithmetic; what lies between them is made by adding the distance from one time to
the next, which costs a third of building a time from its parts. The distances are added to times of the wall
clock, so they mean the same on the days when the clocks change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import accumulate, cycle, islice, repeat
from zoneinfo import ZoneInfo

import attrs

__all__ = ["Steps", "seconds_of"]

_DAY = 86_400


def seconds_of(clock: time) -> int:
    """The second of the day at which a clock shows that time."""
    return clock.hour * 3600 + clock.minute * 60 + clock.second


@attrs.frozen
class Steps:
    """Times at fixed `seconds` after the midnight of the day `origin` (`date.toordinal`), and every `period` days on.

    `seconds` are in order, each once, and less than a period; none: the pattern is empty.
    """

    origin: int
    period: int
    seconds: tuple[int, ...]
    _clocks: tuple[tuple[int, time], ...] = attrs.field(init=False, eq=False)
    _gaps: tuple[timedelta, ...] = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Prepare what does not depend on the window: each time as day and clock, and how far the next one is."""
        clocks = []
        for second in self.seconds:
            day, rest = divmod(second, _DAY)
            clocks.append((day, time(rest // 3600, rest // 60 % 60, rest % 60)))
        following = [*self.seconds[1:], *(first + self.period * _DAY for first in self.seconds[:1])]
        gaps = [timedelta(seconds=b - a) for a, b in zip(self.seconds, following, strict=True)]
        object.__setattr__(self, "_clocks", tuple(clocks))
        object.__setattr__(self, "_gaps", tuple(gaps))

    def walk(self, low: datetime, high: datetime, where: ZoneInfo | None = None) -> Iterator[datetime]:
        """See `Plan`."""
        if not self.seconds:
            return iter(())
        first = self._number(low)
        more = self._number(high) - first - 1
        if more < 0:
            return iter(())
        repetition, index = divmod(first, len(self.seconds))
        day, clock = self._clocks[index]
        begin = datetime.combine(date.fromordinal(self.origin + repetition * self.period + day), clock, where)
        gaps = self._gaps
        if len(gaps) == 1:
            # The stubs of accumulate() know only sums whose terms are of one type.
            return accumulate(repeat(gaps[0], more), initial=begin)  # type: ignore[arg-type]
        turned = cycle(gaps[index:] + gaps[:index])
        return accumulate(islice(turned, more), initial=begin)  # type: ignore[arg-type]

    def _number(self, when: datetime) -> int:
        """How many of the pattern's times come before `when`, counted from the origin."""
        repetition, days = divmod(when.toordinal() - self.origin, self.period)
        second = days * _DAY + when.hour * 3600 + when.minute * 60 + when.second
        if when.microsecond:
            second += 1
        return repetition * len(self.seconds) + bisect_left(self.seconds, second)
