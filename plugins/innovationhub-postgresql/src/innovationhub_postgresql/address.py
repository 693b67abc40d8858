"""The address of a hub in PostgreSQL: what libpq takes, and a few options of our own.

    postgresql://hub@db.example/hub?sslmode=verify-full
    postgresql://hub@one.example,two.example/hub?target_session_attrs=read-write

Our own options: `schema` (innovationhub unless told), `connections` (8 at most), and in seconds `statement_timeout`
(15), `lock_timeout` (5) and `wait` (5): how long to go on trying while the server cannot be reached or gives way to
others. No message repeats an address, which may hold a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

import attrs
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from innovationhub import Invalid

__all__ = ["Address", "parse_address"]

SCHEMES = ("postgresql://", "postgres://")

_SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")

_PLAIN = re.compile(r"[a-z]+://([^@/?#]*@)?[A-Za-z0-9._\-\[\]:,%]*?(:[0-9]+)?(/[^@:/#]*)?\Z")
"""An address up to its options. Where it does not match, a sign in a password may have put the parts in wrong places,
and none of them may be shown."""

_PORTS = re.compile(r"[0-9,]*\Z")

ESCAPED = "cannot be read: signs such as @ : / ? # % in a name or a password are written %40 and so on"

SECONDS: Mapping[str, tuple[float, float]] = {
    "statement_timeout": (15.0, 600.0),
    "lock_timeout": (5.0, 600.0),
    "wait": (5.0, 600.0),
}
"""Options in seconds: what they are unless told, and the most they may be."""

CONNECTIONS = 8
MOST_CONNECTIONS = 200

GIVEN_UNLESS_TOLD: Mapping[str, str] = {
    "application_name": "innovationhub",
    "connect_timeout": "5",
    "client_encoding": "UTF8",
    # a peer that is gone without a word is noticed within half a minute
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""What libpq is told unless the address says otherwise."""


@attrs.frozen
class Address:
    """Where a hub is and how to reach it. `shown` names it in messages and holds no secret."""

    conninfo: str = attrs.field(repr=False)
    shown: str
    schema: str
    connections: int
    statement_timeout: float
    lock_timeout: float
    wait: float
    leader: bool = False
    """Whether a new connection finds the server that may write, wherever it is now."""

    @property
    def patience(self) -> float:
        """How long an answer may take before the connection is given up, in seconds."""
        return self.statement_timeout * 1.25 + 0.5


def parse_address(url: str) -> Address:
    """What an address means. Raises `Invalid` naming `store`, without repeating what may be a password."""
    if not url.startswith(SCHEMES):
        raise _wrong("must be such as postgresql://user@host/database")
    base, _, query = url.partition("?")
    if not _PLAIN.match(base):
        raise _wrong(ESCAPED)
    # libpq takes a plus for what it is, so no parser of forms will do
    options = {
        unquote(name): value for name, _, value in (part.partition("=") for part in query.split("&") if part)
    }
    schema = options.pop("schema", "innovationhub")
    if not _SCHEMA.match(schema) or schema.startswith("pg_"):
        raise _wrong("the option schema must be a plain name, in small letters, digits and underscores")
    connections = _whole(options.pop("connections", str(CONNECTIONS)))
    seconds = {name: _seconds(name, options.pop(name, str(usual))) for name, (usual, _) in SECONDS.items()}
    unknown = sorted(options.keys() - _libpq_options())
    if unknown:
        known = ", ".join(["schema", "connections", *SECONDS])
        shown = repr(unknown[0]) if _SCHEMA.match(unknown[0]) else "what cannot be the name of one"
        raise _wrong(f"has as an option {shown}, which is none of ours ({known}) nor of libpq's")
    try:
        told = conninfo_to_dict(f"{base}?{'&'.join(f'{name}={value}' for name, value in options.items())}")
    except psycopg.ProgrammingError:
        # what libpq says about it may repeat a part of the password
        raise _wrong(ESCAPED) from None
    if not _PORTS.match(str(told.get("port") or "")):
        raise _wrong(ESCAPED)
    host, port = told.get("host") or told.get("hostaddr") or "the local server", told.get("port")
    place = f"{host}{f':{port}' if port else ''}"
    return Address(
        conninfo=make_conninfo("", **{**GIVEN_UNLESS_TOLD, **told}),
        shown=f"PostgreSQL at {place}, database {told.get('dbname') or 'of the user'}, schema {schema}",
        schema=schema,
        connections=connections,
        leader=told.get("target_session_attrs") in {"read-write", "primary"},
        **seconds,
    )


def _wrong(what: str) -> Invalid:
    return Invalid("store", f"the address {what}", "postgresql")


def _libpq_options() -> set[str]:
    return {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}


def _whole(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= MOST_CONNECTIONS:
        raise _wrong(f"takes the option connections from 1 to {MOST_CONNECTIONS}")
    return number


def _seconds(name: str, text: str) -> float:
    most = SECONDS[name][1]
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number <= most:
        raise _wrong(f"takes the option {name} in seconds, up to {most:g}")
    return number
