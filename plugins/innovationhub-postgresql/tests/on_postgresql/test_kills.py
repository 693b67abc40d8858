"""kill -9 of clients, of backends and of the server under load: nothing acknowledged is lost, nothing done twice."""

from __future__ import annotations

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from innovationhub import HubError, Unavailable
from on_postgresql.clients import Client, check
from on_postgresql.conftest import MakeServer, open_hub, small_hub
from on_postgresql.server import Server
from on_postgresql.worker import SESSIONS
from tests.support import crowd, session_type, weekly


def prepared(server: Server, **options: Any) -> str:
    """The address of a hub with two series and forty people."""
    url = server.url("load", **options)
    types = [session_type(capacity=5), session_type("other", 3)]
    with small_hub(url, types=types, series=[weekly(), weekly("other")]) as hub:
        crowd(hub, 40)
        assert {hub.session(session).id for session in SESSIONS} == set(SESSIONS)
    return url


def started(url: str, number: int) -> list[Client]:
    clients = [Client("load", url, seed) for seed in range(number)]
    for client in clients:
        client.go()
    return clients


def assert_settled(url: str, clients: list[Client], least: int) -> None:
    """Stop the clients, and hold the hub against what they were told."""
    for client in clients:
        client.kill()
        assert client.errors == ""
        assert client.done() >= least
    with open_hub(url) as hub:
        for client in clients:
            check(hub, client.said)
        assert hub.audit() == []
        positions = [each.position for each in hub.journal(limit=100_000)]
        assert positions == list(range(1, len(positions) + 1))


@pytest.mark.parametrize("seed", range(2))
def test_clients_killed_at_random_moments_leave_nothing_torn(make_server: MakeServer, seed: int) -> None:
    """Two processes under load, both killed with -9 in the middle of something."""
    chance = random.Random(seed)
    url = prepared(make_server(durable=True))
    clients = started(url, 2)
    for client in clients:
        least = chance.randrange(20, 100)
        client.until(lambda client=client, least=least: client.done() >= least)  # type: ignore[misc]
    assert_settled(url, clients, 20)


def test_backends_killed_under_load_lose_nothing(make_server: MakeServer) -> None:
    """Again and again every connection of the clients is ended; they ask again with the same id, and go on."""
    server = make_server(durable=True)
    url = prepared(server)
    clients = started(url, 3)
    with server.session() as session:
        for round in range(1, 9):
            for client in clients:
                client.until(lambda client=client, round=round: client.done() >= 8 * round)  # type: ignore[misc]
            session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'innovationhub'"
            )
    assert_settled(url, clients, 64)


def test_a_server_killed_under_load_loses_nothing_it_acknowledged(make_server: MakeServer) -> None:
    """Three times kill -9 of the server with all its processes, and a start on what is on its disk.

    The clients are told that it is not there, or do not notice; they ask again with the same id; no acknowledged
    booking is lost, none is made twice, and audit is clean.
    """
    server = make_server(durable=True)
    url = prepared(server, wait=2)
    clients = started(url, 3)
    for round in range(1, 4):
        for client in clients:
            client.until(lambda client=client, round=round: client.done() >= 15 * round)  # type: ignore[misc]
        server.stop(signal.SIGKILL)
        server.start()
    for client in clients:
        client.until(lambda client=client: client.done() >= 60)  # type: ignore[misc]
    assert_settled(url, clients, 60)


def test_a_frozen_server_is_given_up_in_bounded_time(make_server: MakeServer) -> None:
    """A server that neither answers nor hangs up: each caller is told, and when it wakes all is well."""
    server = make_server()
    url = prepared(server, statement_timeout=0.4, wait=0.5)
    with open_hub(url) as hub, server.session() as session:
        hub.book(SESSIONS[0], "p0")
        asked = "SELECT pid FROM pg_stat_activity WHERE application_name = 'innovationhub'"
        frozen = [row[0] for row in session.execute(asked).fetchall()]
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)

        def book(person: str) -> object:
            try:
                return hub.book(SESSIONS[0], person).status
            except HubError as error:
                return error

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(book, ["p1", "p2", "p3", "p4"]))
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
        assert all(answer == "confirmed" or isinstance(answer, Unavailable) for answer in answers), answers
        assert hub.book(SESSIONS[0], "p5").status in {"confirmed", "waitlisted"}
        assert hub.audit() == []
