"""When the clocks of a zone change, kept by year, so that a window costs nothing where they do not.

A *gap* is local time that does not exist (clocks go forward), an *overlap* local time that exists twice. Both
are rare: looking at a year once (some 0.2 ms) lets every window afterwards attach the zone to its local times
as they stand, and pay for `time.resolve` only inside a gap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.time import resolve

__all__ = ["Change", "attach", "changes", "changes_within", "gap_before", "latest_not_after", "shown"]

_DAY = timedelta(days=1)
_TWO_DAYS = timedelta(days=2)
_SECOND = timedelta(seconds=1)


@attrs.frozen
class Change:
    """One change of a zone's clocks: the local times from `begin` (inclusive) to `end` (exclusive).

    In a gap (`gap` is True) they do not exist; in an overlap they exist twice. `end - begin` is how far the
    clocks went. From `settled` on nothing of it is left: times inside a gap move on by its length. `walls` are
    `begin` and `end` with the zone attached as they stand, to be compared with times of the zone (two times of
    one zone are compared by their walls).
    """

    begin: datetime
    end: datetime
    gap: bool
    settled: datetime
    walls: tuple[datetime, datetime]

    def moves(self, shown: list[datetime]) -> bool:
        """Whether one of these times, sorted, with the zone attached as they stand, does not exist."""
        if not self.gap:
            return False
        place = bisect_left(shown, self.walls[0])
        return place < len(shown) and shown[place] < self.walls[1]


@lru_cache(maxsize=1024)
def _of_year(where: ZoneInfo, year: int) -> tuple[Change, ...]:
    found = []
    day = datetime(year, 1, 1)
    before = day.replace(tzinfo=where).utcoffset()
    while day.year == year:
        after = (day + _DAY).replace(tzinfo=where).utcoffset()
        if before is not None and after is not None and before != after:
            # The first second that shows the new offset, found by halving the day between two midnights; the
            # second before the first of them, since a clock may change at midnight itself.
            low, high = (day - before - _SECOND).replace(tzinfo=UTC), (day + _DAY - after).replace(tzinfo=UTC)
            while high - low > _SECOND:
                middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
                if middle.astimezone(where).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            found.append(_change(where, high.replace(tzinfo=None), before, after))
        day, before = day + _DAY, after
    return tuple(found)


def _change(where: ZoneInfo, when: datetime, before: timedelta, after: timedelta) -> Change:
    begin, end = sorted((when + before, when + after))
    gap = after > before
    settled = end + (end - begin) if gap else end
    return Change(begin, end, gap, settled, (begin.replace(tzinfo=where), end.replace(tzinfo=where)))


@lru_cache(maxsize=4096)
def _of_years(where: ZoneInfo, first: int, last: int) -> tuple[Change, ...]:
    return tuple(change for year in range(first, last + 1) for change in _of_year(where, year))


def changes(where: ZoneInfo, low: datetime, high: datetime) -> list[Change]:
    """The changes of a zone's clocks that touch the local times from `low` to `high`, in order."""
    years = _of_years(where, low.year, high.year)
    return [change for change in years if change.begin <= high and low < change.end]


def changes_within(where: ZoneInfo, low: datetime, high: datetime) -> list[Change] | None:
    """The changes inside a window of local times; None where one is at an end of it.

    There, which times are inside is told by instants, not by walls: at a gap later walls may mean earlier
    instants, and an instant in an overlap's second pass has the wall of one in its first.
    """
    found = []
    # No clock goes further than a day, so what is not yet settled at an end began at most two days before.
    for change in _of_years(where, (low - _TWO_DAYS).year, (high + _DAY).year):
        if low < change.begin and change.settled < high:
            found.append(change)
        elif change.begin <= high and low <= change.settled:
            return None
    return found


def attach(
    nominals: list[datetime], where: ZoneInfo, near: list[Change]
) -> tuple[list[datetime], list[datetime]]:
    """Naive local times, sorted, as (nominals, instants shown in the zone), sorted by instant.

    `near` holds the zone's changes in their stretch. A time inside a gap moves on by the gap. Where that
    makes it meet a later nominal, the two are one and the later one is dropped, so that an instant never has
    two names.
    """
    # combine() costs a quarter of replace(tzinfo=…).
    combine = datetime.combine
    instants = [combine(nominal, nominal.time(), where) for nominal in nominals]
    for gap in near:
        first, behind = bisect_left(nominals, gap.begin), bisect_left(nominals, gap.end)
        if not gap.gap or first == behind:
            continue
        reach = bisect_left(nominals, gap.settled)
        named: dict[datetime, datetime] = {}
        for nominal in nominals[first:reach]:
            named.setdefault(resolve(nominal, where), nominal)
        # One zone, and the clocks go on evenly after the gap: comparing wall clocks compares instants.
        stretch = sorted(named)
        nominals = nominals[:first] + [named[when] for when in stretch] + nominals[reach:]
        instants = instants[:first] + stretch + instants[reach:]
    return nominals, instants


def shown(nominals: Iterable[datetime], where: ZoneInfo | None) -> Iterator[datetime]:
    """Naive local times with the zone attached as they stand, one by one; without a zone as they are."""
    if where is None:
        return iter(nominals)
    return (datetime.combine(nominal, nominal.time(), where) for nominal in nominals)


def gap_before(wall: datetime, where: ZoneInfo) -> Change | None:
    """The gap close behind which `wall` lies: a time inside it means the same instant. None for most."""
    for change in changes(where, wall - _DAY, wall):
        if change.gap and change.end <= wall < change.settled:
            return change
    return None


def latest_not_after(when: datetime, where: ZoneInfo) -> datetime:
    """The latest local time, outside a gap, that means an instant not after the aware `when`."""
    shown = when.astimezone(where)
    wall = shown.replace(tzinfo=None, fold=0)
    if not shown.fold:
        return wall
    # The second pass through an overlap: all of the overlap's local times mean the first pass, so they came
    # before.
    return next(change.end for change in changes(where, wall, wall) if not change.gap) - _SECOND
