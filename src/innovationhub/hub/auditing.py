"""Audit: what always holds, checked on the live data.

It reads page by page while others go on booking. Each check is made on rows of one moment, or on rows whose guard did
not move while they were read; a guard that never stands still is tried a few times and then said not to be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from innovationhub.domain.booking import PARKED, BookingRow, BookingStatus
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.ids import session_id
from innovationhub.domain.journal import Entry
from innovationhub.domain.placing import booking_window
from innovationhub.domain.records import Facts, Key, Range, Read, Record, key_of
from innovationhub.domain.replay import Replayed, replayed_booking
from innovationhub.domain.roster import TAKEN, Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.time import local, zone
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine

__all__ = ["audit"]

R = TypeVar("R", bound=Record)

PAGE = 500
HISTORY = 10_000
"""Entries about one booking that are replayed."""

TRIES = 5
"""How often a roster that keeps moving is read again before it is said not to be checked."""

STANDINGS = (*(str(status) for status in BookingStatus), PARKED)


def audit(engine: Engine) -> list[Violation]:
    """See `Hub.audit`."""
    engine.refresh()
    found: list[Violation] = []
    for session in _all(engine, SessionRow, lambda row: row.id):
        found += _session(engine, session)
    for roster in _all(engine, Roster, lambda row: row.session_id):
        found += _roster(engine, roster)
    for diary in _all(engine, Diary, lambda row: row.person):
        found += _diary(engine, diary)
    found += _journal(engine)
    return found


def _all(engine: Engine, cls: type[R], first: Callable[[R], str]) -> Iterator[R]:
    """Every row of a class, page by page, in the order of its key, whose first field `first` gives."""
    low = ""
    seen: set[object] = set()
    while True:
        page = Range(cls, "key", (), low=low, limit=PAGE)
        rows = engine.store.read(Read(ranges=(page,))).scan(page)
        for row in rows.records:
            key = key_of(row)
            if key not in seen:
                yield row
        if not rows.cut:
            return
        low = first(rows.records[-1])
        seen = {key_of(row) for row in rows.records if first(row) == low}


def _session(engine: Engine, row: SessionRow) -> list[Violation]:
    where = zone(engine.programme.hub.timezone)
    series = engine.programme.series.get(row.series_id)
    where = zone(series.recurrence.zone) if series else where
    nominal = row.id.partition("@")[2]
    found: list[Violation] = []
    shown = local(row.original, where)
    if session_id(row.series_id, shown) != row.id and nominal != shown.isoformat():
        # a nominal time that does not exist is kept as the time after the gap
        from_gap = abs((shown - shown.fromisoformat(nominal)).total_seconds()) <= 7200
        if not from_gap:
            sentence = f"{row.id} began at {shown} by its series' clock, which is not what its id says"
            found.append(Violation(8, "id-and-time-differ", row.id, sentence))
    if row.unsettled and row.status is SessionStatus.SCHEDULED:
        found.append(Violation(2, "unsettled", row.id, f"{row.id} is unsettled and yet scheduled"))
    return found


def _roster(engine: Engine, first: Roster) -> list[Violation]:
    """A roster against its bookings, read while its version stood still."""
    key = Key(Roster, (first.session_id, first.role))
    for _ in range(TRIES):
        before = engine.store.read(Read((key,))).keys[key]
        if before is None:
            return [
                Violation(6, "roster-gone", first.session_id, f"the roster of {first.session_id} is gone")
            ]
        rows = [row for standing in STANDINGS for row in _queue(engine, first, standing)]
        session = engine.store.read(Read((key, Key(SessionRow, (first.session_id,)))))
        after = session.keys[key]
        if after is not None and after.version == before.version:
            roster = after.record
            assert isinstance(roster, Roster)  # noqa: S101  # it is what was asked for
            row = session.get(SessionRow, first.session_id)
            return [*_counts(roster, rows), *_order(roster, rows), *_free(engine, roster, row)]
    sentence = f"the roster of {first.session_id} moved each time it was read: audit again when it is calmer"
    return [Violation(6, "not-checked", first.session_id, sentence, {"role": first.role})]


def _queue(engine: Engine, roster: Roster, standing: str) -> Iterator[BookingRow]:
    low = 0
    while True:
        page = Range(BookingRow, "by_roster", (roster.session_id, roster.role, standing), low=low, limit=PAGE)
        found = engine.store.read(Read(ranges=(page,))).scan(page)
        yield from found.records
        if not found.cut:
            return
        low = found.records[-1].sequence + 1


def _counts(roster: Roster, rows: list[BookingRow]) -> list[Violation]:
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


def _order(roster: Roster, rows: list[BookingRow]) -> list[Violation]:
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


def _free(engine: Engine, roster: Roster, session: SessionRow | None) -> list[Violation]:
    if session is None:
        sentence = f"{roster.session_id} has a roster and no row"
        return [Violation(6, "session-gone", roster.session_id, sentence)]
    if (session.type, session.revision) not in engine.programme.types:
        engine.refresh()  # another process has loaded a catalogue meanwhile
    type_ = engine.programme.types[session.type, session.revision]
    _, closes = booking_window(session, type_, engine.programme.hub.timezone)
    live = session.status is SessionStatus.SCHEDULED and engine.now() < closes
    if live and roster.has_room() and roster.ready and not roster.owed:
        sentence = f"{roster.session_id}: a seat is free while {roster.ready} wait who may have it"
        return [Violation(2, "free-seat", roster.session_id, sentence, {"role": roster.role})]
    return []


def _diary(engine: Engine, first: Diary) -> list[Violation]:
    """A person's standing appointments, read with their diary as of one moment."""
    key, wanted = (
        Key(Diary, (first.person,)),
        Range(Appointment, "by_person", (first.person, True), limit=HISTORY),
    )
    rows = engine.store.read(Read((key,), (wanted,)))
    diary = rows.get(Diary, first.person)
    if diary is None or rows.scan(wanted).cut:
        return []
    standing = rows.scan(wanted).records
    found: list[Violation] = []
    if diary.active != len(standing):
        sentence = f"a diary counts {diary.active} standing appointments, and there are {len(standing)}"
        found.append(Violation(6, "count-diary", diary.person, sentence))
    holds = sorted((each for each in standing if each.holds), key=lambda each: each.starts)
    for place, each in enumerate(holds):
        for other in holds[place + 1 :]:
            if other.starts >= each.ends:
                break
            sentence = f"one person holds {each.session_id} and {other.session_id}, which overlap"
            found.append(Violation(4, "overlap", diary.person, sentence))
    seen: set[tuple[str, str]] = set()
    for each in standing:
        if (each.session_id, each.role) in seen:
            sentence = f"one person has two bookings for {each.session_id} as {each.role}"
            found.append(Violation(4, "booked-twice", diary.person, sentence))
        seen.add((each.session_id, each.role))
    return found


