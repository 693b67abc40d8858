"""Audit finds what is wrong: each invariant is broken once behind the hub's back, and the right finding names it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from innovationhub import Catalogue, Hub, Recurrence, Series
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.records import Read, Rows
from innovationhub.domain.schedule import SessionRow
from innovationhub.plugins import CORE_RECORDS, load
from tests.support import ONLY_BUILT_IN, TASTER, Clock, crowd, session_type, small_hub, weekly


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
            """INSERT INTO appointment SELECT 'twin', person, session_id, role, status, active, 0, starts, ends, place,
            parent, 1 FROM appointment WHERE person = (SELECT key FROM person WHERE id = 'p2')""",
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
        ("DELETE FROM journal", 6, "untold"),
        ("UPDATE journal SET kind = 'away.other' WHERE kind = 'booking.confirmed'", 6, "untold"),
        ("DELETE FROM session WHERE id LIKE 'taster%'", 6, "session-gone"),
        ("UPDATE booking SET size = 2 WHERE status = 'confirmed'", 6, "sides-people"),
        ("DELETE FROM appointment WHERE status = 'waitlisted'", 6, "sides-people"),
        ("UPDATE booking SET person = 'somebody else'", 6, "sides-people"),
        ("UPDATE appointment SET status = 'attended' WHERE status = 'confirmed'", 6, "sides-status"),
        ("UPDATE booking SET status = 'cancelled', standing = 'cancelled'", 6, "sides-status"),
        ("UPDATE appointment SET role = 'ghost'", 6, "sides-place"),
        ("UPDATE appointment SET session_id = 'taster@2026-12-08T10:00'", 6, "sides-place"),
        ("UPDATE appointment SET active = 0 WHERE status = 'waitlisted'", 6, "sides-standing"),
        ("UPDATE appointment SET active = 1 WHERE status = 'cancelled'", 6, "sides-standing"),
        ("UPDATE appointment SET holds = 0 WHERE status = 'confirmed'", 6, "sides-standing"),
        ("UPDATE appointment SET starts = '2026-12-01 10:15:00.000000+00:00'", 6, "sides-time"),
        ("UPDATE session SET ends = '2026-12-01 12:00:00.000000+00:00'", 6, "sides-time"),
        ("DELETE FROM booking WHERE status = 'confirmed'", 6, "booking-gone"),
        ("UPDATE session SET revision = 7", 6, "type-gone"),
        ("UPDATE session SET original = '2026-12-03 10:00:00.000000+00:00'", 8, "id-and-time-differ"),
        ("UPDATE session SET original = '2026-12-01 10:00:01.000000+00:00'", 8, "id-and-time-differ"),
        ("UPDATE session SET original = '2026-12-01 11:00:00.000000+00:00'", 8, "id-and-time-differ"),
        ("UPDATE session SET series_id = 'forum' WHERE series_id = 'taster'", 8, "not-of-its-series"),
        ("UPDATE session SET series_id = 'gone' WHERE series_id = 'taster'", 8, "not-of-its-series"),
        ("UPDATE session SET id = 'nothing' WHERE series_id = 'taster'", 8, "no-session-id"),
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


PARKED = """
    UPDATE booking SET standing = 'parked', passed = 'clash' WHERE standing = 'waitlisted';
    UPDATE roster SET ready = 0, capacity = 3 WHERE waiting > 0;
