"""Diaries: what a person holds does not overlap, and nobody is booked twice (invariant 4)."""

from __future__ import annotations

from collections.abc import Sequence

from innovationhub.domain.booking import BookingStatus
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine
from innovationhub.hub.auditing.reading import HISTORY

__all__ = ["diary_findings"]


def diary_findings(engine: Engine, first: Diary) -> list[Violation]:
    """A person's standing appointments, read with their diary as of one moment."""
    key = Key(Diary, (first.person,))
    wanted = Range(Appointment, "by_person", (first.person, True), limit=HISTORY)
    rows = engine.store.read(Read((key,), (wanted,)))
    diary = rows.get(Diary, first.person)
    if diary is None:
        return []
    if rows.scan(wanted).cut:
        sentence = f"a diary has more than {HISTORY:,} standing appointments, so they were not compared"
        return [Violation(6, "not-checked", diary.person, sentence)]
    standing = rows.scan(wanted).records
    found: list[Violation] = []
    if diary.active != len(standing):
        sentence = f"a diary counts {diary.active} standing appointments, and there are {len(standing)}"
        found.append(Violation(6, "count-diary", diary.person, sentence))
    return [*found, *_overlaps(engine, diary.person, standing), *_twice(diary.person, standing)]


def _overlaps(engine: Engine, person: str, standing: Sequence[Appointment]) -> list[Violation]:
    found: list[tuple[Appointment, Appointment]] = []
    holds = sorted((each for each in standing if each.holds), key=lambda each: each.starts)
    for place, each in enumerate(holds):
        for other in holds[place + 1 :]:
            if other.starts >= each.ends:
                break
            if each.booking_id == other.parent or other.booking_id == each.parent:
                continue  # what depends on a place is part of it
            found.append((each, other))
    # a session that was called off takes nobody's time, whether or not its bookings have been told yet
    keys = {line.session_id: Key(SessionRow, (line.session_id,)) for pair in found for line in pair}
    rows = engine.store.read(Read(tuple(keys.values()))) if keys else None
    kept = {id: rows.get(SessionRow, id) for id in keys} if rows else {}
    off = {id for id, row in kept.items() if row is not None and row.status is SessionStatus.CALLED_OFF}
    return [
        Violation(
            4, "overlap", person, f"one person holds {one.session_id} and {other.session_id}, which overlap"
        )
        for one, other in found
        if not {one.session_id, other.session_id} & off
    ]


def _twice(person: str, standing: Sequence[Appointment]) -> list[Violation]:
    found: list[Violation] = []
    seen: set[tuple[str, str]] = set()
    for each in standing:
        if each.status is BookingStatus.CANCELLED:
            continue  # a date of a registration that was given up: one may wait for it as a guest
        if (each.session_id, each.role) in seen:
            sentence = f"one person has two bookings for {each.session_id} as {each.role}"
            found.append(Violation(4, "booked-twice", person, sentence))
        seen.add((each.session_id, each.role))
    return found
