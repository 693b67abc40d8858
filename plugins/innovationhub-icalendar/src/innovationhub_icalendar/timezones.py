"""VTIMEZONE (RFC 5545 §3.6.5): what the clocks of a zone do, so that a reader needs no list of zones of its own.

Most zones change their clocks by a yearly rule, and that is what old readers understand best, so a rule is written
wherever it gives exactly the changes there are; else each change is written by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from innovationhub.domain.recurrence.clocks import changes

__all__ = ["vtimezone"]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FEWEST = 3
"""Changes that must follow a rule before it is believed to be one."""


@attrs.frozen
class _Onset:
    """One change: when on the clock before it, and what holds from then on."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def kind(self) -> tuple[timedelta, timedelta, str, bool]:
        return self.before, self.after, self.name, self.summer


def vtimezone(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """The zone's clocks from `first` to `last` (local times), and from a year before to two years behind them."""
    low, high = datetime(first.year - 1, 1, 1), datetime(last.year + 2, 12, 31)
    made = Timezone()
    made.add("TZID", zone.key)
    begins = low.replace(tzinfo=zone)
    offset = begins.utcoffset() or timedelta()
    observances = [
        _observance([_Onset(low, offset, offset, begins.tzname() or zone.key, bool(begins.dst()))])
    ]
    onsets = [
        _onset(zone, low, change.begin, change.end, gap=change.gap) for change in changes(zone, low, high)
    ]
    for kind in dict.fromkeys(onset.kind for onset in onsets):
        of_kind = [onset for onset in onsets if onset.kind == kind]
        text = _yearly([onset.wall for onset in of_kind])
        if text:
            observances.append(_observance(of_kind[:1], text))
        else:
            observances.append(_observance(of_kind))
    for each in observances:
        made.add_component(each)
    return made


def _onset(zone: ZoneInfo, low: datetime, begin: datetime, end: datetime, *, gap: bool) -> _Onset:
    # the clock shows `begin` when it goes forward, and `end` when it goes back
    wall = begin if gap else end
    length = end - begin
    after = (end if gap else begin).replace(tzinfo=zone, fold=0 if gap else 1)
    offset = after.utcoffset() or timedelta()
    before = offset - length if gap else offset + length
    return _Onset(wall, before, offset, after.tzname() or zone.key, bool(after.dst()))


def _observance(onsets: Sequence[_Onset], rule: str = "") -> TimezoneStandard | TimezoneDaylight:
    first = onsets[0]
    made = TimezoneDaylight() if first.summer else TimezoneStandard()
    made.add("DTSTART", first.wall)
    made.add("TZOFFSETFROM", first.before)
    made.add("TZOFFSETTO", first.after)
    made.add("TZNAME", first.name)
    if rule:
        made.add("RRULE", vRecur.from_ical(rule))
    elif len(onsets) > 1:
        made.add("RDATE", [onset.wall for onset in onsets[1:]])
    return made


def _yearly(walls: Sequence[datetime]) -> str:
    """The yearly rule that gives these local times and no others; empty where there is none."""
    first = walls[0]
    years = [wall.year for wall in walls]
    alike = {(wall.month, wall.weekday(), wall.time()) for wall in walls}
    if len(walls) < FEWEST or len(alike) > 1 or years != list(range(first.year, first.year + len(walls))):
        return ""
    nth = {(wall.day - 1) // 7 + 1 for wall in walls}
    is_last = all((wall + timedelta(days=7)).month != wall.month for wall in walls)
    if not is_last and len(nth) > 1:
        return ""
    number = -1 if is_last else nth.pop()
    return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={number}{WEEKDAYS[first.weekday()]}"
