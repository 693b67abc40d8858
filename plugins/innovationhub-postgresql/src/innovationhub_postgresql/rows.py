"""From records to the cells that statements bind, and from cells to records.

Every cell that is bound is text or absent: the server knows the type of each column, and a statement whose parameters
have one shape is prepared once. For each record class the functions are put together when the store opens, with every
field named in them; their source is made of field names, which are checked to be plain ones, and of nothing else.

PostgreSQL cannot hold the character NUL in a text. It is kept as U+0001 U+0001, and U+0001 itself as U+0001 U+0002:
every text comes back as it went in, and texts sort as they did. A text with neither, which is nearly every one, is kept
as it is. Facts are kept as the text of a JSON object, which gives numbers back exactly and escapes both.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeAlias, cast

from innovationhub.domain.records import Field, Record, Versioned

__all__ = ["Binding", "Cell", "Reading", "Step", "Values", "Writer", "binding", "reading", "writer"]

Cell: TypeAlias = str | None
Step: TypeAlias = tuple[str, Sequence[Cell]]
"""A statement and what it binds."""
Writer: TypeAlias = Callable[..., str]
Binding: TypeAlias = Callable[[Record, str], tuple[Cell, ...]]
Values: TypeAlias = Callable[[int, int], bytes | None]
Reading: TypeAlias = Callable[[Values, int], Versioned[Record] | None]
"""Makes the record of a row of an answer: of its values by row and column."""

_AWKWARD = re.compile("[\x00\x01]")
_KEPT = {"\x00": "\x01\x01", "\x01": "\x01\x02"}
_MEANT = {kept: meant for meant, kept in _KEPT.items()}
_PAIR = re.compile("\x01[\x01\x02]")


def _text(value: str) -> str:
    plain = str(value)
    if "\x00" in plain or "\x01" in plain:
        return _AWKWARD.sub(lambda found: _KEPT[found[0]], plain)
    return plain


def _read_text(value: bytes) -> str:
    text = value.decode()
    return _PAIR.sub(lambda found: _MEANT[found[0]], text) if "\x01" in text else text


@lru_cache(maxsize=4096)
def _read_instant(value: bytes) -> datetime:
    return datetime.fromisoformat(value.decode())


def _read_date(value: bytes) -> date:
    return date.fromisoformat(value.decode())


def _read_boolean(value: bytes) -> bool:
    return value == b"t"


def _read_facts(value: bytes) -> object:
    return json.loads(value.decode())


@lru_cache(maxsize=4096)
def _instant(value: datetime) -> str:
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(" ", "microseconds")


def _boolean(value: object) -> str:
    return "t" if value else "f"


def _integer(value: int) -> str:
    return str(int(value))


def _real(value: float) -> str:
    return repr(float(value))


_facts = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True, default=dict).encode

_WRITE: dict[str, Writer] = {
    "text": _text,
    "boolean": _boolean,
    "integer": _integer,
    "real": _real,
    "instant": _instant,
    "date": date.isoformat,
    "facts": _facts,
}


_READ: dict[str, Callable[[bytes], object]] = {
    "text": _read_text,
    "boolean": _read_boolean,
    "integer": int,
    "real": float,
    "instant": _read_instant,
    "date": _read_date,
    "facts": _read_facts,
}


class _Members(dict[bytes, enum.StrEnum]):
    """The members of an enum by their text: looking one up costs less than calling the enum."""

    def __init__(self, kind: type[enum.StrEnum]) -> None:
        super().__init__((_text(member.value).encode(), member) for member in kind)
        self._kind = kind

    def __missing__(self, value: bytes) -> enum.StrEnum:
        return self._kind(_read_text(value))  # says what is wrong with it


def writer(field: Field) -> Writer:
    """How a value of a field becomes a cell."""
    return _WRITE[field.kind]


def binding(fields: Sequence[Field | None]) -> Binding:
    """What a statement binds of a record and the version it is written with: these fields, None for the version."""
    names: dict[str, object] = {}
    parts = []
    for place, field in enumerate(fields):
        if field is None:
            parts.append("version")
            continue
        names[f"write{place}"] = writer(field)
        parts.append(f"None if (value := row.{field.name}) is None else write{place}(value)")
    source = f"lambda row, version: ({''.join(f'{part}, ' for part in parts)})"
    return cast("Binding", eval(source, names))  # noqa: S307  # made of checked field names alone


def reading(cls: type[Record], fields: Sequence[Field], begin: int = 0) -> Reading:
    """What makes the record and its version of the columns from `begin` on; None where there is no row."""
    names: dict[str, object] = {"new": tuple.__new__, "Versioned": Versioned, "cls": cls}
    parts = []
    for place, field in enumerate(fields):
        names[f"read{place}"] = _Members(field.enum).__getitem__ if field.enum else _READ[field.kind]
        value = f"get(row, {begin + place})"
        if field.optional:
            parts.append(f"None if (value := {value}) is None else read{place}(value)")
        else:
            parts.append(f"read{place}({value})")
    made = f"new(Versioned, (cls({', '.join(parts)}), int(version)))"
    # a version is never absent, so it tells whether there is such a row
    version = f"(version := get(row, {begin + len(fields)}))"
    return cast("Reading", eval(f"lambda get, row: None if {version} is None else {made}", names))  # noqa: S307
