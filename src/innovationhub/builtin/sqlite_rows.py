"""From records to the cells that statements bind, and from cells to records.

For each record class two kinds of functions are put together when the store opens, with every field named in them:
a booking writes six rows and reads four, and a loop over fields would cost it more than SQLite does. Their source is
made of field names, which are checked to be plain ones, and of nothing else.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeAlias, cast

from innovationhub.domain.records import Field, Record, Versioned

__all__ = ["Binding", "Cell", "Reading", "Writer", "binding", "reading", "writer"]

Cell: TypeAlias = str | int | float | None
Writer: TypeAlias = Callable[..., Cell]
Binding: TypeAlias = Callable[[Record, int], tuple[Cell, ...]]
Reading: TypeAlias = Callable[[Sequence[Cell]], Versioned[Record] | None]


@lru_cache(maxsize=4096)
def _instant(value: datetime) -> str:
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ", "microseconds")


_facts = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True, default=dict).encode
"""Facts are any mapping; `default` is asked for those that are no dictionary."""


_WRITE: dict[str, Writer] = {
    "boolean": int,
    "instant": _instant,
    "date": date.isoformat,
    "facts": _facts,
}
_READ: dict[str, Callable[..., object]] = {
    "boolean": bool,
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
    "facts": json.loads,
}


class _Members(dict[str, enum.StrEnum]):
    """The members of an enum by their text: looking one up costs less than calling the enum."""

    def __init__(self, kind: type[enum.StrEnum]) -> None:
        super().__init__((member.value, member) for member in kind)
        self._kind = kind

    def __missing__(self, text: str) -> enum.StrEnum:
        return self._kind(text)  # says what is wrong with it


def writer(field: Field) -> Writer | None:
    """How a value of a field becomes a cell; None where it is one already."""
    # an enum's text is made plain, so that the driver need not ask how to adapt it
    return str if field.enum else _WRITE.get(field.kind)


def binding(fields: Sequence[Field | None]) -> Binding:
    """What a statement binds of a record and the version it is written with: these fields, None for the version."""
    names: dict[str, object] = {}
    parts = []
    for place, field in enumerate(fields):
        if field is None:
            parts.append("version")
            continue
        write = writer(field)
        if write is None:
            parts.append(f"row.{field.name}")
            continue
        names[f"write{place}"] = write
        parts.append(f"None if (value := row.{field.name}) is None else write{place}(value)")
    source = f"lambda row, version: ({''.join(f'{part}, ' for part in parts)})"
    return cast("Binding", eval(source, names))  # noqa: S307  # made of checked field names alone


def reading(cls: type[Record], fields: Sequence[Field], begin: int = 0) -> Reading:
    """What makes the record and its version of the cells from `begin` on; None where there is no row."""
    names: dict[str, object] = {"new": tuple.__new__, "Versioned": Versioned, "cls": cls}
    parts = []
    for place, field in enumerate(fields):
        cell = f"cells[{begin + place}]"
        read = _Members(field.enum).__getitem__ if field.enum else _READ.get(field.kind)
        if read is None:
            parts.append(cell)
            continue
        names[f"read{place}"] = read
        parts.append(f"None if (value := {cell}) is None else read{place}(value)")
    version = f"cells[{begin + len(fields)}]"
    made = f"new(Versioned, (cls({', '.join(parts)}), {version}))"
    # a version is never absent, so it tells whether there is such a row
    return cast("Reading", eval(f"lambda cells: None if {version} is None else {made}", names))  # noqa: S307
