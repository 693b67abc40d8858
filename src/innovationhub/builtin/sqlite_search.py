"""Words in the SQLite file: an FTS5 index for each record that declares `search`, kept by triggers.

Triggers, so that the index changes in the transaction of its row whoever writes it, a hub without the plugin included,
and no statement of the store's own is any different. Their text tells whether the index is what the record class asks
for: another version may have made another one, and a build of SQLite without FTS5 has taken them off in order to write.
Then search looks through the rows, and the next opening makes the index anew.

The index holds words and no text (`content=''`). Its rows are numbered by a table beside it, since the hub's tables
have no number of their own that outlives a `VACUUM`. See decision 0068.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import TypeVar, cast

from innovationhub.builtin.sqlite_schema import Table
from innovationhub.domain.records import Record, Versioned
from innovationhub.domain.searching import matching, words_of

__all__ = ["has_fts5", "lacking_words", "rewrite_words", "search_words"]

R = TypeVar("R", bound=Record)

TOKENS = "porter unicode61 remove_diacritics 2"
"""English endings, and letters without their accents."""


def has_fts5(connection: sqlite3.Connection) -> bool:
    """Whether this build of SQLite has FTS5, which is optional."""
    return bool(
        connection.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'").fetchone()[0]
    )


class _Index:
    """The names and statements of one record's index. All names are a record class's, which are checked."""

    def __init__(self, table: Table) -> None:
        self.table = table
        # no record's name begins so, hence none collides
        self.words, self.places = f"_{table.name}_words", f"_{table.name}_places"
        self.fields = table.cls.__schema__.search
        self.key = ", ".join(table.key)
        self.listed = ", ".join(self.fields)
        self.same = " AND ".join(f"p.{name} = t.{name}" for name in table.key)

    def triggers(self) -> dict[str, str]:
        """The triggers that keep the index, by name."""
        name, key = self.table.name, self.table.key
        moved = " OR ".join(f"old.{field} IS NOT new.{field}" for field in self.fields)
        gone, come = self._without("old"), self._with("new")
        number = f"INSERT INTO {self.places} ({self.key}) VALUES ({_of('new', key)});"  # noqa: S608  # own names
        free = f"DELETE FROM {self.places} WHERE {' AND '.join(f'{each} = old.{each}' for each in key)};"  # noqa: S608
        bodies = {
            "come": f"AFTER INSERT ON {name} BEGIN {number} {come} END",
            "moved": f"AFTER UPDATE OF {self.listed} ON {name} WHEN {moved} BEGIN {gone} {come} END",
            "gone": f"AFTER DELETE ON {name} BEGIN {gone} {free} END",
        }
        names = {each: f"_{name}_{each}" for each in bodies}
        return {names[each]: f"CREATE TRIGGER {names[each]} {body}" for each, body in bodies.items()}

    def _place(self, row: str) -> str:
        where = " AND ".join(f"{name} = {row}.{name}" for name in self.table.key)
        return f"(SELECT place FROM {self.places} WHERE {where})"  # noqa: S608

    def _with(self, row: str) -> str:
        values = f"{self._place(row)}, {_of(row, self.fields)}"
        return f"INSERT INTO {self.words} (rowid, {self.listed}) VALUES ({values});"  # noqa: S608

    def _without(self, row: str) -> str:
        values = f"'delete', {self._place(row)}, {_of(row, self.fields)}"
        return f"INSERT INTO {self.words} ({self.words}, rowid, {self.listed}) VALUES ({values});"  # noqa: S608

    def filling(self) -> str:
        """Takes up the words of all rows that have a number."""
        return (
            f"INSERT INTO {self.words} (rowid, {self.listed}) SELECT p.place, {_of('t', self.fields)} "  # noqa: S608
            f"FROM {self.places} p JOIN {self.table.name} t ON {self.same}"
        )

    def making(self) -> list[str]:
        """The statements that make it, of the rows that are there."""
        table = self.table
        columns = ", ".join(table.column(field) for field in table.fields if field.name in table.key)
        return [
            f"CREATE TABLE {self.places} (place INTEGER PRIMARY KEY, {columns}, UNIQUE ({self.key})) STRICT",
            f"CREATE VIRTUAL TABLE {self.words} USING fts5({self.listed}, content='', tokenize='{TOKENS}')",
            f"INSERT INTO {self.places} ({self.key}) SELECT {self.key} FROM {table.name}",  # noqa: S608
            self.filling(),
            *self.triggers().values(),
        ]

    def unhooking(self) -> list[str]:
        """The statements after which nothing is kept up any more."""
        return [f"DROP TRIGGER IF EXISTS {name}" for name in self.triggers()]

    def is_kept(self, connection: sqlite3.Connection) -> bool:
        """Whether every row's words are in it now, as the record class has them."""
        wanted = list(self.triggers().values())
        sql = f"SELECT count(*) FROM sqlite_schema WHERE sql IN ({', '.join('?' * len(wanted))})"  # noqa: S608
        return bool(connection.execute(sql, wanted).fetchone()[0] == len(wanted))


def _of(row: str, names: Sequence[str]) -> str:
    return ", ".join(f"{row}.{name}" for name in names)


def lacking_words(connection: sqlite3.Connection, table: Table) -> list[str]:
    """The statements that give a table the index that its record class asks for; none where it has it.

    Without FTS5 those that let its rows be written all the same.
    """
    if not table.cls.__schema__.search:
        return []
    index = _Index(table)
    kept = index.is_kept(connection)
    if not has_fts5(connection):
        return index.unhooking() if kept else []
    if kept:
        return []
    dropped = [f"DROP TABLE IF EXISTS {name}" for name in (index.words, index.places)]
    return [*index.unhooking(), *dropped, *index.making()]


def search_words(connection: sqlite3.Connection, table: Table, words: str, limit: int) -> list[R]:
    """The records of a table with these words in them, as of one moment. See `SupportsSearch.search`."""
    wanted = words_of(words)
    if not wanted:
        return []
    connection.execute("BEGIN")
    index = _Index(table)
    if not (has_fts5(connection) and index.is_kept(connection)):
        return matching(cast("Iterator[R]", _all(connection, table)), words, limit)
    listed, order = table.listed("t"), _of("t", table.key)
    sql = (
        f"SELECT {listed} FROM {index.words} JOIN {index.places} p ON p.place = {index.words}.rowid "  # noqa: S608
        f"JOIN {table.name} t ON {index.same} WHERE {index.words} MATCH ? ORDER BY rank, {order} LIMIT ?"
    )
    # a word in quotes is a word and nothing else; there is no quote in a word
    asked = " AND ".join([f'"{word}"' for word in wanted])
    return [cast("R", _record(table, cells)) for cells in connection.execute(sql, (asked, limit))]


def _all(connection: sqlite3.Connection, table: Table) -> Iterator[Record]:
    for cells in connection.execute(f"SELECT {table.listed('t')} FROM {table.name} t"):  # noqa: S608
        yield _record(table, cells)


def _record(table: Table, cells: Sequence[object]) -> Record:
    return cast("Versioned[Record]", table.record(cast("Sequence[str]", cells))).record


def rewrite_words(connection: sqlite3.Connection, tables: Sequence[Table]) -> None:
    """Write the indexes anew, of the rows that are there.

    What FTS5 is told to delete it notes as deleted, and leaves where it is until it merges.
    """
    for table in tables:
        index = _Index(table)
        if index.is_kept(connection):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"INSERT INTO {index.words} ({index.words}) VALUES ('delete-all')")  # noqa: S608
            connection.execute(index.filling())
            connection.execute("COMMIT")
