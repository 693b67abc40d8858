"""What the machines found, each as a short test of its own."""

from __future__ import annotations

from datetime import timedelta

import attrs

from innovationhub import Apologies, Move
from innovationhub.plugins import load
from tests.conftest import MakeHub
from tests.support import TASTER, Clock, people, session_type


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
