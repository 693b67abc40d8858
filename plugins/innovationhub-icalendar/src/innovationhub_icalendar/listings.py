"""The calendar as JSON: what a page of one's own is made from. `docs/calendars.md` has its shape.

version     1; it changes when a field changes its meaning or goes
hub         name, timezone
from, to    local dates; `to` is the last day
complete    false where a limit cut it; then `told` says so in words
types       key, title, description, minutes, access, how, audience (null: everybody), link (null: none)
sessions    id, series, type, title, starts, ends (ISO 8601 with the offset), venue, status, bookable, link,
places: key, title, capacity, left (null: unlimited), waiting, open
mine        only in a person's: booking, role, status
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import attrs

from innovationhub import Access, Hub, Invalid, Role, SessionStatus, SessionType, SessionView
from innovationhub_icalendar.windows import Shown, shown, window
from innovationhub_icalendar.wording import HOW

__all__ = ["VERSION", "Listing", "links", "listing"]

VERSION = 1
SCHEMES = ("https://", "http://", "/", "mailto:", "./", "?", "#")
"""How a link may begin: an address of the web or one within the site. A script is none."""


@attrs.frozen
class Listing:
    """The sessions of a window as values: what both the page and the JSON are made from."""

    name: str
    timezone: str
    now: datetime
    shown: Shown
    types: Mapping[str, SessionType]
    book_link: str = ""
    hub_link: str = ""
    person: str | None = None

    def link(self, id: str) -> str | None:
        """Where one books what has that id, else where people find the hub; None where neither is known."""
        return links(self.book_link, id) if self.book_link else self.hub_link or None

    def bookable(self, view: SessionView) -> bool:
        """Whether somebody could book this date now, or wait for it: it is to be, and its booking is open."""
        dated = self.types[view.type].access in {Access.BOOK, Access.DROP_IN}
        return dated and view.status is SessionStatus.SCHEDULED and view.opens <= self.now < view.closes

    def registers(self, view: SessionView) -> bool:
        """Whether one registers for the series of this date, which is still to come."""
        register = self.types[view.type].access is Access.REGISTER
        return register and view.status is SessionStatus.SCHEDULED and self.now < view.starts

    def roles(self, view: SessionView) -> list[Role]:
        """What one can book to begin with, invited roles left out."""
        return [
            role for role in self.types[view.type].first_roles if not role.invited and role.key in view.places
        ]

    def as_json(self) -> dict[str, Any]:
        """The listing in plain values."""
        within = self.shown.window
        asked = [each for each in self.types.values() if each.access is Access.REQUEST and not each.private]
        used = {view.type for view in self.shown.views} | {each.key for each in asked}
        return {
            "version": VERSION,
            "hub": {"name": self.name, "timezone": self.timezone},
            "from": within.start.isoformat(),
            "to": (within.end - timedelta(days=1)).isoformat(),
            "complete": not self.shown.told,
            "told": list(self.shown.told),
            "types": [self._type(each) for each in self.types.values() if each.key in used],
            "sessions": [self._session(view) for view in self.shown.views],
        }

    def _type(self, type_: SessionType) -> dict[str, Any]:
        return {
            "key": type_.key,
            "title": type_.title,
            "description": type_.description.strip(),
            "minutes": list(type_.minutes),
            "access": str(type_.access),
            "how": HOW[type_.access],
            "audience": type_.audience.description if type_.audience else None,
            "link": self.link(type_.key) if type_.access is Access.REQUEST else None,
        }

    def _session(self, view: SessionView) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": view.id,
            "series": view.series_id,
            "type": view.type,
            "title": view.title,
            "starts": view.starts.isoformat(),
            "ends": view.ends.isoformat(),
            "venue": view.venue,
            "status": str(view.status),
            "bookable": self.bookable(view) or self.registers(view),
            "link": self._link_of(view),
            "places": [self._places(view, role) for role in self.roles(view)],
        }
        if self.person is not None:
            mine = view.mine
            made["mine"] = mine and {
                "booking": mine.id,
                "role": mine.role,
                "status": str(mine.people.get(self.person, mine.status)),
            }
        return made

    def _link_of(self, view: SessionView) -> str | None:
        if self.registers(view):
            return self.link(view.series_id)
        return self.link(view.id) if self.bookable(view) else None

    def _places(self, view: SessionView, role: Role) -> dict[str, Any]:
        places = view.places[role.key]
        return {
            "key": role.key,
            "title": role.title,
            "capacity": places.capacity,
            "left": places.left,
            "waiting": places.waiting,
            "open": places.open,
        }


def links(base: str, id: str) -> str:
    """Where something is booked: the base with its id in the place of `{id}`, else behind it."""
    name = quote(id, safe="")
    return base.replace("{id}", name) if "{id}" in base else base + name


def listing(
    hub: Hub,
    *,
    types: Collection[str] | None = None,
    person: str | None = None,
    start: date | None = None,
    end: date | None = None,
    book_link: str = "",
) -> Listing:
    """The sessions from today (or `start`) on, three months unless told otherwise; `end` is out.

    `book_link` is where one books: a session's id, a series' or a type's key goes in the place of `{id}`, or behind it.
    Without one, links lead to where people find the hub, as its settings have it (`link`).
    With a `person` it is theirs alone: what they have booked, private sessions too, and how they stand. Raises
    `Invalid` naming `start`, `end` or `book_link`, `NotFound`, `PluginError`, `Unavailable`.
    """
    if not isinstance(book_link, str) or (book_link and not book_link.startswith(SCHEMES)):
        message = f'must be an address such as "https://hub.example/book?session={{id}}"; got {book_link!r}'
        raise Invalid("book_link", message, book_link)
    within = window(hub, start, end, now=True)
    found = shown(hub, within, person=person, types=types, only_mine=person is not None)
    settings = hub.settings
    offered = {each.key: each for each in hub.session_types() if types is None or each.key in types}
    return Listing(
        settings.name,
        settings.timezone,
        hub.now(),
        found,
        offered,
        book_link=book_link,
        hub_link=settings.link,
        person=person,
    )
