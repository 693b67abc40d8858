"""One durable booking: `hub.book` with the caller's request id, next to hand-written SQL doing the same durable work.

Both on SQLite files in one folder, WAL and `synchronous=FULL`, one thread, one transaction a booking. By hand
(`benchmarks.by_hand`) is what an expert would write for exactly this and nothing else. The lanes take turns in blocks:
by hand, hub, the same requests replayed, a commit of one row (the disk's own limit through SQLite), and one page
written with fdatasync. Request ids are random, as callers' are.

*Many sessions*: 1,000 sessions of 20 seats, nobody books twice on one. *One hot session*: 50 seats, so nearly everybody
joins the end of its queue. Sessions are opened beforehand on both sides; *the first booking of a session* holds it to
its date (two more rows and two more entries) and is measured by itself. A *promotion* is the cancellation of a seated
person with 10, 40 and 10,000 waiting; a newcomer, not timed, then makes the queue as long as before.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import attrs

from benchmarks.by_hand import ByHand
from benchmarks.common import (
    HOT,
    HOT_SEATS,
    NOW,
    SEATS,
    Lane,
    Options,
    catalogue,
    open_hub,
    people,
    person_id,
    plain_sessions,
    put,
    ratios,
    row,
    spread,
    store_of,
)
from innovationhub import BookingStatus, Hub
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.diary import Appointment
from innovationhub.domain.records import Key, Read, Record
from innovationhub.domain.roster import Roster
from innovationhub.protocols.store import Commit

BLOCK = 200
SESSIONS = plain_sessions()


@attrs.frozen
class Both:
    """The two sides, with the same sessions and people known to both."""

    hub: Hub
    hand: ByHand
    folder: Path


def prepared(options: Options, known: int) -> Both:
    """A hub and a hand-made file with the sessions opened and so many people known."""
    hub = open_hub(options.folder / "hub.db")
    hub.load_catalogue(catalogue())
    put(store_of(hub), people(range(known)))
    hand = ByHand(options.folder / "hand.db")
    hand.add_sessions(SESSIONS, SEATS)
    hot = hub.session(HOT)
    hand.add_sessions([(HOT, hot.starts, hot.ends)], HOT_SEATS)
    return Both(hub, hand, options.folder)


def floors(folder: Path) -> tuple[Callable[[int], None], Callable[[int], None]]:
    """A commit of one row, and an append of one page with fdatasync."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT) STRICT")
    # the log has its full length on both sides by now, and writing within a file's length is what syncs fast
    connection.execute("INSERT INTO one VALUES (-1, hex(zeroblob(4000000)))")
    connection.execute("DELETE FROM one")
    file = os.open(folder / "probe", os.O_RDWR | os.O_CREAT)
    page = b"x" * 4096
    os.write(file, page * 10_000)
    os.fsync(file)
    os.lseek(file, 0, os.SEEK_SET)

    def commit(place: int) -> None:
        connection.execute("INSERT INTO one VALUES (?, ?)", (place, "row"))

    def sync(place: int) -> None:
        os.write(file, page)
        os.fdatasync(file)

    return commit, sync


def opened(both: Both) -> tuple[Lane, Lane]:
    """Somebody's first booking of every session, on both sides."""
    hub, hand = Lane("hub"), Lane("by hand")
    wanted = [*(id for id, _, _ in SESSIONS), HOT]
    for at in range(0, len(wanted), BLOCK):
        places = range(at, min(at + BLOCK, len(wanted)))
        hand.block(lambda i: both.hand.book(wanted[i], person_id(i), f"open-{i}"), places)
        hub.block(lambda i: both.hub.book(wanted[i], person_id(i), request_id=f"open-{i}"), places)
    return hub, hand


