"""Three PostgreSQL nodes under Patroni on loopback, each in a folder of its own; leaders can be killed.

Patroni keeps its agreement in its own Raft store, so that everything comes from the package index; that store is
deprecated, and for tests only: a deployment has etcd. Patroni and PostgreSQL are never run as root: there they run as
`nobody`, with the one capability that lets that user read this Python and the programs wherever they are.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from on_postgresql.server import programs

__all__ = ["Cluster", "Node", "until"]

STARTING = 180
"""Seconds within which three nodes are up, or one is back."""

TIMES = {"ttl": 30, "loop_wait": 10, "retry_timeout": 10}
"""Patroni's own, as they are unless told."""


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until it holds; a failure when it does not in time. Nothing else tells: Patroni is asked again and again."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.2)


def free_ports(number: int) -> list[int]:
    """Ports of loopback that nobody uses now."""
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in listening]
    for each in listening:
        each.close()
    return ports


def processes() -> dict[int, tuple[int, str]]:
    """All that run on this machine: the parent and the program of each."""
    command = ["ps", "-A", "-o", "pid=,ppid=,stat=,comm="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()]
    return {int(pid): (int(parent), program) for pid, parent, state, program in rows if state[0] != "Z"}


class Node:
    """One node: Patroni, and the PostgreSQL that it keeps."""

    def __init__(self, folder: Path, name: str, ports: Sequence[int], partners: Sequence[int]) -> None:
        self.folder, self.name = folder, name
        self.port, self.rest, self.raft = ports
        self.data = folder / "data"
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        (folder / "patroni.json").write_text(json.dumps(self._settings(partners)), encoding="utf-8")

    def _settings(self, partners: Sequence[int]) -> dict[str, object]:
        found = programs()
        assert found
        local = "127.0.0.1"
        return {
            "scope": "hub",
            "name": self.name,
            "log": {"level": "INFO"},
            "restapi": {"listen": f"{local}:{self.rest}", "connect_address": f"{local}:{self.rest}"},
            "raft": {
                "data_dir": str(self.folder / "raft"),
                "self_addr": f"{local}:{self.raft}",
                "partner_addrs": [f"{local}:{port}" for port in partners],
            },
            "bootstrap": {
                "dcs": TIMES
                | {
                    "synchronous_mode": True,
                    "synchronous_mode_strict": True,
                    "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 60}},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"{local}:{self.port}",
                "connect_address": f"{local}:{self.port}",
                "data_dir": str(self.data),
                "bin_dir": str(found),
                "pgpass": str(self.folder / "pgpass"),
                "authentication": {
                    "superuser": {"username": "hub"},
                    "replication": {"username": "standby"},
                    "rewind": {"username": "rewind"},
                },
                "parameters": {"unix_socket_directories": str(self.folder)},
                "pg_hba": [
                    "local all all trust",
                    f"host all all {local}/32 trust",
                    f"host replication all {local}/32 trust",
                ],
            },
            "watchdog": {"mode": "off"},
        }

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL."""
        command = [sys.executable, "-m", "patroni", str(self.folder / "patroni.json")]
        if os.geteuid() == 0:
            command = [*self._as_nobody(), *command]
        with (self.folder / "patroni.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "HOME": str(self.folder)},
            )

    def _as_nobody(self) -> list[str]:
        program = shutil.which("setpriv")
        assert program, "as root this needs setpriv (of util-linux)"
        for place in (self.folder, *self.folder.rglob("*")):
            shutil.chown(place, "nobody")
        who = ["--reuid=nobody", f"--regid={self.folder.stat().st_gid}", "--clear-groups"]
        return [program, *who, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]

    def kill(self, *, server: bool = True) -> None:
        """With -9: Patroni, and all of PostgreSQL too unless told, as when a machine fails."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(60)
            self.process = None
        if server:
            self._kill_server()

    def _kill_server(self) -> None:
        """The postmaster, and every process that it has begun."""
        file = self.data / "postmaster.pid"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if len(lines) < 2 or lines[1] != str(self.data):
            return
        postmaster = int(lines[0])
        running = processes()
        if "postgres" not in running.get(postmaster, (0, ""))[1]:
            return  # the file was left behind
        everybody = [postmaster, *(pid for pid, (parent, _) in running.items() if parent == postmaster)]
        for pid in everybody:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not processes().keys() & set(everybody), 60, "what was killed has gone")

    def asked(self, path: str) -> Any:
        """What Patroni answers; None when it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest}/{path}", timeout=3) as answer:
                return json.load(answer)
        except (OSError, ValueError, urllib.error.URLError):
            return None

    def log(self) -> str:
        """The end of what Patroni and PostgreSQL said."""
        file = self.folder / "patroni.log"
        return file.read_text(encoding="utf-8", errors="replace")[-4000:] if file.exists() else ""


class Cluster:
    """Three nodes, of which two must have every commit."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ihub-cluster-"))
        self.folder.chmod(0o755)
        ports = free_ports(9)
        rafts = ports[6:]
        self.nodes = [
            Node(
                self.folder / f"pg{place + 1}",
                f"pg{place + 1}",
                ports[place::3],
                [port for port in rafts if port != rafts[place]],
            )
            for place in range(3)
        ]

    def start(self) -> None:
        """Start all three, and return when bookings can be taken."""
        for node in self.nodes:
            node.start()
        self.whole()

    def states(self) -> dict[str, str]:
        """The role of each node that runs, as the first that answers sees it."""
        for node in self.nodes:
            answer = node.asked("cluster") if node.process else None
            if answer:
                up = {"running", "streaming"}
                return {each["name"]: each["role"] for each in answer["members"] if each["state"] in up}
        return {}

    def is_whole(self) -> bool:
        """Whether one leads and two follow, one of them at every commit."""
        return sorted(self.states().values()) == ["leader", "replica", "sync_standby"]

    def whole(self) -> None:
        """Wait until it is."""
        try:
            until(self.is_whole, STARTING, "one leader, one synchronous standby, one replica")
        except AssertionError as error:
            logs = "\n".join(f"--- {node.name}\n{node.log()}" for node in self.nodes)
            raise AssertionError(f"{error}; {self.states()}\n{logs}") from error

    def leader(self, *, but: Node | None = None) -> Node | None:
        """The node that leads now; another one than `but`."""
        for node in self.nodes:
            if node is not but and node.process:
                answer = node.asked("patroni")
                if answer and answer.get("role") in {"primary", "master"} and answer["state"] == "running":
                    return node
        return None

    def url(self, **options: object) -> str:
        """The address of the hub: all nodes, and whichever may write."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        told = {"target_session_attrs": "read-write", "wait": 40, **options}
        return (
            f"postgresql://hub@{hosts}/postgres?{'&'.join(f'{name}={value}' for name, value in told.items())}"
        )

    def remove(self) -> None:
        """Stop everything and leave nothing behind."""
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
