"""Faults to order: stores that fail as real ones do, repeatably, and a process that dies at any commit you choose."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import TypeVar

import attrs

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Range, Read, Record, Rows
from innovationhub.errors import Conflict, Unavailable
from innovationhub.protocols.store import Commit, Store, SupportsCount

__all__ = ["Died", "Dying", "Fault", "Flaky", "crash_points"]

T = TypeVar("T")


class Died(
    BaseException
):  # not an `Exception`: no handler on the way may go on, as none does in a dead process
    """The process ended here. Raised by `Dying`; what was committed before is all there is."""


class _Wrapping:
    """A store that is another one, but for what goes wrong."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def read(self, request: Read) -> Rows:
        """See `Store.read`."""
        return self.store.read(request)

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`."""
        return self.store.commit(commit)

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """See `Store.tail`."""
        return self.store.tail(after, limit)

    def count(self, wanted: Range[Record]) -> int:
        """See `SupportsCount.count`; by reading, where the store cannot count."""
        if isinstance(self.store, SupportsCount):
            return self.store.count(wanted)
        whole = wanted._replace(limit=10**9)
        return len(self.store.read(Read(ranges=(whole,))).scan(whole).rows)

    def close(self) -> None:
        """See `Store.close`."""
        self.store.close()


@attrs.frozen
class Fault:
    """One thing that went wrong: the number of the call (from 1), `read` or `commit`, and what."""

    call: int
    method: str
    what: str


class Flaky(_Wrapping):
    """A store that fails now and then, the same way for the same seed and the same calls.

    Of every call about `rate` fails: a reading with `Unavailable`; a commit in one of four ways:

    - `unavailable`: nothing was done, and that is known
    - `conflict`: nothing was done, as if somebody else had been first
    - `lost before`: nothing was done, but nobody can know (`outcome_known` False)
    - `lost after`: it was done, and the answer was lost (`outcome_known` False)

    `faults` lists what happened. `rate = 0.0` from some moment on lets everything through.
    """

    def __init__(self, store: Store, seed: int, *, rate: float = 0.1) -> None:
        super().__init__(store)
        self.rate = rate
        self.faults: list[Fault] = []
        self._chance = random.Random(seed)
        self._calls = 0
        self._lock = Lock()

    def read(self, request: Read) -> Rows:
        """See `Store.read`."""
        if self._next("read", ("unavailable",)):
            raise Unavailable("this store was made to fail: it could not be read")
        return super().read(request)

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`."""
        what = self._next("commit", ("unavailable", "conflict", "lost before", "lost after"))
        if what == "unavailable":
            raise Unavailable("this store was made to fail: nothing was done")
        if what == "conflict":
            raise Conflict(tuple(commit.relied)[:1])
        if what == "lost before":
            raise Unavailable("this store was made to fail: the answer was lost", outcome_known=False)
        done = super().commit(commit)
        if what == "lost after":
            raise Unavailable("this store was made to fail: the answer was lost", outcome_known=False)
        return done

    def _next(self, method: str, ways: tuple[str, ...]) -> str:
        with self._lock:
            self._calls += 1
            # both are drawn each time, so that a change of the rate does not shift what comes after
            fails, way = self._chance.random() < self.rate, self._chance.choice(ways)
            if not fails:
                return ""
            self.faults.append(Fault(self._calls, method, way))
            return way


class Dying(_Wrapping):
    """A store whose process ends at its commit number `at` (from 1): just before it is done, or just after.

    From then on it does nothing any more. Open the store underneath anew and see what is there.
    """

    def __init__(self, store: Store, *, at: int, after: bool = False) -> None:
        super().__init__(store)
        self.at = at
        self.after = after
        self.commits = 0
        self.died = False

    def read(self, request: Read) -> Rows:
        """See `Store.read`."""
        self._check_alive()
        return super().read(request)

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """See `Store.tail`."""
        self._check_alive()
        return super().tail(after, limit)

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`."""
        self._check_alive()
        self.commits += 1
        if self.commits != self.at:
            return super().commit(commit)
        self.died = True
        if self.after:
            super().commit(commit)
        raise Died(f"{'after' if self.after else 'before'} commit {self.at}")

    def _check_alive(self) -> None:
        if self.died:
            raise Died(f"the process ended at commit {self.at}")


def crash_points(
    make: Callable[[], Store], work: Callable[[Store], T], *, most: int = 1000
) -> Iterator[tuple[Dying, T | None]]:
    """Do `work` on a fresh store again and again, dying at each of its commits in turn, before it and after it.

    Gives for each time the store that died (what was kept is in its `.store`) and what `work` returned: None where it
    died. The last is the time it got through. `most` bounds how many commits the work may have.

        for dying, _ in crash_points(lambda: MemoryStore(CORE_RECORDS), work):
            assert Hub(dying.store, load(discover=False), clock).audit() == []
    """
    for at in range(1, most + 1):
        for after in (False, True):
            dying = Dying(make(), at=at, after=after)
            done: T | None = None
            with contextlib.suppress(Died):
                done = work(dying)
            yield dying, done
            if not dying.died:
                return
    raise AssertionError(f"the work had more than {most} commits: raise `most`, or do less")
