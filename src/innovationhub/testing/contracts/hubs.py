"""The contract, hubs: a hub on the store keeps what it promises where a store could break it."""

from __future__ import annotations

from collections.abc import Callable

from innovationhub.domain.answers import Receipt
from innovationhub.domain.booking import Booking
from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.people import Person
from innovationhub.domain.records import Range, Read
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.schedule import Catalogue, Series
from innovationhub.hub import Hub
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Store
from innovationhub.testing.clock import FakeClock
from innovationhub.testing.contracts.base import StoreCase
from innovationhub.testing.faults import Died, Dying
from innovationhub.testing.patience import quick_switches

__all__ = ["Hubs"]

CLIENTS = 8
FEW = 3
"""People in the scenario that is gone through again for each of its commits."""

FIRST, SECOND = "taster@2026-12-01T10:00", "taster@2026-12-08T10:00"
Step = Callable[[Hub, dict[str, Booking]], object]


def _catalogue() -> Catalogue:
    rule = Recurrence.parse("DTSTART;TZID=Europe/London:20261201T100000\nRRULE:FREQ=WEEKLY")
    return Catalogue(
        None,
        (SessionType("taster", "Taster", roles=(Role(capacity=1),)),),
        (Series("taster", "taster", rule),),
    )


def _made(store: Store, clock: FakeClock) -> Hub:
    return Hub(store, load(discover=False), clock)


def _people(hub: Hub, number: int) -> list[str]:
    names = [f"p{each}" for each in range(number)]
    for name in names:
        hub.add_person(Person(name), request_id=f"add {name}")
    return names


def _book(name: str, session: str, person: str) -> Step:
    def step(hub: Hub, answers: dict[str, Booking]) -> None:
        answers[name] = hub.book(session, person, request_id=name)

    return step


def _cancel(name: str, booked: str) -> Step:
    def step(hub: Hub, answers: dict[str, Booking]) -> None:
        answers[name] = hub.cancel(answers[booked].id, request_id=name)

    return step


def _booking(hub: Hub, person: str) -> Callable[[], Booking]:
    return lambda: hub.book(FIRST, person)


STEPS: tuple[Step, ...] = (
    lambda hub, _: hub.load_catalogue(_catalogue(), request_id="load"),
    lambda hub, _: _people(hub, FEW),
    _book("one", FIRST, "p0"),
    _book("two", FIRST, "p1"),
    _book("three", SECOND, "p1"),
    _cancel("four", "one"),
    _book("five", FIRST, "p2"),
)
"""A seat, a queue, a place given up, a promotion: each a request with an id of its own."""

STATUSES = {
    "one": "confirmed",
    "two": "waitlisted",
    "three": "confirmed",
    "four": "cancelled",
    "five": "waitlisted",
}


class Hubs(StoreCase):
    """A hub on the store."""

    def test_the_same_request_is_answered_the_same_for_ever(self) -> None:
        """Also after many others, by another hub, and when the store was closed and opened again; and acts once."""
        store, clock = self.opened(records=CORE_RECORDS), FakeClock()
        hub = _made(store, clock)
        answers: dict[str, Booking] = {}
        for step in STEPS:
            step(hub, answers)
        for number in range(60):
            hub.add_person(Person(f"more{number}"), request_id=f"more {number}")
        before = len(store.tail(0, 10_000))
        if self.lasting:
            store.close()
            store = self.opened(records=CORE_RECORDS)
        again: dict[str, Booking] = {}
        hub = _made(store, clock)
        for step in STEPS:
            step(hub, again)
        assert again == answers
        assert {name: str(each.status) for name, each in again.items()} == STATUSES
        assert len(store.tail(0, 10_000)) == before
        assert hub.audit() == []

    def test_no_seat_is_given_twice(self) -> None:
        """One seat, and clients with hubs of their own, as separate processes: one has it, the others queue."""
        first, clock = self.opened(records=CORE_RECORDS), FakeClock()
        hub = _made(first, clock)
        hub.load_catalogue(_catalogue())
        names = _people(hub, CLIENTS)
        shared = self.lasting and self.shared
        stores = [self.opened(records=CORE_RECORDS) if shared else first for _ in range(3)]
        hubs = [hub, *(_made(store, clock) for store in stores)]
        works = [_booking(hubs[place % len(hubs)], name) for place, name in enumerate(names)]
        with quick_switches():
            answers = self.patience.together("book", works)
        bookings = [each for each in answers if isinstance(each, Booking)]
        assert len(bookings) == CLIENTS, answers
        assert sorted(each.status for each in bookings) == ["confirmed", *["waitlisted"] * (CLIENTS - 1)]
        assert sorted(each.sequence for each in bookings) == list(range(1, CLIENTS + 1))
        for each in hubs:
            assert each.audit() == []
            assert [waiting.sequence for waiting in each.waitlist(FIRST)] == list(range(2, CLIENTS + 1))

    def test_every_booking_leaves_its_receipt(self) -> None:
        """For each request an answer is kept, in the same commit as what it did."""
        store = self.opened(records=CORE_RECORDS)
        hub = _made(store, FakeClock())
        answers: dict[str, Booking] = {}
        for step in STEPS:
            step(hub, answers)
        wanted = Range(Receipt, "key", limit=1000)
        receipts = store.read(Read(ranges=(wanted,))).scan(wanted).records
        assert len(receipts) == len(STEPS) - 1 + FEW

    def test_dying_at_any_commit_leaves_all_or_nothing(self) -> None:
        """The process ends just before or just after a commit, at each in turn; then everything is asked again.

        The answers are those of a run that nothing happened to, nothing is done twice, and audit is clean.
        """
        for place in range(100):
            died = self._dies_at(place)
            if not died:
                break
        assert place > 2 * len(STEPS)

    def _dies_at(self, place: int) -> bool:
        folder = self.new_folder(self.folder, f"died{place}")
        store, clock = self.opened(folder, CORE_RECORDS), FakeClock()
        answers: dict[str, Booking] = {}
        died = False
        try:
            hub = _made(Dying(store, at=place // 2 + 1, after=bool(place % 2)), clock)
            for step in STEPS:
                step(hub, answers)
        except Died:
            died = True
        if self.lasting:
            store.close()
            store = self.opened(folder, CORE_RECORDS)
        hub = _made(store, clock)
        answers = {}
        for step in STEPS:
            step(hub, answers)
        assert {name: str(each.status) for name, each in answers.items()} == STATUSES
        assert hub.audit() == []
        kinds = [each.kind for each in store.tail(0, 1000)]
        counts = [kinds.count(kind) for kind in ("person.added", "booking.confirmed", "booking.cancelled")]
        assert counts == [FEW, 2, 1]
        store.close()
        return died
