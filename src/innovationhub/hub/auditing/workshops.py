"""Workshops: each stands as the journal tells it, its promise has its timer, its dates a series (invariant 6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.timers import Timer
from innovationhub.domain.views import Violation
from innovationhub.domain.workshop import PROMISE, WorkshopRow, replayed_workshop
from innovationhub.engine import Engine
from innovationhub.hub.auditing.reading import HISTORY

__all__ = ["workshop_findings"]


def workshop_findings(engine: Engine, found: Sequence[WorkshopRow]) -> Iterator[Violation]:
    """Some workshops, read again with what they are compared with, as of one moment."""
    ids = [row.id for row in found]
    told = {id: Range(Entry, "by_subject", (id,), limit=HISTORY) for id in ids}
    keys = [key for id in ids for key in (Key(WorkshopRow, (id,)), Key(Timer, (PROMISE, id)))]
    programme, rows = engine.look(Read(tuple(keys), tuple(told.values())))
    for id in ids:
        row, timer = rows.get(WorkshopRow, id), rows.get(Timer, PROMISE, id)
        entries = rows.scan(told[id]).records
        if row != replayed_workshop(entries):
            yield Violation(6, "replay", id, f"workshop {id} is kept otherwise than the journal tells it")
        if row is None:
            continue
        noted = bool(entries) and entries[-1].kind == "workshop.overdue"
        if (timer is None) is not (row.due is None or noted):
            yield Violation(
                6, "promise", id, f"workshop {id} has a promise without a timer, or a timer without one"
            )
        if row.series_id and row.series_id not in programme.series:
            yield Violation(6, "no-series", id, f"workshop {id} has its dates in a series that there is not")
