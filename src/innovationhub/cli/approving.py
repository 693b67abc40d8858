"""Commands of the hub's team about requests: what waits for approval, approve, reject."""

from __future__ import annotations

from innovationhub.cli.arguments import BOOKING, REASON, ROLE, SESSION, By, acting, command
from innovationhub.cli.desk import Desk
from innovationhub.cli.telling import answer, heading, show_waitlist

__all__ = ["COMMANDS"]


@command("requests")
@SESSION
@ROLE
def requests(desk: Desk, session_id: str, role: str | None) -> None:
    """Show what waits for approval in SESSION, oldest first."""
    with desk.hub() as hub:
        found = hub.requests(session_id, role)
        if desk.answered(found):
            return
        heading(desk.out, hub, session_id)
        if found:
            show_waitlist(desk.out, hub, found, notes=True)
        else:
            desk.out.say("Nothing waits for approval.")
    if found:
        desk.hint("Approve", "approve", found[0].id)
        desk.hint("Turn down", "reject", found[0].id, "--reason", "TEXT")


@command("approve")
@BOOKING
@REASON
@acting
def approve(desk: Desk, booking_id: str, reason: str, by: By) -> None:
    """Approve a request: it gets a seat, or joins the queue."""
    with desk.hub() as hub:
        answer(desk, hub, hub.approve(booking_id, reason=reason, **by))


@command("reject")
@BOOKING
@REASON
@acting
def reject(desk: Desk, booking_id: str, reason: str, by: By) -> None:
    """Turn a request down."""
    with desk.hub() as hub:
        answer(desk, hub, hub.reject(booking_id, reason, **by))


COMMANDS = (requests, approve, reject)
