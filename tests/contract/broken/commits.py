"""Stores that break what a commit promises."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from threading import Barrier, BrokenBarrierError, Lock

import attrs

from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.answers import Receipt
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Found, Key, Range, Read, Record, Rows, Versioned, key_of
from innovationhub.errors import Conflict
from innovationhub.protocols.store import Commit
from tests.contract.broken.base import BrokenMemory


class ForgetsReceipts(MemoryStore):
    """Keeps the answers to the last requests only, as a cache would."""

    def commit(self, commit: Commit) -> int:
        done = super().commit(commit)
        with self._lock:
            table = self._tables.get(Receipt)
            for key in list(table.rows)[:-20] if table else ():
                assert table
                table.delete(key)
        return done


class TestForgetsReceipts(BrokenMemory):
    kind = ForgetsReceipts
    caught_by = ("test_the_same_request_is_answered_the_same_for_ever",)


class KeepsNoReceipts(MemoryStore):
    """Takes receipts for something that need not be kept."""

    def commit(self, commit: Commit) -> int:
        return super().commit(
            attrs.evolve(commit, puts=tuple(row for row in commit.puts if not isinstance(row, Receipt)))
        )


class TestKeepsNoReceipts(BrokenMemory):
    kind = KeepsNoReceipts
    caught_by = ("test_every_booking_leaves_its_receipt",)


class IgnoresVersions(MemoryStore):
    """Writes whatever was read."""

    def moved(self, relied: Mapping[Key[Record], int | None]) -> list[Key[Record]]:
        return []


class TestIgnoresVersions(BrokenMemory):
    kind = IgnoresVersions
    caught_by = (
        "test_a_row_that_moved_is_a_conflict_written_or_not",
        "test_of_many_rivals_one_wins",
        "test_it_answers_as_the_memory_store_does",
    )


class ChecksOnlyWhatItWrites(MemoryStore):
    """Compares the versions of the rows in hand, as an ORM's version column does."""

    def commit(self, commit: Commit) -> int:
        written = {*map(key_of, commit.puts), *commit.deletes}
        relied = {key: version for key, version in commit.relied.items() if key in written}
        return super().commit(attrs.evolve(commit, relied=relied))


class TestChecksOnlyWhatItWrites(BrokenMemory):
    kind = ChecksOnlyWhatItWrites
    caught_by = (
        "test_a_row_that_moved_is_a_conflict_written_or_not",
        "test_who_only_relied_on_a_row_is_a_rival_too",
    )


class OverwritesWhatHasCome(MemoryStore):
    """An upsert: what nobody had made before is made, or replaced."""

    def moved(self, relied: Mapping[Key[Record], int | None]) -> list[Key[Record]]:
        return super().moved({key: version for key, version in relied.items() if version is not None})


class TestOverwritesWhatHasCome(BrokenMemory):
    kind = OverwritesWhatHasCome
    caught_by = ("test_a_row_that_has_come_is_a_conflict", "test_of_many_rivals_one_wins")


class TakesAbsenceOnTrust(MemoryStore):
    """Does not look whether what was not there, and is not written, has come: no row, no lock."""

    def commit(self, commit: Commit) -> int:
        written = {*map(key_of, commit.puts), *commit.deletes}
        relied = {
            key: version for key, version in commit.relied.items() if version is not None or key in written
        }
        return super().commit(attrs.evolve(commit, relied=relied))


class TestTakesAbsenceOnTrust(BrokenMemory):
    kind = TakesAbsenceOnTrust
    caught_by = (
        "test_a_row_that_has_come_is_a_conflict",
        "test_who_only_relied_on_a_row_is_a_rival_too",
    )


class ChecksTheFirstBatch(MemoryStore):
    """Checks sixteen rows at a time, and looks at the answer for the first sixteen."""

    def moved(self, relied: Mapping[Key[Record], int | None]) -> list[Key[Record]]:
        return super().moved(dict(list(relied.items())[:16]))


class TestChecksTheFirstBatch(BrokenMemory):
    kind = ChecksTheFirstBatch
    caught_by = ("test_the_row_that_moved_may_stand_anywhere",)


class DeletesUnseen(MemoryStore):
    """Deletes without looking at the version."""

    def moved(self, relied: Mapping[Key[Record], int | None]) -> list[Key[Record]]:
        return [key for key in super().moved(relied) if key not in self.deleting]

    def commit(self, commit: Commit) -> int:
        self.deleting = set(commit.deletes)
        return super().commit(commit)


