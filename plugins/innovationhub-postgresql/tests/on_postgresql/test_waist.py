"""What a store is: the PostgreSQL store answers every reading as the memory store does, whatever was committed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from threading import Event, Thread

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from psycopg.pq.abc import PGresult

from innovationhub import Conflict, Entry, PluginError, Unavailable
from innovationhub.builtin.memory import open_memory
from innovationhub.domain.records import Key, Range, Read, Record, key_of
from innovationhub.protocols.store import Commit, Store, StoreRequest, SupportsCount
from innovationhub_postgresql import open_postgresql
from innovationhub_postgresql.connections import Connection
from innovationhub_postgresql.trips import Encoded, trip
from on_postgresql.conftest import OpenStore
from on_postgresql.server import Server
from tests.stores.samples import Colour, Sample
from tests.stores.test_waist import AWKWARD, MORNING, entry, put, ranges, sample, samples, version

_schemas = count(1)


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    return open_store()


@pytest.mark.parametrize("text", [*AWKWARD, "\x01", "\x01\x02", "\x00\x01\x00"])
def test_awkward_text_comes_back_as_it_went_in(store: Store, text: str) -> None:
    """In a key, in an optional field and in facts: to the last byte, what PostgreSQL cannot hold included."""
    row = sample(text, 1, note=text, facts={"text": text, text: 1.5})
    put(store, row)
    assert store.read(Read((key_of(row),))).get(Sample, text, 1) == row


def test_awkward_texts_sort_as_they_do_elsewhere(store: Store) -> None:
    """By code points, NUL and U+0001 in their places, whatever the database's own collation."""
    texts = [
        "",
        "\x00",
        "\x00a",
        "\x00\x00",
        "\x01",
        "\x01\x00",
        "\x01\x01",
        "\x02",
        "A",
        "Z",
        "a",
        "b",
        "é",
        "🙂",
    ]
    put(store, *(sample(text) for text in texts))
    wanted = Range(Sample, "key")
    assert [row.shelf for row in store.read(Read(ranges=(wanted,))).scan(wanted).records] == sorted(texts)


@pytest.mark.parametrize("text", ["\ud800", "x\udfff"])
def test_text_that_is_none_is_refused(store: Store, text: str) -> None:
    """Half of a surrogate pair has no bytes: its record is said to be at fault, and nothing is changed."""
    with pytest.raises(PluginError, match="nothing was changed"):
        put(store, sample("a", 1), sample("b", 1, note=text))
    wanted = Range(Sample, "key")
    assert store.read(Read(ranges=(wanted,))).scan(wanted).records == []
    put(store, sample("a", 1))


@pytest.mark.parametrize("fields", [{"weight": 2**63}, {"place": -(2**70)}])
def test_a_number_that_its_column_does_not_hold_is_refused(store: Store, fields: dict[str, int]) -> None:
    """More than 64 bits: the record is at fault, which deciding again would not mend."""
    row = sample(**fields)  # type: ignore[arg-type]
    with pytest.raises(PluginError, match="nothing was changed"):
        store.commit(Commit({key_of(row): None}, (row,)))


def test_a_key_too_long_for_an_index_is_refused(store: Store) -> None:
    """An index of PostgreSQL takes some 2,700 bytes; who wants more is told so."""
    long = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(3000))
    with pytest.raises(PluginError, match="nothing was changed"):
        put(store, sample(long))


