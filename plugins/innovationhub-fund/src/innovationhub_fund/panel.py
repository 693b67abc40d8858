"""What the panel does: verdicts on an idea, a plan taken or given back, an approval withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.fields import is_text
from innovationhub.domain.ids import LONGEST_TEXT
from innovationhub.domain.making import Making
from innovationhub.domain.people import Note, PersonRow
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Refusal
from innovationhub_fund.ideas import IdeaRow, MemberRow, Step, Verdict, VerdictRow, people_of, verdicts_on
from innovationhub_fund.judging import may_not_judge, outcome, still_needed
from innovationhub_fund.settings import NAME, FundRow, rules_of_the_fund
from innovationhub_fund.steps import (
    cannot,
    found_idea,
    found_person,
    incomplete,
    keep,
    made_of,
    reads_of,
    write,
)

__all__ = ["Judge", "JudgePlan", "WithdrawApproval"]

_DECIDED: Mapping[Verdict, Step] = {
    Verdict.APPROVE: Step.APPROVED,
    Verdict.RETURN: Step.RETURNED,
    Verdict.DECLINE: Step.DECLINED,
}

_PLANNED = {
    "plan": "It does not say what will be done.",
    "test": "It does not say how the idea will be tested.",
    "measure": "It does not say how impact will be measured.",
}
"""What a plan must say before it is accepted."""


def _reads(idea_id: str, member_id: str) -> Read:
    keys = (Key(FundRow, (NAME,)), Key(PersonRow, (member_id,)))
    return reads_of(idea_id) + Read(keys, (verdicts_on(idea_id),))


@attrs.frozen(kw_only=True)
class Judge:
    """The verdict of one member of the panel (a person's id), with reasons. With enough of them the idea is decided.

    Until then the same member may give another: the last one counts.
    """

    idea_id: str
    member_id: str
    verdict: Verdict
    actor: str | None
    reasons: str = attrs.field(default="", repr=False)

    def needs(self) -> Read:
        """The idea, its people, the panel, what it has said."""
        return _reads(self.idea_id, self.member_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Note it, and decide where it was the last one needed; or say why not. Raises `NotFound`."""
        draft = Draft(view, "")
        row, member = found_idea(draft, self.idea_id), found_person(draft, self.member_id)
        draft = Draft(view, self.actor or member)
        refused = cannot(row, Step.JUDGED) or may_not_judge(draft, row, member)
        if refused:
            return refused
        given = VerdictRow(row.id, row.round, member, self.verdict, draft.now, bool(self.reasons))
        people = people_of(draft, row.id)
        draft.need(
            *(Key(VerdictRow, (row.id, row.round, member)), Key(Note, (given.about, "reasons"))),
            *(Key(MemberRow, (row.id, each.person)) for each in people),
        )
        draft.put(given)
        write(draft, given.about, {"reasons": self.reasons})
        making = Making(draft)
        noted = {"member": member, "verdict": str(self.verdict)}
        row = keep(making, row, Step.JUDGED, noted=noted)
        verdicts = [each for each in draft.scan(verdicts_on(row.id)).records if each.round == row.round]
        decided = outcome(verdicts, still_needed(draft, row))
        if decided is not None:
            if decided is Verdict.APPROVE:
                lasts = timedelta(days=rules_of_the_fund(draft).approval_days)
                row = attrs.evolve(row, due=draft.now + lasts)
            keep(making, row, _DECIDED[decided])
        return draft.accept(Done(row.id), making.owed)


@attrs.frozen(kw_only=True)
class JudgePlan:
    """One member of the panel takes a plan, or gives it back with comments."""

    idea_id: str
    member_id: str
    step: Step
    actor: str | None
    comments: str = attrs.field(default="", repr=False)

    def needs(self) -> Read:
        """The idea, its people, the panel, what it has said."""
        return _reads(self.idea_id, self.member_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Taken only if it says how the idea will be tested and how impact will be measured. Raises `NotFound`."""
        draft = Draft(view, "")
        row, member = found_idea(draft, self.idea_id), found_person(draft, self.member_id)
        draft = Draft(view, self.actor or member)
        refused = cannot(row, self.step) or may_not_judge(draft, row, member)
        if refused:
            return refused
        if self.step is Step.PLAN_ACCEPTED:
            written = made_of(draft, row.id, tuple(_PLANNED))
            wanting = {what: sentence for what, sentence in _PLANNED.items() if not written.get(what)}
            if wanting:
                return incomplete(row, wanting)
        elif row.due is not None:
            # whoever waited for the panel has time to make it better
            soonest = draft.now + timedelta(days=max(1, rules_of_the_fund(draft).remind_days))
            row = attrs.evolve(row, due=max(row.due, soonest))
        making = Making(draft)
        keep(making, row, self.step, noted={"member": member})
        write(draft, row.id, {"comments": self.comments})
        return draft.accept(Done(row.id), making.owed)


@attrs.frozen
class WithdrawApproval:
    """A change for `hub.plan` and `hub.apply`: the panel's approval of an idea ends, and its people are told why.

    Whoever has a place that only an approval allows loses it or keeps it, as its session type says (`on_ineligible`).
    """

    idea_id: str
    reason: str = attrs.field(validator=is_text(LONGEST_TEXT, empty=False))

    @property
    def subject(self) -> str:
        """The idea."""
        return self.idea_id

    def make(self, making: Making) -> Refusal | None:
        """What it would do: whose places end, who gets them, who is told. Raises `NotFound`."""
        draft = making.draft
        read = reads_of(self.idea_id)
        draft.need(*read.keys, *read.ranges)
        row: IdeaRow = found_idea(draft, self.idea_id)
        refused = cannot(row, Step.WITHDRAWN)
        if refused:
            return refused
        making.add("changed", row.id, "The approval of this idea ends.")
        for each in people_of(draft, row.id):
            making.add("told", row.id, "that the approval has ended", person=each.person)
        keep(making, row, Step.WITHDRAWN)
        write(draft, row.id, {"withdrawn": self.reason})
        return None
