"""Odd histories, told right: who left and came back, what was called off and is on again, who only waited."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import attrs
import pytest

from innovationhub import (
    CallOff,
    Hub,
    HubSettings,
    Move,
    QuietHours,
    Recurrence,
    Reinstate,
    Role,
    Series,
    Slots,
)
from innovationhub.courier.naming import unnamed
from innovationhub.domain.messages import Message, Recipient
from innovationhub.protocols.channel import Later, Outcome, Sent
from tests.audited import kind
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import TASTER, Clock, crowd, people, session_type, small_hub, weekly

LATER = "taster@2026-12-08T10:00"


def test_who_left_a_booking_and_came_back_is_told_like_anybody(make_hub: MakeHub) -> None:
    """Handed over and handed back, told at once or not: whose it is when it ends is told of it."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    ada, bob = people(hub, "ada", "bob")
    booking = hub.book(TASTER, ada)
    hub.substitute(booking.id, bob)
    hub.substitute(booking.id, ada)
    assert hub.audit() == []
    ticked(hub)
    assert post.to("ada")[-1] == "confirmed"
    hub.cancel(booking.id)
    ticked(hub)
    assert post.to("ada")[-1] == "cancelled"


def test_called_off_and_on_again_before_anybody_was_told(make_hub: MakeHub) -> None:
    """Their booking has ended all the same: they are told, and that they may book again."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    ticked(hub)
    hub.apply(hub.plan(CallOff(TASTER)))
    hub.apply(hub.plan(Reinstate(TASTER)))
    ticked(hub)
    assert post.to("p0") == ["confirmed", "called-off"]
    assert post.got[-1].subject.startswith("Please book again")
    assert "The session takes place after all." in post.got[-1].text


def a_set(make_hub: MakeHub, post: Post) -> Hub:
    return make_hub(plugins=[post], settings=POST, types=[kind(capacity=5, access="register")])


def test_who_gave_a_registration_away_is_told_of_no_place(make_hub: MakeHub) -> None:
    """Their apology ends with it; the date is not theirs again."""
    post = Post()
    hub = a_set(make_hub, post)
    ada, bob = people(hub, "ada", "bob")
    registration = hub.register("taster", ada)
    hub.apologise(TASTER, ada)
    ticked(hub)
    hub.substitute(registration.id, bob)
    ticked(hub)
    assert post.to("ada") == ["confirmed", "apology", "cancelled"]


def test_who_has_apologised_keeps_the_date_out_of_their_calendar(make_hub: MakeHub) -> None:
    """That it moves, or is on again, is no place for them."""
    post = Post()
    hub = a_set(make_hub, post)
    for person in crowd(hub, 2):
        hub.register("taster", person)
    hub.apologise(LATER, "p0")
    ticked(hub)
    hub.apply(hub.plan(Move(LATER, venue="Room 9")))
    ticked(hub)
    hub.apply(hub.plan(CallOff(LATER)))
    hub.apply(hub.plan(Reinstate(LATER)))
    ticked(hub)
    assert post.to("p0") == ["confirmed", "apology"]
    assert "moved" in post.to("p1")


def test_those_of_a_set_are_asked_how_it_was(make_hub: MakeHub, clock: Clock) -> None:
    """Whoever was there on the date."""
    post = Post()
    asking = attrs.evolve(kind(capacity=5, access="register"), feedback="https://hub.example/how")
    hub = make_hub(plugins=[post], settings=POST, types=[asking])
    for person in crowd(hub, 2):
        hub.register("taster", person)
    ticked(hub)
    clock.now = datetime(2026, 12, 1, 10, 5, tzinfo=UTC)
    hub.check_in(TASTER, "p0")
    clock.pass_by(hours=1)
    hub.close_register(TASTER)
    ticked(hub)
    assert post.to("p0")[-1] == "feedback"
    assert "feedback" not in post.to("p1")


def test_each_role_that_is_short_of_people_is_told(make_hub: MakeHub, clock: Clock) -> None:
    """Two of them are two messages to the team."""
    post = Post()
    roles = [Role("a", capacity=5, minimum=2), Role("b", capacity=5, minimum=3)]
    hub = make_hub(
        plugins=[post],
        settings=POST,
        types=[session_type(roles=roles)],
        hub=HubSettings(contact="team@nhs.example"),
    )
    hub.book(TASTER, *crowd(hub, 1), role="a")
    ticked(hub)
    clock.now = datetime(2026, 11, 29, 10, 1, tzinfo=UTC)
    ticked(hub)
    assert post.to("team") == ["below-minimum", "below-minimum"]


def test_a_move_is_told_before_anybody_sets_out(make_hub: MakeHub, clock: Clock) -> None:
    """In quiet hours too, where people would come to the old time before they are over."""
    post = Post()
    quiet = HubSettings(quiet_hours=QuietHours("20:00", "08:00"))
    early = weekly(start="2026-12-01T07:00")
    hub = make_hub(plugins=[post], settings=POST, hub=quiet, series=[early])
    session = "taster@2026-12-01T07:00"
    hub.book(session, *crowd(hub, 1))
    ticked(hub)
    clock.now = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
    hub.apply(hub.plan(Move(session, starts=datetime(2026, 12, 3, 10, tzinfo=UTC))))
    hub.tick()
    assert post.to("p0") == ["confirmed", "moved"]


def test_a_clock_that_is_behind_loses_no_message(make_hub: MakeHub, clock: Clock) -> None:
    """Who was booked when a session moved follows from the journal's order, not from two machines' clocks."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    ticked(hub)
    clock.pass_by(seconds=-5)
    hub.apply(hub.plan(Move(TASTER, venue="Room 9")))
    clock.pass_by(minutes=1)
    ticked(hub)
    assert post.to("p0") == ["confirmed", "moved"]


