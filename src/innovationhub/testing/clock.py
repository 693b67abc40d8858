"""A clock for tests that stands until it is moved: what a test says about time does not depend on when it runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from innovationhub.domain.time import instant, utc

__all__ = ["FakeClock"]

MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""A Tuesday in winter, when London's clocks show UTC."""


class FakeClock:
    """A clock that stands until it is moved: `Hub.open(url, clock=FakeClock())`.

    It begins on Tuesday 24 November 2026 at nine unless told otherwise. Instants are aware.
    """

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = utc(instant("now", now))

    def __call__(self) -> datetime:
        """The instant it shows, in UTC."""
        return self._now

    @property
    def now(self) -> datetime:
        """The instant it shows, in UTC."""
        return self._now

    def set(self, now: datetime) -> datetime:
        """Show another instant, earlier ones too: clocks of real machines are set back. Raises `Invalid`."""
        self._now = utc(instant("now", now))
        return self._now

    def advance(self, **much: float) -> datetime:
        """Let time go by, in the words of `timedelta`: `clock.advance(hours=2)`. Gives the new instant."""
        return self.set(self._now + timedelta(**much))
