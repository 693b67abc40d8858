"""The memory store: a store as the waist describes it, in dictionaries and sorted lists. Gone when it is closed."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from threading import Lock
from typing import TypeVar, cast

import attrs

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Found, Key, Range, Read, Record, Rows, Scalar, Versioned
from innovationhub.domain.searching import matching
from innovationhub.errors import Conflict, PluginError, Unavailable
from innovationhub.protocols.store import Commit, Store, StoreRequest

__all__ = ["MemoryStore", "open_memory"]

R = TypeVar("R", bound=Record)


class _Last:
    """Sorts behind every value: where a range with no upper bound ends."""

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return True


LAST = _Last()

_IS: Mapping[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int),
    "boolean": lambda value: isinstance(value, bool),
    "real": lambda value: isinstance(value, int | float),
    "instant": lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    "date": lambda value: isinstance(value, date) and not isinstance(value, datetime),
    "facts": lambda value: isinstance(value, Mapping),
}


class _Table:
    """The rows of one record class, and its indexes as sorted lists of their order."""

    def __init__(self, cls: type[Record]) -> None:
        self.schema = cls.__schema__
        self.checks = [(field.name, _IS[field.kind], field.optional) for field in self.schema.fields]
        self.facts = [field.name for field in self.schema.fields if field.kind == "facts"]
        self.rows: dict[tuple[Scalar, ...], Versioned[Record]] = {}
        self.orders: dict[str, list[tuple[Scalar, ...]]] = {index: [] for index in self.schema.order}

    def kept(self, row: Record) -> Record:
        """The row as it is kept. Raises `PluginError` for a value that its record does not allow.

        Checked before anything is changed: one that could not be sorted would leave half of a commit behind.
        """
        for name, fits, optional in self.checks:
            value = getattr(row, name)
            if not (fits(value) or (optional and value is None)):
                message = f"holds {value!r} as its {name}; nothing was changed"
                raise PluginError(f"record {self.schema.name}", message)
        return self.apart(row)

    def apart(self, row: Record) -> Record:
        """The row with facts of its own: what one caller does with them is not seen by the next."""
        if not self.facts:
            return row
        own = {name: None if (facts := getattr(row, name)) is None else dict(facts) for name in self.facts}
        return attrs.evolve(row, **own)  # type: ignore[misc]  # every record is an attrs class

    def get(self, key: tuple[Scalar, ...]) -> Versioned[Record] | None:
        row = self.rows.get(key)
        return row if row is None or not self.facts else Versioned(self.apart(row.record), row.version)

    def put(self, row: Record, version: int) -> None:
        key = self.schema.key_of(row)
        self.delete(key)
        self.rows[key] = Versioned(row, version)
        for index, order in self.schema.order.items():
            insort(self.orders[index], order(row))

    def delete(self, key: tuple[Scalar, ...]) -> None:
        old = self.rows.pop(key, None)
        if old is not None:
            for index, order in self.schema.order.items():
                where = order(old.record)
                del self.orders[index][bisect_left(self.orders[index], where)]

    def scan(self, wanted: Range[Record]) -> Found[Record]:
        first, last = self._bounds(wanted)
        cut = last - first > wanted.limit
        if wanted.reverse:
            places = self.orders[wanted.by][max(first, last - wanted.limit) : last][::-1]
        else:
            places = self.orders[wanted.by][first : min(last, first + wanted.limit)]
        depth = len(self.schema.key)
        rows = [self.rows[place[-depth:]] for place in places]
        if self.facts:
            rows = [Versioned(self.apart(row.record), row.version) for row in rows]
        return Found(tuple(rows), cut)

    def count(self, wanted: Range[Record]) -> int:
        first, last = self._bounds(wanted)
        return last - first

    def _bounds(self, wanted: Range[Record]) -> tuple[int, int]:
        order = self.orders[wanted.by]
        low = (*wanted.prefix, wanted.low) if wanted.low is not None else wanted.prefix
        high = (*wanted.prefix, LAST) if wanted.high is None else (*wanted.prefix, wanted.high)
        first = bisect_left(order, low)
        return first, max(first, bisect_left(order, high))


class MemoryStore:
    """Everything in this process, under one lock. The lock is held for dictionary work only, never by a caller."""

    def __init__(self, records: Sequence[type[Record]]) -> None:
        self._tables: dict[type[Record], _Table] = {cls: _Table(cls) for cls in (*records, Entry)}
        self._lock = Lock()
        self._position = 0
        self._commits = 0
        self._closed = False

    def read(self, request: Read) -> Rows:
        """See `Store.read`."""
        with self._lock:
            self._check_open()
            keys = {key: self._table(key.type).get(key.values) for key in request.keys}
            ranges = {wanted: self._table(wanted.type).scan(wanted) for wanted in request.ranges}
        return Rows(keys, ranges)

    def commit(self, commit: Commit) -> int:
        """See `Store.commit`."""
        with self._lock:
            self._check_open()
            moved = self.moved(commit.relied)
            if moved:
                raise Conflict(moved)
            puts = [self._table(type(row)).kept(row) for row in commit.puts]
            entries = [self._tables[Entry].kept(entry) for entry in commit.entries]
            self._commits += 1
            for row in puts:
                self._table(type(row)).put(row, self._commits)
            for key in commit.deletes:
                self._table(key.type).delete(key.values)
            for entry in entries:
                self._position += 1
                noted = attrs.evolve(cast("Entry", entry), position=self._position)
                self._tables[Entry].put(noted, self._commits)
            return self._position

    def moved(self, relied: Mapping[Key[Record], int | None]) -> list[Key[Record]]:
        """Which of these rows no longer have the version that was relied on."""
        found = []
        for key, version in relied.items():
            row = self._table(key.type).rows.get(key.values)
            if (None if row is None else row.version) != version:
                found.append(key)
        return found

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        """See `Store.tail`."""
        wanted = Range(Entry, "key", (), low=after + 1, limit=limit)
        with self._lock:
            self._check_open()
            return [
                row.record for row in self._tables[Entry].scan(wanted).rows if isinstance(row.record, Entry)
            ]

    def count(self, wanted: Range[Record]) -> int:
        """See `SupportsCount.count`."""
        with self._lock:
            self._check_open()
            return self._table(wanted.type).count(wanted)

    def search(self, cls: type[R], words: str, limit: int) -> Sequence[R]:
        """See `SupportsSearch.search`: looks through all of them."""
        with self._lock:
            self._check_open()
            table = self._table(cls)
            rows = [cast("R", table.apart(row.record)) for row in table.rows.values()]
        return matching(rows, words, limit)

    def close(self) -> None:
        """See `Store.close`."""
        self._closed = True

    def _table(self, cls: type[Record]) -> _Table:
        return self._tables[cls]

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("the store is closed: open the hub again")


def open_memory(request: StoreRequest) -> Store:
    """A fresh store in memory; each `memory:` is its own."""
    return MemoryStore(request.records)
