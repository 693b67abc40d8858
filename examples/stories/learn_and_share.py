"""A monthly forum for everybody who delivers projects: it moves, and who cannot come sends somebody."""

from __future__ import annotations

from datetime import datetime

from examples.stories.telling import HERE, Telling
from innovationhub import Move

TITLE = "Learn and Share: a forum that moves, and somebody who comes instead"

SESSION = "learn-and-share@2026-12-10T14:00"


def tell(told: Telling) -> None:
    """From the booking to the register, over a change of date."""
    hub = told.hub
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"), ("esr:3", "Cat Dhar"), ("esr:4", "Dee Eze"))
    told.say("The forum suits project managers best, but keeps nobody out: the audience is advice.")
    told.calendar("2026-12-10", "2026-12-11", types=["learn-and-share"])
    for person in ("esr:1", "esr:2"):
        told.booking(hub.book(SESSION, person))
    told.say("Dee is a nurse, and runs no project yet. She is as welcome.")
    dee = told.booking(hub.book(SESSION, "esr:4"))
    told.messages("Learn and Share")
    told.say("She also has an idea for the Innovation Fund, and works on it on the Tuesday before.")
    told.booking(hub.book("ideas-development@2026-12-08T14:00", "esr:4", role="attendee"))

    told.at("2026-12-01T09:00")
    told.say(
        "Jo, who leads it, is at a hearing on that day. Would the Tuesday before do? The hub tries it out."
    )
    told.plan(hub.plan(Move(SESSION, starts=datetime(2026, 12, 8, 14, 0, tzinfo=HERE))))
    told.say("Dee would have to be in two places. Nothing has been done yet. And a week later?")
    plan = told.plan(hub.plan(Move(SESSION, starts=datetime(2026, 12, 17, 14, 0, tzinfo=HERE))))
    told.say("That suits everybody. So it is done, exactly so, and each of them is told.")
    hub.apply(plan, actor="esr:100204")
    told.messages("Learn and Share")
    told.say("The plan is used up: applied once more it would do something else, and is refused.")
    told.refused(lambda: hub.apply(plan))
    told.say("The session keeps its id, so no link breaks and no booking slides to another date.")
    told.calendar("2026-12-17", "2026-12-18", types=["learn-and-share"])

    told.at("2026-12-16T09:00")
    told.say(
        "Ben cannot come on the new date. Cat comes instead, on his place: he need not give it up to a queue."
    )
    (ben,) = hub.bookings_of("esr:2", active=True)
    told.booking(hub.substitute(ben.id, "esr:3"))
    told.messages("Learn and Share")
    told.at("2026-12-16T14:01")
    told.say("A day before, whoever has a place is reminded: Cat, and not Ben.")
    told.messages("Learn and Share")
    told.at("2026-12-17T14:00")
    for person in ("esr:1", "esr:3", "esr:4"):
        hub.check_in(SESSION, person)
    told.at("2026-12-17T15:30")
    hub.close_register(SESSION)
    told.roster(SESSION)
    told.say("What the team sees of it:")
    told.report("2026-12-01", "2027-01-01", "attendance-by-type", "fill-rate", of="Learn and Share")
    told.audit()
    told.kept |= {"ben": ben.id, "dee": dee.id}
