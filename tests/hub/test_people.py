"""Ids and keys that are kept in memory: at the limit they are looked up again, and the answers stay right."""

from __future__ import annotations

import pytest

from innovationhub import NotFound
from innovationhub.hub import people as kept
from tests.conftest import MakeHub
from tests.support import TASTER, crowd, session_type


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", 3)


def test_more_people_than_are_kept_in_one_answer(make_hub: MakeHub) -> None:
    """Each booking has its own person's id, whatever of it is in memory and however often memory begins afresh."""
    hub = make_hub(types=[session_type(capacity=8)])
    persons = crowd(hub, 12)
    for person in persons:
        assert hub.book(TASTER, person).person_id == person
    for warm in (persons[0], persons[7], persons[11]):
        assert hub.person(warm).id == warm
        assert [booking.person_id for booking in hub.roster(TASTER)] == persons[:8]
        assert [booking.person_id for booking in hub.waitlist(TASTER)] == persons[8:]
    for person in persons:
        (booking,) = hub.bookings_of(person)
        assert booking.person_id == person
        assert list(booking.people) == [person]


def test_what_is_kept_stays_within_its_limit(make_hub: MakeHub) -> None:
    """A hub that everybody has been seen on holds no more than that in memory."""
    hub = make_hub(types=[session_type(capacity=20)])
    for person in crowd(hub, 20):
        hub.book(TASTER, person)
        hub.roster(TASTER)
        assert len(hub._people._keys) <= kept.KEPT
        assert len(hub._people._ids) <= kept.KEPT


def test_an_actor_is_the_same_key_before_and_after(make_hub: MakeHub) -> None:
    """A person who acts stands in the journal by one key, in memory or not; a stranger by one pseudonym."""
    hub = make_hub(types=[session_type(capacity=20)])
    persons = crowd(hub, 10)
    for person in persons:
        hub.book(TASTER, person, actor="p0")
    for person in persons:
        hub.cancel(hub.bookings_of(person)[0].id, actor="desk")
    by = {kind: {entry.actor for entry in hub.journal() if entry.kind == kind} for kind in KINDS}
    assert all(len(actors) == 1 for actors in by.values())
    assert by["booking.confirmed"] == {hub._people.key("p0")}


def test_a_stranger_is_still_not_found(make_hub: MakeHub) -> None:
    """Memory that began afresh knows nobody whom the hub does not know."""
    hub = make_hub()
    crowd(hub, 10)
    with pytest.raises(NotFound):
        hub.book(TASTER, "p10")


KINDS = ("booking.confirmed", "booking.cancelled")
