"""Calendars brought in: as series that take place when the events did, and nothing lost in silence."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovationhub import Hub, Invalid, InvalidCatalogue, Recurrence, Series
from innovationhub.loading.shaping import Known, catalogue_from_text
from innovationhub.testing.strategies.values import lines, recurrences
from innovationhub_icalendar import reading
from innovationhub_icalendar.feeds import public_feed
from innovationhub_icalendar.reading import Imported, read_calendar, to_catalogue
from on_icalendar.conftest import MakeHub
from tests.support import session_type, small_hub, weekly

START, END = date(2026, 11, 1), date(2027, 12, 1)


def calendar(*events: str) -> str:
    """A calendar of these events, each given as its lines."""
    made = "".join(f"BEGIN:VEVENT\n{each}\nEND:VEVENT\n" for each in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Another//Program//EN\n{made}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    )


def event(*lines: str, uid: str = "1", start: str = ";TZID=Europe/London:20261201T100000") -> str:
    """A taster of an hour with these lines besides."""
    whole = ["UID:" + uid, "SUMMARY:Taster", f"DTSTART{start}", "DURATION:PT1H", *lines]
    return "\n".join(whole)


def brought(*events: str, types: Sequence[str] = ("taster",), zone: str = "Europe/London") -> Imported:
    return read_calendar(calendar(*events), types, zone=zone, minutes={"taster": 60, "forum": 90})


def starts(found: Imported) -> list[str]:
    """The first starts of the only series, in UTC."""
    (one,) = found.series
    return [
        each.astimezone(UTC).strftime("%m-%d %H:%M") for each in one.recurrence.between(START, END, limit=6)
    ]


def faults(*events: str, types: Sequence[str] = ("taster",)) -> list[str]:
    with pytest.raises(InvalidCatalogue) as caught:
        brought(*events, types=types)
    return list(caught.value.faults)


def test_an_event_with_a_rule_becomes_a_series() -> None:
    """With its exceptions, its venue, and a key made of its title."""
    found = brought(
        event("RRULE:FREQ=WEEKLY;UNTIL=20270105T100000Z", "EXDATE;TZID=Europe/London:20261208T100000")
        + "\nLOCATION:Hall\\, ground floor\nRDATE;TZID=Europe/London:20261203T140000"
    )
    (one,) = found.series
    assert (one.key, one.type, one.venue) == ("taster", "taster", "Hall, ground floor")
    assert starts(found) == [
        "12-01 10:00",
        "12-03 14:00",
        "12-15 10:00",
        "12-22 10:00",
        "12-29 10:00",
        "01-05 10:00",
    ]
    assert found.told == ()


def test_dates_that_were_moved_or_called_off_are_so() -> None:
    """By their own events; those of which nothing else is there are brought in too."""
    found = brought(
        event("RRULE:FREQ=WEEKLY;COUNT=4"),
        event("RECURRENCE-ID;TZID=Europe/London:20261208T100000", start=":20261209T140000Z"),
        event("RECURRENCE-ID;TZID=Europe/London:20261215T100000", "STATUS:CANCELLED"),
        event(
            "RECURRENCE-ID;TZID=Europe/London:20270301T090000", start=";TZID=Europe/London:20270301T090000"
        ),
        event("RECURRENCE-ID;TZID=Europe/London:20270105T090000", uid="2", start=":20270106T090000Z"),
    )
    first, second = found.series
    assert starts(Imported((first,))) == ["12-01 10:00", "12-09 14:00", "12-22 10:00", "03-01 09:00"]
    assert starts(Imported((second,))) == ["01-06 09:00"]
    assert [each.key for each in found.series] == ["taster", "taster-2"]
    assert found.told == ("event 1 ('Taster'): 2026-12-15 was called off, so left out",)


def test_times_of_other_zones_become_the_hubs() -> None:
    """Single ones as they are; a rule only where it means the same by the hub's clock."""
    assert starts(brought(event(start=":20261201T100000Z"))) == ["12-01 10:00"]
    assert starts(brought(event(start=";TZID=America/New_York:20261201T060000"))) == ["12-01 11:00"]
    assert starts(brought(event(start=":20261201T100000"))) == ["12-01 10:00"]
    winter = event("RRULE:FREQ=WEEKLY;COUNT=4", start=":20261201T100000Z")
    assert starts(brought(winter))[-1] == "12-22 10:00"
    assert faults(event("RRULE:FREQ=WEEKLY", start=":20261201T100000Z")) == [
        "event 1 ('Taster'): recurs by the clock of UTC, which is not that of Europe/London: write it in the latter"
    ]


def test_the_zones_of_outlook_are_known() -> None:
    """It has names of its own for them."""
    found = brought(event("RRULE:FREQ=WEEKLY", start=";TZID=GMT Standard Time:20261201T100000"))
    assert starts(found)[:2] == ["12-01 10:00", "12-08 10:00"]


