"""Slots within a session, as the whole hub sees them."""

from __future__ import annotations

from datetime import UTC, datetime

from innovationhub import Catalogue, Hub, Person, Recurrence, Role, Series, SessionType, Slots

CATALOGUE = Catalogue(
    session_types=(
        SessionType(
            "advice",
            "Advice",
            roles=(
                Role("attendee", capacity=5),
                Role("one-to-one", requires="attendee", slots=Slots(30, 2)),
            ),
        ),
    ),
    series=(Series("advice", "advice", Recurrence(datetime(2026, 12, 1, 14))),),
)


def test_a_slot_within_the_place_it_depends_on_is_no_overlap() -> None:
    """Whoever has a slot inside the session holds both, and the audit finds nothing amiss."""
    with Hub.open("memory:", clock=lambda: datetime(2026, 11, 24, 12, tzinfo=UTC)) as hub:
        hub.load_catalogue(CATALOGUE)
        hub.add_person(Person("p:1", "Ann"))
        hub.book("advice@2026-12-01T14:00", "p:1", role="attendee")
        slot = hub.book("advice@2026-12-01T14:00", "p:1", role="one-to-one")
        assert (slot.status, slot.slot) == ("confirmed", 1)
        assert hub.audit() == []
