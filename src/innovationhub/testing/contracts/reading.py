"""The contract, reading: keys and ranges, in order, cut at their limits, all as of one moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from threading import Event

import attrs
import pytest

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Found, Key, Range, Read, Record, Scalar
from innovationhub.protocols.store import Commit, SupportsCount
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.patience import Guarded, quick_switches
from innovationhub.testing.samples import (
    Colour,
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

__all__ = ["Reading"]


def _shelves() -> list[Sample]:
    """Rows with ties in every index, numbers below zero, and instants that differ by a microsecond."""
    rows = []
    for place, (colour, weight) in enumerate(product(Colour, (-10, -9, 0, 2, 10, 2**40))):
        at = datetime(2026, 12, 1, 10 + place % 3, 0, 0, place % 2, tzinfo=UTC)
        day = date(2026, 12, 1 + place % 4)
        shelf = ("a", "b", "a\x00")[place % 3]
        share = (-1.5, 0.25, 10.0)[place % 3]
        rows.append(
            sample(shelf, place - 5, colour=colour, weight=weight, flag=place % 2 == 0, at=at, day=day)
        )
        rows[-1] = attrs.evolve(rows[-1], share=share)
    return rows


ROWS = _shelves()
BOUNDS: dict[str, list[tuple[tuple[Scalar, ...], tuple[Scalar, ...]]]] = {
    "key": [((), ("a", "a\x00", "b", "")), (("a",), (-5, -2, 0, 7)), (("b", -4), ())],
    "by_colour": [((), tuple(Colour)), ((Colour.RED,), (-10, -9, 0, 2**40, 2**62)), ((Colour.BLUE, 0), ())],
    "by_instant": [((), tuple(sorted({row.at for row in ROWS})[1:4]))],
    "by_flag": [((), (False, True)), ((True,), (date(2026, 12, 1), date(2026, 12, 3), date(2027, 1, 1)))],
    "by_share": [((), (-1.5, 0.25, 9.9))],
}


def _ranges() -> Iterator[Range[Sample]]:
    """Every index, with and without prefix, with either bound, both or none, in both directions, cut or not."""
    for by, choices in BOUNDS.items():
        for prefix, values in choices:
            for low, high in product((None, *values), repeat=2):
                for limit, reverse in product((1, 3, 1000), (False, True)):
                    yield Range(Sample, by, prefix, low, high, limit, reverse)


def expected(rows: list[Sample], wanted: Range[Sample]) -> tuple[list[Sample], bool]:
    """What a range holds by its definition, and whether its limit cuts it."""
    held = sorted((row for row in rows if wanted.holds(row)), key=wanted.order, reverse=wanted.reverse)
    return held[: wanted.limit], len(held) > wanted.limit


class Reading(StoreCase):
    """Keys and ranges."""

    def test_a_key_without_a_row_is_none(self, store: Guarded) -> None:
        """Every key and every range that was asked for is in the answer, whether there is anything or not."""
        keys = (Key(Sample, ("a", 1)), Key(Tally, ("x",)))
        wanted: Range[Record] = Range(Sample, "by_colour", (Colour.RED,))
        rows = store.read(Read(keys, (wanted,)))
        assert dict(rows.keys) == dict.fromkeys(keys)
        assert dict(rows.ranges) == {wanted: Found((), False)}

    def test_nothing_asked_is_nothing_answered(self, store: Guarded) -> None:
        """An empty reading has an empty answer."""
        rows = store.read(Read())
        assert (dict(rows.keys), dict(rows.ranges)) == ({}, {})

    def test_many_keys_are_read_in_one_trip(self, store: Guarded) -> None:
        """However many, of several classes, some of them absent, some asked for twice."""
        rows = [sample("a", place, note=f"n{place}") for place in range(0, 60, 2)]
        put(store, *rows, *(Tally(str(number), number) for number in range(0, 60, 3)))
        keys: list[Key[Record]] = [Key(Sample, ("a", place)) for place in range(60)]
        keys += [Key(Tally, (str(number),)) for number in range(60)]
        there = store.read(Read((*keys, *keys[:5]))).keys
        assert set(there) == set(keys)
        assert [row.record for key in keys[:60] if (row := there[key])] == rows
        assert [row.record for key in keys[60:] if (row := there[key])] == [
            Tally(str(number), number) for number in range(0, 60, 3)
        ]

    def test_a_range_holds_what_its_definition_says(self, store: Guarded) -> None:
        """Rows whose fields begin with the prefix, within `low <= next < high`, by index and key, at most `limit`.

        Hundreds of ranges over every index: bounds on rows and between them, both directions, ties, cut and whole.
        """
        for row in reversed(ROWS):
            put(store, row)
        ranges = list(dict.fromkeys(_ranges()))
        for first in range(0, len(ranges), 20):
            some = ranges[first : first + 20]
            rows = store.read(Read((), tuple(some)))
            for wanted in some:
                found = rows.scan(wanted)
                assert (found.records, found.cut) == expected(ROWS, wanted), wanted

    def test_a_range_is_cut_only_where_more_is_there(self, store: Guarded) -> None:
        """A limit that is just enough cuts nothing; one less does, at the end that comes last."""
        rows = [sample("a", place) for place in range(5)]
        put(store, *rows)
        for limit, reverse in product((4, 5, 6), (False, True)):
            wanted = Range(Sample, "key", ("a",), limit=limit, reverse=reverse)
            found = store.read(Read(ranges=(wanted,))).scan(wanted)
            ordered = rows[::-1] if reverse else rows
            assert (found.records, found.cut) == (ordered[:limit], limit < 5)

    def test_a_row_moves_in_its_indexes(self, store: Guarded) -> None:
        """A row that is written anew is found where it is now and not where it was; a deleted one nowhere."""
        put(store, *ROWS)
        moved = attrs.evolve(ROWS[3], colour=Colour.BLUE, weight=5, flag=True, at=ROWS[0].at, share=7.0)
        put(store, moved)
        delete(store, ROWS[4])
        rows = [moved if row == ROWS[3] else row for row in ROWS if row != ROWS[4]]
        for by, of in product(BOUNDS, (ROWS[3], moved, ROWS[4])):
            for depth in (0, 1):
                wanted = Range(Sample, by, Range(Sample, by).order(of)[:depth])
                assert scan(store, wanted) == expected(rows, wanted)[0], wanted

    def test_the_rows_of_a_range_have_their_versions(self, store: Guarded) -> None:
        """The same as when they are asked for by key, so that a decision can rely on what it found."""
        put(store, *ROWS[:3])
        put(store, ROWS[1])
        wanted = Range(Sample, "key")
        found = store.read(Read(ranges=(wanted,))).scan(wanted)
        assert [row.version for row in found.rows] == [version(store, row.record) for row in found.rows]

    def test_entries_are_found_by_their_subject(self, store: Guarded) -> None:
        """The journal is a record like any other: by position and by subject, forwards and backwards."""
        store.commit(Commit({}, entries=tuple(entry(str(n), "xy"[n % 2]) for n in range(6))))
        of_x = Range(Entry, "by_subject", ("x",), low=2, limit=5, reverse=True)
        later = Range(Entry, "key", (), low=3, high=5)
        rows = store.read(Read(ranges=(of_x, later)))
        assert [each.position for each in rows.scan(of_x).records] == [5, 3]
        assert [each.position for each in rows.scan(later).records] == [3, 4]

    def test_an_answer_stays_as_it_was(self, store: Guarded) -> None:
        """What is committed later does not appear in what was read before."""
        put(store, *ROWS[:2], entries=(entry(),))
        wanted = Range(Sample, "key")
        rows, tail = (
            store.read(Read((Key(Sample, ROWS[0].__schema__.key_of(ROWS[0])),), (wanted,))),
            store.tail(0, 9),
        )
        before = (dict(rows.keys), rows.scan(wanted), list(tail))
        put(store, attrs.evolve(ROWS[0], weight=77), ROWS[2], entries=(entry(),))
        delete(store, ROWS[1])
        assert (dict(rows.keys), rows.scan(wanted), list(tail)) == before

    def test_a_reading_is_of_one_moment(self, store: Guarded) -> None:
        """While a writer moves several rows at once, every reading has them all before or all after.

        A large reading, and a small one such as most decisions make: a store may go about them in two ways.
        """
        names = [f"n{number}" for number in range(6)]
        put(store, *(Tally(name) for name in names), *(sample("a", place, weight=0) for place in range(6)))
        keys = tuple(Key(Tally, (name,)) for name in names)
        ranges = (Range(Sample, "key", ("a",)), Range(Sample, "by_colour", (Colour.RED,)))
        readings = (Read(keys, ranges), Read(keys[:1], ranges[:1]))

        def seen_by(asked: Read) -> set[int]:
            rows = store.store.read(asked)
            listed = [row.record for row in rows.keys.values() if row]
            listed += [row for each in asked.ranges for row in rows.scan(each).records]
            counts = {row.count for row in listed if isinstance(row, Tally)}
            return counts | {row.weight for row in listed if isinstance(row, Sample)}

        over = [Event(), Event()]

        def write() -> None:
            for number in range(1, 5000):
                if all(each.is_set() for each in over):
                    return
                rows = [sample("a", place, weight=number) for place in range(6)]
                put(store.store, *(Tally(name, number) for name in names), *rows)

        def read(place: int) -> list[set[int]]:
            seen: list[set[int]] = []
            try:
                for number in range(120):
                    seen.append(seen_by(readings[number % 2]))
                    time.sleep(0)  # let the writer go on
            finally:
                over[place].set()
            return seen

        with quick_switches():
            results = self.patience.together("read and write", [write, lambda: read(0), lambda: read(1)])
        mixed = [counts for seen in results if isinstance(seen, list) for counts in seen if len(counts) != 1]
        assert [each for each in results if isinstance(each, Exception)] == []
        assert mixed == []

    def test_counting_is_what_reading_would_find(self, store: Guarded) -> None:
        """For stores that count: how many rows a range holds, its limit left aside."""
        if not isinstance(store.store, SupportsCount):
            pytest.skip("this store does not count (SupportsCount); the hub counts page by page")
        put(store, *ROWS)
        for wanted in list(dict.fromkeys(_ranges()))[::5]:
            assert store.count(wanted) == len(expected(ROWS, _whole(wanted))[0]), wanted

    def test_a_large_limit_is_no_burden(self, store: Guarded) -> None:
        """A limit far above what is there is met as soon as there is no more."""
        put(store, sample())
        assert get(store, sample()) == sample()
        assert scan(store, Range(Sample, "key", limit=2**31)) == [sample()]


def _whole(wanted: Range[Sample]) -> Range[Sample]:
    """The range without its limit."""
    return wanted._replace(limit=len(ROWS) + 1)
