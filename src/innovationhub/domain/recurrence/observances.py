"""What the clocks of a zone do over some years, as a calendar file says it (VTIMEZONE, RFC 5545 §3.6.5).

Most zones change their clocks by a yearly rule, and that is what old readers understand best: so a rule is given
wherever it makes exactly the changes there are, up to the end of the years that were looked at, as if it went on for
ever; else each change is given by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.recurrence.clocks import Change, changes

__all__ = ["Observance", "observances"]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

FEWEST = 3
"""Changes that must follow a rule before it is believed to be one."""


@attrs.frozen
class Observance:
    """What holds from some changes on: standard time, or summer time.

    `onset` is what the clock showed when it first came (local, naive). `before` and `after` are offsets from UTC.
    `rule` gives the years after (RFC 5545, empty where there is none), else `others` gives them one by one.
    """

    onset: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool
    rule: str = ""
    others: tuple[datetime, ...] = ()


def observances(zone: ZoneInfo, since: datetime, last: int) -> list[Observance]:
    """The observances of a zone for local times from `since` on, to the end of the year `last`, in order of onset.

    They begin in the year before: what old readers do best are two rules of which the one or the other holds already.
    """
    low = datetime(since.year - 1, 1, 1)
    found = [
        _from(zone, change)
        for change in changes(zone, low, datetime(last, 12, 31, 23, 59, 59))
        if change.begin >= low
    ]
    made = []
    if not found or found[0].onset > since:
        offset, name, summer = _at(zone, low)
        made.append(Observance(low, offset, offset, name, summer))
    for kind in dict.fromkeys(attrs.evolve(each, onset=low) for each in found):
        onsets = [each.onset for each in found if attrs.evolve(each, onset=low) == kind]
        rule = _yearly(onsets, last)
        made.append(attrs.evolve(kind, onset=onsets[0], rule=rule, others=() if rule else tuple(onsets[1:])))
    return sorted(made, key=lambda each: each.onset)


def _from(zone: ZoneInfo, change: Change) -> Observance:
    length = change.end - change.begin
    offset, name, summer = _at(zone, change.end if change.gap else change.begin, fold=not change.gap)
    # where the clock goes forward it never showed what is missing; where it goes back it showed the later end
    onset, before = (change.begin, offset - length) if change.gap else (change.end, offset + length)
    return Observance(onset, before, offset, name, summer)


def _at(zone: ZoneInfo, wall: datetime, *, fold: bool = False) -> tuple[timedelta, str, bool]:
    when = wall.replace(tzinfo=zone, fold=int(fold))
    return when.utcoffset() or timedelta(), when.tzname() or zone.key, bool(when.dst())


def _yearly(onsets: Sequence[datetime], last: int) -> str:
    """The yearly rule that gives these local times and no others up to a year; empty where there is none."""
    first = onsets[0]
    if len(onsets) < FEWEST or [each.year for each in onsets] != list(range(first.year, last + 1)):
        return ""
    if len({(each.month, each.weekday(), each.time()) for each in onsets}) > 1:
        return ""
    nth = {(each.day - 1) // 7 + 1 for each in onsets}
    if all((each + timedelta(days=7)).month != each.month for each in onsets):
        number = -1
    elif len(nth) == 1:
        number = nth.pop()
    else:
        return ""
    return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={number}{WEEKDAYS[first.weekday()]}"
