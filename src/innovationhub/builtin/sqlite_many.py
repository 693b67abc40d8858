"""Many rows of one table at once: what commands that are decided together read, rely on and write.

For one booking a statement that joins its few rows of several tables costs least (`sqlite_lookups`). Thirty bookings
read a hundred rows in ever new combinations: there it is one statement a table, for so many keys as the next power of
two, so that few statements serve every batch and stay prepared.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

from innovationhub.builtin.sqlite_rows import Cell
from innovationhub.builtin.sqlite_schema import Table
from innovationhub.domain.records import Key, Record, Versioned, key_of

__all__ = ["by_table", "read_many", "versions_of"]

AT_ONCE = 64
"""Keys in one statement at most."""

Tables = Mapping[type[Record], Table]


def by_table(keys: Sequence[Key[Record]]) -> dict[type[Record], list[Key[Record]]]:
    """Keys by the record class that they are of."""
    found: dict[type[Record], list[Key[Record]]] = {}
    for key in keys:
        found.setdefault(key.type, []).append(key)
    return found


@lru_cache(maxsize=1024)
def _statement(name: str, key: tuple[str, ...], size: int, columns: str) -> str:
    """These columns of the rows of one table under so many keys."""
    one = f"({', '.join('?' * len(key))})"
    names = ", ".join(f"k{place}" for place in range(len(key)))
    same = " AND ".join(f"t.{field} = wanted.k{place}" for place, field in enumerate(key))
    return (
        f"WITH wanted ({names}) AS (VALUES {', '.join([one] * size)}) "  # noqa: S608  # own names
        f"SELECT {columns} FROM wanted CROSS JOIN {name} t ON {same}"
    )


def _rows(
    connection: sqlite3.Connection, table: Table, keys: Sequence[Key[Record]], columns: str
) -> list[tuple[Cell, ...]]:
    """These columns of the rows that there are under some keys, in no order."""
    found: list[tuple[Cell, ...]] = []
    for first in range(0, len(keys), AT_ONCE):
        some = list(keys[first : first + AT_ONCE])
        size = 1 << (len(some) - 1).bit_length()
        # a key that is asked for twice is found twice, which does no harm
        some += [some[-1]] * (size - len(some))
        if table.plain_key:
            bound = [cell for _, values in some for cell in values]
        else:
            bound = [cell for key in some for cell in table.keys(key.values)]
        found += connection.execute(_statement(table.name, table.key, size, columns), bound).fetchall()
    return found


def read_many(
    connection: sqlite3.Connection, tables: Tables, keys: Sequence[Key[Record]]
) -> dict[Key[Record], Versioned[Record] | None]:
    """The rows under these keys, and None where there is none."""
    found: dict[Key[Record], Versioned[Record] | None] = dict.fromkeys(keys)
    for cls, wanted in by_table(keys).items():
        table = tables[cls]
        for cells in _rows(connection, table, wanted, table.listed("t")):
            row = cast("Versioned[Record]", table.record(cells))
            found[key_of(row.record)] = row
    return found


def versions_of(
    connection: sqlite3.Connection, tables: Tables, keys: Sequence[Key[Record]]
) -> dict[Key[Record], int | None]:
    """The versions of the rows under these keys, None where there is none."""
    found: dict[Key[Record], int | None] = dict.fromkeys(keys)
    for cls, wanted in by_table(keys).items():
        table = tables[cls]
        bound = {tuple(table.keys(key.values)): key for key in wanted}
        columns = ", ".join([f"t.{name}" for name in (*table.key, "row_version")])
        for cells in _rows(connection, table, wanted, columns):
            found[bound[cells[:-1]]] = cast("int", cells[-1])
    return found
