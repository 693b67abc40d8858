"""A line between a client and a server that can be cut at the right moment."""

from __future__ import annotations

import contextlib
import socket
from threading import Lock, Thread

__all__ = ["Proxy"]

BEFORE = "before the server has heard of the commit"
AFTER = "when the server has answered it"

DONE = b"COMMIT\x00"
"""In what the server says: a commit is done."""


class Proxy:
    """Listens on loopback, hands everything on to a Unix socket, and cuts where it is told."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.cut_next = ""
        self.refuse = False
        self.cuts = 0
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.refuse:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._target)
            with self._lock:
                self._open |= {client, server}
            for way in ((client, server, True), (server, client, False)):
                thread = Thread(target=self._pump, args=way)
                self._threads.append(thread)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, to_server: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if (to_server and self.cut_next == BEFORE) or (
                    not to_server and self.cut_next == AFTER and DONE in data
                ):
                    self.cuts += 1
                    self.cut_next = ""
                    break
                sink.sendall(data)
        self._cut(source, sink)

    def _cut(self, *ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Cut what is open now; what comes later gets through."""
        with self._lock:
            self.cuts += 1
            self._cut(*self._open)

    def close(self) -> None:
        """Cut everything, and wait until nothing is left of it."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._threads[0].join(30)
        with self._lock:
            self._cut(*self._open)
        for thread in self._threads[1:]:
            thread.join(30)
        for end in self._open:
            end.close()
