"""Stores that break what a reading promises."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import attrs

from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Found, Key, Range, Read, Record, Rows, Versioned
from tests.contract.broken.base import BrokenMemory

RANGES = ("test_a_range_holds_what_its_definition_says",)


class Rereading(MemoryStore):
    """A store whose ranges go wrong."""

    def read(self, request: Read) -> Rows:
        rows = super().read(request)
        return attrs.evolve(
            rows, ranges={each: self.again(each, found) for each, found in rows.ranges.items()}
        )

    def again(self, wanted: Range[Record], found: Found[Record]) -> Found[Record]:
        return found

    def other(self, wanted: Range[Record]) -> Found[Record]:
        return super().read(Read(ranges=(wanted,))).scan(wanted)


class OrdersByKey(Rereading):
    """Gives every range in the order of its key."""

    def again(self, wanted: Range[Record], found: Found[Record]) -> Found[Record]:
        key = wanted.type.__schema__.key_of
        return Found(
            tuple(sorted(found.rows, key=lambda row: key(row.record), reverse=wanted.reverse)), found.cut
        )


class TestOrdersByKey(BrokenMemory):
    kind = OrdersByKey
    caught_by = (*RANGES, "test_it_answers_as_the_memory_store_does")


class OrdersTiesAnyhow(Rereading):
    """Orders by the index alone: rows that are equal in it come as they were written."""

    def again(self, wanted: Range[Record], found: Found[Record]) -> Found[Record]:
        fields = wanted.type.__schema__.indexes.get(wanted.by, wanted.type.__schema__.key)
        place = lambda row: wanted.order(row.record)[: len(fields)]  # noqa: E731
        written = sorted(found.rows, key=lambda row: -row.version)
        return Found(tuple(sorted(written, key=place, reverse=wanted.reverse)), found.cut)


class TestOrdersTiesAnyhow(BrokenMemory):
    kind = OrdersTiesAnyhow
    caught_by = RANGES


class IgnoresReverse(Rereading):
    """Turns the rows round instead of the range: the limit cuts the wrong end."""

    def again(self, wanted: Range[Record], found: Found[Record]) -> Found[Record]:
        if not wanted.reverse:
            return found
        forwards = self.other(wanted._replace(reverse=False))
        return Found(forwards.rows[::-1], forwards.cut)


class TestIgnoresReverse(BrokenMemory):
    kind = IgnoresReverse
    caught_by = RANGES


class IgnoresLimits(Rereading):
    """Gives all there is."""

    def again(self, wanted: Range[Record], found: Found[Record]) -> Found[Record]:
        return self.other(wanted._replace(limit=10**9))


class TestIgnoresLimits(BrokenMemory):
    kind = IgnoresLimits
    caught_by = RANGES


class CutsAtTheLimit(Rereading):
    """Takes a range that is just full for one that was cut."""

    def again(self, wanted: Range[Record], found: Found[Record]) -> Found[Record]:
        return Found(found.rows, len(found.rows) >= wanted.limit)


class TestCutsAtTheLimit(BrokenMemory):
    kind = CutsAtTheLimit
    caught_by = ("test_a_range_is_cut_only_where_more_is_there", *RANGES)


class NeverCuts(Rereading):
    """Never says that there is more."""

    def again(self, wanted: Range[Record], found: Found[Record]) -> Found[Record]:
        return Found(found.rows, False)


class TestNeverCuts(BrokenMemory):
    kind = NeverCuts
    caught_by = ("test_a_range_is_cut_only_where_more_is_there", *RANGES)


class IncludesTheEnd(MemoryStore):
    """Takes `high` into the range."""

    def __init__(self, records: Sequence[type[Record]]) -> None:
        super().__init__(records)
        for table in self._tables.values():
            bounds = table._bounds

            def wide(wanted: Range[Record], table=table, bounds=bounds) -> tuple[int, int]:  # type: ignore[no-untyped-def]
                first, last = bounds(wanted)
                if wanted.high is None:
                    return first, last
                depth = len(wanted.prefix) + 1
                heads = [each[:depth] for each in table.orders[wanted.by]]
                return first, max(first, bisect_right(heads, (*wanted.prefix, wanted.high)))

            table._bounds = wide  # type: ignore[method-assign]


class TestIncludesTheEnd(BrokenMemory):
    kind = IncludesTheEnd
    caught_by = RANGES


class LeavesOldIndexes(MemoryStore):
    """Finds rows where they were when they were first written."""

    def __init__(self, records: Sequence[type[Record]]) -> None:
        super().__init__(records)
        self.first: dict[Key[Record], Record] = {}

    def read(self, request: Read) -> Rows:
        rows = super().read(request)
        ranges = {}
        for wanted, found in rows.ranges.items():
            kept = []
            for row in found.rows:
                key = Key(type(row.record), row.record.__schema__.key_of(row.record))
                first = self.first.setdefault(key, row.record)
                if wanted.holds(first):
                    kept.append(row)
            ranges[wanted] = Found(tuple(kept), found.cut)
        return Rows(rows.keys, ranges)

    def commit(self, commit):  # type: ignore[no-untyped-def]
        done = super().commit(commit)
        for row in commit.puts:
            self.first.setdefault(Key(type(row), row.__schema__.key_of(row)), row)
        return done


class TestLeavesOldIndexes(BrokenMemory):
    kind = LeavesOldIndexes
    caught_by = ("test_a_row_moves_in_its_indexes",)


class LeavesOutWhatIsAbsent(MemoryStore):
    """Has no answer for a key without a row."""

    def read(self, request: Read) -> Rows:
        rows = super().read(request)
        return attrs.evolve(rows, keys={key: row for key, row in rows.keys.items() if row})


class TestLeavesOutWhatIsAbsent(BrokenMemory):
    kind = LeavesOutWhatIsAbsent
    caught_by = ("test_a_key_without_a_row_is_none",)


class _Live(Mapping[Key[Record], Versioned[Record] | None]):
    def __init__(self, store: MemoryStore, keys: tuple[Key[Record], ...]) -> None:
        self.store, self.wanted = store, keys

    def __getitem__(self, key: Key[Record]) -> Versioned[Record] | None:
        return self.store._table(key.type).get(key.values)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.wanted)

    def __len__(self) -> int:
        return len(self.wanted)


class AnswersLater(MemoryStore):
    """Reads a row when somebody looks at it, and not when it was asked for."""

    def read(self, request: Read) -> Rows:
        return Rows(_Live(self, request.keys), super().read(Read((), request.ranges)).ranges)


class TestAnswersLater(BrokenMemory):
    kind = AnswersLater
    caught_by = ("test_an_answer_stays_as_it_was",)


class CountsTheLimit(MemoryStore):
    """Counts no further than the limit."""

    def count(self, wanted: Range[Record]) -> int:
        return min(wanted.limit, super().count(wanted))


class TestCountsTheLimit(BrokenMemory):
    kind = CountsTheLimit
    caught_by = ("test_counting_is_what_reading_would_find",)


class TailsFromTheEntryItself(MemoryStore):
    """Gives the entry at `after` once more."""

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        return super().tail(max(0, after - 1), limit)


class TestTailsFromTheEntryItself(BrokenMemory):
    kind = TailsFromTheEntryItself
    caught_by = ("test_the_tail_begins_behind_a_position",)


class TailsAPage(MemoryStore):
    """Gives a page of three whatever was asked for, so that a follower believes that it is at the end."""

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        return super().tail(after, min(limit, 3))


class TestTailsAPage(BrokenMemory):
    kind = TailsAPage
    caught_by = ("test_the_tail_begins_behind_a_position",)
