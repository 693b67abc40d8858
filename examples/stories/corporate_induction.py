"""Nobody books: new colleagues walk in, are counted or added at the door, and a closed Monday moves the day."""

from __future__ import annotations

from datetime import date

from examples.stories.telling import Telling
from innovationhub import Close, Person

TITLE = "Corporate Induction: nobody books, and everybody counts"

TYPE = "corporate-induction"
DECEMBER, JANUARY = f"{TYPE}@2026-12-14T11:00", f"{TYPE}@2027-01-11T11:00"
EASTER = f"{TYPE}@2031-04-14T11:00"
NEW = "Ben Cole, Cat Dhar, Dee Eze, Eli Fox, Fay Gill, Gus Hale, Hal Ikin"


def tell(told: Telling) -> None:
    """From an Easter Monday years ahead to the door, the headcount and the month's figures."""
    hub = told.hub
    told.say(
        "Once a month, on the second Monday, new colleagues look in at the hub during their induction.",
        "Nobody needs to book, and there is no limit.",
    )
    told.calendar("2026-12-01", "2027-02-28", types=[TYPE])
    told.say(
        "Induction takes place even where its Monday is a bank holiday. In 2031 the second Monday of April is",
        "Easter Monday. Nobody had to remember: the calendar has the next working day.",
    )
    told.calendar("2031-04-01", "2031-05-31", types=[TYPE])
    told.say("The session is the same one, under the same id, so that a link to it still leads there.")
    told.line(hub.session(EASTER).id)

    told.say(
        "Nearer by, the boiler is to be replaced on Monday 11 January. Ivy starts that day, and told the hub",
        "that she would come, though she need not. What would closing the hub for that day do?",
    )
    told.people(("esr:500", "Ivy Ince"), groups=["new-starters"])
    ivy = told.booking(hub.book(JANUARY, "esr:500"))
    plan = told.plan(hub.plan(Close(date(2027, 1, 11), date(2027, 1, 12), "The boiler is replaced")))
    told.say("That will do. Ivy's place goes with the session to the Tuesday, and she hears of it.")
    hub.apply(plan)
    told.calendar("2027-01-01", "2027-01-31", types=[TYPE])
    told.messages("Corporate Induction")

    told.at("2026-12-14T11:00")
    told.say("Induction day. Ben and five who began with him are in the trust's records, and are checked in.")
    told.people(
        *((f"esr:{600 + at}", name) for at, name in enumerate(NEW.split(", "))), groups=["new-starters"]
    )
    for at in range(6):
        hub.check_in(DECEMBER, f"esr:{600 + at}")
    told.say(
        "Zoe's record has not reached the hub yet. She is added at the door, and is on the register in the",
        "same moment. Then she gives her name once more at the desk: she is not counted twice.",
    )
    newcomer = Person("esr:900", "Zoe Zane", "zoe.zane@trust.example", groups=("new-starters",))
    zoe = told.booking(hub.check_in(DECEMBER, newcomer))
    again = hub.check_in(DECEMBER, newcomer)
    told.booking(again)
    told.say("A whole coach stops by between two talks. There is no time for names: 23 are counted.")
    hub.headcount(DECEMBER, 23)
    told.say("Two of them were the drivers, so the number is put right. It replaces the one before.")
    told.line(f"{hub.headcount(DECEMBER, 21).headcount} who gave no name")

    told.at("2026-12-14T12:00")
    hub.close_register(DECEMBER)
    told.say("The register is closed. Nobody had promised to come, so nobody is absent.")
    told.roster(DECEMBER)

    told.say("Hal was held up at the security desk. He comes when the register has been closed.")
    told.refused(lambda: hub.check_in(DECEMBER, "esr:606"))
    told.say("He finds the next one in the calendar. As it is a drop-in, all he has to do is come.")

    told.say("What the team sees at the end of the month, those without a name included where they can be:")
    told.report("2026-12-01", "2027-01-01", "attendance-by-type", of="Corporate Induction")
    told.report("2026-12-01", "2027-01-01", "attendance-by-group", "repeat-attendance")
    told.audit()
    told.kept |= {"ivy": ivy.id, "zoe": zoe.id, "again": again.id}
