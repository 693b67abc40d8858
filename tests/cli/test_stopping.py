"""Stopping by a signal: noted while it matters, and otherwise as it was."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

from innovationhub.cli.stopping import stopped_by_signals


def test_a_signal_is_noted_and_then_does_what_it_did_before() -> None:
    """Within, it sets the event and interrupts nothing; afterwards the handler of before is back."""
    came: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: came.append(number))
    try:
        with stopped_by_signals(signal.SIGTERM) as stopped:
            assert not stopped.is_set()
            os.kill(os.getpid(), signal.SIGTERM)
            assert stopped.is_set()
        assert came == []
        os.kill(os.getpid(), signal.SIGTERM)
        assert came == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_another_thread_signals_are_somebody_elses() -> None:
    """Only the main thread may handle them: there it is an event like any other."""

    def within() -> bool:
        with stopped_by_signals(signal.SIGTERM) as stopped:
            return stopped.is_set()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(within).result() is False
