"""The fixtures are there wherever the library is installed, and cost nobody anything who does not use them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import innovationhub.testing
from innovationhub import Hub, Person
from innovationhub.protocols.store import Store
from innovationhub.testing import FakeClock

ROOT = Path(__file__).parents[2]
SUITE = """
from hypothesis import given, strategies as st
from innovationhub import Catalogue, Person

def test_booking(innovationhub_hub, innovationhub_clock):
    innovationhub_hub.add_person(Person("ada"))
    assert innovationhub_hub.book("taster@2026-12-01T10:00", "ada").status == "confirmed"
    innovationhub_clock.advance(days=8)
    assert innovationhub_hub.close_register("taster@2026-12-01T10:00")[0].status == "absent"

def test_stores(innovationhub_memory_store, innovationhub_sqlite_store):
    assert innovationhub_memory_store.tail(0, 1) == innovationhub_sqlite_store.tail(0, 1) == []

@given(st.from_type(Person))
def test_people(person):
    assert person.id
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )


def test_another_suite_has_them(tmp_path: Path) -> None:
    """With nothing imported and nothing configured; `st.from_type` knows our types too."""
    (tmp_path / "test_own.py").write_text(SUITE)
    done = run("-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", folder=tmp_path)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_they_are_light() -> None:
    """What pytest loads at its start brings neither Hypothesis nor contracts nor the command line."""
    script = "import sys, innovationhub.testing.fixtures; print(*sys.modules)"
    loaded = set(run("-c", script, folder=ROOT).stdout.split())
    assert "innovationhub.testing.fixtures" in loaded
    assert not loaded & {"hypothesis", "click", "rich", "holidays", "innovationhub.testing.contracts.store"}


def test_every_promised_name_is_there() -> None:
    """Loaded when it is first asked for, and no other."""
    assert all(hasattr(innovationhub.testing, name) for name in innovationhub.testing.__all__)
    assert set(innovationhub.testing.__all__) <= set(dir(innovationhub.testing))
    with pytest.raises(AttributeError, match="StoreContrakt"):
        innovationhub.testing.StoreContrakt  # noqa: B018


def test_the_clock_stands_until_it_is_moved(innovationhub_clock: FakeClock) -> None:
    """Forwards by so much, or to an instant."""
    before = innovationhub_clock()
    assert before == innovationhub_clock.now == innovationhub_clock()
    after = innovationhub_clock.advance(days=1, hours=2)
    assert (after - before).total_seconds() == 26 * 3600
    assert innovationhub_clock.set(before) == innovationhub_clock() == before


def test_the_hub_is_small(innovationhub_hub: Hub) -> None:
    """Two seats a week."""
    for name in ("ada", "bo", "cy"):
        innovationhub_hub.add_person(Person(name))
    session = "taster@2026-12-01T10:00"
    statuses = [innovationhub_hub.book(session, name).status for name in ("ada", "bo", "cy")]
    assert statuses == ["confirmed", "confirmed", "waitlisted"]


def test_the_stores_are_empty(innovationhub_memory_store: Store, innovationhub_sqlite_store: Store) -> None:
    """One in memory, one in a file."""
    assert list(innovationhub_memory_store.tail(0, 1)) == list(innovationhub_sqlite_store.tail(0, 1)) == []
