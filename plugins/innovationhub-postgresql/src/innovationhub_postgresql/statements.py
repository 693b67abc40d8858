"""Reads and commits as statements: few of them, since each has its price, and each of a shape that comes again.

A commit is one trip: `BEGIN`, its writes, the head of the journal, a check of what was only read, `COMMIT`. The server
must stop by itself where a version has moved, so each write returns whether it found its row, and where one did not a
cast of the text `MOVED` to a number fails, which rolls everything back.

Why this is enough at `READ COMMITTED`: whoever commits holds the one row of `journal_head` from before its last check
until it is done. What is checked then has all commits that came before in it, and none can come in between. A row that
is written has been locked by its conditional write before.

No statement writes to one table twice: distributed engines that speak this protocol may refuse that. Many rows of one
table are written some at a time, by statements of a few sizes, so that they too come again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, count, groupby

import attrs

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Key, Range, Record, Scalar, key_of
from innovationhub.protocols.store import Commit
from innovationhub_postgresql.rows import Cell, Step, binding
from innovationhub_postgresql.tables import TYPES, VERSION, Table

__all__ = ["BEGIN", "BESIDE", "MOVED", "Lookup", "Plan", "Statements"]

MOVED = "innovationhub: a row has moved and the commit is decided again"
"""What the server's log shows, as a text that is no number, when a commit conflicts. Nothing is wrong then."""

BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"

JOINED = 8
"""Rows looked up by one statement: as many as the planner joins without thinking long."""

BESIDE = 500
"""The most rows of a range that is read by one statement with what is looked up by key."""

CHECKED = 16
"""Rows whose versions are checked by one statement."""

NOTED = 8
"""Entries appended by one statement."""

SIZES: Mapping[str, tuple[int, ...]] = {"insert": (16, 4, 1), "update": (16, 4, 1), "delete": (1,)}
"""How many rows of one table are written together."""

KEPT = 512
"""Statements kept of each kind; when there are more it begins afresh."""


@attrs.frozen
class Plan:
    """The statements of one commit, in order; the second cell of the one at `answer` is the journal's last position.

    `alone`: it writes nothing, so it need only see one moment.
    """

    steps: Sequence[Step]
    answer: int
    alone: bool = False


@attrs.frozen
class _Write:
    """One row to be written: `how` is insert, update or delete."""

    table: Table
    how: str
    key: tuple[Scalar, ...]
    cells: Sequence[Cell]


@attrs.frozen
class _Part:
    """Rows of one table that are written alike, by one part of a statement."""

    table: Table
    how: str
    rows: Sequence[_Write]


class Lookup:
    """The rows under some keys of certain record classes, as one row of cells."""

    def __init__(self, tables: Sequence[Table]) -> None:
        numbers = count(1)
        columns, joins = [], []
        for place, table in enumerate(tables):
            alias = f"t{place}"
            columns += [f'{alias}."{name}"' for name in (*table.columns, "row_version")]
            where = table.where([next(numbers) for _ in table.key], alias)
            joins.append(f"LEFT JOIN {table.full} {alias} ON {where}")
        self.columns, self.rows = ", ".join(columns), f"(SELECT 1) AS one {' '.join(joins)}"
        self.sql = f"SELECT {self.columns} FROM {self.rows}"  # noqa: S608  # own names
        self.width, self.binds = len(columns), next(numbers) - 1
        begins = accumulate((len(table.columns) + 1 for table in tables), initial=0)
        self.readings = [table.record_from(begin) for table, begin in zip(tables, begins, strict=False)]
        """What makes each key's record of the one row of cells."""


