"""A taster fills; who waits is told why, and gets the first seat that comes free."""

from __future__ import annotations

from examples.stories.telling import Telling

TITLE = "CQI Taster: the last seat, and the queue behind it"

SESSION = "cqi-taster@2026-12-01T10:00"
NAMES = "Ada Obi, Ben Cole, Cat Dhar, Dee Eze, Eli Fox, Fay Gill, Gus Hale, Ida Imo, Jon Joy, Kit Key, Lea Low, Max May"


def tell(told: Telling) -> None:
    """From the calendar to the register, and what the team sees."""
    hub = told.hub
    told.people(*((f"esr:{300 + at}", name) for at, name in enumerate(NAMES.split(", "))))
    told.people(("esr:400", "Nia North"), ("esr:401", "Oz Orr"))
    told.say("The hub runs a taster every Tuesday. Twelve people can come to each.")
    told.calendar("2026-12-01", "2026-12-09", types=["cqi-taster"])

    told.say(
        "A team of twelve books the next one, each for themselves. Then Nia and Oz would like to come too."
    )
    bookings = [hub.book(SESSION, f"esr:{300 + at}") for at in range(12)]
    nia, oz = (told.booking(hub.book(SESSION, person)) for person in ("esr:400", "esr:401"))
    told.queue(SESSION)
    told.say("Nia asks why, and what she could do.")
    told.explain(nia.id)

    told.say("Oz presses the button once more. He has a place in the queue already, so nothing changes.")
    told.refused(lambda: hub.book(SESSION, "esr:401"))

    told.at("2026-11-27T15:00")
    told.say(
        "On Friday Cat cannot come after all. Her seat goes to the first in the queue, in the same moment."
    )
    hub.cancel(bookings[2].id, reason="On call that day")
    for each in (nia, oz):
        told.booking(hub.booking(each.id))
    told.say("Everybody has been told how they stand:")
    told.messages("CQI Taster")

    told.at("2026-12-01T10:00")
    told.say(
        "Tuesday. Those who come are checked in at the door. Max is late, and Oz comes on the off chance."
    )
    for person in (*(f"esr:{300 + at}" for at in (0, 1, *range(3, 11))), "esr:400"):
        hub.check_in(SESSION, person)
    told.refused(lambda: hub.check_in(SESSION, "esr:401"))
    told.say("Max may still come: his chair is his. He never does.")
    told.at("2026-12-01T11:00")
    hub.close_register(SESSION)
    told.roster(SESSION)

    told.say("What the team sees of it at the end of the month:")
    told.report("2026-12-01", "2027-01-01", "attendance-by-type", "no-shows", of="CQI Taster")
    told.audit()
    told.kept |= {"nia": nia.id, "oz": oz.id, "cat": bookings[2].id, "max": bookings[11].id}
