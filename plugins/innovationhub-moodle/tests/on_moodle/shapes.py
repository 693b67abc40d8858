"""Whether two answers have one shape: the same keys, the same kinds of values, lists of like things."""

from __future__ import annotations

from typing import Any

__all__ = ["differences"]


def differences(recorded: Any, ours: Any, path: str = "answer") -> list[str]:
    """Where an answer is not shaped as the recorded one; empty when it is.

    Elements of lists are held against the first recorded one, and a list that was recorded empty says nothing about its
    elements. A number is a number, whole or not; what was recorded as absent says nothing either.
    """
    if recorded is None or (isinstance(recorded, int | float) and ours is None and path.endswith("grade")):
        return []
    if isinstance(recorded, dict):
        if not isinstance(ours, dict):
            return [f"{path} is {_kind(ours)}, not a mapping"]
        found = [f"{path} lacks {key}" for key in recorded.keys() - ours.keys() - {"debuginfo"}]
        found += [f"{path} has {key} besides" for key in ours.keys() - recorded.keys() - {"debuginfo"}]
        for key in recorded.keys() & ours.keys():
            found += differences(recorded[key], ours[key], f"{path}.{key}")
        return found
    if isinstance(recorded, list):
        if not isinstance(ours, list):
            return [f"{path} is {_kind(ours)}, not a list"]
        if not recorded:
            return []
        return [line for each in ours for line in differences(_like(recorded, each), each, f"{path}[]")]
    return [] if _kind(recorded) == _kind(ours) else [f"{path} is {_kind(ours)}, not {_kind(recorded)}"]


def _like(recorded: list[Any], ours: Any) -> Any:
    """The recorded element nearest to ours: sections with a module in them and without are in one list."""
    return min(recorded, key=lambda each: len(differences(each, ours)))


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    return {str: "text", dict: "a mapping", list: "a list", type(None): "nothing"}[type(value)]
