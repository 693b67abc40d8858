"""Explain in each state, and amend: Q8."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from innovationhub import CallOff, Hub, Invalid, NotFound
from tests.audited import audited, kind, names, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, session_type, weekly


def said(hub: Hub, booking: str) -> list[str]:
    explained = hub.explain(booking)
    assert explained.reasons
    assert all(reason.sentence for reason in explained.reasons)
    return [reason.code for reason in explained.reasons]


def test_a_sentence_for_each_state(make_hub: MakeHub, clock: Clock) -> None:
    """Requested, confirmed, waiting, offered, declined, lapsed, cancelled, attended, absent: each says what it is."""
    hub = audited(make_hub(types=[kind(capacity=2, approval=True, waitlist={"promote": "offer"})]))
    ids = [hub.book(TASTER, person).id for person in crowd(hub, 9)]
    assert said(hub, ids[0]) == ["requested"]
    for booking in ids[:7]:
        hub.approve(booking)
    hub.reject(ids[7], "No")
    assert said(hub, ids[7]) == ["declined"]
    assert said(hub, ids[0]) == ["confirmed"]
    assert said(hub, ids[2]) == ["full"]
    hub.cancel(ids[0])
    assert said(hub, ids[0]) == ["cancelled"]
    assert said(hub, ids[2]) == ["offered"]
    hub.decline(ids[2])
    assert said(hub, ids[2]) == ["declined"]
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    hub.check_in(TASTER, "p1")
    hub.tick()
    assert said(hub, ids[1]) == ["attended"]
    assert "closed" in said(hub, ids[4])
    hub.close_register(TASTER)
    assert said(hub, ids[4]) == ["lapsed"]
    assert {str(hub.booking(id).status) for id in ids} >= {"attended", "lapsed", "declined", "cancelled"}


def test_absent(make_hub: MakeHub, clock: Clock) -> None:
    """Had a place and was not there."""
    hub = audited(make_hub())
    booking = hub.book(TASTER, crowd(hub, 1)[0]).id
    clock.now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    hub.close_register(TASTER)
    assert said(hub, booking) == ["absent"]


def test_place_and_who_is_ahead_by_category(make_hub: MakeHub, clock: Clock) -> None:
    """Counted by category, and nobody is named: not their id, not their name."""
    hub = audited(make_hub(types=[kind(capacity=3, waitlist={"groups": "fill", "promote": "offer"})]))
    crowd(hub, 10)
    seated = hub.book(TASTER, "p0", group=["p1", "p2"])
    hub.book(TASTER, "p3", group=["p4", "p5"])
    single = hub.book(TASTER, "p6")
    last = hub.book(TASTER, "p7")
    hub.cancel(seated.id, person_id="p1")
    assert statuses(hub, single.id) == ["offered"]
    explained = hub.explain(last.id)
    assert (explained.place, sum(explained.ahead.values())) == (2, 1)
    assert explained.ahead["passed over"] == 1
    clock.pass_by(hours=9)
    hub.tick()
    after = hub.explain(last.id)
    assert after.status == "offered"
    assert "p3" not in repr(explained)
    assert "Name of" not in repr(explained)


def test_remedies_name_another_date_with_room(make_hub: MakeHub) -> None:
    """Whoever waits is told of the next sessions that would do."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    one, two = crowd(hub, 2)
    hub.book(TASTER, one)
    explained = hub.explain(hub.book(TASTER, two).id)
    assert any("taster@2026-12-08T10:00" in remedy for remedy in explained.remedies)


def test_each_time_a_seat_went_past(make_hub: MakeHub) -> None:
    """One entry for each change of the reason, with when and why."""
    hub = audited(make_hub(types=[kind(capacity=3)]))
    crowd(hub, 8)
    seated = hub.book(TASTER, "p0", group=["p1", "p2"])
    party = hub.book(TASTER, "p3", group=["p4", "p5"])
    hub.cancel(seated.id, person_id="p1")
    hub.cancel(seated.id, person_id="p2")
    (passed,) = hub.explain(party.id).passed
    assert (passed.code, passed.at) == ("held-back", hub.now())


def test_called_off(make_hub: MakeHub) -> None:
    """A booking of a session that is off is cancelled, and can be explained."""
    hub = audited(make_hub())
    booking = hub.book(TASTER, crowd(hub, 1)[0]).id
    hub.apply(hub.plan(CallOff(TASTER)))
    assert said(hub, booking) == ["cancelled"]


def test_a_registration_is_explained_too(make_hub: MakeHub) -> None:
    """In the queue for a set as for a session."""
    hub = audited(make_hub(types=[kind("set", 1, access="register")], series=[weekly("set")]))
    one, two = crowd(hub, 2)
    first, second = hub.register("set", one), hub.register("set", two)
    assert said(hub, first.id) == ["confirmed"]
    explained = hub.explain(second.id)
    assert (explained.place, [reason.code for reason in explained.reasons]) == (1, ["full"])


def test_q8_an_entry_is_edited(make_hub: MakeHub) -> None:
    """A note, what is shown: the place does not move, and the text is not in the journal."""
    hub = audited(make_hub(types=[kind(capacity=1)]))
    bookings = [hub.book(TASTER, person, note="first").id for person in crowd(hub, 4)]
    before = hub.booking(bookings[1])
    amended = hub.amend(bookings[1], note="a new phone number", shows="a poster")
    assert amended == before
    assert waits(hub, TASTER) == ["p1", "p2", "p3"]
    assert dict(hub.notes(bookings[1])) == {"booked": "a new phone number", "shows": "a poster"}
    assert names(hub, bookings[1])[-1] == "booking.amended"
    assert "phone" not in repr(list(hub.journal()))
    hub.cancel(bookings[0])
    assert statuses(hub, *bookings[1:]) == ["confirmed", "waitlisted", "waitlisted"]


def test_a_note_is_removed_and_left_alone(make_hub: MakeHub) -> None:
    """Empty removes it, None leaves it as it is."""
    hub = audited(make_hub())
    (ada,) = people(hub, "ada")
    booking = hub.book(TASTER, ada, note="step-free", shows="a board").id
    hub.amend(booking, note="")
    assert dict(hub.notes(booking)) == {"shows": "a board"}
    with pytest.raises(NotFound):
        hub.amend("nothing", note="x")
    with pytest.raises(Invalid, match="note"):
        hub.amend(booking, note=5)  # type: ignore[arg-type]


def test_people_are_named_by_their_own_ids(make_hub: MakeHub) -> None:
    """The key under which the hub keeps somebody is nobody's business."""
    hub = make_hub(
        types=[session_type(capacity=1), session_type("forum", 1)],
        series=[weekly(), weekly("forum", "2026-12-01T10:30")],
    )
    ada, bob, cem = people(hub, "ada", "bob", "cem")
    here, there = hub.book(TASTER, ada), hub.book("forum@2026-12-01T10:30", bob)
    waits = hub.book(TASTER, cem)
    hub.book("forum@2026-12-01T10:30", cem)
    hub.cancel(there.id)
    hub.cancel(here.id)
    (reason,) = hub.explain(waits.id).reasons
    assert (reason.code, reason.facts["person_id"], "person" in reason.facts) == ("clash", "cem", False)
