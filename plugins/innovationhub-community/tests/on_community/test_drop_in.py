"""At the drop-in: what somebody was pointed to, which they get afterwards, and what was tried out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from innovationhub import Hub, Invalid, Move, NotFound, Refused
from innovationhub_community import Community, Pointed, Space
from on_community.conftest import DROP_IN
from on_community.showings import HANDOVER
from tests.courier.post import Post, ticked
from tests.support import Clock

HALF_PAST = datetime(2026, 12, 2, 10, 30, tzinfo=UTC)


def test_all_of_it_in_one_message_afterwards(
    hub: Hub, community: Community, space: Space, clock: Clock, post: Post
) -> None:
    """A thing, a practice, a showing with whom to talk to, a page, and words; the problem stays with the booking."""
    clock.now = HALF_PAST
    shown = community.share("ada", contact=True, **HANDOVER)
    visit = hub.check_in(DROP_IN, "ben")
    hub.amend(visit.id, note="Handover takes an hour.")
    community.signpost(visit.id, "thing:vr-headset", note="before Friday")
    community.signpost(visit.id, "practice:safety-huddles")
    community.signpost(visit.id, f"showing:{shown.id}")
    community.signpost(visit.id, "https://qi.example/handover", title="Handover toolkit")
    community.signpost(visit.id, "The yellow folder in the hub")
    assert [str(each.kind) for each in community.signposts(visit.id)].count("resource") == 2
    space.tried("vr-headset", booking_id=visit.id)
    ticked(hub)
    assert "community-signposts" not in post.to("ben")
    clock.now = datetime(2026, 12, 2, 11, 15, tzinfo=UTC)
    ticked(hub)
    (message,) = (each for each in post.got if each.kind == "community-signposts")
    assert message.to.email == "ben@nhs.example"
    assert message.subject == "What we pointed you to: Problem Solving Drop In"
    for line in (
        "Virtual reality headset. See a ward as a patient",
        "You find it here: Headset corner. (before Friday)",
        "Safety huddles. Ten minutes",
        "Draw it first. The night shift must be in the room. You can talk to Name of ada, ada@nhs.example.",
        "Handover toolkit: https://qi.example/handover",
        "The yellow folder in the hub",
    ):
        assert line in message.text
    community.signpost(visit.id, "One more thing")
    clock.pass_by(minutes=15)
    ticked(hub)
    assert post.to("ben").count("community-signposts") == 2


def test_without_consent_the_message_names_nobody(
    hub: Hub, community: Community, clock: Clock, post: Post
) -> None:
    """The consent is looked at when the message goes out."""
    clock.now = HALF_PAST
    shown = community.share("ada", contact=True, **HANDOVER)
    visit = hub.check_in(DROP_IN, "ben")
    community.signpost(visit.id, f"showing:{shown.id}")
    community.withdraw_consent(shown.id, "ada")
    clock.pass_by(hours=1)
    ticked(hub)
    (message,) = (each for each in post.got if each.kind == "community-signposts")
    assert "Draw it first." in message.text
    assert "ada" not in message.text.casefold()


def test_a_session_that_moved_is_waited_for(hub: Hub, community: Community, clock: Clock, post: Post) -> None:
    """What was given beforehand is sent after the session, whenever that is by then."""
    visit = hub.book(DROP_IN, "ben")
    community.signpost(visit.id, "The yellow folder")
    hub.apply(hub.plan(Move(DROP_IN, starts=datetime(2026, 12, 4, 10, 0, tzinfo=UTC))))
    clock.now = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
    ticked(hub)
    assert "community-signposts" not in post.to("ben")
    clock.now = datetime(2026, 12, 4, 11, 15, tzinfo=UTC)
    ticked(hub)
    assert post.to("ben").count("community-signposts") == 1


def test_only_for_who_is_there(hub: Hub, community: Community, clock: Clock, post: Post) -> None:
    """Of a party each gets their own; a booking that came to nothing gets none."""
    clock.now = HALF_PAST
    party = hub.book("forum@2026-12-08T10:00", "ada", group=["ben"], role="visitor")
    community.signpost(party.id, "For Ben", person_id="ben")
    with pytest.raises(NotFound):
        community.signpost(party.id, "For Cat", person_id="cat")
    with pytest.raises(NotFound):
        community.signpost("nowhere", "x")
    with pytest.raises(NotFound):
        community.signpost(party.id, "thing:time-machine")
    hub.cancel(party.id)
    with pytest.raises(Refused) as gone:
        community.signpost(party.id, "Too late", person_id="ben")
    assert gone.value.codes == ("not-active",)
    clock.now = datetime(2026, 12, 9, tzinfo=UTC)
    ticked(hub)
    assert "community-signposts" not in post.to("ben")


@pytest.mark.parametrize("to", ["", "https://a b", 'https://"', "thing:No Such", "x" * 501])
def test_what_cannot_be_pointed_to_is_named(hub: Hub, community: Community, to: str) -> None:
    booking = hub.book(DROP_IN, "ada")
    with pytest.raises(Invalid) as wrong:
        community.signpost(booking.id, to)
    assert wrong.value.field == "to"


def test_what_was_tried_out(hub: Hub, space: Space) -> None:
    """On somebody's booking, or by whoever was there; only what there is, and where there is a session."""
    booking = hub.book(DROP_IN, "ada")
    space.tried("prototyping-kit", booking_id=booking.id)
    space.tried("prototyping-kit", session_id=DROP_IN)
    with pytest.raises(NotFound):
        space.tried("time-machine", session_id=DROP_IN)
    with pytest.raises(NotFound):
        space.tried("prototyping-kit", session_id="drop-in@2026-12-03T10:00")
    for wrong in ({}, {"booking_id": booking.id, "session_id": DROP_IN}):
        with pytest.raises(Invalid):
            space.tried("prototyping-kit", **wrong)
    hub.cancel(booking.id)
    with pytest.raises(Refused):
        space.tried("prototyping-kit", booking_id=booking.id)


def test_search_finds_pages_and_never_what_was_said_to_one(
    hub: Hub, community: Community, space: Space
) -> None:
    """Showings, practices, things and resources, by all the words; not what is for one person alone."""
    booking = hub.book(DROP_IN, "ben")
    shown = community.share("ada", contact=True, **HANDOVER)
    community.signpost(booking.id, "https://qi.example/handover", title="Handover toolkit", note="Ask Cat")
    community.signpost(booking.id, "Ask Cat about the handover")
    found = community.search("handover")
    assert {(str(each.kind), each.id) for each in found} == {
        ("showing", shown.id),
        ("resource", "https://qi.example/handover"),
    }
    assert [each.title for each in community.search("ward patient")] == ["Virtual reality headset"]
    assert [each.id for each in community.search("safety", kinds=["practice"])]
    assert {each.kind for each in community.search("handover", kinds=["showing"])} == {Pointed.SHOWING}
    for words in ("ada", "cat", "name of ada"):
        assert community.search(words) == []
    (only,) = community.search("night", limit=1)
    assert "The night shift must be in the room." in only.excerpt
    with pytest.raises(Invalid) as wrong:
        community.search("handover", kinds=["person"])
    assert wrong.value.field == "kinds"
