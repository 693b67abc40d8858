"""Who comes to a session: the register, and what the team should know."""

from __future__ import annotations

import json
import re

from tests.cli.conftest import Place, Run, told


def test_the_register(run: Run, place: Place) -> None:
    """Somebody walks in, the register is closed, and the session says so."""
    assert told(run, "check-in", place.now, "p:1")["status"] == "attended"
    shown = run("close-register", place.now).stdout
    assert "1 person came, 0 did not" in shown
    assert told(run, "close-register", place.now) == []
    assert told(run, "session", place.now)["status"] == "closed"


def test_checking_in_long_before_is_warned_about(run: Run, place: Place) -> None:
    """It is done, and stderr says how far ahead the session is; stdout has the answer alone."""
    ran = run("check-in", place.taster, "p:1")
    assert ran.exit_code == 0
    assert "attended" in ran.stdout
    said = " ".join(ran.stderr.split())
    assert re.match(r"Warning: the session starts in \d+ (day|hour)s?, on ", said)
    ran = run("check-in", place.taster, "p:2", "--json")
    assert json.loads(ran.stdout)["status"] == "attended"
    assert json.loads(ran.stderr)["warning"] == "early"


def test_checking_in_at_the_door_is_not_warned_about(run: Run, place: Place) -> None:
    """The session has begun: nothing on stderr."""
    assert run("check-in", place.now, "p:1").stderr == ""


def test_notes_are_where_the_team_looks(run: Run, place: Place) -> None:
    """In the roster and in what explains the booking, whole and as written; never in the calendar."""
    note = "Step-free access, [please]"
    id = told(run, "book", place.taster, "p:2", "--note", note)["id"]
    assert f"Ben: {note}" in run("roster", place.taster).stdout
    assert f"noted: {note}" in run("explain", id).stdout
    assert told(run, "explain", id)["notes"] == {"booked": note}
    for args in (("calendar",), ("calendar", "--person", "p:2"), ("session", place.taster), ("journal",)):
        assert "Step-free" not in run(*args).stdout
        assert "Step-free" not in run(*args, "--json").stdout


def test_why_it_was_cancelled_is_explained(run: Run, place: Place) -> None:
    """The reason that was given is shown with the booking."""
    id = told(run, "book", place.taster, "p:2")["id"]
    assert run("cancel", id, "--reason", "on leave").exit_code == 0
    assert "why it was cancelled: on leave" in run("explain", id).stdout
    assert told(run, "explain", id)["notes"] == {"cancelled": "on leave"}


def test_a_newcomer_is_added_at_the_door(run: Run, place: Place) -> None:
    """Known from then on; without a name or an address somebody unknown is refused as before."""
    assert run("check-in", place.now, "new:1").exit_code == 2
    there = told(run, "check-in", place.now, "new:1", "--name", "New Body", "--email", "new@nhs.example")
    assert (there["person_id"], there["status"]) == ("new:1", "attended")
    assert "The hub knows New Body as new:1." in run("add-person", "new:1").stdout
    assert run("check-in", place.now, "new:2", "--email", "no address").exit_code == 2


def test_who_has_gone_makes_room(run: Run, place: Place) -> None:
    """They stay on the register; going twice is refused."""
    told(run, "check-in", place.now, "p:1")
    assert "[red]Ann[/red]: was there, and has gone." in run("check-out", place.now, "p:1").stdout
    assert [each["status"] for each in told(run, "roster", place.now)] == ["attended"]
    assert run("check-out", place.now, "p:2").exit_code == 1


def test_those_without_a_name_are_counted(run: Run, place: Place) -> None:
    """The number replaces the one before, and stands beside those who are known by name."""
    told(run, "check-in", place.now, "p:1")
    assert told(run, "headcount", place.now, "12")["headcount"] == 12
    assert "There: 1 person by name, and 7 without a name." in run("headcount", place.now, "7").stdout
    assert "There: 1 person by name, and 7 without a name." in run("roster", place.now).stdout
    assert "7 people came" in run("session", place.now).stdout
    ran = run("headcount", place.now, "--", "-1")
    assert (ran.exit_code, "NUMBER: must be from 0" in ran.stderr) == (2, True)
