"""The public feed: rules with exceptions, read back by a library that is not ours to exactly the hub's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovationhub import (
    CallOff,
    Close,
    End,
    Hub,
    HubSettings,
    Invalid,
    Move,
    NotFound,
    Recurrence,
    Reinstate,
    Reschedule,
    Series,
    SessionType,
)
from innovationhub.hub import showing
from innovationhub_icalendar import patterns, windows
from innovationhub_icalendar.feeds import Feed, public_feed
from on_icalendar.conftest import MakeHub
from on_icalendar.reading_back import events, expanded, read_plainly, wanted
from tests.support import Clock, people, session_type, small_hub, weekly

TASTER = "taster@2026-12-01T10:00"
NEXT = "taster@2026-12-08T10:00"
START, END = date(2026, 10, 1), date(2027, 12, 1)
"""The usual window at the test's clock, 24 November 2026."""


def assert_same(hub: Hub, feed: Feed, start: date = START, end: date = END) -> None:
    """What a reader finds is what the hub shows: identities, instants, status; nothing more and nothing less."""
    views = hub.calendar(start, end)
    assert expanded(feed.body, start, end) == read_plainly(feed.body) == wanted(hub, views)
    assert feed.sessions == len(views)
    assert feed.complete


def test_a_weekly_series_is_one_event_with_a_rule(hub: Hub) -> None:
    """A year of it is one RRULE, over both changes of the clocks, and its local time stays."""
    feed = public_feed(hub)
    (event,) = events(feed.body)
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20271130T100000Z;BYDAY=TU"
    assert "EXDATE" not in event
    assert "RDATE" not in event
    assert str(event["SUMMARY"]) == "Taster"
    assert str(event["LOCATION"]) == "Room 1"
    assert_same(hub, feed)


def test_a_session_moved_is_an_override_of_the_same_identity(hub: Hub) -> None:
    """UID of the series, RECURRENCE-ID of its original start; moved back, it is the rule's again."""
    before = public_feed(hub)
    hub.apply(hub.plan(Move(TASTER, starts=datetime(2026, 12, 2, 14, tzinfo=UTC), venue="Hall")))
    feed = public_feed(hub)
    whole, moved = events(feed.body)
    assert moved["UID"] == whole["UID"]
    assert moved["RECURRENCE-ID"].to_ical() == b"20261201T100000"
    assert moved["RECURRENCE-ID"].params["TZID"] == "Europe/London"
    assert moved["DTSTART"].to_ical() == b"20261202T140000"
    assert str(moved["LOCATION"]) == "Hall"
    assert "EXDATE" not in whole
    assert_same(hub, feed)
    assert feed.etag != before.etag
    hub.apply(hub.plan(Move(TASTER, starts=datetime(2026, 12, 1, 10, tzinfo=UTC), venue="Room 1")))
    assert len(events(public_feed(hub).body)) == 1
    assert_same(hub, public_feed(hub))


def test_a_session_moved_here_from_years_ahead_is_a_date_beside_the_rule(hub: Hub) -> None:
    """It keeps its identity, however far away that is, and the others keep their rule."""
    far = "taster@2033-01-04T10:00"
    hub.apply(hub.plan(Move(far, starts=datetime(2026, 12, 20, 10, tzinfo=UTC))))
    feed = public_feed(hub)
    whole, moved = events(feed.body)
    assert b"UNTIL=20271130" in whole["RRULE"].to_ical()
    assert [each.dt.year for each in whole["RDATE"].dts] == [2033]
    assert moved["RECURRENCE-ID"].to_ical() == b"20330104T100000"
    assert read_plainly(feed.body) == wanted(hub, hub.calendar(START, END))


def test_a_session_called_off_is_cancelled_and_reinstated(hub: Hub) -> None:
    """It stays in the calendar, so that who planned to come sees it; its number rises with each change."""
    hub.apply(hub.plan(CallOff(TASTER, "snow")))
    feed = public_feed(hub)
    whole, off = events(feed.body)
    assert (str(off["STATUS"]), str(off["SUMMARY"])) == ("CANCELLED", "Called off: Taster")
    assert off["SEQUENCE"] > whole["SEQUENCE"]
    assert b"snow" not in feed.body
    assert_same(hub, feed)
    hub.apply(hub.plan(Reinstate(TASTER)))
    hub.apply(hub.plan(CallOff(TASTER)))
    again = events(public_feed(hub).body)[1]
    assert again["SEQUENCE"] > off["SEQUENCE"]


def test_a_number_is_the_position_of_the_last_entry_about_the_session(hub: Hub) -> None:
    """The same as in the hub's messages, so that the later of the two counts."""
    hub.apply(hub.plan(Move(TASTER, venue="Hall")))
    last = max(entry.position for entry in hub.journal() if entry.subject == TASTER)
    assert events(public_feed(hub).body)[1]["SEQUENCE"] == last


