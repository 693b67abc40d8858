"""What a hub meets: clock changes, sessions moved, series changed and ended, windows that are cut."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from innovationhub.domain.recurrence import Instants, Occurrence, Recurrence, Rule
from innovationhub.errors import Invalid

LONDON = ZoneInfo("Europe/London")
TUESDAYS = Recurrence.weekly(datetime(2026, 12, 1, 10))


def walls(recurrence: Recurrence, low: date, high: date) -> list[str]:
    return [f"{when:%m-%d %H:%M}" for when in recurrence.between(low, high)]


def test_d1_ten_o_clock_stays_ten_o_clock_over_both_clock_changes() -> None:
    """D1: weekly at 10:00 London is 10:00 local all year, in any window, with the same ids."""
    year = TUESDAYS.occurrences(date(2027, 1, 1), date(2028, 1, 1))
    assert len(year) == 52
    assert {each.starts.time().hour for each in year} == {10}
    assert {each.starts.astimezone(UTC).hour for each in year} == {9, 10}
    tokyo = ZoneInfo("Asia/Tokyo")
    low, high = (when.astimezone(tokyo) for when in (year[0].starts, year[-1].starts))
    assert list(TUESDAYS.occurrences(low, high)) == list(year[:-1])
    assert all(each.starts.tzinfo is year[0].starts.tzinfo for each in year)


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=HOURLY;INTERVAL=24", "FREQ=DAILY;BYSETPOS=1;BYHOUR=1"])
def test_d2_half_past_one_on_the_nights_of_the_clock_changes(rule: str) -> None:
    """D2: 01:30 exists once in the gap, moved on by the gap, and once in the overlap, the first."""
    nightly = Recurrence(datetime(2027, 1, 1, 1, 30), rule=Rule.parse(rule))
    spring = nightly.occurrences(date(2027, 3, 27), date(2027, 3, 30))
    assert [f"{each.starts:%d %H:%M %z}" for each in spring] == [
        "27 01:30 +0000",
        "28 02:30 +0100",
        "29 01:30 +0100",
    ]
    assert spring[1].nominal == datetime(2027, 3, 28, 1, 30)
    assert nightly.occurrence(datetime(2027, 3, 28, 1, 30)) == spring[1]
    autumn = nightly.between(date(2027, 10, 30), date(2027, 11, 2))
    assert [f"{when:%d %H:%M %z}" for when in autumn] == [
        "30 01:30 +0100",
        "31 01:30 +0100",
        "01 01:30 +0000",
    ]


def test_a_gap_counts_and_is_found_by_windows_that_begin_behind_it() -> None:
    """A time that does not exist counts for COUNT (RFC 5545 §3.3.10), and belongs to the window of its actual start."""
    three = Recurrence(datetime(2027, 3, 27, 1, 30), rule=Rule("DAILY", count=3))
    assert walls(three, date(2027, 3, 1), date(2027, 5, 1)) == ["03-27 01:30", "03-28 02:30", "03-29 01:30"]
    gap = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert len(three.between(gap, gap + timedelta(hours=1))) == 1
    assert len(three.between(gap - timedelta(hours=1), gap)) == 0
    autumn = Recurrence(datetime(2027, 10, 31, 1, 30))
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert len(autumn.between(first, first + timedelta(minutes=1))) == 1
    assert len(autumn.between(first + timedelta(minutes=1), first + timedelta(hours=5))) == 0
    assert len(autumn.between(first - timedelta(hours=1), first + timedelta(hours=1))) == 1


def test_two_nominals_at_one_instant_are_one_session_named_by_the_earlier() -> None:
    """On the night of the gap 01:30 and 02:30 are the same instant: one session; taking it out leaves none."""
    nightly = Recurrence(datetime(2027, 1, 1, 1, 30), rule=Rule("DAILY", byhour=(1, 2)))
    night = nightly.occurrences(date(2027, 3, 28), date(2027, 3, 29))
    assert [each.nominal for each in night] == [datetime(2027, 3, 28, 1, 30)]
    assert nightly.occurrence(datetime(2027, 3, 28, 2, 30)) is None
    assert nightly.occurrence(datetime(2027, 3, 29, 2, 30)) is not None
    assert not nightly.without(datetime(2027, 3, 28, 1, 30)).between(date(2027, 3, 28), date(2027, 3, 29))
    away = nightly.moved(datetime(2027, 3, 28, 1, 30), datetime(2027, 3, 28, 9))
    assert walls(away, date(2027, 3, 28), date(2027, 3, 29)) == ["03-28 09:00"]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4)),
        ("Africa/Cairo", date(2027, 4, 30)),
        ("Pacific/Apia", date(2011, 12, 30)),
    ],
)
def test_midnights_and_days_that_do_not_exist(zone: str, day: date) -> None:
    """Where the gap is at midnight, or a day long, no window loses a session or has it twice."""
    halves = Recurrence(datetime(2010, 1, 1, 0, 30), zone, Rule("DAILY", byhour=(0, 12, 23)))
    low, high = day - timedelta(days=3), day + timedelta(days=3)
    whole = halves.occurrences(low, high)
    days = [low + timedelta(days=n) for n in range(7)]
    pieces = [each for a, b in pairwise(days) for each in halves.occurrences(a, b)]
    assert pieces == list(whole)
    instants = [each.starts.astimezone(UTC) for each in whole]
    assert instants == sorted(set(instants))


def test_d6_a_dense_rule_with_an_end_is_cut_and_says_so() -> None:
    """D6: every second until the year's end gives what the limit allows, at once, and is not complete."""
    dense = Recurrence(datetime(2026, 12, 1, 10), rule=Rule("SECONDLY", until=date(2027, 12, 31)))
    began = time.process_time()
    found = dense.between(date(2027, 6, 1), date(2027, 7, 1), limit=1000)
    assert time.process_time() - began < 1
    assert len(found) == 1000
    assert not found.complete
    assert found[-1] == datetime(2027, 6, 1, 0, 16, 39, tzinfo=LONDON)


