"""A simulated year: in seconds, the same from the same seed, with faults, and audited."""

from __future__ import annotations

from pathlib import Path

import pytest

from innovationhub import Promote, WaitlistPolicy
from innovationhub.builtin.sqlite import open_sqlite
from innovationhub.plugins import CORE_RECORDS
from innovationhub.protocols.store import Store, StoreRequest
from innovationhub.testing.demand import demand
from innovationhub.testing.simulation import BEGINS, simulate


def test_a_year_is_the_same_from_the_same_seed() -> None:
    """Whatever the machine does meanwhile; and another seed is another year."""
    policies = {"offer": WaitlistPolicy(promote=Promote.OFFER, offer_hours=4)}
    first = simulate(7, 365, policies=policies)
    assert simulate(7, 365, policies=policies) == first
    assert first.of("offer").faults > 100 < first.of("offer").retries


def test_policies_are_compared_on_the_same_demand() -> None:
    """As many wishes for each; what differs is what became of them."""
    first = simulate(7, 100)
    assert [each.policy for each in first.outcomes] == ["automatic", "offer 8 h, keep", "offer 8 h, leave"]
    assert {each.wishes for each in first.outcomes} == {first.outcomes[0].wishes}
    automatic, keep = first.of("automatic"), first.of("offer 8 h, keep")
    assert (automatic.offered, automatic.lapsed) == (0, 0)
    assert keep.offered > keep.lapsed > 0
    assert 0.5 < keep.fill <= automatic.fill < 1
    assert simulate(8, 100, policies={"automatic": WaitlistPolicy()}).outcomes != (automatic,)


def test_faults_cost_attempts_and_nothing_else() -> None:
    """What becomes of the demand does not depend on how often the stores failed."""
    calm, stormy = (
        simulate(3, 60, faults=rate, policies={"plain": WaitlistPolicy()}) for rate in (0.0, 0.15)
    )
    assert calm.outcomes[0].faults == 0 < stormy.outcomes[0].faults
    fields = ("seated", "absent", "promoted", "stranded", "wishes")
    assert [getattr(calm.outcomes[0], name) for name in fields] == [
        getattr(stormy.outcomes[0], name) for name in fields
    ]


def test_it_runs_on_any_store(tmp_path: Path) -> None:
    """The same on a file as in memory."""

    def on_disk() -> Store:
        return open_sqlite(StoreRequest(f"sqlite:///{tmp_path / 'hub.db'}", CORE_RECORDS))

    policies = {"plain": WaitlistPolicy(limit=2)}
    assert simulate(5, 21, policies=policies, open_store=on_disk) == simulate(5, 21, policies=policies)


def test_a_report_prints_as_a_table() -> None:
    """A line for each policy below a line that says what was tried."""
    report = simulate(1, 21)
    lines = str(report).splitlines()
    assert len(lines) == 2 + len(report.outcomes)
    assert "21 days" in lines[0]
    assert lines[1].split()[:3] == ["policy", "fill", "served"]
    assert all("%" in line for line in lines[2:])
    with pytest.raises(KeyError):
        report.of("none")


def test_demand_comes_from_the_seed_alone() -> None:
    """In order of time, no two at once; and what one person wants is one wish."""
    sessions = [(f"taster@{day}", BEGINS) for day in range(20)]
    wishes = demand(1, sessions, 100, 12)
    assert wishes == demand(1, sessions, 100, 12) != demand(2, sessions, 100, 12)
    assert (
        len({wish.at for wish in wishes}) == len(wishes) == len({(w.session_id, w.person_id) for w in wishes})
    )
    assert wishes == sorted(wishes, key=lambda wish: wish.at)
