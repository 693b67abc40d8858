"""A booking's life: its states, and which may follow which.

    requested ──► waitlisted ◄──► offered ──► confirmed ──► attended, absent
                                  held: offered and confirmed keep a seat

Who has requested or waits may be confirmed at once; who waits or has an offer may be at the door (`attended`) all the
same; and each of the first four may end before its time, `cancelled`, `lapsed` or `declined`, as `TRANSITIONS` says.
`docs/bookings.md` has every arrow.

A booking is a unit in its roster's queue, and has one appointment for each person in it (`domain.diary`). `Booking` is
what callers see; `BookingRow` is what is kept.

What a caller need not know is in the `standing`, by which alone a roster's bookings are found. It is the status, but

    waitlisted    as `waitlisted`: ready, may have the next seat · `parked`: cannot have it now (`passed` says why) ·
                  `short-3`: a party of three, passed over while fewer seats are free · `missed`: let an offer lapse,
                  place kept · `here`: waits at the door
    cancelled     as `apologised` or `excepted`: one date of a registration, given up or never had; `withdrawn`: an
                  apology that was taken back
    attended      as `left`: was there, and has gone; as `of-set`: one date of a registration
    absent        as `of-set-absent`: one date of a registration
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

import attrs

from innovationhub.domain.records import Record, record

__all__ = [
    "APOLOGISED",
    "EXCEPTED",
    "HERE",
    "HOLDING",
    "LARGEST_GROUP",
    "LEFT",
    "LIVE",
    "MISSED",
    "OF_SET",
    "OF_SET_ABSENT",
    "PARKED",
    "SHORT",
    "TRANSITIONS",
    "WAITING",
    "WITHDRAWN",
    "Booking",
    "BookingRow",
    "BookingStatus",
    "Placed",
    "moved",
    "short",
]

PARKED = "parked"
"""The standing of one who waits but was passed over: out of the ready queue, the place kept."""

MISSED = "missed"
"""The standing of one who let an offer lapse and keeps the place: seated again once offers are no longer made."""

HERE = "here"
"""The standing of one who waits at the door."""

LEFT = "left"
"""The standing of one who was there and has gone: the seat is free again."""

APOLOGISED, EXCEPTED, WITHDRAWN = "apologised", "excepted", "withdrawn"
"""Standings of one date of a registration: given up, never had, and given up but taken back."""

OF_SET, OF_SET_ABSENT = "of-set", "of-set-absent"
"""Standings of one date of a registration on the register: there, and not there. The registration holds the seat."""

LARGEST_GROUP = 20
"""People in one booking."""


def short(size: int) -> str:
    """The standing of a party of that size that waits for as many seats."""
    return f"short-{size}"


SHORT = frozenset(short(size) for size in range(2, LARGEST_GROUP + 1))
WAITING = frozenset({"waitlisted", PARKED, MISSED, HERE}) | SHORT
"""Every standing of one who waits."""


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
    _S.REQUESTED: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.DECLINED, _S.LAPSED, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.ATTENDED, _S.ABSENT, _S.CANCELLED}),
    _S.WAITLISTED: frozenset({_S.CONFIRMED, _S.OFFERED, _S.ATTENDED, _S.LAPSED, _S.CANCELLED}),
    _S.OFFERED: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.ATTENDED, _S.LAPSED, _S.DECLINED, _S.CANCELLED}),
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
    """A booking as kept: `person`, an opaque key, is who leads it; `size` counts the people who are still in it.

    `session_id` is a series' key where the whole series is registered for. `sequence` is the place in the order of the
    roster, by which alone a queue is ordered; a request that nobody has approved has none yet (0). `passed` is the code
    for which it was last passed over, empty when it was not. `parent_id` is the place or the registration it depends
    on. `expert` is the key of whom a slot is with.
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
    expert: str = ""


def moved(booking: BookingRow, status: BookingStatus) -> BookingRow:
    """The booking in its next state. Raises `AssertionError` where that state cannot follow: a fault of this code."""
    if status not in TRANSITIONS[booking.status]:
        raise AssertionError(f"booking {booking.id}: {booking.status} cannot become {status}")
    return attrs.evolve(booking, status=status, standing=str(status), passed="", offer_ends=None)


@attrs.frozen
class Placed:
    """The answer of a command about one booking: its row, and each person's key with how they stand in it."""

    booking: BookingRow
    people: tuple[tuple[str, BookingStatus], ...]


@attrs.frozen
class Booking:
    """One person's (or a group's) place in a role of a session, as callers see it.

    `people` gives everybody's id and how they stand in it, the one who booked first. `sequence` orders the roster's
    queue; `created_at` and `offer_ends` are aware. `session_id` is None for a booking of a whole series. `slot` counts
    from 1, and `expert` is the id of whom it is with, where that is known.
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
    expert: str | None = None
