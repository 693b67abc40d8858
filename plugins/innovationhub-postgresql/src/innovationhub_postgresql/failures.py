"""What the server's errors mean: decide again, try again, a value that does not fit, or not available now.

Messages are the server's first line. They name users, hosts and databases, never a password or a value that was bound.
"""

from __future__ import annotations

import psycopg

from innovationhub import HubError, PluginError, Unavailable
from innovationhub_postgresql.statements import MOVED

__all__ = [
    "AMBIGUOUS",
    "GIVE_WAY",
    "READ_ONLY",
    "TRANSIENT_AT_CONNECT",
    "UNIQUE",
    "is_conflict",
    "sentence",
    "translated",
]

GIVE_WAY = frozenset({"40001", "40P01"})
"""Two transactions were in each other's way, and this one was chosen to begin again."""

AMBIGUOUS = frozenset({"40003", "08007"})
"""The server itself cannot say whether a commit was done."""

READ_ONLY = "25006"
UNIQUE = "23505"

TRANSIENT_AT_CONNECT = (
    "Connection refused",
    "starting up",
    "shutting down",
    "recovery mode",
    "not yet accepting connections",
    "No such file or directory",
    "server closed the connection",
    "Connection reset",
    "timeout expired",
    "session is read-only",
    "session is not read-only",
    "server is in hot standby mode",
    "server is not in hot standby mode",
    "too many clients",
)
"""What a server that restarts, or one of several that give way to each other, answers for a while."""

_PLAINER = {
    "28P01": "the password or the user is not right",
    "3D000": "there is no such database",
    "42501": "its user may not do that: see which rights the roles need",
    "42P01": "a table is missing: open the hub once with the role that owns the schema",
    "53100": "its disk is full",
    "55P03": "another transaction has held the same rows for too long; try again",
    "57014": "it took too long; try again",
    "57P01": "it is being stopped; try again",
    READ_ONLY: "it can only be read from here: use the server or the user that may write",
}


def sentence(error: BaseException) -> str:
    """What went wrong, on one line."""
    diagnostic = getattr(error, "diag", None)
    primary = getattr(diagnostic, "message_primary", None)
    text = primary or (str(error).strip().splitlines() or [type(error).__name__])[0]
    plainer = _PLAINER.get(getattr(error, "sqlstate", None) or "")
    return f"{plainer} ({text})" if plainer else str(text)


def is_conflict(error: psycopg.Error) -> bool:
    """Whether a commit was stopped because a row it relied on had moved, or one that it makes was there already."""
    if error.sqlstate == UNIQUE:
        name = error.diag.constraint_name or ""
        return name.endswith("_pkey") and not name.startswith("journal_")
    return error.sqlstate == "22P02" and MOVED in str(error)


def translated(error: psycopg.Error, shown: str) -> HubError:
    """A failure after which certainly nothing was done, in the library's words."""
    state = error.sqlstate or ""
    if isinstance(error, psycopg.DataError) or state[:2] in {"22", "23"} or state == "54000":
        where = error.diag.table_name
        record = f"record {where}" if where else "a record"
        return PluginError(
            record, f"holds what its table does not take ({sentence(error)}); nothing was changed"
        )
    return Unavailable(f"{shown}: {sentence(error)}; nothing was changed")
