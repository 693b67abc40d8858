"""Tick looks at levels: it goes on with what is due or owed, a bounded number at a time, however many run it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from innovationhub import BookingStatus, Hub, Invalid, OnLapse, Promote, Role, SessionType, WaitlistPolicy
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, small_hub, weekly


def offering(on_lapse: OnLapse = OnLapse.LEAVE, capacity: int = 1) -> SessionType:
    """A taster whose queue is offered what comes free, for eight working hours."""
    policy = WaitlistPolicy(promote=Promote.OFFER, on_lapse=on_lapse)
    return SessionType("taster", "Taster", roles=[Role(capacity=capacity)], waitlist=policy)


def with_offers(hub: Hub, number: int) -> None:
    """So many offers out, on as many dates, with somebody behind each."""
    persons = crowd(hub, 3)
    start = date(2026, 12, 8)
    for view in hub.calendar(start, start + timedelta(weeks=number)):
        held = hub.book(view.id, persons[0])
        hub.book(view.id, persons[1])
        hub.book(view.id, persons[2])
        hub.cancel(held.id)


def kinds(hub: Hub, kind: str) -> list[str]:
    """The subjects of the journal's entries of a kind, in order."""
    return [entry.subject for entry in hub.journal(limit=10_000) if entry.kind == kind]


def test_an_offer_lapses_once_however_many_tick(tmp_path: Path) -> None:
    """Several hubs on one file tick at the same moment: each offer lapses once, and goes to the next once."""
    clock = Clock()
    hub = small_hub(tmp_path / "hub.db", clock=clock, types=[offering()])
    with_offers(hub, 6)
    clock.pass_by(days=4)
    others = [small_hub(tmp_path / "hub.db", clock=clock, types=[offering()]) for _ in range(3)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Hub.tick, [hub, *others]))
    lapsed = kinds(hub, "booking.lapsed")
    assert len(lapsed) == len(set(lapsed)) == 6
    offered = kinds(hub, "booking.offered")
    assert len(offered) == len(set(offered)) == 12
    assert hub.audit() == []
    assert hub.tick().complete
    for each in (hub, *others):
        each.close()


def test_a_tick_is_bounded_and_says_what_is_left(make_hub: MakeHub) -> None:
    """With a limit of one, one timer is looked at; the report says that there is more, and the next goes on."""
    clock = Clock()
    hub = make_hub(clock=clock, types=[offering()])
    with_offers(hub, 3)
    clock.pass_by(days=4)
    seen: list[int] = []
    complete = False
    while not complete and len(seen) < 20:
        complete = hub.tick(limit=1).complete
        seen.append(len(kinds(hub, "booking.lapsed")))
    assert seen[:3] == [1, 2, 3]
    assert complete
    with pytest.raises(Invalid):
        hub.tick(limit=0)


def test_a_tick_with_nothing_to_do_writes_nothing(make_hub: MakeHub) -> None:
    """It may run every minute: at rest it leaves the store as it was."""
    hub = make_hub(types=[offering()])
    hub.tick()
    before = len(hub.journal(limit=10_000))
    report = hub.tick()
    assert report.complete
    assert (report.timers, report.rosters, report.sessions, report.reviewed) == (0, 0, 0, 0)
    assert len(hub.journal(limit=10_000)) == before


def test_who_missed_an_offer_is_seated_when_offers_are_no_longer_made(make_hub: MakeHub) -> None:
    """Nobody has to notice the hour: a timer calls for it, and the seat that stands free is given straight away."""
    clock = Clock()
    hub = make_hub(clock=clock, types=[offering(OnLapse.KEEP)], series=[weekly()])
    ada, bob = crowd(hub, 2)
    held, waits = hub.book(TASTER, ada), hub.book(TASTER, bob)
    hub.cancel(held.id)
    assert hub.booking(waits.id).status is BookingStatus.OFFERED
    clock.pass_by(days=3)
    hub.tick()
    assert hub.booking(waits.id).status is BookingStatus.WAITLISTED
    assert hub.explain(waits.id).reasons[0].code == "offer-lapsed"
    # the session is on Tuesday at ten: less than an hour of work is left once Tuesday's nine o'clock has struck
    clock.now = hub.session(TASTER).starts.replace(hour=9, minute=1)
    assert hub.tick().timers == 1
    assert hub.booking(waits.id).status is BookingStatus.CONFIRMED
