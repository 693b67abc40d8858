"""Every error this library raises, and whose fault each one is.

    HubError
    ├── Invalid (ValueError)        the caller's: a field, its value, and what to do about it
    │   └── InvalidCatalogue        the file's author's: every fault of the file, each with its place
    ├── NotFound (LookupError)      the caller's: there is no such session, person, booking, …
    ├── Refused                     nobody's: the rules say no, and why (`domain.refusals`)
    ├── PluginError                 the plugin's, which it names
    ├── Unavailable                 the world's: the store is locked, full, read-only or out of reach
    ├── LmsError                    the LMS's: its kind says what to do about it
    └── Conflict                    nobody's: rows moved under a decision; the engine decides again

`Refused` lives beside the values it carries, in `domain/refusals.py`. `Conflict` passes between a store
and the engine and does not reach callers of `Hub`.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

__all__ = [
    "Conflict",
    "HubError",
    "Invalid",
    "InvalidCatalogue",
    "LmsError",
    "LmsFailure",
    "NotFound",
    "PluginError",
    "Unavailable",
]


class HubError(Exception):
    """The parent of every error of this library."""


class Invalid(HubError, ValueError):
    """A caller's value cannot be used: `field` names it, `value` is what was given."""

    def __init__(self, field: str, message: str, value: object = None) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.value = value
        self.message = message


class InvalidCatalogue(Invalid):
    """A catalogue file has faults: `faults` lists all of them, each beginning with its place in the file."""

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            source, f"{count}; nothing was loaded\n" + "\n".join(f"  {fault}" for fault in faults)
        )
        self.faults = tuple(faults)


class NotFound(HubError, LookupError):
    """There is no such thing in this hub: `kind` says what was looked for, `id` which one."""

    def __init__(self, kind: str, id: str, hint: str = "") -> None:
        super().__init__(f"no {kind} {id!r} in this hub" + (f"; {hint}" if hint else ""))
        self.kind = kind
        self.id = id
        self.hint = hint


class PluginError(HubError):
    """A plugin is missing, is broken, or raised: `plugin` names it. Nothing was changed."""

    def __init__(self, plugin: str, message: str) -> None:
        super().__init__(f"plugin {plugin}: {message}")
        self.plugin = plugin


class Unavailable(HubError):
    """The store cannot serve now.

    `request_id` is the id under which the command ran (None for a reading): send it again with the same id and
    it acts at most once. `outcome_known` is True when certainly nothing was changed, False when the answer was
    lost on the way and only asking again can tell.
    """

    def __init__(self, message: str, *, request_id: str | None = None, outcome_known: bool = True) -> None:
        super().__init__(message)
        self.request_id = request_id
        self.outcome_known = outcome_known


class LmsFailure(enum.StrEnum):
    """What kind of failure a call to a learning-management system (LMS) met with, and so what to do about it."""

    CONFIGURATION = "configuration"
    """A token, a right or a service is missing there: a person must see to it, trying again does not help."""
    REFUSED = "refused"
    """The LMS says no to this one thing: its reason is one word (`full`, `started`, …). Nothing was done."""
    NOT_FOUND = "not-found"
    """It is not there (any more): the reason says what (`session`, `account`, `type`)."""
    DUPLICATE = "duplicate"
    """Two things there carry the same key: a person must choose. Nothing was done."""
    TEMPORARY = "temporary"
    """Again later. The call may have been done all the same, so it is made again before anything is made of it."""
    CANNOT = "cannot"
    """This LMS has not that ability, which the reason names. Nothing was done."""


class LmsError(HubError):
    """A call to the learning-management system failed: `kind` says how, `reason` is one word, `message` a sentence.

    `message` is for people and logs: it holds no secret and no personal data.
    """

    def __init__(self, kind: LmsFailure, reason: str, message: str) -> None:
        super().__init__(f"the LMS: {kind} ({reason}): {message}")
        self.kind = kind
        self.reason = reason
        self.message = message


class Conflict(HubError):
    """Rows that a commit relied on have moved: `rows` says which. Nothing was changed; decide again."""

    def __init__(self, rows: Sequence[object] = ()) -> None:
        super().__init__(f"{len(rows)} row(s) moved since they were read")
        self.rows = tuple(rows)
