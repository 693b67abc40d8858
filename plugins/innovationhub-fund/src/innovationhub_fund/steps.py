"""The steps that an idea's own people and the hub's team take; what the panel does is in `panel`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import attrs

from innovationhub import NotFound
from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.making import Making
from innovationhub.domain.people import Note, PersonRow
from innovationhub.domain.planning import TRIPS
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub.domain.timers import Timer
from innovationhub_fund.approval import let_go
from innovationhub_fund.ideas import (
    STANDING,
    STEPS,
    IdeaRow,
    MemberRow,
    Stage,
    Step,
    facts_of,
    members_of,
    people_of,
)
from innovationhub_fund.judging import judges
from innovationhub_fund.money import pounds
from innovationhub_fund.settings import rules_of_the_fund

__all__ = [
    "TIMER",
    "LookAtIdea",
    "Propose",
    "TakeStep",
    "cannot",
    "found_idea",
    "found_person",
    "incomplete",
    "keep",
    "made_of",
    "reads_of",
    "write",
]

TIMER = "fund"
"""The timer of an idea: due when its people are reminded that the approval runs out, and then when it does."""


def found_idea(draft: Draft, idea_id: str) -> IdeaRow:
    """An idea as it stands. Raises `NotFound`."""
    row = draft.get(IdeaRow, idea_id)
    if row is None:
        raise NotFound("idea", idea_id, "fund.ideas() lists them")
    return row


def found_person(draft: Draft, person_id: str) -> str:
    """The opaque key of somebody the hub knows. Raises `NotFound`."""
    row = draft.get(PersonRow, person_id)
    if row is None:
        raise NotFound("person", person_id, "add them first: hub.add_person(Person(...))")
    return row.key


def reads_of(idea_id: str) -> Read:
    """What every step reads: the idea, its timer, its people."""
    return Read((Key(IdeaRow, (idea_id,)), Key(Timer, (TIMER, idea_id))), (members_of(idea_id),))


def cannot(row: IdeaRow, step: Step) -> Refusal | None:
    """Why a step cannot be taken, if so: the table does not have it."""
    if row.stage in STEPS[step]:
        return None
    sentence = f"This idea is at the stage {row.stage}, so it cannot be {_said(step)}."
    after = [words for each, words in _NEXT.items() if row.stage in STEPS[each]]
    remedy = (f"What comes next: {', or '.join(after)}.",) if after else ()
    return Refusal((Reason("not-active", sentence, {"idea": row.id, "stage": str(row.stage)}, remedy),))


_NEXT = {
    Step.REVISED: "work on it",
    Step.SUBMITTED: "submit it",
    Step.APPROVED: "the panel decides",
    Step.PLANNED: "hand in a plan",
    Step.PLAN_ACCEPTED: "the panel accepts the plan",
    Step.PLAN_RETURNED: "the panel returns the plan",
    Step.RELEASED: "release the money",
    Step.REPORTED: "report what came of it",
}
"""The steps that lead on, in words for whoever was refused another; giving it up is none."""


def _said(step: Step) -> str:
    words = {
        Step.PLAN_RETURNED: "returned with its plan",
        Step.PLAN_ACCEPTED: "accepted with its plan",
        Step.RELEASED: "given its money",
        Step.REPORTED: "reported on",
        Step.WITHDRAWN: "stripped of its approval",
        Step.JOINED: "joined",
        Step.BROUGHT: "brought along",
    }
    return words.get(step, str(step))


def made_of(draft: Draft, idea_id: str, kinds: tuple[str, ...]) -> Mapping[str, str]:
    """What was written about an idea under these kinds."""
    draft.need(*(Key(Note, (idea_id, kind)) for kind in kinds))
    notes = (draft.get(Note, idea_id, kind) for kind in kinds)
    return {note.kind: note.text for note in notes if note is not None}


def write(draft: Draft, subject: str, texts: Mapping[str, str]) -> None:
    """Keep what was written; what is empty stays as it was."""
    draft.need(*(Key(Note, (subject, kind)) for kind in texts))
    for kind, text in texts.items():
        if text:
            draft.put(Note(subject, kind, text))


def incomplete(row: IdeaRow, wanting: Mapping[str, str]) -> Refusal:
    """That something is missing: a sentence each, with what to do about it."""
    return Refusal(
        tuple(
            Reason("incomplete", sentence, {"idea": row.id, "missing": what}, (f"Add it: the {what}.",))
            for what, sentence in wanting.items()
        )
    )


def keep(
    making: Making,
    row: IdeaRow,
    step: Step,
    *,
    noted: Mapping[str, str | int] | None = None,
    freed: tuple[str, ...] = (),
) -> IdeaRow:
    """Write an idea after a step that the table allows: the row, its people's stage, its timer, its entry.

    `row` has what else changed. `noted` are more facts for the entry. `freed` are people who left with the step. Where
    an approval ends, so do the places that rest on it, as their session types say.
    """
    draft = making.draft
    stage = STEPS.get(step, {}).get(row.stage, row.stage)
    after = attrs.evolve(row, stage=stage, since=row.since if stage is row.stage else draft.now)
    if stage not in {Stage.APPROVED, Stage.PLANNED}:
        after = attrs.evolve(after, due=None)
    people = people_of(draft, row.id)
    draft.put(after)
    draft.need(*(Key(MemberRow, (row.id, each.person)) for each in people))
    for each in people:
        if each.stage is not stage:
            draft.put(attrs.evolve(each, stage=stage))
    _set_timer(draft, after)
    draft.note(f"fund.{step}", row.id, **facts_of(after, people), **(noted or {}))
    if row.stage in STANDING and stage not in STANDING:
        freed += tuple(each.person for each in people)
    if row.stage in STANDING and freed:
        let_go(making, freed)
    return after


def _set_timer(draft: Draft, row: IdeaRow) -> None:
    timer = draft.get(Timer, TIMER, row.id)
    if row.stage is Stage.APPROVED and row.due is not None:
        remind = row.due - timedelta(days=rules_of_the_fund(draft).remind_days)
        draft.put(Timer(TIMER, row.id, remind if draft.now < remind else row.due))
    elif timer is not None:
        draft.delete(timer)


@attrs.frozen(kw_only=True)
class Propose:
    """Somebody has an idea. `idea_id` was minted beforehand."""

    idea_id: str
    people: tuple[str, ...]
    asked: int
    actor: str | None
    texts: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    def needs(self) -> Read:
        """Its people; the id is new."""
        return reads_of(self.idea_id) + Read(tuple(Key(PersonRow, (each,)) for each in self.people))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused. Raises `NotFound` for a person."""
        draft = Draft(view, "")
        keys = [found_person(draft, each) for each in self.people]
        draft = Draft(view, self.actor or keys[0])
        row = IdeaRow(self.idea_id, keys[0], Stage.DEVELOPING, draft.now, draft.now, self.asked)
        for place, key in enumerate(keys):
            draft.put(MemberRow(row.id, key, row.stage, place))
        keep(Making(draft), row, Step.PROPOSED)
        write(draft, row.id, self.texts)
        return draft.accept(Done(row.id))


