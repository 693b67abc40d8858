"""Commands about the trust's learning-management system: how it stands, and bookings that agree."""

from __future__ import annotations

from collections.abc import Sequence

import click

from innovationhub import LmsAct, LmsFinding, LmsReport
from innovationhub.cli.arguments import Commands, command, everywhere
from innovationhub.cli.desk import Desk
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.wording import count
from innovationhub.hub.agreeing import Direction

__all__ = ["COMMANDS"]

LIMIT = click.option("--limit", type=int, default=100, show_default=True, help="Sessions looked at, at most.")


@click.group("lms", cls=Commands, params=everywhere())
def lms() -> None:
    """Sessions in the trust's LMS, and bookings that agree."""


@command("status")
def status(desk: Desk) -> None:
    """Show who leads, what the LMS can do, and what a person must look at.

    The exit status is 0 whatever there is to look at: findings are for people, and wait.
    """
    with desk.hub() as hub:
        stands = hub.lms_status()
    if desk.answered(stands):
        return
    if stands.plugin is None:
        desk.out.say("This hub has no LMS: give its address with --lms.")
    else:
        leads = "The hub leads" if stands.leads == "hub" else "The LMS leads"
        desk.out.say(
            (stands.plugin, "bold"), f": {leads}. It can {', '.join(stands.abilities) or 'nothing'}."
        )
    _show_findings(desk, stands.findings, agree=stands.plugin is not None)


@command("push")
@LIMIT
def push(desk: Desk, limit: int) -> None:
    """Tell the LMS what was done here, and follow nothing."""
    _agree(desk, limit, Direction.PUSH)


@command("pull")
@LIMIT
def pull(desk: Desk, limit: int) -> None:
    """Follow here what was done in the LMS, and tell it nothing."""
    _agree(desk, limit, Direction.PULL)


@command("reconcile")
@LIMIT
@click.option("--dry-run", is_flag=True, help="Say what would be done first, and change nothing.")
def reconcile(desk: Desk, limit: int, *, dry_run: bool) -> None:
    """Let hub and LMS agree, reading every sign-up.

    Doing it again changes nothing. It goes on where the last one stopped.
    """
    _agree(desk, limit, Direction.BOTH, whole=True, tried=dry_run)


def _agree(desk: Desk, limit: int, direction: Direction, *, whole: bool = False, tried: bool = False) -> None:
    with desk.hub() as hub:
        report = hub.agree_with_lms(limit=limit, direction=direction, whole=whole, tried=tried)
    if not desk.answered(report):
        _show(desk, report, tried=tried)
    if report.failure:
        click.get_current_context().exit(2)


def _show(desk: Desk, report: LmsReport, *, tried: bool) -> None:
    looked = f"Looked at {count(report.sessions, 'session')}"
    if report.failure and not report.acts:
        desk.out.say(f"{looked}.")
    elif not report.acts:
        desk.out.say(f"{looked}: nothing {'is to be' if tried else 'was to be'} done.")
    else:
        desk.out.say(f"{looked}. {'To be done' if tried else 'Done'}:")
        columns = (Column("Where"), Column("What"), Column("Session", id=True), Column("Who", id=True))
        listing(desk.out, columns, [_row(each) for each in report.acts])
    _show_findings(desk, report.findings, agree=not report.failure)
    if report.failure:
        desk.err.say(("Error: ", "bold red"), report.failure)
    elif not report.complete and not tried:
        desk.hint("There is more to do", "lms", "reconcile")


def _row(act: LmsAct) -> tuple[str, str, str, str]:
    where = "here" if act.side == "hub" else "there"
    return where, act.what, act.session_id, act.person_id


def _show_findings(desk: Desk, findings: Sequence[LmsFinding], *, agree: bool) -> None:
    if not findings:
        if agree:
            desk.out.say("Hub and LMS agree, as far as they were compared.")
        return
    desk.out.say((f"{count(len(findings), 'thing')} for a person to look at:", "bold"))
    columns = (
        Column("What"),
        Column("Session", id=True),
        Column("About", id=True),
        Column("More", under="What"),
    )
    rows = [
        (
            each.code,
            each.session_id,
            each.about,
            ", ".join(f"{name} {value}" for name, value in each.facts.items()),
        )
        for each in findings
    ]
    listing(desk.out, columns, rows)


for _command in (status, push, pull, reconcile):
    lms.add_command(_command)

COMMANDS = (lms,)
