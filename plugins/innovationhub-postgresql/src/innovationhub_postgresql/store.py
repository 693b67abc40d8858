"""The PostgreSQL store: one trip for the reads of a decision, one for its commit.

What `commit` returns from is on disk, as far as the server is set up to keep it. A commit that gave way to another is
sent again with the same conditions; one whose answer was lost is `Unavailable` with `outcome_known` False, and the
engine finds out by its receipt.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import psycopg

from innovationhub import Conflict, Entry, HubError, Unavailable
from innovationhub.domain.records import Found, Key, Range, Read, Record, Rows, Versioned
from innovationhub.protocols.store import Commit, Store, StoreRequest
from innovationhub_postgresql import failures
from innovationhub_postgresql.address import Address, parse_address
from innovationhub_postgresql.connections import Connection, Connections, is_lost
from innovationhub_postgresql.rows import Cell, Reading
from innovationhub_postgresql.schema import migrate
from innovationhub_postgresql.statements import BEGIN, BESIDE, Lookup, Plan, Statements
from innovationhub_postgresql.tables import tables_of

__all__ = ["PostgresqlStore", "open_store"]

T = TypeVar("T")

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

UNCERTAIN = "01000"
"""The code of the warning with which a commit comes back that is done here and not known to be done elsewhere."""


class _Later(Exception):  # never leaves this module
    """Nothing was done, and the same may well succeed in a moment."""

    def __init__(self, error: psycopg.Error) -> None:
        super().__init__(str(error))
        self.error = error


class PostgresqlStore:
    """A store in one schema of a PostgreSQL database."""

    def __init__(self, address: Address, records: Sequence[type[Record]]) -> None:
        self.address = address
        self._tables = tables_of((*records, Entry), address.schema)
        self._statements = Statements(self._tables, address.schema)
        self._connections = Connections(address)

    def prepare(self) -> None:
        """Make what the schema lacks, or the schema itself."""
        with self._connections.lent() as connection:
            migrate(connection, self.address, list(self._tables.values()))

    def read(self, request: Read) -> Rows:
        """See `Store.read`: one statement, or several that see one moment and are sent as one."""
        return self._patiently(lambda connection: self._read(connection, request))

    def _read(self, connection: Connection, request: Read) -> Rows:
        lookups = self._statements.lookups(request.keys)
        if len(lookups) == len(request.ranges) == 1 and request.ranges[0].limit <= BESIDE:
            return self._beside(connection, *lookups[0], request.ranges[0])
        scans = [self._tables[wanted.type].scan(wanted) for wanted in request.ranges]
        listed = _asked(connection, [*((each.sql, bound) for each, _, bound in lookups), *scans])
        keys: dict[Key[Record], Versioned[Record] | None] = {}
        for (lookup, some, _), rows in zip(lookups, listed, strict=False):
            keys.update(_found(lookup, some, rows[0]))
        ranges = {
            wanted: _scanned(self._tables[wanted.type].record, wanted, rows)
            for wanted, rows in zip(request.ranges, listed[len(lookups) :], strict=True)
        }
        return Rows(keys, ranges)

    def _beside(
        self,
        connection: Connection,
        lookup: Lookup,
        keys: Sequence[Key[Record]],
        bound: Sequence[Cell],
        wanted: Range[Record],
    ) -> Rows:
        """What nearly every decision reads: a few rows by key and one range, with one statement."""
        sql, more = self._statements.beside(lookup, wanted)
        rows = connection.execute(sql, [*bound, *more]).fetchall()
        made = self._tables[wanted.type].record_from(lookup.width)
        empty = len(rows) == 1 and made(rows[0]) is None
        found = _scanned(made, wanted, [] if empty else rows)
        return Rows(_found(lookup, keys, rows[0]), {wanted: found})

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`: conditional writes, the journal's head, and a last check, sent as one."""
        # a version is chance: 62 bits never come twice, and no counter has to be written to find one
        plan = self._statements.plan(commit, int.from_bytes(os.urandom(8), "big") >> 2)
        return self._patiently(lambda connection: self._commit(connection, plan, commit))

    def _commit(self, connection: Connection, plan: Plan, commit: Commit) -> int:
        if plan.alone:
            return self._confirm(connection, plan, commit)
        asked = False

        def send() -> list[psycopg.Cursor[tuple[Any, ...]]]:
            nonlocal asked
            connection.execute(BEGIN)
            sent = [connection.execute(sql, bound) for sql, bound in plan.steps]
            self.before_commit(connection)
            asked = True
            return [*sent, connection.execute("COMMIT")]

        connection.warned.clear()
        try:
            *answers, ended = _piped(connection, send)
            position = int(_cells(answers[plan.answer])[1])
        except (psycopg.Error, UnicodeError) as error:
            raise self._failed(connection, error, commit, asked=asked) from error
        if ended.statusmessage != "COMMIT":
            raise Unavailable(
                f"{self.address.shown} rolled back what was to be committed; nothing was changed"
            )
        if UNCERTAIN in connection.warned:
            message = f"{self.address.shown} committed, and did not wait until it was confirmed elsewhere"
            raise Unavailable(message, outcome_known=False)
        return position

    def _confirm(self, connection: Connection, plan: Plan, commit: Commit) -> int:
        """Nothing is written: only look whether all that was relied on still holds, at one moment."""
        try:
            answers = _asked(connection, plan.steps)
        except psycopg.Error as error:
            raise self._failed(connection, error, commit, asked=False) from error
        return int(answers[plan.answer][0][1])

    def before_commit(self, connection: Connection) -> None:
        """Where tests cut a line or stop a server."""

    def _failed(
        self, connection: Connection, error: psycopg.Error | UnicodeError, commit: Commit, *, asked: bool
    ) -> Exception:
        """What a failed commit means; afterwards nothing is under way on the connection."""
        if isinstance(error, UnicodeError):
            error = psycopg.DataError(f"{error.reason}" if isinstance(error, UnicodeEncodeError) else "text")
        _rolled_back(connection)
        lost = connection.closed
        if asked and (lost or error.sqlstate in failures.AMBIGUOUS):
            message = f"{self.address.shown}: {failures.sentence(error)} while committing"
            return Unavailable(message, outcome_known=False)
        if lost or error.sqlstate in failures.GIVE_WAY:
            return _Later(error)
        if failures.is_conflict(error):
            return Conflict(self._moved(connection, commit))
        return self._unavailable(connection, error)

    def _moved(self, connection: Connection, commit: Commit) -> list[Key[Record]]:
        """Which rows no longer have the version that was relied on; all of them when that is not to be seen."""
        keys = tuple(commit.relied)
        try:
            found = self._read(connection, Read(keys)).keys
        except psycopg.Error:
            _rolled_back(connection)
            return list(keys)
        versions = {key: None if row is None else row.version for key, row in found.items()}
        return [key for key, version in commit.relied.items() if versions[key] != version] or list(keys)

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """See `Store.tail`. Positions are given out under a lock that is held until the commit is done."""
        wanted = Range(Entry, "key", (), low=after + 1, limit=limit)
        return self.read(Read(ranges=(wanted,))).scan(wanted).records

    def count(self, wanted: Range[Record]) -> int:
        """See `SupportsCount.count`."""
        sql, bound = self._tables[wanted.type].scan(wanted, counting=True)
        return int(self._patiently(lambda connection: _cells(connection.execute(sql, bound))[0]))

    def close(self) -> None:
        """See `Store.close`."""
        self._connections.close()

    def _patiently(self, work: Callable[[Connection], T]) -> T:
        """Do it, and again while it gives way to others or the line is lost with nothing under way."""
        deadline = time.monotonic() + self.address.wait
        tries = 0
        while True:
            try:
                with self._connections.lent() as connection:
                    try:
                        return work(connection)
                    except psycopg.Error as error:
                        raise self._judged(connection, error) from error
            except _Later as later:
                tries += 1
                if time.monotonic() >= deadline:
                    message = f"{self.address.shown}: {failures.sentence(later.error)}; nothing was changed"
                    raise Unavailable(message) from later.error
            time.sleep(random.uniform(0, min(0.1, 0.001 * 2 ** min(tries, 7))))  # noqa: S311  # jitter, not a secret

    def _judged(self, connection: Connection, error: psycopg.Error) -> Exception:
        """What a failed reading means."""
        _rolled_back(connection)
        if connection.closed or error.sqlstate in failures.GIVE_WAY:
            return _Later(error)
        return self._unavailable(connection, error)

    def _unavailable(self, connection: Connection, error: psycopg.Error) -> HubError:
        if error.sqlstate == failures.READ_ONLY:
            # where one of several servers leads, this one may have led until now
            connection.close()
            self._connections.forget()
        return failures.translated(error, self.address.shown)


