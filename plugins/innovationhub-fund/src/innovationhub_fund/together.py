"""Who works on an idea, and where it was brought along."""

from __future__ import annotations

import attrs

from innovationhub import NotFound
from innovationhub.domain.answers import Done
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.making import Making
from innovationhub.domain.people import PersonRow
from innovationhub.domain.placing import appointments_of
from innovationhub.domain.planning import TRIPS
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub_fund.ideas import (
    MOST_PEOPLE,
    IdeaRow,
    MemberRow,
    Step,
    Verdict,
    VisitRow,
    people_of,
    verdicts_on,
)
from innovationhub_fund.steps import cannot, found_idea, found_person, keep, reads_of

__all__ = ["Bring", "Join", "Leave", "part_with"]


def _no(row: IdeaRow, sentence: str, remedy: str, person: str = "") -> Refusal:
    facts = {"idea": row.id, **({"person": person} if person else {})}
    return Refusal((Reason("not-eligible", sentence, facts, (remedy,)),))


@attrs.frozen(kw_only=True)
class Join:
    """Somebody comes to work on an idea."""

    idea_id: str
    person_id: str
    actor: str | None

    def needs(self) -> Read:
        """The idea, its people, whoever comes, what the panel has said."""
        mine = Read((Key(PersonRow, (self.person_id,)),), (verdicts_on(self.idea_id),))
        return reads_of(self.idea_id) + mine

    def decide(self, view: View) -> Accepted | Refusal:
        """Nobody who has decided on it; twice changes nothing. Raises `NotFound`."""
        draft = Draft(view, "")
        row, person = found_idea(draft, self.idea_id), found_person(draft, self.person_id)
        draft = Draft(view, self.actor or row.person or "system:fund")
        people = people_of(draft, row.id)
        if person in {each.person for each in people}:
            return draft.accept(Done(row.id))
        refused = cannot(row, Step.JOINED)
        if refused:
            return refused
        verdicts = draft.scan(verdicts_on(row.id)).records
        if any(each.person == person and each.verdict is not Verdict.ASIDE for each in verdicts):
            return _no(
                row, "This person has decided on the idea.", "Ask somebody else to work on it.", person
            )
        if len(people) >= MOST_PEOPLE:
            return _no(
                row, f"{MOST_PEOPLE} people work on this idea already.", "One of them leaves it first."
            )
        draft.need(Key(MemberRow, (row.id, person)))
        draft.put(MemberRow(row.id, person, row.stage, people[-1].place + 1 if people else 0))
        keep(Making(draft), row, Step.JOINED, noted={"member": person})
        return draft.accept(Done(row.id))


def part_with(making: Making, row: IdeaRow, person: str, step: Step = Step.LEFT) -> IdeaRow:
    """Take somebody off an idea; what they owned passes to who has worked on it longest, where there is one."""
    draft = making.draft
    member = Key(MemberRow, (row.id, person))
    draft.need(member)
    gone = draft.get(MemberRow, *member.values)
    if gone is not None:
        draft.delete(gone)
    people, noted = people_of(draft, row.id), {"member": person}
    if row.person == person:
        row = attrs.evolve(row, person=people[0].person if people else "")
        noted["heir"] = row.person
    return keep(making, row, step, noted=noted, freed=(person,))


@attrs.frozen(kw_only=True)
class Leave:
    """Somebody works on an idea no more."""

    idea_id: str
    person_id: str
    actor: str | None
    trips: int = TRIPS

    def needs(self) -> Read:
        """The idea, its people, whoever goes."""
        return reads_of(self.idea_id) + Read((Key(PersonRow, (self.person_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Refused to the last: an idea belongs to somebody, or is dropped. Raises `NotFound`."""
        draft = Draft(view, "")
        row, person = found_idea(draft, self.idea_id), found_person(draft, self.person_id)
        draft = Draft(view, self.actor or person)
        people = {each.person for each in people_of(draft, row.id)}
        if person not in people:
            raise NotFound("person", self.person_id, "they do not work on this idea")
        refused = cannot(row, Step.LEFT)
        if refused:
            return refused
        if people == {person}:
            return _no(
                row, "Nobody else works on this idea.", "Drop it, or ask somebody to join it first.", person
            )
        making = Making(draft)
        part_with(making, row, person)
        return draft.accept(Done(row.id), making.owed)


@attrs.frozen(kw_only=True)
class Bring:
    """An idea is brought along to a session: the place, and whoever of its people is in it."""

    idea_id: str
    booking_id: str
    actor: str | None

    def needs(self) -> Read:
        """The idea, its people, the booking and who is in it."""
        booking = Read((Key(BookingRow, (self.booking_id,)),), (appointments_of(self.booking_id),))
        return reads_of(self.idea_id) + booking

    def decide(self, view: View) -> Accepted | Refusal:
        """Refused where nobody in the booking works on the idea; twice changes nothing. Raises `NotFound`."""
        row = found_idea(Draft(view, ""), self.idea_id)
        draft = Draft(view, self.actor or row.person or "system:fund")
        if draft.get(BookingRow, self.booking_id) is None:
            raise NotFound("booking", self.booking_id)
        refused = cannot(row, Step.BROUGHT)
        if refused:
            return refused
        people = {each.person for each in people_of(draft, row.id)}
        there = draft.scan(appointments_of(self.booking_id)).records
        lines = [each for each in there if each.active and each.person in people]
        if not lines:
            return _no(row, "Nobody in this booking works on the idea.", "Ask them to join the idea first.")
        draft.need(*(Key(VisitRow, (row.id, self.booking_id, line.place)) for line in lines))
        visits = [VisitRow(row.id, self.booking_id, line.place, line.person) for line in lines]
        new = [each for each in visits if draft.get(VisitRow, row.id, self.booking_id, each.place) != each]
        for visit in new:
            draft.put(visit)
        if new:
            came = " ".join(each.person for each in new)
            keep(Making(draft), row, Step.BROUGHT, noted={"booking": self.booking_id, "came": came})
        return draft.accept(Done(row.id))
