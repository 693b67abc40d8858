"""The JSON: the shape that `docs/calendars.md` promises."""

from __future__ import annotations

import json
from datetime import date

import pytest

from innovationhub import Hub, NotFound
from innovationhub_icalendar import windows
from innovationhub_icalendar.listings import listing
from on_icalendar.conftest import MakeHub
from on_icalendar.programme import TASTER, full_hub


def test_the_listing_as_json(make_hub: MakeHub) -> None:
    """Every field of a session and of a type, and nothing about people."""
    made = listing(
        full_hub(make_hub), end=date(2026, 12, 6), book_link="https://hub.example/?s={id}"
    ).as_json()
    assert json.loads(json.dumps(made)) == made
    assert {name: made[name] for name in ("version", "hub", "from", "to", "complete", "told")} == {
        "version": 1,
        "hub": {"name": "Innovation Hub", "timezone": "Europe/London"},
        "from": "2026-11-24",
        "to": "2026-12-05",
        "complete": True,
        "told": [],
    }
    assert made["sessions"][0] == {
        "id": TASTER,
        "series": "taster",
        "type": "taster",
        "title": "Taster",
        "starts": "2026-12-01T10:00:00+00:00",
        "ends": "2026-12-01T11:00:00+00:00",
        "venue": "Room 1",
        "status": "scheduled",
        "bookable": True,
        "link": "https://hub.example/?s=taster%402026-12-01T10%3A00",
        "places": [
            {"key": "attendee", "title": "", "capacity": 2, "left": 0, "waiting": 1, "open": False},
        ],
    }
    market = made["sessions"][-1]
    assert [(each["key"], each["left"]) for each in market["places"]] == [("showcase", 3), ("visitor", None)]
    types = {each["key"]: each for each in made["types"]}
    assert set(types) == {"taster", "small", "drop-in", "circle", "market", "made"}
    assert types["market"] == {
        "key": "market",
        "title": "Market",
        "description": "A marketplace.\nBring a friend.",
        "minutes": [120],
        "access": "book",
        "how": "Book a place",
        "audience": "Everybody who improves something",
        "link": None,
    }
    assert types["made"]["link"] == "https://hub.example/?s=made"
    assert "Team Away" not in json.dumps(made)


def test_a_persons_own(make_hub: MakeHub) -> None:
    """What they have booked, private sessions too, and how they stand in each; nothing else that is on."""
    hub = full_hub(make_hub)
    made = listing(hub, person="ann", end=date(2026, 12, 6)).as_json()
    mine = {each["id"]: each["mine"] for each in made["sessions"]}
    assert TASTER not in mine
    assert None not in mine.values()
    booking = hub.bookings_of("ann")[0]
    assert mine["small@2026-12-02T09:00"] == {
        "booking": booking.id,
        "role": "attendee",
        "status": "confirmed",
    }
    assert "team@2026-12-04T09:00" in mine
    assert made["sessions"][0]["link"] is None


def test_the_window_of_a_listing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """This month and two more; what is asked for; cut where it is too much."""
    made = listing(hub).as_json()
    assert (made["from"], made["to"], len(made["sessions"])) == ("2026-11-24", "2027-01-31", 9)
    later = listing(hub, start=date(2027, 3, 5)).as_json()
    assert (later["from"], later["to"]) == ("2027-03-05", "2028-03-31")
    monkeypatch.setattr(windows, "MOST_SESSIONS", 2)
    cut = listing(hub).as_json()
    assert (cut["complete"], len(cut["sessions"]), len(cut["told"])) == (False, 2, 1)
    with pytest.raises(NotFound):
        listing(hub, person="nobody")
    with pytest.raises(NotFound):
        listing(hub, types=["nothing"])