def test_the_earlier_of_two_never_comes_after_the_later(make_hub: MakeHub, clock: Clock) -> None:
    """It failed and was to be tried again; the later went out meanwhile, and says how it is now."""
    post = Post(lambda message: Later("try later"))
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    hub.tick()
    hub.apply(hub.plan(Move(TASTER, venue="Room 9")))
    post.answers = lambda message: Sent()
    hub.tick()
    clock.pass_by(hours=1)
    ticked(hub)
    assert post.to("p0") == ["moved"]


def test_an_offer_that_a_move_overtakes_is_still_asked_about(make_hub: MakeHub) -> None:
    """One message, that a place is offered and by when to answer among it."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[kind(capacity=1, waitlist={"promote": "offer"})])
    first, _ = (hub.book(TASTER, person) for person in crowd(hub, 2))
    ticked(hub)
    hub.cancel(first.id)
    hub.apply(hub.plan(Move(TASTER, venue="Room 9")))
    ticked(hub)
    assert post.to("p1") == ["waiting", "moved"]
    assert "Please accept or decline it before then." in post.got[-1].text
    assert "Answer by:" in post.got[-1].text


def test_another_role_in_the_session_is_no_ending(make_hub: MakeHub) -> None:
    """Only what they have now is told, and the entry in the calendar stays."""
    post = Post()
    roles = [Role("visit", capacity=5), Role("showcase", capacity=5)]
    hub = make_hub(plugins=[post], settings=POST, types=[session_type(roles=roles)])
    booking = hub.book(TASTER, *crowd(hub, 1), role="visit")
    ticked(hub)
    hub.transfer(booking.id, TASTER, role="showcase")
    ticked(hub)
    assert post.to("p0") == ["confirmed", "transferred"]
    assert post.got[-1].invitation is not None
    assert post.got[-1].invitation.method == "REQUEST"


def test_a_slot_that_is_given_up_is_not_the_place(make_hub: MakeHub) -> None:
    """They are told what has ended, and that they still have a place."""
    post = Post()
    slots = Role("one-to-one", capacity=2, requires="attendee", slots=Slots(minutes=30, count=2))
    roles = [Role("attendee", capacity=5), slots]
    hub = make_hub(plugins=[post], settings=POST, types=[session_type(roles=roles)])
    hub.book(TASTER, *crowd(hub, 1))
    slot = hub.book(TASTER, "p0", role="one-to-one")
    ticked(hub)
    hub.cancel(slot.id)
    ticked(hub)
    assert "You still have another place in this session." in post.got[-1].text
    assert post.got[-1].invitation is None


def test_who_only_waited_has_no_entry_to_take_out(make_hub: MakeHub) -> None:
    """And who gave up a place and waits again has one."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[session_type(capacity=1)])
    first, second = (hub.book(TASTER, person) for person in crowd(hub, 2))
    ticked(hub)
    hub.cancel(second.id)
    ticked(hub)
    assert post.got[-1].invitation is None
    (third,) = people(hub, "third")
    hub.book(TASTER, third)
    hub.cancel(first.id)
    hub.book(TASTER, "p0")
    hub.tick()
    ended = [message for message in post.got if message.kind == "cancelled"][-1]
    assert ended.invitation is not None
    assert ended.invitation.method == "CANCEL"


