"""Who is told what, and when: reminders, feedback, the team, registrations, the door."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from innovationhub import BookingPolicy, CallOff, HubSettings, Move, Reinstate, Role, Slots
from innovationhub.domain.messages import Message
from innovationhub.domain.telling import calls
from tests.audited import kind
from tests.conftest import MakeHub
from tests.courier.post import POST, Post, ticked
from tests.support import TASTER, Clock, crowd, people, session_type, weekly

LATER = "taster@2026-12-08T10:00"
TEAM = HubSettings(contact="hub@nhs.example")


def of_kind(post: Post, wanted: str) -> list[Message]:
    return [message for message in post.got if message.kind == wanted]


def test_whoever_has_a_place_is_reminded_once_a_day_before(make_hub: MakeHub, clock: Clock) -> None:
    """Not those who wait, not those who booked since, and not twice, however often the hub ticks."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[session_type(capacity=3)])
    for person in crowd(hub, 2):
        hub.book(TASTER, person)
    ticked(hub)
    clock.now = datetime(2026, 11, 30, 9, 59, tzinfo=UTC)
    ticked(hub)
    assert of_kind(post, "reminder") == []
    clock.now = datetime(2026, 11, 30, 10, 1, tzinfo=UTC)
    hub.tick()
    clock.pass_by(hours=1)
    for person in people(hub, "late", "waits"):
        hub.book(TASTER, person)
    for _ in range(3):
        clock.pass_by(hours=1)
        ticked(hub)
    assert sorted(message.to.email for message in of_kind(post, "reminder")) == [
        "p0@nhs.example",
        "p1@nhs.example",
    ]


def test_a_session_of_a_type_without_reminders_has_none(make_hub: MakeHub, clock: Clock) -> None:
    """`remind_hours = 0`."""
    post = Post()
    quiet = attrs.evolve(session_type(), remind_hours=0)
    hub = make_hub(plugins=[post], settings=POST, types=[quiet])
    hub.book(TASTER, *crowd(hub, 1))
    ticked(hub)
    clock.now = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    ticked(hub)
    assert post.to("p0") == ["confirmed"]


def test_a_reminder_that_comes_too_late_is_not_sent(make_hub: MakeHub, clock: Clock) -> None:
    """The courier was away until the session had begun."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    ticked(hub)
    clock.now = datetime(2026, 11, 30, 10, 1, tzinfo=UTC)
    hub.tick(stop=lambda: True)
    clock.now = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    ticked(hub)
    assert post.to("p0") == ["confirmed"]
    assert [(each.kind, each.why) for each in hub.messages("dropped")] == [
        ("reminder", "the session has begun")
    ]


def test_a_confirmation_for_a_session_called_off_meanwhile_is_not_sent(make_hub: MakeHub) -> None:
    """Even before its bookings are settled: from the first commit on everybody treats them as ended."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    hub.tick(stop=lambda: True)
    hub.apply(hub.plan(CallOff(TASTER)))
    ticked(hub)
    assert post.to("p0") == ["called-off"]


def test_those_who_came_are_asked_how_it_was(make_hub: MakeHub, clock: Clock) -> None:
    """Once the register is closed: whoever was there, walk-ins too, and nobody who was not."""
    post = Post()
    asking = attrs.evolve(session_type(capacity=5), feedback="https://hub.example/feedback")
    hub = make_hub(plugins=[post], settings=POST, types=[asking])
    for person in crowd(hub, 3):
        hub.book(TASTER, person)
    ticked(hub)
    clock.now = datetime(2026, 12, 1, 10, 5, tzinfo=UTC)
    hub.check_in(TASTER, "p0")
    hub.check_in(TASTER, "p1")
    hub.check_in(TASTER, *people(hub, "walked"))
    clock.pass_by(hours=1)
    hub.close_register(TASTER)
    ticked(hub)
    asked = of_kind(post, "feedback")
    assert sorted(message.to.email for message in asked) == [
        "p0@nhs.example",
        "p1@nhs.example",
        "walked@nhs.example",
    ]
    assert all("https://hub.example/feedback" in message.text for message in asked)


