"""The induction: who came with and without a name, and the days to which closed Mondays moved it."""

from __future__ import annotations

from datetime import date

from examples.stories.corporate_induction import DECEMBER, EASTER, JANUARY, TYPE
from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_a_closed_monday_moves_the_induction_and_whoever_is_booked(told: Tell) -> None:
    """Easter Monday by the calendar, another day by a plan: the next working day, the same id, and one is told."""
    telling, _ = told("corporate-induction")
    hub, kept = telling.hub, telling.kept
    assert hub.session(EASTER).starts.date() == date(2031, 4, 15)
    assert hub.session(JANUARY).starts.date() == date(2027, 1, 12)
    assert [view.id for view in hub.calendar(date(2027, 1, 1), date(2027, 2, 1), types=[TYPE])] == [JANUARY]

    ivy = hub.booking(str(kept["ivy"]))
    assert (ivy.status, ivy.session_id) == (BookingStatus.CONFIRMED, JANUARY)
    (message,) = [each for each in telling.post.sent if each.to.name == "Ivy Ince"]
    assert "Tuesday 12 January 2027" in message.subject


def test_everybody_who_walked_in_counts_once(told: Tell) -> None:
    """Seven by name, one of them added at the door, and 21 without; none of them had booked, and none is absent."""
    telling, _ = told("corporate-induction")
    hub, kept = telling.hub, telling.kept
    assert kept["again"] == kept["zoe"]
    assert hub.person("esr:900").name == "Zoe Zane"
    assert {each.status for each in hub.roster(DECEMBER)} == {BookingStatus.ATTENDED}
    figures = hub.figures_of_month(2026, 12)
    (row,) = [row for row in figures.table("attendance-by-type").rows if str(row[0]).startswith("Corporate")]
    assert row[1:] == (1, 0, 28, 0, 7, 21, 28.0)


def test_who_comes_after_the_register_was_closed_is_not_on_it(told: Tell) -> None:
    """The hub says that it is closed and names another date, and nothing is written."""
    telling, lines = told("corporate-induction")
    assert any(line.strip().startswith("Refused (closed)") for line in lines)
    assert any("Instead: Corporate Induction" in line for line in lines)
    assert telling.hub.bookings_of("esr:606") == []
