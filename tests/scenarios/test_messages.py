"""Messages: M1, M2, and what Q12, Q14 and D3 say of them."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from innovationhub import CallOff, HubSettings, Move
from innovationhub.protocols.channel import Later, Message, Never, Outcome, Sent
from tests.audited import kind
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import NOW, TASTER, Clock, crowd, session_type, small_hub

TASTER_AT = datetime(2026, 12, 1, 10, tzinfo=UTC)
A_DAY_LATER = datetime(2026, 12, 2, 14, tzinfo=UTC)


def test_m1_the_channel_fails_for_one_person(make_hub: MakeHub, clock: Clock) -> None:
    """The others are served; theirs is tried again under the same key, then given up in the open."""
    ill = "p1@nhs.example"
    post = Post(lambda message: Later("451 4.7.1") if message.to.email == ill else Sent())
    hub = make_hub(plugins=[post], settings=POST, types=[session_type(capacity=5)])
    for person in crowd(hub, 4):
        hub.book(TASTER, person)
    assert hub.tick().sent == 3
    assert {who for who, _ in post.said()} == {"p0", "p2", "p3"}
    for _ in range(40):
        clock.pass_by(hours=6)
        hub.tick()
    theirs = [message for message in post.attempts if message.to.email == ill and message.kind == "confirmed"]
    assert len({message.key for message in theirs}) == 1
    assert [message.attempt for message in theirs] == list(range(1, 13))
    given_up = [each for each in hub.messages("given-up") if each.kind == "confirmed"]
    assert [(each.person_id, each.why, each.attempts) for each in given_up] == [("p1", "451 4.7.1", 12)]
    assert {who for who, _ in post.said()} == {"p0", "p2", "p3"}


def test_m1_what_will_never_work_is_given_up_at_once(make_hub: MakeHub) -> None:
    """And by hand it is tried again, under the same key."""
    post = Post(lambda message: Never("550 5.1.1"))
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    assert hub.tick().given_up == 1
    (given_up,) = hub.messages()
    post.answers = lambda message: Sent("r-1")
    again = hub.resend(given_up.id)
    assert (again.state, again.attempts) == ("waiting", 0)
    hub.tick()
    assert (hub.message(given_up.id).state, hub.message(given_up.id).reference) == ("sent", "r-1")
    assert {message.key for message in post.attempts} == {given_up.id}


@pytest.mark.parametrize("waits", [False, True])
def test_m2_a_message_that_is_not_true_any_more_is_not_sent(make_hub: MakeHub, waits: bool) -> None:
    """Who booked and cancelled before the courier came is told of the cancellation, and of nothing before it."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    people = crowd(hub, 3)
    bookings = [hub.book(TASTER, person) for person in people]
    who = people[2] if waits else people[0]
    hub.cancel(bookings[2 if waits else 0].id)
    ticked(hub)
    assert post.to(who) == ["cancelled"]
    states = {
        each.kind: each.state
        for state in ("sent", "dropped")
        for each in hub.messages(state)
        if each.person_id == who
    }
    assert states == {"waiting" if waits else "confirmed": "dropped", "cancelled": "sent"}


def test_m2_a_confirmation_that_fails_is_not_sent_after_a_cancellation(
    make_hub: MakeHub, clock: Clock
) -> None:
    """It waits to be tried again, the booking is cancelled meanwhile: only that is told, however late."""
    post = Post(lambda message: Later("try later"))
    hub = make_hub(plugins=[post], settings=POST)
    booking = hub.book(TASTER, *crowd(hub, 1))
    hub.tick()
    hub.cancel(booking.id)
    clock.pass_by(hours=1)
    post.answers = lambda message: Sent()
    ticked(hub)
    assert post.to("p0") == ["cancelled"]


def test_m2_what_is_untrue_is_found_when_it_is_sent(make_hub: MakeHub) -> None:
    """The booking is cancelled after the confirmation was taken to be sent, by the very send before it."""
    hub_of: list[object] = []
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    people = crowd(hub, 2)
    first, second = (hub.book(TASTER, person) for person in people)

    def cancels(message: Message) -> Outcome:
        if not hub_of:
            hub_of.append(hub.cancel(second.id))
        return Sent()

    post.answers = cancels
    hub.tick()
    assert post.to("p0") == ["confirmed"]
    assert post.to("p1") in ([], ["cancelled"])
    ticked(hub)
    assert post.to("p1") == ["cancelled"]
    assert first.status == "confirmed"


