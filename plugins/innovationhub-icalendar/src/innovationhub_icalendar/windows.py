"""Which sessions are shown: from when until when, and how many at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs

from innovationhub import Hub, Invalid, SessionView
from innovationhub.domain.time import local, resolve

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
    """Sessions in order of start, and what had to be left out: `left_out` of them, from the local date `cut` on."""

    window: Window
    views: Sequence[SessionView]
    left_out: int = 0
    cut: date | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """What is missing, as a sentence; nothing where nothing is."""
        if self.cut is None:
            return ()
        return (
            f"Only the first {MOST_SESSIONS:,} sessions are here: {self.left_out:,} from {self.cut} on are left out.",
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


def shown(within: Window, found: Sequence[SessionView]) -> Shown:
    """These sessions, as many as one calendar takes."""
    if len(found) <= MOST_SESSIONS:
        return Shown(within, found)
    left = found[MOST_SESSIONS:]
    return Shown(within, found[:MOST_SESSIONS], len(left), left[0].starts.date())
