"""Finding records by their words: by the store where it has the ability, else by looking through a bounded number."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar

from innovationhub.domain.ids import LONGEST_TEXT, checked_text
from innovationhub.domain.records import Range, Read, Record, Scalar
from innovationhub.domain.searching import matching
from innovationhub.errors import Invalid
from innovationhub.protocols.store import Store, SupportsSearch

__all__ = ["LOOKED_THROUGH", "MOST_FOUND", "search"]

R = TypeVar("R", bound=Record)

log = logging.getLogger("innovationhub.hub")

LOOKED_THROUGH = 10_000
"""Rows that are looked through, in the order of their keys, where the store does not search."""

MOST_FOUND = 1000
"""Records found by one search at most."""

PAGE = 500
"""Rows read at once."""


def search(store: Store, cls: type[R], words: str, limit: int) -> list[R]:
    """See `Hub.search`."""
    checked_text("words", words, longest=LONGEST_TEXT, empty=True)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_FOUND:
        raise Invalid("limit", f"must be from 1 to {MOST_FOUND}; got {limit!r}", limit)
    if not cls.__schema__.search:
        hint = '@record(…, search=("title",))'
        raise Invalid(
            "cls", f"must be a record with fields that are searched, {hint}; got {cls.__name__}", cls
        )
    if isinstance(store, SupportsSearch):
        return list(store.search(cls, words, limit))
    rows = _rows(store, cls)
    found = matching(islice(rows, LOOKED_THROUGH), words, limit)
    if next(rows, None) is not None:
        log.warning("search.cut", extra={"record": cls.__schema__.name, "rows": LOOKED_THROUGH})
    return found


def _rows(store: Store, cls: type[R]) -> Iterator[R]:
    """Every record of a class in the order of its key, page by page.

    Behind a row lie first those that share all of its key but the last field, then all but the last two, and so on.
    """
    depth = 0
    wanted: Range[R] | None = Range(cls, "key", limit=PAGE)
    last: tuple[Scalar, ...] = ()
    while True:
        if wanted is not None:
            found = store.read(Read(ranges=(wanted,))).scan(wanted)
            yield from found.records
            if found.cut:
                last = cls.__schema__.key_of(found.records[-1])
                depth = len(last)
        if depth == 0:
            return
        depth -= 1
        low = _behind(last[depth])
        wanted = None if low is None else Range(cls, "key", last[:depth], low, limit=PAGE)


def _behind(value: Scalar) -> Scalar:
    """The next value that there can be; None behind the last."""
    try:
        match value:
            case str():
                return f"{value}\x00"
            case bool():
                return None if value else True
            case int():
                return value + 1 if value + 1 < 2**63 else None
            case float():
                return None if value == math.inf else math.nextafter(value, math.inf)
            case datetime():
                return value + timedelta(microseconds=1)
            case date():
                return value + timedelta(days=1)
    except OverflowError:
        return None
    return None
