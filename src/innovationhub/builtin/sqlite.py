"""The SQLite store: one file, WAL, `synchronous=FULL`, safe for several threads and several processes.

What `commit` returns from has been synced to disk. Versions are checked under the write lock, in the transaction that
writes, so of two decisions on the same rows one gets through and the other a `Conflict`. Waiting for the lock is done
here, in short jittered sleeps up to a deadline, because SQLite's own handler backs off to 100 ms and starves.

    sqlite:///hub.db            relative to the working directory
    sqlite:////var/hub/hub.db   absolute
    sqlite:///hub.db?mode=ro    to read only
    sqlite:///hub.db?timeout=2  seconds to wait for another writer (5 unless told)
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from innovationhub.builtin.sqlite_file import Address, check_begins_as_one, migrate, parse_address, tables_of
from innovationhub.builtin.sqlite_lookups import Lookups
from innovationhub.builtin.sqlite_many import read_many, versions_of
from innovationhub.builtin.sqlite_schema import Table
from innovationhub.builtin.sqlite_search import rewrite_words, search_words
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Found, Key, Range, Read, Record, Rows, Versioned, key_of
from innovationhub.errors import Conflict, Invalid, PluginError, Unavailable
from innovationhub.protocols.store import Commit, Store, StoreRequest

__all__ = ["SqliteStore", "open_sqlite"]

A = TypeVar("A")
R = TypeVar("R", bound=Record)
T = TypeVar("T")

IDLE = 8
"""Connections kept open while nobody uses them."""

JOINED = 8
"""Rows of several tables that one statement reads. With more it would differ from reading to reading, and be prepared
each time: then it is one a table."""

CHECKED = 20
"""Rows of several tables whose versions one statement looks up."""

WRITTEN = 16
"""Rows that are written one by one; more of them table by table."""

LAST = "SELECT coalesce(max(position), 0) FROM journal"


class SqliteStore:
    """A store in one SQLite file. Connections are lent to one thread at a time and come from a small pool."""

    def __init__(self, address: Address, records: Sequence[type[Record]]) -> None:
        self.address = address
        self._tables = tables_of((*records, Entry))
        self._lookups = Lookups(self._tables, versions=False)
        self._checks = Lookups(self._tables, versions=True)
        self._idle: deque[sqlite3.Connection] = deque()
        self._owner = os.getpid()
        self._closed = False

    def prepare(self, records: Sequence[type[Record]]) -> None:
        """Make what the file lacks of these records' tables, or the file itself."""
        self._patiently(lambda connection, _: migrate(connection, self.address, records), None)

    def read(self, request: Read) -> Rows:
        """See `Store.read`: one transaction, so that all rows are of one moment."""
        return self._patiently(self._read, request)

    def _read(self, connection: sqlite3.Connection, request: Read) -> Rows:
        execute = connection.cursor().execute
        wanted, ranges = request.keys, request.ranges
        joined = len(wanted) <= JOINED
        whole = len(ranges) + (bool(wanted) if joined else 2) > 1
        if whole:
            execute("BEGIN")
        keys: dict[Key[Record], Versioned[Record] | None] = {}
        if not joined:
            keys = read_many(connection, self._tables, wanted)
        elif wanted:
            lookup = self._lookups[tuple([key.type for key in wanted])]
            cells = execute(lookup.sql, lookup.bound(wanted)).fetchone()
            keys = {key: made(cells) for key, made in zip(wanted, lookup.readings, strict=True)}
        found: dict[Range[Record], Found[Record]] = {}
        for each in ranges:
            table = self._tables[each.type]
            listed = execute(*table.scan(each)).fetchall()
            # every row that was found has a version, so there is a record of it
            rows = tuple([cast("Versioned[Record]", table.record(cells)) for cells in listed[: each.limit]])
            found[each] = Found(rows, len(listed) > each.limit)
        if whole:
            execute("ROLLBACK")
        return Rows(keys, found)

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`: versions are checked and everything is written under one write lock."""
        return self._patiently(self._commit, commit)

    def _commit(self, connection: sqlite3.Connection, commit: Commit) -> int:
        execute = connection.cursor().execute
        execute("BEGIN IMMEDIATE")
        relied = dict(commit.relied)
        puts = [(key_of(row), row) for row in commit.puts]
        # that a row which is to be made is not there yet, its table's key will tell
        new = {key for key, _ in puts if relied[key] is None}
        for key in new:
            del relied[key]
        moved = self.moved(connection, relied)
        if moved:
            raise Conflict(moved)
        # a version is chance: 62 bits never come twice, and no counter has to be written to find one
        version = int.from_bytes(os.urandom(8), "big") >> 2
        self._write(connection, puts, new, version)
        for key in commit.deletes:
            execute(self._tables[key.type].delete, self._tables[key.type].keys(key.values))
        position = self._note(connection, commit.entries, version)
        self.before_commit(connection)
        self._finish(connection)
        return position

    def _write(
        self,
        connection: sqlite3.Connection,
        puts: Sequence[tuple[Key[Record], Record]],
        new: Collection[Key[Record]],
        version: int,
    ) -> None:
        """Write rows, those that are `new` as such. Raises `Conflict` when somebody made one of them first."""
        together: dict[tuple[type[Record], bool], list[Record]] = {}
        execute = connection.cursor().execute
        table = self._tables[Entry]
        try:
            if len(puts) <= WRITTEN:
                for key, row in puts:
                    table = self._tables[key.type]
                    if key in new:
                        execute(table.insert, table.bind_insert(row, version))
                    else:
                        table.update(execute, row, version)
                return
            for key, row in puts:
                together.setdefault((key.type, key in new), []).append(row)
            for (cls, is_new), rows in together.items():
                table = self._tables[cls]
                table.write(connection, rows, version, new=is_new)
        except (OverflowError, UnicodeError) as error:
            raise _unfit(table, error) from error
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
                raise _unfit(table, error) from error
            # whoever made it since it was read was first
            there = versions_of(connection, self._tables, [key for key in new if key.type is table.cls])
            raise Conflict([key for key, other in there.items() if other not in (None, version)]) from error

    def _note(self, connection: sqlite3.Connection, entries: Sequence[Entry], version: int) -> int:
        """Append to the journal, and give its last position. SQLite counts: each row is one behind the last."""
        if not entries:
            return int(connection.execute(LAST).fetchone()[0])
        journal = self._tables[Entry]
        bound = [journal.bind_append(entry, version) for entry in entries]
        try:
            if len(bound) == 1:
                return connection.execute(journal.append, bound[0]).lastrowid or 0
            connection.executemany(journal.append, bound)
        except (sqlite3.IntegrityError, OverflowError, UnicodeError) as error:
            raise _unfit(journal, error) from error
        return int(connection.execute("SELECT last_insert_rowid()").fetchone()[0])

    def _finish(self, connection: sqlite3.Connection) -> None:
        """Commit. Once it was asked for, only two errors say for certain that it was not done."""
        try:
            connection.execute("COMMIT")
        except Exception as error:
            code = _code(error)
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL):
                raise  # the lock was not to be had, or the log has no room for all of it
            raise Unavailable(
                f"{self.address.path}: {error} while committing", outcome_known=False
            ) from error

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Where tests make a disk fill up or a process die."""

    def moved(
        self, connection: sqlite3.Connection, relied: Mapping[Key[Record], int | None]
    ) -> list[Key[Record]]:
        """Which of these rows no longer have the version that was relied on. Called under the write lock.

        Many are looked up by one statement: each statement has its price, however little it does.
        """
        keys = list(relied)
        if len(keys) > CHECKED:
            there = versions_of(connection, self._tables, keys)
            return [key for key in keys if there[key] != relied[key]]
        if not keys:
            return []
        check = self._checks[tuple([key.type for key in keys])]
        versions = connection.execute(check.sql, check.bound(keys)).fetchone()
        return [key for key, version in zip(keys, versions, strict=True) if version != relied[key]]

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """See `Store.tail`. Positions are given out under the write lock, so none appears late."""
        wanted = Range(Entry, "key", (), low=after + 1, limit=limit)
        rows = self.read(Read(ranges=(wanted,))).scan(wanted)
        return rows.records

    def count(self, wanted: Range[Record]) -> int:
        """See `SupportsCount.count`."""
        sql, bound = self._tables[wanted.type].scan(wanted, counting=True)
        return self._patiently(lambda connection, _: int(connection.execute(sql, bound).fetchone()[0]), None)

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        """See `SupportsSearch.search`: by FTS5 where the file has an index, else by looking through the rows."""
        table = self._tables[cls]
        return self._patiently(lambda connection, _: search_words(connection, table, words, limit), None)

    def scrub(self) -> None:
        """See `SupportsScrub.scrub`: pages are zeroed as rows are deleted; words and the log are cleared here.

        While another process reads an older moment the log cannot be emptied to its end: it is at its next checkpoint.
        """
        searched = [table for table in self._tables.values() if table.cls.__schema__.search]
        self._patiently(rewrite_words, searched)
        self._patiently(
            lambda connection, _: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall(), None
        )

    def close(self) -> None:
        """See `Store.close`."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _patiently(self, work: Callable[[sqlite3.Connection, A], T], what: A) -> T:
        """Do it, waiting while another writer holds the file, and say clearly why not when it cannot be done."""
        deadline = 0.0
        tries = 0
        while True:
            connection: sqlite3.Connection | None = None
            try:
                connection = self._borrowed()
                return work(connection, what)
            except sqlite3.DatabaseError as error:
                if _code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise self._unavailable(error) from error
                deadline = deadline or time.monotonic() + self.address.timeout
                if time.monotonic() >= deadline:
                    message = f"{self.address.path} is locked by another program for more than"
                    raise Unavailable(f"{message} {self.address.timeout:g} s; try again") from error
            finally:
                if connection is not None:
                    self._give_back(connection)
            tries += 1
            time.sleep(random.uniform(0.0002, min(0.005, 0.0005 * tries)))  # noqa: S311  # jitter, not a secret

    def _unavailable(self, error: sqlite3.DatabaseError) -> Unavailable:
        path, code = self.address.path, _code(error)
        if code == sqlite3.SQLITE_FULL:
            return Unavailable(f"{path}: the disk is full, so nothing was changed; make room and try again")
        if code == sqlite3.SQLITE_READONLY:
            return Unavailable(
                f"{path} can only be read, so nothing was changed; open it with a user who may write"
            )
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return Unavailable(f"{path} is damaged ({error}); restore it from a copy")
        return Unavailable(f"{path}: {error}")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = self._borrowed()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _borrowed(self) -> sqlite3.Connection:
        if self._closed:
            raise Unavailable("the store is closed: open the hub again")
        if self._owner != os.getpid():
            # a connection must not cross a fork: the child begins with none
            self._idle, self._owner = deque(), os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return self.address.connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        """Take a connection back, with nothing under way on it. What was done with it has its outcome by now."""
        try:
            _end(connection)
        except sqlite3.Error:
            connection.close()  # which ends whatever is under way
            return
        # what is only read may have another way of being read the next time: see `Address.connect`
        if self._closed or self.address.read_only or len(self._idle) >= IDLE:
            connection.close()
        else:
            self._idle.append(connection)


def _end(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _unfit(table: Table, error: Exception) -> PluginError:
    """A value that its own table does not take: to decide again would give the same value."""
    return PluginError(
        f"record {table.name}", f"holds what its table does not take ({error}); nothing was changed"
    )


def _code(error: Exception) -> int:
    # the primary code is the low byte of the extended one
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def open_sqlite(request: StoreRequest) -> Store:
    """Open, and where it is new make, the file of an address; bring an older one up to date.

    Raises `Invalid` naming `store` for an address or a file that is not a hub's, or a file made by a newer version;
    `Unavailable` when the file cannot be opened now.
    """
    address = parse_address(request.url)
    if sqlite3.sqlite_version_info < (3, 37, 0):
        message = f"needs SQLite 3.37 or newer, for typed columns; this Python has {sqlite3.sqlite_version}"
        raise Invalid("store", message, request.url)
    check_begins_as_one(address)
    store = SqliteStore(address, request.records)
    store.prepare((*request.records, Entry))
    return store
