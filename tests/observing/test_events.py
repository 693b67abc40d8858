"""Events: each as docs/observing.md says, told by real faults, and never of whom."""

from __future__ import annotations

import ast
import json
import logging
import re
from time import monotonic

import pytest

from innovationhub import Hub, Person, Reason, Refusal, Refused
from innovationhub.domain.reserving import Book
from innovationhub.engine.observing import answered
from innovationhub.engine.requests import Ticket
from tests.conftest import MakeHub
from tests.house import tree
from tests.observing.busy import Told, busy, fields_of, told
from tests.support import TASTER, Clock, people, small_hub

PAGE = tree.ROOT / "docs" / "observing.md"
ROW = re.compile(r"^\| `([a-z.-]+)` \| ([A-Z]+) \| `([a-z.]+)` \| (.*?) \| .* \|$", re.MULTILINE)
EVENTS = {
    name: (level, logger, frozenset(re.findall(r"`(\w+)`", fields)))
    for name, level, logger, fields in ROW.findall(PAGE.read_text("utf-8"))
}
SECRETS = (
    "esr:900123",
    "ursula",
    "nhs.example",
    "dr foxtrot",
    "my knee",
    "cold feet",
    "req-",
    "447700900123",
)
LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What was told in a busy run."""
    with told() as heard:
        busy(tmp_path_factory.mktemp("busy"))
    return heard


def logged(module: ast.Module) -> list[str]:
    """The events that a module logs; "?" for one whose name is not a constant."""
    calls = [
        node.args[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "logger", "logging"}
    ]
    return [str(each.value) if isinstance(each, ast.Constant) else "?" for each in calls]


def test_every_event_in_the_code_is_documented_and_no_other() -> None:
    """An operator reads the names there and nowhere else."""
    inside = [event for path in tree.python_files("src") for event in logged(tree.parsed(path))]
    assert set(inside) == set(EVENTS)
    assert logged(ast.parse("log.info('a.b')\nlog.warning(name)\nmath.log(2)")) == ["a.b", "?"]


def test_each_comes_up_as_it_is_documented(run: Told) -> None:
    """Its level, its logger and its fields, all of them each time."""
    seen = {
        (each.getMessage(), each.levelname, each.name, frozenset(fields_of(each))) for each in run.records
    }
    assert seen == {(name, *rest) for name, rest in EVENTS.items()}


def test_fields_are_plain(run: Told) -> None:
    """What writes JSON writes them; and none has the name of something that a record has anyway."""
    for record in run.records:
        fields = fields_of(record)
        assert json.loads(json.dumps(fields)).keys() == fields.keys()


def test_what_is_told_is_what_happened(run: Told) -> None:
    """Of the first refusal, of conflicts, of what broke, and of what became of messages."""
    refusal, *_ = run.events("command.refused")
    assert refusal == {
        "command": "book",
        "codes": ("already-booked",),
        "session": TASTER,
        "role": None,
        "booking": None,
    }
    cancelled = run.events("command.refused")[1]
    assert (cancelled["command"], cancelled["codes"], cancelled["session"]) == (
        "cancel",
        ("not-active",),
        None,
    )
    assert cancelled["booking"]
    delayed, *_ = run.events("command.delayed")
    assert (delayed["command"], delayed["session"]) == ("book", "ruled@2026-12-02T10:00")
    assert delayed["conflicts"] == 1
    assert {each["plugin"] for each in run.events("plugin.failed")} == {"meddling"}
    assert run.events("plugin.broken") == [{"plugin": "Broken"}]
    assert run.events("follower.failed") == [{"follower": "ledger", "error": "RuntimeError"}]
    down, *_ = run.events("store.unavailable")
    assert down == {"command": "book", "outcome_known": True, "cause": "OperationalError"}
    assert run.events("tick.failed") == [{"cause": "OperationalError"}]
    assert all(each["channel"] == "post" for each in run.events("message.later"))


def test_a_queue_that_could_not_be_settled_is_told_of() -> None:
    """What called for it is done and its caller answered, so nobody else would hear why the queue stands still."""
    hub = small_hub()
    hub.close()
    with told() as heard:
        assert not hub._engine.settle(TASTER, "attendee")
    assert heard.events("store.unavailable") == [{"command": "settle", "outcome_known": True, "cause": None}]


def test_a_tick_tells_what_it_reports(make_hub: MakeHub) -> None:
    """The same counts, of lists how long they are."""
    hub = make_hub()
    people(hub, "p0", "p1", "p2")
    for person in ("p0", "p1", "p2"):
        hub.book(TASTER, person)
    with told() as heard:
        report = hub.tick()
    (event,) = heard.events("tick.done")
    assert event.pop("milliseconds") is not None
    assert report.lms is None
    assert [event.pop(name) for name in ("lms_acts", "lms_findings", "lms_failed")] == [None, None, None]
    for name, value in event.items():
        reported = getattr(report, name)
        assert value == (len(reported) if isinstance(reported, tuple) else reported), name


def test_nobody_is_named(run: Told) -> None:
    """No record has anything of a person's anywhere in it, though every fault of the run said whom it was about."""
    assert len(run.records) > 20
    for record in run.records:
        whole = f"{record.getMessage()} {vars(record)!r}".lower()
        assert not [secret for secret in SECRETS if secret in whole], record
        assert record.exc_info is None


