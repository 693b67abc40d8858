"""The contract, lasting: what was acknowledged is there afterwards, whole, however the process ended."""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from innovationhub.domain.records import Range, key_of
from innovationhub.errors import Conflict
from innovationhub.protocols.store import Commit, Store
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.patience import Guarded, Patience, quick_switches
from innovationhub.testing.samples import (
    SAMPLES,
    Later,
    Sample,
    Tally,
    delete,
    entry,
    get,
    put,
    sample,
    scan,
    version,
)

__all__ = ["Lasting"]

PARTS = 8
"""Rows in each commit of a process that is killed."""

BEGINNINGS, STARTERS = 3, 6
"""How often a store is begun, and by how many at once."""

HALVES = 20
"""Commits of each half of a fork."""


class Lasting(StoreCase):
    """Closing and opening, dying, and what lies beside."""

    def test_it_is_all_there_when_it_is_opened_again(self, store: Guarded) -> None:
        """Rows, versions and the journal; and a decision made before still commits."""
        self.needs_lasting()
        row, gone = sample("a\x00", 1, note="x\x00", facts={"n": 1}), sample("b", 1)
        put(store, row, gone, entries=(entry("one"), entry("two")))
        delete(store, gone)
        read, seen = version(store, row), list(store.tail(0, 10))
        store.close()
        again = self.opened()
        assert (get(again, row), get(again, gone), list(again.tail(0, 10))) == (row, None, seen)
        changed = attrs.evolve(row, weight=2)
        assert again.commit(Commit({key_of(row): read}, (changed,), (), (entry("three"),))) == 3
        with pytest.raises(Conflict):
            again.commit(Commit({key_of(row): read}, (row,)))

    def test_versions_never_come_back_after_opening_again(self, store: Guarded) -> None:
        """Not even of a row that was deleted before and is made again after."""
        self.needs_lasting()
        seen: list[int | None] = []
        opened = store
        for _ in range(4):
            put(opened, sample())
            seen.append(version(opened, sample()))
            delete(opened, sample())
            opened.close()
            opened = self.opened()
        assert len(set(seen)) == 4

    def test_what_was_committed_needs_no_closing(self, store: Guarded) -> None:
        """Whoever opens the store while it is still open elsewhere finds all that was acknowledged, at once."""
        self.needs_shared()
        other = self.opened()
        for number in range(1, 6):
            put(store, sample("a", number), entries=(entry(),))
            assert get(other, sample("a", number)) == sample("a", number)
            assert len(other.tail(0, 100)) == number
            put(other, sample("b", number))
            assert get(store, sample("b", number)) == sample("b", number)

    def test_many_may_begin_it_at_once(self, tmp_path: Path) -> None:
        """The processes of a new deployment find nothing and all begin to make it: once, and all can work."""
        self.needs_shared()
        for number in range(BEGINNINGS):
            folder = self.new_folder(tmp_path, f"begun{number}")
            works = [self._beginning(folder, place) for place in range(STARTERS)]
            with quick_switches():
                assert self.patience.together("open and write", works) == [True] * STARTERS
            store = self.opened(folder)
            assert scan(store, Range(Tally, "key")) == [Tally(f"{place}") for place in range(STARTERS)]
            assert len(store.tail(0, 100)) == STARTERS

    def _beginning(self, folder: Path, place: int) -> Callable[[], bool]:
        def begin() -> bool:
            store = self.open_store(folder, SAMPLES)
            try:
                row = Tally(f"{place}")
                store.commit(Commit({key_of(row): None}, (row,), (), (entry(),)))
            finally:
                store.close()
            return True

        return begin

    def test_it_goes_on_in_both_halves_of_a_fork(self, store: Guarded) -> None:
        """As in a server that opens it and then forks its workers: neither half disturbs the other's."""
        self.needs_shared()
        put(store, Tally("before"))

        def write(name: str, into: Store) -> None:
            for number in range(HALVES):
                put(into, Tally(name, number), entries=(entry(),))

        child = _forked(lambda: write("child", store.store), store.store.close)
        try:
            write("parent", store)
        finally:
            assert _ended(child, self.seconds) == 0
        put(store, Tally("after"))
        written = [Tally("after"), Tally("before"), Tally("child", HALVES - 1), Tally("parent", HALVES - 1)]
        assert scan(store, Range(Tally, "key")) == written
        assert [each.position for each in store.tail(0, 100)] == list(range(1, 2 * HALVES + 1))

    def test_another_folder_is_another_store(self, store: Guarded, tmp_path: Path) -> None:
        """What is in one is not in the other."""
        other = self.opened(self.new_folder(tmp_path, "other"))
        put(store, sample(), entries=(entry(),))
        assert (get(other, sample()), list(other.tail(0, 9))) == (None, [])
        put(other, sample("b"))
        assert get(store, sample("b")) is None

    def test_records_may_join_later(self, tmp_path: Path) -> None:
        """A plugin that is installed afterwards brings a class of its own: what was there stays."""
        self.needs_lasting()
        folder = self.new_folder(tmp_path, "joined")
        first = self.opened(folder, (Sample,))
        put(first, sample(), entries=(entry(),))
        first.close()
        again = self.opened(folder, SAMPLES)
        put(again, Tally("x", 1))
        assert (get(again, sample()), get(again, Tally("x")), len(again.tail(0, 9))) == (
            sample(),
            Tally("x", 1),
            1,
        )

    def test_a_record_may_gain_a_field(self, tmp_path: Path) -> None:
        """A later version of a class has one more, with a default: rows that lack it have that, in its index too."""
        self.needs_lasting()
        folder = self.new_folder(tmp_path, "gained")
        first = self.opened(folder, (Sample,))
        put(first, sample(note="kept"))
        first.close()
        again = self.opened(folder, (Later,))
        old = Later("a", 1, note="kept")
        assert get(again, key_of(old)) == old
        assert scan(again, Range(Later, "by_extra", ("none yet",))) == [old]
        put(again, attrs.evolve(old, extra="now"))
        assert scan(again, Range(Later, "by_extra", ("now",))) == [attrs.evolve(old, extra="now")]

    def test_what_was_acknowledged_outlives_its_process(self) -> None:
        """A process commits and is killed before it can do anything more: everything is there."""
        self.needs_lasting()
        process = _Process(self, self.folder)
        process.tells(25, self.seconds)
        process.kill()
        assert self._assert_whole(self.opened(), process.said) >= 25

    def test_a_process_killed_in_the_middle_leaves_all_or_nothing(self) -> None:
        """At random moments of a commit: those acknowledged are there, the one under way wholly or not at all."""
        self.needs_lasting()
        chance = random.Random(20261124)
        done = 0
        for _ in range(4):
            process = _Process(self, self.folder)
            process.tells(3 + chance.randrange(12), self.seconds)
            time.sleep(chance.uniform(0, 0.004))  # a random moment of whatever is under way
            process.kill()
            store = self.opened()
            done = self._assert_whole(store, done + process.said)
            put(store, sample("still", 1, weight=done))
            store.close()

    def _assert_whole(self, store: Guarded, told: int) -> int:
        """Commit after commit: all its rows, the entry of each, the count; at most one that nobody was told of."""
        counted = get(store, Tally("commits"))
        count = counted.count if isinstance(counted, Tally) else 0
        assert told <= count <= told + 1
        rows = [sample("work", number * PARTS + part) for number in range(count) for part in range(PARTS)]
        there = scan(store, Range(Sample, "key", ("work",), limit=100_000))
        assert there == rows
        entries = store.tail(0, 100_000)
        assert [each.facts["number"] for each in entries] == list(range(count))
        return count


