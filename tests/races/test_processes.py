"""Several processes on one SQLite file: S1 between processes, and what is left when one is killed with -9."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from pathlib import Path

import pytest

from tests.races.clients import assert_one_seated, check, prepare, pressed, started
from tests.support import crowd, session_type, small_hub


def test_s1_forty_clients_in_eight_processes(tmp_path: Path) -> None:
    """One seat, eight processes of five threads: one confirmed, 39 in a total order, no error of any kind."""
    file = tmp_path / "hub.db"
    with small_hub(file, types=[session_type(capacity=1)]) as hub:
        crowd(hub, 40)
        assert_one_seated(pressed(f"sqlite:///{file}"))
        assert hub.audit() == []


@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("seed", range(4))
def test_a_process_killed_at_a_random_moment_loses_nothing(tmp_path: Path, seed: int, threads: int) -> None:
    """Two processes under load, both killed with -9 in the middle: what was acknowledged is there, nothing is torn.

    Every acknowledged answer is given again for the same request id, the requests that were under way act at most
    once, and audit is clean. With several threads each process gathers, so the kill comes in the middle of a batch.
    """
    file = tmp_path / "hub.db"
    url = f"sqlite:///{file}"
    prepare(url)
    chance = random.Random(seed)
    clients = started(url, 2, threads, f"{seed}-")
    for client in clients:
        client.until_done(chance.randrange(20, 200))
        client.kill()
    assert (gathered(file) > 0) == (threads > 1)
    check(url, clients, 20)
    assert [line for client in clients for line in client.said if "unavailable" in line] == []


def gathered(file: Path) -> int:
    """How many commits answered more than one request: rows that were written together have one version."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        together = "SELECT row_version FROM receipt GROUP BY row_version HAVING count(*) > 1"
        return len(connection.execute(together).fetchall())