@pytest.mark.parametrize("promote", ["automatic", "offer"])
def test_q12_called_off_tells_everybody_once(make_hub: MakeHub, promote: str) -> None:
    """Those with a place, an offer or a place in the queue: one message each, with alternatives; nobody is promoted."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[kind(capacity=2, waitlist={"promote": promote})])
    bookings = [hub.book(TASTER, person).id for person in crowd(hub, 6)]
    hub.cancel(bookings[0])
    ticked(hub)
    post.got.clear()
    plan = hub.plan(CallOff(TASTER, "The trainer is ill."))
    hub.apply(plan)
    ticked(hub)
    assert sorted(post.said()) == [(f"p{number}", "called-off") for number in range(1, 6)]
    assert sorted(who for who, _ in post.said()) == sorted(effect.person_id for effect in plan.messages)
    for message in post.got:
        assert "The trainer is ill." in message.text
        assert "Tuesday 8 December 2026, 10am to 11am" in message.text


def test_q14_the_process_dies_between_the_commit_and_the_messages(tmp_path: Path) -> None:
    """After the restart everybody is told what was committed, once, and nothing else."""
    path = tmp_path / "hub.db"
    post = Post()
    hub = small_hub(path, types=[session_type(capacity=1)], plugins=[post], settings=POST)
    leaves, _ = (hub.book(TASTER, person) for person in crowd(hub, 2))
    hub.tick()
    hub.close()
    dying = (
        "import datetime, os, signal, sys\n"
        "from innovationhub import Hub, Settings\n"
        "now = datetime.datetime.fromisoformat(sys.argv[3])\n"
        "hub = Hub.open('sqlite:///' + sys.argv[1], clock=lambda: now, settings=Settings(discover=False))\n"
        "hub.cancel(sys.argv[2])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", dying, str(path), leaves.id, NOW.isoformat()], check=False, timeout=60
    )
    assert child.returncode == -signal.SIGKILL
    post.got.clear()
    hub = small_hub(path, types=[session_type(capacity=1)], plugins=[post], settings=POST)
    ticked(hub)
    ticked(hub)
    assert sorted(post.said()) == [("p0", "cancelled"), ("p1", "promoted")]
    assert hub.audit() == []
    hub.close()


def test_d3_a_session_is_moved_to_another_day_and_room(make_hub: MakeHub) -> None:
    """Everybody is told once, and their calendar entry moves: the same UID and instance, a higher SEQUENCE."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, hub=HubSettings(contact="hub@nhs.example"))
    for person in crowd(hub, 3):
        hub.book(TASTER, person)
    ticked(hub)
    before = {message.to.email: message.invitation for message in post.got if message.invitation}
    post.got.clear()
    plan = hub.plan(Move(TASTER, starts=A_DAY_LATER, venue="Room 9"))
    hub.apply(plan)
    ticked(hub)
    ticked(hub)
    assert sorted(post.said()) == [("p0", "moved"), ("p1", "moved"), ("p2", "moved")]
    assert sorted(who for who, _ in post.said()) == sorted(effect.person_id for effect in plan.messages)
    for message in post.got:
        assert "not at 10am on Tuesday 1 December 2026 any more" in message.text
        if message.to.email == "p2@nhs.example":
            assert "You keep your place in the queue." in message.text
            assert message.invitation is None
            continue
        was, now = before[message.to.email], message.invitation
        assert was is not None
        assert now is not None
        assert (now.uid, now.recurrence_id) == (was.uid, was.recurrence_id)
        assert now.recurrence_id == TASTER_AT
        assert now.sequence > was.sequence
        assert (now.starts, now.location, now.method) == (A_DAY_LATER, "Room 9", "REQUEST")
        assert (
            attrs.evolve(now, starts=was.starts, ends=was.ends, location=was.location).summary == was.summary
        )
