"""The contract, committing: all of it or none, and only while everything that was relied on still holds."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from innovationhub.domain.records import Key, Range, Read, Record, key_of
from innovationhub.errors import Conflict, PluginError, Unavailable
from innovationhub.protocols.store import Commit, Store, SupportsConfirm
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.patience import Guarded
from innovationhub.testing.samples import Sample, Tally, delete, entry, get, put, sample, scan, version

__all__ = ["Committing"]

GONE: Key[Record] = Key(Sample, ("never", 0))


def _moves(store: Store, row: Record) -> dict[str, Callable[[], object]]:
    """Everything that can become of a row between reading and committing."""
    return {
        "written": lambda: put(store, attrs.evolve(row, weight=2) if isinstance(row, Sample) else row),
        "written as it was": lambda: put(store, row),
        "deleted": lambda: delete(store, row),
        "deleted and made again": lambda: (delete(store, row), put(store, row)),
    }


class Committing(StoreCase):
    """All or nothing, and versions."""

    def test_a_commit_is_all_or_nothing(self, store: Guarded) -> None:
        """One row that moved, and nothing is done: no row written or deleted, no entry, no position used."""
        first, second, third, fourth = (sample("a", place) for place in range(1, 5))
        put(store, first, third, fourth, entries=(entry(),))
        stale = version(store, third)
        put(store, third)
        changed = attrs.evolve(first, weight=9)
        relied = {key_of(row): version(store, row) for row in (first, second, fourth)}
        for order in (relied | {key_of(third): stale}, {key_of(third): stale} | relied):
            with pytest.raises(Conflict) as conflict:
                store.commit(Commit(order, (changed, second), (key_of(fourth),), (entry("never"),)))
            assert conflict.value.rows == (key_of(third),)
        assert [get(store, row) for row in (first, second, third, fourth)] == [first, None, third, fourth]
        assert {key_of(row): version(store, row) for row in (first, second, fourth)} == relied
        assert [each.kind for each in store.tail(0, 10)] == ["test.noted"]
        assert put(store, second, entries=(entry(),)) == 2

    @pytest.mark.parametrize("what", list(_moves(None, sample())))  # type: ignore[arg-type]  # not called
    def test_a_row_that_moved_is_a_conflict_written_or_not(self, store: Guarded, what: str) -> None:
        """Whether the commit writes it, deletes it or only relied on it. And the conflict names it."""
        row, other = sample("a", 1), sample("b", 1)
        put(store, row)
        read = version(store, row)
        _moves(store, row)[what]()
        there = (get(store, row), version(store, row))
        relied = {key_of(row): read, key_of(other): None}
        for commit in (
            Commit(relied, (attrs.evolve(row, weight=5), other), (), (entry(),)),
            Commit(relied, (other,), (key_of(row),), (entry(),)),
            Commit(relied, (other,), (), (entry(),)),
            Commit({key_of(row): read}, (), (), (entry(),)),
            Commit({key_of(row): read}),
        ):
            with pytest.raises(Conflict) as conflict:
                store.commit(commit)
            assert conflict.value.rows == (key_of(row),)
        assert (get(store, row), version(store, row), get(store, other)) == (*there, None)
        assert list(store.tail(0, 10)) == []

    def test_a_row_that_has_come_is_a_conflict(self, store: Guarded) -> None:
        """Where "there was none" was relied on, for what is written, and for what is not."""
        came, other = Tally("came", 1), sample()
        put(store, came)
        relied = {key_of(came): None, key_of(other): None}
        for puts in ((Tally("came", 2), other), (other,), ()):
            with pytest.raises(Conflict) as conflict:
                store.commit(Commit(relied, puts))
            assert conflict.value.rows == (key_of(came),)
        assert (get(store, came), get(store, other)) == (came, None)

    def test_a_row_that_never_was_is_a_conflict_too(self, store: Guarded) -> None:
        """Whoever relies on a version of a row that is not there read something else."""
        row = sample()
        for commit in (
            Commit({GONE: 1, key_of(row): None}, (row,)),
            Commit({key_of(row): 12345}, (row,)),
            Commit({GONE: 1, key_of(row): None}, (row,), (GONE,)),
            Commit({GONE: 1}, (), (GONE,)),
            Commit({GONE: 1}),
        ):
            with pytest.raises(Conflict):
                store.commit(commit)
        assert get(store, row) is None

    def test_what_holds_is_no_conflict(self, store: Guarded) -> None:
        """Rows relied on that did not move, and others that moved, are in nobody's way."""
        row, other, third = sample("a", 1), sample("a", 2), sample("a", 3)
        put(store, row, other)
        relied = {key_of(row): version(store, row), GONE: None, key_of(third): None}
        put(store, attrs.evolve(other, weight=9))
        store.commit(Commit(relied, (third,)))
        assert get(store, third) == third

    def test_every_row_that_moved_may_be_named_and_no_other(self, store: Guarded) -> None:
        """Many rows relied on, some moved: those named are among them, and there is at least one."""
        rows = [Tally(f"n{number:03}") for number in range(120)]
        put(store, *rows)
        relied = {key_of(row): version(store, row) for row in rows}
        assert store.commit(Commit(relied)) == 0
        moved = rows[5::40]
        put(store, *moved)
        for puts in (tuple(rows), ()):
            with pytest.raises(Conflict) as conflict:
                store.commit(Commit(relied, puts))
            assert set(conflict.value.rows) & {key_of(row) for row in moved}
            assert set(conflict.value.rows) <= {key_of(row) for row in moved}

    def test_the_row_that_moved_may_stand_anywhere(self, store: Guarded) -> None:
        """Among many that are written together, first or last: it stops all of them, made anew or changed."""
        rows, new = ([sample(shelf, place) for place in range(21)] for shelf in "ab")
        put(store, *rows)
        relied = {key_of(row): version(store, row) for row in rows}
        written = tuple(attrs.evolve(row, weight=9) for row in rows)
        for row in rows:
            with pytest.raises(Conflict) as conflict:
                store.commit(Commit(relied | {key_of(row): 12345}, written, (), (entry(),)))
            assert conflict.value.rows == (key_of(row),)
        assert scan(store, Range(Sample, "key")) == rows
        for row in new:
            put(store, row)
            with pytest.raises(Conflict) as conflict:
                store.commit(Commit(dict.fromkeys(map(key_of, new)), tuple(new), (), (entry(),)))
            assert conflict.value.rows == (key_of(row),)
            delete(store, row)
        assert (scan(store, Range(Sample, "key")), list(store.tail(0, 9))) == (rows, [])

    def test_versions_never_come_back(self, store: Guarded) -> None:
        """Each writing gives a row a version that it never had, also after it was deleted and made again."""
        row, seen = sample(), []
        for number in range(12):
            if number % 3 == 2:
                delete(store, row)
            put(store, attrs.evolve(row, weight=number // 6))
            seen.append(version(store, row))
        assert None not in seen
        assert len(set(seen)) == len(seen)
        assert all(type(each) is int for each in seen)

    def test_a_version_is_only_moved_by_writing(self, store: Guarded) -> None:
        """Reading a row, relying on it, and what happens to others leave its version as it is."""
        row, other = sample("a", 1), sample("a", 2)
        put(store, row)
        read = version(store, row)
        store.commit(Commit({key_of(row): read, key_of(other): None}, (other,), (), (entry(),)))
        delete(store, other)
        assert version(store, row) == read

    def test_one_commit_does_everything(self, store: Guarded) -> None:
        """Rows made, changed and deleted, of several classes, and entries, in one."""
        kept, dropped, made = sample("a", 1), sample("a", 2), sample("a", 3)
        put(store, kept, dropped, Tally("x"))
        rows: tuple[Record, ...] = (attrs.evolve(kept, weight=4), made, Tally("x", 1), Tally("y"))
        relied = {key_of(row): version(store, row) for row in (*rows, dropped)}
        assert store.commit(Commit(relied, rows, (key_of(dropped),), (entry("one"), entry("two")))) == 2
        assert scan(store, Range(Sample, "key")) == [rows[0], made]
        assert scan(store, Range(Tally, "key")) == [Tally("x", 1), Tally("y")]
        assert [each.kind for each in store.tail(0, 9)] == ["one", "two"]

    def test_a_commit_says_where_the_journal_ends(self, store: Guarded) -> None:
        """The position of the last entry, whether the commit added any or not; 0 while there is none."""
        assert store.commit(Commit({})) == 0
        assert put(store, sample()) == 0
        assert store.commit(Commit({}, entries=(entry(), entry(), entry()))) == 3
        assert put(store, sample()) == 3
        assert delete(store, sample()) == 3
        assert store.commit(Commit({}, entries=(entry(),))) == 4

    def test_a_large_commit_is_one_too(self, store: Guarded) -> None:
        """Hundreds of rows and entries."""
        rows = [sample(f"s{place % 7}", place, weight=place) for place in range(300)]
        entries = tuple(entry(number=number) for number in range(300))
        relied = dict.fromkeys(key_of(row) for row in rows)
        assert store.commit(Commit(relied, tuple(rows), (), entries)) == 300
        assert len(scan(store, Range(Sample, "key"))) == 300
        assert [each.facts["number"] for each in store.tail(0, 1000)] == list(range(300))
        with pytest.raises(Conflict):
            store.commit(Commit(relied, tuple(rows), (), entries))
        assert len(store.tail(0, 1000)) == 300
        changed = [attrs.evolve(row, weight=-row.place) for row in rows]
        assert put(store, *changed, entries=entries[:9]) == 309
        there = store.read(Read(tuple(map(key_of, rows)))).keys
        assert [each.record for each in there.values() if each] == changed

    def test_deleting_what_is_not_there_does_nothing(self, store: Guarded) -> None:
        """Where that is what was relied on."""
        store.commit(Commit({GONE: None}, (), (GONE,), (entry(),)))
        assert get(store, GONE) is None
        assert len(store.tail(0, 9)) == 1

    def test_after_a_conflict_a_store_goes_on(self, store: Guarded) -> None:
        """Nothing is left locked or under way, however often it happened."""
        row = sample()
        put(store, row)
        for number in range(30):
            with pytest.raises(Conflict):
                store.commit(Commit({key_of(row): None}, (row,)))
            put(store, attrs.evolve(row, weight=number))
        assert get(store, row) == attrs.evolve(row, weight=29)

    @pytest.mark.parametrize(
        "fields", [{"weight": None}, {"weight": 2**63}, {"note": "half a pair: \ud800"}], ids=str
    )
    def test_a_value_that_a_store_may_not_take_is_kept_whole_or_not_at_all(
        self, store: Guarded, fields: dict[str, object]
    ) -> None:
        """A store that checks values says `PluginError` and does nothing; one that does not keeps all of it."""
        good, bad = sample("a", 1), sample("a", 2, **fields)
        relied = dict.fromkeys([key_of(good), key_of(bad)])
        try:
            store.commit(Commit(relied, (good, bad), (), (entry(),)))
        except PluginError:
            assert (get(store, good), get(store, bad), list(store.tail(0, 9))) == (None, None, [])
        else:
            assert (get(store, good), get(store, bad), len(store.tail(0, 9))) == (good, bad, 1)

    def test_confirming_changes_nothing(self, store: Guarded) -> None:
        """For stores that confirm: no row, no version, no position moves; a closed one says so."""
        real = store.store
        if not isinstance(real, SupportsConfirm):
            pytest.skip("this store does not confirm (SupportsConfirm): what can be read in it lasts")
        self.patience.call("confirm", real.confirm)
        put(store, sample(), entries=(entry(),))
        before = version(store, sample())
        self.patience.call("confirm", real.confirm)
        assert (get(store, sample()), version(store, sample())) == (sample(), before)
        assert put(store, sample("b"), entries=(entry(),)) == 2
        store.close()
        with pytest.raises(Unavailable):
            self.patience.call("confirm", real.confirm)

    def test_a_closed_store_says_so(self, store: Guarded) -> None:
        """Closing twice is fine; using it afterwards is `Unavailable`, and certainly changes nothing."""
        put(store, sample())
        store.close()
        store.close()
        for use in (
            lambda: get(store, sample()),
            lambda: store.tail(0, 1),
            lambda: store.commit(Commit({key_of(Tally("x")): None}, (Tally("x"),))),
        ):
            with pytest.raises(Unavailable) as unavailable:
                use()
            assert unavailable.value.outcome_known
