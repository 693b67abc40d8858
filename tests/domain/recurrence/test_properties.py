"""Random rules, windows and ages against the plain reading of RFC 5545 in `oracle.py`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from innovationhub.domain.recurrence import Following, Recurrence, Rule
from innovationhub.domain.recurrence.anchored import Anchored
from innovationhub.domain.recurrence.expansion import Days, Sifted, fill, plan
from innovationhub.domain.recurrence.intervals import Months, Years
from innovationhub.domain.recurrence.steps import Steps
from innovationhub.domain.time import resolve
from innovationhub.errors import Invalid
from tests.domain.recurrence.oracle import DAYS, Oracle

LONDON = ZoneInfo("Europe/London")


def quick(most: int) -> settings:
    """So many examples, without a clock: the oracle is slow."""
    slow = [HealthCheck.filter_too_much, HealthCheck.too_slow]
    return settings(max_examples=most, deadline=None, suppress_health_check=slow)


starts = st.builds(
    datetime,
    st.integers(1990, 2030),
    st.integers(1, 12),
    st.integers(1, 28),
    st.sampled_from([0, 1, 2, 9, 10, 23]),
    st.sampled_from([0, 30]),
)
plain_days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True).map(",".join)
nth_days = st.builds("{}{}".format, st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(DAYS))
intervals = st.sampled_from(["", "", ";INTERVAL=2", ";INTERVAL=3", ";INTERVAL=5"])
week_starts = st.sampled_from(["", ";WKST=SU", ";WKST=TH"])


@st.composite
def hub_rules(draw: st.DrawFn) -> str:
    """A rule of the kinds that a hub needs."""
    shape: str = draw(
        st.one_of(
            st.just("FREQ=DAILY"),
            st.just("FREQ=WEEKLY"),
            st.just("FREQ=MONTHLY"),
            st.just("FREQ=YEARLY"),
            plain_days.map("FREQ=DAILY;BYDAY={}".format),
            plain_days.map("FREQ=WEEKLY;BYDAY={}".format),
            nth_days.map("FREQ=MONTHLY;BYDAY={}".format),
            st.lists(nth_days, min_size=2, max_size=3, unique=True).map(
                lambda days: f"FREQ=MONTHLY;BYDAY={','.join(days)}"
            ),
            st.integers(1, 31).map("FREQ=MONTHLY;BYMONTHDAY={}".format),
            st.just("FREQ=MONTHLY;BYMONTHDAY=-1"),
            st.builds("FREQ=YEARLY;BYMONTH={};BYDAY={}".format, st.integers(1, 12), nth_days),
            st.builds("FREQ=WEEKLY;BYMONTH=9,10,11,1,2,3;BYDAY={}".format, plain_days),
        )
    )
    end = draw(st.sampled_from(["", "", ";COUNT=1", ";COUNT=12", ";COUNT=100"]))
    return shape + draw(intervals) + draw(week_starts) + end


@st.composite
def own_rules(draw: st.DrawFn) -> str:
    """A rarer rule that we walk ourselves as well: days and sets of a year, several times a day, sets of a week."""
    several = st.sampled_from(["", ";BYHOUR=9,14", ";BYHOUR=9,14;BYMINUTE=0,30"])
    places = st.lists(st.sampled_from([1, 2, 3, 20, -1, -2]), min_size=1, max_size=3, unique=True)
    sets = places.map(lambda chosen: ";BYSETPOS=" + ",".join(map(str, chosen)))
    counted = st.builds(
        "{}{}".format, st.sampled_from([1, 5, 20, 52, 53, -1, -20, -53]), st.sampled_from(DAYS)
    )
    some_days = st.lists(st.one_of(counted, st.sampled_from(DAYS)), min_size=1, max_size=3, unique=True)
    year_days = st.lists(
        st.sampled_from([*range(1, 367), *range(-366, 0)]), min_size=1, max_size=4, unique=True
    )
    shape: str = draw(
        st.one_of(
            some_days.map(lambda days: f"FREQ=YEARLY;BYDAY={','.join(days)}"),
            year_days.map(lambda days: f"FREQ=YEARLY;BYYEARDAY={','.join(map(str, days))}"),
            st.builds("FREQ=YEARLY;BYMONTH={};BYDAY={}{}".format, st.integers(1, 12), plain_days, sets),
            st.builds("FREQ=YEARLY;BYMONTHDAY={}{}".format, st.sampled_from([1, 15, 31, -1]), sets),
            st.builds("FREQ=WEEKLY;BYDAY={}{}".format, plain_days, sets),
            st.builds("FREQ=WEEKLY;BYMONTH=9,1;BYDAY={}{}".format, plain_days, sets),
            st.builds("FREQ=DAILY;BYMONTH=9,10,1{}".format, st.sampled_from(["", ";BYMONTHDAY=1,2,-1"])),
            st.just("FREQ=DAILY"),
            plain_days.map("FREQ=DAILY;BYHOUR=8,10,12;BYSETPOS=1,-1;BYDAY={}".format),
        )
    )
    times = "" if "BYHOUR" in shape else draw(several)
    return shape + times + draw(intervals) + draw(week_starts)


@st.composite
def wild_rules(draw: st.DrawFn) -> str:
    """Any well-formed rule with steps of a day or longer, BYSETPOS and week numbers among them."""
    freq = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))

    def some(*pools: range) -> str:
        pool = [number for each in pools for number in each]
        return ",".join(map(str, draw(st.lists(st.sampled_from(pool), min_size=1, max_size=5, unique=True))))

    text = f"FREQ={freq}" + draw(intervals) + draw(week_starts)
    parts = {
        "BYMONTH": lambda: some(range(1, 13)),
        "BYHOUR": lambda: some(range(24)),
        "BYMINUTE": lambda: some(range(0, 60, 5)),
    }
    if freq != "WEEKLY":
        parts["BYMONTHDAY"] = lambda: some(range(1, 32), range(-31, 0))
    week_numbers = freq == "YEARLY" and draw(st.integers(0, 3)) == 0
    if week_numbers:
        text += ";BYWEEKNO=" + some(range(1, 54), range(-53, 0), range(52, 54), range(-53, -51))
    if freq == "YEARLY":
        parts["BYYEARDAY"] = lambda: some(range(1, 367), range(-366, 0))
    counted = freq in ("YEARLY", "MONTHLY") and not week_numbers
    days = st.one_of(st.sampled_from(DAYS), nth_days) if counted else st.sampled_from(DAYS)
    parts["BYDAY"] = lambda: ",".join(draw(st.lists(days, min_size=1, max_size=4, unique=True)))
    for part in draw(st.lists(st.sampled_from(sorted(parts)), max_size=2, unique=True)):
        text += f";{part}={parts[part]()}"
    if "BY" in text and draw(st.booleans()):
        text += ";BYSETPOS=" + some(range(1, 4), range(-3, 0))
    return text


@st.composite
def clock_rules(draw: st.DrawFn) -> str:
    """A rule with steps of hours, minutes or seconds, and an end."""
    freq = draw(st.sampled_from(["HOURLY", "MINUTELY", "SECONDLY"]))
    pace = draw(st.sampled_from([45, 90, 1441, 3601] if freq == "SECONDLY" else [1, 2, 7, 45, 90, 1441]))
    text = f"FREQ={freq};COUNT=60;INTERVAL={pace}"
    choices = ["BYHOUR=9,10,17", "BYMINUTE=0,20,21", "BYSECOND=0,30", "BYDAY=TU,FR", "BYMONTHDAY=1,2,15,-1"]
    for part in draw(st.lists(st.sampled_from(choices), max_size=3, unique=True)):
        text += f";{part}"
    return text + (";BYSETPOS=-1" if "BY" in text and draw(st.booleans()) else "")


def made(start: datetime, rule: str, zone: str = "UTC") -> Recurrence:
    """The recurrence, or another example where the rule never matches or reaches too far."""
    try:
        return Recurrence(start, zone, rule)
    except Invalid as error:
        assume("never matches" not in error.message and "reaches beyond" not in error.message)
        raise


def naive(recurrence: Recurrence, low: date, high: date) -> list[datetime]:
    """The local times in a window."""
    return [when.replace(tzinfo=None) for when in recurrence.between(low, high)]


def expected(rule: str, start: datetime, low: date, high: date) -> list[datetime]:
    """What the oracle has in a window."""
    bound = datetime.combine(high, time())
    return [when for when in Oracle(rule, start).until(bound) if when >= datetime.combine(low, time())]


@quick(250)
@given(hub_rules(), starts, st.integers(-30, 4000), st.integers(1, 200))
@example("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", datetime(1997, 8, 5, 9), 3650, 90)
def test_the_rules_of_a_hub_are_read_as_the_rfc_reads_them(
    rule: str, start: datetime, age: int, length: int
) -> None:
    """A window of any length at any age of a rule holds exactly what the plain reading gives."""
    low = start.date() + timedelta(days=age)
    high = low + timedelta(days=length)
    assert naive(made(start, rule), low, high) == expected(rule, start, low, high)


@quick(250)
@given(wild_rules(), starts, st.integers(-30, 1500), st.integers(1, 400))
@example("FREQ=MONTHLY;BYDAY=MO,2TU", datetime(2026, 1, 5, 10), 0, 90)
@example("FREQ=MONTHLY;BYDAY=MO,2TU;BYSETPOS=-1", datetime(2026, 1, 5, 10), 0, 90)
@example("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", datetime(2026, 1, 7, 10), 0, 30)
@example("FREQ=YEARLY;BYWEEKNO=-53,-39;BYDAY=SA,TU;BYSETPOS=-1", datetime(2024, 4, 6, 10, 59), 200, 400)
@example("FREQ=MONTHLY;BYDAY=10MO,TU;BYSETPOS=1", datetime(2026, 1, 5, 10), 0, 90)
def test_rare_rules_are_read_as_the_rfc_reads_them(rule: str, start: datetime, age: int, length: int) -> None:
    """BYSETPOS, week numbers, days of the year and weekdays counted and plain together: dateutil's faults stay out."""
    low = start.date() + timedelta(days=age)
    high = low + timedelta(days=length)
    assert naive(made(start, rule), low, high) == expected(rule, start, low, high)


