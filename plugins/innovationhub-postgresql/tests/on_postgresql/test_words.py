"""Words on a real server: by the index, in English, whatever the fields are, and where it may not or cannot be made."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from innovationhub.domain.records import Record, record
from innovationhub.protocols.store import Store, StoreRequest, SupportsSearch
from innovationhub.testing.samples import Paper, Tally, put
from innovationhub_postgresql import open_postgresql, words
from innovationhub_postgresql.tables import Table
from on_postgresql.server import Server

TEA = Paper("a", 1, "Tea on the wards", "Kettles beside every bed")
CAFE = Paper("a", 2, "CAFÉ queues", "Élan at 24/7")


@pytest.fixture
def papers(url: str) -> Iterator[Store]:
    """A store with papers in it."""
    store = open_postgresql(StoreRequest(url, (Paper,)))
    put(store, TEA, CAFE)
    yield store
    store.close()


def found(store: Store, typed: str) -> list[Paper]:
    assert isinstance(store, SupportsSearch)
    return list(store.search(Paper, typed, 10))


def indexes(server: Server, schema: str) -> list[str]:
    with server.session() as session:
        sql = "SELECT indexname FROM pg_indexes WHERE schemaname = %s AND indexname LIKE '%%words%%'"
        return [name for (name,) in session.execute(sql, [schema])]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("kettle", [TEA]),
        ("queueing", [CAFE]),
        ("café", [CAFE]),
        ("élan", [CAFE]),
        ("ÉLAN 24", [CAFE]),
        ("the tea", [TEA]),
    ],
)
def test_endings_and_cases_are_seen_through(papers: Store, typed: str, expected: list[Paper]) -> None:
    """Also where the database's locale is `C`, as this one's: there it knows the cases of ASCII alone."""
    assert found(papers, typed) == expected


def test_so_common_a_word_finds_nothing_by_itself(papers: Store) -> None:
    """English text search leaves them out."""
    assert found(papers, "the") == []


def test_the_index_serves_the_statement(server: Server, papers: Store, schema: str) -> None:
    """Both have the same expression: else the server would go through all rows."""
    statement = words.Words(Table(Paper, schema)).sql.replace("$1", "'kettle'").replace("$2", "5")
    with server.session() as session:
        session.execute("SET enable_seqscan = off")
        plan = "\n".join(line for (line,) in session.execute(f"EXPLAIN {statement}".encode()))
    assert f"Bitmap Index Scan on {words.Words(Table(Paper, schema)).index}" in plan


@record("paper", key=("shelf", "number"), indexes=Paper.__schema__.indexes, search=("body",))
@attrs.frozen
class Bodies(Record):
    """`Paper` as another version has it."""

    shelf: str
    number: int
    title: str = ""
    body: str | None = None
    weight: int = 0


def test_other_fields_have_another_index(server: Server, papers: Store, url: str, schema: str) -> None:
    """It takes the place of the one before; who still has the other version open finds the same without one."""
    (before,) = indexes(server, schema)
    later = open_postgresql(StoreRequest(url, (Bodies,)))
    assert isinstance(later, SupportsSearch)
    assert [row.title for row in later.search(Bodies, "kettle", 10)] == [TEA.title]
    assert list(later.search(Bodies, "tea", 10)) == []
    (after,) = indexes(server, schema)
    assert before != after
    assert found(papers, "tea") == [TEA]
    later.close()


def test_who_searches_nothing_has_no_index(server: Server, url: str, schema: str) -> None:
    """Nothing is made for records that declare nothing to search."""
    open_postgresql(StoreRequest(url, (Tally,))).close()
    assert indexes(server, schema) == []


def test_who_may_not_make_the_index_finds_without(
    server: Server, papers: Store, url: str, schema: str
) -> None:
    """A plugin's later version begins to search, and the application's role opens it before the owner does."""
    (index,) = indexes(server, schema)
    role = f"{schema}_app"
    with server.session() as session:
        session.execute(f"DROP INDEX {schema}.{index}".encode())
        session.execute(f"CREATE ROLE {role} LOGIN".encode())
        session.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}".encode())
        session.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}".encode())
    try:
        store = open_postgresql(StoreRequest(server.url(schema, user=role), (Paper,)))
        assert found(store, "kettle") == [TEA]
        store.close()
    finally:
        with server.session() as session:
            session.execute(f"DROP OWNED BY {role}".encode())
            session.execute(f"DROP ROLE {role}".encode())
    assert indexes(server, schema) == []
    open_postgresql(StoreRequest(url, (Paper,))).close()
    assert indexes(server, schema) == [index]


def test_an_engine_without_text_search_is_opened_without_the_ability(
    monkeypatch: pytest.MonkeyPatch, server: Server, url: str, schema: str
) -> None:
    """The functions are asked for under a name that no server has: the answer is what such an engine gives."""
    monkeypatch.setattr(words, "TRIED", words.TRIED.replace("to_tsvector", "to_tsvector_that_is_not_there"))
    store = open_postgresql(StoreRequest(url, (Paper,)))
    assert not isinstance(store, SupportsSearch)
    put(store, TEA)
    store.close()
    assert indexes(server, schema) == []


def test_an_index_that_an_engine_cannot_make_is_done_without(
    monkeypatch: pytest.MonkeyPatch, server: Server, url: str, schema: str
) -> None:
    """A kind of index that no server has: what has the words is found all the same."""
    made = words.Words.lacking
    monkeypatch.setattr(
        words.Words, "lacking", lambda self, there: [each.replace("gin", "gim") for each in made(self, there)]
    )
    store = open_postgresql(StoreRequest(url, (Paper,)))
    put(store, TEA)
    assert found(store, "kettle") == [TEA]
    store.close()
    assert indexes(server, schema) == []
