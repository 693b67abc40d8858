"""Fixtures: hubs with this package, at a time of the test's choosing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import innovationhub_community
from innovationhub import Hub, HubSettings, Role, SessionType
from innovationhub_community import Community, Space
from tests.courier.post import POST, Post
from tests.support import Clock, people, small_hub, weekly

settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")

MakeHub = Callable[..., Hub]

FORUM = "forum@2026-12-01T10:00"
DROP_IN = "drop-in@2026-12-02T10:00"

TYPES = (
    SessionType("forum", "Share and Spread", 120, roles=(Role("showcase", capacity=5), Role("visitor"))),
    SessionType("drop-in", "Problem Solving Drop In", 60, "drop-in"),
)
SERIES = (weekly("forum"), weekly("drop-in", "2026-12-02T10:00"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def post() -> Post:
    """A channel that keeps what it is handed."""
    return Post()


@pytest.fixture(params=["memory", "sqlite"])
def make_hub(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, post: Post) -> Iterator[MakeHub]:
    """Makes small hubs with this package on each built-in store; `audit` is clean at the end of every test."""
    opened: list[Hub] = []

    def make(**options: Any) -> Hub:
        url = "memory:" if request.param == "memory" else tmp_path / f"hub{len(opened)}.db"
        given = {"types": TYPES, "series": SERIES, "hub": HubSettings(contact="team@nhs.example")}
        plugins = [innovationhub_community, post]
        made = small_hub(url, clock=clock, plugins=plugins, settings=POST, **{**given, **options})
        opened.append(made)
        return made

    yield make
    for hub in opened:
        assert hub.audit() == []
        hub.close()


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    """A hub with a forum to show things at, a drop-in, and four people."""
    made = make_hub()
    people(made, "ada", "ben", "cat", "fac")
    return made


@pytest.fixture
def community(hub: Hub) -> Community:
    return Community(hub)


@pytest.fixture
def space(hub: Hub) -> Space:
    """The space with what the package ships."""
    hub.load_catalogue("learning-community.toml")
    return Space(hub)
