"""Catalogue files into domain values: all of a file's faults at once, each with its place in the file.

The file is TOML. Its tables are made into the domain's own classes, field by field, each with that field's own
converter and validator, so that a rule is said once and one fault does not hide the next. What only several fields or
the whole file can tell is checked after. The caller gets either every value or every fault, never some of both.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar, cast, get_args, get_origin, get_type_hints

import attrs

from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.ids import checked_id
from innovationhub.domain.recurrence import Override, Recurrence, Rule
from innovationhub.domain.recurrence.segments import check_wall
from innovationhub.domain.schedule import Catalogue, Closed, Section, Series
from innovationhub.domain.settings import HubSettings
from innovationhub.errors import Invalid
from innovationhub.loading.text import MOST_FAULTS, check, fault, joined, shown, tables

__all__ = ["Known", "catalogue_from_text"]

T = TypeVar("T")

MOST_NEAR = 200
"""Names among which a near one is looked for."""


@attrs.frozen
class Known:
    """Names that a file may use and that stand elsewhere: what the hub has already, and what plugins declare."""

    types: Collection[str] = ()
    closures: Collection[str] = ()
    rules: Collection[str] = ()
    timezone: str = "Europe/London"
    sections: Mapping[str, Section] = attrs.field(factory=dict)


def _local(field: str, value: object) -> None:
    if not isinstance(value, datetime) or value.tzinfo is not None:
        wanted = "must be a local time such as 2026-12-01T10:00:00, without an offset"
        raise Invalid(field, f"{wanted}; got {shown(value)}", value)
    check_wall(field, value)


def _is_local(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    _local(attribute.name, value)


def _is_rule(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        message = f'must be an RFC 5545 rule such as "FREQ=WEEKLY;BYDAY=TU"; got {shown(value)}'
        raise Invalid(attribute.name, message, value)
    Rule.parse(value)


def _field_of(owner: type[Any], name: str) -> dict[str, Any]:
    """The converter and the validator of another class's field: the same rule, said once."""
    attribute = attrs.fields_dict(owner)[name]
    return {"converter": attribute.converter, "validator": attribute.validator}


@attrs.frozen
class _Moved:
    """One session of a series that takes place at another time than its rule says."""

    nominal: datetime = attrs.field(validator=_is_local)
    starts: datetime = attrs.field(validator=_is_local)


@attrs.frozen
class _SeriesEntry:
    """A series as a file writes it: its recurrence in parts, in the hub's local time."""

    key: str = attrs.field(**_field_of(Series, "key"))
    type: str = attrs.field(**_field_of(Series, "type"))
    starts: datetime = attrs.field(validator=_is_local)
    rule: str | None = attrs.field(default=None, validator=attrs.validators.optional(_is_rule))
    rdates: list[datetime] = attrs.field(factory=list, metadata={"each": _local})
    exdates: list[datetime] = attrs.field(factory=list, metadata={"each": _local})
    overrides: tuple[_Moved, ...] = ()
    venue: str = attrs.field(default="", **_field_of(Series, "venue"))
    facilitators: list[str] = attrs.field(factory=list, metadata={"each": checked_id})
    closed: Closed = attrs.field(default=Closed.SKIP, **_field_of(Series, "closed"))
    example: bool = attrs.field(default=False, **_field_of(Series, "example"))


def _hint(name: str, names: Iterable[str], otherwise: str) -> str:
    """The name that was probably meant, else what to do."""
    meant = {each.lower(): each for each in islice(names, MOST_NEAR)}
    close = difflib.get_close_matches(name[:100].lower(), meant, 1)
    return f'did you mean "{meant[close[0]]}"?' if close else otherwise


class _Shape(NamedTuple):
    """How a file writes a field: under what key, and as a value, a table of a class, or `many` such tables."""

    attribute: attrs.Attribute[Any]
    key: str
    cls: type[Any] | None
    many: bool


@cache
def _shapes(cls: Any) -> list[_Shape]:
    hints = get_type_hints(cls)
    shapes = []
    for each in attrs.fields(cls):
        kind = hints[each.name]
        classes = [arm for arm in (kind, *get_args(kind)) if isinstance(arm, type) and attrs.has(arm)]
        key = each.metadata.get("key", each.name)  # some words the language keeps to itself
        shapes.append(_Shape(each, key, classes[0] if classes else None, get_origin(kind) is tuple))
    return shapes


