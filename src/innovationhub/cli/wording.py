"""How times, places and states are said to people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from innovationhub import Access, Booking, BookingStatus, Places, SessionStatus, SessionView

__all__ = [
    "HOW",
    "STATUS",
    "count",
    "day",
    "hours",
    "left",
    "minutes",
    "places",
    "short_day",
    "span",
    "stamp",
    "standing",
    "state",
    "status",
    "until",
]

HOW: Mapping[Access, str] = {
    Access.BOOK: "find a date and book",
    Access.DROP_IN: "drop in; booking is welcome",
    Access.REGISTER: "register once, for the whole series",
    Access.REQUEST: "ask the team for one made to measure",
}
"""How one comes to each kind of session."""

STATUS: Mapping[BookingStatus, str] = {
    BookingStatus.REQUESTED: "waiting for approval",
    BookingStatus.CONFIRMED: "has a place",
    BookingStatus.WAITLISTED: "waiting",
    BookingStatus.OFFERED: "has an offer",
    BookingStatus.CANCELLED: "cancelled",
    BookingStatus.LAPSED: "lapsed",
    BookingStatus.DECLINED: "declined",
    BookingStatus.ATTENDED: "attended",
    BookingStatus.ABSENT: "absent",
}


def count(number: int, one: str, many: str = "") -> str:
    """A number and its noun: "1 person", "3 people"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(value: date) -> str:
    """A date such as "Tue 1 Dec 2026"."""
    return f"{value:%a} {value.day} {value:%b %Y}"


def short_day(value: datetime) -> str:
    """A date without its year, such as "Tue  1 Dec"."""
    return f"{value:%a} {value.day:>2} {value:%b}"


def hours(starts: datetime, ends: datetime) -> str:
    """From when to when in a day: "10:00–11:00"."""
    last = f"{ends:%H:%M}" if starts.date() == ends.date() else f"{ends.day} {ends:%b %H:%M}"
    return f"{starts:%H:%M}–{last}"


def span(starts: datetime, ends: datetime) -> str:
    """From when to when: "Tue 1 Dec 2026, 10:00–11:00"."""
    return f"{day(starts)}, {hours(starts, ends)}"


def stamp(value: datetime, where: tzinfo) -> str:
    """An instant to the second on the hub's clock."""
    return f"{value.astimezone(where):%Y-%m-%d %H:%M:%S}"


def until(ahead: timedelta) -> str:
    """How long till then, roughly: "7 days", "3 hours", "20 minutes"."""
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if ahead >= length:
            return count(round(ahead / length), unit)
    return count(round(ahead / timedelta(minutes=1)), "minute")


def minutes(lengths: tuple[int, ...]) -> str:
    """How long: "60 min", "45–60 min"."""
    return "–".join(str(each) for each in lengths) + " min"


def left(role: Places) -> str:
    """What is left of one role: "9 of 12 left", "full, 3 waiting", "no limit"."""
    if role.left is None:
        said = "no limit"
    elif role.left and not role.waiting:
        said = f"{role.left} of {role.capacity} left"
    elif role.left:
        said = f"{role.left} of {role.capacity} free"
    else:
        said = "full"
    if role.over:
        said += f", {role.over} too many"
    return f"{said}, {role.waiting} waiting" if role.waiting else said


def places(view: SessionView, between: str = "; ") -> str:
    """What is left of every role."""
    if len(view.places) == 1:
        return left(next(iter(view.places.values())))
    return between.join(f"{key}: {left(role)}" for key, role in view.places.items())


def state(view: SessionView, now: datetime) -> str:
    """What a calendar says of a session besides its places; empty where one can simply book."""
    if view.status is SessionStatus.CALLED_OFF:
        return "called off"
    if view.status is SessionStatus.CLOSED:
        return "register closed"
    if now >= view.ends:
        return "over"
    if now >= view.starts:
        return "started"
    if now >= view.closes:
        return "booking closed"
    if now < view.opens:
        return f"opens {view.opens.day} {view.opens:%b}"
    return ""


def status(value: BookingStatus) -> str:
    """Where a booking stands, in words."""
    return STATUS[value]


def standing(booking: Booking) -> str:
    """Where one booking stands; until when, where it is an offer."""
    if booking.status is BookingStatus.OFFERED and booking.offer_ends:
        return f"{status(booking.status)} until {day(booking.offer_ends)}, {booking.offer_ends:%H:%M}"
    return status(booking.status)
