"""Records for trying stores with: one of every kind of field, a counter, and short ways to write and read them."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime

import attrs

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Facts, Key, Range, Read, Record, Versioned, key_of, record
from innovationhub.protocols.store import Commit, Store

__all__ = [
    "MORNING",
    "SAMPLES",
    "Colour",
    "Later",
    "Paper",
    "Sample",
    "Tally",
    "delete",
    "entry",
    "found",
    "get",
    "put",
    "sample",
    "scan",
    "version",
]

MORNING = datetime(2026, 12, 1, 10, tzinfo=UTC)


class Colour(enum.StrEnum):
    """A field with few values."""

    RED = "red"
    BLUE = "blue"


@record(
    "sample",
    key=("shelf", "place"),
    indexes={
        "by_colour": ("colour", "weight"),
        "by_instant": ("at",),
        "by_flag": ("flag", "day"),
        "by_share": ("share",),
    },
)
@attrs.frozen
class Sample(Record):
    """A record of every kind of field, optional ones too."""

    shelf: str
    place: int
    colour: Colour = Colour.RED
    weight: int = 1
    flag: bool = True
    at: datetime = MORNING
    day: date = date(2026, 12, 1)
    share: float = 0.0
    note: str | None = None
    seen: datetime | None = None
    mood: Colour | None = None
    number: int | None = None
    good: bool | None = None
    facts: Facts = attrs.field(factory=dict)


@record("tally", key=("name",))
@attrs.frozen
class Tally(Record):
    """A record that is only ever looked up by its key, as guards and counters are."""

    name: str
    count: int = 0


@record("paper", key=("shelf", "number"), indexes={"by_weight": ("weight",)}, search=("title", "body"))
@attrs.frozen
class Paper(Record):
    """A record with words that are searched for."""

    shelf: str
    number: int
    title: str = ""
    body: str | None = None
    weight: int = 0


@record("sample", key=("shelf", "place"), indexes={**Sample.__schema__.indexes, "by_extra": ("extra",)})
@attrs.frozen
class Later(Record):
    """`Sample` as a later version has it: one more field, with a default, and an index on it."""

    shelf: str
    place: int
    colour: Colour = Colour.RED
    weight: int = 1
    flag: bool = True
    at: datetime = MORNING
    day: date = date(2026, 12, 1)
    share: float = 0.0
    note: str | None = None
    seen: datetime | None = None
    mood: Colour | None = None
    number: int | None = None
    good: bool | None = None
    facts: Facts = attrs.field(factory=dict)
    extra: str = "none yet"


SAMPLES: tuple[type[Record], ...] = (Sample, Tally, Paper)
"""What the contract has a store keep."""


def sample(shelf: str = "a", place: int = 1, **fields: object) -> Sample:
    """A sample; `fields` are those that matter to a test."""
    return Sample(shelf, place, **fields)  # type: ignore[arg-type]  # checked by attrs


def entry(kind: str = "test.noted", subject: str = "s", **facts: str | float | bool | None) -> Entry:
    """A line for the journal."""
    return Entry(0, MORNING, "system:test", kind, subject, facts)


def found(store: Store, row: Record | Key[Record]) -> Versioned[Record] | None:
    """The row under that key with its version."""
    key = key_of(row) if isinstance(row, Record) else row
    return store.read(Read((key,))).keys[key]


def version(store: Store, row: Record | Key[Record]) -> int | None:
    """The version of the row under that key; None where there is none."""
    there = found(store, row)
    return None if there is None else there.version


def get(store: Store, row: Record | Key[Record]) -> Record | None:
    """The record under that key as the store has it."""
    there = found(store, row)
    return None if there is None else there.record


def scan(store: Store, wanted: Range[Record]) -> list[Record]:
    """The records of a range."""
    return store.read(Read(ranges=(wanted,))).scan(wanted).records


def put(store: Store, *rows: Record, entries: tuple[Entry, ...] = ()) -> int:
    """Write these rows as they are now, whatever was there."""
    return store.commit(Commit({key_of(row): version(store, row) for row in rows}, rows, (), entries))


def delete(store: Store, *rows: Record) -> int:
    """Delete these rows."""
    keys = tuple(key_of(row) for row in rows)
    return store.commit(Commit({key: version(store, key) for key in keys}, (), keys))
