"""The roster: one role of one session, its seats and its queue. The session's side of every booking.

It is the guard record of its queue: whatever changes a booking of the role writes the roster too, so a decision that
relies on the roster's version relies on all of them. Seats are counted here, never by counting rows, so that a
decision costs the same however many are booked.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from innovationhub.domain.booking import HOLDING, PARKED, BookingStatus
from innovationhub.domain.records import Record, record

__all__ = ["TAKEN", "Roster"]

TAKEN = HOLDING | {BookingStatus.ATTENDED, BookingStatus.ABSENT}
"""Whose seat is counted as taken. An absent person's seat stays counted: the session is over."""


@record(
    "roster",
    key=("session_id", "role"),
    indexes={
        "by_start": ("starts",),
        "by_owed": ("owed", "starts"),
    },
)
@attrs.frozen
class Roster(Record):
    """Seats and queue of one role.

    `capacity` None is unlimited; `held` seats are taken; `waiting` queue, of whom `ready` are not parked;
    `last` is the last sequence given out. `owed` says that somebody ready may have a free seat and has not been
    looked at yet: until then newcomers queue.
    """

    session_id: str
    role: str
    type: str
    starts: datetime
    capacity: int | None
    held: int = 0
    waiting: int = 0
    ready: int = 0
    last: int = 0
    owed: bool = False

    @property
    def left(self) -> int | None:
        """Free seats, never below 0; None when unlimited."""
        return None if self.capacity is None else max(0, self.capacity - self.held)

    def has_room(self, size: int = 1) -> bool:
        """Whether so many seats are free."""
        return self.capacity is None or self.capacity - self.held >= size

    @property
    def open(self) -> bool:
        """Whether a newcomer would be seated: there is room, and nobody in the queue comes first."""
        return self.has_room() and self.ready == 0 and not self.owed

    def moving(self, size: int, before: str | None, after: str, sequence: int = 0) -> Roster:
        """The counters after a booking of that sequence changes its standing (`before` None: it is new)."""
        held = (after in TAKEN) - (before in TAKEN)
        ready = (after == BookingStatus.WAITLISTED) - (before == BookingStatus.WAITLISTED)
        parked = (after == PARKED) - (before == PARKED)
        return Roster(
            self.session_id,
            self.role,
            self.type,
            self.starts,
            self.capacity,
            held=self.held + held * size,
            waiting=self.waiting + ready + parked,
            ready=self.ready + ready,
            last=max(self.last, sequence),
            owed=self.owed,
        )