def measured(both: Both, name: str, target: Callable[[int], tuple[str, str]], total: int) -> None:
    """Bookings at `target(place)` (session, person), in blocks that take turns; prints a table."""
    commit, sync = floors(both.folder)
    lanes = {key: Lane(key) for key in ("by hand", "hub", "replayed", "one-row commit", "fdatasync")}

    chance = random.Random(name)
    requests = [f"{chance.getrandbits(128):032x}" for _ in range(total)]

    def by_hub(place: int) -> None:
        session, person = target(place)
        both.hub.book(session, person, request_id=requests[place])

    def by_hand(place: int) -> None:
        session, person = target(place)
        both.hand.book(session, person, requests[place])

    for at in range(0, total, BLOCK):
        places = range(at, at + BLOCK)
        lanes["by hand"].block(by_hand, places)
        lanes["hub"].block(by_hub, places)
        lanes["replayed"].block(by_hub, places)
        lanes["one-row commit"].block(commit, places)
        lanes["fdatasync"].block(sync, places)
    (both.folder / "floor.db").unlink()
    print(f"\n{name}: {total:,} bookings each, in blocks of {BLOCK}")
    row("", "median µs", "a second", "of by hand", "of hub")
    for lane in lanes.values():
        cells = (spread(ratios(lane, lanes["by hand"])), spread(ratios(lane, lanes["hub"])))
        row(lane.name, f"{lane.median:.0f}", f"{lane.rate:,.0f}", *cells)
    fraction = lanes["replayed"].median / lanes["hub"].median
    print(f"  a replayed request costs {fraction:.2f} of a booking")


def check(both: Both) -> None:
    """The two sides agree on who has what: a measurement of a wrong result is none."""
    for session in (HOT, SESSIONS[0][0], SESSIONS[-1][0]):
        places = both.hub.session(session).places["attendee"]
        cells = both.hand.execute("SELECT held, waiting FROM session WHERE id = ?", (session,)).fetchone()
        assert (places.held, places.waiting) == cells, session


def queued(both: Both, session: str, waiting: int, first: int) -> Iterator[int]:
    """Make a session's queue so long, in bulk on both sides; gives the numbers of newcomers."""
    added = range(first, first + waiting)
    store = store_of(both.hub)
    put(store, people(added))
    key = Key(Roster, (session, "attendee"))
    held = store.read(Read((key,))).keys[key]
    assert held is not None
    roster = held.record
    assert isinstance(roster, Roster)
    view = both.hub.session(session)
    rows: list[Record] = []
    both.hand.execute("BEGIN IMMEDIATE")
    begins, ends = int(view.starts.timestamp()), int(view.ends.timestamp())
    for place, number in enumerate(added, roster.last + 1):
        person = f"{number:024x}"
        rows += queued_rows(f"{number:032x}", person, roster, place)
        cells = (session, "attendee", person_id(number), "waitlisted", place, begins, ends, 0)
        both.hand.execute(
            "INSERT INTO booking (session, role, person, status, sequence, starts, ends, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            cells,
        )
    both.hand.execute(
        "UPDATE session SET waiting = waiting + ?, last = last + ? WHERE id = ?", (waiting, waiting, session)
    )
    both.hand.execute("COMMIT")
    put(store, rows)
    longer = attrs.evolve(
        roster, waiting=roster.waiting + waiting, ready=roster.ready + waiting, last=roster.last + waiting
    )
    store.commit(Commit({key: held.version}, (longer,)))
    return count(first + waiting)


def queued_rows(id: str, person: str, roster: Roster, sequence: int) -> list[Record]:
    """The rows of one who waits."""
    status = BookingStatus.WAITLISTED
    series = roster.session_id.partition("@")[0]
    ends = roster.starts.replace(minute=30)
    booking = BookingRow(
        id=id,
        session_id=roster.session_id,
        series_id=series,
        parent_id=None,
        role=roster.role,
        person=person,
        size=1,
        status=status,
        standing=str(status),
        passed="",
        sequence=sequence,
        slot=None,
        offer_ends=None,
        created_at=NOW,
    )
    session = roster.session_id
    line = Appointment(id, person, session, roster.role, status, True, False, roster.starts, ends)
    return [booking, line]


