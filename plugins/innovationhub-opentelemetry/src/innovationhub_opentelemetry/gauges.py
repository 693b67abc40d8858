"""How things stand, read when a collector asks: places and queues, followers, messages. Everything is bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta

from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter

from innovationhub import FollowerView, Hub, HubError, Invalid, Places, SessionStatus
from innovationhub_opentelemetry.journal import METER, NAME, JournalCounter

__all__ = ["MOST_MESSAGES", "MOST_SESSIONS", "observe"]

MOST_SESSIONS = 100
"""Sessions observed at most, those that come first."""

MOST_MESSAGES = 1000
"""Messages counted at most: this many stands for as many or more."""

_CHANNEL = "channel:"
"""How the names of followers begin that are channels."""

Reading = Callable[[], Iterable[Observation]]


def observe(hub: Hub, *, weeks: int = 4, meter_provider: MeterProvider | None = None) -> None:
    """Let the gauges of a hub be read whenever metrics are collected, for as long as there is the meter provider.

    `weeks` (1 to 52) is how far ahead sessions are looked at. Also tells the hub's own follower the types of sessions.
    A reading that fails, as when the store is out of reach or the hub closed, leaves a gap. Once for each hub; a second
    hub of the process needs a meter provider of its own. Raises `Invalid` naming `weeks`. Reads nothing yet.
    """
    if isinstance(weeks, bool) or not isinstance(weeks, int) or not 1 <= weeks <= 52:
        raise Invalid("weeks", f"must be a whole number from 1 to 52; got {weeks!r}", weeks)
    follower = hub.registry.followers.get(NAME)
    if isinstance(follower, JournalCounter):
        follower.know(hub)
    meter = get_meter(METER, meter_provider=meter_provider)

    def gauge(name: str, unit: str, description: str, read: Reading) -> None:
        meter.create_observable_gauge(f"innovationhub.{name}", [_careful(read)], unit, description)

    def of_places(of: Callable[[Places], int | None]) -> Reading:
        return lambda: _of_places(hub, weeks, of)

    capacity = of_places(lambda each: each.capacity)
    gauge("session.capacity", "{place}", "Places there are, of sessions to come; none: unlimited.", capacity)
    gauge("session.held", "{place}", "Places taken.", of_places(lambda each: each.held))
    gauge("session.waiting", "{booking}", "Bookings that wait.", of_places(lambda each: each.waiting))

    def of_followers(of: Callable[[FollowerView], int]) -> Reading:
        return lambda: [
            Observation(of(each), {"innovationhub.follower": each.name}) for each in hub.followers()
        ]

    behind, failures = of_followers(lambda each: each.behind), of_followers(lambda each: each.failures)
    gauge("follower.behind", "{entry}", "Entries that a follower or a channel has yet to be given.", behind)
    gauge("follower.failures", "{failure}", "How often in a row a follower has failed.", failures)
    gauge("messages.waiting", "{message}", "Messages to be sent.", lambda: _of_messages(hub, "waiting"))
    given_up = "Messages that failed for good, and that nobody has sent again."
    gauge("messages.given_up", "{message}", given_up, lambda: _of_messages(hub, "given-up"))


def _careful(read: Reading) -> Callable[[CallbackOptions], Iterable[Observation]]:
    """A reading that gives nothing where the hub cannot be read."""

    def observed(options: CallbackOptions) -> Iterable[Observation]:
        try:
            return read()
        except HubError:
            return ()

    return observed


def _of_places(hub: Hub, weeks: int, of: Callable[[Places], int | None]) -> list[Observation]:
    now = hub.now()
    coming = [
        view
        for view in hub.calendar(now, now + timedelta(weeks=weeks))
        if view.status is not SessionStatus.CALLED_OFF
    ]
    found = []
    for view in coming[:MOST_SESSIONS]:
        for role, places in view.places.items():
            value = of(places)
            if value is not None:
                attributes = {
                    "innovationhub.session": view.id,
                    "innovationhub.session_type": view.type,
                    "innovationhub.role": role,
                }
                found.append(Observation(value, attributes))
    return found


def _of_messages(hub: Hub, state: str) -> list[Observation]:
    """How many messages of that state each channel has; those that have none say so."""
    names = (each.name for each in hub.followers() if each.name.startswith(_CHANNEL))
    counts = Counter({name.removeprefix(_CHANNEL): 0 for name in names})
    counts.update(message.channel for message in hub.messages(state, limit=MOST_MESSAGES))
    return [Observation(number, {"innovationhub.channel": channel}) for channel, number in counts.items()]
