"""What cannot be a recurrence is refused when it is made, with the field, the reason and what to do."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from innovationhub.domain.recurrence import Following, Override, Recurrence, Rule
from innovationhub.errors import Invalid

START = datetime(2026, 12, 1, 10)
RULES = [
    ("", "rule", "FREQ=WEEKLY"),
    ("FREQ=WEEKLY;", "rule", "semicolons"),
    ("WEEKLY", "rule", "semicolons"),
    ("FREQ=", "rule", "semicolons"),
    ("INTERVAL=2", "rule.FREQ", "missing"),
    ("FREQ=FORTNIGHTLY", "rule.FREQ", "YEARLY, MONTHLY, WEEKLY"),
    ("FREQ=WEEKLY;FREQ=DAILY", "rule.FREQ", "at most once"),
    ("FREQ=WEEKLY;BYDAY=TU;byday=TH", "rule.BYDAY", "at most once"),
    ("FREQ=WEEKLY;BYEASTER=1", "rule.BYEASTER", "no part of a rule"),
    ("FREQ=WEEKLY;X-HUB=1", "rule.X-HUB", "no part of a rule"),
    ("FREQ=WEEKLY;INTERVAL=0", "rule.INTERVAL", "from 1"),
    ("FREQ=WEEKLY;INTERVAL=-1", "rule.INTERVAL", "from 1"),
    ("FREQ=WEEKLY;INTERVAL=1.5", "rule.INTERVAL", "whole"),
    ("FREQ=WEEKLY;INTERVAL=999999999", "rule.INTERVAL", "100000"),
    ("FREQ=WEEKLY;COUNT=0", "rule.COUNT", "from 1"),
    ("FREQ=WEEKLY;COUNT=10001", "rule.COUNT", "10000"),
    ("FREQ=WEEKLY;COUNT=" + "9" * 5000, "rule.COUNT", "whole"),
    ("FREQ=YEARLY;COUNT=500", "rule.COUNT", "2200"),
    ("FREQ=WEEKLY;COUNT=2;UNTIL=20271231", "rule.COUNT", "UNTIL"),
    ("FREQ=WEEKLY;UNTIL=MONDAY", "rule.UNTIL", "20271231T100000Z"),
    ("FREQ=WEEKLY;UNTIL=20270230", "rule.UNTIL", "20271231"),
    ("FREQ=WEEKLY;UNTIL=20271231T2500", "rule.UNTIL", "20271231"),
    ("FREQ=WEEKLY;UNTIL=20261130", "rule.UNTIL", "before the start"),
    ("FREQ=WEEKLY;UNTIL=00010101", "rule.UNTIL", "1900"),
    ("FREQ=MONTHLY;BYMONTHDAY=0", "rule.BYMONTHDAY", "1 to 31 or -31 to -1"),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "rule.BYMONTHDAY", "1 to 31"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "rule.BYMONTHDAY", "commas"),
    ("FREQ=YEARLY;BYMONTH=13", "rule.BYMONTH", "1 to 12"),
    ("FREQ=YEARLY;BYMONTH=-1", "rule.BYMONTH", "1 to 12"),
    ("FREQ=YEARLY;BYYEARDAY=367", "rule.BYYEARDAY", "366"),
    ("FREQ=YEARLY;BYWEEKNO=54", "rule.BYWEEKNO", "53"),
    ("FREQ=DAILY;BYHOUR=24", "rule.BYHOUR", "0 to 23"),
    ("FREQ=DAILY;BYMINUTE=60", "rule.BYMINUTE", "0 to 59"),
    ("FREQ=DAILY;BYSECOND=61", "rule.BYSECOND", "0 to 60"),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "rule.BYSETPOS", "1 to 366"),
    ("FREQ=WEEKLY;BYDAY=XX", "rule.BYDAY", "-1FR"),
    ("FREQ=MONTHLY;BYDAY=0MO", "rule.BYDAY", "1 to 53"),
    ("FREQ=YEARLY;BYDAY=54MO", "rule.BYDAY", "1 to 53"),
    ("FREQ=WEEKLY;BYDAY=1MO", "rule.BYDAY", "plain days"),
    ("FREQ=DAILY;BYDAY=-1MO", "rule.BYDAY", "plain days"),
    ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "rule.BYDAY", "BYWEEKNO"),
    ("FREQ=MONTHLY;BYWEEKNO=20", "rule.BYWEEKNO", "FREQ=YEARLY"),
    ("FREQ=DAILY;BYYEARDAY=20", "rule.BYYEARDAY", "FREQ=YEARLY"),
    ("FREQ=WEEKLY;BYYEARDAY=20", "rule.BYYEARDAY", "FREQ=YEARLY"),
    ("FREQ=MONTHLY;BYYEARDAY=20", "rule.BYYEARDAY", "FREQ=YEARLY"),
    ("FREQ=WEEKLY;BYMONTHDAY=20", "rule.BYMONTHDAY", "FREQ=MONTHLY"),
    ("FREQ=WEEKLY;BYSETPOS=1", "rule.BYSETPOS", "another BY part"),
    ("FREQ=WEEKLY;WKST=XX", "rule.WKST", "MO, TU"),
    ("FREQ=WEEKLY;WKST=1MO", "rule.WKST", "MO, TU"),
]
NEVER = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MINUTELY;BYHOUR=10;BYMINUTE=0;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31;BYSETPOS=1",
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=MONTHLY;BYDAY=10MO;BYSETPOS=1",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=WEEKLY;BYDAY=TU;BYSETPOS=2",
    "FREQ=DAILY;BYDAY=TU;BYSETPOS=2",
    "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
    "FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1",
    "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=2",
    "FREQ=HOURLY;INTERVAL=24;BYHOUR=11",
    "FREQ=SECONDLY;INTERVAL=2;BYSECOND=1;UNTIL=20281231",
    "FREQ=WEEKLY;BYDAY=WE;UNTIL=20261201T230000",
]


@pytest.mark.parametrize(("rule", "field", "reason"), RULES, ids=[rule[:50] or "empty" for rule, *_ in RULES])
def test_a_rule_that_the_rfc_forbids_names_its_part(rule: str, field: str, reason: str) -> None:
    """Whatever RFC 5545 §3.3.10 forbids is refused, and the message says what would do."""
    with pytest.raises(Invalid) as caught:
        Recurrence(START, rule=rule)
    assert caught.value.field == field
    assert reason in str(caught.value)
    assert str(caught.value).startswith(f"{field}: ")


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_matches_is_refused_at_once(rule: str) -> None:
    """D6: 30 February, or parts that cannot be met together: refused within a second or so, never a hang."""
    began = time.process_time()
    with pytest.raises(Invalid, match=r"^rule: .* never matches .*2026-12-01T10:00:00"):
        Recurrence(START, rule=rule)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYHOUR=3;BYMINUTE=0;BYSECOND=0",
        "FREQ=MINUTELY",
        "FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,1,2,3;BYSECOND=0,1,2,3,4,5,6,7",
    ],
)
def test_an_endless_rule_must_not_be_dense(rule: str) -> None:
    """D6: every second for ever is refused; with an end it is not."""
    with pytest.raises(Invalid, match=r"^rule: no end in sight"):
        Recurrence(START, rule=rule)
    assert not Recurrence(START, rule=rule + ";COUNT=10").endless


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"start": datetime(2026, 12, 1, 10, tzinfo=UTC)}, "start"),
        ({"start": date(2026, 12, 1)}, "start"),
        ({"start": "20261201"}, "start"),
        ({"start": datetime(2026, 12, 1, 10, 0, 0, 5)}, "start"),
        ({"start": datetime(2026, 10, 25, 1, 30, fold=1)}, "start"),
        ({"start": datetime(1899, 12, 31)}, "start"),
        ({"start": datetime(2201, 1, 1)}, "start"),
        ({"zone": "Europe/Londres"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"rdates": [datetime(2026, 12, 2, tzinfo=UTC)]}, "rdates"),
        ({"exdates": [datetime(2026, 12, 1, 10, tzinfo=UTC)]}, "exdates"),
        ({"exdates": [START + timedelta(hours=n) for n in range(10_001)]}, "exdates"),
        ({"overrides": [Override(START, START), Override(START, datetime(2026, 12, 2))]}, "overrides"),
        ({"overrides": [Override(datetime(2026, 12, 2, 10), START)]}, "overrides"),
        ({"overrides": [Override(START, START)], "exdates": [START]}, "overrides"),
        ({"following": [Following(START, START), Following(START, START)]}, "following"),
        ({"following": [Following(datetime(2027, 1, 1), START)]}, "following"),
        ({"rule": "FREQ=DAILY", "following": [Following(START, START, Rule("SECONDLY"))]}, "following.rule"),
    ],
)
def test_values_that_cannot_be_are_refused_by_name(arguments: dict[str, object], field: str) -> None:
    """Aware local times, fractions of seconds, unknown zones, exceptions of nothing: the field is named."""
    with pytest.raises(Invalid) as caught:
        Recurrence(**({"start": START} | arguments))  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda r: r.between(date(2027, 1, 1), datetime(2027, 2, 1, tzinfo=UTC)), "end"),
        (lambda r: r.between(datetime(2027, 1, 1), datetime(2027, 2, 1)), "start"),
        (lambda r: r.between(date(2027, 2, 1), date(2027, 1, 1)), "end"),
        (lambda r: r.between(date(2027, 1, 1), date(2033, 1, 1)), "end"),
        (lambda r: r.between(date(1, 1, 1), date(2, 1, 1)), "start"),
        (lambda r: r.between(date(9999, 1, 1), date(9999, 12, 31)), "start"),
        (lambda r: r.between("2027-01-01", date(2027, 1, 2)), "start"),
        (lambda r: r.between(date(2027, 1, 1), None), "end"),
        (lambda r: r.between(date(2027, 1, 1), date(2027, 1, 2), limit=0), "limit"),
        (lambda r: r.occurrence(datetime(2026, 12, 1, 10, tzinfo=UTC)), "nominal"),
        (lambda r: r.moved(datetime(2026, 12, 2, 10), START), "nominal"),
        (lambda r: r.moved(START, datetime(2026, 12, 2, 10, tzinfo=UTC)), "starts"),
        (lambda r: r.without(datetime(2026, 12, 2, 10)), "nominal"),
        (lambda r: r.ended(START), "since"),
        (lambda r: r.followed_by(START, Recurrence.once(START, zone="UTC")), "other"),
    ],
)
def test_questions_and_edits_that_cannot_be_are_refused_by_name(call: object, field: str) -> None:
    """Windows that are naive, reversed, mixed or too long, and edits of sessions that are not there."""
    with pytest.raises(Invalid) as caught:
        call(Recurrence.weekly(START))  # type: ignore[operator]
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "start"),
        ("RRULE:FREQ=WEEKLY", "start"),
        ("DTSTART;TZID=Nowhere/Land:20261201T100000", "zone"),
        ("DTSTART;VALUE=DATE:20261201", "start"),
        ("DTSTART:20261341T100000", "start"),
        ("DTSTART;TZID=Europe/London:20261201T100000Z", "start"),
        ("DTSTART:20261201T100000\nDTSTART:20261201T100000", "start"),
        ("DTSTART:20261201T100000\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "rule"),
        ("DTSTART:20261201T100000\nRRULE:FREQ=DAILY;INTERVAL=0", "rule.INTERVAL"),
        ("DTSTART:20261201T100000\nEXRULE:FREQ=DAILY", "text"),
        ("DTSTART:20261201T100000\nnonsense", "text"),
        ("DTSTART:20261201T100000\nRDATE;VALUE=PERIOD:20261202T100000/PT1H", "rdates"),
        ("DTSTART:20261201T100000\nEXDATE;TZID=Nowhere/Land:20261201T100000", "zone"),
        ("DTSTART:20261201T100000\nRECURRENCE-ID:20261201T100000", "start"),
        ("DTSTART:20261201T100000\nRECURRENCE-ID;RANGE=THISANDPRIOR:20261201T100000", "overrides"),
        (
            "DTSTART:20261201T100000\nRECURRENCE-ID:20261201T100000\nDTSTART:20261202T100000\nRRULE:FREQ=DAILY",
            "overrides",
        ),
        ("X" * 1_000_001, "text"),
    ],
)
def test_text_that_cannot_be_read_is_refused_by_name(text: str, field: str) -> None:
    """A zone that is unknown never gives naive times, all-day dates never a midnight: the field is named."""
    with pytest.raises(Invalid) as caught:
        Recurrence.parse(text)
    assert caught.value.field == field


def test_a_rule_takes_tuples_of_days() -> None:
    """A bare string of days is a mistake that is named, not read letter by letter."""
    with pytest.raises(Invalid, match=r"^rule.BYDAY"):
        Rule("WEEKLY", byday="TU")
    with pytest.raises(Invalid, match=r"^rule.BYMONTH"):
        Rule("YEARLY", bymonth=("1",))  # type: ignore[arg-type]
