"""Loading again: what is the same stays, what differs is taken over, what people are booked on is left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from innovationhub import (
    Assign,
    Catalogue,
    HeldBack,
    Hub,
    HubSettings,
    Invalid,
    Move,
    Recurrence,
    Refused,
    Reschedule,
    Resize,
    Role,
    Series,
    SessionType,
)
from tests.support import Clock, crowd, session_type, weekly

MakeHub = Callable[..., Hub]
FIRST, SECOND = "taster@2026-12-01T10:00", "taster@2026-12-08T10:00"
WEDNESDAYS = Recurrence.weekly(datetime(2026, 12, 2, 10))


def load(hub: Hub, *, type_: SessionType | None = None, series: Series | None = None) -> Any:
    """Load one type and one series, and see that the same again does nothing at all."""
    catalogue = Catalogue(None, (type_,) if type_ else (), (series,) if series else ())
    report = hub.load_catalogue(catalogue)
    position, calendar = len(hub.journal()), hub.calendar(date(2026, 11, 1), date(2027, 2, 1))
    again = hub.load_catalogue(catalogue)
    assert (again.added, again.changed, again.held_back) == ((), (), ())
    assert len(hub.journal()) == position
    assert hub.calendar(date(2026, 11, 1), date(2027, 2, 1)) == calendar
    return report


def ids(hub: Hub, start: date = date(2026, 12, 1), end: date = date(2026, 12, 17)) -> list[str]:
    return [view.id for view in hub.calendar(start, end)]


def test_what_a_file_does_not_mention_stays(hub: Hub) -> None:
    """An empty catalogue removes nothing; one that adds something leaves the rest."""
    before = ids(hub)
    assert load(hub).changed == ()
    report = load(hub, type_=session_type("other"), series=weekly("other", "2026-12-03T10:00"))
    assert report.added == ("session-type other", "series other")
    assert set(before) < set(ids(hub))
    assert [each.key for each in hub.session_types()] == ["other", "taster"]


def test_an_edited_type_is_a_new_revision_that_unbooked_sessions_follow(hub: Hub) -> None:
    """Nobody is booked: every coming session has the new length and capacity at once."""
    report = load(hub, type_=session_type(capacity=5, minutes=90))
    assert (report.added, report.changed, report.held_back) == ((), ("session-type taster",), ())
    view = hub.session(FIRST)
    assert (view.places["attendee"].capacity, (view.ends - view.starts).seconds) == (5, 90 * 60)


@pytest.mark.parametrize("how", ["held", "waiting"])
def test_a_booked_session_keeps_its_capacity(make_hub: MakeHub, how: str) -> None:
    """A place, or only a place in the queue: the session stays as it is, and the report has the change to plan."""
    hub = make_hub(types=[session_type(capacity=1)])
    bookings = [hub.book(FIRST, each) for each in crowd(hub, 2)]
    if how == "held":
        hub.cancel(bookings[1].id)
    report = load(hub, type_=session_type(capacity=5))
    sentence = f"{FIRST} keeps 1 place, not 5: people are booked on it"
    held = HeldBack(FIRST, "roles.attendee.capacity", sentence, Resize(FIRST, "attendee", 5))
    assert report.held_back == (held,)
    assert hub.session(FIRST).places["attendee"].capacity == 1
    assert hub.session(SECOND).places["attendee"].capacity == 5


def test_a_booked_session_keeps_the_rest_of_its_type(hub: Hub) -> None:
    """Length, title and roles of a booked session stay, and the report names them."""
    hub.book(FIRST, *crowd(hub, 1))
    edited = attrs.evolve(session_type(), title="New", minutes=90, roles=(Role(capacity=2), Role("guest")))
    (held,) = load(hub, type_=edited).held_back
    assert (held.session_id, held.field, held.change) == (FIRST, "title, minutes, roles", None)
    assert held.sentence == f"{FIRST} keeps its title, minutes, roles: people are booked on it"
    assert hub.session(FIRST).title == "Taster"
    assert hub.session(SECOND).title == "New"


def test_a_booked_session_keeps_venue_and_facilitators(hub: Hub) -> None:
    """The report has a `Move` and an `Assign` with the people's own ids; the other sessions follow."""
    hub.book(FIRST, *crowd(hub, 1))
    edited = attrs.evolve(weekly(), venue="Room 2", facilitators=("esr:1", "esr:2"))
    report = load(hub, series=edited)
    assert [held.change for held in report.held_back] == [
        Move(FIRST, venue="Room 2"),
        Assign(FIRST, ("esr:1", "esr:2")),
    ]
    assert report.held_back[0].sentence == f"{FIRST} stays at Room 1, not Room 2: people are booked on it"
    assert (hub.session(FIRST).venue, hub.session(FIRST).facilitators) == ("Room 1", ())
    assert (hub.session(SECOND).venue, hub.session(SECOND).facilitators) == ("Room 2", ("esr:1", "esr:2"))


