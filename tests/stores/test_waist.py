"""What a store is: the memory store and the SQLite store answer every reading alike, whatever was committed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from innovationhub import Conflict, Entry
from innovationhub.builtin.memory import open_memory
from innovationhub.builtin.sqlite import open_sqlite
from innovationhub.domain.records import Key, Range, Read, Record, key_of, record
from innovationhub.protocols.store import Commit, Store, StoreRequest, SupportsCount
from tests.stores.samples import Colour, Sample

MakeStore = Callable[[], Store]
MORNING = datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeStore]:
    opened: list[Store] = []

    def make() -> Store:
        if request.param == "memory":
            opened.append(open_memory(StoreRequest("memory:", (Sample,))))
        else:
            opened.append(open_sqlite(StoreRequest(f"sqlite:///{tmp_path / 'store.db'}", (Sample,))))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    return make_store()


def sample(shelf: str = "a", place: int = 1, **fields: object) -> Sample:
    plain = {"colour": Colour.RED, "weight": 1, "flag": True, "at": MORNING, "day": date(2026, 12, 1)}
    return Sample(shelf, place, **{**plain, **fields})  # type: ignore[arg-type]


def entry(kind: str = "booking.confirmed", subject: str = "s") -> Entry:
    return Entry(
        0, MORNING, "system:test", kind, subject, {"number": 1, "text": "x", "none": None, "yes": True}
    )


def version(store: Store, row: Record) -> int | None:
    found = store.read(Read((key_of(row),))).keys[key_of(row)]
    return found.version if found else None


def put(store: Store, *rows: Record, entries: tuple[Entry, ...] = ()) -> int:
    return store.commit(Commit({key_of(row): version(store, row) for row in rows}, rows, (), entries))


AWKWARD = [
    "",
    " ",
    "\x00",
    "a\x00",
    "\x00b",
    "é",
    "🙂",
    "'; DROP TABLE sample; --",
    "\\",
    '"',
    "a\nb",
    "x" * 5000,
]


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_comes_back_as_it_went_in(store: Store, text: str) -> None:
    """In a key, in an optional field and in facts: to the last byte."""
    row = sample(text, 1, note=text, facts={"text": text})
    put(store, row)
    assert store.read(Read((key_of(row),))).get(Sample, text, 1) == row


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
    """Whatever its offset was, the same instant comes back, aware."""
    put(store, sample(at=at, seen=at))
    row = store.read(Read((Key(Sample, ("a", 1)),))).get(Sample, "a", 1)
    assert row is not None
    assert (row.at, row.seen) == (at, at)
    assert row.at.utcoffset() is not None


def test_writing_a_row_as_it_is_moves_its_version(store: Store) -> None:
    """That is how a guard is touched."""
    row = sample()
    put(store, row)
    before = version(store, row)
    put(store, row)
    assert version(store, row) != before


@pytest.mark.parametrize(
    ("key", "indexes", "message"),
    [
        (("missing",), {}, "missing"),
        (("name",), {"by": ("maybe",)}, "maybe"),
    ],
)
def test_a_record_that_cannot_be_kept_is_found_when_it_is_written(
    key: tuple[str, ...], indexes: dict[str, tuple[str, ...]], message: str
) -> None:
    """Keys and indexes name fields that are never absent; the class's author is told at import."""

    @attrs.frozen
    class Bad(Record):
        name: str
        maybe: int | None

    with pytest.raises(TypeError, match=message):
        record("bad", key=key, indexes=indexes)(Bad)


