"""The 42 examples of RFC 5545 §3.8.5.3, each with the dates the RFC lists; those without an end by their first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from innovationhub.domain.recurrence import Recurrence

WORKDAYS = "MO,TU,WE,TH,FR"
EVERY_20_MINUTES = [f"{hour:02}:{minute:02}" for hour, minute in product(range(9, 17), (0, 20, 40))]


def dates(text: str, times: list[str] | None = None) -> list[datetime]:
    """`1997-09 2 4 9-11; 1997-10 1` as datetimes, at 09:00 or at each of the times."""
    found = []
    for part in text.split(";"):
        month, *days = part.split()
        for day in days:
            first, _, last = day.partition("-")
            for number in range(int(first), int(last or first) + 1):
                clocks = times or ["09:00"]
                found += [datetime.fromisoformat(f"{month}-{number:02}T{clock}") for clock in clocks]
    return found


JANUARIES = "1998-01 1-31; 1999-01 1-31; 2000-01 1-31"
TO_CHRISTMAS = "1997-09 2-30; 1997-10 1-31; 1997-11 1-30; 1997-12 1-23"
TUESDAYS = "1997-09 2 9 16 23 30; 1997-10 7 14 21 28; 1997-11 4"

# (start, rule, dates, whether that is all of them)
EXAMPLES = [
    ("19970902", "FREQ=DAILY;COUNT=10", "1997-09 2-11", True),
    ("19970902", "FREQ=DAILY;UNTIL=19971224T000000Z", TO_CHRISTMAS, True),
    (
        "19970902",
        "FREQ=DAILY;INTERVAL=2",
        "1997-09 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; 1997-10 2 4 6",
        False,
    ),
    ("19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09 2 12 22; 1997-10 2 12", True),
    (
        "19980101",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        JANUARIES,
        True,
    ),
    ("19980101", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", JANUARIES, True),
    ("19970902", "FREQ=WEEKLY;COUNT=10", TUESDAYS, True),
    (
        "19970902",
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        TUESDAYS + " 11 18 25; 1997-12 2 9 16 23",
        True,
    ),
    (
        "19970902",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1997-09 2 16 30; 1997-10 14 28; 1997-11 11 25; 1997-12 9 23; 1998-01 6 20; 1998-02 3 17",
        False,
    ),
    (
        "19970902",
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "1997-09 2 4 9 11 16 18 23 25 30; 1997-10 2",
        True,
    ),
    (
        "19970902",
        "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        "1997-09 2 4 9 11 16 18 23 25 30; 1997-10 2",
        True,
    ),
    (
        "19970901",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "1997-09 1 3 5 15 17 19 29; 1997-10 1 3 13 15 17 27 29 31; 1997-11 10 12 14 24 26 28; 1997-12 8 10 12 22",
        True,
    ),
    (
        "19970902",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "1997-09 2 4 16 18 30; 1997-10 2 14 16",
        True,
    ),
    (
        "19970905",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997-09 5; 1997-10 3; 1997-11 7; 1997-12 5; 1998-01 2; 1998-02 6; 1998-03 6; 1998-04 3; 1998-05 1; 1998-06 5",
        True,
    ),
    (
        "19970905",
        "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
        "1997-09 5; 1997-10 3; 1997-11 7; 1997-12 5",
        True,
    ),
    (
        "19970907",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09 7 28; 1997-11 2 30; 1998-01 4 25; 1998-03 1 29; 1998-05 3 31",
        True,
    ),
    (
        "19970922",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997-09 22; 1997-10 20; 1997-11 17; 1997-12 22; 1998-01 19; 1998-02 16",
        True,
    ),
    (
        "19970928",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997-09 28; 1997-10 29; 1997-11 28; 1997-12 29; 1998-01 29; 1998-02 26",
        False,
    ),
    (
        "19970902",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997-09 2 15; 1997-10 2 15; 1997-11 2 15; 1997-12 2 15; 1998-01 2 15",
        True,
    ),
    (
        "19970930",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09 30; 1997-10 1 31; 1997-11 1 30; 1997-12 1 31; 1998-01 1 31; 1998-02 1",
        True,
    ),
    (
        "19970910",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09 10-15; 1999-03 10-13",
        True,
    ),
    (
        "19970902",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1997-09 2 9 16 23 30; 1997-11 4 11 18 25; 1998-01 6 13 20 27; 1998-03 3 10 17 24 31",
        False,
    ),
    (
        "19970610",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        ";".join(f"{year}-06 10; {year}-07 10" for year in range(1997, 2002)),
        True,
    ),
    (
        "19970310",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "1997-03 10;"
        + ";".join(f"{year}-{month} 10" for year in (1999, 2001, 2003) for month in ("01", "02", "03")),
        True,
    ),
    (
        "19970101",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        (
            "1997-01 1; 1997-04 10; 1997-07 19; 2000-01 1; 2000-04 9; 2000-07 18; 2003-01 1; 2003-04 10; 2003-07 19;"
            "2006-01 1"
        ),
        True,
    ),
    ("19970519", "FREQ=YEARLY;BYDAY=20MO", "1997-05 19; 1998-05 18; 1999-05 17", False),
    ("19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05 12; 1998-05 11; 1999-05 17", False),
    (
        "19970313",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997-03 13 20 27; 1998-03 5 12 19 26; 1999-03 4 11 18 25",
        False,
    ),
    (
        "19970605",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        (
            "1997-06 5 12 19 26; 1997-07 3 10 17 24 31; 1997-08 7 14 21 28;"
            "1998-06 4 11 18 25; 1998-07 2 9 16 23 30; 1998-08 6 13 20 27;"
            "1999-06 3 10 17 24; 1999-07 1 8 15 22 29; 1999-08 5 12 19 26"
        ),
        False,
    ),
    (
        "19970902",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "1998-02 13; 1998-03 13; 1998-11 13; 1999-08 13; 2000-10 13",
        False,
    ),
    (
        "19970913",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        (
            "1997-09 13; 1997-10 11; 1997-11 8; 1997-12 13; 1998-01 10; 1998-02 7; 1998-03 7; 1998-04 11; 1998-05 9;"
            "1998-06 13"
        ),
        False,
    ),
    (
        "19961105",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11 5; 2000-11 7; 2004-11 2",
        False,
    ),
    ("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09 4; 1997-10 7; 1997-11 6", True),
    (
        "19970929",
        f"FREQ=MONTHLY;BYDAY={WORKDAYS};BYSETPOS=-2",
        "1997-09 29; 1997-10 30; 1997-11 27; 1997-12 30; 1998-01 29; 1998-02 26; 1998-03 30",
        False,
    ),
    # The RFC lists 15:00 too; by its UNTIL that is one hour too late, and the example after has the UNTIL that fits.
    ("19970902", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", "1997-09 2 @ 09:00 12:00", True),
    ("19970902", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", "1997-09 2 @ 09:00 12:00 15:00", True),
    (
        "19970902",
        "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
        "1997-09 2 @ 09:00 09:15 09:30 09:45 10:00 10:15",
        True,
    ),
    ("19970902", "FREQ=MINUTELY;INTERVAL=90;COUNT=4", "1997-09 2 @ 09:00 10:30 12:00 13:30", True),
    (
        "19970902",
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        "1997-09 2 3 4 @ " + " ".join(EVERY_20_MINUTES),
        False,
    ),
    (
        "19970902",
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
        "1997-09 2 3 4 @ " + " ".join(EVERY_20_MINUTES),
        False,
    ),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08 5 10 19 24", True),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08 5 17 19 31", True),
    ("20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01 15 30; 2007-02 15; 2007-03 15 30", True),
]


@pytest.mark.parametrize(("start", "rule", "expected", "finite"), EXAMPLES, ids=lambda value: str(value)[:60])
def test_an_example_of_the_rfc_gives_the_dates_that_it_lists(
    start: str, rule: str, expected: str, finite: bool
) -> None:
    """Each example of RFC 5545 §3.8.5.3, in its own zone, gives exactly the dates listed."""
    days, _, times = expected.partition("@")
    wanted = dates(days, times.split())
    exdate = "\nEXDATE;TZID=America/New_York:19970902T090000" if "BYMONTHDAY=13" in rule else ""
    recurrence = Recurrence.parse(f"DTSTART;TZID=America/New_York:{start}T090000\nRRULE:{rule}{exdate}")
    found: list[datetime] = []
    low = recurrence.start.date()
    while low <= wanted[-1].date() + timedelta(days=800 if finite else 0):
        high = low + timedelta(days=365)
        found += [when.replace(tzinfo=None) for when in recurrence.between(low, high)]
        low = high
    assert found[: len(wanted)] == wanted
    assert len(found) == len(wanted) or not finite
    assert recurrence.endless is not finite


def test_all_42_examples_are_here() -> None:
    """None of the RFC's examples is left out; the one with an erratum is here in both readings."""
    assert len(EXAMPLES) == 42 + 1
    assert date(1997, 9, 2).strftime("%a") == "Tue"
