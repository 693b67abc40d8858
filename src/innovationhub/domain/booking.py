"""A booking's life: its states, and which may follow which.

    requested ──► confirmed ◄──► offered        held: confirmed and offered keep a seat
        │             │  ▲           │
        └► waitlisted ┴──┘           └► lapsed, declined
                      │
                      ├► attended, absent       the register
                      └► cancelled

A booking is a unit in its roster's queue, and has one appointment for each person in it (`domain.diary`). `Booking` is
what callers see; `BookingRow` is what is kept.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

import attrs

from innovationhub.domain.records import Record, record

__all__ = [
    "HOLDING",
    "LIVE",
    "PARKED",
    "TRANSITIONS",
    "Booking",
    "BookingRow",
    "BookingStatus",
    "Placed",
    "moved",
]

PARKED = "parked"
"""The standing of one who waits but was passed over: out of the ready queue, the place kept."""


class BookingStatus(enum.StrEnum):
    """Where a booking stands in its life."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    DECLINED = "declined"
    ATTENDED = "attended"
    ABSENT = "absent"


HOLDING = frozenset({BookingStatus.CONFIRMED, BookingStatus.OFFERED})
"""States that hold a seat and the diary."""

LIVE = HOLDING | {BookingStatus.REQUESTED, BookingStatus.WAITLISTED}
"""States from which something may still come."""

_S = BookingStatus

TRANSITIONS: Mapping[BookingStatus, frozenset[BookingStatus]] = {
    _S.REQUESTED: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.DECLINED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.ATTENDED, _S.ABSENT, _S.CANCELLED}),
    _S.WAITLISTED: frozenset({_S.CONFIRMED, _S.OFFERED, _S.ATTENDED, _S.LAPSED, _S.CANCELLED}),
    _S.OFFERED: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.LAPSED, _S.DECLINED, _S.CANCELLED}),
    _S.CANCELLED: frozenset(),
    _S.LAPSED: frozenset(),
    _S.DECLINED: frozenset(),
    _S.ATTENDED: frozenset(),
    _S.ABSENT: frozenset(),
}
"""Which state may follow which. A booking that has ended stays as it ended; to come back is a new booking."""


@record(
    "booking",
    key=("id",),
    indexes={"by_roster": ("session_id", "role", "standing", "sequence")},
)
@attrs.frozen
class BookingRow(Record):
    """A booking as kept: `person` is an opaque key; `standing` is the status, or `parked` for one passed over.

    `sequence` is its place in the order of its roster, by which alone a queue is ordered. `passed` is the code for
    which it was last passed over, empty when it was not.
    """

    id: str
    session_id: str
    series_id: str
    parent_id: str | None
    role: str
    person: str
    size: int
    status: BookingStatus
    standing: str
    passed: str
    sequence: int
    slot: int | None
    offer_ends: datetime | None
    created_at: datetime


def moved(booking: BookingRow, status: BookingStatus) -> BookingRow:
    """The booking in its next state. Raises `AssertionError` where that state cannot follow: a fault of this code."""
    if status not in TRANSITIONS[booking.status]:
        raise AssertionError(f"booking {booking.id}: {booking.status} cannot become {status}")
    return attrs.evolve(booking, status=status, standing=str(status), passed="")


@attrs.frozen
class Placed:
    """The answer of a command about one booking: its row, and each person's key with how they stand in it."""

    booking: BookingRow
    people: tuple[tuple[str, BookingStatus], ...]


@attrs.frozen
class Booking:
    """One person's (or a group's) place in a role of a session, as callers see it.

    `people` gives everybody's id and how they stand in it, the one who booked first. `sequence` orders the roster's
    queue; `created_at` is aware. `session_id` is None for a booking of a whole series.
    """

    id: str
    session_id: str | None
    series_id: str
    parent_id: str | None
    role: str
    person_id: str
    people: Mapping[str, BookingStatus]
    status: BookingStatus
    sequence: int
    slot: int | None
    offer_ends: datetime | None
    created_at: datetime
