"""Whose turn it is: commands that wait at the same moment are gathered, and one of the waiting threads leads them.

    a command comes ──► nobody leads: its thread leads, at once, with whatever else waits by then
                    └─► somebody leads: it queues, its thread blocked on a lock of its own
    the leader      ──► takes what has queued, decides and commits it together, lets everybody in it go,
                        and hands the lead to the first who came meanwhile

No thread is kept for it: none has to be ended with the hub or found again after a fork, and a lone caller does
everything in its own thread, without a hand-over. A leader serves the batch that it is in itself and no other, so it
has its answer as soon as anybody. Nobody polls: the interpreter runs one thread at a time, and those that wait would
take the time of the one they wait for.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from innovationhub.domain.deciding import Accepted
from innovationhub.domain.refusals import Refusal
from innovationhub.engine.requests import Ticket
from innovationhub.errors import Conflict, Unavailable

__all__ = ["ATTEMPTS", "FEWEST", "LONG", "MOST", "PATIENCE", "TOGETHER", "Gathering"]

ATTEMPTS = 200
"""How often a command is decided before it gives up: each failed attempt means that another command got through."""

PATIENCE = 30.0
"""Seconds a command may take in all, waiting for its turn included."""

MOST = 128
"""Commands that are decided together at most."""

FEWEST = 4
"""How few they may become when others keep getting in between, or when they take long."""

TOGETHER = 8
"""How often a leader decides in company; if it collided each time it goes on alone. A batch collides as soon as one row
of one command in it moves, so one that takes long, among processes that are quicker, would keep all of them waiting."""

LONG = 0.05
"""Seconds of deciding that a batch should not take: all in it wait for the last of them."""


LINGER = 0.25
"""How long a leader waits for those who were just answered, as a part of what the last batch took."""

LONGEST_LINGER = 0.005
"""Seconds that it never waits longer than."""


class Gathering:
    """The commands of one process that are under way, and who leads.

    `work` decides and commits a batch, settles the tickets it can, and returns the seconds it spent on deciding. It
    raises `Conflict` to have the batch decided again; whoever it leaves unsettled is taken up once more.
    """

    patience = PATIENCE

    def __init__(self, work: Callable[[Gathering, Sequence[Ticket]], float]) -> None:
        self._work = work
        self._mutex = Lock()
        self._queue: deque[Ticket] = deque()
        self._led = False
        self._most = MOST
        # the last batch: how many it was, when it ended, how long it took
        self._last, self._ended, self._took = 0, 0.0, 0.0
        # for how many a leader waits, and what wakes it when they are there
        self._wanted = 0
        self._bell: Lock | None = None

    def run(self, ticket: Ticket) -> Accepted | Refusal:
        """Have a command decided, by this thread or by another. Raises what the command comes to."""
        ticket.deadline = time.monotonic() + self.patience
        with self._mutex:
            leads = not self._led
            if leads:
                self._led = True
            else:
                ticket.gate = Lock()
                ticket.gate.acquire()
                self._queue.append(ticket)
                if self._bell is not None and len(self._queue) >= self._wanted:
                    self._bell.release()
                    self._bell = None
        if not leads:
            self.joined()
            leads = self._waited(ticket)
        if leads:
            self._lead(ticket)
        return ticket.result()

    def joined(self) -> None:
        """Where tests see that a command has come to wait."""

    def sending(self, tickets: Sequence[Ticket]) -> bool:
        """Say that the commit of these is about to be sent; False when one of them was given up meanwhile.

        From now on nobody can tell those who give up that nothing was changed.
        """
        if len(tickets) == 1:
            return True  # the leader itself, whose call ends with the store's
        with self._mutex:
            if any(ticket.settled for ticket in tickets):
                return False
            for ticket in tickets:
                ticket.sent = True
            return True

    def _waited(self, ticket: Ticket) -> bool:
        """Wait for an answer; True when it is this thread's turn to lead instead."""
        try:
            in_time = ticket.wait()
        except BaseException:
            self._give_up(ticket)
            raise
        if not in_time:
            self._give_up(ticket)
        return ticket.leads and not ticket.settled

    def _give_up(self, ticket: Ticket) -> None:
        """Nobody waits for this any longer: it is not done, unless it is being done."""
        with self._mutex:
            if ticket.leads:  # the lead was handed to it just now: it goes on to the next
                self._pass_on()
            elif ticket in self._queue:
                self._queue.remove(ticket)
            if not ticket.settled:
                ticket.error = ticket.given_up(self.patience)

    def _lead(self, mine: Ticket) -> None:
        """Decide this ticket, and with it whatever waits, until it has its answer; then hand on the lead."""
        batch: list[Ticket] = []
        began = time.monotonic()
        try:
            began = self._lingered(mine, began)
            for attempt in range(ATTEMPTS):
                batch = self._taken(mine) if attempt < TOGETHER else [mine]
                try:
                    took = self._work(self, batch)
                except Conflict:
                    self._adapt(fewer=True, size=len(batch))
                    if time.monotonic() > mine.deadline:
                        break
                    # whoever collided steps aside for a random moment, longer the more often it happened
                    time.sleep(random.uniform(0, min(0.02, 0.0005 * attempt)))  # noqa: S311
                else:
                    self._adapt(fewer=took > LONG, size=len(batch))
                if mine.settled:
                    return
                self._put_back(mine, batch)
            raise Unavailable("the rows kept moving under this command; nothing was changed: try again")
        finally:
            self._put_back(mine, batch)
            with self._mutex:
                self._ended = time.monotonic()
                self._took = self._ended - began
                self._last = len(batch)
                self._pass_on()

    def _lingered(self, mine: Ticket, now: float) -> float:
        """Give those who were just answered the time to come back with their next command; returns when that was over.

        Without this they come back one by one, and the first of them goes alone while all others wait for it. Nobody
        is waited for who comes alone, or comes a while after the last batch.
        """
        # who leads without having waited was one of the last batch, or is new
        others = self._last if mine.leads else self._last - 1
        if mine.alone or others < 1 or now - self._ended > self._took:
            return now
        with self._mutex:
            self._wanted = min(self._most - 1, others + len(self._queue))
            if len(self._queue) >= self._wanted:
                return now
            bell = self._bell = Lock()
            bell.acquire()
        bell.acquire(timeout=min(LONGEST_LINGER, LINGER * self._took))
        with self._mutex:
            self._bell = None
        return time.monotonic()

    def _taken(self, mine: Ticket) -> list[Ticket]:
        """The leader's own command and those that came after it, in order of arrival."""
        batch = [mine]
        if mine.alone or not self._queue:
            return batch
        with self._mutex:
            while self._queue and len(batch) < self._most and not self._queue[0].alone:
                batch.append(self._queue.popleft())
        return batch

    def _put_back(self, mine: Ticket, batch: Sequence[Ticket]) -> None:
        """Those of a batch that have no answer yet keep their place before whoever came later."""
        if len(batch) <= 1:
            return
        with self._mutex:
            for ticket in reversed(batch):
                ticket.doubtful |= ticket.sent
                ticket.sent = False
                if ticket is not mine and not ticket.settled and ticket not in self._queue:
                    self._queue.appendleft(ticket)

    def _pass_on(self) -> None:
        """Hand the lead to the first who waits. Called under the mutex."""
        if not self._queue:
            self._led = False
            return
        following = self._queue.popleft()
        following.leads = True
        following.call()

    def _adapt(self, *, fewer: bool, size: int) -> None:
        """Take fewer together when others got in between or it took long, and more again when all goes well."""
        self._most = max(FEWEST, size // 2) if fewer else min(MOST, 2 * self._most)
