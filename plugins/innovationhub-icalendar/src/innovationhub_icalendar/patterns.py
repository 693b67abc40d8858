"""How the dates of a series are said: by a rule with exceptions where a rule says them, else one by one.

The dates are given: they are what the hub's calendar shows. A series' own rules are only a means to say them shortly,
so each is tried and what it gives is compared with what is wanted: dates too many become EXDATE, dates too few RDATE,
and the rule that needs the fewest of them is written. It is written only where two readings of it agree, the hub's own
and dateutil's, from which many calendar programs descend: an exotic rule is not worth an argument between two readers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import attrs
from dateutil import rrule

from innovationhub import Invalid, Recurrence
from innovationhub.domain.recurrence import Following, Rule
from innovationhub.domain.time import LONGEST_WINDOW, resolve, utc

__all__ = ["Pattern", "pattern"]

DAYS = {"DAILY": 1, "WEEKLY": 7}
MONTHS = {"MONTHLY": 1, "YEARLY": 12}

REACH = LONGEST_WINDOW - timedelta(days=1)
"""How long a rule is written for at most: longer than any feed."""

EARLIER = (0, 1, 13)
"""How many intervals before the first date a rule is begun, to see where it meets that date or comes before it."""

NOT_A_DAY = 48
"""Months gone back at most to find one that has the day of the start: four years have a 29 February."""


@attrs.frozen
class Pattern:
    """The dates of a series as RFC 5545 says them, all in naive local times.

    `start` is the first (DTSTART), `rule` an RRULE without its end and `until` that end (both empty: none), `rdates`
    are dates besides, `exdates` those of the rule that are none.
    """

    start: datetime
    rule: str = ""
    until: datetime | None = None
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()

    @property
    def exceptions(self) -> int:
        """How many dates stand beside the rule."""
        return len(self.rdates) + len(self.exdates)


def pattern(nominals: Sequence[datetime], recurrence: Recurrence | None, zone: ZoneInfo) -> Pattern | None:
    """How these local times, sorted and each once, are best said; None where each is better an event by itself.

    That is so for a single one that no rule gives, and on the night of a gap, where two of a rule's times can be the
    same instant: then one of them cannot be excepted without the other.
    """
    plain = Pattern(nominals[0], rdates=tuple(nominals[1:]))
    parts = _parts(recurrence) if recurrence else ()
    tried = [made for start, rule in parts for made in _with_rule(start, rule, nominals)]
    best = min([*tried, plain], key=lambda each: each.exceptions)
    if not best.rule and not best.rdates:
        return None
    gone = {utc(resolve(wall, zone)) for wall in best.exdates}
    return None if any(utc(resolve(wall, zone)) in gone for wall in nominals) else best


def _parts(recurrence: Recurrence) -> Iterator[tuple[datetime, Rule]]:
    """The rules of a recurrence, each with the start that it counts from."""
    parts: list[Recurrence | Following] = [recurrence, *recurrence.following]
    for part in parts:
        if part.rule is not None and not _mixed(part.rule):
            yield part.start, part.rule


def _mixed(rule: Rule) -> bool:
    """Whether a rule names plain weekdays and counted ones: dateutil finds none, and looks until the year 9999."""
    return len({day.isalpha() for day in rule.byday}) > 1


def _with_rule(start: datetime, rule: Rule, nominals: Sequence[datetime]) -> Iterator[Pattern]:
    """The dates said by a rule, if it can be begun at the first of them or before; nothing where it cannot."""
    bare = attrs.evolve(rule, count=None, until=None)
    for earlier in EARLIER:
        begin = _in_phase(start, rule, nominals[0], earlier)
        if begin is None:
            return
        # with so many dates besides, the dates one by one are shorter: then that is what is chosen
        most = 2 * len(nominals)
        text = str(bare)
        before = _walked(text, begin, nominals[0], most)
        if not before:
            continue
        met = before[-1]
        # a session that was moved here from far away is a date beside the rule
        near = [wall for wall in nominals if wall - met <= REACH]
        if not near:
            return
        last = near[-1]
        walls = _walked(text, met, last, most)
        if walls != _read(bare, met, last, most):
            return
        given, wanted = set(walls), set(nominals)
        yield Pattern(
            met,
            text,
            walls[-1],
            tuple(wall for wall in nominals if wall not in given),
            tuple(wall for wall in walls if wall not in wanted),
        )
        return


def _walked(text: str, start: datetime, last: datetime, most: int) -> list[datetime]:
    """What dateutil makes of a rule from its start to `last`, `most` at most."""
    until = f"{text};UNTIL={last:%Y%m%dT%H%M%S}"
    return list(islice(rrule.rrulestr(until, dtstart=start), most))


def _read(rule: Rule, start: datetime, last: datetime, most: int) -> list[datetime]:
    """The same, as the hub reads it; the clocks of no zone are in the way."""
    try:
        made = Recurrence(start, "UTC", attrs.evolve(rule, until=last))
    except Invalid:
        return []
    end = last.replace(tzinfo=UTC) + timedelta(seconds=1)
    found = made.occurrences(start.replace(tzinfo=UTC), end, limit=most)
    return [each.nominal for each in found]


def _in_phase(start: datetime, rule: Rule, target: datetime, earlier: int) -> datetime | None:
    """A start from which the rule gives the same, some intervals before `target`; None where there is none."""
    try:
        if rule.freq in DAYS:
            length = timedelta(days=DAYS[rule.freq] * rule.interval)
            return start + ((target - start) // length - earlier) * length
        if rule.freq in MONTHS:
            return _months_before(start, rule, target, earlier)
    except (OverflowError, ValueError):  # before the year 1
        return None
    return None  # several times a day: the dates one by one say it better


def _months_before(start: datetime, rule: Rule, target: datetime, earlier: int) -> datetime | None:
    length = MONTHS[rule.freq] * rule.interval
    apart = 12 * (target.year - start.year) + target.month - start.month
    steps = apart // length - earlier
    for back in range(NOT_A_DAY):
        month = start.month - 1 + (steps - back) * length
        try:
            found = start.replace(year=start.year + month // 12, month=month % 12 + 1)
        except ValueError:  # the month has no such day, and the rule gives nothing in it
            continue
        if found <= target:
            return found
    return None
