"""Delivery Planning: a place rests on an approved idea, and ends with the approval."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_a_place_ends_with_its_approval_and_the_next_is_seated(told: Tell) -> None:
    """With the slot that depends on it, in one commit; the plan had said so, and each of them was told."""
    telling, lines = told("delivery-planning")
    hub, kept = telling.hub, telling.kept
    stands = {name: hub.booking(str(kept[name])).status for name in ("place", "alone", "last")}
    assert stands == {
        "place": BookingStatus.CANCELLED,
        "alone": BookingStatus.CANCELLED,
        "last": BookingStatus.ATTENDED,
    }
    first = next(line for line in lines if "Refused (not-eligible)" in line)
    assert lines.index(first) < next(at for at, line in enumerate(lines) if "confirmed" in line)
    told_last = [str(each.kind) for each in telling.post.sent if each.to.name == "Owner 11"]
    assert "promoted" in told_last
