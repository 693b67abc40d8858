"""The drop-in: facilitators are the limit, and who waits at the door is called in order."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell

SESSION = "problem-solving-drop-in@2026-11-26T12:00"


def test_everybody_was_helped_in_turn(told: Tell) -> None:
    """Three at a time with one facilitator; Dee and then Zoe, whom nobody knew, were called when somebody went."""
    telling, lines = told("problem-solving-drop-in")
    hub, kept = telling.hub, telling.kept
    assert {hub.booking(str(kept[name])).status for name in ("ada", "dee", "zoe")} == {BookingStatus.ATTENDED}
    assert hub.session(SESSION).places["attendee"].capacity == 3
    assert hub.notes(str(kept["ada"])) == {"booked": "Discharge letters take nine days."}
    called = [entry.subject for entry in hub.journal() if entry.kind == "booking.promoted"]
    assert called == [kept["dee"], kept["zoe"]]
    assert any("The number of seats as attendee goes from 6 to 3." in line for line in lines)
    # whoever waits at the door is called: the hub must not say that nobody is seated any more
    explained = next(line for line in lines if "Free places go to whoever is at the door" in line)
    assert lines.index(explained) < next(
        at for at, line in enumerate(lines) if "Ada has her first step" in line
    )
    assert not any("nobody is seated" in line for line in lines)
