"""One connection to a mail server: greeted, in TLS, logged in; then messages, one after the other.

The conversation is the standard library's; what is added is a limit on everything. Each answer may take so long, and
the fuse ends the connection, whatever it is waiting for, when a message has taken too long altogether: a server that
sends a byte every second would keep within any limit on a single answer.
"""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Timer

from innovationhub.protocols.channel import Later, Outcome
from innovationhub_smtp.address import Address, Login
from innovationhub_smtp.outcomes import LOCKED_OUT, Reply, Step, meaning

__all__ = ["Conversation", "Fuse", "Gone", "Refusal"]

CONNECTING = 10.0
"""Seconds for one of a server's network addresses; of those the first few are tried."""

MOST_ADDRESSES = 4

LONGEST_REPLY = 100
"""Lines; the longest in use, those of EHLO, have some twenty."""


class Refusal(Exception):  # never leaves this package
    """The server said no: `outcome` is what that means for the message."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


class Gone(Exception):  # never leaves this package
    """The connection was lost: `why` says how, and `begun` whether the content was under way already."""

    def __init__(self, why: str, *, begun: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.begun = begun


class Fuse:
    """Ends whatever goes on over a socket when its time is over."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._blow)
        self._timer.daemon = True
        self._timer.start()

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return max(0.0, self._ends - time.monotonic())

    def guard(self, line: socket.socket) -> None:
        """Watch over this socket from now on. Raises `TimeoutError` when the time is over already."""
        with self._lock:
            self._socket = line
            if not self.left:
                raise TimeoutError

    def put_out(self) -> None:
        """What was to be done is done."""
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def _blow(self) -> None:
        with self._lock:
            if self._socket is not None:
                _end(self._socket)


