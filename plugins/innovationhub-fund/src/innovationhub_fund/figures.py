"""Figures of the fund: how many ideas are where and for how long, how often people come with them; nobody is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

from innovationhub.domain.booking import BookingStatus
from innovationhub.domain.deciding import Draft
from innovationhub.domain.placing import appointments_of
from innovationhub.domain.records import Range
from innovationhub.domain.time import Span
from innovationhub.protocols.keeper import Table
from innovationhub_fund.ideas import IdeaRow, Stage, visits_with

__all__ = ["figures"]

MOST = 10_000
"""Ideas at one stage that are counted."""

DAY = 86_400


def figures(draft: Draft, span: Span) -> Sequence[Table]:
    """Ideas by stage, as they stand; visits within the span, by idea and by how often each person came with it."""
    ranges = {stage: Range(IdeaRow, "by_stage", (str(stage),), limit=MOST) for stage in Stage}
    draft.need(*ranges.values())
    ideas = {stage: draft.scan(wanted).records for stage, wanted in ranges.items()}
    return [_stages(draft, ideas), *_visits(draft, span, [row.id for rows in ideas.values() for row in rows])]


def _stages(draft: Draft, ideas: dict[Stage, list[IdeaRow]]) -> Table:
    rows = tuple(
        (
            str(stage),
            len(rows),
            int(median((draft.now - row.since).total_seconds() / DAY for row in rows)),
            sum(row.asked for row in rows) // 100,
            sum(row.released for row in rows) // 100,
        )
        for stage, rows in ideas.items()
        if rows
    )
    columns = ("Stage", "Ideas", "Days at it (median)", "Asked for (£)", "Released (£)")
    note = "As things stand at the moment; whole pounds, rounded down."
    return Table("fund-ideas-by-stage", "Ideas by stage", columns, rows, "ideas", note)


def _visits(draft: Draft, span: Span, ids: Sequence[str]) -> Sequence[Table]:
    wanted = {id: visits_with(id) for id in ids}
    draft.need(*wanted.values())
    found = [visit for each in wanted.values() for visit in draft.scan(each).records]
    draft.need(*(appointments_of(visit.booking_id) for visit in found))
    by_idea: Counter[str] = Counter()
    by_person: Counter[tuple[str, str]] = Counter()
    for visit in found:
        for line in draft.scan(appointments_of(visit.booking_id)).records:
            mine = line.place == visit.place and visit.person in {"", line.person}
            within = span.starts <= line.starts < span.ends
            if mine and within and line.status is BookingStatus.ATTENDED:
                by_idea[visit.idea_id] += 1
                by_person[visit.idea_id, line.person] += 1
    often = Counter(by_idea.values())
    ideas = tuple((number, often[number]) for number in sorted(often))
    once = sum(number == 1 for number in by_person.values())
    people = (("once", once), ("more than once", len(by_person) - once)) if by_person else ()
    note = "Attended within the span, with an idea that was brought along."
    return (
        Table("fund-visits-by-idea", "How often an idea came", ("Visits", "Ideas"), ideas, "ideas", note),
        Table("fund-visits-by-person", "How often people came", ("Came", "People"), people, "people", note),
    )
