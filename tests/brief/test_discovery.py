"""Discovery: what is booked there and here is the same, and what a machine must not settle is for a person to see."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_both_sides_agree_to_the_end(told: Tell) -> None:
    """Bookings, a cancellation and attendance; the account that nobody knows stays as it is, and is a finding."""
    telling, lines = told("discovery")
    hub, kept = telling.hub, telling.kept
    assert {account: str(status) for account, status in kept["there"].items()} == {  # type: ignore[attr-defined]
        "account-1": "attended",
        "account-2": "absent",
        "account-3": "cancelled",
        "account-9": "booked",
    }
    assert hub.booking(str(kept["cat"])).status is BookingStatus.CANCELLED
    assert [finding.code for finding in hub.lms_findings()] == ["unknown-person"]
    assert any("published there: " in line for line in lines)