@pytest.mark.parametrize("share", [0.1, 1e308, -0.0, float("inf"), 5e-324, 1 / 3])
def test_a_real_number_is_kept_exactly(store: Store, share: float) -> None:
    """In its column, and in facts where it is a number of JSON."""
    facts = {"share": share, "one": 1.0}
    put(store, sample(share=share, facts=facts))
    row = store.read(Read((key_of(sample()),))).get(Sample, "a", 1)
    assert row is not None
    assert (repr(row.share), repr(row.facts["share"]), repr(row.facts["one"])) == (
        repr(share),
        repr(share),
        "1.0",
    )


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 12, 1, 10, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 12, 1, 10, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    ],
)
def test_an_instant_is_kept_to_the_microsecond(store: Store, at: datetime) -> None:
    """Whatever its offset was, the same instant comes back, aware and in UTC."""
    put(store, sample(at=at, seen=at, day=date(1, 1, 1)))
    row = store.read(Read((Key(Sample, ("a", 1)),))).get(Sample, "a", 1)
    assert row is not None
    assert (row.at, row.seen, row.day) == (at, at, date(1, 1, 1))
    assert row.at.utcoffset() == timedelta(0)


def test_a_commit_is_all_or_nothing(store: Store) -> None:
    """One row that moved, and nothing of the commit is there: no row, no entry, no position used."""
    first, second = sample("a", 1), sample("a", 2)
    put(store, first)
    with pytest.raises(Conflict) as conflict:
        store.commit(Commit({key_of(first): 999, key_of(second): None}, (second,), (), (entry(),)))
    assert conflict.value.rows == (key_of(first),)
    assert store.read(Read((key_of(second),))).get(Sample, "a", 2) is None
    assert store.tail(0, 10) == []
    assert put(store, second, entries=(entry(),)) == 1


def test_each_way_of_moving_is_a_conflict_and_names_its_row(store: Store) -> None:
    """A row written, deleted or only relied on: stale, gone, or there though it should not be."""
    there, gone = sample("a", 1), sample("gone", 1)
    put(store, there)
    for relied, puts, deletes in (
        ({key_of(there): 1}, (there,), ()),
        ({key_of(there): None}, (there,), ()),
        ({key_of(there): 1}, (), (key_of(there),)),
        ({key_of(there): None}, (), (key_of(there),)),
        ({key_of(there): 1}, (), ()),
        ({key_of(gone): 1}, (gone,), ()),
        ({key_of(gone): 1}, (), (key_of(gone),)),
        ({key_of(gone): 1}, (), ()),
    ):
        for entries in ((), (entry(),)):
            with pytest.raises(Conflict) as conflict:
                store.commit(Commit(relied, puts, deletes, entries))
            assert conflict.value.rows == tuple(relied)
    assert store.read(Read((key_of(there),))).get(Sample, "a", 1) == there
    assert store.tail(0, 10) == []


def test_a_commit_that_writes_nothing_checks_and_gives_the_position(store: Store) -> None:
    """A refusal that took several readings asks only whether what it rests on still holds."""
    put(store, *(sample("a", place) for place in range(40)), entries=(entry(), entry()))
    relied = {key_of(sample("a", place)): version(store, sample("a", place)) for place in range(40)}
    assert store.commit(Commit(relied)) == 2
    assert store.commit(Commit({})) == 2
    relied[key_of(sample("a", 39))] = 1
    with pytest.raises(Conflict) as conflict:
        store.commit(Commit(relied))
    assert conflict.value.rows == (key_of(sample("a", 39)),)


def test_a_version_never_comes_back(store: Store) -> None:
    """A row that is deleted and made again has another version: nothing that relied on the old one gets through."""
    row = sample()
    put(store, row)
    old = version(store, row)
    store.commit(Commit({key_of(row): old}, (), (key_of(row),)))
    put(store, row)
    assert version(store, row) not in (old, None)


def test_writing_a_row_as_it_is_moves_its_version(store: Store) -> None:
    """That is how a guard is touched."""
    row = sample()
    put(store, row)
    before = version(store, row)
    put(store, row)
    assert version(store, row) != before


