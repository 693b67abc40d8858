"""The engine behind a `Recurrence`: segments in a row, on the clock of a zone, with the exceptions applied.

The order matters. Segments give nominal times; the zone makes instants of them, and of two nominals at one
instant keeps the earlier; then EXDATEs go (so that taking a session out never reveals its twin); then
overrides replace starts, and those moved in from outside the window join.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.recurrence.clocks import Change, attach, changes, changes_within, gap_before
from innovationhub.domain.recurrence.occurrences import Override
from innovationhub.domain.recurrence.segments import YEARS, Segment
from innovationhub.domain.time import LONGEST_WINDOW, Span, local, resolve, utc, window
from innovationhub.errors import Invalid

__all__ = ["Timeline", "timeline"]

_DAY = timedelta(days=1)
_MIDNIGHT = time()
_NOTHING = timedelta()
_SECOND = timedelta(seconds=1)


@attrs.frozen
class Timeline:
    """Segments in a row, in a zone; `without`: nominals taken out, `moved`: new starts by nominal."""

    where: ZoneInfo
    segments: tuple[Segment, ...]
    without: frozenset[datetime]
    moved: dict[datetime, datetime]
    # In order: the nominals taken out or moved; and what is moved, as (the wall it is moved to, nominal, start).
    _gone: tuple[datetime, ...] = attrs.field(init=False, eq=False)
    _arrivals: tuple[tuple[datetime, datetime, datetime], ...] = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Sort the exceptions, so that a window looks only at those inside it."""
        arrivals = [(start.replace(tzinfo=None), nominal, start) for nominal, start in self.moved.items()]
        object.__setattr__(self, "_gone", tuple(sorted(self.without | self.moved.keys())))
        object.__setattr__(self, "_arrivals", tuple(sorted(arrivals)))

    def starts(self, start: date | datetime, end: date | datetime, limit: int) -> tuple[list[datetime], bool]:
        """As `find`, without the nominals: they cost as much again, and often only the starts are wanted."""
        low, high, span = self._ends(start, end, limit)
        steady = self._steady(low, high, limit)
        if steady is None:
            _, starts, complete = self._looked_for(low, high, limit, span or window(start, end, self.where))
            return starts, complete
        starts, arrivals = steady
        if arrivals:
            # All of them exist and none is in an overlap's second pass, so their walls are in order.
            starts = sorted([*starts, *(when for _, when in arrivals)])
        return (starts, True) if len(starts) <= limit else (starts[:limit], False)

    def find(
        self, start: date | datetime, end: date | datetime, limit: int
    ) -> tuple[list[datetime], list[datetime], bool]:
        """The sessions that start in a window, at most `limit`: (nominals, starts, whether those are all).

        `start` and `end` are as `time.window` takes them, and are checked as it does.
        """
        low, high, span = self._ends(start, end, limit)
        steady = self._steady(low, high, limit)
        if steady is None:
            return self._looked_for(low, high, limit, span or window(start, end, self.where))
        starts, arrivals = steady
        # They stand as the rule has them, so their walls are their nominals.
        nominals = [datetime.combine(each, each.time()) for each in starts]
        if arrivals:
            nominals, starts = _joined(nominals, starts, arrivals)
        return nominals[:limit], starts[:limit], len(starts) <= limit

    def _ends(
        self, start: date | datetime, end: date | datetime, limit: int
    ) -> tuple[datetime, datetime, Span | None]:
        """A window's ends as local times, and as instants where those were needed to check them."""
        _check(start, end, limit)
        if type(start) is date and type(end) is date and _NOTHING <= end - start <= LONGEST_WINDOW:
            # The usual case. The instants of the midnights would cost more than all the rest: rarely needed.
            return datetime.combine(start, _MIDNIGHT), datetime.combine(end, _MIDNIGHT), None
        span = window(start, end, self.where)
        return local(span.starts, self.where), local(span.ends, self.where), span

    def _steady(
        self, low: datetime, high: datetime, limit: int
    ) -> tuple[list[datetime], list[tuple[datetime, datetime]]] | None:
        """What a window holds where walls tell everything: no clock changes at its ends or at one of its sessions.

        First the starts that stand where their rules have them (more than `limit` of them where those are not
        all), then what is moved into the window, as (nominal, start). None where instants have to be looked at.
        """
        near = changes_within(self.where, low, high)
        if near is None:
            return None
        gone = self._gone and self._gone[bisect_left(self._gone, low) : bisect_left(self._gone, high)]
        most, found = limit + 1 + len(gone), list[datetime]()
        for segment in self.segments:
            if len(found) < most and segment.since < high and low < segment.before:
                found += segment.shown(low, high, most - len(found), self.where)
        for change in near:
            if change.moves(found):
                return None
        for nominal in gone:
            shown = datetime.combine(nominal, nominal.time(), self.where)
            place = bisect_left(found, shown)
            if place < len(found) and found[place] == shown:
                del found[place]
        return found, [(nominal, when) for wall, nominal, when in self._arrivals if low <= wall < high]

    def _looked_for(
        self, low: datetime, high: datetime, limit: int, span: Span
    ) -> tuple[list[datetime], list[datetime], bool]:
        """As `find`, whatever clocks, segments and exceptions do in the window."""
        near = changes_within(self.where, low, high)
        # The clocks change at an end of the window: there the instants tell what is inside, not the walls.
        ragged = near is None
        if near is None:
            low, high = low - _DAY, high + _DAY
            near = changes(self.where, low, high)
        most = limit + 1
        while True:
            found, complete = self._nominals(low, high, most)
            nominals, starts = attach(found, self.where, near)
            if ragged:
                first = bisect_left(starts, utc(span.starts), key=utc)
                behind = bisect_left(starts, utc(span.ends), key=utc)
                nominals, starts = nominals[first:behind], starts[first:behind]
            if self.without or self.moved:
                plain = [each not in self.without and each not in self.moved for each in nominals]
                nominals, starts = _kept(nominals, starts, plain)
            if complete or (len(starts) > limit and not _shuffled(found[-1], near)):
                break
            # Exceptions left too few of those that were looked at, or a gap's are not all there: look at more.
            most *= 4
        if self.moved:
            inside = [pair for pair in self.moved.items() if span.starts <= utc(pair[1]) < span.ends]
            nominals, starts = _joined(nominals, starts, inside)
        return nominals[:limit], starts[:limit], complete and len(starts) <= limit

    def generates(self, nominal: datetime) -> bool:
        """Whether a rule or an RDATE gives that nominal time, exceptions and twins apart."""
        return self._nominals(nominal, nominal + _SECOND, 1)[0] == [nominal]

    def start_of(self, nominal: datetime) -> datetime | None:
        """When the session of that identity starts, aware; None where there is none."""
        if nominal in self.moved:
            return self.moved[nominal]
        if nominal in self.without or not self.generates(nominal):
            return None
        gap = gap_before(nominal, self.where)
        if gap is not None and self.generates(nominal - (gap.end - gap.begin)):
            return None
        return resolve(nominal, self.where)

    def named(self, when: datetime) -> datetime:
        """The nominal time that a text's time means: a naive one itself, an aware one by its instant.

        In a gap's wake that is the one inside the gap, if that is ours.
        """
        if when.tzinfo is None:
            return when
        wall = local(when, self.where)
        gap = gap_before(wall, self.where)
        if gap is not None and self.generates(wall - (gap.end - gap.begin)):
            return wall - (gap.end - gap.begin)
        return wall

    def _nominals(self, low: datetime, high: datetime, most: int) -> tuple[list[datetime], bool]:
        if len(self.segments) == 1:
            return self.segments[0].nominals(low, high, most)
        found: list[datetime] = []
        for segment in self.segments:
            more, complete = segment.nominals(low, high, most)
            found += more
            if not complete:
                return found, False
        return found, True


