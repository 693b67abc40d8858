"""Stores that change what they are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import attrs

from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.records import Key, Record, Rows
from innovationhub.protocols.store import Commit
from tests.contract.broken.base import BrokenMemory

R = TypeVar("R", bound=Record)
TEXTS = "test_text_comes_back_to_the_last_byte"
ALIKE = "test_texts_that_look_alike_are_different_keys"


class Changing(MemoryStore):
    """Changes each value of a row and each part of a key on its way in."""

    def value(self, value: Any) -> Any:
        return value

    def row(self, row: R) -> R:
        fields = [field.name for field in row.__schema__.fields]
        return attrs.evolve(row, **{name: self.value(getattr(row, name)) for name in fields})  # type: ignore[misc]  # an attrs class

    def key(self, key: Key[Record]) -> Key[Record]:
        return Key(key.type, tuple(self.value(each) for each in key.values))

    def commit(self, commit: Commit) -> int:
        return super().commit(
            Commit(
                {self.key(key): version for key, version in commit.relied.items()},
                tuple(self.row(row) for row in commit.puts),
                tuple(self.key(key) for key in commit.deletes),
                tuple(self.row(entry) for entry in commit.entries),
            )
        )

    def read(self, request):  # type: ignore[no-untyped-def]
        keys = {key: self.key(key) for key in request.keys}
        rows = super().read(attrs.evolve(request, keys=tuple(keys.values())))
        return Rows({key: rows.keys[changed] for key, changed in keys.items()}, rows.ranges)


class LosesTrailingNul(Changing):
    """Ends a text at its NUL bytes, as C does, and PostgreSQL's padding."""

    def value(self, value: Any) -> Any:
        return value.rstrip("\x00") if type(value) is str else value


class TestLosesTrailingNul(BrokenMemory):
    kind = LosesTrailingNul
    caught_by = (TEXTS, ALIKE, "test_it_answers_as_the_memory_store_does")


class LosesTrailingSpaces(Changing):
    """Pads or trims text, as CHAR columns do."""

    def value(self, value: Any) -> Any:
        return value.rstrip(" ") if type(value) is str else value


class TestLosesTrailingSpaces(BrokenMemory):
    kind = LosesTrailingSpaces
    caught_by = (TEXTS, ALIKE)


class TakesCaseForTheSame(Changing):
    """Compares text as a collation without case does."""

    def key(self, key: Key[Record]) -> Key[Record]:
        table = self._table(key.type)
        alike = (
            each
            for each in table.rows
            if [str(v).lower() for v in each] == [str(v).lower() for v in key.values]
        )
        return Key(key.type, next(alike, key.values))


class TestTakesCaseForTheSame(BrokenMemory):
    kind = TakesCaseForTheSame
    caught_by = (ALIKE,)


class EmptyIsNull(Changing):
    """Keeps an empty text as none, as Oracle does."""

    def row(self, row: R) -> R:
        optional = [
            each.name for each in row.__schema__.fields if each.optional and getattr(row, each.name) == ""
        ]
        return attrs.evolve(row, **dict.fromkeys(optional))  # type: ignore[misc]  # an attrs class


class TestEmptyIsNull(BrokenMemory):
    kind = EmptyIsNull
    caught_by = ("test_what_is_absent_stays_so",)


class RoundsInstants(Changing):
    """Keeps milliseconds."""

    def value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.replace(microsecond=value.microsecond // 1000 * 1000)
        return value


class TestRoundsInstants(BrokenMemory):
    kind = RoundsInstants
    caught_by = ("test_instants_are_kept_to_the_microsecond",)


class KeepsWallClocks(Changing):
    """Leaves the offset away."""

    def value(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            from datetime import UTC

            return value.replace(tzinfo=UTC)
        return value


class TestKeepsWallClocks(BrokenMemory):
    kind = KeepsWallClocks
    caught_by = ("test_instants_are_kept_to_the_microsecond",)


class CutsNumbers(Changing):
    """Has 32 bits for a whole number."""

    def value(self, value: Any) -> Any:
        return max(-(2**31), min(2**31 - 1, value)) if type(value) is int else value


class TestCutsNumbers(BrokenMemory):
    kind = CutsNumbers
    caught_by = ("test_whole_numbers_are_kept_exactly",)


class FactsThroughReals(Changing):
    """Reads facts as JavaScript would: every number a real, true and false too."""

    def value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {name: float(each) if isinstance(each, int) else each for name, each in value.items()}


class TestFactsThroughReals(BrokenMemory):
    kind = FactsThroughReals
    caught_by = ("test_facts_come_back_with_their_types",)


class PlainChoices(Changing):
    """Gives the text of a choice instead of the choice."""

    def kept_as(self, value: Any) -> Any:
        return str(value) if isinstance(value, str) and type(value) is not str else value

    value = kept_as


class TestPlainChoices(BrokenMemory):
    kind = PlainChoices
    caught_by = ("test_values_come_back_as_what_they_are",)


class SharesFacts(MemoryStore):
    """Keeps the caller's own dictionaries, and hands them out."""

    def __init__(self, records: tuple[type[Record], ...]) -> None:
        super().__init__(records)
        for table in self._tables.values():
            table.facts = []


class TestSharesFacts(BrokenMemory):
    kind: ClassVar[type[MemoryStore]] = SharesFacts
    caught_by = (
        "test_what_was_given_may_change_afterwards",
        "test_what_was_read_may_be_changed_by_its_reader",
    )