def test_all_faults_are_told_at_once() -> None:
    """Each with its event; nothing is brought in, unless what is at fault is to be left out."""
    bad = (
        event(start=";VALUE=DATE:20261201", uid="1"),
        event("RRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY", uid="2"),
        event("RRULE:FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2", uid="3"),
        event("RDATE;VALUE=PERIOD:20261203T100000Z/PT1H", uid="4"),
        "UID:5\nSUMMARY:No start",
        event(uid="6").replace("SUMMARY:Taster", "SUMMARY:Yoga"),
        event("RRULE:FREQ=WEEKLY", uid="7"),
        event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261208T100000Z", uid="7"),
        event(uid="8"),
    )
    told = faults(*bad, types=["taster=taster", "start=taster"])
    for place, words in enumerate(
        (
            "whole day",
            "several rules",
            "rule",
            "periods",
            "no DTSTART",
            "none of the given types",
            "THISANDFUTURE",
        ),
        1,
    ):
        assert told[place - 1].startswith(f"event {place} (")
        assert words in told[place - 1]
    assert len(told) == 7
    made = read_calendar(calendar(*bad), ["taster=taster", "start=taster"], leave_out=True)
    assert len(made.series) == 1
    assert [each for each in made.told if each.startswith("left out: ")] == [
        f"left out: {each}" for each in told
    ]


def test_types_are_chosen_by_words_of_the_title() -> None:
    """The first that fits; a plain key is for all others; one that the hub has not is an error."""
    forum = event(uid="2").replace("Taster", "Learn & Share FORUM")
    found = brought(event(), forum, types=["forum=forum", "taster"])
    assert [(each.key, each.type) for each in found.series] == [
        ("taster", "taster"),
        ("learn-share-forum", "forum"),
    ]
    with pytest.raises(Invalid, match=r"types.*'yoga'.*forum, taster"):
        brought(event(), types=["yoga"])
    with pytest.raises(Invalid, match="types"):
        brought(event(), types=["Taster="])


def test_what_a_series_has_no_place_for_is_told() -> None:
    """Who was invited, alarms, a length that is not the type's, words that only one date had."""
    found = brought(
        event("RRULE:FREQ=WEEKLY;COUNT=2", "ATTENDEE:mailto:ann@nhs.example", "DESCRIPTION:Hello").replace(
            "PT1H", "PT90M"
        )
        + "\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM",
        event("RECURRENCE-ID;TZID=Europe/London:20261208T100000", "LOCATION:Ward 4"),
    )
    assert found.told == (
        "event 1 ('Taster'): 2026-12-08 was at 'Ward 4', which its series cannot say",
        "event 1 ('Taster'): lasted 90 minutes (1 of its dates); a session of taster lasts 60",
        "not part of a series, so not brought in: ATTENDEE (1), DESCRIPTION (1), VALARM (1)",
    )


def test_exceptions_of_whole_days_and_of_no_date() -> None:
    """The one takes out what is on that day; the other is told."""
    found = brought(
        event("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20261208", "EXDATE:20261209T100000Z")
    )
    assert starts(found) == ["12-01 10:00", "12-15 10:00"]
    assert found.told == ("event 1 ('Taster'): excepts 2026-12-09 10:00:00+00:00, which is no date of it",)


def test_a_first_date_that_is_not_of_the_rule_is_kept() -> None:
    """RFC 5545 leaves open what it means; calendars show it, so it is brought in, and that it is is told."""
    found = brought(event("RRULE:FREQ=WEEKLY;BYDAY=TH"))
    assert starts(found)[:2] == ["12-01 10:00", "12-03 10:00"]
    assert "first date is not one of its rule" in found.told[0]


def test_a_cancelled_event_is_left_out_and_told() -> None:
    """A whole one; other components are no sessions at all."""
    assert brought(event("STATUS:CANCELLED")) == Imported(
        (), ("event 1 ('Taster'): was cancelled, so left out",)
    )
    text = calendar(event()).replace("VEVENT", "VJOURNAL")
    with pytest.raises(InvalidCatalogue, match="is a VJOURNAL; only events"):
        read_calendar(text, ["taster"])


@pytest.mark.parametrize(
    "text", ["", "Dear all", "BEGIN:VCALENDAR", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "\x00\x01", "x" * 11]
)
def test_what_is_no_calendar_is_told(text: str) -> None:
    """An error that names the file, whatever it holds."""
    with pytest.raises(InvalidCatalogue, match=r"our\.ics"):
        read_calendar(text, ["taster"], source="our.ics")


