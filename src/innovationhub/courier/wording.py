"""Dates and times as people read them: "Tuesday 1 December 2026", "10am to 11:30am" (NHS digital service manual)."""

from __future__ import annotations

from datetime import datetime

__all__ = ["clock", "day", "span"]

NOON = 12


def day(value: datetime) -> str:
    """The day of an instant in its own zone, such as "Tuesday 1 December 2026"."""
    return f"{value:%A} {value.day} {value:%B %Y}"


def clock(value: datetime) -> str:
    """The time of day in its own zone, such as "10am", "2:30pm", "midday"."""
    if value.minute == 0 and value.hour in {0, NOON}:
        return "midday" if value.hour else "midnight"
    minutes = f":{value:%M}" if value.minute else ""
    return f"{(value.hour - 1) % NOON + 1}{minutes}{'pm' if value.hour >= NOON else 'am'}"


def span(starts: datetime, ends: datetime) -> str:
    """From when until when, such as "Tuesday 1 December 2026, 10am to 11am"."""
    if starts.date() == ends.date():
        return f"{day(starts)}, {clock(starts)} to {clock(ends)}"
    return f"{day(starts)}, {clock(starts)} to {day(ends)}, {clock(ends)}"