texts = st.sampled_from(["a", "b", "c", "", "\x00"])
samples = st.builds(
    Sample,
    shelf=texts,
    place=st.integers(0, 3),
    colour=st.sampled_from(Colour),
    weight=st.integers(-(2**40), 2**40) | st.integers(0, 3),
    flag=st.booleans(),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.just(UTC)),
    day=st.dates(date(2026, 1, 1), date(2026, 1, 5)),
    share=st.floats(allow_nan=False),
    note=st.none() | texts,
    seen=st.none() | st.datetimes(datetime(2026, 1, 1), timezones=st.just(UTC)),
    mood=st.none() | st.sampled_from(Colour),
    facts=st.dictionaries(texts, st.none() | st.booleans() | st.integers(-5, 5) | texts, max_size=3),
)


@st.composite
def ranges(draw: st.DrawFn) -> Range[Sample]:
    by, choices = draw(
        st.sampled_from(
            [
                ("by_colour", [st.sampled_from(Colour), st.integers(0, 3)]),
                (
                    "by_instant",
                    [st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.just(UTC))],
                ),
                ("by_flag", [st.booleans(), st.dates(date(2026, 1, 1), date(2026, 1, 5))]),
                ("key", [texts, st.integers(0, 3)]),
            ]
        )
    )
    depth = draw(st.integers(0, len(choices)))
    prefix = tuple(draw(each) for each in choices[:depth])
    bounds = (st.none() | choices[depth]) if depth < len(choices) else st.none()
    return Range(Sample, by, prefix, draw(bounds), draw(bounds), draw(st.integers(1, 6)), draw(st.booleans()))


class StoresAgree(RuleBasedStateMachine):
    """The same commits on both stores; then the same questions."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        address = f"sqlite:///{Path(self.folder.name) / 'store.db'}"
        self.sqlite = StoreRequest(address, (Sample,))
        self.stores = [open_memory(StoreRequest("memory:", (Sample,))), open_sqlite(self.sqlite)]

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        self.folder.cleanup()

    @rule(
        rows=st.lists(samples, max_size=4, unique_by=lambda row: (row.shelf, row.place)),
        notes=st.integers(0, 3),
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
        memory, sqlite = (store.read(Read((key_of(row),), tuple(wanted))) for store in self.stores)
        assert memory.get(Sample, row.shelf, row.place) == sqlite.get(Sample, row.shelf, row.place)
        for each in wanted:
            assert memory.scan(each).records == sqlite.scan(each).records
            assert memory.scan(each).cut == sqlite.scan(each).cut
            counts = [store.count(each) for store in self.stores if isinstance(store, SupportsCount)]
            assert counts[0] == counts[1]
            assert memory.scan(each).cut == (counts[0] > each.limit)

    @rule()
    def reopen(self) -> None:
        self.stores[1].close()
        self.stores[1] = open_sqlite(self.sqlite)

    @invariant()
    def tails_agree(self) -> None:
        assert self.stores[0].tail(0, 1000) == self.stores[1].tail(0, 1000)


TestStoresAgree = StoresAgree.TestCase
TestStoresAgree.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)


@given(row=samples)
def test_a_range_holds_what_it_says(row: Sample) -> None:
    """`Range.holds` and the memory store mean the same by a range."""
    store = open_memory(StoreRequest("memory:", (Sample,)))
    put(store, row)
    for wanted in (
        Range(Sample, "by_colour", (row.colour,), low=row.weight),
        Range(Sample, "by_colour", (row.colour,), high=row.weight),
        Range(Sample, "key", (row.shelf,), low=0, high=2),
    ):
        found = store.read(Read(ranges=(wanted,))).scan(wanted).records
        assert (found == [row]) == wanted.holds(row)


def test_only_text_is_searched() -> None:
    """What has no words, or is not there, cannot be: its author's fault, found when the class is made."""

    @attrs.frozen
    class Note(Record):
        id: str
        told: str | None
        colour: Colour
        count: int

    assert record("note", key=("id",), search=("id", "told"))(Note).__schema__.search == ("id", "told")
    for field in ("colour", "count", "size"):
        with pytest.raises(TypeError, match=f"record note: search needs '{field}' to be a field of text"):
            record("note", key=("id",), search=(field,))(Note)
