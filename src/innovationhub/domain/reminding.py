"""Reminders: when it is time to remind whoever has a place at a session, the journal says so, once.

Sessions are gone through by the calendar, from a cursor on, as for minimum numbers. The entry is what followers turn
into messages.
"""

from __future__ import annotations

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.minimum import come_due, seated
from innovationhub.domain.placing import open_session, place_for
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.resources import sessions_in
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.time import Span
from innovationhub.domain.timers import Cursor

__all__ = ["CURSOR", "Remind"]

CURSOR = "reminders"
TRIPS = 20


@attrs.frozen(kw_only=True)
class Remind:
    """Note every session with people whose time to be reminded has come since the last look."""

    actor: str = "system:tick"
    trips: int = TRIPS

    def needs(self) -> Read:
        """How far the last look went."""
        return Read((Key(Cursor, (CURSOR,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Note each session once. The answer's subject is how many."""
        draft = Draft(view, self.actor)
        cursor = draft.get(Cursor, CURSOR)
        # a session keeps to the revision of its type that it was booked under
        hours = {type_.remind_hours for type_ in draft.programme.types.values()} - {0}
        # who is to be reminded of what is told from the first look on: before it nobody expected a reminder
        due = come_due(draft.now, cursor, hours) if cursor else ()
        number = sum(self._remind(draft, span, each) for each, span in due)
        if hours:
            draft.put(Cursor(CURSOR, draft.now))
        return draft.accept(Done(str(number)))

    def _remind(self, draft: Draft, span: Span, hours: int) -> int:
        rows = [
            row
            for row in sessions_in(draft, span)
            if row.status is SessionStatus.SCHEDULED
            and draft.programme.types[row.type, row.revision].remind_hours == hours
        ]
        roles = {row.id: draft.programme.types[row.type, row.revision].first_roles for row in rows}
        draft.need(
            *(
                Key(Roster, (id, role.key))
                for row in rows
                for role in roles[row.id]
                for id in (row.id, row.series_id)
            )
        )
        return sum(self._one(draft, row, [role.key for role in roles[row.id]]) for row in rows)

    def _one(self, draft: Draft, row: SessionRow, roles: list[str]) -> bool:
        if not any(seated(place_for(draft, row.id, role)) for role in roles):
            return False
        open_session(draft, row)
        draft.note("session.reminder-due", row.id, starts=row.starts.isoformat())
        return True
