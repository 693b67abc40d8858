"""What the tests of figures share: rows and columns of tables, and sessions that are held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from innovationhub import (
    BookingPolicy,
    Hub,
)
from innovationhub.domain.figures import Cell
from tests.support import Clock

__all__ = ["BOOKED_EARLY", "DECEMBER", "SECOND", "THIRD", "column", "held", "row", "until"]

DECEMBER = (date(2026, 12, 1), date(2027, 1, 1))
SECOND, THIRD = "taster@2026-12-08T10:00", "taster@2026-12-15T10:00"
BOOKED_EARLY = BookingPolicy(opens_days=400)


def row(hub: Hub, key: str, about: str, period: tuple[date, date] = DECEMBER) -> tuple[Cell, ...]:
    """One row of a table, without what it is about."""
    (found,) = [each[1:] for each in hub.figures(*period).table(key).lines if each[0] == about]
    return found


def column(hub: Hub, key: str, name: str, period: tuple[date, date] = DECEMBER) -> dict[Cell, Cell]:
    table = hub.figures(*period).table(key)
    place = table.columns.index(name)
    return {each[0]: each[place] for each in table.lines}


def until(clock: Clock, session: str, **later: float) -> None:
    """Let it be the start of a session in a London winter, or a while later."""
    clock.now = datetime.fromisoformat(session.partition("@")[2]).replace(tzinfo=UTC) + timedelta(**later)


def held(hub: Hub, clock: Clock, session: str, came: Sequence[str], role: str | None = None) -> None:
    """Let a session be: these people came, and its register is closed an hour later."""
    until(clock, session)
    for person in came:
        hub.check_in(session, person, role=role)
    clock.pass_by(hours=1)
    hub.close_register(session)
