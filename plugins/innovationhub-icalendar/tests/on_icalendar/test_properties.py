"""For any programme, however it was changed: a feed expands to exactly the sessions of the hub's calendar."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

import innovationhub_icalendar
from innovationhub import (
    CallOff,
    Catalogue,
    Close,
    Closed,
    End,
    Hub,
    HubSettings,
    Invalid,
    Move,
    Recurrence,
    Refused,
    Reschedule,
    Series,
    SessionView,
)
from innovationhub.testing.strategies.values import recurrence_rules, recurrences, zones
from innovationhub_icalendar.feeds import public_feed
from on_icalendar.reading_back import confusing, events, expanded, read_plainly, wanted
from tests.support import ONLY_BUILT_IN, Clock, session_type

BEGINS = st.dates(date(2026, 6, 1), date(2027, 6, 1))


@st.composite
def programmes(draw: st.DrawFn) -> Catalogue:
    """One to three series in one zone: any recurrences, skipped or shifted on bank holidays, short and long."""
    zone = draw(zones())
    closures = draw(st.sampled_from(((), ("england-bank-holidays",))))
    types = tuple(session_type(key, minutes=draw(st.sampled_from((45, 60, 240, 1440)))) for key in "ab")
    series = []
    for key in ("one", "two", "three")[: draw(st.integers(1, 3))]:
        made = draw(st.one_of(recurrences(), near()))
        series.append(
            Series(
                key,
                draw(st.sampled_from("ab")),
                attrs.evolve(made, zone=zone),
                closed=draw(st.sampled_from(Closed)),
            )
        )
    return Catalogue(HubSettings(timezone=zone, closures=closures), types, tuple(series))


@st.composite
def near(draw: st.DrawFn) -> Recurrence:
    """A recurrence that begins around the window, at an hour at which clocks change as likely as at another."""
    day = draw(BEGINS)
    hour, minute = draw(st.sampled_from((0, 1, 2, 3, 10, 23))), draw(st.sampled_from((0, 30)))
    start = datetime(day.year, day.month, day.day, hour, minute)
    return Recurrence(start, rule=draw(recurrence_rules()))


@st.composite
def changes(draw: st.DrawFn, hub: Hub, views: list[SessionView]) -> Move | CallOff | Close | End | Reschedule:
    """Something that a team may do to what is on."""
    kind = draw(st.sampled_from(("move", "move", "venue", "call-off", "close", "end", "reschedule")))
    view = draw(st.sampled_from(views))
    nominal = datetime.fromisoformat(view.id.partition("@")[2])
    if kind == "move":
        low, high = datetime(2026, 11, 25), datetime(2028, 1, 1)
        return Move(
            view.id, starts=draw(st.datetimes(low, high, timezones=st.just(UTC))).replace(microsecond=0)
        )
    if kind == "venue":
        return Move(view.id, venue=draw(st.sampled_from(("Hall", "Ward, 4; \\n"))))
    if kind == "call-off":
        return CallOff(view.id)
    if kind == "close":
        return Close(view.starts.date(), view.starts.date() + timedelta(days=draw(st.integers(1, 9))), "Away")
    if kind == "end":
        return End(view.series_id, nominal + timedelta(minutes=1))
    other = draw(near())
    return Reschedule(view.series_id, nominal, attrs.evolve(other, zone=hub.settings.timezone))


@settings(max_examples=100)
@given(st.data())
def test_a_feed_expands_to_exactly_the_calendar(data: st.DataObject) -> None:
    """Identities, instants and status, in any zone and window, whatever was moved, closed, ended or rescheduled."""
    hub = Hub.open("memory:", clock=Clock(), plugins=[innovationhub_icalendar], settings=ONLY_BUILT_IN)
    with hub:
        hub.load_catalogue(data.draw(programmes()))
        start = data.draw(BEGINS, "start")
        end = start + timedelta(days=data.draw(st.integers(1, 500), "days"))
        for _ in range(data.draw(st.integers(0, 4), "changes")):
            views = hub.calendar(start, end)
            if views:
                with suppress(Refused, Invalid):
                    hub.apply(hub.plan(data.draw(changes(hub, views), "change")))
        views = hub.calendar(start, end)
        feed = public_feed(hub, start=start, end=end)
        instances = wanted(hub, views)
        assert read_plainly(feed.body) == instances
        if not confusing(feed.body, instances):
            assert expanded(feed.body, start, end) == instances
        # one event for each series, and one for each date that differs: never a flat list of what a rule could say
        assert len([each for each in events(feed.body) if "RRULE" in each or "RDATE" in each]) <= 3
