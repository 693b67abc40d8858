"""Workshops, step by step: asked for, acknowledged, designed, declined or withdrawn, delivered, followed up.

Putting one on the calendar is in `convening`. Every step is allowed by the table of `workshop`, and by it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.ceasing import off
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.making import Making
from innovationhub.domain.people import Note, texts_about
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.timers import Timer
from innovationhub.domain.wording import count
from innovationhub.domain.workshop import (
    ANSWER,
    FOLLOW_UP,
    PROMISE,
    TRANSITIONS,
    WorkshopMember,
    WorkshopRow,
    WorkshopState,
    facts_of_workshop,
    members_of,
)
from innovationhub.errors import Invalid, NotFound

__all__ = [
    "LeaveWorkshop",
    "LookAtWorkshop",
    "RequestWorkshop",
    "StepWorkshop",
    "cannot",
    "dates_of",
    "found_workshop",
    "keep",
    "reads_of",
]

MOST_DATES = 100
"""Dates of one workshop that are looked at, those called off included."""

_S = WorkshopState


def found_workshop(draft: Draft, workshop_id: str) -> WorkshopRow:
    """A workshop as it stands. Raises `NotFound`."""
    row = draft.get(WorkshopRow, workshop_id)
    if row is None:
        raise NotFound("workshop", workshop_id, "hub.workshops() lists them")
    return row


def reads_of(workshop_id: str) -> Read:
    """What every step reads: the workshop, its timer, its people."""
    keys = (Key(WorkshopRow, (workshop_id,)), Key(Timer, (PROMISE, workshop_id)))
    return Read(keys, (members_of(workshop_id),))


def cannot(row: WorkshopRow, to: WorkshopState) -> Refusal | None:
    """Why a workshop cannot take a step, if so: the table does not have it."""
    after = TRANSITIONS[row.state]
    if to in after:
        return None
    sentence = f"This workshop is {row.state}, so it cannot become {to}."
    could = " or ".join(sorted(str(each) for each in after if each is not row.state))
    remedy = (f"It can become {could}.",) if could else ()
    return Refusal((Reason("not-active", sentence, {"workshop": row.id, "status": str(row.state)}, remedy),))


def keep(draft: Draft, row: WorkshopRow, texts: Mapping[str, str]) -> None:
    """Write a workshop after a step: the row, its timer, its entry, and what was written."""
    draft.put(row)
    timer = draft.get(Timer, PROMISE, row.id)
    if row.due is not None:
        draft.put(Timer(PROMISE, row.id, row.due))
    elif timer is not None:
        draft.delete(timer)
    draft.note(f"workshop.{row.state}", row.id, **facts_of_workshop(row))
    draft.need(*(Key(Note, (row.id, kind)) for kind in texts))
    for kind, text in texts.items():
        if text:
            draft.put(Note(row.id, kind, text))


def dates_of(draft: Draft, row: WorkshopRow) -> list[SessionRow]:
    """The dates of a workshop, in order; each has had a row since it was scheduled."""
    if not row.series_id:
        return []
    wanted = Range(SessionRow, "by_series", (row.series_id,), limit=MOST_DATES)
    draft.need(wanted)
    rows = draft.scan(wanted).records
    draft.need(*(Key(SessionRow, (each.id,)) for each in rows))  # relied on one by one
    return list(rows)


def to_come(draft: Draft, rows: list[SessionRow]) -> list[SessionRow]:
    """Those that are still to be, or under way."""
    return [row for row in rows if row.status is SessionStatus.SCHEDULED and row.ends > draft.now]


@attrs.frozen(kw_only=True)
class RequestWorkshop:
    """A team asks for a workshop. `people` are opaque keys, who asks first; `workshop_id` was minted beforehand."""

    workshop_id: str
    people: tuple[str, ...]
    size: int
    actor: str
    type: str | None = None
    texts: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    def needs(self) -> Read:
        """Nothing that is there: the id is new."""
        return reads_of(self.workshop_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Take the request; it is to be acknowledged within a week. Raises `NotFound`, `Invalid` for the type."""
        draft = Draft(view, self.actor)
        row = WorkshopRow(
            id=self.workshop_id,
            person=self.people[0],
            type=self._type(draft),
            state=_S.REQUESTED,
            size=self.size,
            created_at=draft.now,
            due=draft.now + ANSWER,
        )
        for place, person in enumerate(self.people):
            draft.put(WorkshopMember(row.id, person, place))
        keep(draft, row, self.texts)
        return draft.accept(row)

    def _type(self, draft: Draft) -> str:
        latest = draft.programme.latest
        offered = sorted(key for key in latest if draft.programme.type(key).access is Access.REQUEST)
        wanted = self.type or (offered[0] if len(offered) == 1 else None)
        if wanted in offered:
            return wanted
        listed = ", ".join(offered) or "there is none"
        if self.type is None:
            raise Invalid("type", f"must be a session type that one asks for ({listed})", None)
        raise NotFound("session type", self.type, f"those that one asks for: {listed}")


