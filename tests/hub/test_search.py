"""Searching through the hub: by the store where it can, else by looking through so many rows."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovationhub import Hub, Invalid, Settings, hookimpl
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.records import Range, Read, Record, record
from innovationhub.domain.searching import MOST_WORDS, words_of
from innovationhub.hub import searching
from innovationhub.hub.searching import search
from innovationhub.protocols.store import SupportsSearch
from innovationhub.testing.samples import Paper, Sample, put


class Papers:
    @hookimpl
    def innovationhub_records(self) -> dict[str, type[Record]]:
        return {"paper": Paper, "sample": Sample}


class WithoutAbility:
    """A store that reads and commits, and no more."""

    def __init__(self, *records: type[Record]) -> None:
        self.store = MemoryStore(records)
        self.read, self.commit = self.store.read, self.store.commit
        self.tail, self.close = self.store.tail, self.store.close


def papers(number: int) -> list[Paper]:
    return [Paper(f"s{place % 3}", place, f"word n{place}") for place in range(number)]


def test_a_plugin_finds_its_records_by_their_words() -> None:
    """`Hub.search`, on a store that searches."""
    settings = Settings(discover=False)
    with Hub.open("memory:", plugins=[Papers()], settings=settings) as hub:
        put(hub._store, *papers(30))
        assert hub.search(Paper, "N7 word") == [Paper("s1", 7, "word n7")]
        assert len(hub.search(Paper, "word")) == 20
        assert len(hub.search(Paper, "word", limit=3)) == 3
        assert hub.search(Paper, "") == hub.search(Paper, "?!") == []


@pytest.mark.parametrize(
    ("field", "cls", "words", "limit"),
    [
        ("cls", Sample, "word", 20),
        ("words", Paper, None, 20),
        ("words", Paper, "w" * 2001, 20),
        ("limit", Paper, "word", 0),
        ("limit", Paper, "word", 1001),
        ("limit", Paper, "word", True),
    ],
)
def test_what_cannot_be_searched_is_said(field: str, cls: type[Record], words: str, limit: int) -> None:
    """The field, the value, and what to do."""
    with pytest.raises(Invalid) as invalid:
        search(MemoryStore((Paper, Sample)), cls, words, limit)
    assert invalid.value.field == field


def test_a_store_that_does_not_search_is_looked_through(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Page by page, so many rows in the order of their keys; where there are more the log says so."""
    monkeypatch.setattr(searching, "PAGE", 7)
    store = WithoutAbility(Paper)
    assert not isinstance(store, SupportsSearch)
    rows = papers(60)
    put(store, *rows)
    with caplog.at_level(logging.WARNING):
        assert sorted(search(store, Paper, "word", 1000), key=lambda row: row.number) == rows
        assert search(store, Paper, "n59", 10) == [rows[59]]
        assert caplog.records == []
        monkeypatch.setattr(searching, "LOOKED_THROUGH", 59)
        assert len(search(store, Paper, "word", 1000)) == 59
    assert [(each.message, vars(each)["record"], vars(each)["rows"]) for each in caplog.records] == [
        ("search.cut", "paper", 59)
    ]


@record("keyed", key=("text", "day", "flag", "share", "at", "number"), search=("told",))
@attrs.frozen
class Keyed(Record):
    """A key of every kind of field."""

    text: str
    day: date
    flag: bool
    share: float
    at: datetime
    number: int
    told: str = "word"


keyed = st.builds(
    Keyed,
    st.sampled_from(["", "a", "a\x00", "b"]),
    st.sampled_from([date(2026, 1, 1), date(2026, 1, 2), date.max]),
    st.booleans(),
    st.sampled_from([-1.5, 0.0, 1e308]),
    st.sampled_from([datetime(2026, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),
    st.sampled_from([-(2**63), -1, 0, 1, 2**63 - 1]),
)


@given(st.lists(keyed, max_size=40, unique=True), st.integers(1, 5))
def test_each_row_is_looked_at_once(rows: list[Keyed], page: int) -> None:
    """In the order of the key, of whatever kinds it is made, however the pages fall; in bounded readings."""
    store = WithoutAbility(Keyed)
    put(store, *rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "PAGE", page)
        found = list(searching._rows(store, Keyed))
    every = Range(Keyed, "key", limit=1000)
    assert found == store.read(Read(ranges=(every,))).scan(every).records


@given(st.text())
def test_words_are_letters_digits_and_marks(text: str) -> None:
    """No sign and no blank is in a word, none comes twice, and there are not too many."""
    words = words_of(text)
    assert len(words) == len(set(words)) <= MOST_WORDS
    assert all(any(map(str.isalnum, word)) for word in words)
    assert not {each for word in words for each in word} & set("\"'*:^()-+&|!<>\\{}%_ \n\x00")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stand-up tea, TEA tea", ["stand", "up", "tea", "TEA"]),
        ("don't_go", ["don", "t", "go"]),
        ("cafe\u0301", ["café"]),
        ("हिन्दी", ["हिन्दी"]),
        ("\u0301 🙂 …", []),
        ("24/7 x2", ["24", "7", "x2"]),
    ],
)
def test_what_a_word_is(text: str, words: list[str]) -> None:
    """As people write them."""
    assert words_of(text) == words


def test_only_so_many_words_count() -> None:
    """The first of a page that was pasted in."""
    page = [f"w{number}" for number in range(MOST_WORDS + 8)]
    assert words_of(" ".join(page)) == page[:MOST_WORDS]
