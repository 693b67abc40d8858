"""How things stand is read when a collector asks: bounded, and never a 0 where nothing could be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from innovationhub import CallOff, HubSettings, Invalid, Resize, hookimpl
from innovationhub.domain.turning import CHANNEL
from innovationhub.protocols import Closures
from innovationhub.protocols.channel import Message, Never, Outcome
from innovationhub_opentelemetry import observe
from innovationhub_opentelemetry.gauges import _CHANNEL, MOST_SESSIONS
from on_opentelemetry.reading import Metrics
from tests.courier.post import POST, Post
from tests.courier.test_followers import Ledger
from tests.support import TASTER, Clock, crowd, session_type, small_hub, weekly

GAUGES = {
    "session.capacity",
    "session.held",
    "session.waiting",
    "follower.behind",
    "follower.failures",
    "messages.waiting",
    "messages.given_up",
}


def never(message: Message) -> Outcome:
    return Never(f"no mailbox of {message.to.name}")


def test_places_and_queues_are_observed(metrics: Metrics) -> None:
    """By session and role, as the calendar shows them."""
    with small_hub(plugins=[metrics]) as hub:
        observe(hub, meter_provider=metrics.provider)
        for person in crowd(hub, 5):
            hub.book(TASTER, person)
        found = metrics.collected()
        first = (("role", "attendee"), ("session", TASTER), ("session_type", "taster"))
        assert found["session.capacity"][first] == 2
        assert found["session.held"][first] == 2
        assert found["session.waiting"][first] == 3
        # four weeks from a Tuesday: the first of December and the two after it
        assert len(found["session.held"]) == 3
        assert metrics.of("session.waiting") == 3


def test_as_many_weeks_as_asked_for_and_so_many_sessions(metrics: Metrics) -> None:
    """A bound on each, so that no catalogue makes a flood of series; those that come first are there."""
    series = [
        weekly(f"taster-{number}", f"2026-12-01T{8 + number:02}:00", kind="taster") for number in range(8)
    ]
    with small_hub(series=series, plugins=[metrics]) as hub:
        observe(hub, weeks=52, meter_provider=metrics.provider)
        found = metrics.collected()["session.held"]
        assert len(found) == MOST_SESSIONS
        assert any(("session", "taster-7@2026-12-01T15:00") in each for each in found)


@pytest.mark.parametrize("weeks", [0, 53, True, 1.5, "4"])
def test_weeks_out_of_reach(weeks: int, metrics: Metrics) -> None:
    """Said when it is asked for, not in the exporter's thread."""
    with small_hub() as hub, pytest.raises(Invalid, match="weeks: must be a whole number from 1 to 52"):
        observe(hub, weeks=weeks, meter_provider=metrics.provider)


def test_what_is_unlimited_has_no_capacity_and_what_is_called_off_is_not_there(metrics: Metrics) -> None:
    """Neither is a number that somebody should add up."""
    with small_hub(plugins=[metrics]) as hub:
        observe(hub, meter_provider=metrics.provider)
        hub.apply(hub.plan(CallOff(TASTER)))
        hub.apply(hub.plan(Resize("taster@2026-12-08T10:00", "attendee", None)))
        assert metrics.of("session.held", session=TASTER) is None
        assert metrics.of("session.capacity", session="taster@2026-12-08T10:00") is None
        assert metrics.of("session.held", session="taster@2026-12-08T10:00") == 0


def test_followers_and_messages_are_observed(metrics: Metrics) -> None:
    """How far behind, what is to go out, and what failed for good; 0 where a channel has none."""
    clock, post, ledger = Clock(), Post(never), Ledger(breaks=1)
    plugins = [post, metrics, ledger]
    with small_hub(clock=clock, types=[session_type(capacity=9)], plugins=plugins, settings=POST) as hub:
        observe(hub, meter_provider=metrics.provider)
        assert metrics.of("messages.given_up", channel="post") == 0
        for person in crowd(hub, 3):
            hub.book(TASTER, person)
        behind = len(hub.journal())
        assert metrics.of("follower.behind", follower="ledger") == behind
        hub.tick()
        assert metrics.of("follower.behind", follower="channel:post") == 0
        assert metrics.of("follower.failures", follower="ledger") == 1
        assert metrics.of("follower.failures", follower="opentelemetry") == 0
        assert metrics.of("messages.given_up", channel="post") == 3
        hub.resend(hub.messages()[0].id)
        assert metrics.of("messages.given_up", channel="post") == 2
        assert metrics.of("messages.waiting", channel="post") == 1


def test_a_hub_that_is_closed_is_a_gap(metrics: Metrics, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is observed, no 0 either, and no traceback is logged."""
    hub = small_hub(plugins=[metrics, Post()], settings=POST)
    observe(hub, meter_provider=metrics.provider)
    assert set(metrics.collected()) == GAUGES
    hub.close()
    assert not [name for name, values in metrics.collected().items() if values]
    assert not caplog.records


def test_a_calendar_that_breaks_leaves_the_others(metrics: Metrics, caplog: pytest.LogCaptureFixture) -> None:
    """What a plugin says in its error is not logged with it."""

    class Breaking:
        @hookimpl
        def innovationhub_closures(self) -> dict[str, Closures]:
            return {"breaking": self}

        def closed(self, year: int) -> Mapping[date, str]:
            if year > 2026:
                raise RuntimeError("the calendar of Ursula K. is shut")
            return {}

    settings = HubSettings(closures=("breaking",))
    with small_hub(plugins=[metrics, Breaking(), Post()], settings=POST, hub=settings) as hub:
        observe(hub, weeks=52, meter_provider=metrics.provider)
        names = {name for name, values in metrics.collected().items() if values}
        assert names == {name for name in GAUGES if not name.startswith("session.")}
    assert not caplog.records


def test_the_names_of_channels_begin_as_the_core_says() -> None:
    """The prefix is the core's."""
    assert _CHANNEL == CHANNEL
