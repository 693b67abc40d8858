"""What the broken channels share: the contract with a search that is quick, over a channel that keeps its word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import ClassVar
from unicodedata import category

import pytest
from hypothesis import Phase, settings

from innovationhub.errors import Invalid, Unavailable
from innovationhub.protocols.channel import (
    ChannelOpener,
    Later,
    Message,
    Never,
    Outcome,
    Recipient,
    Sent,
)
from innovationhub.testing.contracts.arrivals import Arrived
from innovationhub.testing.contracts.channel import ChannelContract

SECRET = "s3cret-w0rd"  # noqa: S105
NOBODY = Recipient("Bob Gone", "bob.gone@trust.example")


def clean(value: str) -> str:
    """A line without control characters or halves of characters."""
    return "".join(" " if category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in value)


class Box:
    """A good channel: what it is handed lies in `came`, as another side would have it."""

    came: ClassVar[list[Arrived]] = []

    def __init__(self, address: str) -> None:
        self.closed = False
        if not address.startswith("box://"):
            raise Invalid("channel", "must be an address such as box://key@here", "box")
        self.dead = address.endswith("dead")

    def send(self, message: Message) -> Outcome:
        """See `Channel.send`."""
        if self.closed:
            raise Unavailable("the channel is closed")
        if not message.to.email.strip():
            return Never("no address")
        if clean(message.to.email) != message.to.email or " " in message.to.email:
            return Never("no address that mail can go to")
        if message.to == NOBODY:
            return Never("550 5.1.1")
        if self.dead:
            return Later("nobody answers", timedelta(minutes=1), down=True)
        self.take(message)
        return Sent(message.key)

    def take(self, message: Message) -> None:
        """Let it arrive."""
        self.came.append(
            Arrived(message.to.email, message.text, clean(message.subject), {"to": message.to.email})
        )

    def close(self) -> None:
        """See `Channel.close`."""
        self.closed = True


class Broken(ChannelContract):
    """A broken channel, and the tests of the contract that have to catch it, each of them."""

    caught_by: ClassVar[tuple[str, ...]] = ()
    kind: ClassVar[type[Box]] = Box
    secrets = (SECRET,)
    bad_addresses = ("", "box:", f"{SECRET}://box")
    seconds = 2.0
    thoroughness = settings(ChannelContract.thoroughness, phases=[Phase.generate])

    @pytest.fixture(autouse=True)
    def _empty(self) -> Iterator[None]:
        Box.came.clear()
        yield
        Box.came.clear()

    def opener(self) -> ChannelOpener:
        return type(self).kind

    def address(self) -> str:
        return f"box://{SECRET}@here"

    def arrived(self) -> Sequence[Arrived]:
        return Box.came

    def refused(self) -> Recipient:
        return NOBODY

    def dead_address(self) -> str:
        return "box://dead"
