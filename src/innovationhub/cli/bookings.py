"""Commands about a place: book, cancel, explain."""

from __future__ import annotations

import click

from innovationhub import BookingStatus
from innovationhub.cli.arguments import BOOKING, PERSON, ROLE, SESSION, By, acting, command
from innovationhub.cli.desk import Desk
from innovationhub.cli.shapes import plain
from innovationhub.cli.telling import answer, show_booking, show_explanation
from innovationhub.cli.wording import places

__all__ = ["COMMANDS"]


@command("book")
@SESSION
@PERSON
@ROLE
@click.option("--note", default="", help="What the team should know; roster and explain show it.")
@acting
def book(desk: Desk, *, session_id: str, person_id: str, role: str | None, note: str, by: By) -> None:
    """Book a place in SESSION, or in its queue, for PERSON."""
    with desk.hub() as hub:
        answer(desk, hub, hub.book(session_id, person_id, role=role, note=note, **by))


@command("cancel")
@BOOKING
@click.option("--reason", default="", help="Why; kept with the booking, and shown by explain.")
@acting
def cancel(desk: Desk, booking_id: str, reason: str, by: By) -> None:
    """Give up a place, or leave the queue. The seat goes to who is next."""
    with desk.hub() as hub:
        booking = hub.cancel(booking_id, reason=reason, **by)
        if desk.answered(booking):
            return
        show_booking(desk.out, hub, booking)
        if booking.session_id:
            desk.out.say(f"Now: {places(hub.session(booking.session_id))}.")
            desk.hint("Who comes", "roster", booking.session_id)


@command("explain")
@BOOKING
def explain(desk: Desk, booking_id: str) -> None:
    """Say where BOOKING stands, why, and what would help.

    Also what was noted with it, and why it was cancelled.
    """
    with desk.hub() as hub:
        told = hub.explain(booking_id)
        if desk.answered({**plain(told), "notes": hub.notes(booking_id)}):
            return
        show_explanation(desk.out, hub, told)
    if told.status in {BookingStatus.WAITLISTED, BookingStatus.CONFIRMED}:
        desk.hint("Give it up", "cancel", booking_id)


COMMANDS = (book, cancel, explain)
