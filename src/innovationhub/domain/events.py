"""The identity of a session in calendars outside the hub, and an entry for somebody's own (RFC 5545, RFC 5546).

A series is one event: its UID never changes. A session of it is one instance, named by RECURRENCE-ID: the original
local start, as in the session's own id. So a session that is moved is the same entry, and is updated, not doubled.
"""

from __future__ import annotations

import enum
import hashlib
from datetime import datetime

import attrs

from innovationhub.domain.ids import split_session_id
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.time import resolve, zone

__all__ = ["Instance", "Invitation", "Method", "event_uid", "recurrence_id"]


class Method(enum.StrEnum):
    """What becomes of the entry (RFC 5546 §3.2): it is put in or updated, or it is taken out."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def event_uid(series_id: str, secret: str) -> str:
    """The UID of a series, the same in every feed and message of one hub, and different in every other hub.

    `secret` is the hub's own; the UID does not give it away.
    """
    hub = hashlib.sha256(f"uid {secret}".encode()).hexdigest()[:12]
    return f"{series_id}.{hub}@innovationhub"


def recurrence_id(session_id: str, timezone: str) -> datetime:
    """The original start of a session (aware, in the hub's zone): which instance of its series it is."""
    _, nominal = split_session_id(session_id)
    return resolve(nominal, zone(timezone))


@attrs.frozen
class Instance:
    """One session of a series that is elsewhere than its recurrence says: which one, from when until when, where."""

    recurrence_id: datetime
    starts: datetime
    ends: datetime
    location: str = ""


@attrs.frozen
class Invitation:
    """An entry for one person's own calendar.

    `recurrence_id` is None for all of a series that has a `recurrence`, and for a one-off. `sequence` rises with each
    change. Instants are aware: `starts`, `ends`, `recurrence_id` and `excluded` in the hub's zone, `stamp` (when it
    came about) in UTC. `excluded` are the starts, by the recurrence, at which there is no session after all.
    `instances` take place otherwise than it says; with neither recurrence nor `recurrence_id` they are all there is.
    """

    method: Method
    uid: str
    recurrence_id: datetime | None
    sequence: int
    stamp: datetime
    starts: datetime
    ends: datetime
    summary: str
    location: str = ""
    organizer: str = ""
    organizer_email: str = ""
    recurrence: Recurrence | None = None
    excluded: tuple[datetime, ...] = ()
    instances: tuple[Instance, ...] = ()