def test_a_large_commit_is_one_commit(store: Store) -> None:
    """Rows of one table and entries by the hundred: all there, in order, and read back at once."""
    rows = [sample("a", place) for place in range(300)]
    entries = tuple(entry(f"kind{number}") for number in range(50))
    assert put(store, *rows, entries=entries) == 50
    assert [each.kind for each in store.tail(0, 100)] == [each.kind for each in entries]
    assert put(store, *(attrs.evolve(row, weight=row.place) for row in rows), entries=(entry(),) * 9) == 59
    found = store.read(Read(tuple(key_of(row) for row in rows)))
    assert [found.get(Sample, "a", place) for place in range(300)] == [
        attrs.evolve(row, weight=row.place) for row in rows
    ]
    assert [each.position for each in store.tail(48, 100)] == list(range(49, 60))


@pytest.mark.parametrize("stale", [0, 15, 16, 20])
def test_one_stale_row_among_many_stops_all_of_them(store: Store, stale: int) -> None:
    """Rows of one table are written some at a time; that one has moved is noticed wherever it stands."""
    rows = [sample("a", place) for place in range(21)]
    put(store, *rows)
    relied = {key_of(row): version(store, row) for row in rows}
    relied[key_of(rows[stale])] = 1
    with pytest.raises(Conflict) as conflict:
        store.commit(Commit(relied, tuple(attrs.evolve(row, weight=9) for row in rows), (), (entry(),)))
    assert conflict.value.rows == (key_of(rows[stale]),)
    wanted = Range(Sample, "key")
    assert store.read(Read(ranges=(wanted,))).scan(wanted).records == rows
    new = [sample("b", place) for place in range(21)]
    put(store, new[stale])
    with pytest.raises(Conflict) as conflict:
        store.commit(Commit(dict.fromkeys(map(key_of, new)), tuple(new), (), (entry(),)))
    assert conflict.value.rows == (key_of(new[stale]),)
    assert store.tail(0, 10) == []


def test_a_reading_is_one_trip_and_a_commit_is_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows, ranges and entries; and a conflict takes one more, which says what has moved."""
    trips: list[int] = []

    def counted(connection: Connection, steps: Sequence[Encoded]) -> list[PGresult]:
        trips.append(len(steps))
        return trip(connection, steps)

    monkeypatch.setattr("innovationhub_postgresql.store.trip", counted)
    rows = [sample("a", place) for place in range(30)]
    store.commit(Commit(dict.fromkeys(map(key_of, rows)), tuple(rows), (), (entry(),) * 20))
    assert len(trips) == 1
    store.read(Read(tuple(map(key_of, rows)), (Range(Sample, "key"), Range(Sample, "by_instant"))))
    assert len(trips) == 2
    store.read(Read(tuple(map(key_of, rows[:5])), (Range(Sample, "key", limit=100),)))
    assert (len(trips), trips[-1]) == (3, 1)
    with pytest.raises(Conflict):
        store.commit(Commit({key_of(rows[0]): 1}, (rows[0],)))
    assert len(trips) == 5


def test_a_closed_store_says_so(open_store: OpenStore) -> None:
    """Closing twice is fine; using it afterwards is `Unavailable`."""
    store = open_store()
    store.close()
    store.close()
    for use in (
        lambda: store.read(Read((Key(Sample, ("a", 1)),))),
        lambda: store.tail(0, 1),
        lambda: store.commit(Commit({})),
    ):
        with pytest.raises(Unavailable, match="closed"):
            use()


class StoresAgree(RuleBasedStateMachine):
    """The same commits on both stores; then the same questions."""

    server: Server

    def __init__(self) -> None:
        super().__init__()
        self.request = StoreRequest(self.server.url(f"agree{next(_schemas)}"), (Sample,))
        self.stores = [open_memory(StoreRequest("memory:", (Sample,))), open_postgresql(self.request)]

    def teardown(self) -> None:
        for store in self.stores:
            store.close()

    @rule(
        rows=st.lists(samples, max_size=4, unique_by=lambda row: (row.shelf, row.place)),
        notes=st.integers(0, 3) | st.integers(8, 20),
    )
    def write(self, rows: list[Sample], notes: int) -> None:
        positions = [put(store, *rows, entries=(entry(),) * notes) for store in self.stores]
        assert len(set(positions)) == 1

    @rule(row=samples)
    def delete(self, row: Sample) -> None:
        for store in self.stores:
            store.commit(Commit({key_of(row): version(store, row)}, (), (key_of(row),)))

    @rule(row=samples)
    def conflict(self, row: Sample) -> None:
        for store in self.stores:
            stale = None if version(store, row) is not None else 1
            with pytest.raises(Conflict):
                store.commit(Commit({key_of(row): stale}, (row,)))

    @rule(wanted=st.lists(ranges(), min_size=1, max_size=4), row=samples)
    def ask(self, wanted: list[Range[Sample]], row: Sample) -> None:
        memory, real = (store.read(Read((key_of(row),), tuple(wanted))) for store in self.stores)
        assert memory.get(Sample, row.shelf, row.place) == real.get(Sample, row.shelf, row.place)
        for each in wanted:
            assert memory.scan(each).records == real.scan(each).records
            assert memory.scan(each).cut == real.scan(each).cut
            counts = [store.count(each) for store in self.stores if isinstance(store, SupportsCount)]
            assert len(counts) == 2
            assert counts[0] == counts[1]

    @rule()
    def reopen(self) -> None:
        self.stores[1].close()
        self.stores[1] = open_postgresql(self.request)

    @invariant()
    def tails_agree(self) -> None:
        assert self.stores[0].tail(0, 1000) == self.stores[1].tail(0, 1000)


def test_the_stores_agree(server: Server) -> None:
    """Whatever is committed, deleted, refused and asked, in whatever order: the same answers as the memory store's."""

    class Machine(StoresAgree):
        pass

    Machine.server = server
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )


