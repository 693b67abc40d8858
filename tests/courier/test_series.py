"""What those registered for a series are told when the series itself changes."""

from __future__ import annotations

from datetime import datetime

import attrs

from innovationhub import Access, Catalogue, Hub, HubSettings, Recurrence, Reschedule, Series
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import people, session_type

SET = attrs.evolve(session_type("set"), access=Access.REGISTER)
FIRST = Recurrence.weekly(datetime(2026, 12, 3, 14), count=6)


def loaded(hub: Hub) -> None:
    """A series whose key is its type's too, as happens."""
    hub.load_catalogue(Catalogue(HubSettings(), (SET,), (Series("set", "set", FIRST),)))


def test_whoever_is_registered_is_told_of_new_dates(make_hub: MakeHub) -> None:
    """Though the last entry about the series' key was that its roster was opened, or about its type."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    loaded(hub)
    hub.register("set", *people(hub, "ada"))
    ticked(hub)
    later = Recurrence.weekly(datetime(2026, 12, 18, 11), count=3)
    hub.apply(hub.plan(Reschedule("set", datetime(2026, 12, 17, 14), later)))
    ticked(hub)
    assert post.to("ada") == ["confirmed", "changed"]
    assert hub.audit() == []


def test_whoever_is_away_on_a_date_does_not_have_it_in_their_calendar_again(make_hub: MakeHub) -> None:
    """Neither when the series changes, nor when the dates are still those of one rule."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    loaded(hub)
    hub.register("set", *people(hub, "ada"))
    hub.apologise("set@2026-12-10T14:00", "ada")
    ticked(hub)
    later = Recurrence.weekly(datetime(2026, 12, 18, 11), count=3)
    hub.apply(hub.plan(Reschedule("set", datetime(2026, 12, 17, 14), later)))
    ticked(hub)
    assert post.to("ada") == ["confirmed", "apology", "changed"]
    told = {str(message.kind): message.invitation for message in post.got}
    first, changed = told["confirmed"], told["changed"]
    assert first is not None
    assert changed is not None
    assert [f"{each:%d %b}" for each in first.excluded] == ["10 Dec"]
    assert [f"{each.starts:%d %b}" for each in changed.instances] == ["03 Dec", "18 Dec", "25 Dec", "01 Jan"]
