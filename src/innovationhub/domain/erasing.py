"""Erasing a person: who they are and what they wrote is deleted, what they did stays as numbers.

Their places to come are cancelled first, by ordinary commands. Rosters, queues, diaries and the journal hold an opaque
key only, which then leads nowhere: counts, order and invariants stay as they were (invariant 10).
"""

from __future__ import annotations

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.people import Note, PersonRow, texts_about
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.errors import NotFound

__all__ = ["EraseNotes", "ErasePerson"]

STEP = 200
"""Bookings whose texts are erased in one commit."""


@attrs.frozen(kw_only=True)
class EraseNotes:
    """Delete the free text about some bookings."""

    bookings: tuple[str, ...]
    actor: str

    def needs(self) -> Read:
        """The texts."""
        return Read(ranges=tuple(texts_about(booking) for booking in self.bookings))

    def decide(self, view: View) -> Accepted | Refusal:
        """Delete them."""
        draft = Draft(view, self.actor)
        rows = [row for booking in self.bookings for row in draft.scan(texts_about(booking)).records]
        draft.need(*(Key(Note, (row.subject, row.kind)) for row in rows))
        for row in rows:
            if draft.get(Note, row.subject, row.kind) is not None:
                draft.delete(row)
        return draft.accept(Done("notes"))


@attrs.frozen(kw_only=True)
class ErasePerson:
    """Delete a person's record and diary. Their places to come have been cancelled, their texts deleted, before."""

    person_id: str
    key: str
    actor: str

    def needs(self) -> Read:
        """The person and their diary."""
        wanted = Range(Appointment, "by_person", (self.key, True), limit=1)
        return Read((Key(PersonRow, (self.person_id,)), Key(Diary, (self.key,))), (wanted,))

    def decide(self, view: View) -> Accepted | Refusal:
        """Erase; the key stays behind, and leads nowhere."""
        draft = Draft(view, self.actor)
        row = draft.get(PersonRow, self.person_id)
        if row is None:
            raise NotFound("person", self.person_id)
        draft.delete(row)
        diary = draft.get(Diary, self.key)
        if diary is not None:
            draft.delete(diary)
        draft.note("person.erased", self.key)
        return draft.accept(Done(self.key))
