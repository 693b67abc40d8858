"""Values as Moodle's web services read them from a form: nested names, 1 and 0, whole seconds since 1970 in UTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

__all__ = ["Value", "encoded", "seconds"]

Value = str | int | bool | datetime | Sequence["Value"] | Mapping[str, "Value"]


def encoded(params: Mapping[str, Value]) -> dict[str, str]:
    """`{"courses": [{"id": 4}]}` as `{"courses[0][id]": "4"}`."""
    return dict(pair for name, value in params.items() for pair in _pairs(name, value))


def _pairs(name: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, inner in enumerate(value):
            yield from _pairs(f"{name}[{place}]", inner)
    else:
        yield name, _text(value)


def _text(value: str | int | bool | datetime) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return str(seconds(value))
    # what is no UTF-8, or a NUL, Moodle takes for an attack
    return str(value).encode("utf-8", "replace").decode().replace("\0", "")


def seconds(at: datetime) -> int:
    """An aware instant in whole seconds since 1970 in UTC, as Moodle keeps it."""
    return int(at.timestamp() // 1)
