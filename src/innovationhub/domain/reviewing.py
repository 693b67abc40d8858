"""Looking again at what nobody's command would notice: a month that turned, an approval given, a group left.

`tick` goes through the rosters of sessions to come, a bounded number at a time, and asks of everybody who is parked
whether the reason still holds; where the type releases places whose holders the rules no longer allow, of them too.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.asking import allowed, foresee, rows_around
from innovationhub.domain.booking import PARKED, BookingRow, BookingStatus, moved
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment
from innovationhub.domain.freeing import Owed, end_dependents, look_at_dates, reopen
from innovationhub.domain.placing import Place, appointments_of, change, facts_of, is_whole, place_for
from innovationhub.domain.policies import OnIneligible
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.timers import Cursor
from innovationhub.domain.waitlist import WALK, obstacle, queue_of, recall, settle

__all__ = ["MoveCursor", "Review"]

TRIPS = 12


@attrs.frozen(kw_only=True)
class Review:
    """Look at one roster again: who is parked, and, by policy, who holds a place. `after` is where to go on."""

    session_id: str
    role: str
    after: int = 0
    actor: str = "system:tick"
    trips: int = TRIPS

    def needs(self) -> Read:
        """The session, its roster, and who is parked."""
        roster = Key(Roster, (self.session_id, self.role))
        keys = (roster,) if is_whole(self.session_id) else (Key(SessionRow, (self.session_id,)), roster)
        return Read(keys, (self._parked(),))

    def _parked(self) -> Range[BookingRow]:
        return queue_of(self.session_id, self.role, PARKED, limit=WALK, after=self.after)

    def decide(self, view: View) -> Accepted | Refusal:
        """Make ready whose reason is gone, release who may not stay, and let the queue have what is free."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        if place.session.status is not SessionStatus.SCHEDULED or draft.now >= place.closes:
            return draft.accept(Done(self.session_id))
        parked = draft.scan(self._parked())
        held = self._held(draft, place)
        owed: Owed = []
        for row, people in self._with_people(draft, place, parked.records):
            reason, _ = obstacle(draft, place, row, [each for each in people if each.active])
            if reason is None:
                ready = attrs.evolve(row, standing=str(BookingStatus.WAITLISTED), passed="")
                change(draft, place, row, ready, ())
                draft.note("booking.ready", row.id, **facts_of(ready))
            elif reason.code != row.passed:
                change(draft, place, row, attrs.evolve(row, passed=reason.code), ())
                draft.note(
                    "booking.passed-over",
                    row.id,
                    **facts_of(row),
                    code=reason.code,
                    clash=str(reason.facts.get("other", "")),
                )
        for row, people in self._with_people(draft, place, held):
            against = [
                each for line in people if line.active for each in allowed(draft, place, line.person, row.id)
            ]
            if against:
                change(draft, place, row, moved(row, BookingStatus.CANCELLED), people)
                draft.note(
                    "booking.cancelled",
                    row.id,
                    **facts_of(moved(row, BookingStatus.CANCELLED)),
                    because="not-eligible",
                    rule=str(against[0].facts.get("rule", "")),
                )
                owed += [*end_dependents(draft, row, people), *reopen(draft, people)]
                recall(draft, place)
        if settle(draft, place):
            owed.append((self.session_id, self.role))
        owed += look_at_dates(draft, place)
        # each list that goes on does so behind the first of the two ends: some may be looked at twice, nobody is missed
        ends = [
            rows[-1].sequence for rows, on in ((parked.records, parked.cut), (held, len(held) == WALK)) if on
        ]
        more, last = bool(ends), min(ends, default=0)
        return draft.accept(Done(str(last) if more else self.session_id, more), owed)

    def _held(self, draft: Draft, place: Place) -> list[BookingRow]:
        if place.type.on_ineligible is not OnIneligible.RELEASE or not place.type.rules:
            return []
        return draft.scan(
            queue_of(self.session_id, self.role, "confirmed", limit=WALK, after=self.after)
        ).records

    def _with_people(
        self, draft: Draft, place: Place, rows: Sequence[BookingRow]
    ) -> list[tuple[BookingRow, Sequence[Appointment]]]:
        draft.need(*(appointments_of(row.id) for row in rows))
        found = [(row, draft.scan(appointments_of(row.id)).records) for row in rows]
        draft.need(
            *(
                each
                for _, people in found
                for line in people
                for each in rows_around(place, line.person, draft.now)
            )
        )
        asks = [(line.person, row.id) for row, people in found for line in people if line.active]
        foresee(draft, place, asks, place.type.rules)
        return list(found)


@attrs.frozen(kw_only=True)
class MoveCursor:
    """Note how far something that goes on from tick to tick has come."""

    cursor: Cursor
    actor: str = "system:tick"

    def needs(self) -> Read:
        """The cursor as it is."""
        return Read((Key(Cursor, (self.cursor.name,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Move it."""
        draft = Draft(view, self.actor)
        draft.put(self.cursor)
        return draft.accept(Done(self.cursor.name))
