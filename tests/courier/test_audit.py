"""Audit of messages: what is broken on purpose is found (invariant 7)."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from innovationhub import Hub
from innovationhub.domain.deliveries import Delivery, Following
from innovationhub.domain.records import Key, Range, Read, Record, key_of
from innovationhub.protocols.store import Commit
from tests.courier.post import POST, Post, ticked
from tests.support import TASTER, crowd, small_hub


def told() -> Hub:
    """A hub that has told two people of their places."""
    hub = small_hub(plugins=[Post()], settings=POST)
    for person in crowd(hub, 2):
        hub.book(TASTER, person)
    ticked(hub)
    return hub


def one(hub: Hub) -> Delivery:
    every = Range(Delivery, "key", limit=10)
    return hub._store.read(Read(ranges=(every,))).scan(every).records[0]


def cursor(hub: Hub) -> Following:
    row = hub._store.read(Read((Key(Following, ("channel:post",)),))).get(Following, "channel:post")
    assert row is not None
    return row


def lose(hub: Hub) -> None:
    write(hub, one(hub), gone=True)


def misplace(hub: Hub) -> None:
    """One for an entry that calls for none: that the session was opened."""
    opened = next(entry for entry in hub.journal() if entry.kind == "session.opened")
    write(hub, attrs.evolve(one(hub), id="strayed", position=opened.position))


def foresee(hub: Hub) -> None:
    """One for an entry that is yet to come."""
    write(hub, attrs.evolve(one(hub), id="too-early", position=hub.journal()[-1].position + 1))


def run_ahead(hub: Hub) -> None:
    write(hub, attrs.evolve(cursor(hub), position=hub.journal()[-1].position + 5))


def write(hub: Hub, row: Record, *, gone: bool = False) -> None:
    key = key_of(row)
    found = hub._store.read(Read((key,))).keys[key]
    relied = {key: found.version if found else None}
    hub._store.commit(Commit(relied, () if gone else (row,), (key,) if gone else ()))


@pytest.mark.parametrize(
    ("broken", "code"),
    [(lose, "no-message"), (misplace, "uncalled"), (foresee, "uncalled"), (run_ahead, "ahead")],
    ids=["lose", "misplace", "foresee", "run ahead"],
)
def test_what_is_broken_is_found(broken: Callable[[Hub], None], code: str) -> None:
    """A message that is missing, that nothing calls for, or a cursor that is ahead of the journal."""
    with told() as hub:
        assert hub.audit() == []
        broken(hub)
        found = hub.audit()
        assert [(each.invariant, each.code) for each in found] == [(7, code)]


def test_an_export_says_what_was_written_to_somebody() -> None:
    """Each message with its kind, channel and what became of it, and nobody else's."""
    with told() as hub:
        held = hub.export_person("p0")
        assert [(each.kind, each.state, each.person_id) for each in held.messages] == [
            ("confirmed", "sent", "p0")
        ]
        assert held.complete