def test_a_session_that_everybody_left_follows_again(hub: Hub, clock: Clock) -> None:
    """Nobody is booked on it any more, so nothing is held back: its capacity, length and venue follow."""
    booking = hub.book(FIRST, *crowd(hub, 1))
    hub.cancel(booking.id)
    edited = attrs.evolve(session_type(capacity=1, minutes=90), title="New")
    catalogue = Catalogue(None, (edited,), (attrs.evolve(weekly(), venue="Room 2", facilitators=("esr:1",)),))
    assert hub.load_catalogue(catalogue).held_back == ()
    assert hub.load_catalogue(catalogue).changed == ()
    view = hub.session(FIRST)
    assert (view.title, view.venue, view.facilitators) == ("New", "Room 2", ("esr:1",))
    assert view.ends == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
    assert hub.book(FIRST, "p0").status == "confirmed"
    assert hub.book(FIRST, *crowd(hub, 1, "q")).status == "waitlisted"


def test_a_past_session_is_not_held_back(hub: Hub, clock: Clock) -> None:
    """What is over stays as it was, and nobody is told about it."""
    hub.book(FIRST, *crowd(hub, 1))
    clock.pass_by(days=10)
    report = load(hub, type_=session_type(capacity=5), series=attrs.evolve(weekly(), venue="Room 2"))
    assert report.held_back == ()
    assert (hub.session(FIRST).venue, hub.session(FIRST).places["attendee"].capacity) == ("Room 1", 2)


def test_an_edited_rule_counts_from_now_on(hub: Hub, clock: Clock) -> None:
    """What has been stays where it was; what is to come goes by the new rule."""
    clock.now = datetime(2026, 12, 9, 12, tzinfo=UTC)
    report = load(hub, series=attrs.evolve(weekly(), recurrence=WEDNESDAYS))
    assert (report.changed, report.held_back) == (("series taster",), ())
    assert ids(hub) == [FIRST, SECOND, "taster@2026-12-16T10:00"]


def test_a_session_that_has_begun_this_second_has_been(hub: Hub, clock: Clock) -> None:
    """A session that started half a second ago is past; one that starts this very moment is to come."""
    clock.now = datetime(2026, 12, 1, 10, 0, 0, 500_000, tzinfo=UTC)
    load(hub, series=attrs.evolve(weekly(), recurrence=WEDNESDAYS))
    assert ids(hub)[:2] == [FIRST, "taster@2026-12-02T10:00"]


def test_in_the_hour_that_comes_twice_the_first_has_been(make_hub: MakeHub, clock: Clock) -> None:
    """At the second half past one of the night of 25 October the session of the first one is past."""
    clock.now = datetime(2026, 10, 1, tzinfo=UTC)
    nightly = Series("night", "taster", Recurrence(datetime(2026, 10, 23, 1, 45), rule="FREQ=DAILY"))
    hub = make_hub(series=[nightly])
    clock.now = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    load(
        hub, series=attrs.evolve(nightly, recurrence=Recurrence(datetime(2026, 10, 25, 5), rule="FREQ=DAILY"))
    )
    assert ids(hub, date(2026, 10, 24), date(2026, 10, 26)) == [
        "night@2026-10-24T01:45",
        "night@2026-10-25T01:45",
        "night@2026-10-25T05:00",
    ]


