"""A run in which each event of a hub comes up, through real faults; and what was told in it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from innovationhub import (
    Case,
    Hub,
    Person,
    PluginError,
    Refused,
    Resize,
    Rule,
    SessionType,
    Settings,
    Unavailable,
    Verdict,
    hookimpl,
)
from innovationhub.builtin.memory import MemoryStore
from innovationhub.courier.outbox import Outbox
from innovationhub.domain.records import Read, Rows
from innovationhub.hub import searching
from innovationhub.protocols.channel import Later, Message, Never, Outcome, Sent
from innovationhub.testing import Flaky
from innovationhub.testing.samples import Paper, put
from tests.courier.post import Post
from tests.courier.test_followers import Ledger
from tests.support import TASTER, Clock, session_type, small_hub, weekly

POST = Settings(discover=False, channels=("post:",))

_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Told(logging.Handler):
    """Every record that comes by."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def events(self, name: str) -> list[dict[str, object]]:
        """The fields of every event of that name, in order."""
        return [fields_of(each) for each in self.records if each.getMessage() == name]


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _USUAL}


@contextmanager
def told(level: int = logging.DEBUG) -> Iterator[Told]:
    """Listens to everything that is logged below `innovationhub`."""
    logger, handler = logging.getLogger("innovationhub"), Told()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


class Meddling:
    """A rule that breaks for whoever it is told to, and during which somebody else may book."""

    def __init__(self) -> None:
        self.breaks = False
        self.other: Hub | None = None

    @hookimpl
    def innovationhub_rules(self) -> Mapping[str, Rule]:
        return {"meddling": self}

    def needs(self, case: Case) -> Read:
        return Read()

    def judge(self, rows: Rows, case: Case) -> Verdict:
        other, self.other = self.other, None
        if other is not None:
            other.book(TASTER, "third")
        if self.breaks:
            raise RuntimeError(f"Ursula K., key {case.person}, cannot be looked up")
        return Verdict(allowed=True)


class Broken:
    @hookimpl
    def innovationhub_rules(self) -> Mapping[str, Rule]:
        raise RuntimeError("Ursula K. has not paid for this plugin")


class Letters(Post):
    """A channel that answers in every way, and names whom it writes to whenever it can."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.number = 0

    def _answer(self, message: Message) -> Outcome:
        self.number += 1
        name = f"{message.to.name} <{message.to.email}>"
        answers: tuple[Outcome, ...] = (
            Sent(f"for {name}"),
            Later(f"{name} is busy"),
            Never(f"no {name} here"),
        )
        return answers[self.number % 3]

    def close(self) -> None:
        raise RuntimeError("bye, Ursula K.")


def busy(folder: Path) -> None:
    """Lets each event come up."""
    clock, rule, path = Clock(), Meddling(), folder / "hub.db"
    types = [session_type(capacity=1), SessionType("ruled", "Ruled", rules=("meddling",))]
    series = [weekly(), weekly("ruled", "2026-12-02T10:00")]
    plugins = [rule, Letters(), Ledger(breaks=1), Broken()]
    address = Path(f"{path}?timeout=0.1")
    hub = small_hub(address, clock=clock, types=types, series=series, plugins=plugins, settings=POST)
    for id, name in (("esr:900123", "Ursula K."), ("other", "Otto O."), ("third", "Thea T.")):
        hub.add_person(Person(id, name, f"{name.split()[0].lower()}@nhs.example", phone="+447700900123"))
    first = hub.book(TASTER, "esr:900123", note="my knee", request_id="req-ursula")
    hub.book(TASTER, "other", note="cold feet")
    with pytest.raises(Refused):
        hub.book(TASTER, "esr:900123", note="my knee", actor="Dr Foxtrot")
    with small_hub(address, clock=clock, types=types, series=series, plugins=[Meddling()]) as second:
        rule.other = second
        # both write to the diary of the third
        hub.book("ruled@2026-12-02T10:00", "third", note="my knee")
    rule.breaks = True
    with pytest.raises(PluginError):
        hub.book("ruled@2026-12-02T10:00", "esr:900123")
    hub.tick()
    rule.breaks = False
    clock.pass_by(hours=8)
    hub.tick()
    hub.cancel(first.id, reason="cold feet", person_id="esr:900123")
    with pytest.raises(Refused):
        hub.cancel(first.id, reason="cold feet")
    hub.apply(hub.plan(Resize(TASTER, "attendee", 0)))
    clock.now = hub.session(TASTER).starts + timedelta(days=1)
    hub.tick()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Outbox, "run", _unforeseen)
        hub.tick()
    _searched()
    _locked(hub, path)
    hub.close()


def _unforeseen(*_: object) -> None:
    raise KeyError("Ursula K.")


def _searched() -> None:
    """A store that does not search has more rows than are looked through."""
    store = Flaky(MemoryStore((Paper,)), seed=1, rate=0.0)
    put(store, Paper("a", 1, "Ursula K."), Paper("a", 2, "Ursula K."))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "LOOKED_THROUGH", 1)
        assert len(searching.search(store, Paper, "ursula", 10)) == 1


def _locked(hub: Hub, path: Path) -> None:
    """Somebody has the file to themselves."""
    hub.book("ruled@2026-12-09T10:00", "other")
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable):
        hub.book("ruled@2026-12-09T10:00", "esr:900123", request_id="req-ursula-2")
    with pytest.raises(Unavailable):
        hub.tick()
    lock.close()
