"""Several threads of one process: bookings that are gathered, next to hand-written SQL with a transaction for each.

All on SQLite files in one folder, WAL and `synchronous=FULL`. By hand is one thread with one writer, the fastest that
one transaction a booking gets: more threads only wait for each other. The lanes take turns in blocks: by hand, the hub
with 1, 8 and 32 threads, a commit of one row (the disk's own limit through SQLite), one page written with fdatasync.
Threads are started for each block and begin together; what is compared is a block's bookings by its time. The process
has met everybody before, as it has from a person's second booking on.

*Many sessions*: 1,000 sessions of 20 seats, spread evenly. *One hot session*: all of a block on one session.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from itertools import compress
from threading import Barrier, Thread

import attrs

from benchmarks.book import Both, floors, opened, prepared
from benchmarks.common import (
    HOT,
    Options,
    people,
    person_id,
    plain_sessions,
    put,
    row,
    spread,
    store_of,
)
from innovationhub.protocols.store import Commit

THREADS = (1, 8, 32)
BLOCK = 320
FAST = 2500
"""Syncs a second of the probe from which the disk counts as fast: where others write too it is now this, now that."""

FIRST = 10_000
"""The number of the first person who books here."""

SESSIONS = plain_sessions()


@attrs.define
class Blocks:
    """What one lane did: bookings a second, block by block, and how long each caller waited."""

    name: str
    rates: list[float] = attrs.field(factory=list)
    waits: list[float] = attrs.field(factory=list)

    def block(self, work: Callable[[int], object], places: Sequence[int], threads: int = 1) -> None:
        """Do `work` at each of these places, with so many threads; with one, in this one."""
        barrier = Barrier(threads)
        waits: list[list[float]] = [[] for _ in range(threads)]

        def some(at: int) -> None:
            barrier.wait()
            for place in places[at::threads]:
                began = time.perf_counter()
                work(place)
                waits[at].append(time.perf_counter() - began)

        workers = [Thread(target=some, args=(at,)) for at in range(1, threads)]
        for worker in workers:
            worker.start()
        began = time.perf_counter()
        some(0)
        for worker in workers:
            worker.join()
        self.rates.append(len(places) / (time.perf_counter() - began))
        self.waits += [wait for each in waits for wait in each]
        assert sum(map(len, waits)) == len(places)


def measured(both: Both, name: str, session_of: Callable[[int], str], blocks: int, first: int) -> None:
    """So many blocks of each lane, in turn; prints a table."""
    commit, sync = floors(both.folder)
    lanes = {threads: Blocks(f"hub, {threads} threads") for threads in THREADS}
    hand, floor, probe = Blocks("by hand"), Blocks("one-row commit"), Blocks("fdatasync")
    store = store_of(both.hub)
    commits = dict.fromkeys(THREADS, 0)
    lane = 0

    def counted(what: Commit) -> int:
        commits[lane] += 1
        return send(what)

    send = store.commit
    store.commit = counted  # type: ignore[method-assign,assignment]
    for at in range(blocks):
        here = first + at * BLOCK * (len(THREADS) + 1)
        places = range(here, here + BLOCK)
        hand.block(lambda i: both.hand.book(session_of(i), person_id(i), f"{name}-{i}"), places)
        for threads, measures in lanes.items():
            places, lane = range(places.stop, places.stop + BLOCK), threads
            for place in places:
                both.hub.person(person_id(place))
            measures.block(
                lambda i: both.hub.book(session_of(i), person_id(i), request_id=f"{name}-{i}"),
                places,
                threads,
            )
        floor.block(commit, range(at * BLOCK, (at + 1) * BLOCK))
        probe.block(sync, range(BLOCK))
    store.commit = send  # type: ignore[method-assign]
    (both.folder / "floor.db").unlink()
    print(f"\n{name}: {blocks * BLOCK:,} bookings each, in blocks of {BLOCK}")
    fast = [rate >= FAST for rate in probe.rates]
    for title, some in (("fast", fast), ("slow", [not each for each in fast])):
        if not any(some):
            continue
        syncs = statistics.median(compress(probe.rates, some))
        print(f"  the disk is {title}: {sum(some)} blocks, {syncs:,.0f} fdatasync a second")
        row("", "a second", "of by hand", "of one-row commit")
        for each in (hand, *lanes.values(), floor):
            rates = list(compress(each.rates, some))
            of = [
                spread([one / two for one, two in zip(rates, compress(other.rates, some), strict=True)])
                for other in (hand, floor)
            ]
            row(each.name, f"{statistics.median(rates):,.0f}", *of)
    row("", "bookings a commit", "median wait, ms", "worst wait, ms")
    for threads, each in lanes.items():
        gathered = f"{blocks * BLOCK / commits[threads]:.1f}"
        waits = (f"{statistics.median(each.waits) * 1e3:.2f}", f"{max(each.waits) * 1e3:.0f}")
        row(each.name, gathered, *waits)


def main(options: Options) -> None:
    """Print the tables."""
    blocks = 4 if options.quick else 20
    number = blocks * BLOCK * (len(THREADS) + 1)
    both = prepared(options, 4000)
    opened(both)
    put(store_of(both.hub), people(range(FIRST, FIRST + 2 * number)))
    print("\nthreads: bookings gathered in one process, and by hand (median of blocks, nine tenths between)")
    measured(both, "many sessions", lambda i: SESSIONS[i % 1000][0], blocks, FIRST)
    measured(both, "one hot session", lambda _: HOT, blocks, FIRST + number)
    assert both.hub.audit() == []
    both.hub.close()
    both.hand.close()