def test_a_rule_that_has_not_begun_is_simply_replaced(hub: Hub) -> None:
    """Nothing has happened: the new rule stands alone, whatever the old one was."""
    load(hub, series=attrs.evolve(weekly(), recurrence=WEDNESDAYS))
    assert hub.series()[0].recurrence == WEDNESDAYS


def test_a_rule_brought_forward_puts_nothing_into_the_past(hub: Hub) -> None:
    """A series that was to begin in December does not turn out to have begun in October."""
    early = Recurrence.weekly(datetime(2026, 10, 6, 10))
    load(hub, series=attrs.evolve(weekly(), recurrence=early))
    assert ids(hub, date(2026, 10, 1), date(2026, 12, 2)) == ["taster@2026-11-24T10:00", FIRST]


def test_a_booked_session_stays_on_its_date_under_a_new_rule(hub: Hub, clock: Clock) -> None:
    """Its id and its date stay, the report has the `Reschedule`, and the place is still held."""
    clock.now = datetime(2026, 12, 2, 12, tzinfo=UTC)
    booking = hub.book(SECOND, *crowd(hub, 1))
    (held,) = load(hub, series=attrs.evolve(weekly(), recurrence=WEDNESDAYS)).held_back
    assert (held.session_id, held.field) == (SECOND, "rule")
    assert held.sentence == f"{SECOND} stays on its date: people are booked on it"
    assert held.change == Reschedule("taster", datetime(2026, 12, 2, 12), WEDNESDAYS)
    assert ids(hub) == [FIRST, SECOND, "taster@2026-12-09T10:00", "taster@2026-12-16T10:00"]
    assert hub.booking(booking.id).session_id == SECOND


def test_a_date_that_everybody_left_stays_and_says_so(hub: Hub) -> None:
    """An id once used means that date for ever, so it stays; nobody is said to be booked who is not."""
    hub.cancel(hub.book(FIRST, *crowd(hub, 1)).id)
    (held,) = load(hub, series=attrs.evolve(weekly(), recurrence=WEDNESDAYS)).held_back
    assert held.sentence == f"{FIRST} stays on its date: people have been booked on it"
    assert FIRST in ids(hub)


def test_one_session_that_the_file_moves(hub: Hub) -> None:
    """An override moves a session that nobody is booked on; a booked one stays, with the `Move` in the report."""
    hub.book(FIRST, *crowd(hub, 1))
    moved = weekly().recurrence
    for nominal in (datetime(2026, 12, 1, 10), datetime(2026, 12, 8, 10)):
        moved = moved.moved(nominal, nominal.replace(hour=15))
    (held,) = load(hub, series=attrs.evolve(weekly(), recurrence=moved)).held_back
    change = held.change
    assert isinstance(change, Move)
    assert (held.field, change.starts) == ("starts", datetime(2026, 12, 1, 15, tzinfo=UTC))
    assert hub.session(FIRST).starts.hour == 10
    assert hub.session(SECOND).starts.hour == 15


def test_an_override_moves_a_session_that_everybody_left(hub: Hub) -> None:
    """The row and the rosters of a session without bookings go where the file puts it."""
    hub.cancel(hub.book(FIRST, *crowd(hub, 1)).id)
    moved = weekly().recurrence.moved(datetime(2026, 12, 1, 10), datetime(2026, 12, 3, 15))
    assert load(hub, series=attrs.evolve(weekly(), recurrence=moved)).held_back == ()
    view = hub.session(FIRST)
    assert (view.starts, view.ends) == (
        datetime(2026, 12, 3, 15, tzinfo=UTC),
        datetime(2026, 12, 3, 16, tzinfo=UTC),
    )
    assert hub.book(FIRST, "p0").status == "confirmed"


