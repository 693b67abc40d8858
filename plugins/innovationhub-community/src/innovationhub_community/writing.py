"""How rows and the journal are written together, so that either can be told from the other."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar, cast

import attrs

from innovationhub import Entry, NotFound
from innovationhub.domain.deciding import Draft
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Facts, Key, Range, Record, key_of
from innovationhub_community.records import Consent

__all__ = [
    "CONSENTED",
    "NAME",
    "SYSTEM",
    "UNCONSENTED",
    "Contact",
    "as_fact",
    "both",
    "consent",
    "consents_about",
    "contact_of",
    "drop",
    "found",
    "keep",
    "known",
    "plain",
    "relied_on",
    "replayed",
    "standing",
    "unconsent",
]

R = TypeVar("R", bound=Record)

NAME = "community"
"""The keeper's name: before its entries, its timers, its messages."""

SYSTEM = f"system:{NAME}"

CONSENTED, UNCONSENTED = f"{NAME}.consented", f"{NAME}.unconsented"
"""The kinds of entry about a showing or an introduction that say whose contact may be shown from then on, or not."""

GONE = "gone"


@attrs.frozen
class Contact:
    """How to reach somebody who has agreed to it."""

    name: str = attrs.field(repr=False)
    email: str = attrs.field(repr=False)

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.name, self.email)))


def plain(row: Record) -> dict[str, str | int | float | bool | None]:
    """The fields of a row that the journal may have: all but its free text and its key."""
    values = {
        each.name: getattr(row, each.name)
        for each in attrs.fields(cast("type[attrs.AttrsInstance]", type(row)))
        if each.repr and each.name != "id"
    }
    return {name: as_fact(value) for name, value in values.items()}


def as_fact(value: object) -> str | int | float | bool | None:
    """A field's value as an entry or an export has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, enum.StrEnum) else cast("str | int | float | bool | None", value)


def replayed(entries: Iterable[Entry]) -> Facts | None:
    """The plain fields of a row from the entries about it, in their order; None where it is not to be there."""
    told: Facts | None = None
    for entry in entries:
        if entry.kind.partition(".")[0] == NAME and entry.kind not in {CONSENTED, UNCONSENTED}:
            told = None if GONE in entry.facts else entry.facts
    return told


def standing(entries: Iterable[Entry]) -> Mapping[str, datetime]:
    """Whose consents stand by the entries about a showing or an introduction, and since when."""
    given: dict[str, datetime] = {}
    for entry in entries:
        if entry.kind == CONSENTED:
            given[str(entry.facts["person"])] = entry.at
        elif entry.kind == UNCONSENTED:
            given.pop(str(entry.facts["person"]), None)
    return given


def keep(draft: Draft, row: Record, what: str, **more: str) -> None:
    """Write a row, and the entry from which it can be told; `more` is whom else it concerns."""
    draft.put(row)
    draft.note(f"{NAME}.{what}", str(key_of(row).values[0]), **plain(row), **more)


def drop(draft: Draft, row: Record, what: str) -> None:
    """Delete a row, and say so."""
    draft.delete(row)
    draft.note(f"{NAME}.{what}", str(key_of(row).values[0]), **{GONE: True})


def known(draft: Draft, person_id: str) -> PersonRow:
    """Somebody by the caller's own id. Raises `NotFound`."""
    row = draft.get(PersonRow, person_id)
    if row is None:
        raise NotFound("person", person_id, "add them first: hub.add_person(Person(...))")
    return row


def found(draft: Draft, cls: type[R], kind: str, id: str) -> R:
    """A row by its id, relied on. Raises `NotFound`."""
    row = draft.get(cls, id)
    if row is None:
        raise NotFound(kind, id)
    return row


def relied_on(draft: Draft, rows: Sequence[R]) -> list[R]:
    """The rows of a range, each relied on; those that are still there."""
    keys = [key_of(row) for row in rows]
    draft.need(*keys)
    return [cast("R", row) for row in (draft.get(key.type, *key.values) for key in keys) if row is not None]


def consents_about(about: str) -> Range[Consent]:
    """The consents about a showing (one at most) or an introduction (two)."""
    return Range(Consent, "key", (about,), limit=10)


def consent(draft: Draft, about: str, person: str) -> None:
    """Let somebody's consent stand; where it does, nothing changes."""
    if draft.get(Consent, about, person) is None:
        draft.put(Consent(about, person, draft.now))
        draft.note(CONSENTED, about, person=person)


def unconsent(draft: Draft, about: str, person: str) -> None:
    """Let it stand no more; where it does not, nothing changes."""
    row = draft.get(Consent, about, person)
    if row is not None:
        draft.delete(row)
        draft.note(UNCONSENTED, about, person=person)


def both(draft: Draft, about: str, people: Iterable[str]) -> bool:
    """Whether the consents of all of these people stand, each relied on."""
    keys = [Key(Consent, (about, person)) for person in people]
    draft.need(*keys)
    return all(draft.get(Consent, *key.values) is not None for key in keys)


def contact_of(draft: Draft, about: str, person: str) -> Contact | None:
    """How to reach somebody, where their consent stands; None where it does not. The only way to a name here."""
    wanted = Range(PersonRow, "by_key", (person,), limit=1)
    draft.need(Key(Consent, (about, person)), wanted)
    rows = draft.scan(wanted).records
    if not person or not rows or draft.get(Consent, about, person) is None:
        return None
    return Contact(rows[0].name, rows[0].email)
