"""Four processes on one SQLite file: bookings a second in all, and how long the unluckiest caller waited.

By hand each process has one connection and leaves the waiting to SQLite's own busy handler; the hub waits in short
jittered sleeps, and each process gathers what its threads ask for. The two take turns, round by round, each time with
new processes on a new file that all begin at the same moment; every process books for people of its own, on 1,000
sessions.

    python -m benchmarks.processes hub FILE FIRST COUNT THREADS      one of the processes (by the benchmark itself)
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.by_hand import ByHand
from benchmarks.common import (
    SEATS,
    Options,
    catalogue,
    open_hub,
    people,
    person_id,
    plain_sessions,
    put,
    row,
    spread,
    store_of,
)
from benchmarks.threads import Blocks

PROCESSES = 4
SESSIONS = plain_sessions()


def make(side: str, file: Path, known: int) -> None:
    """A file with the sessions and people."""
    if side == "hand":
        hand = ByHand(file)
        hand.add_sessions(SESSIONS, SEATS)
        hand.close()
        return
    hub = open_hub(file)
    hub.load_catalogue(catalogue())
    put(store_of(hub), people(range(known)))
    hub.close()


def one(side: str, file: Path, first: int, count: int, threads: int) -> None:
    """One of the processes: says when it is ready, waits for a line, books, and says how it went."""
    work: Callable[[int], object]
    if side == "hand":
        hand = ByHand(file)
        hand.execute("PRAGMA busy_timeout = 60000")
        work = lambda i: hand.book(SESSIONS[i % 1000][0], person_id(i), f"r{i}")  # noqa: E731
    else:
        hub = open_hub(file)
        work = lambda i: hub.book(SESSIONS[i % 1000][0], person_id(i), request_id=f"r{i}")  # noqa: E731
    print("ready", flush=True)
    sys.stdin.readline()
    blocks = Blocks(side)
    blocks.block(work, range(first, first + count), threads)
    print(json.dumps({"worst": max(blocks.waits), "ended": time.time()}), flush=True)


def round_of(side: str, file: Path, each: int, threads: int) -> tuple[float, float]:
    """All of them at once: bookings a second, and the longest wait in seconds."""
    make(side, file, PROCESSES * each)
    command = [sys.executable, "-m", "benchmarks.processes", side, str(file)]
    started = [
        subprocess.Popen(  # noqa: S603  # our own code
            [*command, str(place * each), str(each), str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(PROCESSES)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    began = time.time()
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [json.loads(process.communicate()[0]) for process in started]
    return PROCESSES * each / (max(each["ended"] for each in said) - began), max(
        each["worst"] for each in said
    )


def main(options: Options) -> None:
    """Print the table."""
    rounds, each = (3, 300) if options.quick else (5, 600)
    lanes = {"by hand": ("hand", 1), "hub, a thread each": ("hub", 1), "hub, 8 threads each": ("hub", 8)}
    rates: dict[str, list[float]] = {name: [] for name in lanes}
    worst: dict[str, list[float]] = {name: [] for name in lanes}
    for number in range(rounds):
        for name, (side, threads) in lanes.items():
            file = options.folder / f"{side}-{threads}-{number}.db"
            rate, wait = round_of(side, file, each, threads)
            rates[name].append(rate)
            worst[name].append(wait)
    print(f"\nprocesses: {PROCESSES} on one file, {each:,} bookings each, {rounds} rounds in turn")
    row("", "a second", "of by hand", "worst wait, ms", "of all rounds")
    for name in lanes:
        ratios = [one / two for one, two in zip(rates[name], rates["by hand"], strict=True)]
        row(
            name,
            f"{statistics.median(rates[name]):,.0f}",
            spread(ratios),
            f"{statistics.median(worst[name]) * 1e3:.0f}",
            f"{max(worst[name]) * 1e3:.0f}",
        )


if __name__ == "__main__":
    one(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
