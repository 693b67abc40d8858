"""What the machines found, each as a short test of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import attrs
import pytest

from innovationhub import (
    Apologies,
    CallOff,
    End,
    Hub,
    Move,
    Refused,
    Reinstate,
    Role,
    SessionType,
    WaitlistPolicy,
)
from innovationhub.plugins import load
from tests.conftest import MakeHub
from tests.support import ONLY_BUILT_IN, TASTER, Clock, people, session_type, small_hub, weekly


def test_the_common_rules_ship_with_the_library() -> None:
    """A session type can name the common rules without any plugin being installed."""
    assert {"at-most-a-month", "audience", "one-at-a-time"} <= set(load(discover=False).rules)


def test_who_was_there_already_goes_along_when_a_session_moves(make_hub: MakeHub, clock: Clock) -> None:
    """A line of one who checked in early says where the session is now; audit compares the two."""
    hub = make_hub()
    [ann] = people(hub, "ann")
    hub.check_in(TASTER, ann)
    hub.apply(hub.plan(Move(TASTER, hub.session(TASTER).starts + timedelta(hours=1))))
    assert [each.status for each in hub.bookings_of(ann)] == ["attended"]


def test_a_party_is_looked_at_with_its_rules_in_one_tick(make_hub: MakeHub) -> None:
    """However many trips a party and its rules take, a look at the queue comes to an end."""
    hub = make_hub(types=[attrs.evolve(session_type(capacity=2), rules=("at-most-a-month:1",))])
    ann, ben, cat = people(hub, "ann", "ben", "cat")
    hub.book(TASTER, ann)
    waits = hub.book(TASTER, ben, group=[cat])
    assert hub.tick().complete
    hub.cancel(hub.bookings_of(ann)[0].id)
    assert hub.booking(waits.id).status == "confirmed"


def test_who_joins_a_set_on_the_day_has_no_seat_on_a_date_that_has_begun(
    make_hub: MakeHub, clock: Clock
) -> None:
    """A guest sits in the seat for today's date; who registers after its start is excepted from it."""
    set_ = attrs.evolve(session_type("taster", 2, access="register"), apologies=Apologies.LEND)
    hub = make_hub(types=[set_])
    ann, ben, cat = people(hub, "ann", "ben", "cat")
    hub.register("taster", ann)
    hub.book(TASTER, ben)
    clock.now = hub.session(TASTER).starts + timedelta(minutes=5)
    hub.register("taster", cat)
    assert hub.session(TASTER).places["attendee"].held == 2


def test_of_a_party_two_leave_one_after_the_other_each_with_a_reason(make_hub: MakeHub) -> None:
    """The second reason takes the place of the first: it does not keep the second from leaving."""
    hub = make_hub(types=[session_type(capacity=3)])
    ann, ben, cat = people(hub, "ann", "ben", "cat")
    booking = hub.book(TASTER, ann, group=[ben, cat])
    hub.cancel(booking.id, person_id=ben, reason="ill")
    hub.cancel(booking.id, person_id=cat, reason="on leave")
    assert hub.notes(booking.id)["cancelled"] == "on leave"


def test_a_session_is_called_off_a_second_time(make_hub: MakeHub) -> None:
    """Called off, reinstated, called off: the second reason takes the place of the first."""
    hub = make_hub()
    for change in (CallOff(TASTER, "ill"), Reinstate(TASTER), CallOff(TASTER, "no room")):
        hub.apply(hub.plan(change))
    assert hub.session(TASTER).status == "called-off"


def test_a_request_goes_along_when_its_session_moves(make_hub: MakeHub) -> None:
    """Where nobody has a place yet, those who asked for one are told of a move all the same."""
    hub = make_hub(types=[attrs.evolve(session_type(), approval=True)])
    [ann] = people(hub, "ann")
    hub.book(TASTER, ann)
    plan = hub.plan(Move(TASTER, hub.session(TASTER).starts + timedelta(hours=1)))
    assert [each.person_id for each in plan.messages] == [ann]
    hub.apply(plan)


def test_who_takes_over_a_registration_is_excepted_where_it_was(make_hub: MakeHub) -> None:
    """A seat that was lent to a guest before a registration was made is not there for whoever takes it over."""
    hub = make_hub(
        types=[attrs.evolve(session_type("taster", 1, access="register"), apologies=Apologies.LEND)]
    )
    ann, ben, cat = people(hub, "ann", "ben", "cat")
    hub.book(TASTER, ann)
    hub.substitute(hub.register("taster", ben).id, cat)
    assert [each.person_id for each in hub.roster(TASTER)] == [ann]


def test_a_first_booking_while_a_series_is_ended_is_not_left_behind(make_hub: MakeHub) -> None:
    """Somebody books a date between the planning of its end and the end: the plan is stale."""
    hub = make_hub()
    [ann] = people(hub, "ann")
    plan = hub.plan(End("taster", datetime(2026, 12, 8)))
    hub.book("taster@2026-12-08T10:00", ann)
    with pytest.raises(Refused, match="moved"):
        hub.apply(plan)


def test_of_a_party_whoever_is_there_keeps_the_place(make_hub: MakeHub) -> None:
    """Who is on the register can be neither cancelled nor replaced; the others of the party can leave still."""
    hub = make_hub(types=[session_type(capacity=3)])
    ann, ben, cat = people(hub, "ann", "ben", "cat")
    party = hub.book(TASTER, ann, group=[ben])
    hub.check_in(TASTER, ann)
    with pytest.raises(Refused, match="on the register"):
        hub.cancel(party.id)
    with pytest.raises(Refused, match="on the register"):
        hub.cancel(party.id, person_id=ann)
    with pytest.raises(Refused, match="on the register"):
        hub.substitute(party.id, cat)
    hub.cancel(party.id, person_id=ben)
    places = hub.session(TASTER).places["attendee"]
    assert (places.came, places.held) == (1, 1)
    assert hub.booking(party.id).status == "attended"