def test_a_closed_day_is_left_out_or_shifted(make_hub: MakeHub) -> None:
    """Bank holidays too: EXDATE for what is skipped, an override for what goes to the next working day."""
    monday = Recurrence.weekly(datetime(2026, 12, 7, 9))
    hub = make_hub(
        hub=HubSettings(closures=("england-bank-holidays",)),
        types=[session_type(), session_type("kept")],
        series=[Series("taster", "taster", monday), Series("kept", "kept", monday, closed="shift")],
    )
    hub.apply(hub.plan(Close(date(2027, 2, 1), date(2027, 2, 2), "Away day")))
    feed = public_feed(hub)
    skipped = next(each for each in events(feed.body) if str(each["UID"]).startswith("taster."))
    out = {each.dt.date() for each in skipped["EXDATE"].dts}
    assert {date(2026, 12, 28), date(2027, 2, 1), date(2027, 3, 29)} <= out
    shifted = [each for each in events(feed.body) if "RECURRENCE-ID" in each]
    assert {each["RECURRENCE-ID"].dt.date() for each in shifted} == out
    assert all(str(each["UID"]).startswith("kept.") for each in shifted)
    assert_same(hub, feed)


@pytest.mark.parametrize("begins", [datetime(2027, 1, 7, 15), datetime(2027, 1, 4, 15)])
def test_a_rule_edited_from_a_date_on_is_one_event(hub: Hub, begins: datetime) -> None:
    """One RRULE, of the pattern that needs the fewest exceptions; the other pattern's dates are RDATE."""
    thursdays = Recurrence.weekly(begins, "TH")
    hub.apply(hub.plan(Reschedule("taster", datetime(2027, 1, 5), thursdays)))
    feed = public_feed(hub)
    (event,) = events(feed.body)
    assert b"BYDAY=TH" in event["RRULE"].to_ical()
    assert len(event["RDATE"].dts) == 5  # the Tuesdays of December
    assert_same(hub, feed)


def test_a_series_that_ends_says_so(hub: Hub) -> None:
    """And one of which only single dates are left over is told date by date."""
    hub.apply(hub.plan(End("taster", datetime(2026, 12, 15))))
    feed = public_feed(hub)
    assert events(feed.body)[0]["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20261208T100000Z;BYDAY=TU"
    assert_same(hub, feed)


def test_a_one_off_has_no_recurrence_id_even_when_moved(make_hub: MakeHub) -> None:
    """It is an event and no date of one."""
    hub = make_hub(series=[Series("taster", "taster", Recurrence.once(datetime(2026, 12, 1, 10)))])
    hub.apply(hub.plan(Move(TASTER, starts=datetime(2026, 12, 3, 9, tzinfo=UTC))))
    feed = public_feed(hub)
    (event,) = events(feed.body)
    assert not {"RRULE", "RDATE", "RECURRENCE-ID"} & set(event)
    assert_same(hub, feed)


def test_the_nights_on_which_clocks_change(make_hub: MakeHub) -> None:
    """A time that does not exist, one that exists twice, and sessions that last through either."""
    daily = "FREQ=DAILY"
    hub = make_hub(
        types=[session_type(minutes=90)],
        series=[
            Series(f"night-{hour}", "taster", Recurrence(datetime(2027, 3, 20, hour, 30), rule=daily))
            for hour in (0, 1, 2)
        ],
    )
    start, end = date(2027, 3, 1), date(2027, 12, 1)
    feed = public_feed(hub, start=start, end=end)
    assert_same(hub, feed, start, end)
    assert len([each for each in events(feed.body) if "RRULE" in each]) == 3


def test_a_session_moved_into_the_hour_that_exists_twice(hub: Hub) -> None:
    """A local time cannot say which of the two it is, so it is written in UTC."""
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    hub.apply(hub.plan(Move("taster@2027-10-26T10:00", starts=second)))
    feed = public_feed(hub)
    assert events(feed.body)[1]["DTSTART"].to_ical() == b"20271031T013000Z"
    assert_same(hub, feed)


def test_two_times_of_one_instant_are_written_one_by_one(make_hub: MakeHub) -> None:
    """On the night of the gap 01:30 and 02:30 are one session; a rule cannot say so, and is not written."""
    twice = Recurrence(datetime(2027, 3, 20, 1, 30), rule="FREQ=DAILY;BYHOUR=1,2;BYMINUTE=30")
    hub = make_hub(series=[Series("taster", "taster", twice)])
    start, end = date(2027, 3, 1), date(2027, 5, 1)
    feed = public_feed(hub, start=start, end=end)
    assert all("RECURRENCE-ID" in each for each in events(feed.body))
    assert_same(hub, feed, start, end)
    later = public_feed(hub, start=date(2027, 4, 1), end=end)
    assert len(events(later.body)) == 1
    assert_same(hub, later, date(2027, 4, 1), end)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=TU,WE;BYSETPOS=2",
        "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
        "FREQ=YEARLY",
        "FREQ=DAILY;COUNT=500",
        "FREQ=MONTHLY;BYDAY=MO,2TU",
        "FREQ=HOURLY;INTERVAL=5;COUNT=40",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=1",
    ],
)
@pytest.mark.parametrize("start", [date(2026, 10, 1), date(2028, 2, 29), date(2031, 1, 1)])
def test_whatever_the_rule_what_is_read_is_what_is_on(rule: str, start: date) -> None:
    """Begun years before the window or within it; counted, monthly, by position, or more exotic than that."""
    end = start + timedelta(days=500)
    series = Series("taster", "taster", Recurrence(datetime(2024, 1, 30, 10), rule=rule))
    with small_hub(series=[series]) as hub:
        assert_same(hub, public_feed(hub, start=start, end=end), start, end)


