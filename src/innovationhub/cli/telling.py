"""How bookings are told to people: one after a command, a list of them, a queue, an explanation."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from innovationhub import Booking, BookingStatus, Explanation, Hub, NotFound, SessionView
from innovationhub.cli.desk import Desk
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.output import Output
from innovationhub.cli.wording import day, places, span, status

__all__ = ["answer", "heading", "name_of", "show_booking", "show_explanation", "show_roster", "show_waitlist"]

NOTES = {"booked": "noted", "cancelled": "why it was cancelled"}
"""The kinds of free text about a booking, as people are told of them."""


def answer(desk: Desk, hub: Hub, booking: Booking) -> None:
    """What every command on one booking ends with: the booking as it stands, and what may be done next."""
    if desk.answered(booking):
        return
    show_booking(desk.out, hub, booking)
    if booking.status is BookingStatus.WAITLISTED:
        desk.hint("Why, and when", "explain", booking.id)
    if booking.status in {BookingStatus.WAITLISTED, BookingStatus.CONFIRMED}:
        desk.hint("Give it up", "cancel", booking.id)


def show_booking(out: Output, hub: Hub, booking: Booking) -> None:
    """Who, how it stands, for what, and the id to go on with."""
    out.say((name_of(hub, booking.person_id), "bold"), f": {status(booking.status)}")
    out.say(_what(hub, booking), indent=2)
    out.verbatim(Text.assemble("  booking ", (booking.id, "cyan")))


def heading(out: Output, view: SessionView) -> None:
    """The line above a list of a session's people."""
    out.say((view.title, "bold"), f", {span(view.starts, view.ends)}: {places(view)}")


def show_roster(out: Output, hub: Hub, view: SessionView, found: Sequence[Booking]) -> None:
    """Who has a place, and what the team should know of them."""
    several = len(view.places) > 1
    columns = (
        *((Column("Role"),) if several else ()),
        Column("Who"),
        Column("Person", id=True, under="Who"),
        Column("Booking", id=True),
        Column("State"),
    )
    rows = [
        (*((each.role,) if several else ()), *_who(hub, each), Text(each.id, "cyan"), status(each.status))
        for each in found
    ]
    if not rows:
        out.say("Nobody has a place yet.")
        return
    listing(out, columns, rows)
    noted = [(each, text) for each in found if (text := hub.notes(each.id).get("booked"))]
    if noted:
        out.say("Noted:")
    for each, text in noted:
        out.say((name_of(hub, each.person_id), "bold"), f": {text}", indent=2)


def show_waitlist(out: Output, hub: Hub, found: Sequence[Booking]) -> None:
    """The queue in order; each role has its own."""
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


def show_explanation(out: Output, hub: Hub, told: Explanation) -> None:
    """Where a booking stands, and everything that explains it; what was noted with it too."""
    booking = hub.booking(told.booking_id)
    where = f", place {told.place} in the queue" if told.place is not None else ""
    out.say((name_of(hub, booking.person_id), "bold"), f": {status(told.status)}{where}")
    out.say(_what(hub, booking), indent=2)
    ahead = [f"{number} {category}" for category, number in told.ahead.items() if number]
    if ahead:
        out.say(f"Ahead: {', '.join(ahead)}", indent=2)
    for reason in told.reasons:
        out.say((reason.code, "bold"), f": {reason.sentence}", indent=2)
    for each in told.passed:
        out.say(f"passed over {day(each.at)}, {each.at:%H:%M}: {each.sentence}", indent=2)
    for kind, text in hub.notes(booking.id).items():
        out.say((NOTES.get(kind, kind), "bold"), f": {text}", indent=2)
    if told.remedies:
        out.say("What would help:")
    for remedy in told.remedies:
        out.say(f"- {remedy}", indent=2)


def name_of(hub: Hub, person_id: str) -> str:
    """What a person is called; their id where the hub knows no name, or them no longer."""
    try:
        return hub.person(person_id).name or person_id
    except NotFound:
        return person_id


def _who(hub: Hub, booking: Booking) -> tuple[str, str]:
    name = name_of(hub, booking.person_id)
    more = len(booking.people) - 1
    return (f"{name} and {more} more" if more else name), booking.person_id


def _what(hub: Hub, booking: Booking) -> str:
    if booking.session_id is None:
        return f"the whole series {booking.series_id}"
    view = hub.session(booking.session_id)
    return f"{view.title}, {span(view.starts, view.ends)}"
