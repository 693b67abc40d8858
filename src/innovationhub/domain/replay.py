"""The records again, from the journal alone: what audit compares with what is kept (invariant 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from innovationhub.domain.booking import APOLOGISED, EXCEPTED, PARKED, BookingStatus
from innovationhub.domain.journal import Entry

__all__ = ["BOOKING_STANDINGS", "Replayed", "replayed_booking"]

BOOKING_STANDINGS: Mapping[str, str] = {
    "booking.requested": str(BookingStatus.REQUESTED),
    "booking.confirmed": str(BookingStatus.CONFIRMED),
    "booking.waitlisted": str(BookingStatus.WAITLISTED),
    "booking.offered": str(BookingStatus.OFFERED),
    "booking.accepted": str(BookingStatus.CONFIRMED),
    "booking.promoted": str(BookingStatus.CONFIRMED),
    "booking.ready": str(BookingStatus.WAITLISTED),
    "booking.passed-over": PARKED,
    "booking.cancelled": str(BookingStatus.CANCELLED),
    "booking.declined": str(BookingStatus.DECLINED),
    "booking.rejected": str(BookingStatus.DECLINED),
    "booking.lapsed": str(BookingStatus.LAPSED),
    "booking.attended": str(BookingStatus.ATTENDED),
    "booking.absent": str(BookingStatus.ABSENT),
    "booking.transferred": str(BookingStatus.CANCELLED),
    "booking.substituted": str(BookingStatus.CONFIRMED),
    "booking.apologised": APOLOGISED,
    "booking.excepted": EXCEPTED,
}
"""The standing in which each kind of entry leaves a booking."""


@attrs.frozen
class Replayed:
    """A booking as the journal tells it."""

    session_id: str
    role: str
    person: str
    size: int
    sequence: int
    standing: str


def replayed_booking(entries: Iterable[Entry]) -> Replayed | None:
    """A booking from the entries about it, in their order; None where there is none."""
    last: Replayed | None = None
    for entry in entries:
        standing = BOOKING_STANDINGS.get(entry.kind)
        if standing is None:
            continue
        facts = entry.facts
        last = Replayed(
            str(facts["session"]),
            str(facts["role"]),
            str(facts["person"]),
            int(facts["size"] or 0),
            int(facts["sequence"] or 0),
            str(facts.get("standing", standing)),
        )
    return last
