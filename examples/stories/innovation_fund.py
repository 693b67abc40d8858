"""An idea from the first thought to what came of it: a panel that decides, a plan before the money."""

from __future__ import annotations

import innovationhub_fund
from examples.stories.telling import Telling
from innovationhub_fund import Fund

TITLE = "The Innovation Fund: a quiet room, from the first thought to what came of it"
CATALOGUES = ("innovation-fund.toml",)

BESIDE = ("esr:2", "esr:100303")
"""Who work on the idea with its owner."""


def hooks() -> tuple[object, ...]:
    """The fund's own."""
    return (innovationhub_fund,)


def tell(told: Telling) -> None:
    """From a proposal to its outcome, with everything that is sent back on the way."""
    hub, fund = told.hub, Fund(told.hub)
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"))
    told.people(("esr:100301", "Pia Panel"), ("esr:100302", "Quin Panel"), ("esr:100303", "Rae Panel"))
    told.say("Ada has an idea, and Ben works on it with her. They ask for 1,200 pounds.")
    idea = fund.propose(
        "esr:1",
        "A quiet room",
        "Somewhere for new parents to sit.",
        pence=1_200_00,
        collaborators=BESIDE,
    )
    told.line(f"{idea.title}: {idea.stage}")
    told.say("They hand it in. The panel is told that there is something to decide.")
    told.line(f"now: {fund.submit(idea.id).stage}")
    told.messages("idea")
    told.say("Rae is on the panel, and works on the idea too: she has no say in it.")
    told.refused(lambda: fund.decide(idea.id, "esr:100303", "approve", "I like it."))
    told.say("Pia and Quin read it, and send it back with comments.")
    for member in ("esr:100301", "esr:100302"):
        fund.decide(idea.id, member, "return", "Say who will look after the room.")
    told.line(f"now: {fund.idea(idea.id).stage}")
    told.messages("idea")

    told.at("2026-12-01T09:00")
    told.say("A week later it is better, and approved.")
    fund.revise(idea.id, summary="Somewhere for new parents to sit; the ward clerk looks after it.")
    fund.submit(idea.id)
    for member in ("esr:100301", "esr:100302"):
        fund.decide(idea.id, member, "approve", "It is clear who gains.")
    told.line(f"now: {fund.idea(idea.id).stage}")
    told.messages("idea")
    told.say("No money goes out without a plan that says how the idea will be tested and measured.")
    fund.plan(idea.id, "Furnish one room", test="One ward for six weeks")
    told.refused(lambda: fund.accept_plan(idea.id, "esr:100301"))
    fund.plan(
        idea.id,
        "Furnish one room",
        test="One ward for six weeks",
        measure="Visits a week, and what parents say",
    )
    told.line(f"now: {fund.accept_plan(idea.id, 'esr:100301').stage}")
    told.say("The money is released, though not more than was asked for.")
    told.refused(lambda: fund.release(idea.id, 1_500_00))
    told.line(f"now: {fund.release(idea.id, 1_000_00).stage}")
    told.messages("idea")

    told.at("2027-02-01T09:00")
    told.say("Two months on they say what came of it, the failure too.")
    told.line(
        f"now: {fund.report_outcome(idea.id, 'Parents stay longer.', learnt='Ask the cleaners first.').stage}"
    )
    told.say("The journal tells the whole way, and names nobody:")
    for entry in fund.history(idea.id):
        told.line(f"{entry.at:%d %b} {entry.kind}")
    told.say("What is held about Ada can be had at any time:")
    for what, rows in hub.export_person("esr:1").kept["fund"].items():
        told.line(f"{what}: {len(rows)}")
    told.audit()
    told.kept |= {"idea": idea.id}
