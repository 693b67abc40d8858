"""Stores that find what is not there, miss what is, or take words for something else."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import ClassVar, TypeVar, cast

from innovationhub.builtin.memory import MemoryStore
from innovationhub.builtin.sqlite import SqliteStore
from innovationhub.domain.records import Record, key_of
from innovationhub.domain.searching import matching, words_of
from innovationhub.protocols.store import Commit, Store
from tests.contract.broken.base import BrokenMemory, BrokenSqlite

R = TypeVar("R", bound=Record)


class Indexed(MemoryStore):
    """Keeps what is searched in a list of its own."""

    def __init__(self, records: Sequence[type[Record]]) -> None:
        super().__init__(records)
        self.index: dict[object, Record] = {}

    def commit(self, commit: Commit) -> int:
        done = super().commit(commit)
        self.note(commit)
        return done

    def note(self, commit: Commit) -> None:
        for key in commit.deletes:
            self.index.pop(key, None)
        for row in commit.puts:
            self.index[key_of(row)] = row

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        return matching([row for row in self.index.values() if isinstance(row, cls)], words, limit)


class ForgetsDeletes(Indexed):
    """Goes on to find what was deleted."""

    def note(self, commit: Commit) -> None:
        self.index.update({key_of(row): row for row in commit.puts})


class TestForgetsDeletes(BrokenMemory):
    kind = ForgetsDeletes
    caught_by = ("test_a_record_is_found_by_what_it_says_now", "test_many_written_at_once_are_found")


class KeepsWhatWasSaid(Indexed):
    """Its index is not written where a row is written anew."""

    def note(self, commit: Commit) -> None:
        for key in commit.deletes:
            self.index.pop(key, None)
        for row in commit.puts:
            self.index.setdefault(key_of(row), row)


class TestKeepsWhatWasSaid(BrokenMemory):
    kind = KeepsWhatWasSaid
    caught_by = ("test_a_record_is_found_by_what_it_says_now", "test_many_written_at_once_are_found")


class IndexesFirst(Indexed):
    """Changes its index before it knows whether the commit is done."""

    def commit(self, commit: Commit) -> int:
        self.note(commit)
        return MemoryStore.commit(self, commit)


class TestIndexesFirst(BrokenMemory):
    kind = IndexesFirst
    caught_by = ("test_a_commit_that_was_not_done_is_not_found",)


class IndexesSome(Indexed):
    """Takes up a few rows of a large commit."""

    def note(self, commit: Commit) -> None:
        for key in commit.deletes:
            self.index.pop(key, None)
        self.index.update({key_of(row): row for row in commit.puts[:16]})


class TestIndexesSome(BrokenMemory):
    kind = IndexesSome
    caught_by = ("test_many_written_at_once_are_found",)


class AnyWord(MemoryStore):
    """Finds what has one of the words."""

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        found = [row for word in words_of(words) for row in super(AnyWord, self).search(cls, word, limit)]
        return list(dict.fromkeys(found))[:limit]


class TestAnyWord(BrokenMemory):
    kind = AnyWord
    caught_by = ("test_a_record_is_found_by_the_words_in_it", "test_what_is_typed_is_words_and_no_query")


class Beginnings(MemoryStore):
    """Finds words by how they begin, in one case, and in every field."""

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        rows = [cast("R", row.record) for row in self._table(cls).rows.values()]
        found = [row for row in rows if words_of(words) and all(word in str(row) for word in words_of(words))]
        return found[:limit]


class TestBeginnings(BrokenMemory):
    kind = Beginnings
    caught_by = ("test_a_record_is_found_by_the_words_in_it", "test_what_is_not_searched_finds_nothing")


class AnyOrder(MemoryStore):
    """Gives what it finds by key alone, whatever is the better match."""

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        return sorted(super().search(cls, words, 1000), key=cls.__schema__.key_of)[:limit]


class TestAnyOrder(BrokenMemory):
    kind = AnyOrder
    caught_by = ("test_the_best_match_is_first",)


class AllOfThem(MemoryStore):
    """Finds everything by nothing."""

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        if words_of(words):
            return super().search(cls, words, limit)
        return [cast("R", row.record) for row in self._table(cls).rows.values()][:limit]


class TestAllOfThem(BrokenMemory):
    kind = AllOfThem
    caught_by = ("test_what_is_typed_is_words_and_no_query",)


class ByWhitespace(MemoryStore):
    """Takes what stands between blanks for a word, a comma and all."""

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        wanted = words.lower().split()
        rows = [cast("R", row.record) for row in self._table(cls).rows.values()] if wanted else []
        return [
            row
            for row in rows
            if set(wanted)
            <= set(" ".join(getattr(row, name) or "" for name in cls.__schema__.search).lower().split())
        ][:limit]


class TestByWhitespace(BrokenMemory):
    kind = ByWhitespace
    caught_by = (
        "test_what_is_typed_is_words_and_no_query",
        "test_what_stands_between_words_tells_them_apart",
    )


class Chokes(MemoryStore):
    """Has as many words as it can hold in one expression."""

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        assert len(words.split()) < 200
        return super().search(cls, words, limit)


class TestChokes(BrokenMemory):
    kind = Chokes
    caught_by = ("test_many_words_are_no_burden",)


class Asks(SqliteStore):
    """Hands on what was typed in the language of its engine."""

    def asked(self, words: str) -> str:
        return words

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        table = self._tables[cls]
        sql = (
            "SELECT t.* FROM _paper_words JOIN _paper_places p ON p.place = _paper_words.rowid "
            "JOIN paper t ON t.shelf = p.shelf AND t.number = p.number WHERE _paper_words MATCH ? ORDER BY rank LIMIT ?"
        )
        with self._connection() as connection:
            rows = connection.execute(sql, (self.asked(words), limit)).fetchall()
        return [row.record for cells in rows if (row := table.record(cells))]  # type: ignore[misc]


class TestAsks(BrokenSqlite):
    kind = Asks
    caught_by = ("test_what_is_typed_is_words_and_no_query", "test_a_word_is_no_operator")


class AsksWithoutQuotes(Asks):
    """Takes the signs away, and leaves words that are operators."""

    def asked(self, words: str) -> str:
        return " ".join(words_of(words)) or '""'


class TestAsksWithoutQuotes(BrokenSqlite):
    kind = AsksWithoutQuotes
    caught_by = ("test_a_word_is_no_operator",)


class LeavesWords(SqliteStore):
    """Empties its log, and leaves in its index what FTS5 has only noted as deleted."""

    def scrub(self) -> None:
        with self._connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


class TestLeavesWords(BrokenSqlite):
    kind = LeavesWords
    caught_by = ("test_deleted_words_leave_the_store",)


class TestBeginsToday(BrokenSqlite):
    """Indexes what is written from now on, and not what was there before."""

    caught_by = ("test_words_of_what_was_there_before_are_found",)

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        store = super().open_store(folder, records)
        if any(cls.__schema__.search for cls in records):
            with closing(sqlite3.connect(folder / "store.db", isolation_level=None)) as plain:
                plain.execute("INSERT INTO _paper_words (_paper_words) VALUES ('delete-all')")
        return store


class TestKeepsTheIndexItself(BrokenSqlite):
    """Keeps the index by its own statements: what a version writes that does not search is not in it."""

    caught_by = ("test_words_are_found_when_it_is_opened_again",)
    aside: ClassVar[dict[Path, list[str]]] = {}

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        searched = any(cls.__schema__.search for cls in records)
        if searched:
            self._change(folder, self.aside.pop(folder, []))
        store = super().open_store(folder, records)
        if not searched:
            with closing(sqlite3.connect(folder / "store.db")) as plain:
                there = plain.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            self._change(folder, [f"DROP TRIGGER {name}" for name, _ in there])
            self.aside[folder] = [sql for _, sql in there]
        return store

    def _change(self, folder: Path, statements: Sequence[str]) -> None:
        with closing(sqlite3.connect(folder / "store.db", isolation_level=None)) as plain:
            for statement in statements:
                plain.execute(statement)
