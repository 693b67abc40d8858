"""Commands about bespoke workshops: from a team's request to what was learnt."""

from __future__ import annotations

from datetime import datetime

import click

from innovationhub import Hub, Recurrence, Workshop, WorkshopState
from innovationhub.cli.arguments import PERSON, By, Commands, acting, command
from innovationhub.cli.desk import Desk, zone_of
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.output import Output
from innovationhub.cli.wording import count, span, stamp

__all__ = ["COMMANDS"]

WORKSHOP = click.argument("workshop_id", metavar="WORKSHOP")
LOCAL = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"])

LABELS = {
    "problem": "Problem or opportunity",
    "involved": "Who is involved",
    "help": "Help wanted",
    "wanted": "When",
    "aims": "Aims",
    "techniques": "Techniques",
    "proposal": "Sessions proposed",
    "reason": "Reason",
    "pointer": "Who may help",
    "changed": "What changed",
    "learnt": "What was learnt",
}
"""What each kind of text is called."""


@click.group("workshop", cls=Commands)
def workshop() -> None:
    """Workshops made to measure, from request to follow-up."""


def _answer(desk: Desk, hub: Hub, found: Workshop) -> None:
    """Show a workshop after a step, and what comes next."""
    if desk.answered(found):
        return
    _show(desk.out, hub, found)
    words = {
        WorkshopState.REQUESTED: ("Take it on", "acknowledge", "--owner", "ID", "--reply-by", "DATE"),
        WorkshopState.ACKNOWLEDGED: ("Note the design", "design", "--aims", "TEXT"),
        WorkshopState.DESIGNED: ("Schedule it", "schedule", "--starts", "DATE"),
        WorkshopState.DELIVERED: ("Follow it up", "follow-up", "--changed", "TEXT", "--learnt", "TEXT"),
    }.get(found.state)
    if words:
        desk.hint(words[0], "workshop", words[1], found.id, *words[2:])


def _show(out: Output, hub: Hub, found: Workshop) -> None:
    where = zone_of(hub)
    out.say((found.title, "bold"), f": {found.state}{', overdue' if found.overdue else ''}")
    out.say(f"Workshop {found.id}")
    asker = found.person_id or "somebody who was erased"
    out.say(
        f"Asked for by {asker} on {stamp(found.created_at, where)}, for {count(found.size, 'person', 'people')}."
    )
    if len(found.people) > 1:
        out.say(f"Team: {', '.join(found.people)}")
    if found.owner_id:
        out.say(f"Led by {found.owner_id}.")
    if found.due:
        out.say(f"Next step by {stamp(found.due, where)}.")
    for kind, label in LABELS.items():
        if kind in found.texts:
            out.say((f"{label}: ", "bold"), found.texts[kind])
    for session in found.sessions:
        place = f", {session.venue}" if session.venue else ""
        out.say(f"{span(session.starts, session.ends)}{place} ({session.id})", indent=2)


def _instant(hub: Hub, value: datetime) -> datetime:
    """A local time of the hub, as given, as an aware instant."""
    return value.replace(tzinfo=zone_of(hub))


@command("request")
@PERSON
@click.option("--problem", required=True, metavar="TEXT", help="The problem, or the opportunity.")
@click.option("--with", "people", multiple=True, metavar="ID", help="Another of the team; may be repeated.")
@click.option("--involved", default="", metavar="TEXT", help="Who else has to do with it.")
@click.option("--help-wanted", "wished", default="", metavar="TEXT", help="What kind of help is wanted.")
@click.option("--when", "wanted", default="", metavar="TEXT", help="When it would suit.")
@click.option("--size", type=int, metavar="NUMBER", help="For how many; else those named.")
@click.option("--type", "kind", metavar="KEY", help="The session type, where several are asked for.")
@acting
def request(
    desk: Desk,
    *,
    person_id: str,
    problem: str,
    people: tuple[str, ...],
    involved: str,
    wished: str,
    wanted: str,
    size: int | None,
    kind: str | None,
    by: By,
) -> None:
    """Ask for a workshop for the team of PERSON."""
    with desk.hub() as hub:
        found = hub.request_workshop(
            person_id,
            problem,
            people=people,
            involved=involved,
            help=wished,
            wanted=wanted,
            size=size,
            type=kind,
            **by,
        )
        _answer(desk, hub, found)


@command("acknowledge")
@WORKSHOP
@click.option("--owner", required=True, metavar="ID", help="Who takes it on.")
@click.option(
    "--reply-by", required=True, type=LOCAL, metavar="DATE", help="When a reply is promised, in local time."
)
@acting
def acknowledge(desk: Desk, *, workshop_id: str, owner: str, reply_by: datetime, by: By) -> None:
    """Take WORKSHOP on, and promise a reply."""
    with desk.hub() as hub:
        _answer(
            desk, hub, hub.acknowledge_workshop(workshop_id, owner, reply_by=_instant(hub, reply_by), **by)
        )


