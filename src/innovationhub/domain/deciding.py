"""What a decision sees, what it answers, and the draft on which it works.

    needs(command) -> Read                                  what it must read, as far as the command alone can tell
    decide(view, command) -> Accepted | Refusal | Needs     a pure function: no clock, no generator, no I/O

A decision that finds it must know more asks for it: `Needs` says what, the engine reads that too and decides again
from the start. A `View` is the rows as of one moment, below what the commands before it in the same batch have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar, cast

import attrs

from innovationhub.domain.answers import Answer
from innovationhub.domain.journal import Entry
from innovationhub.domain.programme import Programme
from innovationhub.domain.records import Found, Key, Range, Read, Record, Rows, Scalar, Versioned, key_of
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.rules import Rule
from innovationhub.domain.schedule import Opening
from innovationhub.domain.settings import HubSettings
from innovationhub.errors import HubError, PluginError

__all__ = [
    "ROUNDS",
    "Accepted",
    "Command",
    "Decision",
    "Draft",
    "Needs",
    "Overlay",
    "View",
    "ask",
    "blame",
    "decide",
    "needs",
]

ROUNDS = 4
"""A command's rows are read in at most so many trips; what is not settled by then is settled by another command."""

R = TypeVar("R", bound=Record)
T = TypeVar("T")


ClosedYear = tuple[tuple[str, ...], int]
"""The names of closures, and a year of theirs."""


@attrs.frozen
class Needs:
    """Not decided yet: what must be read first, and the years whose closed days must be known, with whose closures."""

    more: Read = Read()
    years: frozenset[ClosedYear] = frozenset()


@attrs.frozen
class Accepted:
    """Decided: the rows as they are to be (None: gone), the entries to add, the answer.

    `unsettled` names the rosters (session, role) that are still owed a look at their queue.
    """

    answer: Answer
    changes: Mapping[Key[Record], Record | None] = attrs.field(factory=dict)
    entries: tuple[Entry, ...] = ()
    unsettled: tuple[tuple[str, str], ...] = ()


Decision = Accepted | Refusal | Needs


class Unread(Exception):  # never leaves this module: a decision asks to read on
    """A decision looked at what was not read yet."""

    def __init__(self, more: Read, years: frozenset[ClosedYear] = frozenset()) -> None:
        super().__init__(more, years)
        self.needs = Needs(more, years)


class Overlay(dict[Key[Record], Record | None]):
    """What the commands before one in a batch have changed, by key, and by where it lies for who looks at a range."""

    def __init__(self) -> None:
        self._by_type: dict[type[Record], dict[Key[Record], Record | None]] = {}
        self._lying: dict[_Index, dict[tuple[Scalar, ...], dict[Key[Record], Record]]] = {}

    def add(self, changes: Mapping[Key[Record], Record | None]) -> None:
        """Put what one more command changes above what is there."""
        self.update(changes)
        for key, row in changes.items():
            self._by_type.setdefault(key.type, {})[key] = row
        for index, lying in self._lying.items():
            _lay(index, lying, changes)

    def lay(self, key: Key[Record], row: Record | None) -> None:
        """Put one changed row above what is there; None: it is gone."""
        self[key] = row
        self._by_type.setdefault(key.type, {})[key] = row
        for index, lying in self._lying.items():
            _lay(index, lying, {key: row})

    def of(self, cls: type[Record]) -> Mapping[Key[Record], Record | None]:
        """The changed rows of one record class."""
        return self._by_type.get(cls, {})

    def near(self, wanted: Range[R]) -> Iterator[tuple[Key[Record], R]]:
        """The changed rows that begin as a range does: so that a long batch is not walked for every look at one."""
        index = (wanted.type, wanted.by, len(wanted.prefix))
        if index not in self._lying:
            self._lying[index] = {}
            _lay(index, self._lying[index], self.of(wanted.type))
        for key, row in self._lying[index].get(wanted.prefix, {}).items():
            if self[key] is row:  # or it lies elsewhere by now
                yield key, cast("R", row)


NOTHING_CHANGED = Overlay()
"""Below whoever is alone, or first."""

_Index = tuple[type[Record], str, int]


def _lay(
    index: _Index,
    lying: dict[tuple[Scalar, ...], dict[Key[Record], Record]],
    changes: Mapping[Key[Record], Record | None],
) -> None:
    """Put changed rows where they lie by the first fields of an index."""
    cls, by, depth = index
    order = cls.__schema__.order[by]
    for key, row in changes.items():
        if row is not None and key.type is cls:
            lying.setdefault(order(row)[:depth], {})[key] = row


