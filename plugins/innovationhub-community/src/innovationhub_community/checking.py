"""What audit finds: rows that differ from the journal, links that lead nowhere, a contact shown without a consent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from innovationhub import Entry, Violation
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.deciding import Draft
from innovationhub.domain.records import Key, Range, Record, key_of
from innovationhub.domain.timers import Timer
from innovationhub.protocols.keeper import Check
from innovationhub_community.consenting import INTRODUCTION
from innovationhub_community.records import (
    Consent,
    IntroductionRow,
    IntroductionState,
    ShowingRow,
    SignpostRow,
    TakeUpRow,
    TriedRow,
)
from innovationhub_community.writing import NAME, consents_about, plain, replayed, standing

__all__ = ["CHECKS"]

HISTORY = 10_000
"""Entries about one row that are gone through."""

R = TypeVar("R", bound=Record)


def _history(subject: str) -> Range[Entry]:
    return Range(Entry, "by_subject", (subject,), limit=HISTORY)


def _again(draft: Draft, rows: Sequence[R]) -> list[R]:
    """The rows as they are now, with the entries about them, all as of one moment."""
    keys = [key_of(row) for row in rows]
    draft.need(*keys, *(_history(str(key.values[0])) for key in keys))
    return [row for key in keys if (row := draft.get(key.type, *key.values)) is not None]  # type: ignore[misc]


def _entries(draft: Draft, row: Record) -> Sequence[Entry]:
    return draft.scan(_history(str(key_of(row).values[0]))).records


def _differs(draft: Draft, row: Record) -> Iterator[Violation]:
    id, kept = str(key_of(row).values[0]), plain(row)
    told = replayed(_entries(draft, row))
    if told is None or {name: told.get(name) for name in kept} != kept:
        what = row.__schema__.name.removeprefix(f"{NAME}_")
        yield Violation(6, "replay", id, f"{what} {id} is kept otherwise than the journal tells it")


def _consents(draft: Draft, rows: Iterable[ShowingRow | IntroductionRow]) -> Iterator[Violation]:
    """The consents about some rows: each as the journal tells it, and none of anybody whom it is not about."""
    rows = list(rows)
    draft.need(*(consents_about(row.id) for row in rows))
    for row in rows:
        kept = {each.person: each.at for each in draft.scan(consents_about(row.id)).records}
        concerned = {row.person} if isinstance(row, ShowingRow) else {row.one, row.other}
        if kept != standing(_entries(draft, row)) or kept.keys() - concerned - {""} or "" in kept:
            yield Violation(
                6,
                "consent",
                row.id,
                f"a consent about {row.id} stands that was not given, or not one that was",
            )


def _showings(draft: Draft, rows: Sequence[Record]) -> Iterator[Violation]:
    found = _again(draft, [row for row in rows if isinstance(row, ShowingRow)])
    for row in found:
        yield from _differs(draft, row)
    yield from _consents(draft, found)
    yield from _links(draft, [(row.id, BookingRow, row.booking_id) for row in found])


def _introductions(draft: Draft, rows: Sequence[Record]) -> Iterator[Violation]:
    found = _again(draft, [row for row in rows if isinstance(row, IntroductionRow)])
    draft.need(*(Key(Timer, (INTRODUCTION, row.id)) for row in found))
    for row in found:
        yield from _differs(draft, row)
        waits = row.state is IntroductionState.ASKED
        if waits is (draft.get(Timer, INTRODUCTION, row.id) is None):
            yield Violation(
                6, "promise", row.id, f"introduction {row.id} waits without a timer, or has one and does not"
            )
        if row.state is IntroductionState.MADE and not _agreed(_entries(draft, row)):
            yield Violation(6, "not-agreed", row.id, f"introduction {row.id} was made before both agreed")
    yield from _consents(draft, found)


def _agreed(entries: Sequence[Entry]) -> bool:
    """Whether both had agreed when it was made."""
    made = next((each for each in entries if each.kind == f"{NAME}.introduction-made"), None)
    if made is None:
        return False
    before = standing(each for each in entries if each.position < made.position)
    return {str(made.facts["one"]), str(made.facts["other"])} <= before.keys()


def _take_ups(draft: Draft, rows: Sequence[Record]) -> Iterator[Violation]:
    found = _again(draft, [row for row in rows if isinstance(row, TakeUpRow)])
    for row in found:
        yield from _differs(draft, row)
    yield from _links(draft, [(row.id, ShowingRow, row.showing_id) for row in found])


def _visits(draft: Draft, rows: Sequence[Record]) -> Iterator[Violation]:
    """Signposts, and things tried out."""
    found = _again(draft, [row for row in rows if isinstance(row, SignpostRow | TriedRow)])
    for row in found:
        yield from _differs(draft, row)
    yield from _links(draft, [(row.id, BookingRow, row.booking_id) for row in found])


def _links(draft: Draft, links: Sequence[tuple[str, type[Record], str]]) -> Iterator[Violation]:
    draft.need(*(Key(cls, (to,)) for _, cls, to in links if to))
    for id, cls, to in links:
        if to and draft.get(cls, to) is None:
            yield Violation(
                6, "no-subject", id, f"{id} is about {cls.__schema__.name} {to}, which there is not"
            )


def _orphans(draft: Draft, rows: Sequence[Record]) -> Iterator[Violation]:
    """Consents about nothing."""
    found = _again(draft, [row for row in rows if isinstance(row, Consent)])
    draft.need(*(Key(cls, (row.about,)) for row in found for cls in (ShowingRow, IntroductionRow)))
    for row in found:
        if draft.get(ShowingRow, row.about) is None and draft.get(IntroductionRow, row.about) is None:
            yield Violation(6, "no-subject", row.about, f"a consent is about {row.about}, which there is not")


CHECKS: Mapping[type[Record], Check] = {
    ShowingRow: _showings,
    IntroductionRow: _introductions,
    TakeUpRow: _take_ups,
    SignpostRow: _visits,
    TriedRow: _visits,
    Consent: _orphans,
}
