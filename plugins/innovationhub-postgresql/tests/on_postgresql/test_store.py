"""What is PostgreSQL's own about the store: values that it does not take, trips, typed columns."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from psycopg.pq.abc import PGresult

from innovationhub import Conflict, PluginError
from innovationhub.domain.records import Range, Read, key_of
from innovationhub.protocols.store import Commit, Store
from innovationhub.testing.samples import MORNING, Colour, Sample, entry, get, put, sample, scan
from innovationhub_postgresql.connections import Connection
from innovationhub_postgresql.trips import Encoded, trip
from on_postgresql.conftest import OpenStore
from on_postgresql.server import Server


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    return open_store()


@pytest.mark.parametrize("fields", [{"note": "\ud800"}, {"note": "x\udfff"}, {"weight": 2**63}])
def test_what_no_column_holds_is_refused(store: Store, fields: dict[str, object]) -> None:
    """Half of a surrogate pair, more than 64 bits: the record is at fault, which deciding again would not mend."""
    with pytest.raises(PluginError, match="nothing was changed"):
        put(store, sample("a", 1), sample("b", 1, **fields))
    assert scan(store, Range(Sample, "key")) == []
    put(store, sample("a", 1))


def test_a_key_too_long_for_an_index_is_refused(store: Store) -> None:
    """An index of PostgreSQL takes some 2,700 bytes; who wants more is told so."""
    long = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(3000))
    with pytest.raises(PluginError, match="nothing was changed"):
        put(store, sample(long))


def test_a_real_keeps_its_sign(store: Store) -> None:
    """A zero below zero too, in its column and in facts."""
    put(store, sample(share=-0.0, facts={"share": -0.0}))
    row = get(store, sample())
    assert isinstance(row, Sample)
    assert (repr(row.share), repr(row.facts["share"])) == ("-0.0", "-0.0")


def test_a_reading_is_one_trip_and_a_commit_is_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows, ranges and entries; and a conflict takes one more, which says what has moved."""
    trips: list[int] = []

    def counted(connection: Connection, steps: Sequence[Encoded]) -> list[PGresult]:
        trips.append(len(steps))
        return trip(connection, steps)

    monkeypatch.setattr("innovationhub_postgresql.store.trip", counted)
    rows = [sample("a", place) for place in range(30)]
    store.commit(Commit(dict.fromkeys(map(key_of, rows)), tuple(rows), (), (entry(),) * 20))
    assert len(trips) == 1
    store.read(Read(tuple(map(key_of, rows)), (Range(Sample, "key"), Range(Sample, "by_instant"))))
    assert len(trips) == 2
    store.read(Read(tuple(map(key_of, rows[:5])), (Range(Sample, "key", limit=100),)))
    assert (len(trips), trips[-1]) == (3, 1)
    with pytest.raises(Conflict):
        store.commit(Commit({key_of(rows[0]): 1}, (rows[0],)))
    assert len(trips) == 5


def test_an_analyst_finds_typed_columns(server: Server, open_store: OpenStore, schema: str) -> None:
    """Instants, dates, numbers and booleans have the types of PostgreSQL, and facts can be taken apart with SQL."""
    put(open_store(), sample(facts={"room": "Ärger"}, share=0.5, seen=MORNING, mood=Colour.BLUE))
    with server.session() as session:
        row = session.execute(
            "SELECT pg_typeof(at)::text, pg_typeof(day)::text, pg_typeof(weight)::text, pg_typeof(flag)::text,"
            f" pg_typeof(share)::text, at + interval '1 hour' > seen, mood, facts::jsonb ->> 'room'"
            f" FROM {schema}.sample"
        ).fetchone()
    assert row == (
        *("timestamp with time zone", "date", "bigint", "boolean", "double precision"),
        *(True, "blue", "Ärger"),
    )
