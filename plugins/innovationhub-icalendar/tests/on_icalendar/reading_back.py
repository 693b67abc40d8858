"""What readers that are not ours make of a feed: every instance, by its identity, with its times and its status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import recurring_ical_events  # type: ignore[import-untyped]  # it has no types of its own
from dateutil import rrule
from icalendar import Calendar, vRecur

from innovationhub import Hub, SessionStatus, SessionView
from innovationhub.domain.events import event_uid, recurrence_id
from innovationhub.domain.programme import HUB, HubRow
from innovationhub.domain.records import Key, Read

Instance = tuple[str, str, str, str, str]
"""UID, RECURRENCE-ID, start, end (instants in UTC), status. A one-off has no RECURRENCE-ID."""

ROUND = timedelta(days=800)
"""How far around its window a feed is looked at: what lies beyond it would be too much."""


def secret_of(hub: Hub) -> str:
    row = hub.rows(Read((Key(HubRow, (HUB,)),))).get(HubRow, HUB)
    assert row is not None
    return row.secret


def instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def wanted(hub: Hub, views: Sequence[SessionView]) -> list[Instance]:
    """The instances that the hub's own calendar has."""
    secret = secret_of(hub)
    series = {each.key: each.recurrence for each in hub.series()}
    once = {key for key, own in series.items() if not (own.rule or own.rdates or own.following)}
    return sorted(
        (
            event_uid(view.series_id, secret),
            "" if view.series_id in once else instant(recurrence_id(view.id, series[view.series_id].zone)),
            instant(view.starts),
            instant(view.ends),
            "CANCELLED" if view.status is SessionStatus.CALLED_OFF else "CONFIRMED",
        )
        for view in views
    )


def expanded(body: bytes | str, start: date, end: date) -> list[Instance]:
    """The instances that `recurring-ical-events` finds, from long before the window until long after it."""
    calendar = Calendar.from_ical(body)
    recurring = {str(each["UID"]) for each in calendar.walk("VEVENT") if recurs(each)}
    found = recurring_ical_events.of(calendar).between(start - ROUND, end + ROUND)
    return sorted(
        (
            str(each["UID"]),
            instant(each["RECURRENCE-ID"].dt) if str(each["UID"]) in recurring else "",
            instant(each["DTSTART"].dt),
            instant(each["DTEND"].dt),
            str(each["STATUS"]),
        )
        for each in found
    )


def recurs(event: Any) -> bool:
    return any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def events(body: bytes | str) -> list[Any]:
    """The events as written."""
    return list(Calendar.from_ical(body).walk("VEVENT"))


def read_plainly(body: bytes | str) -> list[Instance]:
    """The instances by the letter of RFC 5545 §3.8.5, with dateutil's sets of local times and nothing else."""
    found: list[Instance] = []
    written = events(body)
    for uid in {str(each["UID"]) for each in written}:
        own = [each for each in written if str(each["UID"]) == uid]
        apart = {instant(each["RECURRENCE-ID"].dt): each for each in own if "RECURRENCE-ID" in each}
        whole = [each for each in own if "RECURRENCE-ID" not in each]
        assert len(whole) <= 1
        for each in whole:
            starts, length = each["DTSTART"].dt, each["DTEND"].dt - each["DTSTART"].dt
            where = starts.tzinfo
            for wall in _walls(each, where):
                begins = wall.replace(tzinfo=where)
                if instant(begins) not in apart:
                    ends = datetime.fromisoformat(instant(begins)) + length
                    id = instant(begins) if recurs(each) else ""
                    found.append((uid, id, instant(begins), instant(ends), str(each["STATUS"])))
        for id, each in apart.items():
            found.append(
                (uid, id, instant(each["DTSTART"].dt), instant(each["DTEND"].dt), str(each["STATUS"]))
            )
    return sorted(found)


def _walls(event: Any, where: tzinfo) -> list[datetime]:
    """The local times that one event gives, overrides apart."""
    start = naive(event["DTSTART"].dt, where)
    made = rrule.rruleset()
    made.rdate(start)
    if "RRULE" in event:
        rule = vRecur({**event["RRULE"], "UNTIL": [naive(event["RRULE"]["UNTIL"][0], where)]})
        text: str = rule.to_ical().decode()  # type: ignore[no-untyped-call]  # as that library has it
        one = rrule.rrulestr(text, dtstart=start)
        assert isinstance(one, rrule.rrule)
        made.rrule(one)
    for each in dates(event, "RDATE"):
        made.rdate(naive(each, where))
    for each in dates(event, "EXDATE"):
        made.exdate(naive(each, where))
    return list(made)


def naive(value: datetime, where: tzinfo) -> datetime:
    # a time of the zone is what was written, though it may not exist
    return (value if value.tzinfo is where else value.astimezone(where)).replace(tzinfo=None)


def dates(event: Any, name: str) -> list[datetime]:
    listed = event.get(name, [])
    return [each.dt for one in (listed if isinstance(listed, list) else [listed]) for each in one.dts]


def confusing(body: bytes | str, instances: Sequence[Instance]) -> bool:
    """Whether `recurring-ical-events` (3.8.2) would take one time for another.

    It finds an exception by its local time or by its time in UTC, whichever fits: where two dates of a series are as
    far apart as its zone is from UTC, an exception of one is taken for one of the other as well.
    """
    for event in events(body):
        zone = event["DTSTART"].dt.tzinfo
        marked = [each["RECURRENCE-ID"].dt for each in [event] if "RECURRENCE-ID" in each]
        marked += dates(event, "EXDATE")
        others = [
            datetime.fromisoformat(each[1] or each[2]) for each in instances if each[0] == str(event["UID"])
        ]
        for one in marked:
            for other in others:
                shown = {one.astimezone(UTC).replace(tzinfo=None), naive(one, zone)}
                seen = {other.replace(tzinfo=None), other.astimezone(zone).replace(tzinfo=None)}
                if instant(one) != instant(other) and shown & seen:
                    return True
    return False
