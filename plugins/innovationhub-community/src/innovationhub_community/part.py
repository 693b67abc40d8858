"""What the two faces share: how a command is sent, how rows are read, how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from innovationhub import Hub, Invalid, NotFound
from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Command
from innovationhub.domain.ids import LONGEST_TEXT, checked_id, checked_key, checked_text
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Range, Read, Record
from innovationhub_community.pointing import is_address
from innovationhub_community.records import (
    Consent,
    IntroductionRow,
    IntroductionState,
    Outcome,
    Pointed,
    ShowingRow,
    SignpostRow,
    TakeUpRow,
)
from innovationhub_community.views import Introduction, Showing, Signpost, TakeUp
from innovationhub_community.writing import SYSTEM, Contact

__all__ = ["MOST", "Part", "checked_flag", "checked_number", "line", "pointed", "text"]

R = TypeVar("R", bound=Record)

MOST = 10_000
"""Rows in one answer."""


def text(field: str, value: str, *, empty: bool = False) -> str:
    """`value` if it is free text that can be kept."""
    return checked_text(field, value, longest=LONGEST_TEXT, empty=empty)


def line(field: str, value: str, *, empty: bool = False) -> str:
    """`value` if it is one line."""
    return checked_text(field, value, longest=200, empty=empty)


def checked_flag(field: str, value: bool) -> bool:
    """`value` if it is true or false. Raises `Invalid` naming `field`."""
    if not isinstance(value, bool):
        raise Invalid(field, f"must be true or false; got {value!r}", value)
    return value


def checked_number(field: str, value: int) -> int:
    """`value` if so many can be asked for. Raises `Invalid` naming `field`."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST:
        raise Invalid(field, f"must be from 1 to {MOST}; got {value!r}", value)
    return value


def pointed(to: str) -> tuple[Pointed, str]:
    """What a signpost points to: `thing:KEY`, `practice:KEY`, `showing:ID`, a web address, or words."""
    checked_text("to", to, longest=500)
    kind, mark, rest = to.partition(":")
    if mark and kind in {Pointed.THING, Pointed.PRACTICE}:
        return Pointed(kind), checked_key("to", rest.strip())
    if mark and kind == Pointed.SHOWING:
        return Pointed.SHOWING, checked_id("to", rest.strip())
    if is_address(to) and any(letter.isspace() or letter in '<>"' for letter in to):
        raise Invalid("to", f'must be a web address such as "https://qi.example", or words; got {to!r}', to)
    return Pointed.RESOURCE, to


class Part:
    """One face on a hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def _actor(self, actor: str | None, otherwise: str = SYSTEM) -> str:
        """Who acts, as the journal may say it; None: the person concerned, by their id, or the system."""
        return self._hub.actor(otherwise if actor is None else actor, SYSTEM)

    def _run(self, command: Command, request_id: str | None, asked: tuple[object, ...]) -> str:
        """Send a command; returns the id of what it made or changed."""
        return cast("Done", self._hub.run(command, request_id=request_id, asked=asked)).subject

    def _key(self, person_id: str) -> str:
        """Somebody's opaque key. Raises `NotFound`."""
        return self._row(PersonRow, "person", checked_id("person_id", person_id)).key

    def _row(self, cls: type[R], kind: str, id: str) -> R:
        row = self._hub.rows(Read((Key(cls, (id,)),))).get(cls, id)
        if row is None:
            raise NotFound(kind, id)
        return row

    def _scan(self, wanted: Range[R]) -> list[R]:
        return self._hub.rows(Read(ranges=(wanted,))).scan(wanted).records

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self._hub.settings.timezone))

    def _contacts(self, about: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Contact]:
        """How to reach people, by what it is about and by key: those whose consent stands, as of one moment."""
        consents = tuple(Key(Consent, each) for each in about)
        people = {person: Range(PersonRow, "by_key", (person,), limit=1) for _, person in about if person}
        rows = self._hub.rows(Read(consents, tuple(people.values())))
        return {
            (id, person): Contact(row.name, row.email)
            for id, person in about
            if person and rows.get(Consent, id, person) is not None
            for row in rows.scan(people[person]).records
        }

    def _showings(self, rows: Sequence[ShowingRow]) -> list[Showing]:
        contacts = self._contacts([(row.id, row.person) for row in rows])
        return [
            Showing(
                id=row.id,
                title=row.title,
                done=row.done,
                outcome=row.outcome,
                learnt=row.learnt,
                at=self._local(row.at),
                session_id=row.session_id or None,
                keep_when_gone=row.keep,
                contact=contacts.get((row.id, row.person)),
            )
            for row in rows
        ]

    def _introduction(self, row: IntroductionRow, person: str) -> Introduction:
        """As one of the two sees it: the other's contact while both consents stand."""
        other = row.other if person == row.one else row.one
        contacts = self._contacts([(row.id, person), (row.id, other)])
        made = row.state is IntroductionState.MADE and len(contacts) == 2
        agreed = (row.id, person) in contacts
        contact = contacts.get((row.id, other)) if made else None
        return Introduction(row.id, row.state, row.why, self._local(row.due), agreed, contact)

    def _taken_up(self, row: TakeUpRow) -> TakeUp:
        outcome = Outcome(row.outcome) if row.outcome else None
        return TakeUp(row.id, row.showing_id, row.place, row.note, self._local(row.at), outcome, row.went)

    def _signpost(self, row: SignpostRow) -> Signpost:
        return Signpost(
            row.id, row.booking_id, row.points, row.target, row.title, row.note, self._local(row.at)
        )
