"""The schema of a hub: what marks it as one, and how an older one is brought up to date.

`hub_layout` marks a schema as a hub's and counts changes of layout that cannot be derived. Everything else follows from
the record classes: a table, a column or an index that is missing is added in one transaction. A schema that holds more
than this version knows is a newer one's, and is refused rather than half understood.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence

import attrs
import psycopg

from innovationhub import Invalid, PluginError, Unavailable
from innovationhub_postgresql.address import Address
from innovationhub_postgresql.connections import Connection
from innovationhub_postgresql.failures import GIVE_WAY, sentence, translated
from innovationhub_postgresql.rows import writer
from innovationhub_postgresql.tables import Table
from innovationhub_postgresql.words import prepare_words

__all__ = ["LAYOUT", "migrate"]

LAYOUT = 1
"""The layout this version writes. A schema with a higher one was made by a newer version."""

FIRST = frozenset({"23505", "42P06", "42P07", "42701", "XX000", *GIVE_WAY})
"""What it looks like when another process makes the same things at the same moment."""

_COLUMNS = """
SELECT c.relname, a.attname
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""

_INDEXES = "SELECT indexname FROM pg_catalog.pg_indexes WHERE schemaname = $1"

_SCHEMAS = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1"


@attrs.frozen
class _There:
    """What a schema holds now."""

    schema: bool
    columns: Mapping[str, set[str]]
    indexes: set[str]


def migrate(connection: Connection, address: Address, tables: Sequence[Table]) -> bool:
    """Make a hub where there is none, bring an older one up to date, refuse what is not ours or newer than us.

    Commits all of it or nothing, and then the indexes of words. Says whether the engine can search by words. Raises
    `Invalid` naming `store`, and `Unavailable`.
    """
    deadline = time.monotonic() + max(address.wait, address.lock_timeout)
    while True:
        try:
            _migrate(connection, address, tables)
            return prepare_words(connection, tables, _indexes(connection, address))
        except psycopg.Error as error:
            if not connection.closed:
                connection.rollback()
            if error.sqlstate not in FIRST or connection.closed:
                raise _not_made(error, address) from error
            if time.monotonic() >= deadline:
                raise Unavailable(f"{address.shown} cannot be set up: {sentence(error)}") from error
        time.sleep(random.uniform(0.005, 0.05))  # noqa: S311  # jitter, not a secret


def _migrate(connection: Connection, address: Address, tables: Sequence[Table]) -> None:
    there = _there(connection, address)
    _check(connection, address, tables, there)
    if not _lacking(address, tables, there):
        return
    with connection.transaction():
        if "hub_layout" in there.columns:
            # one at a time; what is lacking is found out again with the others shut out
            connection.execute(f'SELECT layout FROM "{address.schema}".hub_layout FOR UPDATE')  # noqa: S608  # checked
            there = _there(connection, address)
            _check(connection, address, tables, there)
        for statement in _lacking(address, tables, there):
            connection.execute(statement)


def _there(connection: Connection, address: Address) -> _There:
    columns: dict[str, set[str]] = {}
    for table, column in connection.execute(_COLUMNS, [address.schema]):
        columns.setdefault(table, set()).add(column)
    indexes = _indexes(connection, address)
    known = connection.execute(_SCHEMAS, [address.schema]).fetchone()
    return _There(bool(known and known[0]), columns, indexes)


def _indexes(connection: Connection, address: Address) -> set[str]:
    return {name for (name,) in connection.execute(_INDEXES, [address.schema])}


def _check(connection: Connection, address: Address, tables: Sequence[Table], there: _There) -> None:
    """Raise `Invalid` unless the schema is empty of our names, or a hub's of a layout that we know."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in {None, "UTF8"}:
        message = f"needs a database with the encoding UTF8; {address.shown} has {encoding}"
        raise Invalid("store", message, "postgresql")
    if "hub_layout" not in there.columns:
        taken = sorted({"journal_head", *(table.name for table in tables)} & there.columns.keys())
        if taken:
            message = f"{address.shown} is not a hub's: it has a table {taken[0]}; it was left as it is: name another"
            raise Invalid("store", message, "postgresql")
        return
    row = connection.execute(f'SELECT max(layout) FROM "{address.schema}".hub_layout').fetchone()  # noqa: S608
    layout = row[0] if row else None
    if layout is None or layout > LAYOUT:
        raise _newer(address, f"layout {layout}, and this version knows {LAYOUT}")
    for table in tables:
        unknown = there.columns.get(table.name, set()) - {*table.columns, "row_version"}
        if unknown:
            raise _newer(address, f"{table.name} has the column {min(unknown)}")


def _newer(address: Address, what: str) -> Invalid:
    message = f"{address.shown} was made by a newer version ({what}): install that version"
    return Invalid("store", message, "postgresql")


def _not_made(error: psycopg.Error, address: Address) -> Exception:
    if error.sqlstate in {"42501", "25006"}:
        message = f"{address.shown} lacks something, and its user may not make it: {sentence(error)}"
        return Unavailable(f"{message}; open the hub once with the role that owns the schema")
    return translated(error, address.shown)


def _lacking(address: Address, tables: Sequence[Table], there: _There) -> list[str]:
    """The statements that add what the record classes have and the schema has not."""
    schema = f'"{address.schema}"'
    statements = [] if there.schema else [f"CREATE SCHEMA {schema}"]
    for table in tables:
        columns = there.columns.get(table.name)
        if columns is None:
            statements += table.definition()
            continue
        statements += [_added(table, name) for name in table.columns if name not in columns]
        statements += [
            table.index(name) for name in table.indexes if table.index_name(name) not in there.indexes
        ]
    if "hub_layout" not in there.columns:
        statements += [
            f"CREATE TABLE {schema}.journal_head (id bigint PRIMARY KEY, position bigint NOT NULL)",
            f"INSERT INTO {schema}.journal_head (id, position) VALUES (1, 0)",  # noqa: S608  # checked name
            f"CREATE TABLE {schema}.hub_layout (id bigint PRIMARY KEY, layout bigint NOT NULL)",
            f"INSERT INTO {schema}.hub_layout (id, layout) VALUES (1, {LAYOUT})",  # noqa: S608
        ]
    return statements


def _added(table: Table, name: str) -> str:
    """Adding a column: a field that came later is optional or has a default, so that older rows have a value."""
    field = table.by_name[name]
    default = getattr(attrs.fields_dict(table.cls)[name], "default", attrs.NOTHING)  # type: ignore[arg-type]
    adding = f"ALTER TABLE {table.full} ADD COLUMN {table.column(field)}"
    if field.optional:
        return adding
    if default is attrs.NOTHING or isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        raise PluginError(
            f"record {table.name}", f"its new field {name} needs a default, for rows that lack it"
        )
    shown = writer(field)(default).replace("'", "''")
    return f"{adding} DEFAULT '{shown}'"
