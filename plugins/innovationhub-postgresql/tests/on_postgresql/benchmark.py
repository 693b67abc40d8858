"""One durable booking in PostgreSQL: `hub.book`, and one stored function that does the same durable work.

    make bench-postgresql                one client, 32 clients, several processes; ARGS=--quick for a third of it

A server of its own that syncs each commit to disk, on a Unix socket. The ways take turns in blocks, with a probe of the
disk between any two of them. *32 clients* call the function on 32 connections, in one process or in four; the hub has
32 threads in one process, or four processes of 8 threads each (4 × 8). At the end all agree on who has what, and
`audit` is clean.

    python -m on_postgresql.benchmark work hub|stored ADDRESS THREADS      one process (by the benchmark itself)
"""

from __future__ import annotations

import argparse
import contextlib
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import innovationhub_postgresql
from benchmarks.common import (
    HOT,
    HOT_SEATS,
    NOW,
    SEATS,
    catalogue,
    machine,
    people,
    person_id,
    plain_sessions,
    put,
    store_of,
)
from benchmarks.rounds import TRIED, Way, in_turn
from innovationhub import Hub, Settings
from on_postgresql.server import Server
from on_postgresql.stored import SCHEMA, Stored, add_sessions

__all__ = ["main"]

SESSIONS = plain_sessions()
CLIENTS = 32
PROCESSES = 4
ALONE, TOGETHER = 200, 320
"""Bookings of a block, of one client and of 32."""

Book = Callable[[str, str, str], object]


def open_hub(url: str) -> Hub:
    """A hub in PostgreSQL, with the clock standing still."""
    return Hub.open(
        url, clock=lambda: NOW, plugins=[innovationhub_postgresql], settings=Settings(discover=False)
    )


def session_of(place: int, *, hot: bool) -> str:
    return HOT if hot else SESSIONS[place % len(SESSIONS)][0]


class Clients:
    """So many clients in this process, each with a thread; `books` holds how each of them books."""

    def __init__(self, books: list[Book]) -> None:
        self.books = books
        self.pool = ThreadPoolExecutor(len(books)) if len(books) > 1 else None

    def block(self, places: range, *, hot: bool) -> None:
        """Book at these places, dealt out to the clients. Request ids are random, as callers' are."""

        def some(at: int) -> None:
            book = self.books[at]
            for place in places[at :: len(self.books)]:
                request = f"{random.getrandbits(128):032x}"
                book(session_of(place, hot=hot), person_id(place), request)

        if self.pool is None:
            some(0)
        else:
            list(self.pool.map(some, range(len(self.books))))

    def close(self) -> None:
        """End the threads."""
        if self.pool:
            self.pool.shutdown()


def hub_clients(hub: Hub, threads: int) -> Clients:
    def book(session: str, person: str, request: str) -> object:
        return hub.book(session, person, request_id=request)

    return Clients([book] * threads)


def stored_clients(conninfo: str, connections: int) -> Clients:
    return Clients([Stored(conninfo).book for _ in range(connections)])


