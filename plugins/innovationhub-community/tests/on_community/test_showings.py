"""What was shown: shared, edited, withdrawn, taken up; whom to talk to, by consent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest

from innovationhub import Hub, Invalid, NotFound, Refused
from innovationhub_community import Community, Contact, Outcome
from on_community.conftest import FORUM
from on_community.showings import HANDOVER, Said, handover
from tests.courier.post import Post, ticked
from tests.support import Clock

ADA = Contact("Name of ada", "ada@nhs.example")


def test_shown_at_the_forum_by_whoever_has_a_stand(hub: Hub, community: Community) -> None:
    """It belongs to the booking as `showcase`; who comes to see has nothing to show."""
    hub.book(FORUM, "ada", role="showcase")
    hub.book(FORUM, "ben", role="visitor")
    shown = community.share("ada", session_id=FORUM, **HANDOVER)
    assert (shown.title, shown.outcome, shown.session_id) == (HANDOVER["title"], Outcome.SUCCESS, FORUM)
    with pytest.raises(Refused) as none:
        community.share("ben", session_id=FORUM, **HANDOVER)
    assert none.value.codes == ("needs-role",)
    assert community.share("ben", **handover("failure")).session_id is None
    with pytest.raises(NotFound):
        community.share("ada", session_id="forum@2026-12-02T10:00", **HANDOVER)


def test_whom_to_talk_to_is_shown_by_a_consent_that_stands(community: Community) -> None:
    """Without one there is no name; one can give it later, and take it back at any time."""
    shown = community.share("ada", **HANDOVER)
    assert shown.contact is None
    community.consent(shown.id, "ada")
    assert community.showing(shown.id).contact == ADA
    (given,) = community.consents("ada")
    assert (given.about, given.at) == (shown.id, datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    community.withdraw_consent(shown.id, "ada")
    assert community.showing(shown.id).contact is None
    assert community.consents("ada") == []
    assert community.share("ada", contact=True, **HANDOVER).contact == ADA
    with pytest.raises(NotFound):
        community.consent(shown.id, "ben")


def test_the_author_edits_and_withdraws(community: Community) -> None:
    """What is left out stays; what is withdrawn is gone, with what others wrote about it."""
    shown = community.share("ada", contact=True, **HANDOVER)
    edited = community.edit(shown.id, outcome="mixed", learnt="It needs a clock, too.")
    assert (edited.title, edited.outcome) == (HANDOVER["title"], Outcome.MIXED)
    community.take_up(shown.id, "ben", where="Ward 7")
    community.withdraw(shown.id)
    with pytest.raises(NotFound):
        community.showing(shown.id)
    with pytest.raises(NotFound):
        community.take_ups(shown.id)
    assert community.showings() == []
    assert community.consents("ada") == []


def test_the_newest_first_by_person_and_by_outcome(community: Community, clock: Clock) -> None:
    for person, outcome in (("ada", "success"), ("ben", "failure"), ("ada", "mixed")):
        community.share(person, **handover(outcome))
        clock.pass_by(days=1)
    assert [str(each.outcome) for each in community.showings()] == ["mixed", "failure", "success"]
    assert [str(each.outcome) for each in community.showings(person_id="ada")] == ["mixed", "success"]
    assert len(community.showings(outcome="failure")) == 1
    assert len(community.showings(limit=2)) == 2


def test_taken_up_elsewhere_and_how_it_went(hub: Hub, community: Community, clock: Clock, post: Post) -> None:
    """Its author is told, in words; who takes up their own idea is not told so."""
    shown = community.share("ada", **HANDOVER)
    taken = community.take_up(shown.id, "ben", where="Ward 7", note="From March on.")
    clock.pass_by(hours=1)
    community.take_up(shown.id, "ada", where="Ward 8")
    assert taken.outcome is None
    heard = community.went(taken.id, "mixed", "It took six weeks.")
    assert (heard.outcome, heard.went) == (Outcome.MIXED, "It took six weeks.")
    assert [each.where for each in community.take_ups(shown.id)] == ["Ward 7", "Ward 8"]
    ticked(hub)
    assert post.said() == [("ada", "community-taken-up")]
    (message,) = post.got
    assert message.subject == "Somebody has taken your idea up: Handover in twenty minutes"
    assert "is tried elsewhere too: Ward 7." in message.text
    assert "They wrote: From March on." in message.text
    assert "ben" not in message.text


def test_a_take_up_that_is_gone_is_not_told(hub: Hub, community: Community, post: Post) -> None:
    shown = community.share("ada", **HANDOVER)
    community.take_up(shown.id, "ben", where="Ward 7")
    community.withdraw(shown.id)
    ticked(hub)
    assert post.got == []


def test_a_week_after_the_forum_those_who_showed_something_are_asked(
    hub: Hub, community: Community, clock: Clock, post: Post
) -> None:
    """Whoever was there with a stand and has not shared it; once; never who did, or only came to see."""
    hub.load_catalogue("learning-community.toml")
    for person in ("ada", "ben", "fac"):  # fac does not come
        hub.book(FORUM, person, role="showcase")
    hub.book(FORUM, "cat", role="visitor")
    clock.now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    for person in ("ada", "ben", "cat"):
        hub.check_in(FORUM, person, role="visitor" if person == "cat" else "showcase")
    community.share("ben", session_id=FORUM, **HANDOVER)
    for _ in range(5):
        clock.pass_by(days=1)
        ticked(hub)
    asked = [message for message in post.got if message.kind == "community-showed"]
    assert [message.to.email for message in asked] == ["ada@nhs.example"]
    assert asked[0].subject == "What did you learn? Share and Spread"
    assert "When: Tuesday 1 December 2026" in asked[0].text
    assert "Please write to us at team@nhs.example" in asked[0].text


def test_of_a_party_only_those_who_came_are_asked(hub: Hub, clock: Clock, post: Post) -> None:
    hub.load_catalogue("learning-community.toml")
    hub.book(FORUM, "ada", group=["ben"], role="showcase")
    clock.now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    hub.check_in(FORUM, "ada", role="showcase")
    clock.pass_by(hours=3)
    hub.close_register(FORUM)
    clock.pass_by(days=3)
    ticked(hub)
    assert "community-showed" in post.to("ada")
    assert "community-showed" not in post.to("ben")


def test_nobody_is_asked_where_the_catalogue_does_not_say_so(hub: Hub, clock: Clock, post: Post) -> None:
    hub.book(FORUM, "ada", role="showcase")
    clock.now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    hub.check_in(FORUM, "ada", role="showcase")
    clock.pass_by(days=5)
    ticked(hub)
    assert "community-showed" not in post.to("ada")


def test_the_same_request_acts_once(community: Community) -> None:
    first = community.share("ada", request_id="r1", **HANDOVER)
    assert community.share("ada", request_id="r1", **HANDOVER) == first
    assert len(community.showings()) == 1
    with pytest.raises(Invalid):
        community.share("ben", request_id="r1", **HANDOVER)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", "a\x1bb"), ("done", "x" * 2001), ("outcome", "great"), ("learnt", " ")],
)
def test_what_cannot_be_kept_is_named(community: Community, field: str, value: str) -> None:
    with pytest.raises(Invalid) as wrong:
        community.share("ada", **cast("Said", {**HANDOVER, field: value}))
    assert wrong.value.field == field
