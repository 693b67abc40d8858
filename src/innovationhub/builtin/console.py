"""The console channel: messages as text on standard output, for trying things out and for logs.

console:            every message, as it would be read
"""

from __future__ import annotations

import sys
import unicodedata

from innovationhub.errors import Invalid
from innovationhub.protocols.channel import Later, Message, Never, Outcome, Sent

__all__ = ["ConsoleChannel", "open_console"]

LINES = "\n\t"
"""Control characters that a text may hold."""


class ConsoleChannel:
    """Prints messages. Nobody is reached by it but whoever looks."""

    def __init__(self) -> None:
        self._closed = False

    def send(self, message: Message) -> Outcome:
        """Print it. `Never` where the person has no e-mail address: as a channel that sends would answer."""
        if self._closed:
            return Later("the channel is closed", down=True)
        if not message.to.email.strip():
            return Never("no e-mail address")
        to = f"{message.to.name} <{message.to.email}>" if message.to.name else message.to.email
        rule, text = "-" * 60, message.text.removesuffix("\n")
        shown = f"To: {_shown(to)}\nSubject: {_shown(message.subject)}\n\n{_shown(text, LINES)}"
        sys.stdout.write(f"{rule}\n{shown}\n{rule}\n")
        return Sent()

    def close(self) -> None:
        """Nothing is held open."""
        self._closed = True


def _shown(text: str, kept: str = "") -> str:
    """Without what a terminal obeys instead of showing it."""
    obeyed = {"Cc", "Cs", "Zl", "Zp"}
    return "".join(
        " " if unicodedata.category(each) in obeyed and each not in kept else each for each in text
    )


def open_console(address: str) -> ConsoleChannel:
    """Open it. Raises `Invalid` naming `channel` for an address with anything behind the colon."""
    if address != "console:":
        raise Invalid("channel", f'must be "console:", with nothing behind it; got {address!r}', address)
    return ConsoleChannel()