def test_the_team_is_told_of_too_few_people(make_hub: MakeHub, clock: Clock) -> None:
    """Its contact, and whoever leads the session; not if there are enough by the time it is sent."""
    post = Post()
    few = session_type(roles=[Role(capacity=5, minimum=2)])
    led = attrs.evolve(weekly(), facilitators=("lead",))
    hub = make_hub(plugins=[post], settings=POST, types=[few], series=[led], hub=TEAM)
    people(hub, "lead")
    hub.book(TASTER, *crowd(hub, 1))
    ticked(hub)
    clock.now = datetime(2026, 11, 29, 10, 1, tzinfo=UTC)
    ticked(hub)
    told = of_kind(post, "below-minimum")
    assert sorted(message.to.email for message in told) == ["hub@nhs.example", "lead@nhs.example"]
    assert all("1 of the 2 people who are needed" in message.text for message in told)
    clock.now = datetime(2026, 12, 6, 10, 1, tzinfo=UTC)
    hub.tick(stop=lambda: True)
    for person in people(hub, "new", "newer"):
        hub.book(LATER, person)
    ticked(hub)
    assert len(of_kind(post, "below-minimum")) == 2
    assert {each.why for each in hub.messages("dropped")} == {"there are enough people by now"}


def test_who_books_after_a_move_is_not_told_of_it(make_hub: MakeHub, clock: Clock) -> None:
    """They booked it where it is now, even where the courier comes to the move only after they booked."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[session_type(capacity=5)])
    hub.book(TASTER, *people(hub, "before"))
    ticked(hub)
    hub.apply(hub.plan(Move(TASTER, venue="Room 9")))
    moved = next(entry for entry in reversed(hub.journal()) if entry.kind == "session.moved")
    clock.pass_by(seconds=1)
    hub.book(TASTER, *people(hub, "after"))
    told = hub._engine.consider(lambda draft: calls(draft, moved, {}))
    assert list(hub.ids_of(each.person for each in told).values()) == ["before"]
    ticked(hub)
    assert post.to("before") == ["confirmed", "moved"]
    assert post.to("after") == ["confirmed"]


def test_somebody_who_waits_at_the_door_gets_no_message(make_hub: MakeHub, clock: Clock) -> None:
    """They are there, before it begins, and are called when it is their turn."""
    post = Post()
    early = attrs.evolve(session_type(capacity=1, access="drop-in"), booking=BookingPolicy(closes_minutes=60))
    hub = make_hub(plugins=[post], settings=POST, types=[early])
    hub.book(TASTER, *crowd(hub, 1))
    ticked(hub)
    clock.now = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    hub.check_in(TASTER, "p0")
    waits = hub.check_in(TASTER, *people(hub, "walked"))
    ticked(hub)
    assert waits.status == "waitlisted"
    assert post.to("walked") == []
    assert hub.messages("dropped") == []


def test_what_ends_with_the_place_it_depends_on_is_told_with_it(make_hub: MakeHub) -> None:
    """A slot that ends with its session's place is no second message; given up by itself it is one."""
    post = Post()
    roles = [
        Role("attendee", capacity=5),
        Role("one-to-one", capacity=2, requires="attendee", slots=Slots(minutes=30, count=2)),
    ]
    hub = make_hub(plugins=[post], settings=POST, types=[session_type(roles=roles)])
    ada, bob = people(hub, "ada", "bob")
    place = hub.book(TASTER, ada)
    hub.book(TASTER, ada, role="one-to-one")
    hub.book(TASTER, bob)
    slot = hub.book(TASTER, bob, role="one-to-one")
    ticked(hub)
    assert post.to("ada") == ["confirmed", "confirmed"]
    assert [bool(message.invitation) for message in post.got if message.to.email == "ada@nhs.example"] == [
        True,
        False,
    ]
    hub.cancel(place.id)
    hub.cancel(slot.id)
    ticked(hub)
    assert post.to("ada")[2:] == ["cancelled"]
    assert post.to("bob")[2:] == ["cancelled"]


