"""Batches made on purpose: a store that holds up whoever leads, while others come to wait in a known order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread, get_ident
from typing import TypeVar

from innovationhub import Catalogue, Hub, Person
from innovationhub.builtin.memory import open_memory
from innovationhub.builtin.sqlite import open_sqlite
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Range, Read, Record, Rows
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit, Store, StoreRequest, SupportsCount
from tests.support import Clock, session_type, weekly

T = TypeVar("T")
LONG = 20.0


class Held:
    """A store that counts what is asked of it, and holds up or spoils the next reading or commit when told to.

    `spoils` is called with each commit, before the store has it; `lost` with each that it has done.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reads: list[Read] = []
        self.commits: list[Commit] = []
        self.spoils: Callable[[Commit], object] = lambda commit: None
        self.lost: Callable[[Commit], object] = lambda commit: None
        self.dark: Exception | None = None
        self.entered, self.go_on = Event(), Event()
        self._at = ""

    def hold(self, at: str) -> None:
        """Hold up the next `read` or `commit` until `go_on` is set."""
        self.entered, self.go_on = Event(), Event()
        self._at = at

    def _pass(self, at: str) -> None:
        if self._at == at:
            self._at = ""
            go_on = self.go_on
            self.entered.set()
            assert go_on.wait(LONG)

    def read(self, request: Read) -> Rows:
        self.reads.append(request)
        self._pass("read")
        if self.dark:
            raise self.dark
        return self.store.read(request)

    def commit(self, commit: Commit) -> int:
        self._pass("commit")
        self.spoils(commit)
        self.commits.append(commit)
        position = self.store.commit(commit)
        self.lost(commit)
        return position

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        return self.store.tail(after, limit)

    def count(self, wanted: Range[Record]) -> int:
        assert isinstance(self.store, SupportsCount)
        return self.store.count(wanted)

    def close(self) -> None:
        self.store.close()

    def forget(self) -> None:
        """Begin to count anew."""
        self.reads, self.commits = [], []

    def writes(self, kind: type[Record]) -> list[int]:
        """How many rows of a class each commit wrote."""
        return [sum(type(row) is kind for row in commit.puts) for commit in self.commits]


def held_hub(
    file: Path | None = None, *, capacity: int | None = 2, limit: int | None = None, others: int = 0
) -> tuple[Hub, Held]:
    """A hub on such a store, with the weekly taster, and so many more types beside it (`other0` and so on)."""
    if file is None:
        store = open_memory(StoreRequest("memory:", CORE_RECORDS))
    else:
        store = open_sqlite(StoreRequest(f"sqlite:///{file}", CORE_RECORDS))
    held = Held(store)
    hub = Hub(held, load(discover=False), Clock())
    types = [session_type(capacity=capacity, limit=limit)]
    types += [session_type(f"other{number}", 1) for number in range(others)]
    series = [weekly()] + [weekly(f"other{number}") for number in range(others)]
    hub.load_catalogue(Catalogue(None, tuple(types), tuple(series)))
    return hub, held


def outcome(call: Callable[[], T]) -> T | Exception:
    """What a call gives, or raises."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001  # it is compared with what was expected
        return error


class Waiting:
    """Calls that have come to wait in this order, behind one that the store holds up; `answers` lets them go."""

    def __init__(self, hub: Hub, held: Held, calls: Sequence[Callable[[], T]]) -> None:
        self._came: dict[int, Event] = {}
        hub.add_person(Person("who-leads"))
        hub._engine.gathering.joined = self._joined  # type: ignore[method-assign]
        held.hold("read")
        self._go_on = held.go_on
        self._answers: dict[int, object] = {}
        self.threads = [Thread(target=outcome, args=(lambda: hub.add_person(Person("who-leads")),))]
        self.threads[0].start()
        assert held.entered.wait(LONG)
        for call in calls:
            self.start(call)
        held.forget()

    def start(self, call: Callable[[], object]) -> None:
        """One more call, which waits behind those before it, or has its answer, when this returns."""
        number = len(self.threads) - 1
        came = Event()

        def work() -> None:
            self._came[get_ident()] = came
            self._answers[number] = outcome(call)
            came.set()  # a call may be wrong before it comes to wait

        thread = Thread(target=work)
        self.threads.append(thread)
        thread.start()
        assert came.wait(LONG)

    def _joined(self) -> None:
        self._came[get_ident()].set()

    def let_go(self) -> None:
        """Let the one that is held up go on, and so all that wait behind it."""
        self._go_on.set()

    def join(self, *numbers: int) -> None:
        """Wait until these calls have come to an end."""
        for number in numbers:
            self.threads[number + 1].join(LONG)
            assert number in self._answers

    def answers(self) -> list[object]:
        """What each of them was answered, in order."""
        self.let_go()
        for thread in self.threads:
            thread.join(LONG)
        assert len(self._answers) == len(self.threads) - 1
        return [self._answers[number] for number in sorted(self._answers)]


def together(hub: Hub, held: Held, *calls: Callable[[], object]) -> list[object]:
    """What these are answered when they are decided in one batch, in this order."""
    return Waiting(hub, held, calls).answers()


def book(hub: Hub, session: str, person: str, request_id: str | None = None) -> Callable[[], object]:
    """A call that books."""
    return lambda: hub.book(session, person, request_id=request_id)
