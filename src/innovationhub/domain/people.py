"""People: the only records that hold personal data.

Everywhere else (journal, rosters, diaries, receipts, actors) a person is an opaque key that the hub minted. The face
of the library speaks the callers' own ids, and they are looked up here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from innovationhub.domain.booking import Booking
from innovationhub.domain.fields import is_email
from innovationhub.domain.ids import checked_id, checked_key, checked_text
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Facts, Range, Record, record
from innovationhub.domain.views import MessageView
from innovationhub.domain.workshop import Workshop
from innovationhub.errors import Invalid

__all__ = ["Note", "Person", "PersonData", "PersonRow", "asked", "texts_about"]


FEWEST_DIGITS = 5
"""Of a telephone number, an internal one included."""


def _id(owner: object, attribute: attrs.Attribute[str], value: str) -> None:
    checked_id(attribute.name, value)


def _line(owner: object, attribute: attrs.Attribute[str], value: str) -> None:
    checked_text(attribute.name, value, longest=200, empty=True)


def _phone(owner: object, attribute: attrs.Attribute[str], value: str) -> None:
    checked_text("phone", value, longest=30, empty=True)
    if value and not (set(value) <= set("+0123456789 ()-") and sum(map(str.isdigit, value)) >= FEWEST_DIGITS):
        raise Invalid("phone", f'must be one number, such as "+44 7700 900123"; got {value!r}', value)


def _groups(owner: object, attribute: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    for group in value:
        checked_key("groups", group)


def _as_groups(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        raise Invalid("groups", f'must be a list of groups, such as ["nursing"]; got {value!r}', value)
    return tuple(sorted(set(value)))  # type: ignore[call-overload]  # the validator sees each


@attrs.frozen
class Person:
    """Somebody the hub knows, under the caller's own id: opaque, with a namespace (`esr:100200`, `email:…`)."""

    id: str = attrs.field(validator=_id)
    name: str = attrs.field(default="", validator=_line)
    email: str = attrs.field(default="", validator=is_email)
    groups: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_as_groups, validator=_groups)
    phone: str = attrs.field(default="", kw_only=True, validator=_phone, repr=False)


def asked(person: Person) -> str:
    """What a request about a person asks for: as it was before there were telephone numbers, where none is given."""
    return f"{person!r} {person.phone}" if person.phone else repr(person)


@attrs.frozen
class PersonData:
    """All that a hub holds about one person, in plain values.

    `key` is the opaque key under which rosters and the journal know them. `bookings` are theirs with what was noted
    about each (by booking and kind), `entries` what the journal says of them and their bookings, `messages` what was or
    is to be written to them. `account` is theirs in the trust's LMS, empty where none is known. `workshops` are
    those they asked for or are in. `kept` is what plugins hold, by the keeper's name and by what it is. `complete` is
    False where there was more than could be listed.
    """

    person: Person
    key: str
    added: datetime
    bookings: tuple[Booking, ...]
    notes: Mapping[str, Mapping[str, str]]
    entries: tuple[Entry, ...]
    complete: bool
    messages: tuple[MessageView, ...] = ()
    account: str = ""
    workshops: tuple[Workshop, ...] = ()
    kept: Mapping[str, Mapping[str, Sequence[Facts]]] = attrs.field(factory=dict)


@record("person", key=("id",), indexes={"by_key": ("key",), "by_email": ("email",)})
@attrs.frozen
class PersonRow(Record):
    """A person as kept: the caller's id, the hub's opaque key, and all that is personal."""

    id: str
    key: str
    name: str
    email: str
    groups: str
    added: datetime
    phone: str = ""

    @classmethod
    def of(cls, person: Person, key: str, added: datetime) -> PersonRow:
        """The row for a person who has that key since that instant."""
        return cls(person.id, key, person.name, person.email, " ".join(person.groups), added, person.phone)

    def person(self) -> Person:
        """The person as callers know them."""
        return Person(self.id, self.name, self.email, groups=tuple(self.groups.split()), phone=self.phone)


@record("note", key=("subject", "kind"))
@attrs.frozen
class Note(Record):
    """Free text about a booking, a session or a workshop: what was noted with it, why it was cancelled.

    It may name people, so it lives here and never in the journal.
    """

    subject: str
    kind: str
    text: str


def texts_about(subject: str) -> Range[Note]:
    """The free text about one subject."""
    return Range(Note, "key", (subject,), limit=20)
