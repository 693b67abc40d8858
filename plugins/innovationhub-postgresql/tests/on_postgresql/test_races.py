"""Many at once: S1 and S2 with threads, with hubs of their own and with processes; deadlocks; giving way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest

from innovationhub import Booking, BookingStatus, Conflict, Hub, HubError, Refused, Unavailable
from innovationhub.protocols.store import Store
from innovationhub.testing.samples import entry, put, sample, version
from innovationhub_postgresql.store import PostgresqlStore
from on_postgresql.conftest import MakeHub, MakeServer, OpenStore, open_hub
from tests.races.clients import assert_one_seated, pressed
from tests.support import TASTER, crowd, session_type


def book_all(hubs: list[Hub], persons: list[str]) -> list[Booking | HubError]:
    """Everybody presses "book" at once, each in a thread of their own, spread over these hubs."""
    barrier = Barrier(len(persons))

    def press(place: int) -> Booking | HubError:
        barrier.wait(60)
        try:
            return hubs[place % len(hubs)].book(TASTER, persons[place])
        except HubError as error:
            return error

    with ThreadPoolExecutor(len(persons)) as pool:
        return list(pool.map(press, range(len(persons))))


@pytest.mark.parametrize("engines", [1, 8])
def test_s1_one_seat_left_forty_press_at_once(url: str, make_hub: MakeHub, engines: int) -> None:
    """One is confirmed, 39 wait in a total order, and there is no error: in one hub, and in eight as of eight hosts."""
    hub = make_hub(url, types=[session_type(capacity=1)])
    persons = crowd(hub, 40)
    hubs = [hub, *(open_hub(url) for _ in range(engines - 1))]
    answers = book_all(hubs, persons)
    assert [answer for answer in answers if not isinstance(answer, Booking)] == []
    bookings = [answer for answer in answers if isinstance(answer, Booking)]
    assert [each.status for each in bookings].count(BookingStatus.CONFIRMED) == 1
    assert [each.status for each in bookings].count(BookingStatus.WAITLISTED) == 39
    assert sorted(each.sequence for each in bookings) == list(range(1, 41))
    positions = [each.position for each in hub.journal(limit=1000)]
    assert positions == list(range(1, len(positions) + 1))
    for other in hubs[1:]:
        other.close()


def test_s1_without_a_queue_the_others_are_refused(make_hub: MakeHub) -> None:
    """Where the role has no queue, one is confirmed and 39 are refused as full."""
    hub = make_hub(types=[session_type(capacity=1, limit=0)])
    answers = book_all([hub], crowd(hub, 40))
    assert [answer.codes for answer in answers if isinstance(answer, Refused)] == [("full",)] * 39


@pytest.mark.parametrize("engines", [1, 4])
def test_s2_thirty_seats_thirty_first_bookings(url: str, make_hub: MakeHub, engines: int) -> None:
    """All thirty are confirmed: nobody is refused or left waiting while seats are free."""
    hub = make_hub(url, types=[session_type(capacity=30)])
    persons = crowd(hub, 30)
    hubs = [hub, *(open_hub(url) for _ in range(engines - 1))]
    answers = book_all(hubs, persons)
    assert {getattr(answer, "status", answer) for answer in answers} == {BookingStatus.CONFIRMED}
    for other in hubs[1:]:
        other.close()


def test_s1_forty_clients_in_eight_processes(url: str, make_hub: MakeHub) -> None:
    """One seat, eight processes of five threads: one confirmed, 39 in a total order, no error of any kind."""
    crowd(make_hub(url, types=[session_type(capacity=1)]), 40)
    assert_one_seated(pressed(url))


def test_commits_of_the_same_rows_in_any_order_do_not_block_each_other(
    make_server: MakeServer, open_store: OpenStore
) -> None:
    """Rows are written in one order for everybody, so no circle of waiting arises, whatever order they came in."""
    server = make_server()
    url = server.url("orders")
    stores = [open_store(url) for _ in range(4)]
    rows = [sample("a", place) for place in range(40)]
    put(stores[0], *rows)
    barrier = Barrier(4)

    def write(number: int) -> int:
        done = 0
        turned = rows[number * 10 :] + rows[: number * 10]
        for _ in range(15):
            barrier.wait(60)
            try:
                put(stores[number], *(turned if number % 2 else turned[::-1]))
            except Conflict:
                continue
            done += 1
        return done

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(4))) >= 15
    assert not any("deadlock" in line for line in server.log)


def test_a_deadlock_is_begun_again(make_server: MakeServer, open_store: OpenStore) -> None:
    """Somebody else's SQL locks rows the other way round and we are the one to give way: the commit is sent anew."""
    server = make_server()
    url = server.url("deadlock")
    with server.session() as session:
        session.execute("ALTER SYSTEM SET deadlock_timeout = '100ms'")
        session.execute("SELECT pg_reload_conf()")
    store = open_store(url)
    first, second = sample("a", 1), sample("a", 2)
    put(store, first, second)
    before = version(store, first)
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%deadlock%'"
    )
    with ThreadPoolExecutor(1) as pool, server.session() as other, server.session() as looking:
        other.execute("SET deadlock_timeout = '60s'")
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM deadlock.sample WHERE place = 2 FOR UPDATE")
        committed = pool.submit(put, store, first, second, entries=(entry(),))
        for _ in count():  # until the commit has the first row and waits for the second
            row = looking.execute(waiting).fetchone()
            if row and row[0]:
                break
        other.execute("SELECT 1 FROM deadlock.sample WHERE place = 1 FOR UPDATE")
        other.execute("COMMIT")
        assert committed.result(60) == 1
    assert version(store, first) != before
    assert any("deadlock detected" in line for line in server.log)


@pytest.mark.parametrize("moment", ["", "CONSTRAINT"])
def test_a_serialization_failure_is_begun_again(
    open_store: OpenStore, url: str, schema: str, moment: str
) -> None:
    """A distributed engine answers 40001, in the body of a transaction or only at its commit: it is sent anew."""
    store = open_store()
    fails(store, schema, 3, moment)
    assert put(store, sample(), entries=(entry(),)) == 1
    assert [each.position for each in store.tail(0, 10)] == [1]


def fails(store: Store, schema: str, times: int, moment: str) -> None:
    """Make so many writings of samples fail with 40001; a constraint's trigger does so at the commit."""
    assert isinstance(store, PostgresqlStore)
    deferred = "DEFERRABLE INITIALLY DEFERRED" if moment else ""
    fail = f"""
        CREATE SEQUENCE {schema}.times;
        CREATE FUNCTION {schema}.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('{schema}.times') <= {times} THEN
                RAISE EXCEPTION 'restart transaction' USING ERRCODE = '40001';
            END IF;
            RETURN NULL;
        END $$;
        CREATE {moment} TRIGGER fails AFTER INSERT ON {schema}.sample {deferred}
            FOR EACH ROW EXECUTE FUNCTION {schema}.fail();
    """
    with store._connections.lent() as connection:
        connection.execute(fail.encode())


@pytest.mark.parametrize("moment", ["", "CONSTRAINT"])
def test_giving_way_has_an_end(open_store: OpenStore, url: str, schema: str, moment: str) -> None:
    """When it fails again and again the caller is told, in bounded time, that nothing was changed."""
    store = open_store(f"{url}&wait=1")
    fails(store, schema, 1_000_000, moment)
    with pytest.raises(Unavailable, match="restart transaction") as told:
        put(store, sample(), entries=(entry(),))
    assert told.value.outcome_known
    assert store.tail(0, 10) == []
