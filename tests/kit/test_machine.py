"""The hub machine runs as it is, can be extended, and finds a hub that breaks its promises."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from innovationhub import Catalogue, Hub, SessionType, WaitlistPolicy
from innovationhub.builtin.memory import MemoryStore
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit
from innovationhub.testing.clock import FakeClock
from innovationhub.testing.machine import HubMachine, people

quick = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
)


class Extended(HubMachine):
    """With a policy and a command of one's own."""

    booked_twice = 0

    def catalogue(self) -> Catalogue:
        plain = super().catalogue()
        types = tuple(attrs.evolve(each, waitlist=WaitlistPolicy(limit=1)) for each in plain.session_types)
        return attrs.evolve(plain, session_types=(*types, SessionType("extra", "Extra")))

    @rule(person=people)
    def book_and_cancel(self, person: str) -> None:
        made = self.attempt(lambda: self.hub.book(self.sessions[0], person))
        if made is not None:
            self.attempt(lambda: self.hub.cancel(made.id))
            type(self).booked_twice += 1


class Forgets(MemoryStore):
    """Loses one row of each commit that has many."""

    def commit(self, commit: Commit) -> int:
        few = attrs.evolve(commit, puts=commit.puts[:-3]) if len(commit.puts) > 5 else commit
        return super().commit(few)


class OnABrokenStore(HubMachine):
    def open_hub(self, clock: FakeClock) -> Hub:
        return Hub(Forgets(CORE_RECORDS), load(discover=False), clock)


def test_it_runs_as_it_is() -> None:
    """A hub in memory keeps what it promises, whatever is done."""
    run_state_machine_as_test(HubMachine, settings=quick)


def test_it_can_be_extended() -> None:
    """The rules and policies of a subclass join in."""
    run_state_machine_as_test(Extended, settings=quick)
    assert Extended.booked_twice


def test_it_finds_a_hub_that_breaks_its_promises() -> None:
    """A store that loses rows is noticed by what callers can see, or by audit."""
    with pytest.raises(BaseException, match=r"."):
        run_state_machine_as_test(OnABrokenStore, settings=quick)
