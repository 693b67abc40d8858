"""Support services: a rule that says why, and small groups that are not shown."""

from __future__ import annotations

from innovationhub import BookingStatus
from tests.brief.conftest import Tell


def test_whoever_belongs_there_gets_in_once_the_hub_knows(told: Tell) -> None:
    """Cat was refused and then seated; Ben clashed, Dee was not eligible; a group of two is not shown."""
    telling, lines = told("support-services-cqi")
    hub, kept = telling.hub, telling.kept
    assert hub.booking(str(kept["cat"])).status is BookingStatus.ATTENDED
    codes = [line.partition("(")[2].partition(")")[0] for line in lines if line.startswith("  Refused (")]
    assert codes == ["not-eligible", "clash", "not-eligible"]
    shown = [line for line in lines if "support-services:" in line]
    assert all("*" in line for line in shown)
