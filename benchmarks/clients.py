"""The clients of the soak: threads that do whatever a hub can do, in any order, and write down what they were answered.

    python -m benchmarks.clients FILE SEED BEGAN    one process (by the soak itself); it ends when its input does

Each request is one line of JSON on the output: what was asked, what came of it, how long it took in milliseconds. A
line goes to the kernel in one write, so the death of the process takes none back.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

from benchmarks.common import person_id
from innovationhub import (
    Booking,
    BookingStatus,
    CallOff,
    Hub,
    Move,
    Refused,
    Reinstate,
    Resize,
    SessionView,
    Settings,
    Unavailable,
)

THREADS = 3
PEOPLE = 400
MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
MINE = 12
"""Bookings that a client remembers; older ones are soon of sessions that are over."""

SPEED = 3600
"""Seconds of the hub's time for each of ours: an hour a second."""

Asked = tuple[str, Sequence[object], dict[str, object]]
"""A command of the hub, and what it is asked with."""


def clock(began: float) -> Callable[[], datetime]:
    """The hub's time, the same in all processes: it begins on a Monday and goes fast."""
    return lambda: MONDAY + timedelta(seconds=(time.time() - began) * SPEED)


def open_hub(file: Path, began: float) -> Hub:
    """The hub that they all share."""
    return Hub.open(f"sqlite:///{file}", clock=clock(began), settings=Settings(discover=False))


class Client:
    """One thread's doings. `seed` makes its request ids its own."""

    def __init__(self, hub: Hub, seed: str, now: Callable[[], datetime]) -> None:
        self.hub, self.seed, self.now = hub, seed, now
        self.chance = random.Random(seed)
        self.mine: list[Booking] = []
        self.away: list[tuple[str, str]] = []
        self.kinds: dict[Callable[[], Asked | None], int] = {
            self.book: 40,
            self.cancel: 14,
            self.transfer: 6,
            self.substitute: 3,
            self.amend: 2,
            self.answer_offer: 8,
            self.approve: 5,
            self.register: 2,
            self.apologise: 3,
            self.check_in: 12,
            self.check_out: 4,
            self.close_register: 2,
            self.tick: 2,
            self.change: 2,
            self.look: 5,
        }

    def run(self, over: Event) -> None:
        """Do one thing after another until it is over."""
        for number in count():
            if over.is_set():
                return
            (kind,) = self.chance.choices(list(self.kinds), list(self.kinds.values()))
            asked = self.chosen(kind)
            if asked is not None:
                self.ask(f"{self.seed}-{number}", *asked)

    def ask(
        self, request: str, command: str, arguments: Sequence[object], options: dict[str, object]
    ) -> None:
        """Ask until there is an answer: the same request id acts at most once. Say what it was."""
        line: dict[str, object] = {"request": request, "command": command, "arguments": arguments}
        line["options"] = options
        began = time.perf_counter()
        while True:
            try:
                answer = done(self.hub, request, command, arguments, options)
            except Refused as refused:
                line["refused"] = refused.codes
            except Unavailable as error:
                say(unavailable=str(error))
                continue
            except Exception as error:  # noqa: BLE001  # whatever it is, the soak has found it
                line["error"] = f"{type(error).__name__}: {error}"
            else:
                line["answer"] = repr(answer)
                if isinstance(answer, Booking):
                    self.mine = [each for each in self.mine if each.id != answer.id][-MINE:]
                    self.mine += [answer] if answer.status in LIVE else []
            break
        say(**line, ms=round((time.perf_counter() - began) * 1e3, 2))

    def chosen(self, kind: Callable[[], Asked | None]) -> Asked | None:
        """What to ask next, of that kind; None where there is nothing to ask it about."""
        try:
            return kind()
        except Unavailable as error:
            say(unavailable=str(error))
        except Exception as error:  # noqa: BLE001  # whatever it is, the soak has found it
            say(error=f"{type(error).__name__}: {error}", looking=kind.__name__)
        return None

    # --- what can be asked ---

    def sessions(self, days: float, back: float = 0.0, *kinds: str) -> list[SessionView]:
        """Those that begin from so many days ago until so many days on."""
        now = self.now()
        return self.hub.calendar(now - timedelta(days=back), now + timedelta(days=days), types=kinds or None)

    def anybody(self) -> str:
        return person_id(self.chance.randrange(PEOPLE))

    def book(self) -> Asked | None:
        session = self.one_of(self.sessions(2, 0, "taster", "forum", "approved"))
        others = [self.anybody() for _ in range(self.chance.choice((0,) * 8 + (1, 3)))]
        who = self.anybody()
        if session is None or len({who, *others}) <= len(others):
            return None
        return "book", (session.id, who), {"group": others}

    def cancel(self) -> Asked | None:
        return self.with_mine(lambda booking: ("cancel", (booking.id,), {}))

    def transfer(self) -> Asked | None:
        free = [each for each in self.sessions(2, 0, "taster", "forum") if each.places["attendee"].open]
        session = self.one_of(free)
        if session is None:
            return None
        booking = self.one_of([each for each in self.mine if each.session_id not in (None, session.id)])
        return booking and ("transfer", (booking.id, session.id), {})

    def substitute(self) -> Asked | None:
        return self.with_mine(lambda booking: ("substitute", (booking.id, self.anybody()), {}))

    def amend(self) -> Asked | None:
        return self.with_mine(
            lambda booking: ("amend", (booking.id,), {"note": f"note {self.chance.random()}"})
        )

    def answer_offer(self) -> Asked | None:
        session = self.one_of(self.sessions(2, 0, "forum"))
        offered = [
            booking
            for booking in (self.hub.waitlist(session.id) + self.hub.roster(session.id) if session else ())
            if booking.status is BookingStatus.OFFERED
        ]
        booking = self.one_of(offered)
        return booking and (self.chance.choice(("accept", "accept", "decline")), (booking.id,), {})

    def approve(self) -> Asked | None:
        session = self.one_of(self.sessions(2, 0, "approved"))
        booking = self.one_of(self.hub.requests(session.id) if session else ())
        return booking and (self.chance.choice(("approve", "approve", "reject")), (booking.id,), {})

    def register(self) -> Asked | None:
        return "register", ("course", self.anybody()), {}

    def apologise(self) -> Asked | None:
        session = self.one_of(self.sessions(2, 0, "course"))
        if self.away and self.chance.random() < 0.4:
            return "unapologise", self.away.pop(), {}
        booking = self.one_of([each for each in self.mine if each.series_id == "course"])
        if session is None or booking is None:
            return None
        self.away.append((session.id, booking.person_id))
        return "apologise", self.away[-1], {}

    def check_in(self) -> Asked | None:
        session = self.one_of(self.sessions(0.1, 0.1))
        booked = self.hub.roster(session.id) if session and self.chance.random() < 0.8 else []
        booking = self.one_of(booked)
        return session and ("check_in", (session.id, booking.person_id if booking else self.anybody()), {})

    def check_out(self) -> Asked | None:
        session = self.one_of(self.sessions(0, 0.2))
        roster = self.hub.roster(session.id) if session else []
        booking = self.one_of([each for each in roster if each.status is BookingStatus.ATTENDED])
        return booking and ("check_out", (session.id, booking.person_id), {})

    def close_register(self) -> Asked | None:
        session = self.one_of(self.sessions(-0.1, 1))
        return session and ("close_register", (session.id,), {})

    def tick(self) -> Asked | None:
        return "tick", (), {}

    def change(self) -> Asked | None:
        session = self.one_of(self.sessions(4, -0.5, "taster", "forum"))
        kind = self.chance.choice(("Resize", "Resize", "Move", "CallOff", "Reinstate"))
        more: dict[str, tuple[object, ...]] = {
            # seats of a taster are never taken away, so it must never hold more than it has
            "Resize": (
                "attendee",
                8 if session and session.type == "taster" else self.chance.randrange(2, 9),
            ),
            "Move": (None, f"Room {self.chance.randrange(9)}"),
        }
        return session and ("apply", (kind, session.id, *more.get(kind, ())), {})

    def look(self) -> Asked | None:
        if self.chance.random() < 0.5:
            return "bookings_of", (self.anybody(),), {}
        return self.with_mine(lambda booking: ("explain", (booking.id,), {}))

    def one_of(self, what: Sequence[Any]) -> Any:
        return self.chance.choice(what) if what else None

    def with_mine(self, made: Callable[[Booking], Asked]) -> Asked | None:
        booking = self.one_of(self.mine)
        return None if booking is None else made(booking)


