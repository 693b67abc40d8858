"""What is held about somebody can be had, can be erased, and is forgotten in time (invariant 10)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from innovationhub import BookingPolicy, BookingStatus, Hub, HubSettings, NotFound, Person, Retention
from innovationhub.domain.diary import Diary
from innovationhub.domain.people import Note, PersonRow
from innovationhub.domain.records import key_of
from innovationhub.protocols.channel import Never, Sent
from innovationhub.protocols.store import Commit
from tests.conftest import MakeHub
from tests.courier.post import POST, Post
from tests.support import TASTER, Clock, people, session_type, small_hub

NAME = "Zebedee-Quillfeather"


def with_a_secret(hub: Hub) -> None:
    """Somebody whose name, address and words can be looked for."""
    hub.add_person(Person("esr:77", NAME, f"{NAME}@nhs.example", groups=["nursing"]))


def counts(hub: Hub) -> list[object]:
    """Seats, queues and their order, by booking and without people."""
    view = hub.session(TASTER)
    queue = [(booking.id, booking.sequence) for booking in hub.waitlist(TASTER)]
    return [view.places, queue]


def test_export_gives_all_that_is_held(make_hub: MakeHub) -> None:
    """Who they are, their bookings in every state, what was noted, and what the journal says of them."""
    hub = make_hub()
    people(hub, "bob")
    with_a_secret(hub)
    kept = hub.book(TASTER, "esr:77", note="I bring a problem")
    gone = hub.book("taster@2026-12-08T10:00", "bob", group=["esr:77"])
    hub.cancel(gone.id, reason="I am ill")
    data = hub.export_person("esr:77")
    assert data.person.name == NAME
    assert data.complete
    assert {booking.id for booking in data.bookings} == {kept.id, gone.id}
    assert data.notes == {kept.id: {"booked": "I bring a problem"}, gone.id: {"cancelled": "I am ill"}}
    kinds = [entry.kind for entry in data.entries]
    assert kinds == ["person.added", "booking.confirmed", "booking.confirmed", "booking.cancelled"]
    assert data.key in {str(entry.facts["person"]) for entry in data.entries if "person" in entry.facts}
    with pytest.raises(NotFound):
        hub.export_person("nobody")


def test_erasing_gives_places_on_and_keeps_counts_and_order(make_hub: MakeHub) -> None:
    """Their places to come go to whoever waits; the past stays as numbers, the order of queues as it was."""
    clock = Clock()
    hub = make_hub(clock=clock, types=[session_type(capacity=1)])
    with_a_secret(hub)
    people(hub, "ada", "bob", "cyd")
    clock.now += timedelta(days=7, hours=1)
    hub.check_in("taster@2026-12-01T10:00", "esr:77")
    held = hub.book("taster@2026-12-08T10:00", "esr:77")
    next_one = hub.book("taster@2026-12-08T10:00", "ada")
    waits = hub.book("taster@2026-12-15T10:00", "bob")
    first = hub.book("taster@2026-12-15T10:00", "esr:77", note=NAME)
    behind = hub.book("taster@2026-12-15T10:00", "cyd")
    before = counts(hub)
    hub.erase_person("esr:77", request_id="erase-1")
    assert counts(hub) == before
    assert hub.booking(held.id).status is BookingStatus.CANCELLED
    assert hub.booking(first.id).status is BookingStatus.CANCELLED
    assert hub.booking(next_one.id).status is BookingStatus.CONFIRMED
    assert hub.booking(waits.id).status is BookingStatus.CONFIRMED
    assert [booking.id for booking in hub.waitlist("taster@2026-12-15T10:00")] == [behind.id]
    assert hub.session("taster@2026-12-01T10:00").places["attendee"].came == 1
    assert hub.notes(first.id) == {}
    assert hub.audit() == []
    with pytest.raises(NotFound):
        hub.person("esr:77")
    hub.erase_person("esr:77", request_id="erase-1")
    with pytest.raises(NotFound):
        hub.erase_person("esr:77")
    hub.close_register("taster@2026-12-01T10:00")
    assert hub.audit() == []


def test_a_place_within_the_cut_off_is_given_on_too(make_hub: MakeHub) -> None:
    """Erasing does not wait for a cut-off: the place goes on as long as the session has not begun."""
    clock = Clock()
    kind = session_type(capacity=1, booking=BookingPolicy(cancel_hours=48))
    hub = make_hub(clock=clock, types=[kind])
    with_a_secret(hub)
    people(hub, "ada")
    held, waits = hub.book(TASTER, "esr:77"), hub.book(TASTER, "ada")
    clock.pass_by(days=6, hours=20)
    hub.erase_person("esr:77")
    assert hub.booking(held.id).status is BookingStatus.CANCELLED
    assert hub.booking(waits.id).status is BookingStatus.CONFIRMED
    assert hub.audit() == []


def test_of_a_group_only_the_erased_one_leaves(make_hub: MakeHub) -> None:
    """The others keep their places, led by the next of them."""
    hub = make_hub(types=[session_type(capacity=4)])
    with_a_secret(hub)
    people(hub, "ada", "bob")
    booking = hub.book(TASTER, "esr:77", group=["ada", "bob"], note=f"{NAME} and friends")
    hub.erase_person("esr:77")
    after = hub.booking(booking.id)
    assert after.status is BookingStatus.CONFIRMED
    assert after.person_id == "ada"
    assert hub.session(TASTER).places["attendee"].held == 2
    assert hub.notes(booking.id) == {}
    assert hub.audit() == []


def test_nothing_personal_stays_in_the_file(tmp_path: Path) -> None:
    """Not in a table, not in a free page, not in the log beside the file."""
    hub = small_hub(tmp_path / "hub.db")
    with_a_secret(hub)
    booking = hub.book(TASTER, "esr:77", note=f"{NAME} has a problem")
    hub.amend(booking.id, note=f"{NAME} has another problem")
    found = [path for path in tmp_path.iterdir() if NAME.encode() in path.read_bytes()]
    assert found, "it is there before it is erased"
    hub.erase_person("esr:77", actor="esr:77")
    left = [path.name for path in tmp_path.iterdir() if NAME.encode() in path.read_bytes()]
    assert left == []
    assert b"esr:77" not in (tmp_path / "hub.db").read_bytes()
    hub.close()


def old_hub(make_hub: MakeHub, clock: Clock, retention: Retention) -> Hub:
    """A hub that keeps what is personal for so long."""
    return make_hub(clock=clock, hub=HubSettings(retention=retention))


def test_texts_are_forgotten_in_time(make_hub: MakeHub) -> None:
    """`tick` deletes what was noted about sessions that have been for as long as the hub keeps it, and no younger."""
    clock = Clock()
    hub = old_hub(make_hub, clock, Retention(notes_days=30))
    people(hub, "ada")
    old = hub.book(TASTER, "ada", note="old")
    clock.pass_by(days=20)
    young = hub.book("taster@2026-12-29T10:00", "ada", note="young")
    assert hub.tick().erased == 0
    clock.pass_by(days=25)
    report = hub.tick()
    assert report.complete
    assert hub.notes(old.id) == {}
    assert hub.notes(young.id) == {"booked": "young"}
    clock.pass_by(days=25)
    hub.tick()
    assert hub.notes(young.id) == {}


def test_people_are_forgotten_in_time(make_hub: MakeHub) -> None:
    """Who has been nowhere for so long is erased; who has a place to come or came lately is not."""
    clock = Clock()
    hub = old_hub(make_hub, clock, Retention(people_days=60))
    people(hub, "ada", "bob", "cyd")
    hub.book(TASTER, "ada")
    clock.pass_by(days=50)
    hub.book("taster@2027-02-02T10:00", "bob")
    hub.tick()
    assert hub.person("cyd").name
    clock.pass_by(days=15)
    assert hub.tick(limit=1).complete is False
    while not hub.tick(limit=1).complete:
        pass
    with pytest.raises(NotFound):
        hub.person("cyd")
    assert hub.person("ada").name, "their session was less than sixty days ago"
    assert hub.person("bob").name
    clock.pass_by(days=10)
    hub.tick()
    with pytest.raises(NotFound):
        hub.person("ada")
    assert hub.audit() == []


@pytest.mark.parametrize("kept", ["record", "diary", "text"])
def test_audit_finds_what_is_kept_of_whoever_was_erased(kept: str) -> None:
    """As from a backup that was laid over, or a plugin that writes behind the hub's back."""
    with small_hub() as hub:
        people(hub, "ada")
        booking = hub.book(TASTER, "ada", note="On crutches.")
        key = hub.export_person("ada").key
        hub.erase_person("ada")
        assert hub.audit() == []
        row = {
            "record": PersonRow("ada", key, "Ada", "", "", hub.now()),
            "diary": Diary(key),
            "text": Note(booking.id, "booked", "On crutches."),
        }[kept]
        hub._store.commit(Commit({key_of(row): None}, (row,)))
        assert (10, "not-erased") in [(each.invariant, each.code) for each in hub.audit()]


def test_what_a_party_writes_after_one_of_them_was_erased_is_its_own(make_hub: MakeHub) -> None:
    """Those who stayed may note something: audit takes it for theirs."""
    hub = make_hub(types=[session_type(capacity=5)])
    ada, bob = people(hub, "ada", "bob")
    booking = hub.book(TASTER, ada, group=[bob])
    hub.erase_person("ada")
    hub.amend(booking.id, note="One of us uses a wheelchair.")
    assert hub.audit() == []


def test_nothing_of_messages_names_whoever_was_erased(tmp_path: Path) -> None:
    """Sent, failed and dropped: what is left of them in the file is ids."""
    post = Post(lambda message: Never(f"550 {message.to.email}: no {message.to.name} here"))
    file = tmp_path / "hub.db"
    with small_hub(file, plugins=[post], settings=POST) as hub:
        with_a_secret(hub)
        booking = hub.book(TASTER, "esr:77")
        hub.tick()
        hub.cancel(booking.id)
        post.answers = lambda message: Sent()
        hub.tick()
        assert hub.export_person("esr:77").messages
        hub.erase_person("esr:77")
        assert hub.audit() == []
    assert NAME.encode() not in file.read_bytes()
