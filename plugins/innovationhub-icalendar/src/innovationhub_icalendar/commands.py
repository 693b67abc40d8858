"""Commands of the program: `export`, `import`, `subscription`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from innovationhub import Hub
from innovationhub.cli.arguments import PERSON, By, Commands, acting, command, everywhere
from innovationhub.cli.desk import Desk
from innovationhub.cli.wording import count
from innovationhub_icalendar.feeds import person_feed, public_feed
from innovationhub_icalendar.listings import listing
from innovationhub_icalendar.pages import page_of
from innovationhub_icalendar.reading import read_calendar, to_catalogue
from innovationhub_icalendar.tokens import revoke, subscribe

__all__ = ["bring_in", "export", "subscription"]

DAY = click.DateTime(["%Y-%m-%d"])
KINDS = (".ics", ".html", ".json")
"""What a calendar is written as, by the end of the file's name."""

LARGEST_FILE = 10_000_000
"""Bytes of a file that is read."""


@command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--type", "types", metavar="KEY", multiple=True, help="Only this session type; may be repeated."
)
@click.option("--person", metavar="ID", help="Theirs: what they have booked, private sessions too.")
@click.option("--from", "start", type=DAY, metavar="DATE", help="The first day.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="The last day.")
@click.option("--book-link", default="", metavar="URL", help="Where one books; {id} is what.")
@click.option("--feed-link", default="", metavar="URL", help="Where one subscribes (html).")
@click.option("--css", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A style (html).")
def export(
    desk: Desk,
    *,
    file: Path,
    types: tuple[str, ...],
    person: str | None,
    start: datetime | None,
    last: datetime | None,
    book_link: str,
    feed_link: str,
    css: Path | None,
) -> None:
    """Write the calendar to FILE: calendar.ics, .html or .json.

    An .ics file is for calendar programs to subscribe to: twelve months. An .html file is a page to embed, a .json file
    the same for programs: three months. Where nobody is named there is nothing about people in them.
    """
    begins, ends = start.date() if start else None, _behind(last)
    wanted = list(types) or None
    with desk.hub() as hub:
        if file.suffix == ".ics":
            if person is not None and wanted:
                raise click.UsageError(
                    "--type does not go with --person for an .ics file: it has all of theirs."
                )
            feed = (
                public_feed(hub, types=wanted, start=begins, end=ends)
                if person is None
                else person_feed(hub, person, start=begins, end=ends)
            )
            made, sessions, told = feed.body, feed.sessions, feed.told
        elif file.suffix in KINDS:
            shown = listing(hub, types=wanted, person=person, start=begins, end=ends, book_link=book_link)
            style = None if css is None else _text(css)
            text = (
                page_of(shown, feed_link=feed_link, css=style)
                if file.suffix == ".html"
                else json.dumps(shown.as_json(), indent=2, ensure_ascii=False) + "\n"
            )
            made, sessions, told = text.encode(), len(shown.shown.views), shown.shown.told
        else:
            raise click.UsageError(f"{file.name} must end in {', '.join(KINDS)}: that says what is written.")
    _write(file, made)
    for sentence in told:
        desk.warn("incomplete", sentence)
    if not desk.answered({"file": str(file), "sessions": sessions, "complete": not told}):
        desk.out.say(f"Wrote {count(sessions, 'session')} to ", (str(file), "bold"), ".")


def _behind(last: datetime | None) -> date | None:
    """The day behind the last one that is shown."""
    if last is None:
        return None
    return last.date() + timedelta(days=1) if last.date() < date.max else date.max


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise click.FileError(str(file), f"cannot be written: {error.strerror}") from None


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise click.UsageError(f"{file} is larger than {LARGEST_FILE:,} bytes.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8 text.") from None


@command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--type",
    "types",
    metavar="[WORDS=]KEY",
    multiple=True,
    required=True,
    help="The session type of events whose title holds WORDS, or of all others; may be repeated.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the catalogue there.")
@click.option("--leave-out", is_flag=True, help="Bring in the rest of what cannot be brought in.")
def bring_in(desk: Desk, *, file: Path, types: tuple[str, ...], output: Path | None, leave_out: bool) -> None:
    """Make catalogue entries of an existing calendar FILE.

    Each event becomes a series with its rule and exceptions. Everything that cannot be brought in is told at once, and
    then nothing is written. Look the result through, then load it: nothing is changed until then.
    """
    text = _text(file)

    def of_hub(hub: Hub) -> str:
        known = {each.key: each.longest for each in hub.session_types()}
        taken = {each.key for each in hub.series()}
        zone = hub.settings.timezone
        found = read_calendar(
            text, types, zone=zone, source=file.name, minutes=known, taken=taken, leave_out=leave_out
        )
        for sentence in found.told:
            desk.warn("changed", sentence)
        return to_catalogue(found)

    with desk.hub() as hub:
        made = of_hub(hub)
    if output is None:
        click.echo(made, nl=False)
        return
    _write(output, made.encode())
    if not desk.answered({"file": str(output), "series": made.count("[[series]]")}):
        desk.out.say(
            f"Wrote {count(made.count('[[series]]'), 'series', 'series')} to ", (str(output), "bold"), "."
        )
        desk.hint("Load it", "load", str(output))


@click.group("subscription", cls=Commands, params=everywhere())
def subscription() -> None:
    """Let PERSON's calendar program read their own sessions."""


def _of_subscription(name: str) -> Callable[[Callable[..., None]], click.Command]:
    def made(function: Callable[..., None]) -> click.Command:
        one = command(name)(function)
        subscription.add_command(one)
        return one

    return made


@_of_subscription("add")
@PERSON
@acting
def add(desk: Desk, *, person_id: str, by: By) -> None:
    """Make a token for the address of PERSON's feed.

    It is shown this once. Whoever has it can see what they have booked, until it is revoked.
    """
    with desk.hub() as hub:
        token = subscribe(hub, person_id, **by)
    if not desk.answered({"person": person_id, "token": token}):
        desk.out.say(f"The token for {person_id}'s feed, shown this once:")
        click.echo(token)
        desk.hint("End it", "subscription", "revoke", person_id, "--token", token.partition("-")[0])


@_of_subscription("revoke")
@PERSON
@click.option(
    "--token", metavar="TOKEN", help="Only this one, whole or up to its first dash; else all of theirs."
)
@acting
def end(desk: Desk, *, person_id: str, token: str | None, by: By) -> None:
    """Let a token of PERSON's open nothing any more."""
    with desk.hub() as hub:
        ended = revoke(hub, person_id, token, **by)
    if not desk.answered({"person": person_id, "revoked": ended}):
        desk.out.say(f"{count(ended, 'token', 'tokens')} of {person_id} revoked.")
