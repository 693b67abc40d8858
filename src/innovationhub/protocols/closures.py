"""Closures: when a hub is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol, runtime_checkable

__all__ = ["Closures"]


@runtime_checkable
class Closures(Protocol):
    """A calendar of closed days, under a name that hubs put in their settings."""

    def closed(self, year: int) -> Mapping[date, str]:
        """The closed local dates of a year, each with why, such as "Christmas Day".

        The same year must always give the same days while a hub is open: they are asked for once. What it raises
        refuses the command that needed it (fail closed), as a `PluginError` with the closures' name.
        """
