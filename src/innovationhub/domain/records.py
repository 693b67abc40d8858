"""The waist: records, and what a decision reads of them.

A *record* is a frozen attrs class of scalar fields that declares its key and its indexes. A store makes a table (or
a key range) of any of them, so a plugin's records work on every store and a new store serves every plugin:

    @record("booking", key=("id",), indexes={"by_roster": ("session_id", "role", "standing", "sequence")})
    @attrs.frozen
    class BookingRow(Record): ...

Rules of the waist, for authors of stores and of records:

- A field is text, an integer, a boolean, a real, an instant (aware, kept in UTC to the microsecond), a date or a
  mapping of facts. Only fields outside keys and indexes may be optional: an absent value has no place in an order.
- Every row has a version, an integer that the store sets at each writing and never gives the same key twice. It is
  opaque: only equality counts.
- A range is every record whose leading index fields equal `prefix` and whose next one lies in `low <= f < high`, in
  the order of the remaining index fields and then of the key, cut at `limit`.
- A range has no version of its own. Whoever writes into a range that decisions rely on also writes its guard record
  (the roster for its queue, the diary for a person's appointments), so relying on the guard is relying on the range.
"""

from __future__ import annotations

import enum
import operator
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Generic, NamedTuple, TypeVar, cast

import attrs

__all__ = [
    "Facts",
    "Field",
    "Found",
    "Key",
    "Range",
    "Read",
    "Record",
    "Rows",
    "Scalar",
    "Schema",
    "Versioned",
    "key_of",
    "record",
]

Scalar = str | int | float | bool | datetime | date | None
Facts = Mapping[str, str | int | float | bool | None]
"""What is noted about an event: names to plain values, never a person's name or address."""

KINDS: Mapping[object, str] = {
    str: "text",
    bool: "boolean",
    int: "integer",
    float: "real",
    datetime: "instant",
    date: "date",
    Facts: "facts",
}


@attrs.frozen
class Field:
    """One column of a record: `kind` is text, boolean, integer, real, instant, date or facts."""

    name: str
    kind: str
    optional: bool
    enum: type[enum.StrEnum] | None = None


