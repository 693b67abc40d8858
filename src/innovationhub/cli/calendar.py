"""Commands about what the hub offers: load, types, calendar, session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.text import Text

from innovationhub import Access, Hub, LoadReport, SessionType, SessionView
from innovationhub.cli.desk import Desk, Output, acting, options, pass_desk, zone_of
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.wording import HOW, count, day, hours, left, minutes, places, short_day, span, state

__all__ = ["COMMANDS", "calendar", "load", "session", "show_calendar", "types"]

SHIPPED = "hpft.toml"
WEEKS = 4

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("catalogue", required=False)
@acting
@options
@pass_desk
def load(desk: Desk, catalogue: str | None, request_id: str | None, actor: str | None) -> None:
    """Take over a catalogue.

    CATALOGUE is a file, or a shipped one by name (hpft.toml). What is new is added, what differs is changed. What
    would touch sessions that people are booked on is held back and listed. Without a CATALOGUE an empty hub gets
    hpft.toml.
    """
    with desk.hub(create=True) as hub:
        if catalogue is None and hub.session_types():
            names = ", ".join(sorted(hub.registry.catalogues))
            raise click.UsageError(
                f"This hub has a catalogue already: say which one to load, a file or {names}."
            )
        source = catalogue or SHIPPED
        # a file that lies here is meant, even when a shipped one bears its name
        report = hub.load_catalogue(
            Path(source) if Path(source).is_file() else source, request_id=request_id, actor=actor
        )
    if desk.json:
        desk.dump(report)
        return
    _show_report(desk.out, source, report)
    if report.added:
        desk.hint("What is on", "calendar")


def _show_report(out: Output, source: str, report: LoadReport) -> None:
    if not (report.added or report.changed or report.held_back):
        out.say(f"{source}: nothing new, the hub has all of it already.")
    for what, names in (("Added", report.added), ("Changed", report.changed)):
        for kind in dict.fromkeys(name.partition(" ")[0] for name in names):
            keys = [name.partition(" ")[2] for name in names if name.partition(" ")[0] == kind]
            out.say((f"{what} {kind}", "bold"), f" ({len(keys)}): {', '.join(keys)}" if all(keys) else "")
    if report.held_back:
        out.say(("Held back", "bold"), ", because people are booked:")
    for each in report.held_back:
        out.say(f"{each.sentence}.", indent=2)


@click.command()
@options
@pass_desk
def types(desk: Desk) -> None:
    """Show what the hub offers, and how one comes."""
    with desk.hub() as hub:
        found = hub.session_types()
    if desk.json:
        desk.dump(found)
        return
    if not found:
        desk.out.say("This hub has no catalogue yet.")
        desk.hint("Load one", "load", SHIPPED)
        return
    columns = (
        Column("What"),
        Column("Key", id=True, under="What"),
        Column("Length"),
        Column("How one comes"),
    )
    rows = [
        (Text(each.title, "bold"), Text(each.key, "cyan"), minutes(each.minutes), _how(each))
        for each in found
    ]
    listing(desk.out, columns, rows)
    booked = next((each.key for each in found if each.access is not Access.REQUEST), None)
    if booked:
        desk.hint("When one is on", "calendar", "--type", booked)


def _how(type_: SessionType) -> str:
    roles = type_.first_roles
    seats = [count(each.capacity, "place") for each in roles if each.capacity is not None]
    if len(roles) > 1:
        seats = [f"{each.key}: {each.capacity or 'no limit'}" for each in roles]
    said = ", ".join([HOW[type_.access], *seats])
    return f"{said}\nFor: {type_.audience.description}" if type_.audience else said


@click.command()
@click.option(
    "--from", "first", type=DAY, metavar="DATE", help="The first day, such as 2026-12-01; else today."
)
@click.option("--weeks", type=click.IntRange(1, 260), help=f"How many weeks; {WEEKS} unless told.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Up to this day, which is not included.")
@click.option(
    "--type", "wanted", metavar="KEY", multiple=True, help="Only this session type; may be repeated."
)
@click.option("--person", metavar="ID", help="Mark what this person has, with their private sessions.")
@options
@pass_desk
def calendar(
    desk: Desk,
    *,
    first: datetime | None,
    weeks: int | None,
    last: datetime | None,
    wanted: tuple[str, ...],
    person: str | None,
) -> None:
    """Show what is on, the next four weeks unless told."""
    if weeks is not None and last is not None:
        raise click.UsageError("Say either --weeks or --to.")
    with desk.hub() as hub:
        now = hub.now().astimezone(zone_of(hub))
        start = first.date() if first else now.date()
        end = last.date() if last else start + timedelta(weeks=weeks or WEEKS)
        found = hub.calendar(start, end, person=person, types=wanted or None)
        if desk.json:
            desk.dump(found)
            return
        show_calendar(desk.out, found, start, end, now)
        ready = next((view for view in found if hub_takes(hub, view)), None)
    if ready:
        desk.hint("Book", "book", ready.id, person or "PERSON")


def hub_takes(hub: Hub, view: SessionView) -> bool:
    """Whether somebody could book this session now."""
    return view.opens <= hub.now() < view.closes and any(role.open for role in view.places.values())


def show_calendar(out: Output, found: Sequence[SessionView], start: date, end: date, now: datetime) -> None:
    """Sessions with what is left of each."""
    whole = f"{start:%a} {start.day} {start:%b %Y} to {end:%a} {end.day} {end:%b %Y}"
    if not found:
        out.say(f"Nothing is on from {whole}.")
        return
    out.say((f"{count(len(found), 'session')}, {whole}", "bold"))
    columns = (
        Column("When", id=True),
        Column("Time", id=True, under="When"),
        Column("What"),
        Column("Session", id=True, under="What"),
        Column("Places"),
    )
    listing(out, columns, [_row(view, now) for view in found])


def _row(view: SessionView, now: datetime) -> tuple[str, str, str, Text, Text]:
    said = state(view, now)
    standing = Text(places(view, "\n")) if not said or said.startswith("opens") else Text(said, "yellow")
    if said.startswith("opens"):
        standing.append(f", {said}", "dim")
    if view.mine:
        standing.append(f"; yours: {view.mine.status}", "green")
    return short_day(view.starts), hours(view.starts, view.ends), view.title, Text(view.id, "cyan"), standing


@click.command()
@click.argument("session_id", metavar="SESSION")
@options
@pass_desk
def session(desk: Desk, session_id: str) -> None:
    """Show one SESSION, by its id in the calendar."""
    with desk.hub() as hub:
        view = hub.session(session_id)
        now, type_ = hub.now(), next(each for each in hub.session_types() if each.key == view.type)
        open_ = hub_takes(hub, view)
    if desk.json:
        desk.dump(view)
        return
    out = desk.out
    out.say((view.title, "bold"), f"  {state(view, now)}")
    lines = [
        ("When", f"{span(view.starts, view.ends)} ({view.starts:%Z})"),
        ("Where", view.venue),
        ("Led by", ", ".join(view.facilitators)),
        ("How one comes", HOW[type_.access]),
        ("Booking opens", f"{day(view.opens)}, {view.opens:%H:%M}"),
        ("Booking closes", f"{day(view.closes)}, {view.closes:%H:%M}"),
        *((f"Places: {key}", f"{left(role)}, {role.held} held") for key, role in view.places.items()),
        ("Session", view.id),
    ]
    for name, value in lines:
        if value:
            out.say(f"{name:<18}", value, indent=2)
    if open_:
        desk.hint("Book", "book", view.id, "PERSON")
    desk.hint("Who comes", "roster", view.id)


COMMANDS = (load, types, calendar, session)
