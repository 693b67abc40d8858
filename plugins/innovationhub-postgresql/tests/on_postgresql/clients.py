"""Starting `worker`s, listening to them, and checking afterwards what they were told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread

from innovationhub import Hub, Refused

ROOT = Path(__file__).parents[4]


class Client:
    """A worker process: what it said, and ways to let it begin, to wait and to kill it."""

    def __init__(self, *arguments: object) -> None:
        places = [str(ROOT), str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-W",
                "ignore::DeprecationWarning",
                "-m",
                "on_postgresql.worker",
                *map(str, arguments),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        first = self.process.stdout.readline()
        assert json.loads(first or "{}") == {"ready": True}, self.process.communicate()
        self.said: list[dict[str, object]] = []
        self._heard = Condition()
        self._listener = Thread(target=self._listen)
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
        return sum("done" in line for line in self.said)

    def until(self, enough: Callable[[], bool]) -> None:
        """Wait until what it has said is enough."""
        with self._heard:
            assert self._heard.wait_for(enough, 60), self.said[-5:]

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


def check(hub: Hub, lines: list[dict[str, object]]) -> None:
    """Every acknowledged answer is given again, and what was under way acts at most once."""
    sent = {str(line["sent"]): line for line in lines if "sent" in line}
    done = {str(line["done"]): line for line in lines if "done" in line}
    for request, answer in done.items():
        assert again(hub, request, sent[request]) == {key: answer[key] for key in answer if key != "done"}
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
