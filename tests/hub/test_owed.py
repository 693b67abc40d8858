"""What a commit could not get through is recorded as owed, and gone on with: by the calling method, then by `tick`."""

from __future__ import annotations

import pytest

from innovationhub import Catalogue, Hub, Unavailable
from innovationhub.builtin.memory import MemoryStore
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit
from tests.support import TASTER, Clock, crowd, session_type, weekly


class Stopping(MemoryStore):
    """A store that can be made to fail after so many more commits, with a known or an unknown outcome."""

    left: int | None = None
    lost = False

    def commit(self, commit: Commit) -> int:
        if self.left == 0 and not self.lost:
            raise Unavailable("out of reach")
        position = super().commit(commit)
        if self.left == 0:
            raise Unavailable("the answer was lost", outcome_known=False)
        if self.left is not None:
            self.left -= 1
        return position


def hub_with_a_long_walk() -> tuple[Hub, Stopping, str]:
    """One seat, and a queue of which the first forty hold an overlapping place: a walk of two commits."""
    store = Stopping(CORE_RECORDS)
    hub = Hub(store, load(discover=False), Clock())
    types = (session_type(capacity=1), session_type("forum", 100))
    hub.load_catalogue(Catalogue(None, types, (weekly(), weekly("forum", "2026-12-01T10:30"))))
    persons = crowd(hub, 42)
    seated = hub.book(TASTER, persons[0])
    for person in persons[1:]:
        hub.book(TASTER, person)
    for person in persons[1:41]:
        hub.book("forum@2026-12-01T10:30", person)
    return hub, store, seated.id


def test_a_method_that_could_not_go_on_still_tells_that_it_is_done() -> None:
    """The cancellation is on disk, so it is answered; what is owed is in the roster, and newcomers queue behind it."""
    hub, store, seated = hub_with_a_long_walk()
    store.left = 1
    assert hub.cancel(seated).status == "cancelled"
    store.left = None
    assert not hub.session(TASTER).places["attendee"].open
    (newcomer,) = crowd(hub, 1, "new")
    assert hub.book(TASTER, newcomer).status == "waitlisted"
    assert hub.audit() == []
    assert [booking.person_id for booking in hub.roster(TASTER)] == ["p41"]


def test_tick_goes_on_where_the_method_stopped() -> None:
    """The next in line who can come is seated by the tick alone."""
    hub, store, seated = hub_with_a_long_walk()
    store.left = 1
    hub.cancel(seated)
    assert hub.roster(TASTER) == []
    store.left = 0
    assert not hub.tick().complete
    store.left = None
    assert hub.tick().complete
    assert [booking.person_id for booking in hub.roster(TASTER)] == ["p41"]
    assert hub.tick().rosters == 0
    assert hub.audit() == []


def test_a_lost_answer_is_found_by_its_receipt() -> None:
    """The store did it and could not say so: the hub looks, finds that it happened, and answers."""
    hub, store, _ = hub_with_a_long_walk()
    (person,) = crowd(hub, 1, "new")
    store.left, store.lost = 0, True
    booking = hub.book("taster@2026-12-08T10:00", person, request_id="mine")
    store.left = None
    assert hub.booking(booking.id) == booking
    assert hub.book("taster@2026-12-08T10:00", person, request_id="mine") == booking


def test_a_failure_carries_the_id_to_ask_again_with() -> None:
    """Also where the caller chose none: the hub minted one, and with it the command acts at most once."""
    hub, store, _ = hub_with_a_long_walk()
    (person,) = crowd(hub, 1, "new")
    store.left = 0
    with pytest.raises(Unavailable) as unavailable:
        hub.book("taster@2026-12-08T10:00", person)
    assert unavailable.value.outcome_known
    request = unavailable.value.request_id
    assert request
    store.left = None
    booking = hub.book("taster@2026-12-08T10:00", person, request_id=request)
    assert hub.book("taster@2026-12-08T10:00", person, request_id=request) == booking
