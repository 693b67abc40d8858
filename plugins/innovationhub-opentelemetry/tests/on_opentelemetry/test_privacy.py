"""No metric says anything of a person, and no attribute takes more values than a hub has of what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from innovationhub import Hub, Person, Refused
from innovationhub.domain.journal import KINDS
from innovationhub.domain.messages import MessageKind
from innovationhub.domain.refusals import CODES
from innovationhub_opentelemetry import observe
from innovationhub_opentelemetry.events import OUTCOMES
from on_opentelemetry.reading import Metrics, counting
from tests.courier.post import POST, Post, ticked
from tests.support import TASTER, Clock, small_hub

README = Path(__file__).parents[2] / "README.md"
SECRETS = ("esr:900123", "ursula", "nhs.example", "my knee", "cold feet", "dr foxtrot")


@contextmanager
def lived(metrics: Metrics) -> Iterator[Hub]:
    """A life with free text and people wherever they may be; the hub after it, still open."""
    clock = Clock()
    with counting(metrics), small_hub(clock=clock, plugins=[metrics, Post()], settings=POST) as hub:
        observe(hub, meter_provider=metrics.provider)
        for id in ("esr:900123", "other", "third"):
            hub.add_person(Person(id, "Ursula K.", "ursula@nhs.example"), actor="Dr Foxtrot")
        booked = [hub.book(TASTER, id, note="my knee") for id in ("esr:900123", "other", "third")]
        with pytest.raises(Refused):
            hub.book(TASTER, "esr:900123", note="my knee", actor="Dr Foxtrot", request_id="req-ursula")
        hub.cancel(booked[0].id, reason="cold feet")
        ticked(hub)
        clock.now = hub.session(TASTER).starts
        hub.check_in(TASTER, "other")
        clock.now += timedelta(hours=2)
        hub.close_register(TASTER)
        ticked(hub)
        yield hub


def test_no_metric_names_anybody(metrics: Metrics) -> None:
    """Not by name, address or words, and not by the journal's opaque key."""
    with lived(metrics) as hub:
        data = metrics.reader.get_metrics_data()
        keys = {entry.subject for entry in hub.journal() if entry.kind == "person.added"}
    whole = str(data and data.to_json()).lower()
    assert len(keys) == 3
    assert "booking.promoted" in whole
    assert "already-booked" in whole
    assert not [word for word in (*SECRETS, "req-", *keys) if word in whole]


def test_attributes_take_few_values(metrics: Metrics) -> None:
    """Kinds, codes and outcomes are lists of the core's; the rest is what the hub has of it."""
    values: dict[str, set[object]] = {}
    with lived(metrics):
        for points in metrics.collected().values():
            for each in points:
                for name, value in each:
                    values.setdefault(name, set()).add(value)
    assert values["kind"] <= set(KINDS)
    assert values["code"] <= set(CODES)
    assert values["outcome"] <= set(OUTCOMES.values())
    assert values["message_kind"] <= {str(kind) for kind in MessageKind}
    assert values["session_type"] == {"taster"}
    assert values["channel"] == {"post"}


def test_the_readme_lists_every_metric(metrics: Metrics) -> None:
    """With the attributes that it has, and no other."""
    row = re.compile(r"^\| `innovationhub\.([\w.]+)` \| \w+ \| (.*?) \|", re.MULTILINE)
    rows = row.findall(README.read_text("utf-8"))
    told = {name: set(re.findall(r"`(\w+)`", attributes)) for name, attributes in rows}
    with lived(metrics):
        found = {
            metric: {name for each in points for name, _ in each}
            for metric, points in metrics.collected().items()
        }
    assert found == told
