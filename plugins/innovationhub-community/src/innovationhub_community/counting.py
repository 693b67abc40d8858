"""Figures for the team: how much was shown, taken up, pointed to, tried. They name nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from innovationhub.domain.deciding import Draft
from innovationhub.domain.figures import Table
from innovationhub.domain.records import Range, Record
from innovationhub.domain.time import Span
from innovationhub_community.records import (
    IntroductionRow,
    IntroductionState,
    Outcome,
    Pointed,
    ShowingRow,
    SignpostRow,
    TakeUpRow,
    TriedRow,
)
from innovationhub_community.writing import NAME

__all__ = ["figures"]

MOST = 100_000
"""Rows of one kind that are counted."""

R = TypeVar("R", bound=Record)


def figures(draft: Draft, span: Span) -> Sequence[Table]:
    """See `SupportsFigures.figures`."""
    within: list[Range[Record]] = [
        Range(cls, "by_at", (), span.starts, span.ends, MOST)
        for cls in (ShowingRow, TakeUpRow, SignpostRow, TriedRow, IntroductionRow)
    ]
    draft.need(*within)
    found = [draft.scan(each) for each in within]
    rows = [row for each in found for row in each.records]
    note = f"Only the first {MOST:,} of each kind are counted." if any(each.cut for each in found) else ""
    outcomes = Counter(row.outcome for row in rows if isinstance(row, ShowingRow))
    pointed = Counter(row.points for row in rows if isinstance(row, SignpostRow))
    tried = Counter(row.thing for row in rows if isinstance(row, TriedRow))
    states = Counter(row.state for row in rows if isinstance(row, IntroductionRow))
    made, asked = states[IntroductionState.MADE], sum(states.values())
    took = Counter(row.outcome for row in rows if isinstance(row, TakeUpRow))
    return (
        Table(
            f"{NAME}-showings",
            "What was shown, and taken up elsewhere",
            ("Outcome", "Shown", "Taken up"),
            (
                *((str(each), outcomes[each], took[str(each)]) for each in Outcome),
                ("not heard of", 0, took[""]),
            ),
            "showings and take-ups",
            " ".join(["A take-up counts by how it went there.", note]).strip(),
        ),
        Table(
            f"{NAME}-signposts",
            "What people were pointed to",
            ("Kind", "Signposts"),
            tuple((str(each), pointed[each]) for each in Pointed),
            "signposts",
            note,
        ),
        Table(
            f"{NAME}-tried",
            "What was tried out in the space",
            ("Thing", "Times"),
            tuple(sorted(tried.items())),
            "times",
            note,
        ),
        Table(
            f"{NAME}-introductions",
            "Introductions",
            ("Introductions", "Number"),
            (("asked for", asked), ("made", made)),
            "introductions",
            note,
        ),
    )
