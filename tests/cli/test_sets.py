"""A set that one registers for as a whole, and apologies for one of its dates."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Place, Run, told
from tests.cli.test_hints import said
from tests.cli.test_places import refused


@pytest.fixture
def registration(run: Run) -> str:
    """Two are registered for a set of two seats, and one waits; the id of the first."""
    ids = [str(told(run, "register", "circle", f"p:{number}")["id"]) for number in (1, 2, 3)]
    return ids[0]


def test_one_registers_once_for_every_date(run: Run, place: Place, registration: str) -> None:
    """The registration stands in the roster of each date, and in the list of what somebody has."""
    shown = " ".join(run("bookings", "p:1").stdout.split())
    assert "every date Learning Circle has a place circle" in shown
    assert registration in shown
    assert "every date of circle" in run("explain", registration).stdout
    assert [each["person_id"] for each in told(run, "roster", place.circle)] == ["p:1", "p:2"]
    assert [each["person_id"] for each in told(run, "roster", "circle")] == ["p:1", "p:2"]
    assert "Learning Circle, the whole series circle" in run("waitlist", "circle").stdout
    assert [each["person_id"] for each in told(run, "waitlist", "circle")] == ["p:3"]


def test_a_set_is_left(run: Run, registration: str) -> None:
    """Whoever waits for the set has the place."""
    assert "[red]Ann[/red]: cancelled" in run("cancel", registration).stdout
    assert [each["person_id"] for each in told(run, "roster", "circle")] == ["p:2", "p:3"]


def test_an_apology_for_one_date(run: Run, place: Place, registration: str) -> None:
    """The place in the set is kept, that date has a seat more, and it can be taken back."""
    ran = run("apologise", place.circle, "p:1", "--reason", "on leave")
    assert "will not come that day, and keeps the place in the set" in " ".join(ran.stdout.split())
    assert "1 of 2 left" in run("session", place.circle).stdout
    assert [each["person_id"] for each in told(run, "roster", place.circle)] == ["p:2"]
    assert "comes that day after all" in run("unapologise", place.circle, "p:1").stdout
    assert [each["person_id"] for each in told(run, "roster", place.circle)] == ["p:1", "p:2"]
    assert told(run, "apologise", place.circle, "p:1")["parent_id"] == registration


def test_who_is_not_registered_cannot_apologise(run: Run, place: Place) -> None:
    """There is nothing to give up."""
    assert refused(run, "apologise", place.circle, "p:4") == ["not-active"]


def test_a_session_and_a_series_are_told_apart(run: Run, place: Place) -> None:
    """Which is which, and the command that would do."""
    message = said(run, "register", place.circle, "p:1")
    assert f"'{place.circle}' is the id of a session; the id of a series is wanted here" in message
    assert "innovationhub register circle PERSON" in said(run, "book", "circle", "p:1")
    message = said(run, "register", "nope", "p:1")
    assert "no series 'nope' in this hub" in message
    assert "hub." not in message
    message = said(run, "register", "taster", "p:1")
    assert message.startswith("Error: SERIES: ")
    assert "hub." not in message


def test_the_calendar_says_how_to_register(run: Run, place: Place) -> None:
    """Instead of a booking, which would be refused."""
    for args in (("calendar", "--type", "circle"), ("session", place.circle)):
        assert "register circle PERSON" in run(*args).stdout
