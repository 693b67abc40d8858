"""Two at once, from two hubs on one file: each consent counts, and an introduction is made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest

import innovationhub_community
from innovationhub import Hub, Refused
from innovationhub_community import Community, IntroductionState
from tests.support import Clock, people, small_hub

TIMES = 15


@pytest.fixture
def two(tmp_path: Path, clock: Clock) -> tuple[Hub, Hub]:
    hubs = tuple(
        small_hub(tmp_path / "hub.db", clock=clock, plugins=[innovationhub_community]) for _ in range(2)
    )
    people(hubs[0], "ada", "ben")
    return hubs[0], hubs[1]


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Do them in threads that start together; returns what was raised."""
    barrier, raised = Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        barrier.wait(30)
        try:
            act()
        except Refused as error:
            raised.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return raised


def test_of_two_consents_at_once_the_second_makes_it(two: tuple[Hub, Hub]) -> None:
    """Whichever that is: never neither, and never both."""
    one, other = (Community(hub) for hub in two)
    for _ in range(TIMES):
        id = one.introduce("ada", "ben", "Why not")
        assert at_once(lambda: one.consent(id, "ada"), lambda: other.consent(id, "ben")) == []  # noqa: B023  # done at once
        assert one.introduction(id, "ada").state is IntroductionState.MADE
        made = [each for each in two[0].journal(limit=10_000) if each.subject == id]
        assert [each.kind for each in made].count("community.introduction-made") == 1
    _close(two)


def test_a_consent_and_a_refusal_at_once(two: tuple[Hub, Hub]) -> None:
    """With ben's consent given: made or over, never both, and where it is over no consent is left."""
    one, other = (Community(hub) for hub in two)
    for _ in range(TIMES):
        id = one.introduce("ada", "ben", "Why not")
        one.consent(id, "ben")
        raised = at_once(lambda: one.consent(id, "ada"), lambda: other.decline(id, "ben"))  # noqa: B023  # done at once
        assert len(raised) == 1
        seen = one.introduction(id, "ada")
        assert (seen.contact is not None) is (seen.state is IntroductionState.MADE)
        assert seen.agreed is (seen.state is IntroductionState.MADE)
    _close(two)


def test_taken_up_and_withdrawn_at_once(two: tuple[Hub, Hub]) -> None:
    """A take-up of what is gone is refused as unknown, or goes with it: none is left about nothing."""
    from innovationhub import NotFound

    one, other = (Community(hub) for hub in two)
    for _ in range(TIMES):
        id = one.share("ada", title="T", done="D", outcome="mixed", learnt="L").id

        def take_up(id: str = id) -> None:
            try:
                other.take_up(id, "ben", where="Ward 7")
            except NotFound:
                return

        at_once(lambda: one.withdraw(id), take_up)  # noqa: B023  # done at once
        assert two[0].audit() == []
    _close(two)


def _close(two: tuple[Hub, Hub]) -> None:
    assert two[0].audit() == []
    for hub in two:
        hub.close()
