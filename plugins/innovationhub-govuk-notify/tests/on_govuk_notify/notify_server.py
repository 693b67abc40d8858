"""A stand-in for GOV.UK Notify, since there is none for tests but Notify itself, over the internet, with an account.

It is a real HTTP server, on loopback. Written from Notify's public documentation (alphagov/notifications-tech-docs,
June 2026) and its public API code (alphagov/notifications-api, August 2026), in its own words: the order in which a
request is judged (`judging`), the bodies of answers and errors, the listing by reference, the statuses, the receipts.
Not imitated: the words of Markdown and the characters of text messages as Notify renders them, letters, replies.

`faults` holds what goes wrong with the next requests, first come first served.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import attrs

from on_govuk_notify.judging import Account, Notification, Refusal, issuer_of, judge

__all__ = ["Fault", "NotifyServer", "drop", "refuse", "say"]

PAGE = 250


@attrs.frozen
class Fault:
    """What goes wrong with one request: instead of what was asked, or (`after`) once that was done."""

    do: Callable[[_Handler], None]
    method: str = "POST"
    after: bool = False


def refuse(status: int, error: str, message: str, *, method: str = "POST") -> Fault:
    """An error as Notify says it."""
    body = {"status_code": status, "errors": [{"error": error, "message": message}]}
    return Fault(lambda handler: handler.answer(status, body), method)


def say(
    status: int,
    text: bytes = b"<h1>Oh</h1>",
    *,
    method: str = "POST",
    headers: Sequence[tuple[str, str]] = (),
) -> Fault:
    """What somebody in between might answer."""
    return Fault(lambda handler: handler.raw(status, text, headers), method)


def drop(*, method: str = "POST", after: bool = False) -> Fault:
    """The line is cut without an answer."""
    return Fault(lambda handler: handler.hang_up(), method, after)


class NotifyServer:
    """Notify, with one service. Start it with `with`. With a `context` it speaks TLS."""

    def __init__(self, host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> None:
        self.account = Account()
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, str]] = []
        """The method and path of each request, in the order in which they came."""
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(host, context)
        self._server.notify = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def place(self) -> str:
        return "{}:{}".format(*self._server.server_address[:2])

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    @property
    def kept(self) -> list[Notification]:
        """What was sent, oldest first."""
        return self.account.kept

    def __enter__(self) -> NotifyServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._server.wait()

    def wait(self) -> None:
        """Until every request that was begun is dealt with, and its line closed."""
        self._server.wait()

    def fault(self, method: str, path: str) -> Fault | None:
        """Note a request, and take the fault that is its own."""
        with self._lock:
            self.requests.append((method, path))
            if self.faults and self.faults[0].method == method:
                return self.faults.popleft()
            return None

    def send(self, kind: str, token: str, text: bytes) -> dict[str, Any]:
        """Take one message. Raises `Refusal`."""
        with self._lock:
            made = judge(self.account, kind, token, text)
            self.account.kept.append(made)
            return made.created(self.url)

    def listing(self, token: str, query: str) -> dict[str, Any]:
        """A page of what was sent, newest first, of the same type of key. Raises `Refusal`."""
        with self._lock:
            key = self.account.key_of(token)
            asked = parse_qs(query)
            if strays := asked.keys() - {
                "reference",
                "status",
                "template_type",
                "older_than",
                "include_jobs",
            }:
                message = (
                    f"Additional properties are not allowed ({', '.join(sorted(strays))} was unexpected)"
                )
                raise Refusal(400, "ValidationError", message)
            page = [
                each
                for each in reversed(self.account.kept)
                if each.key == key
                and not each.simulated
                and ("reference" not in asked or each.reference == asked["reference"][0])
                and each.kind in asked.get("template_type", ["email", "sms"])
                and each.status in asked.get("status", [each.status])
            ][:PAGE]
            links = {"current": f"{self.url}/v2/notifications?{query}"}
            if page:
                links["next"] = f"{links['current']}&older_than={page[-1].id}"
            return {"notifications": [each.listed(self.url) for each in page], "links": links}


class _Server(HTTPServer):
    """Each connection has a thread of its own, and at the end all are waited for: nothing is left of a test."""

    notify: NotifyServer

    def __init__(self, host: str, context: ssl.SSLContext | None) -> None:
        super().__init__((host, 0), _Handler)
        self._context = context
        self._begun: list[threading.Thread] = []

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(target=self._serve, args=(request, client_address))
        self._begun.append(thread)
        thread.start()

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            if self._context is not None:
                request = self._context.wrap_socket(request, server_side=True)
            self.finish_request(request, client_address)
        except ssl.SSLError:
            pass  # the other side does not trust us
        finally:
            self.shutdown_request(request)

    def wait(self) -> None:
        while self._begun:
            self._begun.pop().join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True
    server: _Server
    timeout = 10

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = urlsplit(self.path).path.removeprefix("/v2/notifications/")
        if kind in {"email", "sms"}:
            self._serve(201, lambda token: self.server.notify.send(kind, token, text))
        else:
            self._serve(404, lambda _: {"result": "error", "message": "Not found"})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/v2/notifications":
            self._serve(200, lambda token: self.server.notify.listing(token, parts.query))
        else:
            self._serve(404, lambda _: {"result": "error", "message": "Not found"})

    def _serve(self, status: int, work: Callable[[str], dict[str, Any]]) -> None:
        fault = self.server.notify.fault(self.command, self.path)
        if fault is not None and not fault.after:
            fault.do(self)
            return
        try:
            body = work(issuer_of(self.headers.get("Authorization")))
        except Refusal as refusal:
            status, body = refusal.status, refusal.body()
        if fault is None:
            self.answer(status, body)
        else:
            fault.do(self)

    def answer(self, status: int, body: object) -> None:
        self.raw(status, json.dumps(body).encode(), [("Content-Type", "application/json")])

    def raw(self, status: int, text: bytes, headers: Sequence[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def hang_up(self) -> None:
        self.close_connection = True

    def stall(self) -> None:
        """Say nothing, and keep the line."""
        self.close_connection = True
        self.server.notify.stopping.wait()

    def drip(self) -> None:
        """Begin an answer that goes on, letter by letter, and never ends."""
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        try:
            while not self.server.notify.stopping.wait(0.02):
                self.wfile.write(b"x")
        except OSError:
            pass  # the other side has had enough

    def log_message(self, format: str, *args: object) -> None:
        """Tests say themselves what matters of a request."""
