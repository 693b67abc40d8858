"""VTIMEZONE says what the clocks do, to the second, by the letter of the RFC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from innovationhub.domain.recurrence.clocks import changes
from innovationhub_smtp.timezones import vtimezone
from on_smtp.readers import offset_of

RULED = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin")
OTHER = ("Asia/Kolkata", "Africa/Casablanca", "Asia/Gaza", "America/Santiago", "Pacific/Apia")


@pytest.mark.parametrize("name", [*RULED, *OTHER])
@pytest.mark.parametrize("year", [2006, 2026])
def test_it_says_what_the_clocks_do(name: str, year: int) -> None:
    """On the days around each change, and in between, from the first time on for four years."""
    zone, first = ZoneInfo(name), datetime(year, 5, 5, 10)
    said = vtimezone(zone, first, first.year + 4)
    assert said["TZID"] == name
    start = first.replace(tzinfo=zone).astimezone(UTC)
    looked = [start + timedelta(days=30 * number) for number in range(48)]
    for change in changes(zone, first, first + timedelta(days=4 * 365)):
        for wall in (change.begin, change.end):
            for fold in (0, 1):
                near = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
                looked += [near + timedelta(seconds=seconds) for seconds in (-3601, -1, 0, 1, 1801, 3601)]
    wrong = [when for when in looked if offset_of(said, when) != when.astimezone(zone).utcoffset()]
    assert wrong == []


@pytest.mark.parametrize("name", RULED)
def test_a_yearly_rule_is_one(name: str) -> None:
    """Two observances, each a rule: what Outlook reads. So they hold for a series without end."""
    said = vtimezone(ZoneInfo(name), datetime(2026, 12, 1, 10), 2030)
    assert len(said.subcomponents) == 2
    assert all("RRULE" in each and "RDATE" not in each for each in said.subcomponents)
    later = datetime(2044, 7, 1, 12, tzinfo=UTC)
    assert offset_of(said, later) == later.astimezone(ZoneInfo(name)).utcoffset()


def test_london_is_as_everybody_writes_it() -> None:
    """The last Sundays of March, at one, and of October, at two."""
    lines = (
        vtimezone(ZoneInfo("Europe/London"), datetime(2026, 12, 1, 10), 2030).to_ical().decode().split("\r\n")
    )
    assert [line for line in lines if line.startswith(("DTSTART", "RRULE", "TZO"))] == [
        "DTSTART:20250330T010000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "DTSTART:20251026T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
    ]


def test_every_zone_can_be_said() -> None:
    """None raises, and each says the offset of its first time."""
    names = sorted(available_timezones() - {"localtime", "Factory"})
    assert len(names) > 400
    for name in names:
        zone, first = ZoneInfo(name), datetime(2026, 7, 1, 12)
        when = first.replace(tzinfo=zone)
        assert offset_of(vtimezone(zone, first, first.year + 4), when) == when.utcoffset(), name
