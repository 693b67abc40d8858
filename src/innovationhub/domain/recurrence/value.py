"""When a series takes place: RFC 5545 recurrences as values, with sessions moved and changes from a date on.

A session's identity is its *nominal* local start, whatever became of its actual one; windows go by actual
starts. Where careful readers of the RFC differ:

- A start counts only where the rule matches it, for COUNT too (undefined by RFC 5545 §3.8.5.3).
- A nominal time that does not exist moves on by the gap; of one that exists twice the first is meant
  (§3.3.5).
- Two nominal times at the same instant, on the night of a gap, are one session, named by the earlier.
- EXDATE takes out the session of that nominal time, RDATE adds one; COUNT takes no notice of either.
- A part BYxxx filters the days and times of an interval; HOURLY, MINUTELY and SECONDLY step on the local
  clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain import time
from innovationhub.domain.recurrence import ical, occurrences
from innovationhub.domain.recurrence.occurrences import Following, Instants, Occurrence, Occurrences, Override
from innovationhub.domain.recurrence.rrule import WEEKDAYS, Rule
from innovationhub.domain.recurrence.segments import YEARS, Segment, check_wall, local_until, segment
from innovationhub.domain.recurrence.timeline import Timeline, timeline
from innovationhub.errors import Invalid

__all__ = ["DEFAULT_ZONE", "Recurrence"]

DEFAULT_ZONE = "Europe/London"
"""The zone of a recurrence that names none."""

_SECOND = timedelta(seconds=1)


def _zone(name: str) -> ZoneInfo:
    try:
        return time.zone(name)
    except Invalid as error:
        raise Invalid("zone", error.message, name) from error


@attrs.frozen
class Recurrence:
    """When something takes place (RFC 5545 §3.8.5), as a value: equal ones are equal, and none ever changes.

    `start` is the naive local DTSTART, `zone` an IANA name, `rule` a `Rule` or its text (None: once),
    `rdates` and `exdates` are naive local times, `overrides` single sessions moved, `following` other
    patterns from a date on. A window costs the same however old the rule is.

    Raises `Invalid` naming the field at fault, for a rule its part: `start`, `zone`, `rule.BYDAY`, `exdates`.
    """

    start: datetime
    zone: str = DEFAULT_ZONE
    rule: Rule | None = attrs.field(default=None, converter=occurrences.as_rule)
    rdates: tuple[datetime, ...] = attrs.field(default=(), converter=occurrences.rdates)
    exdates: tuple[datetime, ...] = attrs.field(default=(), converter=occurrences.exdates)
    overrides: tuple[Override, ...] = attrs.field(default=(), converter=occurrences.overrides)
    following: tuple[Following, ...] = attrs.field(default=(), converter=occurrences.followings)
    _timeline: Timeline = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check what the fields cannot check alone, make UNTIL local, and find the end of each rule once."""
        check_wall("start", self.start)
        where = _zone(self.zone)
        if self.rule is not None:
            object.__setattr__(self, "rule", local_until(self.rule, self.start, where))
        later = tuple(
            attrs.evolve(part, rule=part.rule and local_until(part.rule, part.start, where))
            for part in self.following
        )
        object.__setattr__(self, "following", later)
        object.__setattr__(self, "_timeline", timeline(where, self._segments(), self.overrides))

    def _segments(self) -> tuple[Segment, ...]:
        parts = self.following
        borders = [
            datetime(YEARS[0] - 1, 1, 1),
            *(part.since for part in parts),
            datetime(YEARS[1] + 2, 1, 1),
        ]
        if len(set(borders)) < len(borders):
            raise Invalid("following", "two parts begin at the same time: keep one", parts)
        own = segment("rule", self.start, self.rule, (self.rdates, self.exdates), (borders[0], borders[1]))
        others = []
        for part, before in zip(parts, borders[2:], strict=True):
            dates, reach = (part.rdates, part.exdates), (part.since, before)
            others.append(segment("following.rule", part.start, part.rule, dates, reach))
            if not others[-1].alive():
                message = (
                    f"gives no session from {part.since.isoformat()} on; to end a series there, use ended()"
                )
                raise Invalid("following", message, part)
        return (own, *others)

    # --- made from words ---

    @classmethod
    def once(cls, start: datetime, *, zone: str = DEFAULT_ZONE) -> Recurrence:
        """A single session at the naive local `start`."""
        return cls(start, zone)

    @classmethod
    def weekly(
        cls,
        start: datetime,
        *days: str,
        interval: int = 1,
        until: date | None = None,
        count: int | None = None,
        zone: str = DEFAULT_ZONE,
    ) -> Recurrence:
        """Every `interval` weeks on `days` such as `"TU"` (default: the start's own weekday)."""
        days = days or (WEEKDAYS[check_wall("start", start).weekday()],)
        return cls(start, zone, Rule("WEEKLY", interval=interval, byday=days, until=until, count=count))

    @classmethod
    def fortnightly(
        cls,
        start: datetime,
        *days: str,
        until: date | None = None,
        count: int | None = None,
        zone: str = DEFAULT_ZONE,
    ) -> Recurrence:
        """Every other week, counted from the start's own: see `weekly`."""
        return cls.weekly(start, *days, interval=2, until=until, count=count, zone=zone)

    @classmethod
    def monthly(
        cls,
        start: datetime,
        nth: int | None = None,
        weekday: str | None = None,
        *,
        interval: int = 1,
        until: date | None = None,
        count: int | None = None,
        zone: str = DEFAULT_ZONE,
    ) -> Recurrence:
        """Every `interval` months on the nth weekday, such as 2 and `"TU"`; -1 is the last.

        By default the start's own; a start on the fifth such day of its month means the last, since not every
        month has five.
        """
        own = (check_wall("start", start).day - 1) // 7 + 1
        day = f"{(own if own < 5 else -1) if nth is None else nth}{weekday or WEEKDAYS[start.weekday()]}"
        return cls(start, zone, Rule("MONTHLY", interval=interval, byday=(day,), until=until, count=count))

    @classmethod
    def quarterly(
        cls,
        start: datetime,
        nth: int | None = None,
        weekday: str | None = None,
        *,
        until: date | None = None,
        count: int | None = None,
        zone: str = DEFAULT_ZONE,
    ) -> Recurrence:
        """Every third month, counted from the start's own: see `monthly`."""
        return cls.monthly(start, nth, weekday, interval=3, until=until, count=count, zone=zone)

    # --- text ---

    @classmethod
    def parse(cls, text: str) -> Recurrence:
        """The recurrence that content lines stand for (RFC 5545 §3.1, §3.8.5); `str` gives such lines.

        Times in UTC or another zone become local ones, so that they hit the sessions they mean. A DTSTART
        without TZID is in `DEFAULT_ZONE`. Raises `Invalid` naming the field at fault.
        """
        if not isinstance(text, str):
            raise Invalid("text", f"must be text, content lines as of an iCalendar file; got {text!r}", text)
        zone_name, (own, *others) = ical.read(text, DEFAULT_ZONE)
        where = _zone(zone_name)
        changed = [block for block in others if block.following]
        parts = [
            Following(
                _wall(block.identity, where),
                _wall(block.start, where),
                block.rule,
                _walls(block.rdates, where),
            )
            for block in changed
        ]
        start, rdates = _wall(own.start, where), _walls(own.rdates, where)
        made = cls(start, zone_name, own.rule, rdates, following=parts)
        if not own.exdates and all(block.following and not block.exdates for block in others):
            return made
        # What an exception in UTC means can only be told by the sessions there are.
        named = made._timeline.named
        parts = [
            attrs.evolve(part, exdates=map(named, block.exdates))
            for part, block in zip(parts, changed, strict=True)
        ]
        overrides = []
        for block in others:
            if block.following or block.identity is None:
                continue
            if block.rule or block.rdates or block.exdates:
                message = "a moved session takes a DTSTART only; for more, say RANGE=THISANDFUTURE"
                raise Invalid("overrides", message, text)
            overrides.append(Override(named(block.identity), _wall(block.start, where)))
        exdates = map(named, own.exdates)
        return attrs.evolve(made, exdates=exdates, following=parts, overrides=overrides)

    def __str__(self) -> str:
        """Content lines from which `parse` makes an equal value; UNTIL is printed as a local time."""
        lines = self._lines(self.start, self.rule, self.rdates, self.exdates)
        for override in self.overrides:
            lines.append(ical.line("RECURRENCE-ID", self.zone, [override.nominal]))
            lines.append(ical.line("DTSTART", self.zone, [override.starts]))
        for part in self.following:
            lines.append(ical.line("RECURRENCE-ID;RANGE=THISANDFUTURE", self.zone, [part.since]))
            lines += self._lines(part.start, part.rule, part.rdates, part.exdates)
        return "\n".join(lines)

    def _lines(
        self, start: datetime, rule: Rule | None, rdates: tuple[datetime, ...], exdates: tuple[datetime, ...]
    ) -> list[str]:
        lines = [ical.line("DTSTART", self.zone, [start])]
        if rule is not None:
            lines.append(f"RRULE:{rule}")
        if rdates:
            lines.append(ical.line("RDATE", self.zone, rdates))
        if exdates:
            lines.append(ical.line("EXDATE", self.zone, exdates))
        return lines

    # --- asked ---

    @property
    def endless(self) -> bool:
        """Whether it goes on for ever: its last rule has neither COUNT nor UNTIL."""
        return self._timeline.segments[-1].endless

    @property
    def first(self) -> Occurrence | None:
        """The earliest session by actual start; None where all of the first ten years are excepted."""
        starts = [self.start, *self.rdates, *(one.starts for one in self.overrides)]
        begin = min(starts).date()
        for years in range(10):
            if begin.year + years < YEARS[1]:
                low = begin + timedelta(days=366 * years)
                found = self.occurrences(low, low + timedelta(days=366), limit=1)
                if found:
                    return found[0]
        return None

    def between(self, start: date | datetime, end: date | datetime, *, limit: int = 10_000) -> Instants:
        """The actual starts `t` with `start <= t < end`, aware, in the recurrence's zone, in order.

        `start` and `end` are two dates (their local midnights) or two aware datetimes of any zones, at most
        five years apart. The first `limit` are given; `.complete` says whether those are all. Raises
        `Invalid` naming `start`, `end` or `limit`.
        """
        starts, complete = self._timeline.starts(start, end, limit)
        return Instants(starts, complete)

    def occurrences(
        self, start: date | datetime, end: date | datetime, *, limit: int = 10_000
    ) -> Occurrences:
        """As `between`, each start with its identity."""
        return Occurrences.of(*self._timeline.find(start, end, limit))

    def occurrence(self, nominal: datetime) -> Occurrence | None:
        """The session whose nominal start is that naive local time, if there is one; as quick at any age.

        Raises `Invalid` naming `nominal` for anything but a naive datetime.
        """
        starts = self._timeline.start_of(check_wall("nominal", nominal))
        return None if starts is None else Occurrence(nominal, starts)

    # --- changed ---

    def moved(self, nominal: datetime, starts: datetime) -> Recurrence:
        """With the session of that identity at another local time (its nominal one: no longer moved).

        Raises `Invalid` naming `nominal` where there is no such session, or a time that is not naive local.
        """
        self._session(nominal)
        check_wall("starts", starts)
        rest = [one for one in self.overrides if one.nominal != nominal]
        return attrs.evolve(self, overrides=rest if starts == nominal else [*rest, Override(nominal, starts)])

    def without(self, nominal: datetime) -> Recurrence:
        """Without the session of that identity (EXDATE).

        Raises `Invalid` naming `nominal` where there is none.
        """
        self._session(nominal)
        rest = [one for one in self.overrides if one.nominal != nominal]
        parts = list(self.following)
        for index in reversed(range(len(parts))):
            if parts[index].since <= nominal:
                parts[index] = attrs.evolve(parts[index], exdates=(*parts[index].exdates, nominal))
                return attrs.evolve(self, overrides=rest, following=parts)
        return attrs.evolve(self, overrides=rest, exdates=(*self.exdates, nominal))

    def followed_by(self, since: datetime, other: Recurrence) -> Recurrence:
        """This recurrence before the nominal start `since`, and `other` from there on ("this and following").

        What comes before `since` is untouched; of what was moved or changed from there on, only `other` is
        left. Raises `Invalid` naming `other` where it is in another zone.
        """
        check_wall("since", since)
        if other.zone != self.zone:
            raise Invalid("other", f"must be in the same zone, {self.zone}; got {other.zone}", other)
        later = [Following(since, other.start, other.rule, other.rdates, other.exdates)]
        for part in other.following:
            if part.since <= since:
                later = [attrs.evolve(part, since=since)]
            else:
                later.append(part)
        return attrs.evolve(
            self,
            following=[*(part for part in self.following if part.since < since), *later],
            overrides=[
                *(one for one in self.overrides if one.nominal < since),
                *(one for one in other.overrides if one.nominal >= since),
            ],
        )

    def ended(self, since: datetime) -> Recurrence:
        """With no session from the nominal start `since` on.

        Raises `Invalid` naming `since` where none is left.
        """
        check_wall("since", since)
        parts: list[Recurrence | Following] = [self, *self.following]
        ranges = list(self._timeline.segments)
        cut = since
        while not ranges[-1].nominals(ranges[-1].since, cut, 1)[0]:
            # Nothing of this part is left, so it goes; the one before it still ends where this one began.
            if len(parts) == 1:
                message = f"nothing would be left before {since.isoformat()}: remove the series instead"
                raise Invalid("since", message, since)
            cut = min(cut, ranges.pop().since)
            parts.pop()
        start, rule, rdates, exdates = _ended(parts.pop(), ranges[-1], cut)
        overrides = [one for one in self.overrides if one.nominal < since]
        if not parts:
            return Recurrence(start, self.zone, rule, rdates, exdates, overrides)
        last = Following(ranges[-1].since, start, rule, rdates, exdates)
        return attrs.evolve(self, following=[*self.following[: len(parts) - 1], last], overrides=overrides)

    def _session(self, nominal: datetime) -> None:
        if self.occurrence(nominal) is None:
            raise Invalid("nominal", f"there is no session at {nominal.isoformat()}", nominal)


def _ended(
    part: Recurrence | Following, each: Segment, cut: datetime
) -> tuple[datetime, Rule | None, tuple[datetime, ...], tuple[datetime, ...]]:
    """Start, rule, RDATE and EXDATE of a part without what it gives from `cut` on."""
    rdates = tuple(extra for extra in part.rdates if extra < cut)
    exdates = tuple(gone for gone in part.exdates if gone < cut)
    if cut <= part.start or next(each.plan.walk(part.start, cut), None) is None:
        # Only dates of their own are left: the first of them takes the start's place.
        return rdates[0], None, rdates[1:], exdates
    if part.rule is None or each.last < cut:
        return part.start, part.rule, rdates, exdates
    return part.start, attrs.evolve(part.rule, count=None, until=cut - _SECOND), rdates, exdates


def _wall(when: datetime | None, where: ZoneInfo) -> datetime:
    """The local time that a text's time means."""
    if when is None:
        raise Invalid("start", "DTSTART is missing: every part of a recurrence needs one (RFC 5545 §3.8.2.4)")
    return when if when.tzinfo is None else time.local(when, where)


def _walls(whens: Iterable[datetime], where: ZoneInfo) -> list[datetime]:
    return [_wall(when, where) for when in whens]
