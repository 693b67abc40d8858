"""The one way in for commands: read what is needed, decide, commit, answer.

One command is in hand at a time in a process; the others wait blocked on a lock, which costs less than letting them
read the same rows, decide the same and collide. Between processes nothing is locked while Python thinks: a decision
relies on versions, and where one has moved the store says `Conflict` and it is decided again.

Nothing is answered before it is on disk, a refusal that took several trips included: what it rested on is checked too.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from threading import Lock
from typing import TypeVar, cast

import attrs

from innovationhub.domain.answers import Answer, Receipt, answer_from_text, answer_to_text
from innovationhub.domain.deciding import ROUNDS, Accepted, Command, Draft, Needs, View, ask, decide, needs
from innovationhub.domain.ids import hashed
from innovationhub.domain.programme import HUB, HubRow, Programme, hub_row, programme_read, programme_with
from innovationhub.domain.records import Key, Read, Record, Rows, key_of
from innovationhub.domain.refusals import Refusal, Refused
from innovationhub.domain.rules import Rule
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.settling import Settle
from innovationhub.domain.time import instant, utc
from innovationhub.domain.waitlist import PATIENT
from innovationhub.errors import Conflict, HubError, Invalid, PluginError, Unavailable
from innovationhub.protocols.closures import Closures
from innovationhub.protocols.store import Commit, Store

__all__ = ["Clock", "Engine"]

T = TypeVar("T")
Clock = Callable[[], datetime]

ATTEMPTS = 200
"""How often a command is decided before it gives up: each failed attempt means that another command got through."""

PATIENCE = 30.0
"""Seconds a command may take in all, waiting for its turn included."""

QUESTIONS = 1000
"""Trips in which a question may be answered: it holds up nobody."""

FOLLOW_UP = 50
"""Commits in which the calling method goes on with a queue that it could not settle in its own; then `tick` does."""


GUARD: Key[Record] = Key(HubRow, (HUB,))
"""The hub's row, which every command relies on."""


@attrs.frozen
class _Request:
    """One caller's request: its id hashed, whether the caller chose it, what it asks hashed, and the id itself."""

    id: str
    given: bool
    key: Key[Receipt]
    fingerprint: str


@attrs.frozen
class _Locks:
    """What the threads of one process wait for: their turn with a command, and with reading the programme."""

    process: int
    turn: Lock = attrs.field(factory=Lock)
    refreshing: Lock = attrs.field(factory=Lock)


class _Again(Exception):  # never leaves this module
    """The programme has been edited since it was last read: begin again with the new one."""