def test_no_persons_key_is_told(make_hub: MakeHub, clock: Clock) -> None:
    """The journal has opaque keys of people, for whoever may read it; what goes to the logs has none."""
    with told() as heard:
        hub = make_hub()
        people(hub, "p0", "p1", "p2")
        booked = [hub.book(TASTER, person) for person in ("p0", "p1", "p2")]
        with pytest.raises(Refused):
            hub.book(TASTER, "p0", group=["p1"])
        hub.cancel(booked[0].id)
        with pytest.raises(Refused):
            hub.cancel(booked[0].id, actor="p1")
        hub.erase_person("p2")
        clock.now = hub.session(TASTER).starts
        hub.check_in(TASTER, Person("late"))
        hub.tick()
    keys = {entry.subject for entry in hub.journal() if entry.kind == "person.added"}
    assert len(keys) == 4
    whole = " ".join(repr(vars(record)) for record in heard.records)
    assert "command.refused" in whole
    assert not [key for key in keys if key in whole]


@pytest.mark.parametrize(
    "session", ["ursula@nhs.example", "ursula@2026-12-01T10:00", "Ursula K.", "taster@ursula", TASTER]
)
def test_what_a_caller_typed_is_not_told(hub: Hub, session: str) -> None:
    """A session or a role may be any text until it has been looked up, whichever a command looks up first."""
    command = Book(session_id=session, person="0" * 24, booking_id="1", actor="system:hub", role="Ursula")
    refusal = Refusal((Reason("full", "Ursula K. came first."),))
    with told() as heard:
        answered(command, refusal, Ticket(command, None), monotonic(), hub._engine.refresh())
    (event,) = heard.events("command.refused")
    assert (event["session"], event["role"]) == (TASTER if session == TASTER else None, None)


def test_nothing_is_written_where_nobody_has_set_up_logging() -> None:
    """Python writes a library's warnings to stderr unless the library says otherwise."""
    handlers = logging.getLogger("innovationhub").handlers
    assert [each for each in handlers if isinstance(each, logging.NullHandler)]


def test_the_page_shows_what_is_written() -> None:
    """The line of JSON on the page has the fields of that event."""
    (line,) = re.findall(r"^```json\n(.*?)\n```$", PAGE.read_text("utf-8"), re.MULTILINE)
    shown = json.loads(line)
    level, _, fields = EVENTS[shown["event"]]
    assert (shown["level"], frozenset(shown) - {"at", "level", "event"}) == (level, fields)
