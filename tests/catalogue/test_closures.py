"""Closures that come, change or go under booked sessions (D5), and a series with too many of them to look through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest

from innovationhub import (
    Catalogue,
    Closed,
    HeldBack,
    Hub,
    HubSettings,
    LoadReport,
    Move,
    PluginError,
    Recurrence,
    WorkingHours,
    hookimpl,
)
from innovationhub.domain import following
from tests.conftest import MakeHub
from tests.support import ONLY_BUILT_IN, Clock, crowd, session_type, weekly

FRIDAYS = weekly(start="2026-12-18T10:00")
BEFORE, CHRISTMAS, NEW_YEAR, AFTER = (
    f"taster@{day}T10:00" for day in ("2026-12-18", "2026-12-25", "2027-01-01", "2027-01-08")
)
HOLIDAYS = HubSettings(closures=("england-bank-holidays",))


def load(hub: Hub, settings: HubSettings) -> LoadReport:
    """Load settings, and see that the same again does nothing at all."""
    report = hub.load_catalogue(Catalogue(settings))
    assert hub.load_catalogue(Catalogue(settings)) == LoadReport()
    return report


def test_a_holiday_that_comes_under_a_booked_session_is_listed(make_hub: MakeHub) -> None:
    """The session stays with its people and is listed; the others are left out, or are as they were."""
    hub = make_hub(series=[FRIDAYS])
    (ada,) = crowd(hub, 1)
    for session in (BEFORE, CHRISTMAS, AFTER):
        hub.book(session, ada)
    report = load(hub, HOLIDAYS)
    sentence = f"{CHRISTMAS} stays, though the hub is closed that day: people are booked on it"
    assert report == LoadReport((), ("hub",), (HeldBack(CHRISTMAS, "closed", sentence),))
    shown = [view.id for view in hub.calendar(date(2026, 12, 1), date(2027, 1, 10))]
    assert shown == [BEFORE, CHRISTMAS, AFTER]
    assert [booking.session_id for booking in hub.bookings_of(ada)] == [BEFORE, CHRISTMAS, AFTER]


def test_a_holiday_on_a_date_that_everybody_left(make_hub: MakeHub) -> None:
    """An id once used means that date for ever, so it stays; nobody is said to be booked who is not."""
    hub = make_hub(series=[FRIDAYS])
    hub.cancel(hub.book(CHRISTMAS, *crowd(hub, 1)).id)
    (held,) = load(hub, HOLIDAYS).held_back
    assert (
        held.sentence
        == f"{CHRISTMAS} stays, though the hub is closed that day: people have been booked on it"
    )


def test_a_holiday_that_shifts_a_session(make_hub: MakeHub) -> None:
    """A booked one stays, and the report has the `Move`; one that everybody left is moved, and its end with it."""
    hub = make_hub(series=[attrs.evolve(FRIDAYS, closed=Closed.SHIFT)])
    ada, bob = crowd(hub, 2)
    hub.book(CHRISTMAS, ada)
    hub.cancel(hub.book(NEW_YEAR, bob).id)
    (held,) = load(hub, HOLIDAYS).held_back
    assert (held.field, held.change) == ("starts", Move(CHRISTMAS, datetime(2026, 12, 29, 10, tzinfo=UTC)))
    assert hub.session(CHRISTMAS).starts.date() == date(2026, 12, 25)
    moved = hub.session(NEW_YEAR)
    assert (moved.starts, moved.ends) == (
        datetime(2027, 1, 4, 10, tzinfo=UTC),
        datetime(2027, 1, 4, 11, tzinfo=UTC),
    )
    assert hub.book(NEW_YEAR, bob).status == "confirmed"


def test_other_working_days_shift_a_session_elsewhere(make_hub: MakeHub) -> None:
    """A session that was shifted, and booked, stays where it was shifted to; the report has the `Move`."""
    hub = make_hub(series=[attrs.evolve(FRIDAYS, closed=Closed.SHIFT)], hub=HOLIDAYS)
    hub.book(CHRISTMAS, *crowd(hub, 1))
    (held,) = load(hub, attrs.evolve(HOLIDAYS, working_hours=WorkingHours("WE,TH,FR"))).held_back
    assert held.change == Move(CHRISTMAS, datetime(2026, 12, 30, 10, tzinfo=UTC))
    assert hub.session(CHRISTMAS).starts == datetime(2026, 12, 29, 10, tzinfo=UTC)


def test_settings_that_close_nothing_hold_nothing_back(make_hub: MakeHub) -> None:
    """Another name for the hub, other hours: the sessions have nothing to do with it."""
    hub = make_hub(series=[FRIDAYS])
    hub.book(CHRISTMAS, *crowd(hub, 1))
    load(hub, HOLIDAYS)
    named = attrs.evolve(HOLIDAYS, name="Another", working_hours=WorkingHours("MO,FR", "10:00", "12:00"))
    assert load(hub, named).held_back == ()


class Days:
    """Closed on one Friday, or failing."""

    fails = False

    def closed(self, year: int) -> Mapping[date, str]:
        if self.fails:
            raise RuntimeError("out of paper")
        return {date(2027, 1, 8): "Away day"}


class Away:
    def __init__(self) -> None:
        self.days = Days()

    @hookimpl
    def innovationhub_closures(self) -> Mapping[str, Days]:
        return {"away-days": self.days}


def opened(file: Path, *plugins: object) -> Hub:
    return Hub.open(f"sqlite:///{file}", plugins=plugins, clock=Clock(), settings=ONLY_BUILT_IN)


def test_only_what_newly_closes_is_listed(tmp_path: Path) -> None:
    """A session that was listed when its holiday came is not listed again for another closure."""
    with opened(tmp_path / "hub.db", Away()) as hub:
        hub.load_catalogue(Catalogue(HubSettings(), (session_type(),), (FRIDAYS,)))
        (ada,) = crowd(hub, 1)
        for session in (CHRISTMAS, AFTER):
            hub.book(session, ada)
        assert [held.session_id for held in load(hub, HOLIDAYS).held_back] == [CHRISTMAS]
        both = HubSettings(closures=("england-bank-holidays", "away-days"))
        assert [held.session_id for held in load(hub, both).held_back] == [AFTER]


@pytest.mark.parametrize("closed", list(Closed))
def test_closures_whose_plugin_is_gone_can_be_dropped(tmp_path: Path, closed: Closed) -> None:
    """Nobody can say any more which days they closed, and the settings must not be stuck with them for that."""
    with opened(tmp_path / "hub.db", Away()) as hub:
        series = attrs.evolve(FRIDAYS, closed=closed)
        hub.load_catalogue(Catalogue(HubSettings(closures=("away-days",)), (session_type(),), (series,)))
        hub.book(BEFORE, *crowd(hub, 1))
    with opened(tmp_path / "hub.db") as hub:
        with pytest.raises(PluginError, match="away-days"):
            hub.session(AFTER)
        assert load(hub, HubSettings()) == LoadReport((), ("hub",))
        assert hub.session(AFTER).id == AFTER


def test_closures_that_fail_can_be_dropped_and_not_taken_on(tmp_path: Path) -> None:
    """Whether they touch a booked session cannot be told, so a load that brings them is refused; nothing changes."""
    away = Away()
    with opened(tmp_path / "hub.db", away) as hub:
        hub.load_catalogue(Catalogue(HubSettings(), (session_type(),), (FRIDAYS,)))
        hub.book(BEFORE, *crowd(hub, 1))
        away.days.fails = True
        entries = hub.journal()
        with pytest.raises(PluginError, match="out of paper"):
            hub.load_catalogue(Catalogue(HubSettings(closures=("away-days",))))
        assert (hub.settings, hub.journal()) == (HubSettings(), entries)
        away.days.fails = False
        load(hub, HubSettings(closures=("away-days",)))
    away.days.fails = True
    with opened(tmp_path / "hub.db", away) as hub:
        assert load(hub, HubSettings()).held_back == ()


def test_more_sessions_than_are_looked_at(make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report says from which session on all stay as they are, those that everybody left included."""
    monkeypatch.setattr(following, "LOOKED_AT", 2)
    hub = make_hub(series=[FRIDAYS])
    (ada,) = crowd(hub, 1)
    bookings = [hub.book(session, ada) for session in (BEFORE, CHRISTMAS, NEW_YEAR, AFTER)]
    hub.cancel(bookings[-1].id)
    report = hub.load_catalogue(Catalogue(None, (), (attrs.evolve(FRIDAYS, venue="Room 2"),)))
    assert [(held.session_id, held.field) for held in report.held_back] == [
        (NEW_YEAR, "sessions"),
        (BEFORE, "venue"),
        (CHRISTMAS, "venue"),
    ]
    assert report.held_back[0].sentence == (
        f"{NEW_YEAR} and the sessions of taster after it stay as they are: "
        "more than 2 that are to come have been booked"
    )
    assert hub.session(AFTER).venue == "Room 1"
    assert hub.session("taster@2027-01-15T10:00").venue == "Room 2"


def test_as_many_sessions_as_are_looked_at(make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left aside, and none is said to be."""
    monkeypatch.setattr(following, "LOOKED_AT", 2)
    hub = make_hub(series=[FRIDAYS])
    (ada,) = crowd(hub, 1)
    for session in (BEFORE, CHRISTMAS):
        hub.book(session, ada)
    report = hub.load_catalogue(Catalogue(None, (), (attrs.evolve(FRIDAYS, venue="Room 2"),)))
    assert [held.session_id for held in report.held_back] == [BEFORE, CHRISTMAS]


def test_a_session_that_its_rule_let_go_is_no_matter_of_closures(make_hub: MakeHub) -> None:
    """It stays since its rule was edited, was listed then, and is not listed again when the hub's closures change."""
    hub = make_hub(series=[FRIDAYS])
    hub.book(CHRISTMAS, *crowd(hub, 1))
    mondays = attrs.evolve(FRIDAYS, recurrence=Recurrence.weekly(datetime(2026, 12, 21, 10)))
    (held,) = hub.load_catalogue(Catalogue(None, (), (mondays,))).held_back
    assert held.field == "rule"
    assert load(hub, HOLIDAYS).held_back == ()
