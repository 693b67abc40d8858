"""Commands about what the hub offers: load, types, calendar, session."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path

import attrs
import click
from rich.text import Text

from innovationhub import Access, Hub, HubSettings, LoadReport, Places, SessionType, SessionView
from innovationhub.cli.arguments import SESSION, By, acting, command
from innovationhub.cli.desk import Desk, zone_of
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.naming import name_of
from innovationhub.cli.output import Output
from innovationhub.cli.plans import planned_by
from innovationhub.cli.shapes import plain
from innovationhub.cli.wording import HOW, count, day, hours, left, minutes, places, short_day, span, state

__all__ = ["COMMANDS", "load_from"]

SHIPPED = "hpft.toml"
WEEKS = 4

HINTS = 5
"""Commands shown for what was held back."""

DAY = click.DateTime(["%Y-%m-%d"])
A_DAY = timedelta(days=1)


@command("load")
@click.argument("catalogue", required=False)
@acting
def load(desk: Desk, catalogue: str | None, by: By) -> None:
    """Take over a catalogue.

    CATALOGUE is a file, or a shipped one by name (hpft.toml). What is new is added, what differs is changed. What
    would touch sessions that people are booked on is held back and listed. Without a CATALOGUE an empty hub gets
    hpft.toml.
    """
    source = SHIPPED if catalogue is None else catalogue

    def loaded(hub: Hub) -> tuple[LoadReport, tzinfo, list[str]]:
        if catalogue is None and hub.session_types():
            names = ", ".join(sorted(hub.registry.catalogues))
            raise click.UsageError(
                f"This hub has a catalogue already: say which one to load, a file or {names}."
            )
        before = hub.settings
        report = load_from(hub, source, by)
        return report, zone_of(hub), _edits(before, hub.settings)

    report, where, edits = desk.making(loaded)
    if desk.answered(report):
        return
    _show_report(desk.out, source, report)
    for edit in edits if "hub" in report.changed else ():
        desk.out.say(edit, indent=2)
    for each in report.held_back[:HINTS]:
        words = planned_by(each.change, where)
        if words:
            desk.hint("Plan it", "plan", *words)
    if report.added:
        desk.hint("What is on", "calendar")


def load_from(hub: Hub, source: str, by: By | None = None) -> LoadReport:
    """Load a file, or a shipped catalogue; a file that lies here is meant, even when a shipped one bears its name."""
    path = Path(source)
    return hub.load_catalogue(path if path.is_file() else source, **(by or By(request_id=None, actor=None)))


def _edits(before: HubSettings, after: HubSettings) -> list[str]:
    """What became of each setting of the hub that is another now: one that a file leaves out has its default again."""

    def shown(value: object) -> str:
        told = plain(value)
        return json.dumps(told, ensure_ascii=False) if told not in (None, "", [], {}) else "none"

    names = [field.name for field in attrs.fields(HubSettings)]
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return [f"{name}: {shown(was)} becomes {shown(now)}" for name, was, now in pairs if was != now]


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


@command("types")
def types(desk: Desk) -> None:
    """Show what the hub offers, and how one comes."""
    with desk.hub() as hub:
        found = hub.session_types()
    if desk.answered(found):
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


@command("calendar")
@click.option(
    "--from", "first", type=DAY, metavar="DATE", help="The first day, such as 2026-12-01; else today."
)
@click.option("--to", "last", type=DAY, metavar="DATE", help="The last day, which is shown too.")
@click.option(
    "--weeks", type=click.IntRange(1, 260), metavar="NUMBER", help=f"How many weeks; {WEEKS} unless told."
)
@click.option(
    "--type", "wanted", metavar="KEY", multiple=True, help="Only this session type; may be repeated."
)
@click.option("--person", metavar="ID", help="Mark what this person has, with their private sessions.")
def calendar(
    desk: Desk,
    *,
    first: datetime | None,
    last: datetime | None,
    weeks: int | None,
    wanted: tuple[str, ...],
    person: str | None,
) -> None:
    """Show what is on, the next four weeks unless told."""
    if weeks is not None and last is not None:
        raise click.UsageError("Say either --weeks or --to.")
    with desk.hub() as hub:
        now = hub.now().astimezone(zone_of(hub))
        start = first.date() if first else now.date()
        shown = _last_day(start, last, weeks or WEEKS)
        # the library's windows leave their end out; a person who names a last day means that day too
        found = hub.calendar(start, _later(shown, A_DAY), person=person, types=wanted or None)
        if desk.answered(found):
            return
        show_calendar(desk.out, found, start, shown, now)
        offered = {each.key: each for each in hub.session_types()}
        ready = next(
            (view for view in found if not view.mine and hub_takes(offered[view.type], view, now)), None
        )
    if not offered:
        desk.hint("There is no catalogue yet", "load", SHIPPED)
    if ready:
        desk.hint("Book", *booking_of(offered[ready.type], ready, person or "PERSON"))
    elif joined := next((view for view in found if joins(offered[view.type], view, now)), None):
        desk.hint("Register for every date", "register", joined.series_id, person or "PERSON")


def _last_day(start: date, last: datetime | None, weeks: int) -> date:
    if last is None:
        return _later(start, timedelta(weeks=weeks) - A_DAY)
    if last.date() < start:
        raise click.UsageError(f"--to {last.date()} is before the first day, {day(start)}.")
    return last.date()


def _later(start: date, ahead: timedelta) -> date:
    """A date so much later, or the last one there is: the library says which dates it takes."""
    return start + ahead if start <= date.max - ahead else date.max


def hub_takes(type_: SessionType, view: SessionView, now: datetime) -> bool:
    """Whether somebody could book this session now."""
    dated = type_.access in {Access.BOOK, Access.DROP_IN}
    return dated and view.opens <= now < view.closes and any(role.open for role in view.places.values())


def joins(type_: SessionType, view: SessionView, now: datetime) -> bool:
    """Whether one registers for the whole series of a session, which is still to come."""
    return type_.access is Access.REGISTER and now < view.starts and not view.mine


def booking_of(type_: SessionType, view: SessionView, person: str) -> tuple[str, ...]:
    """The words that book a session; where there are several roles, one must be named."""
    role = ("--role", "ROLE") if sum(not each.invited for each in type_.first_roles) > 1 else ()
    return ("book", view.id, person, *role)


def show_calendar(out: Output, found: Sequence[SessionView], first: date, last: date, now: datetime) -> None:
    """Sessions with what is left of each, from the first day to the last."""
    whole = f"{day(first)} to {day(last)}" if first != last else day(first)
    if not found:
        out.say(f"Nothing is on {'from' if first != last else 'that day,'} {whole}.")
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


@command("session")
@SESSION
def session(desk: Desk, session_id: str) -> None:
    """Show one SESSION, by its id in the calendar."""
    with desk.hub() as hub:
        view = hub.session(session_id)
        if desk.answered(view):
            return
        now, type_ = hub.now(), next(each for each in hub.session_types() if each.key == view.type)
        leaders = ", ".join(name_of(hub, each) for each in view.facilitators)
    out = desk.out
    out.say((view.title, "bold"), f"  {state(view, now)}")
    lines = [
        ("When", f"{span(view.starts, view.ends)} ({view.starts:%Z})"),
        ("Where", view.venue),
        ("Led by", leaders),
        ("How one comes", HOW[type_.access]),
        ("Booking opens", f"{day(view.opens)}, {view.opens:%H:%M}"),
        ("Booking closes", f"{day(view.closes)}, {view.closes:%H:%M}"),
        *((f"Places: {key}", _seats(role)) for key, role in view.places.items()),
        ("Without a name", f"{count(view.headcount, 'person', 'people')} came" if view.headcount else ""),
        ("Session", view.id),
    ]
    for name, value in lines:
        if value:
            out.say(f"{name:<18}", value, indent=2)
    if hub_takes(type_, view, now):
        desk.hint("Book", *booking_of(type_, view, "PERSON"))
    if joins(type_, view, now):
        desk.hint("Register for every date", "register", view.series_id, "PERSON")
    desk.hint("Who comes", "roster", view.id)


def _seats(role: Places) -> str:
    """What is left of a role, how many are held, how many are kept for walk-ins, and how many came."""
    kept = f", {role.reserve} kept for walk-ins" if role.reserve else ""
    came = f", {role.came} came" if role.came else ""
    return f"{left(role)}, {role.held} held{kept}{came}"


COMMANDS = (load, types, calendar, session)
