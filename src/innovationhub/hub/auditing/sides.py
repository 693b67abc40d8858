"""The two sides of a booking: its row, and each person's line in it, say the same (invariant 6)."""

from __future__ import annotations

from collections.abc import Sequence

from innovationhub.domain.booking import APOLOGISED, EXCEPTED, LEFT, BookingRow, BookingStatus
from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.diary import Appointment, stands
from innovationhub.domain.records import Facts, Key, Read
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.slots import slot_span
from innovationhub.domain.time import Span
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine

__all__ = ["orphan_findings", "side_findings"]


def side_findings(
    row: BookingRow,
    lines: Sequence[Appointment],
    session: SessionRow | None,
    type_: SessionType | None,
    *,
    mirrored: bool = False,
) -> list[Violation]:
    """One booking against the lines of everybody in it, all read while its roster stood still.

    Without a session it is a registration, whose dates are worked out and stand in no line. A place in a `mirrored`
    session may have been taken in the LMS, beside what the person holds at the time.
    """
    found = _people(row, lines)
    for line in lines:
        found += _line(row, line, session, type_, mirrored=mirrored)
    return found


def _people(row: BookingRow, lines: Sequence[Appointment]) -> list[Violation]:
    """That the lines are of as many people as the booking is for, whoever booked among them.

    Who left a booking before the others keeps a cancelled line in it, and is not counted.
    """
    ended = row.status is BookingStatus.CANCELLED
    # of a party one may be there before the others, and on the day one may not come
    also = {BookingStatus.CONFIRMED: BookingStatus.ATTENDED, BookingStatus.ATTENDED: BookingStatus.ABSENT}
    together = [
        line.person
        for line in lines
        if line.status is row.status
        or (row.status is BookingStatus.CONFIRMED and line.status is BookingStatus.ATTENDED)
    ]
    may = {row.status, BookingStatus.CANCELLED, also.get(row.status, row.status)}
    apart = [line for line in lines if line.status not in may]
    # what a party that some came of is left with may be one person: the others' lines are absent all the same
    alone = row.size == 1 and row.status is not BookingStatus.ATTENDED
    if alone or (together and all(line.status is not row.status for line in lines)):
        apart += [line for line in lines if line.status not in {row.status, BookingStatus.CANCELLED}]
    found: list[Violation] = []
    if apart:
        sentence = f"booking {row.id} is {row.status}, and one person's line in it is {apart[0].status}"
        found.append(Violation(6, "sides-status", row.id, sentence))
    if row.person not in together or len(together) < row.size or (len(together) > row.size and not ended):
        sentence = f"booking {row.id} is for {row.size}, and the lines of {len(together)} stand as it does"
        found.append(Violation(6, "sides-people", row.id, sentence, {"size": row.size}))
    return found


def _line(
    row: BookingRow,
    line: Appointment,
    session: SessionRow | None,
    type_: SessionType | None,
    *,
    mirrored: bool,
) -> list[Violation]:
    found: list[Violation] = []
    if (line.session_id, line.role) != (row.session_id, row.role):
        sentence = (
            f"booking {row.id} is for {row.session_id} as {row.role}, and one person's line in it for "
            f"{line.session_id} as {line.role}"
        )
        found.append(Violation(6, "sides-place", row.id, sentence))
    wanted = stands(line, line.status, overlaps=type_ is None or type_.booking.overlaps)
    # a date given up stands as long as the registration does, for whoever has that by now
    away = row.standing in {APOLOGISED, EXCEPTED} and line.person == row.person
    active, holds = wanted.active or away, wanted.holds
    # who was moved onto another place of theirs keeps both, and the moved one claims no time
    released = row.standing == LEFT or (session is not None and session.starts != session.original)
    # who was checked in when a session was called off has their time back, and keeps it should it be reinstated
    released |= line.status is BookingStatus.ATTENDED or mirrored
    if line.active != active or (line.holds != holds and not (released and not line.holds)):
        sentence = (
            f"a line of booking {row.id} is {line.status}, and does not stand or hold time as that does"
        )
        marks: Facts = {"active": line.active, "holds": line.holds}
        found.append(Violation(6, "sides-standing", row.id, sentence, marks))
    if session is None or type_ is None:
        return found
    # what has ended stays where it ended; what is unsettled is still being carried along
    if wanted.active and not session.unsettled and line.span != _span(row, session, type_):
        sentence = f"a line of booking {row.id} is at another time than {session.id}"
        facts: Facts = {"starts": line.starts.isoformat(), "ends": line.ends.isoformat()}
        found.append(Violation(6, "sides-time", row.id, sentence, facts))
    return found


def _span(row: BookingRow, session: SessionRow, type_: SessionType) -> Span:
    """When a booking is: with its session, or in its slot of it."""
    role = type_.role(row.role)
    return session.span if row.slot is None or role is None else slot_span(session, role, row.slot)


def orphan_findings(engine: Engine, lines: Sequence[Appointment]) -> list[Violation]:
    """Lines whose booking is gone. A booking is never deleted, so it is there for every line that was read before."""
    keys = {line.booking_id: Key(BookingRow, (line.booking_id,)) for line in lines}
    rows = engine.store.read(Read(tuple(keys.values())))
    return [
        Violation(6, "booking-gone", id, f"somebody has a line in booking {id}, which is not there")
        for id in keys
        if rows.get(BookingRow, id) is None
    ]
