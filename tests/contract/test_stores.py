"""The contract of stores holds for the stores that come with the library."""

from __future__ import annotations

from pathlib import Path

from innovationhub.builtin.memory import open_memory
from innovationhub.builtin.sqlite import open_sqlite
from innovationhub.domain.records import Record
from innovationhub.protocols.store import Store, StoreRequest
from innovationhub.testing.contracts.store import StoreContract


class TestMemory(StoreContract):
    """The memory store keeps nothing once it is closed."""

    lasting = False
    shared = False

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        return open_memory(StoreRequest("memory:", records))


class TestSqlite(StoreContract):
    """A file in the folder."""

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        return open_sqlite(StoreRequest(f"sqlite:///{folder / 'store.db'}", records))
