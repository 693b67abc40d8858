"""What the benchmarks share: the options of a run, lanes that take turns, a hub to measure, rows put in wholesale.

A *lane* is one way of doing something. Lanes take turns in short blocks within one loop, so that a busy machine slows
all of them; what is compared is the throughput of neighbouring blocks, and the spread between blocks is shown with it.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import attrs

from innovationhub import BookingPolicy, Catalogue, Hub, Recurrence, Role, Series, SessionType, Settings
from innovationhub.domain.diary import Diary
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Record, key_of
from innovationhub.protocols.store import Commit, Store

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FIRST_DAY = date(2026, 12, 1)
HOURS = range(8, 18)
DAYS = 100
SEATS = 20
HOT_SEATS = 50


@attrs.frozen
class Options:
    """How much is measured, and where the files are put."""

    quick: bool
    folder: Path


@attrs.define
class Lane:
    """One way of doing something, and what each of its operations took, block by block, in seconds."""

    name: str
    blocks: list[list[float]] = attrs.field(factory=list)

    def block(self, work: Callable[[int], object], places: Iterator[int] | range) -> None:
        """Do `work` at each of these places, and keep what each took."""
        took = []
        for place in places:
            began = time.perf_counter()
            work(place)
            took.append(time.perf_counter() - began)
        self.blocks.append(took)

    @property
    def median(self) -> float:
        """The median operation, in microseconds."""
        return statistics.median(each for block in self.blocks for each in block) * 1e6

    @property
    def rates(self) -> list[float]:
        """Operations a second, block by block."""
        return [len(block) / sum(block) for block in self.blocks]

    @property
    def rate(self) -> float:
        """Operations a second over everything."""
        return sum(map(len, self.blocks)) / sum(map(sum, self.blocks))


def ratios(mine: Lane, other: Lane) -> list[float]:
    """The throughput of `mine` as a fraction of `other`, for each pair of neighbouring blocks."""
    return [one / two for one, two in zip(mine.rates, other.rates, strict=True)]


def spread(values: Sequence[float]) -> str:
    """The median of some ratios, and between what nine tenths of them lie."""
    ordered = sorted(values)
    cut = len(ordered) // 20
    return f"{statistics.median(ordered):.2f} ({ordered[cut]:.2f}–{ordered[-1 - cut]:.2f})"


def row(name: str, *cells: object) -> None:
    """Print one line of a table."""
    print(f"  {name:44}" + "".join(f"{cell:>20}" for cell in cells))


def machine() -> str:
    """What everything below was measured on."""
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} processors, "
        f"{platform.system()} {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    )


def catalogue() -> Catalogue:
    """A made-up hub: a session of 30 minutes each hour of each day, and one hot session with a long queue."""
    policy = BookingPolicy(opens_days=1000)
    types = (
        SessionType("plain", "Plain", (30,), roles=(Role("attendee", capacity=SEATS),), booking=policy),
        SessionType("hot", "Hot", (30,), roles=(Role("attendee", capacity=HOT_SEATS),), booking=policy),
    )
    daily = [Series(f"plain-{hour:02}", "plain", Recurrence(_at(hour), rule="FREQ=DAILY")) for hour in HOURS]
    return Catalogue(None, types, (*daily, Series("hot", "hot", Recurrence(_at(20)))))


def _at(hour: int) -> datetime:
    return datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, hour)


HOT = f"hot@{_at(20).isoformat(timespec='minutes')}"


def plain_sessions() -> list[tuple[str, datetime, datetime]]:
    """The 1,000 plain sessions, in order: id, start, end. They lie in winter, when local time is UTC."""
    found = []
    for day in range(DAYS):
        for hour in HOURS:
            at = _at(hour) + timedelta(days=day)
            starts = at.replace(tzinfo=UTC)
            found.append((f"plain-{hour:02}@{at:%Y-%m-%dT%H:%M}", starts, starts + timedelta(minutes=30)))
    return found


def open_hub(path: Path) -> Hub:
    """A hub on a new SQLite file, with the clock standing still and no plugins but the built-in ones."""
    return Hub.open(f"sqlite:///{path}", clock=lambda: NOW, settings=Settings(discover=False))


def store_of(hub: Hub) -> Store:
    """The store of a hub, to put rows in wholesale."""
    return hub._store  # noqa: SLF001  # a benchmark fills it faster than any command could


def put(store: Store, rows: Sequence[Record], size: int = 200_000) -> None:
    """Put new rows through the waist, in big commits."""
    for at in range(0, len(rows), size):
        some = tuple(rows[at : at + size])
        relied: dict[Key[Record], int | None] = dict.fromkeys(map(key_of, some))
        store.commit(Commit(relied, some))


def person_id(number: int) -> str:
    """A caller's id of a made-up person."""
    return f"esr:{number:07}"


def people(numbers: range) -> list[Record]:
    """The rows of made-up people."""
    rows: list[Record] = []
    for number in numbers:
        key = f"{number:024x}"
        rows.append(PersonRow(person_id(number), key, f"Person {number}", f"p{number}@nhs.example", "", NOW))
        rows.append(Diary(key))
    return rows
