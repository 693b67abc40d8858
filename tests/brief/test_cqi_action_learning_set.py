"""The learning set: one registration for all dates, and a seat that is lent for one of them."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_a_seat_was_lent_for_a_day_and_the_queue_kept(told: Tell) -> None:
    """Nia came as a guest and still waits for the set; Ada had the one slot alone with a facilitator, Ben did not."""
    telling, lines = told("cqi-action-learning-set")
    hub, kept = telling.hub, telling.kept
    stands = {name: hub.booking(str(kept[name])).status for name in ("nia", "guest", "alone", "ben")}
    assert stands == {
        "nia": BookingStatus.WAITLISTED,
        "guest": BookingStatus.ATTENDED,
        "alone": BookingStatus.ATTENDED,
        "ben": BookingStatus.LAPSED,
    }
    assert any("Your seat for this date has gone to somebody else." in line for line in lines)
    apologies = [entry for entry in hub.journal() if entry.kind == "booking.apologised"]
    assert len(apologies) == 1
