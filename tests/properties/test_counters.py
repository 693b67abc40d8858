"""A roster's counters against a recount of its bookings, whatever becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
from hypothesis import given
from hypothesis import strategies as st

from innovationhub.domain.booking import (
    APOLOGISED,
    EXCEPTED,
    HERE,
    LEFT,
    MISSED,
    OF_SET,
    OF_SET_ABSENT,
    PARKED,
    SHORT,
    WAITING,
    WITHDRAWN,
    BookingRow,
    BookingStatus,
)
from innovationhub.domain.roster import TAKEN, Roster
from tests.properties.both import examples

NOW = datetime(2026, 11, 24, tzinfo=UTC)
STANDINGS = sorted(
    {str(status) for status in BookingStatus}
    | {
        APOLOGISED,
        EXCEPTED,
        HERE,
        LEFT,
        MISSED,
        OF_SET,
        OF_SET_ABSENT,
        PARKED,
        WITHDRAWN,
        "short-2",
        "short-3",
    }
)

steps = st.tuples(
    st.integers(0, 5), st.sampled_from(STANDINGS), st.integers(1, 3), st.sampled_from([None, None, 1, 2, 3])
)


def booking(id: str, sequence: int) -> BookingRow:
    return BookingRow(
        id, "s@2026-12-01T10:00", "s", None, "attendee", "key", 1, BookingStatus.CONFIRMED, "", "", sequence, None,
        None, NOW,
    )  # fmt: skip


def recounted(rows: list[BookingRow]) -> dict[str, object]:
    """Every counter, counted from the bookings."""

    def number(*standings: str) -> int:
        return sum(row.standing in standings for row in rows)

    def people(*standings: str) -> int:
        return sum(row.size for row in rows if row.standing in standings)

    return {
        "held": people(*TAKEN),
        "waiting": number(*WAITING),
        "ready": number("waitlisted"),
        "short": number(*SHORT),
        "missed": number(MISSED),
        "here": number(HERE),
        "away": people(APOLOGISED, EXCEPTED),
        "came": people("attended", LEFT, OF_SET),
        "taken": tuple(sorted(row.slot for row in rows if row.slot and row.standing in TAKEN)),
        "last": max((row.sequence for row in rows), default=0),
    }


@given(st.lists(steps, max_size=30))
@examples(100)
def test_counters_equal_a_recount(history: list[tuple[int, str, int, int | None]]) -> None:
    """After any number of changes of standing, size and slot every counter is what counting the bookings gives."""
    roster = Roster("s@2026-12-01T10:00", "attendee", "s", NOW, 5, reserve=1)
    rows: dict[int, BookingRow] = {}
    for number, standing, size, wanted in history:
        before = rows.get(number)
        others = [each for at, each in rows.items() if at != number]
        # a slot is given once; which one is free is the decision's to know
        slot = None if wanted in {each.slot for each in others if each.standing in TAKEN} else wanted
        row = before or booking(str(number), roster.last + 1)
        after = attrs.evolve(row, standing=standing, size=size, slot=slot)
        roster = roster.moving(before, after)
        rows[number] = after
        counted = recounted(list(rows.values()))
        assert {name: getattr(roster, name) for name in counted} == counted
        assert roster.free() == 5 - 1 - roster.held
        assert (roster.capacity, roster.reserve) == (5, 1)
