"""A priority rule: who goes first, how often in a row, and that a long queue does not stop it."""

from __future__ import annotations

import attrs
import pytest

from innovationhub import Hub, Role, WaitlistPolicy
from tests.support import TASTER, Clock, crowd, session_type, small_hub

NEXT = "taster@2026-12-08T10:00"


def in_turn(regulars: int, newcomers: int) -> tuple[Hub, list[str]]:
    """Who has a place after each of seven cancellations: regulars wait first, newcomers behind them, for one seat."""
    clock = Clock()
    type_ = attrs.evolve(
        session_type("taster", roles=[Role(capacity=1), Role("before", capacity=100)]),
        waitlist=WaitlistPolicy(priority="first-timers"),
    )
    hub = small_hub(clock=clock, types=[type_])
    old, new = crowd(hub, regulars, "old"), crowd(hub, newcomers, "new")
    for person in old:
        hub.check_in(TASTER, person, "before")
    clock.pass_by(days=7, hours=3)
    hub.close_register(TASTER)
    first = hub.book(NEXT, *crowd(hub, 1, "first"), role="attendee")
    for person in [*old, *new]:
        assert hub.book(NEXT, person, role="attendee").status == "waitlisted"
    turns: list[str] = []
    for _ in range(min(7, regulars + newcomers)):
        hub.cancel(first.id)
        (first,) = hub.roster(NEXT, "attendee")
        turns.append(first.person_id)
    return hub, turns


def test_those_whom_the_rule_allows_go_first_three_times_in_a_row() -> None:
    """Then the head of the queue is next, so that nobody starves; within each kind the order is kept."""
    hub, turns = in_turn(regulars=2, newcomers=6)
    assert turns == ["new0", "new1", "new2", "old0", "new3", "new4", "new5"]
    passed = hub.explain(hub.waitlist(NEXT, "attendee")[0].id).passed
    assert [each.code for each in passed] == ["priority"]
    assert hub.audit() == []


@pytest.mark.parametrize("regulars", [0, 11, 40])
def test_a_long_queue_does_not_stop_it(regulars: int) -> None:
    """Among the first twelve of the queue one is chosen, at once, however many wait."""
    hub, turns = in_turn(regulars, newcomers=12)
    assert len(set(turns)) == 7
    assert turns[0] == ("old0" if regulars == 40 else "new0")
    assert hub.tick().complete
    assert hub.audit() == []
