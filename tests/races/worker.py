"""A client in a process of its own: books on a shared hub, and says on its output what was acknowledged.

    python -m tests.races.worker press URL SESSION FIRST COUNT    so many threads, each books for one person, at once
    python -m tests.races.worker load URL SEED THREADS            so many threads book and cancel until it is killed

It says "ready" and then waits for a line of input, so that all begin at the same moment. The store may be any that is
installed.
"""

from __future__ import annotations

import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Lock

from innovationhub import Booking, Hub, HubError, Refused, Unavailable
from tests.support import Clock

SESSIONS = [f"{key}@2026-12-{day:02}T10:00" for key in ("taster", "other") for day in (1, 8, 15)]
PEOPLE = 40

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


def insist(hub: Hub, command: str, arguments: list[str], request: str) -> Booking:
    """Ask until there is an answer: the same request id acts at most once, whatever became of the store."""
    while True:
        try:
            booking: Booking = getattr(hub, command)(*arguments, request_id=request)
        except Unavailable as error:
            say(unavailable=str(error), known=error.outcome_known)
        else:
            return booking


def load(hub: Hub, seed: str) -> None:
    """Book and cancel for ever. Each request is announced before it is sent, and acknowledged after, with the time."""
    chance = random.Random(seed)
    mine: list[str] = []
    for number in count():
        request = f"{seed}-{number}"
        if mine and chance.random() < 0.3:
            command, arguments = "cancel", [mine.pop(chance.randrange(len(mine)))]
        else:
            command, arguments = "book", [chance.choice(SESSIONS), f"p{chance.randrange(PEOPLE)}"]
        say(sent=request, command=command, arguments=arguments)
        try:
            done = insist(hub, command, arguments, request)
            say(done=request, at=time.time(), booking=done.id, status=done.status)
            if command == "book":
                mine.append(done.id)
        except Refused as refused:
            say(done=request, at=time.time(), refused=list(refused.codes))


def main() -> None:
    what, url, *rest = sys.argv[1:]
    hub = Hub.open(url, clock=Clock())
    say(ready=True)
    sys.stdin.readline()
    if what == "press":
        press(hub, rest[0], int(rest[1]), int(rest[2]))
    else:
        number = int(rest[1])
        with ThreadPoolExecutor(number) as pool:
            list(pool.map(lambda each: load(hub, f"{rest[0]}-{each}"), range(number)))
    hub.close()


if __name__ == "__main__":
    main()
