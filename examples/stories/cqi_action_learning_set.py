"""One registration for the whole set; who cannot come on a date lends the seat to whoever waits for it."""

from __future__ import annotations

from examples.stories.telling import Telling

TITLE = "CQI Action Learning Set: register once, and lend a seat for a day"

SERIES = "cqi-action-learning-set"
NAMES = "Ada Obi, Ben Cole, Cat Dhar, Dee Eze, Eli Fox, Fay Gill, Gus Hale, Ida Imo"


def tell(told: Telling) -> None:
    """From the registrations to a guest on a lent seat, and half an hour alone with a facilitator."""
    hub = told.hub
    told.people(
        *((f"esr:{300 + at}", name) for at, name in enumerate(NAMES.split(", "))), ("esr:400", "Nia North")
    )
    told.say("The set meets every second Wednesday. Eight people register once, for all of it.")
    members = [hub.register(SERIES, f"esr:{300 + at}") for at in range(8)]
    told.booking(members[0])
    told.line("and seven more")
    told.calendar("2026-12-01", "2027-01-10", types=[SERIES])
    told.say(
        "Nia comes too late for a place in it, and waits. Ben, who is in it, need not book a date by itself."
    )
    nia = told.booking(hub.register(SERIES, "esr:400"))
    told.explain(nia.id)
    date = next(
        view.id
        for view in hub.calendar(hub.now(), hub.now().replace(year=2027), types=[SERIES])
        if view.starts > hub.now().replace(day=30)
    )
    told.refused(lambda: hub.book(date, "esr:301"))

    told.at("2026-11-27T09:00")
    told.say(
        "Cat cannot come on the first date in December, and says so. Her seat is lent for that day alone."
    )
    told.booking(hub.apologise(date, "esr:302", reason="Night shift"))
    told.say("Nia takes it as a guest. She keeps her place in the queue for the set.")
    guest = told.booking(hub.book(date, "esr:400"))
    told.booking(hub.booking(nia.id))
    told.say("Cat's shift is changed, but her seat for the day is lent by now.")
    told.refused(lambda: hub.unapologise(date, "esr:302"))
    told.say(
        "Ada asks for half an hour with the facilitator after the session. There is one, and it is hers."
    )
    alone = told.booking(hub.book(date, "esr:300", role="one-to-one"))
    ben = told.booking(hub.book(date, "esr:301", role="one-to-one"))
    told.messages("Action Learning")

    starts = hub.session(date).starts
    told.at(f"{starts:%Y-%m-%dT%H:%M}")
    told.say("The day comes.")
    for person in ("esr:300", "esr:301", "esr:400"):
        hub.check_in(date, person)
    hub.check_in(date, "esr:300", "one-to-one")
    told.at(f"{hub.session(date).ends:%Y-%m-%dT%H:%M}")
    hub.close_register(date)
    told.roster(date)
    told.say("What the team sees of it:")
    told.report("2026-12-01", "2027-01-01", "attendance-by-type", "no-shows", of="Learning Set")
    told.audit()
    told.kept |= {"date": date, "nia": nia.id, "guest": guest.id, "alone": alone.id, "ben": ben.id}