class Engine:
    """Runs commands on a store. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        closures: Mapping[str, Closures],
        rules: Mapping[str, Rule] | None = None,
    ) -> None:
        self.store = store
        self._clock = clock
        self._closures = closures
        self._rules = rules or {}
        self._closed: dict[tuple[str, ...], dict[int, Mapping[date, str]]] = {}
        self._locks = _Locks(os.getpid())
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

    def _here(self) -> _Locks:
        """The locks of this process. After a fork a thread that is not in it may hold those of its parent, for ever."""
        locks = self._locks
        if locks.process != os.getpid():
            # threads that come by at once may each make their own: they then collide at the store, which is allowed
            locks = self._locks = _Locks(os.getpid())
        return locks

    def look(self, read: Read) -> tuple[Programme, Rows]:
        """Rows for showing, and the programme as of the same moment."""
        programme = self.programme
        for _ in range(ATTEMPTS):
            rows = self.store.read(Read((*read.keys, GUARD), read.ranges))
            if _is_of(rows, programme):
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
        deadline = time.monotonic() + PATIENCE
        given = request_id is not None
        id = request_id if request_id is not None else secrets.token_hex(16)
        request = _Request(id, given, Key(Receipt, (hashed(id),)), hashed(type(command).__name__, *asked))
        try:
            decided = self._decided(command, request, deadline)
        except Unavailable as error:
            error.request_id = id
            raise
        if isinstance(decided, Refusal):
            raise Refused(decided)
        for session_id, role in decided.unsettled:
            self.settle(session_id, role)
        try:
            return then(decided.answer)
        except Unavailable as error:
            error.request_id, error.outcome_known = id, False
            raise

    def settle(self, session_id: str, role: str) -> bool:
        """Go on with a roster's queue, in a bounded number of commits; True when nothing is owed any more."""
        command = Settle(session_id, role)
        for _ in range(FOLLOW_UP):
            try:
                answer = self._decided(command, None, time.monotonic() + PATIENCE)
            except HubError:
                # What called for this is done and on disk, so its caller must not be told otherwise. That more is owed
                # is recorded, and `tick` goes on with it.
                return False
            if isinstance(answer, Refusal) or not getattr(answer.answer, "more", False):
                return True
            if not answer.changes:  # it takes more trips than it was given, and must not stand still
                command = Settle(session_id, role, trips=PATIENT)
        return False

    def _decided(self, command: Command, request: _Request | None, deadline: float) -> Accepted | Refusal:
        """One command, decided as often as it takes, in its turn."""
        turn = self._here().turn
        if not turn.acquire(timeout=PATIENCE):
            raise Unavailable(f"the hub has been busy for {PATIENCE:g} s; nothing was changed: try again")
        collided: set[Key[Record]] = set()
        try:
            for attempt in range(ATTEMPTS):
                try:
                    return self._attempt(command, request, collided)
                except _Again:
                    self.refresh()
                except Conflict as conflict:
                    # a row that was written unread, as new, and is there already: the next attempt reads it
                    collided.update(cast("Sequence[Key[Record]]", conflict.rows))
                    if time.monotonic() > deadline:
                        break
                    # whoever collided steps aside for a random moment, longer the more often it happened
                    time.sleep(random.uniform(0, min(0.02, 0.0005 * attempt)))  # noqa: S311
        finally:
            turn.release()
        raise Unavailable("the rows kept moving under this command; nothing was changed: try again")

    def _attempt(
        self, command: Command, request: _Request | None, collided: Iterable[Key[Record]] = ()
    ) -> Accepted | Refusal:
        now, programme = self.now(), self.programme
        first = needs(command)
        asked = (GUARD, request.key) if request else (GUARD,)
        keys = (*first.keys, *asked)
        if collided:
            keys = (*keys, *(key for key in collided if key not in keys))
        rows = self.store.read(Read(keys, first.ranges))
        if not _is_of(rows, programme):
            raise _Again
        if request:
            answered = self._answered(rows, request)
            if answered is not None:
                return answered
        view = View(
            now,
            programme,
            rows,
            self._closed,
            rounds=getattr(command, "trips", ROUNDS),
            rules=self._rules,
        )
        while True:
            decision = decide(view, command)
            if not isinstance(decision, Needs):
                self._commit(view, decision, request)
                return decision
            view = self._read_on(view, decision)

    def _read_on(self, view: View, needed: Needs) -> View:
        for closures, year in needed.years:
            self.closed_in(closures, year)
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

    def _commit(self, view: View, decision: Accepted | Refusal, request: _Request | None) -> None:
        """Put on disk what was decided, or, for a refusal, check that what it rests on still holds."""
        receipt = _receipt(decision, request, view.now) if request else None
        accepted = decision if isinstance(decision, Accepted) else None
        changes = dict(accepted.changes) if accepted else {}
        entries = accepted.entries if accepted else ()
        if request and receipt:
            changes[request.key] = receipt
        if not changes and view.round == 1:
            return  # everything it rests on was read at one moment, and nothing is to be kept
        relied = {key: None if row is None else row.version for key, row in view.rows.keys.items()}
        unread = [key for key in changes if key not in relied]
        if unread:
            ranged = {
                key_of(row.record): row.version for found in view.rows.ranges.values() for row in found.rows
            }
            relied.update((key, ranged.get(key)) for key in unread)
        puts = tuple([row for row in changes.values() if row is not None])
        deletes = tuple([key for key, row in changes.items() if row is None])
        try:
            self.store.commit(Commit(relied, puts, deletes, entries))
        except Unavailable as error:
            if error.outcome_known or receipt is None:
                raise
            self._find_out(receipt, error)

    def _find_out(self, receipt: Receipt, error: Unavailable) -> None:
        """Did a commit happen whose answer was lost? Its receipt knows. Returns if so, raises if not."""
        try:
            kept = self.store.read(Read((key_of(receipt),))).get(Receipt, receipt.request)
        except Unavailable:
            raise error from None  # still not known
        if kept != receipt:
            raise Unavailable(f"{error}; nothing was changed") from error

    def _answered(self, rows: Rows, request: _Request) -> Accepted | Refusal | None:
        row = rows.keys[request.key]
        if row is None:
            return None
        kept = cast("Receipt", row.record)
        if kept.fingerprint != request.fingerprint:
            message = "was used before for another command or other arguments: choose a new one"
            raise Invalid("request_id", message, request.id)
        answer = answer_from_text(kept.answer)
        return answer if isinstance(answer, Refusal) else Accepted(answer)


def _is_of(rows: Rows, programme: Programme) -> bool:
    """Whether rows were read while the programme was as known."""
    row = rows.keys[GUARD]
    return row is not None and cast("HubRow", row.record).revision == programme.revision


def _receipt(decision: Accepted | Refusal, request: _Request, now: datetime) -> Receipt | None:
    """What is kept of an answer. A refusal to a caller who chose no id is not: nobody can ask for it again."""
    if isinstance(decision, Refusal):
        return None if not request.given else _made(decision, request, now)
    changed = bool(decision.changes or decision.entries)
    return _made(decision.answer, request, now) if changed or request.given else None


def _made(answer: Answer | Refusal, request: _Request, now: datetime) -> Receipt:
    return Receipt(str(request.key.values[0]), request.fingerprint, now, answer_to_text(answer))