def _joined(
    nominals: list[datetime], starts: list[datetime], arrivals: list[tuple[datetime, datetime]]
) -> tuple[list[datetime], list[datetime]]:
    """What is there and what was moved there, in order of the instants."""
    pairs = [*zip(nominals, starts, strict=True), *arrivals]
    pairs.sort(key=lambda pair: (utc(pair[1]), pair[0]))
    return [nominal for nominal, _ in pairs], [start for _, start in pairs]


def _shuffled(nominal: datetime, near: list[Change]) -> bool:
    """Whether a later nominal may start earlier: in a gap, and for as long behind it."""
    return any(gap.gap and gap.begin <= nominal < gap.settled for gap in near)


def _kept(
    nominals: list[datetime], starts: list[datetime], keep: list[bool]
) -> tuple[list[datetime], list[datetime]]:
    if all(keep):
        return nominals, starts
    return (
        [nominal for nominal, kept in zip(nominals, keep, strict=True) if kept],
        [start for start, kept in zip(starts, keep, strict=True) if kept],
    )


def timeline(where: ZoneInfo, segments: tuple[Segment, ...], overrides: Iterable[Override]) -> Timeline:
    """The timeline of some segments in order.

    Raises `Invalid` naming `overrides` for one that moves no session.
    """
    without = {gone for part in segments for gone in part.exdates if part.since <= gone < part.before}
    made, moved = Timeline(where, segments, frozenset(without), {}), dict[datetime, datetime]()
    for override in overrides:
        if override.nominal in moved:
            raise Invalid("overrides", f"{override.nominal.isoformat()} is moved twice: keep one", override)
        if made.start_of(override.nominal) is None:
            message = (
                f"{override.nominal.isoformat()} is no session of this recurrence, so it cannot be moved"
            )
            raise Invalid("overrides", message, override)
        moved[override.nominal] = resolve(override.starts, where)
    return attrs.evolve(made, moved=moved) if moved else made


def _check(start: date | datetime, end: date | datetime, limit: int) -> None:
    """Refuse of a window's arguments what `time.window` lets pass."""
    for field, value in (("start", start), ("end", end)):
        if not isinstance(value, date):
            raise Invalid(field, f"must be a date or an aware datetime; got {value!r}", value)
        if not YEARS[0] <= value.year <= YEARS[1] + 1:
            raise Invalid(field, f"must lie in the years {YEARS[0]} to {YEARS[1]}; got {value}", value)
    if not isinstance(limit, int) or limit < 1:
        raise Invalid("limit", f"must be a whole number from 1; got {limit!r}", limit)
