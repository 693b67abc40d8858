"""How the hub comes to know somebody."""

from __future__ import annotations

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Diary
from innovationhub.domain.people import Person, PersonRow
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Refusal

__all__ = ["AddPerson", "enrol"]


def enrol(draft: Draft, person: Person, key: str) -> str:
    """Make sure that the hub knows a person as given; returns their opaque key (`key` where they are new)."""
    row = draft.get(PersonRow, person.id)
    if row is None:
        draft.put(PersonRow.of(person, key, draft.now))
        draft.put(Diary(key))
        draft.note("person.added", key)
        return key
    if row.person() != person:
        now = PersonRow.of(person, row.key, row.added)
        told = ("name", "email", "groups", "phone")
        fields = [name for name in told if getattr(row, name) != getattr(now, name)]
        draft.put(now)
        draft.note("person.changed", row.key, fields=" ".join(fields))
    return row.key


@attrs.frozen(kw_only=True)
class AddPerson:
    """Make a person known to the hub, or bring what it knows up to date. `key` was minted beforehand."""

    person: Person
    key: str
    actor: str

    def needs(self) -> Read:
        """Whether the hub knows that id already."""
        return Read((Key(PersonRow, (self.person.id,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Add or update; the same person twice changes nothing."""
        draft = Draft(view, self.actor)
        return draft.accept(Done(enrol(draft, self.person, self.key)))
