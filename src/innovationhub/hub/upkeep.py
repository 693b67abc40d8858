"""The part of the face that keeps house: tick, audit, the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from innovationhub.courier import never
from innovationhub.domain.journal import Entry
from innovationhub.domain.views import TickReport, Violation
from innovationhub.errors import Invalid, Unavailable
from innovationhub.hub.auditing import audit
from innovationhub.hub.bookings import MOST_BOOKINGS
from innovationhub.hub.discovering import Discovering
from innovationhub.hub.keeping import tick
from innovationhub.hub.observing import tick_done, tick_failed

__all__ = ["Upkeep"]

MOST_IN_LMS = 25
"""Sessions that one tick looks at in the LMS: it answers about ten calls a second."""


class Upkeep(Discovering):
    """Keeping house."""

    def tick(self, *, limit: int = 100, stop: Callable[[], bool] = never) -> TickReport:
        """Go on with what time or an interruption has left to do, at most `limit` of each kind.

        Offers whose time is over, queues that are owed a look, sessions called off or closed and not settled, people
        who were passed over for a reason that may be gone, minimum numbers, reminders, what was kept long enough, what
        followers and channels have yet to be given, and a few sessions in the LMS where there is one. `stop` is asked
        between messages: once it says True the rest is left to the next tick. Safe to run at any time, from several
        processes at once. What cannot be gone on with now, as where a rule breaks, is gone past, and `complete` is
        False. Raises `Invalid`, and `Unavailable` where the store is out of reach. Commits.
        """
        began = time.monotonic()
        try:
            report = self._ticked(limit, stop)
        except Unavailable as error:
            tick_failed(error)
            raise
        tick_done(report, began)
        return report

    def _ticked(self, limit: int, stop: Callable[[], bool]) -> TickReport:
        report = tick(self._engine, self._courier, limit, stop)
        if self._lms is None or stop():
            return report
        lms = self.agree_with_lms(limit=min(limit, MOST_IN_LMS))
        return attrs.evolve(report, lms=lms, complete=report.complete and lms.complete)

    def audit(self) -> list[Violation]:
        """Check the invariants on the live data; empty when all is well. Reads everything, changes nothing."""
        return audit(self._engine)

    def journal(self, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """The journal's entries behind a position, in commit order, with opaque keys for people."""
        for name, value, low in (("after", after, 0), ("limit", limit, 1)):
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value < 2**62:
                raise Invalid(name, f"must be {low} or more; got {value!r}", value)
        return self._store.tail(after, min(limit, MOST_BOOKINGS))

    def now(self) -> datetime:
        """The instant by the hub's clock, in UTC."""
        return self._engine.now()
