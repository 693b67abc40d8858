"""Counting what happened: sessions with their bookings and what the journal says of them, into the tables of figures.

What is counted is one person at one session, in however many roles and by however many bookings: they came if they came
in one of them. Sessions that have not begun are left out.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.booking import (
    APOLOGISED,
    HERE,
    HOLDING,
    LEFT,
    OF_SET,
    OF_SET_ABSENT,
    BookingRow,
    BookingStatus,
)
from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.diary import Appointment
from innovationhub.domain.figures import ALL, Cell
from innovationhub.domain.journal import Entry
from innovationhub.domain.roster import TAKEN
from innovationhub.domain.schedule import SessionRow, SessionStatus

__all__ = ["LATE", "Counting", "OfRole", "OfType", "Seen", "Waits", "percent"]

LATE = timedelta(hours=24)
"""A place that is given up less than this before the start is given up late."""

_SEATED = frozenset(f"booking.{how}" for how in ("offered", "promoted", "confirmed", "accepted", "attended"))
_HELD = frozenset(str(status) for status in (*HOLDING, BookingStatus.ATTENDED))
_HAD = TAKEN | {LEFT, OF_SET, OF_SET_ABSENT}


class _Outcome(enum.IntEnum):
    """How one person stands at one session; of several bookings the first of these is what became of them."""

    CAME = 0
    WALKED_IN = 1
    ABSENT = 2
    OPEN = 3
    LATE = 4
    EARLY = 5
    NOTHING = 6


@attrs.frozen
class Seen:
    """One session that has begun, with its bookings, each with everybody's lines and its entries in the journal.

    `seats` are those of each role (None: without a limit). `registered` are those of its series, by role, whose
    register is not closed on this date and who have no booking of it.
    """

    row: SessionRow
    type: SessionType
    seats: Mapping[str, int | None]
    registered: Mapping[str, int]
    bookings: Sequence[BookingRow]
    lines: Mapping[str, Sequence[Appointment]]
    histories: Mapping[str, Sequence[Entry]]

    @property
    def settled(self) -> bool:
        """Whether its register is closed, so that it is known who was absent."""
        return self.row.status is SessionStatus.CLOSED and not self.row.unsettled


@attrs.define
class Waits:
    """Bookings that joined a queue: how long until a place or an offer (hours), and what became of the others."""

    hours: list[float] = attrs.field(factory=list)
    left: int = 0
    never: int = 0
    waiting: int = 0

    def add(self, history: Iterable[Entry], *, over: bool) -> None:
        """What the journal says of one booking; `over`: its session has been called off, told yet or not."""
        joined: datetime | None = None
        for entry in history:
            facts = entry.facts
            if joined is None:
                joined = entry.at if entry.kind == "booking.waitlisted" else None
            elif entry.kind in _SEATED:
                self.hours.append((entry.at - joined).total_seconds() / 3600)
                return
            elif entry.kind == "booking.transferred" or (
                entry.kind == "booking.cancelled" and "member" not in facts and "because" not in facts
            ):
                self.left += 1
                return
            elif entry.kind in {"booking.lapsed", "booking.rejected"} or "because" in facts:
                self.never += 1
                return
        if joined is not None:
            self.never += over
            self.waiting += not over

    def row(self) -> tuple[Cell, ...]:
        """How many joined, were given a place or an offer, median and longest hours; left, never seated, waiting."""
        seated = len(self.hours)
        joined = seated + self.left + self.never + self.waiting
        middle: Cell = round(median(self.hours), 1) if seated else ""
        longest: Cell = round(max(self.hours), 1) if seated else ""
        return (joined, seated, middle, longest, self.left, self.never, self.waiting)


@attrs.define
class OfRole:
    """One role of the sessions of a type that took place: seats, and people who had one."""

    sessions: int = 0
    seats: int = 0
    taken: int = 0
    came: int = 0


@attrs.define
class OfType:
    """The sessions of one type (or of all): how many, and people by how they stand at them.

    `had` a place that they had booked, of whom `absent` did not come: at the sessions whose register is closed.
    """

    sessions: int = 0
    off: int = 0
    open: int = 0
    booked: int = 0
    walked: int = 0
    nameless: int = 0
    had: int = 0
    absent: int = 0
    late: int = 0
    early: int = 0
    roles: dict[str, OfRole] = attrs.field(factory=dict)
    unlimited: int = 0

    @property
    def came(self) -> int:
        """Everybody, by name or without."""
        return self.booked + self.walked + self.nameless


@attrs.define
class Counting:
    """What was counted so far: by type, by month (its first local day), and how often each person (a key) came."""

    where: ZoneInfo
    types: dict[str, OfType] = attrs.field(factory=dict)
    waits: dict[str, Waits] = attrs.field(factory=dict)
    months: dict[tuple[int, int], OfType] = attrs.field(factory=dict)
    people: dict[tuple[int, int], set[str]] = attrs.field(factory=dict)
    visits: Counter[str] = attrs.field(factory=Counter)
    nameless: int = 0

    def add(self, seen: Seen) -> None:
        """Count one session."""
        starts = seen.row.starts.astimezone(self.where)
        month = (starts.year, starts.month)
        of_type = self.types.setdefault(seen.row.type, OfType())
        off = seen.row.status is SessionStatus.CALLED_OFF
        stood = _stood(seen)
        came = [person for person, how in stood.items() if how <= _Outcome.WALKED_IN]
        for each in (of_type, self.months.setdefault(month, OfType())):
            _count(each, seen, Counter(stood.values()))
        if not off:
            _fill(of_type, seen)
        for booking in seen.bookings:
            self.waits.setdefault(seen.row.type, Waits()).add(seen.histories[booking.id], over=off)
        self.visits.update(came)
        self.people.setdefault(month, set()).update(came)
        self.nameless += seen.row.headcount

    def add_waits(self, type_: str, histories: Iterable[Sequence[Entry]]) -> None:
        """Count those who asked for a place in a whole series, and had to wait."""
        for history in histories:
            self.waits.setdefault(type_, Waits()).add(history, over=False)

    def times(self, before: Collection[str]) -> tuple[tuple[Cell, ...], ...]:
        """How many people came how often, and how many of them had come `before`; the last row is all of them."""
        rows = []
        for label, low, high in (
            ("Once", 1, 1),
            ("Twice", 2, 2),
            ("3 to 5 times", 3, 5),
            ("6 times or more", 6, None),
        ):
            who = [
                person
                for person, often in self.visits.items()
                if low <= often and (high is None or often <= high)
            ]
            again = sum(person in before for person in who)
            rows.append((label, len(who), len(who) - again, again))
        again = sum(person in before for person in self.visits)
        return (*rows, (ALL, len(self.visits), len(self.visits) - again, again))


def percent(part: int, whole: int) -> Cell:
    """So many in a hundred; "" of nothing."""
    return round(100 * part / whole, 1) if whole else ""


def _count(into: OfType, seen: Seen, how: Mapping[_Outcome, int]) -> None:
    booked, walked = how.get(_Outcome.CAME, 0), how.get(_Outcome.WALKED_IN, 0)
    into.booked += booked
    into.walked += walked
    into.nameless += seen.row.headcount
    if seen.row.status is SessionStatus.CALLED_OFF:
        into.off += 1
        return
    into.sessions += 1
    into.late += how.get(_Outcome.LATE, 0)
    into.early += how.get(_Outcome.EARLY, 0)
    if not seen.settled:
        into.open += 1
        return
    into.had += booked + how.get(_Outcome.ABSENT, 0)
    into.absent += how.get(_Outcome.ABSENT, 0)


def _fill(of_type: OfType, seen: Seen) -> None:
    had: Counter[str] = Counter(seen.registered)
    came: Counter[str] = Counter()
    for booking in seen.bookings:
        if booking.standing in _HAD:
            lines = [line.status for line in seen.lines[booking.id]]
            had[booking.role] += sum(str(status) in TAKEN for status in lines)
            came[booking.role] += lines.count(BookingStatus.ATTENDED)
    for role, seats in seen.seats.items():
        if seats is None:
            of_type.unlimited += 1
            continue
        into = of_type.roles.setdefault(role, OfRole())
        into.sessions += 1
        into.seats += seats
        into.taken += had[role]
        into.came += came[role]


def _stood(seen: Seen) -> dict[str, _Outcome]:
    """How each person (an opaque key) stands at a session."""
    stood: dict[str, _Outcome] = {}
    for booking in seen.bookings:
        history = seen.histories[booking.id]
        for line in seen.lines[booking.id]:
            how = _outcome(line, history, seen.row.starts)
            stood[line.person] = min(how, stood.get(line.person, how))
    return stood


def _outcome(line: Appointment, history: Sequence[Entry], starts: datetime) -> _Outcome:
    if line.status is BookingStatus.ATTENDED:
        return _Outcome.WALKED_IN if _at_the_door(history) else _Outcome.CAME
    if line.status is BookingStatus.ABSENT:
        return _Outcome.ABSENT
    if line.status in HOLDING:
        return _Outcome.OPEN
    given_up = _given_up(line.person, history) if line.status is BookingStatus.CANCELLED else None
    if given_up is None:
        return _Outcome.NOTHING
    return _Outcome.LATE if given_up > starts - LATE else _Outcome.EARLY


def _at_the_door(history: Sequence[Entry]) -> bool:
    """Whether a booking began with somebody who just came."""
    first = history[0] if history else None
    return first is not None and (
        first.facts.get("walk_in") is True
        or (first.kind == "booking.waitlisted" and first.facts.get("standing") == HERE)
    )


def _given_up(person: str, history: Sequence[Entry]) -> datetime | None:
    """When somebody gave up a place that they held, or a date of a registration; None where it was neither.

    A place that was handed on to somebody else, or changed for one on another date, was not given up.
    """
    away: datetime | None = None
    handed_on = False
    for entry in history:
        facts = entry.facts
        if entry.kind == "booking.apologised":
            away = entry.at if facts.get("standing") == APOLOGISED else None
        elif entry.kind == "booking.substituted":
            handed_on = facts["left"] == person or (handed_on and facts["came"] != person)
        elif entry.kind == "booking.cancelled" and facts.get("member", person) == person:
            # of a party, how the booking stands since; of a whole one, how it stood
            stood = facts.get("standing") if "member" in facts else facts.get("was")
            held = stood in _HELD and not handed_on and "because" not in facts
            return entry.at if held else None
    return away
