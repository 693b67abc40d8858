"""Names of things, and which of them a caller may choose.

A session's id is `<series>@<original local start>`; it never changes. Bookings and people have opaque keys that the
shell mints (the core has no generator of its own), because what cannot be guessed cannot be walked through.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime
from functools import lru_cache

from innovationhub.errors import Invalid, NotFound

__all__ = [
    "LONGEST_TEXT",
    "YEARS",
    "checked_id",
    "checked_key",
    "checked_text",
    "hashed",
    "session_id",
    "split_session_id",
]

LONGEST_TEXT = 2000
"""Characters of free text kept about one thing: a note, a reason, a description."""

YEARS = range(1900, 2201)
"""Years in which a session can be."""

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\Z")


def checked_key(field: str, value: str) -> str:
    """`value` if it can name a series, a session type or a role: lower case, digits, `-`, `_`, `.`, 64 at most."""
    if not isinstance(value, str) or not _KEY.match(value):
        message = f'must be 1 to 64 lower-case letters, digits, "-", "_" or ".", such as "cqi-taster"; got {value!r}'
        raise Invalid(field, message, value)
    return value


def checked_text(field: str, value: str, *, longest: int, empty: bool = False) -> str:
    """`value` if it is printable text of at most `longest` characters (new lines are allowed past 200)."""
    if not isinstance(value, str):
        raise Invalid(field, f"must be text; got {value!r}", value)
    if not value.strip() and not empty:
        raise Invalid(field, "must not be empty", value)
    if len(value) > longest:
        message = f"must be at most {longest} characters; got {len(value)}, beginning {value[:20]!r}"
        raise Invalid(field, message, value)
    if value.isprintable():
        return value
    allowed = "\n\t" if longest > 200 else ""
    for place, letter in enumerate(value):
        # Cc: control characters, which terminals and mail headers obey; Cs: half a character, which no file can hold
        if unicodedata.category(letter) in {"Cc", "Cs"} and letter not in allowed:
            message = f"must not hold control characters; got {letter!r} at character {place + 1}: remove it"
            raise Invalid(field, message, value)
    return value


def checked_id(field: str, value: str) -> str:
    """`value` if it can be a caller's own id of a person or a request: printable, no spaces around, 200 at most."""
    checked_text(field, value, longest=200)
    if value != value.strip():
        raise Invalid(field, f"must have no spaces around it; got {value!r}", value)
    return value


def session_id(series_id: str, nominal: datetime) -> str:
    """The id of the session of a series whose original local start is `nominal` (naive)."""
    return f"{series_id}@{nominal.isoformat(timespec='seconds' if nominal.second else 'minutes')}"


def split_session_id(value: str) -> tuple[str, datetime]:
    """The series and the original local start (naive) in a session's id.

    Raises `NotFound` for what cannot be one: no session has such an id.
    """
    if not isinstance(value, str):
        raise Invalid("session_id", f"must be text; got {value!r}", value)
    return _split(value)


@lru_cache(maxsize=4096)
def _split(value: str) -> tuple[str, datetime]:
    hint = 'a session\'s id looks like "cqi-taster@2026-12-01T10:00"'
    series, mark, start = value.partition("@")
    try:
        nominal = datetime.fromisoformat(start)
    except ValueError:
        raise NotFound("session", value[:200], hint) from None
    written = mark and nominal.tzinfo is None and session_id(series, nominal) == value
    if not written or nominal.year not in YEARS:
        raise NotFound("session", value[:200], hint)
    return series, nominal


def hashed(*parts: object) -> str:
    """A stable hash of plain values, so that what callers send need not be kept."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=20).hexdigest()
