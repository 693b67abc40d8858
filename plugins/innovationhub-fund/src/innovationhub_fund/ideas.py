"""Ideas for the Innovation Fund: their stages, the steps between them, and what is kept of them.

    developing ──► submitted ──► approved ──► planned ──► accepted ──► released ──► reported
         ◄── returned ──┤ └► declined  ◄── plan returned ──┘
    expired, withdrawn ──► developing       dropped: by its people, until the money is released

Every step is in the table `STEPS`, and what is not there is refused. What people write is in `Note` rows, under the
idea's id or under a verdict's; rows and journal hold opaque keys, plain values and whole pence.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import attrs

from innovationhub.domain.deciding import Draft
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Range, Record, record

__all__ = [
    "ENDED",
    "MOST_PEOPLE",
    "MOST_VERDICTS",
    "STANDING",
    "STEPS",
    "IdeaRow",
    "MemberRow",
    "Stage",
    "Step",
    "Verdict",
    "VerdictRow",
    "VisitRow",
    "facts_of",
    "members_of",
    "people_of",
    "replayed",
    "theirs",
    "verdicts_on",
    "visits_with",
]

MOST_PEOPLE = 20
"""People of one idea, its owner included."""

MOST_IDEAS = 1000
"""Ideas that one person has a part in, and what is looked through of anything else of theirs."""

MOST_VERDICTS = 1000
"""Verdicts on one idea, those of earlier rounds included."""

MOST_VISITS = 5000
"""Visits with one idea."""


class Stage(enum.StrEnum):
    """Where an idea stands."""

    DEVELOPING = "developing"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PLANNED = "planned"
    ACCEPTED = "accepted"
    RELEASED = "released"
    REPORTED = "reported"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DROPPED = "dropped"


class Step(enum.StrEnum):
    """What can be done to an idea; the journal has each as `fund.` and its name."""

    PROPOSED = "proposed"
    REVISED = "revised"
    SUBMITTED = "submitted"
    JUDGED = "judged"
    RETURNED = "returned"
    DECLINED = "declined"
    APPROVED = "approved"
    PLANNED = "planned"
    PLAN_RETURNED = "plan-returned"
    PLAN_ACCEPTED = "plan-accepted"
    RELEASED = "released"
    REPORTED = "reported"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DROPPED = "dropped"
    JOINED = "joined"
    LEFT = "left"
    BROUGHT = "brought"


_S = Stage

STANDING = frozenset({_S.APPROVED, _S.PLANNED, _S.ACCEPTED, _S.RELEASED})
"""Stages in which the panel's approval stands."""

ENDED = frozenset({_S.REPORTED, _S.DECLINED, _S.DROPPED})
"""Stages after which nothing more comes of an idea."""


def _stay(stages: Iterable[Stage]) -> Mapping[Stage, Stage]:
    return {stage: stage for stage in stages}


def _to(after: Stage, *before: Stage) -> Mapping[Stage, Stage]:
    return dict.fromkeys(before, after)


STEPS: Mapping[Step, Mapping[Stage, Stage]] = {
    Step.REVISED: _to(_S.DEVELOPING, _S.DEVELOPING, _S.EXPIRED, _S.WITHDRAWN),
    Step.SUBMITTED: _to(_S.SUBMITTED, _S.DEVELOPING),
    Step.JUDGED: _stay([_S.SUBMITTED]),
    Step.RETURNED: _to(_S.DEVELOPING, _S.SUBMITTED),
    Step.DECLINED: _to(_S.DECLINED, _S.SUBMITTED),
    Step.APPROVED: _to(_S.APPROVED, _S.SUBMITTED),
    Step.PLANNED: _to(_S.PLANNED, _S.APPROVED, _S.PLANNED),
    Step.PLAN_RETURNED: _to(_S.APPROVED, _S.PLANNED),
    Step.PLAN_ACCEPTED: _to(_S.ACCEPTED, _S.PLANNED),
    Step.RELEASED: _to(_S.RELEASED, _S.ACCEPTED),
    Step.REPORTED: _to(_S.REPORTED, _S.RELEASED),
    Step.WITHDRAWN: _to(_S.WITHDRAWN, _S.APPROVED, _S.PLANNED, _S.ACCEPTED),
    # while the panel has the plan, and once it has taken it, no time runs
    Step.EXPIRED: _to(_S.EXPIRED, _S.APPROVED),
    Step.DROPPED: _to(_S.DROPPED, *(each for each in _S if each not in ENDED | {_S.RELEASED})),
    # nobody comes or goes while the panel looks: who decides depends on who they are
    Step.JOINED: _stay(each for each in _S if each not in ENDED | {_S.SUBMITTED}),
    Step.LEFT: _stay(each for each in _S if each not in ENDED | {_S.SUBMITTED}),
    Step.BROUGHT: _stay(each for each in _S if each not in ENDED),
}
"""From which stage each step can be taken, and where it leads. `PROPOSED` makes an idea, and so is none of these."""


