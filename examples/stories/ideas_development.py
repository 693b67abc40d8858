"""Come with an idea as often as needed: who has not been yet goes first, and who came how often is known."""

from __future__ import annotations

import innovationhub_fund
from examples.stories.telling import Telling
from innovationhub_fund import Fund

TITLE = "Ideas Development: as often as needed, first-timers first"
CATALOGUES = ("innovation-fund.toml",)

FIRST, SECOND = "ideas-development@2026-11-24T14:00", "ideas-development@2026-12-01T14:00"

NAMES = "Dee Eze, Eli Fox, Fay Gill, Gus Hale, Ida Imo, Jon Joy, Kit Key, Lea Low, Max May, Nia North"


def hooks() -> tuple[object, ...]:
    """The fund's own."""
    return (innovationhub_fund,)


def tell(told: Telling) -> None:
    """From one visit to the next, and a seat that comes free."""
    hub, fund = told.hub, Fund(told.hub)
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"), ("esr:3", "Cat Dhar"))
    told.people(*((f"esr:{300 + at}", name) for at, name in enumerate(NAMES.split(", "))))
    told.say(
        "Ada and Ben want to apply to the Innovation Fund. They bring their idea to this week's session."
    )
    idea = fund.propose(
        "esr:1", "Text reminders", "Fewer missed appointments.", pence=800_00, collaborators=["esr:2"]
    )
    for person in ("esr:1", "esr:2"):
        fund.bring(idea.id, told.booking(hub.book(FIRST, person, role="attendee")).id)
    told.at("2026-11-24T14:00")
    for person in ("esr:1", "esr:2"):
        hub.check_in(FIRST, person, "attendee")
    told.at("2026-11-24T16:00")
    hub.close_register(FIRST)
    told.say(
        "It is not ready yet, so Ada would like to come again. Ten others have booked next week: it is full.",
        "She waits. After her Cat asks, who has never been.",
    )
    others = [hub.book(SECOND, f"esr:{300 + at}", role="attendee") for at in range(10)]
    ada = told.booking(hub.book(SECOND, "esr:1", role="attendee"))
    cat = told.booking(hub.book(SECOND, "esr:3", role="attendee"))
    told.messages("Ideas Development")
    told.at("2026-11-26T09:00")
    told.say("Dee cannot come. Who has not been yet goes first: the seat is Cat's, and Ada sees why.")
    hub.cancel(others[0].id)
    told.booking(hub.booking(cat.id))
    told.explain(ada.id)
    told.say("Eli cannot come either, and Ada is next.")
    hub.cancel(others[1].id)
    told.booking(hub.booking(ada.id))
    told.messages("Ideas Development")
    told.say("Ada brings the same idea. An idea comes with its own people only: it is not Cat's to bring.")
    fund.bring(idea.id, ada.id)
    told.refused(lambda: fund.bring(idea.id, cat.id))
    told.at("2026-12-01T14:00")
    for person in ("esr:1", "esr:3", *(f"esr:{300 + at}" for at in range(2, 10))):
        hub.check_in(SECOND, person, "attendee")
    told.at("2026-12-01T16:00")
    hub.close_register(SECOND)
    told.say("Who came with which idea, and how often:")
    for who, times in fund.attendance(idea.id).items():
        told.line(f'{told.name(who)} with "{idea.title}": {times}')
    told.say("What the team sees of both weeks, with ideas and without:")
    told.report(
        "2026-11-01", "2027-01-01", "repeat-attendance", "fund-visits-by-idea", "fund-visits-by-person"
    )
    told.audit()
    told.kept |= {"idea": idea.id, "ada": ada.id, "cat": cat.id}
