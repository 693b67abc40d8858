"""A hub that is audited after every step, and session types for the scenarios of a booking's whole life."""

from __future__ import annotations

from typing import Any, cast

import pytest

from innovationhub import BookingPolicy, Hub, Refused, Role, SessionType, WaitlistPolicy

__all__ = ["audited", "codes_of", "held", "kind", "names", "noted", "statuses", "waits"]


class _Audited:
    """Passes everything on to a hub, and audits it after every command."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._hub, name)
        if not callable(value) or name in {"audit", "journal"}:
            return value

        def step(*args: Any, **options: Any) -> Any:
            try:
                return value(*args, **options)
            finally:
                assert self._hub.audit() == [], name

        return step


def audited(hub: Hub) -> Hub:
    """The same hub, which audits itself after everything that is asked of it, refusals too."""
    return cast("Hub", _Audited(hub))


def kind(key: str = "taster", capacity: int | None = 1, **options: Any) -> SessionType:
    """A session type of one role with so many seats; `waitlist` and `booking` are given as their fields."""
    options.setdefault("roles", (Role(capacity=capacity),))
    options["waitlist"] = WaitlistPolicy(**options.get("waitlist", {}))
    options["booking"] = BookingPolicy(**options.get("booking", {}))
    return SessionType(key, key.replace("-", " ").title(), options.pop("minutes", 60), **options)


def codes_of(refused: pytest.ExceptionInfo[Refused]) -> tuple[str, ...]:
    """The codes of a refusal."""
    return refused.value.codes


def statuses(hub: Hub, *ids: str) -> list[str]:
    """How these bookings stand."""
    return [str(hub.booking(id).status) for id in ids]


def held(hub: Hub, session: str, role: str | None = None) -> list[str]:
    """Who has a place in a session, in order."""
    return [booking.person_id for booking in hub.roster(session, role)]


def waits(hub: Hub, session: str, role: str | None = None) -> list[str]:
    """Who waits for a session, in order."""
    return [booking.person_id for booking in hub.waitlist(session, role)]


def noted(hub: Hub, kind_: str, subject: str | None = None) -> list[str]:
    """The subjects of the journal's entries of one kind, in order."""
    found = [entry for entry in hub.journal(limit=100_000) if entry.kind == f"booking.{kind_}"]
    return [entry.subject for entry in found if subject in {None, entry.subject}]


def names(hub: Hub, subject: str) -> list[str]:
    """The kinds of the journal's entries about one subject, in order."""
    return [entry.kind for entry in hub.journal(limit=100_000) if entry.subject == subject]
