"""Commands about who comes to a session: roster, waitlist, the door, and closing the register."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from innovationhub import BookingStatus, Person, SessionView
from innovationhub.cli.arguments import PERSON, ROLE, SESSION, By, acting, command
from innovationhub.cli.desk import Desk
from innovationhub.cli.naming import name_of
from innovationhub.cli.output import Output
from innovationhub.cli.telling import heading, show_booking, show_roster, show_waitlist
from innovationhub.cli.wording import count, places, span, until

__all__ = ["COMMANDS"]

EARLY = timedelta(hours=2)
"""Before its start by more than this, nobody is likely to be at the door of a session yet."""


@command("roster")
@SESSION
@ROLE
def roster(desk: Desk, session_id: str, role: str | None) -> None:
    """Show who has a place in SESSION, and what was noted.

    Or in a whole series, by its key.
    """
    with desk.hub() as hub:
        found = hub.roster(session_id, role)
        if desk.answered(found):
            return
        heading(desk.out, hub, session_id)
        waiting, several, asked = 0, len({each.role for each in found}) > 1, []
        if "@" in session_id:
            view = hub.session(session_id)
            waiting, several = sum(each.waiting for each in view.places.values()), len(view.places) > 1
            asked = hub.requests(session_id, role)
            _show_numbers(desk.out, view)
        show_roster(desk.out, hub, found, several=several)
    if asked:
        desk.hint(
            f"{count(len(asked), 'request waits', 'requests wait')} for approval", "requests", session_id
        )
    if waiting:
        desk.hint(count(waiting, "person waits", "people wait"), "waitlist", session_id)
    elif not found and not asked:
        desk.hint("Book", "book" if "@" in session_id else "register", session_id, "PERSON")


def _show_numbers(out: Output, view: SessionView) -> None:
    """How many were there, as far as anybody was counted yet."""
    came = sum(each.came for each in view.places.values())
    if came or view.headcount:
        uncounted = f", and {view.headcount:,} without a name" if view.headcount else ""
        out.say(f"There: {count(came, 'person', 'people')} by name{uncounted}.")


@command("waitlist")
@SESSION
@ROLE
def waitlist(desk: Desk, session_id: str, role: str | None) -> None:
    """Show who waits for SESSION, in order."""
    with desk.hub() as hub:
        found = hub.waitlist(session_id, role)
        if desk.answered(found):
            return
        heading(desk.out, hub, session_id)
        show_waitlist(desk.out, hub, found)
    if found:
        desk.hint("Why somebody waits", "explain", found[0].id)


@command("check-in")
@SESSION
@PERSON
@ROLE
@click.option(
    "--name", metavar="TEXT", help="For a newcomer, whom the hub does not know: what they are called."
)
@click.option("--email", metavar="TEXT", help="For a newcomer: where they are written to.")
@acting
def check_in(
    desk: Desk,
    *,
    session_id: str,
    person_id: str,
    role: str | None,
    name: str | None,
    email: str | None,
    by: By,
) -> None:
    """Put PERSON, booked or not, on the register of SESSION.

    With --name or --email a newcomer is made known to the hub as well.
    """
    newcomer = name is not None or email is not None
    with desk.hub() as hub:
        who = Person(person_id, name or "", email or "") if newcomer else person_id
        booking = hub.check_in(session_id, who, role, **by)
        _warn_early(desk, hub.session(session_id), hub.now())
        if desk.answered(booking):
            return
        show_booking(desk.out, hub, booking)
    if booking.status is BookingStatus.WAITLISTED:
        desk.hint("Who waits", "waitlist", session_id)
    desk.hint("When they leave", "check-out", session_id, person_id)
    desk.hint("When it is over", "close-register", session_id)


@command("check-out")
@SESSION
@PERSON
@ROLE
@acting
def check_out(desk: Desk, session_id: str, person_id: str, role: str | None, by: By) -> None:
    """Note that PERSON has gone.

    The next who waits at the door is called.
    """
    with desk.hub() as hub:
        booking = hub.check_out(session_id, person_id, role, **by)
        if desk.answered(booking):
            return
        desk.out.say((name_of(hub, person_id), "bold"), ": was there, and has gone.")
        view = hub.session(session_id)
        desk.out.say(f"Now: {places(view)}.")
    if any(each.waiting for each in view.places.values()):
        desk.hint("Who waits", "waitlist", session_id)
    desk.hint("Who is there", "roster", session_id)


@command("headcount")
@SESSION
@click.argument("number", type=int)
@acting
def headcount(desk: Desk, session_id: str, number: int, by: By) -> None:
    """Note how many came without giving a name.

    It replaces what was counted before.
    """
    with desk.hub() as hub:
        view = hub.headcount(session_id, number, **by)
        if desk.answered(view):
            return
        heading(desk.out, hub, session_id)
        _show_numbers(desk.out, view)
    desk.hint("The register", "roster", session_id)


def _warn_early(desk: Desk, view: SessionView, now: datetime) -> None:
    if view.starts - now > EARLY:
        ahead = until(view.starts - now)
        desk.warn("early", f"the session starts in {ahead}, on {span(view.starts, view.ends)}.")


@command("close-register")
@SESSION
@acting
def close_register(desk: Desk, session_id: str, by: By) -> None:
    """Close the register of SESSION, and say who was absent.

    It can be closed once the session has started.
    """
    with desk.hub() as hub:
        absent = hub.close_register(session_id, **by)
        if desk.answered(absent):
            return
        heading(desk.out, hub, session_id)
        there = sum(each.status is BookingStatus.ATTENDED for each in hub.roster(session_id))
        desk.out.say(
            f"The register is closed: {count(there, 'person', 'people')} came, {len(absent)} did not."
        )
        for each in absent:
            desk.out.say(f"{name_of(hub, each.person_id)} ({each.person_id})", indent=2)
    desk.hint("The register", "roster", session_id)


COMMANDS = (roster, waitlist, check_in, check_out, headcount, close_register)
