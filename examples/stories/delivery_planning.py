"""Only with an approved idea; time alone with an expert; and an approval that is withdrawn."""

from __future__ import annotations

import innovationhub_fund
from examples.stories.telling import Telling
from innovationhub_fund import Fund, WithdrawApproval

TITLE = "Delivery Planning: a place rests on an approved idea, and ends with it"
CATALOGUES = ("innovation-fund.toml",)

SESSION = "delivery-planning@2026-12-09T13:30"


def hooks() -> tuple[object, ...]:
    """The fund's own."""
    return (innovationhub_fund,)


def tell(told: Telling) -> None:
    """From a refusal that says what is missing to a place that ends with the approval it rests on."""
    hub, fund = told.hub, Fund(told.hub)
    owners = [(f"esr:{at}", f"Owner {at}") for at in range(1, 12)]
    told.people(*owners, ("esr:100301", "Pia Panel"), ("esr:100302", "Quin Panel"))

    def approved(owner: str, title: str) -> str:
        idea = fund.propose(owner, title, "What it is, and for whom.", pence=500_00)
        fund.submit(idea.id)
        for member in ("esr:100301", "esr:100302"):
            fund.decide(idea.id, member, "approve", "It is clear who gains.")
        return idea.id

    told.say(
        "One comes to Delivery Planning to plan an idea that the panel has approved. Owner 1 has none yet."
    )
    told.refused(lambda: hub.book(SESSION, "esr:1", role="attendee"))
    told.say("With an approved idea it is another matter. There is time alone with an expert as well.")
    first = approved("esr:1", "Text reminders")
    place = told.booking(hub.book(SESSION, "esr:1", role="attendee"))
    alone = told.booking(hub.book(SESSION, "esr:1", role="one-to-one"))
    told.say("Nine others with approved ideas book too, so it is full. An eleventh waits.")
    for owner, _ in owners[1:10]:
        approved(owner, f"Idea of {owner}")
        hub.book(SESSION, owner, role="attendee")
    approved("esr:11", "The eleventh idea")
    last = told.booking(hub.book(SESSION, "esr:11", role="attendee"))
    told.messages("Delivery Planning")

    told.at("2026-12-01T09:00")
    told.say(
        "The ward is to move, and the panel withdraws its approval. What that comes to, before it is done:"
    )
    plan = told.plan(hub.plan(WithdrawApproval(first, "The ward moves.")))
    told.say("Then that, and nothing else:")
    hub.apply(plan, actor="esr:100301")
    told.booking(hub.booking(place.id))
    told.booking(hub.booking(alone.id))
    told.booking(hub.booking(last.id))
    told.messages("Delivery Planning")
    told.say("The idea itself is not lost. It can be worked on, and handed in again.")
    told.line(f"now: {fund.idea(first).stage}")
    told.refused(lambda: hub.book(SESSION, "esr:1", role="attendee"))

    told.at("2026-12-09T13:30")
    for owner, _ in owners[1:]:
        hub.check_in(SESSION, owner, "attendee")
    told.at("2026-12-09T15:30")
    hub.close_register(SESSION)
    told.say("What the team sees of it:")
    told.report("2026-12-01", "2027-01-01", "attendance-by-type", "no-shows", of="Delivery Planning")
    told.audit()
    told.kept |= {"place": place.id, "alone": alone.id, "last": last.id, "idea": first}
