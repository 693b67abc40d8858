"""The contract of stores, on a real server: each store of the contract is a schema of its own."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from innovationhub.domain.records import Record
from innovationhub.protocols.store import Store, StoreRequest
from innovationhub.testing import StoreContract
from innovationhub_postgresql import open_postgresql
from on_postgresql.server import Server


def schema_of(folder: Path) -> str:
    """A name for the store of that folder."""
    return f"hub_{sha256(str(folder).encode()).hexdigest()[:24]}"


class TestPostgresql(StoreContract):
    """PostgreSQL keeps what every store must."""

    @pytest.fixture(autouse=True)
    def _running(self, server: Server) -> None:
        self.server = server

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        return open_postgresql(StoreRequest(self.server.url(schema_of(folder)), records))

    def discard(self, folder: Path) -> None:
        with self.server.session() as session:
            session.execute(f"DROP SCHEMA IF EXISTS {schema_of(folder)} CASCADE")
