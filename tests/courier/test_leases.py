"""Leases: who has a message, for how long, and what the others do meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
import pytest

from innovationhub import Move, Refused
from innovationhub.domain.answers import Answer, Done
from innovationhub.domain.deliveries import LEASE
from innovationhub.domain.posting import Post as Noting
from innovationhub.domain.posting import Take
from innovationhub.domain.records import Read, Rows
from innovationhub.domain.turning import Turn
from innovationhub.protocols.channel import Later, Message, Never, Outcome, Sent
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import TASTER, Clock, crowd, small_hub

OTHER = "other"
"""The name of another courier."""


def subject(answer: Answer) -> str:
    assert isinstance(answer, Done)
    return answer.subject


def test_a_courier_that_lost_its_lease_does_not_meddle(make_hub: MakeHub, clock: Clock) -> None:
    """What it notes of a failure is nothing to whoever has the message by now; that it went out is."""
    hub = make_hub(plugins=[Post()], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    hub.tick(stop=lambda: True)
    hub._engine.run(Turn(channel="post", entries=tuple(hub.journal(hub.followers()[0].position))), str)
    slow, quick = (Take(channel="post", token=token, limit=1) for token in (OTHER, "quick"))
    id = hub._engine.run(slow, subject)
    clock.pass_by(seconds=LEASE.total_seconds())
    assert hub._engine.run(quick, subject) == id
    late = Noting(delivery_id=id, token=slow.token, outcome=Never("550"), chance=0.0)
    hub._engine.run(late, str)
    assert hub.message(id).state == "waiting"
    hub._engine.run(attrs.evolve(late, outcome=Sent("r-1")), str)
    assert (hub.message(id).state, hub.message(id).reference) == ("sent", "r-1")


def test_what_waits_can_be_sent_at_once(make_hub: MakeHub) -> None:
    """When the fault is mended nobody needs to wait for the next attempt; what is on its way is left alone."""
    post = Post(lambda message: Later("try later"))
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    hub.tick()
    (waits,) = hub.messages("waiting")
    post.answers = lambda message: Sent()
    hub.resend(waits.id)
    hub.tick()
    assert post.to("p0") == ["confirmed"]
    hub.book(TASTER, *crowd(hub, 1, "q"))
    hub.tick(stop=lambda: True)
    hub._engine.run(Turn(channel="post", entries=tuple(hub.journal(hub.followers()[0].position))), str)
    id = hub._engine.run(Take(channel="post", token=OTHER, limit=1), subject)
    with pytest.raises(Refused) as refused:
        hub.resend(id)
    assert refused.value.codes == ("not-active",)


def test_while_one_is_on_its_way_a_later_about_the_same_waits(make_hub: MakeHub, clock: Clock) -> None:
    """A courier that died may have sent the earlier one; the later is not sent before it is known to be over."""

    class Died(BaseException):
        """The courier's process is gone."""

    def dies(message: Message) -> Outcome:
        raise Died

    post = Post(dies)
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    with pytest.raises(Died):
        hub.tick()
    hub.apply(hub.plan(Move(TASTER, venue="Room 9")))
    post.answers = lambda message: Sent()
    hub.tick()
    assert post.got == []
    clock.pass_by(seconds=LEASE.total_seconds())
    ticked(hub)
    assert post.to("p0") == ["moved"]


def test_entries_are_turned_in_as_many_trips_for_many_sessions_as_for_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page of entries about a dozen sessions is read together."""

    def trips(weeks: int) -> int:
        with small_hub(plugins=[Post()], settings=POST) as hub:
            (ada,) = crowd(hub, 1)
            for week in range(weeks):
                day = datetime(2026, 12, 1, 10) + timedelta(weeks=week)
                hub.book(f"taster@{day:%Y-%m-%dT%H:%M}", ada)
            reads: list[Read] = []
            read = hub._store.read

            def counted(request: Read) -> Rows:
                reads.append(request)
                return read(request)

            entries = tuple(hub.journal(hub.followers()[0].position))
            with monkeypatch.context() as patch:
                patch.setattr(hub._store, "read", counted)
                hub._engine.run(Turn(channel="post", entries=entries), str)
            return len(reads)

    assert trips(11) == trips(2)
