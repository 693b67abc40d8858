"""Introductions: asked of both, made with both consents, declined in silence, over in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from innovationhub import Hub, Invalid, NotFound, Refused
from innovationhub_community import Community, Contact, IntroductionState
from innovationhub_community.consenting import Lapse
from innovationhub_community.pointing import Remind
from on_community.conftest import DROP_IN
from tests.courier.post import Post, ticked
from tests.support import Clock

WHY = "You both want to shorten the handover between wards."
ADA, BEN = (Contact(f"Name of {each}", f"{each}@nhs.example") for each in ("ada", "ben"))

_S = IntroductionState


def test_made_once_both_agree(hub: Hub, community: Community, post: Post) -> None:
    """Each is asked without learning whom; then each learns how to reach the other."""
    id = community.introduce("ada", "ben", WHY)
    ticked(hub)
    assert sorted(post.said()) == [(each, "community-introduction-asked") for each in ("ada", "ben")]
    for message in post.got:
        assert message.subject == "May we introduce you to a colleague?"
        assert WHY in message.text
        assert "please write to us at team@nhs.example by Tuesday 8 December 2026" in message.text
        other = "ben" if message.to.name == "Name of ada" else "ada"
        assert other not in f"{message.subject} {message.html}".casefold()

    community.consent(id, "ada")
    assert community.introduction(id, "ada").agreed
    for person in ("ada", "ben"):
        assert community.introduction(id, person).state is _S.ASKED
        assert community.introduction(id, person).contact is None

    community.consent(id, "ben")
    assert community.introduction(id, "ada").contact == BEN
    assert community.introduction(id, "ben").contact == ADA
    assert [each.id for each in community.introductions("ben")] == [id]
    ticked(hub)
    assert post.to("ada") == post.to("ben") == ["community-introduction-asked", "community-introduced"]
    told = next(each for each in post.got if each.subject == "Meet Name of ben")
    assert told.to.email == "ada@nhs.example"
    assert "This is Name of ben: ben@nhs.example." in told.text
    assert "<p>You both agreed to meet." in told.html


def test_a_consent_taken_back_hides_both_again(hub: Hub, community: Community, post: Post) -> None:
    """At any time: before it is made, after it, and before the message has gone."""
    id = community.introduce("ada", "ben", WHY)
    community.consent(id, "ada")
    community.withdraw_consent(id, "ada")
    community.consent(id, "ben")
    assert community.introduction(id, "ben").state is _S.ASKED
    community.consent(id, "ada")
    community.withdraw_consent(id, "ben")
    ticked(hub)
    assert "community-introduced" not in [str(message.kind) for message in post.got]
    for person in ("ada", "ben"):
        seen = community.introduction(id, person)
        assert (seen.state, seen.contact) == (_S.MADE, None)
    community.consent(id, "ben")
    assert community.introduction(id, "ada").contact == BEN


def test_declined_in_silence(hub: Hub, community: Community, post: Post) -> None:
    """It is over for both alike, nobody is told, and neither the journal nor a receipt says who it was."""
    id = community.introduce("ada", "ben", WHY)
    ticked(hub)
    community.consent(id, "ada")
    before = len(hub.journal(limit=10_000))
    community.decline(id, "ben", request_id="r1")
    ticked(hub)
    assert len(post.got) == 2
    for person in ("ada", "ben"):
        seen = community.introduction(id, person)
        assert (seen.state, seen.agreed, seen.why, seen.contact) == (_S.OVER, False, "", None)
    since = hub.journal(limit=10_000)[before:]
    assert {entry.actor for entry in since} == {"system:community"}
    assert [entry.kind for entry in since] == ["community.unconsented", "community.introduction-over"]
    with pytest.raises(Refused) as over:
        community.consent(id, "ada")
    assert over.value.codes == ("not-active",)
    community.decline(id, "ada")  # over is over


def test_over_after_two_weeks(hub: Hub, community: Community, clock: Clock) -> None:
    """As if somebody had declined: nobody can tell which. One that was made stays."""
    open_, made = (community.introduce("ada", other, WHY) for other in ("ben", "cat"))
    community.consent(open_, "ada")
    for person in ("ada", "cat"):
        community.consent(made, person)
    clock.pass_by(days=14)
    clock.now -= timedelta(seconds=1)
    ticked(hub)
    assert community.introduction(open_, "ada").state is _S.ASKED
    clock.pass_by(seconds=1)
    ticked(hub)
    assert community.introduction(open_, "ada").state is _S.OVER
    assert community.consents("ben") == []
    assert community.introduction(made, "ada").state is _S.MADE


def test_nobody_is_asked_who_has_answered(hub: Hub, community: Community, post: Post) -> None:
    """Before the question went out: whoever agreed is not asked, nor anybody once it is over."""
    id = community.introduce("ada", "ben", WHY)
    community.consent(id, "ada")
    over = community.introduce("ada", "cat", WHY)
    community.decline(over, "cat")
    ticked(hub)
    assert post.said() == [("ben", "community-introduction-asked")]


def test_a_timer_that_rings_early_does_no_harm(hub: Hub, community: Community, clock: Clock) -> None:
    """Whoever looks decides on how things stand then."""
    id = community.introduce("ada", "ben", WHY)
    hub.run(Lapse(introduction_id=id))
    assert community.introduction(id, "ada").state is _S.ASKED
    booking = hub.book(DROP_IN, "ada")
    community.signpost(booking.id, "The yellow folder")
    clock.now = hub.session(DROP_IN).ends + timedelta(minutes=5)
    hub.run(Remind(booking_id=booking.id))
    assert "community.signposts-due" not in [entry.kind for entry in hub.journal()]


def test_it_is_nobody_elses(community: Community) -> None:
    """Only the two see it, agree, decline; nobody meets themselves; what was made is not declined."""
    id = community.introduce("ada", "ben", WHY)
    with pytest.raises(NotFound):
        community.introduction(id, "cat")
    with pytest.raises(NotFound):
        community.consent(id, "cat")
    with pytest.raises(NotFound):
        community.decline(id, "cat")
    with pytest.raises(Invalid) as alone:
        community.introduce("ada", "ada", WHY)
    assert alone.value.field == "other_id"
    for person in ("ada", "ben"):
        community.consent(id, person)
    with pytest.raises(Refused):
        community.decline(id, "ada")