def test_what_is_read_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of characters, of events, of sentences."""
    monkeypatch.setattr(reading, "MOST_EVENTS", 2)
    with pytest.raises(InvalidCatalogue, match="more than 2 events"):
        brought(*(event(uid=str(number)) for number in range(3)))
    monkeypatch.setattr(reading, "MOST_EVENTS", 10)
    monkeypatch.setattr(reading, "MOST_FAULTS", 2)
    days = [event(uid=str(number), start=";VALUE=DATE:20261201") for number in range(4)]
    assert faults(*days)[-1] == "and 2 more"
    monkeypatch.setattr(reading, "LARGEST", 10)
    with pytest.raises(InvalidCatalogue, match="at most 10 characters"):
        brought(event())
    with pytest.raises(Invalid, match="timezone"):
        read_calendar(calendar(event()), ["taster"], zone="Nowhere/Here")


@pytest.mark.parametrize(
    "line", ["RRULE:FREQ=WEEKLY;BYDAY=XX", "EXDATE:tomorrow", "RRULE:often", "RDATE:20261301T1"]
)
def test_a_line_that_cannot_be_read_is_a_fault(line: str) -> None:
    """A reader that goes on without it would lose what it said."""
    assert faults(event(line))[0].startswith("event 1 ('Taster')")


@pytest.mark.parametrize(
    "name", ["DTSTART:20261202T100000Z", "DURATION:PT2H", "SUMMARY:Tea", "LOCATION:Hall", "UID:1"]
)
def test_what_may_stand_there_once_and_stands_there_twice_is_a_fault(name: str) -> None:
    """Which of the two is meant, nobody can tell."""
    made = event("LOCATION:Room 1", name)
    (told,) = faults(made, types=["taster"])
    assert f"has {name.partition(':')[0]} more than once" in told


LINES = calendar(
    event("RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/London:20261208T100000", "LOCATION:Hall"),
    event("RECURRENCE-ID;TZID=Europe/London:20261215T100000", start=":20261216T140000Z"),
).split("\r\n")


@settings(max_examples=150)
@given(st.data())
def test_whatever_a_file_holds_it_is_read_or_its_faults_are_told(data: st.DataObject) -> None:
    """Lines lost, doubled, swapped, cut and scribbled on: nothing else is raised."""
    made = list(LINES)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(made) - 1))
        act = data.draw(st.sampled_from(("lose", "double", "swap", "cut", "scribble")))
        if act == "lose" and len(made) > 1:
            made.pop(place)
        elif act == "double":
            made.insert(place, made[data.draw(st.integers(0, len(made) - 1))])
        elif act == "swap":
            made[place], made[0] = made[0], made[place]
        elif act == "cut":
            made[place] = made[place][: data.draw(st.integers(0, len(made[place])))]
        else:
            at = data.draw(st.integers(0, len(made[place])))
            made[place] = made[place][:at] + data.draw(st.text(max_size=4)) + made[place][at:]
    with suppress(InvalidCatalogue):
        assert loaded(read_calendar("\r\n".join(made), ["taster"])) is not None


def loaded(found: Imported) -> tuple[Series, ...]:
    """The series of the catalogue that an import writes, read as any catalogue is."""
    known = Known(types=["taster"], timezone="Europe/London")
    return catalogue_from_text(to_catalogue(found), "imported.toml", known).series


@given(recurrences(), lines(1), lines())
def test_what_is_written_as_a_catalogue_loads_as_the_same(made: Recurrence, key: str, venue: str) -> None:
    """Rules, added, excepted and moved dates, any words."""
    own = attrs.evolve(made, zone="Europe/London")
    series = Series("taster", "taster", own, venue.strip())
    assert loaded(Imported((series,))) == (series,)


@given(recurrences(), st.integers(30, 800))
def test_a_feed_of_a_hub_can_be_brought_into_another(made: Recurrence, days: int) -> None:
    """With the same keys; there it puts on what the first one showed."""
    series = Series("taster", "taster", attrs.evolve(made, zone="Europe/London"), "Room 1")
    with small_hub(types=[session_type(minutes=45)], series=[series]) as hub:
        start = hub.series()[0].recurrence.start.date()
        end = start + timedelta(days=days)
        shown = [(view.starts, view.venue) for view in hub.calendar(start, end)]
        found = read_calendar(public_feed(hub, start=start, end=end).body.decode(), ["taster"])
    with small_hub(types=[session_type(minutes=45)], series=loaded(found)) as other:
        assert [each.key for each in other.series()] == (["taster"] if shown else [])
        assert [(view.starts, view.venue) for view in other.calendar(start, end)] == shown


def test_a_key_that_is_taken_is_not_taken_again(make_hub: MakeHub) -> None:
    """A series of the hub is never changed by an import; loading the result adds one beside it."""
    hub = make_hub()
    text = public_feed(hub).body.decode()
    found = read_calendar(text, ["taster"], taken=[each.key for each in hub.series()])
    assert [each.key for each in found.series] == ["taster-2"]
    odd = brought(event().replace("Taster", "Überblick für alle: Qualität — 1. Teil"))
    assert odd.series[0].key == "uberblick-fur-alle-qualitat-1-teil"
    assert brought(event().replace("Taster", "会議")).series[0].key == "series"


def test_nothing_is_changed_by_reading(hub: Hub) -> None:
    """It makes values; the hub is not asked."""
    before = hub.journal()
    with suppress(InvalidCatalogue):
        brought(event())
    assert hub.journal() == before
    assert weekly().key == "taster"
