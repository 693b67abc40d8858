"""Ways of doing something that take turns, with a probe of the disk beside each block.

A *round* is one block of each way, in an order that moves on by one each round. Between the blocks the disk is probed:
pages written with fdatasync. A round in which the disk moved, or was slow altogether because others wrote to it, says
more about the disk than about what is compared. It is thrown away and done again, within a limit; how many is shown.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from benchmarks.common import row, spread

MOVED = 1.5
"""The fastest probe of a round may be so many times the slowest: else the disk moved, and the round is thrown away."""

SLOW = 2.0
"""And its slowest may be so many times slower than a usual probe of the fastest round."""

TRIED = 4
"""At most so many times the rounds that are wanted are done."""

SYNCS = 100
"""Pages written by one probe."""

PAGE = b"x" * 4096


@attrs.define
class Way:
    """One way of doing something: `block` does it at each of some places, `before` is not timed.

    `rates`: what the kept rounds gave, operations a second.
    """

    name: str
    block: Callable[[range], object]
    before: Callable[[range], object] = lambda _: None
    rates: list[float] = attrs.field(factory=list)

    @property
    def rate(self) -> float:
        """Operations a second: the median of the blocks."""
        return statistics.median(self.rates)


class Probe:
    """A file of pages, which are written over in turn: writing within a file's length is what syncs fast."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "probe", os.O_RDWR | os.O_CREAT)
        os.write(self._file, PAGE * SYNCS)
        os.fsync(self._file)

    def rate(self) -> float:
        """Pages written with fdatasync, a second."""
        os.lseek(self._file, 0, os.SEEK_SET)
        began = time.perf_counter()
        for _ in range(SYNCS):
            os.write(self._file, PAGE)
            os.fdatasync(self._file)
        return SYNCS / (time.perf_counter() - began)


@attrs.frozen
class Round:
    """One block of each way: the probes beside them, and what each way did, a second."""

    beside: Sequence[float]
    rates: Mapping[str, float]

    @property
    def is_steady(self) -> bool:
        return max(self.beside) <= MOVED * min(self.beside)


@attrs.frozen
class Result:
    """What came of it: the ways with their blocks, and the probes of the rounds that were kept."""

    ways: Sequence[Way]
    block: int
    probes: Sequence[float]
    thrown_away: int

    def of(self, mine: str, other: str) -> list[float]:
        """The throughput of one way as a multiple of another's, round by round."""
        named = {way.name: way.rates for way in self.ways}
        return [one / two for one, two in zip(named[mine], named[other], strict=True)]

    def show(self, title: str, *others: str) -> None:
        """Print a table: each way's rate, and its ratio to each of the others that are named."""
        kept = len(self.ways[0].rates)
        print(f"\n{title}: {kept * self.block:,} each, {kept} rounds in blocks of {self.block}")
        if not kept:
            print(f"  the disk was never the same for a whole round ({self.thrown_away} thrown away)")
            return
        low, middle, high = min(self.probes), statistics.median(self.probes), max(self.probes)
        print(
            f"  fdatasync a second beside them {middle:,.0f} ({low:,.0f}–{high:,.0f}); "
            f"{self.thrown_away} rounds thrown away, in which the disk moved or was slow"
        )
        row("", "a second", *(f"of {other}" for other in others))
        for way in self.ways:
            ratios = [spread(self.of(way.name, other)) for other in others]
            row(way.name, f"{way.rate:,.0f}", *ratios)


def in_turn(folder: Path, ways: Sequence[Way], rounds: int, block: int, first: int = 0) -> Result:
    """So many rounds with the disk the same throughout, or as many as were within the limit.

    Round after round the places go on from `first`, the same for each way.
    """
    probe = Probe(folder)
    done: list[Round] = []
    kept: list[Round] = []
    while len(kept) < rounds and len(done) < TRIED * rounds:
        places = range(first + len(done) * block, first + (len(done) + 1) * block)
        beside, rates = [probe.rate()], {}
        turn = len(done) % len(ways)
        for way in (*ways[turn:], *ways[:turn]):
            way.before(places)
            began = time.perf_counter()
            way.block(places)
            rates[way.name] = block / (time.perf_counter() - began)
            beside.append(probe.rate())
        done.append(Round(beside, rates))
        fastest = max(statistics.median(each.beside) for each in done)
        kept = [each for each in done if each.is_steady and SLOW * min(each.beside) >= fastest]
    for way in ways:
        way.rates += [each.rates[way.name] for each in kept]
    return Result(ways, block, [rate for each in kept for rate in each.beside], len(done) - len(kept))
