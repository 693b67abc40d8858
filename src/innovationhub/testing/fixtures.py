"""Fixtures for pytest, there wherever the library is installed: `def test_it(innovationhub_hub): …`.

innovationhub_clock           a `FakeClock`, at nine on a Tuesday morning
innovationhub_memory_store    a fresh store in memory, with the core's records
innovationhub_sqlite_store    a fresh store in a file of its own
innovationhub_hub             a hub in memory, on that clock, with a weekly taster of two seats; audited at the end
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.schedule import Catalogue, Series
from innovationhub.hub import Hub, Settings
from innovationhub.plugins import CORE_RECORDS
from innovationhub.protocols.store import Store, StoreRequest
from innovationhub.testing.clock import FakeClock

__all__ = [
    "innovationhub_clock",
    "innovationhub_hub",
    "innovationhub_memory_store",
    "innovationhub_sqlite_store",
]

# what a contract compares is shown when it fails, as in any test
pytest.register_assert_rewrite("innovationhub.testing.contracts", "innovationhub.testing.machine")


@pytest.fixture
def innovationhub_clock() -> FakeClock:
    """A clock that stands until it is moved."""
    return FakeClock()


@pytest.fixture
def innovationhub_memory_store() -> Iterator[Store]:
    """A fresh store in memory."""
    from innovationhub.builtin.memory import open_memory  # noqa: PLC0415  # only who uses it pays for it

    store = open_memory(StoreRequest("memory:", CORE_RECORDS))
    yield store
    store.close()


@pytest.fixture
def innovationhub_sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store in a file of its own."""
    from innovationhub.builtin.sqlite import open_sqlite  # noqa: PLC0415

    store = open_sqlite(StoreRequest(f"sqlite:///{tmp_path / 'innovationhub.db'}", CORE_RECORDS))
    yield store
    store.close()


@pytest.fixture
def innovationhub_hub(innovationhub_clock: FakeClock) -> Iterator[Hub]:
    """A hub in memory with a weekly taster of two seats, Tuesdays at ten; its audit is clean at the end."""
    with Hub.open("memory:", clock=innovationhub_clock, settings=Settings(discover=False)) as hub:
        start = Recurrence.weekly(datetime(2026, 12, 1, 10))
        kind = SessionType("taster", "Taster", roles=(Role(capacity=2),))
        hub.load_catalogue(Catalogue(None, (kind,), (Series("taster", "taster", start, "Room 1"),)))
        yield hub
        assert hub.audit() == []
