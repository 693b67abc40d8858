"""Nothing in a decision grows with the length of a queue: as many rows with 40 waiting as with 10,000.

Rows are counted, not seconds: what a store looks up for each is its own affair (`benchmarks/` measures that).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest

from innovationhub import (
    Booking,
    Catalogue,
    Groups,
    Hub,
    OnLapse,
    Promote,
    Refused,
    Resize,
    Role,
    SessionType,
    WaitlistPolicy,
)
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.records import Read, Rows
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit
from tests.support import TASTER, Clock, people, weekly

SHORT, LONG = 40, 10_000


class Counting(MemoryStore):
    """Counts the rows that are read and written."""

    def __init__(self) -> None:
        super().__init__(CORE_RECORDS)
        self.rows = 0

    def read(self, request: Read) -> Rows:
        found = super().read(request)
        self.rows += len(found.keys) + sum(len(each.rows) for each in found.ranges.values())
        return found

    def copied(self) -> Counting:
        """The same rows in a store of their own: filling a long queue takes its time."""
        other = Counting()
        for cls, table in self._tables.items():
            mine = other._tables[cls]
            mine.rows, mine.orders = (
                dict(table.rows),
                {name: list(order) for name, order in table.orders.items()},
            )
        other._position, other._commits = self._position, self._commits
        return other

    def commit(self, commit: Commit) -> int:
        self.rows += len(commit.relied) + len(commit.puts) + len(commit.entries)
        return super().commit(commit)


Wanted = Callable[[Hub, Clock, list[Booking]], object]


@cache
def filled(waiting: int, policy: WaitlistPolicy, *, approval: bool) -> tuple[Counting, tuple[str, ...]]:
    """A store with a session of two seats, both taken, and so many people waiting; and the bookings that hold them."""
    store = Counting()
    hub = Hub(store, load(discover=False), Clock())
    kind = SessionType("taster", "Taster", roles=[Role(capacity=2)], waitlist=policy, approval=approval)
    hub.load_catalogue(Catalogue(None, (kind,), (weekly(),)))
    for person in people(hub, "ada", "bob", *(f"w{number}" for number in range(waiting))):
        booking = hub.book(TASTER, person)
        if approval:
            hub.approve(booking.id)
    people(hub, "new", "newer")
    return store, tuple(booking.id for booking in hub.roster(TASTER))


def queued(
    waiting: int, policy: WaitlistPolicy, *, approval: bool = False
) -> tuple[Hub, Clock, Counting, list[Booking]]:
    """A hub on a copy of that store, with its clock and the two who have a seat."""
    store, held = filled(waiting, policy, approval=approval)
    copied, clock = store.copied(), Clock()
    hub = Hub(copied, load(discover=False), clock)
    return hub, clock, copied, [hub.booking(id) for id in held]


def lapse(hub: Hub, clock: Clock, held: list[Booking]) -> object:
    hub.cancel(held[0].id)
    clock.pass_by(days=4)
    return hub.tick()


def accept(hub: Hub, clock: Clock, held: list[Booking]) -> object:
    hub.cancel(held[0].id)
    (offered,) = [each for each in hub.roster(TASTER) if each.status == "offered"]
    return hub.accept(offered.id)


def decline(hub: Hub, clock: Clock, held: list[Booking]) -> object:
    hub.cancel(held[0].id)
    (offered,) = [each for each in hub.roster(TASTER) if each.status == "offered"]
    return hub.decline(offered.id)


def resize(hub: Hub, clock: Clock, held: list[Booking]) -> object:
    return hub.apply(hub.plan(Resize(TASTER, "attendee", 5)))


def full(hub: Hub, clock: Clock, held: list[Booking]) -> object:
    elsewhere = hub.book("taster@2026-12-08T10:00", "new")
    with pytest.raises(Refused):
        hub.transfer(elsewhere.id, TASTER)
    return None


AUTOMATIC = WaitlistPolicy()
FILL = WaitlistPolicy(groups=Groups.FILL)
OFFER = WaitlistPolicy(promote=Promote.OFFER, on_lapse=OnLapse.KEEP)
BACK = WaitlistPolicy(promote=Promote.OFFER, on_lapse=OnLapse.BACK)

CASES: dict[str, tuple[WaitlistPolicy, Wanted]] = {
    "book": (AUTOMATIC, lambda hub, clock, held: hub.book(TASTER, "new")),
    "book as a party": (FILL, lambda hub, clock, held: hub.book(TASTER, "new", group=["newer"])),
    "cancel": (AUTOMATIC, lambda hub, clock, held: hub.cancel(held[0].id)),
    "cancel, offered on": (OFFER, lambda hub, clock, held: hub.cancel(held[0].id)),
    "accept": (OFFER, accept),
    "decline": (OFFER, decline),
    "lapse": (OFFER, lapse),
    "lapse, to the back": (BACK, lapse),
    "transfer": (AUTOMATIC, lambda hub, clock, held: hub.transfer(held[0].id, "taster@2026-12-08T10:00")),
    "transfer, refused": (AUTOMATIC, full),
    "substitute": (AUTOMATIC, lambda hub, clock, held: hub.substitute(held[0].id, "new")),
    "resize": (AUTOMATIC, resize),
    "check in": (AUTOMATIC, lambda hub, clock, held: hub.check_in(TASTER, "ada")),
    "calendar": (AUTOMATIC, lambda hub, clock, held: hub.session(TASTER)),
    "amend": (AUTOMATIC, lambda hub, clock, held: hub.amend(held[0].id, note="a note")),
}


@pytest.mark.parametrize("name", CASES)
def test_no_command_reads_more_for_a_longer_queue(name: str) -> None:
    """The rows read and written for a command are as many with a queue of 40 as with one of 10,000."""
    policy, wanted = CASES[name]
    counted = []
    for waiting in (SHORT, LONG):
        hub, clock, store, held = queued(waiting, policy)
        store.rows = 0
        wanted(hub, clock, held)
        counted.append(store.rows)
    assert counted[0] == counted[1], name


def test_an_explanation_reads_as_much_at_the_end_of_a_long_queue() -> None:
    """The place among 10,000 is counted by the store's index, not by reading who is ahead."""
    counted = []
    for waiting in (SHORT, LONG):
        hub, _, store, _ = queued(waiting, AUTOMATIC)
        last = hub.bookings_of(f"w{waiting - 1}")[0]
        store.rows = 0
        assert hub.explain(last.id).place == waiting
        counted.append(store.rows)
    assert counted[0] == counted[1]


def test_approval_into_a_long_queue_costs_the_same() -> None:
    """A request is approved to the end of the queue without looking at who is in it."""
    counted = []
    for waiting in (SHORT, LONG):
        hub, clock, store, _ = queued(waiting, AUTOMATIC, approval=True)
        clock.now += timedelta(minutes=1)
        request = hub.book(TASTER, "new")
        store.rows = 0
        assert hub.approve(request.id).status == "waitlisted"
        counted.append(store.rows)
    assert counted[0] == counted[1]