"""
"""Whoever waits was passed over, and a seat is free: p3 has nothing else at the time, p4 holds the forum."""


def test_one_who_was_passed_over_for_a_clash_that_is_gone(broken: tuple[Hub, sqlite3.Connection]) -> None:
    """Who is parked while a seat is free and nothing stands in the way any more is found, and nobody else."""
    hub, behind = broken
    behind.executescript(PARKED)
    waits = {booking.person_id: booking.id for booking in hub.waitlist(TASTER)}
    assert set(waits) == {"p3", "p4"}
    gone = [each for each in hub.audit() if each.code == "clash-gone"]
    assert [(each.invariant, each.subject) for each in gone] == [(2, waits["p3"])]
    behind.execute("UPDATE appointment SET holds = 0 WHERE session_id LIKE 'forum%'")
    assert [each.subject for each in hub.audit() if each.code == "clash-gone"] == [waits["p3"], waits["p4"]]


@pytest.mark.parametrize(
    "but",
    [
        "UPDATE roster SET owed = 1",
        "UPDATE roster SET capacity = 2",
        "UPDATE session SET status = 'closed'",
        "UPDATE booking SET passed = 'not-eligible' WHERE standing = 'parked'",
    ],
)
def test_a_place_passed_over_that_is_as_it_should_be(
    broken: tuple[Hub, sqlite3.Connection], but: str
) -> None:
    """A look that is recorded as owed, no free seat, no session to come, another reason: nothing to report."""
    hub, behind = broken
    behind.executescript(PARKED)
    behind.execute(but)
    assert "clash-gone" not in {each.code for each in hub.audit()}


def test_the_queue_does_not_wait_past_the_cut_off(broken: tuple[Hub, sqlite3.Connection]) -> None:
    """From the moment booking closes a free seat goes to whoever is at the door, so none is owed to the queue."""
    hub, behind = broken
    behind.executescript(PARKED)
    clock = hub._engine._clock
    assert isinstance(clock, Clock)
    clock.now = hub.session(TASTER).closes
    assert "clash-gone" not in {each.code for each in hub.audit()}


def test_a_start_that_the_clock_leaves_out_is_kept_exactly(tmp_path: Path) -> None:
    """Half past one on the night of the gap is half past two; an hour beside it is a finding like any other."""
    clock = Clock(datetime(2027, 3, 20, tzinfo=UTC))
    night = Series("night", "taster", Recurrence(datetime(2027, 3, 28, 1, 30)))
    with small_hub(tmp_path / "hub.db", clock=clock, series=[night]) as hub:
        hub.book("night@2027-03-28T01:30", *crowd(hub, 1))
        assert hub.audit() == []
        behind = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
        behind.execute("UPDATE session SET original = '2027-03-28 00:30:00.000000+00:00'")
        behind.close()
        assert [each.code for each in hub.audit()] == ["id-and-time-differ"]


class Meanwhile(MemoryStore):
    """A store in which something happens, once, right before sessions are read."""

    happens: Callable[[], object] | None = None

    def read(self, request: Read) -> Rows:
        happens = self.happens
        if happens and any(each.type is SessionRow for each in request.ranges):
            self.happens = None
            happens()
        return super().read(request)


@pytest.mark.parametrize("kind", ["new", "taster"])
def test_a_catalogue_that_another_process_loads_meanwhile(kind: str) -> None:
    """Sessions of types and series that this process has not heard of are checked like any other."""
    store = Meanwhile(CORE_RECORDS)
    hub, other = (Hub(store, load(discover=False), Clock()) for _ in range(2))
    hub.load_catalogue(Catalogue(None, (session_type(),), (weekly(),)))

    def elsewhere() -> None:
        other.load_catalogue(Catalogue(None, (session_type(kind),), (weekly("new", kind=kind),)))
        other.book("new@2026-12-01T10:00", *crowd(other, 1))

    store.happens = elsewhere
    assert hub.audit() == []
    assert store.happens is None


def test_a_type_that_is_gone_is_reported_and_the_rest_is_checked(tmp_path: Path) -> None:
    """What a session keeps to is not there: a finding, and no end to the audit."""
    with small_hub(tmp_path / "hub.db") as hub:
        hub.book(TASTER, *crowd(hub, 1))
        behind = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
        behind.executescript("DELETE FROM session_type; UPDATE roster SET held = 0")
        behind.close()
    with Hub.open(f"sqlite:///{tmp_path / 'hub.db'}", clock=Clock(), settings=ONLY_BUILT_IN) as hub:
        assert [each.code for each in hub.audit()] == ["type-gone", "count-held"]


def test_a_clean_hub_stays_clean_page_after_page(tmp_path: Path) -> None:
    """More rows than a page holds are all looked at, and none twice."""
    clock = Clock()
    with small_hub(tmp_path / "hub.db", clock=clock, types=[session_type(capacity=560)]) as hub:
        for person in crowd(hub, 620):
            hub.book(TASTER, person)
        assert hub.audit() == []
        behind = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
        behind.execute("UPDATE diary SET active = 7 WHERE person = (SELECT max(person) FROM diary)")
        behind.execute("UPDATE booking SET role = 'ghost' WHERE id = (SELECT max(id) FROM booking)")
        behind.close()
        assert {violation.code for violation in hub.audit()} >= {"count-diary", "replay"}
