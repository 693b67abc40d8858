"""A line that is lost in the middle of a commit: did it happen? It is found out, and never done twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from innovationhub import Hub, Unavailable, hookimpl
from innovationhub.protocols.store import Store, StoreOpener, StoreRequest
from innovationhub.testing.samples import entry, put, sample
from innovationhub_postgresql.address import parse_address
from innovationhub_postgresql.connections import Connection
from innovationhub_postgresql.store import PostgresqlStore
from on_postgresql.conftest import MakeHub, MakeServer, OpenStore, open_hub, small_hub
from on_postgresql.proxy import AFTER, BEFORE, Proxy
from on_postgresql.server import Server
from tests.support import TASTER, crowd


class Line(PostgresqlStore):
    """A store whose next commit has its line cut, and whose next connections may be refused."""

    proxy: Proxy
    when = ""
    stays_cut = False

    def before_commit(self, connection: Connection) -> None:
        if self.when:
            self.proxy.cut_next, self.proxy.refuse, self.when = self.when, self.stays_cut, ""


class Plugin:
    """Opens stores that are behind a line."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.stores: list[Line] = []

    def open(self, request: StoreRequest) -> Store:
        store = Line(parse_address(request.url), request.records)
        store.proxy = self.proxy
        store.prepare()
        self.stores.append(store)
        return store

    @hookimpl
    def innovationhub_stores(self) -> dict[str, StoreOpener]:
        return {"postgresql": self.open}


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    proxy = Proxy(str(server.data / ".s.PGSQL.5432"))
    yield proxy
    proxy.close()


def through(proxy: Proxy, schema: str) -> str:
    return f"postgresql://hub@127.0.0.1:{proxy.port}/postgres?schema={schema}&wait=1"


@pytest.fixture
def line(proxy: Proxy, schema: str, url: str, make_hub: MakeHub) -> Iterator[tuple[Hub, Line]]:
    """A hub behind a line, and its store."""
    crowd(make_hub(url), 5)
    plugin = Plugin(proxy)
    hub = open_hub(through(proxy, schema), plugin=plugin)
    yield hub, plugin.stores[0]
    hub.close()


def test_cut_after_the_commit_the_caller_has_the_answer(line: tuple[Hub, Line], proxy: Proxy) -> None:
    """The commit was done and its answer lost: its receipt says so, and the caller notices nothing."""
    hub, store = line
    hub.book(TASTER, "p0")
    store.when = AFTER
    booking = hub.book(TASTER, "p1")
    assert proxy.cuts == 1
    assert booking.status == "confirmed"
    assert [each.id for each in hub.roster(TASTER)][1:] == [booking.id]


def test_cut_before_the_commit_nothing_was_done(line: tuple[Hub, Line], proxy: Proxy) -> None:
    """The commit never arrived: the caller is told that certainly nothing was changed, and the next try works."""
    hub, store = line
    hub.book(TASTER, "p0")
    store.when = BEFORE
    with pytest.raises(Unavailable, match="nothing was changed") as told:
        hub.book(TASTER, "p1", request_id="mine")
    assert proxy.cuts == 1
    assert (told.value.outcome_known, told.value.request_id) == (True, "mine")
    assert len(hub.roster(TASTER)) == 1
    assert hub.book(TASTER, "p1", request_id="mine").status == "confirmed"


@pytest.mark.parametrize(("when", "done"), [(AFTER, 1), (BEFORE, 0)])
def test_while_the_line_stays_cut_the_outcome_is_not_known(
    line: tuple[Hub, Line], proxy: Proxy, when: str, done: int
) -> None:
    """The caller is told so, with a request id; asking again with it later gives the answer, done once."""
    hub, store = line
    hub.book(TASTER, "p0")
    before = len(hub.journal(limit=100))
    store.when, store.stays_cut = when, True
    with pytest.raises(Unavailable) as told:
        hub.book(TASTER, "p1")
    assert proxy.cuts == 1
    assert not told.value.outcome_known
    assert told.value.request_id
    proxy.refuse = False
    assert (len(hub.journal(limit=100)) > before) == bool(done)
    first = hub.book(TASTER, "p1", request_id=told.value.request_id)
    assert hub.book(TASTER, "p1", request_id=told.value.request_id) == first
    assert [each.id for each in hub.roster(TASTER)][1:] == [first.id]


def test_a_line_lost_while_reading_is_not_noticed(line: tuple[Hub, Line], proxy: Proxy) -> None:
    """A reading has changed nothing, so it is simply done again on a new line."""
    hub, _ = line
    hub.book(TASTER, "p0")
    proxy.cut_next = BEFORE
    assert len(hub.roster(TASTER)) == 1
    assert proxy.cuts == 1


def test_backends_killed_while_idle_are_not_noticed(server: Server, make_hub: MakeHub) -> None:
    """Before a connection is used it is looked at: one that the server has ended is replaced."""
    hub = make_hub()
    persons = crowd(hub, 6)
    for person in persons:
        with server.session() as session:
            session.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'innovationhub'"
            )
        assert hub.book(TASTER, person).status in {"confirmed", "waitlisted"}


