"""A gathered batch equals its commands one by one: the same answers, rows and journal, in order of arrival."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovationhub import Booking, BookingPolicy, Catalogue, Hub, Refused
from innovationhub.engine import batch as batch_module
from innovationhub.engine import requests
from tests.engine.gathered import Held, book, held_hub, outcome, together
from tests.support import TASTER, crowd, session_type, weekly

DAY = "2026-12-01T"
STARTS = {"taster": "10:00", "forum": "10:30", "clinic": "11:00", "open": "10:15"}
PEOPLE = [f"p{number}" for number in range(6)]
SESSIONS = [f"{key}@{DAY}{at}" for key, at in STARTS.items()]
TYPES = (
    session_type("taster", 1),
    session_type("forum", 2, limit=1),
    session_type("clinic", 2),
    session_type("open", None, booking=BookingPolicy(overlaps=True)),
)


@attrs.frozen
class Do:
    """One call: what, where, who; `earlier` counts among the bookings that were there before the batch."""

    what: str
    session: str
    person: str
    others: tuple[str, ...]
    earlier: int
    request: str | None

    def on(self, hub: Hub, bookings: list[str]) -> Callable[[], object]:
        """The call on a hub in which those bookings were made before."""
        target = bookings[self.earlier % len(bookings)] if bookings else "none"
        calls: dict[str, Callable[[], object]] = {
            "book": lambda: hub.book(
                self.session, self.person, group=self.others, request_id=self.request, note="n"
            ),
            "cancel": lambda: hub.cancel(target, request_id=self.request),
            "leave": lambda: hub.cancel(target, person_id=self.person, request_id=self.request),
            "transfer": lambda: hub.transfer(target, self.session, request_id=self.request),
            "wrong": lambda: hub.book(self.session, self.person, role="none", request_id=self.request),
            "check in": lambda: hub.check_in(self.session, self.person, request_id=self.request),
        }
        return calls[self.what]


people = st.sampled_from(PEOPLE)
sessions = st.sampled_from(SESSIONS)
kinds = st.sampled_from(
    ["book"] * 5 + ["cancel"] * 3 + ["leave", "transfer", "transfer", "wrong", "check in"]
)
calls = st.builds(
    Do,
    what=kinds,
    session=sessions,
    person=people,
    others=st.lists(people, max_size=1).map(tuple),
    earlier=st.integers(0, 9),
    request=st.none() | st.sampled_from(["r0", "r1", "r2"]),
)
before = st.lists(st.tuples(sessions, people), max_size=8)


def opened(file: Path | None) -> tuple[Hub, Held]:
    hub, held = held_hub(file)
    series = [weekly(key, DAY + at) for key, at in STARTS.items()]
    hub.load_catalogue(Catalogue(None, TYPES, tuple(series)))
    crowd(hub, len(PEOPLE))
    hub.clock = hub._engine._clock  # type: ignore[attr-defined]
    return hub, held


def begun(hub: Hub, bookings: list[tuple[str, str]]) -> list[str]:
    """What is booked before the batch."""
    answers = [outcome(book(hub, session, person)) for session, person in bookings]
    return [answer.id for answer in answers if isinstance(answer, Booking)]


def plain(answer: object) -> object:
    """An answer without what differs between two hubs: minted ids."""
    if isinstance(answer, Booking):
        return (
            *(answer.session_id, answer.person_id, answer.role, answer.status, answer.sequence),
            tuple(sorted((each, str(status)) for each, status in dict(answer.people).items())),
        )
    if isinstance(answer, Refused):
        return ("refused", answer.codes, tuple(each.id for each in answer.alternatives))
    return type(answer).__name__


def standing(hub: Hub) -> list[object]:
    """How everything stands: rosters, queues, and the kinds of what the journal says, in order."""
    rosters = [
        [plain(booking) for booking in listed]
        for session in SESSIONS
        for listed in (hub.roster(session), hub.waitlist(session))
    ]
    entries = hub.journal(limit=10_000)
    said = [(entry.kind, entry.facts.get("sequence"), entry.facts.get("session")) for entry in entries]
    return [rosters, [each for each in said if each[0] != "person.added"]]


def deferred(hub: Hub) -> list[tuple[str, str]]:
    """Going on with a queue is a command of its own, which comes behind the batch: rosters that are owed one."""
    rosters: list[tuple[str, str]] = []

    def settle(session_id: str, role: str) -> bool:
        rosters.append((session_id, role))
        return True

    hub._engine.settle = settle  # type: ignore[method-assign]
    return rosters


def differences(
    bookings: list[tuple[str, str]], batch: list[Do], file: Path | None, *, late: bool
) -> list[tuple[object, object]]:
    """Where a hub that gathered these differs from one that did them one by one."""
    gathered, held = opened(file)
    serial, _ = opened(None)
    ids = [begun(hub, bookings) for hub in (gathered, serial)]
    if late:  # the door is open: checking in is possible
        for hub in (gathered, serial):
            hub._engine._clock.now += timedelta(days=7, hours=0, minutes=55)  # type: ignore[attr-defined]
    owed = [deferred(gathered), deferred(serial)]
    answers = together(gathered, held, *(each.on(gathered, ids[0]) for each in batch))
    expected = [outcome(each.on(serial, ids[1])) for each in batch]
    for hub, rosters in zip((gathered, serial), owed, strict=True):
        del hub._engine.settle
        for roster in sorted(set(rosters)):
            hub._engine.settle(*roster)
    pairs: list[tuple[object, object]] = [
        ([plain(each) for each in answers], [plain(each) for each in expected]),
        (standing(gathered), standing(serial)),
        (gathered.audit(), []),
        (serial.audit(), []),
    ]
    gathered.close()
    return [(one, other) for one, other in pairs if one != other]


@pytest.fixture(autouse=True)
def as_many_trips_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command owes when its trips run out depends on what others had read for it; here none runs out."""
    monkeypatch.setattr(batch_module, "ROUNDS", 100)
    monkeypatch.setattr(requests, "ROUNDS", 100)
    monkeypatch.setattr(batch_module, "PASSES", 400)


@given(bookings=before, batch=st.lists(calls, min_size=2, max_size=10), late=st.booleans())
@settings(max_examples=150)
def test_a_batch_equals_its_commands_in_order(
    bookings: list[tuple[str, str]], batch: list[Do], *, late: bool
) -> None:
    """Bookings of one and two, cancellations with promotions, transfers, check-ins, mistakes, the same ids twice."""
    assert differences(bookings, batch, None, late=late) == []


@given(bookings=before, batch=st.lists(calls, min_size=2, max_size=24), late=st.booleans())
@settings(max_examples=30)
def test_a_batch_on_sqlite_equals_its_commands_in_order(
    bookings: list[tuple[str, str]], batch: list[Do], *, late: bool
) -> None:
    """The same on a file, where long batches are read and written table by table."""
    with tempfile.TemporaryDirectory() as folder:
        assert differences(bookings, batch, Path(folder) / "hub.db", late=late) == []


@pytest.mark.parametrize("seats", [1, 3])
def test_a_long_batch_walks_a_queue_as_it_is_by_then(seats: int) -> None:
    """More cancellations than a reading of the queue has rows: each promotes whoever is next after those before it."""
    hub, held = held_hub(capacity=seats)
    persons = crowd(hub, 24)
    bookings = [hub.book(TASTER, person) for person in persons]
    together(hub, held, *(lambda id=each.id: hub.cancel(id) for each in bookings[:16]))
    assert [each.person_id for each in hub.roster(TASTER)] == persons[16 : 16 + seats]
    assert hub.audit() == []
