"""The file of a SQLite store: its address, what marks it as a hub's, and how an older one is brought up to date.

`application_id` marks a file as a hub's; `user_version` counts changes of layout that cannot be derived. Everything
else follows from the record classes: a table, a column or an index that is missing is added in one transaction. A file
that holds more than this version knows is a newer one's, and is refused rather than half understood.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import attrs

from innovationhub.builtin.sqlite_rows import writer
from innovationhub.builtin.sqlite_schema import Table
from innovationhub.builtin.sqlite_search import lacking_words
from innovationhub.domain.records import Record
from innovationhub.errors import Invalid, PluginError, Unavailable

__all__ = [
    "APPLICATION_ID",
    "LAYOUT",
    "Address",
    "check_begins_as_one",
    "migrate",
    "parse_address",
    "tables_of",
]

APPLICATION_ID = int.from_bytes(b"IHub", "big")
LAYOUT = 1
"""The layout this version writes. A file with a higher one was made by a newer version."""


@attrs.frozen
class Address:
    """Where a file is and how to open it; `timeout` is how long to wait for another writer, in seconds."""

    path: str
    read_only: bool = False
    timeout: float = 5.0

    def connect(self) -> sqlite3.Connection:
        """A new connection, set up for durable writing. Raises sqlite3's own errors."""
        path = Path(self.path).absolute()
        mode = "ro" if self.read_only else "rwc"
        if (
            self.read_only
            and not path.with_name(f"{path.name}-wal").exists()
            and not os.access(path.parent, os.W_OK)
        ):
            # reading a log needs its index beside the file, which cannot be made here; nobody has one open to write
            mode = "ro&immutable=1"
        uri = f"file:{quote(str(path))}?mode={mode}"
        connection = sqlite3.connect(
            uri, uri=True, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        # FULL: the log is synced at every commit, so what was acknowledged survives a power cut
        connection.execute("PRAGMA synchronous = FULL")
        # what is deleted is overwritten: an erased person must not be found in the file's free pages
        connection.execute("PRAGMA secure_delete = ON")
        return connection


def parse_address(url: str) -> Address:
    """The file that an address such as `sqlite:///hub.db` means. Raises `Invalid` naming `store`."""
    parts = urlsplit(url)
    path = unquote(parts.path.removeprefix("/"))
    hint = "such as sqlite:///hub.db (relative) or sqlite:////var/lib/hub.db (absolute)"
    if not url.startswith("sqlite:///") or parts.fragment or not path:
        raise Invalid("store", f"must be an address {hint}; got {url!r}", url)
    if path == ":memory:":
        raise Invalid("store", 'must name a file; for a hub in memory the address is "memory:"', url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    mode = options.pop("mode", "rw")
    seconds = options.pop("timeout", "5")
    try:
        timeout = float(seconds)
    except ValueError:
        timeout = -1.0
    if options or mode not in {"rw", "ro"} or not 0 <= timeout <= 600:
        message = f"takes the options mode=ro and timeout=SECONDS (0 to 600) only; got {parts.query!r}"
        raise Invalid("store", message, url)
    return Address(path, read_only=mode == "ro" or _unwritable(path), timeout=timeout)


def _unwritable(path: str) -> bool:
    return Path(path).exists() and not os.access(path, os.W_OK)


def tables_of(records: Iterable[type[Record]]) -> Mapping[type[Record], Table]:
    """The table of each record class."""
    return {cls: Table(cls) for cls in records}


def migrate(connection: sqlite3.Connection, address: Address, records: Iterable[type[Record]]) -> None:
    """Make a new file a hub's, bring an older one up to date, refuse what is not ours or newer than us.

    Commits all of it or nothing. Raises `Invalid` naming `store`, or sqlite3's own errors.
    """
    tables = list(tables_of(records).values())
    fresh = _is_empty(connection)
    if fresh and address.read_only:
        raise Unavailable(f"{address.path} is empty and can only be read: there is no hub in it")
    if not fresh:
        _check_owner(connection, address)
        lacking = _lacking(connection, address, tables)
        words = [] if address.read_only else _lacking_words(connection, tables)
        if not lacking and not words:
            return
        if address.read_only:
            message = (
                f"{address.path} was made by an older version and can only be read: open it once to write"
            )
            raise Unavailable(message)
    else:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        # decided again under the lock: another process may have been first
        if _is_empty(connection):
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {LAYOUT}")
        for statement in _lacking(connection, address, tables):
            connection.execute(statement)
        for statement in _lacking_words(connection, tables):
            connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()[0])


def check_begins_as_one(address: Address) -> None:
    """Raise `Invalid` naming `store` when there is a file, and it is none of SQLite's; `Unavailable` if unreadable."""
    try:
        with Path(address.path).open("rb") as file:
            begins = file.read(16)
    except FileNotFoundError:
        if not Path(address.path).absolute().parent.is_dir():
            message = f"names a file in a folder that does not exist: {address.path}"
            raise Invalid("store", message, address.path) from None
        return
    except OSError as error:
        raise Unavailable(f"{address.path} cannot be opened: {error.strerror}") from error
    if begins and begins != b"SQLite format 3\x00":
        raise _not_ours(address)


def _not_ours(address: Address) -> Invalid:
    name = Path(address.path).name
    message = f"{name} is not a hub's file; it was left as it is: choose another name, or move it away"
    return Invalid("store", message, address.path)


def _check_owner(connection: sqlite3.Connection, address: Address) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise _not_ours(address)
    layout = connection.execute("PRAGMA user_version").fetchone()[0]
    if layout > LAYOUT:
        raise _newer(address, f"layout {layout}, and this version knows {LAYOUT}")


def _newer(address: Address, what: str) -> Invalid:
    message = f"{Path(address.path).name} was made by a newer version ({what}): install that version"
    return Invalid("store", message, address.path)


def _lacking(connection: sqlite3.Connection, address: Address, tables: Iterable[Table]) -> list[str]:
    """The statements that add what the record classes have and the file has not."""
    statements: list[str] = []
    for table in tables:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
        if not columns:
            statements += table.definition()
            continue
        unknown = columns - {*table.columns, "row_version"}
        if unknown:
            raise _newer(address, f"{table.name} has the column {min(unknown)}")
        statements += [_added(table, name, address) for name in table.columns if name not in columns]
        indexes = {row[1] for row in connection.execute(f"PRAGMA index_list({table.name})")}
        statements += [table.index(name) for name in table.indexes if table.index_name(name) not in indexes]
    return statements


def _lacking_words(connection: sqlite3.Connection, tables: Iterable[Table]) -> list[str]:
    return [statement for table in tables for statement in lacking_words(connection, table)]


def _added(table: Table, name: str, address: Address) -> str:
    """Adding a column: a field that came later is optional or has a default, so that older rows have a value."""
    field = next(field for field in table.fields if field.name == name)
    default = getattr(attrs.fields_dict(table.cls)[name], "default", attrs.NOTHING)  # type: ignore[arg-type]
    if field.optional:
        return f"ALTER TABLE {table.name} ADD COLUMN {table.column(field)}"
    if default is attrs.NOTHING or isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        message = f"its new field {name} needs a default, for rows in {Path(address.path).name} that lack it"
        raise PluginError(f"record {table.name}", message)
    write = writer(field)
    cell = default if write is None else write(default)
    shown = "'" + cell.replace("'", "''") + "'" if isinstance(cell, str) else str(cell)
    return f"ALTER TABLE {table.name} ADD COLUMN {table.column(field)} DEFAULT {shown}"
