"""The taster: a full session, its queue, and what became of each."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_the_seat_that_came_free_went_to_the_head_of_the_queue(told: Tell) -> None:
    """Nia, who was first, had Cat's; Oz, who was second, never had one; Max was marked absent."""
    telling, lines = told("cqi-taster")
    hub, kept = telling.hub, telling.kept
    stands = {name: hub.booking(str(kept[name])).status for name in ("nia", "oz", "cat", "max")}
    assert stands == {
        "nia": BookingStatus.ATTENDED,
        "oz": BookingStatus.LAPSED,
        "cat": BookingStatus.CANCELLED,
        "max": BookingStatus.ABSENT,
    }
    assert [str(each.kind) for each in telling.post.sent if each.to.name == "Nia North"][:2] == [
        "waiting",
        "promoted",
    ]
    promoted = [entry for entry in hub.journal() if entry.kind == "booking.promoted"]
    assert [entry.subject for entry in promoted] == [kept["nia"]]
    assert any("number 1 in the queue" in line for line in lines)
