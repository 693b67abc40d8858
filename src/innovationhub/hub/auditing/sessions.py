"""Sessions: each keeps its id and its local time (invariant 8)."""

from __future__ import annotations

from innovationhub.domain.ids import split_session_id
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.time import resolve, utc, zone
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine
from innovationhub.errors import NotFound
from innovationhub.hub.auditing.reading import type_of

__all__ = ["session_findings"]


def session_findings(engine: Engine, row: SessionRow) -> list[Violation]:
    """What is wrong about one session's row, by itself."""
    found: list[Violation] = []
    if type_of(engine, row) is None:
        sentence = f"{row.id} keeps to revision {row.revision} of {row.type}, which this hub does not have"
        found.append(Violation(6, "type-gone", row.id, sentence))
    found += _identity(engine, row)
    if row.unsettled and row.status is SessionStatus.SCHEDULED:
        found.append(Violation(2, "unsettled", row.id, f"{row.id} is unsettled and yet scheduled"))
    return found


def _identity(engine: Engine, row: SessionRow) -> list[Violation]:
    """Whether the start that the id names, on the clock of the series, is the instant that is kept for it.

    A start that the clock leaves out on the night of a gap is the instant it is moved on to, and no other.
    """
    try:
        series_id, nominal = split_session_id(row.id)
    except NotFound:
        return [Violation(8, "no-session-id", row.id, f"{row.id!r} is no session's id")]
    programme = engine.programme if row.series_id in engine.programme.series else engine.refresh()
    series = programme.series.get(row.series_id)
    if series is None or series_id != row.series_id:
        sentence = f"{row.id} is kept as a session of {row.series_id}, which its id does not say"
        if series is None:
            sentence = f"{row.id} is a session of {row.series_id}, which this hub does not have"
        return [Violation(8, "not-of-its-series", row.id, sentence)]
    where = zone(series.recurrence.zone)
    if utc(resolve(nominal, where)) == row.original:
        return []
    shown = row.original.astimezone(where).replace(tzinfo=None)
    sentence = f"{row.id} began at {shown} by its series' clock, which is not what its id says"
    return [Violation(8, "id-and-time-differ", row.id, sentence)]
