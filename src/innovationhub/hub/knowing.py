"""The part of the face that knows people: their own ids and what is held about them, outside; opaque keys within."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.ids import checked_id
from innovationhub.domain.joining import AddPerson
from innovationhub.domain.journal import Entry
from innovationhub.domain.mirrors import LmsAccountRow
from innovationhub.domain.people import Person, PersonData, asked
from innovationhub.domain.records import Key, Range, Read
from innovationhub.errors import Invalid, NotFound
from innovationhub.hub.forgetting import MOST_LINES, erase, lines_of, workshops_of
from innovationhub.hub.keepers import held
from innovationhub.hub.messaging import message_views
from innovationhub.hub.part import Part
from innovationhub.hub.workshops import workshops_under

__all__ = ["Knowing"]

MOST_ENTRIES = 10_000
"""Entries about one booking that are exported."""


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
        return self._run(command, lambda _: person, request_id, (asked(person),))

    def person(self, person_id: str) -> Person:
        """What the hub knows of a person. Raises `NotFound`."""
        return self._people.row(person_id).person()

    def ids_of(self, keys: Iterable[str]) -> Mapping[str, str]:
        """Your own ids of the people behind opaque keys, such as the journal's; what is nobody's key is left out."""
        found = self._people.ids(key for key in keys if isinstance(key, str))
        return {key: id for key, id in found.items() if id != key}

    def export_person(self, person_id: str) -> PersonData:
        """All that the hub holds about somebody: who they are, bookings, notes, messages, what the journal says.

        Raises `NotFound`.
        """
        row = self._people.row(person_id)
        lines = lines_of(self._engine, row.key)
        bookings = self._bookings.under(sorted({line.booking_id for line in lines}))
        notes = {each.id: self._bookings.notes(each.id) for each in bookings}
        within = workshops_of(self._engine, row.key)
        subjects = [row.key, *within, *(each.id for each in bookings)]
        ranges = tuple(Range(Entry, "by_subject", (each,), limit=MOST_ENTRIES) for each in subjects)
        posted = Range(Delivery, "by_person", (row.key,), limit=MOST_ENTRIES)
        rows = self._engine.store.read(Read((Key(LmsAccountRow, (row.key,)),), (*ranges, posted)))
        account = rows.get(LmsAccountRow, row.key)
        entries = sorted((entry for each in ranges for entry in rows.scan(each).records), key=_position)
        return PersonData(
            person=row.person(),
            key=row.key,
            added=row.added,
            bookings=tuple(bookings),
            notes={id: texts for id, texts in notes.items() if texts},
            entries=tuple(entries),
            complete=len(lines) < MOST_LINES and not any(rows.scan(each).cut for each in (*ranges, posted)),
            messages=tuple(message_views(self._engine, self._people, rows.scan(posted).records)),
            account=account.account if account else "",
            workshops=tuple(workshops_under(self._engine, self._people, within)),
            kept={name: kept for name in self._engine.keepers if (kept := held(self._engine, name, row.key))},
        )

    def erase_person(
        self, person_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> None:
        """Forget somebody. Commits, in several steps; asking again goes on with one that was interrupted.

        Their places to come are cancelled, so that whoever waits gets them; what was noted about their bookings and who
        they are is deleted. Rosters, queues and the journal keep an opaque key that leads nowhere, so that counts and
        order stay as they were. Raises `NotFound`.
        """
        if request_id is not None:
            checked_id("request_id", request_id)
        who = self._people.actor(actor, "system:hub")
        try:
            key = self._people.row(person_id).key
        except NotFound:
            key = ""  # erased before, perhaps by this very request
        self._people.forget(person_id)
        erase(self._engine, person_id, key, who, request_id)


def _position(entry: Entry) -> int:
    return entry.position