def test_a_restarted_server_is_found_again(make_server: MakeServer) -> None:
    """While it is down callers are told in bounded time; when it is back the same hub goes on."""
    server = make_server()
    with small_hub(server.url(wait=1)) as hub:
        persons = crowd(hub, 3)
        hub.book(TASTER, persons[0])
        server.stop()
        server.start()
        assert hub.book(TASTER, persons[1]).status == "confirmed"
        server.stop()
        with pytest.raises(Unavailable, match="cannot reach") as told:
            hub.book(TASTER, persons[2])
        assert told.value.outcome_known
        server.start()
        assert hub.book(TASTER, persons[2]).status == "waitlisted"
        assert hub.audit() == []


@pytest.mark.parametrize("attributes", ["read-write", "any"])
def test_a_server_that_no_longer_leads_is_left(open_store: OpenStore, url: str, attributes: str) -> None:
    """Its answer is that it can only be read: with `target_session_attrs` the commit goes to the one that leads now.

    Without it the caller is told, and nothing was changed; the connection is dropped all the same.
    """
    store = open_store(f"{url}&target_session_attrs={attributes}")
    put(store, sample())
    assert isinstance(store, PostgresqlStore)
    with store._connections.lent() as connection:
        connection.execute("SET default_transaction_read_only = on")
    if attributes == "any":
        with pytest.raises(Unavailable, match="can only be read") as told:
            put(store, sample(), entries=(entry(),))
        assert told.value.outcome_known
    assert put(store, sample(), entries=(entry(),)) == 1


def waiting_for_a_standby(server: Server) -> None:
    """Return when a commit waits until a standby confirms it."""
    with server.session() as session:
        while True:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            row = session.execute(asked).fetchone()
            if row and row[0]:
                return


def cancelled(server: Server) -> None:
    waiting_for_a_standby(server)
    with server.session() as session:
        session.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")


@pytest.fixture
def lonely(make_server: MakeServer) -> Iterator[Server]:
    """A server that can be told to wait for a standby which is not there."""
    server = make_server()
    yield server
    standby(server, "")


def standby(server: Server, name: str) -> None:
    with server.session() as session:
        session.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        session.execute("SELECT pg_reload_conf()")
        while True:
            row = session.execute("SHOW synchronous_standby_names").fetchone()
            if row and row[0] == name:
                return


def test_a_commit_cancelled_while_it_waits_for_a_standby_is_not_taken_for_sure(
    lonely: Server, open_store: OpenStore
) -> None:
    """The server answers COMMIT, with nothing but a warning: it may be lost at a failover, so it is not success."""
    store = open_store(lonely.url())
    put(store, sample())
    standby(lonely, "nobody")
    with ThreadPoolExecutor(1) as pool:
        committed = pool.submit(put, store, sample(place=2), entries=(entry(),))
        cancelled(lonely)
        with pytest.raises(Unavailable) as told:
            committed.result(60)
    assert not told.value.outcome_known
    assert len(store.tail(0, 10)) == 1


def asked(hub: Hub, person: str, request: str) -> Unavailable:
    """What becomes of a request while no standby confirms anything: it is not known, and is never said to be."""
    with pytest.raises(Unavailable) as told:
        hub.book(TASTER, person, request_id=request)
    assert (told.value.outcome_known, told.value.request_id) == (False, request)
    return told.value


@pytest.mark.parametrize("end", ["cancel", "terminate"])
def test_what_no_standby_has_is_no_answer(lonely: Server, end: str) -> None:
    """The server gave up waiting and shows the booking; a failover would lose it. Nobody is told that it is there.

    Neither who booked nor who asks again, from another process too; when a standby confirms, the answer is given.
    """
    url = lonely.url(statement_timeout=0.5, wait=0.5)
    with small_hub(url) as hub, open_hub(url) as other:
        person = crowd(hub, 1)[0]
        other.session(TASTER)
        standby(lonely, "nobody")
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(asked, hub, person, "mine")
            waiting_for_a_standby(lonely)
            with lonely.session() as session:
                waiting = "pg_stat_activity WHERE wait_event = 'SyncRep'"
                session.execute(f"SELECT pg_{end}_backend(pid) FROM {waiting}")
            first.result(60)
        assert len(other.roster(TASTER)) == 1
        for each in (hub, other):
            asked(each, person, "mine")
        standby(lonely, "")
        booking = other.book(TASTER, person, request_id="mine")
        assert booking == hub.book(TASTER, person, request_id="mine")
        assert [each.id for each in hub.roster(TASTER)] == [booking.id]


def test_what_still_waits_for_a_standby_is_not_said_to_be_undone(lonely: Server, schema: str) -> None:
    """The line is lost and the server goes on waiting: there is no receipt yet, and there may be one in a moment."""
    with (
        closing(Proxy(str(lonely.data / ".s.PGSQL.5432"))) as proxy,
        small_hub(lonely.url(schema)) as hub,
        open_hub(f"{through(proxy, schema)}&lock_timeout=0.5") as far,
        ThreadPoolExecutor(1) as pool,
    ):
        person = crowd(hub, 1)[0]
        far.session(TASTER)
        standby(lonely, "nobody")
        booked = pool.submit(asked, far, person, "mine")
        waiting_for_a_standby(lonely)
        proxy.cut()
        booked.result(60)
        standby(lonely, "")
        assert far.book(TASTER, person, request_id="mine").status == "confirmed"
        assert len(hub.roster(TASTER)) == 1
