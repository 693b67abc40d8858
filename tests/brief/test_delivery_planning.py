"""Delivery Planning: a place rests on an approved idea, and ends with the approval."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_a_place_ends_with_its_approval_and_the_next_is_seated(told: Tell) -> None:
    """With the slot that depends on it, in one commit; the plan had said so, and each of them was told."""
    telling, lines = told("delivery-planning")
    hub, kept = telling.hub, telling.kept
    stands = {name: hub.booking(str(kept[name])).status for name in ("place", "alone", "bens", "last")}
    assert stands == {
        "place": BookingStatus.CANCELLED,
        "alone": BookingStatus.CANCELLED,
        "bens": BookingStatus.ATTENDED,
        "last": BookingStatus.ATTENDED,
    }
    first = next(line for line in lines if "Refused (not-eligible)" in line)
    assert lines.index(first) < next(at for at, line in enumerate(lines) if "confirmed" in line)
    sent = {(each.to.name, str(each.kind)) for each in telling.post.sent}
    assert {("Ada Obi", "fund-withdrawn"), ("Ada Obi", "cancelled"), ("Max May", "promoted")} <= sent


def test_the_places_changed_in_one_commit(told: Tell) -> None:
    """The end of the approval, of both places, and the promotion stand together in the journal."""
    telling, _ = told("delivery-planning")
    kept = telling.kept
    ends = {
        entry.subject: entry
        for entry in telling.hub.journal()
        if entry.kind in {"fund.withdrawn", "booking.cancelled", "booking.promoted"}
    }
    assert set(ends) == {kept["idea"], kept["place"], kept["alone"], kept["last"]}
    assert len({entry.at for entry in ends.values()}) == 1
    positions = sorted(entry.position for entry in ends.values())
    assert positions == list(range(positions[0], positions[0] + 4)), ends
