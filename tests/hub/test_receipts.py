"""The same request, the same answer, for ever (invariant 5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from innovationhub import Catalogue, Hub, Invalid, NotFound, Person, Refused, Unavailable
from innovationhub.plugins import CORE_RECORDS, load
from tests.conftest import MakeHub
from tests.hub.stopping import Stopping
from tests.support import TASTER, Clock, people, session_type, small_hub, weekly


def test_an_answer_is_given_again_as_it_was_at_first(hub: Hub) -> None:
    """Whatever has happened since: the booking was cancelled, and the request that made it says confirmed."""
    (ada,) = people(hub, "ada")
    first = hub.book(TASTER, ada, request_id="r1")
    cancelled = hub.cancel(first.id, request_id="r2")
    assert hub.book(TASTER, ada, request_id="r1") == first
    assert hub.cancel(first.id, request_id="r2") == cancelled
    assert hub.booking(first.id).status == "cancelled"


def test_it_outlives_the_process(tmp_path: Path) -> None:
    """The receipt is in the file, not in memory."""
    with small_hub(tmp_path / "hub.db") as hub:
        first = hub.book(TASTER, *people(hub, "ada"), request_id="r1")
    with small_hub(tmp_path / "hub.db") as hub:
        assert hub.book(TASTER, "ada", request_id="r1") == first


def test_a_refusal_is_kept_too(make_hub: MakeHub) -> None:
    """Equal reasons and alternatives, although by now the session has room."""
    hub = make_hub(types=[session_type(capacity=1, limit=0)])
    ada, bob = people(hub, "ada", "bob")
    first = hub.book(TASTER, ada)
    with pytest.raises(Refused) as refused:
        hub.book(TASTER, bob, request_id="r1")
    hub.cancel(first.id)
    with pytest.raises(Refused) as again:
        hub.book(TASTER, bob, request_id="r1")
    assert again.value.refusal == refused.value.refusal
    assert refused.value.alternatives
    assert hub.book(TASTER, bob, request_id="r2").status == "confirmed"


@pytest.mark.parametrize("other", [{"person": "bob"}, {"session": "taster@2026-12-08T10:00"}, {"note": "x"}])
def test_the_same_id_with_other_arguments_is_a_mistake(hub: Hub, other: dict[str, str]) -> None:
    """The error names `request_id`, and nothing is done."""
    ada, _ = people(hub, "ada", "bob")
    hub.book(TASTER, ada, request_id="r1")
    entries = len(hub.journal())
    with pytest.raises(Invalid) as invalid:
        hub.book(
            other.get("session", TASTER),
            other.get("person", "ada"),
            note=other.get("note", ""),
            request_id="r1",
        )
    assert invalid.value.field == "request_id"
    assert len(hub.journal()) == entries


def test_the_same_id_for_another_command_is_a_mistake(hub: Hub) -> None:
    """The scope of an id is the hub, not one kind of command."""
    (ada,) = people(hub, "ada")
    booked = hub.book(TASTER, ada, request_id="r1")
    with pytest.raises(Invalid, match="request_id"):
        hub.cancel(booked.id, request_id="r1")


def test_what_the_caller_got_wrong_is_not_kept(hub: Hub) -> None:
    """An unknown person is added and the same request then succeeds."""
    with pytest.raises(NotFound):
        hub.book(TASTER, "ada", request_id="r1")
    people(hub, "ada")
    assert hub.book(TASTER, "ada", request_id="r1").status == "confirmed"


def test_a_replayed_request_writes_nothing(hub: Hub) -> None:
    """Neither an entry nor a row: the store's position stays where it was."""
    (ada,) = people(hub, "ada")
    hub.book(TASTER, ada, request_id="r1")
    entries = hub.journal()
    for _ in range(3):
        hub.book(TASTER, ada, request_id="r1")
    assert hub.journal() == entries


def test_every_command_takes_a_request_id(hub: Hub, clock: Clock) -> None:
    """People, checking in and closing the register too."""
    hub.add_person(Person("ada"), request_id="p")
    hub.add_person(Person("ada"), request_id="p")
    clock.now = hub.session(TASTER).starts
    there = hub.check_in(TASTER, "ada", request_id="c")
    assert hub.check_in(TASTER, "ada", request_id="c") == there
    assert hub.close_register(TASTER, request_id="x") == hub.close_register(TASTER, request_id="x") == []


def stopping_hub() -> tuple[Hub, Stopping]:
    """A hub that knows ada, on a store that can be made to fail."""
    store = Stopping(CORE_RECORDS)
    hub = Hub(store, load(discover=False), Clock())
    hub.load_catalogue(Catalogue(None, (session_type(),), (weekly(),)))
    people(hub, "ada")
    return hub, store


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("request_id", ["mine", None])
def test_an_answer_that_is_lost_with_the_store_stays_unknown(request_id: str | None, *, done: bool) -> None:
    """Whether the commit is on disk cannot be told while nothing can be read: the caller is told that, and the id.

    Asking again with it, when the store is back, answers and acts once, whichever it was.
    """
    hub, store = stopping_hub()
    store.left, store.fades, store.lost, store.dropped = 0, True, done, not done
    with pytest.raises(Unavailable) as unavailable:
        hub.book(TASTER, "ada", request_id=request_id)
    assert not unavailable.value.outcome_known
    request = unavailable.value.request_id
    assert request
    assert request_id in (None, request)
    store.back()
    assert len(hub.bookings_of("ada")) == done
    booking = hub.book(TASTER, "ada", request_id=request)
    assert hub.bookings_of("ada") == [booking]
    assert hub.book(TASTER, "ada", request_id=request) == booking
    assert [entry.kind for entry in hub.journal()].count("booking.confirmed") == 1


def test_an_answer_that_is_done_and_cannot_be_shown_is_unknown() -> None:
    """It is on disk, and the store went before the people in it could be looked up: not "nothing was changed"."""
    hub, store = stopping_hub()
    booked = hub.book(TASTER, "ada")
    other = Hub(store, load(discover=False), Clock())  # which has seen nobody yet
    store.fades = True
    with pytest.raises(Unavailable) as unavailable:
        other.cancel(booked.id, request_id="mine")
    assert (unavailable.value.outcome_known, unavailable.value.request_id) == (False, "mine")
    store.back()
    assert hub.booking(booked.id).status == "cancelled"
    assert other.cancel(booked.id, request_id="mine") == hub.booking(booked.id)
