"""Which sessions are shown: from when until when, and how many at most."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from innovationhub import Hub, Invalid, SessionView
from innovationhub.domain.time import LONGEST_WINDOW, local, resolve

__all__ = ["LISTED", "MONTHS", "MOST_SESSIONS", "Shown", "Window", "shown", "usual", "window"]

MONTHS = 12
"""Months ahead that a calendar shows unless told otherwise, besides this one and the last."""

LISTED = 2
"""Months ahead that a page and its JSON show unless told otherwise, besides this one."""

MOST_SESSIONS = 5000
"""Sessions in one calendar. What comes after them is left out, and that it is is said."""


@attrs.frozen
class Window:
    """The local dates `start <= day < end`.

    `since`: from which instant on they are the usual ones (None: they were asked for).
    """

    start: date
    end: date
    since: datetime | None = None


@attrs.frozen
class Shown:
    """Sessions in order of start; those from the local date `cut` on are left out (None: none are)."""

    window: Window
    views: Sequence[SessionView]
    cut: date | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """What is missing, as a sentence; nothing where nothing is."""
        if self.cut is None:
            return ()
        return (
            f"Only the first {len(self.views):,} sessions are here: from {self.cut} on they are left out.",
        )


def usual(now: datetime, zone: ZoneInfo, months: int = MONTHS) -> Window:
    """From the first of last month until `months` ahead, whole months: so it changes once a month and not each day."""
    today = local(now, zone)
    this_month = today.date().replace(day=1)
    since = resolve(datetime.combine(this_month, datetime.min.time()), zone)
    return Window(_months_on(this_month, -1), _months_on(this_month, months + 1), since)


def _months_on(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)


def window(hub: Hub, start: date | None, end: date | None, *, now: bool = False) -> Window:
    """The window that was asked for; what is left open is as usual. `now`: the usual one begins today.

    Raises `Invalid` naming `start` or `end`.
    """
    zone = ZoneInfo(hub.settings.timezone)
    for field, value in (("start", start), ("end", end)):
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise Invalid(field, f"must be a date, local to the hub; got {value!r}", value)
    instant = hub.now()
    wanted = usual(instant, zone, LISTED if now else MONTHS)
    begins = start or (local(instant, zone).date() if now else wanted.start)
    ends = end or (wanted.end if start is None else _year_on(start))
    return Window(begins, ends, None if start or end or now else wanted.since)


def _year_on(start: date) -> date:
    # the last years there are, the hub refuses by name
    return _months_on(start.replace(day=1), MONTHS + 1) if start.year < date.max.year - 1 else start


def shown(
    hub: Hub,
    within: Window,
    *,
    types: Collection[str] | None = None,
    person: str | None = None,
    only_mine: bool = False,
) -> Shown:
    """The sessions of a window, as many as one calendar takes. See `Hub.calendar` for what is raised."""
    found: list[SessionView] = []
    for views in _read(hub, within, types, person):
        found += [view for view in views if view.mine or not only_mine]
        if len(found) > MOST_SESSIONS:
            # whole days, so that what is left out can be said
            cut = found[MOST_SESSIONS].starts.date()
            return Shown(within, [view for view in found[:MOST_SESSIONS] if view.starts.date() < cut], cut)
    return Shown(within, found)


def _read(
    hub: Hub, within: Window, types: Collection[str] | None, person: str | None
) -> Iterator[Sequence[SessionView]]:
    """The sessions of a window at one moment; where they are more than the hub shows at once, month by month."""
    try:
        yield hub.calendar(within.start, within.end, person=person, types=types)
        return
    except Invalid as error:
        if error.field != "end" or not timedelta() < within.end - within.start <= LONGEST_WINDOW:
            raise
    start = within.start
    while start < within.end:
        end = min(within.end, _months_on(start.replace(day=1), 1))
        yield hub.calendar(start, end, person=person, types=types)
        start = end
