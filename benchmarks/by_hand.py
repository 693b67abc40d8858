"""The best that somebody who knows SQLite would write for one durable booking, and nothing general about it.

WAL, `synchronous=FULL`, one transaction a booking, integer keys, counters for seats and queue, statements prepared once
(the driver keeps them), an index for each question and no more. What a person has near a session is asked once, for the
duplicate and the overlap alike. Every booking writes a row each of booking, audit, outbox and request.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from benchmarks.common import NOW

SCHEMA = """
CREATE TABLE session (
    id TEXT NOT NULL, role TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
    opens INTEGER NOT NULL, closes INTEGER NOT NULL, capacity INTEGER NOT NULL,
    held INTEGER NOT NULL, waiting INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (id, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE booking (
    id INTEGER PRIMARY KEY, session TEXT NOT NULL, role TEXT NOT NULL, person TEXT NOT NULL,
    status TEXT NOT NULL, sequence INTEGER NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX booking_near ON booking (person, starts) WHERE status IN ('confirmed', 'waitlisted');
CREATE INDEX booking_queue ON booking (session, role, sequence) WHERE status = 'waitlisted';
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
    booking INTEGER NOT NULL, facts TEXT NOT NULL
) STRICT;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, booking INTEGER NOT NULL, payload TEXT NOT NULL
) STRICT;
CREATE TABLE request (id TEXT PRIMARY KEY, asked TEXT NOT NULL, answer TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""

REQUEST = "SELECT asked, answer FROM request WHERE id = ?"
SESSION = (
    "SELECT starts, ends, opens, closes, capacity, held, waiting, last FROM session WHERE id = ? AND role = ?"
)
NEAR = """SELECT session, role, status FROM booking WHERE person = ? AND status IN ('confirmed', 'waitlisted')
    AND starts > ? AND starts < ? AND ends > ?"""
COUNTERS = "UPDATE session SET held = ?, waiting = ?, last = ? WHERE id = ? AND role = ?"
BOOKING = """INSERT INTO booking (session, role, person, status, sequence, starts, ends, created)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
AUDIT = "INSERT INTO audit (at, actor, kind, booking, facts) VALUES (?, ?, ?, ?, ?)"
OUTBOX = "INSERT INTO outbox (kind, booking, payload) VALUES (?, ?, ?)"
ANSWER = "INSERT INTO request VALUES (?, ?, ?)"
ONE = "SELECT session, role, person, status, sequence, starts, ends FROM booking WHERE id = ?"
MOVE = "UPDATE booking SET status = ? WHERE id = ?"
NEXT = """SELECT id, person, sequence, starts, ends FROM booking
    WHERE session = ? AND role = ? AND status = 'waitlisted' ORDER BY sequence LIMIT 32"""


class ByHand:
    """Bookings by hand-written SQL in one file."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        self.execute = self.connection.execute
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = FULL")
        if not self.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            self.connection.executescript(SCHEMA)
        self.day = 24 * 3600

    def add_sessions(self, sessions: Iterable[tuple[str, datetime, datetime]], capacity: int) -> None:
        """Put sessions on the calendar."""
        self.execute("BEGIN IMMEDIATE")
        for id, starts, ends in sessions:
            begins = int(starts.timestamp())
            cells = (id, "attendee", begins, int(ends.timestamp()), 0, begins, capacity, 0, 0, 0)
            self.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", cells)
        self.execute("COMMIT")

    def book(self, session: str, person: str, request: str) -> str:
        """A seat or the tail of the queue, as JSON. Raises `ValueError` when the rules say no."""
        execute = self.execute
        now = int(NOW.timestamp())
        asked = f"book {session} {person}"
        execute("BEGIN IMMEDIATE")
        try:
            kept = execute(REQUEST, (request,)).fetchone()
            if kept is not None:
                if kept[0] != asked:
                    raise ValueError("another request has that id")
                return str(kept[1])
            found = execute(SESSION, (session, "attendee")).fetchone()
            if found is None:
                raise ValueError("no such session")
            starts, ends, opens, closes, capacity, held, waiting, last = found
            if not opens <= now < closes:
                raise ValueError("not open")
            for where, role, status in execute(NEAR, (person, starts - self.day, ends, starts)):
                if (where, role) == (session, "attendee") or status == "confirmed":
                    raise ValueError(f"booked already, or a clash with {where}")
            status = "confirmed" if held < capacity and not waiting else "waitlisted"
            seat = status == "confirmed"
            execute(COUNTERS, (held + seat, waiting + (not seat), last + 1, session, "attendee"))
            cells = (session, "attendee", person, status, last + 1, starts, ends, now)
            id = execute(BOOKING, cells).lastrowid
            facts = json.dumps(
                {"session": session, "role": "attendee", "person": person, "sequence": last + 1}
            )
            execute(AUDIT, (now, person, f"booking.{status}", id, facts))
            execute(OUTBOX, (f"booking.{status}", id, facts))
            answer = json.dumps({"id": id, "status": status, "sequence": last + 1})
            execute(ANSWER, (request, asked, answer))
            execute("COMMIT")
            return answer
        finally:
            if self.connection.in_transaction:
                execute("ROLLBACK")

    def cancel(self, id: int, request: str) -> str:
        """Give up a seat; whoever is next and free at that time gets it. JSON. Raises `ValueError`."""
        execute = self.execute
        now = int(NOW.timestamp())
        asked = f"cancel {id}"
        execute("BEGIN IMMEDIATE")
        try:
            kept = execute(REQUEST, (request,)).fetchone()
            if kept is not None:
                return str(kept[1])
            session, role, person, status, sequence, starts, ends = execute(ONE, (id,)).fetchone()
            if status != "confirmed":
                raise ValueError("not active")
            _, _, _, closes, capacity, held, waiting, last = execute(SESSION, (session, role)).fetchone()
            if now >= closes:
                raise ValueError("too late")
            execute(MOVE, ("cancelled", id))
            self._note("booking.cancelled", id, person, (session, role, sequence))
            held -= 1
            for next_id, waiter, place, _, _ in execute(NEXT, (session, role)):
                near = execute(NEAR, (waiter, starts - self.day, ends, starts)).fetchall()
                if held < capacity and all(stands != "confirmed" for _, _, stands in near):
                    execute(MOVE, ("confirmed", next_id))
                    self._note("booking.promoted", next_id, waiter, (session, role, place))
                    held, waiting = held + 1, waiting - 1
                    break
            execute(COUNTERS, (held, waiting, last, session, role))
            answer = json.dumps({"id": id, "status": "cancelled", "sequence": sequence})
            execute(ANSWER, (request, asked, answer))
            execute("COMMIT")
            return answer
        finally:
            if self.connection.in_transaction:
                execute("ROLLBACK")

    def _note(self, kind: str, id: int, person: str, where: tuple[str, str, int]) -> None:
        session, role, sequence = where
        facts = json.dumps({"session": session, "role": role, "person": person, "sequence": sequence})
        self.execute(AUDIT, (int(NOW.timestamp()), person, kind, id, facts))
        self.execute(OUTBOX, (kind, id, facts))

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