class Statements:
    """Makes the statements of reads and commits, and keeps them by their shape."""

    def __init__(self, tables: Mapping[type[Record], Table], schema: str) -> None:
        self._tables = tables
        self._journal = tables[Entry]
        self._head = f'"{schema}"."journal_head"'
        self.touching = f"UPDATE {self._head} SET position = position WHERE id = 1"  # noqa: S608  # own names
        """Changes nothing, behind every commit that is under way: each holds that row until it is done."""
        fields = [field for field in self._journal.fields if field.name != "position"]
        self._noted = [field.name for field in fields]
        self._noted_types = [TYPES[field.kind] for field in fields]
        self._bind_entry = binding([*fields, None])
        self._lookups: dict[tuple[type[Record], ...], Lookup] = {}
        self._made: dict[tuple[object, ...], str] = {}

    def lookups(self, keys: Sequence[Key[Record]]) -> list[tuple[Lookup, Sequence[Key[Record]], list[Cell]]]:
        """The statements that read these keys: each with its keys and what it binds."""
        found = []
        for first in range(0, len(keys), JOINED):
            some = keys[first : first + JOINED]
            shape = tuple([key.type for key in some])
            known = self._lookups.get(shape)
            if known is None:
                if len(self._lookups) >= KEPT:
                    self._lookups.clear()
                known = self._lookups[shape] = Lookup([self._tables[each] for each in shape])
            bound = [cell for key in some for cell in self._tables[key.type].cells(key.values)]
            found.append((known, some, bound))
        return found

    def beside(self, lookup: Lookup, wanted: Range[Record]) -> Step:
        """One statement for the rows under some keys and a range beside them: they stand in each row of the range.

        What it binds comes behind what the lookup binds. A row of absent cells stands for an empty range.
        """
        table = self._tables[wanted.type]
        scan, bound = table.scan(wanted, first=lookup.binds + 1)
        shape = (lookup, scan)
        sql = self._kept(shape)
        if sql is None:
            listed = ", ".join(f'r."{name}"' for name in (*table.columns, "row_version"))
            joined = f"{lookup.rows} LEFT JOIN LATERAL ({scan}) AS r ON true {table.sorting(wanted, 'r')}"
            sql = self._keep(shape, f"SELECT {lookup.columns}, {listed} FROM {joined}")  # noqa: S608  # own names
        return sql, bound

    def plan(self, commit: Commit, version: int) -> Plan:
        """What is sent for a commit whose rows are written with that version."""
        writes, checks = self._sorted(commit, str(version))
        if not writes and not commit.entries:
            return Plan(self._checks(checks, position=True), 0, alone=True)
        *groups, last = _apart(writes)
        steps = [self._writing(group, None, ()) for group in groups]
        few = commit.entries if len(commit.entries) <= NOTED else ()
        bound = [cell for entry in few for cell in self._bind_entry(entry, str(version))]
        steps.append(self._writing(last, len(few), [str(len(commit.entries)), *bound]))
        answer = len(steps) - 1
        if not few:
            steps += self._noting(commit.entries, str(version))
        steps += self._checks(checks)
        return Plan(steps, answer)

    def _sorted(
        self, commit: Commit, version: str
    ) -> tuple[list[_Write], list[tuple[Key[Record], int | None]]]:
        """The rows to be written, and what is only relied on.

        The order of the rows is one for everybody, so that two commits do not wait for each other in a circle.
        """
        relied = dict(commit.relied)
        writes = []
        for row in commit.puts:
            key = key_of(row)
            old, table = relied.pop(key), self._tables[key.type]
            if old is None:
                writes.append(_Write(table, "insert", key.values, table.bind_insert(row, version)))
            else:
                cells = (*table.bind_update(row, version), str(old))
                writes.append(_Write(table, "update", key.values, cells))
        for key in commit.deletes:
            old, table = relied[key], self._tables[key.type]
            if old is not None:  # else it is enough that there still is none
                del relied[key]
                writes.append(_Write(table, "delete", key.values, [*table.cells(key.values), str(old)]))
        writes.sort(key=lambda write: (write.table.name, write.how, write.key))
        return writes, list(relied.items())

    def _writing(self, group: Sequence[_Part], entries: int | None, bound: Sequence[Cell]) -> Step:
        """One statement for rows of different tables and, where `entries` is given, the head and so many entries."""
        shape = (entries, *((part.table.name, part.how, len(part.rows)) for part in group))
        sql = self._kept(shape) or self._keep(shape, self._written(group, entries))
        return sql, [*(cell for part in group for row in part.rows for cell in row.cells), *bound]

    def _written(self, group: Sequence[_Part], entries: int | None) -> str:
        numbers = count(1)
        forms = {"insert": Table.inserting, "update": Table.updating, "delete": Table.deleting}
        parts = [
            f"w{place} AS ({forms[part.how](part.table, numbers, len(part.rows))})"
            for place, part in enumerate(group)
        ]
        # counted one after the other, which is also the order in which they run
        held = [f"(SELECT count(*) FROM w{place}) = {len(part.rows)}" for place, part in enumerate(group)]  # noqa: S608
        if entries is not None:
            moved = f"${next(numbers)}::bigint"
            which = " AND ".join(["id = 1", *held])
            moving = f"UPDATE {self._head} SET position = position + {moved} WHERE {which}"  # noqa: S608  # own names
            parts.append(f"h AS ({moving} RETURNING position)")
            held = ["(SELECT count(*) FROM h) = 1"]
            if entries:
                parts.append(f"j AS ({self._appending(entries, numbers, 'h')})")
        position = ", (SELECT position FROM h)" if entries is not None else ""
        return f"WITH {', '.join(parts)} SELECT {_or_stop(held)}{position}"

    def _appending(self, entries: int, numbers: count[int], head: str) -> str:
        """Append so many entries: the last of them at the head's position less what `head` says is still to come."""
        rows = []
        for place in range(entries):
            cells = [f"${next(numbers)}::{kind}" for kind in self._noted_types]
            rows.append(f"({place - entries + 1}, {', '.join(cells)}, ${next(numbers)}::bigint)")
        names = ", ".join(f'"{name}"' for name in self._noted)
        return (
            f'INSERT INTO {self._journal.full} ("position", {names}, {VERSION}) '  # noqa: S608  # own names
            f"SELECT h.position + v.place, {names}, {VERSION} "
            f"FROM {head} AS h, (VALUES {', '.join(rows)}) AS v (place, {names}, {VERSION})"
        )

    def _noting(self, entries: Sequence[Entry], version: str) -> list[Step]:
        """Many entries, some at a time, behind the head that was moved for all of them."""
        steps: list[Step] = []
        for first in range(0, len(entries), NOTED):
            some = entries[first : first + NOTED]
            shape = ("noting", len(some))
            sql = self._kept(shape)
            if sql is None:
                head = f"(SELECT position - $1::bigint AS position FROM {self._head} WHERE id = 1)"  # noqa: S608
                sql = self._keep(shape, self._appending(len(some), count(2), head))
            later = str(len(entries) - first - len(some))
            steps.append((sql, [later, *(cell for each in some for cell in self._bind_entry(each, version))]))
        return steps

    def _checks(
        self, checks: Sequence[tuple[Key[Record], int | None]], *, position: bool = False
    ) -> list[Step]:
        """Statements that stop where one of these rows no longer has the version that was relied on.

        With `position` the first also gives the journal's last position.
        """
        steps: list[Step] = []
        for first in range(0, len(checks) or position, CHECKED):
            some = checks[first : first + CHECKED]
            asked = position and first == 0
            shape = ("check", asked, *((key.type, version is None) for key, version in some))
            sql = self._kept(shape) or self._keep(shape, self._checked(some, position=asked))
            bound: list[Cell] = []
            for key, version in some:
                bound += self._tables[key.type].cells(key.values)
                bound += [] if version is None else [str(version)]
            steps.append((sql, bound))
        return steps

    def _checked(self, checks: Sequence[tuple[Key[Record], int | None]], *, position: bool) -> str:
        numbers = count(1)
        held = ["true"]
        for key, version in checks:
            table = self._tables[key.type]
            where = table.where([next(numbers) for _ in table.key])
            row = f"(SELECT {VERSION} FROM {table.full} WHERE {where})"  # noqa: S608  # own names
            held.append(f"{row} IS NULL" if version is None else f"{row} = ${next(numbers)}")
        last = f", (SELECT position FROM {self._head} WHERE id = 1)" if position else ""  # noqa: S608
        return f"SELECT {_or_stop(held)}{last}"

    def _kept(self, shape: tuple[object, ...]) -> str | None:
        return self._made.get(shape)

    def _keep(self, shape: tuple[object, ...], sql: str) -> str:
        if len(self._made) >= KEPT:
            self._made.clear()
        self._made[shape] = sql
        return sql


def _or_stop(held: Sequence[str]) -> str:
    """A number when all of it holds; else a failure, which stops the transaction there."""
    return f"CAST(CASE WHEN {' AND '.join(held)} THEN '1' ELSE '{MOVED}' END AS bigint)"


def _parts(writes: Sequence[_Write]) -> Iterator[_Part]:
    """Rows in their order, some of one table at a time."""
    for (table, how), alike in groupby(writes, key=lambda write: (write.table, write.how)):
        rows = list(alike)
        while rows:
            size = next(size for size in SIZES[how] if size <= len(rows))
            yield _Part(table, how, rows[:size])
            del rows[:size]


def _apart(writes: Sequence[_Write]) -> list[list[_Part]]:
    """Rows in their order, in groups in which no table comes twice: one group at least."""
    groups: list[list[_Part]] = [[]]
    seen: set[str] = set()
    for part in _parts(writes):
        if part.table.name in seen:
            groups.append([])
            seen.clear()
        groups[-1].append(part)
        seen.add(part.table.name)
    return groups
