"""A real CalDAV server takes the feed and gives it back: Radicale, asked by the `caldav` client.

The client expands what it is given. Radicale (3.9.0) can do so itself, but goes on in UTC from the first date, so that
after a change of the clocks its answer is an hour off; it is not asked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from caldav.davclient import DAVClient
from icalendar import Calendar

from innovationhub import CallOff, Close, Hub, HubSettings, Move, Recurrence, Reschedule, Series
from innovationhub_icalendar.feeds import public_feed
from on_icalendar.reading_back import Instance, instant, recurs, wanted
from on_icalendar.server import radicale
from tests.support import session_type, small_hub, weekly

Shelf = Any
"""A calendar of the client's, whose methods may all be asynchronous to a type checker."""

START, END = date(2026, 10, 1), date(2027, 12, 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale(tmp_path_factory.mktemp("radicale")) as address:
        yield address


@pytest.fixture
def shelf(server: str, request: pytest.FixtureRequest) -> Iterator[Shelf]:
    """An empty calendar on the server."""
    # a server that asks nobody who they are still wants a name
    with DAVClient(server, username="hub", password="any") as client:  # noqa: S106
        principal: Any = client.principal()  # type: ignore[no-untyped-call]  # as that library has it
        yield principal.make_calendar(name="Hub", cal_id=request.node.name)


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Over both changes of the clocks: closed days skipped and shifted, one moved, one called off, a rule edited."""
    mondays = Recurrence.weekly(datetime(2026, 10, 5, 9))
    with small_hub(
        hub=HubSettings(closures=("england-bank-holidays",)),
        types=[session_type(), session_type("kept"), session_type("once")],
        series=[
            weekly("taster", "2026-10-06T10:00"),
            Series("skipped", "kept", mondays, "Hall"),
            Series("kept", "kept", mondays, "Hall", closed="shift"),
            Series("once", "once", Recurrence.once(datetime(2026, 12, 3, 14))),
        ],
    ) as made:
        made.apply(made.plan(CallOff("taster@2026-12-01T10:00")))
        made.apply(made.plan(Move("taster@2026-12-08T10:00", starts=datetime(2026, 12, 9, 15, tzinfo=UTC))))
        made.apply(made.plan(Close(date(2027, 2, 1), date(2027, 2, 3), "Away days")))
        edited = Recurrence.fortnightly(datetime(2027, 4, 15, 15))
        made.apply(made.plan(Reschedule("taster", datetime(2027, 4, 6), edited)))
        yield made


def put(shelf: Shelf, hub: Hub) -> int:
    """Put the hub's feed on the server: an object for each UID (RFC 4791 §4.1); how many there are."""
    whole = Calendar.from_ical(public_feed(hub).body)
    uids = {str(each["UID"]) for each in whole.walk("VEVENT")}
    for uid in uids:
        one = Calendar()
        one.add("version", "2.0")
        one.add("prodid", str(whole["PRODID"]))
        for each in whole.subcomponents:
            if each.name == "VTIMEZONE" or str(each["UID"]) == uid:
                one.add_component(each)
        shelf.save_event(one.to_ical().decode())
    return len(uids)


def got(shelf: Shelf) -> list[Instance]:
    """Every instance that the client finds on the server between the feed's ends."""
    low, high = (datetime(each.year, each.month, each.day, tzinfo=UTC) for each in (START, END))
    found = shelf.search(start=low, end=high, event=True, expand=True)
    return sorted(
        (
            str(each["UID"]),
            instant(each["RECURRENCE-ID"].dt) if recurs(each) else "",
            instant(each["DTSTART"].dt),
            instant(each["DTEND"].dt),
            str(each["STATUS"]),
        )
        for one in found
        for each in one.icalendar_instance.walk("VEVENT")
    )


def test_what_a_server_gives_back_is_the_hubs_calendar(shelf: Shelf, hub: Hub) -> None:
    """Every session at its instant, with its identity and its status; an object for each series."""
    assert put(shelf, hub) == 4
    assert got(shelf) == wanted(hub, hub.calendar(START, END))
    assert len(shelf.get_events()) == 4


def test_what_changes_is_updated_and_not_doubled(shelf: Shelf, hub: Hub) -> None:
    """The same UIDs again: a session that is moved is the same entry elsewhere."""
    put(shelf, hub)
    before = got(shelf)
    hub.apply(hub.plan(Move("once@2026-12-03T14:00", starts=datetime(2026, 12, 4, 9, tzinfo=UTC))))
    hub.apply(hub.plan(CallOff("skipped@2027-06-07T09:00")))
    put(shelf, hub)
    after = got(shelf)
    assert after == wanted(hub, hub.calendar(START, END))
    assert [each[:2] for each in after] == [each[:2] for each in before]
    assert len(set(after) - set(before)) == 2
