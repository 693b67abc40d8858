"""Bounded waits: what a store, a thread or a process does not do in time is a failure, and never a test that hangs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import TypeVar

import pytest

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Range, Read, Record, Rows
from innovationhub.protocols.store import Commit, Store, SupportsCount, SupportsScrub, SupportsSearch

__all__ = ["Guarded", "Patience", "quick_switches"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")


class Patience:
    """How long a test waits for anything. Once that was not enough, nothing is waited for again.

    What hangs once would hang each time, so a test with many steps costs one wait and not one for each of them.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._late = ""

    def call(self, what: str, work: Callable[[], T]) -> T:
        """What `work` answers or raises, in a thread of its own. Fails when it takes too long."""
        self.check()
        answers: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                answers.append(work())
            except BaseException as error:  # noqa: BLE001  # handed on to the caller as it is
                errors.append(error)

        # a daemon: a thread that never comes back must not keep the test run from ending
        thread = Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.seconds)
        if thread.is_alive():
            self._late = f"{what} did not come back within {self.seconds:g} s"
            self.check()
        if errors:
            raise errors[0]
        return answers[0]

    def together(self, what: str, works: Iterable[Callable[[], T]]) -> list[T | BaseException]:
        """What each of these answers or raises, all begun at the same moment in threads of their own."""
        self.check()
        listed = list(works)
        results: list[T | BaseException | None] = [None] * len(listed)
        go = Event()

        def run(place: int, work: Callable[[], T]) -> None:
            go.wait(self.seconds)
            try:
                results[place] = work()
            except BaseException as error:  # noqa: BLE001  # an answer like any other
                results[place] = error

        threads = [Thread(target=run, args=each, daemon=True) for each in enumerate(listed)]
        for thread in threads:
            thread.start()
        go.set()
        deadline = time.monotonic() + self.seconds
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        late = sum(thread.is_alive() for thread in threads)
        if late:
            self._late = f"{late} of {len(threads)} threads that {what} did not end within {self.seconds:g} s"
            self.check()
        return [each for each in results if each is not None]

    @property
    def late(self) -> bool:
        """Whether something did not come back in time."""
        return bool(self._late)

    def check(self) -> None:
        """Fail if something did not come back in time before."""
        if self._late:
            raise AssertionError(self._late)


class Guarded:
    """A store whose every call has a limit: what a contract speaks to, instead of the store itself."""

    def __init__(self, store: Store, patience: Patience) -> None:
        self.store = store
        self.patience = patience

    def read(self, request: Read) -> Rows:
        """See `Store.read`."""
        return self.patience.call("read", lambda: self.store.read(request))

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`."""
        return self.patience.call("commit", lambda: self.store.commit(commit))

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """See `Store.tail`."""
        return self.patience.call("tail", lambda: self.store.tail(after, limit))

    def count(self, wanted: Range[Record]) -> int | None:
        """See `SupportsCount.count`; None where the store does not have that ability."""
        store = self.store
        if not isinstance(store, SupportsCount):
            return None
        return self.patience.call("count", lambda: store.count(wanted))

    def search(self, cls: type[R], words: str, limit: int = 100) -> list[R]:
        """See `SupportsSearch.search`; skips, in the open, where the store does not have that ability."""
        store = self.store
        if not isinstance(store, SupportsSearch):
            pytest.skip("this store does not search (SupportsSearch); the hub looks through the rows")
        return list(self.patience.call("search", lambda: store.search(cls, words, limit)))

    def scrub(self) -> None:
        """See `SupportsScrub.scrub`; nothing where the store does not have that ability."""
        if isinstance(self.store, SupportsScrub):
            self.patience.call("scrub", self.store.scrub)

    def close(self) -> None:
        """See `Store.close`."""
        self.patience.call("close", self.store.close)


@contextmanager
def quick_switches() -> Iterator[None]:
    """Let Python change threads a thousand times as often, so that a gap between two steps is found by a race."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
