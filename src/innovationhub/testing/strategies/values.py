"""Strategies for the small values that everything is made of: keys, ids, lines of text, instants, recurrences."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from innovationhub.domain.recurrence import Following, Occurrence, Override, Recurrence
from innovationhub.domain.recurrence import Rule as RecurrenceRule
from innovationhub.domain.time import zone

__all__ = [
    "booking_ids",
    "days",
    "facts",
    "followings",
    "ids",
    "instants",
    "keys",
    "lines",
    "local_times",
    "occurrences",
    "overrides",
    "recurrence_rules",
    "recurrences",
    "session_ids",
    "texts",
    "zones",
]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def zones() -> st.SearchStrategy[str]:
    """Names of time zones: the hub's own, one without summer time, far ones, one with half an hour of summer time."""
    return st.sampled_from(
        ("Europe/London", "UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
    )


def keys() -> st.SearchStrategy[str]:
    """What can name a series, a session type or a role."""
    return st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?", fullmatch=True)


def lines(least: int = 0, most: int = 40) -> st.SearchStrategy[str]:
    """A line of printable text of any script; with `least` at least one letter that is seen."""
    letters = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
    made = st.text(letters, min_size=least, max_size=most)
    return made.filter(lambda line: bool(line.strip())) if least else made


def texts(most: int = 200) -> st.SearchStrategy[str]:
    """Free text, of several lines where it comes to that."""
    return st.lists(lines(0, most // 4), max_size=3).map("\n".join)


def ids() -> st.SearchStrategy[str]:
    """A caller's own id of a person: opaque, most with a namespace."""
    plain = lines(1, 20).map(str.strip).filter(bool)
    return st.one_of(
        st.integers(100_000, 999_999).map("esr:{}".format),
        st.from_regex(r"email:[a-z]{1,8}@nhs\.example", fullmatch=True),
        plain,
    )


def booking_ids() -> st.SearchStrategy[str]:
    """The opaque id of a booking."""
    return st.integers(0, 2**64 - 1).map("{:032x}".format)


def days() -> st.SearchStrategy[date]:
    """A local date on which a hub may be looked at."""
    return st.dates(date(2020, 1, 1), date(2035, 12, 31))


def instants() -> st.SearchStrategy[datetime]:
    """An aware instant in UTC."""
    return st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))


def local_times() -> st.SearchStrategy[datetime]:
    """A naive local time to the minute: how series begin."""
    times = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31))
    return times.map(lambda each: each.replace(second=0, microsecond=0, fold=0))


def facts() -> st.SearchStrategy[dict[str, str | int | float | bool | None]]:
    """Plain facts as the journal holds them."""
    values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | lines()
    return st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), values, max_size=4)


@st.composite
def session_ids(draw: st.DrawFn) -> str:
    """A session's id: its series and its original local start."""
    return f"{draw(keys())}@{draw(local_times()):%Y-%m-%dT%H:%M}"


@st.composite
def recurrence_rules(draw: st.DrawFn) -> RecurrenceRule:
    """An RRULE of the kinds that hubs use: weekly on some days, monthly on the nth, daily, yearly."""
    interval = draw(st.integers(1, 4))
    count, until = draw(
        st.one_of(
            st.just((None, None)),
            # every third 29 February, twelve times, is still before the year 2200
            st.tuples(st.integers(1, 12), st.none()),
            st.tuples(st.none(), st.dates(date(2036, 1, 1), date(2040, 1, 1))),
        )
    )
    byday: tuple[str, ...] = ()
    freq = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    if freq == "WEEKLY":
        byday = tuple(draw(st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=3)))
    elif freq == "MONTHLY":
        byday = (f"{draw(st.sampled_from((1, 2, 3, 4, -1)))}{draw(st.sampled_from(WEEKDAYS))}",)
    return RecurrenceRule(freq, interval=interval, count=count, until=until, byday=byday)


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    """A recurrence: once or by a rule, with dates added, left out and moved."""
    made = Recurrence(draw(local_times()), draw(zones()), draw(st.none() | recurrence_rules()))
    extra = draw(st.lists(local_times(), max_size=2))
    if extra:
        made = Recurrence(made.start, made.zone, made.rule, rdates=tuple(extra))
    first = made.first
    if first is not None and draw(st.booleans()):
        made = made.moved(first.nominal, draw(local_times()))
    elif made.rule is not None and first is not None and draw(st.booleans()):
        made = made.without(first.nominal)
    return made


def overrides() -> st.SearchStrategy[Override]:
    """One session moved."""
    return st.builds(Override, local_times(), local_times())


def followings() -> st.SearchStrategy[Following]:
    """Another pattern from a date on."""
    return st.builds(Following, local_times(), local_times(), st.none() | recurrence_rules())


@st.composite
def occurrences(draw: st.DrawFn) -> Occurrence:
    """One session of a recurrence."""
    nominal = draw(local_times())
    return Occurrence(nominal, nominal.replace(tzinfo=zone(draw(zones()))))
