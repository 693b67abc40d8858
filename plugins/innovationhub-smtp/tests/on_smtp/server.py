"""A real mail server on loopback (aiosmtpd), in a thread of its own, that can be told how to misbehave."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any

import attrs
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

SECONDS = 20


@attrs.define
class Delivered:
    """One message as the server has it."""

    sender: str
    to: str
    content: bytes
    tls: bool
    user: str

    @property
    def parsed(self) -> EmailMessage:
        """Read by the standard library, strictly."""
        made = message_from_bytes(self.content, policy=policy.default.clone(raise_on_defect=True))
        assert isinstance(made, EmailMessage)
        return made


@attrs.define
class Faults:
    """How the server misbehaves: answers that are given instead of the right ones, and commands that end badly."""

    mail: str = ""
    rcpt: Callable[[str], str] = lambda _: ""
    content: str = ""
    greeting: bytes = b""
    once: bool = False
    """Whether `mail` and `content` are answered so only once."""
    stall_at: str = ""
    """A command that is never answered."""
    hang_up_at: str = ""
    """A command at which the connection is cut; CONTENT is in the middle of it, TAKEN when it was taken, unanswered."""
    injected: str = ""
    """What is said in the clear behind the answer to STARTTLS, for a client that reads it as if it came in TLS."""
    chatter_at: str = ""
    """A command that is answered by lines without end."""


class _Conversation(SMTP):
    """aiosmtpd's, with faults."""

    server: MailServer

    async def _handle_client(self) -> None:
        faults = self.server.faults
        self.server.connections += 1
        if faults.greeting:
            assert self._writer is not None
            self._writer.write(faults.greeting)
            await self._writer.drain()
            self.cut()
            return
        await super()._handle_client()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.server.live.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.server.live.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.abort()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  # aiosmtpd finds commands by name
        self.server.hellos.append(hostname)
        await self._faulty("EHLO")
        await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        await self._faulty("AUTH")
        await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        await self._faulty("MAIL")
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await self._faulty("RCPT")
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        await self._faulty("DATA")
        if self.server.faults.hang_up_at == "CONTENT":
            await self.push("354 go on")
            assert self._reader is not None
            await self._reader.readline()
            self.cut()
            return
        await super().smtp_DATA(arg)

    async def push(self, status: Any) -> None:
        if self.server.faults.injected and str(status).startswith("220 Ready to start TLS"):
            status = f"{status}\r\n{self.server.faults.injected}"
        await super().push(status)

    async def _faulty(self, command: str) -> None:
        faults = self.server.faults
        self.server.commands.append(command)
        if faults.stall_at == command:
            await asyncio.get_running_loop().create_future()
        if faults.hang_up_at == command:
            if faults.once:
                faults.hang_up_at = ""
            self.cut()
            await asyncio.get_running_loop().create_future()
        while faults.chatter_at == command:
            await self.push("250-and more")


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._taken("mail")
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.server.faults.rcpt(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self._taken("content")
        if answer:
            return answer
        assert isinstance(envelope.content, bytes)
        for to in envelope.rcpt_tos:
            user = session.auth_data if isinstance(session.auth_data, str) else ""
            tls = session.ssl is not None or self.server.wrapped
            self.server.delivered.append(Delivered(envelope.mail_from or "", to, envelope.content, tls, user))
        if self.server.faults.hang_up_at == "TAKEN":
            assert isinstance(server, _Conversation)
            server.cut()
            await asyncio.get_running_loop().create_future()
        return "250 2.0.0 OK: queued as 4F8D1"

    def _taken(self, name: str) -> str:
        answer = str(getattr(self.server.faults, name))
        if self.server.faults.once:
            setattr(self.server.faults, name, "")
        return answer


class MailServer:
    """A server at `port`. What it took is in `delivered`, in order; `faults` may be changed between two messages."""

    def __init__(
        self,
        *,
        context: ssl.SSLContext | None = None,
        wrapped: bool = False,
        users: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        self.faults = Faults()
        self.delivered: list[Delivered] = []
        self.commands: list[str] = []
        self.hellos: list[str] = []
        self.connections = 0
        self.wrapped = wrapped
        self._context = context
        self._options = options
        if users is not None:
            self._options |= {"auth_required": True, "authenticator": self._authenticator(users)}
        if context is not None and not wrapped:
            self._options |= {"tls_context": context, "require_starttls": True}
        if wrapped:
            self._options |= {"auth_require_tls": False}
        self._loop = asyncio.new_event_loop()
        self.live: set[_Conversation] = set()
        self._stop: asyncio.Event
        self._ready = Event()
        self.port = 0
        self._thread = Thread(target=self._run, daemon=True)

    def _authenticator(self, users: dict[str, str]) -> Callable[..., AuthResult]:
        def check(
            server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
        ) -> AuthResult:
            user, password = data.login.decode(), data.password.decode()
            good = users.get(user) == password
            return AuthResult(success=good, handled=False, auth_data=user)

        return check

    def _make(self) -> SMTP:
        with warnings.catch_warnings():
            # it does not know that TLS is there from the start, and warns of passwords in the clear
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
            made = _Conversation(_Handler(self), loop=self._loop, **self._options)
        made.server = self
        return made

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        wrapping = self._context if self.wrapped else None
        server = await self._loop.create_server(self._make, "127.0.0.1", 0, ssl=wrapping)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        await self._cut()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def hang_up(self) -> None:
        """Cut every connection, as a server does with those that are idle; returns when that is done."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(SECONDS)

    async def _cut(self) -> None:
        for made in list(self.live):
            made.cut()
        while self.live:
            await asyncio.sleep(0)  # a turn of the loop
        await asyncio.sleep(0)  # the one in which the socket is closed

    @contextmanager
    def running(self) -> Iterator[MailServer]:
        """Serve while inside."""
        self._thread.start()
        assert self._ready.wait(SECONDS)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(SECONDS)
            assert not self._thread.is_alive()
