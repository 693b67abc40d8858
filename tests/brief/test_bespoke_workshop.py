"""The told workshop: private to its team, and followed up (`test_bespoke_workshops.py` has the corners)."""

from __future__ import annotations

from datetime import date

from innovationhub import BookingStatus, WorkshopState
from tests.brief.conftest import Tell


def test_a_team_gets_its_workshop_and_nobody_else_sees_it(told: Tell) -> None:
    """Followed up at its end, all three came, and it is in no calendar but theirs."""
    telling, lines = told("bespoke-workshop")
    hub, kept = telling.hub, telling.kept
    assert hub.workshop(str(kept["workshop"])).state is WorkshopState.FOLLOWED_UP
    (booking,) = hub.roster(str(kept["first"]))
    assert set(booking.people.values()) == {BookingStatus.ATTENDED}
    window = (date(2027, 1, 1), date(2027, 2, 1))
    assert kept["first"] not in {view.id for view in hub.calendar(*window)}
    assert kept["first"] in {view.id for view in hub.calendar(*window, person="esr:2")}
    assert "  workshops in the calendar of Ben Ito: 3" in lines
    assert "  workshops in the calendar of Dee Eze: 0" in lines
    refused = [line for line in lines if "Refused (" in line]
    assert len([line for line in refused if "clash" in line]) == 3