@attrs.frozen(eq=False)
class View:
    """The world as a decision sees it: rows as of one moment, the programme, closed days, and now.

    `closed` has the closed days known so far by the names of closures, then by year.
    """

    now: datetime
    programme: Programme
    rows: Rows
    closed: Mapping[tuple[str, ...], Mapping[int, Mapping[date, str]]] = attrs.field(factory=dict)
    changes: Overlay = NOTHING_CHANGED
    round: int = 1
    rounds: int = ROUNDS
    rules: Mapping[str, Rule] = attrs.field(factory=dict)

    def on(self, rows: Rows, changes: Overlay, round: int, rounds: int) -> View:
        """The same moment with these rows and what lies above them, for a command that has read in so many rounds."""
        if rows is self.rows and changes is self.changes and (round, rounds) == (self.round, self.rounds):
            return self
        return View(self.now, self.programme, rows, self.closed, changes, round, rounds, self.rules)

    @property
    def may_read(self) -> bool:
        """Whether a decision may still ask for more."""
        return self.round < self.rounds

    def knows(self, wanted: Key[Record] | Range[Record]) -> bool:
        """Whether that row or range was read."""
        return wanted in (self.rows.ranges if isinstance(wanted, Range) else self.rows.keys)

    @property
    def opening(self) -> Opening:
        """On which local dates the hub is open."""
        return self.opening_under(self.programme.hub)

    def opening_under(self, hub: HubSettings) -> Opening:
        """On which local dates a hub of these settings is open."""
        return Opening(lambda day: self._closed_on(day, hub.closures), hub.working_hours.weekdays)

    def closed_on(self, day: date) -> str | None:
        """Why the hub is closed on a local date; None when it is open."""
        return self._closed_on(day, self.programme.hub.closures)

    def _closed_on(self, day: date, closures: tuple[str, ...]) -> str | None:
        if day in self.programme.closed:  # by hand
            return self.programme.closed[day]
        if not closures:
            return None
        years = self.closed.get(closures, {})
        if day.year not in years:
            raise Unread(Read(), frozenset({(closures, day.year)}))
        return years[day.year].get(day)


class Draft:
    """What one decision makes of a view: it reads through, keeps its own changes, and in the end is accepted."""

    def __init__(self, view: View, actor: str) -> None:
        self.view = view
        self.now = view.now
        self.programme = view.programme
        self._rows = view.rows.keys
        self._actor = actor
        self._changes = Overlay()
        self._entries: list[Entry] = []

    def need(self, *wanted: Key[Record] | Range[Record]) -> None:
        """Make sure that all of these are read, in one trip for those that are not."""
        rows = self.view.rows
        missing = [each for each in wanted if each not in rows.keys and each not in rows.ranges]
        if missing:
            keys = tuple(each for each in missing if isinstance(each, Key))
            raise Unread(Read(keys, tuple(each for each in missing if isinstance(each, Range))))

    def get(self, cls: type[R], *values: Scalar) -> R | None:
        """The record under that key as it now stands, or None."""
        key = Key(cls, values)
        if key in self._changes:
            return self._changes[key]  # type: ignore[return-value]  # a key's row is of its class
        if key in self.view.changes:
            return self.view.changes[key]  # type: ignore[return-value]
        try:
            row = self._rows[key]
        except KeyError:
            raise Unread(Read(keys=(key,))) from None
        return None if row is None else row.record  # type: ignore[return-value]

    def scan(self, wanted: Range[R]) -> Found[R]:
        """What that range holds as things now stand, in its order."""
        if wanted not in self.view.rows.ranges:
            raise Unread(Read(ranges=(wanted,)))
        if not self._changes and not self.view.changes:
            return self.view.rows.scan(wanted)
        own = self._changes.of(wanted.type)
        before = self.view.changes
        if not own and not before.of(wanted.type):
            return self.view.rows.scan(wanted)
        ranges = self.view.rows.ranges
        changed = [row for key, row in before.near(wanted) if key not in own] if before else []
        changed += [row for _, row in self._changes.near(wanted)] if own else []
        overlaid = _overlaid(wanted, cast("Found[R]", ranges[wanted]), changed, (before, own))
        if overlaid is not None:
            return overlaid
        # it ran short: the longest reading of this range that there is, as an earlier round may have read on
        longest = max(
            (each for each in ranges if each._replace(limit=0) == wanted._replace(limit=0)), key=_limit
        )
        overlaid = _overlaid(wanted, cast("Found[R]", ranges[longest]), changed, (before, own))
        if overlaid is None:
            more = longest.limit * 2 + len(own) + len(before.of(wanted.type))
            raise Unread(Read(ranges=(wanted._replace(limit=more),)))
        return overlaid

    def attempt(self, work: Callable[[], T]) -> T | None:
        """Do it; None, and nothing of it done, where it would take more trips than this command may make."""
        if self.view.may_read:
            return work()  # what it asks for is read, and all of it done again
        changes, entries = dict(self._changes), len(self._entries)
        try:
            return work()
        except Unread:
            self._changes = Overlay()
            self._changes.add(changes)
            del self._entries[entries:]
            return None

    def trial(self) -> Draft:
        """A draft that goes on from here and leaves this one as it is: to see what would come of something."""
        other = Draft(self.view, self._actor)
        other._changes.add(self._changes)
        return other

    def put(self, row: Record) -> None:
        """Let a row be so."""
        self._changes.lay(key_of(row), row)

    def touch(self, row: Record) -> None:
        """Write a guard as it stands: what it guards has changed, so its version must move."""
        key = key_of(row)
        if key not in self._changes:
            self._changes.lay(key, row)

    def delete(self, row: Record) -> None:
        """Let a row be gone."""
        self._changes.lay(key_of(row), None)

    def note(self, kind: str, subject: str, **facts: str | int | float | bool | None) -> None:
        """Add an entry to the journal. Facts are opaque keys and plain values, never personal data."""
        self._entries.append(Entry(0, self.now, self._actor, kind, subject, facts))

    @property
    def entries(self) -> Sequence[Entry]:
        """What the draft adds to the journal so far."""
        return self._entries

    def accept(self, answer: Answer, unsettled: Iterable[tuple[str, str]] = ()) -> Accepted:
        """What the draft comes to."""
        return Accepted(answer, self._changes, tuple(self._entries), tuple(unsettled))


