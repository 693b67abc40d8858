"""The calendar and its sessions, as callers see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import attrs

from innovationhub.domain.booking import Booking, BookingStatus
from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.placing import booking_window
from innovationhub.domain.policies import Access
from innovationhub.domain.programme import Programme
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import (
    FURTHEST_SHIFT,
    Opening,
    Planned,
    SessionRow,
    SessionStatus,
    occasion,
    occasions,
    planned_row,
)
from innovationhub.domain.time import Span, utc, window, zone
from innovationhub.domain.views import Places, SessionView
from innovationhub.engine import Engine
from innovationhub.errors import Invalid, NotFound
from innovationhub.hub.bookings import Bookings
from innovationhub.hub.people import People

__all__ = ["MOST_SESSIONS", "PutOn", "Showing", "places"]

MOST_SESSIONS = 20_000
"""Sessions in one window; a wider one must be asked for in parts."""

MOST_PLACES = 1000
"""Standing bookings of one person shown in one window."""


@attrs.frozen
class PutOn:
    """The sessions that start in a span (UTC), in order, with the rosters there are of each and of its series."""

    programme: Programme
    span: Span
    sessions: Sequence[SessionRow]
    seats: Mapping[str, Mapping[str, Roster]]


class Showing:
    """Makes session views. It reads, and changes nothing."""

    def __init__(self, engine: Engine, people: People, bookings: Bookings) -> None:
        self._engine = engine
        self._people = people
        self._bookings = bookings

    def _opening(self, programme: Programme) -> Opening:
        def closed(day: date) -> str | None:
            if day in programme.closed:
                return programme.closed[day]
            if not programme.hub.closures:
                return None
            return self._engine.closed_in(programme.hub.closures, day.year).get(day)

        return Opening(closed, programme.hub.working_hours.weekdays)

    def calendar(
        self,
        start: date | datetime,
        end: date | datetime,
        person_id: str | None,
        types: Collection[str] | None,
    ) -> list[SessionView]:
        """See `Hub.calendar`."""
        person = None if person_id is None else self._people.key(person_id)
        found, held = self._found(start, end, types, person or "")
        shown = self._wanted(found.programme, types, {each.session_id for each in held})
        sessions = [row for row in found.sessions if shown(row)]
        bookings = self._mine(held)
        if person:
            bookings |= self._of_sets(person, sessions, held)
        return self._views(found.programme, sessions, found.seats, bookings)

    def put_on(self, start: date | datetime, end: date | datetime) -> PutOn:
        """Every session that starts in a window, private ones and those that were called off too."""
        return self._found(start, end, None, "")[0]

    def _found(
        self, start: date | datetime, end: date | datetime, types: Collection[str] | None, person: str
    ) -> tuple[PutOn, list[Appointment]]:
        """The sessions of a window, and (with a person's key) what that person has in it."""
        current = self._engine.programme
        span = window(start, end, zone(current.hub.timezone))
        span = Span(utc(span.starts), utc(span.ends))
        back = timedelta(days=FURTHEST_SHIFT + 1)
        most = MOST_SESSIONS
        moved_in = Range(SessionRow, "by_start", (), span.starts, span.ends, most)
        moved_out = Range(SessionRow, "by_original", (), span.starts - back, span.ends, most)
        rosters = Range(Roster, "by_start", (), span.starts, span.ends, 4 * most)
        mine = Range(Appointment, "by_person", (person, True), span.starts, span.ends, MOST_PLACES)
        ranges = (moved_in, moved_out, rosters, *((mine,) if person else ()))
        sets = tuple(
            Key(Roster, (series.key, role.key))
            for series in current.series.values()
            for type_ in (current.type(series.type),)
            if type_.access is Access.REGISTER
            for role in type_.first_roles
        )
        programme, rows = self._engine.look(Read(sets, ranges))
        if programme is not current:
            # it was edited: the window is in its zone, and its sets were to be read
            return self._found(start, end, types, person)
        if any(rows.ranges[each].cut for each in ranges[:3]):
            raise _too_much(end)
        if person and rows.scan(mine).cut:
            message = f"must not make a window in which the person has more than {MOST_PLACES:,} places"
            raise Invalid("end", message, end)
        known = {row.id: row for each in (moved_in, moved_out) for row in rows.scan(each).records}
        seats: dict[str, dict[str, Roster]] = {}
        for roster in rows.scan(rosters).records:
            seats.setdefault(roster.session_id, {})[roster.role] = roster
        for key in sets:
            found = rows.get(Roster, *key.values)
            if found is not None:
                seats.setdefault(found.session_id, {})[found.role] = found
        planned = [
            planned_row(each, programme.latest[each.series.type])
            for each in self._planned(programme, span, types, end)
        ]
        # an override may bring a session in from any distance: those that have a row are where their row says
        far = [row.id for row in planned if not span.starts - back <= row.original < span.ends]
        if far:
            elsewhere = self._engine.store.read(Read(tuple(Key(SessionRow, (id,)) for id in far)))
            kept = (elsewhere.get(SessionRow, id) for id in far)
            known.update((row.id, row) for row in kept if row is not None)
        sessions = [row for row in known.values() if span.starts <= row.starts < span.ends]
        sessions += [row for row in planned if row.id not in known]
        sessions.sort(key=lambda row: (row.starts, row.id))
        return PutOn(programme, span, sessions, seats), rows.scan(mine).records if person else []

    def session(self, session_id: str) -> SessionView:
        """See `Hub.session`."""
        series_id, nominal = split_session_id(session_id)
        rosters = Range(Roster, "key", (session_id,), limit=100)
        of_series = Range(Roster, "key", (series_id,), limit=100)
        programme, rows = self._engine.look(Read((Key(SessionRow, (session_id,)),), (rosters, of_series)))
        row = rows.get(SessionRow, session_id)
        if row is None:
            series = programme.series.get(series_id)
            opening = self._opening(programme)
            planned = series and occasion(series, programme.type(series.type).longest, nominal, opening)
            if not planned:
                why = opening.closed(nominal.date()) if series else None
                hint = f"the hub is closed that day: {why}" if why else "look in the calendar"
                raise NotFound("session", session_id, hint)
            row = planned_row(planned, programme.latest[planned.series.type])
        seats = {
            id: {roster.role: roster for roster in rows.scan(each).records}
            for id, each in ((session_id, rosters), (series_id, of_series))
        }
        return self._views(programme, [row], seats, {})[0]

    def type_of_series(self, series_id: str) -> SessionType:
        """The session type of a series, as it stands. Raises `NotFound`."""
        programme = self._engine.programme
        series = programme.series.get(series_id)
        if series is None:
            series = self._engine.refresh().series.get(series_id)
        if series is None:
            raise NotFound("series", series_id, "hub.series() lists them")
        return self._engine.programme.type(series.type)

    def _wanted(
        self, programme: Programme, types: Collection[str] | None, mine: Collection[str]
    ) -> Callable[[SessionRow], bool]:
        if isinstance(types, str):
            raise Invalid("types", f"must be a list of session types' keys; got {types!r}", types)
        if types is not None:
            unknown = sorted(set(types) - set(programme.latest))
            if unknown:
                raise NotFound("session type", unknown[0])

        def wanted(row: SessionRow) -> bool:
            if types is not None and row.type not in types:
                return False
            # a workshop stays its team's, whatever becomes of its type
            kept = programme.types[row.type, row.revision]
            return row.id in mine or not (programme.type(row.type).private or kept.unlisted)

        return wanted

    def _planned(
        self, programme: Programme, span: Span, types: Collection[str] | None, end: date | datetime
    ) -> Iterable[Planned]:
        found: list[Planned] = []
        opening = self._opening(programme)
        for series in programme.series.values():
            if types is None or series.type in types:
                minutes = programme.type(series.type).longest
                left = MOST_SESSIONS - len(found)
                within, complete = occasions(series, minutes, span, opening, limit=max(1, left))
                found += within
                if not complete:
                    raise _too_much(end)
        return found

    def _views(
        self,
        programme: Programme,
        sessions: Collection[SessionRow],
        seats: Mapping[str, Mapping[str, Roster]],
        mine: Mapping[str, Booking],
    ) -> list[SessionView]:
        names = self._people.ids(key for row in sessions for key in row.facilitators.split())
        where, now = zone(programme.hub.timezone), self._engine.now()
        views = []
        for row in sessions:
            type_ = programme.types[row.type, row.revision]
            opens, closes = booking_window(row, type_, programme.hub.timezone)
            open_now = row.status is SessionStatus.SCHEDULED and now < closes
            series = programme.series.get(row.series_id)
            views.append(
                SessionView(
                    id=row.id,
                    series_id=row.series_id,
                    type=row.type,
                    title=type_.title,
                    starts=row.starts.astimezone(where),
                    ends=row.ends.astimezone(where),
                    status=row.status,
                    venue=row.venue,
                    facilitators=tuple(names[key] for key in row.facilitators.split()),
                    opens=opens.astimezone(where),
                    closes=closes.astimezone(where),
                    places=places(row, type_, seats, live=open_now),
                    mine=mine.get(row.id),
                    example=bool(series and series.example),
                    headcount=row.headcount,
                )
            )
        return views

    def _of_sets(
        self, person: str, sessions: Collection[SessionRow], held: Collection[Appointment]
    ) -> dict[str, Booking]:
        """The registration of a person for each session of its series, but for the dates they gave up."""
        diary = self._engine.store.read(Read((Key(Diary, (person,)),))).get(Diary, person)
        registrations = diary.registrations if diary else {}
        if not registrations:
            return {}
        given_up = {(line.session_id, line.parent) for line in held if line.status is BookingStatus.CANCELLED}
        shown = {each.series_id: each for each in self._bookings.under(list(registrations.values()))}
        return {
            row.id: shown[row.series_id]
            for row in sessions
            if row.series_id in shown and (row.id, registrations[row.series_id]) not in given_up
        }

    def _mine(self, held: Collection[Appointment]) -> dict[str, Booking]:
        """A person's standing bookings by session; of several in one session the one that needs no other."""
        rows = self._bookings.under([each.booking_id for each in held])
        by_session: dict[str, Booking] = {}
        for booking in rows:
            if booking.session_id is not None and booking.parent_id is None:
                by_session.setdefault(booking.session_id, booking)
        return by_session


def places(
    session: SessionRow, type_: SessionType, seats: Mapping[str, Mapping[str, Roster]], *, live: bool
) -> dict[str, Places]:
    """The seats and queues of a session, by role; `seats` are the rosters of it and of its series that there are.

    `live` says whether seats are still given out: the session is to be, and its booking has not closed.
    """
    found: dict[str, Places] = {}
    mine, whole = seats.get(session.id, {}), seats.get(session.series_id, {})
    leading = len(session.facilitators.split())
    for role in type_.roles:
        roster = mine.get(role.key)
        of_series = whole.get(role.key) if type_.access is Access.REGISTER else None
        registered = of_series.held if of_series else 0
        if roster is None:
            capacity = of_series.capacity if of_series else role.seats(leading)
            roster = Roster(
                session.id, role.key, session.type, session.starts, capacity, reserve=role.reserve
            )
        free, door = roster.free(registered), roster.free(registered, door=True)
        found[role.key] = Places(
            capacity=roster.capacity,
            held=roster.held + max(0, registered - roster.away),
            left=None if free is None else max(0, free),
            waiting=roster.waiting,
            over=0 if door is None else max(0, -door),
            open=live and roster.is_open(1, registered),
            reserve=roster.reserve,
            came=roster.came,
        )
    return found


def _too_much(end: object) -> Invalid:
    message = f"makes a window of more than {MOST_SESSIONS:,} sessions: ask for less at a time"
    return Invalid("end", message, end)
