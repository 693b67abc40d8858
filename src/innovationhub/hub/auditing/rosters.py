"""Rosters: seats, the order of the queue, and seats that stand free (invariants 1, 2, 3 and 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from innovationhub.domain.booking import (
    APOLOGISED,
    EXCEPTED,
    HERE,
    LEFT,
    LIVE,
    MISSED,
    OF_SET,
    OF_SET_ABSENT,
    PARKED,
    SHORT,
    WAITING,
    WITHDRAWN,
    BookingRow,
    BookingStatus,
)
from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.diary import Appointment, Diary, clashes, near
from innovationhub.domain.mirrors import LmsSessionRow, led_by_lms
from innovationhub.domain.placing import appointments_of, booking_window, is_whole
from innovationhub.domain.policies import Access, Groups
from innovationhub.domain.records import Facts, Found, Key, Range, Read
from innovationhub.domain.roster import TAKEN, Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine
from innovationhub.hub.auditing.reading import PAGE, TRIES, moving, type_of
from innovationhub.hub.auditing.sides import side_findings

__all__ = ["roster_findings"]

BY_STATUS = {
    BookingStatus.WAITLISTED: WAITING,
    BookingStatus.CANCELLED: {str(BookingStatus.CANCELLED), APOLOGISED, EXCEPTED, WITHDRAWN},
    BookingStatus.ATTENDED: {str(BookingStatus.ATTENDED), LEFT, OF_SET},
    BookingStatus.ABSENT: {str(BookingStatus.ABSENT), OF_SET_ABSENT},
}
"""The standings that a status can have, where it is not the one of its name alone."""

STANDINGS = tuple(sorted({str(status) for status in BookingStatus} | set().union(*BY_STATUS.values())))
NEED_REASON = frozenset({PARKED, MISSED}) | SHORT
MAY_HAVE_REASON = frozenset({"held-back", "priority"})
"""Codes for which somebody was passed over and yet is next."""


@attrs.frozen
class _Read:
    """A roster with all that hangs on it, as of one moment: nothing of it changes without the roster's version."""

    roster: Roster
    session: SessionRow | None
    rows: Sequence[BookingRow]
    lines: Mapping[str, Sequence[Appointment]]
    """Of each booking, by its id."""
    busy: Mapping[str, Sequence[Appointment]]
    """What each of those who were passed over has around the session, by person; who is registered is left out."""
    registered: int
    """Seats that registrations for the whole series hold; on a date that is over none, as many joined since."""
    parents: Mapping[str, BookingRow]
    """The bookings that others depend on, by id."""
    led: bool
    """Whether its seats are the LMS's to give."""
    mirrored: bool
    """Whether it is, or was, shown in the LMS: a place that was taken there may overlap what else a person holds."""


def roster_findings(engine: Engine, first: Roster) -> list[Violation]:
    """A roster against its bookings and their lines, read while its version stood still, in few trips."""
    series = first.session_id.partition("@")[0]
    keys: tuple[Key[Roster] | Key[SessionRow] | Key[LmsSessionRow], ...] = (
        Key(Roster, (first.session_id, first.role)),
        Key(SessionRow, (first.session_id,)),
        Key(Roster, (series, first.role)),
        Key(LmsSessionRow, (first.session_id, first.role)),
    )
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
            is_dated = session is not None and session.ends > engine.now()
            of_series = last.get(Roster, series, first.role) if is_dated else None
            registered = of_series.held if of_series else 0
            parents = _parents(engine, rows)
            type_ = type_of(engine, session) if session else None
            led = type_ is not None and led_by_lms(engine.programme.hub, type_, roster.role)
            mirrored = last.get(LmsSessionRow, first.session_id, first.role) is not None
            read_all = _Read(roster, session, rows, lines, busy, registered, parents, led, mirrored)
            return _findings(engine, read_all)
    return [moving(f"the roster of {first.session_id}", first.session_id, role=first.role)]