def _journal(engine: Engine) -> list[Violation]:
    """Every booking as the journal tells it against the booking as kept, both as of one moment."""
    found: list[Violation] = []
    after = 0
    while True:
        entries = engine.store.tail(after, PAGE)
        if entries and [each.position for each in entries] != list(
            range(after + 1, after + 1 + len(entries))
        ):
            found.append(Violation(6, "journal-gap", str(after + 1), f"the journal has a gap behind {after}"))
        # a booking is looked at where it begins, and then with all that became of it
        born = {each.subject for each in entries if each.kind in _BEGINNINGS}
        histories = {id: Range(Entry, "by_subject", (id,), limit=HISTORY) for id in born}
        keys = tuple(Key(BookingRow, (id,)) for id in born)
        rows = engine.store.read(Read(keys, tuple(histories.values())))
        for id, history in histories.items():
            row = rows.get(BookingRow, id)
            kept = row and Replayed(
                row.session_id, row.role, row.person, row.size, row.sequence, row.standing
            )
            told = replayed_booking(rows.scan(history).records)
            if told != kept:
                sentence = f"booking {id} is kept otherwise than the journal tells it"
                found.append(Violation(6, "replay", id, sentence))
        if len(entries) < PAGE:
            return found
        after = entries[-1].position


_BEGINNINGS = frozenset({"booking.requested", "booking.confirmed", "booking.waitlisted", "booking.attended"})