def promotions(both: Both, total: int, first: int) -> None:
    """Cancellations that promote, with a short and with a long queue, on both sides; prints a table."""
    lengths = (10, 40, 10_000)
    lanes = {(side, waiting): Lane(side) for side in ("by hand", "hub") for waiting in lengths}
    sessions = {waiting: SESSIONS[at][0] for at, waiting in enumerate(lengths)}
    newcomers: dict[int, Iterator[int]] = {}
    for waiting in lengths:
        session = sessions[waiting]
        left = both.hub.session(session).places["attendee"].left or 0
        put(store_of(both.hub), people(range(first, first + left)))
        for number in range(first, first + left):
            both.hub.book(session, person_id(number), request_id=f"fill-{number}")
            both.hand.book(session, person_id(number), f"fill-{number}")
        first += left
        newcomers[waiting] = queued(both, session, waiting, first)
        put(store_of(both.hub), people(range(first + waiting, first + waiting + total)))
        first += waiting + total
    for _ in range(total // 50):
        for waiting in lengths:
            promoted_block(both, sessions[waiting], newcomers[waiting], lanes, waiting)
    check(both)
    print(f"\na cancellation that promotes: {total:,} each, in blocks of 50")
    row("", "median µs", "a second", "of by hand", "of 10 waiting")
    for (side, waiting), lane in lanes.items():
        cells = (spread(ratios(lane, lanes["by hand", waiting])), spread(ratios(lane, lanes[side, 10])))
        row(f"{side}, {waiting:,} waiting", f"{lane.median:.0f}", f"{lane.rate:,.0f}", *cells)


def promoted_block(
    both: Both, session: str, newcomers: Iterator[int], lanes: dict[tuple[str, int], Lane], waiting: int
) -> None:
    """50 cancellations by hand, then the same 50 by the hub; the queue is made up again in between."""
    sql = "SELECT id FROM booking WHERE session = ? AND status = 'confirmed' ORDER BY sequence LIMIT 1"
    numbers = [next(newcomers) for _ in range(50)]
    hub, hand = Lane("hub"), Lane("by hand")
    for number in numbers:
        id = both.hand.execute(sql, (session,)).fetchone()[0]
        hand.block(lambda i, id=id: both.hand.cancel(id, f"cancel-{i}"), range(number, number + 1))  # type: ignore[misc]
        answer = json.loads(both.hand.book(session, person_id(number), f"come-{number}"))
        assert answer["status"] == "waitlisted"
    for number in numbers:
        id = both.hub.roster(session)[0].id
        hub.block(
            lambda i, id=id: both.hub.cancel(id, request_id=f"cancel-{i}"),  # type: ignore[misc]
            range(number, number + 1),
        )
        came = both.hub.book(session, person_id(number), request_id=f"come-{number}")
        assert came.status is BookingStatus.WAITLISTED
    for side, lane in (("by hand", hand), ("hub", hub)):
        lanes[side, waiting].blocks.append([each for block in lane.blocks for each in block])


def main(options: Options) -> None:
    """Print the tables."""
    total = 1000 if options.quick else 3000
    known = 4000
    both = prepared(options, known)
    print("\nbook: one durable booking on SQLite, hub and by hand (median of blocks, nine tenths between)")
    hub, hand = opened(both)
    # each person twice, on days far apart: their own earlier booking is found, and nothing clashes
    half = total // 2

    def spread_out(place: int) -> tuple[str, str]:
        number = place * 7919 % half
        return SESSIONS[(number + 500 * (place // half)) % 1000][0], person_id(1001 + number)

    measured(both, "many sessions", spread_out, total)
    measured(both, "one hot session", lambda place: (HOT, person_id(place * 7919 % known)), total)
    row("the first booking of a session", f"{hub.median:.0f}", f"{hub.rate:,.0f}", spread(ratios(hub, hand)))
    check(both)
    promotions(both, 100 if options.quick else 300, known)
    both.hub.close()
    both.hand.close()
