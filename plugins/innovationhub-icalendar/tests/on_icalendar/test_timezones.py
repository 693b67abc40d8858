"""VTIMEZONE, read back by dateutil, which believes what it says and asks no list of zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from innovationhub_icalendar.timezones import vtimezone

FIRST = datetime(2026, 10, 1)


def written(zone: str) -> str:
    return str(vtimezone(ZoneInfo(zone), FIRST, 2029).to_ical(), "utf-8")


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/London",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",  # half an hour of summer time
        "Africa/Casablanca",  # by the moon, not by a yearly rule
        "America/Santiago",  # at midnight
    ],
)
def test_what_is_written_is_what_the_clocks_do(zone: str) -> None:
    """At every half hour of three years whose local time means one instant."""
    here = ZoneInfo(zone)
    read = tzical(StringIO(f"BEGIN:VCALENDAR\r\n{written(zone)}END:VCALENDAR\r\n")).get(zone)
    assert read is not None
    instant, compared = datetime(2026, 1, 1, 0, 7, tzinfo=UTC), 0
    while instant < datetime(2029, 1, 1, tzinfo=UTC):
        wall = instant.astimezone(here).replace(tzinfo=None, fold=0)
        once = wall.replace(tzinfo=here, fold=0).utcoffset() == wall.replace(tzinfo=here, fold=1).utcoffset()
        if once:
            assert read.utcoffset(wall) == instant.astimezone(here).utcoffset(), wall
            compared += 1
        instant += timedelta(minutes=30)
    assert compared > 52_000


def test_a_yearly_rule_is_written_where_there_is_one() -> None:
    """What old readers understand best; the change stands in the local time before it (RFC 5545 §3.6.5)."""
    text = written("Europe/London")
    assert text.count("BEGIN:DAYLIGHT") == 1
    assert "DTSTART:20250330T010000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text
    assert "DTSTART:20251026T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in text
    assert "BYDAY=2SU;BYMONTH=3" in written("America/New_York")
    assert "RRULE" not in written("Africa/Casablanca")
    assert written("Asia/Kolkata").count("BEGIN:STANDARD") == 1


def test_a_zone_that_stopped_changing_has_no_rule_that_goes_on() -> None:
    """Turkey put its clocks forward for good in 2016: a rule would go on for ever."""
    text = str(vtimezone(ZoneInfo("Europe/Istanbul"), datetime(2012, 6, 1), 2020).to_ical(), "utf-8")
    assert "RRULE" not in text
    read = tzical(StringIO(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n")).get("Europe/Istanbul")
    assert read is not None
    assert read.utcoffset(datetime(2019, 1, 1)) == timedelta(hours=3)
