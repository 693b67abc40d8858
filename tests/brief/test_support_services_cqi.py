"""Support services: a rule that says why and what would help, and who waits gets the place that comes free."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_whoever_belongs_there_gets_in_once_the_hub_knows(told: Tell) -> None:
    """Cat was refused and then seated; Ben clashed, Dee was not eligible."""
    telling, lines = told("support-services-cqi")
    hub, kept = telling.hub, telling.kept
    assert hub.booking(str(kept["cat"])).status is BookingStatus.ATTENDED
    codes = [line.partition("(")[2].partition(")")[0] for line in lines if line.startswith("  Refused (")]
    assert codes == ["not-eligible", "clash", "not-eligible"]
    assert any("right group" in line for line in lines)


def test_who_takes_another_date_and_waits_has_the_place_that_comes_free(told: Tell) -> None:
    """Ben clashed in December, waited for January, and was told when a place was his; both dates are counted."""
    telling, lines = told("support-services-cqi")
    ben = telling.hub.booking(str(telling.kept["ben"]))
    assert ben.session_id == "support-services-cqi@2027-01-19T15:30"
    assert ben.status is BookingStatus.ATTENDED
    kinds = [
        str(each.kind)
        for each in telling.post.sent
        if each.to.name == "Ben Ito" and "19 January" in each.subject
    ]
    assert kinds[:2] == ["waiting", "promoted"]
    assert "    support-services: people 18, came 18" in lines
