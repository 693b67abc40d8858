"""What a word is, for every store alike; and finding by words where no engine does it, by looking through records.

A word is a run of letters, digits and marks, with a letter or a digit in it: `stand-up` is two. Whoever searches types
words, so they are taken out of what was typed here, and an engine is handed nothing else.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from typing import TypeVar, cast

from innovationhub.domain.records import Record

__all__ = ["MOST_WORDS", "matching", "words_of"]

R = TypeVar("R", bound=Record)

MOST_WORDS = 32
"""Words that are looked for at once; what comes behind them is left aside."""


def _words(text: str) -> list[str]:
    kinds = [unicodedata.category(each)[0] for each in text]
    spaced = "".join([each if kind in "LNM" else " " for each, kind in zip(text, kinds, strict=True)])
    return [word for word in spaced.split() if any(map(str.isalnum, word))]


def words_of(text: str) -> list[str]:
    """The different words in what was typed, in their order, `MOST_WORDS` at most."""
    return list(dict.fromkeys(_words(unicodedata.normalize("NFC", text))))[:MOST_WORDS]


def _folded(text: str) -> list[str]:
    """Words without case and accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return _words("".join([each for each in plain if unicodedata.category(each) != "Mn"]))


def matching(rows: Iterable[R], words: str, limit: int) -> list[R]:
    """Of these records those with every word, the most mentions first, then in the order of their keys."""
    wanted = set(_folded(" ".join(words_of(words))))
    if not wanted:
        return []
    found: list[tuple[int, tuple[object, ...], R]] = []
    for row in rows:
        texts = [getattr(row, name) or "" for name in row.__schema__.search]
        there = Counter(word for text in texts for word in _folded(text))
        if all(word in there for word in wanted):
            found.append((-sum(there[word] for word in wanted), row.__schema__.key_of(row), row))
    best = nsmallest(limit, found, key=lambda each: cast("tuple[int, int]", each[:2]))
    return [row for _, _, row in best]
