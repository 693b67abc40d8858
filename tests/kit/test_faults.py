"""Faults to order: the same from the same seed, of every kind, and the hub lives through them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

import pytest

from innovationhub import Booking, Catalogue, Conflict, Hub, Person, Unavailable
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.records import Key, Range, Read
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit, Store
from innovationhub.testing import Died, Dying, Fault, Flaky, crash_points
from innovationhub.testing.samples import SAMPLES, Sample, entry, sample
from tests.support import TASTER, Clock, session_type, weekly

T = TypeVar("T")


def tried(seed: int) -> list[Fault]:
    store = Flaky(MemoryStore(SAMPLES), seed, rate=0.3)
    for number in range(100):
        row = sample("a", number)
        key = Key(Sample, ("a", number))
        try:
            store.read(Read((key,)))
            store.commit(Commit({key: None}, (row,), (), (entry(),)))
        except (Unavailable, Conflict):
            pass
    assert len(store.tail(0, 1000)) == store.count(Range(Sample, "key"))
    return store.faults


def test_the_same_seed_fails_the_same_way() -> None:
    """So that what failed once can be looked at again; another seed fails otherwise."""
    assert tried(1) == tried(1) != tried(2)
    assert {fault.what for fault in tried(1)} == {"unavailable", "conflict", "lost before", "lost after"}
    assert {fault.method for fault in tried(1)} == {"read", "commit"}


@pytest.mark.parametrize("seed", range(8))
def test_a_hub_lives_through_faults(seed: int) -> None:
    """Asked again with the same request id until it answers, everything is done once."""
    store = Flaky(MemoryStore(CORE_RECORDS), seed, rate=0.0)
    hub = Hub(store, load(discover=False), Clock())
    hub.load_catalogue(Catalogue(None, (session_type(),), (weekly(),)))
    store.rate = 0.25
    statuses = []
    for name in ("ada", "bo", "cy"):
        until_answered(adding(hub, name))
        statuses.append(until_answered(booking(hub, name)).status)
    store.rate = 0.0
    assert statuses == ["confirmed", "confirmed", "waitlisted"]
    assert hub.audit() == []


def adding(hub: Hub, name: str) -> Callable[[], Person]:
    return lambda: hub.add_person(Person(name), request_id=f"add {name}")


def booking(hub: Hub, name: str) -> Callable[[], Booking]:
    return lambda: hub.book(TASTER, name, request_id=f"book {name}")


def until_answered(command: Callable[[], T]) -> T:
    for _ in range(200):
        with contextlib.suppress(Unavailable):
            return command()
    raise AssertionError("never answered")


def test_a_process_dies_at_every_commit_in_turn() -> None:
    """Before it and after it, and the last time it gets through."""

    def work(store: Store) -> str:
        for number in range(3):
            store.commit(Commit({Key(Sample, ("a", number)): None}, (sample("a", number),)))
        return "done"

    seen = []
    for dying, done in crash_points(lambda: MemoryStore(SAMPLES), work):
        wanted = Range(Sample, "key")
        rows = len(dying.store.read(Read((), (wanted,))).scan(wanted).rows)
        seen.append((dying.at, dying.after, rows, done))
    assert seen == [
        (1, False, 0, None),
        (1, True, 1, None),
        (2, False, 1, None),
        (2, True, 2, None),
        (3, False, 2, None),
        (3, True, 3, None),
        (4, False, 3, "done"),
    ]
    with pytest.raises(AssertionError, match="more than 1 commits"):
        list(crash_points(lambda: MemoryStore(SAMPLES), work, most=1))


def test_the_dead_do_nothing() -> None:
    """Neither reading nor writing nor following, whatever is caught on the way."""
    store = Dying(MemoryStore(SAMPLES), at=1)
    for use in (
        lambda: store.commit(Commit({})),
        lambda: store.commit(Commit({})),
        lambda: store.read(Read()),
        lambda: store.tail(0, 1),
    ):
        with pytest.raises(Died):
            use()
