"""A soak: processes and threads do everything that a hub can do, on one SQLite file, while processes are killed.

    make soak                            three minutes; SOAK_MINUTES=30 make soak for longer

Four processes of three threads share a file (WAL, `synchronous=FULL`). The hub's time goes an hour a second, so
registers close, offers lapse and sessions pass. Every few seconds one of the processes is killed (SIGKILL) and another
takes its place; the first one lives to the end. Then: SQLite finds the file sound, `tick` comes to an end, `audit` is
clean, every acknowledged answer is given again, word for word, to the same request, and every applied plan is in the
journal. What the file and the processes' memory grew by is shown. It fails with the first of these that does not hold.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from benchmarks.clients import LOOKS, PEOPLE, SPEED, THREADS, done, open_hub
from benchmarks.common import machine, people, put, row, store_of
from benchmarks.rounds import Probe
from innovationhub import (
    BookingPolicy,
    Catalogue,
    Hub,
    HubSettings,
    Promote,
    Recurrence,
    Role,
    Series,
    SessionType,
    WaitlistPolicy,
)

PROCESSES = 4
KILL_EVERY = 6.0
"""Seconds from one kill to the next."""

NOT_ASKED_AGAIN = LOOKS | {"apply", "tick", "close_register"}
"""What has no answer of its own kept: looks, ticks, and plans, for which the journal is asked."""


def catalogue() -> Catalogue:
    """Sessions of every kind, many a day, all of them short of seats."""
    policy = BookingPolicy(opens_days=30)
    offers = WaitlistPolicy(promote=Promote.OFFER, offer_hours=2)
    types = (
        SessionType("taster", "Taster", roles=(Role(capacity=4, reserve=1),), booking=policy),
        SessionType("forum", "Forum", roles=(Role(capacity=3),), booking=policy, waitlist=offers),
        SessionType("approved", "Approved", roles=(Role(capacity=5),), booking=policy, approval=True),
        SessionType(
            "course",
            "Course",
            access="register",
            roles=(Role(capacity=30),),
            apologies="lend",
            booking=policy,
        ),
        SessionType("open", "Open day", access="drop-in", booking=BookingPolicy(overlaps=True)),
    )
    hours = {"taster": (9, 10, 11, 13, 14, 15, 16), "forum": (9, 12, 15), "approved": (11, 16), "open": (10,)}
    series = [
        Series(f"{kind}-{hour:02}", kind, Recurrence(datetime(2026, 11, 30, hour), rule="FREQ=DAILY"))
        for kind, listed in hours.items()
        for hour in listed
    ]
    series.append(Series("course", "course", Recurrence(datetime(2026, 11, 30, 18), rule="FREQ=DAILY")))
    return Catalogue(HubSettings(), types, tuple(series))


@attrs.define
class Process:
    """One process of clients, and the file that it writes its lines to."""

    seed: str
    process: subprocess.Popen[bytes]
    said: Path
    memory: list[float] = attrs.field(factory=list)

    def measure(self) -> None:
        """Note its resident memory, in MB, where the system tells."""
        statm = Path(f"/proc/{self.process.pid}/statm")
        if statm.exists():
            pages = int(statm.read_text().split()[1])
            self.memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


class Soak:
    """One run in a folder."""

    def __init__(self, folder: Path, minutes: float) -> None:
        self.folder = folder
        self.file = folder / "hub.db"
        self.seconds = minutes * 60
        self.began = time.time()
        self.started: list[Process] = []
        self.killed = 0
        self.sizes: list[tuple[float, float]] = []

    def prepare(self) -> None:
        """The file with its catalogue and people."""
        hub = open_hub(self.file, self.began)
        hub.load_catalogue(catalogue())
        put(store_of(hub), people(range(PEOPLE)))
        hub.close()

    def start(self) -> Process:
        """Another process of clients."""
        seed = f"process-{len(self.started)}"
        said = self.folder / f"{seed}.jsonl"
        with said.open("wb") as output:
            command = [sys.executable, "-m", "benchmarks.clients", str(self.file), seed, str(self.began)]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output)  # noqa: S603  # our own code
        self.started.append(Process(seed, process, said))
        return self.started[-1]

    def run(self) -> None:
        """Let them work for the time, and kill one now and then."""
        working = [self.start() for _ in range(PROCESSES)]
        ends = time.monotonic() + self.seconds
        kill_at = time.monotonic() + KILL_EVERY
        while time.monotonic() < ends:
            time.sleep(0.5)
            self.measure(working)
            if time.monotonic() >= kill_at:
                kill_at += KILL_EVERY
                victim = working.pop(1)  # the oldest but the first, which lives to the end
                victim.process.send_signal(signal.SIGKILL)
                assert victim.process.wait(60) == -signal.SIGKILL, f"{victim.seed} ended by itself"
                self.killed += 1
                working.append(self.start())
        for each in working:
            each.process.communicate(timeout=60)
            assert each.process.returncode == 0, f"{each.seed} ended with {each.process.returncode}"

    def measure(self, working: list[Process]) -> None:
        log = self.file.with_name("hub.db-wal")
        sizes = [each.stat().st_size / 1e6 if each.exists() else 0.0 for each in (self.file, log)]
        self.sizes.append((sizes[0], sizes[1]))
        for each in working:
            each.measure()

    def lines(self) -> Iterator[dict[str, Any]]:
        """What they wrote down, in full; the last line of one that was killed may be a part."""
        for each in self.started:
            with each.said.open(encoding="utf-8") as said:
                for line in said:
                    if line.endswith("\n"):
                        yield json.loads(line)


def check_file(file: Path) -> None:
    """SQLite finds nothing wrong with the file."""
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def check_hub(hub: Hub, soak: Soak) -> Counter[str]:
    """Everything is as it was answered; gives how many answers were held against what is there."""
    while not hub.tick().complete:
        continue
    # seats of a forum are taken away by plans, which is a decision and no fault
    wrong = [each for each in hub.audit() if each.invariant != 1 or not each.subject.startswith("forum")]
    assert not wrong, wrong[:5]
    held: Counter[str] = Counter()
    actors = {entry.actor for entry in journal(hub)}
    for line in soak.lines():
        if "answer" not in line:
            continue
        command, request = line["command"], line["request"]
        if command == "apply":
            if line["answer"] == "[]":
                continue  # a plan that would change nothing
            assert f"system:{request}" in actors, f"{request} is not in the journal: {line}"
            held[command] += 1
        elif command not in NOT_ASKED_AGAIN:
            again = repr(done(hub, request, command, line["arguments"], line["options"]))
            assert again == line["answer"], f"{request} was answered\n{line['answer']}\nand is now\n{again}"
            held[command] += 1
    return held


def journal(hub: Hub) -> Iterator[Any]:
    """All entries."""
    after, size = 0, 10_000
    while True:
        entries = store_of(hub).tail(after, size)
        yield from entries
        if len(entries) < size:
            return
        after = entries[-1].position


def show(soak: Soak, held: Counter[str], entries: int) -> None:
    """Print what was done and what it took."""
    took: dict[str, list[float]] = defaultdict(list)
    refused: Counter[str] = Counter()
    unavailable: Counter[str] = Counter()
    for line in soak.lines():
        unavailable.update([line["unavailable"]] if "unavailable" in line else ())
        if "command" in line:
            took[line["command"]].append(line["ms"])
            refused[line["command"]] += "refused" in line
    total = sum(map(len, took.values()))
    days = soak.seconds * SPEED / 86_400
    print(
        f"\n{total:,} commands in {soak.seconds:.0f} s ({total / soak.seconds:,.0f} a second), "
        f"{days:.1f} days of the hub's time"
    )
    print(
        f"{PROCESSES} processes of {THREADS} threads; {soak.killed} killed; {unavailable.total()} times unavailable"
    )
    row("", "asked", "refused", "held in the end", "median ms", "worst ms")
    for command, some in sorted(took.items(), key=lambda each: -len(each[1])):
        cells = (f"{len(some):,}", f"{refused[command]:,}", f"{held[command]:,}")
        row(command, *cells, f"{statistics.median(some):.2f}", f"{max(some):.0f}")
    files, logs = zip(*soak.sizes, strict=True)
    each = (files[-1] - files[0]) * 1e3 / entries
    print(
        f"the file grew from {files[0]:.1f} to {files[-1]:.1f} MB, {each:.2f} kB an entry of the journal "
        f"({entries:,}); its log was {max(logs):.1f} MB at most"
    )
    memory = soak.started[0].memory
    if memory:
        quarters = [memory[len(memory) * part // 4] for part in (1, 2, 3)] + [memory[-1]]
        shown = ", ".join(f"{each:.0f}" for each in quarters)
        print(f"memory of the process that lived to the end, at each quarter: {shown} MB")


def main() -> None:
    """Soak, check, and show. Raises `AssertionError` where something does not hold, and then leaves the files."""
    minutes = float(os.environ.get("SOAK_MINUTES", "3"))
    print(machine(), flush=True)
    folder = Path(tempfile.mkdtemp(prefix="innovationhub-soak-"))
    rate = Probe(folder).rate()
    print(f"{rate:,.0f} fdatasync a second; files in {folder}, kept if something does not hold", flush=True)
    soak = Soak(folder, minutes)
    soak.prepare()
    try:
        soak.run()
    finally:
        for each in soak.started:
            if each.process.poll() is None:
                each.process.kill()
    errors = Counter(f"{line.get('command')}: {line['error']}" for line in soak.lines() if "error" in line)
    assert not errors, errors.most_common(9)
    check_file(soak.file)
    with open_hub(soak.file, soak.began) as hub:
        held = check_hub(hub, soak)
        show(soak, held, sum(1 for _ in journal(hub)))
    shutil.rmtree(folder)
    print("the file is sound, audit is clean, and every acknowledged answer is there")


if __name__ == "__main__":
    main()
