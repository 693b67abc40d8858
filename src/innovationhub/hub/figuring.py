"""The part of the face that counts: figures for the team, read page by page while others go on booking."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from innovationhub.domain.booking import APOLOGISED, EXCEPTED, OF_SET, OF_SET_ABSENT, BookingRow
from innovationhub.domain.counting import Counting, Seen
from innovationhub.domain.deciding import Draft, blame
from innovationhub.domain.diary import Appointment
from innovationhub.domain.figures import Figures, Table
from innovationhub.domain.journal import Entry
from innovationhub.domain.people import PersonRow
from innovationhub.domain.placing import appointments_of
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Range, Read
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.tables import tables_of, workshop_table
from innovationhub.domain.time import Span, zone
from innovationhub.domain.workshop import TRANSITIONS, WorkshopRow, WorkshopState
from innovationhub.errors import Invalid, PluginError
from innovationhub.hub.auditing.reading import HISTORY, PAGE
from innovationhub.hub.bookings import MOST_BOOKINGS
from innovationhub.hub.part import Part
from innovationhub.hub.showing import PutOn, places
from innovationhub.hub.workshops import MOST
from innovationhub.protocols.keeper import SupportsFigures

__all__ = ["Figuring"]

T = TypeVar("T")

SESSIONS = 20
"""Sessions whose bookings are read at once."""

BEFORE = (10, 1000, HISTORY)
"""How many earlier appointments of a person are looked at, from the newest back, until there is one that they kept."""

SINCE = timedelta(days=731)
"""How long before the end of the period a workshop was asked for, at most, to be counted when it has ended."""

_AWAY = frozenset({APOLOGISED, EXCEPTED, OF_SET, OF_SET_ABSENT})


class Figuring(Part):
    """Figures. Nothing here changes anything."""

    def figures(self, start: date, end: date) -> Figures:
        """What happened in the sessions of a period, `start <= day < end` in the hub's local dates, as tables.

        They name nobody, and small staff groups are not shown: see `docs/figures.md` for each table and for what that
        protects. Read are the sessions of the period, with their bookings and what the journal says of each; of who
        came their groups and the last time before; registrations and workshops. Reads in pages and commits nothing.
        Plugins that keep records add tables of their own. Raises `Invalid` naming `start` or `end`, as for more than
        five years, 20,000 sessions, or 100,000 bookings in one session; `PluginError`, and `Unavailable`.
        """
        for field, day in (("start", start), ("end", end)):
            if isinstance(day, datetime) or not isinstance(day, date):
                raise Invalid(field, f"must be a local date; got {day!r}", day)
        position, now = self._newest(), self._engine.now()
        found = self._showing.put_on(start, end)
        where = zone(found.programme.hub.timezone)
        counting = Counting(where)
        for seen in self._seen(found, now):
            counting.add(seen)
        for type_, histories in self._registrations(found):
            counting.add_waits(type_, histories)
        tables = tables_of(
            counting,
            {key: found.programme.type(key).title for key in {*counting.types, *counting.waits}},
            {
                (kept.key, role.key): role.title or role.key
                for kept in found.programme.types.values()
                for role in kept.roles
            },
            self._groups(counting.visits),
            self._came_before(counting.visits, found.span.starts),
        )
        tables.append(workshop_table(self._workshops(found), found.span))
        by_key = {table.key: table for table in tables}
        self._of_keepers(by_key, found.span)
        return Figures(
            start,
            end,
            found.programme.hub.timezone,
            now.astimezone(where),
            position,
            by_key,
        )

    def figures_of_month(self, year: int, month: int) -> Figures:
        """The figures of one month: see `figures`. Raises `Invalid` naming `year` or `month`."""
        for field, value, most in (("year", year, 2200), ("month", month, 12)):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
                raise Invalid(field, f"must be a number from 1 to {most}; got {value!r}", value)
        first = date(year, month, 1)
        return self.figures(first, (first + timedelta(days=31)).replace(day=1))

    def _of_keepers(self, tables: dict[str, Table], span: Span) -> None:
        """Add the tables of plugins that keep records of their own."""
        for name, keeper in self._engine.keepers.items():
            if not isinstance(keeper, SupportsFigures):
                continue
            asked = partial(keeper.figures, span=span)
            for table in self._engine.consider(partial(_blamed, name, asked)):
                if table.key in tables:
                    raise PluginError(
                        name, f"gives a table {table.key}, and there is one of that key already"
                    )
                tables[table.key] = table

    def _seen(self, found: PutOn, now: datetime) -> Iterator[Seen]:
        """The sessions that have begun, each with its bookings and what is known of them."""
        begun = [row for row in found.sessions if row.starts <= now]
        for at in range(0, len(begun), SESSIONS):
            some = begun[at : at + SESSIONS]
            # where no role has a roster nobody was ever booked
            wanted = {row.id: _bookings_of(row.id) for row in some if row.id in found.seats}
            read = self._store.read(Read(ranges=tuple(wanted.values())))
            if any(read.scan(each).cut for each in wanted.values()):
                message = f"must not take in a session with more than {MOST_BOOKINGS:,} bookings"
                raise Invalid("end", message)
            rows = {id: read.scan(each).records for id, each in wanted.items()}
            everything = [row for each in rows.values() for row in each]
            lines, histories = self._lines(everything), self._histories(row.id for row in everything)
            for row in some:
                yield _seen(found, row, rows.get(row.id, ()), lines, histories)

    def _lines(self, bookings: Sequence[BookingRow]) -> dict[str, Sequence[Appointment]]:
        found: dict[str, Sequence[Appointment]] = {}
        for page in _pages(bookings):
            ranges = {row.id: appointments_of(row.id) for row in page}
            read = self._store.read(Read(ranges=tuple(ranges.values())))
            found.update((id, read.scan(each).records) for id, each in ranges.items())
        return found

    def _histories(self, subjects: Iterable[str]) -> dict[str, Sequence[Entry]]:
        """What the journal says of each, in order."""
        found: dict[str, Sequence[Entry]] = {}
        for page in _pages(list(subjects)):
            ranges = {id: Range(Entry, "by_subject", (id,), limit=HISTORY) for id in page}
            read = self._store.read(Read(ranges=tuple(ranges.values())))
            found.update((id, read.scan(each).records) for id, each in ranges.items())
        return found

    def _registrations(self, found: PutOn) -> Iterator[tuple[str, Iterable[Sequence[Entry]]]]:
        """Of each series that one registers for, what the journal says of the registrations made in the period."""
        span = found.span
        for series in found.programme.series.values():
            if found.programme.type(series.type).access is not Access.REGISTER:
                continue
            wanted = _bookings_of(series.key)
            rows = self._store.read(Read(ranges=(wanted,))).scan(wanted).records
            made = [row.id for row in rows if span.starts <= row.created_at < span.ends]
            if made:
                yield series.type, self._histories(made).values()

    def _groups(self, people: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The staff groups of these people (opaque keys); who was erased is not there."""
        found: dict[str, tuple[str, ...]] = {}
        for page in _pages(list(people)):
            ranges = [Range(PersonRow, "by_key", (key,), limit=1) for key in page]
            read = self._store.read(Read(ranges=tuple(ranges)))
            found.update(
                (row.key, tuple(row.groups.split())) for each in ranges for row in read.scan(each).records
            )
        return found

    def _came_before(self, people: Collection[str], starts: datetime) -> set[str]:
        """Who of these people had come to anything before an instant."""
        found: set[str] = set()
        left = list(people)
        for limit in BEFORE:
            further = []
            for page in _pages(left):
                ranges = {
                    key: Range(Appointment, "by_person", (key, True), high=starts, limit=limit, reverse=True)
                    for key in page
                }
                read = self._store.read(Read(ranges=tuple(ranges.values())))
                for key, each in ranges.items():
                    if any(line.status == "attended" for line in read.scan(each).records):
                        found.add(key)
                    elif read.scan(each).cut:
                        further.append(key)
            left = further
        return found

    def _workshops(self, found: PutOn) -> Iterator[Sequence[Entry]]:
        """What the journal says of the workshops that go on, and of those asked for in the last two years."""
        for state in WorkshopState:
            low = None if TRANSITIONS[state] else found.span.ends - SINCE
            wanted = Range(WorkshopRow, "by_state", (str(state),), low, found.span.ends, MOST)
            rows = self._store.read(Read(ranges=(wanted,))).scan(wanted).records
            yield from self._histories(row.id for row in rows).values()


