"""What an operator is told of commands, through `logging`: ids of sessions and codes, and never of whom.

It is said by the thread that asked, once the answer stands, outside every lock. docs/observing.md lists the events.
"""

from __future__ import annotations

import logging
import re
import time

from innovationhub.domain.deciding import Command
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.programme import Programme
from innovationhub.domain.refusals import Refusal
from innovationhub.engine.requests import Ticket
from innovationhub.errors import HubError, NotFound, PluginError, Unavailable

__all__ = ["LATE", "answered", "failed", "log"]

LATE = 1.0
"""Seconds from which on an answer is late."""

log = logging.getLogger("innovationhub.engine")

# without it Python writes a library's warnings to stderr where nobody has set up logging
logging.getLogger("innovationhub").addHandler(logging.NullHandler())


def answered(command: Command, decision: object, ticket: Ticket, began: float, programme: Programme) -> None:
    """Tell of a refusal, and of an answer that took conflicts or long. Asked only where somebody listens."""
    took = time.monotonic() - began
    if isinstance(decision, Refusal):
        session, role, booking = _subject(command, programme)
        log.info(
            "command.refused",
            extra={
                "command": _name(command),
                "codes": tuple(reason.code for reason in decision.reasons),
                "session": session,
                "role": role,
                "booking": booking,
            },
        )
    if ticket.conflicts or took >= LATE:
        session, role, booking = _subject(command, programme)
        log.info(
            "command.delayed",
            extra={
                "command": _name(command),
                "conflicts": ticket.conflicts,
                "milliseconds": int(took * 1000),
                "session": session,
                "role": role,
                "booking": booking,
            },
        )


def failed(command: Command, error: HubError) -> None:
    """Tell of a store out of reach and of a plugin that broke. Any other error is its caller's own affair."""
    # what was asked for may be anything that a caller has typed, and what is said of it too
    if isinstance(error, Unavailable):
        log.warning(
            "store.unavailable",
            extra={
                "command": _name(command),
                "outcome_known": error.outcome_known,
                "cause": type(error.__cause__).__name__ if error.__cause__ else None,
            },
        )
    elif isinstance(error, PluginError):
        log.warning("plugin.failed", extra={"command": _name(command), "plugin": error.plugin})


def _name(command: Command) -> str:
    """What a command is called in events: `close-register` for `CloseRegister`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(command).__name__).lower()


def _subject(command: Command, programme: Programme) -> tuple[str | None, str | None, str | None]:
    """The session (or series), the role and the booking that a command is about, where the hub knows them.

    A refused command may name others that nobody has looked up, and they may be any text at all.
    """
    about = getattr(command, "change", command)
    names = (getattr(about, field, None) for field in ("session_id", "series_id", "subject_id"))
    session = next((name for name in names if name), None)
    if session is None:
        return None, None, getattr(command, "booking_id", None)
    key = session
    if "@" in session:
        try:
            key, _ = split_session_id(session)
        except NotFound:
            return None, None, None
    series = programme.series.get(key)
    if series is None:
        return None, None, None
    role = getattr(about, "role", None)
    known = {each.key for each in programme.type(series.type).roles}
    return session, role if role in known else None, None
