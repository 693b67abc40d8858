"""Converters and validators of the fields that a catalogue is made of: each rule said once, each fault by field."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from datetime import time
from typing import Any, TypeVar, cast

import attrs

from innovationhub.domain.ids import checked_key, checked_text
from innovationhub.errors import Invalid

__all__ = [
    "Validator",
    "are_keys",
    "are_names",
    "are_rules",
    "capacity",
    "choice",
    "clock_time",
    "is_a",
    "is_clock",
    "is_email",
    "is_flag",
    "is_key",
    "is_link",
    "is_text",
    "listed",
    "whole",
]

E = TypeVar("E", bound=enum.StrEnum)


T = TypeVar("T")


Validator = Callable[[object, "attrs.Attribute[Any]", Any], None]


def whole(low: int, high: int, *, word: str = "") -> Validator:
    """A validator: a whole number within bounds; with `word`, None too, which a file writes as that word."""

    def check(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if word and value is None:
            return
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not low <= cast("int", value) <= high:
            bounds = f"{low} or more" if whole and cast("int", value) < low else f"from {low} to {high}"
            number = "" if whole else "a whole number "
            choice = f', or "{word}"' if word else ""
            hint = f': write "{word}"' if word and str(value).strip().lower() == word else ""
            raise Invalid(attribute.name, f"must be {number}{bounds}{choice}; got {value!r}{hint}", value)

    return check


def is_key(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    """A validator: what can name a type, a role, a series."""
    checked_key(attribute.name, value)


def is_text(longest: int, *, empty: bool = True) -> Validator:
    """A validator: printable text of at most so many characters."""

    def check(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
        checked_text(attribute.name, value, longest=longest, empty=empty)

    return check


def are_keys(owner: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    """A validator: keys, each once."""
    for place, name in enumerate(value):
        checked_key(f"{attribute.name}[{place}]", name)
    if len(set(value)) != len(value):
        raise Invalid(attribute.name, f"must name each once; got {list(value)}", value)


def is_a(cls: type[Any]) -> Validator:
    """A validator: a value of that class."""

    def check(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, cls):
            raise Invalid(attribute.name, f"must be a {cls.__name__}; got {value!r}", value)

    return check


def capacity(value: object) -> object:
    """A number of places as a file writes it: "unlimited" is None; anything else is left to the field's check."""
    return None if value == "unlimited" else value


def choice(field: str, enum_: type[E], value: str) -> E:
    """One of the choices of an enumeration by its word. Raises `Invalid` naming `field` with all of them."""
    try:
        return enum_(value)
    except ValueError:
        choices = ", ".join(f'"{each}"' for each in enum_)
        raise Invalid(field, f"must be one of {choices}; got {value!r}", value) from None


def listed(field: str, value: Iterable[T]) -> tuple[T, ...]:
    """A list as a tuple. Raises `Invalid` naming `field` for what is none."""
    # a text is a sequence too, of its letters, and a table one of its keys, which nobody means
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise Invalid(field, f"must be a list; got {value!r}", value)
    return tuple(value)


def check_rule(field: str, value: object) -> None:
    """A rule as a catalogue names it: its name and, after a colon, its argument. Raises `Invalid`."""
    if not isinstance(value, str):
        raise Invalid(field, f"must be a rule's name; got {value!r}", value)
    name, mark, argument = value.partition(":")
    checked_key(field, name)
    if mark:
        checked_text(field, argument, longest=200)


def are_rules(owner: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    """A validator: rules, each once."""
    for place, name in enumerate(value):
        check_rule(f"{attribute.name}[{place}]", name)
    if len(set(value)) != len(value):
        raise Invalid(attribute.name, f"must name each once; got {list(value)}", value)


def is_flag(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """A validator: true or false."""
    if not isinstance(value, bool):
        raise Invalid(attribute.name, f"must be true or false; got {value!r}", value)


def clock_time(value: object) -> object:
    """A time of day as a file writes it, "09:00" or TOML's own; anything else is left to the field's check."""
    if isinstance(value, str):
        try:
            return time.fromisoformat(value)
        except ValueError:
            return value
    return value


def is_clock(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """A validator: a time of day without a zone."""
    if not isinstance(value, time) or value.tzinfo is not None:
        raise Invalid(attribute.metadata["key"], f'must be a time such as "09:00"; got {value!r}', value)


def are_names(owner: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    """A validator: names for people to read, such as those of rooms."""
    for place, name in enumerate(value):
        checked_text(f"{attribute.name}[{place}]", name, longest=200)


def is_email(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    """A validator: one e-mail address, or empty."""
    checked_text(attribute.name, value, longest=200, empty=True)
    name, mark, host = value.rpartition("@")
    if value and (not mark or not name or not host or any(letter.isspace() for letter in value)):
        raise Invalid(
            attribute.name, f'must be one address, such as "a.patel@nhs.example"; got {value!r}', value
        )


def is_link(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    """A validator: a web address, or empty."""
    checked_text(attribute.name, value, longest=500, empty=True)
    rest = value.removeprefix("https://").removeprefix("http://")
    if value and (rest == value or not rest or any(letter.isspace() or letter in '<>"' for letter in rest)):
        raise Invalid(
            attribute.name, f'must be a web address such as "https://hub.example"; got {value!r}', value
        )
