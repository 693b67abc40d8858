"""Working time, counted minute by minute: when an offer ends, and from when on no offers are made."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from innovationhub import HubSettings, WorkingHours
from innovationhub.domain.offers import LEAST, deadline, straight_from
from innovationhub.domain.time import local, zone
from tests.properties.both import examples

MINUTE = timedelta(minutes=1)
LONDON = zone("Europe/London")

# weeks with a bank holiday (Christmas 2026, Easter 2027), both changes of the clock, and one with neither
MONDAYS = [date(2026, 12, 21), date(2027, 3, 22), date(2026, 10, 19), date(2026, 11, 23)]
HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 3, 26), date(2027, 3, 29)}


@st.composite
def hubs(draw: st.DrawFn) -> HubSettings:
    """Hubs at work on some days, by day or by night: on the night of a change an hour is missing, or is there twice."""
    days = draw(st.sampled_from(["MO,TU,WE,TH,FR", "MO,TU,WE,TH,FR,SA,SU", "SU", "TU,SA"]))
    begins, ends = draw(st.sampled_from([(9, 17), (0, 12), (3, 9), (18, 23), (8, 9)]))
    return HubSettings(working_hours=WorkingHours(days, time(begins), time(ends, 30)))


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """A minute in one of the weeks."""
    monday = draw(st.sampled_from(MONDAYS))
    start = datetime.combine(monday, time(), tzinfo=UTC)
    return start + timedelta(minutes=draw(st.integers(0, 7 * 24 * 60)))


def closed(day: date) -> str | None:
    return "holiday" if day in HOLIDAYS else None


def at_work(moment: datetime, hub: HubSettings) -> bool:
    wall, hours = local(moment, LONDON), hub.working_hours
    works = wall.weekday() in hours.weekdays and closed(wall.date()) is None
    return works and hours.begins <= wall.time() < hours.ends


def minutes_of_work(now: datetime, closes: datetime, hub: HubSettings) -> list[datetime]:
    """The minutes of work from now until booking closes, each by its beginning."""
    count = int((closes - now) / MINUTE)
    return [moment for at in range(count) if at_work(moment := now + at * MINUTE, hub)]


@given(hub=hubs(), now=instants(), hours=st.integers(1, 30), length=st.integers(0, 9 * 24 * 60))
@examples(60)
def test_an_offer_ends_after_so_many_minutes_of_work(
    hub: HubSettings, now: datetime, hours: int, length: int
) -> None:
    """An offer ends with its last minute of work, at the latest when booking closes; none is made for under an hour."""
    closes = now + length * MINUTE
    worked = minutes_of_work(now, closes, hub)
    expected: datetime | None = closes if len(worked) * MINUTE >= LEAST else None
    if len(worked) >= hours * 60:
        expected = worked[hours * 60 - 1] + MINUTE
    assert deadline(now, hours, closes, hub, closed) == expected


@given(hub=hubs(), closes=instants(), early=st.integers(0, 9 * 24 * 60), hours=st.integers(1, 8))
@examples(60)
def test_places_are_given_straight_away_once_under_an_hour_of_work_is_left(
    hub: HubSettings, closes: datetime, early: int, hours: int
) -> None:
    """At every minute either an offer can be made, or places are given straight away; and never both."""
    now = closes - early * MINUTE
    straight = straight_from(closes, hub, closed)
    left = len(minutes_of_work(now, closes, hub)) * MINUTE
    assert (now >= straight) == (left < LEAST)
    assert (deadline(now, hours, closes, hub, closed) is None) == (now >= straight)