def test_of_a_party_with_an_offer_one_comes(make_hub: MakeHub, clock: Clock) -> None:
    """Whoever of a party checks in takes what it was offered: it does not lapse under them."""
    policy = WaitlistPolicy(promote="offer", offer_hours=4)
    hub = make_hub(types=[attrs.evolve(session_type(capacity=2), waitlist=policy)])
    ann, ben, cat, dan = people(hub, "ann", "ben", "cat", "dan")
    first = hub.book(TASTER, ann, group=[ben])
    second = hub.book(TASTER, cat, group=[dan])
    hub.cancel(first.id)
    hub.check_in(TASTER, cat)
    clock.pass_by(days=2)
    hub.tick()
    assert hub.booking(second.id).people == {cat: "attended", dan: "confirmed"}


def test_a_place_and_what_depends_on_it_do_not_clash(make_hub: MakeHub) -> None:
    """Somebody who is there as a visitor and as a guide is in one place, and audit knows."""
    roles = [Role("visitor", capacity=2), Role("guide", capacity=1, requires="visitor")]
    hub = make_hub(types=[session_type(roles=roles)])
    [ann] = people(hub, "ann")
    hub.book(TASTER, ann)
    assert hub.book(TASTER, ann, role="guide").status == "confirmed"


def _set(make_hub: MakeHub, capacity: int, *others: SessionType) -> Hub:
    """A set with so many seats that lends those of apologies, and other types on the same weekday at the same time."""
    set_ = attrs.evolve(session_type("taster", capacity, access="register"), apologies=Apologies.LEND)
    return make_hub(types=[set_, *others], series=[weekly(each.key) for each in (set_, *others)])


def test_who_leaves_a_set_frees_a_seat_on_each_date(make_hub: MakeHub) -> None:
    """Nobody waits for the set, and a guest waits for one date: the guest has the seat of whoever left."""
    hub = _set(make_hub, 1)
    ann, ben = people(hub, "ann", "ben")
    registration, guest = hub.register("taster", ann), hub.book(TASTER, ben)
    hub.cancel(registration.id)
    assert hub.booking(guest.id).status == "confirmed"


def test_an_apology_is_not_taken_back_into_two_places_at_once(make_hub: MakeHub, clock: Clock) -> None:
    """Somebody gave up a date and booked something else at its time: they have to give that up first."""
    hub = _set(make_hub, 2, session_type("forum"))
    [ann] = people(hub, "ann")
    hub.register("taster", ann)
    hub.apologise(TASTER, ann)
    hub.book(TASTER.replace("taster", "forum"), ann)
    with pytest.raises(Refused, match="overlaps"):
        hub.unapologise(TASTER, ann)
    with pytest.raises(Refused, match="overlaps"):
        hub.check_in(TASTER, ann)


def test_who_took_an_apology_back_comes_in_although_it_is_full(make_hub: MakeHub) -> None:
    """An apology that was taken back leaves the seat with whoever is registered, and the door knows."""
    hub = _set(make_hub, 1)
    [ann] = people(hub, "ann")
    hub.register("taster", ann)
    hub.apologise(TASTER, ann)
    hub.unapologise(TASTER, ann)
    assert hub.check_in(TASTER, ann).status == "attended"


def test_registering_twice_is_one_reason(make_hub: MakeHub) -> None:
    """Whoever is registered is told so; the dates of their own registration are no clash."""
    hub = _set(make_hub, 2)
    [ann] = people(hub, "ann")
    hub.register("taster", ann)
    with pytest.raises(Refused) as refused:
        hub.register("taster", ann)
    assert refused.value.codes == ("already-booked",)


def test_who_waits_for_a_date_and_joins_the_set_is_excepted_from_it_and_waits_on(make_hub: MakeHub) -> None:
    """One may be excepted from a date and wait for it as a guest: that is not being booked twice."""
    hub = _set(make_hub, 1)
    ann, ben = people(hub, "ann", "ben")
    hub.book(TASTER, ann)
    waits = hub.book(TASTER, ben)
    hub.register("taster", ben)
    assert hub.booking(waits.id).status == "waitlisted"
    assert [each.person_id for each in hub.roster(TASTER)] == [ann]


def test_a_tick_knows_what_another_process_has_loaded(tmp_path: Path, clock: Clock) -> None:
    """A hub that was opened before the catalogue was loaded keeps house like any other."""
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    with Hub.open(url, clock=clock, settings=ONLY_BUILT_IN) as early, small_hub(url, clock=clock) as hub:
        hub.book(TASTER, *people(hub, "ann"))
        assert early.tick().complete


def test_who_was_checked_in_has_the_time_of_a_session_that_is_called_off(make_hub: MakeHub) -> None:
    """They can be somewhere else at that time, also when the session is reinstated after all."""
    hub = make_hub(
        types=[session_type(), session_type("forum")], series=[weekly(), weekly("forum", "2026-12-01T10:30")]
    )
    [ann] = people(hub, "ann")
    hub.check_in(TASTER, ann)
    hub.apply(hub.plan(CallOff(TASTER, "ill")))
    assert hub.book("forum@2026-12-01T10:30", ann).status == "confirmed"
    assert hub.audit() == []
    hub.apply(hub.plan(Reinstate(TASTER)))
    assert hub.audit() == []
