"""What is said to somebody who took one thing for another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Place, Run


def said(run: Run, *args: str) -> str:
    """The message of a command that fails for wrong use, in one line."""
    ran = run(*args)
    assert (ran.exit_code, ran.stdout) == (2, "")
    return " ".join(ran.stderr.split())


@pytest.mark.parametrize("command", ["book", "check-in"])
def test_swapped_arguments_are_seen(run: Run, place: Place, command: str) -> None:
    """A person where a session is expected and the reverse: which is which, and the right order."""
    message = said(run, command, "p:1", place.taster)
    assert f"'{place.taster}' is the id of a session; the id of a person is wanted here" in message
    assert f"In this order: innovationhub {command} SESSION PERSON" in message
    assert "add-person" not in message
    told = run(command, "p:1", place.taster, "--json")
    assert "is the id of a session" in json.loads(told.stderr)["message"]
    # the right kind of id with a time that is none
    assert "is the id of a session" in said(run, command, "p:1", "taster@2020-01-01T10:00")
    assert "'p:2' is the id of a person; the id of a session" in said(run, command, "p:2", "p:1")


def test_an_id_of_another_kind_leads_on(run: Run, place: Place) -> None:
    """It is said what it is, and what can be seen with it."""
    id = json.loads(run("book", place.taster, "p:1", "--json").stdout)["id"]
    assert "innovationhub bookings p:1" in said(run, "roster", "p:1")
    assert "innovationhub bookings p:1" in said(run, "cancel", "p:1")
    assert f"innovationhub roster {place.taster}" in said(run, "bookings", place.taster).replace("\\ ", "")
    assert f"innovationhub roster {place.taster}" in said(run, "explain", place.taster).replace("\\ ", "")
    assert f"innovationhub explain {id}" in said(run, "session", id)
    assert "'taster' is a series" in said(run, "session", "taster")
    assert "calendar --type taster" in said(run, "book", "taster", "p:1")


def test_an_unknown_booking_is_told_how_to_find_it(run: Run) -> None:
    """By its person or by its session; no call in Python."""
    for command in ("explain", "cancel"):
        message = said(run, command, "nope")
        assert "innovationhub bookings PERSON" in message
        assert "innovationhub roster SESSION" in message
        assert "hub." not in message


def test_an_unknown_person_can_be_added_at_once(run: Run, place: Place) -> None:
    """The command to paste has the id that was given."""
    assert "add-person 'p 404' --name NAME" in said(run, "book", place.taster, "p 404")


def test_roles_are_named(run: Run, place: Place) -> None:
    """Which there are, and by which option one is said."""
    message = said(run, "book", place.market, "p:1")
    assert "--role: must be one of showcase, visitor" in message
    message = said(run, "book", place.market, "p:1", "--role", "taster")
    assert "no role 'taster' here: Market has showcase, visitor" in message


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("add-person", "p:9", "--group", "A B"), "--group: must be"),
        (("add-person", ""), "ID: must not be empty"),
        (("calendar", "--from", "9999-12-30"), "--from: must be from 1900"),
        (("calendar", "--to", "9999-12-31"), "--to: must be from 1900"),
        (
            ("calendar", "--from", "2026-12-03", "--to", "2026-12-02"),
            "--to 2026-12-02 is before the first day",
        ),
    ],
)
def test_what_is_wrong_is_named_as_it_was_written(run: Run, args: tuple[str, ...], words: str) -> None:
    """An option by its own name, not by the library's."""
    assert words in said(run, *args)


@pytest.mark.parametrize(
    "args",
    [
        ("load", "nothing.toml"),
        ("load", "--request-id", " "),
        ("add-person", "p:9", "--email", "x"),
        ("add-person", "p:9", "--actor", ""),
        ("demo", "--catalogue", "nothing.toml"),
    ],
)
def test_what_fails_leaves_no_store(run: Run, tmp_path: Path, args: tuple[str, ...]) -> None:
    """Where there was no store, there is none afterwards: no empty file that passes for a hub."""
    before = sorted(tmp_path.iterdir())
    assert said(run, *args, "--store", f"sqlite:///{tmp_path}/new.db")
    assert sorted(tmp_path.iterdir()) == before
