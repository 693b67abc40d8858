"""What a calendar knows a session by, wherever it hears of it: UID and RECURRENCE-ID."""

from __future__ import annotations

import hashlib

__all__ = ["event_uid"]


def event_uid(series_id: str, secret: str) -> str:
    """The UID of a series in this hub and no other: `<series>.<12 hex of the hub>@innovationhub`."""
    return f"{series_id}.{hashlib.sha256(secret.encode()).hexdigest()[:12]}@innovationhub"
