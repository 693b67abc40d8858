"""One trip: statements sent together, their answers read together, at the level of libpq.

A commit is four statements and a decision's reading is one or a few: psycopg's own cursors and pipelines cost the
client more than the server needs to carry them out. What is bound and what comes back is text, so nothing of theirs is
missed. Each statement is prepared on a connection when it is first sent there, in the same trip.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Sequence

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from innovationhub_postgresql.connections import Connection
from innovationhub_postgresql.rows import Step

__all__ = ["Encoded", "encoded", "trip"]

# the plain one costs nothing to make; not every system has it
_Selector = getattr(selectors, "PollSelector", selectors.DefaultSelector)

Encoded = tuple[str, list[bytes | None]]
"""A step as it is sent."""


def encoded(steps: Sequence[Step]) -> list[Encoded]:
    """Steps as they are sent. Raises `UnicodeEncodeError` for text that has no bytes."""
    return [(sql, [None if cell is None else cell.encode() for cell in bound]) for sql, bound in steps]


def trip(connection: Connection, steps: Sequence[Encoded]) -> list[PGresult]:
    """The answers to these statements, in order.

    Raises psycopg's errors. After one of the server's the connection is as it was, but for the transaction that was
    begun; after any other failure it is closed.
    """
    line = connection.pgconn
    try:
        line.enter_pipeline_mode()
        prepared = _sent(connection, line, steps)
        results = _received(line, time.monotonic() + connection.patience)
        line.exit_pipeline_mode()
    except BaseException:
        connection.close()
        raise
    answers = []
    for sql, result in zip(prepared, results, strict=True):
        if result.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(result, "utf-8")
        if sql is None:
            answers.append(result)
        else:
            connection.prepared[sql] = connection.preparing.pop(sql)
    return answers


def _sent(connection: Connection, line: PGconn, steps: Sequence[Encoded]) -> list[str | None]:
    """Send the steps; for each answer to come, the statement that is prepared by it, None where one is carried out."""
    known, fresh = connection.prepared, connection.preparing
    fresh.clear()
    sent: list[str | None] = []
    for sql, values in steps:
        name = known.get(sql) or fresh.get(sql)
        if name is None:
            connection.named += 1
            name = fresh[sql] = b"s%d" % connection.named
            line.send_prepare(name, sql.encode())
            sent.append(sql)
        line.send_query_prepared(name, values)
        sent.append(None)
    line.pipeline_sync()
    return sent


def _received(line: PGconn, deadline: float) -> list[PGresult]:
    """All answers up to the end of the trip."""
    results: list[PGresult] = []
    while line.flush():
        _wait(line, selectors.EVENT_READ | selectors.EVENT_WRITE, deadline)
        line.consume_input()
    while True:
        while line.is_busy():
            _wait(line, selectors.EVENT_READ, deadline)
            line.consume_input()
        result = line.get_result()
        if result is None:
            if line.status != ConnStatus.OK:
                raise _lost(results)
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)


def _wait(line: PGconn, events: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    with _Selector() as waiting:
        waiting.register(line.socket, events)
        if left <= 0 or not waiting.select(left):
            raise psycopg.OperationalError("no answer came in time")


def _lost(results: Sequence[PGresult]) -> psycopg.Error:
    """What the server said last, or that it said nothing."""
    failed = [result for result in results if result.status == ExecStatus.FATAL_ERROR]
    return (
        error_from_result(failed[0], "utf-8")
        if failed
        else psycopg.OperationalError("the connection was lost")
    )