@quick(30)
@given(clock_rules(), starts, st.integers(0, 3))
def test_rules_of_hours_minutes_and_seconds_are_read_as_the_rfc_reads_them(
    rule: str, start: datetime, age: int
) -> None:
    """Steps keep their phase from the start over midnight, parts filter them, BYSETPOS picks within one step."""
    low = start.date() + timedelta(days=age)
    high = low + timedelta(days=2)
    assert naive(made(start, rule), low, high) == expected(rule, start, low, high)


@quick(150)
@given(own_rules(), starts, st.integers(-30, 2000), st.integers(1, 400))
def test_rarer_rules_of_our_own_are_read_as_the_rfc_reads_them(
    rule: str, start: datetime, age: int, length: int
) -> None:
    """What dateutil is no longer asked: days of the year, its nth weekdays, BYSETPOS of years, weeks and days."""
    low = start.date() + timedelta(days=age)
    high = low + timedelta(days=length)
    assert naive(made(start, rule), low, high) == expected(rule, start, low, high)


@quick(150)
@given(
    wild_rules().filter(lambda rule: "YEARLY;" in rule and "INTERVAL" not in rule), st.integers(1901, 2199)
)
@example("FREQ=YEARLY;BYWEEKNO=53,-53,1,-1", 2020)
@example("FREQ=YEARLY;BYWEEKNO=53;WKST=TH;BYDAY=MO,SU", 2100)
@example("FREQ=YEARLY;BYYEARDAY=366,-366,60", 2100)
def test_years_of_one_shape_keep_the_same_days(rule: str, year: int) -> None:
    """Each year is as the RFC reads it when the rule begins there, however long before it began."""
    begin = datetime(year, 1, 1)
    found = naive(made(datetime(1900, 1, 1), rule), begin.date(), date(year + 1, 1, 1))
    assert found == expected(rule, begin, begin.date(), date(year + 1, 1, 1))


