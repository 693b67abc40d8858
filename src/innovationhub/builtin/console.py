"""The console channel: messages as text on standard output, for trying things out and for logs.

console:            every message, as it would be read
"""

from __future__ import annotations

import sys

from innovationhub.errors import Invalid
from innovationhub.protocols.channel import Message, Never, Outcome, Sent

__all__ = ["ConsoleChannel", "open_console"]


class ConsoleChannel:
    """Prints messages. Nobody is reached by it but whoever looks."""

    def send(self, message: Message) -> Outcome:
        """Print it. `Never` where the person has no e-mail address: as a channel that sends would answer."""
        if not message.to.email:
            return Never("no e-mail address")
        to = f"{message.to.name} <{message.to.email}>" if message.to.name else message.to.email
        rule = "-" * 60
        sys.stdout.write(f"{rule}\nTo: {to}\nSubject: {message.subject}\n\n{message.text}{rule}\n")
        return Sent()

    def close(self) -> None:
        """Nothing is held open."""


def open_console(address: str) -> ConsoleChannel:
    """Open it. Raises `Invalid` naming `channel` for an address with anything behind the colon."""
    if address != "console:":
        raise Invalid("channel", f'must be "console:", with nothing behind it; got {address!r}', address)
    return ConsoleChannel()
