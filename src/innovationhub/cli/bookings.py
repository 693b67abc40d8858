"""Commands about a place: book, cancel, answer an offer, move, hand over, amend, explain."""

from __future__ import annotations

import click

from innovationhub.cli.arguments import BOOKING, PERSON, REASON, ROLE, SESSION, SLOT, By, acting, command
from innovationhub.cli.desk import Desk
from innovationhub.cli.shapes import plain
from innovationhub.cli.telling import ENDING, answer, show_booking, show_explanation, show_notes
from innovationhub.cli.wording import places

__all__ = ["COMMANDS"]


@command("book")
@SESSION
@PERSON
@ROLE
@click.option(
    "--group", metavar="PERSON", multiple=True, help="Somebody who comes along; may be repeated. All or none."
)
@SLOT
@click.option("--note", default="", help="What the team should know; roster and explain show it.")
@click.option("--shows", metavar="TEXT", default="", help="What is shown, at a stall.")
@acting
def book(
    desk: Desk,
    *,
    session_id: str,
    person_id: str,
    role: str | None,
    group: tuple[str, ...],
    slot: int | None,
    note: str,
    shows: str,
    by: By,
) -> None:
    """Book a place in SESSION, or in its queue, for PERSON.

    With --group for several: one booking, one place in the queue.
    """
    with desk.hub() as hub:
        answer(
            desk,
            hub,
            hub.book(session_id, person_id, role=role, group=group, slot=slot, note=note, shows=shows, **by),
        )


@command("cancel")
@BOOKING
@click.option("--person", "person_id", metavar="ID", help="Only this one of a group.")
@REASON
@acting
def cancel(desk: Desk, *, booking_id: str, person_id: str | None, reason: str, by: By) -> None:
    """Give up a place, or leave the queue. The seat goes to who is next."""
    with desk.hub() as hub:
        booking = hub.cancel(booking_id, person_id=person_id, reason=reason, **by)
        if desk.answered(booking):
            return
        show_booking(desk.out, hub, booking)
        if booking.session_id:
            desk.out.say(f"Now: {places(hub.session(booking.session_id))}.")
        desk.hint("Who comes", "roster", booking.session_id or booking.series_id)


@command("accept")
@BOOKING
@acting
def accept(desk: Desk, booking_id: str, by: By) -> None:
    """Take the place that is offered."""
    with desk.hub() as hub:
        answer(desk, hub, hub.accept(booking_id, **by))


@command("decline")
@BOOKING
@acting
def decline(desk: Desk, booking_id: str, by: By) -> None:
    """Turn an offer down, and leave the queue. It goes to who is next."""
    with desk.hub() as hub:
        answer(desk, hub, hub.decline(booking_id, **by))


@command("transfer")
@BOOKING
@SESSION
@ROLE
@SLOT
@acting
def transfer(
    desk: Desk, *, booking_id: str, session_id: str, role: str | None, slot: int | None, by: By
) -> None:
    """Move BOOKING to SESSION, or to another role of its own.

    The new place is certain before the old one goes. The booking gets a new id.
    """
    with desk.hub() as hub:
        answer(desk, hub, hub.transfer(booking_id, session_id, role=role, slot=slot, **by))


@command("substitute")
@BOOKING
@PERSON
@click.option("--instead-of", metavar="ID", help="Whose place it is; of a group, who booked unless told.")
@acting
def substitute(desk: Desk, *, booking_id: str, person_id: str, instead_of: str | None, by: By) -> None:
    """Let PERSON come instead of who booked."""
    with desk.hub() as hub:
        answer(desk, hub, hub.substitute(booking_id, person_id, instead_of=instead_of, **by))


@command("amend")
@BOOKING
@click.option("--note", metavar="TEXT", help="What the team should know.")
@click.option("--shows", metavar="TEXT", help="What is shown, at a stall.")
@click.option("--pointed-to", metavar="TEXT", help="What somebody was pointed to, at a drop-in.")
@acting
def amend(
    desk: Desk, *, booking_id: str, note: str | None, shows: str | None, pointed_to: str | None, by: By
) -> None:
    """Change what is noted with BOOKING.

    What is not given stays; give '' to take it away. The place in the queue does not move.
    """
    if note is None and shows is None and pointed_to is None:
        raise click.UsageError("Say what to change: --note, --shows or --pointed-to.")
    with desk.hub() as hub:
        booking = hub.amend(booking_id, note=note, shows=shows, pointed_to=pointed_to, **by)
        if desk.answered({**plain(booking), "notes": hub.notes(booking_id)}):
            return
        show_booking(desk.out, hub, booking)
        show_notes(desk.out, hub, booking_id)


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
    for what, name in ENDING.get(told.status, ()):
        desk.hint(what, name, booking_id)


COMMANDS = (book, cancel, accept, decline, transfer, substitute, amend, explain)
