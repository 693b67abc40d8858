"""Approval: S7, S8, S11, and what a request may and may not do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from innovationhub import Hub, Refused, Resize
from tests.audited import audited, codes_of, held, kind, names, noted, statuses, waits
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, crowd, people, weekly


def asked(make_hub: MakeHub, count: int = 3, capacity: int = 1) -> tuple[Hub, list[str]]:
    """A taster that asks for approval, and so many requests for it."""
    hub = audited(make_hub(types=[kind(capacity=capacity, approval=True)]))
    return hub, [hub.book(TASTER, person).id for person in crowd(hub, count)]


def test_a_request_holds_nothing(make_hub: MakeHub) -> None:
    """No seat, no time, no place in the queue: the person can hold another session at that time meanwhile."""
    types = [kind(approval=True), kind("forum")]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum")]))
    (ada,) = people(hub, "ada")
    request = hub.book(TASTER, ada)
    assert (request.status, request.sequence) == ("requested", 0)
    assert hub.session(TASTER).places["attendee"].left == 1
    assert waits(hub, TASTER) == []
    assert hub.book("forum@2026-12-01T10:00", ada).status == "confirmed"


def test_s7_three_approved_for_one_seat_one_by_one(make_hub: MakeHub) -> None:
    """One is confirmed, two wait in the order of their approval, whatever the order of their requests."""
    hub, (one, two, three) = asked(make_hub)
    assert hub.approve(two, actor="lead").status == "confirmed"
    assert hub.approve(three, actor="lead").status == "waitlisted"
    assert hub.approve(one, actor="lead").status == "waitlisted"
    assert held(hub, TASTER) == ["p1"]
    assert waits(hub, TASTER) == ["p2", "p0"]


def test_s7_three_approved_for_one_seat_at_once(make_hub: MakeHub) -> None:
    """In threads too: one is confirmed and two wait, never two in one seat."""
    for _ in range(5):
        hub = make_hub(types=[kind(approval=True)])
        requests = [hub.book(TASTER, person).id for person in crowd(hub, 3)]
        with ThreadPoolExecutor(3) as pool:
            answers = sorted(str(each.status) for each in pool.map(hub.approve, requests))
        assert answers == ["confirmed", "waitlisted", "waitlisted"]
        assert hub.audit() == []


def test_s8_an_approved_person_waits_and_is_promoted(make_hub: MakeHub) -> None:
    """Confirmed when a seat frees; approval is not asked for again."""
    hub, (one, two, _) = asked(make_hub)
    hub.approve(one)
    hub.approve(two)
    hub.cancel(one)
    assert statuses(hub, one, two) == ["cancelled", "confirmed"]
    assert names(hub, two) == ["booking.requested", "booking.waitlisted", "booking.promoted"]


def test_s11_capacity_raised_where_approval_is_asked_for(make_hub: MakeHub) -> None:
    """The unapproved stay unapproved; only who was approved and waits is promoted."""
    hub, (one, two, three) = asked(make_hub)
    hub.approve(one)
    hub.approve(two)
    hub.apply(hub.plan(Resize(TASTER, "attendee", None)))
    assert statuses(hub, one, two, three) == ["confirmed", "confirmed", "requested"]


def test_a_seat_that_frees_is_not_given_to_a_request(make_hub: MakeHub) -> None:
    """Who has not been approved is not in the queue, whatever becomes free."""
    hub, (one, two, _) = asked(make_hub)
    hub.approve(one)
    hub.cancel(one)
    assert statuses(hub, two) == ["requested"]
    assert hub.session(TASTER).places["attendee"].left == 1


def test_rejected_with_who_and_why(make_hub: MakeHub) -> None:
    """Declined; the reason is a note for the person and never in the journal, which says who did it."""
    hub, (one, two, _) = asked(make_hub)
    rejected = hub.reject(one, "Your team has a place already.", actor="lead")
    assert rejected.status == "declined"
    assert dict(hub.notes(one)) == {"rejected": "Your team has a place already."}
    entry = next(entry for entry in hub.journal() if entry.kind == "booking.rejected")
    assert entry.subject == one
    assert "team has" not in repr(entry)
    hub.approve(two, actor="lead")
    approved = next(
        entry for entry in hub.journal() if entry.subject == two and entry.kind != "booking.requested"
    )
    assert approved.actor == entry.actor


def test_what_waits_for_no_approval_cannot_be_approved(make_hub: MakeHub) -> None:
    """Approved, rejected and cancelled ones say how they stand: `not-active`."""
    hub, (one, two, three) = asked(make_hub)
    hub.approve(one)
    hub.reject(two, "no")
    hub.cancel(three)
    for booking, status in ((one, "confirmed"), (two, "declined"), (three, "cancelled")):
        for answer in (hub.approve, hub.reject):
            with pytest.raises(Refused) as refused:
                answer(booking)
            assert codes_of(refused) == ("not-active",)
            assert refused.value.reasons[0].facts["status"] == status


def test_one_who_got_busy_meanwhile_cannot_be_approved(make_hub: MakeHub) -> None:
    """The other place is named, and the request stands as it was."""
    types = [kind(approval=True), kind("forum")]
    hub = audited(make_hub(types=types, series=[weekly(), weekly("forum")]))
    (ada,) = people(hub, "ada")
    request = hub.book(TASTER, ada)
    other = hub.book("forum@2026-12-01T10:00", ada)
    with pytest.raises(Refused) as refused:
        hub.approve(request.id)
    assert codes_of(refused) == ("clash",)
    assert refused.value.reasons[0].facts["booking_id"] == other.id
    assert statuses(hub, request.id) == ["requested"]


def test_approval_of_a_full_session_without_a_queue(make_hub: MakeHub) -> None:
    """Is refused as full, and the request stands."""
    hub = audited(make_hub(types=[kind(approval=True, waitlist={"limit": 0})]))
    one, two = (hub.book(TASTER, person).id for person in crowd(hub, 2))
    hub.approve(one)
    with pytest.raises(Refused) as refused:
        hub.approve(two)
    assert codes_of(refused) == ("full",)
    assert statuses(hub, two) == ["requested"]


def test_a_group_is_approved_as_one(make_hub: MakeHub) -> None:
    """All of a group have a place, or all of them wait as one."""
    hub = audited(make_hub(types=[kind(capacity=3, approval=True)]))
    crowd(hub, 4)
    single = hub.book(TASTER, "p0")
    group = hub.book(TASTER, "p1", group=["p2", "p3"])
    assert set(group.people.values()) == {"requested"}
    hub.approve(single.id)
    assert hub.approve(group.id).status == "waitlisted"
    assert hub.session(TASTER).places["attendee"].waiting == 1
    hub.cancel(single.id)
    assert set(hub.booking(group.id).people.values()) == {"confirmed"}


def test_a_request_is_not_approved_once_it_has_started(make_hub: MakeHub, clock: Clock) -> None:
    """And when the register is closed it lapses."""
    hub, (one, _, _) = asked(make_hub)
    clock.pass_by(days=7, hours=1, minutes=5)
    with pytest.raises(Refused) as refused:
        hub.approve(one)
    assert codes_of(refused) == ("started",)
    hub.close_register(TASTER)
    assert statuses(hub, one) == ["lapsed"]
    assert noted(hub, "lapsed", one) == [one]


def test_who_was_asked_for_approval_is_not_let_in_at_the_door(make_hub: MakeHub, clock: Clock) -> None:
    """The door does not approve: refused, with what to do."""
    hub, (one, _, _) = asked(make_hub)
    clock.pass_by(days=7, hours=1)
    with pytest.raises(Refused) as refused:
        hub.check_in(TASTER, "p0")
    assert codes_of(refused) == ("not-eligible",)
    assert refused.value.reasons[0].remedies
    assert statuses(hub, one) == ["requested"]
