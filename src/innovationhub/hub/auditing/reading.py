"""How audit reads: page by page, so that it holds no more than it looks at and keeps no store busy for long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.records import Range, Read, Record, key_of
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine

__all__ = ["HISTORY", "PAGE", "TRIES", "moving", "pages", "type_of"]

R = TypeVar("R", bound=Record)

PAGE = 500
"""Rows read at once."""

HISTORY = 10_000
"""Rows about one booking or one person that are looked at."""

TRIES = 10
"""How often rows that keep moving are read again before they are said not to be checked."""


def pages(engine: Engine, cls: type[R], first: Callable[[R], str]) -> Iterator[list[R]]:
    """Every row of a class, a page at a time, in the order of its key, whose first field `first` gives."""
    low = ""
    seen: set[object] = set()
    while True:
        page = Range(cls, "key", (), low=low, limit=PAGE)
        rows = engine.store.read(Read(ranges=(page,))).scan(page)
        yield [row for row in rows.records if key_of(row) not in seen]
        if not rows.cut:
            return
        low = first(rows.records[-1])
        seen = {key_of(row) for row in rows.records if first(row) == low}


def type_of(engine: Engine, session: SessionRow) -> SessionType | None:
    """The revision of its type that a session keeps to; None where the hub has none.

    A session that was read may keep to what another process loaded since the programme was last read.
    """
    wanted = (session.type, session.revision)
    return engine.programme.types.get(wanted) or engine.refresh().types.get(wanted)


def moving(what: str, subject: str, **facts: str) -> Violation:
    """That something could not be checked, since it moved each time it was read."""
    sentence = f"{what} moved each time it was read: audit again when it is calmer"
    return Violation(6, "not-checked", subject, sentence, facts)
