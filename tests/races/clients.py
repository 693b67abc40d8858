"""Starting `worker`s, listening to them, and holding a hub afterwards against what they were told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Condition, Thread

from innovationhub import Catalogue, Hub, Refused
from tests.races.worker import PEOPLE, SESSIONS
from tests.support import TASTER, Clock, crowd, session_type, weekly

ROOT = Path(__file__).parents[2]

Said = Mapping[str, object]


class Client:
    """A worker process: what it said, and ways to let it begin, to wait and to kill it."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "tests.races.worker", *map(str, arguments)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        first = self.process.stdout.readline()
        assert json.loads(first or "{}") == {"ready": True}, self.process.communicate()
        self.said: list[Said] = []
        self.errors = ""
        self._heard = Condition()
        # a test that fails leaves it behind: it must not keep the run from ending, and with its end the worker ends
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.endswith("\n"):  # the last line may be torn by the kill: it was not acknowledged
                with self._heard:
                    self.said.append(json.loads(line))
                    self._heard.notify_all()

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def done(self) -> int:
        """How many requests were answered."""
        return sum("done" in line for line in list(self.said))

    def until_done(self, number: int, seconds: float = 60) -> None:
        """Wait until so many were."""
        with self._heard:
            enough = self._heard.wait_for(lambda: self.done() >= number, seconds)
        assert enough, (self.said[-5:], self.process.poll())

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self) -> None:
        """Wait until it has ended, and hear all of it."""
        self._listener.join(100)
        assert self.process.stderr
        assert self.process.stdin
        self.errors = self.process.stderr.read()
        self.process.wait(60)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream
            stream.close()


def prepare(url: str) -> None:
    """Put on what workers under `load` book: it exists, for a load of refusals would prove nothing."""
    types = (session_type(capacity=5), session_type("other", 3))
    with Hub.open(url, clock=Clock()) as hub:
        hub.load_catalogue(Catalogue(None, types, (weekly(), weekly("other"))))
        crowd(hub, PEOPLE)
        assert {hub.session(session).id for session in SESSIONS} == set(SESSIONS)


def started(url: str, number: int, threads: int = 1, name: str = "") -> list[Client]:
    """So many workers under load, all begun."""
    clients = [Client("load", url, f"{name}{each}", threads) for each in range(number)]
    for client in clients:
        client.go()
    return clients


def check(url: str, clients: list[Client], least: int) -> int:
    """Every acknowledged answer is given again and changes nothing; what was under way acts at most once.

    How many were acknowledged.
    """
    for client in clients:
        assert client.errors == ""
        assert client.done() >= least
    lines = [line for client in clients for line in client.said]
    sent = {str(line["sent"]): line for line in lines if "sent" in line}
    done = {str(line["done"]): line for line in lines if "done" in line}
    with Hub.open(url, clock=Clock()) as hub:
        before = positions(hub)
        assert before == list(range(1, len(before) + 1))
        told = {
            request: {name: value for name, value in answer.items() if name not in {"done", "at"}}
            for request, answer in done.items()
        }
        lost = [request for request in done if again(hub, request, sent[request]) != told[request]]
        assert lost == [], f"{len(lost)} of {len(done)}"
        assert positions(hub) == before
        for request in sent.keys() - done.keys():
            first = again(hub, request, sent[request])
            assert again(hub, request, sent[request]) == first
        assert hub.audit() == []
        for session in SESSIONS:
            holders = [each.person_id for each in hub.roster(session)]
            assert len(set(holders)) == len(holders)
            assert len(holders) <= (5 if session.startswith("taster") else 3)
    return len(done)


def positions(hub: Hub) -> list[int]:
    """Those of all entries of the journal."""
    found: list[int] = []
    while page := hub.journal(after=found[-1] if found else 0, limit=10_000):
        found += [each.position for each in page]
    return found


def again(hub: Hub, request: str, line: Said) -> dict[str, object]:
    """Send a request once more, as a client would that never had its answer."""
    arguments = line["arguments"]
    assert isinstance(arguments, list)
    try:
        booking = getattr(hub, str(line["command"]))(*arguments, request_id=request)
    except Refused as refused:
        return {"refused": list(refused.codes)}
    return {"booking": booking.id, "status": str(booking.status)}


def pressed(url: str) -> list[Said]:
    """What forty people are told who press at once, five in each of eight processes."""
    clients = [Client("press", url, TASTER, first, 5) for first in range(0, PEOPLE, 5)]
    for client in clients:
        client.go()
    for client in clients:
        client.end()
    assert [client.errors for client in clients] == [""] * len(clients)
    return [line for client in clients for line in client.said]


def assert_one_seated(answers: list[Said]) -> None:
    """S1: one confirmed, 39 in a total order, no error of any kind."""
    assert [answer for answer in answers if "error" in answer] == []
    statuses = [answer["status"] for answer in answers]
    assert (statuses.count("confirmed"), statuses.count("waitlisted")) == (1, PEOPLE - 1)
    assert sorted(int(str(answer["sequence"])) for answer in answers) == list(range(1, PEOPLE + 1))
