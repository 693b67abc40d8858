"""One statement for several rows of several tables: what a decision reads by key, and the versions it relied on.

Each statement has its price, however little it does, so a booking reads its five rows with one and checks four versions
with another. A statement is made for each combination of record classes that is asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from innovationhub.builtin.sqlite_rows import Cell
from innovationhub.builtin.sqlite_schema import Table
from innovationhub.domain.records import Key, Record

__all__ = ["Lookup", "Lookups"]

KEPT = 256
"""Statements kept; when there are more it begins afresh."""


class Lookup:
    """One such statement: all columns of the rows under some keys, or their versions alone."""

    def __init__(self, tables: Sequence[Table], *, versions: bool) -> None:
        self._tables = tables
        self._plain = all(table.plain_key for table in tables)
        if versions:
            self.sql = "SELECT " + ", ".join([table.version for table in tables])
            return
        columns = ", ".join([table.listed(f"t{place}") for place, table in enumerate(tables)])
        joins = " ".join([table.joined(f"t{place}") for place, table in enumerate(tables)])
        self.sql = f"SELECT {columns} FROM (SELECT 1) {joins}"  # noqa: S608  # own names
        begins = accumulate((len(table.columns) + 1 for table in tables), initial=0)
        self.readings = [table.record_from(begin) for table, begin in zip(tables, begins, strict=False)]
        """What makes each key's record of the one row of cells."""

    def bound(self, keys: Sequence[Key[Record]]) -> list[Cell]:
        """What the statement binds for these keys."""
        if self._plain:
            return [value for _, values in keys for value in values]  # type: ignore[misc]
        tables = zip(self._tables, keys, strict=True)
        return [cell for table, key in tables for cell in table.keys(key.values)]


class Lookups(dict[tuple[type[Record], ...], Lookup]):
    """The statements by the record classes they look for, each made when it is first wanted."""

    def __init__(self, tables: Mapping[type[Record], Table], *, versions: bool) -> None:
        super().__init__()
        self._tables = tables
        self._versions = versions

    def __missing__(self, shape: tuple[type[Record], ...]) -> Lookup:
        if len(self) >= KEPT:
            self.clear()
        made = self[shape] = Lookup([self._tables[each] for each in shape], versions=self._versions)
        return made
