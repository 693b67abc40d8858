"""Minimum numbers: at its deadline a session that too few have booked is said to the team, once.

Sessions that nobody ever booked have no row, so the deadlines are gone through by the calendar, from a cursor on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.placing import Place, open_session, place_for
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.resources import sessions_in
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionStatus
from innovationhub.domain.time import Span
from innovationhub.domain.timers import Cursor

__all__ = ["CURSOR", "CheckMinimum", "come_due", "seated"]

CURSOR = "minimum"
TRIPS = 20


def seated(place: Place) -> int:
    """How many have a place, registrations for the whole series included."""
    return place.roster.held + max(0, place.registered - place.roster.away)


def come_due(now: datetime, cursor: Cursor | None, hours: Iterable[int]) -> Iterator[tuple[int, Span]]:
    """Of sessions that are looked at so many hours before they start: the starts whose time has come since a look.

    Without an earlier look (None) all that are to come within those hours; what has begun is looked at no more.
    """
    for each in sorted(hours):
        ahead = timedelta(hours=each)
        low = now if cursor is None else max(now, cursor.at + ahead)
        if low < now + ahead:
            yield each, Span(low, now + ahead)


@attrs.frozen(kw_only=True)
class CheckMinimum:
    """Look at every session whose deadline has passed since the last look, and note those that are short of people."""

    actor: str = "system:tick"
    trips: int = TRIPS

    def needs(self) -> Read:
        """How far the last look went."""
        return Read((Key(Cursor, (CURSOR,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Note each short session once. The answer names them, apart by spaces."""
        draft = Draft(view, self.actor)
        cursor = draft.get(Cursor, CURSOR)
        short: list[str] = []
        hours = {
            role.minimum_hours
            for key in draft.programme.latest
            for role in draft.programme.type(key).roles
            if role.minimum
        }
        for each, span in come_due(draft.now, cursor, hours):
            short += self._short(draft, span, each)
        if hours:
            draft.put(Cursor(CURSOR, draft.now))
        return draft.accept(Done(" ".join(short)))

    def _short(self, draft: Draft, span: Span, hours: int) -> list[str]:
        rows = [row for row in sessions_in(draft, span) if row.status is SessionStatus.SCHEDULED]
        wanted = [
            (row, role)
            for row in rows
            for role in draft.programme.types[row.type, row.revision].roles
            if role.minimum and role.minimum_hours == hours
        ]
        draft.need(*(Key(Roster, (id, role.key)) for row, role in wanted for id in (row.id, row.series_id)))
        found: list[str] = []
        for row, role in wanted:
            place = place_for(draft, row.id, role.key)
            if seated(place) < role.minimum:
                open_session(draft, row)
                draft.note(
                    "session.below-minimum",
                    row.id,
                    role=role.key,
                    held=seated(place),
                    minimum=role.minimum,
                )
                found.append(row.id)
        return list(dict.fromkeys(found))
