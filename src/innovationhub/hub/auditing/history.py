"""The journal: no gap, replayed it gives the bookings that are kept (invariant 6), and who was erased is (10)."""

from __future__ import annotations

from innovationhub.domain.booking import BookingRow
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.replay import Replayed, replayed_booking
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine
from innovationhub.hub.auditing.erasures import erasure_findings
from innovationhub.hub.auditing.reading import HISTORY, PAGE, pages

__all__ = ["journal_findings"]

_BEGINNINGS = frozenset(
    {
        "booking.requested",
        "booking.confirmed",
        "booking.waitlisted",
        "booking.attended",
        "booking.absent",
        "booking.apologised",
        "booking.excepted",
    }
)
"""The kinds of entry with which a booking can begin."""


def journal_findings(engine: Engine) -> list[Violation]:
    """Every booking as kept against the booking as the journal tells it, both ways."""
    return [*_untold(engine), *_told_otherwise(engine)]


def _untold(engine: Engine) -> list[Violation]:
    """Bookings of whose beginning the journal knows nothing: entries are written in the commit that makes the row."""
    found: list[Violation] = []
    for rows in pages(engine, BookingRow, lambda row: row.id):
        first = {row.id: Range(Entry, "by_subject", (row.id,), limit=1) for row in rows}
        told = engine.store.read(Read(ranges=tuple(first.values())))
        for id, wanted in first.items():
            if not any(entry.kind in _BEGINNINGS for entry in told.scan(wanted).records):
                sentence = f"the journal does not tell how booking {id} began"
                found.append(Violation(6, "untold", id, sentence))
    return found


def _told_otherwise(engine: Engine) -> list[Violation]:
    found: list[Violation] = []
    after = 0
    while True:
        entries = engine.store.tail(after, PAGE)
        if entries and [each.position for each in entries] != list(
            range(after + 1, after + 1 + len(entries))
        ):
            found.append(Violation(6, "journal-gap", str(after + 1), f"the journal has a gap behind {after}"))
        found += erasure_findings(engine, entries)
        # a booking is looked at where it begins, and then with all that became of it
        born = {each.subject for each in entries if each.kind in _BEGINNINGS}
        histories = {id: Range(Entry, "by_subject", (id,), limit=HISTORY) for id in born}
        keys = tuple(Key(BookingRow, (id,)) for id in born)
        rows = engine.store.read(Read(keys, tuple(histories.values())))
        for id, history in histories.items():
            row = rows.get(BookingRow, id)
            kept = row and Replayed(
                row.session_id, row.role, row.person, row.size, row.sequence, row.standing
            )
            told = replayed_booking(rows.scan(history).records)
            if told != kept:
                sentence = f"booking {id} is kept otherwise than the journal tells it"
                found.append(Violation(6, "replay", id, sentence))
        if len(entries) < PAGE:
            return found
        after = entries[-1].position
