"""What a 90-day window of a recurrence costs, next to dateutil alone.

Run it with `python benchmarks/recurrence.py`. For each rule it measures `Recurrence.between` at ages of 0, 1, 30 and
50 years, aware datetimes out, and python-dateutil's own `between` of naive times with the zone attached (the usual
recipe; it neither moves times out of a gap nor merges what meets there) at 1 and 30. Rounds of ours and dateutil's
alternate, so that both meet the same weather; a figure is the median of the rounds, in microseconds a window. The
windows of a round begin a week apart. Both answers are compared first.
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

from innovationhub.domain.recurrence import Recurrence, Rule

LONDON = ZoneInfo("Europe/London")
START = datetime(1990, 1, 2, 10)
WINDOW = timedelta(days=90)
ROUNDS = 15
SHIFTS = [timedelta(days=day) for day in range(0, 70, 7)]
AGES = (0, 1, 30, 50)
COMPARED = (1, 30)

RULES = {
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    "weekly, 2 days": "FREQ=WEEKLY;BYDAY=TU,TH",
    "monthly, 2nd Tuesday": "FREQ=MONTHLY;BYDAY=2TU",
    "quarterly": "FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU",
    "daily": "FREQ=DAILY",
    "working days": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "last working day *": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "last of TU,TH a week *": "FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=-1",
    "20th Monday of a year *": "FREQ=YEARLY;BYDAY=20MO",
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


def microseconds(window: Window, age: int, times: int) -> float:
    """The cost of the median one of a round's windows.

    Not the mean: a window that begins or ends beside a clock change costs twice as much, and which do depends on
    the calendar of the year, not on the age.
    """
    costs = []
    for shift in SHIFTS:
        low = low_of(age) + shift
        began = time.perf_counter()
        for _ in range(times):
            window(low)
        costs.append((time.perf_counter() - began) / times * 1e6)
    return statistics.median(costs)


def measured(rule: str) -> dict[tuple[str, int], float]:
    """The median cost by (whose, age), and the ratio of 50 years to 0."""
    mine, others = ours(rule), theirs(rule)
    rounds: dict[tuple[str, int], list[float]] = {}
    for age in COMPARED:
        for shift in SHIFTS:
            assert list(mine(low_of(age) + shift)) == others(low_of(age) + shift), rule  # type: ignore[call-overload]
    for _ in range(ROUNDS):
        for age in AGES:
            rounds.setdefault(("ours", age), []).append(microseconds(mine, age, 8))
            if age in COMPARED:
                rounds.setdefault(("dateutil", age), []).append(microseconds(others, age, 1))
    cost = {key: statistics.median(values) for key, values in rounds.items()}
    # Within a round, so that a busy machine slows both alike.
    pairs = zip(rounds["ours", 50], rounds["ours", 0], strict=True)
    cost["ratio", 50] = statistics.median(old / new for old, new in pairs)
    return cost


def main() -> None:
    """Print the table."""
    print(
        f"90-day window, µs: Python {platform.python_version()}, dateutil {version('python-dateutil')}, {ROUNDS} rounds"
    )
    print(f"{'':26}{'ours':>19}{'dateutil':>19}{'times faster':>16}{'50/0 years':>12}")
    print(f"{'age in years':26}{'1':>9}{'30':>10}{'1':>9}{'30':>10}{'1':>8}{'30':>8}")
    for name, rule in RULES.items():
        cost = measured(rule)
        mine = [cost["ours", age] for age in COMPARED]
        others = [cost["dateutil", age] for age in COMPARED]
        flat = cost["ratio", 50]
        print(
            f"{name:26}{mine[0]:9.1f}{mine[1]:10.1f}{others[0]:9.0f}{others[1]:10.0f}"
            f"{others[0] / mine[0]:8.0f}{others[1] / mine[1]:8.0f}{flat:12.2f}"
        )
    print("* by dateutil, re-anchored; the others on a path of our own")


if __name__ == "__main__":
    main()