def test_a_rule_that_matches_nothing_in_a_window_answers_at_once() -> None:
    """29 February on a Monday has been; until the next one every window is empty, quickly."""
    leap = Recurrence(
        datetime(2044, 2, 29, 10), rule=Rule.parse("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO")
    )
    rare = Recurrence(datetime(2044, 2, 29, 10), rule=Rule.parse(f"{leap.rule};BYSETPOS=1"))
    began = time.process_time()
    for recurrence in (leap, rare):
        assert not recurrence.between(date(2050, 1, 1), date(2055, 1, 1))
        assert len(recurrence.between(date(2072, 1, 1), date(2073, 1, 1))) == 1
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("limit", "complete"), [(1, False), (51, False), (52, True), (53, True)])
def test_a_limit_cuts_and_says_so(limit: int, complete: bool) -> None:
    """The first ones are given; `.complete` is False exactly where one is missing."""
    found = TUESDAYS.between(date(2027, 1, 1), date(2028, 1, 1), limit=limit)
    assert (len(found), found.complete) == (min(limit, 52), complete)
    assert list(found) == list(TUESDAYS.between(date(2027, 1, 1), date(2028, 1, 1)))[:limit]


def test_a_limit_is_filled_past_exceptions_and_knows_what_was_moved_in() -> None:
    """Sessions taken out do not use up the limit, and one moved in from far away takes its place in the order."""
    sparse = TUESDAYS
    for week in range(1, 30):
        sparse = sparse.without(datetime(2026, 12, 1, 10) + timedelta(weeks=week))
    sparse = sparse.moved(datetime(2028, 1, 4, 10), datetime(2027, 7, 1, 8))
    found = sparse.occurrences(date(2026, 12, 2), date(2027, 12, 1), limit=2)
    assert [each.nominal for each in found] == [datetime(2027, 6, 29, 10), datetime(2028, 1, 4, 10)]
    assert not found.complete
    assert sparse.occurrences(date(2027, 6, 29), date(2027, 7, 2), limit=2).complete


def test_a_limit_inside_a_gap_still_gives_the_first_by_the_instant() -> None:
    """Where the clocks go forward later nominals start earlier: a limit keeps the earliest instants all the same."""
    dense = Recurrence(datetime(2027, 3, 28, 1, 10), rule=Rule("MINUTELY", interval=25, count=8))
    whole = dense.occurrences(date(2027, 3, 28), date(2027, 3, 29))
    assert [each.nominal for each in whole] != sorted(each.nominal for each in whole)
    for limit in range(1, 9):
        cut = dense.occurrences(date(2027, 3, 28), date(2027, 3, 29), limit=limit)
        assert list(cut) == list(whole)[:limit]
        assert cut.complete is (limit >= len(whole))


