"""Consents given and withdrawn, and introductions: asked of both, made once both agree.

    asked ──► made     both consents stand: each is told how to reach the other
         └──► over     one declined, or the time is up

That one declined is told to nobody, and who it was is written nowhere.
"""

from __future__ import annotations

from datetime import timedelta

import attrs

from innovationhub import Invalid, NotFound, Reason, Refusal
from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Read
from innovationhub.domain.timers import Timer
from innovationhub_community.records import Consent, IntroductionRow, IntroductionState, ShowingRow
from innovationhub_community.writing import (
    NAME,
    SYSTEM,
    both,
    consent,
    consents_about,
    keep,
    known,
    relied_on,
    unconsent,
)

__all__ = ["INTRODUCTION", "PATIENCE", "Agree", "Decline", "Disagree", "Introduce", "Lapse", "end", "is_made"]

INTRODUCTION = f"{NAME}:introduction"
"""The timer of an introduction: due when the time to agree is up."""

PATIENCE = timedelta(days=14)
"""So long both have to agree."""

_S = IntroductionState


def is_made(draft: Draft, row: IntroductionRow) -> bool:
    """Whether each of the two may see how to reach the other: it was made, and both consents stand still."""
    return row.state is _S.MADE and both(draft, row.id, (row.one, row.other))


@attrs.frozen(kw_only=True)
class Introduce:
    """Ask two people whether they want to be introduced to each other."""

    introduction_id: str
    one_id: str
    other_id: str
    why: str = attrs.field(repr=False)
    actor: str

    def needs(self) -> Read:
        """The two."""
        return Read((Key(PersonRow, (self.one_id,)), Key(PersonRow, (self.other_id,))))

    def decide(self, view: View) -> Accepted | Refusal:
        """Ask them. Raises `NotFound`, `Invalid` naming `other_id` for one and the same person."""
        draft = Draft(view, self.actor)
        one, other = known(draft, self.one_id).key, known(draft, self.other_id).key
        if one == other:
            raise Invalid("other_id", "must be somebody else", self.other_id)
        due = draft.now + PATIENCE
        row = IntroductionRow(self.introduction_id, one, other, _S.ASKED, draft.now, due, self.why)
        keep(draft, row, "introduction-asked")
        draft.put(Timer(INTRODUCTION, row.id, due))
        return draft.accept(Done(row.id))


def _reads(about: str, person_id: str) -> Read:
    keys = (
        *(Key(ShowingRow, (about,)), Key(IntroductionRow, (about,))),
        *(Key(PersonRow, (person_id,)), Key(Timer, (INTRODUCTION, about))),
    )
    return Read(keys, (consents_about(about),))


def _about(draft: Draft, about: str, person: str) -> ShowingRow | IntroductionRow:
    """What somebody's consent is about. Raises `NotFound`, also where it is none of theirs."""
    showing, introduction = draft.get(ShowingRow, about), draft.get(IntroductionRow, about)
    if showing is not None and showing.person == person:
        return showing
    if introduction is not None and person in {introduction.one, introduction.other}:
        return introduction
    raise NotFound("showing or introduction", about, "it must be this person's own")


@attrs.frozen(kw_only=True)
class Agree:
    """Somebody agrees that their contact is shown: with their showing, or to the other of an introduction."""

    about: str
    person_id: str
    actor: str | None

    def needs(self) -> Read:
        """What it is about, and the consents that stand."""
        return _reads(self.about, self.person_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """With both consents an introduction is made. Refused (`not-active`) where it is over. Raises `NotFound`."""
        person = known(Draft(view, ""), self.person_id).key
        draft = Draft(view, self.actor or person)
        row = _about(draft, self.about, person)
        if isinstance(row, IntroductionRow) and row.state is _S.OVER:
            sentence = "This introduction is over."
            remedies = ("Ask for another.",)
            facts = {"introduction": row.id, "status": str(row.state)}
            return Refusal((Reason("not-active", sentence, facts, remedies),))
        draft.need(Key(Consent, (row.id, person)))
        consent(draft, row.id, person)
        if (
            isinstance(row, IntroductionRow)
            and row.state is _S.ASKED
            and both(draft, row.id, (row.one, row.other))
        ):
            _settle(draft, attrs.evolve(row, state=_S.MADE), "introduction-made")
        return draft.accept(Done(row.id))


@attrs.frozen(kw_only=True)
class Disagree:
    """Somebody takes their consent back: from now on their contact is shown no more."""

    about: str
    person_id: str
    actor: str | None

    def needs(self) -> Read:
        """What it is about, and the consents that stand."""
        return _reads(self.about, self.person_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused: where it does not stand nothing changes. Raises `NotFound`."""
        person = known(Draft(view, ""), self.person_id).key
        draft = Draft(view, self.actor or person)
        row = _about(draft, self.about, person)
        unconsent(draft, row.id, person)
        return draft.accept(Done(row.id))


def end(draft: Draft, row: IntroductionRow) -> None:
    """An introduction comes to nothing: the consents go, and why it was thought of."""
    for each in relied_on(draft, draft.scan(consents_about(row.id)).records):
        unconsent(draft, row.id, each.person)
    _settle(draft, attrs.evolve(row, state=_S.OVER, why=""), "introduction-over")


def _settle(draft: Draft, row: IntroductionRow, what: str) -> None:
    keep(draft, row, what)
    timer = draft.get(Timer, INTRODUCTION, row.id)
    if timer is not None:
        draft.delete(timer)


@attrs.frozen(kw_only=True)
class Decline:
    """One of the two would rather not. It says so of nobody: the actor is the system."""

    introduction_id: str
    person_id: str

    def needs(self) -> Read:
        """The introduction, and the consents that stand."""
        return _reads(self.introduction_id, self.person_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Refused (`not-active`) once it was made: then a consent is taken back. Raises `NotFound`."""
        draft = Draft(view, SYSTEM)
        row = _about(draft, self.introduction_id, known(draft, self.person_id).key)
        if not isinstance(row, IntroductionRow):
            raise NotFound("introduction", self.introduction_id)
        if row.state is _S.MADE:
            sentence = "This introduction has been made."
            remedies = ("Take the consent back: then the contact is shown no more.",)
            facts = {"introduction": row.id, "status": str(row.state)}
            return Refusal((Reason("not-active", sentence, facts, remedies),))
        if row.state is _S.ASKED:
            end(draft, row)
        return draft.accept(Done(row.id))


@attrs.frozen(kw_only=True)
class Lapse:
    """The timer of an introduction has rung."""

    introduction_id: str
    actor: str = SYSTEM

    def needs(self) -> Read:
        """The introduction, its timer, and the consents that stand."""
        id = self.introduction_id
        return Read((Key(IntroductionRow, (id,)), Key(Timer, (INTRODUCTION, id))), (consents_about(id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Decide on how things stand now: there is a timer only while it waits for an answer."""
        draft = Draft(view, self.actor)
        row = draft.get(IntroductionRow, self.introduction_id)
        timer = draft.get(Timer, INTRODUCTION, self.introduction_id)
        if timer is None or timer.due > draft.now:
            return draft.accept(Done(self.introduction_id))
        if row is not None:
            end(draft, row)
        else:
            draft.delete(timer)
        return draft.accept(Done(self.introduction_id))
