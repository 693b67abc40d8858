"""What is committed nowhere is counted from events: refusals by code, messages by outcome."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from innovationhub import Refused
from innovationhub.protocols.channel import Later, Message, Never, Outcome, Sent
from innovationhub_opentelemetry import EventCounter
from innovationhub_opentelemetry.events import OUTCOMES, REFUSED
from on_opentelemetry.reading import Metrics, counting
from tests.courier.post import POST, Post
from tests.support import TASTER, Clock, crowd, session_type, small_hub


@pytest.fixture
def counter(metrics: Metrics) -> Iterator[EventCounter]:
    with counting(metrics) as made:
        yield made


def by_turns(message: Message) -> Outcome:
    """Who gets it is in the number of the person: p0 is sent to, p1 later, p2 never."""
    name = message.to.email.partition("@")[0]
    outcomes: dict[str, Outcome] = {"p0": Sent("taken"), "p1": Later("busy"), "p2": Never("no such mailbox")}
    return outcomes[name]


@pytest.mark.usefixtures("counter")
def test_refusals_are_counted_by_command_and_code(metrics: Metrics) -> None:
    """Each code of each refusal, and nothing that was not refused."""
    with small_hub(types=[session_type(limit=0)]) as hub:
        first, *_ = [hub.book(TASTER, person) for person in crowd(hub, 2)]
        for _ in range(2):
            with pytest.raises(Refused):
                hub.book(TASTER, "p0")
        with pytest.raises(Refused) as refused:
            hub.book(TASTER, *crowd(hub, 1, "q"))
        hub.cancel(first.id)
        with pytest.raises(Refused):
            hub.cancel(first.id)
    assert metrics.of("refusals", command="book", code="already-booked") == 2
    assert metrics.of("refusals", command="book", code=refused.value.codes[0]) == 1
    assert metrics.of("refusals", command="cancel", code="not-active") == 1
    assert metrics.of("refusals") == 4


@pytest.mark.usefixtures("counter")
def test_messages_are_counted_by_what_became_of_them(metrics: Metrics) -> None:
    """Each attempt; one that fails twice counts twice."""
    clock, post = Clock(), Post(by_turns)
    with small_hub(clock=clock, types=[session_type(capacity=9)], plugins=[post], settings=POST) as hub:
        for person in crowd(hub, 3):
            hub.book(TASTER, person)
        hub.tick()
        clock.pass_by(hours=1)
        hub.tick()
    confirmed = {"channel": "post", "message_kind": "confirmed"}
    assert metrics.of("messages", outcome="sent", **confirmed) == 1
    assert metrics.of("messages", outcome="later", **confirmed) == 2
    assert metrics.of("messages", outcome="given-up", **confirmed) == 1
    assert metrics.of("messages") == 4


def test_a_record_that_is_not_the_hubs_bothers_nobody(
    counter: EventCounter, metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    """As with any handler it is said on stderr, and the program goes on."""
    logging.getLogger("innovationhub.engine").info(REFUSED)
    logging.getLogger("innovationhub.else").info("%s of %s", 1, 2)
    assert "--- Logging error ---" in capsys.readouterr().err
    assert metrics.of("refusals") is None
    assert counter.level == logging.INFO


def test_every_event_that_is_counted_is_one_of_the_hubs() -> None:
    """A name that changed there would leave a counter at nothing."""
    from tests.observing.test_events import EVENTS

    assert {REFUSED, *OUTCOMES} <= set(EVENTS)
    assert {name for name in EVENTS if name.startswith("message.")} == set(OUTCOMES)
