"""Settle: look at one roster's queue again, as a command of its own."""

from __future__ import annotations

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import ROUNDS, Accepted, Draft, View
from innovationhub.domain.placing import (
    is_whole,
    place_for,
)
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.timers import Timer, roster_subject
from innovationhub.domain.waitlist import ready_queue, settle

__all__ = ["Settle"]


@attrs.frozen
class Settle:
    """Look at one roster's queue again: what a commit could not get through, or what time has changed.

    `timer` is the kind of timer that called for it, which ends with it.
    """

    session_id: str
    role: str
    actor: str = "system:tick"
    timer: str = ""
    trips: int = ROUNDS

    def needs(self) -> Read:
        """The session, its roster, and the head of its ready queue."""
        roster = Key(Roster, (self.session_id, self.role))
        keys = (roster,) if is_whole(self.session_id) else (Key(SessionRow, (self.session_id,)), roster)
        if self.timer:
            keys = (*keys, self._rung)
        return Read(keys, (ready_queue(self.session_id, self.role),))

    @property
    def _rung(self) -> Key[Timer]:
        return Key(Timer, (self.timer, roster_subject(self.session_id, self.role)))

    def decide(self, view: View) -> Accepted | Refusal:
        """Promote and park as far as one commit goes."""
        draft = Draft(view, self.actor)
        rung = draft.get(Timer, *self._rung.values) if self.timer else None
        if rung is not None and rung.due <= draft.now:
            draft.delete(rung)
        place = place_for(draft, self.session_id, self.role)
        more = settle(draft, place)
        return draft.accept(Done(self.session_id, more))
