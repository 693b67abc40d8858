"""The program as the shell sees it: status, streams, pipes, signals, terminals."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Place, Program, environment


def test_a_booking_is_done_and_its_answer_is_on_stdout(place: Place, program: Program) -> None:
    """Status 0; the id of the booking is there to copy; stderr stays silent."""
    ran = program("book", place.taster, "p:1")
    assert (ran.code, ran.err) == (0, "")
    assert "[red]Ann[/red]: has a place" in ran.out
    booked = json.loads(program("bookings", "p:1", "--json").out)
    assert booked[0]["id"] in ran.out


def test_a_refusal_is_on_stderr_with_code_remedy_and_alternative(place: Place, program: Program) -> None:
    """Status 1; stdout stays empty, so that a pipe never takes a refusal for an answer."""
    assert program("book", place.small, "p:1").code == 0
    ran = program("book", place.small, "p:2")
    assert (ran.code, ran.out) == (1, "")
    assert "full: " in ran.err
    assert "What would help: Choose another date." in ran.err
    assert "These have room:" in ran.err
    assert "small@" in ran.err


def test_a_refusal_as_json_is_on_stderr(place: Place, program: Program) -> None:
    """With --json a program reads the reasons and alternatives instead of a person."""
    program("book", place.small, "p:1")
    ran = program("book", place.small, "p:2", "--json")
    told = json.loads(ran.err)
    assert (ran.code, ran.out, told["error"]) == (1, "", "refused")
    assert [reason["code"] for reason in told["reasons"]] == ["full"]
    assert told["reasons"][0]["remedies"]
    assert told["alternatives"][0]["id"].startswith("small@")


def test_wrong_use_is_one_message_and_a_hint(program: Program) -> None:
    """Status 2; a misspelt command is told which one was meant."""
    ran = program("boook")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean 'book'?" in ran.err
    assert "--help" in ran.err
    assert "Traceback" not in ran.err


def test_no_escape_sequence_goes_into_a_pipe_nor_to_no_color(place: Place, program: Program) -> None:
    """A pipe gets plain text, and NO_COLOR means none at all even where colours were forced."""
    program("book", place.taster, "p:1")
    for more in ({}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}):
        ran = program("calendar", **more)
        assert place.taster in ran.out
        assert "\x1b" not in ran.out
    assert "\x1b" in program("calendar", FORCE_COLOR="1").out


def test_a_pipe_is_80_columns_wide_whatever_the_window(program: Program) -> None:
    """Nobody said COLUMNS: what goes into a pipe does not depend on the terminal it was started in."""
    assert program("calendar", COLUMNS="").out == program("calendar", COLUMNS="80").out


def test_a_reader_who_leaves_is_no_error(place: Place, program: Program) -> None:
    """`innovationhub journal | head -1` ends without a word, and not with the status of a refusal."""
    process = subprocess.Popen(
        [sys.executable, "-m", "innovationhub", "calendar", "--weeks", "200", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(INNOVATIONHUB_STORE=place.store),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(30), said) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_is_said(place: Place, tmp_path: Path) -> None:
    """What cannot be written is one sentence and status 2, for people and for programs."""
    for args in (("types",), ("types", "--json")):
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            done = subprocess.run(
                [sys.executable, "-m", "innovationhub", *args],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                env=environment(INNOVATIONHUB_STORE=place.store),
            )
        assert done.returncode == 2
        assert "could not be written" in done.stderr
        assert "Traceback" not in done.stderr


def test_closed_streams_are_no_error(place: Place) -> None:
    """A scheduler may close them: the command is done, and its status is all that is told."""
    script = '"$0" -m innovationhub types >&- 2>&- && ! "$0" -m innovationhub nonsense >&- 2>&-'
    env = environment(INNOVATIONHUB_STORE=place.store)
    done = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable], capture_output=True, check=False, env=env
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_ctrl_c_is_quiet(place: Place, tmp_path: Path) -> None:
    """Interrupted while it waits for a lock: status 130 and no traceback."""
    locked = sqlite3.connect(tmp_path / "hub.db")
    locked.execute("BEGIN IMMEDIATE")
    process = subprocess.Popen(
        [sys.executable, "-m", "innovationhub", "add-person", "p:9"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(INNOVATIONHUB_STORE=f"{place.store}?timeout=30"),
        # a shell's background job ignores the signal, and so would everything it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # no threads here
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    locked.close()
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_terminal_of_80_columns_is_kept_to(place: Place, program: Program) -> None:
    """In a real terminal there are colours, and no line is longer than it is wide."""
    program("book", place.taster, "p:1")
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "innovationhub", "calendar"],
        stdout=slave,
        stderr=slave,
        stdin=slave,
        env={
            **environment(INNOVATIONHUB_STORE=place.store, TERM="xterm-256color", NO_COLOR="1"),
            "COLUMNS": "80",
        },
    )
    os.close(slave)
    read = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        read += chunk
    assert process.wait(30) == 0
    os.close(master)
    lines = read.decode().splitlines()
    assert any(place.taster in line for line in lines)
    assert max(len(line) for line in lines) <= 80
    assert "\x1b" not in read.decode()


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """Neither click nor rich: one sentence on stderr and status 2."""
    script = (
        "import sys\n"
        "sys.modules['click'] = None\n"
        "sys.argv = ['innovationhub', 'calendar']\n"
        "from innovationhub.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "install innovationhub[cli]" in done.stderr


def test_another_missing_module_is_not_taken_for_the_extra(tmp_path: Path) -> None:
    """Only click and rich are what the extra brings; a fault of ours is not hidden behind them."""
    script = (
        "import sys\n"
        "sys.modules['innovationhub.cli.desk'] = None\n"
        "from innovationhub.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    assert "innovationhub.cli.desk" in done.stderr
    assert "install" not in done.stderr


def test_a_name_that_the_terminal_cannot_show_is_no_error(program: Program) -> None:
    """In an ASCII terminal a letter becomes a question mark, in JSON an escape that loses nothing."""
    assert program("add-person", "p:9", "--name", "Oisín").code == 0
    ran = program("add-person", "p:9", "--name", "Oisín", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (ran.code, "Ois?n" in ran.out) == (0, True)
    ran = program("add-person", "p:9", "--name", "Oisín", "--json", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert json.loads(ran.out)["name"] == "Oisín"
