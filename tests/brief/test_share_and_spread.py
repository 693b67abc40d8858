"""The marketplace: a stand that came free was offered in working hours, lapsed, and went to the next."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_the_stand_went_to_whoever_answered(told: Tell) -> None:
    """Nia missed her offer and was never seated; Oz took his; the team was told of too few stands two weeks before."""
    telling, lines = told("share-and-spread")
    hub, kept = telling.hub, telling.kept
    assert hub.booking(str(kept["oz"])).status is BookingStatus.ATTENDED
    assert hub.booking(str(kept["nia"])).status is BookingStatus.LAPSED
    kinds = [str(each.kind) for each in telling.post.sent if each.to.name == "Nia North"]
    assert kinds[:3] == ["waiting", "offered", "offer-lapsed"]
    assert "below-minimum" in {str(each.kind) for each in telling.post.sent}
    assert hub.session("share-and-spread@2026-12-11T12:00").headcount == 40
    assert any("The handover app that nobody opened" in line for line in lines)
