"""Channels: how messages reach people. One is opened by its address, as a store is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from innovationhub.domain.messages import Later, Message, Never, Outcome, Recipient, Sent

__all__ = ["Channel", "ChannelOpener", "Later", "Message", "Never", "Outcome", "Recipient", "Sent"]


@runtime_checkable
class Channel(Protocol):
    """A way to reach people: e-mail, text messages, a log.

    The courier calls it from one thread at a time. Opening it connects to nothing; connecting is for the first `send`.
    """

    def send(self, message: Message) -> Outcome:
        """Hand over one message, and say what became of it. Answers within a minute, whatever the other side does.

        `Sent` when somebody else has taken responsibility for it, `Later` when another attempt may work, `Never` when
        none will. What it raises counts as `Later`. The same key may come again, where an answer was lost or the
        courier died between sending and noting: a channel that can tell sends it once.
        """

    def close(self) -> None:
        """Let go of connections. Closing twice is fine."""


ChannelOpener = Callable[[str], Channel]
"""Opens a channel at an address such as `smtp://mail.trust.example:587`. Raises `Invalid` naming `channel` when the
address cannot be one of its own; a message never repeats a password."""