class Worker:
    """A process of clients. It says when it is ready, and when it has done what it was told."""

    def __init__(self, side: str, address: str, threads: int) -> None:
        command = [sys.executable, "-m", "on_postgresql.benchmark", "work", side, address, str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answered()

    def tell(self, what: str, places: range, *, hot: bool = False) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{what} {places.start} {places.stop} {places.step} {hot:d}\n")
        self.process.stdin.flush()

    def answered(self) -> None:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line == "ready\n", line

    def end(self) -> None:
        """It ends when nothing more can be told."""
        self.process.communicate()


def work(side: str, address: str, threads: int) -> None:
    """What a worker does."""
    hub = open_hub(address) if side == "hub" else None
    clients = hub_clients(hub, threads) if hub else stored_clients(address, threads)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        what, *numbers = line.split()
        first, stop, step, hot = map(int, numbers)
        places = range(first, stop, step)
        if what == "book":
            clients.block(places, hot=bool(hot))
        elif hub:
            meet(hub, places)
        sys.stdout.write("ready\n")
        sys.stdout.flush()


def meet(hub: Hub, places: range) -> None:
    """The hub has met everybody before, as it has from a person's second booking on."""
    for place in places:
        hub.person(person_id(place))


def in_processes(name: str, workers: list[Worker], beyond: int, *, hot: bool) -> Way:
    """A way that is carried out by several processes at once, at the places so far beyond."""

    def told(what: str) -> Callable[[range], None]:
        def all_of(places: range) -> None:
            for at, worker in enumerate(workers):
                here = range(places.start + beyond + at, places.stop + beyond, len(workers))
                worker.tell(what, here, hot=hot)
            for worker in workers:
                worker.answered()

        return all_of

    return Way(name, told("book"), told("meet"))


@contextlib.contextmanager
def workers(side: str, address: str) -> Iterator[list[Worker]]:
    """Four processes, of eight clients each."""
    started = [Worker(side, address, CLIENTS // PROCESSES) for _ in range(PROCESSES)]
    try:
        yield started
    finally:
        for worker in started:
            worker.end()


class Bench:
    """The server with both sides set up on it, each booking numbered for good: nobody books twice."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.folder = folder
        self.url = server.url("hub")
        self.conninfo = f"user=hub dbname=postgres host={server.data}"
        self.first = 0
        self.hub = open_hub(self.url)
        self.hub.load_catalogue(catalogue())
        hot = self.hub.session(HOT)
        with server.session() as connection:
            connection.execute(SCHEMA)
            add_sessions(connection, SESSIONS, SEATS)
            add_sessions(connection, [(HOT, hot.starts, hot.ends)], HOT_SEATS)
        self.stored = Stored(self.conninfo)
        known = self.newcomers(len(SESSIONS) + 1)
        for id, place in zip((*(id for id, _, _ in SESSIONS), HOT), known, strict=True):
            # the first booking of a session is another piece of work
            self.hub.book(id, person_id(place))
            self.stored.book(id, person_id(place), f"open {id}")

    def newcomers(self, number: int) -> range:
        """Places for so many people that nobody has met yet."""
        found = range(self.first, self.first + number)
        self.first = found.stop
        put(store_of(self.hub), people(found), size=2000)
        return found

    def alone(self, rounds: int, *, hot: bool) -> None:
        """One client."""
        stored, hub = Clients([self.stored.book]), hub_clients(self.hub, 1)

        def floor(places: range) -> None:
            for _ in places:
                self.stored.one()

        ways = [
            Way("function", lambda places: stored.block(places, hot=hot)),
            Way("hub", lambda places: hub.block(places, hot=hot), lambda places: meet(self.hub, places)),
            Way("a commit of one row", floor),
        ]
        first = self.newcomers(rounds * TRIED * ALONE).start
        result = in_turn(self.folder, ways, rounds, ALONE, first)
        result.show(f"one client, {'one hot session' if hot else 'many sessions'}", ways[0].name)

    def together(self, rounds: int, *, hot: bool) -> None:
        """32 clients, in one process and in four. Who books in four processes are others than who do in one."""
        most = rounds * TRIED * TOGETHER
        first = self.newcomers(2 * most).start
        stored, hub = stored_clients(self.conninfo, CLIENTS), hub_clients(self.hub, CLIENTS)
        with (
            workers("stored", self.conninfo) as some,
            workers("hub", self.url) as others,
        ):
            ways = [
                Way("function × 32", lambda places: stored.block(places, hot=hot)),
                in_processes("function, 4 × 8", some, most, hot=hot),
                Way(
                    "hub × 32",
                    lambda places: hub.block(places, hot=hot),
                    lambda places: meet(self.hub, places),
                ),
                in_processes("hub, 4 × 8", others, most, hot=hot),
            ]
            result = in_turn(self.folder, ways, rounds, TOGETHER, first)
        title = f"32 clients, {'one hot session' if hot else 'many sessions'}"
        result.show(title, ways[0].name, ways[1].name)
        stored.close()
        hub.close()

    def check(self) -> None:
        """Both sides agree on who has what, and nothing is wrong."""
        sql = "SELECT held, waiting FROM hand.session WHERE id = %s"
        for session in (HOT, SESSIONS[0][0], SESSIONS[-1][0]):
            places = self.hub.session(session).places["attendee"]
            assert self.stored.connection.execute(sql, (session,)).fetchone() == (places.held, places.waiting)
        assert self.hub.audit() == []


def main() -> None:
    """Start a server, print the tables, and leave nothing behind."""
    parser = argparse.ArgumentParser(prog="python -m on_postgresql.benchmark", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the bookings")
    quick = parser.parse_args().quick
    server = Server(durable=True)
    try:
        server.start(max_connections="200")
        with server.session() as connection:
            version = connection.info.server_version // 10_000
        print(f"{machine()}, PostgreSQL {version}, a Unix socket, fsync on")
        with tempfile.TemporaryDirectory(prefix="innovationhub-") as folder:
            bench = Bench(server, Path(folder))
            for hot in (False, True):
                bench.alone(6 if quick else 30, hot=hot)
            for hot in (False, True):
                bench.together(4 if quick else 20, hot=hot)
            bench.check()
            bench.hub.close()
            bench.stored.close()
    finally:
        server.remove()


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
