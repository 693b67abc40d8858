"""Taking a thing out of the space: planned first, so that whoever has booked it is seen before it is gone."""

from __future__ import annotations

import attrs

from innovationhub import Refusal
from innovationhub.domain.fields import is_key
from innovationhub.domain.making import Making
from innovationhub.domain.records import Range
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub_community.records import ThingRow
from innovationhub_community.writing import NAME, found

__all__ = ["Retire"]

MOST_DATES = 500
"""Dates to come on which somebody has booked it."""


@attrs.frozen
class Retire:
    """A thing is taken out of the space: `hub.plan(Retire("vr-headset"))`, then `hub.apply`.

    The plan names who has booked it on dates to come (`unmet`). The series that it books stays on the calendar: end it,
    or call off its dates, by plans of their own.
    """

    thing: str = attrs.field(validator=is_key)

    @property
    def subject(self) -> str:
        """What it changes."""
        return f"thing:{self.thing}"

    def make(self, making: Making) -> Refusal | None:
        """Never refused. Raises `NotFound`."""
        draft = making.draft
        row = found(draft, ThingRow, "thing", self.thing)
        making.add("changed", self.subject, f"{row.title} is taken out of the space.")
        if row.books:
            coming = Range(SessionRow, "by_series", (row.books,), draft.now, None, MOST_DATES)
            draft.need(coming)
            dates = [each for each in draft.scan(coming).records if each.status is SessionStatus.SCHEDULED]
            for id, parties in making.gather(dates).items():
                for party in parties:
                    for each in party.people:
                        sentence = f"It is booked on {id}."
                        making.add("unmet", id, sentence, booking=party.row.id, person=each.person)
        draft.delete(row)
        draft.note(f"{NAME}.retired", self.subject)
        return None
