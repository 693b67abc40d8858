"""What a decision sees: rows below what came before it, read in bounded rounds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovationhub import Catalogue, Hub, HubSettings, Refused
from innovationhub.builtin.memory import MemoryStore, open_memory
from innovationhub.domain.deciding import ROUNDS, Draft, Needs, View, ask
from innovationhub.domain.programme import Programme
from innovationhub.domain.records import Key, Range, Read, Record, Rows, key_of
from innovationhub.domain.roster import Roster
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit, StoreRequest
from tests.stores.samples import Colour, Sample
from tests.support import TASTER, Clock, crowd, session_type, small_hub, weekly

T = TypeVar("T")
NOW = datetime(2026, 12, 1, tzinfo=UTC)
PROGRAMME = Programme(HubSettings(), "", 0, {}, {}, {})


def sample(place: int, weight: int) -> Sample:
    return Sample("a", place, Colour.RED, weight, True, NOW, date(2026, 12, 1))


def through(store: MemoryStore, question: Callable[[Draft], T]) -> T:
    """Ask a question of a draft, reading on as it asks, as the engine does."""
    view = View(NOW, PROGRAMME, Rows({}, {}))
    for _ in range(20):
        asked = view
        answer = ask(lambda: question(Draft(asked, "system:test")))  # noqa: B023
        if not isinstance(answer, Needs):
            return answer
        more = store.read(answer.more)
        view = attrs.evolve(
            view, rows=Rows({**view.rows.keys, **more.keys}, {**view.rows.ranges, **more.ranges})
        )
    raise AssertionError("it kept asking")


rows = st.dictionaries(st.integers(0, 12), st.integers(0, 6), max_size=10)
changes = st.dictionaries(st.integers(0, 12), st.none() | st.integers(0, 6), max_size=8)


@given(
    before=rows,
    change=changes,
    limit=st.integers(1, 5),
    reverse=st.booleans(),
    low=st.none() | st.integers(0, 6),
)
def test_a_range_on_an_overlay_is_the_range_of_the_changed_rows(
    before: dict[int, int], change: dict[int, int | None], limit: int, *, reverse: bool, low: int | None
) -> None:
    """Rows that moved, came or went are where they now belong; a cut range that ran short is read on."""
    store = open_memory(StoreRequest("memory:", (Sample,)))
    assert isinstance(store, MemoryStore)
    kept: dict[int, Record] = {place: sample(place, weight) for place, weight in before.items()}
    store.commit(Commit({key_of(row): None for row in kept.values()}, tuple(kept.values())))
    wanted = Range(Sample, "by_colour", (Colour.RED,), low=low, limit=limit, reverse=reverse)

    def question(draft: Draft) -> tuple[list[Sample], bool]:
        draft.need(wanted)
        for place, weight in change.items():
            if weight is not None:
                draft.put(sample(place, weight))
            else:
                draft.delete(sample(place, 0))
        found = draft.scan(wanted)
        return found.records, found.cut

    after = {place: weight for place, weight in (before | change).items() if weight is not None}
    inside = [sample(place, weight) for place, weight in after.items() if low is None or weight >= low]
    inside.sort(key=lambda row: (row.weight, row.place), reverse=reverse)
    records, cut = through(store, question)
    assert records == inside[:limit]
    assert cut or len(inside) <= limit


class Counting(MemoryStore):
    """Counts its trips, and remembers how much was asked for."""

    def __init__(self) -> None:
        super().__init__(CORE_RECORDS)
        self.reads: list[Read] = []
        self.commits: list[Commit] = []

    def read(self, request: Read) -> Rows:
        self.reads.append(request)
        return super().read(request)

    def commit(self, commit: Commit) -> int:
        self.commits.append(commit)
        return super().commit(commit)

    def trips(self) -> tuple[int, int]:
        counted = len(self.reads), len(self.commits)
        self.reads, self.commits = [], []
        return counted


def counting_hub(capacity: int) -> tuple[Hub, Counting]:
    store = Counting()
    hub = Hub(store, load(discover=False), Clock())
    types = (session_type(capacity=capacity), session_type("forum", 100))
    hub.load_catalogue(Catalogue(None, types, (weekly(), weekly("forum", "2026-12-01T10:30"))))
    return hub, store


def test_a_booking_is_one_trip_to_read_and_one_to_commit() -> None:
    """Seated or queued, on the first booking of a session and on the hundredth."""
    hub, store = counting_hub(3)
    for person in crowd(hub, 6):
        hub.person(person)
        store.trips()
        hub.book(TASTER, person)
        assert store.trips() == (1, 1)


@pytest.mark.parametrize("waiting", [5, 40, 400])
def test_a_cancellation_reads_the_same_however_long_the_queue(waiting: int) -> None:
    """At most four trips for the decision, and as many rows with 5 waiting as with 400."""
    hub, store = counting_hub(1)
    persons = crowd(hub, waiting + 1)
    bookings = [hub.book(TASTER, person) for person in persons]
    store.trips()
    hub.cancel(bookings[0].id)
    assert len(store.reads) <= ROUNDS
    assert sum(len(read.keys) + len(read.ranges) for read in store.reads) < 40
    assert len(store.commits) == 1
    assert len(store.commits[0].puts) < 12


def test_a_walk_past_forty_who_cannot_come_stays_within_its_rounds() -> None:
    """No command reads more than four times, nor writes more than one walk of waiters; the rest is further commands."""
    hub, store = counting_hub(1)
    persons = crowd(hub, 42)
    seated = hub.book(TASTER, persons[0])
    for person in persons[1:]:
        hub.book(TASTER, person)
    for person in persons[1:41]:
        hub.book("forum@2026-12-01T10:30", person)
    store.trips()
    hub.cancel(seated.id)
    assert len(store.commits) >= 2
    assert all(len(commit.entries) <= 34 for commit in store.commits)
    assert len(store.reads) <= ROUNDS * len(store.commits)
    assert hub.waitlist(TASTER)[-1].person_id == "p40"
    assert hub.roster(TASTER)[0].person_id == "p41"


def test_a_refusal_that_took_several_trips_is_checked_before_it_is_given() -> None:
    """What it rests on is relied on like any other decision's: a commit that writes nothing but checks versions."""
    hub, store = counting_hub(1)
    hub.load_catalogue(_no_queue())
    ada, bob = crowd(hub, 2)
    hub.book("third@2026-12-01T12:00", ada)
    hub.person(bob)
    store.trips()
    with pytest.raises(Refused):
        hub.book("third@2026-12-01T12:00", bob)
    assert len(store.reads) == 2
    assert [(commit.puts, commit.entries) for commit in store.commits] == [((), ())]
    assert Key(Roster, ("third@2026-12-08T12:00", "attendee")) in store.commits[0].relied


def _no_queue() -> Catalogue:
    return Catalogue(None, (session_type("third", 1, limit=0),), (weekly("third", "2026-12-01T12:00"),))


def test_the_programme_is_read_anew_when_another_hub_edits_it(tmp_path: Path) -> None:
    """Two hubs on one file: what one loads, the other books on, without being told."""
    file = tmp_path / "hub.db"
    with small_hub(file) as one, small_hub(file) as other:
        crowd(one, 1)
        one.load_catalogue(Catalogue(None, (session_type("fresh"),), (weekly("fresh"),)))
        assert other.book("fresh@2026-12-01T10:00", "p0").status == "confirmed"
        assert {kind.key for kind in other.session_types()} == {"taster", "fresh"}
