"""A marketplace: teams book stands, one that comes free is offered, visitors just book, and few stands are noticed."""

from __future__ import annotations

from examples.stories.telling import HERE, Telling

TITLE = "Share and Spread: a full market, a stand that is offered, and a late answer"

SESSION = "share-and-spread@2026-12-11T12:00"
TEAMS = {
    "Stroke ward: a discharge board that works": "Dee Eze, Eli Fox",
    "Community nursing: one bag for every visit": "Fay Gill, Gus Hale, Ida Imo, Jon Joy",
    "Pharmacy: fewer calls about the same thing": "Kit Key, Lea Low, Max May",
}
"""What is shown, and by whom."""


def _team(told: Telling, names: str) -> list[str]:
    """Make a team known, and give the ids of its people."""
    people = [(f"team:{name.lower().replace(' ', '.')}", name) for name in names.split(", ")]
    told.people(*people)
    return [id for id, _ in people]


def _stand(told: Telling, names: str, shows: str) -> str:
    """Book a team's stand, and give the booking's id."""
    lead, *others = _team(told, names)
    return told.booking(told.hub.book(SESSION, lead, role="showcase", group=others, shows=shows)).id


def tell(told: Telling) -> None:
    """From a stand too few to a full market, and what the team sees."""
    hub = told.hub
    told.say(
        "Every quarter the hub opens its doors as a marketplace. One shows something, or comes to look round."
    )
    told.calendar("2026-12-11", "2026-12-12", types=["share-and-spread"])
    told.say("Ada's team has a failure worth seeing, and books together.")
    ada = _stand(told, "Ada Obi, Ben Cole, Cat Dhar", "The handover app")
    hub.amend(ada, shows="The handover app that nobody opened, and why")

    told.at("2026-11-27T12:01")
    told.say("Two weeks before, that is all. A market needs four people, so those who lead it are told.")
    told.messages("Share and Spread Forum, Friday 11 December 2026")
    for short in hub.shortfall(SESSION):
        told.line(f"{short.role}: {short.held} of at least {short.minimum}")
        told.say("They could call it off, or merge it with another date.")
        told.plan(short.call_off)
        told.line(f"dates that it could be merged with: {len(short.merges)}")
    told.say("They ask round instead, and three more teams come forward. Now the market is full.")
    dee, *_ = [_stand(told, names, shows) for shows, names in TEAMS.items()]
    told.say("Three teams are too late, and wait. Pat only wants to look round.")
    rae = _stand(told, "Rae Rix, Sam Soo, Tia Tan, Vic Vale", "Four ways to run a huddle")
    nia = _stand(told, "Nia North, Ned Nash", "A quieter night on the ward")
    oz = _stand(told, "Oz Orr, Una Ure", "Letters that people can read")
    (pat,) = _team(told, "Pat Poe")
    told.booking(hub.book(SESSION, pat, role="visitor"))

    told.kept |= {"ada": ada, "rae": rae, "nia": nia, "oz": oz, "dee": dee}
    _free(told, dee, rae, nia, oz)
    _held(told)


def _free(told: Telling, dee: str, rae: str, nia: str, oz: str) -> None:
    """A stand comes free, and goes to whoever answers."""
    hub = told.hub
    told.at("2026-12-04T15:00")
    told.say("Friday afternoon. Dee and Eli's pilot is late, and they give up their stand.")
    hub.cancel(dee, reason="Our pilot is late")
    told.say("A stand takes preparing, so it is offered. Rae's team of four does not fit; Nia's of two does.")
    told.messages("offered")
    told.explain(rae)
    told.say("She has sixteen working hours to answer. The weekend does not count.")
    ends = hub.booking(nia).offer_ends
    assert ends is not None
    told.line(f"the offer ends: {ends.astimezone(HERE):%A %d December, %H:%M}")
    told.kept["ends"] = ends

    told.at("2026-12-08T15:00")
    told.say("Nia is on leave, and does not answer. She goes to the back, and Oz is asked.")
    told.messages("offer")
    told.queue(SESSION, "showcase")
    told.say("Back at her desk, she says yes; but that offer is over. Oz takes his.")
    told.refused(lambda: hub.accept(nia))
    told.booking(hub.accept(oz))


def _held(told: Telling) -> None:
    """The day itself, and what is counted of it."""
    hub = told.hub
    told.at("2026-12-11T12:00")
    told.say("The day. Forty more look round, and give no name.")
    for booking in hub.roster(SESSION):
        for person in booking.people:
            hub.check_in(SESSION, person, booking.role)
    hub.headcount(SESSION, 40)
    told.at("2026-12-11T14:00")
    hub.close_register(SESSION)
    told.roster(SESSION)
    told.say("What the team sees at the end of the month:")
    told.report("2026-12-01", "2027-01-01", "attendance-by-type", "waiting", of="Share and Spread")
    told.audit()
