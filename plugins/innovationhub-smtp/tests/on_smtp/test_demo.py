"""The demo: what it says is what arrived at a real server, and what a calendar makes of it."""

from __future__ import annotations

import json

from click.testing import CliRunner

from innovationhub.cli.app import app


def test_the_demo_shows_a_calendar_that_follows() -> None:
    """Booked: in it. Moved: the same entry elsewhere, not a second. Called off: gone. One message each time."""
    run = CliRunner().invoke(app, ["demo-messages", "--json"])
    assert run.exit_code == 0, run.output
    booked, moved, called_off = json.loads(run.output)
    subjects = [
        [mail["subject"].partition(":")[0] for mail in step["arrived"] if "Taster" in mail["subject"]]
        for step in (booked, moved, called_off)
    ]
    assert subjects == [["You have a place"], ["New time"], ["Called off"]]
    assert (booked["before"], len(booked["after"])) == ([], 1)
    assert (moved["before"], len(moved["after"])) == (booked["after"], 1)
    assert moved["after"] != booked["after"]
    assert "Seminar room 2" in moved["after"][0]
    assert called_off["after"] == []