def _asked(
    connection: Connection, steps: Sequence[tuple[str, Sequence[Cell]]]
) -> list[list[tuple[Any, ...]]]:
    """The rows that each of these statements gives, all as of one moment."""
    if len(steps) == 1:
        return [connection.execute(*steps[0]).fetchall()]
    if not steps:
        return []

    def send() -> list[psycopg.Cursor[tuple[Any, ...]]]:
        connection.execute(SNAPSHOT)
        sent = [connection.execute(sql, bound) for sql, bound in steps]
        connection.execute("COMMIT")
        return sent

    return [cursor.fetchall() for cursor in _piped(connection, send)]


def _piped(connection: Connection, send: Callable[[], T]) -> T:
    """What is sent in one trip. Raises the first failure; what it makes of the rest is not worth a word in a log."""
    first: psycopg.Error | UnicodeError | None = None
    answers: T | None = None
    try:
        with connection.pipeline():
            try:
                answers = send()
            except (psycopg.Error, UnicodeError) as error:
                first = error
    except psycopg.Error as error:
        first = first or error
    if first is not None:
        raise first
    return cast("T", answers)


def _scanned(made: Reading, wanted: Range[Record], rows: Sequence[tuple[Any, ...]]) -> Found[Record]:
    # every row that was found has a version, so there is a record of it
    kept = tuple([cast("Versioned[Record]", made(cells)) for cells in rows[: wanted.limit]])
    return Found(kept, len(rows) > wanted.limit)


def _found(
    lookup: Lookup, keys: Sequence[Key[Record]], cells: Sequence[object]
) -> dict[Key[Record], Versioned[Record] | None]:
    return {key: made(cells) for key, made in zip(keys, lookup.readings, strict=True)}


def _cells(cursor: psycopg.Cursor[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The one row of an answer that always has one, or None where its row is missing."""
    row = cursor.fetchone()
    if row is None:
        raise psycopg.OperationalError(
            "an answer is empty that never is: the schema has been changed by hand"
        )
    return row


def _rolled_back(connection: Connection) -> None:
    """End whatever is under way, by closing the connection if it must be."""
    if is_lost(connection):
        connection.close()
        return
    try:
        connection.rollback()
    except psycopg.Error:
        connection.close()


def open_store(request: StoreRequest) -> Store:
    """Open the hub at an address; see `open_postgresql`."""
    store = PostgresqlStore(parse_address(request.url), request.records)
    try:
        store.prepare()
    except BaseException:
        store.close()
        raise
    return store
