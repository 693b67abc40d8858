"""Messages from the command line: sent by tick and run, listed, tried again, previewed; and stopping cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from innovationhub import Hub, MessageKind, Person, Settings
from tests.cli.conftest import Place, Run, told

CONSOLE = ("--channel", "console:")


@pytest.fixture
def booked(run: Run, place: Place) -> str:
    """Somebody who booked in a hub that prints its messages."""
    told(run, "add-person", "p:new", "--name", "Ada <Obi>", "--email", "ada@nhs.example", *CONSOLE)
    return str(told(run, "book", place.taster, "p:new", *CONSOLE)["id"])


def test_tick_sends_and_says_so(run: Run, booked: str) -> None:
    """The message is printed, counted, and not sent again."""
    shown = run("tick", *CONSOLE).stdout
    assert "To: Ada <Obi> <ada@nhs.example>" in shown
    assert "1 message went out" in shown
    assert "went out" not in run("tick", *CONSOLE).stdout
    (sent,) = told(run, "messages", "list", "--state", "sent")
    assert (sent["kind"], sent["person_id"], sent["booking_id"]) == ("confirmed", "p:new", booked)


def test_what_was_given_up_is_listed_and_tried_again(run: Run, place: Place) -> None:
    """The list says why, and what to do; an unknown message is an error that says where to look."""
    assert "No message is given up." in run("messages", "list").stdout
    told(run, "book", place.taster, "p:4", *CONSOLE)
    assert "no e-mail address" in run("tick", *CONSOLE).stdout
    (given_up,) = told(run, "messages", "list")
    assert given_up["why"] == "no e-mail address"
    assert "messages resend" in run("messages", "list").stdout
    assert "under the same key" in run("messages", "resend", given_up["id"]).stdout
    assert told(run, "messages", "list") == []
    failed = run("messages", "resend", "nothing")
    assert failed.exit_code == 2
    assert "no message 'nothing'" in failed.stderr


def test_preview_shows_every_kind(run: Run, place: Place, tmp_path: Path) -> None:
    """As text, as HTML, as JSON, and into files."""
    shown = [each["kind"] for each in told(run, "messages", "preview")]
    assert shown[: len(MessageKind)] == [str(kind) for kind in MessageKind]  # those of plugins follow
    assert "A place is offered to you" in run("messages", "preview", "offered").stdout
    assert "<!DOCTYPE html>" in run("messages", "preview", "offered", "--html").stdout
    run("messages", "preview", "--out", str(tmp_path / "out"))
    assert len(list((tmp_path / "out").iterdir())) == 2 * len(shown)


def test_a_template_that_is_broken_is_told(run: Run, place: Place, tmp_path: Path) -> None:
    """Which file, and what of it; nothing else is shown."""
    (tmp_path / "offered.j2").write_text("{% extends layout %}{% block subject %}{{ nmae }}{% endblock %}")
    failed = run("messages", "preview", "offered", "--templates", str(tmp_path))
    assert failed.exit_code == 2
    assert "offered.j2: UndefinedError: 'nmae' is undefined" in failed.stderr


def test_an_address_that_no_plugin_opens_is_told(run: Run, place: Place) -> None:
    """Without what may be a password in it."""
    failed = run("tick", "--channel", "pigeon://ada:secret@loft")
    assert failed.exit_code == 2
    assert "pigeon" in failed.stderr
    assert "secret" not in failed.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_stops_when_it_is_asked_to(tmp_path: Path, number: signal.Signals) -> None:
    """It ticks, says that it did, and ends with status 0 between two steps."""
    store = f"sqlite:///{tmp_path / 'hub.db'}"
    program = [sys.executable, "-m", "innovationhub", "--store", store]
    subprocess.run([*program, "load", "hpft.toml"], check=True, capture_output=True, timeout=60)
    with subprocess.Popen(
        [*program, "run", "--every", "3600", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline() == "{\n"  # it has ticked, and now it waits
            running.send_signal(number)
            assert running.wait(timeout=30) == 0
        finally:
            running.kill()


def test_run_goes_on_at_once_while_there_is_more_to_do(tmp_path: Path) -> None:
    """With more messages than one tick sends it does not wait for the next: all are out before it first waits."""
    store = f"sqlite:///{tmp_path / 'hub.db'}"
    with Hub.open(store, settings=Settings(discover=False, channels=CONSOLE[1:])) as hub:
        hub.load_catalogue("hpft.toml")
        tomorrow = hub.now().date() + timedelta(days=1)
        session = hub.calendar(tomorrow, tomorrow + timedelta(weeks=4), types=["cqi-taster"])[0]
        for number in range(12):
            hub.add_person(Person(f"p{number}", f"P {number}", f"p{number}@nhs.example"))
            hub.book(session.id, f"p{number}")
    program = [sys.executable, "-m", "innovationhub", "--store", store, *CONSOLE, "run"]
    with subprocess.Popen(
        [*program, "--every", "3600", "--limit", "5"], stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stdout is not None
            subjects = 0
            while subjects < 12:
                subjects += running.stdout.readline().startswith("Subject: You")
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=30) == 0
        finally:
            running.kill()
