"""Changes to sessions that people may be booked on, as values: what a load holds back, and what a plan will take."""

from __future__ import annotations

from datetime import datetime

import attrs

from innovationhub.domain.recurrence import Recurrence

__all__ = ["Assign", "Change", "Move", "Reschedule", "Resize"]


@attrs.frozen
class Resize:
    """Another capacity (None: unlimited) for one role of a session."""

    subject_id: str
    role: str
    capacity: int | None


@attrs.frozen
class Move:
    """Another start (aware) or venue for one session; None leaves it as it is. The session keeps its id."""

    session_id: str
    starts: datetime | None = None
    venue: str | None = None


@attrs.frozen
class Assign:
    """Other facilitators (people's ids) for one session."""

    session_id: str
    facilitators: tuple[str, ...]


@attrs.frozen
class Reschedule:
    """Another recurrence for a series from a local time on."""

    series_id: str
    since: datetime
    recurrence: Recurrence


Change = Resize | Move | Assign | Reschedule
