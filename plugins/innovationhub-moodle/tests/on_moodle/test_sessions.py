"""Sessions: what stands in their details, what somebody there made of them, and what calling off leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovationhub import Invalid
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import Link, LmsSession, SignUpStatus
from innovationhub_moodle.marks import Description
from innovationhub_moodle.moodle import Moodle
from innovationhub_moodle.sessions import UNLIMITED
from on_moodle.standin import StandIn
from on_moodle.standin.state import Seminar
from on_moodle.test_lost_answers import SESSION, TYPE

LINES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


def published(moodle: Moodle, **fields: Any) -> tuple[Link, LmsSession]:
    of = Link(TYPE.key, moodle.publish_type(TYPE))
    session = attrs.evolve(SESSION, **fields)
    return Link(session.key, moodle.publish_session(session, of)), session


def seminar_of(stand_in: StandIn, link: Link) -> Seminar:
    return stand_in.site.state.seminars[int(link.ref.rpartition(".")[2])]


def test_a_session_says_what_and_where_it_is(stand_in: StandIn, moodle: Moodle) -> None:
    """Title, venue and mark in its details; its length in minutes, whole hours or not; seconds in UTC."""
    link, session = published(moodle, venue="Room 1 <east>", ends=datetime(2026, 12, 1, 11, 30, tzinfo=UTC))
    seminar = seminar_of(stand_in, link)
    assert seminar.details == (
        '<p class="ih-title">CQI Taster</p>\n'
        '<p class="ih-venue">Room 1 &lt;east&gt;</p>\n'
        f'<p class="ih-ref">ref ih:session:{session.key}</p>'
    )
    assert seminar.duration == 90
    assert seminar.dates == [(1796119200, 1796124600)]
    assert moodle.read_session(link) == session


@given(title=LINES, venue=st.just("") | LINES)
def test_details_are_read_as_they_were_written(title: str, venue: str) -> None:
    """Whatever signs are in them."""
    described = Description(title, venue)
    assert Description.read(described.written("a@b")) == described


@pytest.mark.parametrize("capacity", [None, UNLIMITED + 5, UNLIMITED])
def test_without_a_limit_it_has_the_largest(stand_in: StandIn, moodle: Moodle, capacity: int | None) -> None:
    """And that is read as without one."""
    link, _ = published(moodle, capacity=capacity)
    assert seminar_of(stand_in, link).capacity == UNLIMITED
    assert moodle.read_session(link).capacity is None


def test_no_seats_are_no_seats(stand_in: StandIn, moodle: Moodle) -> None:
    """mod_facetoface makes 1 of 0 by itself; a session without seats is closed instead."""
    link, _ = published(moodle, capacity=0)
    assert moodle.read_session(link).capacity == 0
    with pytest.raises(LmsError) as raised:
        moodle.sign_up(link, str(stand_in.site.state.user("staff01@nhs.example.test").id))
    assert (raised.value.kind, raised.value.reason) == (LmsFailure.REFUSED, "closed")


def test_what_somebody_made_of_it_there_is_read(stand_in: StandIn, moodle: Moodle) -> None:
    """Two dates, text of their own, no date at all, an end before its start: each as far as it means something."""
    link, session = published(moodle)
    assert session.starts
    assert session.ends
    seminar = seminar_of(stand_in, link)
    day = int(timedelta(days=1).total_seconds())
    first = seminar.dates[0]
    seminar.dates = [(first[0] + day, first[1] + day), first]
    seminar.details = "<p>Come early!</p>"
    read = moodle.read_session(link)
    assert (read.starts, read.ends) == (session.starts, session.ends + timedelta(days=1))
    assert (read.title, read.venue) == ("", "")
    seminar.dates, seminar.capacity = [], -5
    read = moodle.read_session(link)
    assert (read.starts, read.ends, read.capacity) == (None, None, 0)
    seminar.dates = [(first[1], first[0])]
    assert moodle.read_session(link).ends is None


def test_without_its_mark_it_is_still_found_by_its_ref(stand_in: StandIn, moodle: Moodle) -> None:
    """Whoever cleans up the text there loses nothing, and the next change puts the mark back."""
    link, session = published(moodle)
    seminar = seminar_of(stand_in, link)
    seminar.details = ""
    assert moodle.publish_session(session, Link(TYPE.key, "4"), link.ref) == link.ref
    assert "ih:session:" in seminar.details


def test_a_session_without_a_date_is_not_published(stand_in: StandIn, moodle: Moodle) -> None:
    """mod_facetoface would put everybody who is booked on the wait-list."""
    link, session = published(moodle)
    with pytest.raises(Invalid, match="must have a date"):
        moodle.publish_session(attrs.evolve(session, starts=None, ends=None), Link(TYPE.key, "4"), link.ref)
    assert seminar_of(stand_in, link).dates


@pytest.mark.parametrize("ref", ["", "17", "4.3", "4.3.x", "4.3.17.1", "4.3.-1", "4.3.²"])
def test_a_ref_that_is_none_of_ours_is_not_found(moodle: Moodle, ref: str) -> None:
    """As what is gone."""
    with pytest.raises(LmsError) as raised:
        moodle.read_session(Link("a", ref))
    assert (raised.value.kind, raised.value.reason) == (LmsFailure.NOT_FOUND, "session")
    moodle.withdraw_session(Link("a", ref))


def test_calling_off_many_takes_several_calls(stand_in: StandIn, moodle: Moodle) -> None:
    """Each cancels some dozens, and nobody is seated in between; everybody is mailed once, if at all."""
    link, _ = published(moodle, capacity=70, waitlist=True)
    seminar = seminar_of(stand_in, link)
    people = [stand_in.site.state.add_user(f"p{n}", f"p{n}@nhs.example.test") for n in range(120)]
    for person in people:
        moodle.sign_up(link, str(person.id))
    calls = stand_in.count("local_innovationhub_call_off_session")
    moodle.withdraw_session(link, reason="The facilitator is ill.", notify=True)
    assert stand_in.count("local_innovationhub_call_off_session") - calls == 3
    assert {signup.statuscode for signup in seminar.signups} == {10}
    assert {signup.note for signup in seminar.signups} == {"The facilitator is ill."}
    assert sorted(stand_in.site.state.mails) == sorted((person.id, "cancelled") for person in people)
    assert "Called off" in seminar.details


def test_what_was_called_off_may_be_put_back(stand_in: StandIn, moodle: Moodle) -> None:
    """Published again it is the same session, open, and no more said to be called off; who was there books again."""
    link, session = published(moodle)
    account = str(stand_in.site.state.user("staff01@nhs.example.test").id)
    moodle.sign_up(link, account)
    moodle.withdraw_session(link)
    assert moodle.publish_session(session, Link(TYPE.key, link.ref.split(".", maxsplit=1)[0])) == link.ref
    assert "Called off" not in seminar_of(stand_in, link).details
    assert moodle.sign_ups(link).signups[0].status is SignUpStatus.CANCELLED
    assert moodle.sign_up(link, account).status is SignUpStatus.BOOKED


def test_one_that_has_begun_can_be_called_off(stand_in: StandIn, moodle: Moodle) -> None:
    """The news may be late; whoever was there stays there."""
    link, session = published(moodle)
    first, second = (str(user.id) for user in list(stand_in.site.state.users.values())[:2])
    moodle.sign_up(link, first)
    moodle.sign_up(link, second)
    stand_in.site.clock = lambda: int(session.starts.timestamp()) + 60 if session.starts else 0
    moodle.attend(link, first, SignUpStatus.ATTENDED)
    moodle.withdraw_session(link)
    told = {each.person.account: each.status for each in moodle.sign_ups(link).signups}
    assert told == {first: SignUpStatus.ATTENDED, second: SignUpStatus.CANCELLED}
