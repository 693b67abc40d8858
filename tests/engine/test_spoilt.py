"""What goes wrong in the middle of a batch: each caller is told what is true of their own command, in bounded time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event, active_count

import pytest

from innovationhub import Booking, Conflict, Invalid, PluginError, Unavailable
from innovationhub.domain.answers import Receipt
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.roster import Roster
from innovationhub.engine.requests import Ticket
from innovationhub.protocols.store import Commit
from tests.engine.gathered import LONG, Waiting, book, held_hub, outcome, together
from tests.support import TASTER, crowd, small_hub

LATER = "taster@2026-12-08T10:00"


def once(work: Callable[[], object]) -> Callable[[Commit], object]:
    """Do something at the first commit of a booking, and at no other."""
    left = [work]

    def at(commit: Commit) -> None:
        if left and any(isinstance(row, BookingRow) for row in commit.puts):
            left.pop()()

    return at


def fails(error: BaseException) -> Callable[[], object]:
    def work() -> None:
        raise error

    return work


def confirmed(answers: list[object]) -> list[bool]:
    return [isinstance(each, Booking) and each.status == "confirmed" for each in answers]


def test_a_conflict_with_another_process_decides_the_batch_again(tmp_path: Path) -> None:
    """Between its reading and its commit somebody else takes one of two seats: one of the batch has the other."""
    hub, held = held_hub(tmp_path / "hub.db")
    persons = crowd(hub, 5)
    with small_hub(tmp_path / "hub.db") as other:
        held.spoils = once(lambda: other.book(TASTER, persons[4]))
        answers = together(hub, held, *(book(hub, TASTER, person, person) for person in persons[:4]))
    assert confirmed(answers) == [True, False, False, False]
    assert [each.sequence for each in answers if isinstance(each, Booking)] == [2, 3, 4, 5]
    assert held.writes(BookingRow) == [4, 4]
    assert hub.audit() == []


def test_one_bad_value_does_not_fail_its_neighbours(tmp_path: Path) -> None:
    """A value that the store does not take is its own command's error; the others are decided afresh and done."""
    hub, held = held_hub(tmp_path / "hub.db", capacity=9)
    persons = crowd(hub, 4)

    def spoil(commit: Commit) -> None:
        if any(isinstance(row, BookingRow) and row.session_id == LATER for row in commit.puts):
            raise PluginError("record booking", "holds what its table does not take")

    held.spoils = spoil
    sessions = [TASTER, LATER, TASTER, TASTER]
    answers = together(
        hub, held, *(book(hub, session, each) for session, each in zip(sessions, persons, strict=True))
    )
    assert confirmed(answers) == [True, False, True, True]
    assert isinstance(answers[1], PluginError)
    assert hub.roster(LATER) == []
    assert hub.audit() == []


def test_a_reading_that_one_command_spoils_is_made_alone(tmp_path: Path) -> None:
    """What the store cannot even read is that command's error alone."""
    hub, held = held_hub(tmp_path / "hub.db", capacity=9)
    persons = crowd(hub, 3)
    answers = together(
        hub,
        held,
        book(hub, TASTER, persons[0]),
        lambda: hub.cancel("\ud800"),
        book(hub, TASTER, persons[1]),
    )
    assert confirmed(answers) == [True, False, True]
    assert isinstance(answers[1], UnicodeEncodeError | Invalid | LookupError)


@pytest.mark.parametrize("known", [True, False])
def test_a_batch_that_certainly_was_not_done_is_done_one_by_one(tmp_path: Path, *, known: bool) -> None:
    """The store says so, or the receipts do: everybody is served all the same when it works again."""
    hub, held = held_hub(tmp_path / "hub.db")
    persons = crowd(hub, 4)
    held.spoils = once(fails(Unavailable("out of reach", outcome_known=known)))
    answers = together(hub, held, *(book(hub, TASTER, person) for person in persons))
    assert confirmed(answers) == [True, True, False, False]
    assert held.writes(BookingRow) == [1, 1, 1, 1]
    assert hub.audit() == []


def test_a_store_that_stays_away_tells_each_with_their_own_id(tmp_path: Path) -> None:
    """Nothing was changed, each error carries its request's id, and with it the command can be sent again."""
    hub, held = held_hub(tmp_path / "hub.db")
    persons = crowd(hub, 3)

    def spoil(commit: Commit) -> None:
        if any(isinstance(row, BookingRow) for row in commit.puts):
            raise Unavailable("the disk is full")

    held.spoils = spoil
    answers = together(hub, held, *(book(hub, TASTER, person, f"of-{person}") for person in persons))
    for person, answer in zip(persons, answers, strict=True):
        assert isinstance(answer, Unavailable)
        assert (answer.request_id, answer.outcome_known) == (f"of-{person}", True)
    assert hub.roster(TASTER) == hub.waitlist(TASTER) == []


def test_an_answer_that_was_lost_is_found_for_all(tmp_path: Path) -> None:
    """The store did it and could not say so: the receipts know, and everybody is answered as decided."""
    hub, held = held_hub(tmp_path / "hub.db")
    persons = crowd(hub, 4)
    held.lost = once(fails(Unavailable("the answer was lost", outcome_known=False)))
    answers = together(hub, held, *(book(hub, TASTER, person, person) for person in persons))
    assert confirmed(answers) == [True, True, False, False]
    assert held.writes(Receipt) == [4]
    assert [hub.book(TASTER, person, request_id=person) for person in persons] == answers


