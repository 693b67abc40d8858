"""Bookings as callers see them: in people's own ids and the hub's local time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.booking import (
    APOLOGISED,
    EXCEPTED,
    LIVE,
    OF_SET,
    OF_SET_ABSENT,
    WITHDRAWN,
    Booking,
    BookingRow,
    BookingStatus,
    Placed,
)
from innovationhub.domain.diary import Appointment
from innovationhub.domain.people import Note
from innovationhub.domain.placing import appointments_of, is_whole
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.time import zone
from innovationhub.engine import Engine
from innovationhub.errors import NotFound
from innovationhub.hub.people import People

__all__ = ["MOST_BOOKINGS", "Bookings"]

MOST_BOOKINGS = 100_000
"""Bookings listed in one answer."""


class Bookings:
    """Finds bookings and makes what callers see of them. It reads, and changes nothing."""

    def __init__(self, engine: Engine, people: People) -> None:
        self._engine = engine
        self._people = people

    def row(self, booking_id: str) -> BookingRow:
        """One booking as kept. Raises `NotFound`."""
        row = self._engine.store.read(Read((Key(BookingRow, (booking_id,)),))).get(BookingRow, booking_id)
        if row is None:
            raise NotFound("booking", booking_id, "hub.bookings_of(person_id) gives the ids of a person's")
        return row

    def standing(self, session_id: str, roles: Collection[str], standings: Collection[str]) -> list[Booking]:
        """The bookings of these roles of a session that stand so, in order of sequence."""
        ranges = [
            Range(BookingRow, "by_roster", (session_id, role, standing), limit=MOST_BOOKINGS)
            for role in roles
            for standing in standings
        ]
        rows = self._engine.store.read(Read(ranges=tuple(ranges)))
        found = [row for each in ranges for row in rows.scan(each).records]
        found.sort(key=_in_order)
        return self.shown(found)

    def registered(self, session_id: str, series_id: str, roles: Collection[str]) -> list[Booking]:
        """Who is registered for the series of a session and not away on its date, each as they stand on it."""
        dated = {
            (role, standing): Range(
                BookingRow, "by_roster", (session_id, role, standing), limit=MOST_BOOKINGS
            )
            for role in roles
            for standing in (OF_SET, OF_SET_ABSENT, APOLOGISED, EXCEPTED)
        }
        whole = [
            Range(BookingRow, "by_roster", (series_id, role, "confirmed"), limit=MOST_BOOKINGS)
            for role in roles
        ]
        rows = self._engine.store.read(Read(ranges=(*whole, *dated.values())))
        on_date = {
            row.parent_id: (row, standing)
            for (_, standing), each in dated.items()
            for row in rows.scan(each).records
        }
        found = []
        for row in sorted((row for each in whole for row in rows.scan(each).records), key=_in_order):
            dated_row, standing = on_date.pop(row.id, (row, ""))
            if standing not in {APOLOGISED, EXCEPTED}:
                found.append(dated_row)
        # whoever has left the set since was still there on the day
        found += [row for row, standing in on_date.values() if standing not in {APOLOGISED, EXCEPTED}]
        return self.shown(found)

    def of_person(self, person: str, active: bool | None) -> list[Booking]:
        """The bookings of a person (an opaque key), in order of their sessions' start."""
        ranges = [
            Range(Appointment, "by_person", (person, each), limit=MOST_BOOKINGS) for each in (True, False)
        ]
        rows = self._engine.store.read(Read(ranges=tuple(ranges)))
        found = [appointment for each in ranges for appointment in rows.scan(each).records]
        if active is not None:
            found = [each for each in found if (each.status in LIVE) == active]
        found.sort(key=lambda each: (each.starts, each.booking_id))
        return self.under([each.booking_id for each in found], but=WITHDRAWN)

    def notes(self, booking_id: str) -> Mapping[str, str]:
        """The free text about a booking, by kind. Raises `NotFound`."""
        self.row(booking_id)
        wanted = Range(Note, "key", (booking_id,), limit=10)
        rows = self._engine.store.read(Read(ranges=(wanted,)))
        return {note.kind: note.text for note in rows.scan(wanted).records}

    def under(self, ids: Collection[str], *, but: str = "") -> list[Booking]:
        """The bookings under these ids, in their order, `but` of one standing; what is not there is left out."""
        keys = tuple(Key(BookingRow, (id,)) for id in ids)
        rows = self._engine.store.read(Read(keys))
        kept = (rows.get(BookingRow, id) for id in ids)
        found = [row for row in kept if row is not None and row.standing != but]
        return self.shown(found)

    def shown(self, rows: Collection[BookingRow]) -> list[Booking]:
        """Booking rows as callers see them; those of a session that was called off are cancelled, told yet or not."""
        if not rows:
            return []
        sessions = {row.session_id for row in rows if row.status in LIVE and not is_whole(row.session_id)}
        keys = tuple(Key(SessionRow, (id,)) for id in sessions)
        read = self._engine.store.read(Read(keys, tuple(appointments_of(row.id) for row in rows)))
        placed = []
        for row in rows:
            session = read.get(SessionRow, row.session_id) if row.session_id in sessions else None
            off = session is not None and session.status is SessionStatus.CALLED_OFF
            people = tuple(
                (line.person, BookingStatus.CANCELLED if off and line.status in LIVE else line.status)
                for line in sorted(read.scan(appointments_of(row.id)).records, key=lambda line: line.place)
            )
            placed.append(Placed(attrs.evolve(row, status=BookingStatus.CANCELLED) if off else row, people))
        return self.faces(placed)

    def faces(self, placed: Collection[Placed]) -> list[Booking]:
        """Answers about bookings as callers see them: with people's own ids."""
        names = self._people.ids(
            [
                key
                for each in placed
                for key in (*(person for person, _ in each.people), each.booking.expert, each.booking.person)
                if key
            ]
        )
        where = zone(self._engine.programme.hub.timezone)
        return [_face(each, names, where) for each in placed]


def _in_order(row: BookingRow) -> tuple[int, str]:
    return row.sequence, row.role


def _face(placed: Placed, names: Mapping[str, str], where: ZoneInfo) -> Booking:
    row = placed.booking
    # who leads it first, the others as they were named
    lines = sorted(placed.people, key=lambda line: line[0] != row.person)
    people: dict[str, BookingStatus] = {names[key]: status for key, status in lines}
    return Booking(
        id=row.id,
        session_id=None if is_whole(row.session_id) else row.session_id,
        series_id=row.series_id,
        parent_id=row.parent_id,
        role=row.role,
        person_id=names.get(row.person, row.person),
        people=people,
        status=row.status,
        sequence=row.sequence,
        slot=row.slot,
        offer_ends=row.offer_ends and row.offer_ends.astimezone(where),
        created_at=row.created_at.astimezone(where),
        expert=names.get(row.expert, row.expert) if row.expert else None,
    )
