"""What a 90-day window of a recurrence costs, next to dateutil alone; and the windows of 500 series in one go.

Run it with `python -m benchmarks recurrence`. For each rule it measures `Recurrence.between` at ages of 0, 1, 30 and
50 years, aware datetimes out, and python-dateutil's own `between` of naive times with the zone attached (the usual
recipe; it neither moves times out of a gap nor merges what meets there) at 1, 30 and 50. Rounds of ours and dateutil's
alternate, so that both meet the same weather; a figure is the median of the rounds, in microseconds a window. The
windows of a round begin a week apart. Both answers are compared first.

What a month, a year or a zone's clocks are like is kept after it was asked once, so most of these windows find it
there. The windows of 500 series are therefore measured twice: with nothing kept yet, and again.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo

from dateutil import rrule

from benchmarks.common import Options
from innovationhub.domain.recurrence import Recurrence, Rule, clocks, intervals

LONDON = ZoneInfo("Europe/London")
START = datetime(1990, 1, 2, 10)
WINDOW = timedelta(days=90)
ROUNDS = 15
SHIFTS = [timedelta(days=day) for day in range(0, 70, 7)]
AGES = (0, 1, 30, 50)
COMPARED = (1, 30, 50)
SERIES = 500

RULES = {
    "weekly": "FREQ=WEEKLY",
    "weekly, 2 days": "FREQ=WEEKLY;BYDAY=TU,TH",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    "weekly, in term": "FREQ=WEEKLY;BYMONTH=9,10,11,1,2,3,5,6",
    "monthly, 2nd Tuesday": "FREQ=MONTHLY;BYDAY=2TU",
    "monthly, last Friday": "FREQ=MONTHLY;BYDAY=-1FR",
    "monthly, the 15th": "FREQ=MONTHLY;BYMONTHDAY=15",
    "quarterly": "FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU",
    "daily": "FREQ=DAILY",
    "daily, at 9 and at 14": "FREQ=DAILY;BYHOUR=9,14",
    "working days": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "last of TU,TH a week": "FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=-1",
    "yearly": "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=6",
    "yearly, last SU of March": "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "yearly, 20th Monday": "FREQ=YEARLY;BYDAY=20MO",
    "yearly, 100th day": "FREQ=YEARLY;BYYEARDAY=100",
    "yearly, MO of week 20": "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
    "last working day of March": "FREQ=YEARLY;BYMONTH=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "last working day *": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "1st and last working day *": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
}

Window = Callable[[date], object]


def ours(rule: str) -> Window:
    """A 90-day window through our own door."""
    recurrence = Recurrence(START, "Europe/London", Rule.parse(rule))
    return lambda low: recurrence.between(low, low + WINDOW)


def theirs(rule: str) -> Window:
    """The same through dateutil alone."""
    walked = rrule.rrulestr(rule, dtstart=START)

    def window(low: date) -> list[datetime]:
        begin = datetime(low.year, low.month, low.day)
        found = walked.between(begin, begin + WINDOW, inc=True)
        return [when.replace(tzinfo=LONDON) for when in found]

    return window


def low_of(age: int) -> date:
    """The first day of the first window at an age; early February, so that every set of windows meets the gap."""
    return date(START.year + age, 2, 6)


def microseconds(window: Window, age: int, times: int, shifts: list[timedelta]) -> float:
    """The cost of the median one of a round's windows.

    Not the mean: a window with more sessions in it costs more, and which has depends on the calendar of the year, not
    on the age.
    """
    costs = []
    for shift in shifts:
        low = low_of(age) + shift
        began = time.perf_counter()
        for _ in range(times):
            window(low)
        costs.append((time.perf_counter() - began) / times * 1e6)
    return statistics.median(costs)


def measured(rule: str, rounds: int) -> dict[tuple[str, int], float]:
    """The median cost by (whose, age), and the ratio of 50 years to 0."""
    mine, others = ours(rule), theirs(rule)
    costs: dict[tuple[str, int], list[float]] = {}
    for age in COMPARED:
        for shift in SHIFTS:
            assert list(mine(low_of(age) + shift)) == others(low_of(age) + shift), rule  # type: ignore[call-overload]
    for each in range(rounds):
        for age in AGES:
            costs.setdefault(("ours", age), []).append(microseconds(mine, age, 8, SHIFTS))
            # Thousands of times as long, so three windows in every third round say enough.
            if age in COMPARED and each % 3 == 0:
                costs.setdefault(("dateutil", age), []).append(microseconds(others, age, 1, SHIFTS[::4]))
    cost = {key: statistics.median(values) for key, values in costs.items()}
    # Within a round, so that a busy machine slows both alike.
    pairs = zip(costs["ours", 50], costs["ours", 0], strict=True)
    cost["ratio", 50] = statistics.median(old / new for old, new in pairs)
    return cost


def forget() -> None:
    """Empty what is kept of months, years and clocks."""
    kept = vars(clocks) | vars(intervals)
    for each in kept.values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()


def many(rounds: int) -> None:
    """Print what the same 90 days of 500 series cost: all kinds in turn, begun over 50 years, at all hours."""
    kinds = list(RULES.values())
    begun = [
        (kinds[n % len(kinds)], START.replace(year=1976 + n % 50, hour=8 + n % 10)) for n in range(SERIES)
    ]
    low = date(2026, 11, 24)
    costs: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        costs.setdefault(name, []).append((time.perf_counter() - began) * 1e3)

    walked = [rrule.rrulestr(rule, dtstart=start) for rule, start in begun]
    begin = datetime(low.year, low.month, low.day)
    for each in range(rounds):
        forget()
        made: list[Recurrence] = []
        timed("made", lambda made=made: made.extend(Recurrence(start, rule=rule) for rule, start in begun))  # type: ignore[misc]
        forget()
        for name in ("first", "again"):
            timed(name, lambda made=made: [one.between(low, low + WINDOW) for one in made])  # type: ignore[misc]
        timed("sessions", lambda made=made: [one.occurrences(low, low + WINDOW) for one in made])  # type: ignore[misc]
        if each % 3 == 0:
            timed("dateutil", lambda: [one.between(begin, begin + WINDOW, inc=True) for one in walked])
    cost = {name: statistics.median(values) for name, values in costs.items()}
    print(
        f"\n{SERIES} series of all these kinds, begun over 50 years, ms: made {cost['made']:.0f}; a window of each"
        f" {cost['first']:.1f} the first time, {cost['again']:.1f} again, {cost['sessions']:.1f} with identities;"
        f" dateutil {cost['dateutil']:.0f}"
    )


def main(options: Options | None = None) -> None:
    """Print the table."""
    rounds = 5 if options is not None and options.quick else ROUNDS
    print(
        f"90-day window, µs: Python {platform.python_version()}, dateutil {version('python-dateutil')}, {rounds} rounds"
    )
    print(f"{'':28}{'ours':>24}{'dateutil':>27}{'times faster':>20}{'50/0 years':>14}")
    ages = "".join(f"{age:8}" for age in COMPARED) + "".join(f"{age:9}" for age in COMPARED)
    print(f"{'age in years':28}{ages}{1:10}{50:10}")
    for name, rule in RULES.items():
        cost = measured(rule, rounds)
        mine = [cost["ours", age] for age in COMPARED]
        others = [cost["dateutil", age] for age in COMPARED]
        cells = "".join(f"{each:8.1f}" for each in mine) + "".join(f"{each:9.0f}" for each in others)
        faster = f"{others[0] / mine[0]:10.0f}{others[-1] / mine[-1]:10.0f}"
        print(f"{name:28}{cells}{faster}{cost['ratio', 50]:14.2f}")
    print("* by dateutil, re-anchored; the others on paths of our own")
    many(rounds)


if __name__ == "__main__":
    main()
