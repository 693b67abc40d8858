"""What is held about somebody, who is needed, and how somebody is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.making import Making
from innovationhub.domain.people import Note, texts_about
from innovationhub.domain.planning import TRIPS
from innovationhub.domain.records import Facts, Key, Range, Read
from innovationhub.domain.refusals import Refusal
from innovationhub_fund.ideas import (
    ENDED,
    MOST_VERDICTS,
    STEPS,
    IdeaRow,
    Step,
    VerdictRow,
    VisitRow,
    people_of,
    theirs,
    verdicts_on,
)
from innovationhub_fund.settings import NAME, FundRow, rules_of_the_fund
from innovationhub_fund.steps import found_idea, reads_of
from innovationhub_fund.together import part_with

__all__ = ["Forget", "held", "under_way"]

STEP = 50
"""Rows that one command forgets."""


def _said_by(person: str, limit: int) -> Range[VerdictRow]:
    return Range(VerdictRow, "by_person", (person, True), limit=limit)


def _visits_of(person: str, limit: int) -> Range[VisitRow]:
    return Range(VisitRow, "by_person", (person,), limit=limit)


def held(draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
    """All that the fund holds about somebody, with what was written, and nobody else's key."""
    mine, said, visits = theirs(person), _said_by(person, MOST_VERDICTS), _visits_of(person, MOST_VERDICTS)
    draft.need(mine, said, visits, Key(FundRow, (NAME,)))
    ids = [each.idea_id for each in draft.scan(mine).records]
    draft.need(*(Key(IdeaRow, (id,)) for id in ids), *(texts_about(id) for id in ids))
    draft.need(*(verdicts_on(id) for id in ids))
    about = [each for id in ids for each in draft.scan(verdicts_on(id)).records]
    own = draft.scan(said).records
    draft.need(*(Key(Note, (each.about, "reasons")) for each in (*about, *own)))
    return {
        "ideas": [_idea(draft, person, id) for id in ids],
        "verdicts on their ideas": [_verdict(draft, each) for each in about],
        "verdicts that they gave": [_verdict(draft, each) for each in own],
        "visits": [{"idea": each.idea_id, "booking": each.booking_id} for each in draft.scan(visits).records],
        "panel": [{"member": True}] if person in rules_of_the_fund(draft).panel.split() else [],
    }


def _idea(draft: Draft, person: str, id: str) -> Facts:
    row = found_idea(draft, id)
    texts = {note.kind: note.text for note in draft.scan(texts_about(id)).records}
    facts: Facts = {
        "id": id,
        "stage": str(row.stage),
        "owner": row.person == person,
        "asked_pence": row.asked,
        "released_pence": row.released,
    }
    return {**facts, **texts}


def _verdict(draft: Draft, given: VerdictRow) -> Facts:
    note = draft.get(Note, given.about, "reasons")
    facts: Facts = {"idea": given.idea_id, "round": given.round, "verdict": str(given.verdict)}
    return {**facts, "at": given.at.isoformat(), "reasons": note.text if note else ""}


def under_way(draft: Draft, people: Collection[str]) -> Collection[str]:
    """Of these people those who have a part in an idea that has not ended, or are on the panel."""
    wanted = {each: theirs(each) for each in people}
    draft.need(*wanted.values(), Key(FundRow, (NAME,)))
    panel = set(rules_of_the_fund(draft).panel.split())
    return [
        each
        for each in people
        if each in panel or any(idea.stage not in ENDED for idea in draft.scan(wanted[each]).records)
    ]


@attrs.frozen(kw_only=True)
class Forget:
    """Take somebody out of everything, a step at a time.

    An idea of theirs passes to who has worked on it longest; where nobody has, it is dropped and all that was written
    about it is deleted. Their verdicts stay as numbers, without their reasons; their visits stay without them.
    """

    person: str
    actor: str
    trips: int = TRIPS

    def needs(self) -> Read:
        """What there is of theirs."""
        ranges = (theirs(self.person), _said_by(self.person, STEP), _visits_of(self.person, STEP))
        return Read((Key(FundRow, (NAME,)),), ranges)

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused."""
        draft = Draft(view, self.actor)
        making = Making(draft)
        ideas = draft.scan(theirs(self.person)).records
        if ideas:
            self._leave(making, ideas[0].idea_id)
            return draft.accept(Done(self.person, more=True), making.owed)
        said, visits = draft.scan(_said_by(self.person, STEP)), draft.scan(_visits_of(self.person, STEP))
        _unsay(draft, said.records)
        draft.need(*(Key(VisitRow, (each.idea_id, each.booking_id, each.place)) for each in visits.records))
        for visit in visits.records:
            draft.put(attrs.evolve(visit, person=""))
        fund = rules_of_the_fund(draft)
        panel = fund.panel.split()
        if self.person in panel:
            panel.remove(self.person)
            draft.put(attrs.evolve(fund, panel=" ".join(panel)))
            draft.note("fund.changed", NAME, panel=" ".join(panel), quorum=fund.quorum)
        return draft.accept(Done(self.person, said.cut or visits.cut))

    def _leave(self, making: Making, idea_id: str) -> None:
        draft = making.draft
        read = reads_of(idea_id)
        draft.need(*read.keys, *read.ranges)
        row = found_idea(draft, idea_id)
        alone = {each.person for each in people_of(draft, idea_id)} == {self.person}
        step = Step.DROPPED if alone and row.stage in STEPS[Step.DROPPED] else Step.LEFT
        part_with(making, row, self.person, step)
        if alone:
            texts = draft.scan(texts_about(idea_id)).records
            draft.need(*(Key(Note, (idea_id, note.kind)) for note in texts))
            for note in texts:
                draft.delete(note)
            _unsay(draft, draft.scan(verdicts_on(idea_id)).records)


def _unsay(draft: Draft, verdicts: Sequence[VerdictRow]) -> None:
    """Delete the reasons of verdicts, and keep the verdicts."""
    for each in verdicts:
        draft.need(
            Key(VerdictRow, (each.idea_id, each.round, each.person)), Key(Note, (each.about, "reasons"))
        )
    for each in verdicts:
        note = draft.get(Note, each.about, "reasons")
        if note is not None:
            draft.delete(note)
        if each.said:
            draft.put(attrs.evolve(each, said=False))
