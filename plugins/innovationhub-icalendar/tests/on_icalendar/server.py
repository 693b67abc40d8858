"""A calendar server for the tests: Radicale, on loopback, on a free port, with its files in a folder of the test's."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread, Timer

__all__ = ["radicale"]

PATIENCE = 60
"""Seconds that the server has to begin, and to end."""


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """The address of a server of its own, which is ended with the block, by its own process."""
    port = _free_port()
    command = [
        *(
            sys.executable,
            "-m",
            "radicale",
            "--config",
            "",
            "--auth-type",
            "none",
            "--rights-type",
            "owner_only",
        ),
        *("--storage-filesystem-folder", str(folder), "--server-hosts", f"127.0.0.1:{port}"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        try:
            _ready(server)
            # what it says from now on must not fill the pipe
            Thread(target=server.stderr.read if server.stderr else None, daemon=True).start()
            address = f"http://127.0.0.1:{port}/"
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # our own, on loopback
                assert answer.status == 200
            yield address
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _ready(server: subprocess.Popen[str]) -> None:
    """Wait for the line in which the server says that it listens."""
    assert server.stderr is not None
    # one that says nothing is ended, and then there is nothing more to read
    late = Timer(PATIENCE, server.kill)
    late.start()
    said = []
    try:
        for line in server.stderr:
            said.append(line)
            if "Radicale server ready" in line:
                return
    finally:
        late.cancel()
    raise AssertionError(f"the server did not begin: {''.join(said)}")
