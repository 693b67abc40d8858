"""VTIMEZONE (RFC 5545 §3.6.5): what the clocks of a zone do, so that a reader needs no list of zones of its own.

The library that writes calendars can make one too, as a list of dates and with the start of summer time an hour late
where the clocks go forward.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from innovationhub.domain.recurrence import observances

__all__ = ["vtimezone"]


def vtimezone(zone: ZoneInfo, since: datetime, last: int) -> Timezone:
    """The zone's clocks for local times from `since` to the end of the year `last`, and by rule ever after."""
    made = Timezone()
    made.add("TZID", zone.key)
    for each in observances(zone, since, last):
        part = TimezoneDaylight() if each.summer else TimezoneStandard()
        part.add("DTSTART", each.onset)
        part.add("TZOFFSETFROM", each.before)
        part.add("TZOFFSETTO", each.after)
        part.add("TZNAME", each.name)
        if each.rule:
            part.add("RRULE", vRecur.from_ical(each.rule))
        elif each.others:
            part.add("RDATE", list(each.others))
        made.add_component(part)
    return made
