"""Rosters: seats, the order of the queue, and seats that stand free (invariants 1, 2, 3 and 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from innovationhub.domain.booking import LIVE, PARKED, BookingRow, BookingStatus
from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.diary import Appointment, clashes, near
from innovationhub.domain.placing import appointments_of, booking_window
from innovationhub.domain.records import Facts, Found, Key, Range, Read
from innovationhub.domain.roster import TAKEN, Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine
from innovationhub.hub.auditing.reading import PAGE, TRIES, moving, type_of
from innovationhub.hub.auditing.sides import side_findings

__all__ = ["roster_findings"]

STANDINGS = (*(str(status) for status in BookingStatus), PARKED)


@attrs.frozen
class _Read:
    """A roster with all that hangs on it, as of one moment: nothing of it changes without the roster's version."""

    roster: Roster
    session: SessionRow | None
    rows: Sequence[BookingRow]
    lines: Mapping[str, Sequence[Appointment]]
    """Of each booking, by its id."""
    busy: Mapping[str, Sequence[Appointment]]
    """What each of those who were passed over has around the session, by person."""


def roster_findings(engine: Engine, first: Roster) -> list[Violation]:
    """A roster against its bookings and their lines, read while its version stood still, in few trips."""
    keys = (Key(Roster, (first.session_id, first.role)), Key(SessionRow, (first.session_id,)))
    heads = {standing: _page(first, standing) for standing in STANDINGS}
    for _ in range(TRIES):
        read = engine.store.read(Read(keys, tuple(heads.values())))
        before = read.keys[keys[0]]
        if before is None:
            sentence = f"the roster of {first.session_id} is gone"
            return [Violation(6, "roster-gone", first.session_id, sentence)]
        rows = [row for each in STANDINGS for row in _queue(engine, first, each, read.scan(heads[each]))]
        lines = _lines(engine, [row for row in rows if row.status in LIVE])
        busy = _busy(engine, [row for row in rows if row.standing == PARKED], lines)
        last = engine.store.read(Read(keys))
        after = last.keys[keys[0]]
        if after is not None and after.version == before.version:
            # a booking that has ended does not change any more, so its lines can be read without hurry
            lines |= _lines(engine, [row for row in rows if row.status not in LIVE])
            roster = last.get(Roster, first.session_id, first.role) or first
            session = last.get(SessionRow, first.session_id)
            return _findings(engine, _Read(roster, session, rows, lines, busy))
    return [moving(f"the roster of {first.session_id}", first.session_id, role=first.role)]


def _page(roster: Roster, standing: str, low: int = 0) -> Range[BookingRow]:
    prefix = (roster.session_id, roster.role, standing)
    return Range(BookingRow, "by_roster", prefix, low=low, limit=PAGE)


def _queue(engine: Engine, roster: Roster, standing: str, found: Found[BookingRow]) -> Iterator[BookingRow]:
    """All bookings that stand so, of which the first page was read."""
    yield from found.records
    while found.cut:
        page = _page(roster, standing, found.records[-1].sequence + 1)
        found = engine.store.read(Read(ranges=(page,))).scan(page)
        yield from found.records


def _lines(engine: Engine, rows: Sequence[BookingRow]) -> dict[str, Sequence[Appointment]]:
    found: dict[str, Sequence[Appointment]] = {}
    for at in range(0, len(rows), PAGE):
        wanted = {row.id: appointments_of(row.id) for row in rows[at : at + PAGE]}
        read = engine.store.read(Read(ranges=tuple(wanted.values())))
        found.update((id, read.scan(each).records) for id, each in wanted.items())
    return found


def _busy(
    engine: Engine, parked: Sequence[BookingRow], lines: Mapping[str, Sequence[Appointment]]
) -> dict[str, Sequence[Appointment]]:
    """What the people of these bookings have around the session, by person.

    Whatever takes a clash away makes ready again, in the same commit, who was passed over for it: so while the roster
    stands still none of these can have gone.
    """
    found: dict[str, Sequence[Appointment]] = {}
    people = {line.person: line for row in parked for line in lines[row.id] if line.active}
    for at in range(0, len(people), PAGE):
        some = list(people.items())[at : at + PAGE]
        wanted = {person: near(person, line.session_id, line.span) for person, line in some}
        read = engine.store.read(Read(ranges=tuple(wanted.values())))
        found.update((person, read.scan(each).records) for person, each in wanted.items())
    return found


