"""Connections: each lent to one thread at a time, from a small stack of idle ones.

psycopg's own pool hands connections out in turn and keeps a thread to tend them; neither survives a fork, and lending
costs it twice what a short reading takes. What is needed here is little: the last one used first, a look whether the
server has hung up meanwhile, and a limit.
"""

from __future__ import annotations

import os
import random
import select
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus

from innovationhub import Unavailable
from innovationhub_postgresql.address import Address
from innovationhub_postgresql.failures import TRANSIENT_AT_CONNECT, sentence

__all__ = ["Connection", "Connections", "is_lost"]

PREPARED = 1000
"""Statements that the server keeps prepared for one connection, which is then replaced."""

_INHERITED: list[object] = []
"""After a fork: connections of the parent. They are neither used nor closed here, since the socket is shared."""

_SET_UP = """
SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO', false),
       set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
       set_config('synchronous_commit',
                  CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                  ELSE current_setting('synchronous_commit') END, false)
"""
"""What is answered must be on disk, whatever a role's own setting: `off` is not kept."""


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection on which no answer is waited for without end, and which keeps the codes of warnings it was given."""

    patience: float = 20.0
    warned: list[str | None]
    prepared: dict[str, bytes]
    """The statements that the server keeps prepared for this connection, and under which names."""
    preparing: dict[str, bytes]
    named: int = 0

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for an answer, `patience` at most; then the connection is of no more use."""
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


def is_lost(connection: Connection) -> bool:
    """Whether what is under way on a connection can no longer be known from it."""
    return connection.closed or connection.info.transaction_status in (
        TransactionStatus.ACTIVE,
        TransactionStatus.UNKNOWN,
    )


def _hung_up(connection: Connection) -> bool:
    """Whether the server has said something while nobody asked: it takes leave, or its settings have changed."""
    if connection.closed:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([connection.fileno()], [], [], 0)[0])
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class Connections:
    """The connections of one store."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._idle: deque[Connection] = deque()
        self._free = BoundedSemaphore(address.connections)
        self._owner = os.getpid()
        self._reached = False
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """A connection for as long as the block lasts. Raises `Unavailable` when none can be had in time."""
        if self._closed:
            raise Unavailable("the store is closed: open the hub again")
        if self._owner != os.getpid():
            _INHERITED.append(self._idle)
            self._idle, self._owner = deque(), os.getpid()
            self._free = BoundedSemaphore(self._address.connections)
        free = self._free
        if not free.acquire(timeout=self._address.patience):
            message = (
                f"all {self._address.connections} connections to {self._address.shown} have been busy for"
            )
            raise Unavailable(f"{message} {self._address.patience:g} s; nothing was changed: try again")
        try:
            connection = self._borrowed()
            try:
                yield connection
            finally:
                self._give_back(connection)
        finally:
            free.release()

    def forget(self) -> None:
        """Close what is idle: the server that these connections reach is not the one that is wanted."""
        while self._idle:
            self._idle.pop().close()

    def close(self) -> None:
        """Close all of them; one that is lent is closed when it comes back."""
        self._closed = True
        self.forget()

    def _borrowed(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not _hung_up(connection):
                return connection
            connection.close()
        return self._connected()

    def _connected(self) -> Connection:
        """A new connection. Once the server has been reached, its absence is waited out for a while."""
        deadline = time.monotonic() + self._address.wait
        tries = 0
        while True:
            try:
                return self._set_up(Connection.connect(self._address.conninfo, autocommit=True))
            except psycopg.Error as error:
                later = self._reached and any(sign in str(error) for sign in TRANSIENT_AT_CONNECT)
                if not later or time.monotonic() >= deadline:
                    message = f"cannot reach {self._address.shown}: {sentence(error)}"
                    raise Unavailable(message) from error
            tries += 1
            time.sleep(random.uniform(0.01, min(0.5, 0.05 * tries)))  # noqa: S311  # jitter, not a secret

    def _set_up(self, connection: Connection) -> Connection:
        """What every connection is told before it is used."""
        address = self._address
        connection.patience = address.patience
        connection.cursor_factory = psycopg.RawCursor
        connection.warned, connection.prepared, connection.preparing = [], {}, {}
        # what a warning says can be read only while it is handed over
        connection.add_notice_handler(lambda warning: connection.warned.append(warning.sqlstate))
        limits = [str(int(seconds * 1000)) for seconds in (address.statement_timeout, address.lock_timeout)]
        try:
            connection.execute(_SET_UP, limits)
        except psycopg.Error:
            connection.close()
            raise
        self._reached = True
        return connection

    def _give_back(self, connection: Connection) -> None:
        """Take a connection back if nothing is under way on it and no exception has left it in doubt."""
        usable = not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE
        if not usable or self._closed or self._owner != os.getpid() or connection.named > PREPARED:
            connection.close()
        else:
            self._idle.append(connection)
