"""Rooms and facilitators: whether somebody or something would be wanted twice at one time.

A venue is a room, and holds one session at a time, where the hub's settings list it. A facilitator can be in one
session at a time. Each has a guard record that whoever moves a session writes, so that of two moves into one room at
the same moment the second finds the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from innovationhub.domain.deciding import Draft
from innovationhub.domain.placing import planned_at
from innovationhub.domain.plans import Effect
from innovationhub.domain.records import Key, Range, Record, record
from innovationhub.domain.schedule import Planned, SessionRow, SessionStatus, occasions
from innovationhub.domain.time import LONGEST_SESSION, Span, zone
from innovationhub.domain.wording import when
from innovationhub.errors import Invalid

__all__ = ["Resource", "clashes_in", "guard", "resource_clashes", "sessions_in"]

MOST = 2000
"""Sessions looked at around one time."""


@record("resource", key=("name",))
@attrs.frozen
class Resource(Record):
    """The guard of what a room (`venue:…`) or a facilitator (`person:…`) is wanted for."""

    name: str
    uses: int = 0


def _names(draft: Draft, row: SessionRow) -> list[str]:
    rooms = [f"venue:{row.venue}"] if row.venue in draft.programme.hub.rooms else []
    return [*rooms, *(f"person:{key}" for key in row.facilitators.split())]


def guard(draft: Draft, row: SessionRow) -> None:
    """Write the guards of what a session uses."""
    names = _names(draft, row)
    draft.need(*(Key(Resource, (name,)) for name in names))
    for name in names:
        kept = draft.get(Resource, name) or Resource(name)
        draft.put(attrs.evolve(kept, uses=kept.uses + 1))


def sessions_in(draft: Draft, span: Span) -> list[SessionRow]:
    """Every session that begins in a span, as it now stands, in order of start. Raises `Invalid` for too many."""
    programme = draft.programme
    planned: list[Planned] = []
    for series in programme.series.values():
        minutes = programme.type(series.type).longest
        found, complete = occasions(series, minutes, span, draft.view.opening, limit=MOST)
        if not complete or len(planned) > MOST:
            raise Invalid("change", f"must not touch more than {MOST:,} sessions: narrow it")
        planned += found
    rows = Range(SessionRow, "by_start", (), span.starts, span.ends, MOST)
    draft.need(rows, *(Key(SessionRow, (each.id,)) for each in planned))
    known = {row.id: row for row in draft.scan(rows).records}
    for each in planned:
        row = draft.get(SessionRow, each.id) or planned_at(draft, each)
        if span.starts <= row.starts < span.ends:
            known[row.id] = row
    return sorted(known.values(), key=lambda row: (row.starts, row.id))


def resource_clashes(draft: Draft, rows: Iterable[SessionRow]) -> Iterator[Effect]:
    """What these sessions would clash with, as they are in the draft: rooms and facilitators wanted twice."""
    where = zone(draft.programme.hub.timezone)
    for row in rows:
        names = set(_names(draft, row))
        if not names:
            continue
        around = Span(row.starts - LONGEST_SESSION, row.ends)
        for other in sessions_in(draft, around):
            both = names & set(_names(draft, other))
            other_one = other.id != row.id and other.status is SessionStatus.SCHEDULED
            if not both or not other_one or not other.span.overlaps(row.span):
                continue
            for name in sorted(both):
                yield _wanted_twice(name, row, other, when(other.starts, where))


def clashes_in(draft: Draft, span: Span) -> list[Effect]:
    """Every room and facilitator that two sessions of a span want at one time, in order of start."""
    where = zone(draft.programme.hub.timezone)
    found: list[Effect] = []
    running: list[SessionRow] = []
    for row in sessions_in(draft, span):
        if row.status is not SessionStatus.SCHEDULED:
            continue
        running = [each for each in running if each.ends > row.starts]
        for other in running:
            both = sorted(set(_names(draft, row)) & set(_names(draft, other)))
            found += [_wanted_twice(name, other, row, when(row.starts, where)) for name in both]
        running.append(row)
    return found


def _wanted_twice(name: str, one: SessionRow, other: SessionRow, at: str) -> Effect:
    kind, _, value = name.partition(":")
    what = f"The room {value}" if kind == "venue" else "A facilitator"
    sentence = f"{what} is wanted for {one.id} and for {other.id}, {at}."
    return Effect("clash", one.id, sentence, person_id=value if kind == "person" else "")