def test_a_rule_that_two_readers_read_differently_is_not_written(make_hub: MakeHub) -> None:
    """The third of a week's days, where weeks begin on a Thursday: dateutil takes a part of one for the whole."""
    rule = "FREQ=WEEKLY;WKST=TH;BYDAY=TU,TH,FR;BYSETPOS=3"
    hub = make_hub(series=[Series("taster", "taster", Recurrence(datetime(2026, 6, 29, 10), rule=rule))])
    start, end = date(2026, 8, 24), date(2026, 12, 1)
    feed = public_feed(hub, start=start, end=end)
    (event,) = events(feed.body)
    assert "RRULE" not in event
    assert len(event["RDATE"].dts) == 13
    assert_same(hub, feed, start, end)


def test_dateutil_is_not_asked_what_it_never_answers(
    make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of Mondays and second Tuesdays it finds none, and takes seconds for it: such a rule is told date by date."""

    def asked(*_: object) -> list[datetime]:
        raise AssertionError

    monkeypatch.setattr(patterns, "_walked", asked)
    rule = "FREQ=MONTHLY;BYDAY=MO,2TU"
    hub = make_hub(series=[Series("taster", "taster", Recurrence(datetime(2026, 12, 7, 10), rule=rule))])
    assert_same(hub, public_feed(hub))


def test_a_type_has_a_feed_of_its_own(make_hub: MakeHub) -> None:
    """Named by its title; a key that is no type's is not found."""
    hub = make_hub(types=[session_type(), session_type("forum")], series=[weekly(), weekly("forum")])
    feed = public_feed(hub, types=["forum"])
    assert [str(each["SUMMARY"]) for each in events(feed.body)] == ["Forum"]
    assert b"X-WR-CALNAME:Innovation Hub: Forum" in feed.body
    with pytest.raises(NotFound, match="session type"):
        public_feed(hub, types=["nothing"])


def test_nothing_about_people_is_in_the_public_feed(make_hub: MakeHub) -> None:
    """Who leads, who comes, who waits: no name, no id, no address, no opaque key; nor a private session."""
    hub = make_hub()
    ann, ben, cy = people(hub, "ann", "ben", "cy")
    for person in (ann, ben, cy):
        hub.book(TASTER, person, note="Brings a wheelchair")
    body = public_feed(hub).body.lower()
    for entry in hub.journal():
        for key in (entry.actor, *(str(value) for value in entry.facts.values())):
            assert len(key) < 20 or key.lower().encode() not in body
    assert not [
        word for word in (b"name of", b"nhs.example", b"wheelchair", b"ann", b"waiting") if word in body
    ]


def test_the_same_calendar_is_the_same_text(hub: Hub, clock: Clock) -> None:
    """So a reader is told that nothing changed; a booking leaves it as it was, a move does not."""
    first = public_feed(hub)
    people(hub, "ann")
    clock.pass_by(days=3)
    hub.book(TASTER, "ann")
    second = public_feed(hub)
    assert second.body == first.body
    assert second.etag == first.etag
    assert second.unchanged(first.etag, "")
    assert second.unchanged(f'W/{first.etag}, "other"')
    assert second.unchanged("*")
    assert not second.unchanged('"other"', second.headers["Last-Modified"])
    assert second.headers["ETag"] == first.etag
    assert second.headers["Cache-Control"] == "public, no-cache"
    hub.apply(hub.plan(CallOff(NEXT)))
    assert not public_feed(hub).unchanged(first.etag)


def test_last_modified_is_when_anything_changed_last(hub: Hub, clock: Clock) -> None:
    """Or when the month turned, and with it the window; a date that is none is taken for none."""
    feed = public_feed(hub)
    assert feed.last_modified == clock.now
    assert feed.headers["Last-Modified"] == "Tue, 24 Nov 2026 09:00:00 GMT"
    assert feed.unchanged("", feed.headers["Last-Modified"])
    assert feed.unchanged(if_modified_since="Wed, 25 Nov 2026 09:00:00 GMT")
    assert not feed.unchanged(if_modified_since="Tue, 24 Nov 2026 08:59:59 GMT")
    assert not feed.unchanged(if_modified_since="yesterday")
    assert not feed.unchanged(if_modified_since="Wed, 25 Nov 2026 09:00:00 -0000")  # a time of no zone
    assert not feed.unchanged()
    clock.pass_by(days=10)
    turned = public_feed(hub)
    assert turned.last_modified == datetime(2026, 12, 1, tzinfo=UTC)
    assert turned.etag != feed.etag
    asked = public_feed(hub, start=date(2026, 12, 1), end=date(2027, 1, 1))
    assert asked.last_modified == datetime(2026, 11, 24, 9, tzinfo=UTC)


NEARLY_A_DATE = r"(Tue, )?[0-9]{1,12} Nov [0-9]{1,9} [0-9:]{1,12} [+-]?[A-Z0-9]{1,9}"
ODD_DATES = st.text() | st.from_regex(NEARLY_A_DATE, fullmatch=True)


@settings(max_examples=200)
@given(st.text(), ODD_DATES)
def test_whatever_a_reader_sends_it_is_answered(tag: str, since: str) -> None:
    """Headers come from anybody: what is no tag and no date means nothing."""
    feed = Feed(b"", datetime(2026, 11, 24, 9, tzinfo=UTC), 0)
    assert isinstance(feed.unchanged(tag, since), bool)
    assert isinstance(feed.unchanged("", since), bool)


def test_what_a_limit_cuts_is_said(make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the value and in the calendar itself; what is there is whole."""
    monkeypatch.setattr(windows, "MOST_SESSIONS", 10)
    hub = make_hub()
    feed = public_feed(hub)
    assert not feed.complete
    assert feed.told == ("Only the first 10 sessions are here: from 2027-02-09 on they are left out.",)
    assert b"DESCRIPTION:Only the first 10 sessions" in feed.body
    assert expanded(feed.body, START, END) == wanted(hub, hub.calendar(START, date(2027, 2, 9)))


def test_a_hub_with_more_than_it_shows_at_once_has_a_feed(
    make_hub: MakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read month by month, up to the feed's own limit; a window that cannot be is an error all the same."""
    hub = make_hub()
    whole = public_feed(hub)
    monkeypatch.setattr(showing, "MOST_SESSIONS", 6)
    assert public_feed(hub) == whole
    monkeypatch.setattr(windows, "MOST_SESSIONS", 10)
    assert public_feed(hub).told == (
        "Only the first 10 sessions are here: from 2027-02-09 on they are left out.",
    )
    with pytest.raises(Invalid, match="five years"):
        public_feed(hub, end=date(2040, 1, 1))
    monkeypatch.setattr(showing, "MOST_SESSIONS", 1)
    with pytest.raises(Invalid, match="more than 1 sessions"):
        public_feed(hub)


def test_a_private_types_name_is_in_no_public_feed(make_hub: MakeHub) -> None:
    """Asked for by its key it is empty, and does not say what it would be called."""
    team = SessionType("team", "Team Away", private=True)
    hub = make_hub(types=[session_type(), team], series=[weekly(), weekly("team")])
    feed = public_feed(hub, types=["team"])
    assert feed.sessions == 0
    assert b"Team Away" not in feed.body


def test_a_window_is_of_local_dates(hub: Hub) -> None:
    """Five years at most, as everywhere in the hub; an end before the start is an error."""
    with pytest.raises(Invalid, match="start"):
        public_feed(hub, start=datetime(2026, 12, 1, tzinfo=UTC))
    with pytest.raises(Invalid, match="end"):
        public_feed(hub, end="tomorrow")  # type: ignore[arg-type]  # what a caller may get wrong
    with pytest.raises(Invalid, match="end"):
        public_feed(hub, start=date(2027, 1, 1), end=date(2026, 1, 1))
    with pytest.raises(Invalid, match="five years"):
        public_feed(hub, end=date(2040, 1, 1))


def test_an_empty_calendar_is_one(make_hub: MakeHub) -> None:
    """A reader gets a calendar without events, and not an error."""
    feed = public_feed(make_hub(series=[]))
    assert events(feed.body) == []
    assert feed.sessions == 0