class TestDeletesUnseen(BrokenMemory):
    kind = DeletesUnseen
    caught_by = ("test_a_row_that_moved_is_a_conflict_written_or_not",)


class ChecksThenWrites(MemoryStore):
    """Looks under one lock and writes under the next."""

    def __init__(self, records: Sequence[type[Record]]) -> None:
        super().__init__(records)
        self._looking = Lock()
        self._meeting = Barrier(2)

    def commit(self, commit: Commit) -> int:
        with self._looking:
            moved = super().moved(commit.relied)
        if moved:
            raise Conflict(moved)
        try:  # where there is a rival, both have looked before either writes, however busy the machine is
            self._meeting.wait(0.02)
        except BrokenBarrierError:
            self._meeting.reset()
        return super().commit(commit)

    def moved(self, relied: Mapping[Key[Record], int | None]) -> list[Key[Record]]:
        return []


class TestChecksThenWrites(BrokenMemory):
    kind = ChecksThenWrites
    caught_by = ("test_of_many_rivals_one_wins",)


class TornByConflict(MemoryStore):
    """Writes row after row, and stops at the first that moved."""

    def commit(self, commit: Commit) -> int:
        for row in commit.puts:
            part = Commit({key_of(row): commit.relied[key_of(row)]}, (row,))
            super().commit(part)
        rest = {key: commit.relied[key] for key in commit.relied if key not in set(map(key_of, commit.puts))}
        return super().commit(Commit(rest, (), commit.deletes, commit.entries))


class TestTornByConflict(BrokenMemory):
    kind = TornByConflict
    caught_by = ("test_a_commit_is_all_or_nothing", "test_it_answers_as_the_memory_store_does")


class TornByAValue(MemoryStore):
    """Keeps what it had written when a value broke it."""

    def commit(self, commit: Commit) -> int:
        moved = self.moved(commit.relied)
        if moved:
            raise Conflict(moved)
        for row in commit.puts:
            super().commit(Commit({}, (row,)))
        return super().commit(attrs.evolve(commit, relied={}, puts=()))


class TestTornByAValue(BrokenMemory):
    kind = TornByAValue
    caught_by = ("test_a_value_that_breaks_in_the_middle_leaves_nothing",)


class SwallowsConflict(MemoryStore):
    """Does nothing where something moved, and says that it did."""

    def commit(self, commit: Commit) -> int:
        try:
            return super().commit(commit)
        except Conflict:
            return self._position


class TestSwallowsConflict(BrokenMemory):
    kind = SwallowsConflict
    caught_by = ("test_a_commit_is_all_or_nothing", "test_of_many_rivals_one_wins", "test_no_update_is_lost")


class NamesEveryRow(MemoryStore):
    """Says that everything moved, so that a decision cannot tell what did."""

    def commit(self, commit: Commit) -> int:
        try:
            return super().commit(commit)
        except Conflict:
            raise Conflict(tuple(commit.relied)) from None


class TestNamesEveryRow(BrokenMemory):
    kind = NamesEveryRow
    caught_by = ("test_every_row_that_moved_may_be_named_and_no_other",)


class CountsVersionsByRow(MemoryStore):
    """Version 1, 2, 3 for each row, and 1 again for the next of that name."""

    def read(self, request: Read) -> Rows:
        rows = super().read(request)
        return attrs.evolve(rows, keys={key: self._counted(key, row) for key, row in rows.keys.items()})

    def _counted(self, key: Key[Record], row: Versioned[Record] | None) -> Versioned[Record] | None:
        return row and Versioned(row.record, self.writings[key])

    def __init__(self, records: Sequence[type[Record]]) -> None:
        super().__init__(records)
        self.writings: dict[Key[Record], int] = {}

    def commit(self, commit: Commit) -> int:
        moved = [key for key, version in commit.relied.items() if self.writings.get(key) != version]
        if moved:
            raise Conflict(moved)
        done = super().commit(attrs.evolve(commit, relied={}))
        for row in commit.puts:
            self.writings[key_of(row)] = self.writings.get(key_of(row), 0) + 1
        for key in commit.deletes:
            self.writings.pop(key, None)
        return done


class TestCountsVersionsByRow(BrokenMemory):
    kind = CountsVersionsByRow
    caught_by = ("test_versions_never_come_back",)


