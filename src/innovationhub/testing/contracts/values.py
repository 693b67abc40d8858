"""The contract, values: what goes in comes back, to the last byte and microsecond, and stays as it was."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType

import attrs
import pytest

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Range, Read, key_of
from innovationhub.protocols.store import Commit
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.patience import Guarded
from innovationhub.testing.samples import (
    MORNING,
    Colour,
    Sample,
    Tally,
    entry,
    get,
    put,
    sample,
    scan,
    version,
)

__all__ = ["Values"]

TEXTS = (
    "",
    " ",
    "a ",
    " a",
    "\x00",
    "a\x00",
    "a\x00\x00",
    "\x00b",
    "\x01",
    "\x01\x02",
    "\x00\x01\x00",
    "a\nb",
    "a\r\nb",
    "\t",
    "\x7f",
    "é",
    "e\u0301",
    "ß",
    "İ",
    "日本",
    "🙂",
    "\ufeff",
    "\uffff",
    "\U0010ffff",
    "\u202eabc",
    "'; DROP TABLE sample; --",
    "%_",
    "\\",
    '"',
    "${x}",
    "NULL",
    "None",
    "0",
    "true",
    "{}",
    "x" * 5000,
)
"""Texts that stores have been seen to change, cut, or take for something else."""

NUMBERS = (0, 1, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63))
SHARES = (0.0, 0.1, -0.1, 1 / 3, 1e308, 5e-324, -1e-10, math.inf, -math.inf)
INSTANTS = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(2026, 12, 1, 10, 0, 0, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 12, 1, 10, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    datetime(2026, 12, 1, 10, tzinfo=timezone(-timedelta(hours=12))),
)
DAYS = (date(1, 1, 1), date(1900, 2, 28), date(2028, 2, 29), date(9999, 12, 31))
FACTS: tuple[Mapping[str, str | int | float | bool | None], ...] = (
    {},
    {"": ""},
    {"none": None, "yes": True, "no": False, "zero": 0, "one": 1},
    {"large": 2**53 + 1, "small": -(2**63), "real": 0.1, "whole": 1.0},
    {"text": "a\x00", "quote": '"', "smile": "🙂", "line": "\u2028", "number": "1"},
    {"b": 1, "a": 2, "é": 3, "A": 4},
    MappingProxyType({"read": "only"}),
)


def _typed(facts: Mapping[str, object]) -> dict[str, tuple[type, object]]:
    """Facts with their types: 1, 1.0 and True are equal in Python and not the same."""
    return {name: (type(value), value) for name, value in facts.items()}


class _Breaking(Mapping[str, str]):
    """Facts that cannot be read: what a store does with them it does in the middle of a commit."""

    def __getitem__(self, name: str) -> str:
        raise ArithmeticError("these facts cannot be read")

    def __iter__(self) -> Iterator[str]:
        raise ArithmeticError("these facts cannot be read")

    def __len__(self) -> int:
        return 1


class Values(StoreCase):
    """What goes in comes back."""

    @pytest.mark.parametrize("text", TEXTS)
    def test_text_comes_back_to_the_last_byte(self, store: Guarded, text: str) -> None:
        """In a key, in a field that may be absent and in facts; and it is found under that key."""
        row = sample(text, 1, note=text, facts={"text": text, f"n{text}": 1})
        put(store, row, Tally(text, 7))
        assert get(store, row) == row
        assert get(store, Tally(text)) == Tally(text, 7)
        assert scan(store, Range(Sample, "key", (text,))) == [row]

    def test_texts_that_look_alike_are_different_keys(self, store: Guarded) -> None:
        """Case, accents, spaces and NUL bytes at the end tell rows apart, and text sorts by its code points."""
        texts = [
            "a",
            "A",
            "a ",
            "a\x00",
            "a\x00\x00",
            "a\x01",
            "a\x01\x00",
            "a\x01\x01",
            "a\x02",
            "á",
            "a\u0301",
            "ä",
            "b",
            "",
            "ß",
            "ss",
            "\uffff",
            "🙂",
        ]
        rows = [sample(text, 1, note=f"<{text}>") for text in texts]
        put(store, *rows)
        assert [get(store, row) for row in rows] == rows
        assert scan(store, Range(Sample, "key")) == sorted(rows, key=lambda row: row.shelf)

    @pytest.mark.parametrize("number", NUMBERS)
    def test_whole_numbers_are_kept_exactly(self, store: Guarded, number: int) -> None:
        """As far as 64 bits go, in a key, in an index and where they may be absent; and as whole numbers."""
        row = sample("a", number, weight=number, number=number)
        put(store, row)
        there = get(store, row)
        assert there == row
        assert isinstance(there, Sample)
        assert (type(there.place), type(there.weight), type(there.number)) == (int, int, int)

    @pytest.mark.parametrize("share", SHARES)
    def test_reals_are_kept_exactly(self, store: Guarded, share: float) -> None:
        """To the last bit, and as reals where they are whole; in facts too, as far as JSON has them."""
        facts = {"share": share} if math.isfinite(share) else {}
        put(store, sample(share=share, facts=facts))
        there = get(store, sample())
        assert isinstance(there, Sample)
        assert (repr(there.share), repr(dict(there.facts))) == (repr(share), repr(facts))

    @pytest.mark.parametrize("at", INSTANTS, ids=str)
    def test_instants_are_kept_to_the_microsecond(self, store: Guarded, at: datetime) -> None:
        """Whatever the offset was, the same instant comes back, aware; from year 1 to 9999."""
        put(store, sample(at=at, seen=at), entries=(attrs.evolve(entry(), at=at),))
        there = get(store, sample())
        assert isinstance(there, Sample)
        assert (there.at, there.seen, store.tail(0, 1)[0].at) == (at, at, at)
        assert there.at.utcoffset() is not None
        assert there.seen is not None
        assert there.seen.utcoffset() is not None

    @pytest.mark.parametrize("day", DAYS, ids=str)
    def test_dates_are_kept(self, store: Guarded, day: date) -> None:
        """As dates, which no time zone moves by a day."""
        put(store, sample(day=day))
        there = get(store, sample())
        assert isinstance(there, Sample)
        assert (type(there.day), there.day) == (date, day)

    def test_what_is_absent_stays_so(self, store: Guarded) -> None:
        """None is neither empty nor zero nor false, in any kind of field that may be absent."""
        absent = sample("a", 1)
        empty = sample("a", 2, note="", seen=MORNING, mood=Colour.BLUE, number=0, good=False)
        put(store, absent, empty)
        assert (get(store, absent), get(store, empty)) == (absent, empty)
        put(store, attrs.evolve(empty, place=1), attrs.evolve(absent, place=2))
        assert get(store, absent) == attrs.evolve(empty, place=1)
        assert get(store, empty) == attrs.evolve(absent, place=2)

    def test_values_come_back_as_what_they_are(self, store: Guarded) -> None:
        """True is not 1, and a field with choices gives the choice, not its text."""
        row = sample(flag=False, colour=Colour.BLUE, mood=Colour.RED, good=True)
        put(store, row)
        there = get(store, row)
        assert isinstance(there, Sample)
        kinds = [type(value) for value in (there.flag, there.good, there.colour, there.mood)]
        assert kinds == [bool, bool, Colour, Colour]

    @pytest.mark.parametrize("facts", FACTS, ids=str)
    def test_facts_come_back_with_their_types(
        self, store: Guarded, facts: Mapping[str, str | int | float | bool | None]
    ) -> None:
        """In records and in the journal: text, whole numbers, reals, true and false, and None."""
        put(store, sample(facts=facts), entries=(attrs.evolve(entry(), facts=facts),))
        there = get(store, sample())
        assert isinstance(there, Sample)
        assert _typed(there.facts) == _typed(facts)
        assert _typed(store.tail(0, 1)[0].facts) == _typed(facts)

    def test_an_entry_comes_back_as_it_was_written(self, store: Guarded) -> None:
        """Every field of it; only its position is the store's own."""
        written = [entry(text, text, text=text) for text in TEXTS]
        store.commit(Commit({}, entries=tuple(written)))
        there = store.tail(0, 1000)
        assert list(there) == [attrs.evolve(each, position=place) for place, each in enumerate(written, 1)]
        wanted = Range(Entry, "by_subject", ("a\x00",))
        assert [row.subject for row in store.read(Read(ranges=(wanted,))).scan(wanted).records] == ["a\x00"]

    def test_what_was_given_may_change_afterwards(self, store: Guarded) -> None:
        """A store keeps values. A caller's dictionary that changes later changes nothing that is kept."""
        facts: dict[str, str | int | float | bool | None] = {"number": 1}
        rows = [sample(facts=facts)]
        store.commit(Commit({key_of(rows[0]): None}, tuple(rows), (), (attrs.evolve(entry(), facts=facts),)))
        facts["number"] = 2
        there = get(store, rows[0])
        assert isinstance(there, Sample)
        assert (there.facts["number"], store.tail(0, 1)[0].facts["number"]) == (1, 1)

    def test_what_was_read_may_be_changed_by_its_reader(self, store: Guarded) -> None:
        """What one caller does with an answer is not seen by the next."""
        put(store, sample(facts={"number": 1}), entries=(entry(number=1),))
        for _ in range(2):
            there = get(store, sample())
            assert isinstance(there, Sample)
            entries = store.tail(0, 10)
            assert (dict(there.facts), dict(entries[0].facts)) == ({"number": 1}, {"number": 1})
            for facts in (there.facts, entries[0].facts):
                if isinstance(facts, dict):
                    facts["number"] = 2
            if isinstance(entries, list):
                entries.clear()

    def test_a_value_that_breaks_in_the_middle_leaves_nothing(self, store: Guarded) -> None:
        """Whatever a commit fails of, none of it is there: the rows before it neither, and no position is used."""
        put(store, sample("a", 1))
        before = version(store, sample("a", 1))
        good, bad = sample("b", 1), sample("b", 2, facts=_Breaking())
        relied = {key_of(sample("a", 1)): before, key_of(good): None, key_of(bad): None}
        with pytest.raises(Exception):  # noqa: B017, PT011  # which one is the store's own affair
            store.commit(Commit(relied, (sample("a", 1, weight=9), good, bad), (), (entry(),)))
        broken = attrs.evolve(entry(), facts=_Breaking())
        with pytest.raises(Exception):  # noqa: B017, PT011
            store.commit(Commit({key_of(good): None}, (good,), (), (entry(), broken)))
        assert (get(store, good), get(store, bad), version(store, sample("a", 1))) == (None, None, before)
        assert list(store.tail(0, 10)) == []
        assert put(store, good, entries=(entry(),)) == 1
