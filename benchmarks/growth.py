"""Flat in age: a calendar, a booking and a person's bookings with 0 and with 1,000,000 older bookings stored.

Two hubs on SQLite files, with the shipped catalogue (a made-up one while it is not there), the same window of 90 days
and the same bookings in it, made by `hub.book`. One of them also holds the past: a million bookings in sessions of
many years, put in wholesale through the waist: sessions, rosters, people, bookings, appointments, receipts, journal.
Each year has people of its own, 50 bookings each. Then the two take turns at the same questions.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import attrs

from benchmarks.common import (
    NOW,
    Lane,
    Options,
    catalogue,
    open_hub,
    people,
    person_id,
    put,
    ratios,
    row,
    spread,
    store_of,
)
from innovationhub import BookingStatus, Hub, Person, Refused
from innovationhub.domain.answers import Receipt, answer_to_text
from innovationhub.domain.booking import BookingRow, Placed
from innovationhub.domain.diary import Appointment
from innovationhub.domain.journal import Entry
from innovationhub.domain.placing import facts_of
from innovationhub.domain.records import Key, Record, key_of
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.errors import HubError
from innovationhub.protocols.store import Commit

SHIPPED = "hpft.toml"
WINDOW = timedelta(days=90)
SEATED = 20
"""Bookings of each session of the past."""

EACH = 50
"""Bookings of each person of the past."""

PORTION = 50_000
"""Bookings of the past put in by one commit."""

KNOWN = 300
"""People with bookings in the window; as many again come while it is measured."""


@attrs.frozen
class Past:
    """What the rows of the past are made from: a type with its revision, the series, and an answer to copy."""

    type: str
    revision: int
    role: str
    series: tuple[str, ...]
    size: int


def prepared(options: Options, name: str) -> Hub:
    """A hub with a catalogue, people, and bookings in the window."""
    hub = open_hub(options.folder / f"{name}.db")
    hub.load_catalogue(SHIPPED if SHIPPED in hub.registry.catalogues else catalogue())
    for number in range(KNOWN):
        hub.add_person(Person(person_id(number), f"Person {number}"))
    put(store_of(hub), people(range(KNOWN, 4 * KNOWN)))
    return hub


def bookable(hub: Hub) -> list[str]:
    """The sessions of the window that one can book now, by trying; they are opened by it."""
    found = []
    for view in hub.calendar(NOW, NOW + WINDOW):
        try:
            hub.book(view.id, person_id(0), request_id=f"try-{view.id}")
        except Refused as refused:
            if all(reason.code == "clash" for reason in refused.reasons):
                found.append(view.id)
        except HubError:
            continue  # what this version shows but cannot book yet
        else:
            found.append(view.id)
    return found


def fill_window(hub: Hub, sessions: list[str]) -> None:
    """The normal load: twelve bookings asked for in each session."""
    for at, session in enumerate(sessions):
        for step in range(12):
            person = person_id(1 + (at * 12 + step) % (KNOWN - 1))
            try:
                hub.book(session, person, request_id=f"load-{at}-{step}")
            except Refused:
                continue


def past_of(hub: Hub, session: str, size: int) -> Past:
    """The shape of the past: that of a session which can be booked."""
    view = hub.session(session)
    series = tuple(sorted(each.key for each in hub.series() if each.type == view.type))
    return Past(view.type, 1, next(iter(view.places)), series, size)


def portion(past: Past, number: int) -> Iterator[Record | Entry]:
    """The rows of one portion of the past: its own people, its own sessions, its bookings and what follows."""
    size = min(PORTION, past.size)
    members = size // EACH
    first = 10_000_000 + number * members
    yield from people(range(first, first + members))
    begins = NOW.replace(hour=10) - timedelta(days=30 + number * (size // SEATED // 20 + 2))
    status = BookingStatus.ATTENDED
    step = 2**160 // (past.size + 1)
    for at in range(size // SEATED):
        starts = begins - timedelta(days=at // 20) + timedelta(minutes=at % 20)
        series = past.series[at % len(past.series)]
        session = f"{series}@{starts:%Y-%m-%dT%H:%M}"
        yield session_row(past, series, session, starts)
        yield Roster(session, past.role, past.type, starts, SEATED, held=SEATED, last=SEATED)
        for seat in range(SEATED):
            place = number * size + at * SEATED + seat
            person = f"{first + (at * SEATED + seat) % members:024x}"
            booking = booking_row(past, f"{place:032x}", series, session, (person, seat + 1))
            yield booking
            yield Appointment(
                booking.id,
                person,
                session,
                past.role,
                status,
                True,
                True,
                starts,
                starts + timedelta(hours=1),
            )
            answer = answer_to_text(Placed(booking, ((person, status),)))
            # hashes in order, so that the file grows at its end; new ones fall among them all the same
            yield Receipt(f"{place * step:040x}", f"{place:040x}", starts, answer)
            yield Entry(0, starts, person, "booking.attended", booking.id, facts_of(booking))


def session_row(past: Past, series: str, session: str, starts: datetime) -> SessionRow:
    return SessionRow(
        id=session,
        series_id=series,
        type=past.type,
        revision=past.revision,
        original=starts,
        starts=starts,
        ends=starts + timedelta(hours=1),
        status=SessionStatus.CLOSED,
        venue="",
        facilitators="",
        unsettled=False,
    )


def booking_row(past: Past, id: str, series: str, session: str, who: tuple[str, int]) -> BookingRow:
    person, sequence = who
    return BookingRow(
        id=id,
        session_id=session,
        series_id=series,
        parent_id=None,
        role=past.role,
        person=person,
        size=1,
        status=BookingStatus.ATTENDED,
        standing=str(BookingStatus.ATTENDED),
        passed="",
        sequence=sequence,
        slot=None,
        offer_ends=None,
        created_at=NOW,
    )


def fill_past(hub: Hub, past: Past) -> None:
    """Put the past in."""
    began = time.perf_counter()
    store = store_of(hub)
    for number in range(max(1, past.size // PORTION)):
        made = list(portion(past, number))
        rows = tuple(each for each in made if not isinstance(each, Entry))
        entries = tuple(each for each in made if isinstance(each, Entry))
        relied: dict[Key[Record], int | None] = dict.fromkeys(map(key_of, rows))
        store.commit(Commit(relied, rows, entries=entries))
    os.sync()  # or writing it all to disk would slow what is measured next
    print(f"  {past.size:,} bookings put in, in {time.perf_counter() - began:.0f} s")


def take_turns(
    name: str, works: tuple[partial[object], partial[object]], times: int, block: int = 20
) -> None:
    """The same question to both hubs, in blocks; prints a line."""
    young, old = Lane("0"), Lane("1e6")
    for at in range(0, times, block):
        places = range(at, at + block)
        young.block(works[0], places)
        old.block(works[1], places)
    # how much longer the old one takes
    row(name, f"{young.median:.0f}", f"{old.median:.0f}", spread(ratios(young, old)))


def ask_calendar(hub: Hub, place: int) -> object:
    return hub.calendar(NOW, NOW + WINDOW)


def ask_bookings(hub: Hub, place: int) -> object:
    return hub.bookings_of(person_id(1 + place % (KNOWN - 1)))


def ask_booking(hub: Hub, sessions: list[str], place: int) -> object:
    number = KNOWN + place % (2 * KNOWN)
    session = sessions[(place * 7 + place // (2 * KNOWN)) % len(sessions)]
    return hub.book(session, person_id(number), request_id=f"later-{place}")


def main(options: Options) -> None:
    """Print the table."""
    size = 100_000 if options.quick else 1_000_000
    print(f"\ncalendar: 0 and {size:,} older bookings stored")
    young, old = prepared(options, "young"), prepared(options, "old")
    sessions = bookable(young)
    assert bookable(old) == sessions
    for hub in (young, old):
        fill_window(hub, sessions)
    fill_past(old, past_of(old, sessions[0], size))
    views = young.calendar(NOW, NOW + WINDOW)
    assert old.calendar(NOW, NOW + WINDOW) == views
    file = (options.folder / "old.db").stat().st_size / 1e6
    print(
        f"  {len(views)} sessions in the window, {len(sessions)} with bookings; the older file has {file:,.0f} MB"
    )
    row("median µs", "0 stored", f"{size:,} stored", "times as long")
    take_turns(
        "a calendar of 90 days, with seats left",
        (partial(ask_calendar, young), partial(ask_calendar, old)),
        100,
    )
    take_turns("a person's bookings", (partial(ask_bookings, young), partial(ask_bookings, old)), 1000)
    booked = partial(ask_booking, young, sessions), partial(ask_booking, old, sessions)
    take_turns("a booking", booked, 2 * KNOWN)
    for hub in (young, old):
        hub.close()
