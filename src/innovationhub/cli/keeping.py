"""Commands that keep the house: tick, audit, journal, plugins."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Mapping
from datetime import timedelta, tzinfo

import click
from rich.text import Text

from innovationhub import Entry, Hub, TickReport
from innovationhub.cli.arguments import command
from innovationhub.cli.desk import Desk, zone_of
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.shapes import plain
from innovationhub.cli.stopping import stopped_by_signals
from innovationhub.cli.wording import count, stamp

__all__ = ["COMMANDS", "did", "say_troubles"]

KEY = re.compile(r"\b[0-9a-f]{16,}\b")
"""What could be the opaque key of a person; the hub is asked which are."""


MOST_WAITING = 1000
"""Messages that wait and are counted."""


@command("tick")
@click.option(
    "--limit", type=int, default=100, show_default=True, help="Things of each kind looked at, at most."
)
def tick(desk: Desk, limit: int) -> None:
    """Go on with what is owed or due.

    Offers whose time is over, queues to look at, closings to finish, minimum numbers, reminders, and messages to send.
    Run it every few minutes; it is safe at any time, and to stop (SIGTERM).
    """
    with stopped_by_signals(signal.SIGTERM) as stopped, desk.hub() as hub:
        report = hub.tick(limit=limit, stop=stopped.is_set)
        waiting, where = hub.messages("waiting", limit=MOST_WAITING), zone_of(hub)
    if desk.answered(report):
        return
    done = did(report)
    desk.out.say("Nothing was owed." if not done else f"Done: {'; '.join(done)}.")
    if waiting:
        many = f"{MOST_WAITING} or more" if len(waiting) == MOST_WAITING else str(len(waiting))
        wait = "message waits" if len(waiting) == 1 else "messages wait, the first"
        desk.out.say(f"{many} {wait} until {stamp(waiting[0].due, where)}.")
    say_troubles(desk, report)
    for session_id in report.below_minimum:
        desk.hint("Too few people so far", "shortfall", session_id)
    if not report.complete:
        desk.hint("There is more to do", "tick")


def did(report: TickReport) -> list[str]:
    """What a tick found to do, each in a few words."""
    agreed = len(report.lms.acts) if report.lms else 0
    told = (
        (report.timers, "offer or deadline was due", "offers or deadlines were due"),
        (report.rosters, "queue was owed a look", "queues were owed a look"),
        (report.sessions, "closing or calling off went on", "closings or callings off went on"),
        (report.reviewed, "queue was looked at again", "queues were looked at again"),
        (len(report.below_minimum), "session is short of people", "sessions are short of people"),
        (
            report.erased,
            "old text, message or person was erased",
            "old texts, messages or people were erased",
        ),
        (agreed, "thing was done to agree with the LMS", "things were done to agree with the LMS"),
        (report.sent, "message went out", "messages went out"),
        (report.dropped, "message was not true any more", "messages were not true any more"),
        (report.failed, "message is tried again later", "messages are tried again later"),
        (report.given_up, "message was given up", "messages were given up"),
    )
    return [count(number, one, many) for number, one, many in told if number]


def say_troubles(desk: Desk, report: TickReport) -> None:
    """What did not work; for people only."""
    failed = (report.lms.failure,) if report.lms and report.lms.failure else ()
    for trouble in () if desk.json else (*report.troubles, *failed):
        desk.out.say(("Trouble: ", "bold yellow"), trouble)
    if report.lms and report.lms.findings and not desk.json:
        desk.hint("Hub and LMS do not agree about all", "lms", "status")
    if report.given_up:
        desk.hint("What was given up", "messages", "list")


@command("audit")
def audit(desk: Desk) -> None:
    """Check what must always hold, on the live data.

    The exit status is 1 when something does not hold.
    """
    with desk.hub() as hub:
        found = hub.audit()
    if desk.answered(found):
        pass
    elif not found:
        desk.out.say(("All is well", "bold green"), ": the audit found nothing amiss.")
    else:
        desk.out.say((f"{count(len(found), 'thing does', 'things do')} not hold:", "bold red"))
        for each in found:
            desk.out.say((f"{each.invariant} {each.code}", "bold"), f": {each.sentence}", indent=2)
        desk.hint("What happened", "journal")
    if found:
        click.get_current_context().exit(1)


@command("clashes")
@click.option(
    "--weeks", type=click.IntRange(1, 260), default=12, show_default=True, help="How far to look ahead."
)
def clashes(desk: Desk, weeks: int) -> None:
    """Show rooms and leaders that are wanted twice at one time.

    Loading and planning put them on the calendar all the same. Rooms are the venues that the hub's settings list.
    """
    with desk.hub() as hub:
        now = hub.now()
        found = hub.clashes(now, now + timedelta(weeks=weeks))
    if desk.answered(found):
        return
    if not found:
        desk.out.say(f"Nothing is wanted twice in the next {count(weeks, 'week')}.")
    for each in found:
        who = f" ({each.person_id})" if each.person_id else ""
        desk.out.say(f"{each.sentence}{who}")


@command("journal")
@click.option("--after", type=int, default=0, show_default=True, help="Begin behind this position.")
@click.option("--limit", type=int, default=50, show_default=True, help="Entries shown, at most.")
def journal(desk: Desk, after: int, limit: int) -> None:
    """Show what happened, in the order it was committed.

    The journal holds opaque keys. People the hub still knows are shown by your own ids.
    """
    with desk.hub() as hub:
        found = hub.journal(after, limit)
        ids = hub.ids_of(key for entry in found for key in _keys(entry))
        if desk.answered([{**plain(entry), "ids": _within(entry, ids)} for entry in found]):
            return
        if not found:
            desk.out.say("Nothing happened." if not after else f"Nothing happened behind {after}.")
            return
        columns = (
            Column("#", right=True),
            Column("When", id=True),
            Column("What happened"),
            Column("About", id=True, under="What happened"),
            Column("Who", id=True, under="What happened"),
        )
        where = zone_of(hub)
        listing(desk.out, columns, [_row(each, where, ids) for each in found])
    if len(found) == limit:
        desk.hint("Go on", "journal", "--after", str(found[-1].position), "--limit", str(limit))


def _keys(entry: Entry) -> Iterator[str]:
    for value in (entry.actor, entry.subject, *entry.facts.values()):
        yield from KEY.findall(value) if isinstance(value, str) else ()


def _within(entry: Entry, ids: Mapping[str, str]) -> dict[str, str]:
    return {key: ids[key] for key in _keys(entry) if key in ids}


def _row(entry: Entry, where: tzinfo, ids: Mapping[str, str]) -> tuple[str, str, str, Text, str]:
    about = ids.get(entry.subject, entry.subject)
    person = str(entry.facts.get("person", ""))
    who = ids.get(person, person)
    # the hub's own doing, and what somebody did about themselves, go without saying
    if entry.actor not in {person, entry.subject} and not entry.actor.startswith("system:"):
        who = f"{who}, by {ids.get(entry.actor, entry.actor)}".removeprefix(", ")
    return str(entry.position), stamp(entry.at, where), entry.kind, Text(about, "cyan"), who


@command("plugins")
def plugins(desk: Desk) -> None:
    """Show what each plugin declares, and what is broken."""
    # a hub in memory: what is installed does not depend on a store, which may be what is broken
    with Hub.open("memory:") as hub:
        registry = hub.registry
    declared: dict[str, dict[str, list[str]]] = {name: {} for name in registry.plugins}
    for (kind, name), plugin in sorted(registry.owners.items()):
        declared.setdefault(plugin, {}).setdefault(kind, []).append(name)
    if desk.json:
        shown = [{"name": name, "declares": kinds} for name, kinds in sorted(declared.items())]
        desk.dump({"plugins": shown, "broken": registry.broken})
        return
    for plugin, kinds in sorted(declared.items()):
        desk.out.say((plugin, "bold"))
        for kind, names in kinds.items():
            desk.out.say(f"{kind:<12}{', '.join(names)}", indent=2)
        if not kinds:
            desk.out.say("declares nothing", indent=2)
    for each in registry.broken:
        desk.out.say((each.plugin, "bold red"), f"  broken: {each.why}")


COMMANDS = (tick, audit, clashes, journal, plugins)
