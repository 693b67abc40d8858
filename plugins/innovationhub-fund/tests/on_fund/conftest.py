"""Fixtures: hubs with the fund, its two kinds of session and a panel of three, at a time of the test's choosing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from innovationhub import Hub
from innovationhub_fund import Fund
from on_fund.programme import fund_hub
from tests.support import Clock

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
    """Makes hubs with the fund on each built-in store; `audit` is clean at the end of every test."""
    opened: list[Hub] = []

    def make(**options: Any) -> Hub:
        url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/hub{len(opened)}.db"
        made = fund_hub(url, clock=clock, **options)
        opened.append(made)
        return made

    yield make
    for hub in opened:
        assert hub.audit() == []
        hub.close()


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    return make_hub()


@pytest.fixture
def fund(hub: Hub) -> Fund:
    return Fund(hub)