class _Maker:
    """Makes values of a file's tables, and gathers the faults on the way."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, place: str, error: Invalid) -> None:
        """Note one fault, which `error` names by its field within a place."""
        self.faults.append(fault(joined(place, error.field), error.message))

    def table(self, cls: type[T], plain: object, place: str) -> T | None:
        """A table as a value of a class; None when none can be made.

        A field at fault takes its default meanwhile, so that what depends on the others can still be judged. What
        bears no name of its own has no such stand-in: its fields only mean something together.
        """
        if not isinstance(plain, Mapping):
            self.fault(place, Invalid("", f"must be a table; got {shown(plain)}"))
            return None
        shapes, before = _shapes(cast("Hashable", cls)), len(self.faults)
        self.faults += _strange_keys(plain, place, [shape.key for shape in shapes])
        made: dict[str, Any] = {}
        usable = any(shape.key == "key" for shape in shapes)
        for shape in shapes:
            required = shape.attribute.default is attrs.NOTHING
            count = len(self.faults)
            if shape.key in plain:
                value = self._field(shape, plain[shape.key], place)
                if len(self.faults) == count:
                    made[shape.attribute.name] = value
            elif required:
                self.fault(place, Invalid(shape.key, "is missing"))
            usable &= len(self.faults) == count or not (required or shape.key == "key")
        if len(self.faults) > before and not usable:
            return None
        try:
            return cls(**made)
        except Invalid as error:
            self.fault(place, error)
            return None

    def tables(self, cls: type[T], plain: object, place: str) -> tuple[T | None, ...] | None:
        """A list of tables, each as `table` makes it; None when it is no list."""
        if not isinstance(plain, list):
            # [session_types] for [[session_types]] is the mistake that everybody makes once
            twice = f": write [[{place}]]" if isinstance(plain, Mapping) and place.isidentifier() else ""
            self.fault(place, Invalid("", f"must be a list of tables; got {shown(plain)}{twice}"))
            return None
        return tuple(
            self.table(cls, each, f"{place}[{at}]") if len(self.faults) <= MOST_FAULTS else None
            for at, each in enumerate(plain)
        )

    def section(self, section: Section, plain: object, place: str) -> object:
        """A plugin's table as a value, or its tables as a tuple, without those that none can be made of."""
        if not section.many:
            return self.table(section.cls, plain, place)
        made = self.tables(section.cls, plain, place) or ()
        return tuple(each for each in made if each is not None)

    def _field(self, shape: _Shape, value: object, place: str) -> object:
        """One field as the file gives it: shaped, converted and validated by itself. Notes its faults."""
        attribute = shape.attribute
        if shape.cls is not None:
            make = self.tables if shape.many else self.table
            value = make(shape.cls, value, joined(place, shape.key))
            if value is None or (isinstance(value, tuple) and None in value):
                return None
        try:
            if attribute.converter:
                value = cast("Callable[[object], object]", attribute.converter)(value)
            if attribute.validator and not attribute.metadata.get("faults"):
                attribute.validator(None, attribute, value)
        except Invalid as error:
            self.fault(place, error)
            return None
        for each in attribute.metadata.get("faults", lambda _: ())(value):
            self.fault(place, each)
        if "each" in attribute.metadata:
            self._items(value, joined(place, shape.key), attribute.metadata["each"])
        return value

    def _items(self, value: object, place: str, check: Callable[[str, object], object]) -> None:
        if not isinstance(value, list):
            self.fault(place, Invalid("", f"must be a list; got {shown(value)}"))
            return
        for at, each in enumerate(value):
            try:
                check("", each)
            except Invalid as error:
                self.fault(f"{place}[{at}]", error)


def _strange_keys(plain: Mapping[str, Any], place: str, known: list[str]) -> Iterator[str]:
    for key in islice(plain, MOST_FAULTS + len(known)):
        if key not in known:
            hint = _hint(key, known, f"the keys here are {', '.join(known)}")
            yield fault(joined(place, key), f"is not a key of this table; {hint}")


def catalogue_from_text(text: str, source: str, known: Known) -> Catalogue:
    """The values that a catalogue describes; `source` names it in messages.

    Raises `InvalidCatalogue` with every fault that could be found.
    """
    plain = tables(text, source)
    maker = _Maker()
    maker.faults += _strange_keys(plain, "", ["hub", "session_types", "series", *sorted(known.sections)])
    hub = maker.table(HubSettings, plain["hub"], "hub") if "hub" in plain else None
    types = maker.tables(SessionType, plain.get("session_types", []), "session_types") or ()
    entries = maker.tables(_SeriesEntry, plain.get("series", []), "series") or ()
    series = []
    timezone = hub.timezone if hub else known.timezone
    faulty = {fault.partition(".")[0] for fault in maker.faults}
    for at, entry in enumerate(entries):
        place = f"series[{at}]"
        try:
            series += [_series(entry, timezone, whole=place not in faulty)] if entry else []
        except Invalid as error:
            maker.fault(place, error)
    sections = {
        name: maker.section(each, plain[name], name) for name, each in known.sections.items() if name in plain
    }
    check(source, chain(maker.faults, _faults_of_names(plain, known)))
    return Catalogue(hub, tuple(type_ for type_ in types if type_), tuple(series), sections)


