"""Registration for a series: one place on every date, apologies, guests, late joiners, leaving, its register."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from innovationhub import Hub, Invalid, NotFound, Recurrence, Refused, Series
from tests.audited import audited, codes_of, held, kind, names, noted, statuses, waits
from tests.conftest import MakeHub
from tests.support import Clock, people, weekly

FIRST, SECOND, THIRD = (f"set@2026-12-{day:02}T10:00" for day in (1, 8, 15))


def learning_set(make_hub: MakeHub, capacity: int = 2, **options: Any) -> Hub:
    """An action learning set of so many seats every Tuesday, and a forum that overlaps it."""
    types = [kind("set", capacity, access="register", **options), kind("forum", 9)]
    hub = audited(make_hub(types=types, series=[weekly("set"), weekly("forum", "2026-12-01T10:30")]))
    people(hub, "ada", "bob", "cem", "dee", "eve")
    return hub


def test_one_registration_every_date(make_hub: MakeHub) -> None:
    """One booking without a date; a seat on each date; on every date's roster."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    assert (registration.status, registration.session_id, registration.series_id) == (
        "confirmed",
        None,
        "set",
    )
    for session in (FIRST, SECOND, THIRD):
        places = hub.session(session).places["attendee"]
        assert (places.held, places.left) == (1, 1)
        assert held(hub, session) == ["ada"]
    assert held(hub, "set") == ["ada"]
    views = hub.calendar(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 9, tzinfo=UTC), types=["set"])
    assert [view.places["attendee"].held for view in views] == [1, 1]


def test_registering_twice(make_hub: MakeHub) -> None:
    """Is refused, `already-booked`, with the registration that there is."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    with pytest.raises(Refused) as refused:
        hub.register("set", "ada")
    assert codes_of(refused) == ("already-booked",)
    assert refused.value.reasons[0].facts["booking_id"] == registration.id


def test_what_one_registers_for_is_not_booked_by_date_and_the_other_way_round(make_hub: MakeHub) -> None:
    """Each says what to do instead."""
    hub = learning_set(make_hub)
    with pytest.raises(Refused) as refused:
        hub.book(FIRST, "ada")
    assert codes_of(refused) == ("not-eligible",)
    assert "set" in refused.value.reasons[0].remedies[0]
    with pytest.raises(Invalid, match="series_id"):
        hub.register("forum", "ada")
    with pytest.raises(NotFound):
        hub.register("nothing", "ada")


def test_the_series_has_a_queue(make_hub: MakeHub) -> None:
    """Full: one waits; leaving gives the place to who is next, on every date."""
    hub = learning_set(make_hub)
    first, second, third = (hub.register("set", person) for person in ("ada", "bob", "cem"))
    assert (third.status, waits(hub, "set")) == ("waitlisted", ["cem"])
    hub.cancel(first.id)
    assert statuses(hub, first.id, second.id, third.id) == ["cancelled", "confirmed", "confirmed"]
    assert held(hub, SECOND) == ["bob", "cem"]
    assert hub.explain(third.id).status == "confirmed"


def test_the_head_of_the_series_queue_has_a_clash(make_hub: MakeHub) -> None:
    """The next has the place; the head has it again when the other booking is given up."""
    hub = learning_set(make_hub, 1)
    first, second, third = (hub.register("set", person) for person in ("ada", "bob", "cem"))
    other = hub.book("forum@2026-12-08T10:30", "bob")
    hub.cancel(first.id)
    assert statuses(hub, second.id, third.id) == ["waitlisted", "confirmed"]
    assert [each.code for each in hub.explain(second.id).passed] == ["clash"]
    hub.cancel(third.id)
    hub.cancel(other.id)
    hub.tick()
    assert statuses(hub, second.id) == ["confirmed"]


def test_a_registration_holds_its_dates(make_hub: MakeHub) -> None:
    """Whoever is registered cannot book what overlaps one of its dates; the two are named."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    with pytest.raises(Refused) as refused:
        hub.book("forum@2026-12-15T10:30", "ada")
    assert codes_of(refused) == ("clash",)
    assert refused.value.reasons[0].facts["booking_id"] == registration.id
    assert refused.value.reasons[0].facts["other"] == THIRD


