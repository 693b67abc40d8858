"""The fund: idea and plan are each sent back once, and the idea gets to its outcome all the same."""

from __future__ import annotations

from datetime import date

from innovationhub_fund import Fund
from tests.brief.conftest import Tell

WAY = """
    proposed submitted judged judged returned
    revised submitted judged judged approved
    planned plan-returned planned plan-accepted released reported
"""


def test_an_idea_gets_from_a_proposal_to_its_outcome(told: Tell) -> None:
    """The journal has each step in its order; money went out after the plan was accepted, and not more than asked."""
    telling, _ = told("innovation-fund")
    fund, id = Fund(telling.hub), str(telling.kept["idea"])
    idea = fund.idea(id)
    assert (str(idea.stage), idea.asked, idea.released) == ("reported", 1_200_00, 1_000_00)
    assert {"plan", "test", "measure", "comments", "outcome", "learnt"} <= set(idea.texts)
    assert [entry.kind.removeprefix("fund.") for entry in fund.history(id)] == WAY.split()
    assert all(each.reasons for each in idea.verdicts)


def test_what_the_rules_do_not_allow_is_refused_with_the_reason(told: Tell) -> None:
    """One's own idea, money before the plan, a plan without a measure, and more money than was asked for."""
    telling, lines = told("innovation-fund")
    refused = [line.strip() for line in lines if line.strip().startswith("Refused")]
    assert [line[line.index("(") + 1 : line.index(")")] for line in refused] == [
        "not-eligible",
        "not-active",
        "incomplete",
        "incomplete",
    ]
    assert Fund(telling.hub).idea(str(telling.kept["own"])).verdicts == ()


def test_its_people_and_the_panel_are_told(told: Tell) -> None:
    """Both who work on it of each decision; of the panel whoever may decide, so not Rae about her own."""
    telling, _ = told("innovation-fund")
    kinds = [str(each.kind) for each in telling.post.sent if each.to.name == "Ben Ito"]
    assert [kind.removeprefix("fund-") for kind in kinds if kind.startswith("fund-")] == [
        "submitted",
        "returned",
        "approved",
        "plan-returned",
        "plan-accepted",
        "released",
    ]
    asked = {each.to.name for each in telling.post.sent if "decide on: A walking map" in each.subject}
    assert asked == {"Pia Ross", "Quin Shaw"}


def test_what_is_held_and_what_is_counted(told: Tell) -> None:
    """Ada's export has her idea and the verdicts on it; the figures have both ideas by their stages."""
    telling, _ = told("innovation-fund")
    held = telling.hub.export_person("esr:1").kept["fund"]
    assert [each["title"] for each in held["ideas"]] == ["A quiet room"]
    assert len(held["verdicts on their ideas"]) == 4
    figures = telling.hub.figures(date(2026, 11, 1), date(2027, 3, 1))
    rows = {row[0]: row[1] for row in figures.table("fund-ideas-by-stage").rows}
    assert rows == {"submitted": 1, "reported": 1}
