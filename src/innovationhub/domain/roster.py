"""The roster: one role of one session or series, its seats and its queue. The subject's side of every booking.

It is the guard record of its queue: whatever changes a booking of the role writes the roster too, so a decision that
relies on the roster's version relies on all of them. Seats are counted here, never by counting rows, so that a
decision costs the same however many are booked.

On one date of a series that people are registered for, the registrations hold seats that are counted in the series'
roster; the date's own roster counts those who are away on that date, and its guests. So a date has room for

    capacity - reserve - (registered - away) - held
"""

from __future__ import annotations

from datetime import datetime

import attrs

from innovationhub.domain.booking import (
    APOLOGISED,
    EXCEPTED,
    HERE,
    HOLDING,
    MISSED,
    OF_SET,
    SHORT,
    WAITING,
    BookingRow,
    BookingStatus,
)
from innovationhub.domain.records import Record, record

__all__ = ["MOST_LENT", "TAKEN", "Roster"]

TAKEN = HOLDING | {BookingStatus.ATTENDED, BookingStatus.ABSENT}
"""Whose seat is counted as taken. An absent person's seat stays counted: the session is over."""

MOST_LENT = 500
"""Coming dates of one series on which guests sit in the seats of its registrations."""

_AWAY = frozenset({APOLOGISED, EXCEPTED})
_CAME = frozenset({str(BookingStatus.ATTENDED), OF_SET, "left"})


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
    """Seats and queue of one role of a session (or, under its key, of a series).

    `capacity` None is unlimited; `held` seats are taken; `waiting` queue, of whom `ready` may have the next seat;
    `last` is the last sequence given out. `owed` says that somebody ready may have a free seat and has not been
    looked at yet: until then newcomers queue. `reserve` seats are for those who walk in. `short` parties wait for
    more seats than are free, `missed` let an offer lapse, `here` wait at the door. `away` of the registrations are
    away on this date; `came` were there. `slots` are the numbers of the slots taken, `lent` the coming dates with
    guests, both in order. `favoured` counts how often in a row somebody went before the head of the queue.
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
    reserve: int = 0
    short: int = 0
    missed: int = 0
    here: int = 0
    away: int = 0
    came: int = 0
    slots: str = ""
    lent: str = ""
    favoured: int = 0

    def free(self, registered: int = 0, *, door: bool = False) -> int | None:
        """Free seats (below 0 when over capacity; None: unlimited), given how many are registered for the series.

        At the `door` the seats kept for walk-ins are free too.
        """
        if self.capacity is None:
            return None
        kept = 0 if door else self.reserve
        return self.capacity - kept - self.held - max(0, registered - self.away)

    def has_room(self, size: int = 1, registered: int = 0, *, door: bool = False) -> bool:
        """Whether so many seats are free."""
        if self.capacity is None:
            return True
        kept = 0 if door else self.reserve
        return self.capacity - kept - self.held - max(0, registered - self.away) >= size

    def is_open(self, size: int = 1, registered: int = 0) -> bool:
        """Whether newcomers would be seated: there is room, and nobody in the queue comes first."""
        return self.ready == 0 and not self.owed and self.has_room(size, registered)

    def moving(self, before: BookingRow | None, after: BookingRow) -> Roster:
        """The counters after a booking becomes what `after` says (`before` None: it is new)."""
        was, now = (before.standing if before else ""), after.standing
        out, size = (before.size if before else 0), after.size
        ready = (now == "waitlisted") - (was == "waitlisted")
        plain = Roster(
            self.session_id,
            self.role,
            self.type,
            self.starts,
            self.capacity,
            held=self.held + (now in TAKEN) * size - (was in TAKEN) * out,
            waiting=self.waiting + (now in WAITING) - (was in WAITING),
            ready=self.ready + ready,
            last=max(self.last, after.sequence),
            owed=self.owed,
            reserve=self.reserve,
            short=self.short + (now in SHORT) - (was in SHORT),
            missed=self.missed + (now == MISSED) - (was == MISSED),
            here=self.here + (now == HERE) - (was == HERE),
            away=self.away + (now in _AWAY) * size - (was in _AWAY) * out,
            came=self.came + (now in _CAME) * size - (was in _CAME) * out,
            slots=self.slots,
            lent=self.lent,
            favoured=self.favoured,
        )
        if after.slot is None and (before is None or before.slot is None):
            return plain
        return plain.with_slots(before, after)

    def with_slots(self, before: BookingRow | None, after: BookingRow) -> Roster:
        """The slots taken after a booking that has one, or had one, has changed."""
        taken = set(self.taken)
        if before and before.slot is not None and before.standing in TAKEN:
            taken.discard(before.slot)
        if after.slot is not None and after.standing in TAKEN:
            taken.add(after.slot)
        return attrs.evolve(self, slots=" ".join(str(number) for number in sorted(taken)))

    @property
    def taken(self) -> tuple[int, ...]:
        """The numbers of the slots that are taken."""
        return tuple(int(number) for number in self.slots.split())
