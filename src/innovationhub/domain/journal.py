"""The journal: what happened, in the order in which it was committed.

An entry holds opaque keys only, never a name, an address or free text, so that it can be kept for good when a person
is erased. Followers (messages, the LMS, metrics) read it with cursors of their own.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from innovationhub.domain.records import Facts, Record, record

__all__ = ["KINDS", "Entry"]

KINDS: tuple[str, ...] = (
    "booking.requested",
    "booking.confirmed",
    "booking.waitlisted",
    "booking.offered",
    "booking.accepted",
    "booking.declined",
    "booking.rejected",
    "booking.lapsed",
    "booking.promoted",
    "booking.passed-over",
    "booking.ready",
    "booking.cancelled",
    "booking.transferred",
    "booking.substituted",
    "booking.amended",
    "booking.attended",
    "booking.absent",
    "booking.apologised",
    "booking.excepted",
    "hub.changed",
    "hub.closed",
    "lms.found",
    "lms.published",
    "lms.resolved",
    "lms.withdrawn",
    "person.added",
    "person.changed",
    "person.erased",
    "roster.opened",
    "roster.resized",
    "series.added",
    "series.changed",
    "session.opened",
    "session.moved",
    "session.called-off",
    "session.changed",
    "session.assigned",
    "session.below-minimum",
    "session.closed",
    "session.counted",
    "session.reinstated",
    "session.reminder-due",
    "session-type.added",
    "session-type.changed",
    "workshop.requested",
    "workshop.acknowledged",
    "workshop.designed",
    "workshop.scheduled",
    "workshop.delivered",
    "workshop.followed-up",
    "workshop.declined",
    "workshop.withdrawn",
    "workshop.overdue",
)
"""Every kind of entry the core can write; a plugin's kinds begin with its own name."""


@record("journal", key=("position",), indexes={"by_subject": ("subject", "position")})
@attrs.frozen
class Entry(Record):
    """One line of the journal.

    `position` counts from 1 in commit order without gaps (0: not yet committed). `actor` and `subject` are opaque: a
    person's key, a booking, session, series, session type or workshop. `facts` are plain values.
    """

    position: int
    at: datetime
    actor: str
    kind: str
    subject: str
    facts: Facts
