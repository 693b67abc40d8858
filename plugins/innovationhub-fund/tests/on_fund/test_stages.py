"""From the first thought to what came of it: every step, and every one that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from innovationhub import Hub, Invalid, NotFound, Refused
from innovationhub_fund import Fund, FundSettings, Stage, Verdict, WithdrawApproval
from innovationhub_fund.ideas import STEPS, Step
from on_fund.conftest import MakeHub
from on_fund.programme import MEASURE, PANEL, PLAN, REASONS, SUMMARY, TEST, TITLE, at, proposed
from tests.support import NOW, Clock


def test_from_the_first_thought_to_what_came_of_it(hub: Hub, fund: Fund, clock: Clock) -> None:
    """Developed, returned once, approved by two of the panel, planned, paid, reported; all of it can be looked at."""
    idea = fund.propose("ada", TITLE, collaborators=["ben"])
    assert (idea.stage, idea.owner_id, idea.collaborators) == (Stage.DEVELOPING, "ada", ("ben",))
    with pytest.raises(Refused) as bare:
        fund.submit(idea.id)
    assert [reason.facts["missing"] for reason in bare.value.reasons] == ["summary", "amount"]
    fund.revise(idea.id, summary=SUMMARY, pence=120_000, actor="ben")
    assert fund.submit(idea.id).round == 1

    fund.decide(idea.id, "pam", "return", REASONS)
    assert fund.idea(idea.id).stage is Stage.SUBMITTED
    assert fund.decide(idea.id, "raj", "return", "Which ward?").stage is Stage.DEVELOPING
    fund.submit(idea.id)
    fund.decide(idea.id, "pam", "approve", "Clear now.")
    approved = fund.decide(idea.id, "sue", "approve", "Yes.")
    assert (approved.stage, approved.round) == (Stage.APPROVED, 2)
    assert approved.due == NOW + timedelta(days=90)
    given = [(each.round, each.member_id, each.verdict, each.reasons) for each in approved.verdicts]
    assert sorted(given) == [
        (1, "pam", Verdict.RETURN, REASONS),
        (1, "raj", Verdict.RETURN, "Which ward?"),
        (2, "pam", Verdict.APPROVE, "Clear now."),
        (2, "sue", Verdict.APPROVE, "Yes."),
    ]

    fund.plan(idea.id, PLAN)
    with pytest.raises(Refused) as thin:
        fund.accept_plan(idea.id, "sue")
    assert thin.value.codes == ("incomplete", "incomplete")
    assert "how the idea will be tested" in thin.value.reasons[0].sentence
    assert "how impact will be measured" in thin.value.reasons[1].sentence
    assert fund.return_plan(idea.id, "sue", "How will you know?").stage is Stage.APPROVED
    fund.plan(idea.id, "", test=TEST, measure=MEASURE)
    accepted = fund.accept_plan(idea.id, "raj")
    assert (accepted.stage, accepted.due, accepted.texts["plan"]) == (Stage.ACCEPTED, None, PLAN)
    with pytest.raises(Refused, match="more than the £1,200"):
        fund.release(idea.id, 120_001)
    assert fund.release(idea.id, 100_050).released == 100_050
    done = fund.report_outcome(idea.id, "Parents stay longer.", learnt="Ask the cleaners.")
    assert done.stage is Stage.REPORTED
    assert done.texts["learnt"] == "Ask the cleaners."
    assert [entry.kind for entry in fund.history(idea.id)][-2:] == ["fund.released", "fund.reported"]
    assert [each.id for each in fund.ideas(stage="reported")] == [idea.id]
    assert [each.id for each in fund.ideas(person="ben")] == [idea.id]
    assert fund.ideas(person="cat") == []


ACTS: dict[Step, Callable[[Hub, Fund, str], object]] = {
    Step.REVISED: lambda _, fund, id: fund.revise(id, summary="Better"),
    Step.SUBMITTED: lambda _, fund, id: fund.submit(id),
    Step.JUDGED: lambda _, fund, id: fund.decide(id, "sue", "approve", "Yes."),
    Step.PLANNED: lambda _, fund, id: fund.plan(id, PLAN, test=TEST, measure=MEASURE),
    Step.PLAN_RETURNED: lambda _, fund, id: fund.return_plan(id, "sue", "How?"),
    Step.PLAN_ACCEPTED: lambda _, fund, id: fund.accept_plan(id, "sue"),
    Step.RELEASED: lambda _, fund, id: fund.release(id, 100),
    Step.REPORTED: lambda _, fund, id: fund.report_outcome(id, "It works."),
    Step.WITHDRAWN: lambda hub, _, id: hub.apply(hub.plan(WithdrawApproval(id, "It moves."))),
    Step.DROPPED: lambda _, fund, id: fund.drop(id),
    Step.JOINED: lambda _, fund, id: fund.join(id, "dee"),
    Step.LEFT: lambda _, fund, id: fund.leave(id, "ben"),
}
"""What each step is done by; a decision follows from verdicts, an expiry from time."""


@pytest.mark.parametrize("stage", list(Stage))
def test_what_the_table_has_is_done_and_nothing_else(hub: Hub, fund: Fund, stage: Stage) -> None:
    """At every stage each step leads where the table says, or is refused with what can be done instead."""
    for step, act in ACTS.items():
        id = at(fund, stage, "ada", "ben")
        after = STEPS[step].get(stage)
        if after is None:
            with pytest.raises(Refused) as refused:
                act(hub, fund, id)
            (reason,) = refused.value.reasons
            assert (reason.code, reason.facts["stage"]) == ("not-active", stage)
            assert fund.idea(id).stage is stage
        else:
            act(hub, fund, id)
            assert fund.idea(id).stage is after


def test_nobody_decides_on_their_own_idea(fund: Fund) -> None:
    """Nor who works on it, who stands aside, or who is not on the panel; nor does anybody join what they decided on."""
    own = proposed(fund, "pam", "raj").id
    fund.submit(own)
    for member in ("pam", "raj"):
        with pytest.raises(Refused, match="idea of their own") as refused:
            fund.decide(own, member, "approve", "Of course.")
        assert refused.value.codes == ("not-eligible",)
        assert refused.value.reasons[0].facts["person_id"] == member
    with pytest.raises(Refused, match="not on the funding panel"):
        fund.decide(own, "ada", "approve", "Nice.")
    # of three two may not, so one decides
    assert fund.decide(own, "sue", "return", "Say more.").stage is Stage.DEVELOPING
    with pytest.raises(Refused, match="has decided on the idea"):
        fund.join(own, "sue")
    with pytest.raises(Refused, match="idea of their own"):
        fund.accept_plan(at(fund, Stage.PLANNED, "ada", "sue"), "sue")


def test_who_stands_aside_has_no_part_in_it(fund: Fund) -> None:
    """In later rounds neither, and a verdict that they gave before does not count any more."""
    id = proposed(fund).id
    fund.submit(id)
    fund.decide(id, "pam", "decline", "No.")
    fund.stand_aside(id, "pam", "My sister works there.")
    with pytest.raises(Refused, match="declared an interest"):
        fund.decide(id, "pam", "approve", "Yes.")
    fund.decide(id, "raj", "return", "More.")
    assert fund.decide(id, "sue", "return", "More.").stage is Stage.DEVELOPING
    fund.submit(id)
    with pytest.raises(Refused, match="declared an interest"):
        fund.decide(id, "pam", "approve", "Yes.")
    with pytest.raises(Invalid, match="stand_aside"):
        fund.decide(id, "raj", "aside", "My cousin.")


@pytest.mark.parametrize(
    ("verdicts", "comes_to"),
    [
        (("approve", "approve"), Stage.APPROVED),
        (("approve", "decline"), Stage.DEVELOPING),
        (("decline", "decline"), Stage.DECLINED),
        (("return", "approve"), Stage.DEVELOPING),
    ],
)
def test_what_most_of_them_say_counts(fund: Fund, verdicts: tuple[str, str], comes_to: Stage) -> None:
    """Where two are level the idea is returned."""
    id = proposed(fund).id
    fund.submit(id)
    for member, verdict in zip(PANEL, verdicts, strict=False):
        fund.decide(id, member, verdict, REASONS)
    assert fund.idea(id).stage is comes_to


def test_the_last_word_of_a_member_counts(make_hub: MakeHub) -> None:
    """Whoever gives another verdict while it is open has one verdict."""
    fund = Fund(make_hub(fund=FundSettings(PANEL, 3)))
    id = proposed(fund).id
    fund.submit(id)
    fund.decide(id, "pam", "decline", "No.")
    fund.decide(id, "pam", "approve", "On second thoughts.")
    fund.decide(id, "raj", "approve", "Yes.")
    found = fund.decide(id, "sue", "decline", "No.")
    assert found.stage is Stage.APPROVED
    assert {each.reasons for each in found.verdicts} == {"On second thoughts.", "Yes.", "No."}


def test_without_a_panel_nothing_is_submitted(make_hub: MakeHub) -> None:
    """It says who names it."""
    fund = Fund(make_hub(fund=FundSettings(())))
    with pytest.raises(Refused) as refused:
        fund.submit(proposed(fund).id)
    assert refused.value.codes == ("not-open",)
    assert "[fund]" in refused.value.reasons[0].remedies[0]


def test_an_approval_runs_out_but_not_while_the_panel_has_the_plan(
    hub: Hub, fund: Fund, clock: Clock
) -> None:
    """Who gets the plan back after that day has time to make it better."""
    early, late = at(fund, Stage.APPROVED), at(fund, Stage.PLANNED, "ben")
    clock.pass_by(days=91)
    hub.tick()
    assert fund.idea(early).stage is Stage.EXPIRED
    assert fund.idea(late).stage is Stage.PLANNED
    returned = fund.return_plan(late, "pam", "How?")
    assert returned.due == clock.now + timedelta(days=14)
    clock.pass_by(days=14)
    hub.tick()
    assert fund.idea(late).stage is Stage.EXPIRED
    assert fund.revise(early, summary="Better").stage is Stage.DEVELOPING


def test_whoever_owns_it_may_leave_it_to_another(fund: Fund) -> None:
    """To who has worked on it longest; the last one drops it instead."""
    id = proposed(fund, "ada", "ben", "cat").id
    left = fund.leave(id, "ada")
    assert (left.owner_id, left.collaborators) == ("ben", ("cat",))
    fund.leave(id, "cat")
    with pytest.raises(Refused, match="Nobody else works on this idea"):
        fund.leave(id, "ben")
    with pytest.raises(NotFound):
        fund.leave(id, "ada")
    assert fund.join(fund.join(id, "ada").id, "ada").collaborators == ("ada",)


def test_the_same_request_acts_once(fund: Fund) -> None:
    """And with another wish it is a mistake."""
    first = fund.propose("ada", TITLE, request_id="r1")
    assert fund.propose("ada", TITLE, request_id="r1").id == first.id
    with pytest.raises(Invalid, match="request_id"):
        fund.propose("ada", "Another", request_id="r1")
    assert len(fund.ideas()) == 1


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda fund: fund.propose("ada", ""), "title"),
        (lambda fund: fund.propose("ada", "x" * 201), "title"),
        (lambda fund: fund.propose("ada", TITLE, pence=12.5), "pence"),
        (lambda fund: fund.propose("ada", TITLE, pence=-1), "pence"),
        (lambda fund: fund.propose("ada", TITLE, collaborators="ben"), "collaborators"),
        (lambda fund: fund.propose("ada", TITLE, collaborators=["ada"]), "collaborators"),
        (
            lambda fund: fund.propose("ada", TITLE, collaborators=[f"p{n}" for n in range(20)]),
            "collaborators",
        ),
        (lambda fund: fund.decide("x", "pam", "perhaps", "Hm."), "verdict"),
        (lambda fund: fund.decide("x", "pam", "approve", ""), "reasons"),
        (lambda fund: fund.release("x", 0), "pence"),
        (lambda fund: fund.ideas(stage="gone"), "stage"),
        (lambda _: FundSettings(("a",), 2), "quorum"),
        (lambda _: FundSettings(("a", "a")), "panel"),
        (lambda _: FundSettings("ab"), "panel"),
        (lambda _: FundSettings(approval_days=5, remind_days=5), "remind_days"),
    ],
)
def test_bad_input_is_told_by_its_field(fund: Fund, act: Callable[[Fund], object], field: str) -> None:
    """And nothing is changed."""
    with pytest.raises(Invalid) as wrong:
        act(fund)
    assert wrong.value.field.startswith(field)
    assert fund.ideas() == []


def test_what_is_not_there_is_told(fund: Fund) -> None:
    """An idea, a person, a booking."""
    for act in (
        lambda: fund.idea("x"),
        lambda: fund.submit("x"),
        lambda: fund.propose("nobody", TITLE),
        lambda: fund.ideas(person="nobody"),
        lambda: fund.bring(proposed(fund).id, "x"),
    ):
        with pytest.raises(NotFound):
            act()
