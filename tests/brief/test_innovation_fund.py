"""The fund: everything is sent back once, and the idea gets to its outcome all the same."""

from __future__ import annotations

from innovationhub_fund import Fund
from tests.brief.conftest import Tell


def test_an_idea_gets_from_a_proposal_to_its_outcome(told: Tell) -> None:
    """The journal has each step in its order; the owner was told of each decision; a member with a part had no say."""
    telling, lines = told("innovation-fund")
    fund, idea = Fund(telling.hub), str(telling.kept["idea"])
    assert str(fund.idea(idea).stage) == "reported"
    kinds = [entry.kind for entry in fund.history(idea)]
    order = [
        "fund.submitted",
        "fund.returned",
        "fund.submitted",
        "fund.approved",
        "fund.released",
        "fund.reported",
    ]
    steps = iter(kinds)
    assert all(step in steps for step in order), kinds
    refused = [line for line in lines if line.strip().startswith("Refused")]
    assert len(refused) == 3
    subjects = [each.subject for each in telling.post.sent if each.to.name == "Ada Obi"]
    assert len(subjects) >= 4
