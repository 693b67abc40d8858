"""The calendar as a page to embed: one file, without scripts, fonts or pictures from anywhere.

By month and as a list, with what is left of each session and how one comes. Every text is escaped by the template, and
the page forbids itself to run a script or to load anything, should that ever fail.
"""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import groupby
from zoneinfo import ZoneInfo

import attrs
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from innovationhub import Access, Hub, Invalid, Places, Role, SessionStatus, SessionType, SessionView
from innovationhub_icalendar.listings import SCHEMES, Listing, listing
from innovationhub_icalendar.wording import HOW, STANDING

__all__ = ["LARGEST_STYLE", "page", "page_of", "style"]

FEW = 3
"""So many places left or fewer are said to be the last ones."""

LARGEST_STYLE = 500_000
"""Characters of a style of one's own."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@attrs.frozen
class _Line:
    """What is left of a session, or of one role of it: a sentence, and whether that is good news."""

    text: str
    mood: str  # open, few, full, off, plain: how the style shows it


@attrs.frozen
class _Item:
    """One session as the page shows it."""

    id: str
    view: SessionView
    when: str
    day: date
    how: str
    lines: Sequence[_Line]
    action: str
    link: str
    mine: str

    @property
    def off(self) -> bool:
        return self.view.status is SessionStatus.CALLED_OFF


@attrs.frozen
class _Day:
    date: date
    within: bool
    items: Sequence[_Item]


@attrs.frozen
class _Month:
    first: date
    weeks: Sequence[Sequence[_Day]]
    days: Sequence[tuple[date, Sequence[_Item]]]
    weekdays: Sequence[str]


def page(
    hub: Hub,
    *,
    types: Sequence[str] | None = None,
    person: str | None = None,
    start: date | None = None,
    end: date | None = None,
    book_link: str = "",
    feed_link: str = "",
    css: str | None = None,
) -> str:
    """The calendar as an HTML page, from today (or `start`) on, three months unless told otherwise.

    `book_link` is where one books, see `listing`; `feed_link` where one subscribes. `css` takes the place of the page's
    own style (`style()`). With a `person` it is theirs, and for nobody else. Raises `Invalid` naming the argument,
    `NotFound`, `PluginError`, `Unavailable`.
    """
    made = listing(hub, types=types, person=person, start=start, end=end, book_link=book_link)
    return page_of(made, feed_link=feed_link, css=css)


def page_of(made: Listing, *, feed_link: str = "", css: str | None = None) -> str:
    """A listing as a page. Raises `Invalid` naming `feed_link` or `css`."""
    if feed_link and not feed_link.startswith((*SCHEMES, "webcal://")):
        message = f"must be an address such as webcal://hub.example/calendar.ics; got {feed_link!r}"
        raise Invalid("feed_link", message, feed_link)
    if css is not None and (len(css) > LARGEST_STYLE or "</" in css):
        message = f'must be at most {LARGEST_STYLE:,} characters of CSS, without "</"'
        raise Invalid("css", message)
    where = ZoneInfo(made.timezone)
    items = [_item(made, number, view) for number, view in enumerate(made.shown.views, 1)]
    used = {view.type for view in made.shown.views}
    about = [
        each
        for each in made.types.values()
        if each.key in used or (each.access is Access.REQUEST and not each.private)
    ]
    return _template().render(
        name=made.name,
        months=list(_months(items, made.shown.window.start, made.shown.window.end)),
        about=[(each, HOW[each.access], _asking(made, each)) for each in about],
        told=made.shown.told,
        start=made.shown.window.start,
        last=made.shown.window.end - timedelta(days=1),
        now=made.now.astimezone(where),
        person=made.person,
        feed_link=feed_link,
        css=style() if css is None else css,
    )


@cache
def style() -> str:
    """The page's own style, to begin one's own with."""
    return (files("innovationhub_icalendar") / "page.css").read_text("utf-8")


@cache
def _template() -> Template:
    made = Environment(
        loader=PackageLoader("innovationhub_icalendar", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=day, full_day=full_day, month=month, minutes=minutes)
    return made.get_template("page.html.jinja")


def day(value: date) -> str:
    """A date such as "1 December 2026"."""
    return f"{value.day} {value:%B %Y}"


def full_day(value: date) -> str:
    """A date such as "Tuesday 1 December"."""
    return f"{value:%A} {value.day} {value:%B}"


def month(value: date) -> str:
    """A month such as "December 2026"."""
    return f"{value:%B %Y}"


def minutes(value: tuple[int, ...]) -> str:
    """How long: "45 to 60 minutes"."""
    return f"{' to '.join(str(each) for each in value)} minutes"


def _months(items: Sequence[_Item], start: date, end: date) -> Iterator[_Month]:
    weekend = any(item.day.weekday() >= 5 for item in items)
    for first, of_month in groupby(items, key=lambda item: item.day.replace(day=1)):
        days = {each: list(found) for each, found in groupby(of_month, key=lambda item: item.day)}
        weeks = [
            [
                # a day of which nothing is shown must not look as if nothing were on
                _Day(each, each.month == first.month and start <= each < end, days.get(each, ()))
                for each in week[: 7 if weekend else 5]
            ]
            for week in Weeks().monthdatescalendar(first.year, first.month)
        ]
        # a week that is over, or lies in other months, says nothing
        shown = [
            week for week in weeks if any(each.within and each.date >= min(start, *days) for each in week)
        ]
        yield _Month(first, shown, list(days.items()), WEEKDAYS[: 7 if weekend else 5])


def _item(made: Listing, number: int, view: SessionView) -> _Item:
    type_ = made.types[view.type]
    other_day = f" on {full_day(view.ends)}" if view.ends.date() != view.starts.date() else ""
    link = made.link(view.series_id if made.registers(view) else view.id) or ""
    action = _action(made, view, type_)
    mine = ""
    if view.mine is not None and made.person is not None:
        mine = STANDING.get(view.mine.people.get(made.person, view.mine.status), "You have a place")
    return _Item(
        id=f"session-{number}",
        view=view,
        when=f"{view.starts:%H:%M} to {view.ends:%H:%M}{other_day}",
        day=view.starts.date(),
        how=HOW[type_.access],
        lines=_lines(made, view),
        action=action if link and not mine else "",
        link=link,
        mine=mine,
    )


def _action(made: Listing, view: SessionView, type_: SessionType) -> str:
    """What one can do about a session, in a few words; empty where there is nothing to do."""
    if made.registers(view):
        return "Register"
    if not made.bookable(view):
        return ""
    if any(view.places[role.key].open for role in made.roles(view)):
        return "Book, if you like" if type_.access is Access.DROP_IN else "Book"
    limit = type_.waitlist.limit
    queue = any(limit is None or view.places[role.key].waiting < limit for role in made.roles(view))
    return "Join the waiting list" if queue else ""


def _asking(made: Listing, type_: SessionType) -> str:
    return (made.link(type_.key) or "") if type_.access is Access.REQUEST else ""


def _lines(made: Listing, view: SessionView) -> list[_Line]:
    """What there is to know before one sets out: whether it is to be, and what is left."""
    if view.status is SessionStatus.CALLED_OFF:
        return [_Line("Called off", "off")]
    if view.status is SessionStatus.CLOSED or made.now >= view.ends:
        return [_Line("Over", "plain")]
    if made.now >= view.starts:
        return [_Line("Has started", "plain")]
    access = made.types[view.type].access
    dated = access in {Access.BOOK, Access.DROP_IN}
    if dated and made.now < view.opens:
        return [_Line(f"Booking opens on {day(view.opens)}", "plain")]
    if access is Access.BOOK and made.now >= view.closes:
        return [_Line("Booking has closed", "plain")]
    roles = made.roles(view)
    return [_left(role, view.places[role.key], named=len(roles) > 1) for role in roles]


def _left(role: Role, places: Places, *, named: bool) -> _Line:
    if places.left is None:
        text, mood = "No limit on places", "open"
    elif not places.open:
        text, mood = ("Full" if not places.waiting else f"Full, {places.waiting} waiting"), "full"
    elif places.left == 1:
        text, mood = "1 place left", "few"
    else:
        text, mood = f"{places.left} places left", "few" if places.left <= FEW else "open"
    return _Line(f"{role.title or role.key}: {text[0].lower()}{text[1:]}" if named else text, mood)
