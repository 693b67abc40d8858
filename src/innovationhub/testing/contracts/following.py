"""The contract, following: a reader of the journal misses nothing, whatever is being committed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import key_of
from innovationhub.errors import Conflict
from innovationhub.protocols.store import Commit, Store
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.patience import Guarded, quick_switches
from innovationhub.testing.samples import Tally, entry, put, sample

__all__ = ["Following"]

WRITERS = 4
COMMITS = 30


def _writer(store: Store, name: str, over: Event) -> Callable[[], list[tuple[int, int]]]:
    """Commits entries of one to three at a time, each to rows of its own; says how many and where they ended."""

    def write() -> list[tuple[int, int]]:
        acknowledged = []
        for number in range(COMMITS):
            if over.is_set():
                break
            many = 1 + number % 3
            entries = tuple(entry(name, name, number=number, part=part) for part in range(many))
            row = Tally(f"{name}-{number}")
            acknowledged.append((many, store.commit(Commit({key_of(row): None}, (row,), (), entries))))
        return acknowledged

    return write


def _follower(store: Store, limit: int, over: Event) -> Callable[[], list[Entry]]:
    """Reads on from where it is until the writers are done, and then to the end."""

    def follow() -> list[Entry]:
        seen: list[Entry] = []
        while True:
            last = over.is_set()
            while found := store.tail(seen[-1].position if seen else 0, limit):
                seen += found
            if last:
                return seen

    return follow


class Following(StoreCase):
    """The journal."""

    def test_the_tail_is_in_commit_order(self, store: Guarded) -> None:
        """Positions count from 1 without gaps, whatever position the caller gave; a conflict uses none."""
        first = Entry(99, entry().at, "someone", "one", "s", {})
        put(store, sample(), entries=(first, entry("two")))
        with pytest.raises(Conflict):
            store.commit(Commit({key_of(sample()): None}, (sample(),), (), (entry("never"),)))
        assert put(store, sample("b"), entries=(entry("three"),)) == 3
        assert [(each.position, each.kind) for each in store.tail(0, 10)] == [
            (1, "one"),
            (2, "two"),
            (3, "three"),
        ]

    def test_the_tail_begins_behind_a_position(self, store: Guarded) -> None:
        """`after` is exclusive, `limit` is kept to, and behind the end there is nothing."""
        store.commit(Commit({}, entries=tuple(entry(str(number)) for number in range(1, 8))))
        for after in range(9):
            for limit in (1, 2, 7, 100):
                positions = [each.position for each in store.tail(after, limit)]
                assert positions == list(range(after + 1, min(7, after + limit) + 1))
        assert list(store.tail(2**40, 5)) == []

    def test_positions_go_on_where_rows_are_deleted(self, store: Guarded) -> None:
        """The journal is only added to: what becomes of rows does not touch it."""
        for number in range(1, 6):
            put(store, sample(), entries=(entry(),))
            store.commit(Commit({}, entries=(entry(),)))
            assert [each.position for each in store.tail(0, 100)] == list(range(1, 2 * number + 1))

    def test_a_follower_misses_nothing(self, store: Guarded) -> None:
        """While several threads commit, each entry appears once, in order: none appears behind a later one."""
        self._assert_followed(store.store, [store.store] * WRITERS)

    def test_a_follower_in_another_process_misses_nothing_either(self, store: Guarded) -> None:
        """With a connection of its own for each writer and for the follower, as separate processes have."""
        self.needs_shared()
        self._assert_followed(store.store, [self.opened().store for _ in range(WRITERS)])

    def _assert_followed(self, followed: Store, stores: list[Store]) -> None:
        over, stop = Event(), Event()
        writers = [_writer(store, f"w{place}", stop) for place, store in enumerate(stores)]
        followers = [_follower(followed, limit, over) for limit in (1, 7)]

        def write() -> list[tuple[int, int]]:
            try:
                done = self.patience.together("write", writers)
            finally:
                over.set()
            errors = [each for each in done if isinstance(each, BaseException)]
            if errors:
                raise errors[0]
            return [each for listed in done if isinstance(listed, list) for each in listed]

        with quick_switches():
            results = self.patience.together("follow", [write, *followers])
        stop.set()
        errors = [each for each in results if isinstance(each, BaseException)]
        assert errors == []
        acknowledged, *seen = [each for each in results if isinstance(each, list)]
        for entries in seen:
            assert [each.position for each in entries] == list(range(1, len(entries) + 1))
            kinds = [(each.kind, each.facts["number"], each.facts["part"]) for each in entries]
            assert len(set(kinds)) == len(kinds)
            assert len(entries) == sum(many for many, _ in acknowledged)
            last_of = {end: many for many, end in acknowledged}
            for end, many in last_of.items():
                # a commit's entries stand together, and it was told where they end
                parts = [each.facts["part"] for each in entries[end - many : end]]
                assert parts == list(range(many))
