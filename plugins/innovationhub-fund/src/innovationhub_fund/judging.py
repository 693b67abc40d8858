"""Who of the panel may decide on an idea, and what their verdicts come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from innovationhub.domain.deciding import Draft
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub_fund.ideas import IdeaRow, Verdict, VerdictRow, people_of, verdicts_on
from innovationhub_fund.settings import rules_of_the_fund

__all__ = ["judges", "may_not_judge", "outcome", "still_needed"]


def judges(draft: Draft, row: IdeaRow) -> list[str]:
    """The members of the panel who may decide: not on an idea of their own, nor where they stood aside."""
    people = {each.person for each in people_of(draft, row.id)} | _aside(draft, row)
    return [each for each in rules_of_the_fund(draft).panel.split() if each not in people]


def _aside(draft: Draft, row: IdeaRow) -> set[str]:
    """Who declared an interest, in whatever round."""
    verdicts = draft.scan(verdicts_on(row.id)).records
    return {each.person for each in verdicts if each.verdict is Verdict.ASIDE}


def may_not_judge(draft: Draft, row: IdeaRow, member: str) -> Refusal | None:
    """Why somebody (an opaque key) may not decide on an idea, if so."""
    if member in judges(draft, row):
        return None
    facts = {"idea": row.id, "person": member}
    if member in {each.person for each in people_of(draft, row.id)}:
        sentence, remedy = "Nobody decides on an idea of their own.", "Another member of the panel decides."
    elif member in _aside(draft, row):
        sentence = "This member of the panel has declared an interest in the idea."
        remedy = "Another member of the panel decides."
    else:
        sentence = "This person is not on the funding panel."
        remedy = "The hub's team names the panel in the catalogue, under [fund]."
    return Refusal((Reason("not-eligible", sentence, facts, (remedy,)),))


def still_needed(draft: Draft, row: IdeaRow) -> int:
    """How many verdicts decide on an idea: the quorum, or all who may give one where they are fewer."""
    return max(1, min(rules_of_the_fund(draft).quorum, len(judges(draft, row))))


def outcome(verdicts: Iterable[VerdictRow], needed: int) -> Verdict | None:
    """What the verdicts of one round come to: what most of them say, once there are enough; None before.

    Where two are level it is returned: its people get the comments, and the panel looks again.
    """
    given = Counter(each.verdict for each in verdicts if each.verdict is not Verdict.ASIDE)
    if given.total() < needed:
        return None
    most = max(given.values())
    leading = [verdict for verdict, number in given.items() if number == most]
    return leading[0] if len(leading) == 1 else Verdict.RETURN
