"""Quiet hours: nobody is written to unless it cannot wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from innovationhub import HubSettings, Move, QuietHours
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import TASTER, Clock, crowd

QUIET = HubSettings(quiet_hours=QuietHours("20:00", "08:00"))


@pytest.mark.parametrize(
    ("now", "sent_at"),
    [
        (datetime(2026, 11, 24, 19, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 20, 0, tzinfo=UTC), datetime(2026, 11, 25, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 7, 59, tzinfo=UTC), datetime(2026, 11, 25, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 8, 0, tzinfo=UTC), None),
    ],
)
def test_in_quiet_hours_nobody_is_written_to(
    make_hub: MakeHub, clock: Clock, now: datetime, sent_at: datetime | None
) -> None:
    """What came about then goes out when they are over, on the hub's own clock."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, hub=QUIET)
    clock.now = now
    hub.book(TASTER, *crowd(hub, 1))
    hub.tick()
    assert post.to("p0") == ([] if sent_at else ["confirmed"])
    if sent_at:
        (waits,) = hub.messages("waiting")
        assert waits.due == sent_at
        clock.now = sent_at
        hub.tick()
        assert post.to("p0") == ["confirmed"]


def test_what_cannot_wait_goes_out_in_quiet_hours(make_hub: MakeHub, clock: Clock) -> None:
    """A session at seven that is moved the evening before: by eight it would be too late to know."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, hub=QUIET)
    hub.book(TASTER, *crowd(hub, 1))
    ticked(hub)
    clock.now = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
    hub.apply(hub.plan(Move(TASTER, starts=datetime(2026, 12, 1, 7, 0, tzinfo=UTC))))
    hub.tick()
    assert post.to("p0") == ["confirmed", "moved"]
