"""Commands that wait together are decided on one reading and go out as one commit, each with its own answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from innovationhub import Booking, Catalogue, Hub, HubError, Invalid, NotFound, Refused
from innovationhub.builtin.sqlite import SqliteStore
from innovationhub.domain.answers import Receipt
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.deciding import Overlay
from innovationhub.engine import gathering
from tests.engine.gathered import Held, book, held_hub, together
from tests.support import TASTER, crowd, session_type, weekly

LATER = "taster@2026-12-08T10:00"


def statuses(answers: list[object]) -> list[str]:
    return [str(each.status) if isinstance(each, Booking) else repr(each) for each in answers]


@pytest.fixture(params=["memory", "sqlite"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Hub, Held]:
    return held_hub(tmp_path / "hub.db" if request.param == "sqlite" else None)


def test_what_waits_together_is_one_reading_and_one_commit(small: tuple[Hub, Held]) -> None:
    """Twenty who press at once on two seats: in order of arrival, two have them and the others wait."""
    hub, held = small
    persons = crowd(hub, 20)
    answers = together(hub, held, *(book(hub, TASTER, person) for person in persons))
    assert statuses(answers) == ["confirmed"] * 2 + ["waitlisted"] * 18
    assert [each.person_id for each in answers if isinstance(each, Booking)] == persons
    assert [each.sequence for each in answers if isinstance(each, Booking)] == list(range(1, 21))
    assert (len(held.reads), held.writes(BookingRow), held.writes(Receipt)) == (1, [20], [20])
    assert [entry.position for entry in hub.journal(limit=1000)] == list(
        range(1, len(hub.journal(limit=1000)) + 1)
    )
    assert hub.audit() == []


def test_cancellations_share_their_further_trips(small: tuple[Hub, Held]) -> None:
    """Six cancellations of one session read on together, and are one commit.

    Whom the second promotes is known only when the first is decided, so some trips more for each are needed.
    """
    hub, held = small
    persons = crowd(hub, 12)
    bookings = [hub.book(TASTER, person) for person in persons]
    held.forget()
    hub.cancel(bookings[0].id)
    alone = len(held.reads)
    answers = together(hub, held, *(lambda id=each.id: hub.cancel(id) for each in bookings[1:7]))
    assert statuses(answers) == ["cancelled"] * 6
    assert len(held.reads) < 6 * alone * 2 / 3
    assert len(held.commits) == 1
    assert [each.person_id for each in hub.roster(TASTER)] == persons[7:9]
    assert hub.audit() == []


def test_a_booking_and_a_cancellation_in_one_batch(small: tuple[Hub, Held]) -> None:
    """The seat that comes free goes to who waits, and not to the newcomer behind the cancellation."""
    hub, held = small
    ada, bob, cem, dan = crowd(hub, 4)
    first = hub.book(TASTER, ada)
    hub.book(TASTER, bob)
    answers = together(
        hub, held, book(hub, TASTER, cem), lambda: hub.cancel(first.id), book(hub, TASTER, dan)
    )
    assert statuses(answers) == ["waitlisted", "cancelled", "waitlisted"]
    assert [each.person_id for each in hub.roster(TASTER)] == [bob, cem]
    assert len(held.commits) == 1
    assert hub.audit() == []


def test_who_is_refused_or_wrong_leaves_the_others_alone(small: tuple[Hub, Held]) -> None:
    """A refusal, somebody unknown, a role that there is not, an overlap: each its own answer, the others theirs."""
    hub, held = small
    ada, bob, cem = crowd(hub, 3)
    answers = together(
        hub,
        held,
        book(hub, TASTER, ada),
        book(hub, TASTER, ada),
        lambda: hub.book(TASTER, bob, role="no-such"),
        lambda: hub.cancel("no-such-booking"),
        book(hub, TASTER, bob),
        book(hub, TASTER, cem),
    )
    assert isinstance(answers[1], Refused)
    assert answers[1].codes == ("already-booked",)
    assert isinstance(answers[2], NotFound)
    assert isinstance(answers[3], NotFound)
    assert statuses([answers[0], *answers[4:]]) == ["confirmed", "confirmed", "waitlisted"]
    assert len(held.commits) == 1
    assert hub.audit() == []


def test_the_same_request_twice_in_a_batch_acts_once(small: tuple[Hub, Held]) -> None:
    """Equal answers; with other arguments it is the mistake it always is; a refusal is kept for the second too."""
    hub, held = small
    ada, bob = crowd(hub, 2)
    answers = together(
        hub,
        held,
        book(hub, TASTER, ada, "one"),
        book(hub, TASTER, ada, "one"),
        book(hub, LATER, ada, "one"),
        book(hub, TASTER, ada, "two"),
        book(hub, TASTER, ada, "two"),
        book(hub, TASTER, bob, "three"),
    )
    assert answers[0] == answers[1]
    assert isinstance(answers[2], Invalid)
    assert answers[2].field == "request_id"
    assert isinstance(answers[3], Refused)
    assert isinstance(answers[4], Refused)
    assert answers[3].refusal == answers[4].refusal
    assert statuses([answers[0], answers[5]]) == ["confirmed"] * 2
    assert held.writes(Receipt) == [3]
    assert hub.book(TASTER, ada, request_id="one") == answers[0]


def test_a_batch_of_replays_writes_nothing(small: tuple[Hub, Held]) -> None:
    """Requests that were answered before are answered again without a commit."""
    hub, held = small
    persons = crowd(hub, 4)
    first = [hub.book(TASTER, person, request_id=person) for person in persons]
    assert together(hub, held, *(book(hub, TASTER, each, each) for each in persons)) == first
    assert held.commits == []


def test_what_waits_behind_an_edit_of_the_programme_sees_it(small: tuple[Hub, Held]) -> None:
    """Who books what the command before them in the queue puts on the calendar gets a place there."""
    hub, held = small
    ada, bob = crowd(hub, 2)
    fresh = Catalogue(None, (session_type("fresh"),), (weekly("fresh", "2026-12-02T10:00"),))
    answers = together(
        hub,
        held,
        book(hub, TASTER, ada),
        lambda: hub.load_catalogue(fresh),
        book(hub, "fresh@2026-12-02T10:00", ada),
        book(hub, "fresh@2026-12-02T10:00", bob),
    )
    assert statuses([answers[0], *answers[2:]]) == ["confirmed"] * 3
    assert hub.audit() == []


def test_a_refusal_waits_for_what_it_rests_on(tmp_path: Path) -> None:
    """Of two for the last seat the second is "full" only if the first is on disk: when that fails, it has the seat."""
    hub, held = held_hub(tmp_path / "hub.db", capacity=1, limit=0)
    ada, bob = crowd(hub, 2)
    failed: list[object] = []

    def spoil(commit: object) -> None:
        if any(isinstance(row, BookingRow) for row in getattr(commit, "puts", ())) and len(failed) < 2:
            failed.append(commit)
            raise RuntimeError("a value that the store chokes on")

    held.spoils = spoil
    answers = together(hub, held, book(hub, TASTER, ada), book(hub, TASTER, bob))
    assert isinstance(answers[0], RuntimeError)
    assert statuses(answers[1:]) == ["confirmed"]


def press(hub: Hub, persons: list[str], session: str = TASTER) -> list[Booking | HubError]:
    """Everybody at the same moment, each in a thread of their own."""
    barrier = Barrier(len(persons))

    def one(person: str) -> Booking | HubError:
        barrier.wait(60)
        try:
            return hub.book(session, person)
        except HubError as error:
            return error

    with ThreadPoolExecutor(len(persons)) as pool:
        return list(pool.map(one, persons))


@pytest.mark.parametrize("seats", [1, 30])
def test_s1_and_s2_in_threads_are_gathered(tmp_path: Path, seats: int) -> None:
    """Forty at once on one seat, thirty on thirty: right, and with fewer commits than commands."""
    hub, held = held_hub(tmp_path / "hub.db", capacity=seats)
    persons = crowd(hub, 40 if seats == 1 else 30)
    held.forget()
    answers = press(hub, persons)
    assert sorted(statuses(list(answers))) == ["confirmed"] * seats + ["waitlisted"] * (len(persons) - seats)
    assert len(held.commits) < len(persons)
    assert sum(held.writes(BookingRow)) == len(persons)
    assert hub.audit() == []


def test_a_batch_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many wait, no more than the bound go together; the others are the next batch, in their order."""
    hub, held = held_hub(tmp_path / "hub.db", capacity=None)
    persons = crowd(hub, 12)
    monkeypatch.setattr(gathering, "MOST", 5)
    hub._engine.gathering._most = 5
    answers = together(hub, held, *(book(hub, TASTER, person) for person in persons))
    assert [each.sequence for each in answers if isinstance(each, Booking)] == list(range(1, 13))
    assert [number for number in held.writes(BookingRow) if number] == [5, 5, 2]