CHANGES: dict[str, type[Resize | Move | CallOff | Reinstate]] = {
    each.__name__: each for each in (Resize, Move, CallOff, Reinstate)
}
LIVE = frozenset(
    {BookingStatus.REQUESTED, BookingStatus.CONFIRMED, BookingStatus.WAITLISTED, BookingStatus.OFFERED}
)
LOOKS = frozenset({"bookings_of", "explain"})


def done(
    hub: Hub, request: str, command: str, arguments: Sequence[object], options: dict[str, object]
) -> object:
    """Carry out what was asked. A plan is made and applied, as somebody does who has looked at it."""
    if command == "apply":
        kind, *more = arguments
        made: Any = CHANGES[str(kind)]
        plan = hub.plan(made(*more))
        effects = hub.apply(plan, request_id=request, actor=f"system:{request}").effects
        return sorted({effect.kind for effect in effects})
    if command == "tick":
        return hub.tick().complete
    once = {} if command in LOOKS else {"request_id": request}
    return getattr(hub, command)(*arguments, **options, **once)


def say(**line: object) -> None:
    """One line, at once."""
    os.write(1, json.dumps(line).encode() + b"\n")


def main(file: str, seed: str, began: str) -> None:
    """One process of them."""
    hub = open_hub(Path(file), float(began))
    over = Event()
    clients = [Client(hub, f"{seed}-{number}", clock(float(began))) for number in range(THREADS)]
    threads = [Thread(target=client.run, args=(over,)) for client in clients]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
    hub.close()
    say(ended=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
