"""How a commit of the SQLite store ends when it does not end well, and that a reading is of one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest

from innovationhub import Conflict, Entry, Hub, PluginError, Unavailable
from innovationhub.builtin import sqlite_lookups
from innovationhub.builtin.sqlite import SqliteStore, open_sqlite
from innovationhub.builtin.sqlite_file import Address, parse_address
from innovationhub.domain.records import Key, Range, Read, Record, key_of
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit, StoreRequest
from tests.stores.samples import Colour, Sample
from tests.support import TASTER, Clock, people, small_hub

MORNING = datetime(2026, 12, 1, 10, tzinfo=UTC)


def sample(place: int = 1, **fields: object) -> Sample:
    plain = {"colour": Colour.RED, "weight": 1, "flag": True, "at": MORNING, "day": date(2026, 12, 1)}
    return Sample("a", place, **{**plain, **fields})  # type: ignore[arg-type]


def version(store: SqliteStore, row: Record) -> int | None:
    found = store.read(Read((key_of(row),))).keys[key_of(row)]
    return found.version if found else None


class Failing(sqlite3.Connection):
    """A connection on which COMMIT fails: `late` says after it was done, or before."""

    error: BaseException | None = None
    late = False

    def execute(self, sql: str, parameters: Sequence[object] = (), /) -> sqlite3.Cursor:  # type: ignore[override]
        error = Failing.error if sql == "COMMIT" else None
        if error is None:
            return super().execute(sql, parameters)
        Failing.error = None
        super().execute("COMMIT" if self.late else "ROLLBACK")
        raise error


class FailingAddress(Address):
    """A file that is opened by such connections."""

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self.path, timeout=0, isolation_level=None, check_same_thread=False, factory=Failing
        )


def failing(file: Path, records: Sequence[type[Record]]) -> SqliteStore:
    open_sqlite(StoreRequest(f"sqlite:///{file}", tuple(records))).close()
    return SqliteStore(FailingAddress(parse_address(f"sqlite:///{file}").path), records)


def with_code(error: sqlite3.Error, code: int) -> sqlite3.Error:
    error.sqlite_errorcode = code
    return error


LOST: list[BaseException] = [
    sqlite3.OperationalError("disk I/O error"),
    sqlite3.DatabaseError("database disk image is malformed"),
    sqlite3.InterfaceError("bad parameter or other API misuse"),
    sqlite3.IntegrityError("constraint failed"),
    MemoryError(),
]


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("late", [True, False])
def test_whatever_fails_at_commit_leaves_the_outcome_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, late: bool
) -> None:
    """Once COMMIT was sent, an error does not say whether it was done: neither does the store, and it goes on."""
    store = failing(tmp_path / "store.db", (Sample,))
    monkeypatch.setattr(Failing, "late", late)
    monkeypatch.setattr(Failing, "error", error)
    with pytest.raises(Unavailable) as unavailable:
        store.commit(Commit({key_of(sample()): None}, (sample(),)))
    assert not unavailable.value.outcome_known
    assert (version(store, sample()) is not None) == late
    store.commit(Commit({key_of(sample(2)): None}, (sample(2),)))
    store.close()


def test_a_lock_that_is_not_to_be_had_at_commit_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says that it is busy before anything is done, so it is tried again, and done once."""
    store = failing(tmp_path / "store.db", (Sample,))
    busy = with_code(sqlite3.OperationalError("database is locked"), sqlite3.SQLITE_BUSY)
    monkeypatch.setattr(Failing, "error", busy)
    entry = Entry(0, MORNING, "system:test", "booking.confirmed", "s", {})
    assert store.commit(Commit({key_of(sample()): None}, (sample(),), (), (entry,))) == 1
    assert len(store.tail(0, 10)) == 1
    store.close()


@pytest.mark.parametrize("late", [True, False])
def test_a_booking_whose_answer_was_lost_is_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """By its receipt: it is answered if it is there, and else it is certain that nothing was changed."""
    with small_hub(tmp_path / "hub.db") as hub:
        people(hub, "ada")
    hub = Hub(failing(tmp_path / "hub.db", CORE_RECORDS), load(discover=False), Clock())
    hub.session(TASTER)
    monkeypatch.setattr(Failing, "late", late)
    monkeypatch.setattr(Failing, "error", sqlite3.DatabaseError("lost"))
    if late:
        assert hub.book(TASTER, "ada", request_id="mine").status == "confirmed"
    else:
        with pytest.raises(Unavailable, match="nothing was changed") as unavailable:
            hub.book(TASTER, "ada", request_id="mine")
        assert unavailable.value.outcome_known
    assert len(hub.bookings_of("ada")) == late
    assert hub.audit() == []
    hub.close()


BAD: list[dict[str, object]] = [{"flag": 2}, {"colour": None}, {"weight": "heavy"}, {"share": None}]


