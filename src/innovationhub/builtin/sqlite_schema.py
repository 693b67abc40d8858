"""SQL made from record classes: tables with typed columns, and the statements of the waist.

An instant is kept as ISO 8601 text in UTC with six digits of fraction, so that it sorts as it counts and SQLite's own
date functions read it. Identifiers come from record classes, never from callers; values are always bound.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence

from innovationhub.builtin.sqlite_rows import Cell, Reading, Writer, binding, reading, writer
from innovationhub.domain.records import Field, Range, Record, Scalar

__all__ = ["Table"]

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


def _bound(writers: Sequence[Writer | None], values: Sequence[Scalar]) -> list[Cell]:
    """Values as they are bound in a statement."""
    return [
        value if write is None or value is None else write(value)  # type: ignore[misc]
        for write, value in zip(writers, values, strict=True)
    ]


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
        self._by_name = {field.name: field for field in schema.fields}
        self._key_writers = [writer(self._by_name[name]) for name in self.key]
        self.plain_key = not any(self._key_writers)
        where = " AND ".join(f"{name} = ?" for name in self.key)
        listed = ", ".join(self.columns)
        self.select = f"SELECT {listed}, row_version FROM {self.name} WHERE {where}"  # noqa: S608  # own names
        self.version = f"(SELECT row_version FROM {self.name} WHERE {where})"  # noqa: S608
        self.insert = self._inserting(self.columns)
        self.append = self._inserting([name for name in self.columns if name not in self.key])
        """For a whole number as the key: SQLite gives the next one."""
        indexed = {name for names in schema.indexes.values() for name in names} - set(self.key)
        keyed = [self._by_name[name] for name in self.key]
        rest = [field for field in self.fields if field.name not in self.key]
        free = [field for field in rest if field.name not in indexed]
        fixed = [field for field in rest if field.name in indexed]
        kept = "".join(f" AND {field.name} IS ?" for field in fixed)
        self.bind_insert = binding([*self.fields, None])
        self.bind_append = binding([*rest, None])
        self._bind_narrow = binding([*free, None, *keyed, *fixed])
        self._bind_wide = binding([*rest, None, *keyed])
        self._readings: dict[int, Reading] = {}
        self.record = self.record_from(0)
        self._scans: dict[tuple[object, ...], tuple[str, list[Writer | None]]] = {}
        self._narrow = self._updating(free) + kept
        self._wide = self._updating(rest)
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

    def listed(self, alias: str) -> str:
        """All columns of a row and its version, under an alias."""
        return ", ".join(f"{alias}.{name}" for name in (*self.columns, "row_version"))

    def joined(self, alias: str) -> str:
        """The row of one key, or absent cells where there is none, as part of a longer statement."""
        return f"LEFT JOIN {self.name} {alias} ON " + " AND ".join(f"{alias}.{name} = ?" for name in self.key)

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

    def record_from(self, begin: int) -> Reading:
        """What makes a record of the cells from that place on."""
        if begin not in self._readings:
            self._readings[begin] = reading(self.cls, self.fields, begin)
        return self._readings[begin]

    def _inserting(self, columns: Sequence[str]) -> str:
        names = ", ".join([*columns, "row_version"])
        return f"INSERT INTO {self.name} ({names}) VALUES ({', '.join('?' * (len(columns) + 1))})"  # noqa: S608

    def _updating(self, fields: Sequence[Field]) -> str:
        names = (*(field.name for field in fields), "row_version")
        where = " AND ".join(f"{name} = ?" for name in self.key)
        return f"UPDATE {self.name} SET {', '.join(f'{name} = ?' for name in names)} WHERE {where}"  # noqa: S608

    def update(
        self, execute: Callable[[str, Sequence[Cell]], sqlite3.Cursor], row: Record, version: int
    ) -> None:
        """Write a row that is there.

        A column that is set, even to what it was, makes SQLite write every index that it is part of: so first as if no
        indexed column had changed, and only if that finds no such row all of it.
        """
        if execute(self._narrow, self._bind_narrow(row, version)).rowcount == 0:
            execute(self._wide, self._bind_wide(row, version))

    def write(
        self, connection: sqlite3.Connection, rows: Sequence[Record], version: int, *, new: bool
    ) -> None:
        """Write rows, all of them new or all of them there."""
        if new:
            connection.executemany(self.insert, [self.bind_insert(row, version) for row in rows])
        else:
            bound = [self._bind_narrow(row, version) for row in rows]
            if connection.executemany(self._narrow, bound).rowcount < len(rows):
                for row in rows:
                    self.update(connection.execute, row, version)

    def keys(self, values: Sequence[Scalar]) -> Sequence[Cell]:
        """The values of a key as they are bound."""
        if self.plain_key:
            return values  # type: ignore[return-value]
        return _bound(self._key_writers, values)

    def scan(self, wanted: Range[Record], *, counting: bool = False) -> tuple[str, list[Cell]]:
        """The statement for a range and what it binds: one row beyond the limit says whether that cut it."""
        _, by, prefix, low, high, limit, reverse = wanted
        shape = (by, len(prefix), low is None, high is None, reverse, counting)
        known = self._scans.get(shape)
        if known is None:
            known = self._scans[shape] = self._scan(wanted, counting=counting)
        sql, writers = known
        values: Sequence[Scalar] = prefix
        if low is not None:
            values = (*values, low)
        if high is not None:
            values = (*values, high)
        bound = _bound(writers, values)
        if not counting:
            bound.append(limit + 1)
        return sql, bound

    def _scan(self, wanted: Range[Record], *, counting: bool) -> tuple[str, list[Writer | None]]:
        """The statement for ranges of this shape, and how each value that it binds is written."""
        depth = len(wanted.prefix)
        order = self.indexes[wanted.by] if wanted.by != "key" else self.key
        order = (*order, *(name for name in self.key if name not in order))
        conditions = [f"{name} = ?" for name in order[:depth]]
        bounds = ((">=", wanted.low), ("<", wanted.high))
        conditions += [f"{order[depth]} {sign} ?" for sign, value in bounds if value is not None]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        names = [*order[:depth], *(order[depth] for _, value in bounds if value is not None)]
        writers = [writer(self._by_name[name]) for name in names]
        if counting:
            return f"SELECT count(*) FROM {self.name}{where}", writers  # noqa: S608
        turn = " DESC" if wanted.reverse else ""
        sort = ", ".join(f"{name}{turn}" for name in order[depth:] or order)
        listed = ", ".join(self.columns)
        sql = f"SELECT {listed}, row_version FROM {self.name}{where} ORDER BY {sort} LIMIT ?"  # noqa: S608
        return sql, writers
