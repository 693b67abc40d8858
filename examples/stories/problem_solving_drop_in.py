"""No booking needed: who comes is helped as long as a facilitator is free, and waits at the door until one is."""

from __future__ import annotations

from examples.stories.telling import Telling
from innovationhub import Assign, Person

TITLE = "Problem Solving Drop In: a problem brought along, and a wait at the door"

SESSION = "problem-solving-drop-in@2026-11-26T12:00"


def tell(told: Telling) -> None:
    """From one who books although nobody must, to the register."""
    hub = told.hub
    walkers = [
        (f"esr:{300 + at}", name) for at, name in enumerate(("Ben Cole", "Cat Dhar", "Dee Eze", "Eli Fox"))
    ]
    told.people(("esr:200", "Ada Obi"), *walkers)
    told.say(
        "Every Thursday at noon one can bring a problem. Two facilitators have time for three people each;"
    )
    told.calendar("2026-11-26", "2026-11-27", types=["problem-solving-drop-in"])
    told.say(
        "two of the places are kept for those who just turn up. Ada books anyway, and says what she brings."
    )
    ada = told.booking(hub.book(SESSION, "esr:200", note="Discharge letters take nine days."))

    told.at("2026-11-26T11:00")
    told.say("One facilitator is ill. The plan shows what that comes to before anything is done.")
    plan = told.plan(hub.plan(Assign(SESSION, ("esr:100200",))))
    hub.apply(plan)

    told.at("2026-11-26T12:00")
    told.say(
        "Noon. Ada is there, and two who did not book. With one facilitator that is all there is time for."
    )
    for person in ("esr:200", "esr:300", "esr:301"):
        told.booking(hub.check_in(SESSION, person))
    told.say("Dee finds it full. She is on the register as waiting at the door, and the hub says why.")
    dee = told.booking(hub.check_in(SESSION, "esr:302"))
    told.explain(dee.id)
    told.say("So is Zoe, who is new to the trust and known to nobody: she is added at the door.")
    zoe = told.booking(hub.check_in(SESSION, Person("esr:900", "Zoe Zane", "zoe.zane@trust.example")))

    told.at("2026-11-26T12:35")
    told.say("Ada has her first step, and goes. Dee is called in.")
    hub.check_out(SESSION, "esr:200")
    told.booking(hub.booking(dee.id))
    hub.check_in(SESSION, "esr:302")
    told.queue(SESSION)
    told.say("Cat goes too, and it is Zoe's turn.")
    hub.check_out(SESSION, "esr:301")
    told.booking(hub.booking(zoe.id))
    hub.check_in(SESSION, "esr:900")

    told.at("2026-11-26T13:00")
    told.say("The session ends. The register has everybody who came, booked or not.")
    hub.close_register(SESSION)
    told.roster(SESSION)
    told.say("What the team sees at the end of the month:")
    told.report("2026-11-01", "2026-12-01", "attendance-by-type", of="Drop In")
    told.audit()
    told.kept |= {"ada": ada.id, "dee": dee.id, "zoe": zoe.id}
