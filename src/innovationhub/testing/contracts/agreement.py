"""The contract, agreement: whatever is committed, in whatever order, the store answers as the memory store does.

A Hypothesis state machine behind one test. It finds what no list of examples has: rows that only come wrong after a
certain three commits. What it finds is shown as the shortest run that shows it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.records import Key, Range, Read, Record, key_of
from innovationhub.errors import Conflict
from innovationhub.protocols.store import Commit, Store, SupportsSearch
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.patience import Guarded
from innovationhub.testing.samples import SAMPLES, Colour, Paper, Sample, Tally, entry, version

__all__ = ["Agreement"]

texts = st.sampled_from(["a", "b", "A", "", "\x00", "a\x00", "é", "🙂"])
days = st.dates(date(2026, 1, 1), date(2026, 1, 4))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 2), timezones=st.just(UTC))
whole = st.integers(0, 3) | st.integers(-(2**63), 2**63 - 1)
shares = st.sampled_from([0.0, -1.5, 0.1]) | st.floats(allow_nan=False)
samples = st.builds(
    Sample,
    shelf=texts,
    place=st.integers(-1, 2),
    colour=st.sampled_from(Colour),
    weight=whole,
    flag=st.booleans(),
    at=instants,
    day=days,
    share=shares,
    note=st.none() | texts,
    seen=st.none() | instants,
    mood=st.none() | st.sampled_from(Colour),
    number=st.none() | whole,
    good=st.none() | st.booleans(),
    facts=st.dictionaries(texts, st.none() | st.booleans() | st.integers(-5, 5) | texts, max_size=3),
)
tallies = st.builds(Tally, texts, st.integers(0, 3))
said = st.lists(st.sampled_from(["ward", "Tea", "bed-side", "x9", "kettle."]), max_size=4).map(" ".join)
papers = st.builds(Paper, texts, st.integers(0, 2), said, st.none() | said, st.integers(0, 2))
rows = st.lists(samples | tallies | papers, max_size=4, unique_by=key_of)
choices: dict[str, list[st.SearchStrategy[object]]] = {
    "key": [texts, st.integers(-1, 2)],
    "by_colour": [st.sampled_from(Colour), st.integers(0, 3)],
    "by_instant": [instants],
    "by_flag": [st.booleans(), days],
    "by_share": [shares],
}


@st.composite
def ranges(draw: st.DrawFn) -> Range[Record]:
    """A range of samples over one of the indexes."""
    by = draw(st.sampled_from(sorted(choices)))
    fields = choices[by]
    depth = draw(st.integers(0, len(fields)))
    prefix = tuple(draw(each) for each in fields[:depth])
    bound = (st.none() | fields[depth]) if depth < len(fields) else st.none()
    made = (Sample, by, prefix, draw(bound), draw(bound), draw(st.integers(1, 6)), draw(st.booleans()))
    return Range(*made)  # type: ignore[arg-type]  # each bound is of its field's kind


class _Agree(RuleBasedStateMachine):
    """The same commits on both stores, then the same questions."""

    def __init__(self, case: StoreCase, opened: Callable[[Path], Guarded]) -> None:
        super().__init__()
        self.case = case
        self.opened = opened
        self.within = tempfile.TemporaryDirectory()
        self.folder = Path(self.within.name)
        self.model = MemoryStore(SAMPLES)
        self.store: Guarded = opened(self.folder)

    def teardown(self) -> None:
        self.store.close()
        self.case.discard(self.folder)
        self.within.cleanup()

    @property
    def stores(self) -> tuple[Store, Store]:
        return self.model, self.store

    @rule(written=rows, gone=rows, relied=rows, notes=st.integers(0, 2) | st.integers(8, 20))
    def commit(self, written: list[Record], gone: list[Record], relied: list[Record], notes: int) -> None:
        """Rows written, deleted and relied on, in one commit."""
        puts = {key_of(row): row for row in written}
        drops = tuple(key for key in dict.fromkeys(map(key_of, gone)) if key not in puts)
        entries = tuple(entry(subject=f"s{number}", number=number) for number in range(notes))
        ends = []
        for store in self.stores:
            keys = [*puts, *drops, *map(key_of, relied)]
            commit = Commit({key: version(store, key) for key in keys}, tuple(written), drops, entries)
            ends.append(store.commit(commit))
        assert ends[0] == ends[1]

    @rule(row=samples | tallies | papers, others=rows, drop=st.booleans(), first=st.booleans())
    def conflict(self, row: Record, others: list[Record], drop: bool, first: bool) -> None:
        """One row is not as it was relied on: nothing of the commit is done."""
        key = key_of(row)
        for store in self.stores:
            there = version(store, key)
            stale = {key: None if there is not None else 1}
            rest = {key_of(each): version(store, each) for each in others if key_of(each) != key}
            relied = {**stale, **rest} if first else {**rest, **stale}
            puts = tuple(each for each in others if key_of(each) != key)
            deletes: tuple[Key[Record], ...] = (key,) if drop and there is not None else ()
            with pytest.raises(Conflict):
                store.commit(Commit(relied, puts, deletes, (entry("never"),)))

    @rule(wanted=st.lists(ranges(), max_size=4), asked=rows)
    def ask(self, wanted: list[Range[Record]], asked: list[Record]) -> None:
        """Keys and ranges in one reading."""
        request = Read(tuple(map(key_of, asked)), tuple(wanted))
        expected, got = (store.read(request) for store in self.stores)
        for key in request.keys:
            one, other = expected.keys[key], got.keys[key]
            assert (one and one.record) == (other and other.record)
        for each in wanted:
            assert got.scan(each).records == expected.scan(each).records
            assert got.scan(each).cut == expected.scan(each).cut
            counted = self.store.count(each)
            assert counted is None or counted == len(
                self.model.read(Read((), (each._replace(limit=10**6),))).scan(each._replace(limit=10**6)).rows
            )

    @rule(words=said)
    def find(self, words: str) -> None:
        """By words, for stores that search; how good a match is, is the engine's own affair."""
        if isinstance(self.store.store, SupportsSearch):
            expected = self.model.search(Paper, words, 100)
            assert set(self.store.search(Paper, words)) == set(expected)

    @rule()
    def reopen(self) -> None:
        """Close and open it, where that keeps what was there."""
        if self.case.lasting:
            self.store.close()
            self.store = self.opened(self.folder)

    @invariant()
    def tails_agree(self) -> None:
        """The journal is the same."""
        assert list(self.store.tail(0, 1000)) == list(self.model.tail(0, 1000))


class Agreement(StoreCase):
    """The state machine."""

    def test_it_answers_as_the_memory_store_does(self) -> None:
        """Whatever is committed, deleted, refused and opened again: the same rows, ranges and journal."""

        def machine() -> _Agree:
            return _Agree(self, self._bounded)

        run_state_machine_as_test(machine, settings=self.thoroughness)  # type: ignore[arg-type]  # or what makes one

    def _bounded(self, folder: Path) -> Guarded:
        return Guarded(
            self.patience.call("open_store", lambda: self.open_store(folder, SAMPLES)), self.patience
        )