def _end(line: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        line.shutdown(socket.SHUT_RDWR)


class Conversation:
    """One connection. `close` it when it is over; when it raises `Gone` it is."""

    def __init__(self, address: Address, fuse: Fuse) -> None:
        """Connect, speak TLS, log in. Raises `Refusal` or `Gone`."""
        self._address = address
        self.sent = 0
        self._smtp: smtplib.SMTP | None = None
        with _told("connecting"):
            self._plain = _connected(address, fuse)
        # the same connection under another number: TLS takes over the first, and this one can end both
        self._handle = self._plain.dup()
        try:
            fuse.guard(self._handle)
            line = self._wrapped(self._plain) if address.wrapped else self._plain
            self._smtp = self._speaking(line)
            self._greeted()
            self._introduced()
            if address.login:
                self._logged_in(address.login)
        except BaseException as error:
            self.close()
            if isinstance(error, TimeoutError):
                raise Gone("no answer in time") from None
            raise

    def resume(self, fuse: Fuse) -> None:
        """Let another fuse watch over it. Raises `Gone`."""
        with _told("sending"):
            fuse.guard(self._handle)

    def hand_over(self, sender: str, mailbox: str, content: bytes) -> None:
        """One message to one recipient. Raises `Refusal`, after which it can go on, or `Gone`."""
        sized = self._client.has_extn("size")
        self._told_to(f"MAIL FROM:<{sender}>{f' SIZE={len(content)}' if sized else ''}", Step.MAIL)
        self._told_to(f"RCPT TO:<{mailbox}>", Step.RCPT)
        with _told("the content", begun=True):
            try:
                code, text = self._client.data(content)
            except smtplib.SMTPDataError as error:
                code, text = error.smtp_code, _bytes(error.smtp_error)
                self._refuse(Reply.of(code, text), Step.DATA)
        if code == -1:
            raise Gone("no answer after the content", begun=True)
        reply = Reply.of(code, text)
        if not reply.good:
            self._refuse(reply, Step.CONTENT)
        self.sent += 1

    def start_again(self) -> None:
        """Forget a message that was refused half-way. Raises `Gone`."""
        with _told("RSET"):
            code, _ = self._client.rset()
        if code != 250:
            raise Gone("RSET was refused")

    def quit(self) -> None:
        """Take leave, without waiting for an answer, and close."""
        with suppress(OSError, smtplib.SMTPException):
            self._client.putcmd("quit")
        self.close()

    def close(self) -> None:
        """Let go of the connection. Closing twice is fine."""
        _end(self._handle)
        for each in (self._handle, self._plain, self._smtp):
            if each is not None:
                with suppress(OSError):
                    each.close()

    @property
    def _client(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise Gone("there is no connection")
        return self._smtp

    def _speaking(self, line: socket.socket) -> smtplib.SMTP:
        """The standard library's client over a connection that is there already."""
        helo = self._address.helo or _literal(line)
        made = smtplib.SMTP(local_hostname=helo, timeout=self._address.timeout)
        made.sock = line
        made.file = _Replies(line)
        return made

    def _greeted(self) -> None:
        with _told(Step.GREETING.value):
            code, text = self._client.getreply()
        if code != 220:
            self._refuse(Reply.of(code, text), Step.GREETING)

    def _wrapped(self, plain: socket.socket) -> ssl.SSLSocket:
        with _told("TLS"):
            return self._address.context().wrap_socket(plain, server_hostname=self._address.host)

    def _introduced(self) -> None:
        """EHLO, and TLS where it is not there yet. What was heard before TLS is forgotten (RFC 3207 §4.2)."""
        self._ehlo()
        if self._address.wrapped or not self._address.tls:
            return
        if not self._client.has_extn("starttls"):
            raise Refusal(Later("the server offers no STARTTLS", down=True))
        self._told_to("STARTTLS", Step.STARTTLS)
        # a new client, so that nothing that came in the clear is read as if it had come in TLS
        self._smtp = self._speaking(self._wrapped(self._plain))
        self._ehlo()

    def _ehlo(self) -> None:
        with _told(Step.EHLO.value):
            code, text = self._client.ehlo()
        if code != 250:
            self._refuse(Reply.of(code, text), Step.EHLO)

    def _logged_in(self, login: Login) -> None:
        """By PLAIN or LOGIN, in UTF-8: the standard library's own ways take ASCII only."""
        ways = self._client.esmtp_features.get("auth", "").upper().split()
        try:
            user, password = login.user, login.password()
        except (OSError, ValueError) as error:
            why = f"no password can be read ({type(error).__name__})"
            raise Refusal(Later(why, LOCKED_OUT, down=True)) from None
        if "PLAIN" in ways:
            self._told_to("AUTH PLAIN " + _encoded(f"\0{user}\0{password}"), Step.AUTH)
        elif "LOGIN" in ways:
            self._told_to("AUTH LOGIN", Step.AUTH, wanted=334)
            self._told_to(_encoded(user), Step.AUTH, wanted=334)
            self._told_to(_encoded(password), Step.AUTH)
        else:
            raise Refusal(Later("the server offers no way to log in that we know", LOCKED_OUT, down=True))

    def _told_to(self, command: str, step: Step, wanted: int = 0) -> None:
        with _told(step.value):
            code, text = self._client.docmd(command)
        reply = Reply.of(code, text)
        if reply.code != wanted if wanted else not reply.good:
            self._refuse(reply, step)

    def _refuse(self, reply: Reply, step: Step) -> None:
        if reply.code == -1:
            raise Gone(f"what came at {step.value} is no answer")
        raise Refusal(meaning(reply, step))


class _Replies:
    """Reads a server's replies, line by line, each with so many lines at most."""

    def __init__(self, line: socket.socket) -> None:
        self._file = line.makefile("rb")
        self._lines = 0

    def readline(self, limit: int) -> bytes:
        """The next line. Raises `OSError`."""
        text = self._file.readline(limit)
        self._lines = self._lines + 1 if text[3:4] == b"-" else 0
        if self._lines > LONGEST_REPLY:
            raise ConnectionError
        return text

    def close(self) -> None:
        """Let go of it."""
        self._file.close()


@contextmanager
def _told(what: str, *, begun: bool = False) -> Iterator[None]:
    """Say in our own words how a connection was lost: those of others may hold names and addresses."""
    try:
        yield
    except (OSError, EOFError, smtplib.SMTPException, UnicodeError) as error:
        raise Gone(f"{_reason(error)} at {what}", begun=begun) from None


def _reason(error: Exception) -> str:
    reasons: tuple[tuple[type[Exception], str], ...] = (
        (ssl.SSLCertVerificationError, "the certificate is not to be trusted"),
        (ssl.SSLError, "TLS failed"),
        (TimeoutError, "no answer in time"),
        (socket.gaierror, "no such host"),
        (ConnectionRefusedError, "connection refused"),
        (smtplib.SMTPServerDisconnected, "connection lost"),
        (ConnectionError, "connection lost"),
        (smtplib.SMTPResponseException, "no answer that can be read"),
    )
    # the standard library says "disconnected" for whatever went wrong, with the error itself behind it
    errors = [each for each in (error.__context__, error) if isinstance(each, Exception)]
    told = (words for each in errors for kind, words in reasons if isinstance(each, kind))
    return next(told, type(error).__name__)


def _connected(address: Address, fuse: Fuse) -> socket.socket:
    """A connection to the first of a server's network addresses that answers. Raises `OSError`."""
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    failed: OSError = TimeoutError()
    for family, kind, protocol, _, place in found[:MOST_ADDRESSES]:
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(max(0.001, min(CONNECTING, address.timeout, fuse.left)))
            line.connect(place)
            line.settimeout(address.timeout)
        except OSError as error:
            line.close()
            failed = error
        else:
            return line
    raise failed


def _literal(line: socket.socket) -> str:
    """This machine as its network address (RFC 5321 §4.1.3): its name may be nobody's business, and slow to find."""
    host = str(line.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{host}]" if ":" in host else f"[{host}]"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("ascii", "replace")
