"""What is said about bespoke workshops, to whom, and what is true no more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from innovationhub import Hub, HubSettings, Recurrence
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import Clock, people, session_type

ONCE = Recurrence.once(datetime(2026, 12, 9, 13, 0))


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def hub(make_hub: MakeHub, post: Post) -> Hub:
    made = make_hub(
        plugins=[post],
        settings=POST,
        hub=HubSettings(contact="team@nhs.example"),
        types=[session_type("workshop", 20, access="request")],
        series=[],
    )
    people(made, "ada", "ben", "fac")
    return made


def test_each_step_is_told_to_those_it_concerns(hub: Hub, clock: Clock, post: Post) -> None:
    """Who asked hears of every step; the contact of the request; everybody in the team of their places."""
    id = hub.request_workshop("ada", "Handover takes an hour.", people=["ben"]).id
    ticked(hub)
    assert sorted(post.said()) == [("ada", "workshop-requested"), ("team", "workshop-new")]
    hub.acknowledge_workshop(id, "fac", reply_by=clock.now + timedelta(days=3))
    ticked(hub)
    assert "Name of fac has taken on your request" in post.got[-1].text
    assert "by Friday 27 November 2026" in post.got[-1].text
    hub.design_workshop(id, aims="Shorter")
    hub.schedule_workshop(id, ONCE, venue="Room 1", facilitators=["fac"])
    ticked(hub)
    assert post.to("ada")[2:] == ["confirmed", "workshop-scheduled"]
    assert post.to("ben") == ["confirmed"]
    assert post.got[-1].invitation is None
    clock.now = datetime(2026, 12, 9, 17, 0, tzinfo=clock.now.tzinfo)
    ticked(hub)
    hub.follow_up_workshop(id, changed="25 minutes now", learnt="Draw it first")
    ticked(hub)
    assert post.to("ada")[-1] == "workshop-followed-up"
    assert "What was learnt: Draw it first" in post.got[-1].text


def test_a_missed_promise_is_told_once(hub: Hub, clock: Clock, post: Post) -> None:
    """To the contact and to whoever leads it; a new promise may be missed anew."""
    id = hub.request_workshop("ada", "Handover takes an hour.").id
    ticked(hub)
    clock.pass_by(days=7)
    ticked(hub)
    assert post.to("team") == ["workshop-new", "workshop-overdue"]
    assert [each.id for each in hub.workshops(overdue=True)] == [id]
    hub.acknowledge_workshop(id, "fac", reply_by=clock.now + timedelta(days=1))
    for _ in range(3):
        clock.pass_by(days=1)
        ticked(hub)
    assert post.to("fac") == ["workshop-overdue"]
    assert post.to("team")[2:] == ["workshop-overdue"]
    assert [entry.kind for entry in hub.journal(limit=1000)].count("workshop.overdue") == 2


def test_what_is_true_no_more_is_not_said(hub: Hub, post: Post) -> None:
    """Declined before anything went out: only that is said, with the pointer."""
    id = hub.request_workshop("ada", "Handover takes an hour.").id
    hub.decline_workshop(id, "One ward's own", pointer="Rostering")
    ticked(hub)
    assert post.said() == [("ada", "workshop-declined")]
    assert "Who may help instead: Rostering" in post.got[0].text