@quick(200)
@given(st.one_of(hub_rules(), own_rules()), starts, st.integers(0, 20_000), st.integers(1, 400))
def test_our_own_path_and_dateutils_agree(rule: str, start: datetime, age: int, length: int) -> None:
    """Most rules take a path of our own; walked by dateutil, re-anchored, they give the same."""
    parsed = Rule.parse(rule)
    own = plan(parsed, start)
    assert isinstance(own, Steps | Sifted | Days | Months | Years)
    low = datetime.combine(start.date(), time()) + timedelta(days=age)
    low, high = max(low, start), low + timedelta(days=length)
    assert list(own.walk(low, high)) == list(Anchored(fill(parsed, start), start).walk(low, high))


@quick(80)
@given(hub_rules(), starts, st.integers(0, 2000), st.lists(st.integers(0, 24 * 200), min_size=1, max_size=3))
def test_windows_side_by_side_hold_what_the_whole_window_holds(
    rule: str, start: datetime, age: int, cuts: list[int]
) -> None:
    """However a window is split, at any instant, no session is lost or seen twice, over clock changes too."""
    recurrence = made(start, rule, "Europe/London")
    low = datetime.combine(start.date(), time(), UTC) + timedelta(days=age)
    edges = [low, *(low + timedelta(hours=hours) for hours in sorted(cuts)), low + timedelta(days=200)]
    whole = list(recurrence.occurrences(edges[0], edges[-1]))
    pieces = [each for a, b in pairwise(edges) for each in recurrence.occurrences(a, b)]
    assert pieces == whole
    assert [each.starts.astimezone(UTC) for each in whole] == sorted(
        each.starts.astimezone(UTC) for each in whole
    )


