"""Commands about people: add-person, bookings, export-person, erase-person."""

from __future__ import annotations

import click
from rich.text import Text

from innovationhub import Booking, Hub, NotFound, Person
from innovationhub.cli.arguments import PERSON, By, acting, command
from innovationhub.cli.desk import Desk
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.naming import name_of
from innovationhub.cli.telling import slot_of
from innovationhub.cli.wording import count, hours, short_day, standing, status

__all__ = ["COMMANDS"]


@command("add-person")
@click.argument("id")
@click.option("--name", metavar="TEXT", help="As they are called.")
@click.option("--email", metavar="TEXT", help="Where they are written to.")
@click.option("--phone", metavar="TEXT", help="Where text messages go.")
@click.option(
    "--group",
    "groups",
    metavar="KEY",
    multiple=True,
    help="A group they belong to; may be repeated, and replaces those they had.",
)
@acting
def add_person(
    desk: Desk,
    *,
    id: str,
    name: str | None,
    email: str | None,
    phone: str | None,
    groups: tuple[str, ...],
    by: By,
) -> None:
    """Make somebody known to the hub.

    ID is your own, with a namespace: esr:100201. For one who is known already, what you give is changed and the rest
    stays; give '' to take it away (--email '').
    """

    def added(hub: Hub) -> Person:
        known = _known(hub, id)
        person = Person(
            id,
            known.name if name is None else name,
            known.email if email is None else email,
            groups=tuple(filter(None, groups)) if groups else known.groups,
            phone=known.phone if phone is None else phone,
        )
        return hub.add_person(person, **by)

    person = desk.making(added)
    if desk.answered(person):
        return
    desk.out.say("The hub knows ", (person.name or id, "bold"), f" as {person.id}." if person.name else ".")
    for what, value in _held(person):
        if value:
            desk.out.say(f"{what}: {value}", indent=2)
    desk.hint("Book", "book", "SESSION", person.id)


def _held(person: Person) -> tuple[tuple[str, str], ...]:
    return ("Email", person.email), ("Phone", person.phone), ("Groups", ", ".join(person.groups))


def _known(hub: Hub, id: str) -> Person:
    unknown = Person(id)
    try:
        return hub.person(id)
    except NotFound:
        return unknown


@command("bookings")
@PERSON
def bookings(desk: Desk, person_id: str) -> None:
    """Show what PERSON has booked, and what came of it."""
    with desk.hub() as hub:
        found = hub.bookings_of(person_id)
        if desk.answered(found):
            return
        if not found:
            desk.out.say(f"{name_of(hub, person_id)} has booked nothing.")
            desk.hint("What is on", "calendar")
            return
        titles = {each.key: each.title for each in hub.session_types()}
        sets = {each.key: titles[each.type] for each in hub.series()}
        columns = (
            Column("When", id=True),
            Column("Time", id=True, under="When"),
            Column("What"),
            Column("Booking", id=True, under="What"),
            Column("State"),
        )
        rows = []
        for each in found:
            when, what = ("every date", each.series_id), sets.get(each.series_id, each.series_id)
            if each.session_id is not None:
                view = hub.session(each.session_id)
                when = (short_day(view.starts), hours(view.starts, view.ends))
                what = f"{view.title} ({each.role})" if len(view.places) > 1 else view.title
            rows.append((*when, what, Text(each.id, "cyan"), _state(hub, each, person_id)))
        listing(desk.out, columns, rows)
    desk.hint("More about one", "explain", found[-1].id)


def _state(hub: Hub, booking: Booking, person_id: str) -> str:
    """How somebody stands in a booking, with the slot they have and those who come along."""
    own = booking.people.get(person_id, booking.status)
    said = standing(booking) if own is booking.status else status(own)
    others = len(booking.people) - 1
    company = f"with {count(others, 'other')}" if others else ""
    return "\n".join(filter(None, (said, slot_of(hub, booking), company)))


@command("export-person")
@PERSON
def export_person(desk: Desk, person_id: str) -> None:
    """Show all that the hub holds about PERSON.

    With --json it is a file to hand over: who they are, their bookings, what was noted, what the journal says.
    """
    with desk.hub() as hub:
        held = hub.export_person(person_id)
        if desk.answered(held):
            return
    person = held.person
    desk.out.say((person.name or person.id, "bold"), f", {person.id}" if person.name else "")
    for what, value in _held(person):
        if value:
            desk.out.say(f"{what}: {value}", indent=2)
    for booking in held.bookings:
        where = booking.session_id or booking.series_id
        desk.out.say(f"{where} as {booking.role}: {standing(booking)}", indent=2)
        for kind, text in held.notes.get(booking.id, {}).items():
            desk.out.say(f"{kind}: {text}", indent=4)
    desk.out.say(f"{count(len(held.entries), 'entry', 'entries')} in the journal.", indent=2)
    if not held.complete:
        desk.out.say("There is more than could be listed here.", indent=2)
    desk.hint("As a file", "--json", "export-person", person.id)


@command("erase-person")
@PERSON
@click.option("--yes", is_flag=True, help="Really do it: it cannot be undone.")
@acting
def erase_person(desk: Desk, *, person_id: str, yes: bool, by: By) -> None:
    """Forget PERSON: who they are, and what they wrote.

    Their places to come go to whoever waits. Rosters, queues and the journal keep an opaque key that leads nowhere, so
    that counts and order stay as they were.
    """
    if not yes:
        raise click.UsageError(f"Erasing {person_id} cannot be undone: say --yes to do it.")
    with desk.hub() as hub:
        hub.erase_person(person_id, **by)
    if desk.answered({"erased": person_id}):
        return
    desk.out.say(f"The hub does not know {person_id} any more.")


COMMANDS = (add_person, bookings, export_person, erase_person)
