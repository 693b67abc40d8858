"""How bookings are told to people: one after a command, a list of them, a queue, an explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from innovationhub import Booking, BookingStatus, Explanation, Hub
from innovationhub.cli.desk import Desk
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.naming import name_of
from innovationhub.cli.output import Output
from innovationhub.cli.wording import day, places, span, standing, status

__all__ = [
    "ENDING",
    "answer",
    "heading",
    "show_booking",
    "show_explanation",
    "show_notes",
    "show_roster",
    "show_waitlist",
    "slot_of",
]

NOTES = {
    "booked": "noted",
    "shows": "shows",
    "pointed-to": "pointed to",
    "approved": "why it was approved",
    "rejected": "why it was turned down",
    "apologised": "why they cannot come",
    "cancelled": "why it was cancelled",
}
"""The kinds of free text about a booking, as people are told of them."""

TOLD = ("booked", "shows", "pointed-to")
"""The kinds that the team looks for in a list of people."""

ENDING: Mapping[BookingStatus, tuple[tuple[str, str], ...]] = {
    BookingStatus.REQUESTED: (("Approve", "approve"), ("Give it up", "cancel")),
    BookingStatus.OFFERED: (("Take it", "accept"), ("Turn it down", "decline")),
    BookingStatus.WAITLISTED: (("Give it up", "cancel"),),
    BookingStatus.CONFIRMED: (("Give it up", "cancel"),),
}
"""What may be done next with a booking, by where it stands: what for, and the command."""


def answer(desk: Desk, hub: Hub, booking: Booking) -> None:
    """What every command on one booking ends with: the booking as it stands, and what may be done next."""
    if desk.answered(booking):
        return
    show_booking(desk.out, hub, booking)
    if booking.status is BookingStatus.WAITLISTED:
        desk.hint("Why, and when", "explain", booking.id)
    for what, name in ENDING.get(booking.status, ()):
        desk.hint(what, name, booking.id)


def show_booking(out: Output, hub: Hub, booking: Booking) -> None:
    """Who, how it stands, for what, and the id to go on with."""
    out.say((name_of(hub, booking.person_id), "bold"), f": {standing(booking)}")
    for line in _company(hub, booking):
        out.say(line, indent=2)
    more = slot_of(hub, booking)
    out.say(f"{_what(hub, booking)}{f', {more}' if more else ''}", indent=2)
    out.verbatim(Text.assemble("  booking ", (booking.id, "cyan")))


def heading(out: Output, hub: Hub, subject_id: str) -> None:
    """The line above a list of people: of a session, or of a whole series."""
    if "@" in subject_id:
        view = hub.session(subject_id)
        out.say((view.title, "bold"), f", {span(view.starts, view.ends)}: {places(view)}")
    else:
        out.say((_title_of_series(hub, subject_id), "bold"), f", the whole series {subject_id}")


def show_roster(out: Output, hub: Hub, found: Sequence[Booking], *, several: bool) -> None:
    """Who has a place, and what the team should know of them."""
    columns = (
        *((Column("Role"),) if several else ()),
        Column("Who"),
        Column("Person", id=True, under="Who"),
        Column("Booking", id=True),
        Column("State"),
    )
    rows = [
        (*((each.role,) if several else ()), *_who(hub, each), Text(each.id, "cyan"), _state(hub, each))
        for each in found
    ]
    if not rows:
        out.say("Nobody has a place yet.")
        return
    listing(out, columns, rows)
    _show_noted(out, hub, found)


def show_waitlist(out: Output, hub: Hub, found: Sequence[Booking], *, notes: bool = False) -> None:
    """Who waits, in order; each role has its own queue."""
    if not found:
        out.say("Nobody waits.")
        return
    several = len({each.role for each in found}) > 1
    columns = (
        Column("#", right=True),
        *((Column("Role"),) if several else ()),
        Column("Who"),
        Column("Person", id=True, under="Who"),
        Column("Booking", id=True),
        Column("Since"),
    )
    rows = []
    at: dict[str, int] = {}
    for each in found:
        at[each.role] = at.get(each.role, 0) + 1
        since = f"{each.created_at.day} {each.created_at:%b %H:%M}"
        shown = (*((each.role,) if several else ()), *_who(hub, each), Text(each.id, "cyan"), since)
        rows.append((str(at[each.role]), *shown))
    listing(out, columns, rows)
    if notes:
        _show_noted(out, hub, found)


def show_explanation(out: Output, hub: Hub, told: Explanation) -> None:
    """Where a booking stands, and everything that explains it; what was noted with it too."""
    booking = hub.booking(told.booking_id)
    where = f", place {told.place} in the queue" if told.place is not None else ""
    out.say((name_of(hub, booking.person_id), "bold"), f": {standing(booking)}{where}")
    for line in _company(hub, booking):
        out.say(line, indent=2)
    more = slot_of(hub, booking)
    out.say(f"{_what(hub, booking)}{f', {more}' if more else ''}", indent=2)
    ahead = [f"{number} {category}" for category, number in told.ahead.items() if number]
    if ahead:
        out.say(f"Ahead: {', '.join(ahead)}", indent=2)
    for reason in told.reasons:
        out.say((reason.code, "bold"), f": {reason.sentence}", indent=2)
    for each in told.passed:
        out.say(f"passed over {day(each.at)}, {each.at:%H:%M}: {each.sentence}", indent=2)
    show_notes(out, hub, booking.id)
    if told.remedies:
        out.say("What would help:")
    for remedy in told.remedies:
        out.say(f"- {remedy}", indent=2)


def show_notes(out: Output, hub: Hub, booking_id: str) -> None:
    """What was noted with a booking, kind by kind."""
    for kind, text in hub.notes(booking_id).items():
        out.say((NOTES.get(kind, kind), "bold"), f": {text}", indent=2)


def _show_noted(out: Output, hub: Hub, found: Sequence[Booking]) -> None:
    noted = [
        (each, kind, text)
        for each in found
        for kind, text in hub.notes(each.id).items()
        if kind in TOLD and text
    ]
    if noted:
        out.say("Noted:")
    for each, kind, text in noted:
        said = "" if kind == "booked" else f"{NOTES[kind]} "
        out.say((name_of(hub, each.person_id), "bold"), f": {said}{text}", indent=2)


def _others(booking: Booking) -> list[str]:
    """Those who come along with who booked."""
    return [id for id in booking.people if id != booking.person_id]


def _company(hub: Hub, booking: Booking) -> list[str]:
    """A line for each who comes along; how they stand where it is not as the booking does."""
    lines = []
    for id in _others(booking):
        own = booking.people[id]
        apart = f": {status(own)}" if own is not booking.status else ""
        lines.append(f"with {name_of(hub, id)} ({id}){apart}")
    return lines


def _who(hub: Hub, booking: Booking) -> tuple[str, str]:
    """Everybody of a booking, a line each: their names, and their ids."""
    names, ids = [name_of(hub, booking.person_id)], [booking.person_id]
    for id in _others(booking):
        own = booking.people[id]
        names.append(f"+ {name_of(hub, id)}" + (f" ({status(own)})" if own is not booking.status else ""))
        ids.append(id)
    return "\n".join(names), "\n".join(ids)


def _state(hub: Hub, booking: Booking) -> str:
    more = slot_of(hub, booking)
    return f"{standing(booking)}\n{more}" if more else standing(booking)


def slot_of(hub: Hub, booking: Booking) -> str:
    """Which slot, and with whom it is; empty where there is none."""
    if booking.slot is None:
        return ""
    return f"slot {booking.slot}" + (f" with {name_of(hub, booking.expert)}" if booking.expert else "")


def _title_of_series(hub: Hub, series_id: str) -> str:
    titles = {each.key: each.title for each in hub.session_types()}
    return next((titles[each.type] for each in hub.series() if each.key == series_id), series_id)


def _what(hub: Hub, booking: Booking) -> str:
    if booking.session_id is None:
        return f"{_title_of_series(hub, booking.series_id)}, every date of {booking.series_id}"
    view = hub.session(booking.session_id)
    role = f" ({booking.role})" if len(view.places) > 1 else ""
    return f"{view.title}{role}, {span(view.starts, view.ends)}"