@pytest.mark.parametrize("done", [True, False])
def test_what_cannot_be_found_out_is_said_to_be_unknown(tmp_path: Path, *, done: bool) -> None:
    """The store is gone with the answer: each is told so with their id, and asking again with it acts once."""
    hub, held = held_hub(tmp_path / "hub.db")
    persons = crowd(hub, 4)

    def dark() -> None:
        held.dark = Unavailable("gone")
        raise Unavailable("the answer was lost", outcome_known=False)

    if done:
        held.lost = once(dark)
    else:
        held.spoils = once(dark)
    answers = together(hub, held, *(book(hub, TASTER, person) for person in persons))
    held.dark = None
    requests = []
    for answer in answers:
        assert isinstance(answer, Unavailable)
        assert not answer.outcome_known
        requests.append(answer.request_id)
    assert len(set(requests)) == 4
    assert (len(hub.roster(TASTER)) == 2) == done
    bookings = [
        hub.book(TASTER, person, request_id=request)
        for person, request in zip(persons, requests, strict=True)
    ]
    assert confirmed(list(bookings)) == [True, True, False, False]
    assert [entry.kind for entry in hub.journal(limit=1000)].count("booking.confirmed") == 2
    assert hub.audit() == []


@pytest.mark.parametrize("at", ["read", "commit"])
def test_a_store_that_hangs_is_told_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    """Who is in a commit under way is told that it is not known; whoever is not, that nothing was changed.

    When the store comes back that turns out true; what is asked again with the same id is done once.
    """
    hub, held = held_hub(tmp_path / "hub.db", capacity=9)
    persons = crowd(hub, 4)
    impatient = Event()

    def wait(ticket: Ticket) -> bool:
        while ticket.gate is not None and not ticket.gate.acquire(timeout=0.01):
            if impatient.is_set():
                return False
        return True

    monkeypatch.setattr(Ticket, "wait", wait)
    waiting = Waiting(hub, held, [book(hub, TASTER, each, each) for each in persons[:3]])
    held.hold(at)
    waiting.let_go()
    assert held.entered.wait(LONG)
    waiting.start(book(hub, TASTER, persons[3], persons[3]))
    impatient.set()
    waiting.join(1, 2, 3)
    held.go_on.set()
    leader, *told = waiting.answers()
    assert confirmed([leader]) == [True]
    known = [each.outcome_known for each in told if isinstance(each, Unavailable)]
    assert known == ([True] * 3 if at == "read" else [False, False, True])
    assert [each.request_id for each in told if isinstance(each, Unavailable)] == persons[1:]
    seated = [each.person_id for each in hub.roster(TASTER)]
    assert seated == (persons[:1] if at == "read" else persons[:3])
    impatient.clear()
    again = [hub.book(TASTER, person, request_id=person) for person in persons]
    assert confirmed(list(again)) == [True] * 4
    assert [each.id for each in hub.roster(TASTER)] == [each.id for each in again]
    assert hub.audit() == []


def test_an_interrupted_leader_leaves_nobody_waiting(tmp_path: Path) -> None:
    """Ctrl-C in the thread that leads ends its own call; the others are led by the next of them."""
    hub, held = held_hub(tmp_path / "hub.db")
    persons = crowd(hub, 4)
    held.spoils = once(fails(KeyboardInterrupt()))

    def interrupted() -> object:
        try:
            return hub.book(TASTER, persons[0])
        except KeyboardInterrupt:
            return "interrupted"

    answers = together(hub, held, interrupted, *(book(hub, TASTER, each) for each in persons[1:]))
    assert answers[0] == "interrupted"
    assert confirmed(answers[1:]) == [True, True, False]
    assert hub.audit() == []


def test_a_hub_that_is_closed_tells_all_who_wait(tmp_path: Path) -> None:
    """Closing while commands wait: each is told that nothing was changed, and no thread is left behind."""
    threads = active_count()
    hub, held = held_hub(tmp_path / "hub.db")
    persons = crowd(hub, 6)
    waiting = Waiting(hub, held, [book(hub, TASTER, person) for person in persons])
    hub.close()
    for answer in waiting.answers():
        assert isinstance(answer, Unavailable)
        assert answer.outcome_known
    assert active_count() == threads
    with small_hub(tmp_path / "hub.db") as again:
        assert again.roster(TASTER) == []
    assert isinstance(outcome(book(hub, TASTER, persons[0])), Unavailable)


def test_who_collides_in_company_goes_on_alone(tmp_path: Path) -> None:
    """While others keep getting in between each batch of several, its leader commits by itself: nobody starves.

    Then it relies on its own rows, and on none of those on which its neighbours had collided.
    """
    hub, held = held_hub(tmp_path / "hub.db", capacity=None)
    persons = crowd(hub, 4)

    def collide(commit: Commit) -> None:
        if sum(type(row) is Receipt for row in commit.puts) > 1:
            raise Conflict(tuple(commit.relied))

    held.spoils = collide
    sessions = (TASTER, LATER, TASTER, LATER)
    calls = [book(hub, session, person) for session, person in zip(sessions, persons, strict=True)]
    answers = together(hub, held, *calls)
    assert [each.status for each in answers if isinstance(each, Booking)] == ["confirmed"] * 4
    assert held.writes(Receipt) == [1] * 4
    rosters = [[key.values[0] for key in commit.relied if key.type is Roster] for commit in held.commits]
    assert rosters == [[session] for session in sessions]
    assert hub.audit() == []