def test_one_client_has_no_more_trips_than_before(small: tuple[Hub, Held]) -> None:
    """One reading and one commit, in its own thread."""
    hub, held = small
    for person in crowd(hub, 3):
        hub.person(person)
        held.forget()
        hub.book(TASTER, person)
        assert (len(held.reads), len(held.commits)) == (1, 1)


def test_many_rows_are_the_same_rows(tmp_path: Path) -> None:
    """A long batch on SQLite writes and reads what as many short ones do."""
    hub, held = held_hub(tmp_path / "hub.db", capacity=10)
    persons = crowd(hub, 60)
    together(hub, held, *(book(hub, TASTER, person) for person in persons))
    one, other = held_hub(tmp_path / "one.db", capacity=10)
    for person in crowd(one, 60):
        one.book(TASTER, person)
    assert isinstance(held.store, SqliteStore)
    shown = [[(each.person_id, each.status, each.sequence) for each in h.roster(TASTER)] for h in (hub, one)]
    assert shown[0] == shown[1]
    assert hub.audit() == one.audit() == []
    assert len(other.commits) > len(held.commits)


def test_without_the_overlay_a_batch_overbooks(
    small: tuple[Hub, Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests above can fail: where no command sees what those before it did, all are seated, and audit says so."""
    hub, held = small
    persons = crowd(hub, 3)
    monkeypatch.setattr(Overlay, "add", lambda overlay, changes: None)
    answers = together(hub, held, *(book(hub, TASTER, person) for person in persons))
    assert statuses(answers) == ["confirmed"] * 3
    assert hub.audit() != []
