"""Stopping when asked: SIGTERM and SIGINT end a run between two steps, and nothing is left half done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from types import FrameType

__all__ = ["stopped_by_signals"]


@contextmanager
def stopped_by_signals(*numbers: signal.Signals) -> Iterator[Event]:
    """An event that is set once one of these signals has come; then the signals do again what they did before."""
    stopped = Event()
    if current_thread() is not main_thread():
        yield stopped  # signals reach the main thread alone: whoever runs us elsewhere stops us otherwise
        return

    def note(number: int, frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
