"""Flat in age: a calendar, a booking, a promotion, a person's bookings with 0, 100,000 and 1,000,000 older bookings.

Three hubs on SQLite files, with the shipped catalogue (a made-up one while it is not there), the same window of 90 days
and the same bookings in it, made by `hub.book`. Two of them also hold the past: bookings in sessions of many years, put
in wholesale through the waist: sessions, rosters, people, bookings, appointments, receipts, journal. Each year has
people of its own, 50 bookings each. Then the three take turns at the same questions, in an order that moves on.

A *promotion* is the cancellation of a seated person with ten waiting or more; a newcomer, not timed, then makes the
queue as long as before.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

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
from innovationhub import BookingStatus, Hub, Person, Promote, Refused
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

Work = Callable[[Hub, int], float]
"""Does something at a place, and says what it took in seconds."""

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
    put(store_of(hub), people(range(KNOWN, 5 * KNOWN)))
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


def take_turns(name: str, hubs: Mapping[str, Hub], work: Work, times: int, block: int = 20) -> None:
    """The same to every hub, in blocks; prints a line."""
    lanes = {stored: Lane(stored) for stored in hubs}
    for at in range(0, times, block):
        turn = at // block % len(hubs)
        for stored in (*list(hubs)[turn:], *list(hubs)[:turn]):
            lanes[stored].blocks.append([work(hubs[stored], place) for place in range(at, at + block)])
    none, some, most = lanes.values()
    # how much longer the older one takes
    longer = [spread(ratios(less, most)) for less in (some, none)]
    row(name, *(f"{lane.median:.0f}" for lane in lanes.values()), *longer)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ask_calendar(hub: Hub, place: int) -> float:
    return timed(lambda: hub.calendar(NOW, NOW + WINDOW))


def ask_bookings(hub: Hub, place: int) -> float:
    return timed(lambda: hub.bookings_of(person_id(1 + place % (KNOWN - 1))))


def ask_booking(hub: Hub, sessions: list[str], place: int) -> float:
    number = KNOWN + place % (2 * KNOWN)
    session = sessions[(place * 7 + place // (2 * KNOWN)) % len(sessions)]
    return timed(lambda: hub.book(session, person_id(number), request_id=f"later-{place}"))


def promote(hub: Hub, session: str, place: int) -> float:
    """Whoever has been seated longest gives it up; whoever waits longest has it, and somebody new waits."""
    seated, first = hub.roster(session)[0], hub.waitlist(session)[0]
    took = timed(lambda: hub.cancel(seated.id, request_id=f"cancel-{place}"))
    assert hub.booking(first.id).status is BookingStatus.CONFIRMED
    join(hub, session, 100 + place)
    return took


def join(hub: Hub, session: str, number: int) -> None:
    """Somebody with nothing else in the window asks for a place."""
    hub.book(session, person_id(3 * KNOWN + number), request_id=f"join-{number}")


def queued(hub: Hub, sessions: list[str]) -> str:
    """The first session where a free seat goes straight to the queue, with ten waiting or more."""
    (session,) = islice((each for each in sessions if promotes(hub, each)), 1)
    places = next(iter(hub.session(session).places.values()))
    for number in range((places.left or 0) + max(0, 10 - places.waiting)):
        join(hub, session, number)
    assert len(hub.waitlist(session)) >= 10
    return session


def promotes(hub: Hub, session: str) -> bool:
    """Whether who waits there is seated at once when a seat comes free."""
    type_ = next(each for each in hub.session_types() if each.key == hub.session(session).type)
    return type_.waitlist.promote is Promote.AUTOMATIC and not type_.approval and len(type_.roles) == 1


def main(options: Options) -> None:
    """Print the table."""
    sizes = (0, 10_000, 100_000) if options.quick else (0, 100_000, 1_000_000)
    print(f"\ncalendar: {', '.join(f'{size:,}' for size in sizes)} older bookings stored")
    hubs = {f"{size:,} stored": prepared(options, f"hub-{size}") for size in sizes}
    young = next(iter(hubs.values()))
    sessions = bookable(young)
    for size, hub in zip(sizes, hubs.values(), strict=True):
        assert hub is young or bookable(hub) == sessions
        fill_window(hub, sessions)
        if size:
            fill_past(hub, past_of(hub, sessions[0], size))
    views = young.calendar(NOW, NOW + WINDOW)
    assert all(hub.calendar(NOW, NOW + WINDOW) == views for hub in hubs.values())
    file = (options.folder / f"hub-{sizes[-1]}.db").stat().st_size / 1e6
    print(
        f"  {len(views)} sessions in the window, {len(sessions)} with bookings; the oldest file has {file:,.0f} MB"
    )
    row("median µs", *hubs, "most to some", "most to none")
    take_turns("a calendar of 90 days, with seats left", hubs, ask_calendar, 100)
    take_turns("a person's bookings", hubs, ask_bookings, 1000)
    take_turns("a booking", hubs, lambda hub, place: ask_booking(hub, sessions, place), 2 * KNOWN)
    busy = {queued(hub, sessions) for hub in hubs.values()}
    assert len(busy) == 1
    (session,) = busy
    take_turns("a cancellation that promotes", hubs, lambda hub, place: promote(hub, session, place), 400)
    for hub in hubs.values():
        hub.close()
