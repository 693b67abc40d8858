"""A small hub in which every policy is at work, on two Tuesdays: what the wide machine plays with."""

from __future__ import annotations

from datetime import UTC, datetime

from innovationhub import (
    Apologies,
    BookingPolicy,
    Groups,
    OnIneligible,
    OnLapse,
    Promote,
    Role,
    Series,
    SessionType,
    Slots,
    WaitlistPolicy,
)
from tests.support import weekly

DATES = ("2026-12-01", "2026-12-08")
STARTS = {
    "plain": "10:00",
    "free": "10:10",
    "set": "10:20",
    "fill": "10:30",
    "offer": "11:00",
    "back": "11:15",
    "ask": "12:00",
    "stall": "13:00",
    "month": "14:00",
    "door": "15:00",
    "leave": "15:30",
}


def _type(
    key: str,
    capacity: int | None = None,
    *,
    roles: tuple[Role, ...] = (),
    access: str = "book",
    approval: bool = False,
    rules: tuple[str, ...] = (),
    booking: BookingPolicy | None = None,
    waitlist: WaitlistPolicy | None = None,
    apologies: Apologies = Apologies.KEEP,
    on_ineligible: OnIneligible = OnIneligible.KEEP,
) -> SessionType:
    return SessionType(
        key,
        key.title(),
        60,
        access,
        approval=approval,
        rules=rules,
        roles=roles or (Role(capacity=capacity),),
        booking=booking or BookingPolicy(),
        waitlist=waitlist or WaitlistPolicy(),
        apologies=apologies,
        on_ineligible=on_ineligible,
    )


STALL = (
    Role("showcase", capacity=1),
    Role("visitor", capacity=2),
    Role("one-to-one", requires="visitor", slots=Slots(minutes=20, count=2, after=True)),
)

TYPES = (
    _type("plain", 2),
    _type("free", 1, booking=BookingPolicy(overlaps=True), waitlist=WaitlistPolicy(limit=1)),
    _type("set", 2, access="register", apologies=Apologies.LEND),
    _type("fill", 3, waitlist=WaitlistPolicy(groups=Groups.FILL)),
    _type("offer", 1, waitlist=WaitlistPolicy(promote=Promote.OFFER, offer_hours=4)),
    _type("back", 2, waitlist=WaitlistPolicy(promote=Promote.OFFER, offer_hours=2, on_lapse=OnLapse.BACK)),
    _type(
        "leave", 1, waitlist=WaitlistPolicy(promote=Promote.OFFER, on_lapse=OnLapse.LEAVE, groups=Groups.FILL)
    ),
    _type("ask", 1, approval=True, waitlist=WaitlistPolicy(limit=2)),
    _type("stall", roles=STALL),
    _type("month", 2, rules=("at-most-a-month:1",)),
    _type(
        "door",
        access="drop-in",
        roles=(Role(capacity=2, reserve=1),),
        booking=BookingPolicy(closes_minutes=30),
    ),
)

SERIES: tuple[Series, ...] = tuple(weekly(key, f"{DATES[0]}T{at}") for key, at in STARTS.items())

SESSIONS = tuple(f"{key}@{day}T{at}" for day in DATES for key, at in STARTS.items())
ROSTERS = (
    *(
        (session, role.key)
        for session in SESSIONS
        for type_ in TYPES
        if type_.key == session.partition("@")[0]
        for role in type_.roles
    ),
    ("set", "attendee"),
)

TYPE_OF = {type_.key: type_ for type_ in TYPES}


def start_of(session: str) -> datetime:
    """When a session begins by its id: London keeps UTC in winter."""
    return datetime.fromisoformat(session.partition("@")[2]).replace(tzinfo=UTC)