@command("design")
@WORKSHOP
@click.option("--aims", required=True, metavar="TEXT", help="What it is to bring about.")
@click.option("--techniques", default="", metavar="TEXT", help="The techniques that suit it.")
@click.option("--sessions", "proposal", default="", metavar="TEXT", help="The sessions proposed.")
@click.option("--next-by", type=LOCAL, metavar="DATE", help="When its dates are promised, in local time.")
@acting
def design(
    desk: Desk,
    *,
    workshop_id: str,
    aims: str,
    techniques: str,
    proposal: str,
    next_by: datetime | None,
    by: By,
) -> None:
    """Note what was designed with the team of WORKSHOP."""
    with desk.hub() as hub:
        due = None if next_by is None else _instant(hub, next_by)
        found = hub.design_workshop(
            workshop_id, aims=aims, techniques=techniques, proposal=proposal, next_by=due, **by
        )
        _answer(desk, hub, found)


@command("schedule")
@WORKSHOP
@click.option("--starts", required=True, type=LOCAL, metavar="DATE", help="The first date, in local time.")
@click.option("--rule", metavar="RRULE", help='For a series, such as "FREQ=WEEKLY;COUNT=3".')
@click.option("--venue", default="", metavar="TEXT", help="The room.")
@click.option(
    "--facilitator", "facilitators", multiple=True, metavar="ID", help="Who leads; may be repeated."
)
@click.option(
    "--series", "series_id", default="", metavar="KEY", help="A name for its dates; else one is made."
)
@acting
def schedule(
    desk: Desk,
    *,
    workshop_id: str,
    starts: datetime,
    rule: str | None,
    venue: str,
    facilitators: tuple[str, ...],
    series_id: str,
    by: By,
) -> None:
    """Put WORKSHOP on the calendar for its team alone, and give them their places."""
    with desk.hub() as hub:
        recurrence = Recurrence(starts, hub.settings.timezone, rule)
        found = hub.schedule_workshop(
            workshop_id, recurrence, venue=venue, facilitators=facilitators, series_id=series_id, **by
        )
        _answer(desk, hub, found)


@command("deliver")
@WORKSHOP
@acting
def deliver(desk: Desk, *, workshop_id: str, by: By) -> None:
    """Say that WORKSHOP has been; tick notices it by itself."""
    with desk.hub() as hub:
        _answer(desk, hub, hub.deliver_workshop(workshop_id, **by))


@command("follow-up")
@WORKSHOP
@click.option("--changed", required=True, metavar="TEXT", help="What changed.")
@click.option("--learnt", required=True, metavar="TEXT", help="What was learnt, from success and failure.")
@acting
def follow_up(desk: Desk, *, workshop_id: str, changed: str, learnt: str, by: By) -> None:
    """Note what came of WORKSHOP."""
    with desk.hub() as hub:
        _answer(desk, hub, hub.follow_up_workshop(workshop_id, changed=changed, learnt=learnt, **by))


@command("decline")
@WORKSHOP
@click.option("--reason", required=True, metavar="TEXT", help="Why; they are told.")
@click.option("--pointer", default="", metavar="TEXT", help="Who or what may help instead.")
@acting
def decline(desk: Desk, *, workshop_id: str, reason: str, pointer: str, by: By) -> None:
    """Say that the hub will not do WORKSHOP."""
    with desk.hub() as hub:
        _answer(desk, hub, hub.decline_workshop(workshop_id, reason, pointer=pointer, **by))


@command("withdraw")
@WORKSHOP
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@acting
def withdraw(desk: Desk, *, workshop_id: str, reason: str, by: By) -> None:
    """Give WORKSHOP up; its dates are called off."""
    with desk.hub() as hub:
        _answer(desk, hub, hub.withdraw_workshop(workshop_id, reason=reason, **by))


@command("list")
@click.option(
    "--state", type=click.Choice([str(each) for each in WorkshopState]), help="Only those in this state."
)
@click.option("--overdue", is_flag=True, help="Only those whose next step is overdue.")
def listed(desk: Desk, state: str | None, *, overdue: bool) -> None:
    """List workshops in order of request: the hub team's list."""
    with desk.hub() as hub:
        found = hub.workshops(state=state, overdue=overdue)
        where = zone_of(hub)
    if desk.answered(found):
        return
    if not found:
        desk.out.say("There is no such workshop." if state or overdue else "Nobody has asked for a workshop.")
        return
    columns = (
        Column("Workshop", id=True),
        Column("State"),
        Column("Asked for by", id=True, under="State"),
        Column("Led by", id=True, under="State"),
        Column("Next step by"),
    )
    rows = []
    for each in found:
        due = f"{stamp(each.due, where)}{' (overdue)' if each.overdue else ''}" if each.due else ""
        rows.append((each.id, str(each.state), each.person_id or "", each.owner_id or "", due))
    listing(desk.out, columns, rows)


@command("show")
@WORKSHOP
def show(desk: Desk, *, workshop_id: str) -> None:
    """Show WORKSHOP: where it stands, its team, its dates, what was written."""
    with desk.hub() as hub:
        _answer(desk, hub, hub.workshop(workshop_id))


for _command in (
    *(request, acknowledge, design, schedule, deliver, follow_up, decline, withdraw),
    *(listed, show),
):
    workshop.add_command(_command)

COMMANDS = (workshop,)
