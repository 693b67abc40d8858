"""The programme, from its rows: everything a hub puts on, as of one revision.

It changes rarely and is read by everything, so it is kept in memory. The hub's row guards it: each edit raises the
revision, every decision relies on that row, and whoever sees a revision that moved reads what has been edited since.
"""

from __future__ import annotations

from innovationhub.domain.catalogue import HubSettings, WorkingHours, type_from_text
from innovationhub.domain.editing import HUB
from innovationhub.domain.records import Key, Range, Read, Rows
from innovationhub.domain.schedule import HubRow, Programme, SeriesRow, TypeRow, series_from_text
from innovationhub.errors import Unavailable

__all__ = ["MOST", "programme_read", "programme_with"]

MOST = 100_000
"""Revisions of types, and series, that one hub's programme can hold."""


def programme_read(known: int) -> Read:
    """What has been edited since revision `known` (-1: everything), with the hub's row."""
    since = known + 1
    types = Range(TypeRow, "by_change", low=since, limit=MOST)
    series = Range(SeriesRow, "by_change", low=since, limit=MOST)
    return Read((Key(HubRow, (HUB,)),), (types, series))


def programme_with(known: Programme, rows: Rows) -> Programme:
    """The programme with what `programme_read` found. Raises `Unavailable` when that is more than a hub can hold."""
    hub = rows.get(HubRow, HUB)
    if hub is None:
        raise Unavailable("this store holds no hub")
    types, latest, series = dict(known.types), dict(known.latest), dict(known.series)
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
    hours = WorkingHours(hub.working_days, hub.working_from, hub.working_to)
    settings = HubSettings(hub.name, hub.timezone, tuple(hub.closures.split()), hours)
    return Programme(settings, hub.secret, hub.revision, latest, types, series)
