"""VTIMEZONE (RFC 5545 §3.6.5): what the clocks of a zone do, for readers that have no list of zones.

The library that writes calendars can make one too, as a list of dates and with the start of summer time an hour late
where the clocks go forward. Old readers want a yearly rule, so one is written wherever it gives just the changes there
are; else each change stands by itself.
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

YEARS = 6
"""Years of changes that are looked at, from the year before the first time that is written."""


@attrs.frozen
class _Change:
    """One change: what the clock showed when it came, and what holds from then on."""

    shown: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


def vtimezone(zone: ZoneInfo, first: datetime) -> Timezone:
    """The clocks of a zone for times from `first` (local) on; by rule for ever, else for five years."""
    begins = datetime(first.year - 1, 1, 1)
    found = _changes(zone, begins, begins.replace(year=begins.year + YEARS))
    made = Timezone()
    made.add("TZID", zone.key)
    if not found or found[0].shown > first:
        offset, name, summer = _at(zone, begins)
        made.add_component(_observance([_Change(begins, offset, offset, name, summer)]))
    for kind in dict.fromkeys(attrs.evolve(each, shown=begins) for each in found):
        alike = [each for each in found if attrs.evolve(each, shown=begins) == kind]
        made.add_component(_observance(alike, _rule([each.shown for each in alike])))
    return made


def _changes(zone: ZoneInfo, low: datetime, high: datetime) -> list[_Change]:
    """Those in whole years: the year behind the last is not begun."""
    made = []
    for change in changes(zone, low, high - timedelta(seconds=1)):
        length = change.end - change.begin
        offset, name, summer = _at(zone, change.end if change.gap else change.begin, fold=not change.gap)
        # where the clock goes forward it never showed what is missing; where it goes back it showed the later end
        shown, before = (change.begin, offset - length) if change.gap else (change.end, offset + length)
        made.append(_Change(shown, before, offset, name, summer))
    return made


def _at(zone: ZoneInfo, wall: datetime, *, fold: bool = False) -> tuple[timedelta, str, bool]:
    when = wall.replace(tzinfo=zone, fold=int(fold))
    return when.utcoffset() or timedelta(), when.tzname() or zone.key, bool(when.dst())


def _observance(alike: Sequence[_Change], rule: str = "") -> TimezoneDaylight | TimezoneStandard:
    first = alike[0]
    made = TimezoneDaylight() if first.summer else TimezoneStandard()
    made.add("DTSTART", first.shown)
    made.add("TZOFFSETFROM", first.before)
    made.add("TZOFFSETTO", first.after)
    made.add("TZNAME", first.name)
    if rule:
        made.add("RRULE", vRecur.from_ical(rule))
    elif len(alike) > 1:
        made.add("RDATE", [each.shown for each in alike[1:]])
    return made


def _rule(shown: Sequence[datetime]) -> str:
    """The yearly rule that gives these and nothing else in these years; empty where there is none."""
    first = shown[0]
    if [each.year for each in shown] != list(range(first.year, first.year + YEARS)):
        return ""
    if len({(each.month, each.weekday(), each.time()) for each in shown}) > 1:
        return ""
    if all((each + timedelta(days=7)).month != each.month for each in shown):
        nth = -1
    elif len({(each.day - 1) // 7 for each in shown}) == 1:
        nth = (first.day - 1) // 7 + 1
    else:
        return ""
    return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={nth}{WEEKDAYS[first.weekday()]}"
