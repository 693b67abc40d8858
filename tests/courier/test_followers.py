"""Followers: each at its own pace, each entry at least once, none in anybody's way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from innovationhub import Entry, Hub, Unavailable, hookimpl
from innovationhub.protocols.follower import Follower, Since
from tests.conftest import MakeHub
from tests.courier.post import ticked
from tests.support import ONLY_BUILT_IN, TASTER, Clock, crowd, session_type, small_hub


class Ledger:
    """A follower that writes down what it is told; it breaks as often as `breaks` says."""

    def __init__(self, since: Since = Since.BEGINNING, breaks: int = 0) -> None:
        self._since = since
        self.breaks = breaks
        self.seen: list[int] = []

    @property
    def since(self) -> Since:
        return self._since

    def follow(self, entries: Sequence[Entry]) -> None:
        if self.breaks:
            self.breaks -= 1
            raise RuntimeError("the warehouse of p0@nhs.example is shut")
        self.seen += [entry.position for entry in entries]

    @hookimpl
    def innovationhub_followers(self) -> dict[str, Follower]:
        return {"ledger": self}


def test_a_follower_gets_every_entry_once_and_in_order(make_hub: MakeHub) -> None:
    """From the beginning, however many there are, a bounded number at a time."""
    ledger = Ledger()
    hub = make_hub(plugins=[ledger], types=[session_type(capacity=5)])
    for person in crowd(hub, 20):
        hub.book(TASTER, person)
    ticked(hub)
    entries = hub.journal(limit=10_000)
    assert ledger.seen == [entry.position for entry in entries]
    assert [(each.name, each.behind) for each in hub.followers()] == [("ledger", 0)]


def test_one_that_begins_now_is_not_told_what_was(tmp_path: Path) -> None:
    """And one that is opened again goes on where it was."""
    path = tmp_path / "hub.db"
    hub = small_hub(path)
    hub.book(TASTER, *crowd(hub, 1))
    last = hub.journal(limit=10_000)[-1].position
    hub.close()
    ledger = Ledger(Since.NOW)
    hub = small_hub(path, plugins=[ledger])
    hub.book(TASTER, *crowd(hub, 1, "q"))
    ticked(hub)
    hub.close()
    hub = small_hub(path, plugins=[ledger])
    ticked(hub)
    assert ledger.seen == list(range(last + 1, hub.journal(limit=10_000)[-1].position + 1))
    hub.close()


def test_one_that_breaks_gets_the_same_again_later_and_holds_up_nobody(
    make_hub: MakeHub, clock: Clock
) -> None:
    """It is left alone for a while that grows; what it raised is named by its class, as it may name somebody."""
    ledger, other = Ledger(breaks=2), Ledger()

    class Other:
        @hookimpl
        def innovationhub_followers(self) -> dict[str, Follower]:
            return {"other": other}

    hub = make_hub(plugins=[ledger, Other()])
    hub.book(TASTER, *crowd(hub, 1))
    report = hub.tick()
    assert (report.complete, report.troubles) == (False, ("follower ledger: RuntimeError",))
    assert other.seen
    assert not ledger.seen
    assert hub.tick().troubles == ("follower ledger: RuntimeError",)
    assert ledger.breaks == 1  # left alone: it was not asked again yet
    stuck = next(each for each in hub.followers() if each.name == "ledger")
    assert (stuck.failures, stuck.why, stuck.behind > 0) == (1, "RuntimeError", True)
    clock.pass_by(hours=1)
    hub.tick()
    clock.pass_by(hours=1)
    ticked(hub)
    assert ledger.seen == other.seen


def test_a_hub_opens_on_a_store_that_can_only_be_read(tmp_path: Path) -> None:
    """Whoever is new to it begins with the first pass on one that can be written."""
    path, ledger = tmp_path / "hub.db", Ledger(Since.NOW)
    small_hub(path).close()
    with Hub.open(f"sqlite:///{path}?mode=ro", plugins=[ledger], settings=ONLY_BUILT_IN) as hub:
        assert hub.followers() == []
        assert hub.session(TASTER).places["attendee"].held == 0
        with pytest.raises(Unavailable):
            hub.tick()
    with small_hub(path, plugins=[ledger]) as hub:
        hub.book(TASTER, *crowd(hub, 1))
        ticked(hub)
    assert ledger.seen
