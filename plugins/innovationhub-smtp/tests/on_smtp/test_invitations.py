"""Entries for calendars, as readers that are not ours understand them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innovationhub import Recurrence
from innovationhub.domain.events import Instance, Invitation, Method
from innovationhub.domain.messages import Recipient
from innovationhub.domain.recurrence import Following
from innovationhub.domain.time import resolve, utc, zone
from innovationhub.testing.contracts.arrivals import invitation
from on_smtp.readers import ADA, OwnCalendar, calendar_of

LONDON = zone("Europe/London")
LOW, HIGH = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
TEN = datetime(2026, 12, 1, 10, tzinfo=LONDON)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=LONDON)  # type: ignore[misc, arg-type]


def test_a_session_says_all_that_a_calendar_needs() -> None:
    """UID, which instance, which version, when in whose time, who: by name and address."""
    made = calendar_of(invitation())
    assert (made["VERSION"], made["METHOD"]) == ("2.0", "REQUEST")
    (event,) = made.events
    assert event["UID"] == "cqi-taster.0123456789ab@innovationhub"
    assert (event["SEQUENCE"], event["STATUS"], event["TRANSP"]) == (3, "CONFIRMED", "OPAQUE")
    assert event["DTSTAMP"].dt == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    for name, hour in (("RECURRENCE-ID", 10), ("DTSTART", 10), ("DTEND", 11)):
        assert event[name].params["TZID"] == "Europe/London"
        assert event[name].dt.replace(tzinfo=None) == datetime(2026, 12, 1, hour)
    assert event["SUMMARY"] == "CQI Taster Session"
    assert event["LOCATION"] == "The Hub, Colne House"
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == (
        "mailto:hub@trust.example",
        "Innovation Hub",
    )
    attendee = event["ATTENDEE"]
    assert (attendee, attendee.params["CN"]) == ("mailto:ada.obi@trust.example", "Ada Obi")
    assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == ("ACCEPTED", "FALSE")
    assert "RRULE" not in event
    assert [str(each["TZID"]) for each in made.walk("VTIMEZONE")] == ["Europe/London"]


def test_a_moved_session_updates_the_entry_that_is_there() -> None:
    """The same UID and RECURRENCE-ID, a higher SEQUENCE: it is at the new time, and nowhere else."""
    own, plain = OwnCalendar(), invitation()
    own.take(calendar_of(plain))
    assert own.starts(LOW, HIGH) == [utc(TEN)]
    later = at(2026, 12, 3, 14)
    moved = attrs.evolve(plain, sequence=8, starts=later, ends=later + timedelta(hours=1))
    own.take(calendar_of(moved))
    assert own.starts(LOW, HIGH) == [utc(later)]
    own.take(calendar_of(plain))  # late, and out of date
    assert own.starts(LOW, HIGH) == [utc(later)]


def test_a_cancelled_place_takes_the_entry_out() -> None:
    """By CANCEL with the same identity, of one session or of a one-off."""
    for identity in (TEN, None):
        own, plain = OwnCalendar(), invitation(recurrence_id=identity)
        own.take(calendar_of(plain))
        assert own.starts(LOW, HIGH) == [utc(TEN)]
        cancelled = calendar_of(attrs.evolve(plain, method=Method.CANCEL, sequence=9))
        assert (cancelled["METHOD"], cancelled.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")
        own.take(cancelled)
        assert own.starts(LOW, HIGH) == []


def weekly() -> Invitation:
    recurrence = Recurrence.weekly(datetime(2026, 10, 13, 10), count=8)
    return invitation(
        recurrence_id=None,
        recurrence=recurrence,
        starts=at(2026, 10, 13, 10),
        ends=at(2026, 10, 13, 11),
    )


def test_a_series_is_one_entry_over_the_change_of_clocks() -> None:
    """A rule in local time, with dates that are left out and sessions that are elsewhere."""
    whole = attrs.evolve(
        weekly(),
        excluded=(at(2026, 10, 20, 10),),
        instances=(Instance(at(2026, 11, 3, 10), at(2026, 11, 4, 15), at(2026, 11, 4, 16, 30), "Room 2"),),
    )
    own = OwnCalendar()
    own.take(calendar_of(whole))
    walls = [each.astimezone(LONDON).strftime("%d %b %H:%M") for each in own.starts(LOW, HIGH)]
    assert walls == [
        *("13 Oct 10:00", "27 Oct 10:00", "04 Nov 15:00", "10 Nov 10:00", "17 Nov 10:00", "24 Nov 10:00"),
        "01 Dec 10:00",
    ]


def test_what_is_excluded_may_have_been_moved_and_the_first_too() -> None:
    """The hub excludes by where a session would have been, and begins with the first to take place."""
    plain = Recurrence.weekly(datetime(2026, 10, 13, 10), count=5)
    moved = plain.moved(datetime(2026, 10, 13, 10), datetime(2026, 10, 15, 9))
    moved = moved.moved(datetime(2026, 10, 27, 10), datetime(2026, 10, 28, 9))
    whole = invitation(
        recurrence_id=None,
        recurrence=moved,
        starts=at(2026, 10, 15, 9),
        ends=at(2026, 10, 15, 10),
        excluded=(at(2026, 10, 28, 9), at(2026, 11, 3, 10)),
    )
    own = OwnCalendar()
    own.take(calendar_of(whole))
    wanted = [at(2026, 10, 15, 9), at(2026, 10, 20, 10), at(2026, 11, 10, 10)]
    assert own.starts(LOW, HIGH) == [utc(each) for each in wanted]


def test_a_series_without_a_single_rule_is_named_date_by_date() -> None:
    """As the hub gives it then: no recurrence, all dates as instances. They take the place of what was there."""
    dates = [at(2026, 11, day, 10) for day in (3, 10, 19)]
    whole = invitation(
        recurrence_id=None,
        starts=at(2026, 9, 1, 10),
        ends=at(2026, 9, 1, 11),
        instances=tuple(Instance(each, each, each + timedelta(hours=1), "Room 2") for each in dates),
    )
    own = OwnCalendar()
    own.take(calendar_of(weekly()))  # as the series was before
    own.take(calendar_of(whole))
    assert own.starts(LOW, HIGH) == [utc(each) for each in dates]
    own.take(calendar_of(attrs.evolve(whole, method=Method.CANCEL, sequence=9)))
    assert own.starts(LOW, HIGH) == []


def test_one_date_of_a_series_can_be_moved_and_cancelled() -> None:
    """By a message about that date alone: the series in the calendar stays as it is."""
    own = OwnCalendar()
    own.take(calendar_of(weekly()))
    assert len(own.starts(LOW, HIGH)) == 8
    one = invitation(
        recurrence_id=at(2026, 11, 3, 10), sequence=11, starts=at(2026, 11, 5, 9), ends=at(2026, 11, 5, 10)
    )
    own.take(calendar_of(one))
    assert len(own.starts(LOW, HIGH)) == 8
    assert utc(at(2026, 11, 5, 9)) in own.starts(LOW, HIGH)
    own.take(calendar_of(attrs.evolve(one, method=Method.CANCEL, sequence=12)))
    assert len(own.starts(LOW, HIGH)) == 7


def test_a_series_is_cancelled_whole() -> None:
    """One event, without RECURRENCE-ID: what was moved goes along."""
    moved = Instance(at(2026, 11, 3, 10), at(2026, 11, 4, 15), at(2026, 11, 4, 16))
    whole = attrs.evolve(weekly(), instances=(moved,))
    made = calendar_of(attrs.evolve(whole, method=Method.CANCEL, sequence=20))
    (event,) = made.events
    assert (made["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert "RECURRENCE-ID" not in event
    own = OwnCalendar()
    own.take(calendar_of(whole))
    assert len(own.starts(LOW, HIGH)) == 8
    own.take(made)
    assert own.starts(LOW, HIGH) == []


def test_who_registers_late_has_what_is_left() -> None:
    """The series begins with its `starts`; a COUNT is not counted anew, and what was moved before is over."""
    whole = weekly()
    assert whole.recurrence is not None
    moved = whole.recurrence.moved(datetime(2026, 10, 20, 10), datetime(2026, 10, 21, 9))
    late = attrs.evolve(whole, recurrence=moved, starts=at(2026, 11, 17, 10), ends=at(2026, 11, 17, 11))
    own = OwnCalendar()
    own.take(calendar_of(late))
    assert own.starts(LOW, HIGH) == [utc(at(2026, *day, 10)) for day in ((11, 17), (11, 24), (12, 1))]


def test_another_rule_from_a_date_on_is_written_as_dates() -> None:
    """As long as the first rule is in force; afterwards it is the rule."""
    first = Recurrence.weekly(datetime(2026, 10, 13, 10))
    both = first.followed_by(datetime(2026, 11, 10, 10), Recurrence.weekly(datetime(2026, 11, 11, 14)))
    before = invitation(
        recurrence_id=None, recurrence=both, starts=at(2026, 10, 13, 10), ends=at(2026, 10, 13, 11)
    )
    (event,) = calendar_of(before).events
    assert event["RRULE"]["UNTIL"] == [datetime(2026, 11, 10, 9, 59, 59, tzinfo=UTC)]
    own = OwnCalendar()
    own.take(calendar_of(before))
    year = datetime(2027, 10, 1, tzinfo=UTC)
    assert own.starts(LOW, year) == [utc(each) for each in both.between(LOW, year)]
    after = attrs.evolve(before, starts=at(2026, 11, 11, 14), ends=at(2026, 11, 11, 15))
    (event,) = calendar_of(after).events
    assert "RDATE" not in event
    assert "UNTIL" not in event["RRULE"]


def test_a_series_that_ends_on_a_day_ends_with_that_day() -> None:
    """UNTIL as a date takes in the session of that date; in an event with a zone it is an instant."""
    whole = attrs.evolve(
        weekly(), recurrence=Recurrence.weekly(datetime(2026, 10, 13, 10), until=date(2026, 10, 27))
    )
    own = OwnCalendar()
    own.take(calendar_of(whole))
    assert own.starts(LOW, HIGH) == [utc(at(2026, 10, day, 10)) for day in (13, 20, 27)]


def test_dates_that_no_rule_gives_are_listed() -> None:
    """Where a later part is a list of dates, and for who comes when the rule is over."""
    listed = (datetime(2026, 11, 12, 14), datetime(2026, 11, 19, 14))
    part = Following(datetime(2026, 11, 10), datetime(2026, 11, 1, 10), None, listed)
    recurrence = attrs.evolve(Recurrence.weekly(datetime(2026, 10, 13, 10)), following=(part,))
    wanted = [utc(each) for each in recurrence.between(LOW, HIGH)]
    assert len(wanted) == 6
    first = attrs.evolve(weekly(), recurrence=recurrence)
    late = attrs.evolve(first, starts=at(2026, 11, 12, 14), ends=at(2026, 11, 12, 15))
    besides = Recurrence(datetime(2026, 10, 13, 10), rdates=listed)
    over = attrs.evolve(late, recurrence=besides)
    for whole, dates in ((first, wanted), (late, wanted[-2:]), (over, wanted[-2:])):
        own = OwnCalendar()
        own.take(calendar_of(whole))
        assert own.starts(LOW, HIGH) == dates


@st.composite
def series(draw: st.DrawFn) -> Invitation:
    """All of some series, from its first date on."""
    made = draw(st.from_type(Recurrence))
    first = made.first
    unmoved = attrs.evolve(made, overrides=())
    begins = unmoved.first
    if first is None or begins is None:
        return weekly()
    starts = resolve(begins.nominal, zone(made.zone))
    return invitation(
        recurrence_id=None,
        recurrence=made,
        starts=starts,
        ends=(starts.astimezone(UTC) + timedelta(minutes=30)).astimezone(zone(made.zone)),
    )


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(series())
def test_any_series_has_the_dates_that_the_hub_has(whole: Invitation) -> None:
    """Rules, dates added, left out and moved, in any zone: as recurring-ical-events reads them, for five years."""
    own = OwnCalendar()
    own.take(calendar_of(whole))
    assert whole.recurrence is not None
    low = utc(whole.starts) - timedelta(days=1)
    high = low + timedelta(days=4 * 365)
    wanted = whole.recurrence.between(low, high)
    assert own.starts(low, high) == [utc(each) for each in wanted]


def test_who_organises_is_the_team_or_the_sender() -> None:
    """An address that cannot be one is not written; nor is one that is not known."""
    for given_, wanted in (
        ("team@trust.example", "mailto:team@trust.example"),
        ("", "mailto:hub@trust.example"),
        ("team@trust.example\r\nATTENDEE:mailto:eve@evil.example", "mailto:hub@trust.example"),
    ):
        (event,) = calendar_of(invitation(organizer_email=given_)).events
        assert event["ORGANIZER"] == wanted


@pytest.mark.parametrize(
    "name",
    ['Ada "the" Obi', "Obi, Ada; x:y", "Ada\r\nATTENDEE:mailto:eve@evil.example", "Äda\x00\u2028Öbi", "^n^'"],
)
def test_a_name_is_a_name(name: str) -> None:
    """Whatever is in it, it ends neither its parameter nor its line."""
    made = calendar_of(invitation(summary=name, location=name, organizer=name), Recipient(name, ADA.email))
    (event,) = made.events
    assert event["ATTENDEE"] == "mailto:ada.obi@trust.example"
    letters = name.replace('"', "'")
    for control in "\r\n\x00\u2028":
        letters = letters.replace(control, " ")
    assert event["ATTENDEE"].params["CN"] == letters
    assert (
        str(event["SUMMARY"]) == letters.replace("'", '"')
        if '"' in name
        else str(event["SUMMARY"]) == letters
    )


def test_signs_in_an_address_stay_what_they_are() -> None:
    """A `mailto:` is a URI: a percent sign, a question mark and an ampersand are written otherwise there."""
    (event,) = calendar_of(invitation(), Recipient("", "o'hara+50%?a&b=c@trust.example")).events
    assert event["ATTENDEE"] == "mailto:o'hara+50%25%3Fa%26b=c@trust.example"
    assert "CN" not in event["ATTENDEE"].params


def test_utc_needs_no_zone() -> None:
    """Times in UTC are written as such."""
    starts = datetime(2026, 12, 1, 10, tzinfo=zone("UTC"))
    made = calendar_of(invitation(recurrence_id=starts, starts=starts, ends=starts + timedelta(hours=1)))
    assert made.walk("VTIMEZONE") == []
    assert made.events[0]["DTSTART"].to_ical() == b"20261201T100000Z"


def test_of_a_time_that_the_clock_shows_twice_the_right_one_is_meant() -> None:
    """The second is written in UTC, since a local time would mean the first (RFC 5545 §3.3.5)."""
    second = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1)
    ends = (second.astimezone(UTC) + timedelta(hours=1)).astimezone(LONDON)
    (event,) = calendar_of(invitation(starts=second, ends=ends)).events
    assert event["DTSTART"].dt == utc(second)
    assert event["DTEND"].dt.astimezone(UTC) == utc(ends)