def test_what_one_holds_stands_in_the_way_of_registering(make_hub: MakeHub) -> None:
    """A clash on any date that can be booked by now is found, with the session that it is with."""
    hub = learning_set(make_hub)
    other = hub.book("forum@2026-12-15T10:30", "ada")
    with pytest.raises(Refused) as refused:
        hub.register("set", "ada")
    assert codes_of(refused) == ("clash",)
    assert refused.value.reasons[0].facts["booking_id"] == other.id
    hub.cancel(other.id)
    assert hub.register("set", "ada").status == "confirmed"


def test_two_sets_at_the_same_time(make_hub: MakeHub) -> None:
    """Nobody can be registered for both."""
    types = [kind("set", 2, access="register")]
    series = [weekly("set"), weekly("twin", "2026-12-01T10:30", kind="set")]
    hub = audited(make_hub(types=types, series=series))
    people(hub, "ada")
    hub.register("set", "ada")
    with pytest.raises(Refused) as refused:
        hub.register("twin", "ada")
    assert codes_of(refused) == ("clash",)


def test_an_apology(make_hub: MakeHub) -> None:
    """The date is given up and the time with it; the place in the set is kept; twice changes nothing."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    away = hub.apologise(SECOND, "ada", reason="On leave")
    assert (away.status, away.parent_id, away.session_id) == ("cancelled", registration.id, SECOND)
    assert hub.apologise(SECOND, "ada") == away
    assert held(hub, SECOND) == []
    assert held(hub, THIRD) == ["ada"]
    assert statuses(hub, registration.id) == ["confirmed"]
    assert noted(hub, "apologised") == [away.id]
    assert hub.book("forum@2026-12-08T10:30", "ada").status == "confirmed"
    assert dict(hub.notes(away.id)) == {"apologised": "On leave"}


def test_an_apology_is_taken_back(make_hub: MakeHub) -> None:
    """While the date has a seat; apologised again it is the same booking."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    away = hub.apologise(SECOND, "ada")
    hub.unapologise(SECOND, "ada")
    assert held(hub, SECOND) == ["ada"]
    with pytest.raises(Refused) as refused:
        hub.unapologise(SECOND, "ada")
    assert codes_of(refused) == ("not-active",)
    assert hub.apologise(SECOND, "ada").id == away.id
    assert held(hub, SECOND) == []


