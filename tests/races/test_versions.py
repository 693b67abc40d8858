"""Versions are what keeps two decisions on the same rows apart: with the check taken out of a store, races overbook."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import pytest

from innovationhub import Booking, Hub, hookimpl
from innovationhub.builtin.memory import MemoryStore
from innovationhub.builtin.sqlite import SqliteStore, open_sqlite
from innovationhub.builtin.sqlite_file import parse_address
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Key, Range, Read, Record, Rows
from innovationhub.protocols.store import Commit, Store, StoreOpener, StoreRequest
from tests.support import ONLY_BUILT_IN, TASTER, Clock, crowd, session_type, weekly


class Together:
    """A store on which two hubs commit only when both have decided: the worst moment, every time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.barrier: Barrier | None = None

    def read(self, request: Read) -> Rows:
        return self.store.read(request)

    def commit(self, commit: Commit) -> int:
        if self.barrier:
            # only the first commits of the two meet; when one has to decide again it is alone
            with contextlib.suppress(BrokenBarrierError):
                self.barrier.wait(5)
                self.barrier.abort()
        return self.store.commit(commit)

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        return self.store.tail(after, limit)

    def count(self, wanted: Range[Record]) -> int:
        raise AssertionError("not needed here")

    def close(self) -> None:
        self.store.close()


class CarelessMemory(MemoryStore):
    """Deliberately broken: does not look whether what was relied on still holds."""

    def moved(self, relied: Mapping[Key[Record], int | None]) -> list[Key[Record]]:
        return []


class CarelessSqlite(SqliteStore):
    """Deliberately broken: does not look whether what was relied on still holds."""

    def moved(self, connection: object, relied: Mapping[Key[Record], int | None]) -> list[Key[Record]]:
        return []


def sqlite(request: StoreRequest, kind: type[SqliteStore]) -> Store:
    open_sqlite(request).close()
    return kind(parse_address(request.url), request.records)


OPENERS: dict[str, StoreOpener] = {
    "memory": lambda request: MemoryStore(request.records),
    "sqlite": lambda request: sqlite(request, SqliteStore),
    "careless-memory": lambda request: CarelessMemory(request.records),
    "careless-sqlite": lambda request: sqlite(request, CarelessSqlite),
}


def two_hubs_on_one_store(opener: StoreOpener, folder: Path) -> tuple[Together, list[Hub]]:
    """Two hubs as two processes would have them: each with an engine of its own, on one store."""
    opened: list[Together] = []

    class Plugin:
        @hookimpl
        def innovationhub_stores(self) -> dict[str, StoreOpener]:
            return {"shared": lambda request: opened[0] if opened else first(request)}

    def first(request: StoreRequest) -> Store:
        address = StoreRequest(f"sqlite:///{folder / 'hub.db'}", request.records)
        opened.append(Together(opener(address)))
        return opened[0]

    def open_hub() -> Hub:
        return Hub.open("shared:", plugins=[Plugin()], clock=Clock(), settings=ONLY_BUILT_IN)

    hubs = [open_hub(), open_hub()]
    return opened[0], hubs


def race_for_the_last_seat(opener: StoreOpener, folder: Path) -> tuple[list[Booking], Hub]:
    """One seat is left; two hubs decide on the same rows and then both commit."""
    from innovationhub import Catalogue

    store, hubs = two_hubs_on_one_store(opener, folder)
    hubs[0].load_catalogue(Catalogue(None, (session_type(capacity=2),), (weekly(),)))
    persons = crowd(hubs[0], 3)
    hubs[0].book(TASTER, persons[0])
    for hub in hubs:
        hub.session(TASTER)
    store.barrier = Barrier(2)
    answers: list[Booking] = []
    threads = [
        Thread(target=lambda hub=hub, who=who: answers.append(hub.book(TASTER, who)))
        for hub, who in zip(hubs, persons[1:], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    store.barrier = None
    return answers, hubs[0]


@pytest.mark.parametrize("name", ["memory", "sqlite"])
def test_of_two_who_decided_at_once_one_has_the_seat(name: str, tmp_path: Path) -> None:
    """The other's commit is a conflict; it is decided again, and waits."""
    answers, hub = race_for_the_last_seat(OPENERS[name], tmp_path)
    assert sorted(booking.status for booking in answers) == ["confirmed", "waitlisted"]
    assert hub.audit() == []
    hub.close()


@pytest.mark.parametrize("name", ["careless-memory", "careless-sqlite"])
def test_without_the_version_check_the_race_overbooks(name: str, tmp_path: Path) -> None:
    """The test above can fail: on a store that ignores versions both are confirmed, and audit says so."""
    answers, hub = race_for_the_last_seat(OPENERS[name], tmp_path)
    assert [booking.status for booking in answers] == ["confirmed", "confirmed"]
    assert "over-capacity" in {violation.code for violation in hub.audit()}
    hub.close()
