"""The recurrence rule of RFC 5545 §3.3.10 as a value: read, checked, printed. It knows no start and no zone.

What the RFC forbids is refused when a `Rule` is made, with the part's name, so that the engine behind it
(`domain.expansion`) never meets it. A rule that is well formed but can never match needs a start to be found
out; `domain.recurrence` does that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

import attrs

from innovationhub.errors import Invalid

__all__ = ["FREQUENCIES", "MOST_OCCURRENCES", "WEEKDAYS", "Rule", "nth_day"]

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
"""The values of FREQ, the longest first."""

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""The days of the week, in the order of `date.weekday()`."""

MOST_OCCURRENCES = 10_000
"""The largest COUNT: each one is walked once, when the recurrence is made."""

_FIRST_YEAR = 1900
_LARGEST_INTERVAL = 100_000
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?")

# part of the text -> (field, least, most, may be counted from the end)
_NUMBERS = {
    "BYSECOND": ("bysecond", 0, 60, False),
    "BYMINUTE": ("byminute", 0, 59, False),
    "BYHOUR": ("byhour", 0, 23, False),
    "BYMONTHDAY": ("bymonthday", 1, 31, True),
    "BYYEARDAY": ("byyearday", 1, 366, True),
    "BYWEEKNO": ("byweekno", 1, 53, True),
    "BYMONTH": ("bymonth", 1, 12, False),
    "BYSETPOS": ("bysetpos", 1, 366, True),
}

# The order in which a rule is printed.
_PRINTED = (
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
)


def nth_day(day: str) -> tuple[int, int]:
    """A well-formed BYDAY value as (nth, weekday): `"TU"` is (0, 1), `"-1FR"` is (-1, 4)."""
    return int(day[:-2] or 0), WEEKDAYS.index(day[-2:])


def _canonical_days(days: Iterable[str]) -> tuple[str, ...]:
    if isinstance(days, str):
        raise Invalid("rule.BYDAY", f'must be a tuple of days such as ("TU",); got {days!r}', days)
    found = set()
    for day in days:
        match = _DAY.fullmatch(day.strip().upper()) if isinstance(day, str) else None
        if match is None:
            raise Invalid("rule.BYDAY", f"must be days such as TU, 2TU or -1FR; got {day!r}", day)
        nth = int(match[1]) if match[1] else None
        if nth is not None and not 1 <= abs(nth) <= 53:
            raise Invalid(
                "rule.BYDAY", f"must count from 1 to 53 or -53 to -1 (RFC 5545 §3.3.10); got {day!r}", day
            )
        found.add(f"{nth or ''}{match[2]}")
    return tuple(sorted(found, key=nth_day))


def _canonical_numbers(part: str, values: Iterable[int]) -> tuple[int, ...]:
    """The numbers of one part: checked, sorted, each once."""
    _, least, most, negative = _NUMBERS[part]
    kept = set()
    for value in values:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Invalid(f"rule.{part}", f"must be whole numbers; got {value!r}", value)
        if not least <= (abs(value) if negative else value) <= most:
            allowed = f"{least} to {most}" + (f" or -{most} to -{least}" if negative else "")
            raise Invalid(f"rule.{part}", f"must be {allowed} (RFC 5545 §3.3.10); got {value}", value)
        # A clock that knows no leap second reads 60 as 59 (RFC 5545 §3.3.12).
        kept.add(min(value, 59) if part == "BYSECOND" else value)
    return tuple(sorted(kept))