@pytest.mark.parametrize("minutes", [45, 90])
def test_a_session_that_is_moved_and_made_longer_ends_when_it_should(hub: Hub, minutes: int) -> None:
    """Its end follows both the new start and the new length, and who books it has that time taken."""
    hub.cancel(hub.book(FIRST, *crowd(hub, 1)).id)
    moved = weekly().recurrence.moved(datetime(2026, 12, 1, 10), datetime(2026, 12, 3, 15))
    load(hub, type_=session_type(minutes=minutes), series=attrs.evolve(weekly(), recurrence=moved))
    view = hub.session(FIRST)
    assert view.starts == datetime(2026, 12, 3, 15, tzinfo=UTC)
    assert (view.ends - view.starts).seconds == minutes * 60
    hub.book(FIRST, "p0")
    hub.load_catalogue(Catalogue(None, (session_type("next"),), (weekly("next", "2026-12-03T16:00"),)))
    if minutes == 90:
        with pytest.raises(Refused, match="overlaps"):
            hub.book("next@2026-12-03T16:00", "p0")
    else:
        assert hub.book("next@2026-12-03T16:00", "p0").status == "confirmed"


FAR = [
    pytest.param(datetime(2026, 12, 1, 10), datetime(2027, 2, 2, 10), id="later"),
    pytest.param(datetime(2027, 2, 2, 10), datetime(2026, 12, 3, 10), id="sooner"),
]


def month(hub: Hub, of: datetime) -> list[str]:
    """The sessions of a month, of which one is looked for."""
    first = of.date().replace(day=1)
    return ids(hub, first, first.replace(day=28))


@pytest.mark.parametrize(("nominal", "to"), FAR)
def test_an_override_brings_a_session_in_from_far(hub: Hub, nominal: datetime, to: datetime) -> None:
    """Two months away, in either direction: it is where the override puts it, once, and not where it was."""
    session = f"taster@{nominal:%Y-%m-%dT%H:%M}"
    load(hub, series=attrs.evolve(weekly(), recurrence=weekly().recurrence.moved(nominal, to)))
    assert month(hub, to).count(session) == 1
    assert session not in month(hub, nominal)
    assert hub.session(session).starts == to.replace(tzinfo=UTC)
    # booked, it has a row, and is where that says
    assert hub.book(session, *crowd(hub, 1)).status == "confirmed"
    assert month(hub, to).count(session) == 1
    assert session not in month(hub, nominal)


@pytest.mark.parametrize(("nominal", "to"), FAR)
def test_an_override_from_far_of_a_booked_session(hub: Hub, nominal: datetime, to: datetime) -> None:
    """It stays on its date, so the calendar has it there and not also where the file would have put it."""
    session = f"taster@{nominal:%Y-%m-%dT%H:%M}"
    hub.book(session, *crowd(hub, 1))
    moved = attrs.evolve(weekly(), recurrence=weekly().recurrence.moved(nominal, to))
    (held,) = load(hub, series=moved).held_back
    assert held.change == Move(session, starts=to.replace(tzinfo=UTC))
    assert session not in month(hub, to)
    assert month(hub, nominal).count(session) == 1


@pytest.mark.parametrize("days", [-10, 10])
def test_a_series_can_be_ended(hub: Hub, clock: Clock, days: int) -> None:
    """A rule whose end lies in the past ends the series now, whether it had begun or not."""
    clock.pass_by(days=days)
    ended = Recurrence(datetime(2026, 10, 6, 10), rule="FREQ=WEEKLY;COUNT=2")
    load(hub, series=attrs.evolve(weekly(), recurrence=ended))
    assert ids(hub) == ([FIRST] if days == 10 else [])
    load(hub, series=weekly())
    assert ids(hub) == [FIRST, SECOND, "taster@2026-12-15T10:00"]


