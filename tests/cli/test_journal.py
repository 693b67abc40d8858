"""The journal, as a team reads it."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime
from pathlib import Path

from tests.cli.conftest import Place, Run, told


def test_the_journal_goes_on_where_it_stopped(run: Run, queue: list[str]) -> None:
    """Pages follow one another without a gap, and the hint leads to the next."""
    whole = told(run, "journal", "--limit", "1000")
    assert [each["position"] for each in whole] == list(range(1, len(whole) + 1))
    assert datetime.fromisoformat(whole[0]["at"]).utcoffset() is not None
    assert told(run, "journal", "--after", "2", "--limit", "2") == whole[2:4]
    assert "journal --after 2 --limit 2" in run("journal", "--limit", "2").stdout
    assert "Nothing happened" in run("journal", "--after", str(len(whole))).stdout


def test_the_team_reads_its_own_ids(run: Run, queue: list[str]) -> None:
    """Who was added, who booked: by the ids the team knows; no name is shown."""
    shown = " ".join(run("journal", "--limit", "1000").stdout.split())
    assert "person.added p:1" in shown
    assert f"{queue[0]} p:1" in shown
    assert "Ben" not in shown
    assert not re.search(r"\b[0-9a-f]{24}\b", shown)


def test_programs_get_keys_and_ids(run: Run, queue: list[str]) -> None:
    """The entry is as the journal holds it, with opaque keys; beside it stands whose they are."""
    booked = next(each for each in told(run, "journal") if each["subject"] == queue[1])
    assert "p:" not in str(booked["facts"])
    assert booked["ids"] == {booked["facts"]["person"]: "p:2"}


def test_who_acted_for_another_is_shown(run: Run, place: Place) -> None:
    """A colleague books for somebody: both are named, each by their id."""
    id = told(run, "book", place.taster, "p:1", "--actor", "p:2")["id"]
    assert f"{id} p:1, by p:2" in " ".join(run("journal").stdout.split())


def test_whoever_is_gone_stays_a_key(run: Run, queue: list[str], tmp_path: Path) -> None:
    """Where the hub knows a person no longer, only the opaque key is left to show."""
    with sqlite3.connect(tmp_path / "hub.db") as connection:
        connection.execute("DELETE FROM person WHERE id = 'p:2'")
    connection.close()
    booked = next(each for each in told(run, "journal") if each["subject"] == queue[1])
    assert booked["ids"] == {}
    assert f"{queue[1]} {booked['facts']['person']}" in " ".join(run("journal").stdout.split())
