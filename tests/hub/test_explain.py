"""Explain: place, who is ahead by category and never by name, what would help."""

from __future__ import annotations

import pytest

from innovationhub import Hub, NotFound
from tests.conftest import MakeHub
from tests.support import TASTER, crowd, people, session_type, weekly

FORUM = "forum@2026-12-01T10:30"


def test_a_place_in_the_queue(hub: Hub) -> None:
    """From 1, and as people leave it moves up."""
    bookings = [hub.book(TASTER, person) for person in crowd(hub, 6)]
    last = bookings[-1]
    assert hub.explain(last.id).place == 4
    assert hub.explain(last.id).ahead == {"waiting": 3, "passed over": 0}
    hub.cancel(bookings[3].id)
    assert hub.explain(last.id).place == 3


def test_who_is_ahead_is_told_by_category(make_hub: MakeHub) -> None:
    """Those passed over for now still come first, and are counted by themselves; no name is told."""
    hub = make_hub(
        types=[session_type(capacity=1), session_type("forum", 9)],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )
    ada, bob, cem, dee = people(hub, "ada", "bob", "cem", "dee")
    seated = hub.book(TASTER, ada)
    hub.book(TASTER, bob)
    hub.book(FORUM, bob)
    hub.book(TASTER, cem)
    last = hub.book(TASTER, dee)
    hub.cancel(seated.id)
    explained = hub.explain(last.id)
    assert (explained.place, explained.ahead) == (2, {"waiting": 0, "passed over": 1})
    assert "bob" not in repr(explained)


def test_what_would_help(hub: Hub) -> None:
    """The next dates with room are among the remedies."""
    bookings = [hub.book(TASTER, person) for person in crowd(hub, 3)]
    explained = hub.explain(bookings[-1].id)
    assert [reason.code for reason in explained.reasons] == ["full"]
    assert any("taster@2026-12-08T10:00" in remedy for remedy in explained.remedies)


def test_a_booking_that_has_a_place_or_has_ended(hub: Hub) -> None:
    """Has no place in a queue, and says where it stands."""
    (ada,) = people(hub, "ada")
    booked = hub.book(TASTER, ada)
    assert (hub.explain(booked.id).place, hub.explain(booked.id).status) == (None, "confirmed")
    hub.cancel(booked.id)
    assert [reason.code for reason in hub.explain(booked.id).reasons] == ["cancelled"]


def test_there_is_no_such_booking(hub: Hub) -> None:
    """An unknown booking is `NotFound`, as everywhere."""
    with pytest.raises(NotFound):
        hub.explain("nothing")
