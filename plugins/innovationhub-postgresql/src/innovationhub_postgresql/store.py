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
from typing import TypeVar, cast

import psycopg
from psycopg.pq.abc import PGresult

from innovationhub import Conflict, Entry, Unavailable
from innovationhub.domain.records import Found, Key, Range, Read, Record, Rows, Versioned
from innovationhub.protocols.store import Commit, Store, StoreRequest
from innovationhub_postgresql import failures
from innovationhub_postgresql.address import Address, parse_address
from innovationhub_postgresql.connections import Connection, Connections, is_lost
from innovationhub_postgresql.rows import Cell, Reading, Step
from innovationhub_postgresql.schema import migrate
from innovationhub_postgresql.statements import BEGIN, BESIDE, Lookup, Plan, Statements
from innovationhub_postgresql.tables import tables_of
from innovationhub_postgresql.trips import encoded, trip
from innovationhub_postgresql.words import Words, find

__all__ = ["PostgresqlStore", "SearchingStore", "open_store"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

COMMIT, ROLLBACK = "COMMIT", "ROLLBACK"

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

    def prepare(self) -> bool:
        """Make what the schema lacks, or the schema itself; whether the engine can search by words."""
        with self._connections.lent() as connection:
            return migrate(connection, self.address, list(self._tables.values()))

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
        for (lookup, some, _), answer in zip(lookups, listed, strict=False):
            keys.update(_found(lookup, some, answer))
        ranges = {
            wanted: _scanned(self._tables[wanted.type].record, wanted, answer)
            for wanted, answer in zip(request.ranges, listed[len(lookups) :], strict=True)
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
        (answer,) = _asked(connection, [(sql, [*bound, *more])])
        made = self._tables[wanted.type].record_from(lookup.width)
        empty = answer.ntuples == 1 and made(answer.get_value, 0) is None
        found = Found[Record]((), cut=False) if empty else _scanned(made, wanted, answer)
        return Rows(_found(lookup, keys, answer), {wanted: found})

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`: conditional writes, the journal's head, and a last check, sent as one."""
        # a version is chance: 62 bits never come twice, and no counter has to be written to find one
        plan = self._statements.plan(commit, int.from_bytes(os.urandom(8), "big") >> 2)
        return self._patiently(lambda connection: self._commit(connection, plan, commit))

    def _commit(self, connection: Connection, plan: Plan, commit: Commit) -> int:
        if plan.alone:
            return self._hold(connection, plan, commit)
        asked = False
        connection.warned.clear()
        try:
            steps = encoded([(BEGIN, ()), *plan.steps, (COMMIT, ())])
            self.before_commit(connection)
            asked = True
            _, *answers, ended = trip(connection, steps)
        except (psycopg.Error, UnicodeError) as error:
            raise self._failed(connection, error, commit, asked=asked) from error
        if ended.command_status != COMMIT.encode():
            raise Unavailable(
                f"{self.address.shown} rolled back what was to be committed; nothing was changed"
            )
        self._assert_certain(connection)
        return int(answers[plan.answer].get_value(0, 1) or 0)

    def _assert_certain(self, connection: Connection) -> None:
        if UNCERTAIN in connection.warned:
            message = f"{self.address.shown} committed, and did not wait until it was confirmed elsewhere"
            raise Unavailable(message, outcome_known=False)

    def confirm(self) -> None:
        """See `SupportsConfirm.confirm`: a commit that changes nothing and waits as every other does.

        It stands behind all of them in the server's log, so what confirms it has confirmed them.
        """
        self._patiently(self._touch)

    def _touch(self, connection: Connection) -> None:
        connection.warned.clear()
        trip(connection, encoded([(BEGIN, ()), (self._statements.touching, ()), (COMMIT, ())]))
        self._assert_certain(connection)

    def _hold(self, connection: Connection, plan: Plan, commit: Commit) -> int:
        """Nothing is written: only look whether all that was relied on still holds, at one moment."""
        try:
            answers = _asked(connection, plan.steps)
        except psycopg.Error as error:
            raise self._failed(connection, error, commit, asked=False) from error
        return int(answers[plan.answer].get_value(0, 1) or 0)

    def before_commit(self, connection: Connection) -> None:
        """Where tests cut a line or stop a server."""

    def _failed(
        self, connection: Connection, error: psycopg.Error | UnicodeError, commit: Commit, *, asked: bool
    ) -> Exception:
        """What a failed commit means; afterwards nothing is under way on the connection."""
        if isinstance(error, UnicodeError):
            error = psycopg.DataError(f"{error.reason}" if isinstance(error, UnicodeEncodeError) else "text")
        if not is_lost(connection) and failures.is_conflict(error):
            return Conflict(self._moved(connection, commit))
        _rolled_back(connection)
        lost = connection.closed
        if asked and (lost or error.sqlstate in failures.AMBIGUOUS):
            message = f"{self.address.shown}: {failures.sentence(error)} while committing"
            return Unavailable(message, outcome_known=False)
        if lost or error.sqlstate in failures.GIVE_WAY:
            return _Later(error)
        return self._not_done(connection, error)

    def _moved(self, connection: Connection, commit: Commit) -> list[Key[Record]]:
        """Which rows no longer have the version that was relied on; all of them when that is not to be seen."""
        keys = tuple(commit.relied)
        lookups = self._statements.lookups(keys)
        steps = [(ROLLBACK, ()), *((lookup.sql, bound) for lookup, _, bound in lookups)]
        try:
            answers = trip(connection, encoded(steps))[1:]
        except psycopg.Error:
            _rolled_back(connection)
            return list(keys)
        moved = []
        for (lookup, some, _), answer in zip(lookups, answers, strict=True):
            for key, row in _found(lookup, some, answer).items():
                if commit.relied[key] != (None if row is None else row.version):
                    moved.append(key)
        return moved or list(keys)

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """See `Store.tail`. Positions are given out under a lock that is held until the commit is done."""
        wanted = Range(Entry, "key", (), low=after + 1, limit=limit)
        return self.read(Read(ranges=(wanted,))).scan(wanted).records

    def count(self, wanted: Range[Record]) -> int:
        """See `SupportsCount.count`."""
        sql, bound = self._tables[wanted.type].scan(wanted, counting=True)
        (answer,) = self._patiently(lambda connection: _asked(connection, [(sql, bound)]))
        return int(answer.get_value(0, 0) or 0)

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
        return self._not_done(connection, error)

    def _not_done(self, connection: Connection, error: psycopg.Error) -> Exception:
        if error.sqlstate == failures.READ_ONLY:
            # this server may have led until now: a new connection finds who does
            connection.close()
            self._connections.forget()
            if self.address.leader:
                return _Later(error)
        return failures.translated(error, self.address.shown)


class SearchingStore(PostgresqlStore):
    """The same where the engine can search by words, as PostgreSQL itself always can."""

    def __init__(self, address: Address, records: Sequence[type[Record]]) -> None:
        super().__init__(address, records)
        self._words = {cls: Words(table) for cls, table in self._tables.items() if cls.__schema__.search}

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        """See `SupportsSearch.search`. Words that nearly every English text has are not looked for."""
        wanted = self._words[cls]
        return self._patiently(lambda connection: find(connection, wanted, words, limit))


def _asked(connection: Connection, steps: Sequence[Step]) -> list[PGresult]:
    """The answers to these statements, all as of one moment."""
    if len(steps) < 2:
        return trip(connection, encoded(steps)) if steps else []
    return trip(connection, encoded([(SNAPSHOT, ()), *steps, (COMMIT, ())]))[1:-1]


def _scanned(made: Reading, wanted: Range[Record], answer: PGresult) -> Found[Record]:
    get, number = answer.get_value, min(answer.ntuples, wanted.limit)
    # every row that was found has a version, so there is a record of it
    rows = tuple([cast("Versioned[Record]", made(get, row)) for row in range(number)])
    return Found(rows, answer.ntuples > wanted.limit)


def _found(
    lookup: Lookup, keys: Sequence[Key[Record]], answer: PGresult
) -> dict[Key[Record], Versioned[Record] | None]:
    get = answer.get_value
    return {key: made(get, 0) for key, made in zip(keys, lookup.readings, strict=True)}


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
    address = parse_address(request.url)
    store = SearchingStore(address, request.records)
    try:
        searches = store.prepare()
    except BaseException:
        store.close()
        raise
    if searches:
        return store
    store.close()
    return PostgresqlStore(address, request.records)
