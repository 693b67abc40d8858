"""Fixtures: hubs with this package, at a time of the test's choosing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import innovationhub_icalendar
from innovationhub import Hub
from tests.support import Clock, small_hub

settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")

MakeHub = Callable[..., Hub]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "sqlite"])
def make_hub(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[MakeHub]:
    """Makes small hubs with this package on each built-in store; `audit` is clean at the end of every test."""
    opened: list[Hub] = []

    def make(**options: Any) -> Hub:
        url = "memory:" if request.param == "memory" else tmp_path / f"hub{len(opened)}.db"
        made = small_hub(url, clock=clock, plugins=[innovationhub_icalendar], **options)
        opened.append(made)
        return made

    yield make
    for hub in opened:
        assert hub.audit() == []
        hub.close()


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    """A hub with a weekly taster of two seats, Tuesdays at ten."""
    return make_hub()
