"""The catalogue that ships with the library: the offerings of the trust's own page, all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from innovationhub import Hub, Person, Refused, SessionType, SessionView
from tests.support import ONLY_BUILT_IN, Clock

ATTENDEE = ("attendee",)
ADVISED = ("attendee", "adviser")
ONE_TO_ONE = ("attendee", "one-to-one")
EXPERTS = ("attendee", "one-to-one", "adviser")

OFFERINGS = {
    "cqi-taster": ("book", (45, 60), ATTENDEE, "TU", "10:00", 48),
    "organising-for-improvement": ("book", (60,), ATTENDEE, "WE", "09:30", 48),
    "problem-solving-drop-in": ("drop-in", (30, 60), ATTENDEE, "TH", "12:00", 48),
    "ideas-development": ("book", (120,), ADVISED, "TU", "14:00", 48),
    "delivery-planning": ("book", (120,), EXPERTS, "WE", "13:30", 48),
    "cqi-action-learning-set": ("register", (60, 90), ONE_TO_ONE, "WE", "14:00", 24),
    "support-services-cqi": ("book", (90,), ATTENDEE, "TU", "15:30", 12),
    "learn-and-share": ("book", (90,), ATTENDEE, "TH", "14:00", 12),
    "share-and-spread": ("book", (120,), ("showcase", "visitor"), "FR", "12:00", 4),
    "corporate-induction": ("drop-in", (60,), ATTENDEE, "MO", "11:00", 12),
    "bespoke-workshop": ("request", (180,), ATTENDEE, "", "", 0),
}
"""How one comes, how long it lasts, in what roles, and on which day, when, and at least how often a year."""

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.fixture(scope="module")
def shipped() -> Iterator[Hub]:
    with Hub.open(
        "memory:", clock=Clock(datetime(2026, 11, 2, 9, tzinfo=UTC)), settings=ONLY_BUILT_IN
    ) as hub:
        hub.load_catalogue("hpft.toml")
        hub.add_person(Person("ann", "Ann", groups=["support-services"]))
        hub.add_person(Person("ben", "Ben"))
        yield hub


@pytest.fixture(scope="module")
def year(shipped: Hub) -> list[SessionView]:
    return shipped.calendar(date(2026, 11, 1), date(2027, 11, 1))


def of(hub: Hub, key: str) -> SessionType:
    return next(type_ for type_ in hub.session_types() if type_.key == key)


def test_every_offering_is_there_and_no_other(shipped: Hub) -> None:
    """Each is described, seen by everybody, and has its series, but for the workshops that are made to measure."""
    assert {type_.key for type_ in shipped.session_types()} == set(OFFERINGS)
    assert all(len(type_.description) > 50 and not type_.private for type_ in shipped.session_types())
    assert {series.type for series in shipped.series()} == set(OFFERINGS) - {"bespoke-workshop"}
    assert all(series.example and series.venue == "Innovation Hub" for series in shipped.series())
    assert all(series.facilitators for series in shipped.series())


@pytest.mark.parametrize("key", OFFERINGS)
def test_an_offering_is_as_the_page_says(shipped: Hub, key: str) -> None:
    """How one comes, how long it lasts and in which roles."""
    access, minutes, roles, *_ = OFFERINGS[key]
    type_ = of(shipped, key)
    assert (type_.access, type_.minutes) == (access, minutes)
    assert tuple(role.key for role in type_.roles) == roles


def test_what_the_page_says_of_some(shipped: Hub) -> None:
    """The taster's seats, audiences, the one-to-ones and their half hours."""
    (attendee,) = of(shipped, "cqi-taster").roles
    assert (attendee.capacity, attendee.minimum) == (12, 3)
    assert all(of(shipped, key).audience for key in ("support-services-cqi", "learn-and-share"))
    for key in ("cqi-action-learning-set", "delivery-planning"):
        one_to_one = of(shipped, key).roles[1]
        assert one_to_one.requires == "attendee"
        assert one_to_one.slots is not None
        assert one_to_one.slots.minutes == 30


@pytest.mark.parametrize("key", [key for key, row in OFFERINGS.items() if row[-1]])
def test_sessions_stand_on_their_day_at_their_time(year: list[SessionView], key: str) -> None:
    """A whole year through both clock changes: the same weekday, the same time of day, never a bank holiday."""
    *_, day, clock, least = OFFERINGS[key]
    found = [view for view in year if view.type == key]
    assert len(found) >= least
    assert {WEEKDAYS[view.starts.weekday()] for view in found} == {day}
    assert {view.starts.timetz().replace(tzinfo=None) for view in found} == {time.fromisoformat(clock)}
    assert {view.starts.tzinfo for view in found} == {ZoneInfo("Europe/London")}
    if least >= 12:
        assert len({view.starts.utcoffset() for view in found}) == 2
    closed = country_holidays("GB", subdiv="ENG", years=[2026, 2027])
    assert not [view.id for view in found if view.starts.date() in closed]


def test_bank_holidays_do_leave_dates_out(shipped: Hub) -> None:
    """What falls on Christmas or a Monday in May is skipped, and the induction is moved instead."""
    after = shipped.calendar(date(2033, 12, 1), date(2034, 5, 1), types=["corporate-induction"])
    moved = [view for view in after if not view.id.endswith(f"@{view.starts:%Y-%m-%dT%H:%M}")]
    assert [(view.id, view.starts.date()) for view in moved] == [
        ("corporate-induction@2034-04-10T11:00", date(2034, 4, 11))
    ]
    thursdays = shipped.calendar(date(2031, 12, 20), date(2032, 1, 9), types=["problem-solving-drop-in"])
    assert [view.starts.date() for view in thursdays] == [date(2032, 1, 8)]


