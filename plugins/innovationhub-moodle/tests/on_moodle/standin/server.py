"""The stand-in's HTTP: a server on a free port of loopback, with faults that a test can ask for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, quoteattr

import attrs

from on_moodle.recordings import calls
from on_moodle.standin.errors import MoodleError
from on_moodle.standin.site import MODES, Site

__all__ = ["Fault", "StandIn"]

PATH = "/webservice/rest/server.php"
OURS = {"wstoken", "wsfunction", "moodlewsrestformat", "moodlewssettingraw"}
LONGEST_WAIT = 60.0
"""How long a held answer is held at most, should a test forget to release it."""


@attrs.frozen
class Fault:
    """What goes wrong with one call.

    `done`: whether the function runs first. Then the answer is held until the test is over (`hold`), the connection is
    cut (`cut`), or this `reply` (status, content type, body) comes in its place.
    """

    done: bool = False
    hold: bool = False
    cut: bool = False
    reply: tuple[int, str, bytes] | None = None


@attrs.frozen
class Seen:
    """A call that came: which function, with which parameters (the token left out)."""

    function: str
    params: dict[str, str]


class StandIn:
    """A site and the server in front of it. `url` is where it is; use it as a context manager.

    `plan` says what goes wrong with the first call, the second, and so on; `once` with the next call of a function.
    """

    def __init__(self, token: str, clock: Callable[[], int]) -> None:
        self.site = Site(token, clock)
        self.seen: list[Seen] = []
        self.bodies: list[bytes] = []
        self.plan: dict[int, Fault] = {}
        self._faults: dict[str, list[Fault]] = {}
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def once(self, function: str, fault: Fault) -> None:
        """The next call of that function goes wrong; further ones queue behind it."""
        self._faults.setdefault(function, []).append(fault)

    @property
    def pending(self) -> list[str]:
        """The functions whose faults have not come about yet."""
        return [function for function, faults in self._faults.items() if faults]

    def count(self, function: str) -> int:
        """How often that function was called."""
        return sum(seen.function == function for seen in self.seen)

    def take(self, content_type: str, body: bytes) -> tuple[int, str, bytes] | None:
        """A request's answer, None for a connection that is cut."""
        form = content_type.split(";", maxsplit=1)[0].strip() == "application/x-www-form-urlencoded"
        pairs = parse_qsl(body.decode(), keep_blank_values=True) if form else []
        ours = {name: value for name, value in pairs if name in OURS}
        given = [(name, value) for name, value in pairs if name not in OURS]
        function = ours.get("wsfunction", "")
        as_json = ours.get("moodlewsrestformat") == "json"
        with self._lock:
            self.seen.append(Seen(function, dict(given)))
            self.bodies.append(body)
            waiting = self._faults.get(function)
            fault = waiting.pop(0) if waiting else self.plan.get(len(self.seen))
        answer = None
        if fault is None or fault.done:
            answer = self._answer(function, ours.get("wstoken", ""), given, as_json)
        if fault is not None and fault.hold:
            self._released.wait(LONGEST_WAIT)
        if fault is not None and (fault.cut or fault.hold):
            return None
        return fault.reply if fault is not None and fault.reply else answer

    def _answer(
        self, function: str, token: str, given: list[tuple[str, str]], as_json: bool
    ) -> tuple[int, str, bytes]:
        if self.site.mode != MODES[0]:
            call = next(call for call in calls() if call.label == self.site.mode)
            text = call.answer if isinstance(call.answer, str) else json.dumps(call.answer)
            return call.http, call.content_type, text.encode()
        try:
            value, failed = self.site.answer(function, token, given), False
        except MoodleError as error:
            value, failed = error.body, True
        if as_json:
            return 200, "application/json", json.dumps(value).replace("/", "\\/").encode()
        xml = _exception(value) if failed else f"<RESPONSE>\n{_xml(value)}</RESPONSE>\n"
        return (
            200,
            "application/xml; charset=utf-8",
            f'<?xml version="1.0" encoding="UTF-8" ?>\n{xml}'.encode(),
        )


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        inner = "".join(f"<KEY name={quoteattr(name)}>{_xml(each)}</KEY>\n" for name, each in value.items())
        return f"<SINGLE>\n{inner}</SINGLE>\n"
    if isinstance(value, list):
        return f"<MULTIPLE>\n{''.join(_xml(each) for each in value)}</MULTIPLE>\n"
    if value is None:
        return '<VALUE null="null"/>\n'
    return f"<VALUE>{escape(str(int(value) if isinstance(value, bool) else value))}</VALUE>\n"


def _exception(body: dict[str, str]) -> str:
    inner = "".join(
        f"<{name.upper()}>{escape(body[name])}</{name.upper()}>\n" for name in ("errorcode", "message")
    )
    return f"<EXCEPTION class={quoteattr(body['exception'])}>\n{inner}</EXCEPTION>\n"


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # head and body go out as one packet: apart, the second would wait for the other side's word on the first
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            if self.path != PATH:
                self._send(404, "text/html; charset=utf-8", b"<html><body>Not found</body></html>")
                return
            answer = stand_in.take(self.headers.get("content-type", ""), body)
            if answer is None:
                self.close_connection = True
            else:
                self._send(*answer)

        def _send(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            if status in {301, 302, 307, 308}:
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
