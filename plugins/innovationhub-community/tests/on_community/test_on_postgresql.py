"""The same on PostgreSQL, with its own text search: kept, found, audited, erased."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import innovationhub_community
import innovationhub_postgresql
from innovationhub import Hub, HubSettings, Person
from innovationhub.protocols.store import SupportsSearch
from innovationhub_community import Community
from on_community.conftest import SERIES, TYPES
from on_community.test_erasing import SECRETS, everything
from on_postgresql.server import Server, programs
from tests.support import Clock, small_hub


@pytest.fixture
def server() -> Iterator[Server]:
    if programs() is None:
        pytest.skip("no PostgreSQL here")
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _hub(server: Server, clock: Clock) -> Hub:
    plugins = [innovationhub_community, innovationhub_postgresql]
    return small_hub(
        server.url("hub"), clock=clock, plugins=plugins, types=TYPES, series=SERIES, hub=HubSettings()
    )


def test_kept_found_and_erased(server: Server, clock: Clock) -> None:
    """Found by the server, with English endings; after erasing no table has a word of it."""
    with _hub(server, clock) as hub:
        hub.load_catalogue("learning-community.toml")
        for person in (Person("ursula:1", "Ursula K.", "ursula@nhs.example"), Person("ben"), Person("cat")):
            hub.add_person(person)
        shown = everything(hub, "ursula:1", keep=False)
        community = Community(hub)
        assert isinstance(hub._store, SupportsSearch)
        assert [each.id for each in community.search("zebrafinches learnt")] == [shown]
        assert "huddles" in community.search("huddle", kinds=["practice"])[0].id
        assert hub.audit() == []
        assert _said(server, *SECRETS)
        hub.erase_person("ursula:1")
        assert hub.audit() == []
        assert not _said(server, *SECRETS)
        assert community.search("zebrafinch") == []


def _said(server: Server, *words: str) -> list[str]:
    """The tables in which one of these words is written."""
    with server.session() as session:
        sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'hub'"
        tables = [name for (name,) in session.execute(sql)]
        return [
            name
            for name in tables
            if any(word in str(session.execute(f'SELECT * FROM hub."{name}"').fetchall()) for word in words)
        ]
