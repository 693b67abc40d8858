"""What a schema must be: made, brought up to date, and refused when it is somebody else's or a newer version's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import psycopg
import pytest

from innovationhub import Entry, Hub, Invalid, PluginError, Unavailable
from innovationhub.domain.records import Key, Range, Read, Record, record
from innovationhub.protocols.store import Commit, StoreRequest
from innovationhub.testing.samples import Sample, put, sample
from innovationhub_postgresql import open_postgresql
from on_postgresql.conftest import OpenStore, open_hub, small_hub
from on_postgresql.server import Server
from tests.support import TASTER, crowd


def test_what_is_there_is_kept(open_store: OpenStore) -> None:
    """Opening again finds everything as it was, and makes nothing anew."""
    store = open_store()
    put(store, sample())
    store.close()
    assert open_store().read(Read((Key(Sample, ("a", 1)),))).get(Sample, "a", 1) == sample()


@attrs.frozen
class Early(Record):
    name: str


@attrs.frozen
class Later(Record):
    name: str
    size: int = 7
    word: str = "it's \x00"
    at: datetime | None = None
    on: bool = True


record("thing", key=("name",))(Early)
record("thing", key=("name",), indexes={"by_size": ("size",)})(Later)


@attrs.frozen
class Broken(Record):
    name: str
    needed: int


record("thing", key=("name",))(Broken)


def test_an_older_schema_is_brought_up_to_date(url: str) -> None:
    """Columns and indexes that came later are added, and older rows have the fields' defaults."""
    older = open_postgresql(StoreRequest(url, (Early,)))
    older.commit(Commit({Key(Early, ("x",)): None}, (Early("x"),)))
    older.close()
    newer = open_postgresql(StoreRequest(url, (Later, Sample)))
    assert newer.read(Read((Key(Later, ("x",)),))).get(Later, "x") == Later("x")
    wanted = Range(Later, "by_size", (7,))
    assert newer.read(Read(ranges=(wanted,))).scan(wanted).records == [Later("x")]
    put(newer, sample(), Later("y", 8, "w", datetime(2026, 1, 1, tzinfo=UTC), on=False))
    newer.close()
    with pytest.raises(Invalid, match="newer version"):
        open_postgresql(StoreRequest(url, (Early,)))


def test_a_new_field_without_a_default_is_its_authors_fault(url: str) -> None:
    """Rows that lack it would have no value: the record is named, and nothing is changed."""
    open_postgresql(StoreRequest(url, (Early,))).close()
    with pytest.raises(PluginError, match=r"thing.*needed needs a default"):
        open_postgresql(StoreRequest(url, (Broken,)))
    open_postgresql(StoreRequest(url, (Early,))).close()


@pytest.mark.parametrize(
    ("mischief", "message"),
    [
        ("UPDATE {}.hub_layout SET layout = 99", "newer version .layout 99"),
        ("ALTER TABLE {}.journal ADD COLUMN colour text", "newer version .journal has the column colour"),
        ("DELETE FROM {}.hub_layout", "newer version"),
        ("DROP TABLE {}.hub_layout", "is not a hub's: it has a table"),
    ],
)
def test_what_is_not_understood_is_refused(
    server: Server, open_store: OpenStore, schema: str, mischief: str, message: str
) -> None:
    """A newer version's schema, or one without the mark of a hub: left as it is, with what to do about it."""
    put(open_store(), sample())
    with server.session() as session:
        session.execute(mischief.format(schema))
        with pytest.raises(Invalid, match=message):
            open_store()
        assert session.execute(f"SELECT count(*) FROM {schema}.sample").fetchone() == (1,)


def test_somebody_elses_tables_are_left_alone(server: Server, url: str, schema: str) -> None:
    """A schema with a table of one of our names is refused; one with other tables is shared."""
    with server.session() as session:
        session.execute(f"CREATE SCHEMA {schema}")
        session.execute(f"CREATE TABLE {schema}.staff (id text)")
        open_postgresql(StoreRequest(url, (Sample,))).close()
        session.execute(f"DROP TABLE {schema}.hub_layout, {schema}.journal_head, {schema}.sample")
        session.execute(f"ALTER TABLE {schema}.journal RENAME TO sample")
    with pytest.raises(Invalid, match="it has a table sample"):
        open_postgresql(StoreRequest(url, (Sample,)))


