"""A marketplace: stands are offered when one comes free, visitors just book, and the team hears when stands are few."""

from __future__ import annotations

from examples.stories.telling import Telling

TITLE = "Share and Spread: a full market, a stand that is offered, and a late answer"

SESSION = "share-and-spread@2026-12-11T12:00"
TEAMS = "Ada Obi, Ben Cole, Cat Dhar, Dee Eze, Eli Fox, Fay Gill, Gus Hale, Ida Imo, Jon Joy, Kit Key, Lea Low, Max May"


def tell(told: Telling) -> None:
    """From four stands too few to a full market, and what the team sees."""
    hub = told.hub
    teams = [f"esr:{300 + at}" for at in range(12)]
    told.people(*zip(teams, TEAMS.split(", "), strict=True))
    told.people(("esr:400", "Nia North"), ("esr:401", "Oz Orr"), ("esr:402", "Pat Poe"))
    told.say(
        "Every quarter the hub opens its doors as a marketplace. One books a stand, or comes to look round."
    )
    told.calendar("2026-12-11", "2026-12-12", types=["share-and-spread"])

    told.at("2026-11-27T12:00")
    told.say("Two weeks before, not one stand is booked. A market needs four, so whoever leads it is told.")
    told.messages("Too few")
    for short in hub.shortfall(SESSION):
        told.line(f"{short.role}: {short.held} of at least {short.minimum}")
        told.line(f"other dates that it could be merged with: {len(short.merges)}")

    told.say("The team asks round instead, and twelve teams come forward. Ada brings a failure worth seeing.")
    stands = [
        hub.book(SESSION, team, role="showcase", shows=f"Stand {at}") for at, team in enumerate(teams, 1)
    ]
    hub.amend(stands[0].id, shows="The handover app that nobody opened, and why")
    told.booking(hub.booking(stands[0].id))
    told.say("Nia and Oz would like a stand too. Pat only wants to look round.")
    nia = told.booking(hub.book(SESSION, "esr:400", role="showcase"))
    oz = told.booking(hub.book(SESSION, "esr:401", role="showcase"))
    told.booking(hub.book(SESSION, "esr:402", role="visitor"))

    told.at("2026-11-30T10:00")
    told.say(
        "Monday. Dee gives up her stand. A stand takes preparing, so it is offered, and Nia has two working days."
    )
    hub.cancel(stands[3].id, reason="Our pilot is late")
    told.booking(hub.booking(nia.id))
    told.explain(nia.id)
    told.messages("offered")

    told.at("2026-12-02T10:00")
    told.say(
        "She is on leave, and does not answer. Two working days later it is Oz's turn, and she goes to the back."
    )
    told.booking(hub.booking(nia.id))
    told.booking(hub.booking(oz.id))
    told.queue(SESSION, "showcase")
    told.say("She may still say yes to nothing: the offer is over. Oz takes his.")
    told.refused(lambda: hub.accept(nia.id))
    told.booking(hub.accept(oz.id))

    told.at("2026-12-11T12:00")
    told.say("The day. The stands are there, Pat looks round, and so do forty who gave no name.")
    for person in (*(team for team in teams if team != "esr:303"), "esr:401"):
        hub.check_in(SESSION, person, "showcase")
    hub.check_in(SESSION, "esr:402", "visitor")
    hub.headcount(SESSION, 40)
    told.at("2026-12-11T14:00")
    hub.close_register(SESSION)
    told.roster(SESSION)
    told.say("What the team sees at the end of the month:")
    told.report("2026-12-01", "2027-01-01", "attendance-by-type", "waiting", of="Share")
    told.audit()
    told.kept |= {"nia": nia.id, "oz": oz.id, "dee": stands[3].id}
