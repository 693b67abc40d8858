"""Catalogue files into domain values: all of a file's faults at once, each with its place in the file.

The file is TOML. `cattrs` shapes it into the domain's own classes, each field by itself and with that field's own
validator, so that one fault does not hide the next; what only the whole file can tell is checked after.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, override

from innovationhub.domain.catalogue import HubSettings, SessionType
from innovationhub.domain.recurrence import Override, Recurrence
from innovationhub.domain.schedule import Catalogue, Closed, Series
from innovationhub.errors import Invalid, InvalidCatalogue

__all__ = ["Known", "catalogue_from_text", "catalogue_text"]

T = TypeVar("T")

LARGEST = 2_000_000
"""Bytes in one catalogue file."""


@attrs.frozen
class Known:
    """Names that a file may use and that stand elsewhere: what the hub has already, and what plugins declare."""

    types: Collection[str] = ()
    closures: Collection[str] = ()
    rules: Collection[str] = ()
    timezone: str = "Europe/London"


def _local(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, datetime) or value.tzinfo is not None:
        message = f"must be a local time such as 2026-12-01T10:00:00, without an offset; got {value!s}"
        raise Invalid(attribute.name, message, value)


def _locals(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, list):
        raise Invalid(attribute.name, f"must be a list of local times; got {value!r}", value)
    for each in value:
        _local(owner, attribute, each)


@attrs.frozen
class _Moved:
    """One session of a series that takes place at another time than its rule says."""

    nominal: datetime = attrs.field(validator=_local)
    starts: datetime = attrs.field(validator=_local)


def _field_of(owner: type[Any], name: str) -> dict[str, Any]:
    """The converter and the validator of another class's field: the same rule, said once."""
    attribute = attrs.fields_dict(owner)[name]
    return {"converter": attribute.converter, "validator": attribute.validator}


@attrs.frozen
class _SeriesEntry:
    """A series as a file writes it: its recurrence in parts, in the hub's local time."""

    key: str = attrs.field(**_field_of(Series, "key"))
    type: str = attrs.field(**_field_of(Series, "type"))
    starts: datetime = attrs.field(validator=_local)
    rule: str | None = None
    rdates: list[datetime] = attrs.field(factory=list, validator=_locals)
    exdates: list[datetime] = attrs.field(factory=list, validator=_locals)
    overrides: tuple[_Moved, ...] = ()
    venue: str = attrs.field(default="", **_field_of(Series, "venue"))
    facilitators: tuple[str, ...] = attrs.field(default=(), **_field_of(Series, "facilitators"))
    closed: Closed = attrs.field(default=Closed.SKIP, **_field_of(Series, "closed"))
    example: bool = attrs.field(default=False, **_field_of(Series, "example"))


@attrs.frozen
class _File:
    hub: HubSettings | None = None
    session_types: tuple[SessionType, ...] = ()
    series: tuple[_SeriesEntry, ...] = ()


def _key(attribute: attrs.Attribute[Any]) -> str:
    """What a file calls a field: its name, where the language lets us have it."""
    return str(attribute.metadata.get("key", attribute.name))


def _class_within(kind: Any) -> Any:  # noqa: ANN401  # annotations are whatever the language makes of them
    """The attrs class in an annotation such as `Role`, `Slots | None` or `tuple[Role, ...]`; None in others."""
    arms = [kind, *get_args(kind)]
    return next((each for each in arms if isinstance(each, type) and attrs.has(each)), None)


def _shape(converter: cattrs.Converter, attribute: attrs.Attribute[Any]) -> Callable[[Any, Any], Any]:
    """How one field is made of what the file holds: shaped, converted and validated by itself."""
    name, kind = _key(attribute), attribute.type
    inner = _class_within(kind)

    def shape(value: Any, _: Any) -> Any:  # noqa: ANN401
        if inner is not None:
            many = get_origin(kind) is tuple
            if many and not isinstance(value, list):
                raise Invalid(name, f"must be a list of tables; got {value!r}", value)
            if not many and not isinstance(value, Mapping):
                raise Invalid(name, f"must be a table; got {value!r}", value)
            value = converter.structure(value, kind)
        made = attribute.converter(value) if attribute.converter else value  # type: ignore[operator,misc]
        if attribute.validator:
            attribute.validator(None, attribute, made)
        return made

    return shape


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=True)

    def shaped(cls: type[T]) -> Callable[[Mapping[str, Any], Any], T]:
        attrs.resolve_types(cls)  # type: ignore[type-var]
        fields = {
            each.name: override(rename=_key(each), struct_hook=_shape(converter, each))
            for each in attrs.fields(cls)  # type: ignore[arg-type]
        }
        return make_dict_structure_fn(cls, converter, _cattrs_forbid_extra_keys=True, **fields)  # type: ignore[arg-type]

    converter.register_structure_hook_factory(attrs.has, shaped)
    return converter


_CONVERTER = _converter()


