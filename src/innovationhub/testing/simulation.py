"""A year of a busy hub in seconds: several clients, stores that fail, and waitlist policies compared on one demand.

    report = simulate(seed=1, days=365)
    print(report)

The same arguments give the same report: every choice is drawn from the seed, time is simulated, and the clients take
turns. Each client has a hub of its own on a store that all share, as processes do, and asks again with the same
request id when its store fails. When it is over the hub is audited.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import TypeVar
from unittest.mock import patch

from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.booking import Booking, BookingStatus
from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.people import Person
from innovationhub.domain.policies import BookingPolicy, OnLapse, Promote, WaitlistPolicy
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Refused
from innovationhub.domain.schedule import Catalogue, Series
from innovationhub.domain.settings import HubSettings
from innovationhub.errors import Unavailable
from innovationhub.hub import Hub, door, knowing, reserving
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Store
from innovationhub.testing.clock import FakeClock
from innovationhub.testing.demand import Wish, demand
from innovationhub.testing.faults import Flaky
from innovationhub.testing.outcome import Outcome, Report, outcome_of

__all__ = ["POLICIES", "simulate"]

T = TypeVar("T")

BEGINS = datetime(2026, 12, 1, 8, tzinfo=UTC)
ATTEMPTS = 100
SECOND = timedelta(seconds=1)

POLICIES: Mapping[str, WaitlistPolicy] = {
    "automatic": WaitlistPolicy(),
    "offer 8 h, keep": WaitlistPolicy(promote=Promote.OFFER, offer_hours=8),
    "offer 8 h, leave": WaitlistPolicy(promote=Promote.OFFER, offer_hours=8, on_lapse=OnLapse.LEAVE),
}
"""What is compared unless you choose: a seat at once, and offers that end after a day of work."""


def simulate(
    seed: int,
    days: int = 365,
    *,
    policies: Mapping[str, WaitlistPolicy] | None = None,
    people: int = 300,
    capacity: int = 8,
    demanded: float = 14.0,
    clients: int = 3,
    faults: float = 0.02,
    open_store: Callable[[], Store] | None = None,
) -> Report:
    """So many days of a hub with two sessions a week, under each policy in turn, on the same demand.

    `demanded` is how many want a place in a session of `capacity` seats, on average; `faults` the part of the calls to
    the store that fail. `open_store` makes a fresh store that keeps `CORE_RECORDS` (in memory unless told). Raises
    `AssertionError` where a hub breaks its promises.
    """
    outcomes = []
    for name, policy in (policies or POLICIES).items():
        store = open_store() if open_store else MemoryStore(CORE_RECORDS)
        with _counted_ids():
            run = _Run(seed, policy, capacity, clients, faults, store)
            wishes = demand(seed, run.sessions(days), people, demanded)
            run.people(sorted({wish.person_id for wish in wishes}))
            run.through(wishes, BEGINS + timedelta(days=days))
        outcomes.append(run.outcome(name, wishes))
        store.close()
    return Report(seed=seed, days=days, capacity=capacity, clients=clients, outcomes=tuple(outcomes))


@contextmanager
def _counted_ids() -> Iterator[None]:
    """Number bookings and people, whose ids are else chance: what is due at one instant is taken in their order."""
    numbers = count(1)

    def minted(_: int = 0) -> str:
        return f"{next(numbers):032x}"

    with (
        patch.object(reserving, "minted", minted),
        patch.object(door, "minted", minted),
        patch.object(knowing, "secrets", SimpleNamespace(token_hex=minted)),
    ):
        yield


def _catalogue(policy: WaitlistPolicy, capacity: int) -> Catalogue:
    types, listed = [], []
    for key, start in (("taster", "20261201T100000"), ("clinic", "20261203T140000")):
        roles = (Role(capacity=capacity),)
        booking = BookingPolicy(opens_days=90, closes_minutes=60)
        types.append(SessionType(key, key.title(), roles=roles, booking=booking, waitlist=policy))
        rule = Recurrence.parse(f"DTSTART;TZID=Europe/London:{start}\nRRULE:FREQ=WEEKLY")
        listed.append(Series(key, key, rule))
    return Catalogue(HubSettings(), tuple(types), tuple(listed))


class _Run:
    """One policy's run: clients who take turns, and what is still to happen, in order of time."""

    def __init__(
        self, seed: int, policy: WaitlistPolicy, capacity: int, clients: int, faults: float, store: Store
    ) -> None:
        self.clock = FakeClock(BEGINS)
        self.capacity = capacity
        registry = load(discover=False)
        self.plain = Hub(store, registry, self.clock)
        self.plain.load_catalogue(_catalogue(policy, capacity))
        self.flaky = [Flaky(store, seed + client, rate=0.0) for client in range(clients)]
        self.hubs = [Hub(each, registry, self.clock) for each in self.flaky]
        self.rate = faults
        self._chance = random.Random(seed)
        self._requests = count()
        self._order = count()
        self._ahead: list[tuple[datetime, int, Callable[[], object]]] = []
        self._wishes: dict[str, Wish] = {}
        self._starts: dict[str, datetime] = {}
        self.retries = 0
        self.seen = 0

    def sessions(self, days: int) -> list[tuple[str, datetime]]:
        """Every session of that time, with its start."""
        views = self.plain.calendar(BEGINS, BEGINS + timedelta(days=days))
        self._starts = {view.id: view.starts.astimezone(UTC) for view in views}
        return list(self._starts.items())

    def people(self, ids: list[str]) -> None:
        """Make everybody known."""
        for person in ids:
            self.plain.add_person(Person(person))

    def through(self, wishes: list[Wish], end: datetime) -> None:
        """Everything that happens, in order of time."""
        for each in self.flaky:
            each.rate = self.rate
        for wish in wishes:
            self._then(wish.at, lambda wish=wish: self._wants(wish))  # type: ignore[misc]
        for session, starts in self._starts.items():
            self._then(starts + SECOND, lambda session=session: self._comes(session))  # type: ignore[misc]
            self._then(starts + timedelta(hours=2), lambda session=session: self._closes(session))  # type: ignore[misc]
        for hour in range(6, 24 * (end - BEGINS).days, 6):
            self._then(BEGINS + timedelta(hours=hour, minutes=17), self._ticks)
        while self._ahead:
            at, _, act = heapq.heappop(self._ahead)
            # what somebody did before the first day is done on it
            self.clock.set(max(at, self.clock.now))
            act()
        for each in self.flaky:
            each.rate = 0.0
        while not self.plain.tick().complete:
            pass
        assert self.plain.audit() == []

    def outcome(self, name: str, wishes: list[Wish]) -> Outcome:
        """What became of it."""
        happened = sum(len(each.faults) for each in self.flaky)
        return outcome_of(name, self.plain, self._starts, self.capacity, len(wishes), happened, self.retries)

    def _then(self, at: datetime, act: Callable[[], object]) -> None:
        heapq.heappush(self._ahead, (at, next(self._order), act))

    def _ask(self, command: Callable[[Hub, str], T]) -> T | None:
        """One client's command, sent again under the same id until it is answered; None for a "no" of the rules."""
        hub, request = self._chance.choice(self.hubs), f"request-{next(self._requests)}"
        for _ in range(ATTEMPTS):
            try:
                return command(hub, request)
            except Refused:
                return None
            except Unavailable:
                self.retries += 1
        raise AssertionError(f"{ATTEMPTS} attempts were not enough")

    def _wants(self, wish: Wish) -> None:
        booked = self._ask(lambda hub, id: hub.book(wish.session_id, wish.person_id, request_id=id))
        if booked is None:
            return
        self._wishes[booked.id] = wish
        if wish.leaves is not None and wish.leaves > self.clock.now:
            self._then(wish.leaves, lambda: self._leaves(booked))

    def _leaves(self, booked: Booking) -> None:
        self._ask(lambda hub, id: hub.cancel(booked.id, request_id=id))
        self._answers()

    def _ticks(self) -> None:
        self._ask(lambda hub, _: hub.tick())
        self._answers()

    def _answers(self) -> None:
        """Who was offered a seat since this was last looked at will answer in their own time."""
        for entry in self.plain.journal(self.seen, 100_000):
            self.seen = entry.position
            wish = self._wishes.get(entry.subject)
            if entry.kind == "booking.offered" and wish is not None and wish.answers_after is not None:
                at = self.clock.now + timedelta(hours=wish.answers_after)
                self._then(at, lambda booking=entry.subject: self._accepts(booking))  # type: ignore[misc]

    def _accepts(self, booking: str) -> None:
        if self.plain.booking(booking).status is BookingStatus.OFFERED:
            self._ask(lambda hub, id: hub.accept(booking, request_id=id))

    def _comes(self, session: str) -> None:
        for booked in self.plain.roster(session):
            wish = self._wishes.get(booked.id)
            if booked.status is BookingStatus.CONFIRMED and (wish is None or wish.comes):
                self._ask(lambda hub, id, who=booked.person_id: hub.check_in(session, who, request_id=id))  # type: ignore[misc]

    def _closes(self, session: str) -> None:
        self._ask(lambda hub, id: hub.close_register(session, request_id=id))