def _blamed(name: str, question: Callable[[Draft], Iterable[Table]], draft: Draft) -> tuple[Table, ...]:
    return blame(name, lambda: tuple(question(draft)))


def _bookings_of(subject_id: str) -> Range[BookingRow]:
    """All bookings of a session, or of a whole series, in whatever role and however they stand."""
    return Range(BookingRow, "by_roster", (subject_id,), limit=MOST_BOOKINGS)


def _pages(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(items), PAGE):
        yield items[at : at + PAGE]


def _seen(
    found: PutOn,
    row: SessionRow,
    bookings: Sequence[BookingRow],
    lines: Mapping[str, Sequence[Appointment]],
    histories: Mapping[str, Sequence[Entry]],
) -> Seen:
    type_ = found.programme.types[row.type, row.revision]
    registered: dict[str, int] = {}
    if type_.access is Access.REGISTER and row.status is not SessionStatus.CLOSED:
        for key, roster in found.seats.get(row.series_id, {}).items():
            of_role = [each for each in bookings if each.role == key and each.standing in _AWAY]
            registered[key] = max(0, roster.held - len(of_role))
    seats = {key: each.capacity for key, each in places(row, type_, found.seats, live=False).items()}
    return Seen(row, type_, seats, registered, bookings, lines, histories)
