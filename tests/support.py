"""What the tests share: a clock one can set, small hubs, and short ways to say things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from innovationhub import (
    BookingPolicy,
    Catalogue,
    Hub,
    HubSettings,
    Person,
    Recurrence,
    Role,
    Series,
    SessionType,
    Settings,
    WaitlistPolicy,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TASTER = "taster@2026-12-01T10:00"
"""The first session of the series that `small_hub` puts on."""

ONLY_BUILT_IN = Settings(discover=False)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **much: float) -> None:
        """Let time go by, in the words of `timedelta`."""
        self.now += timedelta(**much)


def session_type(
    key: str = "taster",
    capacity: int | None = 2,
    *,
    minutes: int = 60,
    access: str = "book",
    roles: Iterable[Role] | None = None,
    booking: BookingPolicy | None = None,
    limit: int | None = None,
) -> SessionType:
    """A session type with one role of so many seats."""
    return SessionType(
        key,
        key.replace("-", " ").title(),
        minutes,
        access,
        roles=tuple(roles or [Role(capacity=capacity)]),
        booking=booking or BookingPolicy(),
        waitlist=WaitlistPolicy(limit=limit),
    )


def weekly(
    key: str = "taster", start: str = "2026-12-01T10:00", *, kind: str = "", zone: str = "Europe/London"
) -> Series:
    """A weekly series that begins then, local time."""
    return Series(key, kind or key, Recurrence.weekly(datetime.fromisoformat(start), zone=zone), "Room 1")


def people(hub: Hub, *names: str) -> list[str]:
    """Make these people known, and return their ids."""
    for name in names:
        hub.add_person(Person(name, f"Name of {name}", f"{name}@nhs.example"))
    return list(names)


def crowd(hub: Hub, count: int, prefix: str = "p") -> list[str]:
    """So many people: p0, p1 and so on."""
    return people(hub, *(f"{prefix}{number}" for number in range(count)))


def small_hub(
    url: str | Path = "memory:",
    *,
    clock: Callable[[], datetime] | None = None,
    types: Iterable[SessionType] | None = None,
    series: Iterable[Series] | None = None,
    hub: HubSettings | None = None,
    plugins: Iterable[object] = (),
    settings: Settings = ONLY_BUILT_IN,
) -> Hub:
    """A hub with a weekly taster of two seats, Tuesdays at ten, unless told otherwise."""
    address = f"sqlite:///{url}" if isinstance(url, Path) else url
    opened = Hub.open(address, clock=clock or Clock(), settings=settings, plugins=plugins)
    opened.load_catalogue(
        Catalogue(
            hub or HubSettings(),
            tuple(types if types is not None else [session_type()]),
            tuple(series if series is not None else [weekly()]),
        )
    )
    return opened
