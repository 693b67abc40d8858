"""A process that forks while one of its threads is in the middle of something, and whose child then uses the hub.

    python -m tests.races.forked command     the thread is committing; the child books
    python -m tests.races.forked batch       as above, with two more that wait to be gathered
    python -m tests.races.forked refresh     the thread is reading the programme; the child asks for the settings

It says on its output how the child ended. A child that waits for what is not in it is ended by an alarm.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from threading import Event, Semaphore, Thread

from innovationhub import Catalogue, Hub
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.programme import SeriesRow
from innovationhub.domain.records import Read, Rows
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit
from tests.support import TASTER, Clock, crowd, session_type, weekly


class Slow(MemoryStore):
    """A store that keeps the thread which asks it for `at` waiting, in the process in which it was made."""

    at = ""

    def __init__(self) -> None:
        super().__init__(CORE_RECORDS)
        self.entered, self.go_on = Event(), Event()
        self.process = os.getpid()

    def commit(self, commit: Commit) -> int:
        self.wait("command")
        return super().commit(commit)

    def read(self, request: Read) -> Rows:
        if any(each.type is SeriesRow for each in request.ranges):
            self.wait("refresh")
        return super().read(request)

    def wait(self, at: str) -> None:
        if self.at == at and os.getpid() == self.process:
            self.entered.set()
            self.go_on.wait(60)


def child(does: Callable[[], object]) -> int:
    """What a forked process says of itself: 0 when it did what it was to do."""
    pid = os.fork()
    if pid == 0:
        signal.alarm(10)
        try:
            does()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(pid, 0)[1]


def main() -> None:
    what = sys.argv[1]
    store = Slow()
    hub = Hub(store, load(discover=False), Clock())
    hub.load_catalogue(Catalogue(None, (session_type(),), (weekly(),)))
    crowd(hub, 4)
    does: dict[str, Callable[[str], object]] = {
        "command": lambda person: hub.book(TASTER, person),
        "batch": lambda person: hub.book(TASTER, person),
        "refresh": lambda person: hub.settings,
    }
    store.at = "refresh" if what == "refresh" else "command"
    threads = [Thread(target=does[what], args=("p0",))]
    threads[0].start()
    assert store.entered.wait(30)
    came = Semaphore(0)
    hub._engine.gathering.joined = came.release  # type: ignore[method-assign]
    for person in ("p2", "p3") if what == "batch" else ():
        threads.append(Thread(target=does[what], args=(person,)))
        threads[-1].start()
        assert came.acquire(timeout=30)
    ended = child(lambda: does[what]("p1"))
    store.go_on.set()
    for thread in threads:
        thread.join(30)
    booked = hub.book(TASTER, "p0" if what == "refresh" else "p1")
    assert booked.status == ("waitlisted" if what == "batch" else "confirmed")
    assert booked.sequence == {"command": 2, "batch": 4, "refresh": 1}[what]
    sys.stdout.write(f"{ended}\n")


if __name__ == "__main__":
    main()
