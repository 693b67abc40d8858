"""SQL made from record classes: tables with typed columns, and the parts of which reads and commits are put together.

Text is compared by its code points (`COLLATE "C"`), so that ranges have the order of every other store. Names come from
record classes, never from callers, and are quoted; values are always bound. `$1` and so on are the server's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from innovationhub.domain.records import Field, Range, Record, Scalar
from innovationhub_postgresql.rows import Cell, Reading, Writer, binding, reading, writer

__all__ = ["TYPES", "Table", "tables_of"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")

TYPES: Mapping[str, str] = {
    "text": "text",
    "boolean": "boolean",
    "integer": "bigint",
    "real": "double precision",
    "instant": "timestamptz",
    "date": "date",
    "facts": "text",
}
"""The column type of each kind of field. Facts are the text of a JSON object."""

VERSION = '"row_version"'


class Table:
    """One record class as a table of a schema: its definition, and how rows become records and back."""

    def __init__(self, cls: type[Record], schema: str) -> None:
        declared = cls.__schema__
        self.cls = cls
        self.schema = schema
        self.name = declared.name
        self.key = declared.key
        self.fields = declared.fields
        self.indexes = declared.indexes
        self.columns = tuple(field.name for field in declared.fields)
        for name in (self.name, *self.columns, *map(self.index_name, declared.indexes)):
            if not _NAME.match(name):
                raise TypeError(f"record {self.name}: {name!r} cannot name a table, a column or an index")
        self.full = f'"{schema}"."{self.name}"'
        self.by_name = {field.name: field for field in declared.fields}
        self._key_writers = [writer(self.by_name[name]) for name in self.key]
        rest = [field for field in self.fields if field.name not in self.key]
        self._free = [field.name for field in rest]
        self.bind_insert = binding([*self.fields, None])
        """What `inserting` binds: all fields in order, and the version."""
        self.bind_update = binding([*rest, None, *(self.by_name[name] for name in self.key)])
        """What `updating` binds, the version relied on apart: the other fields, the version, the key."""
        self.listed = ", ".join(f'"{name}"' for name in self.columns) + f", {VERSION}"
        self._readings: dict[int, Reading] = {}
        self.record = self.record_from(0)
        self._scans: dict[tuple[object, ...], tuple[str, list[Writer]]] = {}

    def definition(self) -> list[str]:
        """The statements that make the table and its indexes."""
        columns = [self.column(field) for field in self.fields]
        key = f"PRIMARY KEY ({', '.join(_quoted(self.key))})"
        body = ", ".join([*columns, f"{VERSION} bigint NOT NULL", key])
        return [f"CREATE TABLE {self.full} ({body})", *(self.index(name) for name in self.indexes)]

    def column(self, field: Field) -> str:
        """One column's definition."""
        collation = ' COLLATE "C"' if field.kind == "text" else ""
        return f'"{field.name}" {TYPES[field.kind]}{collation}{"" if field.optional else " NOT NULL"}'

    def index(self, name: str) -> str:
        """One index's definition: its fields, then the key, so that its order is total."""
        fields = ", ".join(_quoted(self._order(name)))
        return f'CREATE INDEX "{self.index_name(name)}" ON {self.full} ({fields})'

    def index_name(self, name: str) -> str:
        """What an index is called in the schema."""
        return f"{self.name}_{name}"

    def record_from(self, begin: int) -> Reading:
        """What makes a record of the cells from that place on."""
        if begin not in self._readings:
            self._readings[begin] = reading(self.cls, self.fields, begin)
        return self._readings[begin]

    def cells(self, key: Sequence[Scalar]) -> list[Cell]:
        """The values of a key as they are bound."""
        return [write(value) for write, value in zip(self._key_writers, key, strict=True)]

    def where(self, numbers: Iterable[int], alias: str = "") -> str:
        """That a row has the key bound under these numbers."""
        owner = f"{alias}." if alias else ""
        pairs = zip(self.key, numbers, strict=False)
        return " AND ".join(f'{owner}"{name}" = ${number}' for name, number in pairs)

    def inserting(self, numbers: count[int], rows: int = 1) -> str:
        """Make rows: binds what `bind_insert` gives for each."""
        width = len(self.columns) + 1
        values = ", ".join(f"({', '.join(f'${next(numbers)}' for _ in range(width))})" for _ in range(rows))
        return f"INSERT INTO {self.full} ({self.listed}) VALUES {values} RETURNING 1"  # noqa: S608  # own names

    def updating(self, numbers: count[int], rows: int = 1) -> str:
        """Write rows that have a certain version: binds what `bind_update` gives for each, and that version."""
        sets = (*_quoted(self._free), VERSION)
        if rows == 1:
            changed = ", ".join(f"{name} = ${next(numbers)}" for name in sets)
            where = self.where([next(numbers) for _ in self.key])
            return (
                f"UPDATE {self.full} SET {changed} WHERE {where} AND {VERSION} = ${next(numbers)} RETURNING 1"  # noqa: S608
            )
        types = [TYPES[self.by_name[name].kind] for name in self._free]
        types += ["bigint", *(TYPES[self.by_name[name].kind] for name in self.key), "bigint"]
        values = ", ".join(
            f"({', '.join(f'${next(numbers)}::{kind}' for kind in types)})" for _ in range(rows)
        )
        named = ", ".join((*sets, *_quoted(self.key), "relied"))
        changed = ", ".join(f"{name} = v.{name}" for name in sets)
        same = " AND ".join(f"t.{name} = v.{name}" for name in _quoted(self.key))
        return (
            f"UPDATE {self.full} AS t SET {changed} FROM (VALUES {values}) AS v ({named}) "  # noqa: S608  # own names
            f"WHERE {same} AND t.{VERSION} = v.relied RETURNING 1"
        )

    def deleting(self, numbers: count[int], _: int = 1) -> str:
        """Delete a row that has a certain version: binds the key, and that version."""
        where = self.where([next(numbers) for _ in self.key])
        return f"DELETE FROM {self.full} WHERE {where} AND {VERSION} = ${next(numbers)} RETURNING 1"  # noqa: S608

    def scan(
        self, wanted: Range[Record], *, counting: bool = False, first: int = 1
    ) -> tuple[str, list[Cell]]:
        """The statement for a range and what it binds, from `first` on. One row beyond its limit tells a cut."""
        _, by, prefix, low, high, limit, reverse = wanted
        shape = (by, len(prefix), low is None, high is None, reverse, counting, first)
        known = self._scans.get(shape)
        if known is None:
            known = self._scans[shape] = self._scan(wanted, count(first), counting=counting)
        sql, writers = known
        values: list[Scalar] = [*prefix, *(bound for bound in (low, high) if bound is not None)]
        bound: list[Cell] = [write(value) for write, value in zip(writers, values, strict=True)]
        if not counting:
            bound.append(str(limit + 1))
        return sql, bound

    def _scan(
        self, wanted: Range[Record], numbers: count[int], *, counting: bool
    ) -> tuple[str, list[Writer]]:
        """The statement for ranges of this shape, and how each value that it binds is written."""
        depth = len(wanted.prefix)
        order = self._order(wanted.by)
        conditions = [f'"{name}" = ${next(numbers)}' for name in order[:depth]]
        bounds = [sign for sign, value in ((">=", wanted.low), ("<", wanted.high)) if value is not None]
        conditions += [f'"{order[depth]}" {sign} ${next(numbers)}' for sign in bounds]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        writers = [writer(self.by_name[name]) for name in (*order[:depth], *(order[depth] for _ in bounds))]
        if counting:
            return f"SELECT count(*) FROM {self.full}{where}", writers  # noqa: S608
        limit = f"LIMIT ${next(numbers)}"
        return f"SELECT {self.listed} FROM {self.full}{where} {self.sorting(wanted)} {limit}", writers  # noqa: S608

    def sorting(self, wanted: Range[Record], alias: str = "") -> str:
        """In which order the rows of a range come."""
        order, depth = self._order(wanted.by), len(wanted.prefix)
        owner, turn = f"{alias}." if alias else "", " DESC" if wanted.reverse else ""
        return "ORDER BY " + ", ".join(f"{owner}{name}{turn}" for name in _quoted(order[depth:] or order))

    def _order(self, by: str) -> tuple[str, ...]:
        """The fields by which an index sorts, the key included."""
        leading = self.indexes[by] if by != "key" else self.key
        return (*leading, *(name for name in self.key if name not in leading))


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def tables_of(records: Iterable[type[Record]], schema: str) -> Mapping[type[Record], Table]:
    """The table of each record class."""
    return {cls: Table(cls, schema) for cls in records}
