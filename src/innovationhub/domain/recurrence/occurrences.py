"""The small values around a recurrence: what it answers with, and the exceptions it is given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, Self, TypeVar

import attrs

from innovationhub.domain.recurrence.rrule import Rule
from innovationhub.domain.recurrence.segments import check_wall
from innovationhub.errors import Invalid

__all__ = [
    "MOST_DATES",
    "Following",
    "Instants",
    "Occurrence",
    "Occurrences",
    "Override",
    "as_rule",
    "exdates",
    "followings",
    "overrides",
    "rdates",
]

MOST_DATES = 10_000
"""A recurrence holds at most so many RDATEs, EXDATEs, overrides or followings: beyond it, it wants a rule."""

_T = TypeVar("_T")


class _Cut(tuple[_T, ...], Generic[_T]):
    """A tuple that says whether it holds everything asked for."""

    complete: bool

    def __new__(cls, items: Iterable[_T] = (), complete: bool = True) -> Self:
        made = super().__new__(cls, items)
        made.complete = complete
        return made


class Instants(_Cut[datetime]):
    """Aware datetimes in order; `complete` is False where a limit cut them."""


@attrs.frozen
class Occurrence:
    """One session: its identity `nominal` (naive local) and when it `starts` (aware, in the series' zone)."""

    nominal: datetime
    starts: datetime


# Making these is the larger part of what a window costs. The constructor of a frozen class goes around its own guard
# for each field; to set the slots themselves takes a third less.
_new, _set_nominal, _set_starts = (
    object.__new__,
    vars(Occurrence)["nominal"].__set__,
    vars(Occurrence)["starts"].__set__,
)


class Occurrences(_Cut[Occurrence]):
    """Occurrences in order of their starts; `complete` is False where a limit cut them."""

    @classmethod
    def of(cls, nominals: list[datetime], starts: list[datetime], complete: bool) -> Self:
        """Those of these identities and starts."""
        made = []
        for nominal, start in zip(nominals, starts, strict=True):
            each = _new(Occurrence)
            _set_nominal(each, nominal)
            _set_starts(each, start)
            made.append(each)
        return cls(made, complete)


@attrs.frozen
class Override:
    """One session moved (RFC 5545 §3.8.4.4): from its `nominal` start to `starts`, both naive local times."""

    nominal: datetime
    starts: datetime

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be a local time."""
        check_wall("overrides.nominal", self.nominal)
        check_wall("overrides.starts", self.starts)


def as_rule(value: Rule | str | None) -> Rule | None:
    """A rule given as itself or as its text."""
    return Rule.parse(value) if isinstance(value, str) else value


def rdates(values: Iterable[datetime]) -> tuple[datetime, ...]:
    """Naive local times, checked, sorted, each once. Raises `Invalid` naming `rdates`."""
    return _dates("rdates", values)


def exdates(values: Iterable[datetime]) -> tuple[datetime, ...]:
    """Naive local times, checked, sorted, each once. Raises `Invalid` naming `exdates`."""
    return _dates("exdates", values)


def _dates(field: str, values: Iterable[datetime]) -> tuple[datetime, ...]:
    return _bounded(field, tuple(sorted({check_wall(field, value) for value in values})))


@attrs.frozen
class Following:
    """Another pattern from the nominal start `since` on (RANGE=THISANDFUTURE, RFC 5545 §3.2.13).

    `start` gives the phase and the time of day, as a DTSTART does; where it lies before `since`, the pattern
    counts from `since` only.
    """

    since: datetime
    start: datetime
    rule: Rule | None = attrs.field(default=None, converter=as_rule)
    rdates: tuple[datetime, ...] = attrs.field(default=(), converter=rdates)
    exdates: tuple[datetime, ...] = attrs.field(default=(), converter=exdates)

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be a local time."""
        check_wall("following.since", self.since)
        check_wall("following.start", self.start)


def overrides(values: Iterable[Override]) -> tuple[Override, ...]:
    """Overrides in order of their nominals. Raises `Invalid` naming `overrides`."""
    return _bounded("overrides", tuple(sorted(values, key=lambda one: one.nominal)))


def followings(values: Iterable[Following]) -> tuple[Following, ...]:
    """Following parts in order of their beginnings. Raises `Invalid` naming `following`."""
    return _bounded("following", tuple(sorted(values, key=lambda one: one.since)))


def _bounded(field: str, values: tuple[_T, ...]) -> tuple[_T, ...]:
    if len(values) > MOST_DATES:
        raise Invalid(field, f"must be at most {MOST_DATES}; got {len(values)}")
    return values
