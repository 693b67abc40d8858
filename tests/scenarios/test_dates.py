"""Dates: the cases D1, D2, D5, D6 and D8, as a hub's callers see them (the recurrence itself has tests of its own)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from innovationhub import (
    Catalogue,
    Closed,
    Hub,
    HubSettings,
    Invalid,
    NotFound,
    Recurrence,
    Series,
    hookimpl,
)
from tests.conftest import MakeHub
from tests.support import ONLY_BUILT_IN, TASTER, Clock, people, session_type, weekly

LONDON = ZoneInfo("Europe/London")


def ids(hub: Hub, start: date | datetime, end: date | datetime) -> list[str]:
    return [view.id for view in hub.calendar(start, end)]


@pytest.mark.parametrize("zone", ["Europe/London", "UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_d1_ten_o_clock_over_both_clock_changes(make_hub: MakeHub, zone: str) -> None:
    """Weekly at 10:00 London, asked for in any zone: 10:00 local always, and the same ids."""
    hub = make_hub(series=[weekly(start="2026-09-01T10:00")])
    start = datetime(2026, 9, 1, tzinfo=LONDON).astimezone(ZoneInfo(zone))
    end = datetime(2027, 5, 1, tzinfo=LONDON).astimezone(ZoneInfo(zone))
    views = hub.calendar(start, end)
    assert {view.starts.strftime("%a %H:%M") for view in views} == {"Tue 10:00"}
    assert {view.starts.utcoffset() for view in views} == {timedelta(0), timedelta(hours=1)}
    assert [view.id for view in views] == [f"taster@{view.starts:%Y-%m-%dT%H:%M}" for view in views]
    assert len(views) == 35


def test_d1_any_way_of_cutting_the_window_gives_the_same(make_hub: MakeHub) -> None:
    """A year asked for at once, or day by day, gives the same sessions, each once."""
    hub = make_hub(series=[weekly(start="2026-09-01T10:00")])
    first, last = date(2026, 9, 1), date(2027, 9, 1)
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    by_day = [each for day in days for each in ids(hub, day, day + timedelta(days=1))]
    assert by_day == ids(hub, first, last)


def test_d2_half_past_one_on_the_nights_the_clocks_change(make_hub: MakeHub) -> None:
    """In the gap it exists once, moved on by the gap; in the overlap once, the first; each can be booked."""
    nightly = Series(
        "night", "taster", Recurrence(datetime(2026, 10, 20, 1, 30), "Europe/London", "FREQ=DAILY")
    )
    hub = make_hub(series=[nightly], clock=Clock(datetime(2026, 10, 20, tzinfo=UTC)))
    (ada,) = people(hub, "ada")
    autumn = hub.calendar(date(2026, 10, 25), date(2026, 10, 26))
    assert [(view.id, view.starts.isoformat()) for view in autumn] == [
        ("night@2026-10-25T01:30", "2026-10-25T01:30:00+01:00")
    ]
    spring = hub.calendar(date(2027, 3, 28), date(2027, 3, 29))
    assert [(view.id, view.starts.isoformat()) for view in spring] == [
        ("night@2027-03-28T01:30", "2027-03-28T02:30:00+01:00")
    ]
    booked = hub.book("night@2026-10-25T01:30", ada)
    assert hub.session("night@2026-10-25T01:30").places["attendee"].held == 1
    assert booked.session_id == "night@2026-10-25T01:30"


def test_d2_an_end_is_never_before_its_start(make_hub: MakeHub) -> None:
    """A session lasts exactly as long as it says, through a clock change too."""
    nightly = Series(
        "night", "taster", Recurrence(datetime(2027, 3, 27, 0, 30), "Europe/London", "FREQ=DAILY")
    )
    hub = make_hub(series=[nightly])
    for view in hub.calendar(date(2027, 3, 27), date(2027, 3, 30)):
        assert (
            view.ends - view.starts == timedelta(hours=1)
            or view.ends.timestamp() - view.starts.timestamp() == 3600
        )
        assert view.ends.timestamp() - view.starts.timestamp() == 3600


def test_d5_a_bank_holiday_is_skipped(make_hub: MakeHub) -> None:
    """A date on which the hub is closed is not in the calendar, and its id says why."""
    settings = HubSettings(closures=("england-bank-holidays",))
    hub = make_hub(hub=settings, series=[weekly(start="2026-11-27T10:00")])  # Fridays; Christmas Day is one
    (ada,) = people(hub, "ada")
    assert ids(hub, date(2026, 12, 18), date(2027, 1, 9)) == [
        "taster@2026-12-18T10:00",
        "taster@2027-01-08T10:00",
    ]
    with pytest.raises(NotFound, match="Christmas Day"):
        hub.book("taster@2026-12-25T10:00", ada)


def test_d5_or_shifted_to_the_next_day_that_will_do(make_hub: MakeHub) -> None:
    """With `shift` the session keeps its id and its time of day, on the next day that is open and free."""
    settings = HubSettings(closures=("england-bank-holidays",))
    series = [
        Series(
            "taster",
            "taster",
            Recurrence(datetime(2026, 12, 21, 10), "Europe/London", "FREQ=WEEKLY;BYDAY=MO,TU,FR"),
            closed=Closed.SHIFT,
        )
    ]
    hub = make_hub(hub=settings, series=series)
    found = {view.id: view.starts.date() for view in hub.calendar(date(2026, 12, 21), date(2027, 1, 1))}
    # Friday 25 is Christmas, then a weekend; Monday 28 stands for Boxing Day; Tuesday 29 is a date of the series
    assert found["taster@2026-12-25T10:00"] == date(2026, 12, 30)
    assert found["taster@2026-12-28T10:00"] == date(2026, 12, 31)
    assert len(set(found.values())) == len(found)
    (ada,) = people(hub, "ada")
    hub.book("taster@2026-12-28T10:00", ada)
    assert hub.session("taster@2026-12-28T10:00").starts.isoformat() == "2026-12-31T10:00:00+00:00"
    assert ids(hub, date(2026, 12, 31), date(2027, 1, 1)) == ["taster@2026-12-28T10:00"]


def test_d5_people_booked_before_the_closure_was_known_keep_their_session(make_hub: MakeHub) -> None:
    """A closure that is added later does not take away a session that somebody is booked on."""
    hub = make_hub(series=[weekly(start="2026-12-25T10:00")])
    (ada,) = people(hub, "ada")
    booked = hub.book("taster@2026-12-25T10:00", ada)
    hub.load_catalogue(Catalogue(HubSettings(closures=("england-bank-holidays",))))
    assert hub.booking(booked.id) == booked
    assert ids(hub, date(2026, 12, 20), date(2027, 1, 9)) == [
        "taster@2026-12-25T10:00",
        "taster@2027-01-08T10:00",
    ]


class Broken:
    """Closures that cannot be told."""

    def closed(self, year: int) -> dict[date, str]:
        raise OSError(f"no almanac for {year}")


class BrokenPlugin:
    @hookimpl
    def innovationhub_closures(self) -> dict[str, Broken]:
        return {"broken-almanac": Broken()}


def test_closures_that_fail_refuse_the_command(clock: Clock) -> None:
    """Fail closed: nothing is booked while it is not known whether the hub is open, and the plugin is named."""
    from innovationhub import PluginError

    with Hub.open("memory:", plugins=[BrokenPlugin()], clock=clock, settings=ONLY_BUILT_IN) as hub:
        settings = HubSettings(closures=("broken-almanac",))
        hub.load_catalogue(Catalogue(settings, (session_type(),), (weekly(),)))
        (ada,) = people(hub, "ada")
        before = len(hub.journal())
        with pytest.raises(PluginError, match=r"broken-almanac.*no almanac for 2026"):
            hub.book(TASTER, ada)
        assert len(hub.journal()) == before


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "rule"),
        ("FREQ=SECONDLY", "rule"),
        ("FREQ=WEEKLY;INTERVAL=0", "rule"),
    ],
)
def test_d6_rules_that_never_match_or_never_end(rule: str, why: str) -> None:
    """Are refused when they are made, naming the rule; never a hang."""
    with pytest.raises(Invalid) as invalid:
        Recurrence(datetime(2026, 12, 1, 10), "Europe/London", rule)
    assert invalid.value.field.startswith(why)


def test_d6_an_answer_cut_at_its_limit_says_so() -> None:
    """`between` gives as many as were asked for, and says that there are more."""
    recurrence = Recurrence.weekly(datetime(2026, 12, 1, 10))
    cut = recurrence.between(date(2026, 12, 1), date(2028, 12, 1), limit=5)
    assert (len(cut), cut.complete) == (5, False)
    assert recurrence.between(date(2026, 12, 1), date(2027, 1, 1), limit=5).complete


def test_d8_a_fortnightly_series_years_later(make_hub: MakeHub) -> None:
    """The right week of the two, through a window far from its start."""
    series = Series("taster", "taster", Recurrence.fortnightly(datetime(2026, 12, 1, 10), "TU"))
    hub = make_hub(series=[series])
    for year in range(2027, 2060, 4):
        for view in hub.calendar(date(year, 6, 1), date(year, 8, 1)):
            assert (view.starts.date() - date(2026, 12, 1)).days % 14 == 0
            assert f"{view.starts:%H:%M}" == "10:00"
