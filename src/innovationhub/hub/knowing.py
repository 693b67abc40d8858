"""The part of the face that knows people: their own ids and what is held about them, outside; opaque keys within."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from innovationhub.domain.joining import AddPerson
from innovationhub.domain.people import Person
from innovationhub.errors import Invalid
from innovationhub.hub.part import Part

__all__ = ["Knowing"]


class Knowing(Part):
    """People."""

    def add_person(
        self, person: Person, *, request_id: str | None = None, actor: str | None = None
    ) -> Person:
        """Make somebody known to the hub under the caller's own id, or bring what it knows up to date. Commits."""
        if not isinstance(person, Person):
            raise Invalid("person", f"must be a Person; got {person!r}", person)
        key = secrets.token_hex(12)
        command = AddPerson(person=person, key=key, actor=self._people.actor(actor, "system:hub"))
        return self._run(command, lambda _: person, request_id, (repr(person),))

    def person(self, person_id: str) -> Person:
        """What the hub knows of a person. Raises `NotFound`."""
        return self._people.row(person_id).person()

    def ids_of(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Your own ids of the people behind opaque keys, such as the journal's; what is nobody's key is left out."""
        found = self._people.ids(key for key in keys if isinstance(key, str))
        return {key: id for key, id in found.items() if id != key}