@attrs.frozen(kw_only=True)
class TakeStep:
    """One step of an idea's own people or of the team: revise, submit, plan, release, report, drop.

    `asked` and `released` are whole pence, None: as before. `actor` None is who owns it.
    """

    idea_id: str
    step: Step
    actor: str | None
    asked: int | None = None
    released: int | None = None
    texts: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    trips: int = TRIPS

    def needs(self) -> Read:
        """The idea, its timer, its people."""
        return reads_of(self.idea_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Take the step, or say all that stands in its way."""
        row = found_idea(Draft(view, ""), self.idea_id)
        draft = Draft(view, self.actor or row.person or "system:fund")
        row = attrs.evolve(row, asked=row.asked if self.asked is None else self.asked)
        refused = cannot(row, self.step) or self._not_ready(draft, row)
        if refused:
            return refused
        noted = {}
        if self.step is Step.SUBMITTED:
            row = attrs.evolve(row, round=row.round + 1)
        if self.step in {Step.SUBMITTED, Step.PLANNED}:
            noted = {"panel": " ".join(judges(draft, row))}
        making = Making(draft)
        keep(making, attrs.evolve(row, released=self.released or row.released), self.step, noted=noted)
        write(draft, row.id, self.texts)
        return draft.accept(Done(row.id), making.owed)

    def _not_ready(self, draft: Draft, row: IdeaRow) -> Refusal | None:
        if self.step is Step.RELEASED and (self.released or 0) > row.asked:
            sentence = f"That is more than the {pounds(row.asked)} that this idea asks for."
            return Refusal((Reason("incomplete", sentence, {"idea": row.id, "asked": row.asked}),))
        if self.step is not Step.SUBMITTED:
            return None
        written = {**made_of(draft, row.id, ("title", "summary")), **self.texts}
        wanting = {}
        if not written.get("summary"):
            wanting["summary"] = "It does not say what the idea is."
        if not row.asked:
            wanting["amount"] = "It does not say how much money it asks for."
        if wanting:
            return incomplete(row, wanting)
        if not judges(draft, row):
            sentence = "Nobody on the funding panel may decide on this idea."
            remedy = "The hub's team names the panel in the catalogue, under [fund]."
            return Refusal((Reason("not-open", sentence, {"idea": row.id}, (remedy,)),))
        return None


@attrs.frozen(kw_only=True)
class LookAtIdea:
    """The timer of an idea: remind its people that the approval runs out, or let it run out."""

    idea_id: str
    actor: str = "system:tick"
    trips: int = TRIPS

    def needs(self) -> Read:
        """The idea, its timer, its people."""
        return reads_of(self.idea_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused; a timer for nothing goes."""
        draft = Draft(view, self.actor)
        row, timer = draft.get(IdeaRow, self.idea_id), draft.get(Timer, TIMER, self.idea_id)
        if timer is None or timer.due > draft.now:
            return draft.accept(Done(self.idea_id))
        if row is None or row.due is None or row.stage is not Stage.APPROVED:
            draft.delete(timer)
            return draft.accept(Done(self.idea_id))
        if draft.now < row.due:
            draft.put(Timer(TIMER, row.id, row.due))
            people = " ".join(each.person for each in people_of(draft, row.id))
            draft.note("fund.running-out", row.id, people=people, due=row.due.isoformat())
            return draft.accept(Done(row.id))
        making = Making(draft)
        keep(making, row, Step.EXPIRED)
        return draft.accept(Done(row.id), making.owed)
