"""Windows that end anywhere, also in the middle of a clock change, against every session resolved by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.time import resolve
from tests.domain.recurrence.test_properties import quick

# The zone and a day on which its clocks change: an hour at one in the morning, at two, at midnight, half an hour;
# and a whole day that was left out.
CHANGES = [
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
]
HOURS, MINUTES = (0, 1, 2, 3, 10, 23), (0, 15, 30)
FAR = timedelta(days=6)

moments = st.builds(
    lambda hours, half, fraction: timedelta(hours=hours, minutes=30 * half, microseconds=fraction),
    st.integers(-60, 72),
    st.integers(0, 1),
    st.sampled_from([0, 0, 0, 1, 500_000]),
)


def one_by_one(
    zone: str, day: date, clocks: list[tuple[int, int]], extra: Sequence[datetime] = ()
) -> list[tuple[datetime, datetime]]:
    """Each nominal time of the days around, with its instant; of two at one instant the earlier, by instant."""
    where, named = ZoneInfo(zone), dict[datetime, datetime]()
    midnight = datetime(day.year, day.month, day.day)
    nominals = [
        midnight + timedelta(days=days, hours=hour, minutes=minute)
        for days in range(-FAR.days, FAR.days + 1)
        for hour, minute in clocks
    ]
    for nominal in sorted([*nominals, *extra]):
        named.setdefault(resolve(nominal, where).astimezone(UTC), nominal)
    return [(nominal, instant) for instant, nominal in sorted(named.items())]


@quick(300)
@given(
    st.sampled_from(CHANGES),
    st.lists(st.sampled_from(HOURS), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(MINUTES), min_size=1, max_size=2, unique=True),
    st.tuples(moments, moments).map(sorted),
    st.sampled_from([10_000, 10_000, 1, 2, 5]),
)
@example(CHANGES[0], [1], [30], [timedelta(hours=1, minutes=30), timedelta(hours=3)], 10_000)
@example(CHANGES[1], [1], [30], [timedelta(hours=1), timedelta(hours=2)], 10_000)
def test_a_window_holds_the_sessions_whose_instants_lie_in_it(
    change: tuple[str, date], hours: list[int], minutes: list[int], ends: list[timedelta], limit: int
) -> None:
    """Whatever the clocks do at its ends, to the microsecond; and a limit gives the earliest, and says so."""
    zone, day = change
    clocks = sorted(product(hours, minutes))
    rule = f"FREQ=DAILY;BYHOUR={','.join(map(str, hours))};BYMINUTE={','.join(map(str, minutes))}"
    # Made so long before that the first days' sessions are no special case.
    recurrence = Recurrence(datetime(2000, 1, 3, *clocks[0]), zone, rule)
    low, high = (datetime(day.year, day.month, day.day, tzinfo=UTC) + end for end in ends)
    wanted = [pair for pair in one_by_one(zone, day, clocks) if low <= pair[1] < high]
    found, starts = (
        recurrence.occurrences(low, high, limit=limit),
        recurrence.between(low, high, limit=limit),
    )
    assert [(each.nominal, each.starts.astimezone(UTC)) for each in found] == wanted[:limit]
    assert list(starts) == [each.starts for each in found]
    assert all(str(start.tzinfo) == zone for start in starts)
    assert starts.complete == found.complete == (len(wanted) <= limit)


@quick(300)
@given(
    st.sampled_from(CHANGES),
    st.lists(st.sampled_from(HOURS), min_size=1, max_size=3, unique=True),
    st.tuples(moments, moments).map(sorted),
    st.booleans(),
    st.data(),
)
def test_a_window_holds_what_exceptions_leave_and_bring(
    change: tuple[str, date],
    hours: list[int],
    ends: list[timedelta],
    split: bool,
    data: st.DataObject,
) -> None:
    """Sessions taken out are not there, sessions moved are where they were moved to, in the order of the instants."""
    zone, day = change
    clocks = [(hour, 30) for hour in sorted(hours)]
    rule = f"FREQ=DAILY;BYHOUR={','.join(map(str, hours))};BYMINUTE=30"
    recurrence = Recurrence(datetime(2000, 1, 3, *clocks[0]), zone, rule)
    midnight = datetime(day.year, day.month, day.day)
    since = midnight + timedelta(hours=data.draw(st.integers(-60, 60)))
    if split:
        # The same pattern in two segments: where one ends and the other begins must make no difference.
        recurrence = recurrence.followed_by(since, recurrence)
    extra = midnight + timedelta(
        hours=data.draw(st.integers(-60, 60)), minutes=data.draw(st.sampled_from([0, 30]))
    )
    added = data.draw(st.booleans()) and (not split or extra < since)
    if added:
        recurrence = attrs.evolve(recurrence, rdates=[extra])
    instants = dict(one_by_one(zone, day, clocks, [extra] if added else []))
    touched = data.draw(st.lists(st.sampled_from(sorted(instants)), max_size=6, unique=True))
    for index, nominal in enumerate(touched):
        if index % 2:
            recurrence = recurrence.without(nominal)
            del instants[nominal]
        else:
            target = midnight + timedelta(minutes=30 * data.draw(st.integers(-150, 150)))
            recurrence = recurrence.moved(nominal, target)
            instants[nominal] = resolve(target, ZoneInfo(zone)).astimezone(UTC)
    pairs = sorted(instants.items(), key=lambda pair: (pair[1], pair[0]))
    low, high = (datetime(day.year, day.month, day.day, tzinfo=UTC) + end for end in ends)
    wanted = [pair for pair in pairs if low <= pair[1] < high]
    limit = data.draw(st.sampled_from([10_000, 1, 3]))
    found, starts = (
        recurrence.occurrences(low, high, limit=limit),
        recurrence.between(low, high, limit=limit),
    )
    assert [(each.nominal, each.starts.astimezone(UTC)) for each in found] == wanted[:limit]
    assert list(starts) == [each.starts for each in found]
    assert starts.complete == found.complete == (len(wanted) <= limit)


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_a_window_of_dates_begins_and_ends_at_local_midnights(zone: str, day: date) -> None:
    """Also where midnight does not exist, or the day was left out."""
    where, clocks = ZoneInfo(zone), sorted(product(HOURS, MINUTES))
    rule = "FREQ=DAILY;BYHOUR=0,1,2,3,10,23;BYMINUTE=0,15,30"
    recurrence = Recurrence(datetime(2000, 1, 3), zone, rule)
    pairs = one_by_one(zone, day, clocks)
    for first, length in product(range(-3, 4), range(4)):
        low = day + timedelta(days=first)
        high = low + timedelta(days=length)
        begin, end = (resolve(datetime(each.year, each.month, each.day), where) for each in (low, high))
        wanted = [pair for pair in pairs if begin.astimezone(UTC) <= pair[1] < end.astimezone(UTC)]
        found = recurrence.occurrences(low, high)
        assert [(each.nominal, each.starts.astimezone(UTC)) for each in found] == wanted
        assert list(recurrence.between(low, high)) == [each.starts for each in found]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=TU,TH",
        "FREQ=WEEKLY;BYMONTH=3,4,5",
        "FREQ=MONTHLY;BYDAY=2TU",
        "FREQ=YEARLY;BYDAY=20TU",
        "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-1",
    ],
)
def test_a_window_is_exact_to_the_microsecond(rule: str) -> None:
    """One that ends just behind a start holds it, one that begins there does not."""
    recurrence = Recurrence(datetime(2026, 1, 6, 10), rule=rule)
    moment = timedelta(microseconds=1)
    for when in recurrence.between(date(2026, 4, 1), date(2026, 12, 1), limit=5):
        assert recurrence.between(when - timedelta(days=1), when) == ()
        assert recurrence.between(when - timedelta(days=1), when + moment) == (when,)
        assert recurrence.between(when, when + moment) == (when,)
        assert recurrence.between(when + moment, when + timedelta(hours=1)) == ()
