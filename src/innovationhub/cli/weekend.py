"""A weekend for the demo: its clock begins before the last one that is over, so that all of it has really been by now.

What is shown on it is a session of the demo's own, which offers its places, so that it works with any catalogue.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from innovationhub import Catalogue, Hub, HubSettings, Recurrence, Role, Series, SessionType, WaitlistPolicy

__all__ = ["SEATS", "VISIT", "Clock", "before_a_weekend", "put_on_visit"]

BACK = 6
"""Days that must have passed since: enough for an offer of four working hours, Easter and Christmas included."""

A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)

AHEAD, LOOK = timedelta(days=5), timedelta(weeks=5)
"""From when until when the visit may be: so far away that places are still offered."""

SEATS = 4

VISIT = SessionType(
    "demo-visit",
    "Visit to the Simulation Suite",
    60,
    roles=(Role(capacity=SEATS),),
    waitlist=WaitlistPolicy(promote="offer", offer_hours=4, groups="fill", on_lapse="back"),
)
"""Places are offered for four working hours; who lets an offer lapse goes to the end of the queue."""


@attrs.define
class Clock:
    """A clock that runs, and that can be moved: `behind` the machine's."""

    behind: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """What it shows, in UTC."""
        return datetime.now(UTC) - self.behind

    def move(self, to: datetime) -> None:
        """Go on from another instant."""
        self.behind = datetime.now(UTC) - to

    def catch_up(self) -> None:
        """Go by the machine's clock from now on."""
        self.behind = timedelta(0)


def before_a_weekend(settings: HubSettings, now: datetime) -> datetime:
    """An hour before the hub's team went home for a weekend that is over."""
    where, hours = ZoneInfo(settings.timezone), settings.working_hours
    day = now.astimezone(where).date() - A_DAY * BACK
    for _ in range(7):
        if day.weekday() in hours.weekdays and (day + A_DAY).weekday() not in hours.weekdays:
            break
        day -= A_DAY
    return datetime.combine(day, hours.ends, where) - AN_HOUR


def put_on_visit(hub: Hub, now: datetime) -> str | None:
    """Put the visit on the calendar, at an hour when nothing else is on; its id, None where there is no such hour."""
    where = ZoneInfo(hub.settings.timezone)
    starts = _quiet_hour(hub, now.astimezone(where), where)
    if starts is None:
        return None
    local = starts.replace(tzinfo=None)
    series = Series(VISIT.key, VISIT.key, Recurrence(local, str(where)), "Simulation Suite")
    hub.load_catalogue(Catalogue(session_types=(VISIT,), series=(series,)))
    return f"{series.key}@{local:%Y-%m-%dT%H:%M}"


def _quiet_hour(hub: Hub, now: datetime, where: ZoneInfo) -> datetime | None:
    coming = hub.calendar(now + AHEAD, now + LOOK)
    # days on which something is on: the hub is open then
    for day in sorted({view.starts.date() for view in coming if view.starts > now + AHEAD + A_DAY}):
        for hour in range(9, 20):
            starts = datetime(day.year, day.month, day.day, hour, tzinfo=where)
            if all(view.ends <= starts or starts + AN_HOUR <= view.starts for view in coming):
                return starts
    return None
