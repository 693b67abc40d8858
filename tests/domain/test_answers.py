"""Answers as receipts keep them: what is written the short way is what would have been written anyway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest

from innovationhub import BookingStatus
from innovationhub.domain import answers
from innovationhub.domain.booking import BookingRow, Placed
from innovationhub.domain.time import zone

ROW = BookingRow(
    id="01a2",
    session_id="taster@2026-12-01T10:00",
    series_id="taster",
    parent_id=None,
    role="attendee",
    person="0f",
    size=1,
    status=BookingStatus.CONFIRMED,
    standing="confirmed",
    passed="",
    sequence=3,
    slot=None,
    offer_ends=None,
    created_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"parent_id": "01a1", "slot": 2, "size": 2},
        {"passed": 'a "quoted" \\ text\n\x00 with é and 🙂'},
        {"offer_ends": datetime(2026, 11, 24, 9, 0, 0, 1, tzinfo=UTC)},
        {"created_at": datetime(2026, 7, 1, 9, tzinfo=zone("Europe/London"))},
        {"created_at": datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=5, minutes=30)))},
    ],
)
def test_the_short_way_of_writing_a_booking_gives_the_same_text(changed: dict[str, object]) -> None:
    """The answer of a booking is written field by field, as JSON's encoder would; and it reads back equal."""
    row = attrs.evolve(ROW, **changed)  # type: ignore[arg-type]
    people = ((row.person, row.status), ("1f", BookingStatus.CANCELLED))
    for placed in (Placed(row, people), Placed(row, people[:1]), Placed(row, ())):
        text = answers.answer_to_text(placed)
        assert text == answers._ENCODER.encode(placed)
        assert answers.answer_from_text(text) == placed
