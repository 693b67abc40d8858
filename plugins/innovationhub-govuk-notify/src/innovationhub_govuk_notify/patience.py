"""Work that is given up when it takes too long: what the network's own limits do not bound.

A limit on each wait for bytes is not one on the whole answer, and looking up a name has none at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread
from typing import Any

__all__ = ["Overdue", "Patience"]

MOST_LEFT = 4
"""Pieces of work given up that may still be under way before no other is begun."""


class Overdue(Exception):  # handled by the channel
    """It took too long. `begun` is False where it was not begun, since too many before it have not come back."""

    def __init__(self, begun: bool) -> None:
        super().__init__("took too long")
        self.begun = begun


class _Call(Thread):
    """One piece of work; a daemon, so that one that never comes back does not keep the process from ending."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True, name="govuk-notify")
        self._work = work
        self.answer: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.answer = self._work()
        except BaseException as error:  # noqa: BLE001  # handed on to the caller as it is
            self.error = error


class Patience:
    """Does one piece of work after another, each in a thread of its own that is left behind when it is overdue."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left: list[_Call] = []

    def call(self, work: Callable[[], Any]) -> Any:
        """What `work` answers or raises. Raises `Overdue`."""
        self._left = [each for each in self._left if each.is_alive()]
        if len(self._left) >= MOST_LEFT:
            raise Overdue(begun=False)
        call = _Call(work)
        call.start()
        call.join(self.seconds)
        if call.is_alive():
            self._left.append(call)
            raise Overdue(begun=True)
        if call.error is not None:
            raise call.error
        return call.answer


class _Discreet(logging.Filter):
    """Takes what Notify says out of its client's warnings, which may repeat a value that it was sent.

    Only for what is called from here: others in the process may use the client, and log what they like.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.threadName == "govuk-notify" and isinstance(record.args, tuple):
            # the method, the address without what was asked, and the status or the time it took
            record.args = (*record.args[:3], *("" for _ in record.args[3:]))
        return True


logging.getLogger("notifications_python_client.base").addFilter(_Discreet())
