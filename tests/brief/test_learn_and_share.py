"""Learn and Share: a move keeps the session's id and its people, and one comes instead of another."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell

SESSION = "learn-and-share@2026-12-10T14:00"


def test_a_move_keeps_everybody_and_a_substitute_has_the_place(told: Tell) -> None:
    """Under its old id on its new date; everybody booked was told of the move, once."""
    telling, lines = told("learn-and-share")
    hub, kept = telling.hub, telling.kept
    assert hub.session(SESSION).starts.isoformat() == "2026-12-17T14:00:00+00:00"
    (place,) = [each for each in hub.roster(SESSION) if each.id == kept["ben"]]
    assert place.people["esr:3"] is BookingStatus.ATTENDED
    moved = sorted(each.to.name for each in telling.post.sent if str(each.kind) == "moved")
    assert moved == ["Ada Obi", "Ben Ito", "Dee Eze"]
    assert len([line for line in lines if "Refused (" in line]) == 1
    assert len([line for line in lines if line.startswith("  clash: ")]) == 1


def test_a_reminder_goes_to_who_has_the_place_by_then(told: Tell) -> None:
    """A day before the new date, once: to the substitute, and not to whom she came for."""
    telling, _ = told("learn-and-share")
    reminded = [
        each.to.name
        for each in telling.post.sent
        if str(each.kind) == "reminder" and "Learn and Share" in each.subject
    ]
    assert sorted(reminded) == ["Ada Obi", "Cat Dhar", "Dee Eze"]
