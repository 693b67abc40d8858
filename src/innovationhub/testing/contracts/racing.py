"""The contract, racing: of many who decided on the same rows one gets through, and no update is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import attrs

from innovationhub.domain.records import Key, Range, Record, key_of
from innovationhub.errors import Conflict
from innovationhub.protocols.store import Commit, Store
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.patience import Guarded, quick_switches
from innovationhub.testing.samples import Sample, Tally, delete, entry, found, get, put, sample, scan, version

__all__ = ["Racing"]

RIVALS = 6
ROUNDS = 15
INCREMENTS = 12
ATTEMPTS = 5000


def _change(rivals: Sequence[Store], row: Sample) -> list[Commit]:
    """Each writes the same row, which is there."""
    read = version(rivals[0], row)
    return [Commit({key_of(row): read}, (attrs.evolve(row, weight=place),)) for place in range(len(rivals))]


def _make(rivals: Sequence[Store], row: Sample) -> list[Commit]:
    """Each makes the same row, which is not there."""
    delete(rivals[0], row)
    return [Commit({key_of(row): None}, (attrs.evolve(row, weight=place),)) for place in range(len(rivals))]


def _remove(rivals: Sequence[Store], row: Sample) -> list[Commit]:
    """Each deletes the same row."""
    read = version(rivals[0], row)
    return [Commit({key_of(row): read}, (), (key_of(row),)) for _ in rivals]


def _guard(rivals: Sequence[Store], row: Sample) -> list[Commit]:
    """Each makes a row of its own, and touches the guard that all of them relied on."""
    read = version(rivals[0], row)
    made = [Tally(f"{place}", 1) for place in range(len(rivals))]
    return [Commit({key_of(row): read, key_of(each): version(rivals[0], each)}, (row, each)) for each in made]


class Racing(StoreCase):
    """Races with real threads, over one store and over several that share their data."""

    def test_of_many_rivals_one_wins(self, store: Guarded) -> None:
        """All rely on the same row and then commit at once: one does it, the others get `Conflict`."""
        self._assert_one_wins([store.store] * RIVALS)

    def test_of_rivals_in_other_processes_one_wins_too(self, store: Guarded) -> None:
        """Each with a connection of its own."""
        self.needs_shared()
        self._assert_one_wins([store.store, *(self.opened().store for _ in range(RIVALS - 1))])

    def _assert_one_wins(self, rivals: Sequence[Store]) -> None:
        row = sample()
        for number in range(ROUNDS):
            for way in (_change, _make, _remove, _guard):
                put(rivals[0], row)
                said = entry(way.__name__, number=number)
                commits = [attrs.evolve(each, entries=(said,)) for each in way(rivals, row)]
                end = rivals[0].commit(Commit({}))
                results = self._race(rivals, commits)
                won = [each for each in results if isinstance(each, int)]
                lost = [each for each in results if isinstance(each, Conflict)]
                assert (len(won), len(lost)) == (1, len(rivals) - 1), (way.__doc__, results)
                assert won == [end + 1]
                assert len(rivals[0].tail(end, 100)) == 1
                self._assert_the_winners(rivals[-1], commits[results.index(won[0])])

    def _race(self, rivals: Sequence[Store], commits: Sequence[Commit]) -> list[int | BaseException]:
        works = [_committing(each, commit) for each, commit in zip(rivals, commits, strict=True)]
        with quick_switches():
            return self.patience.together("commit", works)

    def _assert_the_winners(self, store: Store, commit: Commit) -> None:
        """What is there is what the winner wrote, whoever looks."""
        assert [get(store, key_of(row)) for row in commit.puts] == list(commit.puts)
        assert [get(store, key) for key in commit.deletes] == [None] * len(commit.deletes)

    def test_who_only_relied_on_a_row_is_a_rival_too(self, store: Guarded) -> None:
        """Two who each read both rows and write one: never do both get through, or both would be wrong.

        Where the rows are there, and where they are not and each would make one.
        """
        stores = [store.store] * 2
        if self.lasting and self.shared:
            stores[1] = self.opened().store
        for number in range(ROUNDS * 2):
            rows = [Tally("left"), Tally("right")]
            (put if number % 2 else delete)(store.store, *rows)
            relied = {key_of(row): version(store.store, row) for row in rows}
            commits = [Commit(relied, (attrs.evolve(row, count=1),)) for row in rows]
            results = self._race(stores, commits)
            assert sum(isinstance(each, int) for each in results) == 1, (number, results)
            assert sum(isinstance(each, Conflict) for each in results) == 1, (number, results)

    def test_no_update_is_lost(self, store: Guarded) -> None:
        """Every thread adds one, again where it conflicted: in the end the count is what was added."""
        self._assert_counted([store.store] * RIVALS)

    def test_no_update_of_another_process_is_lost(self, store: Guarded) -> None:
        """The same with a connection of its own for each."""
        self.needs_shared()
        self._assert_counted([store.store, *(self.opened().store for _ in range(RIVALS - 1))])

    def _assert_counted(self, stores: Sequence[Store]) -> None:
        row = Tally("count")
        put(stores[0], row)
        with quick_switches():
            results = self.patience.together("count", [_counting(each, key_of(row)) for each in stores])
        assert [each for each in results if isinstance(each, BaseException)] == []
        assert get(stores[0], row) == Tally("count", len(stores) * INCREMENTS)
        counted = [each.facts["count"] for each in stores[0].tail(0, 1000)]
        assert counted == list(range(1, len(stores) * INCREMENTS + 1))

    def test_readers_do_not_hold_up_writers(self, store: Guarded) -> None:
        """Nor the other way round: both go on, and nobody gets an error."""
        put(store, *(sample("a", place) for place in range(20)))

        def write() -> int:
            for number in range(40):
                put(store.store, sample("b", number))
            return 40

        def read() -> int:
            return sum(len(scan(store.store, Range(Sample, "key", ("a",)))) for _ in range(40))

        with quick_switches():
            results = self.patience.together("read and write", [write, read, read])
        assert results == [40, 800, 800]


def _committing(store: Store, commit: Commit) -> Callable[[], int]:
    return lambda: store.commit(commit)


def _counting(store: Store, key: Key[Record]) -> Callable[[], int]:
    def count() -> int:
        done = 0
        for _ in range(ATTEMPTS):
            there = found(store, key)
            assert there is not None
            assert isinstance(there.record, Tally)
            time.sleep(0)  # let another thread be first
            more = attrs.evolve(there.record, count=there.record.count + 1)
            try:
                store.commit(Commit({key: there.version}, (more,), (), (entry(count=more.count),)))
            except Conflict:
                continue
            done += 1
            if done == INCREMENTS:
                return done
        raise AssertionError(f"{ATTEMPTS} attempts were not enough to add {INCREMENTS} times")

    return count