def _series(entry: _SeriesEntry, timezone: str, *, whole: bool) -> Series:
    """The series that an entry describes. `whole`: no field of it stands in for one at fault."""
    # sessions that are moved must be the rule's, which is not known when its fault made it stand in
    moved = tuple(Override(each.nominal, each.starts) for each in entry.overrides if whole)
    rdates, exdates = tuple(entry.rdates), tuple(entry.exdates)
    recurrence = Recurrence(entry.starts, timezone, entry.rule, rdates, exdates, moved)
    return Series(
        entry.key, entry.type, recurrence, entry.venue, entry.facilitators, entry.closed, entry.example
    )


def _listed(plain: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    listed = plain.get(name) if isinstance(plain.get(name), list) else ()
    return [(place, each) for place, each in enumerate(listed or ()) if isinstance(each, Mapping)]


def _faults_of_names(plain: Mapping[str, Any], known: Known) -> Iterator[str]:
    """Names used twice, and names that nothing bears: checked on the plain file, so that other faults hide none."""
    yield from _used_twice(plain, "session_types")
    yield from _used_twice(plain, "series")
    for name in sorted(known.sections):
        yield from _used_twice(plain, name)
    types = {key for _, table in _listed(plain, "session_types") if isinstance(key := table.get("key"), str)}
    types.update(known.types)
    names = sorted(types)
    for place, table in _listed(plain, "series"):
        used = table.get("type")
        if isinstance(used, str) and used not in types:
            hint = _hint(used, names, "describe it under [[session_types]]")
            yield fault(f"series[{place}].type", f"there is no session type {used[:100]!r}; {hint}")
    hub = plain.get("hub")
    yield from _unknown_in_lms(hub, names)
    closures = hub.get("closures") if isinstance(hub, Mapping) else None
    yield from _undeclared("hub.closures", closures, known.closures)
    for place, table in _listed(plain, "session_types"):
        at = f"session_types[{place}]"
        used = table.get("rules")
        named = [_named(each) for each in used] if isinstance(used, list) else None
        yield from _undeclared(f"{at}.rules", named, known.rules)
        queue = table.get("waitlist")
        first = queue.get("priority") if isinstance(queue, Mapping) else None
        if isinstance(first, str) and first and _named(first) not in known.rules:
            hint = _hint(first, sorted(known.rules), f"there are {', '.join(sorted(known.rules)) or 'none'}")
            yield fault(f"{at}.waitlist.priority", f"no plugin declares {first[:100]!r}; {hint}")


def _unknown_in_lms(hub: object, names: Collection[str]) -> Iterator[str]:
    """Session types that the LMS is to show and that there are not: otherwise they would be missed there, silently."""
    lms = hub.get("lms") if isinstance(hub, Mapping) else None
    used = lms.get("types") if isinstance(lms, Mapping) else None
    for at, name in enumerate(used if isinstance(used, list) else ()):
        if isinstance(name, str) and name not in names:
            hint = _hint(name, names, "describe it under [[session_types]]")
            yield fault(f"hub.lms.types[{at}]", f"there is no session type {name[:100]!r}; {hint}")


def _named(rule: object) -> object:
    """A rule's name without its argument."""
    return rule.partition(":")[0] if isinstance(rule, str) else rule


def _used_twice(plain: Mapping[str, Any], name: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for place, table in _listed(plain, name):
        key = table.get("key")
        if isinstance(key, str) and seen.setdefault(key, place) != place:
            message = f"{key!r} is the key of {name}[{seen[key]}] too: choose another"
            yield fault(f"{name}[{place}].key", message)


def _undeclared(place: str, used: object, names: Collection[str]) -> Iterator[str]:
    """Names of plugins' things that no plugin declares; what is no name at all is the field's own fault."""
    there = f"there are {', '.join(sorted(names))}" if names else "there are none"
    for at, name in enumerate(used if isinstance(used, list) else ()):
        if isinstance(name, str) and name not in names:
            hint = _hint(name, sorted(names), there)
            yield fault(f"{place}[{at}]", f"no plugin declares {name[:100]!r}; {hint}")
