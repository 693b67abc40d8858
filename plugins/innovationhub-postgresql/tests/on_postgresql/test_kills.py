"""kill -9 of clients, of backends and of the server under load: nothing acknowledged is lost, nothing done twice."""

from __future__ import annotations

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from innovationhub import HubError, Unavailable
from on_postgresql.conftest import MakeServer, open_hub
from on_postgresql.server import Server
from tests.races.clients import Client, check, prepare, started
from tests.races.worker import SESSIONS


def prepared(server: Server, **options: Any) -> str:
    """The address of a hub with two series and forty people."""
    url = server.url("load", **options)
    prepare(url)
    return url


def assert_settled(url: str, clients: list[Client], least: int) -> None:
    """Stop the clients, and hold the hub against what they were told."""
    for client in clients:
        client.kill()
    check(url, clients, least)


@pytest.mark.parametrize("seed", range(2))
def test_clients_killed_at_random_moments_leave_nothing_torn(make_server: MakeServer, seed: int) -> None:
    """Two processes under load, both killed with -9 in the middle of something."""
    chance = random.Random(seed)
    url = prepared(make_server(durable=True))
    clients = started(url, 2)
    for client in clients:
        client.until_done(chance.randrange(20, 100))
    assert_settled(url, clients, 20)


def test_backends_killed_under_load_lose_nothing(make_server: MakeServer) -> None:
    """Again and again every connection of the clients is ended; they ask again with the same id, and go on."""
    server = make_server(durable=True)
    url = prepared(server)
    clients = started(url, 3)
    with server.session() as session:
        for round in range(1, 9):
            for client in clients:
                client.until_done(8 * round)
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
            client.until_done(15 * round)
        server.stop(signal.SIGKILL)
        server.start()
    for client in clients:
        client.until_done(60)
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
