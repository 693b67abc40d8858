"""Commands about a set of sessions that one registers for as a whole: register, and apologies for one date."""

from __future__ import annotations

import click

from innovationhub.cli.arguments import PERSON, REASON, ROLE, SERIES, SESSION, By, acting, command
from innovationhub.cli.desk import Desk
from innovationhub.cli.naming import name_of
from innovationhub.cli.telling import answer, heading

__all__ = ["COMMANDS"]


@command("register")
@SERIES
@PERSON
@ROLE
@click.option("--note", default="", help="What the team should know; roster and explain show it.")
@acting
def register(desk: Desk, *, series_id: str, person_id: str, role: str | None, note: str, by: By) -> None:
    """Take a place in every session of SERIES for PERSON.

    Or in the queue for one. A series is what stands before the @ of its sessions. `cancel` leaves it again.
    """
    with desk.hub() as hub:
        answer(desk, hub, hub.register(series_id, person_id, role=role, note=note, **by))


@command("apologise")
@SESSION
@PERSON
@ROLE
@REASON
@acting
def apologise(desk: Desk, *, session_id: str, person_id: str, role: str | None, reason: str, by: By) -> None:
    """PERSON, who is registered, cannot come to this SESSION.

    The place in the set is kept.
    """
    with desk.hub() as hub:
        booking = hub.apologise(session_id, person_id, role=role, reason=reason, **by)
        if desk.answered(booking):
            return
        desk.out.say(
            (name_of(hub, person_id), "bold"), ": will not come that day, and keeps the place in the set."
        )
        heading(desk.out, hub, session_id)
    desk.hint("Come after all", "unapologise", session_id, person_id)


@command("unapologise")
@SESSION
@PERSON
@ROLE
@acting
def unapologise(desk: Desk, *, session_id: str, person_id: str, role: str | None, by: By) -> None:
    """Take an apology back, if SESSION still has a seat."""
    with desk.hub() as hub:
        booking = hub.unapologise(session_id, person_id, role=role, **by)
        if desk.answered(booking):
            return
        desk.out.say((name_of(hub, person_id), "bold"), ": comes that day after all.")
        heading(desk.out, hub, session_id)
    desk.hint("Who comes", "roster", session_id)


COMMANDS = (register, apologise, unapologise)
