"""Fixtures: a stand-in for a Moodle with a clock of its own, and a plugin that speaks to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from innovationhub.testing import FakeClock
from innovationhub_moodle.address import parse_address
from innovationhub_moodle.client import Client
from innovationhub_moodle.forms import seconds
from innovationhub_moodle.moodle import Moodle
from on_moodle.standin import StandIn

TOKEN = "5ecre7t0ken5ecre7t0ken5ecre7t0ke"  # noqa: S105  # of the stand-in
IMPATIENT = 1.0
"""How long the plugin waits for an answer that a test holds back, in seconds: long enough for all that is not held."""

MakeMoodle = Callable[..., Moodle]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stand_in(clock: FakeClock) -> Iterator[StandIn]:
    with standing_in(clock) as stand_in:
        yield stand_in


def standing_in(clock: Callable[[], datetime]) -> StandIn:
    """A site with a template course, not started yet."""
    stand_in = StandIn(TOKEN, lambda: seconds(clock()))
    stand_in.site.state.add_template()
    return stand_in


def address_of(stand_in: StandIn, folder: Path) -> str:
    """Where it is, with its token in a file."""
    file = folder / "token"
    file.write_text(f"{TOKEN}\n")
    return f"moodle+{stand_in.url}?token_file={file}"


@pytest.fixture
def make_moodle(stand_in: StandIn, tmp_path: Path) -> Iterator[MakeMoodle]:
    """Makes plugins for the stand-in, which do not pause before they try again, and closes them."""
    made: list[Moodle] = []

    def make(patience: float = 10.0, clock: Callable[[], float] = time.monotonic) -> Moodle:
        address = parse_address(address_of(stand_in, tmp_path))
        made.append(Moodle(Client(address, patience=patience, pause=lambda _: None, clock=clock)))
        return made[-1]

    yield make
    for moodle in made:
        moodle.close()


@pytest.fixture
def moodle(make_moodle: MakeMoodle) -> Moodle:
    return make_moodle()
