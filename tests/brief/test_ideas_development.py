"""Ideas Development: as often as needed, and first-timers first when it is full."""

from __future__ import annotations

from datetime import date

from innovationhub import BookingStatus
from innovationhub_fund import Fund
from tests.brief.conftest import Tell


def test_who_had_not_been_yet_went_first(told: Tell) -> None:
    """Cat, who came later, had the first free seat; Ada the next; both visits with the idea are counted."""
    telling, lines = told("ideas-development")
    hub, kept = telling.hub, telling.kept
    assert {hub.booking(str(kept[name])).status for name in ("ada", "cat")} == {BookingStatus.ATTENDED}
    promoted = [entry.subject for entry in hub.journal() if entry.kind == "booking.promoted"]
    assert promoted == [kept["cat"], kept["ada"]]
    assert Fund(hub).attendance(str(kept["idea"])) == {"esr:1": 2, "esr:2": 1}
    assert any("priority rule" in line for line in lines)


def test_an_idea_comes_with_its_own_people_only(told: Tell) -> None:
    """Cat does not work on it, so it is not brought along to her place; the figures count three visits."""
    telling, lines = told("ideas-development")
    assert any("Nobody in this booking works on the idea." in line for line in lines)
    figures = telling.hub.figures(date(2026, 11, 1), date(2027, 1, 1))
    assert figures.table("fund-visits-by-idea").rows == ((3, 1),)
    assert figures.table("fund-visits-by-person").rows == (("once", 1), ("more than once", 1))
