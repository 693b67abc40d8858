"""What was shown, edited, withdrawn; who took it up elsewhere, and how that went."""

from __future__ import annotations

import attrs

from innovationhub import Reason, Refusal
from innovationhub.domain.answers import Done
from innovationhub.domain.booking import LIVE, BookingStatus
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, near
from innovationhub.domain.people import PersonRow
from innovationhub.domain.placing import locate
from innovationhub.domain.records import Key, Range, Read
from innovationhub_community.records import Outcome, ShowingRow, TakeUpRow
from innovationhub_community.writing import consent, drop, found, keep, known, relied_on, unconsent

__all__ = ["MOST_TAKE_UPS", "SHOWCASE", "Edit", "Share", "TakeUp", "Went", "Withdraw", "take_ups", "withdraw"]

SHOWCASE = "showcase"
"""The role of those who show something in a session."""

MOST_TAKE_UPS = 200
"""Take-ups of one showing: they go with it, in one commit."""


@attrs.frozen(kw_only=True)
class Share:
    """Somebody shows what they did. `contact` consents to their contact being shown with it."""

    showing_id: str
    person_id: str
    session_id: str
    title: str = attrs.field(repr=False)
    done: str = attrs.field(repr=False)
    learnt: str = attrs.field(repr=False)
    outcome: Outcome
    contact: bool
    keep: bool
    actor: str

    def needs(self) -> Read:
        """Who shows it."""
        return Read((Key(PersonRow, (self.person_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Keep it; refused (`needs-role`) where they have no place to show anything in that session."""
        draft = Draft(view, self.actor)
        person = known(draft, self.person_id).key
        booking = ""
        if self.session_id:
            place = _place(draft, self.session_id, person)
            if place is None:
                sentence = f"This person has no place as {SHOWCASE} in this session."
                remedies = (f"Book them as {SHOWCASE}, or share it without a session.",)
                return Refusal(
                    (
                        Reason(
                            "needs-role", sentence, {"session": self.session_id, "role": SHOWCASE}, remedies
                        ),
                    )
                )
            booking = place.booking_id
        row = ShowingRow(
            self.showing_id,
            person,
            self.session_id,
            booking,
            self.outcome,
            self.keep,
            draft.now,
            self.title,
            self.done,
            self.learnt,
        )
        keep(draft, row, "shared")
        if self.contact:
            consent(draft, row.id, person)
        return draft.accept(Done(row.id))


def _place(draft: Draft, session_id: str, person: str) -> Appointment | None:
    session, _ = locate(draft, session_id)
    around = near(person, session_id, session.span)
    draft.need(around)
    standing = LIVE | {BookingStatus.ATTENDED}
    return next(
        (
            line
            for line in draft.scan(around).records
            if (line.session_id, line.role) == (session_id, SHOWCASE) and line.status in standing
        ),
        None,
    )


@attrs.frozen(kw_only=True)
class Edit:
    """The author writes it better; None leaves a field as it is."""

    showing_id: str
    title: str | None = attrs.field(repr=False)
    done: str | None = attrs.field(repr=False)
    learnt: str | None = attrs.field(repr=False)
    outcome: Outcome | None
    keep: bool | None
    actor: str

    def needs(self) -> Read:
        """The showing."""
        return Read((Key(ShowingRow, (self.showing_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused. Raises `NotFound`."""
        draft = Draft(view, self.actor)
        row = found(draft, ShowingRow, "showing", self.showing_id)
        given = {name: getattr(self, name) for name in ("title", "done", "learnt", "outcome", "keep")}
        now = attrs.evolve(row, **{name: value for name, value in given.items() if value is not None})
        if now != row:
            keep(draft, now, "edited")
        return draft.accept(Done(row.id))


def take_ups(showing_id: str) -> Range[TakeUpRow]:
    """Who took an idea up."""
    return Range(TakeUpRow, "by_showing", (showing_id,), limit=MOST_TAKE_UPS)


def withdraw(draft: Draft, row: ShowingRow) -> None:
    """Take a showing away, with what others wrote about it."""
    taken = take_ups(row.id)
    draft.need(taken)
    for each in relied_on(draft, draft.scan(taken).records):
        drop(draft, each, "withdrawn")
    if row.person:
        unconsent(draft, row.id, row.person)
    drop(draft, row, "withdrawn")


@attrs.frozen(kw_only=True)
class Withdraw:
    """The author takes it back."""

    showing_id: str
    actor: str

    def needs(self) -> Read:
        """The showing, and who took it up."""
        return Read((Key(ShowingRow, (self.showing_id,)),), (take_ups(self.showing_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused. Raises `NotFound`."""
        draft = Draft(view, self.actor)
        withdraw(draft, found(draft, ShowingRow, "showing", self.showing_id))
        return draft.accept(Done(self.showing_id))


@attrs.frozen(kw_only=True)
class TakeUp:
    """Somebody takes an idea up, somewhere else."""

    take_up_id: str
    showing_id: str
    person_id: str
    where: str = attrs.field(repr=False)
    note: str = attrs.field(repr=False)
    actor: str

    def needs(self) -> Read:
        """The showing, and who took it up before."""
        keys = (Key(ShowingRow, (self.showing_id,)), Key(PersonRow, (self.person_id,)))
        return Read(keys, (take_ups(self.showing_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Refused (`full`) where so many did that no more can be kept. Raises `NotFound`."""
        draft = Draft(view, self.actor)
        row = found(draft, ShowingRow, "showing", self.showing_id)
        person = known(draft, self.person_id).key
        if len(draft.scan(take_ups(row.id)).rows) >= MOST_TAKE_UPS:
            sentence = f"{MOST_TAKE_UPS} have taken this up already, and no more are kept."
            return Refusal((Reason("full", sentence, {"showing": row.id}),))
        # it guards its take-ups: one that is withdrawn at this moment takes all of them along
        draft.touch(row)
        made = TakeUpRow(self.take_up_id, row.id, person, draft.now, place=self.where, note=self.note)
        keep(draft, made, "taken-up", author="" if row.person == person else row.person)
        return draft.accept(Done(made.id))


@attrs.frozen(kw_only=True)
class Went:
    """How it went where an idea was taken up."""

    take_up_id: str
    outcome: Outcome
    went: str = attrs.field(repr=False)
    actor: str

    def needs(self) -> Read:
        """The take-up."""
        return Read((Key(TakeUpRow, (self.take_up_id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused. Raises `NotFound`."""
        draft = Draft(view, self.actor)
        row = found(draft, TakeUpRow, "take-up", self.take_up_id)
        now = attrs.evolve(row, outcome=str(self.outcome), went=self.went)
        if now != row:
            keep(draft, now, "went")
        return draft.accept(Done(row.id))
