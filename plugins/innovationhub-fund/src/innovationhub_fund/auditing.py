"""What must hold of what the fund keeps: part of `Hub.audit`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from innovationhub import Violation
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.deciding import Draft
from innovationhub.domain.journal import Entry
from innovationhub.domain.placing import appointments_of
from innovationhub.domain.records import Key, Range, Record
from innovationhub.domain.timers import Timer
from innovationhub.protocols.keeper import Check
from innovationhub_fund.ideas import (
    STANDING,
    IdeaRow,
    MemberRow,
    Stage,
    Verdict,
    VerdictRow,
    VisitRow,
    members_of,
    people_of,
    replayed,
    verdicts_on,
)
from innovationhub_fund.judging import outcome
from innovationhub_fund.steps import TIMER

__all__ = ["CHECKS"]

HISTORY = 10_000
"""Entries about one idea that are read."""


def _ideas(draft: Draft, page: Sequence[Record]) -> Iterator[Violation]:
    ids = [row.id for row in cast("Sequence[IdeaRow]", page)]
    told = {id: Range(Entry, "by_subject", (id,), limit=HISTORY) for id in ids}
    draft.need(
        *(Key(IdeaRow, (id,)) for id in ids),
        *(Key(Timer, (TIMER, id)) for id in ids),
        *(each for id in ids for each in (members_of(id), verdicts_on(id))),
        *told.values(),
    )
    for id in ids:
        row = draft.get(IdeaRow, id)
        if row != replayed(draft.scan(told[id]).records):
            yield Violation(6, "replay", id, f"idea {id} is kept otherwise than the journal tells it")
        if row is not None:
            yield from _idea(draft, row)


def _idea(draft: Draft, row: IdeaRow) -> Iterator[Violation]:
    id, timer = row.id, draft.get(Timer, TIMER, row.id)
    waits = row.stage is Stage.APPROVED
    late = timer is not None and row.due is not None and timer.due > row.due
    if waits is not (timer is not None) or late or (waits and row.due is None):
        yield Violation(
            6, "promise", id, f"idea {id} has an approval without its timer, or a timer without one"
        )
    people = people_of(draft, id)
    keys = {each.person for each in people}
    if any(each.stage is not row.stage for each in people):
        yield Violation(
            6, "sides", id, f"idea {id} is at the stage {row.stage}, and its people's rows are not"
        )
    if (row.person not in keys) if row.person else keys:
        yield Violation(6, "no-owner", id, f"idea {id} is owned by somebody who does not work on it")
    verdicts = draft.scan(verdicts_on(id)).records
    if any(each.person in keys and each.verdict is not Verdict.ASIDE for each in verdicts):
        yield Violation(6, "own-idea", id, f"somebody has decided on idea {id}, and works on it")
    this_round = [each for each in verdicts if each.round == row.round]
    approved = outcome(this_round, 1) is Verdict.APPROVE
    if row.stage in STANDING and not approved:
        yield Violation(
            6, "not-approved", id, f"idea {id} is {row.stage}, and the panel's verdicts are not so"
        )


def _sides(draft: Draft, page: Sequence[Record]) -> Iterator[Violation]:
    """People and verdicts belong to an idea that there is."""
    rows = cast("Sequence[MemberRow | VerdictRow]", page)
    draft.need(*(Key(IdeaRow, (row.idea_id,)) for row in rows))
    for row in rows:
        if draft.get(IdeaRow, row.idea_id) is None:
            what = f"a {row.__schema__.name} row is about idea {row.idea_id}, which there is not"
            yield Violation(6, "no-idea", row.idea_id, what)


def _visits(draft: Draft, page: Sequence[Record]) -> Iterator[Violation]:
    """Visits belong to an idea and to a place in a booking that there are."""
    rows = cast("Sequence[VisitRow]", page)
    yield from _sides(draft, page)
    draft.need(*(Key(BookingRow, (row.booking_id,)) for row in rows))
    draft.need(*(appointments_of(row.booking_id) for row in rows))
    for row in rows:
        lines = draft.scan(appointments_of(row.booking_id)).records
        there = any(line.place == row.place and row.person in {"", line.person} for line in lines)
        if draft.get(BookingRow, row.booking_id) is None or not there:
            sentence = (
                f"idea {row.idea_id} was brought to a place in booking {row.booking_id} that there is not"
            )
            yield Violation(6, "no-booking", row.idea_id, sentence)


CHECKS: Mapping[type[Record], Check] = {
    IdeaRow: _ideas,
    MemberRow: _sides,
    VerdictRow: _sides,
    VisitRow: _visits,
}
