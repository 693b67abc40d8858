"""Tick looks at levels: it goes on with what is due or owed, a bounded number at a time, however many run it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import attrs
import pytest

from innovationhub import (
    BookingStatus,
    Case,
    Hub,
    Invalid,
    OnLapse,
    Promote,
    Role,
    Rule,
    SessionType,
    Verdict,
    WaitlistPolicy,
    hookimpl,
)
from innovationhub.domain.records import Read, Rows
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


def test_a_tick_gets_past_many_sessions_that_start_at_one_instant(make_hub: MakeHub) -> None:
    """The look at what comes goes on from where it stopped, also where more start at once than it takes in."""
    every = [weekly(f"at-once-{number}") for number in range(8)]
    hub = make_hub(
        types=[SessionType(each.key, each.key, roles=[Role(capacity=2)]) for each in every], series=every
    )
    for each, person in zip(every, crowd(hub, 8), strict=True):
        hub.book(f"{each.key}@2026-12-01T10:00", person)
    assert any(hub.tick(limit=1).complete for _ in range(12))


def test_a_rule_that_breaks_keeps_no_other_queue_waiting(make_hub: MakeHub) -> None:
    """Offers that cannot be gone on with stay where they are; the one behind them lapses to its next all the same."""
    rule, clock = Broken(), Clock()
    ruled = attrs.evolve(offering(), key="ruled", rules=("breaks",))
    hub = make_hub(clock=clock, types=[ruled, offering()], series=[weekly("ruled"), weekly()], plugins=[rule])
    persons = crowd(hub, 9)
    for id, at in (("ruled@2026-12-01T10:00", 0), ("ruled@2026-12-08T10:00", 3), (TASTER, 6)):
        first, *_ = [hub.book(id, person) for person in persons[at : at + 3]]
        hub.cancel(first.id)
        clock.pass_by(minutes=5)
    rule.broken = True
    clock.pass_by(days=4)
    assert not hub.tick(limit=1).complete
    assert len(kinds(hub, "booking.lapsed")) == 1
    assert [booking.status for booking in hub.bookings_of("p8")] == ["offered"]


class Broken:
    """A plugin with one rule, which allows everybody until it breaks."""

    broken = False

    @hookimpl
    def innovationhub_rules(self) -> Mapping[str, Rule]:
        return {"breaks": self}

    def needs(self, case: Case) -> Read:
        return Read()

    def judge(self, rows: Rows, case: Case) -> Verdict:
        if self.broken:
            raise RuntimeError("the directory does not answer")
        return Verdict(True)
