"""What is to be looked at later: timers and cursors are records like any other, and `tick` goes through them.

A timer says when to look, never what to do: whoever looks decides on how things stand then. So a timer that comes late,
twice or for nothing does no harm.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from innovationhub.domain.records import Record, record

__all__ = ["OFFER", "STRAIGHT", "Cursor", "Timer", "roster_of", "roster_subject"]

OFFER = "offer"
"""The timer of a booking's offer: due when it ends."""

STRAIGHT = "straight"
"""The timer of a roster with free seats and people who let an offer lapse: due when offers are no longer made."""


@record("timer", key=("kind", "subject"), indexes={"by_due": ("due",)})
@attrs.frozen
class Timer(Record):
    """Look at a subject when it is due."""

    kind: str
    subject: str
    due: datetime


@record("cursor", key=("name",))
@attrs.frozen
class Cursor(Record):
    """How far something that goes on from tick to tick has come: up to an instant, or a key."""

    name: str
    at: datetime
    key: str = ""


def roster_subject(session_id: str, role: str) -> str:
    """What a roster is called as a timer's subject."""
    return f"{session_id} {role}"


def roster_of(subject: str) -> tuple[str, str]:
    """The session and the role of a timer's subject."""
    session_id, _, role = subject.partition(" ")
    return session_id, role
