"""`plan`: what a change would do, and doing exactly that; `shortfall`, which asks for one.

Each change is a function that makes the library's value of it; `_planned` makes a command of that. There is no
--request-id: sent again it would be another plan, since the first has been carried out. --token is what acts once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs
import click

from innovationhub import (
    Assign,
    CallOff,
    Close,
    End,
    Hub,
    Merge,
    Move,
    Plan,
    Recurrence,
    Reinstate,
    Reschedule,
    Resize,
)
from innovationhub.cli.arguments import SERIES, SESSION, Command, Commands, command, everywhere
from innovationhub.cli.desk import Desk, pass_desk, zone_of
from innovationhub.cli.naming import names_in
from innovationhub.cli.plans import TOKEN, show_plan
from innovationhub.cli.shapes import plain
from innovationhub.cli.telling import heading
from innovationhub.cli.wording import count

__all__ = ["COMMANDS"]

Change = Resize | Move | CallOff | Reinstate | Assign | Reschedule | End | Close | Merge

LOCAL = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"])
DAY = click.DateTime(["%Y-%m-%d"])

WHY = click.option("--reason", metavar="TEXT", default="", help="Why; the team sees it.")
SINCE = click.option(
    "--since",
    type=LOCAL,
    required=True,
    metavar="DATE",
    help="From when on, such as 2026-12-01, in local time.",
)


UNLIMITED = -1
"""Seats without a limit: click takes None for nothing said."""


def _seats(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """A number of seats, or `UNLIMITED`."""
    if value != "unlimited" and not value.isdecimal():
        said = f'{value!r} is no number of seats; give one, or "unlimited".'
        raise click.BadParameter(said, context, parameter)
    return UNLIMITED if value == "unlimited" else int(value)


@click.group("plan", cls=Commands, params=everywhere(), invoke_without_command=True)
@click.pass_context
def plan(context: click.Context) -> None:
    """Show what a change would do to whom; --apply does it.

    Nothing is changed without --apply. With --token, which a plan shows, it is done only if it would still do just
    what that plan said.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(2)


def _planned(name: str) -> Callable[[Callable[..., Change]], click.Command]:
    """Make a command under `plan` of a function that makes a change from the hub and the arguments."""

    def made(function: Callable[..., Change]) -> click.Command:
        @functools.wraps(function)
        def handed(desk: Desk, *, apply: bool, token: str | None, actor: str | None, **named: Any) -> None:
            with desk.hub() as hub:
                _carry_out(desk, hub, hub.plan(function(hub, **named)), apply=apply, token=token, actor=actor)

        done = click.command(name, cls=Command)(pass_desk(handed))
        options = (
            click.Option(["--apply"], is_flag=True, help="Do it, and not only show it."),
            click.Option(["--token"], metavar="TEXT", help="Only what the plan with this token said."),
            click.Option(["--actor"], metavar="ID", help="Who does it, for the journal."),
        )
        done.params[-3:-3] = options
        plan.add_command(done)
        return done

    return made


def _carry_out(
    desk: Desk, hub: Hub, made: Plan, *, apply: bool, token: str | None, actor: str | None
) -> None:
    """Show a plan; apply it if so asked, and if it is the one that is meant."""
    if not desk.json:
        show_plan(desk.out, made, names_in(hub, made))
    if not apply:
        if not desk.answered({**plain(made), "applied": False}) and made.effects:
            desk.hint("Do it", *_again(), "--apply", "--token", made.token[:TOKEN])
        return
    if token is not None and (len(token) < TOKEN or not made.token.startswith(token)):
        # not the plan that was looked at: the hub says so, and gives the new one
        made = attrs.evolve(made, effects=(), token=token)
    done = hub.apply(made, actor=actor)
    if not desk.answered({**plain(done), "applied": True}):
        desk.out.say(("Done.", "bold green"), " What happened is in the journal.")


def _again() -> list[str]:
    """The words of this command as they were given."""
    context = click.get_current_context()
    words = context.command_path.split()[1:]
    for each in context.command.params:
        value = context.params.get(each.name or "")
        if isinstance(each, click.Argument):
            values = value if isinstance(value, tuple) else (value,)
            words += [_written(one) for one in values if one is not None]
        elif isinstance(each, click.Option) and each.name != "apply" and value not in {None, ""}:
            words += [each.opts[0], _written(value)]
    return words


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M}" if value.time() != datetime.min.time() else f"{value:%Y-%m-%d}"
    return "unlimited" if value == UNLIMITED else str(value)


@_planned("resize")
@click.argument("subject_id", metavar="SESSION")
@click.argument("role")
@click.argument("seats", callback=_seats)
def resize(hub: Hub, subject_id: str, role: str, seats: int) -> Change:
    """Another number of seats for ROLE of SESSION.

    SEATS is a number, or "unlimited". For a set that one registers for, SESSION is the key of the series.
    """
    return Resize(subject_id, role, None if seats == UNLIMITED else seats)


