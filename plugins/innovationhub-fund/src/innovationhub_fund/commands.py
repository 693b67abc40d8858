"""Commands of the program: `idea`, from the first thought to what came of it."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs
import click

from innovationhub import Hub
from innovationhub.cli.arguments import BOOKING, PERSON, By, Commands, acting, command, everywhere
from innovationhub.cli.desk import Desk, zone_of
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.naming import names_in
from innovationhub.cli.output import Output
from innovationhub.cli.plans import TOKEN, show_plan
from innovationhub.cli.shapes import plain
from innovationhub.cli.wording import count, stamp
from innovationhub_fund.fund import Fund
from innovationhub_fund.ideas import Stage, Verdict
from innovationhub_fund.money import pence, pounds
from innovationhub_fund.panel import WithdrawApproval
from innovationhub_fund.views import Idea

__all__ = ["idea"]

F = TypeVar("F")

IDEA = click.argument("idea_id", metavar="IDEA")
MEMBER = click.option("--member", "member_id", required=True, metavar="ID", help="Who of the panel.")

LABELS = {
    "summary": "What it is",
    "plan": "Plan",
    "test": "How it will be tested",
    "measure": "How impact will be measured",
    "comments": "The panel's comments on the plan",
    "outcome": "What came of it",
    "learnt": "What was learnt",
    "withdrawn": "Why the approval ended",
    "dropped": "Why it was dropped",
}
"""What each kind of text is called."""


class Pounds(click.ParamType[int]):
    """An amount in pounds, kept in pence."""

    name = "pounds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Pence of what was written."""
        try:
            return pence("amount", str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group("idea", cls=Commands, params=everywhere())
def idea() -> None:
    """Ideas for the Innovation Fund, and what comes of them."""


def _answer(desk: Desk, hub: Hub, found: Idea) -> None:
    """Show an idea after a step, and what comes next."""
    if desk.answered(found):
        return
    _show(desk.out, hub, found)
    words = {
        Stage.DEVELOPING: ("Hand it to the panel", "submit"),
        Stage.SUBMITTED: ("Decide", "decide", "--member", "ID", "--verdict", "VERDICT", "--reasons", "TEXT"),
        Stage.APPROVED: ("Hand in the plan", "plan", "--plan", "TEXT", "--test", "TEXT", "--measure", "TEXT"),
        Stage.PLANNED: ("Take the plan", "accept-plan", "--member", "ID"),
        Stage.ACCEPTED: ("Release the money", "release", "--amount", "POUNDS"),
        Stage.RELEASED: ("Say what came of it", "report", "--outcome", "TEXT"),
        Stage.EXPIRED: ("Seek approval anew", "revise"),
        Stage.WITHDRAWN: ("Seek approval anew", "revise"),
    }.get(found.stage)
    if words:
        desk.hint(words[0], "idea", words[1], found.id, *words[2:])


def _show(out: Output, hub: Hub, found: Idea) -> None:
    where = zone_of(hub)
    out.say((found.title or "(its words were deleted)", "bold"), f": {found.stage}")
    out.say(f"Idea {found.id}, proposed on {stamp(found.created_at, where)}.")
    out.say(f"Owned by {found.owner_id or 'somebody who was erased'}.")
    if found.collaborators:
        out.say(f"With {', '.join(found.collaborators)}.")
    if found.asked:
        released = f", {pounds(found.released)} released" if found.released else ""
        out.say(f"{pounds(found.asked)} asked for{released}.")
    if found.due:
        out.say(f"The approval runs out on {stamp(found.due, where)}.")
    for kind, label in LABELS.items():
        if kind in found.texts:
            out.say((f"{label}: ", "bold"), found.texts[kind])
    for given in found.verdicts:
        who = given.member_id or "somebody who was erased"
        said = f": {given.reasons}" if given.reasons else ""
        word = "stands aside" if given.verdict is Verdict.ASIDE else given.verdict
        out.say(f"Round {given.round}, {who}: {word}{said}", indent=2)


def _of_idea(made: click.Command) -> click.Command:
    idea.add_command(made)
    return made


@_of_idea
@command("propose")
@PERSON
@click.option("--title", required=True, metavar="TEXT", help="What it is called.")
@click.option("--summary", default="", metavar="TEXT", help="What it is; may come later.")
@click.option("--ask", type=Pounds(), default=0, metavar="POUNDS", help="How much money; may come later.")
@click.option("--with", "people", multiple=True, metavar="ID", help="Who works on it too; may be repeated.")
@acting
def propose(
    desk: Desk, *, person_id: str, title: str, summary: str, ask: int, people: tuple[str, ...], by: By
) -> None:
    """PERSON has an idea, and begins to develop it."""
    with desk.hub() as hub:
        found = Fund(hub).propose(person_id, title, summary, pence=ask, collaborators=people, **by)
        _answer(desk, hub, found)


@_of_idea
@command("revise")
@IDEA
@click.option("--title", default="", metavar="TEXT", help="What it is called.")
@click.option("--summary", default="", metavar="TEXT", help="What it is.")
@click.option("--ask", type=Pounds(), metavar="POUNDS", help="How much money.")
@acting
def revise(desk: Desk, *, idea_id: str, title: str, summary: str, ask: int | None, by: By) -> None:
    """Say IDEA better; what is left out stays as it was."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).revise(idea_id, title=title, summary=summary, pence=ask, **by))


@_of_idea
@command("join")
@IDEA
@PERSON
@acting
def join(desk: Desk, *, idea_id: str, person_id: str, by: By) -> None:
    """PERSON comes to work on IDEA."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).join(idea_id, person_id, **by))


@_of_idea
@command("leave")
@IDEA
@PERSON
@acting
def leave(desk: Desk, *, idea_id: str, person_id: str, by: By) -> None:
    """PERSON works on IDEA no more."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).leave(idea_id, person_id, **by))


@_of_idea
@command("submit")
@IDEA
@acting
def submit(desk: Desk, *, idea_id: str, by: By) -> None:
    """Hand IDEA to the panel."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).submit(idea_id, **by))


@_of_idea
@command("decide")
@IDEA
@MEMBER
@click.option("--verdict", required=True, type=click.Choice(["approve", "return", "decline"]), help="What.")
@click.option("--reasons", required=True, metavar="TEXT", help="Why; its people are told.")
@acting
def decide(desk: Desk, *, idea_id: str, member_id: str, verdict: str, reasons: str, by: By) -> None:
    """Give a panel member's verdict on IDEA."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).decide(idea_id, member_id, verdict, reasons, **by))


@_of_idea
@command("stand-aside")
@IDEA
@MEMBER
@click.option("--reasons", default="", metavar="TEXT", help="What the interest is.")
@acting
def stand_aside(desk: Desk, *, idea_id: str, member_id: str, reasons: str, by: By) -> None:
    """Declare a panel member's interest in IDEA."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).stand_aside(idea_id, member_id, reasons, **by))


@_of_idea
@command("plan")
@IDEA
@click.option("--plan", default="", metavar="TEXT", help="What will be done.")
@click.option("--test", default="", metavar="TEXT", help="How the idea will be tested.")
@click.option("--measure", default="", metavar="TEXT", help="How impact will be measured.")
@acting
def plan(desk: Desk, *, idea_id: str, plan: str, test: str, measure: str, by: By) -> None:
    """Hand in the plan of IDEA, or a better one."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).plan(idea_id, plan, test=test, measure=measure, **by))


@_of_idea
@command("accept-plan")
@IDEA
@MEMBER
@acting
def accept_plan(desk: Desk, *, idea_id: str, member_id: str, by: By) -> None:
    """Take the plan of IDEA."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).accept_plan(idea_id, member_id, **by))


@_of_idea
@command("return-plan")
@IDEA
@MEMBER
@click.option("--comments", required=True, metavar="TEXT", help="What it lacks; its people are told.")
@acting
def return_plan(desk: Desk, *, idea_id: str, member_id: str, comments: str, by: By) -> None:
    """Give the plan of IDEA back."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).return_plan(idea_id, member_id, comments, **by))


@_of_idea
@command("release")
@IDEA
@click.option("--amount", required=True, type=Pounds(), metavar="POUNDS", help="How much money.")
@acting
def release(desk: Desk, *, idea_id: str, amount: int, by: By) -> None:
    """Say that the money for IDEA is released."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).release(idea_id, amount, **by))


@_of_idea
@command("report")
@IDEA
@click.option("--outcome", required=True, metavar="TEXT", help="What came of it.")
@click.option("--learnt", default="", metavar="TEXT", help="What was learnt, from success and failure.")
@acting
def report(desk: Desk, *, idea_id: str, outcome: str, learnt: str, by: By) -> None:
    """Say what came of IDEA."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).report_outcome(idea_id, outcome, learnt=learnt, **by))


@_of_idea
@command("drop")
@IDEA
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@acting
def drop(desk: Desk, *, idea_id: str, reason: str, by: By) -> None:
    """Give IDEA up."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).drop(idea_id, reason=reason, **by))


@_of_idea
@command("withdraw")
@IDEA
@click.option("--reason", required=True, metavar="TEXT", help="Why; its people are told.")
@click.option("--apply", is_flag=True, help="Do it, and not only show it.")
@click.option("--token", metavar="TEXT", help="Only what the plan with this token said.")
@click.option("--actor", metavar="ID", help="Who does it, for the journal.")
def withdraw(
    desk: Desk, *, idea_id: str, reason: str, apply: bool, token: str | None, actor: str | None
) -> None:
    """Show what ending the approval of IDEA would do.

    Whose places end, who gets them, who is told; --apply does it. With --token, which the plan shows, it is done only
    if it would still do just what that plan said.
    """
    with desk.hub() as hub:
        made = hub.plan(WithdrawApproval(idea_id, reason))
        if not desk.json:
            show_plan(desk.out, made, names_in(hub, made))
        if apply:
            if token is not None and (len(token) < TOKEN or not made.token.startswith(token)):
                # not the plan that was looked at: the hub says so, and gives the new one
                made = attrs.evolve(made, effects=(), token=token)
            made = hub.apply(made, actor=actor)
        if desk.answered({**plain(made), "applied": apply}):
            return
        if apply:
            desk.out.say("Done.")
        else:
            words = ("idea", "withdraw", idea_id, "--reason", reason, "--apply")
            desk.hint("Do it", *words, "--token", made.token[:TOKEN])


@_of_idea
@command("bring")
@IDEA
@BOOKING
@acting
def bring(desk: Desk, *, idea_id: str, booking_id: str, by: By) -> None:
    """Bring IDEA along to the session of BOOKING."""
    with desk.hub() as hub:
        _answer(desk, hub, Fund(hub).bring(idea_id, booking_id, **by))


@_of_idea
@command("list")
@click.option("--stage", type=click.Choice([str(each) for each in Stage]), help="Only those at this stage.")
@click.option("--person", metavar="ID", help="Only theirs.")
def listed(desk: Desk, *, stage: str | None, person: str | None) -> None:
    """List ideas in the order in which they were proposed."""
    with desk.hub() as hub:
        found = Fund(hub).ideas(stage=stage, person=person)
    if desk.answered(found):
        return
    if not found:
        desk.out.say("There is no such idea." if stage or person else "There is no idea yet.")
        return
    columns = (
        Column("Idea", id=True),
        Column("Title"),
        Column("Stage"),
        Column("Owner", id=True),
        Column("Asks"),
    )
    rows = [
        (each.id, each.title, str(each.stage), each.owner_id or "", pounds(each.asked) if each.asked else "")
        for each in found
    ]
    listing(desk.out, columns, rows)


@_of_idea
@command("show")
@IDEA
def show(desk: Desk, *, idea_id: str) -> None:
    """Show IDEA, its people, words, verdicts and visits."""
    with desk.hub() as hub:
        fund = Fund(hub)
        found, visits = fund.idea(idea_id), fund.attendance(idea_id)
        if desk.json:
            desk.dump({**plain(found), "attendance": {who or "": number for who, number in visits.items()}})
            return
        _answer(desk, hub, found)
        for who, number in visits.items():
            desk.out.say(
                f"{who or 'Somebody who was erased'} came with it {count(number, 'time')}.", indent=2
            )