def test_a_month_of_the_calendar_is_full(year: list[SessionView]) -> None:
    """November 2026 has every weekly session each week, and the monthly ones."""
    november = Counter(view.type for view in year if view.starts < datetime(2026, 12, 1, tzinfo=UTC))
    assert november == {
        "cqi-taster": 4,
        "organising-for-improvement": 4,
        "problem-solving-drop-in": 4,
        "ideas-development": 4,
        "delivery-planning": 4,
        "cqi-action-learning-set": 2,
        "support-services-cqi": 1,
        "learn-and-share": 1,
        "corporate-induction": 1,
    }


def test_some_sessions_overlap(year: list[SessionView], shipped: Hub) -> None:
    """Clashes are real: one person cannot hold two places that overlap."""
    pairs = {(a.type, b.type) for a, b in combinations(year, 2) if a.starts < b.ends and b.starts < a.ends}
    assert pairs == {
        ("delivery-planning", "cqi-action-learning-set"),
        ("ideas-development", "support-services-cqi"),
    }
    shipped.book("ideas-development@2026-11-17T14:00", "ann", role="attendee")
    with pytest.raises(Refused) as refused:
        shipped.book("support-services-cqi@2026-11-17T15:30", "ann")
    assert [reason.code for reason in refused.value.reasons] == ["clash"]


@pytest.mark.parametrize(
    ("session", "role"),
    [
        ("cqi-taster@2026-11-03T10:00", None),
        ("ideas-development@2026-11-10T14:00", "adviser"),
        ("ideas-development@2026-11-10T14:00", None),
        ("delivery-planning@2026-11-11T13:30", None),
        ("problem-solving-drop-in@2026-11-12T12:00", None),
        ("corporate-induction@2026-11-09T11:00", None),
        ("share-and-spread@2026-12-11T12:00", "showcase"),
        ("share-and-spread@2026-12-11T12:00", "visitor"),
    ],
)
def test_places_can_be_booked(shipped: Hub, session: str, role: str | None) -> None:
    """What is booked or dropped into by date can be booked, in each of its roles."""
    booking = shipped.book(session, "ann", role=role)
    assert booking.status == "confirmed"
    shipped.cancel(booking.id)


def test_a_planning_expert_is_met_alone(shipped: Hub) -> None:
    """Only by those who have a place in the session; the half hour names the adviser who is there, and goes with it."""
    session = "delivery-planning@2026-11-18T13:30"
    with pytest.raises(Refused) as refused:
        shipped.book(session, "ann", role="one-to-one")
    assert refused.value.codes == ("needs-role",)
    shipped.book(session, "ben", role="adviser")
    place = shipped.book(session, "ann", role="attendee")
    alone = shipped.book(session, "ann", role="one-to-one", slot=2)
    assert (alone.slot, alone.expert, alone.parent_id) == (2, "ben", place.id)
    shipped.cancel(place.id)
    assert shipped.booking(alone.id).status == "cancelled"


def test_the_set_is_registered_for_and_lends_seats(shipped: Hub) -> None:
    """Once for every date; whoever apologises for one lends the seat for that date; the half hour comes after it."""
    place = shipped.register("cqi-action-learning-set", "ann")
    date_ = "cqi-action-learning-set@2026-12-02T14:00"
    alone = shipped.book(date_, "ann", role="one-to-one")
    assert (place.status, alone.status, alone.slot) == ("confirmed", "confirmed", 1)
    held = shipped.session(date_).places["attendee"].held
    shipped.apologise(date_, "ann")
    assert shipped.booking(alone.id).status == "cancelled"
    assert shipped.session(date_).places["attendee"].held == held - 1
    assert shipped.book(date_, "ben").status == "confirmed"
    shipped.cancel(place.id)


def test_the_audience_is_held_to_where_the_page_says_for_whom_it_is(shipped: Hub) -> None:
    """Support services' own session is for them; the project forum only says whom it suits."""
    with pytest.raises(Refused) as refused:
        shipped.book("support-services-cqi@2026-12-15T15:30", "ben")
    assert refused.value.codes == ("not-eligible",)
    assert [type_.key for type_ in shipped.session_types() if type_.rules] == ["support-services-cqi"]
    assert shipped.book("learn-and-share@2026-12-10T14:00", "ben").status == "confirmed"


def test_the_drop_in_has_room_for_so_many_a_facilitator(shipped: Hub) -> None:
    """Two are there, each with time for three, and two places are kept for those who walk in."""
    seats = shipped.session("problem-solving-drop-in@2026-11-19T12:00").places["attendee"]
    assert (seats.capacity, seats.left, seats.reserve) == (6, 4, 2)


def test_a_stand_that_comes_free_is_offered(shipped: Hub) -> None:
    """It takes preparing, so whoever waits says yes first; everywhere else a place is given at once."""
    offering = [type_.key for type_ in shipped.session_types() if type_.waitlist.promote == "offer"]
    assert offering == ["share-and-spread"]


def test_loading_it_again_changes_nothing(shipped: Hub) -> None:
    """With people booked, too."""
    position = len(shipped.journal())
    report = shipped.load_catalogue("hpft.toml")
    assert (report.added, report.changed, report.held_back) == ((), (), ())
    assert len(shipped.journal()) == position
