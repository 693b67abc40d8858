"""The brief's bespoke workshops: a one-off or a series, designed with a team, private to it, and followed up."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from innovationhub import BookingStatus, Hub, HubSettings, Recurrence, Refused, WorkshopState
from tests.conftest import MakeHub
from tests.support import Clock, people, session_type, weekly

YEAR = (date(2026, 11, 24), date(2027, 11, 24))
PROBLEM = "Handover between wards takes an hour, and things are lost."


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    """A hub with one room, a taster in it on Tuesdays at ten, and workshops of three hours to ask for."""
    made = make_hub(
        hub=HubSettings(rooms=("Room 1",)),
        types=[session_type(), session_type("workshop", 20, access="request", minutes=180)],
        series=[weekly()],
    )
    people(made, "ada", "ben", "cat", "dee", "fac", "out")
    return made


def test_from_a_request_to_what_was_learnt(hub: Hub, clock: Clock) -> None:
    """A team asks, is promised a reply, designs it with the hub, meets three times, and is followed up."""
    asked = hub.request_workshop(
        "ada",
        PROBLEM,
        people=["ben", "cat"],
        involved="Two wards",
        help="Somebody to lead it",
        wanted="January",
    )
    assert asked.state is WorkshopState.REQUESTED
    assert asked.people == ("ada", "ben", "cat")

    reply_by = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    acknowledged = hub.acknowledge_workshop(asked.id, "fac", reply_by=reply_by, actor="fac")
    assert (acknowledged.owner_id, acknowledged.due) == ("fac", reply_by)

    hub.design_workshop(
        asked.id,
        aims="A handover of twenty minutes",
        techniques="Process map, fishbone",
        proposal="Three mornings",
    )

    # the taster has the room at ten on Tuesdays; every reason is said, and nothing was changed
    tuesdays = Recurrence.weekly(datetime(2027, 1, 5, 9, 30), count=3)
    before = hub.series()
    with pytest.raises(Refused) as no_room:
        hub.schedule_workshop(asked.id, tuesdays, venue="Room 1", facilitators=["fac"], actor="fac")
    assert no_room.value.codes == ("clash",) * 3
    assert hub.series() == before

    wednesdays = Recurrence.weekly(datetime(2027, 1, 6, 9, 30), count=3)
    scheduled = hub.schedule_workshop(
        asked.id, wednesdays, venue="Room 1", facilitators=["fac"], series_id="ward-handover", actor="fac"
    )
    dates = [session.id for session in scheduled.sessions]
    assert dates == [f"ward-handover@2027-01-{day:02}T09:30" for day in (6, 13, 20)]

    # one booking for the team on each date, in their calendars and in nobody else's
    (booking,) = hub.roster(dates[0])
    assert list(booking.people) == ["ada", "ben", "cat"]
    assert booking.status is BookingStatus.CONFIRMED
    for person in ("ada", "ben", "cat"):
        assert set(dates) <= {view.id for view in hub.calendar(*YEAR, person=person)}
    other: str | None
    for other in (None, "dee"):
        assert not set(dates) & {view.id for view in hub.calendar(*YEAR, person=other)}
    assert [each.id for each in hub.workshops(state="scheduled")] == [asked.id]

    # the register is like any other; somebody else cannot book
    with pytest.raises(Refused) as private:
        hub.book(dates[0], "dee")
    assert private.value.codes == ("not-eligible",)
    clock.now = datetime(2027, 1, 6, 9, 30, tzinfo=UTC)
    hub.check_in(dates[0], "ada")
    hub.close_register(dates[0])

    clock.now = datetime(2027, 1, 20, 12, 30, tzinfo=UTC)
    hub.tick()
    delivered = hub.workshop(asked.id)
    assert delivered.state is WorkshopState.DELIVERED

    done = hub.follow_up_workshop(asked.id, changed="Handover takes 25 minutes.", learnt="Draw it first.")
    assert done.state is WorkshopState.FOLLOWED_UP
    assert done.texts["problem"] == PROBLEM
    assert done.texts["learnt"] == "Draw it first."
    assert done.due is None


def test_what_the_hub_cannot_do_is_declined_with_a_pointer(hub: Hub) -> None:
    """Why, and who may help instead; and it stays declined."""
    asked = hub.request_workshop("ada", PROBLEM)
    declined = hub.decline_workshop(asked.id, "It is one ward's own rota.", pointer="The rostering team")
    assert declined.state is WorkshopState.DECLINED
    assert declined.texts["pointer"] == "The rostering team"
    with pytest.raises(Refused) as over:
        hub.acknowledge_workshop(asked.id, "fac", reply_by=datetime(2026, 12, 1, tzinfo=UTC))
    assert over.value.codes == ("not-active",)


def test_a_one_off_that_the_team_gives_up_is_called_off(hub: Hub) -> None:
    """Its date is called off, the room is free again, and the team's places end."""
    asked = hub.request_workshop("ada", PROBLEM, people=["ben"])
    hub.acknowledge_workshop(asked.id, "fac", reply_by=datetime(2026, 12, 1, tzinfo=UTC))
    hub.design_workshop(asked.id, aims="To see the whole")
    once = Recurrence.once(datetime(2026, 12, 9, 13, 0))
    scheduled = hub.schedule_workshop(asked.id, once, venue="Room 1", facilitators=["fac"])
    (session,) = scheduled.sessions
    hub.withdraw_workshop(asked.id, reason="We have solved it.")
    assert hub.roster(session.id) == []
    assert [each.status for each in hub.bookings_of("ben")] == [BookingStatus.CANCELLED]
    assert hub.workshop(asked.id).state is WorkshopState.WITHDRAWN