class _Process:
    """A process of its own that opens the store and commits without end, saying after each that it is done."""

    def __init__(self, case: StoreCase, folder: Path) -> None:
        self.said = 0
        reading, writing = os.pipe()
        self._pid = _forked(lambda: _work(case.open_store(folder, SAMPLES), lambda: os.write(writing, b".")))
        os.close(writing)
        self._reading = reading

    def tells(self, number: int, seconds: float) -> int:
        """Wait until it has said that so many are done; how many it has. It is killed where it does not in time."""
        deadline = time.monotonic() + seconds
        while self.said < number:
            ready, _, _ = select.select([self._reading], [], [], max(0.0, deadline - time.monotonic()))
            got = os.read(self._reading, 4096) if ready else b""
            if not got:
                self.kill()
                ended = "it ended" if ready else f"not within {seconds:g} s"
                raise AssertionError(
                    f"a process was to commit {number} times; it did {self.said}, and {ended}"
                )
            self.said += len(got)
        return self.said

    def kill(self) -> None:
        """End it at once, and hear what it still said."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)
        with contextlib.suppress(OSError):
            while got := os.read(self._reading, 4096):
                self.said += len(got)
            os.close(self._reading)


def _forked(*does: Callable[[], object]) -> int:
    """A child of this process that does this and ends, with 0 where nothing was raised."""
    if not hasattr(os, "fork"):
        pytest.skip("this system has no fork")
    with warnings.catch_warnings():
        # it uses none of this process's threads
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            for each in does:
                each()
            os._exit(0)
        finally:
            os._exit(1)
    return pid


def _ended(pid: int, seconds: float) -> int:
    """How a child ended; one that has not in time is killed."""
    waiting = Patience(seconds)
    try:
        return waiting.call("the child", lambda: os.waitpid(pid, 0)[1])
    except AssertionError:
        os.kill(pid, signal.SIGKILL)
        raise


def _work(store: Store, say: Callable[[], object]) -> None:
    while True:
        there = get(store, Tally("commits"))
        number = there.count if isinstance(there, Tally) else 0
        rows = [sample("work", number * PARTS + part) for part in range(PARTS)]
        relied = {key_of(row): None for row in rows} | {
            key_of(Tally("commits")): version(store, Tally("commits"))
        }
        store.commit(Commit(relied, (*rows, Tally("commits", number + 1)), (), (entry(number=number),)))
        say()
