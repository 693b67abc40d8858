"""Stopping when asked: SIGTERM and SIGINT end a run between two steps, and nothing is left half done."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

__all__ = ["Stopping", "stopped_by_signals"]

SLICE = 0.2
"""Seconds for which a wait does not look whether it is to end."""


class Stopping:
    """Whether somebody asked to stop.

    A plain flag: an `Event` has a lock, which a signal that comes while it is held would wait for, for ever.
    """

    def __init__(self) -> None:
        self._asked = False

    def ask(self) -> None:
        """Ask to stop."""
        self._asked = True

    def is_set(self) -> bool:
        """Whether somebody asked."""
        return self._asked

    def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody asks."""
        until = time.monotonic() + seconds
        while not self._asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(SLICE, left))


@contextmanager
def stopped_by_signals(*numbers: signal.Signals) -> Iterator[Stopping]:
    """A flag that is set once one of these signals has come; then the signals do again what they did before."""
    stopped = Stopping()
    if current_thread() is not main_thread():
        yield stopped  # signals reach the main thread alone: whoever runs us elsewhere stops us otherwise
        return

    def note(number: int, frame: FrameType | None) -> None:
        stopped.ask()

    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
