"""`innovationhub lms`: what it says to people and to programs."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from innovationhub.testing.lms import MemoryLms
from tests.cli.conftest import Place, Run, told
from tests.lms import With, account


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> MemoryLms:
    """An LMS whose plugin is installed, at the address of the environment."""
    lms = MemoryLms([account("ada")])
    # the program opens the LMS anew with each command, and closes it
    lms.close = lambda: None  # type: ignore[method-assign]
    point = SimpleNamespace(name="there", load=lambda: With(lms))
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **_: [point])
    monkeypatch.setenv("INNOVATIONHUB_LMS", "there+https://lms.trust.example?token=s3cret")
    return lms


def test_without_an_lms_it_says_how_one_is_given(run: Run, place: Place) -> None:
    """Status says that there is none; the others cannot be done."""
    assert "give its address with --lms" in run("lms", "status").stdout
    ran = run("lms", "push")
    assert (ran.exit_code, "--lms" in ran.stderr) == (2, True)
    ran = run("lms", "status", "--lms", "nosuch+https://lms.trust.example?token=s3cret")
    assert ran.exit_code == 2
    assert "--lms: must begin with the name of an LMS plugin" in ran.stderr
    assert "s3cret" not in ran.stderr


def test_a_dry_run_says_what_would_be_done(run: Run, place: Place, there: MemoryLms) -> None:
    """And does nothing of it; then it is done, once."""
    ran = run("lms", "reconcile", "--dry-run")
    assert ran.exit_code == 0
    assert "To be done:" in ran.stdout
    assert place.taster in ran.stdout
    assert there.state.sessions == {}
    assert "Done:" in run("lms", "push").stdout
    assert there.ref_of(f"{place.taster}#attendee")
    assert "nothing was to be done" in run("lms", "reconcile").stdout


def test_what_was_done_there_is_pulled_and_what_is_unknown_is_listed(
    run: Run, place: Place, there: MemoryLms
) -> None:
    """By code, session and account; in JSON as the library's own values."""
    key = f"{place.taster}#attendee"
    run("lms", "push")
    there.book(key, "account-ada")
    ran = run("lms", "pull")
    assert "unknown-person" in ran.stdout
    assert "account-ada" in ran.stdout
    stands = told(run, "lms", "status")
    assert (stands["plugin"], stands["leads"]) == ("there", "hub")
    assert "pull-sign-ups" in stands["abilities"]
    (finding,) = stands["findings"]
    assert (finding["code"], finding["session_id"]) == ("unknown-person", place.taster)
    assert run("add-person", "esr:ada", "--name", "Ada").exit_code == 0
    (act,) = told(run, "lms", "pull")["acts"]
    assert act == {
        "session_id": place.taster,
        "role": "attendee",
        "side": "hub",
        "what": "booked",
        "person_id": "esr:ada",
    }
    assert "Hub and LMS agree" in run("lms", "status").stdout


def test_tick_makes_a_pass(run: Run, place: Place, there: MemoryLms) -> None:
    """A bounded one, and says what came of it."""
    ran = run("tick")
    assert "done to agree with the LMS" in ran.stdout
    assert len(there.state.sessions) == 25
    assert told(run, "tick")["lms"]["failure"] == ""
    assert len(there.state.sessions) > 25


def test_an_lms_that_is_down_is_an_exit_status(
    run: Run, place: Place, there: MemoryLms, tmp_path: Path
) -> None:
    """With why, and without its secret; everything else goes on."""
    MemoryLms.close(there)
    ran = run("lms", "push")
    assert ran.exit_code == 2
    assert "this LMS was closed" in ran.stderr
    assert "s3cret" not in ran.stdout + ran.stderr
    assert run("calendar").exit_code == 0