def _findings(engine: Engine, read: _Read) -> list[Violation]:
    roster, session = read.roster, read.session
    found = [*_counts(roster, read.rows), *_order(roster, read.rows)]
    if session is None:
        sentence = f"{roster.session_id} has a roster and no row"
        return [*found, Violation(6, "session-gone", roster.session_id, sentence)]
    type_ = type_of(engine, session)
    if type_ is None:
        return found  # said of the session itself
    for row in read.rows:
        found += side_findings(row, read.lines[row.id], session, type_)
    _, closes = booking_window(session, type_, engine.programme.hub.timezone)
    live = session.status is SessionStatus.SCHEDULED and engine.now() < closes
    if live and roster.has_room() and not roster.owed:
        found += _free(read, session, type_)
    return found


def _counts(roster: Roster, rows: Sequence[BookingRow]) -> list[Violation]:
    held = sum(row.size for row in rows if row.status in TAKEN)
    ready = sum(row.standing == BookingStatus.WAITLISTED for row in rows)
    parked = sum(row.standing == PARKED for row in rows)
    subject, found = roster.session_id, []
    for name, kept, counted in (
        ("held", roster.held, held),
        ("ready", roster.ready, ready),
        ("waiting", roster.waiting, ready + parked),
    ):
        if kept != counted:
            sentence = f"{subject}: {roster.role} counts {kept} {name}, and there are {counted}"
            facts: Facts = {"role": roster.role, "kept": kept, "counted": counted}
            found.append(Violation(6, f"count-{name}", subject, sentence, facts))
    if roster.capacity is not None and held > roster.capacity:
        sentence = f"{subject}: {held} hold a place of {roster.capacity}"
        over: Facts = {"role": roster.role, "held": held, "capacity": roster.capacity}
        found.append(Violation(1, "over-capacity", subject, sentence, over))
    return found


def _order(roster: Roster, rows: Sequence[BookingRow]) -> list[Violation]:
    found: list[Violation] = []
    sequences = [row.sequence for row in rows]
    if len(set(sequences)) != len(sequences) or any(not 1 <= each <= roster.last for each in sequences):
        sentence = f"{roster.session_id}: the order of {roster.role} is not total"
        found.append(Violation(3, "order", roster.session_id, sentence, {"role": roster.role}))
    for row in rows:
        if str(row.status) != row.standing and (row.status, row.standing) != (
            BookingStatus.WAITLISTED,
            PARKED,
        ):
            sentence = f"booking {row.id} is {row.status} and stands as {row.standing}"
            found.append(Violation(6, "standing", row.id, sentence))
        if (row.standing == PARKED) != bool(row.passed):
            sentence = f"booking {row.id} was passed over and nothing says why, or says why and was not"
            found.append(Violation(2, "passed-over-without-reason", row.id, sentence))
    return found


def _free(read: _Read, session: SessionRow, type_: SessionType) -> list[Violation]:
    """Who waits although a seat is free for them, where no look at the queue is recorded as owed."""
    roster, found = read.roster, []
    if roster.ready:
        sentence = f"{roster.session_id}: a seat is free while {roster.ready} wait who may have it"
        found.append(Violation(2, "free-seat", roster.session_id, sentence, {"role": roster.role}))
    for row in read.rows:
        if row.standing == PARKED and row.passed == "clash" and roster.has_room(row.size):
            people = [line.person for line in read.lines[row.id] if line.active]
            held = [clash for each in people for clash in clashes(read.busy[each], session.span, but=row.id)]
            if type_.booking.overlaps or not held:
                sentence = f"booking {row.id} was passed over for a clash that is gone, and a seat is free"
                facts: Facts = {"session": session.id, "role": roster.role}
                found.append(Violation(2, "clash-gone", row.id, sentence, facts))
    return found
