"""Changes to sessions that people may be booked on, as values: what a load holds back, and what a plan takes.

Each says what is to be, never how; `domain.planning` works out what that would do, and to whom.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol, runtime_checkable

import attrs

from innovationhub.domain.fields import is_text
from innovationhub.domain.recurrence import Recurrence
from innovationhub.errors import Invalid

__all__ = [
    "Assign",
    "CallOff",
    "Change",
    "Close",
    "End",
    "Merge",
    "Move",
    "OwnChange",
    "Reinstate",
    "Reschedule",
    "Resize",
]


def _seats(owner: object, attribute: attrs.Attribute[int | None], value: int | None) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000
    if value is not None and not whole:
        message = f"must be from 0 to 100000, or None for unlimited; got {value!r}"
        raise Invalid(attribute.name, message, value)


@attrs.frozen
class Resize:
    """Another capacity (None: unlimited) for one role of a session, or of a series that one registers for."""

    subject_id: str
    role: str
    capacity: int | None = attrs.field(validator=_seats)


@attrs.frozen
class Move:
    """Another start (aware) or venue for one session; None leaves it as it is. The session keeps its id."""

    session_id: str
    starts: datetime | None = None
    venue: str | None = None


@attrs.frozen
class CallOff:
    """A session that will not be; its id stays called off until it is reinstated."""

    session_id: str
    reason: str = attrs.field(default="", validator=is_text(2000))


@attrs.frozen
class Reinstate:
    """A session that was called off and will be after all; who was booked on it books again."""

    session_id: str


@attrs.frozen
class Assign:
    """Other facilitators (people's ids) for one session; where seats are so many for each, their number follows."""

    session_id: str
    facilitators: tuple[str, ...]


@attrs.frozen
class Reschedule:
    """Another recurrence for a series from a local time on; booked sessions go to the new date next to theirs."""

    series_id: str
    since: datetime
    recurrence: Recurrence


@attrs.frozen
class End:
    """No more sessions of a series from a local time on."""

    series_id: str
    since: datetime
    reason: str = attrs.field(default="", validator=is_text(2000))


@attrs.frozen
class Close:
    """The hub is closed on the local dates `start <= day < end`; sessions are left out or moved as each series says."""

    start: date
    end: date
    reason: str = attrs.field(validator=is_text(200, empty=False))


@attrs.frozen
class Merge:
    """Everybody of one session goes to another of the same type, as far as there is room; the first is called off."""

    session_id: str
    into: str
    reason: str = attrs.field(default="", validator=is_text(2000))


@runtime_checkable
class OwnChange(Protocol):
    """A change of a plugin's own: a frozen value, made as `domain.making.Makes` says."""

    @property
    def subject(self) -> str:
        """The id of what it changes."""


Change = Resize | Move | CallOff | Reinstate | Assign | Reschedule | End | Close | Merge | OwnChange
