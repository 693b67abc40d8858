"""A small catalogue around today, and two ways to run the program: as a process of its own, and in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from click.testing import CliRunner, Result

from innovationhub import Hub, Person
from innovationhub.cli.app import app

HERE = ZoneInfo("Asia/Kathmandu")
"""Always five hours and three quarters ahead: no summer time can come between a test and its clock."""

CATALOGUE = """
[hub]
timezone = "Asia/Kathmandu"

[[session_types]]
key = "taster"
title = "A Taster [red] Session"
roles = [{{ key = "attendee", capacity = 2 }}]

[[session_types]]
key = "organising-for-improvement"
title = "Organising for Improvement"
roles = [{{ key = "attendee", capacity = 5 }}]

[[session_types]]
key = "small"
title = "No Queue"
roles = [{{ key = "attendee", capacity = 1 }}]
waitlist = {{ limit = 0 }}

[[session_types]]
key = "market"
title = "Market"
roles = [{{ key = "showcase", capacity = 3 }}, {{ key = "visitor" }}]

[[session_types]]
key = "approved"
title = "Needs Approval"
approval = true

[[session_types]]
key = "now"
title = "On Now"
access = "drop-in"

[[session_types]]
key = "visit"
title = "A Visit"
roles = [{{ key = "attendee", capacity = 1 }}]
waitlist = {{ promote = "offer", groups = "fill" }}

[[session_types]]
key = "circle"
title = "Learning Circle"
access = "register"
apologies = "lend"
roles = [{{ key = "attendee", capacity = 2 }}]

[[session_types]]
key = "advice"
title = "Advice"
roles = [
    {{ key = "attendee", capacity = 5, minimum = 3 }},
    {{ key = "one-to-one", requires = "attendee", slots = {{ minutes = 30, count = 2 }} }},
]

[[session_types]]
key = "bespoke-workshop"
title = "Bespoke Workshop"
access = "request"

[[series]]
key = "taster"
type = "taster"
starts = {day}T10:00:00
rule = "FREQ=WEEKLY"
venue = "Innovation Hub"

[[series]]
key = "organising-for-improvement"
type = "organising-for-improvement"
starts = {day}T10:30:00
rule = "FREQ=WEEKLY"

[[series]]
key = "small"
type = "small"
starts = {day}T13:00:00
rule = "FREQ=WEEKLY"

[[series]]
key = "market"
type = "market"
starts = {day}T15:00:00

[[series]]
key = "approved"
type = "approved"
starts = {day}T18:00:00

[[series]]
key = "visit"
type = "visit"
starts = {later}T11:00:00
rule = "FREQ=WEEKLY"
venue = "Ward 4"

[[series]]
key = "circle"
type = "circle"
starts = {later}T12:00:00
rule = "FREQ=WEEKLY"

[[series]]
key = "advice"
type = "advice"
starts = {later}T14:00:00
rule = "FREQ=WEEKLY"
facilitators = ["p:4"]

[[series]]
key = "now"
type = "now"
starts = {now}
"""


@attrs.frozen
class Place:
    """A store with a catalogue and four people, and the ids of what is in it."""

    store: str
    catalogue: Path
    taster: str
    other: str
    small: str
    market: str
    approved: str
    now: str
    next_taster: str
    visit: str
    circle: str
    advice: str


@attrs.frozen
class Ran:
    """What a process of its own did."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]
Program = Callable[..., Ran]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    local = datetime.now(HERE).replace(tzinfo=None, second=0, microsecond=0)
    day = (local + timedelta(days=2)).date()
    later, now = day + timedelta(days=1), local - timedelta(minutes=10)
    catalogue = tmp_path / "small.toml"
    catalogue.write_text(CATALOGUE.format(day=day, later=later, now=now.isoformat()), encoding="utf-8")
    store = f"sqlite:///{tmp_path}/hub.db"
    with Hub.open(store) as hub:
        hub.load_catalogue(catalogue)
        for number, name in enumerate(("[red]Ann[/red]", "Ben", "Cy", "Dee"), 1):
            hub.add_person(Person(f"p:{number}", name))
    return Place(
        store,
        catalogue,
        f"taster@{day}T10:00",
        f"organising-for-improvement@{day}T10:30",
        f"small@{day}T13:00",
        f"market@{day}T15:00",
        f"approved@{day}T18:00",
        f"now@{now.isoformat(timespec='minutes')}",
        f"taster@{day + timedelta(weeks=1)}T10:00",
        f"visit@{later}T11:00",
        f"circle@{later}T12:00",
        f"advice@{later}T14:00",
    )


@pytest.fixture
def run(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The program in this process, on the small store, 80 columns wide, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INNOVATIONHUB_STORE", place.store)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*args: str) -> Result:
        return CliRunner().invoke(app, args)

    return run


def environment(**more: str) -> dict[str, str]:
    # unbuffered, Python does not notice that the end of what it wrote went nowhere
    left_out = {"NO_COLOR", "FORCE_COLOR", "PYTHONUNBUFFERED"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "COLUMNS": "80", "PYTHONUTF8": "1", **more}


@pytest.fixture
def program(place: Place, tmp_path: Path) -> Program:
    """The program as a process of its own, on the small store."""

    def program(*args: str, **more: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "innovationhub", *args],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=tmp_path,
            env=environment(**{"INNOVATIONHUB_STORE": place.store, **more}),
            timeout=60,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return program


def told(run: Run, *args: str) -> Any:
    """A command's answer as JSON."""
    ran = run(*args, "--json")
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture
def queue(run: Run, place: Place) -> list[str]:
    """Three have asked for a session of two; the ids of their bookings."""
    return [str(told(run, "book", place.taster, f"p:{number}")["id"]) for number in (1, 2, 3)]
