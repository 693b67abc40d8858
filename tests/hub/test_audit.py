"""Audit finds what is wrong: each invariant is broken once behind the hub's back, and the right finding names it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from innovationhub import Hub
from tests.support import TASTER, Clock, crowd, session_type, small_hub, weekly


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[tuple[Hub, sqlite3.Connection]]:
    """A hub with seats, a queue and two sessions, and a way around its rules."""
    file = tmp_path / "hub.db"
    types = [session_type(), session_type("forum", 5)]
    with small_hub(file, types=types, series=[weekly(), weekly("forum", "2026-12-01T10:30")]) as hub:
        for person in crowd(hub, 5):
            hub.book(TASTER, person)
        hub.book("forum@2026-12-01T10:30", "p4")
        hub.cancel(hub.roster(TASTER)[0].id)
        assert hub.audit() == []
        behind = sqlite3.connect(file, isolation_level=None)
        yield hub, behind
        behind.close()


@pytest.mark.parametrize(
    ("statement", "invariant", "code"),
    [
        ("UPDATE roster SET capacity = 1 WHERE session_id LIKE 'taster%'", 1, "over-capacity"),
        ("UPDATE roster SET capacity = 9 WHERE session_id LIKE 'taster%'", 2, "free-seat"),
        (
            "UPDATE booking SET passed = 'clash' WHERE standing = 'waitlisted'",
            2,
            "passed-over-without-reason",
        ),
        ("UPDATE booking SET sequence = 99 WHERE standing = 'waitlisted'", 3, "order"),
        (
            "UPDATE appointment SET holds = 1 WHERE person = (SELECT key FROM person WHERE id = 'p4')",
            4,
            "overlap",
        ),
        (
            """INSERT INTO appointment SELECT 'twin', person, session_id, role, status, active, 0, starts, ends, 1
            FROM appointment WHERE person = (SELECT key FROM person WHERE id = 'p2')""",
            4,
            "booked-twice",
        ),
        ("UPDATE roster SET held = 0 WHERE session_id LIKE 'taster%'", 6, "count-held"),
        ("UPDATE roster SET ready = 0 WHERE session_id LIKE 'taster%'", 6, "count-ready"),
        ("UPDATE roster SET waiting = 7 WHERE session_id LIKE 'taster%'", 6, "count-waiting"),
        ("UPDATE diary SET active = 7", 6, "count-diary"),
        (
            "UPDATE booking SET status = 'confirmed', standing = 'confirmed' WHERE status = 'cancelled'",
            6,
            "replay",
        ),
        ("DELETE FROM booking WHERE status = 'cancelled'", 6, "replay"),
        ("UPDATE booking SET standing = 'confirmed' WHERE standing = 'waitlisted'", 6, "standing"),
        ("DELETE FROM journal WHERE position = 3", 6, "journal-gap"),
        ("DELETE FROM session WHERE id LIKE 'taster%'", 6, "session-gone"),
        ("UPDATE session SET original = '2026-12-03 10:00:00.000000+00:00'", 8, "id-and-time-differ"),
    ],
)
def test_what_is_broken_is_found(
    broken: tuple[Hub, sqlite3.Connection], statement: str, invariant: int, code: str
) -> None:
    """With the number of the invariant, a stable code, and a sentence."""
    hub, behind = broken
    assert behind.execute(statement).rowcount > 0
    found = {(violation.invariant, violation.code) for violation in hub.audit()}
    assert (invariant, code) in found
    assert all(violation.sentence and violation.subject for violation in hub.audit())


def test_a_clean_hub_stays_clean_page_after_page(tmp_path: Path) -> None:
    """More rows than a page holds are all looked at, and none twice."""
    clock = Clock()
    with small_hub(tmp_path / "hub.db", clock=clock, types=[session_type(capacity=300)]) as hub:
        for person in crowd(hub, 620):
            hub.book(TASTER, person)
        assert hub.audit() == []
        behind = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
        behind.execute("UPDATE diary SET active = 7 WHERE person = (SELECT max(person) FROM diary)")
        behind.execute("UPDATE booking SET role = 'ghost' WHERE id = (SELECT max(id) FROM booking)")
        behind.close()
        assert {violation.code for violation in hub.audit()} >= {"count-diary", "replay"}