def test_entries_are_found_by_their_subject(store: Store) -> None:
    """The journal is a record like any other, and has an index."""
    put(store, sample(), entries=(entry("one", "x"), entry("two", "y"), entry("three", "x")))
    wanted = Range(Entry, "by_subject", ("x",))
    assert [each.kind for each in store.read(Read(ranges=(wanted,))).scan(wanted).records] == ["one", "three"]


def test_an_analyst_finds_typed_columns(server: Server, open_store: OpenStore, schema: str) -> None:
    """Instants, dates, numbers and booleans have the types of PostgreSQL, and facts can be taken apart with SQL."""
    put(open_store(), sample(facts={"room": "Ärger"}, share=0.5, seen=MORNING, mood=Colour.BLUE))
    with server.session() as session:
        row = session.execute(
            "SELECT pg_typeof(at)::text, pg_typeof(day)::text, pg_typeof(weight)::text, pg_typeof(flag)::text,"
            f" pg_typeof(share)::text, at + interval '1 hour' > seen, mood, facts::jsonb ->> 'room'"
            f" FROM {schema}.sample"
        ).fetchone()
    assert row == (
        *("timestamp with time zone", "date", "bigint", "boolean", "double precision"),
        *(True, "blue", "Ärger"),
    )


def test_rows_and_ranges_are_of_one_moment(open_store: OpenStore) -> None:
    """Two rows that are always written together are never read apart, by key or in a range."""
    writer, reader = open_store(), open_store()
    rows = [sample("a", 1), sample("b", 1)]
    put(writer, *rows)
    done = Event()

    def write() -> None:
        try:
            for weight in range(200):
                put(writer, *(attrs.evolve(row, weight=weight) for row in rows))
        finally:
            done.set()

    thread = Thread(target=write)
    thread.start()
    asked = 0
    wanted = Range(Sample, "key")
    while not done.is_set() or not asked:
        found = reader.read(Read((key_of(rows[0]),), (wanted,)))
        weights = {row.weight for row in found.scan(wanted).records}
        first: Record | None = found.get(Sample, "a", 1)
        assert isinstance(first, Sample)
        assert weights == {first.weight}
        asked += 1
    thread.join(60)
