"""The dates of a series as every calendar reads them: a start, one rule, dates besides, dates left out.

A recurrence of the hub can follow one rule, and another from a date on. An event has one rule, so that of its first
date is written, and what comes after it as dates, a limited number of them; messages about later changes begin later,
and have the later rule. A date that a rule gives can be its start as well as an earlier one: only COUNT would go wrong,
so it is written as UNTIL.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import attrs

from innovationhub import Invalid, Recurrence
from innovationhub.domain.events import Invitation
from innovationhub.domain.recurrence import Following, Rule
from innovationhub.domain.time import local, resolve, utc

__all__ = ["Pattern", "pattern"]

LATER_DATES = 100
"""Dates that are written one by one, where another rule begins."""

LONGEST_COUNT = 2000
"""Dates that are walked to find where a COUNT ends; a rule that gives more is ended there."""

WINDOW = timedelta(days=4 * 366)
WINDOWS = 10
"""How far ahead a next date is looked for: every rule that gives one at all gives one within forty years."""

LAST_SECOND = time(23, 59, 59)

LAST_YEAR = 2199
"""The last whole year that a calendar can be asked for."""


@attrs.frozen
class Pattern:
    """The dates of a series, all naive local times. `start` is the first; `moved` pairs a date with where it went."""

    start: datetime
    rule: str = ""
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    moved: tuple[tuple[datetime, datetime], ...] = ()


def pattern(invitation: Invitation, zone: ZoneInfo) -> Pattern | None:
    """How the dates of an invitation's recurrence are said, from its start on; None where there are none."""
    recurrence = invitation.recurrence
    if recurrence is None:
        return _by_name(invitation, zone)
    first, low = recurrence.first, local(invitation.starts, zone)
    if first is None or utc(invitation.starts) <= utc(first.starts):
        # from the beginning, which may be earlier: the first to take place may be one that was moved
        low = min([recurrence.start, *recurrence.rdates])
    said = _by_rule(recurrence, low, zone) or _one_by_one(recurrence, low, zone)
    if said is None:
        return None
    excluded = {utc(when) for when in invitation.excluded}
    moved = [one for one in recurrence.overrides if one.nominal >= low]
    # an exception is named by where the rule puts it, and what is excluded by where it would have been
    named = {utc(resolve(one.starts, zone)): one.nominal for one in moved}
    gone = {*said.exdates, *(named.get(when, local(when, zone)) for when in excluded)}
    kept = tuple((one.nominal, one.starts) for one in moved if one.nominal not in gone)
    return attrs.evolve(said, exdates=tuple(sorted(gone)), moved=kept)


def _by_rule(recurrence: Recurrence, low: datetime, zone: ZoneInfo) -> Pattern | None:
    """By the rule that gives the first date; None where no rule gives any."""
    try:
        bare = _bare(recurrence)
    except Invalid:  # a part that has dates of its own only
        return None
    first = next(_dates(bare, low, zone), None)
    if first is None:
        return None
    part: Recurrence | Following = recurrence
    end: datetime | None = None
    for following in recurrence.following:
        if following.since > first:
            end = following.since
            break
        part = following
    besides = [wall for wall in part.rdates if low <= wall != first and (end is None or wall < end)]
    if end is not None:
        besides += islice(_dates(_unmoved(recurrence), end, zone), LATER_DATES)
    text = ""
    if part.rule is not None:
        text = str(attrs.evolve(part.rule, count=None, until=None))
        last = _last(part.rule, bare, first, end, zone)
        if last is not None:
            # an instant where the start has a zone (RFC 5545 §3.3.10)
            text += f";UNTIL={utc(resolve(last, zone)):%Y%m%dT%H%M%SZ}"
    return Pattern(first, text, tuple(besides), tuple(wall for wall in part.exdates if wall >= first))


def _last(
    rule: Rule, bare: Recurrence, first: datetime, end: datetime | None, zone: ZoneInfo
) -> datetime | None:
    """When a rule ends: with its COUNT or UNTIL, or before another begins; None where it never does."""
    if rule.count is not None:
        *_, last = islice(_dates(bare, first, zone, end), LONGEST_COUNT)
        return last
    until = rule.until
    if until is not None and not isinstance(until, datetime):
        until = datetime.combine(until, LAST_SECOND)  # a day is meant to its end
    if end is None:
        return until
    return min(end - timedelta(seconds=1), until or end)


def _by_name(invitation: Invitation, zone: ZoneInfo) -> Pattern | None:
    """The dates that are given by name, where no recurrence is: which take the place of what was there."""
    dates = sorted(local(each.recurrence_id, zone) for each in invitation.instances)
    return Pattern(dates[0], rdates=tuple(dates[1:])) if dates else None


def _one_by_one(recurrence: Recurrence, low: datetime, zone: ZoneInfo) -> Pattern | None:
    dates = list(islice(_dates(_unmoved(recurrence), low, zone), LATER_DATES))
    return Pattern(dates[0], rdates=tuple(dates[1:])) if dates else None


def _bare(recurrence: Recurrence) -> Recurrence:
    """What its rules alone give, exceptions left aside. Raises `Invalid` where one of them gives nothing."""
    parts = [attrs.evolve(part, rdates=(), exdates=()) for part in recurrence.following]
    return attrs.evolve(recurrence, rdates=(), exdates=(), overrides=(), following=parts)


def _unmoved(recurrence: Recurrence) -> Recurrence:
    return attrs.evolve(recurrence, overrides=())


def _dates(
    recurrence: Recurrence, low: datetime, zone: ZoneInfo, end: datetime | None = None
) -> Iterator[datetime]:
    """The dates of a recurrence from one local time to another, as far as they are looked for."""
    for number in range(WINDOWS):
        begin, until = low + number * WINDOW, low + (number + 1) * WINDOW
        if (end is not None and begin >= end) or until.year > LAST_YEAR:
            return
        for each in recurrence.occurrences(resolve(begin, zone), resolve(until, zone)):
            if end is not None and each.nominal >= end:
                return
            yield each.nominal
