"""After a session in which something was shown: those who showed it are asked to share what they learnt."""

from __future__ import annotations

from datetime import timedelta

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.booking import LEFT, BookingRow
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.placing import appointments_of
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.timers import Timer
from innovationhub_community.records import SettingsRow
from innovationhub_community.showing import SHOWCASE
from innovationhub_community.things import SHOWCASES
from innovationhub_community.writing import NAME, SYSTEM

__all__ = ["AskWhoShowed"]

DAILY = timedelta(days=1)

STEP = 20
"""Sessions looked at in one commit."""

MOST_STANDS = 500
"""Who showed something in one session, that is asked."""

_CAME = ("attended", LEFT)


@attrs.frozen(kw_only=True)
class AskWhoShowed:
    """The daily timer has rung: an entry for each who showed something some days ago, which calls for the message."""

    actor: str = SYSTEM

    def needs(self) -> Read:
        """The settings, and the timer."""
        return Read((Key(SettingsRow, (NAME,)), Key(Timer, (SHOWCASES, NAME))))

    def decide(self, view: View) -> Accepted:
        """A page of the sessions that have become due since; `more` where there are others."""
        draft = Draft(view, self.actor)
        settings, timer = draft.get(SettingsRow, NAME), draft.get(Timer, SHOWCASES, NAME)
        if settings is None or timer is None or timer.due > draft.now:
            return draft.accept(Done(NAME))
        until = draft.now - timedelta(days=settings.ask_days)
        due = Range(SessionRow, "by_start", (), settings.upto, until, STEP)
        draft.need(due)
        found = draft.scan(due)
        with_stands = [row for row in found.records if _shows(draft, row)]
        rosters = [
            Range(BookingRow, "by_roster", (row.id, SHOWCASE, came), limit=MOST_STANDS)
            for row in with_stands
            for came in _CAME
        ]
        draft.need(*rosters)
        bookings = [booking for each in rosters for booking in draft.scan(each).records]
        draft.need(*(appointments_of(booking.id) for booking in bookings))
        for booking in bookings:
            for line in draft.scan(appointments_of(booking.id)).records:
                if line.active:
                    draft.note(f"{NAME}.showed", booking.id, person=line.person, session=booking.session_id)
        upto = (
            found.records[-1].starts + timedelta(microseconds=1) if found.cut else max(until, settings.upto)
        )
        draft.put(attrs.evolve(settings, upto=upto))
        if not found.cut:
            draft.put(Timer(SHOWCASES, NAME, draft.now + DAILY))
        return draft.accept(Done(NAME, more=found.cut))


def _shows(draft: Draft, row: SessionRow) -> bool:
    return draft.programme.types[row.type, row.revision].role(SHOWCASE) is not None
