"""Bespoke workshops: their states, which may follow which, and the records.

    requested ──► acknowledged ──► designed ──► scheduled ──► delivered ──► followed-up
              a reply is promised   with the team  private dates   they have been   what changed, what was learnt

Until it is scheduled the team of the hub may decline it; until its first date whoever asked may withdraw it. Where the
next step is promised by a date, a timer keeps it: a promise that is missed is found by `tick`, once. What people write
is in `Note` rows under the workshop's id, who is in it in rows of their own: the row and the journal hold opaque keys
and plain values.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Range, Record, record
from innovationhub.domain.schedule import Session

__all__ = [
    "ANSWER",
    "FOLLOW_UP",
    "PROMISE",
    "TEXTS",
    "TRANSITIONS",
    "Workshop",
    "WorkshopMember",
    "WorkshopRow",
    "WorkshopState",
    "facts_of_workshop",
    "members_of",
    "replayed_workshop",
]


class WorkshopState(enum.StrEnum):
    """Where a workshop stands, from the request on."""

    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    DESIGNED = "designed"
    SCHEDULED = "scheduled"
    DELIVERED = "delivered"
    FOLLOWED_UP = "followed-up"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_S = WorkshopState

TRANSITIONS: Mapping[WorkshopState, frozenset[WorkshopState]] = {
    _S.REQUESTED: frozenset({_S.ACKNOWLEDGED, _S.DECLINED, _S.WITHDRAWN}),
    _S.ACKNOWLEDGED: frozenset({_S.ACKNOWLEDGED, _S.DESIGNED, _S.DECLINED, _S.WITHDRAWN}),
    _S.DESIGNED: frozenset({_S.DESIGNED, _S.SCHEDULED, _S.DECLINED, _S.WITHDRAWN}),
    # once more, where every date was called off
    _S.SCHEDULED: frozenset({_S.SCHEDULED, _S.DELIVERED, _S.WITHDRAWN}),
    _S.DELIVERED: frozenset({_S.FOLLOWED_UP}),
    _S.FOLLOWED_UP: frozenset(),
    _S.DECLINED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
"""Which state may follow which. Staying is a step too: a new promise, a better design, other dates."""

PROMISE = "workshop"
"""The timer of a workshop: due when the next step is."""

ANSWER = timedelta(days=7)
"""A request is to be acknowledged within a week."""

FOLLOW_UP = timedelta(days=28)
"""A workshop is followed up within four weeks of its last date."""

TEXTS: tuple[str, ...] = (
    "problem",
    "involved",
    "help",
    "wanted",
    "aims",
    "techniques",
    "proposal",
    "reason",
    "pointer",
    "changed",
    "learnt",
)
"""The kinds of text about a workshop: the wish, the design, why it will not be and who may help, what came of it."""


@record("workshop", key=("id",), indexes={"by_state": ("state", "created_at"), "by_person": ("person",)})
@attrs.frozen
class WorkshopRow(Record):
    """A workshop as kept. `person` asked for it and `owner` leads it (opaque keys; "": nobody yet).

    `size` is how many people it is meant for. `series_id` is where its dates are, "" before it has any. `due` is when
    the next step is, None where none is promised.
    """

    id: str
    person: str
    type: str
    state: WorkshopState = attrs.field(converter=WorkshopState)
    size: int
    created_at: datetime
    owner: str = ""
    series_id: str = ""
    due: datetime | None = None


@record("workshop_member", key=("workshop_id", "person"), indexes={"by_person": ("person",)})
@attrs.frozen
class WorkshopMember(Record):
    """One person of the team that asked; the workshop's row guards them. `place` 0 is who asked."""

    workshop_id: str
    person: str
    place: int


@attrs.frozen
class Workshop:
    """A workshop as callers see it: people by their own ids, instants aware and in the hub's zone.

    `person_id` asked for it (None: erased), `people` is the team with them. `owner_id` leads it, `due` is when the next
    step is promised, `overdue` whether that has passed. `sessions` are its dates, called-off ones included. `texts` are
    what was written, by kind: see `TEXTS`.
    """

    id: str
    type: str
    title: str
    state: WorkshopState
    person_id: str | None
    people: tuple[str, ...]
    size: int
    created_at: datetime
    owner_id: str | None = None
    due: datetime | None = None
    overdue: bool = False
    series_id: str | None = None
    sessions: tuple[Session, ...] = ()
    texts: Mapping[str, str] = attrs.field(factory=dict, repr=False)


def members_of(workshop_id: str) -> Range[WorkshopMember]:
    """The people of the team that asked."""
    return Range(WorkshopMember, "key", (workshop_id,), limit=100)


def facts_of_workshop(row: WorkshopRow) -> dict[str, str | int | float | bool | None]:
    """What the journal notes of a workshop, enough to build it again."""
    return {
        "person": row.person,
        "type": row.type,
        "size": row.size,
        "asked": row.created_at.isoformat(),
        "owner": row.owner,
        "series": row.series_id,
        "due": row.due.isoformat() if row.due else None,
    }


def replayed_workshop(entries: Iterable[Entry]) -> WorkshopRow | None:
    """A workshop from the entries about it, in their order; None where there is none."""
    last: WorkshopRow | None = None
    steps = {f"workshop.{state}": state for state in WorkshopState}
    for entry in entries:
        state, facts = steps.get(entry.kind), entry.facts
        if state is None:
            continue
        last = WorkshopRow(
            id=entry.subject,
            person=str(facts["person"]),
            type=str(facts["type"]),
            state=state,
            size=int(facts["size"] or 0),
            created_at=datetime.fromisoformat(str(facts["asked"])),
            owner=str(facts["owner"]),
            series_id=str(facts["series"]),
            due=datetime.fromisoformat(str(facts["due"])) if facts["due"] else None,
        )
    return last