@_planned("move")
@SESSION
@click.option("--starts", type=LOCAL, metavar="TIME", help="Such as 2026-12-01T14:00, in local time.")
@click.option("--venue", metavar="TEXT", help="Another room.")
def move(hub: Hub, session_id: str, starts: datetime | None, venue: str | None) -> Change:
    """Another time, or another room, for SESSION."""
    if starts is None and venue is None:
        raise click.UsageError("Say where it goes: --starts, --venue or both.")
    return Move(session_id, starts and starts.replace(tzinfo=zone_of(hub)), venue)


@_planned("call-off")
@SESSION
@WHY
def call_off(hub: Hub, session_id: str, reason: str) -> Change:
    """SESSION will not be."""
    return CallOff(session_id, reason)


@_planned("reinstate")
@SESSION
def reinstate(hub: Hub, session_id: str) -> Change:
    """SESSION was called off, and will be after all.

    Who was booked on it books again.
    """
    return Reinstate(session_id)


@_planned("assign")
@SESSION
@click.argument("facilitators", metavar="PERSON...", nargs=-1, required=True)
def assign(hub: Hub, session_id: str, facilitators: tuple[str, ...]) -> Change:
    """Other facilitators for SESSION: these, and no others."""
    return Assign(session_id, facilitators)


@_planned("reschedule")
@SERIES
@SINCE
@click.option("--rule", required=True, metavar="RULE", help="As in RFC 5545: FREQ=WEEKLY;BYDAY=WE.")
@click.option(
    "--starts", type=LOCAL, metavar="TIME", help="The first date and time; else --since, at the old time."
)
def reschedule(hub: Hub, series_id: str, since: datetime, rule: str, starts: datetime | None) -> Change:
    """Another rule for SERIES from a date on.

    Booked sessions go to the new date next to theirs.
    """
    zone, old = hub.settings.timezone, None
    for series in hub.series():
        if series.key == series_id:
            zone, old = series.recurrence.zone, series.recurrence.start.time()
    midnight = since.time() == datetime.min.time()
    first = starts or (datetime.combine(since, old) if old and midnight else since)
    return Reschedule(series_id, since, Recurrence(first, zone, rule))


@_planned("end")
@SERIES
@SINCE
@WHY
def end(hub: Hub, series_id: str, since: datetime, reason: str) -> Change:
    """No more sessions of SERIES from a date on."""
    return End(series_id, since, reason)


@_planned("close")
@click.argument("first", metavar="FROM", type=DAY)
@click.argument("last", metavar="[TO]", type=DAY, required=False)
@click.option("--reason", metavar="TEXT", required=True, help="What the calendar says of these days.")
def close(hub: Hub, first: datetime, last: datetime | None, reason: str) -> Change:
    """The hub is closed from FROM to TO, both included."""
    if last and last < first:
        raise click.UsageError(f"TO {last.date()} is before FROM {first.date()}.")
    # the library's windows leave their end out; a person who names a last day means that day too
    return Close(first.date(), (last or first).date() + timedelta(days=1), reason)


@_planned("merge")
@SESSION
@click.argument("into", metavar="INTO")
@WHY
def merge(hub: Hub, session_id: str, into: str, reason: str) -> Change:
    """Everybody of SESSION goes to session INTO.

    As far as there is room; SESSION is called off.
    """
    return Merge(session_id, into, reason)


@command("shortfall")
@SESSION
def shortfall(desk: Desk, session_id: str) -> None:
    """Say which roles of SESSION have too few people.

    And what calling off or merging would do.
    """
    with desk.hub() as hub:
        found = hub.shortfall(session_id)
        if desk.answered(found):
            return
        heading(desk.out, hub, session_id)
        if not found:
            desk.out.say("No role is short of people.")
    for each in found:
        short = f"{count(each.held, 'person', 'people')} of at least {each.minimum}"
        desk.out.say(
            (each.role, "bold"), f": {short}. Calling it off would end ", f"{_ended(each.call_off)}."
        )
        for one in each.merges:
            into = getattr(one.change, "into", "")
            moved = count(len(one.of("transferred")), "booking")
            desk.out.say(f"Merged into {into}: {moved} would go there, {_ended(one)} would end.", indent=2)
    if found:
        desk.hint("Call it off", "plan", "call-off", session_id)
    merges = dict.fromkeys(getattr(one.change, "into", "") for each in found for one in each.merges)
    for into in merges:
        desk.hint("Merge it", "plan", "merge", session_id, into)


def _ended(made: Plan) -> str:
    return count(len(made.of("cancelled")), "booking")


COMMANDS = (plan, shortfall)
