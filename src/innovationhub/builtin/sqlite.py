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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from innovationhub.builtin.sqlite_file import Address, check_begins_as_one, migrate, parse_address, tables_of
from innovationhub.builtin.sqlite_schema import Cell
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Found, Key, Range, Read, Record, Rows, key_of
from innovationhub.errors import Conflict, Invalid, Unavailable
from innovationhub.protocols.store import Commit, Store, StoreRequest

__all__ = ["SqliteStore", "open_sqlite"]

T = TypeVar("T")

IDLE = 8
"""Connections kept open while nobody uses them."""

TOGETHER = 50
"""Rows whose versions are looked up by one statement."""

LAST = "SELECT coalesce(max(position), 0) FROM journal"


class SqliteStore:
    """A store in one SQLite file. Connections are lent to one thread at a time and come from a small pool."""

    def __init__(self, address: Address, records: Sequence[type[Record]]) -> None:
        self.address = address
        self._tables = tables_of((*records, Entry))
        self._idle: deque[sqlite3.Connection] = deque()
        self._owner = os.getpid()
        self._closed = False

    def read(self, request: Read) -> Rows:
        """See `Store.read`: one transaction, so that all rows are of one moment."""

        def work(connection: sqlite3.Connection) -> Rows:
            execute = connection.execute
            execute("BEGIN")
            try:
                keys = {}
                for key in request.keys:
                    table = self._tables[key.type]
                    cells = execute(table.select, table.keys(key.values)).fetchone()
                    keys[key] = None if cells is None else table.record(cells)
                ranges = {wanted: self._scan(connection, wanted) for wanted in request.ranges}
            finally:
                _end(connection)
            return Rows(keys, ranges)

        return self._patiently(work)

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`: versions are checked and everything is written under one write lock."""
        return self._patiently(lambda connection: self._commit(connection, commit))

    def _commit(self, connection: sqlite3.Connection, commit: Commit) -> int:
        execute = connection.execute
        execute("BEGIN IMMEDIATE")
        try:
            puts = [(key_of(row), row) for row in commit.puts]
            new = {key for key, _ in puts if commit.relied[key] is None}
            # that a row which is to be made is not there yet, its table's key will tell
            moved = self.moved(connection, {k: v for k, v in commit.relied.items() if k not in new})
            if moved:
                raise Conflict(moved)
            # a version is chance: 62 bits never come twice, and no counter has to be written to find one
            version = int.from_bytes(os.urandom(8), "big") >> 2
            for key, row in puts:
                table = self._tables[key.type]
                cells = table.cells(row)
                if key in new:
                    cells.append(version)
                    execute(table.insert, cells)
                    continue
                table.update(execute, cells, version)
            for key in commit.deletes:
                execute(self._tables[key.type].delete, self._tables[key.type].keys(key.values))
            journal = self._tables[Entry]
            position = execute(LAST).fetchone()[0]
            for entry in commit.entries:
                position += 1
                execute(journal.insert, [position, *journal.cells(entry)[1:], version])
        except sqlite3.IntegrityError as error:
            # only a row that has come since it was read can break a key: whoever wrote it was first
            raise Conflict(tuple(commit.relied)) from error
        except BaseException:
            _end(connection)
            raise
        self.before_commit(connection)
        try:
            execute("COMMIT")
        except sqlite3.OperationalError as error:
            _end(connection)
            code = _code(error)
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL):
                raise  # certainly not done
            raise Unavailable(
                f"{self.address.path}: {error} while committing", outcome_known=False
            ) from error
        return int(position)

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Where tests make a disk fill up or a process die."""

    def moved(
        self, connection: sqlite3.Connection, relied: Mapping[Key[Record], int | None]
    ) -> list[Key[Record]]:
        """Which of these rows no longer have the version that was relied on. Called under the write lock.

        Many are looked up by one statement: each statement has its price, however little it does.
        """
        found: list[Key[Record]] = []
        keys = list(relied)
        for first in range(0, len(keys), TOGETHER):
            some = keys[first : first + TOGETHER]
            tables = [self._tables[key.type] for key in some]
            sql = "SELECT " + ", ".join([table.version for table in tables])
            bound = [cell for table, key in zip(tables, some, strict=True) for cell in table.keys(key.values)]
            versions = connection.execute(sql, bound).fetchone()
            found += [key for key, version in zip(some, versions, strict=True) if version != relied[key]]
        return found

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """See `Store.tail`. Positions are given out under the write lock, so none appears late."""
        wanted = Range(Entry, "key", (), low=after + 1, limit=limit)
        rows = self.read(Read(ranges=(wanted,))).scan(wanted)
        return rows.records

    def count(self, wanted: Range[Record]) -> int:
        """See `SupportsCount.count`."""
        sql, bound = self._tables[wanted.type].scan(wanted, counting=True)
        return self._patiently(lambda connection: int(connection.execute(sql, bound).fetchone()[0]))

    def scrub(self) -> None:
        """See `SupportsScrub.scrub`: pages are zeroed as rows are deleted, and the log is emptied here.

        While another process reads an older moment the log cannot be emptied to its end: it is at its next checkpoint.
        """
        self._patiently(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    def close(self) -> None:
        """See `Store.close`."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _scan(self, connection: sqlite3.Connection, wanted: Range[Record]) -> Found[Record]:
        table = self._tables[wanted.type]
        sql, bound = table.scan(wanted)
        cells = cast("list[Sequence[Cell]]", connection.execute(sql, bound).fetchall())
        return Found(tuple(table.record(row) for row in cells[: wanted.limit]), len(cells) > wanted.limit)

    def _patiently(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do it, waiting while another writer holds the file, and say clearly why not when it cannot be done."""
        deadline = time.monotonic() + self.address.timeout
        tries = 0
        while True:
            try:
                with self._connection() as connection:
                    return work(connection)
            except sqlite3.DatabaseError as error:
                if _code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise self._unavailable(error) from error
                if time.monotonic() >= deadline:
                    message = f"{self.address.path} is locked by another program for more than"
                    raise Unavailable(f"{message} {self.address.timeout:g} s; try again") from error
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
        if self._closed:
            raise Unavailable("the store is closed: open the hub again")
        if self._owner != os.getpid():
            # a connection must not cross a fork: the child begins with none
            self._idle, self._owner = deque(), os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self.address.connect()
        try:
            yield connection
        except BaseException:
            _end(connection)
            raise
        finally:
            # what is only read may have another way of being read the next time: see `Address.connect`
            if self._closed or self.address.read_only or len(self._idle) >= IDLE:
                connection.close()
            else:
                self._idle.append(connection)


def _end(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _code(error: sqlite3.DatabaseError) -> int:
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
    store._patiently(lambda connection: migrate(connection, address, (*request.records, Entry)))  # noqa: SLF001
    return store
