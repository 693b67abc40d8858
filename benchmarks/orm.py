"""One durable booking: hand-written SQL, `hub.book`, and what a developer writes with Django's and SQLAlchemy's ORM.

All four look for the request, look for an active booking of the person near by, take a seat or the tail of the queue,
and write booking, audit, outbox and request, in one transaction on a SQLite file of their own with WAL and
`synchronous=FULL`: in one thread, and by 32 callers at once who wait for their answers, as the threads of a web server
do. A commit of one row is the disk's own limit through SQLite.

*Many sessions*: 1,000 sessions of 20 seats; *one hot session*: nearly everybody joins the end of its queue. The hub
does more for the same booking: it checks the rules of the catalogue, keeps a journal that explains, and answers with
names; nothing was taken out of it for this.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import attrs

from benchmarks import in_django
from benchmarks.book import SESSIONS, Both, floors, prepared
from benchmarks.common import HOT, HOT_SEATS, SEATS, Options, person_id
from benchmarks.in_sqlalchemy import InSqlalchemy
from benchmarks.rounds import TRIED, Way, in_turn

BLOCK = 200
CALLERS = 32
BLOCK_AT_ONCE = 20 * CALLERS

KNOWN = 3000
"""People who book on many sessions, each now and then; on the hot one everybody books once."""

Book = Callable[[str, str, str], object]
Counted = Callable[[str], tuple[int, int]]


def on_many(place: int) -> tuple[str, str]:
    """A session, and somebody who is not on it yet: each time they come it is another day and hour."""
    return SESSIONS[(place + place // KNOWN * 37) % len(SESSIONS)][0], person_id(place % KNOWN)


def on_hot(place: int) -> tuple[str, str]:
    """The hot session, and somebody new to it."""
    return HOT, person_id(KNOWN + place)


def asking(book: Book, name: str, target: Callable[[int], tuple[str, str]]) -> Callable[[range], None]:
    """A block of bookings: who asks and where is told by the place. Request ids are random, as callers' are."""

    def block(places: range) -> None:
        chance = random.Random(f"{name} {places.start}")
        for place in places:
            book(*target(place), f"{chance.getrandbits(128):032x}")

    return block


def at_once(book: Book, name: str, target: Callable[[int], tuple[str, str]]) -> Callable[[range], None]:
    """A block of bookings by callers who are there all the time, each with its share, one after another."""
    callers = ThreadPoolExecutor(CALLERS)

    def share(places: range) -> None:
        asking(book, name, target)(places)

    def block(places: range) -> None:
        for _ in callers.map(share, [places[at::CALLERS] for at in range(CALLERS)]):
            pass

    return block


@attrs.frozen
class Side:
    """How one side books, and what it has counted of a session: seats held, and how many wait."""

    book: Book
    counted: Counted


def sides(both: Both, alchemy: InSqlalchemy) -> dict[str, Side]:
    """All of them, with the same sessions on the calendar."""
    hot = both.hub.session(HOT)
    for add in (in_django.add_sessions, alchemy.add_sessions):
        add(SESSIONS, SEATS)
        add([(HOT, hot.starts, hot.ends)], HOT_SEATS)
    for settings in (in_django.settings_of_the_file(), alchemy.settings_of_the_file()):
        assert settings == ("wal", 2), settings

    def by_hub(session: str, person: str, request: str) -> object:
        return both.hub.book(session, person, request_id=request)

    def counted_by_hub(session: str) -> tuple[int, int]:
        places = both.hub.session(session).places["attendee"]
        return places.held, places.waiting

    def counted_by_hand(session: str) -> tuple[int, int]:
        sql = "SELECT held, waiting FROM session WHERE id = ?"
        held, waiting = both.hand.execute(sql, (session,)).fetchone()
        return held, waiting

    return {
        "by hand": Side(both.hand.book, counted_by_hand),
        "hub": Side(by_hub, counted_by_hub),
        "Django": Side(in_django.book, in_django.counted),
        "SQLAlchemy": Side(alchemy.book, alchemy.counted),
    }


@contextmanager
def everybody(options: Options, known: int) -> Iterator[tuple[Both, dict[str, Side]]]:
    """All of them on files of their own, with every session booked once; at the end they must agree."""
    options.folder.mkdir(exist_ok=True)
    both = prepared(options, known)
    in_django.open_file(options.folder / "django.db")
    alchemy = InSqlalchemy(options.folder / "sqlalchemy.db")
    found = sides(both, alchemy)
    for at, id in enumerate((*(id for id, _, _ in SESSIONS), HOT)):
        for side in found.values():  # the first booking of a session is another piece of work
            side.book(id, person_id(1500 + at % 1000), f"open {id}")
    yield both, found
    for session in (HOT, SESSIONS[0][0], SESSIONS[-1][0]):
        assert len({side.counted(session) for side in found.values()}) == 1, session
    assert both.hub.audit() == []
    both.hub.close()
    both.hand.close()
    alchemy.engine.dispose()


def met(both: Both, target: Callable[[int], tuple[str, str]]) -> Callable[[range], None]:
    """The process has met everybody before, as it has from a person's second booking on."""

    def meet(places: range) -> None:
        for place in places:
            both.hub.person(target(place)[1])

    return meet


TARGETS = (("many sessions", on_many), ("one hot session", on_hot))


def main(options: Options) -> None:
    """Print the tables."""
    rounds = 4 if options.quick else 30
    print("\norm: one durable booking on SQLite, each in a file of its own with WAL and synchronous=FULL")
    with everybody(options, KNOWN + rounds * TRIED * BLOCK) as (both, found):
        commit, _ = floors(options.folder)
        numbers = count()
        for name, target in TARGETS:
            meet = met(both, target)
            ways = [Way(each, asking(side.book, name, target), meet) for each, side in found.items()]
            ways.append(Way("one-row commit", lambda places: [commit(next(numbers)) for _ in places]))
            in_turn(options.folder, ways, rounds, BLOCK).show(name, "by hand", "Django", "SQLAlchemy")
    rounds = 4 if options.quick else 10
    folder = options.folder / "at-once"
    with everybody(attrs.evolve(options, folder=folder), KNOWN + rounds * TRIED * BLOCK_AT_ONCE) as (
        both,
        found,
    ):
        for name, target in TARGETS:
            meet = met(both, target)
            # by hand is one writer: more threads would only wait for each other
            ways = [
                Way(each, (asking if each == "by hand" else at_once)(side.book, name, target), meet)
                for each, side in found.items()
            ]
            title = f"{name}, {CALLERS} callers at once (by hand: one)"
            in_turn(folder, ways, rounds, BLOCK_AT_ONCE).show(title, "by hand", "Django", "SQLAlchemy")
