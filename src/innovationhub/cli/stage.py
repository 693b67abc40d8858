"""Which sessions the demo can show something on: found in the calendar, relative to now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from innovationhub import Access, Hub, NotFound, Promote, Role, SessionType, SessionView

__all__ = ["LOOK", "Stage", "bookable", "find_stage", "first_role", "rivals"]

FAVOURITE = "cqi-taster"
"""The type of session that the demo fills, where the catalogue has it."""

LOOK = timedelta(weeks=4)
MARGIN = timedelta(hours=1)
"""Sessions that begin sooner could start while the demo runs."""

LARGEST = 30
"""Places of a session that can be filled with the people there are."""


@attrs.frozen
class Stage:
    """The session to fill, its role; the session at the same time that a waiter can take instead, if there is one."""

    session: SessionView
    role: str
    rival: SessionView | None = None
    rival_role: str = ""


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
    return Stage(favourites[0], first_role(types[favourites[0].type]).key)


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
