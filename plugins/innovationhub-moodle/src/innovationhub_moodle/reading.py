"""Answers of Moodle as values: what is not shaped as it should be is said, and not stumbled over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from innovationhub.errors import LmsError, LmsFailure

__all__ = ["integer", "rows", "text"]

T = TypeVar("T")

Row = Mapping[str, object]


def rows(answer: object, name: str = "") -> list[Row]:
    """A list of objects, under `name` where there is one. Raises `LmsError` when it is none."""
    found = answer.get(name) if name and isinstance(answer, dict) else answer
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _odd(name or "the answer")
    return cast("list[Row]", found)


def integer(row: object, name: str) -> int:
    """A number of an object. Raises `LmsError` when it has none of that name."""
    value = row.get(name) if isinstance(row, dict) else None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _odd(name)
    return value


def text(row: object, name: str) -> str:
    """A text of an object, empty where it has none."""
    value = row.get(name) if isinstance(row, dict) else None
    return value if isinstance(value, str) else ""


def _odd(name: str) -> LmsError:
    said = f"Moodle answers in a shape that is not known: {name}; is its version one that was tried?"
    return LmsError(LmsFailure.CONFIGURATION, "shape", said)
