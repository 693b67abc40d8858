"""Minimum numbers: at a deadline before the start the team is told, once, with what could be done."""

from __future__ import annotations

from datetime import UTC, datetime

from innovationhub import Hub, Role
from tests.audited import audited, held, kind
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, weekly

LATER = "taster@2026-12-08T10:00"
DEADLINE = datetime(2026, 11, 29, 10, tzinfo=UTC)


def taster(make_hub: MakeHub, minimum: int = 3, hours: int = 48) -> Hub:
    role = Role(capacity=5, minimum=minimum, minimum_hours=hours)
    return audited(make_hub(types=[kind(roles=(role,))]))


def reported(hub: Hub) -> list[str]:
    return [entry.subject for entry in hub.journal() if entry.kind == "session.below-minimum"]


def test_said_once_when_the_deadline_passes(make_hub: MakeHub, clock: Clock) -> None:
    """Not before, then once, with how many there are and how many it takes; never again for that session."""
    hub = taster(make_hub)
    for person in crowd(hub, 2):
        hub.book(TASTER, person)
    clock.now = DEADLINE.replace(minute=0, hour=9)
    assert hub.tick().below_minimum == ()
    clock.now = DEADLINE.replace(minute=1)
    assert hub.tick().below_minimum == (TASTER,)
    assert hub.tick().below_minimum == ()
    clock.pass_by(days=1)
    assert hub.tick().below_minimum == ()
    (entry,) = [entry for entry in hub.journal() if entry.kind == "session.below-minimum"]
    assert (entry.facts["held"], entry.facts["minimum"], entry.facts["role"]) == (2, 3, "attendee")


def test_a_session_that_has_enough_is_not_reported(make_hub: MakeHub, clock: Clock) -> None:
    """Who waits does not count, who is booked does."""
    hub = taster(make_hub)
    for person in crowd(hub, 3):
        hub.book(TASTER, person)
    hub.tick()
    clock.now = DEADLINE.replace(minute=1)
    assert hub.tick().below_minimum == ()
    assert reported(hub) == []


def test_a_session_that_nobody_booked_is_reported_too(make_hub: MakeHub, clock: Clock) -> None:
    """It is in the calendar, so the team counts on it; each session at its own deadline."""
    hub = taster(make_hub)
    hub.tick()
    clock.now = DEADLINE.replace(minute=1)
    assert hub.tick().below_minimum == (TASTER,)
    clock.pass_by(days=7)
    assert hub.tick().below_minimum == (LATER,)
    assert reported(hub) == [TASTER, LATER]


def test_several_deadlines_between_two_ticks(make_hub: MakeHub, clock: Clock) -> None:
    """A tick that comes late catches up on what has not started yet, each once."""
    hub = taster(make_hub, hours=24 * 20)
    hub.tick()
    clock.pass_by(days=5)
    found = hub.tick().below_minimum
    assert len(set(found)) == len(found) >= 1


def test_what_could_be_done(make_hub: MakeHub) -> None:
    """Calling off, merging into another date, each as a plan of its own; going ahead is doing nothing."""
    hub = taster(make_hub)
    (ada,) = people(hub, "ada")
    hub.book(TASTER, ada)
    (short,) = hub.shortfall(TASTER)
    assert (short.role, short.held, short.minimum) == ("attendee", 1, 3)
    assert [effect.person_id for effect in short.call_off.of("cancelled")] == [ada]
    assert [effect.person_id for effect in short.merges[0].of("transferred")] == [ada]
    hub.apply(short.merges[0])
    assert held(hub, LATER) == [ada]
    assert hub.session(TASTER).status == "called-off"


def test_nothing_is_short_where_there_are_enough(make_hub: MakeHub) -> None:
    """No shortfall, and none for a role without a minimum."""
    hub = taster(make_hub, 1)
    hub.book(TASTER, crowd(hub, 1)[0])
    assert hub.shortfall(TASTER) == []


def test_registrations_count_on_every_date(make_hub: MakeHub, clock: Clock) -> None:
    """A set of three registered meets its minimum of three, but not on a date for which one apologised."""
    role = Role(capacity=5, minimum=3)
    hub = audited(make_hub(types=[kind("set", roles=(role,), access="register")], series=[weekly("set")]))
    for person in crowd(hub, 3):
        hub.register("set", person)
    hub.apologise("set@2026-12-08T10:00", "p0")
    hub.tick()
    clock.now = DEADLINE.replace(minute=1)
    assert hub.tick().below_minimum == ()
    clock.pass_by(days=7)
    assert hub.tick().below_minimum == ("set@2026-12-08T10:00",)