def test_d8_a_fortnightly_series_years_later_is_in_the_right_week() -> None:
    """D8: every other week, counted from the start's own, also ten years on and over the turn of years."""
    fortnightly = Recurrence.fortnightly(datetime(2026, 12, 1, 10), "TU", "TH")
    found = fortnightly.between(date(2036, 12, 1), date(2037, 2, 1))
    weeks = {(when.date() - timedelta(days=when.weekday()) - date(2026, 11, 30)).days for when in found}
    assert len(found) > 6
    assert all(days % 14 == 0 for days in weeks)


def test_d3_a_moved_session_keeps_its_identity() -> None:
    """D3: moved out of a window it is not there, moved into one it is; its id and the others stay."""
    nominal = datetime(2027, 1, 5, 10)
    moved = TUESDAYS.moved(nominal, datetime(2027, 2, 3, 14))
    assert walls(moved, date(2027, 1, 1), date(2027, 1, 20)) == ["01-12 10:00", "01-19 10:00"]
    found = moved.occurrences(date(2027, 2, 1), date(2027, 2, 8))
    assert [each.nominal for each in found] == [datetime(2027, 2, 2, 10), nominal]
    assert (
        moved.occurrence(nominal) == found[1] == Occurrence(nominal, datetime(2027, 2, 3, 14, tzinfo=LONDON))
    )
    assert moved.occurrence(datetime(2027, 2, 3, 14)) is None
    again = moved.moved(nominal, datetime(2027, 1, 6, 9))
    assert len(again.overrides) == 1
    assert again.moved(nominal, nominal) == TUESDAYS
    assert moved.without(nominal).overrides == ()


def test_d4_from_a_date_on_the_series_goes_on_otherwise() -> None:
    """D4: Tuesday 10:00 becomes Wednesday 14:00 from March on; earlier sessions and ids are untouched."""
    since = datetime(2027, 3, 1)
    changed = TUESDAYS.followed_by(since, Recurrence.weekly(datetime(2027, 3, 3, 14)))
    assert walls(changed, date(2027, 2, 20), date(2027, 3, 15)) == [
        "02-23 10:00",
        "03-03 14:00",
        "03-10 14:00",
    ]
    assert changed.occurrence(datetime(2027, 3, 2, 10)) is None
    assert changed.occurrence(datetime(2027, 2, 23, 10)) == TUESDAYS.occurrence(datetime(2027, 2, 23, 10))
    out = changed.without(datetime(2027, 3, 10, 14))
    assert out.exdates == ()
    assert walls(out, date(2027, 3, 1), date(2027, 3, 18)) == ["03-03 14:00", "03-17 14:00"]
    twice = out.followed_by(datetime(2027, 3, 11), TUESDAYS)
    assert walls(twice, date(2027, 3, 1), date(2027, 3, 18)) == ["03-03 14:00", "03-16 10:00"]
    undone = twice.followed_by(since, TUESDAYS)
    assert walls(undone, date(2027, 2, 20), date(2027, 3, 4)) == ["02-23 10:00", "03-02 10:00"]


def test_d7_a_series_ended_has_exactly_its_earlier_sessions() -> None:
    """D7: from the date on there is nothing, whatever was moved or changed there; nothing at all is refused."""
    changed = TUESDAYS.followed_by(datetime(2027, 3, 1), Recurrence.weekly(datetime(2027, 3, 3, 14), count=5))
    moved = changed.moved(datetime(2027, 3, 17, 14), datetime(2027, 2, 1, 9))
    assert walls(moved.ended(datetime(2027, 3, 10, 14)), date(2027, 2, 15), date(2028, 1, 1)) == [
        "02-16 10:00",
        "02-23 10:00",
        "03-03 14:00",
    ]
    assert moved.ended(datetime(2027, 3, 3)).following == ()
    assert walls(moved.ended(datetime(2027, 3, 3)), date(2027, 2, 20), date(2028, 1, 1)) == ["02-23 10:00"]
    assert moved.ended(datetime(2030, 1, 1)) == moved
    only_dates = Recurrence(datetime(2027, 1, 5, 10), rule=Rule("WEEKLY"), rdates=[datetime(2026, 12, 9, 9)])
    assert walls(only_dates.ended(datetime(2027, 1, 1)), date(2026, 1, 1), date(2028, 1, 1)) == [
        "12-09 09:00"
    ]
    with pytest.raises(Invalid, match="nothing would be left"):
        moved.ended(datetime(2026, 12, 1, 10))


