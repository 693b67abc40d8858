"""The programme, from its rows: everything a hub puts on, as of one revision.

It changes rarely and is read by everything, so it is kept in memory. The hub's row guards it: each edit raises the
revision, every decision relies on that row, and whoever sees a revision that moved reads what has been edited since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import attrs

from innovationhub.domain.catalogue import SessionType, type_from_text
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Key, Range, Read, Record, Rows, record
from innovationhub.domain.schedule import Series, series_from_text
from innovationhub.domain.settings import HubSettings, LmsSettings, QuietHours, Retention, WorkingHours
from innovationhub.errors import Unavailable

__all__ = [
    "HUB",
    "MOST",
    "ClosedDay",
    "HubRow",
    "Programme",
    "SeriesRow",
    "TypeRow",
    "hub_row",
    "programme_read",
    "programme_with",
]

HUB = "hub"
"""The key of the one row that holds the hub's settings."""

MOST = 100_000
"""Revisions of types, and series, that one hub's programme can hold."""


@record("hub", key=("id",))
@attrs.frozen
class HubRow(Record):
    """The hub's settings, and the guard of its whole programme: `revision` rises with each edit of any part."""

    id: str
    revision: int
    name: str
    timezone: str
    closures: str
    working_days: str
    working_from: str
    working_to: str
    secret: str
    rooms: str = "[]"
    notes_days: int | None = None
    people_days: int | None = None
    contact: str = ""
    link: str = ""
    quiet_from: str = ""
    quiet_to: str = ""
    lms_leads: str = "hub"
    lms_types: str = ""
    lms_staff: str = "esr"
    messages_days: int | None = None


@record("session_type", key=("key", "revision"), indexes={"by_change": ("changed",)})
@attrs.frozen
class TypeRow(Record):
    """One revision of a session type; `definition` is all of it as JSON, the other columns are for people to read."""

    key: str
    revision: int
    changed: int
    title: str
    access: str
    definition: str


@record("series", key=("key",), indexes={"by_change": ("changed",)})
@attrs.frozen
class SeriesRow(Record):
    """A series as it stands; `definition` is all of it as JSON, its facilitators by their opaque keys."""

    key: str
    changed: int
    type: str
    venue: str
    recurrence: str
    definition: str


@record("closed_day", key=("day",), indexes={"by_change": ("changed",)})
@attrs.frozen
class ClosedDay(Record):
    """A local date on which the hub was closed by hand, and why."""

    day: date
    changed: int
    reason: str


@attrs.frozen(eq=False)
class Programme:
    """All that a hub puts on, as of one revision: settings, every revision of every type, every series.

    `closed` are the days on which it was closed by hand; `has_sets`: whether any series is registered for as a whole.
    """

    hub: HubSettings
    secret: str = attrs.field(repr=False)
    revision: int
    latest: Mapping[str, int]
    types: Mapping[tuple[str, int], SessionType]
    series: Mapping[str, Series]
    closed: Mapping[date, str] = attrs.field(factory=dict)

    type_of_series: Mapping[str, str] = attrs.field(init=False, repr=False)
    has_sets: bool = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        # made once for each revision, since every rule may ask
        object.__setattr__(self, "type_of_series", {key: each.type for key, each in self.series.items()})
        of_sets = {type_.key for type_ in self.types.values() if type_.access is Access.REGISTER}
        object.__setattr__(self, "has_sets", bool(of_sets & set(self.type_of_series.values())))

    def type(self, key: str) -> SessionType:
        """The newest revision of a session type."""
        return self.types[key, self.latest[key]]

    def series_of(self, type_key: str) -> list[Series]:
        """The series of a session type, by key."""
        return [series for _, series in sorted(self.series.items()) if series.type == type_key]


def hub_row(settings: HubSettings, revision: int, secret: str) -> HubRow:
    """The hub's settings as kept."""
    hours, quiet = settings.working_hours, settings.quiet_hours
    return HubRow(
        HUB,
        revision,
        settings.name,
        settings.timezone,
        " ".join(settings.closures),
        hours.days,
        hours.begins.isoformat(timespec="minutes"),
        hours.ends.isoformat(timespec="minutes"),
        secret,
        json.dumps(list(settings.rooms), ensure_ascii=False),
        settings.retention.notes_days,
        settings.retention.people_days,
        settings.contact,
        settings.link,
        quiet.begins.isoformat() if quiet else "",
        quiet.ends.isoformat() if quiet else "",
        str(settings.lms.leads),
        " ".join(settings.lms.types),
        settings.lms.staff,
        settings.retention.messages_days,
    )


def programme_read(known: int) -> Read:
    """What has been edited since revision `known` (-1: everything), with the hub's row."""
    since = known + 1
    types = Range(TypeRow, "by_change", low=since, limit=MOST)
    series = Range(SeriesRow, "by_change", low=since, limit=MOST)
    closed = Range(ClosedDay, "by_change", low=since, limit=MOST)
    return Read((Key(HubRow, (HUB,)),), (types, series, closed))


def programme_with(known: Programme, rows: Rows) -> Programme:
    """The programme with what `programme_read` found. Raises `Unavailable` when that is more than a hub can hold."""
    hub = rows.get(HubRow, HUB)
    if hub is None:
        raise Unavailable("this store holds no hub")
    types, latest, series = dict(known.types), dict(known.latest), dict(known.series)
    closed = dict(known.closed)
    for found in rows.ranges.values():
        if found.cut:
            raise Unavailable(
                f"the programme holds more than {MOST:,} series or types: move old ones to another hub"
            )
        for row in found.records:
            if isinstance(row, TypeRow):
                types[row.key, row.revision] = type_from_text(row.definition)
                latest[row.key] = max(row.revision, latest.get(row.key, 0))
            elif isinstance(row, SeriesRow):
                series[row.key] = series_from_text(row.definition)
            elif isinstance(row, ClosedDay):
                closed[row.day] = row.reason
    hours = WorkingHours(hub.working_days, hub.working_from, hub.working_to)
    kept = Retention(hub.notes_days, hub.people_days, hub.messages_days)
    closures, rooms = tuple(hub.closures.split()), tuple(json.loads(hub.rooms))
    quiet = QuietHours(hub.quiet_from, hub.quiet_to) if hub.quiet_from else None
    lms = LmsSettings(hub.lms_leads, hub.lms_types.split(), hub.lms_staff)
    settings = HubSettings(
        hub.name, hub.timezone, closures, hours, rooms, kept, hub.contact, hub.link, quiet, lms
    )
    return Programme(settings, hub.secret, hub.revision, latest, types, series, closed)
