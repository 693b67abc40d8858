"""Who asked and what is kept of the answer: requests, receipts, and a command on its way to being answered."""

from __future__ import annotations

import time
from datetime import datetime
from threading import Lock
from typing import cast

import attrs

from innovationhub.domain.answers import Answer, Receipt, answer_from_text, answer_to_text
from innovationhub.domain.deciding import ROUNDS, Accepted, Command
from innovationhub.domain.ids import hashed
from innovationhub.domain.records import Key, Record
from innovationhub.domain.refusals import Refusal
from innovationhub.errors import Invalid, Unavailable

__all__ = ["Request", "Ticket", "answered", "receipt_of"]


@attrs.frozen
class Request:
    """One caller's request: its id, whether the caller chose it, and hashes of the id and of what it asks."""

    id: str
    given: bool
    key: Key[Receipt]
    fingerprint: str

    @classmethod
    def of(cls, id: str, command: Command, asked: tuple[object, ...], *, given: bool) -> Request:
        """The request under that id."""
        return cls(id, given, Key(Receipt, (hashed(id),)), hashed(type(command).__name__, *asked))


def answered(kept: Record | None, request: Request) -> Accepted | Refusal | None:
    """What a request was answered before, by its receipt. Raises `Invalid` when it asked for something else then."""
    if kept is None:
        return None
    receipt = cast("Receipt", kept)
    if receipt.fingerprint != request.fingerprint:
        message = "was used before for another command or other arguments: choose a new one"
        raise Invalid("request_id", message, request.id)
    answer = answer_from_text(receipt.answer)
    return answer if isinstance(answer, Refusal) else Accepted(answer)


def receipt_of(decision: Accepted | Refusal, request: Request, now: datetime) -> Receipt | None:
    """What is kept of an answer. A refusal to a caller who chose no id is not: nobody can ask for it again."""
    answer: Answer | Refusal
    if isinstance(decision, Refusal):
        if not request.given:
            return None
        answer = decision
    else:
        if not (decision.changes or decision.entries or request.given):
            return None
        answer = decision.answer
    return Receipt(str(request.key.values[0]), request.fingerprint, now, answer_to_text(answer))


class Ticket:
    """A command on its way to being answered, in the hands of the thread that waits for it and of the one that leads.

    `alone`: it is not decided together with others (any more). `sent`: a commit that it is part of is under way.
    `doubtful`: one was, and what became of it is not known; deciding again finds that out by the receipt. `collided`
    are rows that moved under it: the next attempt reads them. `conflicts` counts the attempts that came to nothing.
    """

    __slots__ = (
        "alone",
        "collided",
        "command",
        "conflicts",
        "deadline",
        "decision",
        "doubtful",
        "error",
        "gate",
        "leads",
        "request",
        "sent",
    )

    def __init__(self, command: Command, request: Request | None) -> None:
        self.command = command
        self.request = request
        self.deadline = 0.0
        self.conflicts = 0
        self.collided: set[Key[Record]] = set()
        # whoever may take many trips would hold up all the others
        self.alone = getattr(command, "trips", ROUNDS) > ROUNDS
        self.sent = self.doubtful = self.leads = False
        self.gate: Lock | None = None
        self.decision: Accepted | Refusal | None = None
        self.error: Exception | None = None

    @property
    def settled(self) -> bool:
        """Whether there is an answer, or an error."""
        return self.decision is not None or self.error is not None

    def settle(self, outcome: Accepted | Refusal | Exception) -> None:
        """Give it its answer, and let the thread that waits for it go on."""
        if isinstance(outcome, Exception):
            self.error = outcome
        else:
            self.decision = outcome
        self.call()

    def call(self) -> None:
        """Let the thread that waits for this ticket go on."""
        if self.gate is not None:
            self.gate.release()

    def wait(self) -> bool:
        """Wait for an answer or for the lead, blocked, until the deadline; False when that has passed."""
        return self.gate is None or self.gate.acquire(timeout=max(0.0, self.deadline - time.monotonic()))

    def given_up(self, patience: float) -> Unavailable:
        """Why nobody waits for it any longer."""
        if self.sent or self.doubtful:
            message = (
                f"the store has not answered for {patience:g} s, so it is not known whether this was done"
            )
            return Unavailable(f"{message}: ask again with the same request id", outcome_known=False)
        return Unavailable(f"the hub has been busy for {patience:g} s; nothing was changed: try again")

    def result(self) -> Accepted | Refusal:
        """The answer. Raises the error if that is what it came to."""
        if self.error is not None:
            raise self.error
        if self.decision is None:
            raise AssertionError("asked for an answer before there is one")
        return self.decision
