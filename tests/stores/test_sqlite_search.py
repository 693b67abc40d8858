"""Words in the SQLite file: found by English endings, kept whoever writes, and made anew where they are not kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import attrs
import pytest

from innovationhub.builtin import sqlite_search
from innovationhub.builtin.sqlite import SqliteStore, open_sqlite
from innovationhub.domain.records import Record, record
from innovationhub.protocols.store import StoreRequest
from innovationhub.testing.samples import Paper, Tally, delete, put

TEA = Paper("a", 1, "Tea on the wards", "Kettles beside every bed")
CAFE = Paper("a", 2, "Café queues", "Naïve")


def opened(folder: Path, *records: type[Record], options: str = "") -> SqliteStore:
    store = open_sqlite(StoreRequest(f"sqlite:///{folder / 'store.db'}{options}", records or (Paper,)))
    assert isinstance(store, SqliteStore)
    return store


def plainly(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "store.db", isolation_level=None)) as plain:
        return plain.execute(sql).fetchall()


def is_indexed(folder: Path) -> bool:
    return bool(plainly(folder, "SELECT 1 FROM sqlite_schema WHERE type = 'trigger'"))


@pytest.fixture
def no_fts5(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of SQLite without FTS5, as far as the store can tell. No such build is among Python's."""
    monkeypatch.setattr(sqlite_search, "has_fts5", lambda connection: False)


@pytest.mark.parametrize(
    ("words", "found"), [("kettle", [TEA]), ("queueing", [CAFE]), ("cafe", [CAFE]), ("NAIVE", [CAFE])]
)
def test_endings_and_accents_are_seen_through(tmp_path: Path, words: str, found: list[Paper]) -> None:
    """By the index: *queueing* finds *queues*, and `cafe` finds `Café`."""
    store = opened(tmp_path)
    put(store, TEA, CAFE)
    assert store.search(Paper, words, 10) == found
    store.close()


def test_who_searches_nothing_has_no_index(tmp_path: Path) -> None:
    """Nothing is made for records that declare nothing to search."""
    opened(tmp_path, Tally).close()
    assert not [
        name for (name,) in plainly(tmp_path, "SELECT name FROM sqlite_schema") if str(name).startswith("_")
    ]


def test_a_copy_that_sqlite_makes_finds_the_same(tmp_path: Path) -> None:
    """`VACUUM` numbers rows anew where they have no number of their own; the index has one."""
    store = opened(tmp_path)
    put(store, *(Paper("a", number, f"n{number}") for number in range(9)))
    delete(store, Paper("a", 3))
    store.close()
    plainly(tmp_path, "VACUUM")
    store = opened(tmp_path)
    for number in (0, 4, 8):
        assert store.search(Paper, f"n{number}", 10) == [Paper("a", number, f"n{number}")]
    store.close()


def test_without_fts5_rows_are_looked_through(tmp_path: Path, no_fts5: None) -> None:
    """The file is made without an index, and what has the words is found, endings apart."""
    store = opened(tmp_path)
    put(store, TEA, CAFE)
    assert not is_indexed(tmp_path)
    assert store.search(Paper, "tea bed", 10) == [TEA]
    assert store.search(Paper, "cafe", 10) == [CAFE]
    assert store.search(Paper, "kettle", 10) == []
    store.scrub()
    store.close()


def test_a_file_goes_to_a_build_without_fts5_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There it can be written, since the index is let go; and who still has it open does not find the past."""
    first = opened(tmp_path)
    put(first, TEA)
    with monkeypatch.context() as without:
        without.setattr(sqlite_search, "has_fts5", lambda connection: False)
        second = opened(tmp_path)
        put(second, attrs.evolve(TEA, title="Coffee"), CAFE)
        assert second.search(Paper, "coffee", 10) == [attrs.evolve(TEA, title="Coffee")]
        second.close()
        assert not is_indexed(tmp_path)
    assert first.search(Paper, "tea", 10) == []
    assert first.search(Paper, "cafe", 10) == [CAFE]
    first.close()
    again = opened(tmp_path)
    assert is_indexed(tmp_path)
    assert again.search(Paper, "queue", 10) == [CAFE]
    again.close()


def test_who_may_only_read_finds_by_the_index_or_without(tmp_path: Path) -> None:
    """A file that is opened to read has no index made in it, and need not have one."""
    store = opened(tmp_path)
    put(store, TEA, CAFE)
    store.close()
    reading = opened(tmp_path, options="?mode=ro")
    assert reading.search(Paper, "kettle", 10) == [TEA]
    reading.close()
    for name in ("come", "moved", "gone"):
        plainly(tmp_path, f"DROP TRIGGER _paper_{name}")
    reading = opened(tmp_path, options="?mode=ro")
    assert reading.search(Paper, "kettles", 10) == [TEA]
    assert not is_indexed(tmp_path)
    reading.close()


@record("paper", key=("shelf", "number"), indexes=Paper.__schema__.indexes, search=("body",))
@attrs.frozen
class Bodies(Record):
    """`Paper` as another version has it."""

    shelf: str
    number: int
    title: str = ""
    body: str | None = None
    weight: int = 0


def test_two_versions_that_search_otherwise_may_have_it_open(tmp_path: Path) -> None:
    """Whoever opened it last has the index; the other looks through the rows, and finds what it ought to."""
    first = opened(tmp_path)
    put(first, TEA)
    second = opened(tmp_path, Bodies)
    assert [row.title for row in second.search(Bodies, "kettle", 10)] == [TEA.title]
    assert second.search(Bodies, "tea", 10) == []
    put(second, Bodies("a", 2, CAFE.title, CAFE.body))
    assert first.search(Paper, "cafe", 10) == [CAFE]
    assert first.search(Paper, "tea", 10) == [TEA]
    first.close()
    second.close()


def test_scrubbing_leaves_the_index_as_it_ought_to_be(tmp_path: Path) -> None:
    """Each row is found as before, and FTS5 itself finds no fault in it."""
    store = opened(tmp_path)
    papers = [Paper("a", number, f"common n{number}", None if number % 2 else "even") for number in range(40)]
    put(store, *papers)
    delete(store, *papers[:10])
    for _ in range(2):
        store.scrub()
        assert set(store.search(Paper, "common", 100)) == set(papers[10:])
        assert store.search(Paper, "n10 even", 100) == [papers[10]]
        plainly(tmp_path, "INSERT INTO _paper_words (_paper_words) VALUES ('integrity-check')")
    put(store, attrs.evolve(papers[11], title="moved"))
    assert store.search(Paper, "n11", 10) == []
    store.close()