@attrs.frozen(eq=False)
class Schema:
    """How a record type is kept: its table's name, its columns, its key and its indexes."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]
    key_of: Callable[[Record], tuple[Scalar, ...]]
    order: Mapping[str, Callable[[Record], tuple[Scalar, ...]]]
    """For each index, what its records are sorted by: the index fields, then the key. `key` is an index as well."""
    search: tuple[str, ...] = ()
    """The fields whose words are found by `search`; a store keeps no index of words for a record without."""


class Record:
    """The parent of every record class; `@record` gives a class its schema."""

    __slots__ = ()
    __schema__: ClassVar[Schema]


R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)


def _field(owner: str, name: str, hint: object) -> Field:
    optional = False
    if isinstance(hint, types.UnionType):
        inner = [arm for arm in typing.get_args(hint) if arm is not type(None)]
        if len(inner) == 1:
            hint, optional = inner[0], True
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return Field(name, "text", optional, hint)
    if hint not in KINDS:
        raise TypeError(f"record {owner}: field {name} must be a scalar ({', '.join(KINDS.values())})")
    return Field(name, KINDS[hint], optional)


def _getter(names: Sequence[str]) -> Callable[[Record], tuple[Scalar, ...]]:
    if len(names) == 1:
        single = operator.attrgetter(names[0])
        return lambda row: (single(row),)
    return cast("Callable[[Record], tuple[Scalar, ...]]", operator.attrgetter(*names))


def _searched(owner: str, fields: Sequence[Field], search: Sequence[str]) -> tuple[str, ...]:
    texts = {field.name for field in fields if field.kind == "text" and field.enum is None}
    for name in search:
        if name not in texts:
            raise TypeError(f"record {owner}: search needs {name!r} to be a field of text")
    return tuple(search)


def record(
    name: str,
    *,
    key: Sequence[str],
    indexes: Mapping[str, Sequence[str]] | None = None,
    search: Sequence[str] = (),
) -> Callable[[type[R]], type[R]]:
    """Declare a frozen attrs class of scalar fields as a record called `name`.

    `search` are fields of text, optional ones too, whose words are found by `Hub.search`. Raises `TypeError` when a
    field is not a scalar, a field of the key or of an index is unknown or optional, or one of `search` is not text: a
    fault of whoever wrote the class, found when it is imported.
    """

    def declare(cls: type[R]) -> type[R]:
        hints = typing.get_type_hints(cls)
        attributes = attrs.fields(cast("type[attrs.AttrsInstance]", cls))
        fields = tuple(_field(name, a.name, hints[a.name]) for a in attributes)
        required = {field.name for field in fields if not field.optional}
        wanted = {index: tuple(names) for index, names in (indexes or {}).items()}
        for where, names in {"the key": tuple(key), **wanted}.items():
            for field in names:
                if field not in required:
                    raise TypeError(f"record {name}: {where} needs {field!r} to be a field and not optional")
        cls.__schema__ = Schema(
            name=name,
            fields=fields,
            key=tuple(key),
            indexes=wanted,
            key_of=_getter(key),
            order={index: _getter((*names, *key)) for index, names in {**wanted, "key": ()}.items()},
            search=_searched(name, fields, search),
        )
        return cls

    return declare


class Key(NamedTuple, Generic[R_co]):
    """Which row: a record class and the values of its key."""

    type: type[R_co]
    values: tuple[Scalar, ...]


class Range(NamedTuple, Generic[R_co]):
    """Which rows of one index: those that begin with `prefix`, within `low <= next field < high`, `limit` at most."""

    type: type[R_co]
    by: str
    prefix: tuple[Scalar, ...] = ()
    low: Scalar = None
    high: Scalar = None
    limit: int = 1000
    reverse: bool = False

    def holds(self, row: Record) -> bool:
        """Whether a record of this type lies in the range, its limit left aside."""
        values = self.order(row)
        depth = len(self.prefix)
        if values[:depth] != self.prefix:
            return False
        if self.low is None and self.high is None:
            return True
        value = cast("int", values[depth])  # whatever it is, a field has an order of its own
        return (self.low is None or value >= cast("int", self.low)) and (
            self.high is None or value < cast("int", self.high)
        )

    @property
    def order(self) -> Callable[[Record], tuple[Scalar, ...]]:
        """What the records of this range are sorted by."""
        return self.type.__schema__.order[self.by]


@attrs.frozen
class Read:
    """What is read in one trip, as of one moment: rows by key, and index ranges with their limits."""

    keys: tuple[Key[Record], ...] = ()
    ranges: tuple[Range[Record], ...] = ()

    def __add__(self, other: Read) -> Read:
        return Read(self.keys + other.keys, self.ranges + other.ranges)

    def __bool__(self) -> bool:
        return bool(self.keys or self.ranges)


class Versioned(NamedTuple, Generic[R_co]):
    """A record as it was read, with the version of its row."""

    record: R_co
    version: int


class Found(NamedTuple, Generic[R_co]):
    """The rows of one range, in its order; `cut` says that its limit left some out."""

    rows: tuple[Versioned[R_co], ...]
    cut: bool

    @property
    def records(self) -> list[R_co]:
        """The records alone, in the order of the range."""
        return [row.record for row in self.rows]


@attrs.frozen
class Rows:
    """What a store answers to a `Read`: every key with its row or None, every range with what it holds."""

    keys: Mapping[Key[Record], Versioned[Record] | None]
    ranges: Mapping[Range[Record], Found[Record]]

    def get(self, cls: type[R], *values: Scalar) -> R | None:
        """The record under that key, or None if there is none. Raises `KeyError` if it was not asked for."""
        row = self.keys[Key(cls, values)]
        return None if row is None else cast("R", row.record)

    def scan(self, wanted: Range[R]) -> Found[R]:
        """What that range holds. Raises `KeyError` if it was not asked for."""
        return cast("Found[R]", self.ranges[wanted])


_tuple = cast("Callable[[object, tuple[object, ...]], Key[Record]]", tuple.__new__)


def key_of(row: Record) -> Key[Record]:
    """The key under which a record is kept."""
    # as `Key(...)` does it, without the step between: a booking asks for ten
    return _tuple(Key, (type(row), row.__schema__.key_of(row)))
