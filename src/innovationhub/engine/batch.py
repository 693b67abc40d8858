"""Commands decided together: one reading for all, one after another on what those before left, one commit.

A decision sees the rows as they were read below what the commands before it in the batch have changed. What it relies
on are the versions as read: rows that the batch itself writes move only when all of it is committed. So a batch is as
good as its commands one by one, in order of arrival; a command that raises changes nothing and leaves the others alone.

No answer leaves before the batch is on disk, refusals and errors included: "full" may rest on the booking before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from innovationhub.domain.answers import Receipt
from innovationhub.domain.deciding import ROUNDS, Accepted, Decision, Needs, Overlay, View, decide, needs
from innovationhub.domain.journal import Entry
from innovationhub.domain.programme import HUB, HubRow, Programme
from innovationhub.domain.records import Key, Range, Read, Record, Rows, key_of
from innovationhub.domain.refusals import Refusal
from innovationhub.engine.requests import Ticket, answered, receipt_of
from innovationhub.errors import Unavailable
from innovationhub.protocols.store import Commit, Store, SupportsConfirm

__all__ = ["GUARD", "Batch", "World", "is_of"]

GUARD: Key[Record] = Key(HubRow, (HUB,))
"""The hub's row, which every command relies on."""

PASSES = 4 * ROUNDS
"""How often those of a batch that must read on are decided again; who is not through by then is decided alone."""


class World(Protocol):
    """What a batch takes from the engine."""

    store: Store

    def learn_closed(self, needed: Needs) -> None:
        """Have the closed days known that a decision asks for. Raises `PluginError`."""