def test_a_start_counts_only_where_the_rule_matches_it() -> None:
    """A Monday start of a Tuesday rule is no session and not counted; RFC 5545 §3.8.5.3 leaves this undefined."""
    monday = Recurrence.weekly(datetime(2026, 11, 30, 10), "TU", count=2)
    assert walls(monday, date(2026, 1, 1), date(2027, 12, 1)) == ["12-01 10:00", "12-08 10:00"]
    assert monday.first == TUESDAYS.first
    assert monday.occurrence(datetime(2026, 11, 30, 10)) is None


def test_friendly_constructors_take_the_start_s_own_day() -> None:
    """`weekly`, `monthly` and `quarterly` need nothing but the start; a fifth weekday means the last."""
    start = datetime(2026, 12, 8, 10)
    assert str(Recurrence.weekly(start).rule) == "FREQ=WEEKLY;BYDAY=TU"
    assert str(Recurrence.monthly(start).rule) == "FREQ=MONTHLY;BYDAY=2TU"
    assert (
        str(Recurrence.quarterly(start, -1, "FR", count=3).rule)
        == "FREQ=MONTHLY;INTERVAL=3;COUNT=3;BYDAY=-1FR"
    )
    assert str(Recurrence.monthly(datetime(2026, 12, 29, 10)).rule) == "FREQ=MONTHLY;BYDAY=-1TU"
    assert walls(Recurrence.once(start), date(2026, 1, 1), date(2027, 1, 1)) == ["12-08 10:00"]
    assert Recurrence.once(start).endless is False


def test_until_is_a_date_a_local_time_or_an_instant() -> None:
    """A date includes its whole day; an instant becomes the local time that keeps the same sessions."""
    for until in ("20261208", "20261208T100000", "20261208T100000Z"):
        two = Recurrence.parse(f"DTSTART;TZID=Europe/London:20261201T100000\nRRULE:FREQ=WEEKLY;UNTIL={until}")
        assert walls(two, date(2026, 1, 1), date(2027, 12, 1)) == ["12-01 10:00", "12-08 10:00"]
        assert not str(two).endswith("Z")


@pytest.mark.parametrize(
    ("start", "until", "last"),
    [
        # In the gap's wake: 01:30 means 01:30Z, after an UNTIL of 01:00Z although that reads 02:00 by the clock.
        ("20270325T013000", "20270328T010000Z", datetime(2027, 3, 27, 1, 30)),
        ("20270325T013000", "20270328T013000Z", datetime(2027, 3, 28, 1, 30)),
        # The second pass of the overlap comes after all of the first.
        ("20271028T014500", "20271031T011500Z", datetime(2027, 10, 31, 1, 45)),
        ("20271028T014500", "20271031T003000Z", datetime(2027, 10, 30, 1, 45)),
    ],
)
def test_until_in_utc_beside_a_clock_change(start: str, until: str, last: datetime) -> None:
    """An UNTIL in UTC cuts by the instant, in the gap's wake and in both passes of an overlap."""
    nightly = Recurrence.parse(f"DTSTART;TZID=Europe/London:{start}\nRRULE:FREQ=DAILY;UNTIL={until}")
    assert nightly.occurrences(date(2027, 3, 1), date(2028, 3, 1))[-1].nominal == last


@pytest.mark.parametrize(
    ("day", "exdate"),
    [
        ("20270328", "20270328T013000Z"),
        ("20270328", "20270328T013000"),
        ("20271031", "20271031T003000Z"),
        ("20270601", "20270601T003000Z"),
    ],
)
def test_exdates_in_utc_hit_the_session_they_mean(day: str, exdate: str) -> None:
    """An EXDATE in UTC takes out the session of that instant, in a gap and in an overlap too."""
    zone = "" if exdate.endswith("Z") else ";TZID=Europe/London"
    text = f"DTSTART;TZID=Europe/London:20270301T013000\nRRULE:FREQ=DAILY\nEXDATE{zone}:{exdate}"
    recurrence = Recurrence.parse(text)
    low = date.fromisoformat(day)
    assert not recurrence.between(low, low + timedelta(days=1))
    assert (
        recurrence.occurrence(datetime.combine(low, datetime.min.time()).replace(hour=1, minute=30)) is None
    )