def _page(roster: Roster, standing: str, low: int = 0) -> Range[BookingRow]:
    prefix = (roster.session_id, roster.role, standing)
    return Range(BookingRow, "by_roster", prefix, low=low, limit=PAGE)


def _parents(engine: Engine, rows: Sequence[BookingRow]) -> dict[str, BookingRow]:
    found: dict[str, BookingRow] = {}
    ids = sorted({row.parent_id for row in rows if row.parent_id and row.status in LIVE})
    for at in range(0, len(ids), PAGE):
        read = engine.store.read(Read(tuple(Key(BookingRow, (id,)) for id in ids[at : at + PAGE])))
        found.update((id, row) for id in ids[at : at + PAGE] if (row := read.get(BookingRow, id)) is not None)
    return found


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
    people = {
        line.person: line
        for row in parked
        for line in lines[row.id]
        if line.active and not is_whole(row.session_id)
    }
    for at in range(0, len(people), PAGE):
        some = list(people.items())[at : at + PAGE]
        wanted = {person: near(person, line.session_id, line.span) for person, line in some}
        diaries = tuple(Key(Diary, (person,)) for person in wanted)
        read = engine.store.read(Read(diaries, tuple(wanted.values())))
        for person, each in wanted.items():
            diary = read.get(Diary, person)
            if diary is not None and not diary.registered:
                found[person] = read.scan(each).records
    return found


def _findings(engine: Engine, read: _Read) -> list[Violation]:
    roster, session = read.roster, read.session
    found = [*_counts(read), *_order(roster, read.rows), *_dependents(read)]
    if is_whole(roster.session_id):
        for row in read.rows:
            found += side_findings(row, read.lines[row.id], None, None)
        return found
    if session is None:
        sentence = f"{roster.session_id} has a roster and no row"
        return [*found, Violation(6, "session-gone", roster.session_id, sentence)]
    type_ = type_of(engine, session)
    if type_ is None:
        return found  # said of the session itself
    for row in read.rows:
        found += side_findings(row, read.lines[row.id], session, type_, mirrored=read.mirrored)
    _, closes = booking_window(session, type_, engine.programme.hub.timezone)
    live = session.status is SessionStatus.SCHEDULED and engine.now() < closes and not read.led
    lent = type_.access is not Access.REGISTER or bool(roster.last)
    if live and roster.has_room(1, read.registered) and not roster.owed and lent:
        found += _free(read, session, type_)
    return found


def _counts(read: _Read) -> list[Violation]:
    roster, rows = read.roster, read.rows
    subject, found = roster.session_id, []

    def of(*standings: str) -> int:
        return sum(row.standing in standings for row in rows)

    def of_size(*standings: str) -> int:
        return sum(row.size for row in rows if row.standing in standings)

    held = of_size(*TAKEN)
    came = sum(
        line.status is BookingStatus.ATTENDED
        and row.status in {BookingStatus.CONFIRMED, BookingStatus.ATTENDED}
        for row in rows
        for line in read.lines[row.id]
    )
    for name, kept, counted in (
        ("held", roster.held, held),
        ("ready", roster.ready, of(str(BookingStatus.WAITLISTED))),
        ("waiting", roster.waiting, of(*WAITING)),
        ("short", roster.short, of(*SHORT)),
        ("missed", roster.missed, of(MISSED)),
        ("here", roster.here, of(HERE)),
        ("away", roster.away, of(APOLOGISED, EXCEPTED)),
        ("came", roster.came, came),
    ):
        if kept != counted:
            sentence = f"{subject}: {roster.role} counts {kept} {name}, and there are {counted}"
            facts: Facts = {"role": roster.role, "kept": kept, "counted": counted}
            found.append(Violation(6, f"count-{name}", subject, sentence, facts))
    taken = [row.slot for row in rows if row.slot is not None and row.standing in TAKEN]
    if sorted(taken) != list(roster.taken):
        sentence = (
            f"{subject}: the slots of {roster.role} that are taken are kept otherwise, or one is taken twice"
        )
        found.append(Violation(1, "slots", subject, sentence, {"role": roster.role, "kept": roster.slots}))
    # by what there is, not by what the roster counts
    total = held + max(0, read.registered - of_size(APOLOGISED, EXCEPTED))
    # where the LMS leads, more than there are seats is its own to say: a finding, and no fault of this hub
    if roster.capacity is not None and total > roster.capacity and not read.led:
        sentence = f"{subject}: {total} hold a place of {roster.capacity}"
        over: Facts = {"role": roster.role, "held": total, "capacity": roster.capacity}
        found.append(Violation(1, "over-capacity", subject, sentence, over))
    return found


