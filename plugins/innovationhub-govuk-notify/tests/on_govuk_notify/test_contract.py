"""The contract of channels, by e-mail and by text, against the stand-in for Notify."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from innovationhub.domain.messages import Never, Recipient
from innovationhub.protocols import ChannelOpener
from innovationhub.testing import Arrived, ChannelContract
from innovationhub.testing.contracts.arrivals import TEXTS, message
from innovationhub_govuk_notify import open_govuk_notify
from on_govuk_notify.conftest import KEY, address_of
from on_govuk_notify.judging import EMAIL, KEYS, LONGEST_TEXT
from on_govuk_notify.notify_server import NotifyServer

WRONG = (
    f"key={KEY}&template={EMAIL}",
    f"key_env={KEY}",
    f"key_file={KEY}",
    f"key_env=NOTIFY_KEY&template={KEY}",
)


class NotifyContract(ChannelContract):
    """Both ways to people."""

    by: ClassVar[str]
    secrets = (KEY, KEYS["live"])

    @pytest.fixture(autouse=True)
    def _notify(self, key: str) -> Iterator[None]:
        with NotifyServer() as self.notify, socket.create_server(("127.0.0.1", 0)) as taken:
            self.dead = taken.getsockname()[1]
            taken.close()  # nobody listens there from now on
            yield

    def opener(self) -> ChannelOpener:
        return open_govuk_notify

    def address(self) -> str:
        return address_of(self.notify.place, self.by)

    def dead_address(self) -> str:
        return address_of(f"127.0.0.1:{self.dead}", self.by)

    def refused(self) -> Recipient:
        return Recipient("Bob Gone", "bob@gone", "12345")

    def arrived(self) -> Sequence[Arrived]:
        return [
            Arrived(each.to, each.body, each.subject if each.kind == "email" else None)
            for each in self.notify.kept
        ]


class TestEmail(NotifyContract):
    """`govuk-notify-email:`."""

    by = "email"
    bad_addresses = ("govuk-notify-email:", *(f"govuk-notify-email://?{each}" for each in WRONG))


class TestText(NotifyContract):
    """`govuk-notify-text:`."""

    by = "text"
    bad_addresses = ("govuk-notify-text:", *(f"govuk-notify-text://?{each}" for each in WRONG))

    @pytest.mark.parametrize("what", TEXTS)
    def test_awkward_text_arrives_as_sent(self, what: str) -> None:
        """Letter for letter where it fits into a text message; what does not is refused, and never cut."""
        if len(TEXTS[what]) <= LONGEST_TEXT:
            super().test_awkward_text_arrives_as_sent(what)
            return
        outcome = self.sent(self.opened(), message(what, self.recipient, text=TEXTS[what]))
        assert outcome == Never("400 BadRequestError: the message is too long")
        assert self.arrived() == []
