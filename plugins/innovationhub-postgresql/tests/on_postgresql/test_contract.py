"""The contract of stores, on a real server: each store of the contract is a schema of its own.

`INNOVATIONHUB_POSTGRES_ADDRESS` names a database elsewhere, such as one of an engine that speaks the same protocol.
Only this file goes there: the other tests stop and kill their servers.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from innovationhub.domain.records import Record
from innovationhub.protocols.store import Store, StoreRequest
from innovationhub.testing import StoreContract
from innovationhub_postgresql import open_postgresql
from innovationhub_postgresql.address import parse_address
from on_postgresql.server import Server


class TestPostgresql(StoreContract):
    """PostgreSQL keeps what every store must."""

    @pytest.fixture(autouse=True)
    def _running(self, request: pytest.FixtureRequest) -> None:
        self.address = os.environ.get("INNOVATIONHUB_POSTGRES_ADDRESS", "")
        if not self.address:
            server: Server = request.getfixturevalue("server")
            self.address = server.address

    def url(self, folder: Path) -> str:
        """The address of the store of that folder."""
        schema = f"hub_{sha256(str(folder).encode()).hexdigest()[:24]}"
        return f"{self.address}{'&' if '?' in self.address else '?'}schema={schema}"

    def open_store(self, folder: Path, records: tuple[type[Record], ...]) -> Store:
        return open_postgresql(StoreRequest(self.url(folder), records))

    def discard(self, folder: Path) -> None:
        place = parse_address(self.url(folder))
        with psycopg.connect(place.conninfo, autocommit=True) as session:
            session.execute(f"DROP SCHEMA IF EXISTS {place.schema} CASCADE".encode())