@attrs.frozen
class Rule:
    """An RRULE (RFC 5545 §3.3.10). Equal rules are equal values: lists are kept sorted, each entry once.

    `freq` is one of `FREQUENCIES`; `interval` counts its steps from the start's own. `count` ends the rule
    after so many occurrences (at most `MOST_OCCURRENCES`); `until` is the last moment that may still be one:
    a date (the whole local day), a naive local datetime, or an aware one, which a `Recurrence` makes local.
    `byday` holds strings such as `"TU"` or `"-1FR"`; `wkst` is the first day of the week.

    Raises `Invalid` naming the part, such as `rule.BYDAY`.
    """

    freq: str
    interval: int = attrs.field(default=1, kw_only=True)
    count: int | None = attrs.field(default=None, kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)
    bymonth: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    byweekno: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    byyearday: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    bymonthday: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    byday: tuple[str, ...] = attrs.field(default=(), kw_only=True, converter=_canonical_days)
    byhour: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    byminute: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    bysecond: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    bysetpos: tuple[int, ...] = attrs.field(default=(), kw_only=True)
    wkst: str = attrs.field(default="MO", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no list can refuse by itself: single values, and parts that do not go together."""
        for part, (field, *_) in _NUMBERS.items():
            object.__setattr__(self, field, _canonical_numbers(part, getattr(self, field)))
        if self.freq not in FREQUENCIES:
            raise Invalid(
                "rule.FREQ", f"must be one of {', '.join(FREQUENCIES)}; got {self.freq!r}", self.freq
            )
        if self.wkst not in WEEKDAYS:
            raise Invalid("rule.WKST", f"must be one of {', '.join(WEEKDAYS)}; got {self.wkst!r}", self.wkst)
        _check_number("INTERVAL", self.interval, _LARGEST_INTERVAL)
        if self.count is not None:
            _check_number("COUNT", self.count, MOST_OCCURRENCES)
        if self.until is not None and not isinstance(self.until, date):
            raise Invalid("rule.UNTIL", f"must be a date or a datetime; got {self.until!r}", self.until)
        if self.until is not None and self.until.year < _FIRST_YEAR:
            raise Invalid("rule.UNTIL", f"must be {_FIRST_YEAR} or later; got {self.until}", self.until)
        if isinstance(self.until, datetime) and self.until.microsecond:
            raise Invalid("rule.UNTIL", f"must be in whole seconds; got {self.until.isoformat()}", self.until)
        _check_together(self)

    @classmethod
    def parse(cls, text: str) -> Rule:
        """The rule that an RRULE's text stands for, such as `FREQ=WEEKLY;BYDAY=TU`; names in any case.

        UNTIL may be a date, a local date-time or one in UTC (`Z`). Raises `Invalid` naming the part, `rule`
        where no part is at fault (RFC 5545 §3.3.10).
        """
        body = text.strip()
        if body[:6].upper() == "RRULE:":
            body = body[6:]
        parts: dict[str, str] = {}
        for piece in body.split(";"):
            name, equals, value = (word.strip().upper() for word in piece.partition("="))
            if not equals or not value:
                message = f"must be parts such as FREQ=WEEKLY with semicolons between them; got {piece!r}"
                raise Invalid("rule", message, text)
            if name in parts:
                raise Invalid(f"rule.{name}", "must be given at most once (RFC 5545 §3.3.10)", text)
            parts[name] = value
        if "FREQ" not in parts:
            raise Invalid("rule.FREQ", "is missing: every rule needs one, such as FREQ=WEEKLY", text)
        return _from_parts(parts)

    def __str__(self) -> str:
        """The rule as RFC 5545 text, in a fixed order, defaults left out; `parse` gives it back."""
        parts = [f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={_print_until(self.until)}")
        for name in _PRINTED:
            values: tuple[object, ...] = getattr(self, name.lower())
            if values:
                parts.append(f"{name}={','.join(map(str, values))}")
        if self.wkst != "MO":
            parts.append(f"WKST={self.wkst}")
        return ";".join(parts)


def _check_number(part: str, value: object, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise Invalid(f"rule.{part}", f"must be a whole number from 1 to {most}; got {value!r}", value)


def _check_together(rule: Rule) -> None:
    """Refuse the pairs of parts that RFC 5545 §3.3.10 forbids."""
    freq = rule.freq
    counted = [day for day in rule.byday if nth_day(day)[0]]
    others = any(getattr(rule, part.lower()) for part in _PRINTED if part != "BYSETPOS")
    refusals = (
        (
            rule.count is not None and rule.until is not None,
            "COUNT",
            "must not come with UNTIL: keep one of the two",
        ),
        (
            counted and freq not in ("MONTHLY", "YEARLY"),
            "BYDAY",
            f"{','.join(counted)} counts days of a month or a year: not with FREQ={freq}; give plain days",
        ),
        (
            counted and rule.byweekno,
            "BYDAY",
            f"{','.join(counted)} cannot be counted within BYWEEKNO: give plain days",
        ),
        (
            rule.byweekno and freq != "YEARLY",
            "BYWEEKNO",
            f"only goes with FREQ=YEARLY, not with {freq}",
        ),
        (
            rule.byyearday and freq in ("DAILY", "WEEKLY", "MONTHLY"),
            "BYYEARDAY",
            f"does not go with FREQ={freq}: use FREQ=YEARLY",
        ),
        (
            rule.bymonthday and freq == "WEEKLY",
            "BYMONTHDAY",
            "does not go with FREQ=WEEKLY: use FREQ=MONTHLY, or FREQ=DAILY with BYDAY",
        ),
        (
            rule.bysetpos and not others,
            "BYSETPOS",
            "needs another BY part whose set it picks from",
        ),
    )
    for broken, part, message in refusals:
        if broken:
            raise Invalid(f"rule.{part}", f"{message} (RFC 5545 §3.3.10)", str(rule))


def _from_parts(parts: dict[str, str]) -> Rule:
    freq, wkst = parts.pop("FREQ"), parts.pop("WKST", "MO")
    interval, count = _whole("INTERVAL", parts.pop("INTERVAL", "1")), parts.pop("COUNT", None)
    until, byday = parts.pop("UNTIL", None), parts.pop("BYDAY", None)
    unknown = sorted(parts.keys() - _NUMBERS.keys())
    if unknown:
        raise Invalid(f"rule.{unknown[0]}", "is no part of a rule (RFC 5545 §3.3.10)", parts[unknown[0]])
    numbers = {name: [_whole(name, piece) for piece in parts[name].split(",")] for name in parts}
    return Rule(
        freq,
        interval=interval,
        count=None if count is None else _whole("COUNT", count),
        until=None if until is None else _read_until(until),
        byday=() if byday is None else byday.split(","),
        wkst=wkst,
        **{_NUMBERS[name][0]: tuple(values) for name, values in numbers.items()},
    )


def _whole(part: str, text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", text.strip(), re.ASCII):
        raise Invalid(f"rule.{part}", f"must be whole numbers with commas between them; got {text!r}", text)
    return int(text)


def _read_until(text: str) -> date:
    match = _UNTIL.fullmatch(text)
    if match is not None:
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        try:
            if match[4] is None:
                return date(year, month, day)
            clock = int(match[4]), int(match[5]), min(int(match[6]), 59)
            return datetime(year, month, day, *clock, tzinfo=UTC if match[7] else None)
        except ValueError:
            pass
    message = (
        f"must be a date or date-time such as 20271231, 20271231T100000 or 20271231T100000Z; got {text!r}"
    )
    raise Invalid("rule.UNTIL", message, text)


def _print_until(until: date) -> str:
    if not isinstance(until, datetime):
        return f"{until:%Y%m%d}"
    if until.tzinfo is None:
        return f"{until:%Y%m%dT%H%M%S}"
    return f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
