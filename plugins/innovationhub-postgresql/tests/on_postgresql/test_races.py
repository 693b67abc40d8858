"""Many at once: S1 and S2 with threads, with hubs of their own and with processes; deadlocks; the tail under load."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Event

import attrs
import pytest

from innovationhub import Booking, BookingStatus, Conflict, Entry, Hub, HubError, Refused, Unavailable
from innovationhub.domain.records import Read, key_of
from innovationhub.protocols.store import Commit, Store
from innovationhub_postgresql.store import PostgresqlStore
from on_postgresql.clients import Client
from on_postgresql.conftest import MakeHub, MakeServer, OpenStore, open_hub, small_hub
from tests.stores.samples import Sample
from tests.stores.test_waist import entry, put, sample, version
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
    hub = make_hub(url, types=[session_type(capacity=1)])
    crowd(hub, 40)
    clients = [Client("press", url, TASTER, first, 5) for first in range(0, 40, 5)]
    for client in clients:
        client.go()
    for client in clients:
        client.end()
    assert [client.errors for client in clients] == [""] * 8
    answers = [line for client in clients for line in client.said]
    assert [answer for answer in answers if "error" in answer] == []
    statuses = [answer["status"] for answer in answers]
    assert (statuses.count("confirmed"), statuses.count("waitlisted")) == (1, 39)
    assert sorted(int(str(answer["sequence"])) for answer in answers) == list(range(1, 41))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_hub_goes_on_in_both_halves_of_a_fork(url: str, make_hub: MakeHub) -> None:
    """The child has connections of its own, and leaves those of its parent alone."""
    crowd(make_hub(url), 5)
    client = Client("fork", url)
    client.go()
    client.end()
    assert client.said == [{"child": 0, "waiting": 1, "person": "waitlisted"}]
    assert client.errors == ""


def test_no_update_is_lost_and_no_check_is_skewed(open_store: OpenStore) -> None:
    """Eight writers count up one row, each relying on another row that it does not write; nothing is lost or torn.

    And two rows, each of which may only be made while the other is not there: never both (write skew).
    """
    stores = [open_store() for _ in range(8)]
    put(stores[0], sample("count"), sample("guard"))
    both: list[int] = []

    def count_up(store: Store) -> int:
        done = 0
        while done < 25:
            rows = [sample("count"), sample("guard")]
            found = [_row(store, row) for row in rows]
            relied = {key_of(row): seen[1] for row, seen in zip(rows, found, strict=True)}
            try:
                store.commit(
                    Commit(
                        relied, (attrs.evolve(found[0][0], weight=found[0][0].weight + 1),), (), (entry(),)
                    )
                )
            except Conflict:
                continue
            done += 1
        return done

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(count_up, stores)) == 200
    assert _row(stores[0], sample("count"))[0].weight == 201
    assert [each.position for each in stores[0].tail(0, 1000)] == list(range(1, 201))

    for number in range(60):
        left, right = sample("left", number), sample("right", number)
        barrier = Barrier(2)

        def make(store: Store, mine: Sample, other: Sample, barrier: Barrier = barrier) -> int:
            barrier.wait(30)
            try:
                store.commit(Commit({key_of(mine): None, key_of(other): None}, (mine,), (), (entry(),)))
            except Conflict:
                return 0
            return 1

        with ThreadPoolExecutor(2) as pool:
            made = [pool.submit(make, stores[0], left, right), pool.submit(make, stores[1], right, left)]
            both.append(sum(each.result() for each in made))
    assert set(both) == {1}


def _row(store: Store, row: Sample) -> tuple[Sample, int]:
    found = store.read(Read((key_of(row),))).keys[key_of(row)]
    assert found
    assert isinstance(found.record, Sample)
    return found.record, found.version


def test_a_follower_misses_nothing(open_store: OpenStore) -> None:
    """Twelve committers, some of several entries, and a follower that reads the tail all the while."""
    stores = [open_store() for _ in range(6)]
    stop = Event()
    seen: list[Entry] = []

    def follow(store: Store) -> None:
        while True:
            ending = stop.is_set()
            found = store.tail(seen[-1].position if seen else 0, 50)
            seen.extend(found)
            if ending and not found:
                return

    def write(number: int) -> int:
        store, mine = stores[number % len(stores)], sample(f"w{number}")
        for each in range(40):
            put(store, attrs.evolve(mine, weight=each), entries=(entry(f"{number}"),) * (1 + each % 3))
        return sum(1 + each % 3 for each in range(40))

    with ThreadPoolExecutor(13) as pool:
        follower = pool.submit(follow, open_store())
        written = sum(pool.map(write, range(12)))
        stop.set()
        follower.result(60)
    assert [each.position for each in seen] == list(range(1, written + 1))


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


def test_hubs_that_open_at_once_make_one_schema(url: str) -> None:
    """Eight processes of a new deployment find nothing and all begin to make it: it is made once, and all can work."""
    barrier = Barrier(8)

    def begin(number: int) -> str:
        barrier.wait(60)
        with small_hub(url) as hub:
            persons = crowd(hub, 1, f"h{number}-")
            return str(hub.book(TASTER, persons[0]).status)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(begin, range(8)))
    assert (statuses.count("confirmed"), statuses.count("waitlisted")) == (2, 6)
