"""The journal, as a team reads it."""

from __future__ import annotations

from datetime import datetime

from tests.cli.conftest import Run, told


def test_the_journal_goes_on_where_it_stopped(run: Run, queue: list[str]) -> None:
    """Pages follow one another without a gap, and the hint leads to the next."""
    whole = told(run, "journal", "--limit", "1000")
    assert [each["position"] for each in whole] == list(range(1, len(whole) + 1))
    assert datetime.fromisoformat(whole[0]["at"]).utcoffset() is not None
    assert told(run, "journal", "--after", "2", "--limit", "2") == whole[2:4]
    assert "journal --after 2 --limit 2" in run("journal", "--limit", "2").stdout
    assert "Nothing happened" in run("journal", "--after", str(len(whole))).stdout
