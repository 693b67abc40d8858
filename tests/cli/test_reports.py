"""`innovationhub report`: a page, files for a spreadsheet, JSON; by month or from day to day."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import HERE, Place, Run, told

DECEMBER = ("report", "--month", "2026-12")


def test_a_page_is_printed_or_written(run: Run, place: Place, tmp_path: Path) -> None:
    """The same either way; of a file it is said that it was written."""
    printed = run(*DECEMBER)
    assert printed.exit_code == 0
    assert printed.stdout.startswith("<!DOCTYPE html>")
    file = tmp_path / "report.html"
    written = run(*DECEMBER, "--out", str(file))
    assert "Wrote" in written.stdout
    assert "<h1>Figures, December 2026</h1>" in file.read_text("utf-8")


def test_last_month_unless_told_otherwise(run: Run, place: Place) -> None:
    """The one that is over, by the hub's clock."""
    last = datetime.now(HERE).replace(day=1) - timedelta(days=1)
    assert f"<h1>Figures, {last:%B %Y}</h1>" in run("report").stdout


@pytest.mark.parametrize("until", ["--to", "--until"])
def test_from_day_to_day(run: Run, place: Place, until: str) -> None:
    """The last day is in it."""
    found = told(run, "report", "--from", "2026-12-01", until, "2026-12-14")
    assert (found["start"], found["end"]) == ("2026-12-01", "2026-12-15")


def test_files_for_a_spreadsheet(run: Run, place: Place, tmp_path: Path) -> None:
    """A file for each table, in a folder that is made; lines end as RFC 4180 has it. Plugins may bring more."""
    folder = tmp_path / "new" / "figures"
    done = run(*DECEMBER, "--csv", str(folder))
    written = {file.name for file in folder.iterdir()}
    assert f"Wrote {len(written)} tables" in done.stdout
    assert written >= {
        *("attendance-by-group.csv", "attendance-by-month.csv", "attendance-by-type.csv", "fill-rate.csv"),
        *("no-shows.csv", "repeat-attendance.csv", "waiting.csv", "workshops.csv"),
    }
    assert (folder / "waiting.csv").read_bytes().startswith(b"Type,Joined a queue,")
    assert b"\r\n" in (folder / "waiting.csv").read_bytes()


def test_json_and_files_at_once(run: Run, place: Place, tmp_path: Path) -> None:
    """The figures as a program reads them, and what was asked for besides."""
    file = tmp_path / "report.html"
    found = told(run, *DECEMBER, "--out", str(file), "--csv", str(tmp_path))
    assert found["tables"]["waiting"]["columns"][0] == "Type"
    assert file.exists()
    assert (tmp_path / "waiting.csv").exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--from", "2026-12-01"],
        ["--to", "2026-12-01"],
        ["--month", "2026-12", "--from", "2026-12-01"],
        ["--month", "December"],
        ["--from", "2026-12-02", "--to", "2026-11-30"],
    ],
)
def test_a_period_that_is_none(run: Run, place: Place, options: list[str]) -> None:
    """It is said how one says it."""
    done = run("report", *options)
    assert done.exit_code == 2
    assert "--from" in done.stderr or "--month" in done.stderr or "--to" in done.stderr


def test_without_the_package_that_draws(run: Run, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with tables, and a warning that is no part of it; none where no pictures are wanted."""
    assert "<svg" not in run(*DECEMBER, "--no-pictures").stdout
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    done = run(*DECEMBER)
    assert done.exit_code == 0
    assert "Install innovationhub[report]" in " ".join(done.stderr.split())
    assert "Install" not in done.stdout
    assert run(*DECEMBER, "--no-pictures").stderr == ""


@pytest.mark.parametrize("option", ["--out", "--csv"])
def test_where_nothing_can_be_written(run: Run, place: Place, tmp_path: Path, option: str) -> None:
    """It is said where, and why."""
    (tmp_path / "file").touch()
    done = run(*DECEMBER, option, str(tmp_path / "file" / "report"))
    assert done.exit_code == 2
    assert "cannot be" in " ".join(done.stderr.split())
