"""The channel: one connection, kept while it is of use, and one answer for each message."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from innovationhub.protocols.channel import Channel, Later, Message, Never, Outcome, Sent
from innovationhub_smtp.address import Address, parse_address
from innovationhub_smtp.conversation import Conversation, Fuse, Gone, Refusal
from innovationhub_smtp.letters import letter, message_id
from innovationhub_smtp.mailboxes import is_mailbox

__all__ = ["SmtpChannel", "open_channel"]

DEADLINE = 55.0
"""Seconds that one message may take altogether: the courier is promised an answer within a minute."""

IDLE = 25.0
"""Seconds after which an unused connection is not used again: servers hang up at some time, and not all say so."""

AGE = 300.0
"""Seconds after which a connection is not used again, so that a change of servers is noticed."""

REMEMBERED = 1000
"""Keys of the messages sent last: one that comes again, because nobody could note that it was sent, is sent once."""


class SmtpChannel:
    """Sends messages through one mail server. See `Channel`; for one thread at a time."""

    def __init__(
        self,
        address: Address,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        deadline: float = DEADLINE,
    ) -> None:
        self._address = address
        self._monotonic = monotonic
        self._now = now
        self._deadline = deadline
        self._open: Conversation | None = None
        self._opened_at = self._used_at = 0.0
        self._sent: dict[str, None] = {}
        self._closed = False

    def __repr__(self) -> str:
        return f"<SmtpChannel {self._address.shown}>"

    def send(self, message: Message) -> Outcome:
        """Hand over one message, and say what became of it, within a minute. Raises nothing.

        `Sent` once the server has taken it, with the Message-ID as its reference; it is the same for the same key.
        `Later` also where a connection ended after the content: it may have gone out then, and a repeat can be told by
        its Message-ID.
        """
        if self._closed:
            return Later("the channel is closed", down=True)
        mailbox = message.to.email.strip()
        if not mailbox:
            return Never("no e-mail address")
        if not is_mailbox(mailbox):
            return Never("not an e-mail address that mail can go to")
        reference = message_id(message.key, self._address)
        if reference in self._sent:
            return Sent(reference)
        outcome = self._handed_over(mailbox, letter(message, self._address, self._now()))
        if outcome is None:
            self._sent[reference] = None
            if len(self._sent) > REMEMBERED:
                del self._sent[next(iter(self._sent))]
            return Sent(reference)
        return outcome

    def close(self) -> None:
        """Let go of the connection. Closing twice is fine."""
        self._closed = True
        self._leave()

    def _handed_over(self, mailbox: str, content: bytes) -> Outcome | None:
        """None when the server has taken it, else what that means."""
        fuse = Fuse(self._deadline)
        try:
            return self._attempted(mailbox, content, fuse)
        except Refusal as refusal:
            return refusal.outcome
        except Gone as gone:
            why = gone.why if fuse.left else "no answer in time"
            if gone.begun:
                # only this message is in doubt; whether the server is still there the next one finds out
                return Later(f"{why}; it may have gone out")
            return Later(why, down=True)
        finally:
            fuse.put_out()

    def _attempted(self, mailbox: str, content: bytes, fuse: Fuse) -> Outcome | None:
        """By the connection that is there, or a new one where that has been closed meanwhile."""
        kept = self._kept()
        if kept is not None:
            try:
                kept.resume(fuse)
                outcome = self._said(kept, mailbox, content)
            except Gone as gone:
                if gone.begun:
                    raise
            else:
                if not (isinstance(outcome, Later) and outcome.down):
                    return outcome
        # opened outside of any `except`, so that what is raised here has no older error behind it
        self._open = Conversation(self._address, fuse)
        self._opened_at = self._monotonic()
        return self._said(self._open, mailbox, content)

    def _said(self, conversation: Conversation, mailbox: str, content: bytes) -> Outcome | None:
        try:
            conversation.hand_over(self._address.mailbox, mailbox, content)
        except Refusal as refusal:
            self._go_on(conversation, refusal.outcome)
            return refusal.outcome
        except Gone:
            self._drop()
            raise
        self._used_at = self._monotonic()
        return None

    def _go_on(self, conversation: Conversation, outcome: Outcome) -> None:
        """After a refusal: the same connection where only this message was refused."""
        if isinstance(outcome, Later) and outcome.down:
            self._leave()
            return
        try:
            conversation.start_again()
        except Gone:
            self._drop()
        self._used_at = self._monotonic()

    def _kept(self) -> Conversation | None:
        """The connection that is there, if it is still of use."""
        now = self._monotonic()
        if self._open is None:
            return None
        spent = self._open.sent >= self._address.messages
        if spent or now - self._used_at > IDLE or now - self._opened_at > AGE:
            self._leave()
        return self._open

    def _leave(self) -> None:
        if self._open is not None:
            self._open.quit()
        self._open = None

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None


def open_channel(address: str) -> Channel:
    """The channel at an address. Raises `Invalid` naming `channel`."""
    return SmtpChannel(parse_address(address))
