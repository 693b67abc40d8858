"""What the team sees: figures that name nobody, previews of messages, a plan before a thing is taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from innovationhub import Hub, NotFound, Refused
from innovationhub.domain.time import Span
from innovationhub_community import Community, Retire, Space
from innovationhub_community.keeper import CommunityKeeper
from innovationhub_community.telling import KINDS
from on_community.conftest import DROP_IN
from on_community.showings import HANDOVER, handover
from tests.support import Clock

SLOT = "try-vr-headset@2026-12-03T13:00"


def test_figures_count_and_name_nobody(hub: Hub, community: Community, space: Space, clock: Clock) -> None:
    """What was shown by outcome, taken up, pointed to, tried, introduced; within the span."""
    before = clock.now - timedelta(days=1)
    shown = community.share("ada", **HANDOVER)
    community.share("ben", **handover("failure"))
    community.went(community.take_up(shown.id, "ben", where="Ward 7").id, "failure", "Not for us.")
    community.take_up(shown.id, "cat", where="Ward 8")
    visit = hub.book(DROP_IN, "ben")
    for to in ("A folder", "thing:vr-headset"):
        community.signpost(visit.id, to)
    for _ in range(2):
        space.tried("vr-headset", session_id=DROP_IN)
    made = community.introduce("ada", "ben", "Why not")
    community.introduce("ada", "cat", "Why not")
    for person in ("ada", "ben"):
        community.consent(made, person)
    span = Span(before, clock.now + timedelta(days=1))
    tables = {each.key: each.rows for each in _figures(hub, span)}
    assert tables == {
        "community-showings": (("success", 1, 0), ("failure", 1, 1), ("mixed", 0, 0), ("not heard of", 0, 1)),
        "community-signposts": (("resource", 1), ("practice", 0), ("showing", 0), ("thing", 1)),
        "community-tried": (("vr-headset", 2),),
        "community-introductions": (("asked for", 2), ("made", 1)),
    }
    nothing = Span(before, before + timedelta(hours=1))
    assert not [row for each in _figures(hub, nothing) for row in each.rows if any(row[1:])]


def _figures(hub: Hub, span: Span):  # type: ignore[no-untyped-def]
    return hub._engine.consider(lambda draft: CommunityKeeper().figures(draft, span))


def test_what_messages_look_like(hub: Hub) -> None:
    """Each kind has a template, and a made-up message."""
    assert set(KINDS) <= set(hub.message_kinds())
    for kind in KINDS:
        made = hub.preview_message(kind)
        assert made.subject
        assert "Hello Ada Obi," in made.text
        assert "None" not in made.text
        assert "<p>" in made.html


def test_who_has_booked_a_thing_is_seen_before_it_is_taken_away(hub: Hub, space: Space) -> None:
    """The plan names them; somebody else who books meanwhile makes it stale; then the thing is gone."""
    hub.book(SLOT, "ada", slot=2)
    plan = hub.plan(Retire("vr-headset"))
    assert [(each.kind, each.person_id) for each in plan.effects] == [("changed", ""), ("unmet", "ada")]
    assert plan.effects[0].sentence == "Virtual reality headset is taken out of the space."
    hub.book(SLOT, "ben", slot=3)
    with pytest.raises(Refused) as stale:
        hub.apply(plan)
    assert stale.value.codes == ("plan-stale",)
    assert stale.value.plan is not None
    hub.apply(stale.value.plan)
    assert "vr-headset" not in {each.key for each in space.things()}
    with pytest.raises(NotFound):
        hub.plan(Retire("vr-headset"))
    assert {each.person_id for each in hub.roster(SLOT)} == {"ada", "ben"}
