"""Commands about who comes to a session: roster, waitlist, check-in, close-register."""

from __future__ import annotations

from datetime import datetime, timedelta

from innovationhub import BookingStatus, SessionView
from innovationhub.cli.arguments import PERSON, ROLE, SESSION, By, acting, command
from innovationhub.cli.desk import Desk
from innovationhub.cli.telling import heading, name_of, show_booking, show_roster, show_waitlist
from innovationhub.cli.wording import count, span, until

__all__ = ["COMMANDS"]

EARLY = timedelta(hours=2)
"""Before its start by more than this, nobody is likely to be at the door of a session yet."""


@command("roster")
@SESSION
@ROLE
def roster(desk: Desk, session_id: str, role: str | None) -> None:
    """Show who has a place in SESSION, and what was noted."""
    with desk.hub() as hub:
        found = hub.roster(session_id, role)
        if desk.answered(found):
            return
        view = hub.session(session_id)
        heading(desk.out, view)
        show_roster(desk.out, hub, view, found)
    waiting = sum(each.waiting for each in view.places.values())
    if waiting:
        desk.hint(count(waiting, "person waits", "people wait"), "waitlist", session_id)
    elif not found:
        desk.hint("Book", "book", session_id, "PERSON")


@command("waitlist")
@SESSION
@ROLE
def waitlist(desk: Desk, session_id: str, role: str | None) -> None:
    """Show who waits for SESSION, in order."""
    with desk.hub() as hub:
        found = hub.waitlist(session_id, role)
        if desk.answered(found):
            return
        heading(desk.out, hub.session(session_id))
        show_waitlist(desk.out, hub, found)
    if found:
        desk.hint("Why somebody waits", "explain", found[0].id)


@command("check-in")
@SESSION
@PERSON
@ROLE
@acting
def check_in(desk: Desk, session_id: str, person_id: str, role: str | None, by: By) -> None:
    """Put PERSON, booked or not, on the register of SESSION."""
    with desk.hub() as hub:
        booking = hub.check_in(session_id, person_id, role, **by)
        _warn_early(desk, hub.session(session_id), hub.now())
        if desk.answered(booking):
            return
        show_booking(desk.out, hub, booking)
    desk.hint("When it is over", "close-register", session_id)


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
        heading(desk.out, hub.session(session_id))
        there = sum(each.status is BookingStatus.ATTENDED for each in hub.roster(session_id))
        desk.out.say(
            f"The register is closed: {count(there, 'person', 'people')} came, {len(absent)} did not."
        )
        for each in absent:
            desk.out.say(f"{name_of(hub, each.person_id)} ({each.person_id})", indent=2)
    desk.hint("The register", "roster", session_id)


COMMANDS = (roster, waitlist, check_in, close_register)