@pytest.mark.parametrize("fields", BAD, ids=str)
@pytest.mark.parametrize("there", [True, False])
def test_a_value_that_its_table_does_not_take_is_a_fault_of_its_record(
    tmp_path: Path, fields: dict[str, object], there: bool
) -> None:
    """To decide again would give the same value: it is an error that names the record, and nothing is changed."""
    store = SqliteStore(parse_address(f"sqlite:///{tmp_path / 'store.db'}"), (Sample,))
    store.prepare((Sample, Entry))
    if there:
        store.commit(Commit({key_of(sample()): None}, (sample(),)))
    before = version(store, sample())
    with pytest.raises(PluginError) as broken:
        store.commit(
            Commit({key_of(sample(2)): None, key_of(sample()): before}, (sample(2), sample(1, **fields)))
        )
    assert broken.value.plugin == "record sample"
    assert (version(store, sample()), version(store, sample(2))) == (before, None)
    store.close()


def test_an_entry_that_the_journal_does_not_take_is_a_fault_too(tmp_path: Path) -> None:
    """The journal is a record like any other."""
    store = open_sqlite(StoreRequest(f"sqlite:///{tmp_path / 'store.db'}", (Sample,)))
    entry = Entry(0, MORNING, "system:test", None, "s", {})  # type: ignore[arg-type]
    with pytest.raises(PluginError, match="journal"):
        store.commit(Commit({}, (), (), (entry,)))
    assert store.tail(0, 10) == []
    store.close()


def test_a_row_that_has_come_is_the_one_that_conflicts(tmp_path: Path) -> None:
    """Of the rows that a commit would make, the one that somebody else made first is named."""
    store = open_sqlite(StoreRequest(f"sqlite:///{tmp_path / 'store.db'}", (Sample,)))
    store.commit(Commit({key_of(sample(2)): None}, (sample(2),)))
    rows = (sample(1), sample(2), sample(3))
    with pytest.raises(Conflict) as conflict:
        store.commit(Commit(dict.fromkeys(map(key_of, rows)), rows))
    assert conflict.value.rows == (key_of(sample(2)),)
    store.close()


@pytest.mark.parametrize("number", [1, 2, 8, 9, 30])
def test_rows_read_together_are_the_same_as_one_by_one(tmp_path: Path, number: int) -> None:
    """However many keys are asked for, and whichever of them are not there."""
    store = open_sqlite(StoreRequest(f"sqlite:///{tmp_path / 'store.db'}", (Sample,)))
    rows = [sample(place, note=f"n{place}", mood=Colour.BLUE) for place in range(0, number, 2)]
    store.commit(Commit(dict.fromkeys(map(key_of, rows)), tuple(rows)))
    keys = tuple(Key(Sample, ("a", place)) for place in range(number))
    together = store.read(Read(keys)).keys
    assert together == {key: store.read(Read((key,))).keys[key] for key in keys}
    assert [row.record for row in together.values() if row] == rows
    store.close()


def test_statements_for_readings_are_kept_in_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that asks for ever new combinations of rows does not grow for ever."""
    monkeypatch.setattr(sqlite_lookups, "KEPT", 3)
    store = SqliteStore(parse_address(f"sqlite:///{tmp_path / 'store.db'}"), (Sample,))
    store.prepare((Sample, Entry))
    for number in range(1, 8):
        keys = tuple(Key(Sample, ("a", place)) for place in range(number))
        assert set(store.read(Read(keys)).keys.values()) == {None}
        assert len(store._lookups) <= 3
    store.close()


RANGE: Range[Record] = Range(Sample, "key", ("a",))
READINGS = [
    Read((Key(Sample, ("a", 1)),), (RANGE,)),
    Read((), (RANGE, Range(Sample, "by_colour", (Colour.RED,)))),
    Read(tuple(Key(Sample, ("a", place)) for place in range(70))),
]


@pytest.mark.parametrize("reading", READINGS, ids=["key and range", "ranges", "many keys"])
def test_a_reading_is_of_one_moment(tmp_path: Path, reading: Read) -> None:
    """What another process commits between two of its statements is not seen by the second."""
    address = parse_address(f"sqlite:///{tmp_path / 'store.db'}")
    store, other = (SqliteStore(address, (Sample,)) for _ in range(2))
    store.prepare((Sample, Entry))
    store.commit(Commit({key_of(sample()): None}, (sample(),)))
    before = store.read(reading)
    seen: list[str] = []

    def between(sql: str) -> None:
        seen.append(sql)
        if (
            sum(statement.startswith(("SELECT", "WITH")) for statement in seen) == 2
            and version(other, sample(3)) is None
        ):
            rows: Iterable[Sample] = (attrs.evolve(sample(), weight=7), sample(3))
            relied = {key_of(row): version(other, row) for row in rows}
            other.commit(Commit(relied, tuple(rows)))

    with store._connection() as connection:
        connection.set_trace_callback(between)
    assert store.read(reading) == before
    assert version(other, sample(3)) is not None
    with store._connection() as connection:
        connection.set_trace_callback(None)
    assert store.read(reading) != before
    for each in (store, other):
        each.close()
