"""What calendars say of sessions, in words."""

from __future__ import annotations

from collections.abc import Mapping

from innovationhub import Access, BookingStatus, SessionType

__all__ = ["HOW", "STANDING", "about"]

HOW: Mapping[Access, str] = {
    Access.BOOK: "Book a place",
    Access.DROP_IN: "Drop in, no booking needed",
    Access.REGISTER: "Register once for all dates",
    Access.REQUEST: "Ask the team for a date",
}
"""How one comes to each kind of session."""

STANDING: Mapping[BookingStatus, str] = {
    BookingStatus.REQUESTED: "Waiting for approval",
    BookingStatus.WAITLISTED: "On the waiting list",
    BookingStatus.OFFERED: "A place is offered",
}
"""Where somebody stands who has no place yet."""


def about(type_: SessionType) -> str:
    """What a session is, how one comes, and for whom it is."""
    lines = [type_.description.strip(), f"How to come: {HOW[type_.access]}."]
    if type_.audience is not None:
        lines.append(f"For: {type_.audience.description}")
    return "\n\n".join(line for line in lines if line)