def _limit(wanted: Range[Record]) -> int:
    return wanted.limit


def _overlaid(
    wanted: Range[R],
    found: Found[R],
    changed: Iterable[R],
    changes: tuple[Mapping[Key[Record], Record | None], ...],
) -> Found[R] | None:
    """A range with changed rows put where they now belong; None where what was read of it runs short."""
    before, own = changes
    keys = [key_of(row.record) for row in found.rows]
    kept = [
        row.record for key, row in zip(keys, found.rows, strict=True) if key not in own and key not in before
    ]
    order = wanted.order
    added = [row for row in changed if wanted.holds(row)]
    if not added and len(kept) == len(found.rows) <= wanted.limit:
        return found
    if found.cut and found.rows:
        # what sorts behind the last row that was read belongs among rows that were not: leave it to them
        last = order(found.rows[-1].record)
        added = [row for row in added if (order(row) >= last if wanted.reverse else order(row) <= last)]
    merged = sorted(kept + added, key=order, reverse=wanted.reverse)
    if found.cut and len(merged) < wanted.limit:
        return None
    # versions are the engine's: it takes them from what was read, never from an overlay
    rows = tuple(Versioned(row, 0) for row in merged[: wanted.limit])
    return Found(rows, found.cut or len(merged) > wanted.limit)


class Command(Protocol):
    """One thing to do, with all it takes to decide it: the caller's arguments, who acts, and ids minted beforehand."""

    def needs(self) -> Read:
        """What the decision reads, as far as the command alone can tell."""

    def decide(self, view: View) -> Accepted | Refusal:
        """The decision. It may raise `NotFound`, `Invalid` or `PluginError`, which change nothing."""


def needs(command: Command) -> Read:
    """What a command must read before it can be decided: the first trip to the store."""
    return command.needs()


def decide(view: View, command: Command) -> Decision:
    """Decide a command on a view. Pure: the same view and command give the same decision.

    Raises `NotFound`, `Invalid` or `PluginError` where the command speaks of what is not there or cannot be.
    """
    return ask(lambda: command.decide(view))


def ask(question: Callable[[], T]) -> T | Needs:
    """The answer to a question about a view, or what must be read before it can be answered."""
    try:
        return question()
    except Unread as unread:
        return unread.needs


def blame(plugin: str, question: Callable[[], T]) -> T:
    """What a plugin answers, asked within a question or not. Raises `PluginError` with its name for what it raises.

    What it says is left out: it may hold anything.
    """
    try:
        return question()
    except (HubError, Unread):
        raise
    except Exception as error:
        raise PluginError(plugin, f"raised {type(error).__name__}") from error
