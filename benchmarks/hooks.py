"""What plugins cost a booking: a hub without them, one with those installed, one with a plugin that it does not use.

Hooks are asked when a hub is opened, and never by a booking: while the bookings below are made not one hook is called,
which is checked. The three take turns, each on a SQLite file of its own with WAL and `synchronous=FULL`. The third has
a plugin with a closure that no setting names.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from datetime import date
from unittest.mock import patch

import pluggy

from benchmarks.common import NOW, Options, catalogue, people, person_id, plain_sessions, put, store_of
from benchmarks.rounds import Way, in_turn
from innovationhub import Hub, Settings, hookimpl
from innovationhub.protocols.closures import Closures

BLOCK = 200
KNOWN = 3000
SESSIONS = plain_sessions()


class Closed:
    """A closure that nobody asks for."""

    def closed(self, year: int) -> Mapping[date, str]:
        return {}


class Plugin:
    """Brings something that nothing names."""

    @hookimpl
    def innovationhub_closures(self) -> Mapping[str, Closures]:
        return {"never": Closed()}


def prepared(options: Options, name: str, plugins: Collection[object], *, discover: bool) -> Hub:
    """A hub with the sessions opened and the people known."""
    hub = Hub.open(
        f"sqlite:///{options.folder / name}.db",
        clock=lambda: NOW,
        plugins=plugins,
        settings=Settings(discover=discover),
    )
    hub.load_catalogue(catalogue())
    put(store_of(hub), people(range(2 * KNOWN)))
    for at, (session, _, _) in enumerate(SESSIONS):
        hub.book(session, person_id(KNOWN + at), request_id=f"open {session}")
    for number in range(KNOWN):
        hub.person(person_id(number))
    return hub


def way(name: str, hub: Hub) -> Way:
    """Bookings of people who come each time on another day and hour."""

    def block(places: range) -> None:
        chance = random.Random(places.start)
        for place in places:
            session = SESSIONS[(place + place // KNOWN * 37) % len(SESSIONS)][0]
            hub.book(session, person_id(place % KNOWN), request_id=f"{chance.getrandbits(128):032x}")

    return Way(name, block)


def main(options: Options) -> None:
    """Print the table."""
    hubs = {
        "no plugins": prepared(options, "without", (), discover=False),
        "those installed": prepared(options, "installed", (), discover=True),
        "one more, not used": prepared(options, "more", (Plugin(),), discover=True),
    }
    assert "never" in hubs["one more, not used"].registry.closures
    print("\nhooks: one durable booking on SQLite, with and without plugins")
    with patch.object(pluggy.HookCaller, "__call__", side_effect=AssertionError("a booking called a hook")):
        ways = [way(name, hub) for name, hub in hubs.items()]
        in_turn(options.folder, ways, 6 if options.quick else 30, BLOCK).show("many sessions", ways[0].name)
    for hub in hubs.values():
        hub.close()