@attrs.frozen(kw_only=True)
class StepWorkshop:
    """One step of a workshop that has no dates to be found: to `state`, with what was written.

    `owner` (an opaque key) leads it from now on, None: as before. `due` is when the next step is promised.
    """

    workshop_id: str
    state: WorkshopState
    actor: str | None
    owner: str | None = None
    due: datetime | None = None
    texts: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    def needs(self) -> Read:
        """The workshop, its timer, its people."""
        return reads_of(self.workshop_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Take the step, or say why not."""
        row = found_workshop(Draft(view, ""), self.workshop_id)
        draft = Draft(view, self.actor or row.person)
        if self.due is not None and self.due <= draft.now:
            raise Invalid("due", f"must be in the future; got {self.due.isoformat()}", self.due)
        refused = cannot(row, self.state) or self._too_soon(draft, row)
        if refused:
            return refused
        if self.state is _S.WITHDRAWN:
            refused = _call_off(draft, row, self.texts.get("reason", ""))
            if refused:
                return refused
        due = draft.now + FOLLOW_UP if self.state is _S.DELIVERED and self.due is None else self.due
        owner = row.owner if self.owner is None else self.owner
        row = attrs.evolve(row, state=self.state, due=due, owner=owner)
        keep(draft, row, self.texts)
        return draft.accept(row)

    def _too_soon(self, draft: Draft, row: WorkshopRow) -> Refusal | None:
        if self.state is not _S.DELIVERED:
            return None
        dates = dates_of(draft, row)
        coming = [
            each for each in dates if each.status is SessionStatus.SCHEDULED and each.starts > draft.now
        ]
        if coming:
            sentence = f"{count(len(coming), 'date')} of this workshop {'is' if len(coming) == 1 else 'are'} to come."
            remedy = "Call off what will not be."
            return Refusal((Reason("not-open", sentence, {"session": coming[0].id}, (remedy,)),))
        return None if _was(dates) else _never(row)


def _was(dates: list[SessionRow]) -> bool:
    return any(each.status is not SessionStatus.CALLED_OFF for each in dates)


def _never(row: WorkshopRow) -> Refusal:
    sentence = "Every date of this workshop was called off."
    remedies = ("Schedule it again, or withdraw it.",)
    return Refusal((Reason("called-off", sentence, {"workshop": row.id}, remedies),))


def _call_off(draft: Draft, row: WorkshopRow, reason: str) -> Refusal | None:
    """Call off the dates of a workshop that is withdrawn; refused once one of them has begun."""
    rows = [each for each in dates_of(draft, row) if each.status is not SessionStatus.CALLED_OFF]
    begun = [each for each in rows if each.status is SessionStatus.CLOSED or each.starts <= draft.now]
    if begun:
        facts: ReasonFacts = {"session": begun[0].id, "starts": begun[0].starts}
        remedy = "Call off the dates to come; then it is delivered, and followed up."
        return Refusal((Reason("started", "This workshop has begun.", facts, (remedy,)),))
    making = Making(draft)
    parties = making.gather(rows)
    for each in rows:
        off(making, each, parties[each.id], reason)
    return None


@attrs.frozen(kw_only=True)
class LookAtWorkshop:
    """A workshop's timer has rung: its dates have been and it is delivered, or a promise is overdue and noted, once."""

    workshop_id: str
    actor: str = "system:tick"

    def needs(self) -> Read:
        """The workshop and its timer."""
        return reads_of(self.workshop_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Decide on how things stand now: a timer that comes late, twice or for nothing does no harm."""
        draft = Draft(view, self.actor)
        row, timer = draft.get(WorkshopRow, self.workshop_id), draft.get(Timer, PROMISE, self.workshop_id)
        if timer is None or timer.due > draft.now:
            return draft.accept(Done(self.workshop_id))
        if row is not None and row.state is _S.SCHEDULED:
            dates = dates_of(draft, row)
            coming = to_come(draft, dates)
            if coming:  # moved since
                last = max(each.ends for each in coming)
                draft.put(Timer(PROMISE, row.id, last))
                return draft.accept(Done(row.id))
            if _was(dates):
                keep(draft, attrs.evolve(row, state=_S.DELIVERED, due=draft.now + FOLLOW_UP), {})
                return draft.accept(Done(row.id))
        draft.delete(timer)
        if row is not None and row.due is not None:
            draft.note(
                "workshop.overdue", row.id, state=str(row.state), owner=row.owner, due=row.due.isoformat()
            )
        return draft.accept(Done(self.workshop_id))


@attrs.frozen(kw_only=True)
class LeaveWorkshop:
    """Somebody is erased: they leave a workshop's team; of one that they asked for, what was written goes too.

    One that has no dates yet is withdrawn with who asked for it. What stays is a key that leads nowhere.
    """

    workshop_id: str
    person: str
    actor: str

    def needs(self) -> Read:
        """The workshop, its timer, its people, the texts."""
        return reads_of(self.workshop_id) + Read(ranges=(texts_about(self.workshop_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused."""
        draft = Draft(view, self.actor)
        row = found_workshop(draft, self.workshop_id)
        for member in draft.scan(members_of(row.id)).records:
            if member.person == self.person:
                draft.need(Key(WorkshopMember, (row.id, member.person)))
                draft.delete(member)
                draft.touch(row)
        if row.person == self.person:
            texts = draft.scan(texts_about(row.id)).records
            draft.need(*(Key(Note, (row.id, note.kind)) for note in texts))
            for note in texts:
                draft.delete(note)
            if _S.WITHDRAWN in TRANSITIONS[row.state] and not row.series_id:
                keep(draft, attrs.evolve(row, state=_S.WITHDRAWN, due=None), {})
        return draft.accept(Done(row.id))