def test_an_instance_is_named_in_its_series_own_zone(make_hub: MakeHub) -> None:
    """A calendar finds the date by the start that the rule gives it."""
    post = Post()
    far = Series(
        "taster", "taster", Recurrence.weekly(datetime(2026, 12, 1, 10), zone="America/New_York"), "Room 1"
    )
    hub = make_hub(plugins=[post], settings=POST, series=[far])
    hub.book(TASTER, *crowd(hub, 1))
    ticked(hub)
    entry = post.got[-1].invitation
    assert entry is not None
    assert entry.recurrence_id is not None
    assert entry.recurrence_id.isoformat() == "2026-12-01T10:00:00-05:00"


def test_what_kills_the_courier_is_taken_by_itself(make_hub: MakeHub, clock: Clock) -> None:
    """The others, that it had with it, are sent, and none of them is given up for it."""

    class Died(BaseException):
        """The process is gone."""

    def dies(message: Message) -> Outcome:
        if message.to.email == "p0@nhs.example":
            raise Died
        return Sent()

    post = Post(dies)
    hub = make_hub(plugins=[post], settings=POST, types=[session_type(capacity=20)])
    for person in crowd(hub, 8):
        hub.book(TASTER, person)
    for _ in range(20):
        with suppress(Died):
            hub.tick()
        clock.pass_by(minutes=6)
    assert {who for who, _ in post.said()} == {f"p{number}" for number in range(1, 8)}
    assert [each.person_id for each in hub.messages("given-up")] == ["p0"]


def test_a_topic_with_hundreds_of_messages_holds_up_nobody() -> None:
    """A session that is moved again and again while nothing is sent."""
    post, clock = Post(), Clock()
    with small_hub(plugins=[post], settings=POST, types=[session_type(capacity=50)], clock=clock) as hub:
        for person in crowd(hub, 2):
            hub.book(TASTER, person)
        for number in range(210):
            hub.apply(hub.plan(Move(TASTER, venue=f"Room {number}")))
        hub.book(TASTER, *people(hub, "zed"))
        ticked(hub)
        assert post.to("zed") == ["confirmed"]
        assert post.to("p0")[-1] == "moved"
        assert hub.messages("waiting") == []


@pytest.mark.parametrize("answer", [None, "sent", Sent(None), Later(None)])  # type: ignore[arg-type]  # on purpose
def test_an_answer_that_is_none_is_tried_again(make_hub: MakeHub, answer: object) -> None:
    """A channel that is wrongly written breaks no tick."""
    post = Post(lambda message: answer)  # type: ignore[arg-type, return-value]  # on purpose
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    report = hub.tick()
    assert report.troubles == ("channel post: the channel's answer is none",)
    assert [each.attempts for each in hub.messages("waiting")] == [1]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("invalid number +447700900123", "invalid number …"),
        ("mailbox ada.obi unknown", "mailbox … unknown"),
        ('no "Obi, Ada" here', 'no "…, …" here'),
        ("queued for other@nhs.example", "queued for …"),
        ("550 5.1.1 no such user", "550 5.1.1 no such user"),
        ("sms-2026 accepted", "sms-2026 accepted"),
        ("70374833-ede4-4994-8512-182512345678", "70374833-ede4-4994-8512-182512345678"),
    ],
)
def test_what_is_kept_of_an_answer_names_nobody(said: str, shown: str) -> None:
    """Numbers however they are written, addresses, and each part of a name."""
    assert unnamed(said, Recipient("Ada Obi", "ada.obi@nhs.example", "+44 7700 900123")) == shown