class SparesAWriting(MemoryStore):
    """Does not write a row that is as it was: a guard that is touched stays untouched."""

    def commit(self, commit: Commit) -> int:
        if self.moved(commit.relied):
            return super().commit(commit)
        same = [self._table(type(row)).rows.get(key_of(row).values) for row in commit.puts]
        puts = [row for row, there in zip(commit.puts, same, strict=True) if not there or there.record != row]
        return super().commit(attrs.evolve(commit, puts=tuple(puts)))


class TestSparesAWriting(BrokenMemory):
    kind = SparesAWriting
    caught_by = ("test_a_row_that_moved_is_a_conflict_written_or_not", "test_versions_never_come_back")


class HangsAfterAConflict(MemoryStore):
    """Keeps its lock when something moved."""

    def commit(self, commit: Commit) -> int:
        if self.moved(commit.relied):
            self._lock.acquire()
            raise Conflict(self.moved(commit.relied))
        return super().commit(commit)


class TestHangsAfterAConflict(BrokenMemory):
    kind = HangsAfterAConflict
    seconds = 1.0
    caught_by = ("test_after_a_conflict_a_store_goes_on", "test_no_update_is_lost")


class IsNotSafeForThreads(MemoryStore):
    """Has no lock: reads a moment that never was."""

    def read(self, request: Read) -> Rows:
        keys: dict[Key[Record], Versioned[Record] | None] = {}
        ranges: dict[Range[Record], Found[Record]] = {}
        for key in request.keys:
            keys.update(super().read(Read((key,))).keys)
        time.sleep(0)  # each of them is whole, but not of the same moment
        for wanted in request.ranges:
            ranges.update(super().read(Read((), (wanted,))).ranges)
        return Rows(keys, ranges)


class TestIsNotSafeForThreads(BrokenMemory):
    kind = IsNotSafeForThreads
    caught_by = ("test_a_reading_is_of_one_moment",)


class IsNotSafeForFew(IsNotSafeForThreads):
    """Reads as of one moment where there is much to read, and takes a short way where there is not."""

    def read(self, request: Read) -> Rows:
        few = len(request.keys) == len(request.ranges) == 1
        return super().read(request) if few else MemoryStore.read(self, request)


class TestIsNotSafeForFew(BrokenMemory):
    kind = IsNotSafeForFew
    caught_by = ("test_a_reading_is_of_one_moment",)


class TakesPositionsEarly(MemoryStore):
    """As a sequence does: who takes a position first may be seen after who took the next."""

    def __init__(self, records: Sequence[type[Record]]) -> None:
        super().__init__(records)
        self._taken = 0
        self._taking = Lock()

    def commit(self, commit: Commit) -> int:
        with self._taking:
            first = self._taken + 1
            self._taken += len(commit.entries)
        time.sleep(0)  # another thread may be first from here on
        done = super().commit(attrs.evolve(commit, entries=()))
        with self._lock:
            for position, entry in enumerate(commit.entries, first):
                self._tables[Entry].put(attrs.evolve(entry, position=position), self._commits)
        return self._taken if commit.entries else done


class TestTakesPositionsEarly(BrokenMemory):
    kind = TakesPositionsEarly
    caught_by = ("test_a_follower_misses_nothing", "test_a_commit_is_all_or_nothing")


class LeavesGaps(MemoryStore):
    """A commit that came to nothing has used its positions."""

    def commit(self, commit: Commit) -> int:
        try:
            return super().commit(commit)
        except Conflict:
            self._position += len(commit.entries)
            raise


class TestLeavesGaps(BrokenMemory):
    kind = LeavesGaps
    caught_by = ("test_the_tail_is_in_commit_order",)


class TellsNoPosition(MemoryStore):
    """Says 0 where a commit had no entries."""

    def commit(self, commit: Commit) -> int:
        done = super().commit(commit)
        return done if commit.entries else 0


class TestTellsNoPosition(BrokenMemory):
    kind = TellsNoPosition
    caught_by = ("test_a_commit_says_where_the_journal_ends",)


class GoesOnWhenClosed(MemoryStore):
    """Closing does nothing."""

    def close(self) -> None:
        pass


class TestGoesOnWhenClosed(BrokenMemory):
    kind = GoesOnWhenClosed
    caught_by = ("test_a_closed_store_says_so",)