def test_a_registration_is_told_once_with_all_its_dates(make_hub: MakeHub) -> None:
    """And its entry in the calendar recurs, without the dates on which there is no session."""
    post = Post()
    hub = make_hub(
        plugins=[post],
        settings=POST,
        types=[kind(capacity=5, access="register")],
        hub=attrs.evolve(TEAM, closures=("england-bank-holidays",)),
        series=[weekly(start="2026-12-04T10:00")],
    )
    hub.apply(hub.plan(CallOff("taster@2026-12-11T10:00")))
    hub.register("taster", *crowd(hub, 1))
    ticked(hub)
    (message,) = of_kind(post, "confirmed")
    assert "You have a place at every date." in message.text
    assert "Friday 4 December 2026, 10am to 11am; Friday 18 December 2026" in message.text
    entry = message.invitation
    assert entry is not None
    assert entry.recurrence_id is None
    assert entry.recurrence is not None
    assert {each.date().isoformat() for each in entry.excluded} >= {"2026-12-11", "2026-12-25", "2027-01-01"}


def test_an_apology_takes_one_date_out_of_the_calendar(make_hub: MakeHub) -> None:
    """And taking it back puts it in again; a date that is moved or called off concerns everybody registered."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[kind(capacity=5, access="register")], hub=TEAM)
    for person in crowd(hub, 2):
        hub.register("taster", person)
    ticked(hub)
    hub.apologise(LATER, "p0", reason="On leave.")
    ticked(hub)
    (apology,) = of_kind(post, "apology")
    assert apology.invitation is not None
    assert (apology.invitation.method, apology.invitation.recurrence_id) == (
        "CANCEL",
        datetime(2026, 12, 8, 10, tzinfo=UTC),
    )
    hub.unapologise(LATER, "p0")
    ticked(hub)
    back = of_kind(post, "confirmed")[-1]
    assert back.invitation is not None
    assert (back.invitation.method, back.invitation.uid) == ("REQUEST", apology.invitation.uid)
    assert back.invitation.sequence > apology.invitation.sequence
    post.got.clear()
    hub.apply(hub.plan(Move(LATER, venue="Room 9")))
    ticked(hub)
    assert sorted(post.said()) == [("p0", "moved"), ("p1", "moved")]
    post.got.clear()
    hub.apply(hub.plan(CallOff(LATER, "Snow.")))
    ticked(hub)
    assert sorted(post.said()) == [("p0", "called-off"), ("p1", "called-off")]
    assert all("You keep your place at the other dates." in message.text for message in post.got)
    post.got.clear()
    hub.apply(hub.plan(Reinstate(LATER)))
    ticked(hub)
    assert sorted(post.said()) == [("p0", "reinstated"), ("p1", "reinstated")]


def test_who_has_apologised_is_not_reminded_of_that_date(make_hub: MakeHub, clock: Clock) -> None:
    """The others who are registered are."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[kind(capacity=5, access="register")])
    for person in crowd(hub, 2):
        hub.register("taster", person)
    hub.apologise(TASTER, "p0")
    ticked(hub)
    clock.now = datetime(2026, 11, 30, 10, 1, tzinfo=UTC)
    ticked(hub)
    assert [message.to.email for message in of_kind(post, "reminder")] == ["p1@nhs.example"]


def test_an_offer_that_has_ended_is_not_sent_any_more(make_hub: MakeHub, clock: Clock) -> None:
    """The courier was away while it ran, and is there before whoever looks at lapsed offers."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST, types=[kind(capacity=1, waitlist={"promote": "offer"})])
    first, second = (hub.book(TASTER, person) for person in crowd(hub, 2))
    ticked(hub)
    hub.cancel(first.id)
    hub.tick(stop=lambda: True)
    ends = hub.booking(second.id).offer_ends
    assert ends is not None
    clock.now = ends.astimezone(UTC)
    hub._courier.run(100)
    assert post.to("p1") == ["waiting"]
    assert [(each.kind, each.why) for each in hub.messages("dropped")] == [("offered", "the offer has ended")]


def test_whoever_is_erased_is_not_written_to(make_hub: MakeHub) -> None:
    """Nor is anything of them left in what would have gone out."""
    post = Post()
    hub = make_hub(plugins=[post], settings=POST)
    hub.book(TASTER, *crowd(hub, 1))
    hub.erase_person("p0")
    ticked(hub)
    assert post.got == []
    assert {each.why for each in hub.messages("dropped")} <= {
        "nobody has that key any more",
        "another about the same says it",
    }
