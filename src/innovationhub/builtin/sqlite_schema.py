"""SQL made from record classes: tables with typed columns, and the statements of the waist.

An instant is kept as ISO 8601 text in UTC with six digits of fraction, so that it sorts as it counts and SQLite's own
date functions read it. Identifiers come from record classes, never from callers; values are always bound.
"""

from __future__ import annotations

import json
import operator
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeAlias, cast

from innovationhub.domain.records import Field, Range, Record, Scalar, Versioned

__all__ = ["Cell", "Table"]

Cell: TypeAlias = str | int | float | None

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")

TYPES = {
    "text": "TEXT",
    "boolean": "INTEGER",
    "integer": "INTEGER",
    "real": "REAL",
    "instant": "TEXT",
    "date": "TEXT",
    "facts": "TEXT",
}


@lru_cache(maxsize=4096)
def _instant(value: datetime) -> str:
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ", "microseconds")


_facts = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode


WRITE: dict[str, Callable[..., Cell]] = {
    "text": str,
    "boolean": int,
    "instant": _instant,
    "date": date.isoformat,
    "facts": _facts,
}
READ: dict[str, Callable[..., object]] = {
    "boolean": bool,
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
    "facts": json.loads,
}


class Table:
    """One record class as a table: its definition, and how rows become records and back."""

    def __init__(self, cls: type[Record]) -> None:
        schema = cls.__schema__
        self.cls = cls
        self.name = schema.name
        self.key = schema.key
        self.fields = schema.fields
        self.columns = tuple(field.name for field in schema.fields)
        for name in (self.name, *self.columns, *schema.indexes):
            if not _NAME.match(name):
                raise TypeError(f"record {self.name}: {name!r} cannot name a table or a column")
        self.indexes = schema.indexes
        self._values: Callable[[Record], Iterable[Cell]] = (
            operator.attrgetter(*self.columns)
            if len(self.columns) > 1
            else lambda row: (getattr(row, self.columns[0]),)
        )
        self._by_name = {field.name: field for field in schema.fields}
        kinds = [self._by_name[name] for name in self.key]
        self._plain_key = all(field.kind in {"text", "integer"} and field.enum is None for field in kinds)
        self._writers = [
            # plain text needs no writing, and an enum's text is made plain so that the driver need not ask
            (place, WRITE[field.kind])
            for place, field in enumerate(self.fields)
            if field.kind in WRITE and (field.kind != "text" or field.enum is not None)
        ]
        self._enums = [(i, f.enum) for i, f in enumerate(self.fields) if f.enum is not None]
        self._readers = [(i, READ[f.kind]) for i, f in enumerate(self.fields) if f.kind in READ]
        where = " AND ".join(f"{name} = ?" for name in self.key)
        listed = ", ".join(self.columns)
        self.select = f"SELECT {listed}, row_version FROM {self.name} WHERE {where}"  # noqa: S608  # own names
        self.version = f"(SELECT row_version FROM {self.name} WHERE {where})"  # noqa: S608
        self.insert = (
            f"INSERT INTO {self.name} ({listed}, row_version) "  # noqa: S608
            f"VALUES ({', '.join('?' * (len(self.columns) + 1))})"
        )
        indexed = {name for names in schema.indexes.values() for name in names} - set(self.key)
        self._free = [place for place, name in enumerate(self.columns) if name not in {*self.key, *indexed}]
        self._fixed = [place for place, name in enumerate(self.columns) if name in indexed]
        self._rest = [place for place, name in enumerate(self.columns) if name not in self.key]
        kept = "".join(f" AND {self.columns[place]} IS ?" for place in self._fixed)
        self._keyed = [self.columns.index(name) for name in self.key]
        self._scans: dict[tuple[str, int, bool, bool, bool, bool], tuple[str, tuple[str, ...]]] = {}
        self.narrow = self._updating(self._free) + kept
        self.wide = self._updating(self._rest)
        self.delete = f"DELETE FROM {self.name} WHERE {where}"  # noqa: S608

    def definition(self) -> list[str]:
        """The statements that make the table and its indexes."""
        columns = [self.column(field) for field in self.fields]
        key = f"PRIMARY KEY ({', '.join(self.key)})"
        body = ", ".join([*columns, "row_version INTEGER NOT NULL", key])
        # Rows lie in the order of their key where that is read (a range of it, or an index that leads back to it).
        # A row that is only ever looked up by one key lies where it was written: long rows under random keys would
        # have their pages rebalanced at every insertion.
        lookup = len(self.key) == 1 and (not self.indexes or self._by_name[self.key[0]].kind == "integer")
        return [
            f"CREATE TABLE {self.name} ({body}) STRICT{'' if lookup else ', WITHOUT ROWID'}",
            *(self.index(name) for name in self.indexes),
        ]

    def column(self, field: Field) -> str:
        """One column's definition."""
        check = f" CHECK ({field.name} IN (0, 1))" if field.kind == "boolean" else ""
        return f"{field.name} {TYPES[field.kind]}{'' if field.optional else ' NOT NULL'}{check}"

    def index(self, name: str) -> str:
        """One index's definition: its fields, then the key, so that its order is total."""
        fields = [*self.indexes[name], *(each for each in self.key if each not in self.indexes[name])]
        return f"CREATE INDEX {self.index_name(name)} ON {self.name} ({', '.join(fields)})"

    def index_name(self, name: str) -> str:
        """What an index is called in the file."""
        return f"{self.name}_{name}"

    def cells(self, row: Record) -> list[Cell]:
        """A record as the values of its columns."""
        cells = list(self._values(row))
        for place, write in self._writers:
            if cells[place] is not None:
                cells[place] = write(cells[place])
        return cells

    def _updating(self, places: Sequence[int]) -> str:
        names = (*(self.columns[place] for place in places), "row_version")
        where = " AND ".join(f"{name} = ?" for name in self.key)
        return f"UPDATE {self.name} SET {', '.join(f'{name} = ?' for name in names)} WHERE {where}"  # noqa: S608

    def update(
        self, execute: Callable[[str, Sequence[Cell]], sqlite3.Cursor], cells: Sequence[Cell], version: int
    ) -> None:
        """Write a row that is there.

        A column that is set, even to what it was, makes SQLite write every index that it is part of: so first as if no
        indexed column had changed, and only if that finds no such row all of it.
        """
        key = [cells[place] for place in self._keyed]
        narrow = [
            *[cells[place] for place in self._free],
            version,
            *key,
            *[cells[place] for place in self._fixed],
        ]
        if execute(self.narrow, narrow).rowcount == 0:
            execute(self.wide, [*[cells[place] for place in self._rest], version, *key])

    def record(self, cells: Sequence[Cell]) -> Versioned[Record]:
        """The record and the version in a row of `select`."""
        values: list[object] = list(cells[:-1])
        for place, read in self._readers:
            if values[place] is not None:
                values[place] = read(values[place])
        for place, enum in self._enums:
            if values[place] is not None:
                values[place] = enum(str(values[place]))
        return Versioned(self.cls(*values), cast("int", cells[-1]))

    def bound(self, name: str, value: Scalar) -> Cell:
        """A value of one field as it is bound in a statement."""
        write = WRITE.get(self._by_name[name].kind)
        return value if write is None or value is None else write(value)  # type: ignore[return-value]

    def keys(self, values: Sequence[Scalar]) -> Sequence[Cell]:
        """The values of a key as they are bound."""
        if self._plain_key:
            return cast("Sequence[Cell]", values)
        return [self.bound(name, value) for name, value in zip(self.key, values, strict=True)]

    def scan(self, wanted: Range[Record], *, counting: bool = False) -> tuple[str, list[Cell]]:
        """The statement for a range and what it binds: one row beyond the limit says whether that cut it."""
        depth, low, high = len(wanted.prefix), wanted.low, wanted.high
        shape = (wanted.by, depth, low is not None, high is not None, wanted.reverse, counting)
        if shape not in self._scans:
            self._scans[shape] = self._scan(wanted, counting=counting)
        sql, order = self._scans[shape]
        bound = [self.bound(name, value) for name, value in zip(order, wanted.prefix, strict=False)]
        bound += [self.bound(order[depth], value) for value in (low, high) if value is not None]
        return sql, bound if counting else [*bound, wanted.limit + 1]

    def _scan(self, wanted: Range[Record], *, counting: bool) -> tuple[str, tuple[str, ...]]:
        """The statement for ranges of this shape, and the fields in whose order they run."""
        depth = len(wanted.prefix)
        order = self.indexes[wanted.by] if wanted.by != "key" else self.key
        order = (*order, *(name for name in self.key if name not in order))
        conditions = [f"{name} = ?" for name in order[:depth]]
        bounds = ((">=", wanted.low), ("<", wanted.high))
        conditions += [f"{order[depth]} {sign} ?" for sign, value in bounds if value is not None]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        if counting:
            return f"SELECT count(*) FROM {self.name}{where}", order  # noqa: S608
        turn = " DESC" if wanted.reverse else ""
        sort = ", ".join(f"{name}{turn}" for name in order[depth:] or order)
        listed = ", ".join(self.columns)
        sql = f"SELECT {listed}, row_version FROM {self.name}{where} ORDER BY {sort} LIMIT ?"  # noqa: S608
        return sql, order
