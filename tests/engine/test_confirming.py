"""A store that can say what lasts is asked before an answer is repeated, or a lost one is found out."""

from __future__ import annotations

import pytest

from innovationhub import Hub, Person, Unavailable
from innovationhub.builtin.memory import MemoryStore
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit, SupportsConfirm
from tests.support import Clock


class Alone(MemoryStore):
    """A store whose standby may be out of reach: what is in it can be read, and is nowhere else."""

    def __init__(self) -> None:
        super().__init__(CORE_RECORDS)
        self.reached, self.answers = True, True
        self.asked = 0

    def confirm(self) -> None:
        self.asked += 1
        if not self.reached:
            raise Unavailable("no standby has confirmed it")

    def commit(self, commit: Commit) -> int:
        done = super().commit(commit)
        if not self.answers:
            raise Unavailable("the answer was lost", outcome_known=False)
        return done


def told(hub: Hub) -> str:
    with pytest.raises(Unavailable) as error:
        hub.add_person(Person("ada"), request_id="mine")
    assert (error.value.outcome_known, error.value.request_id) == (False, "mine")
    return str(error.value)


@pytest.fixture
def store() -> Alone:
    return Alone()


@pytest.fixture
def hub(store: Alone) -> Hub:
    assert isinstance(store, SupportsConfirm)
    return Hub(store, load(discover=False), Clock())


def test_an_answer_is_repeated_only_of_what_lasts(hub: Hub, store: Alone) -> None:
    """It can be read, and a failure could undo it: so the outcome is not known, until the store says that it lasts."""
    hub.add_person(Person("ada"), request_id="mine")
    assert store.asked == 0  # a commit that writes confirms itself
    store.reached = False
    assert "no standby" in told(hub)
    store.reached = True
    hub.add_person(Person("ada"), request_id="mine")
    assert store.asked == 2
    assert [each.kind for each in hub.journal()].count("person.added") == 1


def test_a_lost_answer_is_found_out_only_of_what_lasts(hub: Hub, store: Alone) -> None:
    """There is a receipt, and it says nothing yet."""
    store.answers, store.reached = False, False
    assert "the answer was lost" in told(hub)
    store.reached = True
    hub.add_person(Person("ada"), request_id="mine")
    assert [each.kind for each in hub.journal()].count("person.added") == 1


def test_a_lost_answer_is_found_out_where_it_lasts(hub: Hub, store: Alone) -> None:
    """Then the caller notices nothing."""
    store.answers = False
    hub.add_person(Person("ada"), request_id="mine")
    assert store.asked == 1
