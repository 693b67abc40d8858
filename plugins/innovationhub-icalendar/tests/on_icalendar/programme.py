"""A hub with something of everything on, for the page and the JSON to show."""

from __future__ import annotations

from datetime import UTC, datetime

from innovationhub import (
    Audience,
    BookingPolicy,
    CallOff,
    Hub,
    Move,
    Recurrence,
    Role,
    Series,
    SessionType,
    WaitlistPolicy,
)
from on_icalendar.conftest import MakeHub
from tests.support import crowd, people, session_type, weekly

TASTER = "taster@2026-12-01T10:00"

TYPES = (
    session_type(),
    session_type("small", 1, limit=0),
    session_type("drop-in", 4, access="drop-in"),
    session_type("circle", 3, access="register"),
    SessionType(
        "market",
        "Market",
        120,
        description="A marketplace.\nBring a friend.",
        audience=Audience("Everybody who improves something"),
        roles=(
            Role("showcase", "Show something", 3),
            Role("visitor", "Come and see"),
            Role("jury", invited=True),
        ),
    ),
    session_type("late", booking=BookingPolicy(opens_days=3)),
    SessionType("made", "Made to Measure", 180, "request", description="Ask us."),
    SessionType("team", "Team Away", private=True, waitlist=WaitlistPolicy()),
)


def full_hub(make_hub: MakeHub) -> Hub:
    """Sessions of every kind: open, few left, full, called off, moved, at a weekend, not open yet, private."""
    once = Recurrence.once
    hub = make_hub(
        types=TYPES,
        series=(
            weekly(),
            Series("small", "small", once(datetime(2026, 12, 2, 9)), "Room 1"),
            Series("drop-in", "drop-in", once(datetime(2026, 12, 3, 12)), "Room 1"),
            Series("circle", "circle", Recurrence.weekly(datetime(2026, 12, 2, 14)), "Room 2"),
            Series("market", "market", once(datetime(2026, 12, 5, 22, 30)), "Hall"),
            Series("late", "late", once(datetime(2026, 12, 20, 9)), ""),
            Series("team", "team", once(datetime(2026, 12, 4, 9)), "Elsewhere"),
        ),
    )
    people(hub, "ann")
    for person in crowd(hub, 3):
        hub.book(TASTER, person)
    hub.book("small@2026-12-02T09:00", "ann")
    hub.book("team@2026-12-04T09:00", "ann")
    hub.register("circle", "p0")
    hub.apply(hub.plan(CallOff("taster@2026-12-08T10:00")))
    hub.apply(hub.plan(Move("taster@2026-12-15T10:00", starts=datetime(2026, 12, 16, 10, tzinfo=UTC))))
    return hub
