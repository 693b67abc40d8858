"""Words: PostgreSQL's own text search, by an index on an expression.

The expression is the words of a record's `search` fields in English. Signs become spaces first: the server's parser
would else take `tea/coffee` for the path of a file, and the hub says what a word is. See decision 0069.

An engine that speaks the same protocol need not have this. So the functions are tried once when a store is opened, and
the index is made apart from the tables: where it cannot be made, the same is found without it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TypeVar, cast
from zlib import crc32

import psycopg

from innovationhub.domain.records import Record, Versioned
from innovationhub.domain.searching import words_of
from innovationhub_postgresql.connections import Connection
from innovationhub_postgresql.tables import Table
from innovationhub_postgresql.trips import encoded, trip

__all__ = ["Words", "find", "prepare_words"]

R = TypeVar("R", bound=Record)

SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""What the server's parser may take for part of a word."""

LACKS = frozenset({"0A000", "42601", "42704", "42883", "42P17"})
"""What an engine answers that has no such function, no such configuration, or no such index."""

MAY_NOT = frozenset({"42501", "25006"})
"""What a server answers to a role that may not make an index."""

TRIED = "SELECT ts_rank(to_tsvector('english', 'a word'), to_tsquery('english', '''words'''))"


class Words:
    """The words of one table's rows: the index, and the statement that finds by them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        text = " || ' ' || ".join(f"coalesce(\"{name}\", '')" for name in table.cls.__schema__.search)
        signs = SIGNS.replace("'", "''")
        vector = f"to_tsvector('english', translate({text}, '{signs}', '{' ' * len(SIGNS)}'))"
        self.prefix = f"{table.name[:48]}_words_"
        # with a mark of what is in it, so that another choice of fields is another index
        self.index = f"{self.prefix}{crc32(vector.encode()):08x}"
        self.making = f'CREATE INDEX IF NOT EXISTS "{self.index}" ON {table.full} USING gin ({vector})'
        order = ", ".join(f'"{name}"' for name in table.key)
        query = "to_tsquery('english', $1)"
        self.sql = (
            f"SELECT {table.listed} FROM {table.full} WHERE {vector} @@ {query} "  # noqa: S608  # own names
            f"ORDER BY ts_rank({vector}, {query}) DESC, {order} LIMIT $2"
        )

    def lacking(self, indexes: Collection[str]) -> list[str]:
        """The statements that make the index, and drop one of other fields."""
        others = [name for name in indexes if re.fullmatch(f"{self.prefix}[0-9a-f]{{8}}", name)]
        dropped = [
            f'DROP INDEX IF EXISTS "{self.table.schema}"."{name}"' for name in others if name != self.index
        ]
        return dropped + ([] if self.index in others else [self.making])


def prepare_words(connection: Connection, tables: Sequence[Table], indexes: Collection[str]) -> bool:
    """Make the indexes that are missing; whether the engine can search at all. Raises psycopg's errors."""
    searched = [Words(table) for table in tables if table.cls.__schema__.search]
    if not searched:
        return True
    if not _done(connection, TRIED, LACKS):
        return False
    for statement in [each for words in searched for each in words.lacking(indexes)]:
        _done(connection, statement, LACKS | MAY_NOT)
    return True


def _done(connection: Connection, statement: str, allowed: Collection[str]) -> bool:
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        if error.sqlstate not in allowed:
            raise
        return False
    return True


def find(connection: Connection, words: Words, typed: str, limit: int) -> list[R]:
    """The records of a table with these words in them, as of one moment. Raises psycopg's errors."""
    wanted = words_of(typed)
    if not wanted:
        return []
    asked = " & ".join(map(_asked, wanted))
    (answer,) = trip(connection, encoded([(words.sql, [asked, str(limit)])]))
    made, get = words.table.record, answer.get_value
    return [cast("R", cast("Versioned[Record]", made(get, row)).record) for row in range(answer.ntuples)]


def _asked(word: str) -> str:
    """A word as `to_tsquery` takes it: in quotes it is a word and nothing else, and there is no quote in a word.

    A database whose locale is `C` knows the cases of ASCII alone: of other words both are looked for.
    """
    return f"'{word}'" if word.isascii() else f"('{word.lower()}' | '{word.upper()}')"
