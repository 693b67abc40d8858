"""RFC 5545 §3.3.10 read as plainly as can be, to compare with: slow, and without our code or dateutil.

Each interval from the start's own is gone through day by day, each BYxxx is a filter, BYSETPOS picks from the
whole interval's set, and only then is dropped what lies before the start. Rules are well-formed text, times are
naive.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class Oracle:
    """One rule from one start."""

    def __init__(self, text: str, start: datetime) -> None:
        self.parts = dict(part.split("=") for part in text.split(";"))
        self.start = start
        self.freq = self.parts["FREQ"]
        self.interval = int(self.parts.get("INTERVAL", 1))
        self.first_weekday = DAYS.index(self.parts.get("WKST", "MO"))
        names = (
            "BYMONTH",
            "BYWEEKNO",
            "BYYEARDAY",
            "BYMONTHDAY",
            "BYHOUR",
            "BYMINUTE",
            "BYSECOND",
            "BYSETPOS",
        )
        self.by = {
            name: [int(n) for n in self.parts[name].split(",")] if name in self.parts else []
            for name in names
        }
        self.byday = [(int(d[:-2] or 0), d[-2:]) for d in self.parts.get("BYDAY", "").split(",") if d]
        if not (self.byday or self.by["BYMONTHDAY"] or self.by["BYYEARDAY"] or self.by["BYWEEKNO"]):
            if self.freq == "YEARLY":
                self.by["BYMONTH"] = self.by["BYMONTH"] or [start.month]
            if self.freq in ("YEARLY", "MONTHLY"):
                self.by["BYMONTHDAY"] = [start.day]
            if self.freq == "WEEKLY":
                self.byday = [(0, DAYS[start.weekday()])]

    def until(self, bound: datetime) -> Iterator[datetime]:
        """The rule's times before `bound`, in order, with COUNT and UNTIL."""
        last = self.parts.get("UNTIL")
        end = datetime.fromisoformat(last) if last else bound
        found = (when for when in self._all(bound) if when <= end)
        return islice(found, int(self.parts["COUNT"])) if "COUNT" in self.parts else found

    def _all(self, bound: datetime) -> Iterator[datetime]:
        step = 0
        while True:
            begin, end = self._interval(step)
            if begin >= bound:
                return
            found = []
            day = begin.date()
            while datetime.combine(day, time()) < end:
                if self._day(day):
                    found += [when for when in self._times(day) if begin <= when < end]
                day += timedelta(days=1)
            chosen = self.by["BYSETPOS"]
            for i, when in enumerate(found):
                picked = not chosen or i + 1 in chosen or i - len(found) in chosen
                if picked and self.start <= when < bound:
                    yield when
            step += self.interval

    def _interval(self, step: int) -> tuple[datetime, datetime]:
        """The first moment of the interval so many steps after the start's own, and of the one after it."""
        at = self.start
        if self.freq == "YEARLY":
            return datetime(at.year + step, 1, 1), datetime(at.year + step + 1, 1, 1)
        if self.freq == "MONTHLY":
            months = [at.year * 12 + at.month - 1 + n for n in (step, step + 1)]
            begin, end = (datetime(month // 12, month % 12 + 1, 1) for month in months)
            return begin, end
        midnight = datetime.combine(at.date(), time())
        if self.freq == "WEEKLY":
            while midnight.weekday() != self.first_weekday:
                midnight -= timedelta(days=1)
            return midnight + timedelta(weeks=step), midnight + timedelta(weeks=step + 1)
        unit, begin = {
            "DAILY": (timedelta(days=1), midnight),
            "HOURLY": (timedelta(hours=1), at.replace(minute=0, second=0)),
            "MINUTELY": (timedelta(minutes=1), at.replace(second=0)),
            "SECONDLY": (timedelta(seconds=1), at),
        }[self.freq]
        return begin + step * unit, begin + (step + 1) * unit

    def _times(self, day: date) -> list[datetime]:
        at, freq = self.start, self.freq
        hours = self.by["BYHOUR"] or (range(24) if freq in ("HOURLY", "MINUTELY", "SECONDLY") else [at.hour])
        minutes = self.by["BYMINUTE"] or (range(60) if freq in ("MINUTELY", "SECONDLY") else [at.minute])
        seconds = self.by["BYSECOND"] or (range(60) if freq == "SECONDLY" else [at.second])
        return sorted(
            datetime(day.year, day.month, day.day, h, m, s) for h in hours for m in minutes for s in seconds
        )

    def _day(self, day: date) -> bool:
        by = self.by
        year_end, year_start = date(day.year, 12, 31), date(day.year, 1, 1)
        month_end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        number, days = (day - year_start).days + 1, (year_end - year_start).days + 1
        if by["BYMONTH"] and day.month not in by["BYMONTH"]:
            return False
        if by["BYMONTHDAY"] and not {day.day, day.day - month_end.day - 1} & set(by["BYMONTHDAY"]):
            return False
        if by["BYYEARDAY"] and not {number, number - days - 1} & set(by["BYYEARDAY"]):
            return False
        if by["BYWEEKNO"] and not self._week_numbers(day) & set(by["BYWEEKNO"]):
            return False
        if not self.byday:
            return True
        # The nth weekday counts in the month for MONTHLY and where BYMONTH is given, else in the year.
        in_month = self.freq == "MONTHLY" or bool(by["BYMONTH"])
        before = day.day - 1 if in_month else number - 1
        after = month_end.day - day.day if in_month else days - number
        name = DAYS[day.weekday()]
        return bool({(0, name), (before // 7 + 1, name), (-(after // 7) - 1, name)} & set(self.byday))

    def _week_numbers(self, day: date) -> set[int]:
        """A day's week number from the beginning and from the end of the year its week belongs to."""
        begin = day - timedelta(days=(day.weekday() - self.first_weekday) % 7)
        # A week belongs to the year that holds at least four of its days.
        year = (begin + timedelta(days=3)).year
        weeks = [begin + timedelta(weeks=n) for n in range(-54, 55)]
        weeks = [week for week in weeks if (week + timedelta(days=3)).year == year]
        return {weeks.index(begin) + 1, weeks.index(begin) - len(weeks)}