def test_back_when_something_else_was_booked_meanwhile(make_hub: MakeHub) -> None:
    """The apology cannot be taken back while its holder is booked elsewhere at that time."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    hub.apologise(SECOND, "ada")
    hub.book("forum@2026-12-08T10:30", "ada")
    with pytest.raises(Refused) as refused:
        hub.unapologise(SECOND, "ada")
    assert codes_of(refused) == ("clash",)


def test_apologies_on_dates_next_to_one_another(make_hub: MakeHub) -> None:
    """Each stands by itself: one for today does not undo one for tomorrow."""
    daily = Series(
        "set", "set", Recurrence(datetime(2026, 12, 1, 10), "Europe/London", "FREQ=DAILY"), "Room 1"
    )
    hub = audited(make_hub(types=[kind("set", 2, access="register")], series=[daily]))
    people(hub, "ada")
    hub.register("set", "ada")
    for day in (1, 2, 3):
        hub.apologise(f"set@2026-12-{day:02}T10:00", "ada")
    assert [held(hub, f"set@2026-12-{day:02}T10:00") for day in (1, 2, 3, 4)] == [[], [], [], ["ada"]]


def test_only_the_registered_apologise(make_hub: MakeHub) -> None:
    """Anybody else has nothing to apologise for: `not-active`."""
    hub = learning_set(make_hub)
    hub.register("set", "ada")
    for step in (hub.apologise, hub.unapologise):
        with pytest.raises(Refused) as refused:
            step(SECOND, "bob")
        assert codes_of(refused) == ("not-active",)


def test_a_seat_that_is_kept_stays_empty(make_hub: MakeHub) -> None:
    """With `apologies = "keep"` nobody can book the date."""
    hub = learning_set(make_hub, 1)
    hub.register("set", "ada")
    hub.apologise(SECOND, "ada")
    with pytest.raises(Refused) as refused:
        hub.book(SECOND, "bob")
    assert codes_of(refused) == ("not-eligible",)


def test_a_seat_that_is_lent_goes_to_the_queue_of_that_date(make_hub: MakeHub) -> None:
    """A guest waits for one date; the apology seats them on it, and it cannot be taken back then."""
    hub = learning_set(make_hub, 1, apologies="lend")
    registration = hub.register("set", "ada")
    guest, behind = hub.book(SECOND, "bob"), hub.book(SECOND, "cem")
    assert (guest.status, guest.parent_id) == ("waitlisted", None)
    hub.apologise(SECOND, "ada")
    assert statuses(hub, guest.id, behind.id) == ["confirmed", "waitlisted"]
    assert held(hub, SECOND) == ["bob"]
    assert held(hub, THIRD) == ["ada"]
    with pytest.raises(Refused) as refused:
        hub.unapologise(SECOND, "ada")
    assert codes_of(refused) == ("full",)
    hub.cancel(behind.id)
    hub.cancel(guest.id)
    hub.unapologise(SECOND, "ada")
    assert held(hub, SECOND) == ["ada"]
    assert statuses(hub, registration.id) == ["confirmed"]


def test_who_waits_for_the_set_is_no_guest_unasked(make_hub: MakeHub) -> None:
    """The queue of the series is for the series: a date that is free does not make a registration of it."""
    hub = learning_set(make_hub, 1, apologies="lend")
    hub.register("set", "ada")
    waiting = hub.register("set", "bob")
    hub.apologise(SECOND, "ada")
    assert statuses(hub, waiting.id) == ["waitlisted"]


def test_a_late_joiner_is_excepted_by_name(make_hub: MakeHub) -> None:
    """On a date whose seat is lent the late joiner has none, and is told; on all others they do."""
    hub = learning_set(make_hub, 2, apologies="lend")
    hub.register("set", "ada")
    guest = hub.book(SECOND, "bob")
    assert guest.status == "confirmed"
    late = hub.register("set", "cem")
    assert late.status == "confirmed"
    assert held(hub, SECOND) == ["ada", "bob"]
    assert held(hub, THIRD) == ["ada", "cem"]
    excepted = noted(hub, "excepted")
    assert len(excepted) == 1
    assert hub.booking(excepted[0]).people == {"cem": "cancelled"}
    assert hub.book("forum@2026-12-08T10:30", "cem").status == "confirmed"


def test_an_excepted_date_can_be_had_when_the_guest_leaves(make_hub: MakeHub) -> None:
    """The seat is then free: whoever was excepted takes the exception back like an apology."""
    hub = learning_set(make_hub, 2, apologies="lend")
    hub.register("set", "ada")
    guest = hub.book(SECOND, "bob")
    hub.register("set", "cem")
    hub.cancel(guest.id)
    hub.unapologise(SECOND, "cem")
    assert held(hub, SECOND) == ["ada", "cem"]


def test_leaving(make_hub: MakeHub, clock: Clock) -> None:
    """From now on; what was before stays on the register, and coming apologies end with it."""
    hub = learning_set(make_hub)
    registration = hub.register("set", "ada")
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    hub.check_in(FIRST, "ada")
    away = hub.apologise(THIRD, "ada")
    hub.cancel(registration.id)
    assert held(hub, SECOND) == []
    assert [booking.status for booking in hub.roster(FIRST)] == ["attended"]
    assert names(hub, away.id)[-1] == "booking.apologised"
    assert hub.book("forum@2026-12-08T10:30", "ada").status == "confirmed"
    assert hub.session(THIRD).places["attendee"].left == 2


def test_a_seat_that_the_set_has_no_use_for_goes_to_guests(make_hub: MakeHub) -> None:
    """Whoever leaves lets in who waits for a single date, where nobody waits for the set."""
    hub = learning_set(make_hub, 1, apologies="lend")
    registration = hub.register("set", "ada")
    guests = [hub.book(SECOND, "bob").id, hub.book(THIRD, "cem").id]
    hub.cancel(registration.id)
    assert statuses(hub, *guests) == ["confirmed", "confirmed"]


def test_joining_again_after_leaving(make_hub: MakeHub) -> None:
    """A new registration, with a seat on every date, whatever the old one had apologised for."""
    hub = learning_set(make_hub)
    first = hub.register("set", "ada")
    hub.apologise(SECOND, "ada")
    hub.cancel(first.id)
    again = hub.register("set", "ada")
    assert (again.status, again.id != first.id) == ("confirmed", True)
    assert held(hub, SECOND) == ["ada"]


def test_checked_in_on_a_date_and_the_dates_register_closed(make_hub: MakeHub, clock: Clock) -> None:
    """Per date: who was there, who was not, who apologised; the registration goes on."""
    hub = learning_set(make_hub, 3)
    registration = [hub.register("set", person).id for person in ("ada", "bob", "cem")]
    hub.apologise(FIRST, "cem")
    clock.now = datetime(2026, 12, 1, 9, 55, tzinfo=UTC)
    came = hub.check_in(FIRST, "ada")
    assert (came.status, came.parent_id, came.session_id) == ("attended", registration[0], FIRST)
    assert hub.check_in(FIRST, "ada") == came
    assert hub.session(FIRST).places["attendee"].came == 1
    clock.pass_by(hours=2)
    absent = hub.close_register(FIRST)
    assert [(each.person_id, each.status) for each in absent] == [("bob", "absent")]
    assert statuses(hub, *registration) == ["confirmed"] * 3
    assert hub.close_register(FIRST) == absent
    assert sorted(held(hub, SECOND)) == ["ada", "bob", "cem"]


def test_a_walk_in_on_a_date(make_hub: MakeHub, clock: Clock) -> None:
    """A seat that nobody has goes to who is there; a full set is full at the door too."""
    hub = learning_set(make_hub, 2)
    hub.register("set", "ada")
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert hub.check_in(FIRST, "bob").status == "attended"
    with pytest.raises(Refused) as refused:
        hub.check_in(FIRST, "cem")
    assert "full" in codes_of(refused)
    assert sorted(held(hub, FIRST)) == ["ada", "bob"]


def test_who_joins_later_sits_in_no_date_that_is_over(make_hub: MakeHub, clock: Clock) -> None:
    """A full date of last week, with a guest who walked in, stays what it was however many register since."""
    hub = learning_set(make_hub, 2)
    hub.register("set", "ada")
    for at, session in (
        (datetime(2026, 12, 1, 10, tzinfo=UTC), FIRST),
        (datetime(2026, 12, 8, 10, tzinfo=UTC), SECOND),
    ):
        clock.now = at
        assert hub.check_in(session, "bob").status == "attended"
    hub.close_register(FIRST)
    clock.pass_by(days=1)
    assert hub.register("set", "cem").status == "confirmed"
    assert hub.audit() == []


def test_who_apologised_comes_after_all(make_hub: MakeHub, clock: Clock) -> None:
    """If the seat is still there it is theirs; if it was lent and taken, it is not."""
    hub = learning_set(make_hub, 1, apologies="lend")
    hub.register("set", "ada")
    hub.apologise(FIRST, "ada")
    hub.apologise(SECOND, "ada")
    hub.book(SECOND, "bob")
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert hub.check_in(FIRST, "ada").status == "attended"
    clock.now = datetime(2026, 12, 8, 10, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        hub.check_in(SECOND, "ada")
    assert codes_of(refused) == ("full",)


def test_a_set_that_is_over_cannot_be_joined(make_hub: MakeHub, clock: Clock) -> None:
    """No more dates to come: `closed`."""
    ends = Series(
        "set", "set", Recurrence(datetime(2026, 12, 1, 10), "Europe/London", "FREQ=WEEKLY;COUNT=2"), "Room 1"
    )
    hub = audited(make_hub(types=[kind("set", 2, access="register")], series=[ends]))
    people(hub, "ada", "bob")
    hub.register("set", "ada")
    clock.now = datetime(2026, 12, 9, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        hub.register("set", "bob")
    assert codes_of(refused) == ("closed",)


def test_who_apologised_and_is_booked_elsewhere_is_not_let_in(make_hub: MakeHub, clock: Clock) -> None:
    """At the door the other place is named: nobody is in two rooms at once."""
    hub = learning_set(make_hub, 1)
    hub.register("set", "ada")
    hub.apologise(FIRST, "ada")
    hub.book("forum@2026-12-01T10:30", "ada")
    clock.now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        hub.check_in(FIRST, "ada")
    assert codes_of(refused) == ("clash",)
