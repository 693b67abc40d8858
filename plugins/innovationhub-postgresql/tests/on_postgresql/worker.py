"""A client in a process of its own: books on a shared hub, and says on its output what was acknowledged.

    python -m on_postgresql.worker press URL SESSION FIRST COUNT    so many threads, each books for one person, at once
    python -m on_postgresql.worker load URL SEED                    books and cancels until it is killed
    python -m on_postgresql.worker fork URL                         books, forks, and both books once more

It says "ready" and then waits for a line of input, so that all begin at the same moment.
"""

from __future__ import annotations

import json
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

from innovationhub import Booking, Hub, HubError, Refused, Unavailable
from on_postgresql.conftest import open_hub
from tests.support import TASTER

SESSIONS = [f"{key}@2026-12-{day:02}T10:00" for key in ("taster", "other") for day in (1, 8, 15)]


def say(**what: object) -> None:
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
    """Ask until there is an answer: the same request id acts at most once, whatever became of the server."""
    while True:
        try:
            booking: Booking = getattr(hub, command)(*arguments, request_id=request)
        except Unavailable as error:
            say(unavailable=str(error), known=error.outcome_known)
        else:
            return booking


def load(hub: Hub, seed: int) -> None:
    """Book and cancel for ever. Each request is announced before it is sent, and acknowledged after."""
    chance = random.Random(seed)
    mine: list[str] = []
    for number in count():
        request = f"{seed}-{number}"
        if mine and chance.random() < 0.3:
            command, arguments = "cancel", [mine.pop(chance.randrange(len(mine)))]
        else:
            command, arguments = "book", [chance.choice(SESSIONS), f"p{chance.randrange(40)}"]
        say(sent=request, command=command, arguments=arguments)
        try:
            done = insist(hub, command, arguments, request)
            say(done=request, booking=done.id, status=done.status)
            if command == "book":
                mine.append(done.id)
        except Refused as refused:
            say(done=request, refused=list(refused.codes))


def fork(hub: Hub) -> None:
    """The parent's connection must not be used or closed by the child."""
    hub.book(TASTER, "p0")
    pid = os.fork()
    hub.book(TASTER, "p1" if pid == 0 else "p2")
    if pid == 0:
        hub.close()
        os._exit(0)
    ended = os.waitpid(pid, 0)[1]
    say(child=ended, waiting=len(hub.waitlist(TASTER, "attendee")), person=hub.book(TASTER, "p3").status)


def main() -> None:
    what, url, *rest = sys.argv[1:]
    hub = open_hub(url)
    say(ready=True)
    sys.stdin.readline()
    if what == "press":
        press(hub, rest[0], int(rest[1]), int(rest[2]))
    elif what == "fork":
        fork(hub)
    else:
        load(hub, int(rest[0]))
    hub.close()


if __name__ == "__main__":
    main()
