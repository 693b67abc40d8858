"""Connections that are kept, closed, lost, refused; and servers that do not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from innovationhub.protocols import Later, Never, Outcome, Recipient, Sent
from innovationhub.testing.contracts.arrivals import message
from innovationhub.testing.patience import Patience
from innovationhub_smtp import channel as module
from innovationhub_smtp.address import parse_address
from innovationhub_smtp.channel import AGE, IDLE, SmtpChannel
from innovationhub_smtp.outcomes import GREYLISTED
from on_smtp.conftest import MakeServer, plain
from on_smtp.server import Faults, MailServer

ADA = Recipient("Ada Obi", "ada.obi@trust.example")
BOB = Recipient("Bob Gone", "bob.gone@trust.example")


class Hand:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def opened(url: str, **options: Any) -> Iterator[SmtpChannel]:
    made = SmtpChannel(parse_address(url), **options)
    try:
        yield made
    finally:
        made.close()


def said(channel: SmtpChannel, key: str, to: Recipient = ADA, **changed: object) -> Outcome:
    """What became of a message, in bounded time."""
    return Patience(20).call("send", lambda: channel.send(message(key, to, **changed)))


def assert_sent(channel: SmtpChannel, *keys: str) -> None:
    for key in keys:
        assert isinstance(said(channel, key), Sent)


def test_a_connection_is_kept(server: MailServer) -> None:
    """One for many messages; what it is called at the server is the Message-ID."""
    with opened(plain(server)) as channel:
        assert_sent(channel, "1", "2", "3")
        outcome = said(channel, "4")
    assert server.connections == 1
    assert outcome == Sent(server.delivered[-1].parsed["Message-ID"])
    assert [each.sender for each in server.delivered] == ["hub@trust.example"] * 4


def test_a_connection_is_kept_for_so_many_messages(server: MailServer) -> None:
    """Then another one is opened."""
    with opened(plain(server, messages="2")) as channel:
        assert_sent(channel, *"12345")
    assert server.connections == 3


@pytest.mark.parametrize(
    ("step", "times", "connections"), [(IDLE + 1, 1, 2), (IDLE - 1, 30, 3), (1.0, 30, 1)]
)
def test_a_connection_is_kept_for_some_time(
    server: MailServer, step: float, times: int, connections: int
) -> None:
    """Not when it was idle for long, nor when it is old."""
    clock = Hand()
    with opened(plain(server), monotonic=clock) as channel:
        assert_sent(channel, "first")
        for number in range(times):
            clock.now += step
            assert_sent(channel, f"{number}")
    assert server.connections == connections
    assert times * step < AGE * connections


def test_a_connection_that_the_server_closed_is_opened_again(server: MailServer) -> None:
    """Unseen: the message is sent once."""
    with opened(plain(server)) as channel:
        assert_sent(channel, "1")
        server.hang_up()
        assert_sent(channel, "2")
    assert (server.connections, len(server.delivered)) == (2, 2)


@pytest.mark.parametrize(
    "fault", [Faults(mail="421 4.4.2 idle", once=True), Faults(hang_up_at="RCPT", once=True)]
)
def test_a_connection_that_has_had_its_day_is_opened_again(server: MailServer, fault: Faults) -> None:
    """Whether the server says so, or hangs up in the middle of the next message."""
    with opened(plain(server)) as channel:
        assert_sent(channel, "1")
        server.faults = fault
        assert_sent(channel, "2")
    assert (server.connections, len(server.delivered)) == (2, 2)


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT"])
def test_a_new_connection_that_is_lost_is_the_servers_fault(server: MailServer, command: str) -> None:
    """And tried once for each message, no more."""
    server.faults.hang_up_at = command
    with opened(plain(server)) as channel:
        assert said(channel, "1") == Later(f"connection lost at {command}", down=True)
        assert server.connections == 1
        server.faults.hang_up_at = ""
        assert_sent(channel, "1")


@pytest.mark.parametrize(("where", "taken"), [("CONTENT", 0), ("TAKEN", 1)])
def test_a_connection_lost_after_the_content_leaves_it_open(
    server: MailServer, where: str, taken: int
) -> None:
    """It may have gone out, so it is not sent again at once; when it is, it has the same Message-ID."""
    with opened(plain(server)) as channel:
        assert_sent(channel, "before")
        server.faults.hang_up_at = where
        outcome = said(channel, "1")
        assert outcome == Later("connection lost at the content; it may have gone out")
        assert len(server.delivered) == 1 + taken
        server.faults.hang_up_at = ""
        again = said(channel, "1", attempt=2)
        assert isinstance(again, Sent)
    assert {each.parsed["Message-ID"] for each in server.delivered[1:]} == {again.reference}
    assert len(server.delivered) == 2 + taken


def test_a_refusal_leaves_the_connection_as_it_is(server: MailServer) -> None:
    """The next one goes out on it."""
    server.faults.rcpt = lambda to: f"550 5.1.1 <{to}> unknown" if to == BOB.email else ""
    with opened(plain(server)) as channel:
        assert said(channel, "1", BOB) == Never("550 5.1.1 at RCPT")
        assert_sent(channel, "2")
        assert said(channel, "3", BOB) == Never("550 5.1.1 at RCPT")
        assert_sent(channel, "4")
    assert server.connections == 1
    assert [each.to for each in server.delivered] == [ADA.email] * 2


def test_greylisting_is_waited_for(server: MailServer) -> None:
    """Then it is taken."""
    seen: list[str] = []

    def greylist(to: str) -> str:
        seen.append(to)
        return "451 4.7.1 Greylisted" if seen.count(to) == 1 else ""

    server.faults.rcpt = greylist
    with opened(plain(server)) as channel:
        assert said(channel, "1") == Later("451 4.7.1 at RCPT", GREYLISTED)
        assert_sent(channel, "1")
    assert len(server.delivered) == 1


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("554 5.7.1 spam from <ada.obi@trust.example>", Never("554 5.7.1 at the content")),
        ("451 4.3.0 full", Later("451 4.3.0 at the content", GREYLISTED)),
    ],
)
def test_content_can_be_refused(server: MailServer, reply: str, outcome: Outcome) -> None:
    """For good, or for now; the connection stays."""
    server.faults.content = reply
    with opened(plain(server)) as channel:
        assert said(channel, "1") == outcome
        server.faults.content = ""
        assert_sent(channel, "2")
    assert server.connections == 1


def test_nonsense_after_the_content_leaves_it_open(server: MailServer) -> None:
    """What is no answer says neither yes nor no."""
    server.faults.content = "thank you"
    with opened(plain(server)) as channel:
        assert said(channel, "1") == Later("no answer after the content; it may have gone out")
        server.faults.content = ""
        assert_sent(channel, "2")


def test_what_is_too_large_is_never_taken(make_server: MakeServer) -> None:
    """A server says how much it takes, and is told the size before it has to read it."""
    server = make_server(data_size_limit=20_000)
    with opened(plain(server)) as channel:
        assert said(channel, "1", text="x" * 30_000) == Never("552 at MAIL")
        assert "DATA" not in server.commands
        assert_sent(channel, "2")


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_does_not_answer_is_left(server: MailServer, command: str) -> None:
    """After the time for an answer; a kept connection is tried anew once."""
    server.faults.stall_at = command
    with opened(plain(server, timeout="0.3")) as channel:
        outcome = said(channel, "1")
        assert isinstance(outcome, Later)
        assert outcome.why.startswith("no answer in time")
        assert outcome.down == (command != "DATA")
        server.faults.stall_at = ""
        assert_sent(channel, "1")


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_no_message_takes_longer_than_it_may(server: MailServer, command: str) -> None:
    """However patient each single wait is, the fuse ends it."""
    server.faults.stall_at = command
    with opened(plain(server), deadline=0.3) as channel:
        outcome = said(channel, "1")
        assert isinstance(outcome, Later)
        assert outcome.why.startswith("no answer in time")


def test_no_message_takes_longer_than_it_may_in_tls(make_server: MakeServer, certificates: Any) -> None:
    """The fuse works below TLS, also while that is being agreed upon."""
    server = make_server(context=certificates.context)
    server.faults.stall_at = "MAIL"
    url = f"smtp://127.0.0.1:{server.port}?from=hub@trust.example&cafile={certificates.cafile}"
    with opened(url, deadline=0.5) as channel:
        assert said(channel, "1") == Later("no answer in time", down=True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # connections are taken in by the system, and nobody speaks TLS to them
        silent_url = f"smtps://127.0.0.1:{silent.getsockname()[1]}?from=hub@trust.example"
        with opened(silent_url, deadline=0.3) as channel:
            assert said(channel, "1") == Later("no answer in time", down=True)


def test_a_server_that_talks_without_end_is_left(server: MailServer) -> None:
    """A reply has so many lines, and no more."""
    server.faults.chatter_at = "MAIL"
    with opened(plain(server)) as channel:
        assert said(channel, "1") == Later("connection lost at MAIL", down=True)


@pytest.mark.parametrize(
    ("greeting", "why"),
    [
        (b"554 5.3.2 no mail here\r\n", "554 5.3.2 at the greeting"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "what came at the greeting is no answer"),
        (b"220" + b"x" * 20_000 + b"\r\n", "no answer that can be read at the greeting"),
        (b"\x16\x03\x01\xff\xfe\r\n", "what came at the greeting is no answer"),
    ],
)
def test_what_is_no_mail_server_is_down(server: MailServer, greeting: bytes, why: str) -> None:
    """No recipient is to blame."""
    server.faults.greeting = greeting
    with opened(plain(server)) as channel:
        assert said(channel, "1") == Later(why, down=True)


def test_a_server_that_is_not_there_is_down(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name or by number; of several numbers another one will do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        dead = taken.getsockname()
    with opened(f"smtp://127.0.0.1:{dead[1]}?from=hub@trust.example") as channel:
        assert said(channel, "1") == Later("connection refused at connecting", down=True)

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with monkeypatch.context() as patch, opened("smtp://no.example?from=hub@trust.example") as channel:
        patch.setattr(socket, "getaddrinfo", unknown)
        assert said(channel, "1") == Later("no such host at connecting", down=True)

    def several(dead_ones: int) -> Any:
        places = [dead] * dead_ones + [("127.0.0.1", server.port)]
        return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]

    for dead_ones, sent in ((3, True), (4, False)):
        with monkeypatch.context() as patch, opened(plain(server)) as channel:
            patch.setattr(socket, "getaddrinfo", several(dead_ones))
            assert isinstance(said(channel, f"{dead_ones}"), Sent) == sent


def test_the_same_key_is_sent_once(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as it is remembered; a channel that is opened anew does not know, and sends with the same Message-ID."""
    monkeypatch.setattr(module, "REMEMBERED", 2)
    with opened(plain(server)) as channel:
        first = said(channel, "1")
        assert said(channel, "1", attempt=2) == first
        assert len(server.delivered) == 1
        assert_sent(channel, "2", "3", "1")
        assert len(server.delivered) == 4
    with opened(plain(server)) as channel:
        assert said(channel, "1") == first
    assert len(server.delivered) == 5


def test_it_says_who_it_is_by_number_or_as_told(server: MailServer) -> None:
    """The machine's own name may be nobody's business, and may take long to find out."""
    for options in ({}, {"helo": "app.trust.example"}):
        with opened(plain(server, **options)) as channel:
            assert_sent(channel, "1")
    assert server.hellos == ["[127.0.0.1]", "app.trust.example"]


def test_a_closed_channel_is_closed(server: MailServer) -> None:
    """Twice is fine; nothing goes out afterwards, and nothing is opened."""
    with opened(plain(server)) as channel:
        assert_sent(channel, "1")
        channel.close()
        assert said(channel, "2") == Later("the channel is closed", down=True)
    assert (server.connections, len(server.delivered)) == (1, 1)