def test_a_database_of_another_encoding_is_refused(server: Server) -> None:
    """Names of people do not fit into it."""
    with server.session() as session:
        session.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(Invalid, match="UTF8"):
        open_postgresql(StoreRequest(server.url().replace("/postgres?", "/latin?"), (Sample,)))


PAGE = Path(__file__).parents[4] / "docs" / "postgresql.md"


def of_the_page(schema: str) -> list[str]:
    """The blocks of SQL that the documentation shows, for a schema and roles of the test's own."""
    blocks = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [
        re.sub(r"\bhub_(?=owner|app|reader)", f"{schema}_", each).replace("innovationhub", schema)
        for each in blocks
    ]


@pytest.fixture
def roles(server: Server, schema: str) -> Iterator[tuple[str, str]]:
    """A hub set up as the documentation says; the roles of an application and of who only reads."""
    owner, app, reader = (f"{schema}_{name}" for name in ("owner", "app", "reader"))
    making, granting = of_the_page(schema)
    with server.session() as session:
        session.execute(making)
    with small_hub(server.url(schema, user=owner)) as hub:
        crowd(hub, 2)
    with server.session(user=owner) as session:
        session.execute(granting)
    yield app, reader
    with server.session() as session:
        for role in (reader, app, owner):
            session.execute(f"DROP OWNED BY {role} CASCADE")
            session.execute(f"DROP ROLE {role}")


def test_the_application_needs_no_more_than_its_rights(
    server: Server, schema: str, roles: tuple[str, str]
) -> None:
    """Set up as the page says, it books and cancels, and can change neither the schema nor the journal."""
    with open_hub(server.url(schema, user=roles[0])) as hub:
        booking = hub.book(TASTER, "p0")
        assert hub.cancel(booking.id).status == "cancelled"
        assert hub.audit() == []
    with server.session(user=roles[0]) as session:
        for mischief in (
            "DELETE FROM {}.journal",
            "UPDATE {}.journal SET kind = ''",
            "DROP TABLE {}.booking",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(mischief.format(schema))


def test_who_may_only_read_can_look(server: Server, schema: str, roles: tuple[str, str]) -> None:
    """The calendar and the roster are there; booking is refused with the reason, and nothing is changed."""
    with open_hub(server.url(schema, user=roles[1])) as hub:
        before = len(hub.journal(limit=100))
        assert hub.session(TASTER).places["attendee"].left == 2
        with pytest.raises(Unavailable, match="may not do that") as told:
            hub.book(TASTER, "p0")
        assert told.value.outcome_known
        assert len(hub.journal(limit=100)) == before


def test_who_may_not_make_what_is_lacking_is_told_who_may(
    server: Server, schema: str, roles: tuple[str, str]
) -> None:
    """A newer version opened by the application's role: the owner must open it once."""
    url = server.url(schema, user=roles[0])
    with pytest.raises(Unavailable, match="role that owns the schema"):
        open_postgresql(StoreRequest(url, (Sample,)))


def test_a_server_that_can_only_be_read_says_so(server: Server, url: str) -> None:
    """A standby, or a session set to read only: looking works, booking is refused and nothing is changed."""
    with small_hub(url) as hub:
        crowd(hub, 1)
    with open_hub(f"{url}&options=-c%20default_transaction_read_only%3Don") as hub:
        assert hub.session(TASTER).places["attendee"].left == 2
        assert isinstance(hub, Hub)
        with pytest.raises(Unavailable, match="can only be read") as told:
            hub.book(TASTER, "p0")
        assert told.value.outcome_known


def test_rows_that_somebody_holds_are_waited_for_in_bounded_time(
    server: Server, open_store: OpenStore, url: str, schema: str
) -> None:
    """Another transaction sits on a row: the caller is told after `lock_timeout`, and nothing was changed."""
    store = open_store(f"{url}&lock_timeout=0.2")
    put(store, sample())
    with server.session() as other:
        other.execute("BEGIN")
        other.execute(f"SELECT 1 FROM {schema}.sample FOR UPDATE")
        with pytest.raises(Unavailable, match="held the same rows for too long") as told:
            put(store, sample())
        assert told.value.outcome_known
        other.execute("ROLLBACK")
    put(store, sample())
    assert store.tail(0, 1) == []
    assert Entry.__schema__.name == "journal"
