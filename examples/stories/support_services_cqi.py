"""For support services: who may come is a rule, and a refusal says why and what would help."""

from __future__ import annotations

from examples.stories.telling import Telling
from innovationhub import Person

TITLE = "How can support services support CQI? A refusal that can be mended"

SESSION = "support-services-cqi@2026-12-15T15:30"
LATER = "support-services-cqi@2027-01-19T15:30"
IDEAS = "ideas-development@2026-12-15T14:00"


def tell(told: Telling) -> None:
    """From a refusal to a place, with a clash on the way."""
    hub = told.hub
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"), groups=["support-services"])
    told.people(("esr:3", "Cat Dhar"), ("esr:4", "Dee Eze"))
    told.say(
        "The session is for colleagues in support services, and the hub holds to that. Ada works in estates."
    )
    told.booking(hub.book(SESSION, "esr:1"))
    told.say("Cat is in procurement, but nobody told the hub. It says why she cannot book.")
    told.refused(lambda: hub.book(SESSION, "esr:3"))
    told.say("The staff record is put right, and then she can.")
    cat = hub.person("esr:3")
    hub.add_person(Person(cat.id, cat.name, cat.email, groups=["support-services"]))
    mended = told.booking(hub.book(SESSION, "esr:3"))
    told.say("Ben would like to come too. On this Tuesday he is at Ideas Development until four.")
    told.booking(hub.book(IDEAS, "esr:2", role="attendee"))
    told.refused(lambda: hub.book(SESSION, "esr:2"))
    told.say("January would do, but sixteen from facilities were quicker. He waits.")
    crew = [f"esr:{100 + at}" for at in range(16)]
    told.people(*((id, f"Facilities {at:02}") for at, id in enumerate(crew, 1)), groups=["support-services"])
    places = [hub.book(LATER, each) for each in crew]
    told.calendar("2027-01-19", "2027-01-20", types=["support-services-cqi"])
    ben = told.booking(hub.book(LATER, "esr:2"))
    told.explain(ben.id)
    told.say("Dee is a nurse: it is not for her, and the hub says for whom it is.")
    told.refused(lambda: hub.book(SESSION, "esr:4"))

    told.at("2026-12-14T09:00")
    told.say("Two people are too few for it: four is the least. Whoever leads it was told, and has a choice.")
    told.messages("How Can Support Services")
    for short in hub.shortfall(SESSION):
        told.line(
            f"{short.held} of at least {short.minimum}; call it off: {len(short.call_off.messages)} people told"
        )
    told.say("They go ahead: those who come have the facilitator to themselves.")
    told.at("2026-12-15T15:30")
    for person in ("esr:1", "esr:3"):
        hub.check_in(SESSION, person)
    told.at("2026-12-15T17:00")
    hub.close_register(SESSION)
    told.roster(SESSION)

    told.at("2027-01-11T10:00")
    told.say("In January one of the sixteen is on a course that week. Ben, who waited, has the place.")
    hub.cancel(places[0].id)
    told.booking(hub.booking(ben.id))
    told.messages("19 January")
    told.at("2027-01-19T15:30")
    for person in (*crew[1:], "esr:2"):
        hub.check_in(LATER, person)
    told.at("2027-01-19T17:00")
    hub.close_register(LATER)
    told.say("What the team sees of both dates:")
    told.report("2026-12-01", "2027-02-01", "attendance-by-type", "waiting", of="Support Services")
    told.report("2026-12-01", "2027-02-01", "attendance-by-group")
    told.audit()
    told.kept |= {"cat": mended.id, "ben": ben.id}
