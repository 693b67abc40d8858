"""Audit finds what is wrong here: each is broken once behind the hub's back, and the right finding names it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import innovationhub_community
from innovationhub import Hub
from innovationhub_community import Community, Space
from on_community.conftest import DROP_IN, SERIES, TYPES
from on_community.showings import HANDOVER
from tests.support import people, small_hub


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[tuple[Hub, sqlite3.Connection]]:
    """A hub with one of everything, and a way around its rules."""
    file = tmp_path / "hub.db"
    with small_hub(file, plugins=[innovationhub_community], types=TYPES, series=SERIES) as hub:
        hub.load_catalogue("learning-community.toml")
        people(hub, "ada", "ben", "cat")
        community = Community(hub)
        shown = community.share("ada", contact=True, **HANDOVER)
        community.take_up(shown.id, "ben", where="Ward 7")
        visit = hub.book(DROP_IN, "ben")
        community.signpost(visit.id, "A folder")
        Space(hub).tried("vr-headset", booking_id=visit.id)
        community.introduce("ada", "ben", "Why not")
        made = community.introduce("ada", "cat", "Why not")
        for person in ("ada", "cat"):
            community.consent(made, person)
        assert hub.audit() == []
        behind = sqlite3.connect(file, isolation_level=None)
        yield hub, behind
        behind.close()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE community_showing SET outcome = 'failure'", "replay"),
        ("UPDATE community_take_up SET outcome = 'failure'", "replay"),
        ("UPDATE community_signpost SET person = 'x'", "replay"),
        ("UPDATE community_tried SET thing = 'x'", "replay"),
        (
            "UPDATE community_introduction SET due = '2030-01-01T00:00:00+00:00' WHERE state = 'asked'",
            "replay",
        ),
        ("UPDATE community_introduction SET state = 'made' WHERE state = 'asked'", "not-agreed"),
        ("UPDATE community_introduction SET state = 'made' WHERE state = 'asked'", "promise"),
        ("DELETE FROM timer WHERE kind = 'community:introduction'", "promise"),
        ("DELETE FROM community_consent", "consent"),
        (
            """INSERT INTO community_consent SELECT id, one, '2026-11-24T09:00:00.000000+00:00', 1
            FROM community_introduction WHERE state = 'asked'""",
            "consent",
        ),
        ("DELETE FROM community_showing", "no-subject"),
        ("DELETE FROM booking", "no-subject"),
    ],
)
def test_what_is_broken_is_found(broken: tuple[Hub, sqlite3.Connection], statement: str, code: str) -> None:
    hub, behind = broken
    assert behind.execute(statement).rowcount > 0
    found = [each for each in hub.audit() if each.invariant == 6]
    assert code in {each.code for each in found}
