"""Commands about messages: what did not go out, what they look like, and the loop that sends them."""

from __future__ import annotations

import signal
from datetime import tzinfo
from pathlib import Path

import click

from innovationhub import DeliveryState, MessageView, TickReport, Unavailable
from innovationhub.cli.arguments import By, Commands, acting, command
from innovationhub.cli.desk import Desk, zone_of
from innovationhub.cli.keeping import did, say_troubles
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.stopping import stopped_by_signals
from innovationhub.cli.wording import count, stamp

__all__ = ["COMMANDS"]

MESSAGE = click.argument("message_id", metavar="MESSAGE")


@click.group("messages", cls=Commands)
def messages() -> None:
    """Messages: what did not go out, and what they look like."""


@command("list")
@click.option(
    "--state",
    type=click.Choice([str(state) for state in DeliveryState]),
    default="given-up",
    show_default=True,
    help="Messages in this state.",
)
@click.option("--limit", type=int, default=50, show_default=True, help="Messages shown, at most.")
def listed(desk: Desk, state: str, limit: int) -> None:
    """List the messages of one state: those that were given up, unless told otherwise."""
    with desk.hub() as hub:
        found = hub.messages(state, limit=limit)
        where = zone_of(hub)
    if desk.answered(found):
        return
    if not found:
        desk.out.say(f"No message is {state.replace('-', ' ')}.")
        return
    columns = (
        Column("Message", id=True),
        Column("What and why"),
        Column("About", id=True, under="What and why"),
        Column("To", id=True, under="What and why"),
        Column("Due" if state == "waiting" else "Since"),
    )
    listing(desk.out, columns, [_row(each, where) for each in found])
    if state == "given-up":
        desk.hint("Try one again", "messages", "resend", found[0].id)


def _row(message: MessageView, where: tzinfo) -> tuple[str, ...]:
    to = f"{message.person_id or 'the team'} by {message.channel}"
    at = stamp(message.settled or message.due, where)
    tries = f" (tried {message.attempts} times)" if message.attempts > 1 else ""
    what = f"{message.kind!s}: {message.why}{tries}" if message.why else str(message.kind)
    return (message.id, what, message.session_id, to, at)


@command("resend")
@MESSAGE
@acting
def resend(desk: Desk, *, message_id: str, by: By) -> None:
    """Try MESSAGE again: it was given up, came back, or waits."""
    with desk.hub() as hub:
        found = hub.resend(message_id, **by)
    if desk.answered(found):
        return
    desk.out.say("It is tried again, under the same key.")
    desk.hint("Send what is due", "tick")


@command("preview")
@click.argument("kind", metavar="[KIND]", required=False)
@click.option("--html", is_flag=True, help="As HTML.")
@click.option("--out", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path), help="Into files.")
def preview(desk: Desk, kind: str | None, *, html: bool, out: Path | None) -> None:
    """Show what messages look like: those of one KIND, or all, about a made-up booking."""
    with desk.hub() as hub:
        made = [hub.preview_message(each) for each in ([kind] if kind else hub.message_kinds())]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for each in made:
            (out / f"{each.kind}.txt").write_text(f"Subject: {each.subject}\n\n{each.text}", encoding="utf-8")
            (out / f"{each.kind}.html").write_text(each.html, encoding="utf-8")
    told = [
        {"kind": each.kind, "subject": each.subject, "text": each.text, "html": each.html} for each in made
    ]
    if desk.answered(told):
        return
    if out is not None:
        desk.out.say(f"{count(2 * len(made), 'file')} in {out}.")
        return
    for each in made:
        if html:
            click.echo(each.html)
        else:
            desk.out.say((f"{each.kind}", "bold"))
            desk.out.say(("Subject: ", "bold"), each.subject)
            click.echo("\n" + each.text)


@command("run")
@click.option(
    "--every",
    type=click.FloatRange(0.1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds between ticks.",
)
@click.option(
    "--limit", type=int, default=100, show_default=True, help="Things of each kind at a time, at most."
)
def run(desk: Desk, every: float, limit: int) -> None:
    """Tick again and again, until it is stopped.

    SIGTERM or Ctrl-C stop it between two steps. It says what it did, and goes on when the store is out of reach for a
    while. Several may run at once.
    """
    with stopped_by_signals(signal.SIGTERM, signal.SIGINT) as stopped, desk.hub() as hub:
        while not stopped.is_set():
            try:
                report = hub.tick(limit=limit, stop=stopped.is_set)
            except Unavailable as error:
                desk.warn("unavailable", f"{error}; trying again in {every:g} seconds")
                stopped.wait(every)
                continue
            _say(desk, report)
            if report.complete or not did(report):  # else there is more that can be gone on with now
                stopped.wait(every)
    if not desk.json:
        desk.out.say("Stopped.")


def _say(desk: Desk, report: TickReport) -> None:
    done = did(report)
    if desk.json:
        desk.dump(report)
    elif done:
        desk.out.say(f"Done: {'; '.join(done)}.")
    say_troubles(desk, report)


for _command in (listed, preview, resend):
    messages.add_command(_command)

COMMANDS = (messages, run)
