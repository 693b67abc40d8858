"""The engine as the hub sees it: it knows the programme, sends commands on their way, and answers.

Commands that wait at the same moment are decided together and go out as one commit (`gathering`, `batch`). Between
processes nothing is locked while Python thinks: a decision relies on versions, and where one has moved the store says
`Conflict` and it is decided again.

Nothing is answered before it is on disk, a refusal that took several trips included: what it rested on is checked too.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from logging import INFO
from threading import Lock
from typing import TypeVar, cast

import attrs

from innovationhub.domain.answers import Answer
from innovationhub.domain.deciding import Command, Draft, Needs, View, ask
from innovationhub.domain.programme import HUB, HubRow, Programme, hub_row, programme_read, programme_with
from innovationhub.domain.records import Key, Read, Record, Rows
from innovationhub.domain.refusals import Refusal, Refused
from innovationhub.domain.rules import Rule
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.settling import Settle
from innovationhub.domain.time import instant, utc
from innovationhub.domain.waitlist import PATIENT
from innovationhub.engine.batch import GUARD, Batch, is_of
from innovationhub.engine.gathering import ATTEMPTS, Gathering
from innovationhub.engine.observing import answered, failed, log
from innovationhub.engine.requests import Request, Ticket
from innovationhub.errors import Conflict, HubError, PluginError, Unavailable
from innovationhub.protocols.closures import Closures
from innovationhub.protocols.keeper import Keeper
from innovationhub.protocols.store import Commit, Store

__all__ = ["Clock", "Engine"]

T = TypeVar("T")
Clock = Callable[[], datetime]

QUESTIONS = 1000
"""Trips in which a question may be answered: it holds up nobody."""

FOLLOW_UP = 50
"""Commits in which the calling method goes on with a queue that it could not settle in its own; then `tick` does."""


class _Here:
    """What the threads of one process share: the commands under way, and their turn with reading the programme."""

    def __init__(self, work: Callable[[Gathering, Sequence[Ticket]], float]) -> None:
        self.process = os.getpid()
        self.gathering = Gathering(work)
        self.refreshing = Lock()


class Engine:
    """Runs commands on a store. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        closures: Mapping[str, Closures],
        rules: Mapping[str, Rule] | None = None,
        keepers: Mapping[str, Keeper] | None = None,
    ) -> None:
        self.store = store
        self.keepers: Mapping[str, Keeper] = keepers or {}
        self._clock = clock
        self._closures = closures
        self._rules = rules or {}
        self._closed: dict[tuple[str, ...], dict[int, Mapping[date, str]]] = {}
        self._shared = _Here(self._work)
        self.programme = Programme(HubSettings(), "", -1, {}, {}, {})

    def open(self) -> None:
        """Read the programme; make the hub's row in a new store. Raises `Unavailable`."""
        if self.store.read(Read((GUARD,))).get(HubRow, HUB) is None:
            row = hub_row(HubSettings(), 0, secrets.token_hex(16))
            with suppress(Conflict):  # another process was first, and its row serves as well
                self.store.commit(Commit({GUARD: None}, (row,)))
        self.refresh()

    def now(self) -> datetime:
        """The instant by the hub's clock, in UTC. Raises `Invalid` naming `clock` when it gives a naive one."""
        return utc(instant("clock", self._clock()))

    def refresh(self) -> Programme:
        """Read what has been edited of the programme since it was last read."""
        with self._here().refreshing:
            known = self.programme
            self.programme = programme_with(known, self.store.read(programme_read(known.revision)))
            return self.programme

    @property
    def gathering(self) -> Gathering:
        """The commands under way in this process."""
        return self._here().gathering

    def _here(self) -> _Here:
        """What is this process's. After a fork, threads that are not in it may hold what was its parent's, for ever."""
        here = self._shared
        if here.process != os.getpid():
            # threads that come by at once may each make their own: they then collide at the store, which is allowed
            here = self._shared = _Here(self._work)
        return here

    def look(self, read: Read) -> tuple[Programme, Rows]:
        """Rows for showing, and the programme as of the same moment."""
        programme = self.programme
        for _ in range(ATTEMPTS):
            rows = self.store.read(Read((*read.keys, GUARD), read.ranges))
            if is_of(rows, programme):
                return programme, rows
            programme = self.refresh()
        raise Unavailable("the catalogue is being edited without a pause; try again")

    def closed_in(self, closures: tuple[str, ...], year: int) -> Mapping[date, str]:
        """The days of a year that these closures close, each with why. Raises `PluginError` (fail closed)."""
        closed = self._closed.setdefault(closures, {})
        if year not in closed:
            days: dict[date, str] = {}
            for name in closures:
                declared = self._closures.get(name)
                if declared is None:
                    message = "the hub's settings name these closures, and no plugin that is installed declares them"
                    raise PluginError(name, message)
                try:
                    days.update(declared.closed(year))
                except Exception as error:
                    raise PluginError(name, f"raised {type(error).__name__}: {error}") from error
            closed[year] = days
        return closed[year]

    def run(
        self,
        command: Command,
        then: Callable[[Answer], T],
        *,
        request_id: str | None = None,
        asked: tuple[object, ...] = (),
    ) -> T:
        """Carry out a command, once for each request id, and answer when it is on disk.

        `asked` is what the caller asked for, in plain values, so that the same id with another wish is noticed.
        `then` makes of the answer what the caller is shown; when it cannot, the caller is told that the command may
        well be done, and asks again with the same id.

        Raises `Refused` when the rules say no, `NotFound` or `Invalid` for what the caller got wrong, `PluginError`,
        and `Unavailable`, which carries the request's id and says whether the outcome is known. Commits.
        """
        id = request_id if request_id is not None else secrets.token_hex(16)
        ticket = Ticket(command, Request.of(id, command, asked, given=request_id is not None))
        gathering = self.gathering
        try:
            decided = gathering.run(ticket)
        except HubError as error:
            if isinstance(error, Unavailable):
                error.request_id = id
            failed(command, error)
            raise
        if log.isEnabledFor(INFO):
            answered(command, decided, ticket, ticket.deadline - gathering.patience, self.programme)
        if isinstance(decided, Refusal):
            raise Refused(decided)
        for session_id, role in decided.unsettled:
            self.settle(session_id, role)
        try:
            return then(decided.answer)
        except Unavailable as error:
            error.request_id, error.outcome_known = id, False
            failed(command, error)
            raise

    def settle(self, session_id: str, role: str) -> bool:
        """Go on with a roster's queue, in a bounded number of commits; True when nothing is owed any more."""
        command = Settle(session_id, role)
        for _ in range(FOLLOW_UP):
            try:
                answer = self.gathering.run(Ticket(command, None))
            except HubError as error:
                failed(command, error)
                # What called for this is done and on disk, so its caller must not be told otherwise. That more is owed
                # is recorded, and `tick` goes on with it.
                return False
            if isinstance(answer, Refusal) or not getattr(answer.answer, "more", False):
                return True
            if not answer.changes:  # it takes more trips than it was given, and must not stand still
                command = Settle(session_id, role, trips=PATIENT)
        return False

    def _work(self, gathering: Gathering, tickets: Sequence[Ticket]) -> float:
        """Decide and commit some commands together, and settle those that have an outcome. See `Gathering`."""
        batch = Batch(self, tickets)
        try:
            # the clock is asked once: a batch is of one instant
            now, programme = self.now(), self.programme
            rows = batch.read()
            if not is_of(rows, programme):
                self.refresh()
                return batch.thinking
            batch.decide(View(now, programme, rows, self._closed, rules=self._rules))
            if batch.commit(gathering.sending):
                for ticket, outcome in batch.settled():
                    ticket.settle(outcome)
        except Conflict as conflict:
            self._not_sent(tickets)
            # a row that was written unread, as new, and is there already: the next attempt reads it. One that was read
            # is read again by who needs it; anybody else would rely on it for nothing, and collide on it once more
            unread = batch.unread(cast("Sequence[Key[Record]]", conflict.rows))
            for ticket in tickets:
                ticket.conflicts += 1
                ticket.collided.update(unread)
            raise
        except Exception as error:
            if not isinstance(error, Unavailable) or error.outcome_known:
                self._not_sent(tickets)
            if len(tickets) == 1:
                raise
            self._apart(tickets, error)
        return batch.thinking

    def _not_sent(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            ticket.sent = False

    def _apart(self, tickets: Sequence[Ticket], error: Exception) -> None:
        """One command may have spoilt it, so each is decided afresh, alone; unless all of it may be done already."""
        for ticket in tickets:
            if isinstance(error, Unavailable) and not error.outcome_known:
                ticket.settle(Unavailable(str(error), outcome_known=False))
            else:
                ticket.alone = True

    def learn_closed(self, needed: Needs) -> None:
        """Have the closed days known that a decision asks for. Raises `PluginError`."""
        for closures, year in needed.years:
            self.closed_in(closures, year)

    def _read_on(self, view: View, needed: Needs) -> View:
        self.learn_closed(needed)
        if not needed.more:
            return view
        more = self.store.read(needed.more)
        merged = Rows({**more.keys, **view.rows.keys}, {**more.ranges, **view.rows.ranges})
        return attrs.evolve(view, rows=merged, round=view.round + 1)

    def consider(self, question: Callable[[Draft], T]) -> T:
        """The answer to a question about how things stand; what it would change is dropped."""
        programme, rows = self.look(Read())
        view = View(self.now(), programme, rows, self._closed, rounds=QUESTIONS, rules=self._rules)
        while True:
            asked = view
            answer = ask(lambda: question(Draft(asked, "system:hub")))  # noqa: B023  # called at once
            if not isinstance(answer, Needs):
                return answer
            view = self._read_on(view, answer)
