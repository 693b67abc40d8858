"""A catalogue file as plain values that are fit to be looked at and shown, and how faults of it are said."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

from innovationhub.errors import Invalid, InvalidCatalogue

__all__ = ["MOST_FAULTS", "catalogue_text", "check", "fault", "joined", "shown", "tables"]

LARGEST = 2_000_000
"""Bytes in one catalogue file."""

MOST_FAULTS = 1000
"""Faults told of one file. By then the file is another kind of thing, and looking for near names would take long."""

DEEPEST = 20
"""Tables and lists within one another; a catalogue needs six."""

MOST_DOTS = 1000
"""Dots in one line: a key of so many parts takes the TOML reader minutes."""

LONGEST_FAULT = 400
"""Characters of one fault. What is cut off is the end of the value that was given, which the file shows in full."""


def shown(value: object) -> str:
    """A value as a message shows it."""
    return str(value) if isinstance(value, date | time) else repr(value)


def joined(place: str, name: str) -> str:
    """The place of something within another place."""
    if not name:
        return place
    name = name if re.fullmatch(r"[\w.\[\]-]+", name, re.ASCII) else json.dumps(name)
    return f"{place}.{name}" if place else name


def fault(place: str, message: str) -> str:
    """One fault: its place, and what is wrong there, cut where it is very long."""
    text = f"{place}: {message}"
    return text if len(text) <= LONGEST_FAULT else f"{text[:LONGEST_FAULT]}…"


def check(source: str, faults: Iterable[str]) -> None:
    """Raise `InvalidCatalogue` with the faults, if there are any."""
    found = list(islice(faults, MOST_FAULTS + 1))
    if len(found) > MOST_FAULTS:
        found[MOST_FAULTS:] = ["and more: mend these first"]
    if found:
        raise InvalidCatalogue(source, found)


def catalogue_text(source: object) -> str:
    """What stands in a catalogue file (UTF-8). Raises `InvalidCatalogue` when it cannot be read as one."""
    if not isinstance(source, str | PathLike):
        raise Invalid("source", f"must be a file or a shipped catalogue's name; got {source!r}", source)
    name = str(source)
    try:
        with Path(source).open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise InvalidCatalogue(name, ["there is no such file or shipped catalogue"]) from None
    except IsADirectoryError:
        raise InvalidCatalogue(name, ["is a folder, not a file"]) from None
    except (OSError, ValueError) as error:
        raise InvalidCatalogue(name, [f"cannot be read: {getattr(error, 'strerror', error)}"]) from None
    if len(data) > LARGEST:
        raise InvalidCatalogue(name, [f"is larger than {LARGEST:,} bytes: split it"])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"line {line}: is not UTF-8 text (byte {error.start}): save the file as UTF-8"
        raise InvalidCatalogue(name, [message]) from None


_TOO_DEEP = f"holds tables or lists more than {DEEPEST} deep in one another"


def tables(text: str, source: str) -> dict[str, Any]:
    """What a TOML text says, in plain values that are fit to be looked at and shown."""
    dotted = (at for at, line in enumerate(text.split("\n"), 1) if line.count(".") > MOST_DOTS)
    check(source, (f"line {at}: holds more than {MOST_DOTS} dots" for at in dotted))
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidCatalogue(source, [_not_toml(str(error))]) from None
    except ValueError:
        raise InvalidCatalogue(source, ["the file: holds a number of too many digits"]) from None
    except RecursionError:
        raise InvalidCatalogue(source, [fault("the file", _TOO_DEEP)]) from None
    check(source, _unfit(plain))
    return plain


def _not_toml(message: str) -> str:
    what, _, where = message.partition(" (at ")
    twice = (
        ": something stands there twice" if what.startswith(("Cannot overwrite", "Cannot declare")) else ""
    )
    return fault(where.rstrip(")") or "the file", f"is not TOML: {what[:1].lower()}{what[1:]}{twice}")


def _unfit(plain: Mapping[str, Any]) -> Iterator[str]:
    """What could not even be shown in a message: numbers of thousands of digits, values deep within others."""
    waiting: list[tuple[str, int, object]] = [("", 0, plain)]
    while waiting:
        place, depth, value = waiting.pop()
        if depth > DEEPEST:
            yield fault("the file", _TOO_DEEP)
            return
        if isinstance(value, Mapping):
            waiting += [(joined(place, name), depth + 1, each) for name, each in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{place}[{at}]", depth + 1, each) for at, each in enumerate(value)]
        elif isinstance(value, int) and abs(value) >= 2**63:
            yield fault(place, "is a number too large for a catalogue")
