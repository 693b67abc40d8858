"""The best that somebody who knows PostgreSQL would write for one durable booking: a stored function, one round trip.

It does what `benchmarks.by_hand` does on SQLite: looks for the request, looks for an active booking of the person near
by, takes a seat or the tail of the queue with the session's row locked, and writes booking, audit, outbox and request.
Integer keys, counters, an index for each question and no more. The call is prepared once on each connection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import psycopg

from benchmarks.common import NOW

__all__ = ["SCHEMA", "Stored", "add_sessions"]

SCHEMA = """
CREATE SCHEMA hand;
SET search_path = hand;
CREATE TABLE session (
    id text, role text, starts timestamptz NOT NULL, ends timestamptz NOT NULL,
    opens timestamptz NOT NULL, closes timestamptz NOT NULL, capacity integer NOT NULL,
    held integer NOT NULL DEFAULT 0, waiting integer NOT NULL DEFAULT 0, last integer NOT NULL DEFAULT 0,
    PRIMARY KEY (id, role)
);
CREATE TABLE booking (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, session text NOT NULL, role text NOT NULL,
    person text NOT NULL, status text NOT NULL, sequence integer NOT NULL,
    starts timestamptz NOT NULL, ends timestamptz NOT NULL, created timestamptz NOT NULL
);
CREATE INDEX booking_near ON booking (person, starts) WHERE status IN ('confirmed', 'waitlisted');
CREATE INDEX booking_queue ON booking (session, role, sequence) WHERE status = 'waitlisted';
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL,
    kind text NOT NULL, booking bigint NOT NULL, facts json NOT NULL
);
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, booking bigint NOT NULL,
    payload json NOT NULL
);
CREATE TABLE request (id text PRIMARY KEY, asked text NOT NULL, answer json NOT NULL);
CREATE TABLE one (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL);

CREATE FUNCTION book(wanted text, as_role text, who text, request_id text, now_ timestamptz) RETURNS json
LANGUAGE plpgsql SET search_path = hand AS $$
DECLARE
    kept request; place session; near record; seat boolean; made bigint; stands text; facts json; said json;
BEGIN
    SELECT * INTO kept FROM request WHERE id = request_id;
    IF FOUND THEN
        IF kept.asked <> 'book ' || wanted || ' ' || who THEN
            RAISE EXCEPTION 'another request has that id';
        END IF;
        RETURN kept.answer;
    END IF;
    SELECT * INTO place FROM session WHERE id = wanted AND role = as_role FOR UPDATE;
    IF NOT FOUND OR now_ < place.opens OR now_ >= place.closes THEN
        RAISE EXCEPTION 'no such session, or not open';
    END IF;
    FOR near IN
        SELECT session, role, status FROM booking
        WHERE person = who AND status IN ('confirmed', 'waitlisted')
            AND starts > place.starts - interval '1 day' AND starts < place.ends AND ends > place.starts
    LOOP
        IF near.status = 'confirmed' OR (near.session, near.role) = (wanted, as_role) THEN
            RAISE EXCEPTION 'booked already, or a clash with %', near.session;
        END IF;
    END LOOP;
    seat := place.held < place.capacity AND place.waiting = 0;
    stands := CASE WHEN seat THEN 'confirmed' ELSE 'waitlisted' END;
    UPDATE session SET held = held + seat::integer, waiting = waiting + (NOT seat)::integer, last = last + 1
        WHERE id = wanted AND role = as_role;
    INSERT INTO booking (session, role, person, status, sequence, starts, ends, created)
        VALUES (wanted, as_role, who, stands, place.last + 1, place.starts, place.ends, now_)
        RETURNING id INTO made;
    facts := json_build_object('session', wanted, 'role', as_role, 'person', who, 'sequence', place.last + 1);
    INSERT INTO audit (at, actor, kind, booking, facts) VALUES (now_, who, 'booking.' || stands, made, facts);
    INSERT INTO outbox (kind, booking, payload) VALUES ('booking.' || stands, made, facts);
    said := json_build_object('id', made, 'status', stands, 'sequence', place.last + 1);
    INSERT INTO request VALUES (request_id, 'book ' || wanted || ' ' || who, said);
    RETURN said;
END $$;
"""

PREPARED = b"book"
CALL = b"SELECT hand.book($1, 'attendee', $2, $3, $4)"
ONE = b"INSERT INTO hand.one (text) VALUES ('row')"


def add_sessions(
    connection: psycopg.Connection[tuple[Any, ...]],
    sessions: Iterable[tuple[str, datetime, datetime]],
    capacity: int,
) -> None:
    """Put sessions on the calendar."""
    sql = "INSERT INTO hand.session VALUES (%s, 'attendee', %s, %s, %s, %s, %s)"
    rows = [(id, starts, ends, NOW - timedelta(days=1), starts, capacity) for id, starts, ends in sessions]
    connection.cursor().executemany(sql, rows)


class Stored:
    """One client that calls the function, at the level of libpq: a cursor would cost it more than the call."""

    def __init__(self, conninfo: str) -> None:
        self.connection = psycopg.connect(conninfo, autocommit=True)
        self.line = self.connection.pgconn
        self.line.prepare(PREPARED, CALL)
        self.line.prepare(b"one", ONE)
        self.now = NOW.isoformat().encode()

    def book(self, session: str, person: str, request: str) -> dict[str, object]:
        """A seat or the tail of the queue. Raises `ValueError` with what the function says against it."""
        said = [session.encode(), person.encode(), request.encode(), self.now]
        answer = self.line.exec_prepared(PREPARED, said)
        value = answer.get_value(0, 0) if answer.ntuples else None
        if value is None:
            raise ValueError(answer.error_message.decode())
        answered: dict[str, object] = json.loads(value)
        return answered

    def one(self) -> None:
        """A commit of one row."""
        answer = self.line.exec_prepared(b"one", [])
        assert answer.command_status == b"INSERT 0 1", answer.error_message

    def close(self) -> None:
        """Hang up."""
        self.connection.close()
