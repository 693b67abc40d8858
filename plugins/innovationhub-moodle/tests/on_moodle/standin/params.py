"""Parameters as PHP reads them from a form, and as Moodle checks them against a function's description."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from on_moodle.standin.errors import invalid_parameter

__all__ = ["BOOL", "FLOAT", "INT", "TEXT", "Many", "Optional", "Spec", "checked", "nested"]

INT, TEXT, BOOL, FLOAT = "int", "text", "bool", "float"

_PART = re.compile(r"\[([^\[\]]*)\]")


class Optional:
    """A parameter with a default; without one (`None`) its key is absent when it is not given."""

    def __init__(self, spec: Spec, default: Any = None) -> None:
        self.spec = spec
        self.default = default


class Many:
    """A list of such values; an empty one unless given where it may be left out."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec


Spec = str | Many | Optional | Mapping[str, "Spec"]


def nested(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """`courses[0][fullname]=x` as PHP makes arrays of it."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        head, *_ = name.split("[", 1)
        path = [head, *_PART.findall(name[len(head) :])]
        place = found
        for step in path[:-1]:
            place = place.setdefault(step or str(len(place)), {})
        place[path[-1] or str(len(place))] = value
    return found


def checked(spec: Spec, given: Any, path: str = "") -> Any:
    """The value as its description wants it. Raises the `invalid_parameter_exception` that Moodle would."""
    if isinstance(spec, Optional):
        return checked(spec.spec, given, path)
    if isinstance(spec, Many):
        if not isinstance(given, Mapping):
            raise invalid_parameter(f"{path} => Only arrays accepted. The bad value is: '{given}'")
        return [checked(spec.spec, each, path) for each in given.values()]
    if isinstance(spec, Mapping):
        return _structure(spec, given, path)
    return _scalar(spec, given, path)


def _structure(spec: Mapping[str, Spec], given: Any, path: str) -> dict[str, Any]:
    where = f"{path} => " if path else ""
    if not isinstance(given, Mapping):
        raise invalid_parameter(f"{where}Only arrays accepted. The bad value is: '{given}'")
    made: dict[str, Any] = {}
    for name, inner in spec.items():
        if name in given:
            made[name] = checked(inner, given[name], name)
        elif not isinstance(inner, Optional):
            said = f"Missing required key in single structure: {name}"
            raise invalid_parameter(f"{where}Invalid parameter value detected: {said}")
        elif inner.default is not None:
            made[name] = inner.default
    unexpected = [name for name in given if name not in spec]
    if unexpected:
        said = f"Unexpected keys ({', '.join(unexpected)}) detected in parameter array."
        raise invalid_parameter(f"{where}{said}")
    return made


def _scalar(kind: str, given: Any, path: str) -> Any:
    fits, made = _SCALARS[kind]
    if not isinstance(given, str) or not fits.fullmatch(given):
        raise invalid_parameter(
            f"{path} => Invalid parameter value detected: the server was expecting {kind}"
        )
    return made(given)


_SCALARS: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    INT: (re.compile(r"-?\d+"), int),
    BOOL: (re.compile(r"[01]"), lambda text: text == "1"),
    FLOAT: (re.compile(r"-?\d+(\.\d+)?"), float),
    TEXT: (re.compile(r"(?s).*"), str),
}
