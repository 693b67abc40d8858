"""Come with an idea as often as needed: who has not been yet goes first, and who came how often is known."""

from __future__ import annotations

import innovationhub_fund
from examples.stories.telling import Telling
from innovationhub_fund import Fund

TITLE = "Ideas Development: as often as needed, first-timers first"
CATALOGUES = ("innovation-fund.toml",)

FIRST, SECOND = "ideas-development@2026-11-24T14:00", "ideas-development@2026-12-01T14:00"


def hooks() -> tuple[object, ...]:
    """The fund's own."""
    return (innovationhub_fund,)


def tell(told: Telling) -> None:
    """From one visit to the next, and a seat that comes free."""
    hub, fund = told.hub, Fund(told.hub)
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"), ("esr:3", "Cat Dhar"))
    told.people(*((f"esr:{300 + at}", f"Member {at}") for at in range(10)))
    told.say("Ada wants to apply to the Innovation Fund, and brings her idea to this week's session.")
    idea = fund.propose("esr:1", "Text reminders", "Fewer missed appointments.", pence=800_00)
    first = told.booking(hub.book(FIRST, "esr:1", role="attendee"))
    fund.bring(idea.id, first.id)
    told.at("2026-11-24T14:00")
    hub.check_in(FIRST, "esr:1", "attendee")
    told.at("2026-11-24T16:00")
    hub.close_register(FIRST)
    told.say(
        "She would like to come again. Next week is full by now: ten others have booked. So she waits, and after"
    )
    others = [hub.book(SECOND, f"esr:{300 + at}", role="attendee") for at in range(10)]
    ada = told.booking(hub.book(SECOND, "esr:1", role="attendee"))
    told.say("her Cat, who has never been.")
    cat = told.booking(hub.book(SECOND, "esr:3", role="attendee"))
    told.at("2026-11-26T09:00")
    told.say(
        "One of the ten cannot come. Who has not been yet goes first: the seat is Cat's, and Ada sees why."
    )
    hub.cancel(others[0].id)
    told.booking(hub.booking(cat.id))
    told.explain(ada.id)
    told.say("Another one cannot come, and Ada is next. She brings the same idea.")
    hub.cancel(others[1].id)
    told.booking(hub.booking(ada.id))
    fund.bring(idea.id, ada.id)
    told.at("2026-12-01T14:00")
    for person in ("esr:1", "esr:3"):
        hub.check_in(SECOND, person, "attendee")
    told.at("2026-12-01T16:00")
    hub.close_register(SECOND)
    told.say("Who came with which idea, and how often:")
    for who, times in fund.attendance(idea.id).items():
        told.line(f'{told.name(who)} with "{idea.title}": {times} times')
    told.say("What the team sees of both weeks:")
    told.report("2026-11-01", "2027-01-01", "repeat-attendance")
    told.audit()
    told.kept |= {"idea": idea.id, "ada": ada.id, "cat": cat.id}
