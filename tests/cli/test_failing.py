"""Every way to fail has its status and one message."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import attrs
import pytest

from innovationhub import Hub, PluginError, Unavailable, hookimpl
from innovationhub.cli import desk
from tests.cli.conftest import Place, Run


@pytest.mark.parametrize(
    ("args", "kind", "words"),
    [
        (("session", "nope"), "not-found", "no session 'nope'"),
        (("book", "taster@2020-01-01T10:00", "p:1"), "not-found", "taster@2020-01-01T10:00"),
        (("bookings", "p:404"), "not-found", "no person 'p:404'"),
        (("cancel", "b:404"), "not-found", "no booking 'b:404'"),
        (("calendar", "--type", "tester"), "not-found", "tester"),
        (("add-person", "x", "--email", "x"), "invalid", "email: "),
        (("load", "nothing.toml"), "invalid", "nothing.toml"),
        (("tick", "--limit", "0"), "invalid", "limit: "),
        (("journal", "--after", "-1"), "invalid", "after: "),
        (("--store", "foo:bar", "audit"), "invalid", "'foo'"),
        (("--store", "sqlite:///nowhere.db", "calendar"), "unavailable", "nowhere.db"),
        (("calendar", "--from", "1 December"), "usage", "--from"),
        (("calendar", "--weeks", "2", "--to", "2026-12-01"), "usage", "--weeks or --to"),
        (("load",), "usage", "hpft.toml"),
        (("nonsense",), "usage", "nonsense"),
        (("book",), "usage", "SESSION"),
    ],
)
def test_what_is_wrong_or_not_there_is_status_2(
    run: Run, args: tuple[str, ...], kind: str, words: str
) -> None:
    """One clear message on stderr, nothing on stdout; with --json the same as an object."""
    ran = run(*args)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.count("Error: ") == 1
    assert words in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
    told = run(*args, "--json")
    assert told.exit_code == 2
    assert json.loads(told.stderr)["error"] == kind
    assert words in json.loads(told.stderr)["message"]


def test_a_locked_store_is_status_2(run: Run, place: Place, tmp_path: Path) -> None:
    """The store is out of reach: said so, and nothing was changed."""
    locked = sqlite3.connect(tmp_path / "hub.db")
    locked.execute("BEGIN IMMEDIATE")
    ran = run("add-person", "p:9", "--store", f"{place.store}?timeout=0.1")
    told = run("add-person", "p:9", "--store", f"{place.store}?timeout=0.1", "--json")
    locked.close()
    assert ran.exit_code == told.exit_code == 2
    assert "is locked by another program" in " ".join(ran.stderr.split())
    assert json.loads(told.stderr)["error"] == "unavailable"


def test_a_file_of_somebody_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    """A path that is no hub's is refused in one sentence."""
    other = tmp_path / "letter.txt"
    other.write_text("Dear hub, this is a letter and not a database. " * 50, encoding="utf-8")
    ran = run("audit", "--store", f"sqlite:///{other}")
    assert ran.exit_code == 2
    assert "letter.txt is not a hub's file" in " ".join(ran.stderr.split())


class Closing:
    """A plugin that is there when a hub is made and gone afterwards."""

    @hookimpl
    def innovationhub_closures(self) -> Mapping[str, object]:
        return {"our-days": self}

    def closed(self, year: int) -> Mapping[date, str]:
        return {}


def test_a_plugin_that_is_gone_is_named(run: Run, place: Place) -> None:
    """The hub's settings name a closure that nothing declares any more: status 2, and its name."""
    with Hub.open(place.store, plugins=[Closing()]) as hub:
        text = place.catalogue.read_text("utf-8").replace("[hub]", '[hub]\nclosures = ["our-days"]')
        place.catalogue.write_text(text, "utf-8")
        hub.load_catalogue(place.catalogue)
    ran = run("calendar")
    assert ran.exit_code == 2
    assert "our-days" in ran.stderr
    assert json.loads(run("calendar", "--json").stderr)["plugin"] == "our-days"


@attrs.frozen
class Broken:
    """A hub that cannot be opened, for a reason of the test's choice."""

    error: Exception

    def open(self, url: str, *, clock: object = None, settings: object = None) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (PluginError("fund", "raised KeyError"), 2, "plugin fund: raised KeyError"),
        (Unavailable("the disk is full"), 2, "the disk is full"),
        (Unavailable("the answer was lost", request_id="r-1", outcome_known=False), 2, "--request-id r-1"),
        (ZeroDivisionError("division by zero"), 3, "ZeroDivisionError: division by zero"),
        (RuntimeError(), 3, "RuntimeError"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_every_error_has_its_status(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, words: str
) -> None:
    """Never a traceback; of a fault of ours it says how to see more."""
    monkeypatch.setattr(desk, "Hub", Broken(error))
    ran = run("audit")
    assert (ran.exit_code, ran.stdout) == (code, "")
    assert words in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
    assert ("--debug" in ran.stderr) == (code == 3)
    assert bool(ran.stderr) == (code != 130)


def test_debug_shows_where(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback is for those who ask for it, before or after the command."""
    monkeypatch.setattr(desk, "Hub", Broken(ZeroDivisionError("division by zero")))
    for args in (("--debug", "audit"), ("audit", "--debug")):
        ran = run(*args)
        assert ran.exit_code == 3
        assert "Traceback" in ran.stderr


def test_an_audit_that_finds_something_is_status_1(run: Run, place: Place, tmp_path: Path) -> None:
    """A counter that was tampered with is found, listed on stdout, and told by the status."""
    assert run("book", place.taster, "p:1").exit_code == 0
    assert run("audit").exit_code == 0
    with sqlite3.connect(tmp_path / "hub.db") as connection:
        connection.execute("UPDATE roster SET held = held + 1")
    connection.close()
    ran = run("audit")
    assert ran.exit_code == 1
    assert "count-held" in ran.stdout
    told = run("audit", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)[0]["code"] == "count-held"


def test_a_password_is_not_repeated(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands to try next leave out an address that may hold a password."""
    shown = desk.Desk(chosen="postgresql://ann:secret@db/hub").command("calendar")
    assert not any("secret" in word for word in shown)
    assert "sqlite:///x.db" in desk.Desk(chosen="sqlite:///x.db").command("calendar")
