"""Only with an approved idea; time alone with an expert; and an approval that is withdrawn."""

from __future__ import annotations

import innovationhub_fund
from examples.stories.telling import Telling
from innovationhub_fund import Fund, WithdrawApproval

TITLE = "Delivery Planning: a place rests on an approved idea, and ends with it"
CATALOGUES = ("innovation-fund.toml",)

SESSION = "delivery-planning@2026-12-09T13:30"

NAMES = (
    "Ada Obi, Ben Cole, Cat Dhar, Dee Eze, Eli Fox, Fay Gill, Gus Hale, Ida Imo, Jon Joy, Kit Key, Max May"
)


def hooks() -> tuple[object, ...]:
    """The fund's own."""
    return (innovationhub_fund,)


def tell(told: Telling) -> None:
    """From a refusal that says what is missing to a place that ends with the approval it rests on."""
    hub, fund = told.hub, Fund(told.hub)
    owners = [f"esr:{300 + at}" for at in range(11)]
    told.people(*zip(owners, NAMES.split(", "), strict=True))
    told.people(("esr:100301", "Pia Ross"), ("esr:100302", "Quin Shaw"))

    def approve(idea_id: str) -> None:
        fund.submit(idea_id)
        for member in ("esr:100301", "esr:100302"):
            fund.decide(idea_id, member, "approve", "It is clear who gains.")

    def propose(owner: str, title: str) -> str:
        return fund.propose(owner, title, "What it is, and for whom.", pence=500_00).id

    ada, ben, max_ = owners[0], owners[1], owners[-1]
    told.say("At Delivery Planning one plans an idea that the panel has approved. Ada has none yet.")
    told.refused(lambda: hub.book(SESSION, ada, role="attendee"))
    told.say(
        "She proposes one, and the panel approves it: now she may. There is time alone with an expert too."
    )
    idea = propose(ada, "Text reminders")
    approve(idea)
    place = told.booking(hub.book(SESSION, ada, role="attendee"))
    alone = told.booking(hub.book(SESSION, ada, role="one-to-one"))
    told.say(
        "Nine others with approved ideas book too, and Ben asks for time alone as well. It is full: Max waits."
    )
    for at, owner in enumerate(owners[1:], 2):
        approve(propose(owner, f"Idea number {at}"))
    for owner in owners[1:-1]:
        hub.book(SESSION, owner, role="attendee")
    bens = told.booking(hub.book(SESSION, ben, role="one-to-one"))
    last = told.booking(hub.book(SESSION, max_, role="attendee"))
    told.messages("Delivery Planning")

    told.at("2026-11-26T09:00")
    told.say(
        "Ada's ward is to move, and the panel withdraws its approval. What that comes to, before it is done:"
    )
    plan = told.plan(hub.plan(WithdrawApproval(idea, "The ward moves.")))
    told.say("Then that is done, and nothing else:")
    hub.apply(plan, actor="esr:100301")
    for each in (place, alone, bens, last):
        told.booking(hub.booking(each.id))
    told.messages()
    told.say("The idea is not lost. Ada can work on it, and hand it in again.")
    ended = fund.idea(idea)
    told.line(f'{ended.title}: {ended.stage}, "{ended.texts["withdrawn"]}"')

    told.at("2026-12-09T13:30")
    told.say("The afternoon comes, and everybody with it. Ben has his half hour.")
    for owner in owners[1:]:
        hub.check_in(SESSION, owner, "attendee")
    hub.check_in(SESSION, ben, "one-to-one")
    told.at("2026-12-09T15:30")
    hub.close_register(SESSION)
    told.say("What the team sees of it:")
    week = ("2026-12-07", "2026-12-14")
    told.report(*week, "attendance-by-type", "fill-rate", "no-shows", of="Delivery Planning")
    told.audit()
    told.kept |= {"place": place.id, "alone": alone.id, "last": last.id, "bens": bens.id, "idea": idea}
