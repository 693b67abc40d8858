"""The contract of channels, against a server that wants TLS and a password."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from innovationhub.protocols import ChannelOpener, Recipient
from innovationhub.testing import Arrived, ChannelContract
from innovationhub_smtp import open_smtp
from on_smtp.conftest import PASSWORD, QUOTED, Certificates, MakeServer

GONE = Recipient("Bob Gone", "bob.gone@trust.example")


class SmtpContract(ChannelContract):
    """Both ways to TLS."""

    wrapped = False
    secrets = (PASSWORD, QUOTED, "s3cret")
    bad_addresses = (
        "smtp:",
        "smtp://",
        "smtp://hub@",
        "smtp://mail.trust.example",
        "smtp://hub:s3cret@mail.trust.example",
        "smtp://hub:s3cret/x@mail.trust.example?from=hub@trust.example",
        "smtp://hub:s3cret@mail.trust.example?from=nobody",
        "smtp://hub:s3cret@mail.trust.example?from=hub@trust.example&tls=none",
        "smtp://hub@mail.trust.example?from=hub@trust.example",
        "http://hub:s3cret@mail.trust.example?from=hub@trust.example",
    )

    @pytest.fixture(autouse=True)
    def _server(self, make_server: MakeServer, certificates: Certificates) -> None:
        self.cafile = certificates.cafile
        self.server = make_server(
            context=certificates.context, wrapped=self.wrapped, users={"hub@trust.example": PASSWORD}
        )
        self.server.faults.rcpt = lambda to: f"550 5.1.1 <{to}> Bob is unknown" if to == GONE.email else ""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.dead = taken.getsockname()[1]  # nobody listens there once it is closed

    def opener(self) -> ChannelOpener:
        return open_smtp

    def _at(self, port: int) -> str:
        scheme = "smtps" if self.wrapped else "smtp"
        return (
            f"{scheme}://hub%40trust.example:{QUOTED}@127.0.0.1:{port}"
            f"?from=Innovation Hub <hub@trust.example>&cafile={self.cafile}"
        )

    def address(self) -> str:
        return self._at(self.server.port)

    def dead_address(self) -> str:
        return self._at(self.dead)

    def refused(self) -> Recipient:
        return GONE

    def arrived(self) -> Sequence[Arrived]:
        made = []
        for each in self.server.delivered:
            assert each.tls
            assert each.user == "hub@trust.example"
            body = each.parsed.get_body(("plain",))
            assert body is not None
            headers = {name.lower(): str(value) for name, value in each.parsed.items()}
            made.append(Arrived(each.to, body.get_content(), str(each.parsed["subject"]), headers))
        return made


class TestStartTls(SmtpContract):
    """`smtp://`: in the clear first, then in TLS."""


class TestWrapped(SmtpContract):
    """`smtps://`: in TLS from the start."""

    wrapped = True
