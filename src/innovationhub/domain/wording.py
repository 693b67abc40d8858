"""How instants and counts are said in sentences for people: plain English, in the hub's local time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

__all__ = ["all_taken", "count", "when"]


def when(value: datetime, where: ZoneInfo) -> str:
    """An instant on the hub's clock, such as "Tue 1 Dec 2026, 10:00"."""
    shown = value.astimezone(where)
    return f"{shown:%a} {shown.day} {shown:%b %Y, %H:%M}"


def count(number: int, one: str, many: str = "") -> str:
    """A number and its noun: "1 person", "3 people"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def all_taken(places: int) -> str:
    """That there is no room, without the full stop: "All 12 places are taken"."""
    return "The only place is taken" if places == 1 else f"All {count(places, 'place')} are taken"
