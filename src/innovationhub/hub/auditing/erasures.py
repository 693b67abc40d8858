"""Erasure: nothing is kept about whoever was erased but a key that leads nowhere (invariant 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.journal import Entry
from innovationhub.domain.mirrors import LmsAccountRow
from innovationhub.domain.people import Note, PersonRow, texts_about
from innovationhub.domain.placing import appointments_of
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.views import Violation
from innovationhub.domain.workshop import WorkshopMember, WorkshopRow
from innovationhub.engine import Engine
from innovationhub.hub.auditing.reading import HISTORY
from innovationhub.hub.keepers import held

__all__ = ["erasure_findings"]


def erasure_findings(engine: Engine, entries: Iterable[Entry]) -> Iterator[Violation]:
    """What is still kept of the people whose erasure these entries tell."""
    for key in dict.fromkeys(entry.subject for entry in entries if entry.kind == "person.erased"):
        person = Range(PersonRow, "by_key", (key,), limit=1)
        lines = tuple(Range(Appointment, "by_person", (key, each), limit=HISTORY) for each in (True, False))
        asked_for = Range(WorkshopRow, "by_person", (key,), limit=HISTORY)
        within = Range(WorkshopMember, "by_person", (key,), limit=1)
        ranges = (person, *lines, asked_for, within)
        rows = engine.store.read(Read((Key(Diary, (key,)), Key(LmsAccountRow, (key,))), ranges))
        their_lines = [row for each in lines for row in rows.scan(each).records]
        kept = [
            name
            for name, there in (
                ("their record", rows.scan(person).records),
                ("their diary", rows.get(Diary, key)),
                ("their account in the LMS", rows.get(LmsAccountRow, key)),
                ("texts about their bookings", _texts(engine, their_lines)),
                ("their part in a workshop", rows.scan(within).records),
                ("texts about their workshops", _written(engine, rows.scan(asked_for).records)),
            )
            if there
        ]
        kept += [f"{what} ({name})" for name in engine.keepers for what in held(engine, name, key)]
        if kept:
            sentence = f"somebody was erased, and {', '.join(kept)} is still kept: erase them again"
            yield Violation(10, "not-erased", key, sentence)


def _texts(engine: Engine, lines: Iterable[Appointment]) -> list[Note]:
    """What is noted about bookings that were theirs alone: of a party those who stayed may write too."""
    ids = list(dict.fromkeys(line.booking_id for line in lines))
    wanted = {id: (appointments_of(id), texts_about(id)) for id in ids}
    if not wanted:
        return []
    rows = engine.store.read(Read(ranges=tuple(each for both in wanted.values() for each in both)))
    alone = [texts for people, texts in wanted.values() if len(rows.scan(people).rows) == 1]
    return [note for texts in alone for note in rows.scan(texts).records]


def _written(engine: Engine, rows: Iterable[WorkshopRow]) -> list[Note]:
    """What is noted about workshops."""
    wanted = tuple(texts_about(row.id) for row in rows)
    read = engine.store.read(Read(ranges=wanted)) if wanted else None
    return [note for each in wanted for note in read.scan(each).records] if read else []
