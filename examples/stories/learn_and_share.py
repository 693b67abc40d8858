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
    told.say("Dee has another thing that afternoon, which only shows when the forum has to move.")
    told.booking(hub.book("problem-solving-drop-in@2026-12-17T12:00", "esr:4"))
    dee = told.booking(hub.book(SESSION, "esr:4"))
    told.messages("Learn and Share")

    told.at("2026-12-01T09:00")
    told.say("Jo, who leads it, is at a hearing on that day. What would a move by a week come to?")
    move = Move(SESSION, starts=datetime(2026, 12, 17, 14, 0, tzinfo=HERE))
    plan = told.plan(hub.plan(move))
    told.say("Nobody loses a place. So it is done, exactly so, and each of them is told.")
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
