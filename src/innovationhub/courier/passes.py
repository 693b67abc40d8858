"""The courier's passes: what happened since goes to each follower, and what is due to whom it is for.

A pass is bounded. It may be stopped between any two steps, or die in one: whatever it had not noted is done again, by
itself or by another courier, under the same keys. Any number of couriers may run on one store.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from innovationhub.courier.report import CourierReport
from innovationhub.domain.deliveries import LEASE, Following, backoff
from innovationhub.domain.records import Key, Read
from innovationhub.domain.turning import CHANNEL, Begin, MoveOn
from innovationhub.engine import Engine
from innovationhub.errors import Unavailable
from innovationhub.protocols.follower import Follower, Since

if TYPE_CHECKING:
    # it makes messages, and the templates' library is loaded only where there are channels
    from innovationhub.courier.outbox import Outbox

__all__ = ["Courier", "never"]

PAGE = 500
"""Entries that a follower is handed at once."""

log = logging.getLogger("innovationhub.courier")


def never() -> bool:
    """Nobody asks to stop."""
    return False


class Courier:
    """Hands what happened to followers, and messages to channels."""

    def __init__(
        self, engine: Engine, followers: Mapping[str, Follower], outboxes: Mapping[str, Outbox]
    ) -> None:
        self._engine = engine
        self._followers = followers
        self._outboxes = outboxes
        self._turn = Lock()
        self._begun = False

    def begin(self) -> None:
        """Let whoever is new begin: a channel with what happens from now on. Commits.

        A store that can only be read, or is out of reach, is no reason not to open a hub: the next pass begins.
        """
        with suppress(Unavailable):
            self._begin()

    def _begin(self) -> None:
        wanted = {CHANNEL + name: False for name in self._outboxes}
        wanted |= {name: each.since is Since.BEGINNING for name, each in self._followers.items()}
        keys = tuple(Key(Following, (name,)) for name in wanted)
        rows = self._engine.store.read(Read(keys))
        for name, beginning in wanted.items():
            if rows.get(Following, name) is None:
                self._engine.run(Begin(name=name, beginning=beginning), lambda _: None)
        self._begun = True

    def run(self, limit: int, stop: Callable[[], bool] = never) -> CourierReport:
        """One pass: at most `limit` pages of entries and `limit` messages for each. Commits, in many steps.

        Raises `Unavailable` where the store is out of reach. What a channel or a follower raises is in the report.
        """
        # channels and followers are called from one thread at a time. The wait is bounded: a fork may copy a lock that
        # nobody in the child will ever release
        if not self._turn.acquire(timeout=LEASE.total_seconds()):
            return CourierReport(complete=False, troubles=("another courier of this process is at work",))
        try:
            if not self._begun:
                self._begin()
            report = CourierReport()
            for name, follower in self._followers.items():
                report += self._follow(name, follower, limit, stop)
            for outbox in self._outboxes.values():
                report += outbox.run(limit, stop)
            return report
        finally:
            self._turn.release()

    def close(self) -> None:
        """Let go of the channels' connections."""
        for name, outbox in self._outboxes.items():
            try:
                outbox.channel.close()
            except Exception as error:  # noqa: BLE001  # a channel's fault on the way out is nobody else's
                log.warning("channel.close-failed", extra={"channel": name, "error": type(error).__name__})

    def _follow(self, name: str, follower: Follower, limit: int, stop: Callable[[], bool]) -> CourierReport:
        for _ in range(limit):
            cursor = self._engine.store.read(Read((Key(Following, (name,)),))).get(Following, name)
            if cursor is None or stop():
                return CourierReport(complete=cursor is not None)
            if cursor.due is not None and self._engine.now() < cursor.due:
                return CourierReport(complete=False, troubles=(f"follower {name}: {cursor.why}",))
            entries = self._engine.store.tail(cursor.position, PAGE)
            if not entries:
                return CourierReport()
            why = ""
            try:
                follower.follow(entries)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001  # a follower's fault is its own, and nobody else's
                why = type(error).__name__  # what it says may hold anything
                log.warning("follower.failed", extra={"follower": name, "error": why})
            wait = backoff(cursor.failures + 1, random.random())  # noqa: S311  # to spread, not to hide
            upto = entries[-1].position
            self._engine.run(
                MoveOn(name=name, position=cursor.position, upto=upto, why=why, wait=wait), lambda _: None
            )
            if why:
                return CourierReport(failed=1, complete=False, troubles=(f"follower {name}: {why}",))
        return CourierReport(complete=False)
