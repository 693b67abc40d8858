"""A place in a queue: how many are before a booking, counted without reading them where the store can."""

from __future__ import annotations

from innovationhub.domain.booking import HERE, MISSED, PARKED, SHORT, BookingRow, BookingStatus
from innovationhub.domain.records import Range, Read, Record
from innovationhub.domain.roster import Roster
from innovationhub.protocols.store import Store, SupportsCount

__all__ = ["ahead_of"]

PAGE = 1000


def ahead_of(store: Store, booking: BookingRow, roster: Roster) -> dict[str, int]:
    """How many are before a booking, by category."""
    categories = {"waiting": [str(BookingStatus.WAITLISTED)], "passed over": [PARKED]}
    categories["passed over"] += sorted(SHORT) if roster.short else []
    if roster.missed:
        categories["missed an offer"] = [MISSED]
    if roster.here:
        categories["at the door"] = [HERE]
    return {
        category: sum(_count(store, booking, standing) for standing in standings)
        for category, standings in categories.items()
    }


def _count(store: Store, booking: BookingRow, standing: str) -> int:
    """How many of that standing are before this booking in its queue."""
    prefix = (booking.session_id, booking.role, standing)
    ahead: Range[Record] = Range(BookingRow, "by_roster", prefix, high=booking.sequence, limit=PAGE)
    if isinstance(store, SupportsCount):
        return store.count(ahead)
    total, low = 0, 0
    while True:
        page = Range(BookingRow, "by_roster", prefix, low=low, high=booking.sequence, limit=PAGE)
        found = store.read(Read(ranges=(page,))).scan(page)
        total += len(found.rows)
        if not found.cut:
            return total
        low = found.records[-1].sequence + 1
