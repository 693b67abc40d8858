"""Figures, table by table: what counts, when, and for whom. `tests/properties/test_figures.py` counts it all again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from innovationhub import (
    CallOff,
    Hub,
    Invalid,
    Move,
    Person,
    Role,
    SessionType,
    Slots,
)
from tests.conftest import MakeHub
from tests.hub.counted import BOOKED_EARLY, DECEMBER, SECOND, column, held, row, until
from tests.support import TASTER, Clock, people, session_type, weekly


@pytest.mark.parametrize(
    ("field", "start", "end"),
    [
        ("start", datetime(2026, 12, 1, tzinfo=UTC), date(2027, 1, 1)),
        ("start", "2026-12", date(2027, 1, 1)),
        ("end", date(2026, 12, 1), None),
        ("end", date(2026, 12, 2), date(2026, 12, 1)),
        ("end", date(2020, 1, 1), date(2026, 12, 1)),
    ],
)
def test_a_period_is_of_local_dates(hub: Hub, field: str, start: Any, end: Any) -> None:
    """In order, and at most five years."""
    with pytest.raises(Invalid) as caught:
        hub.figures(start, end)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "year", "month"), [("month", 2026, 13), ("year", 0, 1), ("month", 2026, True)]
)
def test_a_month_that_is_none(hub: Hub, field: str, year: int, month: int) -> None:
    """It is said which part is wrong."""
    with pytest.raises(Invalid) as caught:
        hub.figures_of_month(year, month)
    assert caught.value.field == field


def test_a_month_is_its_local_days(hub: Hub, clock: Clock) -> None:
    """December too, whose next month is in another year; and it is said when it was made, from what."""
    found = hub.figures_of_month(2026, 12)
    assert (found.start, found.end) == DECEMBER
    assert (found.made_at, str(found.made_at.tzinfo)) == (clock.now, "Europe/London")
    assert found.position == hub.journal()[-1].position
    assert list(found.tables) == [
        *(
            "attendance-by-type",
            "attendance-by-month",
            "attendance-by-group",
            "fill-rate",
            "no-shows",
            "waiting",
        ),
        *("repeat-attendance", "workshops"),
    ]


@pytest.mark.parametrize(
    ("start", "day", "others"),
    [
        # half past eleven the evening before, in UTC
        ("2026-08-01T00:30", date(2026, 8, 1), [date(2026, 7, 31), date(2026, 8, 2)]),
        ("2026-08-31T23:30", date(2026, 8, 31), [date(2026, 9, 1)]),
        # the clocks go back: a day of 25 hours
        ("2026-10-25T23:30", date(2026, 10, 25), [date(2026, 10, 24), date(2026, 10, 26)]),
        # and forward: one of 23
        ("2027-03-28T00:00", date(2027, 3, 28), [date(2027, 3, 27)]),
        ("2027-03-28T23:30", date(2027, 3, 28), [date(2027, 3, 29)]),
    ],
)
def test_a_session_counts_on_its_local_day(
    make_hub: MakeHub, start: str, day: date, others: list[date]
) -> None:
    """At the edges of months, and on the days when the clocks change."""
    clock = Clock(datetime(2026, 7, 1, tzinfo=UTC))
    hub = make_hub(clock=clock, types=[session_type(booking=BOOKED_EARLY)], series=[weekly(start=start)])
    people(hub, "ann")
    hub.book(f"taster@{start}", "ann")
    clock.now = datetime.fromisoformat(start).replace(tzinfo=UTC) + timedelta(minutes=5)
    hub.check_in(f"taster@{start}", "ann")
    for each, came in ((day, 1), *((other, 0) for other in others)):
        period = (each, each + timedelta(days=1))
        assert column(hub, "attendance-by-type", "Came", period).get("Taster", 0) == came
    assert row(hub, "attendance-by-month", f"{day:%B %Y}", (day, day + timedelta(days=1))) == (1, 1, 1)


def test_what_is_to_come_is_not_counted(hub: Hub, clock: Clock) -> None:
    """Nor what was done at it early; from the moment it begins it is."""
    people(hub, "ann")
    hub.check_in(TASTER, "ann")
    assert row(hub, "attendance-by-type", "All") == (0, 0, 0, 0, 0, 0, "")
    until(clock, TASTER)
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 1, 0, 1, 0, 1.0)


def test_sessions_that_nobody_booked_are_counted(hub: Hub, clock: Clock) -> None:
    """Their seats were free."""
    until(clock, SECOND, hours=1)
    assert row(hub, "fill-rate", "Taster") == (2, 4, 0, 0.0, 0, 0.0)
    assert row(hub, "no-shows", "Taster") == (0, 0, "", 0, 0, 2)


def test_who_came_and_who_did_not(make_hub: MakeHub, clock: Clock) -> None:
    """Booked and came, booked and absent, walked in, without a name."""
    hub = make_hub(types=[session_type(capacity=10)])
    people(hub, "ann", "ben", "cat")
    for person in ("ann", "ben"):
        hub.book(TASTER, person)
    until(clock, TASTER)
    hub.headcount(TASTER, 4)
    hub.check_in(TASTER, Person("dan", "Dan"))
    assert row(hub, "no-shows", "Taster") == (0, 0, "", 0, 0, 1)
    held(hub, clock, TASTER, ["ann", "cat"])
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 7, 1, 2, 4, 7.0)
    assert row(hub, "no-shows", "Taster") == (2, 1, 50.0, 0, 0, 0)
    assert row(hub, "fill-rate", "Taster") == (1, 10, 4, 40.0, 3, 30.0)
    assert row(hub, "attendance-by-month", "All") == (1, 7, 3)


def test_a_session_that_was_called_off_took_no_place(hub: Hub, clock: Clock) -> None:
    """It is counted as called off; who waited was never seated, whether the rows are written yet or not."""
    people(hub, "ann", "ben", "cat")
    for person in ("ann", "ben", "cat"):
        hub.book(TASTER, person)
    hub.apply(hub.plan(CallOff(TASTER, "Snow")))
    until(clock, TASTER, hours=2)
    assert row(hub, "attendance-by-type", "Taster") == (0, 1, 0, 0, 0, 0, "")
    assert row(hub, "no-shows", "Taster") == (0, 0, "", 0, 0, 0)
    assert hub.figures(*DECEMBER).table("fill-rate").rows == ()
    assert row(hub, "waiting", "Taster") == (1, 0, "", "", 0, 1, 0)


def test_a_session_counts_where_it_was_moved_to(hub: Hub, clock: Clock) -> None:
    """Out of one month and into the next."""
    people(hub, "ann")
    hub.book("taster@2026-12-29T10:00", "ann")
    hub.apply(hub.plan(Move("taster@2026-12-29T10:00", datetime(2027, 1, 4, 10, tzinfo=UTC))))
    clock.now = datetime(2027, 1, 4, 10, tzinfo=UTC)
    hub.check_in("taster@2026-12-29T10:00", "ann")
    assert column(hub, "attendance-by-type", "Came")["All"] == 0
    january = (date(2027, 1, 1), date(2027, 2, 1))
    assert column(hub, "attendance-by-type", "Came", january)["All"] == 1


def test_a_place_that_is_given_up_late(make_hub: MakeHub, clock: Clock) -> None:
    """In the last 24 hours, or before; who waited only gave nothing up; who booked again and came did neither."""
    hub = make_hub(types=[session_type(capacity=4)])
    people(hub, "ann", "ben", "cat", "dan", "eve")
    mine = {person: hub.book(TASTER, person).id for person in ("ann", "ben", "cat", "dan", "eve")}
    hub.cancel(mine["eve"])
    clock.now = datetime(2026, 11, 30, 10, tzinfo=UTC)
    hub.cancel(mine["ann"])
    hub.cancel(mine["cat"])
    clock.pass_by(minutes=1)
    hub.cancel(mine["ben"])
    hub.book(TASTER, "cat")
    held(hub, clock, TASTER, ["cat", "dan"])
    assert row(hub, "no-shows", "Taster") == (2, 0, 0.0, 1, 1, 0)


def test_a_place_that_is_handed_on_is_not_given_up(make_hub: MakeHub, clock: Clock) -> None:
    """By a substitute, or for a place on another date; each of them came once."""
    hub = make_hub(types=[session_type(capacity=4)])
    people(hub, "ann", "ben", "cat")
    first, second = hub.book(TASTER, "ann"), hub.book(TASTER, "ben")
    hub.substitute(first.id, "cat")
    hub.transfer(second.id, SECOND)
    held(hub, clock, TASTER, ["cat"])
    held(hub, clock, SECOND, ["ben"])
    assert row(hub, "no-shows", "Taster") == (2, 0, 0.0, 0, 0, 0)
    assert row(hub, "repeat-attendance", "Once") == (2, 2, 0)


def test_each_of_a_party_counts(make_hub: MakeHub, clock: Clock) -> None:
    """Of four one leaves it, one is absent, and two came."""
    hub = make_hub(types=[session_type(capacity=4)])
    people(hub, "ann", "ben", "cat", "dan")
    team = hub.book(TASTER, "ann", group=["ben", "cat", "dan"])
    hub.cancel(team.id, person_id="ann")
    held(hub, clock, TASTER, ["ben", "cat"])
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 2, 2, 0, 0, 2.0)
    assert row(hub, "no-shows", "Taster") == (3, 1, 33.3, 0, 1, 0)
    assert row(hub, "fill-rate", "Taster") == (1, 4, 3, 75.0, 2, 50.0)


def test_somebody_in_two_roles_came_once(make_hub: MakeHub, clock: Clock) -> None:
    """Seats are counted by role; who was there for the one-to-one too is one person."""
    roles = (Role("attendee", capacity=4), Role("one-to-one", requires="attendee", slots=Slots(30, 2)))
    hub = make_hub(types=[session_type(roles=roles)])
    people(hub, "ann")
    hub.book(TASTER, "ann", role="attendee")
    hub.book(TASTER, "ann", role="one-to-one", slot=2)
    until(clock, TASTER)
    hub.check_in(TASTER, "ann", role="one-to-one")
    held(hub, clock, TASTER, ["ann"], role="attendee")
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 1, 1, 0, 0, 1.0)
    assert row(hub, "no-shows", "Taster") == (1, 0, 0.0, 0, 0, 0)
    assert row(hub, "fill-rate", "Taster, attendee") == (1, 4, 1, 25.0, 1, 25.0)
    assert row(hub, "fill-rate", "Taster, one-to-one") == (1, 2, 1, 50.0, 1, 50.0)


def test_the_dates_of_a_learning_set(make_hub: MakeHub, clock: Clock) -> None:
    """Who is registered came, was absent, or apologised, late or not; a guest had a lent seat; others still wait."""
    kind = SessionType("circle", "Circle", 60, "register", roles=(Role(capacity=3),), apologies="lend")
    hub = make_hub(types=[kind], series=[weekly("circle")])
    people(hub, "ann", "ben", "cat", "dan", "eve")
    for person in ("ann", "ben", "cat"):
        hub.register("circle", person)
    hub.register("circle", "dan")
    first = "circle@2026-12-01T10:00"
    hub.apologise(first, "ann")
    hub.book(first, "eve")
    until(clock, first)
    hub.check_in(first, "eve")
    assert row(hub, "fill-rate", "Circle") == (1, 3, 3, 100.0, 1, 33.3)
    held(hub, clock, first, ["ben", "eve"])
    assert row(hub, "attendance-by-type", "Circle") == (1, 0, 2, 2, 0, 0, 2.0)
    assert row(hub, "no-shows", "Circle") == (3, 1, 33.3, 0, 1, 0)
    assert row(hub, "fill-rate", "Circle") == (1, 3, 3, 100.0, 2, 66.7)
    november = (date(2026, 11, 1), date(2026, 12, 1))
    assert row(hub, "waiting", "Circle", november) == (1, 0, "", "", 0, 0, 1)
    # whoever leaves the set since was there, or was not, all the same
    for each in hub.bookings_of("cat", active=True):
        hub.cancel(each.id)
    assert row(hub, "no-shows", "Circle") == (3, 1, 33.3, 0, 1, 0)
    assert row(hub, "waiting", "Circle", november)[:2] == (1, 1)