class Batch:
    """The commands of some tickets on their way into one commit."""

    def __init__(self, world: World, tickets: Sequence[Ticket]) -> None:
        self._world = world
        self._tickets = tickets
        self._outcomes: list[Accepted | Refusal | Exception | None] = [None] * len(tickets)
        self._receipts: dict[int, Receipt] = {}
        self._replayed: set[int] = set()
        self._broken: set[int] = set()
        self._asked = [1] * len(tickets)
        self._trips = 1
        self._rows = Rows({}, {})
        self.thinking = 0.0
        """Seconds spent on deciding."""

    def read(self) -> Rows:
        """Read what all of the commands need, as far as they alone can tell."""
        keys: list[Key[Record]] = []
        ranges: list[Range[Record]] = []
        for at, ticket in enumerate(self._tickets):
            try:
                first = needs(ticket.command)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is this command's alone
                self._outcomes[at] = error
                self._broken.add(at)
                continue
            keys += first.keys
            ranges += first.ranges
        keys.append(GUARD)
        keys += [ticket.request.key for ticket in self._tickets if ticket.request is not None]
        keys += [key for ticket in self._tickets for key in ticket.collided]
        if len(self._tickets) > 1 or self._tickets[0].collided:
            keys, ranges = list(dict.fromkeys(keys)), list(dict.fromkeys(ranges))
        self._rows = self._world.store.read(Read(tuple(keys), tuple(ranges)))
        return self._rows

    def decide(self, view: View) -> None:
        """Decide all of them, in order, reading on where one asks for more; what several ask for in one trip.

        Those left without an outcome are to be decided later: behind an edit of the programme, or, marked `alone`,
        because they asked more often than others can wait.
        """
        began = time.monotonic()
        first, passes = 0, 0
        while True:
            asking = self._decided_from(first, view)
            if not asking:
                break
            passes += 1
            if passes > PASSES and len(self._tickets) > 1:
                for at in asking:
                    self._tickets[at].alone = True
                break
            self.thinking += time.monotonic() - began
            self._read_on(asking)
            began = time.monotonic()
            first = min(asking)
        self.thinking += time.monotonic() - began

    def _decided_from(self, first: int, view: View) -> dict[int, Needs]:
        """Decide those from a place on; which of them ask for more.

        Those behind one that asks are decided as if it were not there: to know what they need, and for good only if it
        turns out that it is not decided with them.
        """
        overlay = Overlay() if len(self._tickets) > 1 else view.changes
        asking: dict[int, Needs] = {}
        last = len(self._tickets) - 1
        for at in range(len(self._tickets)):
            if at >= first and at not in self._broken:
                decision = self._decision(at, view, overlay)
                self._outcomes[at] = None if isinstance(decision, Needs) else decision
                if isinstance(decision, Needs):
                    asking[at] = decision
            if at == last:
                break
            outcome = self._outcomes[at]
            if isinstance(outcome, Accepted):
                overlay.add(outcome.changes)
            if at in self._receipts:
                # looked for by its key alone
                overlay[key_of(self._receipts[at])] = self._receipts[at]
            if GUARD in overlay:
                # those behind it are about another programme than the one at hand
                for behind in set(range(at + 1, len(self._tickets))) - self._broken:
                    self._forget(behind)
                break
        return asking

    def _forget(self, at: int) -> None:
        self._outcomes[at] = None
        self._receipts.pop(at, None)
        self._replayed.discard(at)

    def _decision(self, at: int, view: View, overlay: Overlay) -> Decision | Exception:
        ticket = self._tickets[at]
        self._forget(at)
        try:
            request = ticket.request
            if request is not None:
                row = self._rows.keys[request.key]
                kept = overlay.get(request.key) or (row and row.record)
                before = answered(kept, request)
                if before is not None:
                    self._replayed.add(at)
                    return before
            rounds = getattr(ticket.command, "trips", ROUNDS)
            seen = view.on(self._rows, overlay, self._asked[at], rounds)
            decision = decide(seen, ticket.command)
            if request is not None and not isinstance(decision, Needs):
                receipt = receipt_of(decision, request, view.now)
                if receipt is not None:
                    self._receipts[at] = receipt
        except Exception as error:  # noqa: BLE001  # this command's answer, and none of the others' business
            return error
        return decision

    def _read_on(self, asking: dict[int, Needs]) -> None:
        """Read what these ask for, in one trip. What was read before stays as it was: its version is relied on."""
        keys: dict[Key[Record], None] = {}
        ranges: dict[Range[Record], None] = {}
        for at, needed in asking.items():
            try:
                self._world.learn_closed(needed)
            except Exception as error:  # noqa: BLE001  # a plugin's, and the answer of who asked for it
                self._outcomes[at] = error
                self._broken.add(at)
                continue
            if needed.more:
                # a trip of its own is one for what it knows it needs; those behind it may only think so
                self._asked[at] += at == min(asking)
                keys.update(dict.fromkeys(needed.more.keys))
                ranges.update(dict.fromkeys(needed.more.ranges))
        if keys or ranges:
            self._trips += 1
            more = self._world.store.read(Read(tuple(keys), tuple(ranges)))
            rows = self._rows
            self._rows = Rows({**more.keys, **rows.keys}, {**more.ranges, **rows.ranges})

    def commit(self, sending: Callable[[Sequence[Ticket]], bool]) -> bool:
        """Put on disk what was decided, or, where nothing is to be kept, check that what it rests on still holds.

        False when somebody gave up before it was sent: then nothing of it was. Raises what the store raises.
        """
        changes: dict[Key[Record], Record | None] = {}
        entries: list[Entry] = []
        rests = False
        for at, outcome in enumerate(self._outcomes):
            if isinstance(outcome, Accepted):
                changes.update(outcome.changes)
                entries += outcome.entries
            if at in self._receipts:
                receipt = self._receipts[at]
                changes[key_of(receipt)] = receipt
            rests |= isinstance(outcome, Accepted | Refusal) and at not in self._replayed
        if self._replayed and not changes and not entries:
            self._confirm()
        if not changes and not entries and (self._trips == 1 or not rests):
            return True  # everything it rests on was read at one moment, and nothing is to be kept
        if not sending(self._tickets):
            return False
        relied = self._relied(changes)
        puts = tuple([row for row in changes.values() if row is not None])
        deletes = tuple([key for key, row in changes.items() if row is None and relied[key] is not None])
        try:
            self._world.store.commit(Commit(relied, puts, deletes, tuple(entries)))
        except Unavailable as error:
            if error.outcome_known or not self._receipts:
                raise
            self._find_out(next(iter(self._receipts.values())), error)
        return True

    def _relied(self, changes: dict[Key[Record], Record | None]) -> dict[Key[Record], int | None]:
        """The versions that were read of every row relied on or written; of what was never read, that it is new."""
        rows = self._rows
        relied = {key: None if row is None else row.version for key, row in rows.keys.items()}
        unread = [key for key in changes if key not in relied]
        if unread:
            # of a row that was found twice the version that was read first counts: what was read later stands before
            ranged = {key_of(row.record): row.version for found in rows.ranges.values() for row in found.rows}
            relied.update((key, ranged.get(key)) for key in unread)
        return relied

    def unread(self, keys: Iterable[Key[Record]]) -> list[Key[Record]]:
        """Those of some rows that no reading of this batch has looked at."""
        rows = self._rows
        ranged = {key_of(row.record) for found in rows.ranges.values() for row in found.rows}
        return [key for key in keys if key not in rows.keys and key not in ranged]

    def _find_out(self, receipt: Receipt, error: Unavailable) -> None:
        """Did a commit happen whose answer was lost? A receipt in it knows. Returns if so, raises if not."""
        try:
            self._confirm()
            kept = self._world.store.read(Read((key_of(receipt),))).get(Receipt, receipt.request)
        except Unavailable:
            raise error from None  # still not known
        if kept != receipt:
            raise Unavailable(f"{error}; nothing was changed") from error

    def _confirm(self) -> None:
        """An answer is given only of what lasts. A commit that writes sees to that by itself."""
        store = self._world.store
        if isinstance(store, SupportsConfirm):
            try:
                store.confirm()
            except Unavailable as error:
                message = f"{error}; whether this was done for good is not known"
                raise Unavailable(
                    f"{message}: ask again with the same request id", outcome_known=False
                ) from error

    def settled(self) -> Iterator[tuple[Ticket, Accepted | Refusal | Exception]]:
        """The tickets that have an outcome, with it."""
        for ticket, outcome in zip(self._tickets, self._outcomes, strict=True):
            if outcome is not None:
                yield ticket, outcome


def is_of(rows: Rows, programme: Programme) -> bool:
    """Whether rows were read while the programme was as known."""
    row = rows.keys[GUARD]
    return row is not None and isinstance(row.record, HubRow) and row.record.revision == programme.revision
