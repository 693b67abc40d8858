"""A hub that is opened with the address: what people get, and what their calendars make of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from innovationhub import (
    Access,
    Apologies,
    CallOff,
    Catalogue,
    Hub,
    HubSettings,
    Move,
    Person,
    Recurrence,
    Reschedule,
    Role,
    Series,
    SessionType,
    Settings,
)
from innovationhub.domain.time import utc, zone
from innovationhub.testing import FakeClock
from on_smtp.conftest import plain
from on_smtp.readers import OwnCalendar
from on_smtp.server import MailServer

FIRST = "taster@2026-12-01T10:00"
LONDON = zone("Europe/London")
LOW, HIGH = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=LONDON)  # type: ignore[misc, arg-type]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def hub(server: MailServer, clock: FakeClock) -> Iterator[Hub]:
    settings = Settings(channels=(plain(server),))
    with Hub.open("memory:", clock=clock, settings=settings) as made:
        kinds = (
            SessionType("taster", "CQI Taster Session", roles=(Role(capacity=1),)),
            SessionType(
                "set",
                "Learning Set",
                access=Access.REGISTER,
                roles=(Role(capacity=5),),
                apologies=Apologies.KEEP,
            ),
        )
        series = (
            Series(
                "taster", "taster", Recurrence.weekly(datetime(2026, 12, 1, 10), count=6), venue="The Hub"
            ),
            Series("set", "set", Recurrence.weekly(datetime(2026, 12, 3, 14), count=4), venue="Room 2"),
        )
        made.load_catalogue(Catalogue(HubSettings(contact="hub@trust.example"), kinds, series))
        for name in ("ada", "bob"):
            made.add_person(Person(name, name.title(), f"{name}@trust.example"))
        yield made
        assert made.audit() == []


def ticked(hub: Hub, server: MailServer, name: str, own: OwnCalendar) -> list[str]:
    """Let messages go out; the subjects of what somebody got, and their calendar does what they say."""
    before = len(server.delivered)
    for _ in range(50):
        if hub.tick().complete:
            break
    subjects = []
    for each in server.delivered[before:]:
        if each.to != f"{name}@trust.example":
            continue
        subjects.append(str(each.parsed["Subject"]))
        for part in each.parsed.walk():
            if part.get_content_type() == "text/calendar":
                own.take(Calendar.from_ical(part.get_content()))
    return subjects


def test_a_place_is_in_the_calendar_moves_with_its_session_and_goes(hub: Hub, server: MailServer) -> None:
    """One entry from the first to the last: confirmed, moved, cancelled; whoever is promoted has it then."""
    ada, bob = OwnCalendar(), OwnCalendar()
    booking = hub.book(FIRST, "ada")
    hub.book(FIRST, "bob")
    assert len(ticked(hub, server, "ada", ada)) == 1
    assert ada.starts(LOW, HIGH) == [utc(at(2026, 12, 1, 10))]
    mail = next(each for each in server.delivered if each.to == "ada@trust.example").parsed
    assert mail["From"].addresses[0].addr_spec == "hub@trust.example"
    assert mail["Reply-To"] == "hub@trust.example"
    hub.apply(hub.plan(Move(FIRST, at(2026, 12, 2, 15))))
    assert len(ticked(hub, server, "ada", ada)) == 1
    assert ada.starts(LOW, HIGH) == [utc(at(2026, 12, 2, 15))]
    assert len(ada.events) == 1
    hub.cancel(booking.id)
    count = len(server.delivered)
    assert len(ticked(hub, server, "ada", ada)) == 1
    assert ada.starts(LOW, HIGH) == []
    for each in server.delivered[count:]:
        if each.to == "bob@trust.example":
            (part,) = (part for part in each.parsed.walk() if part.get_content_type() == "text/calendar")
            bob.take(Calendar.from_ical(part.get_content()))
    assert bob.starts(LOW, HIGH) == [utc(at(2026, 12, 2, 15))]


def test_a_registration_is_a_series_in_the_calendar(hub: Hub, server: MailServer) -> None:
    """A date that is called off goes, one with an apology too; the others stay."""
    own = OwnCalendar()
    registered = hub.register("set", "ada")
    ticked(hub, server, "ada", own)
    dates = [at(2026, 12, day, 14) for day in (3, 10, 17, 24)]
    assert own.starts(LOW, HIGH) == [utc(each) for each in dates]
    hub.apologise("set@2026-12-10T14:00", "ada")
    ticked(hub, server, "ada", own)
    assert own.starts(LOW, HIGH) == [utc(each) for each in dates if each.day != 10]
    hub.apply(hub.plan(CallOff("set@2026-12-17T14:00", "Room is flooded")))
    ticked(hub, server, "ada", own)
    assert own.starts(LOW, HIGH) == [utc(each) for each in dates if each.day not in {10, 17}]
    hub.cancel(registered.id)
    ticked(hub, server, "ada", own)
    assert own.starts(LOW, HIGH) == []


def test_a_series_with_new_dates_takes_the_place_of_the_old_one(hub: Hub, server: MailServer) -> None:
    """What was moved and apologised for before stays so; no old date is left, and none is there twice."""
    own = OwnCalendar()
    registered = hub.register("set", "ada")
    ticked(hub, server, "ada", own)
    hub.apologise("set@2026-12-10T14:00", "ada")
    later = Recurrence.weekly(datetime(2026, 12, 18, 11), count=3)
    hub.apply(hub.plan(Reschedule("set", datetime(2026, 12, 17, 14), later)))
    ticked(hub, server, "ada", own)
    wanted = [at(2026, 12, 3, 14), at(2026, 12, 18, 11), at(2026, 12, 25, 11), at(2027, 1, 1, 11)]
    assert own.starts(LOW, HIGH) == [utc(each) for each in wanted]
    hub.cancel(registered.id)
    ticked(hub, server, "ada", own)
    assert own.starts(LOW, HIGH) == []


def test_while_the_server_is_away_nothing_is_lost(hub: Hub, server: MailServer, clock: FakeClock) -> None:
    """What could not be sent goes out when it is there again, once."""
    own = OwnCalendar()
    server.faults.mail = "451 4.3.0 out of order"
    hub.book(FIRST, "ada")
    assert ticked(hub, server, "ada", own) == []
    server.faults.mail = ""
    clock.advance(hours=2)
    assert len(ticked(hub, server, "ada", own)) == 1
    assert own.starts(LOW, HIGH) == [utc(at(2026, 12, 1, 10))]
    assert len([each for each in server.delivered if each.to == "ada@trust.example"]) == 1
