"""The marketplace: a stand that came free was offered in working hours, lapsed, and went to the next."""

from __future__ import annotations

from datetime import datetime

from examples.stories.telling import HERE
from innovationhub import BookingStatus
from tests.brief.conftest import Tell

SESSION = "share-and-spread@2026-12-11T12:00"


def test_the_stand_went_to_whoever_answered(told: Tell) -> None:
    """Nia's team missed its offer and was never seated; Oz's took theirs; Rae's was too large for what came free."""
    telling, lines = told("share-and-spread")
    hub, kept = telling.hub, telling.kept
    oz = hub.booking(str(kept["oz"]))
    assert list(oz.people.values()) == [BookingStatus.ATTENDED] * 2
    for waited in ("nia", "rae"):
        assert hub.booking(str(kept[waited])).status is BookingStatus.LAPSED
    assert hub.booking(str(kept["dee"])).status is BookingStatus.CANCELLED
    kinds = [str(each.kind) for each in telling.post.sent if each.to.name == "Nia North"]
    assert kinds[:3] == ["waiting", "offered", "offer-lapsed"]
    assert "offered" not in {str(each.kind) for each in telling.post.sent if each.to.name == "Rae Rix"}
    # to the back: behind Rae's team, which came before her and was never offered anything
    assert next(line for line in lines if line.endswith("(waitlisted)")).startswith("  1. Rae Rix")
    assert any(line.startswith("  2. Nia North") for line in lines)
    assert len([line for line in lines if line.startswith("  Refused (not-active)")]) == 1


def test_an_offer_runs_in_working_hours(told: Tell) -> None:
    """Made on Friday at three, for sixteen working hours: until Tuesday at three."""
    telling, _ = told("share-and-spread")
    assert telling.kept["ends"] == datetime(2026, 12, 8, 15, 0, tzinfo=HERE)


def test_too_few_stands_are_noticed_two_weeks_before(told: Tell) -> None:
    """Whoever leads this very market hears it, two weeks before; then it fills, and what each team shows is kept."""
    telling, lines = told("share-and-spread")
    hub, kept = telling.hub, telling.kept
    short = [
        each
        for each in telling.post.sent
        if str(each.kind) == "below-minimum" and "Share and Spread" in each.subject
    ]
    assert sorted(each.to.name for each in short) == ["Fran Adeyemi", "Gil Baptiste", "Hana Cole"]
    assert "  showcase: 3 of at least 4" in lines
    assert "app that nobody opened" in hub.notes(str(kept["ada"]))["shows"]
    assert hub.session(SESSION).headcount == 40