def _order(roster: Roster, rows: Sequence[BookingRow]) -> list[Violation]:
    found: list[Violation] = []
    # a request has no place in the order before it is approved
    sequences = [row.sequence for row in rows if row.sequence or row.status is BookingStatus.WAITLISTED]
    if len(set(sequences)) != len(sequences) or any(not 1 <= each <= roster.last for each in sequences):
        sentence = f"{roster.session_id}: the order of {roster.role} is not total"
        found.append(Violation(3, "order", roster.session_id, sentence, {"role": roster.role}))
    for row in rows:
        if row.standing not in BY_STATUS.get(row.status, {str(row.status)}):
            sentence = f"booking {row.id} is {row.status} and stands as {row.standing}"
            found.append(Violation(6, "standing", row.id, sentence))
        needed, given = row.standing in NEED_REASON, bool(row.passed)
        if needed != given and not (row.status in LIVE and row.passed in MAY_HAVE_REASON):
            sentence = f"booking {row.id} was passed over and nothing says why, or says why and was not"
            found.append(Violation(2, "passed-over-without-reason", row.id, sentence))
    return found


def _dependents(read: _Read) -> list[Violation]:
    """What depends on a place ends with it (invariant 9)."""
    found: list[Violation] = []
    for row in read.rows:
        if row.parent_id is None or row.status not in LIVE:
            continue
        parent = read.parents.get(row.parent_id)
        if parent is None or parent.standing not in TAKEN | {LEFT}:
            sentence = f"booking {row.id} depends on {row.parent_id}, which has ended"
            found.append(Violation(9, "dependent-outlives", row.id, sentence, {"parent": row.parent_id}))
    return found


def _free(read: _Read, session: SessionRow, type_: SessionType) -> list[Violation]:
    """Who waits although a seat is free for them, where no look at the queue is recorded as owed."""
    roster, found = read.roster, []
    ready = sorted(
        (row for row in read.rows if row.standing == BookingStatus.WAITLISTED), key=lambda row: row.sequence
    )
    # by a strict policy a party at the head holds back those behind it until it fits
    next_ones = ready[:1] if type_.waitlist.groups is Groups.STRICT else ready
    next_ones = [*next_ones, *(row for row in read.rows if row.standing in SHORT)]
    if any(roster.has_room(row.size, read.registered) for row in next_ones):
        sentence = f"{roster.session_id}: a seat is free while {roster.waiting} wait, one of whom may have it"
        found.append(Violation(2, "free-seat", roster.session_id, sentence, {"role": roster.role}))
    role = type_.role(roster.role)
    for row in read.rows:
        clash = (
            row.standing == PARKED and row.passed == "clash" and roster.has_room(row.size, read.registered)
        )
        if not clash or role is None or role.slots is not None:
            continue
        people = [line.person for line in read.lines[row.id] if line.active]
        if any(each not in read.busy for each in people):
            continue  # the dates of a registration are no lines: `tick` looks at those again
        held = [
            line
            for each in people
            for line in clashes(read.busy[each], session.span, but=row.id, parent=row.parent_id or "")
        ]
        if type_.booking.overlaps or not held:
            sentence = f"booking {row.id} was passed over for a clash that is gone, and a seat is free"
            facts: Facts = {"session": session.id, "role": roster.role}
            found.append(Violation(2, "clash-gone", row.id, sentence, facts))
    return found
