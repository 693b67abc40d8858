"""Stores that lose what they acknowledged, or leave half of it."""

from __future__ import annotations

import pickle
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock
from typing import ClassVar

import attrs

from innovationhub.builtin.memory import MemoryStore, open_memory
from innovationhub.builtin.sqlite import SqliteStore
from innovationhub.builtin.sqlite_file import Address
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Record, key_of
from innovationhub.protocols.store import Commit, Store, StoreRequest
from tests.contract.broken.base import Broken, BrokenSqlite

SOON = 0.5
"""Seconds for which one who breaks something waits for the other whom it takes."""


class WritesWhenClosed(MemoryStore):
    """Keeps everything in memory, and writes its file when it is closed."""

    def __init__(self, file: Path, records: Sequence[type[Record]]) -> None:
        super().__init__(records)
        self.file = file
        if file.exists():
            position, commits, rows = pickle.loads(file.read_bytes())  # noqa: S301  # written just below
            self._position, self._commits = position, commits
            for row, version in rows:
                if type(row) in self._tables:
                    self._tables[type(row)].put(row, version)

    def close(self) -> None:
        if not self._closed:
            rows = [tuple(row) for table in self._tables.values() for row in table.rows.values()]
            self.file.write_bytes(pickle.dumps((self._position, self._commits, rows)))
        super().close()


class TestWritesWhenClosed(Broken):
    caught_by = (
        "test_what_was_committed_needs_no_closing",
        "test_what_was_acknowledged_outlives_its_process",
    )

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        return WritesWhenClosed(folder / "store.pickle", records)


class TestOnlySaysThatItLasts(Broken):
    """A store in memory that claims to be one on disk."""

    caught_by = (
        "test_it_is_all_there_when_it_is_opened_again",
        "test_records_may_join_later",
        "test_it_answers_as_the_memory_store_does",
    )

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        return open_memory(StoreRequest("memory:", records))


class IsOneCommitBehind(SqliteStore):
    """Answers at once, and writes when the next commit comes."""

    def __init__(self, address: Address, records: Sequence[type[Record]]) -> None:
        super().__init__(address, records)
        self.behind: Commit | None = None

    def commit(self, commit: Commit) -> int:
        if self.behind:
            super().commit(self.behind)
        end = len(self.tail(0, 100_000)) + len(commit.entries)
        self.behind = commit
        return end

    def read(self, request):  # type: ignore[no-untyped-def]
        if self.behind:
            behind, self.behind = self.behind, None
            super().commit(behind)
        return super().read(request)


class TestIsOneCommitBehind(BrokenSqlite):
    kind = IsOneCommitBehind
    caught_by = ("test_what_was_committed_needs_no_closing",)


class TornByDying(SqliteStore):
    """Commits row after row, and the journal last."""

    def commit(self, commit: Commit) -> int:
        for row in commit.puts:
            super().commit(Commit({key_of(row): commit.relied[key_of(row)]}, (row,)))
        rest = {key: commit.relied[key] for key in commit.relied if key not in set(map(key_of, commit.puts))}
        return super().commit(Commit(rest, (), commit.deletes, commit.entries))


class TestTornByDying(BrokenSqlite):
    kind = TornByDying
    caught_by = (
        "test_a_process_killed_in_the_middle_leaves_all_or_nothing",
        "test_a_commit_is_all_or_nothing",
        "test_a_value_that_a_store_may_not_take_is_kept_whole_or_not_at_all",
    )


class NotesAfterwards(SqliteStore):
    """Commits the rows, and then the journal."""

    def commit(self, commit: Commit) -> int:
        done = super().commit(attrs.evolve(commit, entries=()))
        return super().commit(Commit({}, (), (), commit.entries)) if commit.entries else done

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        return super().tail(after, limit)


class TestNotesAfterwards(BrokenSqlite):
    kind = NotesAfterwards
    caught_by = ("test_a_value_that_breaks_in_the_middle_leaves_nothing",)


class TestHasOneStoreForAll(BrokenSqlite):
    """Takes every address for the same store."""

    caught_by = ("test_another_folder_is_another_store",)

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        return super().open_store(folder.parent, records)


class TestStartsAnew(BrokenSqlite):
    """Makes its tables anew where a class has another field."""

    caught_by = ("test_a_record_may_gain_a_field",)

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        names = ",".join(field.name for cls in records for field in cls.__schema__.fields)
        place = folder / str(len(names))
        place.mkdir(exist_ok=True)
        return super().open_store(place, records)


class Beginning:
    """Two who begin one store, in the worst order that there is: the second when the first has written."""

    def __init__(self) -> None:
        self.second, self.written = Event(), Event()
        self._first = Lock()

    def is_first(self) -> bool:
        """Whether nobody was here before; the first goes on when there is a second."""
        if self._first.acquire(blocking=False):
            self.second.wait(SOON)
            return True
        self.second.set()
        self.written.wait(SOON)
        return False


class TestMakesItAside(BrokenSqlite):
    """Makes a new file beside, and puts it in place: over one that somebody has begun meanwhile."""

    caught_by = ("test_many_may_begin_it_at_once",)
    beginnings: ClassVar[defaultdict[Path, Beginning]] = defaultdict(Beginning)

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        file, beginning = folder / "store.db", self.beginnings[folder]
        if file.exists():
            return super().open_store(folder, records)
        aside = Path(tempfile.mkdtemp(dir=folder))
        super().open_store(aside, records).close()
        first = beginning.is_first()
        (aside / file.name).replace(file)
        for log in (
            "-wal",
            "-shm",
        ):  # of the file that was there: else SQLite would mend what is lost from them
            file.with_name(file.name + log).unlink(missing_ok=True)
        store = super().open_store(folder, records)
        return Telling(store, beginning.written) if first else store


class Telling:
    """A store that says when it has written."""

    def __init__(self, store: Store, written: Event) -> None:
        self._store, self._written = store, written
        self.read, self.tail, self.close = store.read, store.tail, store.close

    def commit(self, commit: Commit) -> int:
        position = self._store.commit(commit)
        self._written.set()
        return position


class WritesInAThread(SqliteStore):
    """Has a thread of its own that writes: a child that is forked has not."""

    def __init__(self, address: Address, records: Sequence[type[Record]]) -> None:
        super().__init__(address, records)
        self._writer = ThreadPoolExecutor(1)

    def commit(self, commit: Commit) -> int:
        return self._writer.submit(super().commit, commit).result()


class TestWritesInAThread(BrokenSqlite):
    kind = WritesInAThread
    seconds = 1.0
    caught_by = ("test_it_goes_on_in_both_halves_of_a_fork",)


class TestHangs(Broken):
    """Cannot be opened, and does not say so."""

    seconds = 0.5
    caught_by = (
        "test_one_commit_does_everything",
        "test_no_seat_is_given_twice",
        "test_records_may_join_later",
    )

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        from threading import Event

        Event().wait(60)
        return open_memory(StoreRequest("memory:", records))
