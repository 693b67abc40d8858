"""Several processes on one SQLite file: S1 between processes, and what is left when one is killed with -9."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from innovationhub import Hub, Refused
from tests.races.worker import SESSIONS
from tests.support import TASTER, Clock, crowd, session_type, small_hub, weekly

ROOT = Path(__file__).parents[2]


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.races.worker", *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert json.loads(process.stdout.readline() or "{}") == {"ready": True}
    return process


def test_s1_forty_clients_in_eight_processes(tmp_path: Path) -> None:
    """One seat, eight processes of five threads: one confirmed, 39 in a total order, no error of any kind."""
    file = tmp_path / "hub.db"
    with small_hub(file, types=[session_type(capacity=1)]) as hub:
        crowd(hub, 40)
        processes = [start("press", file, TASTER, first, 5) for first in range(0, 40, 5)]
        for process in processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = []
        for process in processes:
            out, err = process.communicate(timeout=100)
            assert (process.returncode, err) == (0, "")
            answers += [json.loads(line) for line in out.splitlines()]
        assert [answer for answer in answers if "error" in answer] == []
        statuses = [answer["status"] for answer in answers]
        assert (statuses.count("confirmed"), statuses.count("waitlisted")) == (1, 39)
        assert sorted(answer["sequence"] for answer in answers) == list(range(1, 41))
        assert hub.audit() == []


@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("seed", range(4))
def test_a_process_killed_at_a_random_moment_loses_nothing(tmp_path: Path, seed: int, threads: int) -> None:
    """Two processes under load, both killed with -9 in the middle: what was acknowledged is there, nothing is torn.

    Every acknowledged answer is given again for the same request id, the requests that were under way act at most
    once, and audit is clean. With several threads each process gathers, so the kill comes in the middle of a batch.
    """
    file = tmp_path / "hub.db"
    types = [session_type(capacity=5), session_type("other", 3)]
    with small_hub(file, types=types, series=[weekly(), weekly("other")]) as hub:
        crowd(hub, 40)
    chance = random.Random(seed)
    processes = [start("load", file, f"{seed}{each}", threads) for each in range(2)]
    said: list[list[dict[str, object]]] = [[], []]

    def listen(place: int) -> None:
        out = processes[place].stdout
        assert out
        for line in out:
            if line.endswith("\n"):  # the last line may be torn by the kill: it was not acknowledged
                said[place].append(json.loads(line))
                if sum("done" in each for each in said[place]) >= least[place]:
                    enough[place].set()

    least = [chance.randrange(20, 200) for _ in processes]
    enough = [threading.Event() for _ in processes]
    listeners = [threading.Thread(target=listen, args=(place,)) for place in range(2)]
    for listener, process in zip(listeners, processes, strict=True):
        listener.start()
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for event, process in zip(enough, processes, strict=True):
        assert event.wait(60)
        process.kill()
    for listener, process in zip(listeners, processes, strict=True):
        listener.join(60)
        process.communicate(timeout=60)
    assert (gathered(file) > 0) == (threads > 1)
    with Hub.open(f"sqlite:///{file}", clock=Clock()) as hub:
        for lines in said:
            check(hub, lines)
        assert hub.audit() == []


def gathered(file: Path) -> int:
    """How many commits answered more than one request: rows that were written together have one version."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        together = "SELECT row_version FROM receipt GROUP BY row_version HAVING count(*) > 1"
        return len(connection.execute(together).fetchall())


def check(hub: Hub, lines: list[dict[str, object]]) -> None:
    sent = {str(line["sent"]): line for line in lines if "sent" in line}
    done = {str(line["done"]): line for line in lines if "done" in line}
    assert len(done) >= 20
    for request, answer in done.items():
        before = len(hub.journal(limit=100_000))
        assert again(hub, request, sent[request]) == {key: answer[key] for key in answer if key != "done"}
        assert len(hub.journal(limit=100_000)) == before
    for request in sent.keys() - done.keys():
        first = again(hub, request, sent[request])
        assert again(hub, request, sent[request]) == first


def again(hub: Hub, request: str, line: dict[str, object]) -> dict[str, object]:
    """Send a request once more, as a client would that never had its answer."""
    arguments = line["arguments"]
    assert isinstance(arguments, list)
    try:
        booking = getattr(hub, str(line["command"]))(*arguments, request_id=request)
    except Refused as refused:
        return {"refused": list(refused.codes)}
    return {"booking": booking.id, "status": str(booking.status)}


def test_the_load_of_the_kill_test_is_a_real_one() -> None:
    """The sessions that the killed processes book exist: a load of refusals would prove nothing."""
    with small_hub(types=[session_type(), session_type("other")], series=[weekly(), weekly("other")]) as hub:
        assert {hub.session(session).id for session in SESSIONS} == set(SESSIONS)
