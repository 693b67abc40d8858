"""What a commit could not get through is recorded as owed, and gone on with: by the calling method, then by `tick`."""

from __future__ import annotations

import pytest

from innovationhub import Catalogue, Hub, Role, Unavailable
from innovationhub.domain.records import Key, Read
from innovationhub.domain.schedule import SessionRow
from innovationhub.plugins import CORE_RECORDS, load
from tests.hub.stopping import Stopping, hub_with_a_long_walk
from tests.support import TASTER, Clock, crowd, session_type, weekly


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
    with pytest.raises(Unavailable):
        hub.tick()
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


def test_a_commit_that_was_lost_on_the_way_is_known_not_to_have_happened() -> None:
    """The store could not say, and there is no receipt: so nothing was changed, and the caller is told that."""
    hub, store, _ = hub_with_a_long_walk()
    (person,) = crowd(hub, 1, "new")
    store.left, store.dropped = 0, True
    with pytest.raises(Unavailable, match="nothing was changed") as unavailable:
        hub.book("taster@2026-12-08T10:00", person, request_id="mine")
    assert unavailable.value.outcome_known
    store.left = None
    assert hub.bookings_of(person) == []


def test_the_session_guards_the_set_of_its_rosters() -> None:
    """The first booking of a second role moves the version that a closing register relies on."""
    roles = [Role("showcase", capacity=3), Role("visitor")]
    store = Stopping(CORE_RECORDS)
    hub = Hub(store, load(discover=False), Clock())
    hub.load_catalogue(Catalogue(None, (session_type(roles=roles),), (weekly(),)))
    key = Key(SessionRow, (TASTER,))
    versions = []
    for person, role in zip(crowd(hub, 3), ("showcase", "visitor", "visitor"), strict=True):
        hub.book(TASTER, person, role=role)
        row = store.read(Read((key,))).keys[key]
        versions.append(row and row.version)
    assert versions[0] != versions[1] == versions[2]


def test_a_register_that_was_half_closed_is_finished_by_tick() -> None:
    """Closed is closed from the first commit on; a tick that fails says so, and a later one settles the rest."""
    store, clock = Stopping(CORE_RECORDS), Clock()
    hub = Hub(store, load(discover=False), clock)
    hub.load_catalogue(Catalogue(None, (session_type(capacity=250),), (weekly(),)))
    for person in crowd(hub, 250):
        hub.book(TASTER, person)
    clock.now = hub.session(TASTER).starts
    store.left = 1
    with pytest.raises(Unavailable):
        hub.close_register(TASTER)
    assert hub.session(TASTER).status == "closed"
    with pytest.raises(Unavailable):
        hub.tick()
    store.left = None
    while not hub.tick().complete:
        assert hub.audit() == []
    assert {booking.status for booking in hub.roster(TASTER)} == {"absent"}
    assert hub.audit() == []