def _faults(error: BaseException, place: str, cls: Any) -> Iterator[str]:  # noqa: ANN401
    """Every fault in what cattrs gathered, each after its place in the file."""
    if isinstance(error, cattrs.ClassValidationError):
        inner, others = error.group_exceptions()
        for each, note in inner:
            attribute = attrs.fields_dict(error.cl)[note.name]
            if isinstance(each, cattrs.BaseValidationError):
                yield from _faults(each, _joined(place, _key(attribute)), error.cl)
            elif isinstance(each, KeyError):
                yield f"{_joined(place, _key(attribute))}: is missing"
            else:
                yield from _faults(each, place, error.cl)
        for other in others:
            yield from _faults(other, place, error.cl)
    elif isinstance(error, cattrs.IterableValidationError):
        for each, item in error.group_exceptions()[0]:
            yield from _faults(each, f"{place}[{item.index}]", cls)
    elif isinstance(error, cattrs.ForbiddenExtraKeysError):
        known = [_key(each) for each in attrs.fields(cls)]
        for key in sorted(error.extra_fields):
            close = difflib.get_close_matches(key, known, 1)
            hint = f'did you mean "{close[0]}"?' if close else f"the keys here are {', '.join(known)}"
            yield f"{_joined(place, key)}: is not a key of this table; {hint}"
    elif isinstance(error, Invalid):
        yield f"{_joined(place, error.field)}: {error.message}"
    else:
        yield f"{place or 'the file'}: {error}"


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def catalogue_text(source: str | Path) -> str:
    """What stands in a catalogue file (UTF-8). Raises `InvalidCatalogue` when it cannot be read as one."""
    path = Path(source)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InvalidCatalogue(
            str(source), ["there is no such file, nor a shipped catalogue of that name"]
        ) from None
    except OSError as error:
        raise InvalidCatalogue(str(source), [f"cannot be read: {error.strerror}"]) from None
    if len(data) > LARGEST:
        raise InvalidCatalogue(str(source), [f"is larger than {LARGEST:,} bytes: split it"])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidCatalogue(str(source), [f"is not UTF-8 text (byte {error.start})"]) from None


def catalogue_from_text(text: str, source: str, known: Known) -> Catalogue:
    """The values that a catalogue describes; `source` names it in messages.

    Raises `InvalidCatalogue` with every fault that could be found.
    """
    try:
        plain = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidCatalogue(source, [f"is not TOML: {error}"]) from None
    try:
        file = _CONVERTER.structure(plain, _File)
    except (cattrs.BaseValidationError, Invalid) as error:
        faults = [*_faults(error, "", _File), *_faults_of_names(plain, known)]
        raise InvalidCatalogue(source, faults) from None
    faults = list(_faults_of_names(plain, known))
    timezone = file.hub.timezone if file.hub else known.timezone
    series: list[Series] = []
    for place, entry in enumerate(file.series):
        try:
            series.append(_series(entry, timezone))
        except Invalid as error:
            field = "starts" if error.field == "start" else error.field
            faults.append(f"series[{place}].{field}: {error.message}")
    if faults:
        raise InvalidCatalogue(source, faults)
    return Catalogue(file.hub, file.session_types, tuple(series))


def _series(entry: _SeriesEntry, timezone: str) -> Series:
    if entry.rule is not None and not isinstance(entry.rule, str):
        raise Invalid("rule", f'must be an RFC 5545 rule such as "FREQ=WEEKLY;BYDAY=TU"; got {entry.rule!r}')
    recurrence = Recurrence(
        entry.starts,
        timezone,
        entry.rule,
        rdates=tuple(entry.rdates),
        exdates=tuple(entry.exdates),
        overrides=tuple(Override(each.nominal, each.starts) for each in entry.overrides),
    )
    return Series(
        entry.key, entry.type, recurrence, entry.venue, entry.facilitators, entry.closed, entry.example
    )


def _tables(plain: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    listed = plain.get(name)
    if not isinstance(listed, list):
        return []
    return [(place, each) for place, each in enumerate(listed) if isinstance(each, Mapping)]


def _faults_of_names(plain: Mapping[str, Any], known: Known) -> Iterator[str]:
    """Names used twice, and names that nothing bears: checked on the plain file, so that other faults hide none."""
    types = set(known.types)
    for name in ("session_types", "series"):
        seen: dict[object, int] = {}
        for place, table in _tables(plain, name):
            key = table.get("key")
            if isinstance(key, str) and seen.setdefault(key, place) != place:
                yield f"{name}[{place}].key: {key!r} is the key of {name}[{seen[key]}] too: choose another"
            if name == "session_types" and isinstance(key, str):
                types.add(key)
    for place, table in _tables(plain, "series"):
        used = table.get("type")
        if isinstance(used, str) and used not in types:
            close = difflib.get_close_matches(used, types, 1)
            hint = f'did you mean "{close[0]}"?' if close else "describe it under [[session_types]]"
            yield f"series[{place}].type: there is no session type {used!r}; {hint}"
    hub = plain.get("hub")
    closures = hub.get("closures") if isinstance(hub, Mapping) else None
    yield from _unknown("hub.closures", closures, known.closures)
    for place, table in _tables(plain, "session_types"):
        yield from _unknown(f"session_types[{place}].rules", table.get("rules"), known.rules)


def _unknown(place: str, used: object, names: Collection[str]) -> Iterator[str]:
    for at, name in enumerate(used if isinstance(used, list) else ()):
        if name not in names:
            there = ", ".join(sorted(names)) or "there are none"
            yield f"{place}[{at}]: no plugin declares {name!r} ({there})"
