"""Addresses: what can be said in one, and that no message repeats a password."""

from __future__ import annotations

import subprocess
import sys

import pytest

from innovationhub import Hub, Invalid, Settings, Unavailable
from innovationhub.protocols.store import StoreRequest
from innovationhub.testing.samples import Sample
from innovationhub_postgresql import innovationhub_stores, open_postgresql
from innovationhub_postgresql.address import parse_address
from on_postgresql.conftest import MakeServer
from on_postgresql.server import Server

SECRET = "s3cret-w0rd"  # noqa: S105


def test_what_is_not_said_has_sensible_values() -> None:
    """A schema of its own, few connections, every wait bounded."""
    address = parse_address("postgresql://hub@db.example/hub")
    assert (address.schema, address.connections) == ("innovationhub", 8)
    assert (address.statement_timeout, address.lock_timeout, address.wait) == (15, 5, 5)
    assert "connect_timeout=5" in address.conninfo


def test_libpq_has_its_options_and_we_have_ours() -> None:
    """Several hosts, TLS and the rest are libpq's own; ours never reach it."""
    address = parse_address(
        f"postgres://hub:{SECRET}@one.example:5433,two.example:5434/hub?sslmode=verify-full"
        "&target_session_attrs=read-write&schema=trust_a&connections=3&statement_timeout=2.5&lock_timeout=1&wait=40"
    )
    assert (address.schema, address.connections, address.statement_timeout) == ("trust_a", 3, 2.5)
    assert (address.lock_timeout, address.wait) == (1, 40)
    for part in ("one.example,two.example", "verify-full", "read-write", SECRET):
        assert part in address.conninfo
    assert "trust_a" not in address.conninfo
    assert SECRET not in f"{address!r} {address.shown}"
    for url in (
        "postgresql:///hub",
        "postgresql://[::1]:5432/hub",
        "postgresql://%2Fvar%2Frun/hub",
        "postgresql://",
    ):
        assert parse_address(url).shown.startswith("PostgreSQL at ")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:hub",
        "postgresql://hub@db/hub?schema=Trust",
        "postgresql://hub@db/hub?schema=pg_catalog",
        'postgresql://hub@db/hub?schema=a"b',
        "postgresql://hub@db/hub?connections=0",
        "postgresql://hub@db/hub?connections=many",
        "postgresql://hub@db/hub?lock_timeout=soon",
        "postgresql://hub@db/hub?wait=0",
        "postgresql://hub@db/hub?statement_timeout=inf",
        "postgresql://hub@db/hub?colour=red",
        "postgresql://hub@db:port/hub",
        "postgresql://hub@db/hub?port=many",
    ],
)
def test_what_cannot_be_an_address_is_refused(url: str) -> None:
    """The field is named, and what would do is said."""
    with pytest.raises(Invalid) as told:
        open_postgresql(StoreRequest(url, (Sample,)))
    assert told.value.field == "store"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://hub:a@{SECRET}@db.example/hub",
        f"postgresql://hub:{SECRET}:9@db.example:x/hub",
        f"postgresql://hub:12/{SECRET}@db.example/hub",
        f"postgresql://hub:12?{SECRET}@db.example/hub",
        f"postgresql://hub:12#{SECRET}@db.example/hub",
        f"postgresql://hub:{SECRET}/x@db.example/hub",
        f"postgresql://hub:{SECRET}/x",
        f"postgresql://hub:50%{SECRET}@db.example/hub",
        f"postgresql://hub:{SECRET}@127.0.0.1:1/hub?connect_timeout=1",
        f"postgresql://hub@127.0.0.1:1/hub?password={SECRET}",
        f"postgresql://hub:{SECRET}@db.example/hub?colour=red",
    ],
)
def test_no_message_repeats_a_password(url: str) -> None:
    """Not even where a sign in it was not escaped and the rest is taken for a host or a port."""
    with pytest.raises((Invalid, Unavailable)) as told:
        Hub.open(url, plugins=[__import__("innovationhub_postgresql")], settings=Settings(discover=False))
    said = f"{told.value} {vars(told.value)}"
    assert SECRET not in said


def test_a_wrong_password_is_said_without_it(make_server: MakeServer) -> None:
    """Who and where, and that the password is not right; nothing is retried for long."""
    server = make_server()
    with server.session() as session:
        session.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
    rules = server.data / "pg_hba.conf"
    rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
    server.stop()
    server.start()
    with pytest.raises(Unavailable, match="password authentication failed") as told:
        open_postgresql(StoreRequest(server.url(user="locked", password=SECRET), (Sample,)))
    assert told.value.outcome_known
    assert SECRET not in f"{told.value} {told.value.__cause__} {vars(told.value)}"
    with pytest.raises(Unavailable, match="may not make it"):
        open_postgresql(StoreRequest(server.url(user="locked", password="right"), (Sample,)))  # noqa: S106


def test_a_database_that_is_not_there_is_named(server: Server) -> None:
    """With what the server says of it."""
    with pytest.raises(Unavailable, match='database "nowhere" does not exist'):
        open_postgresql(StoreRequest(server.url().replace("/postgres?", "/nowhere?"), (Sample,)))


def test_the_plugin_costs_nothing_until_it_is_used() -> None:
    """Hubs elsewhere load the plugin with its entry point, and not the driver."""
    assert set(innovationhub_stores()) == {"postgresql", "postgres"}
    script = (
        "import sys; from innovationhub import Hub; hub = Hub.open('memory:');"
        "print('postgresql' in hub.registry.stores, 'psycopg' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "True False\n"
