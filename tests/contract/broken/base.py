"""What the broken stores share: the contract with a search that is quick, over the memory store and over SQLite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from hypothesis import Phase, settings

from innovationhub.builtin.memory import MemoryStore
from innovationhub.builtin.sqlite import SqliteStore, open_sqlite
from innovationhub.builtin.sqlite_file import parse_address
from innovationhub.domain.records import Record
from innovationhub.protocols.store import Store, StoreRequest
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.contracts.store import StoreContract


class Broken(StoreContract):
    """A broken store, and the tests of the contract that have to catch it, each of them."""

    caught_by: ClassVar[tuple[str, ...]] = ()
    seconds = 5.0
    # found is enough: to make it short takes ten times as long
    thoroughness = settings(
        StoreCase.thoroughness, max_examples=300, phases=[Phase.generate], stateful_step_count=15
    )


class BrokenMemory(Broken):
    """One that goes wrong as the memory store never does."""

    lasting = False
    shared = False
    kind: ClassVar[type[MemoryStore]] = MemoryStore

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        return self.kind(records)


class BrokenSqlite(Broken):
    """One that goes wrong as the SQLite store never does."""

    kind: ClassVar[Callable[..., SqliteStore]] = SqliteStore

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        url = f"sqlite:///{folder / 'store.db'}"
        open_sqlite(StoreRequest(url, records)).close()
        return type(self).kind(parse_address(url), records)