def test_text_as_others_write_it_is_read() -> None:
    """CRLF, folded lines, lower-case names, quoted zones, UTC and other zones' times: one and the same value."""
    ours = (
        "DTSTART;TZID=Europe/London:20261201T100000\nRRULE:FREQ=WEEKLY;BYDAY=TU,TH\n"
        "RDATE;TZID=Europe/London:20261202T090000,20261204T090000\nEXDATE;TZID=Europe/London:20270601T100000\n"
        "RECURRENCE-ID;TZID=Europe/London:20261203T100000\nDTSTART;TZID=Europe/London:20261204T120000\n"
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20280101T000000\n"
        "DTSTART;TZID=Europe/London:20280105T100000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/London:20280106T100000"
    )
    theirs = (
        'dtstart;tzid="Europe/London":20261201T100000\r\nrrule:freq=weekly;\r\n byday=TH,TU\r\n'
        "RDATE:20261204T090000Z\r\nRDATE;TZID=Europe/Paris:20261202T100000\r\nEXDATE:20270601T090000Z\r\n"
        "RECURRENCE-ID:20261203T100000Z\r\nDTSTART:20261204T120000Z\r\n"
        "RECURRENCE-ID;TZID=Europe/London;RANGE=THISANDFUTURE:20280101T000000\r\n"
        "DTSTART:20280105T100000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEXDATE:20280106T100000Z\r\n"
    )
    assert Recurrence.parse(theirs) == Recurrence.parse(ours)
    assert str(Recurrence.parse(theirs)) == ours
    assert Recurrence.parse("DTSTART:20261201T100000Z").zone == "UTC"
    assert str(Recurrence.parse("DTSTART:20261201T100000Z")) == "DTSTART:20261201T100000Z"
    assert Recurrence.parse("DTSTART:20261201T100000").zone == "Europe/London"


def test_values_are_values() -> None:
    """Equal, hashable, frozen; copies and pickles are equal and answer alike; order of dates does not matter."""
    days = [datetime(2026, 12, 9, 9), datetime(2026, 12, 8, 9)]
    value = Recurrence(datetime(2026, 12, 1, 10), rule=Rule("WEEKLY", count=5), rdates=days)
    assert value == Recurrence(
        datetime(2026, 12, 1, 10), rule=Rule("WEEKLY", count=5), rdates=[*days[::-1], days[0]]
    )
    for twin in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301 our own bytes
        assert twin == value
        assert hash(twin) == hash(value)
        assert twin.between(date(2026, 1, 1), date(2027, 6, 1)) == value.between(
            date(2026, 1, 1), date(2027, 6, 1)
        )
    cut = pickle.loads(pickle.dumps(value.between(date(2026, 1, 1), date(2027, 6, 1), limit=2)))  # noqa: S301 our own bytes
    assert isinstance(cut, Instants)
    assert not cut.complete
    with pytest.raises(AttributeError):
        value.start = days[0]  # type: ignore[misc]


def test_first_and_endless() -> None:
    """`first` is the earliest actual start, exceptions applied; `endless` is True only without COUNT and UNTIL."""
    assert TUESDAYS.endless
    assert not TUESDAYS.ended(datetime(2027, 1, 1)).endless
    later = TUESDAYS.without(datetime(2026, 12, 1, 10)).moved(
        datetime(2026, 12, 15, 10), datetime(2026, 11, 1, 9)
    )
    assert later.first == Occurrence(datetime(2026, 12, 15, 10), datetime(2026, 11, 1, 9, tzinfo=LONDON))
    assert Recurrence(datetime(2026, 12, 1), exdates=[datetime(2026, 12, 1)]).first is None


def test_the_process_s_first_weekday_does_not_matter() -> None:
    """WKST is Monday unless given, whatever `calendar.setfirstweekday` was told: dateutil's default follows that."""
    program = (
        "import calendar; calendar.setfirstweekday(6)\n"
        "from datetime import date, datetime\n"
        "from innovationhub.domain.recurrence import Recurrence\n"
        "rule = 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;BYSETPOS=1,2;COUNT=4'\n"
        "found = Recurrence(datetime(1997, 8, 5, 9), rule=rule).between(date(1997, 8, 1), date(1998, 1, 1))\n"
        "print([t.day for t in found])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[5, 10, 19, 24]"
