"""Figures that need more than one session: queues, coming again, staff groups, workshops, plugins, an old hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from innovationhub import (
    Catalogue,
    Hub,
    Person,
    PluginError,
    Recurrence,
    Role,
    SessionType,
    Table,
    WaitlistPolicy,
)
from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.deciding import Draft
from innovationhub.domain.records import Read, Rows
from innovationhub.domain.time import Span
from innovationhub.plugins import CORE_RECORDS, load
from tests.conftest import MakeHub
from tests.hub.counted import DECEMBER, SECOND, THIRD, column, held, row, until
from tests.plugins.wishing import Wishes
from tests.support import NOW, TASTER, Clock, crowd, people, session_type, weekly


def test_how_long_people_waited(make_hub: MakeHub, clock: Clock) -> None:
    """To the first offer or place, in hours; and what became of those who had none."""
    kind = SessionType(
        "taster",
        "Taster",
        60,
        roles=(Role(capacity=1),),
        waitlist=WaitlistPolicy(promote="offer", offer_hours=8),
    )
    hub = make_hub(types=[kind])
    people(hub, "ann", "ben", "cat", "dan", "eve")
    place = hub.book(TASTER, "ann")
    waiting = {person: hub.book(TASTER, person).id for person in ("ben", "cat", "dan", "eve")}
    clock.pass_by(hours=4)
    hub.cancel(place.id)
    clock.pass_by(hours=2)
    hub.decline(waiting["ben"])
    hub.cancel(waiting["dan"])
    hub.accept(waiting["cat"])
    until(clock, TASTER, minutes=1)
    assert row(hub, "waiting", "Taster") == (4, 2, 5.0, 6.0, 1, 0, 1)
    hub.close_register(TASTER)
    assert row(hub, "waiting", "All") == (4, 2, 5.0, 6.0, 1, 1, 0)


def test_the_queue_at_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """Who found it full waited for minutes, and walked in all the same."""
    hub = make_hub(types=[session_type(capacity=1, access="drop-in")])
    people(hub, "ann", "ben")
    hub.book(TASTER, "ann")
    until(clock, TASTER)
    hub.check_in(TASTER, "ann")
    hub.check_in(TASTER, "ben")
    clock.pass_by(minutes=30)
    hub.check_out(TASTER, "ann")
    hub.check_in(TASTER, "ben")
    assert row(hub, "attendance-by-type", "Taster") == (1, 0, 2, 1, 1, 0, 2.0)
    assert row(hub, "waiting", "Taster") == (1, 1, 0.5, 0.5, 0, 0, 0)
    # more came than there are seats, one after the other
    assert row(hub, "fill-rate", "Taster") == (1, 1, 2, 200.0, 2, 200.0)


def test_what_has_no_limit_is_not_filled(make_hub: MakeHub, clock: Clock) -> None:
    """It is left out, and that is said."""
    hub = make_hub(types=[session_type(capacity=None)])
    until(clock, SECOND, hours=1)
    table = hub.figures(*DECEMBER).table("fill-rate")
    assert table.rows == ()
    assert "left out: 2 times a role of a session" in table.note


def test_who_comes_again(hub: Hub, clock: Clock) -> None:
    """How often in the period, and whether they had come before it."""
    people(hub, "ann", "ben")
    for session in (TASTER, SECOND, THIRD):
        held(hub, clock, session, ["ann"])
    until(clock, THIRD)
    hub.check_in(THIRD.replace("12-15", "12-22"), "ben")
    until(clock, "taster@2026-12-22T10:00")
    assert row(hub, "repeat-attendance", "3 to 5 times") == (1, 1, 0)
    assert row(hub, "repeat-attendance", "Once") == (1, 1, 0)
    week = (date(2026, 12, 15), date(2026, 12, 16))
    assert row(hub, "repeat-attendance", "All", week) == (1, 0, 1)


def test_somebody_with_much_behind_them_is_still_known(make_hub: MakeHub, clock: Clock) -> None:
    """Whoever came once, and then only apologised for many dates, had come before."""
    kind = SessionType("circle", "Circle", 60, "register", roles=(Role(capacity=3),))
    daily = Recurrence.parse("DTSTART;TZID=Europe/London:20261201T100000\nRRULE:FREQ=DAILY")
    series = weekly("circle").__class__("circle", "circle", daily)
    hub = make_hub(types=[kind], series=[series])
    people(hub, "ann")
    hub.register("circle", "ann")
    held(hub, clock, "circle@2026-12-01T10:00", ["ann"])
    for day in range(2, 20):
        hub.apologise(f"circle@2026-12-{day:02}T10:00", "ann")
    held(hub, clock, "circle@2026-12-20T10:00", ["ann"])
    assert row(hub, "repeat-attendance", "All", (date(2026, 12, 20), date(2026, 12, 21))) == (1, 0, 1)


def in_groups(hub: Hub, groups: Mapping[str, int]) -> list[str]:
    """So many people of each group; several groups are apart by spaces."""
    names = []
    for group, number in groups.items():
        for each in range(number):
            names.append(f"{group.replace(' ', '-') or 'none'}-{each}")
            hub.add_person(Person(names[-1], groups=tuple(group.split())))
    return names


def test_staff_groups(make_hub: MakeHub, clock: Clock) -> None:
    """Who is in two counts in both; headcounts and who is in none are not known; all are counted once."""
    hub = make_hub(types=[session_type(capacity=50)])
    came = in_groups(hub, {"nursing": 5, "nursing research": 6, "": 7})
    until(clock, TASTER)
    hub.headcount(TASTER, 4)
    held(hub, clock, TASTER, came)
    held(hub, clock, SECOND, came[:1])
    assert hub.figures(*DECEMBER).table("attendance-by-group").lines == (
        ("nursing", 11, 12),
        ("research", 6, 6),
        ("Not known", 7, 11),
        ("All", 18, 23),
    )


def test_small_groups_are_not_shown(make_hub: MakeHub, clock: Clock) -> None:
    """Neither how many they are nor how often they came, nor what would tell it; in CSV it is a star."""
    hub = make_hub(types=[session_type(capacity=50)])
    held(hub, clock, TASTER, in_groups(hub, {"estates": 8, "nursing": 9, "pharmacy": 4, "research": 9}))
    assert hub.figures(*DECEMBER).csv("attendance-by-group").splitlines() == [
        *("Group,People,Came", "estates,8,8", "nursing,9,9", "pharmacy,*,*", "research,*,*"),
        *("Not known,0,0", "All,30,30"),
    ]


def test_who_was_erased_still_counts(make_hub: MakeHub, clock: Clock) -> None:
    """In every table as before, but for the group: that is not known any more."""
    hub = make_hub(types=[session_type(capacity=50)])
    came = in_groups(hub, {"nursing": 12})
    held(hub, clock, TASTER, came[:10])
    before = hub.figures(*DECEMBER).tables
    for person in came[:5]:
        hub.erase_person(person)
    after = hub.figures(*DECEMBER).tables
    group = "attendance-by-group"
    assert {key: table for key, table in after.items() if key != group} == {
        key: table for key, table in before.items() if key != group
    }
    assert after[group].rows == (("nursing", 5, 5), ("Not known", 5, 5))
    assert row(hub, "repeat-attendance", "All") == (10, 10, 0)


def test_they_name_nobody(make_hub: MakeHub, clock: Clock) -> None:
    """No id, name, address or opaque key is in any table, and making them adds nothing to the journal."""
    hub = make_hub(types=[session_type(capacity=50)])
    came = crowd(hub, 6, "quillfeather")
    held(hub, clock, TASTER, came)
    before = hub.journal()
    figures = hub.figures(*DECEMBER)
    text = "".join(figures.csv(key) for key in figures.tables)
    keys = {str(entry.facts["person"]) for entry in before if "person" in entry.facts}
    assert keys
    assert not any(word in text.lower() for word in ("quillfeather", *keys))
    assert hub.journal() == before


def test_two_types_of_one_title_are_told_apart(make_hub: MakeHub, clock: Clock) -> None:
    """By their keys."""
    types = [SessionType(key, "Taster", 60, roles=(Role(capacity=2),)) for key in ("a", "b")]
    hub = make_hub(types=types, series=[weekly("a"), weekly("b")])
    until(clock, TASTER)
    assert list(column(hub, "attendance-by-type", "Sessions")) == ["Taster (a)", "Taster (b)", "All"]


def test_workshops_by_stage(make_hub: MakeHub, clock: Clock) -> None:
    """Reached, left, and days in it, within the period; and how many stand there at its end, whatever came later."""
    request = SessionType("bespoke", "Bespoke", 60, "request", roles=(Role(capacity=20),))
    hub = make_hub(types=[request], series=[])
    people(hub, "ann", "ben", "fac")
    clock.now = datetime(2026, 11, 28, 9, tzinfo=UTC)
    one, two = (hub.request_workshop(who, "A problem").id for who in ("ann", "ben"))
    clock.now = datetime(2026, 12, 3, 9, tzinfo=UTC)
    hub.acknowledge_workshop(one, "fac", reply_by=clock.now + timedelta(days=30))
    clock.pass_by(days=1)
    # another promise is no other stage
    hub.acknowledge_workshop(one, "fac", reply_by=clock.now + timedelta(days=40))
    clock.pass_by(days=1, hours=12)
    hub.design_workshop(one, aims="To see the whole")
    clock.now = datetime(2027, 1, 2, 9, tzinfo=UTC)
    hub.decline_workshop(two, "Not ours")
    assert row(hub, "workshops", "Requested") == (0, 1, 5.0, 5.0, 1)
    assert row(hub, "workshops", "Acknowledged") == (1, 1, 2.5, 2.5, 0)
    assert row(hub, "workshops", "Designed") == (1, 0, "", "", 1)
    assert row(hub, "workshops", "Declined") == (0, 0, "", "", "")
    january = (date(2027, 1, 1), date(2027, 2, 1))
    assert row(hub, "workshops", "Declined", january) == (1, 0, "", "", "")
    assert row(hub, "workshops", "Requested", january) == (0, 1, 35.0, 35.0, 0)


def test_the_dates_of_a_workshop_are_counted(make_hub: MakeHub, clock: Clock) -> None:
    """Though the calendar shows them to their team alone."""
    request = SessionType("bespoke", "Bespoke", 60, "request", roles=(Role(capacity=20),))
    hub = make_hub(types=[request], series=[])
    people(hub, "ann", "ben", "fac")
    made = hub.request_workshop("ann", "A problem", people=["ben"])
    hub.acknowledge_workshop(made.id, "fac", reply_by=NOW + timedelta(days=90))
    hub.design_workshop(made.id, aims="To see the whole")
    (session,) = hub.schedule_workshop(made.id, Recurrence.once(datetime(2026, 12, 9, 13))).sessions
    held(hub, clock, session.id, ["ann", "ben"])
    assert row(hub, "attendance-by-type", "Bespoke") == (1, 0, 2, 2, 0, 0, 2.0)


class Telling(Wishes):
    """A keeper with tables of its own."""

    def __init__(self, *tables: Table) -> None:
        super().__init__()
        self.tables = tables

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        if not self.tables:
            raise RuntimeError(f"{draft.now}: Quillfeather")
        return [
            *self.tables,
            Table("span", "The span", ("Starts", "Ends"), ((str(span.starts), str(span.ends)),)),
        ]


def test_plugins_add_tables_of_their_own(make_hub: MakeHub) -> None:
    """Of the same period, behind the hub's own."""
    wishes = Table("wishes", "Wishes", ("State", "Wishes"), (("made", 3),))
    hub = make_hub(plugins=[Telling(wishes)])
    found = hub.figures(date(2026, 8, 1), date(2026, 9, 1))
    assert list(found.tables)[-2:] == ["wishes", "span"]
    assert found.csv("wishes") == "State,Wishes\r\nmade,3\r\n"
    assert found.table("span").rows == (("2026-07-31 23:00:00+00:00", "2026-08-31 23:00:00+00:00"),)


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ([], "raised RuntimeError"),
        ([Table("waiting", "Mine", ("A", "B"))], "there is one of that key already"),
    ],
)
def test_a_plugin_that_fails_is_named(make_hub: MakeHub, tables: list[Table], why: str) -> None:
    """And what it raised is not repeated."""
    hub = make_hub(plugins=[Telling(*tables)])
    with pytest.raises(PluginError, match=why) as caught:
        hub.figures(*DECEMBER)
    assert caught.value.plugin == "wishes"
    assert "Quillfeather" not in str(caught.value)


class Counted(MemoryStore):
    """Counts the rows that are read."""

    rows = 0

    def read(self, request: Read) -> Rows:
        found = super().read(request)
        self.rows += len(found.keys) + sum(len(each.rows) for each in found.ranges.values())
        return found


def test_a_month_takes_no_longer_in_an_old_hub() -> None:
    """As many rows are read of a week after half a year as after two."""
    store, clock = Counted(CORE_RECORDS), Clock()
    hub = Hub(store, load(discover=False), clock)
    hub.load_catalogue(Catalogue(None, (session_type(capacity=8),), (weekly(),)))
    came = crowd(hub, 6)
    read = []
    day = date(2026, 12, 1)
    for week in range(60):
        session = f"taster@{day + timedelta(weeks=week)}T10:00"
        clock.now = datetime.fromisoformat(session.partition("@")[2]).replace(tzinfo=UTC)
        for person in came:
            hub.check_in(session, person)
        if week in {20, 59}:
            store.rows = 0
            hub.figures(day + timedelta(weeks=week), day + timedelta(weeks=week, days=1))
            read.append(store.rows)
    assert read[0] == read[1] > 12