@quick(80)
@given(
    hub_rules(),
    starts,
    st.lists(starts, max_size=3),
    st.data(),
)
def test_text_gives_back_an_equal_value(
    rule: str, start: datetime, extra: list[datetime], data: st.DataObject
) -> None:
    """`parse(str(value)) == value`, with dates added, taken out and moved, and another pattern from a date on."""
    value = Recurrence(start, "Europe/London", made(start, rule).rule, rdates=extra, exdates=extra[:1])
    sessions = value.occurrences(start.date(), start.date() + timedelta(days=400), limit=5)
    for session in sessions[:2]:
        value = value.moved(session.nominal, session.nominal + timedelta(days=data.draw(st.integers(1, 40))))
    since = start + timedelta(days=data.draw(st.integers(1, 900)))
    other = Recurrence.weekly(since.replace(hour=14) + timedelta(days=1), count=data.draw(st.integers(1, 9)))
    for each in (value, value.followed_by(since, other)):
        again = Recurrence.parse(str(each))
        assert again == each
        assert hash(again) == hash(each)
        assert str(again) == str(each)
        assert Recurrence.parse(str(each).replace("\n", "\r\n")) == each


@quick(80)
@given(hub_rules(), starts, st.integers(0, 1000), st.sampled_from(["Asia/Tokyo", "America/New_York", "UTC"]))
def test_a_window_of_any_zone_gives_the_same_sessions(
    rule: str, start: datetime, age: int, elsewhere: str
) -> None:
    """Identities and instants are the same whichever zone the window is given in, and each is found by its identity."""
    recurrence = made(start, rule, "Europe/London")
    low = resolve(start + timedelta(days=age), LONDON)
    high = low + timedelta(days=100)
    here = recurrence.occurrences(low, high)
    zone = ZoneInfo(elsewhere)
    assert recurrence.occurrences(low.astimezone(zone), high.astimezone(zone)) == here
    for session in here:
        assert recurrence.occurrence(session.nominal) == session
        assert recurrence.occurrence(session.nominal + timedelta(minutes=1)) is None


@quick(60)
@given(hub_rules(), starts, st.integers(1, 700), hub_rules())
def test_a_change_from_a_date_on_leaves_earlier_sessions_alone(
    rule: str, start: datetime, days: int, later_rule: str
) -> None:
    """Before the date everything is as it was; from it on only the other pattern counts."""
    recurrence, since = made(start, rule), start + timedelta(days=days)
    other = made(since + timedelta(hours=1), later_rule)
    changed = recurrence.followed_by(since, other)
    low, high = start.date(), since.date() + timedelta(days=400)
    before = [when for when in naive(recurrence, low, high) if when < since]
    after = [when for when in naive(other, low, high) if when >= since]
    assert naive(changed, low, high) == before + after
    assert isinstance(changed.following[0], Following)
    if before:
        assert naive(changed.ended(since), low, high) == before
        assert naive(recurrence.ended(since), low, high) == before


@pytest.mark.parametrize("years", [0, 1, 30, 150])
def test_a_rule_keeps_its_phase_at_any_age(years: int) -> None:
    """Every third week is still every third week, counted from the start, 150 years on."""
    start = datetime(2026, 1, 6, 10)
    low = date(2026 + years, 3, 1)
    for when in Recurrence(start, "UTC", "FREQ=WEEKLY;INTERVAL=3").between(low, low + timedelta(days=365)):
        assert (when.replace(tzinfo=None) - start) % timedelta(weeks=3) == timedelta()
