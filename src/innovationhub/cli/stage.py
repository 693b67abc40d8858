"""Which sessions the demo can show something on: found in the calendar, relative to now.

That somebody is passed over takes two sessions at one time. Where the catalogue has none, the team puts on one more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from innovationhub import (
    Access,
    Catalogue,
    Hub,
    NotFound,
    Promote,
    Recurrence,
    Role,
    Series,
    SessionType,
    SessionView,
)

__all__ = ["LOOK", "Stage", "bookable", "find_stage", "first_role", "rivals"]

FAVOURITE = "cqi-taster"
"""The type of session that the demo fills, where the catalogue has it."""

LOOK = timedelta(weeks=4)
MARGIN = timedelta(hours=1)
"""Sessions that begin sooner could start while the demo runs."""

SHIFT = timedelta(minutes=15)
"""How much later than the session to fill a one-off begins that must overlap it."""

LARGEST = 30
"""Places of a session that can be filled with the people there are."""


@attrs.frozen
class Stage:
    """The session to fill, its role; the session at the same time that a waiter can take instead, if there is one.

    `added` says that the demo put that one on the calendar.
    """

    session: SessionView
    role: str
    rival: SessionView | None = None
    rival_role: str = ""
    added: bool = False


def first_role(type_: SessionType) -> Role:
    """The role that one books to begin with."""
    return type_.first_roles[0]


def bookable(type_: SessionType) -> bool:
    """Whether one can book this type by date, with no more ado than that."""
    return (
        type_.access in {Access.BOOK, Access.DROP_IN}
        and not (type_.approval or type_.rules or type_.private or type_.booking.overlaps)
        and type_.waitlist.promote is Promote.AUTOMATIC
        and first_role(type_).slots is None
    )


def find_stage(hub: Hub, types: dict[str, SessionType], now: datetime) -> Stage:
    """The first session that can be filled; better, the first that has a rival. Raises `NotFound`."""
    coming = _open(hub, types, now)
    fits = [view for view in coming if _fits(types[view.type])]
    favourites = [view for view in fits if view.type == FAVOURITE] or fits
    if not favourites:
        raise NotFound("session", FAVOURITE, "the demo needs one that can be booked in the next four weeks")
    for view in favourites:
        found = rivals(view, coming)
        if found:
            rival = found[0]
            return Stage(view, first_role(types[view.type]).key, rival, first_role(types[rival.type]).key)
    view, role = favourites[0], first_role(types[favourites[0].type]).key
    others = [type_ for type_ in types.values() if type_.key != view.type and bookable(type_)]
    if not others:
        return Stage(view, role)
    # one that is on often, so that another date of it would not surprise; a short title reads best
    often = Counter(each.type for each in coming)
    other = min(
        others, key=lambda type_: (type_.access is not Access.BOOK, -often[type_.key], len(type_.title))
    )
    return Stage(view, role, _added(hub, view, other), first_role(other).key, added=True)


def _added(hub: Hub, view: SessionView, type_: SessionType) -> SessionView:
    """A one-off of another type, put on the calendar so that it overlaps a session."""
    series = next(series for series in hub.series() if series.key == view.series_id)
    starts = view.starts.astimezone(ZoneInfo(series.recurrence.zone)).replace(tzinfo=None) + SHIFT
    extra = Series(
        f"extra-{type_.key}"[:64], type_.key, Recurrence(starts, series.recurrence.zone), view.venue
    )
    hub.load_catalogue(Catalogue(series=(extra,)))
    found = hub.calendar(view.starts, view.starts + timedelta(days=1))
    return next(each for each in found if each.series_id == extra.key)


def rivals(view: SessionView, coming: Sequence[SessionView]) -> list[SessionView]:
    """The sessions of other types that overlap this one and have a few places."""
    return [
        other
        for other in coming
        if other.type != view.type
        and other.starts < view.ends
        and view.starts < other.ends
        and all(role.left is None or role.left > 1 for role in other.places.values())
    ]


def _open(hub: Hub, types: dict[str, SessionType], now: datetime) -> list[SessionView]:
    found = hub.calendar(now.astimezone(ZoneInfo("UTC")) + MARGIN, now.astimezone(ZoneInfo("UTC")) + LOOK)
    return [view for view in found if bookable(types[view.type]) and view.opens <= now < view.closes - MARGIN]


def _fits(type_: SessionType) -> bool:
    capacity = first_role(type_).capacity
    return (
        type_.access is Access.BOOK
        and capacity is not None
        and 2 <= capacity <= LARGEST
        and type_.waitlist.limit is None
    )