def test_back_and_forth(hub: Hub, clock: Clock) -> None:
    """Each edit counts from its own moment on; going back to an old rule is an edit like any other."""
    for day, recurrence in ((2, WEDNESDAYS), (9, weekly().recurrence), (16, WEDNESDAYS)):
        clock.now = datetime(2026, 12, day, 12, tzinfo=UTC)
        load(hub, series=attrs.evolve(weekly(), recurrence=recurrence))
    assert ids(hub, end=date(2026, 12, 31)) == [
        FIRST,
        "taster@2026-12-09T10:00",
        "taster@2026-12-15T10:00",
        "taster@2026-12-23T10:00",
        "taster@2026-12-30T10:00",
    ]


def test_a_series_that_becomes_another_type(hub: Hub) -> None:
    """A booked session stays what it was booked as, through later edits of the other type too."""
    hub.book(FIRST, *crowd(hub, 1))
    (held,) = load(hub, type_=session_type("other"), series=weekly(kind="other")).held_back
    assert (held.field, held.sentence) == (
        "type",
        f"{FIRST} stays a session of taster: people are booked on it",
    )
    assert (hub.session(FIRST).type, hub.session(SECOND).type) == ("taster", "other")
    assert load(hub, type_=session_type("other", capacity=9)).held_back == ()


def test_a_role_that_goes_while_bookings_remember_it(hub: Hub) -> None:
    """A session that everybody left keeps its type where the new one has no such role: bookings still name it."""
    booking = hub.cancel(hub.book(FIRST, *crowd(hub, 1)).id)
    (held,) = load(hub, type_=session_type(roles=[Role("visitor", capacity=2)])).held_back
    assert held.sentence == f"{FIRST} keeps its roles: people have been booked on it"
    assert hub.explain(booking.id).status == "cancelled"


def test_a_zone_cannot_change_under_a_series_that_has_begun(hub: Hub, clock: Clock) -> None:
    """Half a series in one zone and half in another is refused, and nothing is changed."""
    clock.pass_by(days=10)
    before = hub.journal()
    paris = Catalogue(HubSettings(timezone="Europe/Paris"), (), (weekly(zone="Europe/Paris"),))
    with pytest.raises(
        Invalid, match=r"hub\.timezone: cannot become Europe/Paris: the series taster has begun"
    ):
        hub.load_catalogue(paris)
    assert hub.journal() == before


def test_values_in_python_need_keys_of_their_own(hub: Hub) -> None:
    """Two types or two series under one key are a mistake, and not the last one's luck."""
    with pytest.raises(Invalid, match="session type a: is there 2 times"):
        hub.load_catalogue(Catalogue(None, (session_type("a"), session_type("a", 3))))
    with pytest.raises(Invalid, match="series a: is there 2 times"):
        hub.load_catalogue(Catalogue(None, (), (weekly("a", kind="taster"), weekly("a", kind="taster"))))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: SessionType("t", "T", roles=()),
        lambda: SessionType("t", "T", roles=[Role(), 5]),  # type: ignore[list-item]
        lambda: SessionType("t", "T", booking=5),  # type: ignore[arg-type]
        lambda: SessionType("t", "T", audience="staff"),  # type: ignore[arg-type]
        lambda: SessionType(None, "T"),  # type: ignore[arg-type]
        lambda: SessionType("t", "T", rules={"a": 1}),
        lambda: Role(None),  # type: ignore[arg-type]
        lambda: Role(slots=3),  # type: ignore[arg-type]
        lambda: HubSettings(working_hours="9 to 5"),  # type: ignore[arg-type]
    ],
)
def test_values_in_python_are_checked_like_a_file(wrong: Callable[[], object]) -> None:
    """A class refuses what a file could not hold, with an error of ours."""
    with pytest.raises(Invalid):
        wrong()
