"""An idea from the first thought to what came of it: a panel that decides, a plan before the money."""

from __future__ import annotations

import innovationhub_fund
from examples.stories.telling import Telling
from innovationhub_fund import Fund, Idea

TITLE = "The Innovation Fund: a quiet room, from the first thought to what came of it"
CATALOGUES = ("innovation-fund.toml",)


def hooks() -> tuple[object, ...]:
    """The fund's own."""
    return (innovationhub_fund,)


def _said(told: Telling, idea: Idea) -> None:
    """What the panel wrote in the latest round."""
    for each in sorted(idea.verdicts, key=lambda each: str(each.member_id)):
        if each.round == idea.round:
            told.line(f'{told.name(each.member_id)} ({each.verdict}): "{each.reasons}"')


def _funded(told: Telling, fund: Fund, idea_id: str) -> None:
    """From the plan to the money."""
    told.say(
        "No money goes out without a plan that says how the idea is tested and measured. Theirs does not."
    )
    fund.plan(idea_id, "Furnish one room", test="One ward for six weeks")
    told.messages("A quiet room")
    told.refused(lambda: fund.release(idea_id, 1_000_00))
    told.refused(lambda: fund.accept_plan(idea_id, "esr:100301"))
    told.say("So Pia gives it back, and says what she would like to see.")
    back = fund.return_plan(idea_id, "esr:100301", "How will you know that it helps?")
    told.line(f'now: {back.stage}; "{back.texts["comments"]}"')
    told.messages("A quiet room")
    fund.plan(idea_id, "Furnish one room", measure="Visits a week, and what parents say")
    told.say("They add it, and the plan is accepted.")
    told.line(f"now: {fund.accept_plan(idea_id, 'esr:100301').stage}")
    told.messages("A quiet room")
    told.say("The money is released, though not more than was asked for.")
    told.refused(lambda: fund.release(idea_id, 1_500_00))
    told.line(f"now: {fund.release(idea_id, 1_000_00).stage}")
    told.messages("A quiet room")


def tell(told: Telling) -> None:
    """From a proposal to its outcome, with everything that is sent back on the way."""
    hub, fund = told.hub, Fund(told.hub)
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"))
    told.people(("esr:100301", "Pia Ross"), ("esr:100302", "Quin Shaw"), ("esr:100303", "Rae Tait"))
    told.say("Ada has an idea, and Ben works on it with her. They ask for 1,200 pounds.")
    idea = fund.propose(
        "esr:1",
        "A quiet room",
        "Somewhere for new parents to sit.",
        pence=1_200_00,
        collaborators=["esr:2"],
    )
    told.line(f"{idea.title}: {idea.stage}")
    told.say("They hand it in. The panel (Pia, Quin and Rae) is told that there is something to decide.")
    told.line(f"now: {fund.submit(idea.id).stage}")
    told.messages("A quiet room")
    told.say("Rae has an idea of her own. She may hand it in like anybody, but has no say in it.")
    own = fund.propose("esr:100303", "A walking map", "Meetings on foot.", pence=300_00)
    fund.submit(own.id)
    told.refused(lambda: fund.decide(own.id, "esr:100303", "approve", "I like it."))
    told.say("Pia and Quin read the quiet room, and send it back, each with comments.")
    fund.decide(idea.id, "esr:100301", "return", "Who will look after the room?")
    returned = fund.decide(idea.id, "esr:100302", "return", "Ask the parents first.")
    told.line(f"now: {returned.stage}")
    _said(told, returned)
    told.messages("A quiet room")

    told.at("2026-12-01T09:00")
    told.say("A week later it is better, and approved.")
    fund.revise(idea.id, summary="Parents asked for it on one ward; the ward clerk looks after it.")
    fund.submit(idea.id)
    fund.decide(idea.id, "esr:100301", "approve", "It is clear who gains.")
    approved = fund.decide(idea.id, "esr:100302", "approve", "You asked them. Thank you.")
    told.line(f"now: {approved.stage}, round {approved.round}; a plan is due by {approved.due:%d %b %Y}")
    _said(told, approved)
    told.messages("A quiet room")
    _funded(told, fund, idea.id)

    told.at("2027-02-01T09:00")
    told.say("Two months on they say what came of it, and what they would do differently.")
    reported = fund.report_outcome(idea.id, "Parents stay longer.", learnt="Ask the cleaners first.")
    told.line(f"now: {reported.stage}")
    for what in ("outcome", "learnt"):
        told.line(f"{what}: {reported.texts[what]}")
    told.say("The journal has the whole way, step by step:")
    told.line(", ".join(entry.kind.removeprefix("fund.") for entry in fund.history(idea.id)))
    told.say("Ada can have what is held about her at any time:")
    for what, rows in hub.export_person("esr:1").kept["fund"].items():
        told.line(f"{what}: {len(rows)}")
    told.say("What the team sees. Rae's idea has waited for the panel since November:")
    told.report("2026-11-01", "2027-03-01", "fund-ideas-by-stage")
    told.audit()
    told.kept |= {"idea": idea.id, "own": own.id}