class Verdict(enum.StrEnum):
    """What one member of the panel says of an idea. Who has an interest in it stands aside."""

    APPROVE = "approve"
    RETURN = "return"
    DECLINE = "decline"
    ASIDE = "aside"


@record("fund_idea", key=("id",), indexes={"by_stage": ("stage", "since")})
@attrs.frozen
class IdeaRow(Record):
    """An idea as kept. `person` owns it (opaque key; "": erased). Amounts are whole pence.

    `since` is when it came to its stage. `round` counts how often it was submitted. `due` is when its approval runs
    out, while that can be.
    """

    id: str
    person: str
    stage: Stage = attrs.field(converter=Stage)
    created_at: datetime
    since: datetime
    asked: int = 0
    released: int = 0
    round: int = 0
    due: datetime | None = None


@record("fund_member", key=("idea_id", "person"), indexes={"by_person": ("person",)})
@attrs.frozen
class MemberRow(Record):
    """One person of an idea, its owner included, with its stage: so that a rule finds it in one look.

    The idea's row guards them. `place` is the order in which they came.
    """

    idea_id: str
    person: str
    stage: Stage = attrs.field(converter=Stage)
    place: int


@record("fund_verdict", key=("idea_id", "round", "person"), indexes={"by_person": ("person", "said")})
@attrs.frozen
class VerdictRow(Record):
    """What a member of the panel said of an idea in one round. `said`: their reasons are kept (see `about`)."""

    idea_id: str
    round: int
    person: str
    verdict: Verdict = attrs.field(converter=Verdict)
    at: datetime
    said: bool

    @property
    def about(self) -> str:
        """Under what the reasons are kept."""
        return f"{self.idea_id} {self.round} {self.person}"


@record("fund_visit", key=("idea_id", "booking_id", "place"), indexes={"by_person": ("person",)})
@attrs.frozen
class VisitRow(Record):
    """An idea was brought along to a place in a session, by whoever has that `place` in the booking ("": erased)."""

    idea_id: str
    booking_id: str
    place: int
    person: str


def members_of(idea_id: str) -> Range[MemberRow]:
    """The people of an idea."""
    return Range(MemberRow, "key", (idea_id,), limit=MOST_PEOPLE)


def theirs(person: str) -> Range[MemberRow]:
    """The ideas that somebody has a part in."""
    return Range(MemberRow, "by_person", (person,), limit=MOST_IDEAS)


def verdicts_on(idea_id: str) -> Range[VerdictRow]:
    """What the panel said of an idea, in every round."""
    return Range(VerdictRow, "key", (idea_id,), limit=MOST_VERDICTS)


def visits_with(idea_id: str) -> Range[VisitRow]:
    """Where an idea was brought along."""
    return Range(VisitRow, "key", (idea_id,), limit=MOST_VISITS)


def people_of(draft: Draft, idea_id: str) -> list[MemberRow]:
    """The people of an idea in the order in which they came."""
    return sorted(draft.scan(members_of(idea_id)).records, key=lambda each: each.place)


def facts_of(row: IdeaRow, people: Sequence[MemberRow]) -> dict[str, str | int | float | bool | None]:
    """What the journal notes of an idea: enough to build it again, and who is told."""
    return {
        "stage": str(row.stage),
        "person": row.person,
        "people": " ".join(each.person for each in people),
        "created": row.created_at.isoformat(),
        "since": row.since.isoformat(),
        "asked": row.asked,
        "released": row.released,
        "round": row.round,
        "due": row.due.isoformat() if row.due else None,
    }


def replayed(entries: Iterable[Entry]) -> IdeaRow | None:
    """An idea from the entries about it, in their order; None where there is none."""
    facts, id = next(
        ((each.facts, each.subject) for each in reversed(list(entries)) if "stage" in each.facts), ({}, "")
    )
    if not facts:
        return None
    return IdeaRow(
        id=id,
        person=str(facts["person"]),
        stage=Stage(str(facts["stage"])),
        created_at=datetime.fromisoformat(str(facts["created"])),
        since=datetime.fromisoformat(str(facts["since"])),
        asked=int(facts["asked"] or 0),
        released=int(facts["released"] or 0),
        round=int(facts["round"] or 0),
        due=datetime.fromisoformat(str(facts["due"])) if facts["due"] else None,
    )
