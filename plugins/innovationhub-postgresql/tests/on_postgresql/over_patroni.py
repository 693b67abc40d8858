"""Leaders killed with -9 under booking load, on three nodes under Patroni: `make cluster-test`, not `make test`.

It takes some minutes, since Patroni waits for half a minute before it takes a leader for dead.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from on_postgresql.cluster import Cluster, Node, until
from on_postgresql.server import programs
from tests.races.clients import Client, Said, check, prepare, started

PROCESSES, THREADS = 3, 2

FAILOVER = 120
"""Seconds within which another node leads, and within which everybody is served again."""

MORE = 40
"""Answers that each process has to be given before, between and after the failovers."""

WORDS = 2 * THREADS
"""What each process says, whatever it is, while two nodes take themselves for the leader."""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("patroni", reason="make cluster-test installs it")
    if programs() is None:
        pytest.skip("no PostgreSQL here")
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture
def clients(cluster: Cluster) -> Iterator[list[Client]]:
    """Processes that book and cancel without end."""
    prepare(cluster.url())
    clients = started(cluster.url(), PROCESSES, THREADS)
    yield clients
    for client in clients:
        client.process.kill()


def go_on(clients: list[Client]) -> None:
    """Wait until every client has had more answers from now on."""
    for client, least in [(client, client.done() + MORE) for client in clients]:
        client.until_done(least, FAILOVER)


def hear(clients: list[Client]) -> None:
    """Wait until every client has said something more, be it that there was no answer."""
    least = [(client, len(client.said) + WORDS) for client in clients]
    until(lambda: all(len(each.said) >= words for each, words in least), FAILOVER, "every client goes on")


def fail_over(cluster: Cluster, *, server: bool) -> tuple[Node, float, float]:
    """Kill the leader: which node it was, when, and after how many seconds another one led."""
    leader = cluster.leader()
    assert leader
    killed = time.time()
    leader.kill(server=server)
    until(lambda: cluster.leader(but=leader), FAILOVER, "another node leads")
    return leader, killed, time.time() - killed


def longest_pause(clients: list[Client], since: float) -> float:
    """The longest time for which any one process had no answer."""
    pauses = []
    for client in clients:
        times = [at for line in answers([client]) if isinstance(at := line["at"], float) and at > since - 1]
        pauses += [after - before for before, after in pairwise(sorted(times))]
    return max(pauses)


def answers(clients: list[Client]) -> list[Said]:
    return [line for client in clients for line in list(client.said) if "done" in line]


def say(**what: object) -> None:
    sys.stdout.write("\n" + ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in what.items()))
    sys.stdout.flush()


def test_leaders_killed_under_load_lose_nothing(cluster: Cluster, clients: list[Client]) -> None:
    """Twice the whole node of the leader, then only its keeper, so that two servers take themselves for the leader.

    Nothing that was acknowledged is lost, nobody is seated twice, nothing is done twice, audit is clean, and every
    request is answered as it was.
    """
    go_on(clients)
    for server in (True, True, False):
        leader, killed, led = fail_over(cluster, server=server)
        if server:
            go_on(clients)
        else:
            hear(clients)
        leader.start()  # it is back, and follows: of three nodes one more may fail
        cluster.whole()
        go_on(clients)
        say(
            killed="the leader's node" if server else "the leader's Patroni alone",
            another_led_after=f"{led:.1f} s",
            longest_pause_of_a_client=f"{longest_pause(clients, killed):.1f} s",
            acknowledged_by_then=len(answers(clients)),
        )
    for client in clients:
        client.kill()
    refused = [line for line in answers(clients) if "refused" in line]
    told = Counter(
        (str(line["unavailable"]), bool(line["known"]))
        for client in clients
        for line in client.said
        if "unavailable" in line
    )
    for (message, known), times in told.items():
        say(told=f"{times} times", outcome_known=known, message=message)
    acknowledged = check(cluster.url(), clients, 4 * MORE)
    assert acknowledged >= 4 * MORE * PROCESSES
    say(acknowledged=acknowledged, of_these_refusals=len(refused), lost=0, seated_twice=0, audit="clean")
    say()
