"""The space and what is worth researching, as a catalogue has them: `[[things]]`, `[[practices]]`, `[community]`."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import attrs

from innovationhub import Invalid, LoadReport, Person
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.fields import Validator, choice, is_key, is_text, listed, whole
from innovationhub.domain.ids import LONGEST_TEXT, checked_id, checked_key, checked_text
from innovationhub.domain.joining import enrol
from innovationhub.domain.people import PersonRow
from innovationhub.domain.records import Key, Read
from innovationhub.domain.timers import Timer
from innovationhub_community.records import PracticeRow, SettingsRow, ThingRow
from innovationhub_community.writing import NAME

__all__ = [
    "MOST_SOURCES",
    "SHOWCASES",
    "CommunitySettings",
    "Load",
    "Practice",
    "Thing",
    "ThingKind",
    "practice_of",
    "thing_of",
]

SHOWCASES = f"{NAME}:showcases"
"""The timer by which those who showed something are asked what they learnt: it goes on for good, once a day."""

MOST_SOURCES = 20
"""Sources of a practice, its tags, and the people who show a thing."""


class ThingKind(enum.StrEnum):
    """What a thing of the space is."""

    TECHNOLOGY = "technology"
    EQUIPMENT = "equipment"


def _kind(value: str) -> ThingKind:
    return choice("kind", ThingKind, value)


def _listed_shows(value: Iterable[str]) -> tuple[str, ...]:
    return listed("shows", value)


def _listed_sources(value: Iterable[str]) -> tuple[str, ...]:
    return listed("sources", value)


def _listed_tags(value: Iterable[str]) -> tuple[str, ...]:
    return listed("tags", value)


def _each(check: Callable[[str, str], object]) -> Validator:
    """A validator: a list of things, each checked, each once, not too many."""

    def valid(owner: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
        name = attribute.name
        for place, each in enumerate(value):
            check(f"{name}[{place}]", each)
        if len(set(value)) != len(value):
            raise Invalid(name, f"must name each once; got {list(value)}", value)
        if len(value) > MOST_SOURCES:
            raise Invalid(name, f"must be {MOST_SOURCES} at most; got {len(value)}", value)

    return valid


def _source(field: str, value: str) -> None:
    checked_text(field, value, longest=500)
    if not value.isprintable():
        raise Invalid(field, f"must be one line; got {value!r}", value)


def _series(owner: object, attribute: attrs.Attribute[str], value: str) -> None:
    if value != "":
        checked_key(attribute.name, value)


@attrs.frozen
class Thing:
    """Something that can be tried out in the space: what it is, where, and who can show it (people's ids).

    `books` is the key of the series by which it is booked for a slot, "" for one that is simply there.
    """

    key: str = attrs.field(validator=is_key)
    title: str = attrs.field(validator=is_text(200, empty=False))
    kind: ThingKind = attrs.field(default=ThingKind.EQUIPMENT, converter=_kind)
    what: str = attrs.field(default="", validator=is_text(LONGEST_TEXT))
    where: str = attrs.field(default="", validator=is_text(200))
    shows: tuple[str, ...] = attrs.field(default=(), converter=_listed_shows, validator=_each(checked_id))
    books: str = attrs.field(default="", validator=_series)


@attrs.frozen
class Practice:
    """A positive practice worth researching, with where to read of it: web addresses, or citations in words."""

    key: str = attrs.field(validator=is_key)
    title: str = attrs.field(validator=is_text(200, empty=False))
    what: str = attrs.field(default="", validator=is_text(LONGEST_TEXT))
    sources: tuple[str, ...] = attrs.field(default=(), converter=_listed_sources, validator=_each(_source))
    tags: tuple[str, ...] = attrs.field(default=(), converter=_listed_tags, validator=_each(checked_key))


@attrs.frozen
class CommunitySettings:
    """So many days after a session, whoever showed something in it is asked to share what they learnt; 0: nobody is."""

    ask_days: int = attrs.field(default=0, validator=whole(0, 90))


def thing_of(row: ThingRow, shows: Iterable[str] = ()) -> Thing:
    """A thing as callers see it, with the ids of those who show it."""
    return Thing(row.key, row.title, ThingKind(row.kind), row.what, row.place, tuple(shows), row.books)


def practice_of(row: PracticeRow) -> Practice:
    """A practice as callers see it."""
    return Practice(row.key, row.title, row.what, tuple(row.sources.splitlines()), tuple(row.tags.split()))


@attrs.frozen(kw_only=True)
class Load:
    """Take over what a file says of the space. `keys` gives each person's id an opaque key, should they be new."""

    things: tuple[Thing, ...]
    practices: tuple[Practice, ...]
    settings: CommunitySettings | None
    keys: Mapping[str, str]
    actor: str

    def needs(self) -> Read:
        """All of it as it stands."""
        return Read(
            (
                *(Key(ThingRow, (each.key,)) for each in self.things),
                *(Key(PracticeRow, (each.key,)) for each in self.practices),
                *(Key(PersonRow, (id,)) for id in self.keys),
                *(Key(SettingsRow, (NAME,)), Key(Timer, (SHOWCASES, NAME))),
            )
        )

    def decide(self, view: View) -> Accepted:
        """What is new is added, what differs is changed. Raises `Invalid` for a series that there is not."""
        draft = Draft(view, self.actor)
        added: list[str] = []
        changed: list[str] = []
        keys = {}
        for id, key in self.keys.items():
            there = draft.get(PersonRow, id)
            keys[id] = there.key if there else enrol(draft, Person(id), key)
        for thing in self.things:
            if thing.books and thing.books not in draft.programme.series:
                message = f"there is no series {thing.books!r}; describe it under [[series]]"
                raise Invalid(f"things {thing.key}: books", message, thing.books)
            shows = " ".join(keys[id] for id in thing.shows)
            new = ThingRow(
                thing.key, thing.title, str(thing.kind), thing.what, thing.where, shows, thing.books
            )
            _taken_over(draft, draft.get(ThingRow, thing.key), new, f"thing {thing.key}", added, changed)
        for practice in self.practices:
            sources, tags = "\n".join(practice.sources), " ".join(practice.tags)
            made = PracticeRow(practice.key, practice.title, practice.what, sources, tags)
            before = draft.get(PracticeRow, practice.key)
            _taken_over(draft, before, made, f"practice {practice.key}", added, changed)
        if self.settings is not None and self._settings(draft, self.settings):
            changed.append(NAME)
        return draft.accept(LoadReport(tuple(added), tuple(changed)))

    def _settings(self, draft: Draft, new: CommunitySettings) -> bool:
        row = draft.get(SettingsRow, NAME)
        if new.ask_days == (row.ask_days if row else 0):
            return False
        # whoever showed something while nobody was asked is not asked afterwards
        upto = row.upto if row and row.ask_days else draft.now - timedelta(days=new.ask_days)
        draft.put(SettingsRow(NAME, new.ask_days, upto))
        timer = draft.get(Timer, SHOWCASES, NAME)
        if new.ask_days:
            draft.put(timer or Timer(SHOWCASES, NAME, draft.now))
        elif timer is not None:
            draft.delete(timer)
        draft.note(f"{NAME}.changed", NAME, ask_days=new.ask_days)
        return True


def _taken_over(
    draft: Draft,
    old: ThingRow | PracticeRow | None,
    new: ThingRow | PracticeRow,
    name: str,
    added: list[str],
    changed: list[str],
) -> None:
    if old == new:
        return
    draft.put(new)
    (changed if old else added).append(name)
    draft.note(f"{NAME}.{'changed' if old else 'added'}", name.replace(" ", ":"))
