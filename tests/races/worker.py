"""A client in a process of its own: books on a shared SQLite file, and says on its output what was acknowledged.

    python -m tests.races.worker press FILE SESSION FIRST COUNT    so many threads, each books for one person, at once
    python -m tests.races.worker load FILE SEED THREADS            so many threads book and cancel until it is killed

It says "ready" and then waits for a line of input, so that all begin at the same moment.
"""

from __future__ import annotations

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier, Lock

from innovationhub import Hub, HubError, Refused
from tests.support import ONLY_BUILT_IN, Clock

SESSIONS = [f"{key}@2026-12-{day:02}T10:00" for key in ("taster", "other") for day in (1, 8, 15)]


SAYING = Lock()


def say(**what: object) -> None:
    with SAYING:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def press(hub: Hub, session: str, first: int, number: int) -> None:
    barrier = Barrier(number)

    def one(person: str) -> None:
        barrier.wait(60)
        try:
            booking = hub.book(session, person)
            say(person=person, status=booking.status, sequence=booking.sequence)
        except HubError as error:
            say(person=person, error=f"{type(error).__name__}: {error}")

    with ThreadPoolExecutor(number) as pool:
        list(pool.map(one, [f"p{first + each}" for each in range(number)]))


def load(hub: Hub, seed: str) -> None:
    """Book and cancel for ever. Each request is announced before it is sent, and acknowledged after."""
    chance = random.Random(seed)
    mine: list[str] = []
    for number in count():
        request = f"{seed}-{number}"
        if mine and chance.random() < 0.3:
            booking = mine.pop(chance.randrange(len(mine)))
            say(sent=request, command="cancel", arguments=[booking])
            done = hub.cancel(booking, request_id=request)
            say(done=request, booking=done.id, status=done.status)
            continue
        session, person = chance.choice(SESSIONS), f"p{chance.randrange(40)}"
        say(sent=request, command="book", arguments=[session, person])
        try:
            done = hub.book(session, person, request_id=request)
            mine.append(done.id)
            say(done=request, booking=done.id, status=done.status)
        except Refused as refused:
            say(done=request, refused=list(refused.codes))


def main() -> None:
    what, file, *rest = sys.argv[1:]
    hub = Hub.open(f"sqlite:///{Path(file)}", clock=Clock(), settings=ONLY_BUILT_IN)
    say(ready=True)
    sys.stdin.readline()
    if what == "press":
        press(hub, rest[0], int(rest[1]), int(rest[2]))
    else:
        number = int(rest[1])
        with ThreadPoolExecutor(number) as pool:
            list(pool.map(lambda each: load(hub, f"{rest[0]}-{each}"), range(number)))


if __name__ == "__main__":
    main()
