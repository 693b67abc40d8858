"""Commands about people and their places: add-person, book, cancel, roster, waitlist, explain, the register."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.text import Text

from innovationhub import Booking, BookingStatus, Explanation, Hub, NotFound, Person, SessionView
from innovationhub.cli.desk import Desk, Output, acting, options, pass_desk
from innovationhub.cli.listing import Column, listing
from innovationhub.cli.wording import count, day, hours, places, short_day, span, status

__all__ = ["COMMANDS", "name_of", "show_explanation", "show_waitlist"]

ROLE = click.option("--role", metavar="KEY", help="In what capacity, where the session has several roles.")
SESSION = click.argument("session_id", metavar="SESSION")
PERSON = click.argument("person_id", metavar="PERSON")
BOOKING = click.argument("booking_id", metavar="BOOKING")


@click.command("add-person")
@click.argument("id")
@click.option("--name", default="", help="As they are called.")
@click.option("--email", default="", help="Where they are written to.")
@click.option("--group", "groups", multiple=True, help="A group they belong to; may be repeated.")
@acting
@options
@pass_desk
def add_person(
    desk: Desk,
    *,
    id: str,
    name: str,
    email: str,
    groups: tuple[str, ...],
    request_id: str | None,
    actor: str | None,
) -> None:
    """Make somebody known to the hub.

    ID is your own, with a namespace: esr:100201. One who is known already is brought up to date.
    """
    with desk.hub(create=True) as hub:
        person = hub.add_person(Person(id, name, email, groups=groups), request_id=request_id, actor=actor)
    if desk.json:
        desk.dump(person)
        return
    desk.out.say("The hub knows ", (name or id, "bold"), f" as {id}." if name else ".")
    desk.hint("Book", "book", "SESSION", id)


@click.command()
@SESSION
@PERSON
@ROLE
@click.option("--note", default="", help="What the team should know.")
@acting
@options
@pass_desk
def book(
    desk: Desk,
    *,
    session_id: str,
    person_id: str,
    role: str | None,
    note: str,
    request_id: str | None,
    actor: str | None,
) -> None:
    """Book a place in SESSION, or in its queue, for PERSON."""
    with desk.hub() as hub:
        booking = hub.book(session_id, person_id, role=role, note=note, request_id=request_id, actor=actor)
        if desk.json:
            desk.dump(booking)
            return
        _show_booking(desk.out, hub, booking)
    if booking.status is BookingStatus.WAITLISTED:
        desk.hint("Why, and when", "explain", booking.id)
    desk.hint("Give it up", "cancel", booking.id)


@click.command()
@BOOKING
@click.option("--reason", default="", help="Why; kept with the booking.")
@acting
@options
@pass_desk
def cancel(desk: Desk, booking_id: str, reason: str, request_id: str | None, actor: str | None) -> None:
    """Give up a place, or leave the queue. The seat goes to who is next."""
    with desk.hub() as hub:
        booking = hub.cancel(booking_id, reason=reason, request_id=request_id, actor=actor)
        if desk.json:
            desk.dump(booking)
            return
        _show_booking(desk.out, hub, booking)
        session = booking.session_id or ""
        desk.out.say(f"Now: {places(hub.session(session))}.")
    desk.hint("Who comes", "roster", session)


@click.command()
@SESSION
@ROLE
@options
@pass_desk
def roster(desk: Desk, session_id: str, role: str | None) -> None:
    """Show who has a place in SESSION."""
    with desk.hub() as hub:
        found = hub.roster(session_id, role)
        if desk.json:
            desk.dump(found)
            return
        view = hub.session(session_id)
        _heading(desk.out, view)
        several = len(view.places) > 1
        columns = (
            *((Column("Role"),) if several else ()),
            Column("Who"),
            Column("Person", id=True, under="Who"),
            Column("Booking", id=True),
            Column("State"),
        )
        rows = [
            (
                *((each.role,) if several else ()),
                *_who(hub, each),
                Text(each.id, "cyan"),
                status(each.status),
            )
            for each in found
        ]
        if rows:
            listing(desk.out, columns, rows)
        else:
            desk.out.say("Nobody has a place yet.")
        waiting = sum(each.waiting for each in view.places.values())
    if waiting:
        desk.hint(f"{count(waiting, 'person waits', 'people wait')}", "waitlist", session_id)
    elif not rows:
        desk.hint("Book", "book", session_id, "PERSON")


@click.command()
@SESSION
@ROLE
@options
@pass_desk
def waitlist(desk: Desk, session_id: str, role: str | None) -> None:
    """Show who waits for SESSION, in order."""
    with desk.hub() as hub:
        found = hub.waitlist(session_id, role)
        if desk.json:
            desk.dump(found)
            return
        _heading(desk.out, hub.session(session_id))
        show_waitlist(desk.out, hub, found)
    if found:
        desk.hint("Why somebody waits", "explain", found[0].id)


def show_waitlist(out: Output, hub: Hub, found: Sequence[Booking]) -> None:
    """The queue in order; each role has its own."""
    if not found:
        out.say("Nobody waits.")
        return
    several = len({each.role for each in found}) > 1
    columns = (
        Column("#", right=True),
        *((Column("Role"),) if several else ()),
        Column("Who"),
        Column("Person", id=True, under="Who"),
        Column("Booking", id=True),
        Column("Since"),
    )
    rows = []
    at: dict[str, int] = {}
    for each in found:
        at[each.role] = at.get(each.role, 0) + 1
        since = f"{each.created_at.day} {each.created_at:%b %H:%M}"
        shown = (*((each.role,) if several else ()), *_who(hub, each), Text(each.id, "cyan"), since)
        rows.append((str(at[each.role]), *shown))
    listing(out, columns, rows)


@click.command()
@BOOKING
@options
@pass_desk
def explain(desk: Desk, booking_id: str) -> None:
    """Say where BOOKING stands, why, and what would help."""
    with desk.hub() as hub:
        told = hub.explain(booking_id)
        if desk.json:
            desk.dump(told)
            return
        show_explanation(desk.out, hub, told)
    if told.status in {BookingStatus.WAITLISTED, BookingStatus.CONFIRMED}:
        desk.hint("Give it up", "cancel", booking_id)


def show_explanation(out: Output, hub: Hub, told: Explanation) -> None:
    """Where a booking stands, and everything that explains it."""
    booking = hub.booking(told.booking_id)
    view = hub.session(booking.session_id or "")
    where = f", place {told.place} in the queue" if told.place is not None else ""
    out.say((name_of(hub, booking.person_id), "bold"), f": {status(told.status)}{where}")
    out.say(f"{view.title}, {span(view.starts, view.ends)}", indent=2)
    ahead = [f"{number} {category}" for category, number in told.ahead.items() if number]
    if ahead:
        out.say(f"Ahead: {', '.join(ahead)}", indent=2)
    for reason in told.reasons:
        out.say((reason.code, "bold"), f": {reason.sentence}", indent=2)
    for each in told.passed:
        out.say(f"passed over {day(each.at)}, {each.at:%H:%M}: {each.sentence}", indent=2)
    if told.remedies:
        out.say("What would help:")
    for remedy in told.remedies:
        out.say(f"- {remedy}", indent=2)


@click.command("check-in")
@SESSION
@PERSON
@ROLE
@acting
@options
@pass_desk
def check_in(
    desk: Desk,
    *,
    session_id: str,
    person_id: str,
    role: str | None,
    request_id: str | None,
    actor: str | None,
) -> None:
    """Put PERSON, booked or not, on the register of SESSION."""
    with desk.hub() as hub:
        booking = hub.check_in(session_id, person_id, role, request_id=request_id, actor=actor)
        if desk.json:
            desk.dump(booking)
            return
        _show_booking(desk.out, hub, booking)
    desk.hint("When it is over", "close-register", session_id)


@click.command("close-register")
@SESSION
@acting
@options
@pass_desk
def close_register(desk: Desk, session_id: str, request_id: str | None, actor: str | None) -> None:
    """Close the register of SESSION, and say who was absent.

    It can be closed once the session has started.
    """
    with desk.hub() as hub:
        absent = hub.close_register(session_id, request_id=request_id, actor=actor)
        if desk.json:
            desk.dump(absent)
            return
        _heading(desk.out, hub.session(session_id))
        there = sum(each.status is BookingStatus.ATTENDED for each in hub.roster(session_id))
        desk.out.say(
            f"The register is closed: {count(there, 'person', 'people')} came, {len(absent)} did not."
        )
        for each in absent:
            desk.out.say(f"{name_of(hub, each.person_id)} ({each.person_id})", indent=2)
    desk.hint("The register", "roster", session_id)


@click.command()
@PERSON
@options
@pass_desk
def bookings(desk: Desk, person_id: str) -> None:
    """Show what PERSON has booked, and what came of it."""
    with desk.hub() as hub:
        found = hub.bookings_of(person_id)
        if desk.json:
            desk.dump(found)
            return
        if not found:
            desk.out.say(f"{name_of(hub, person_id)} has booked nothing.")
            desk.hint("What is on", "calendar")
            return
        views = {each: hub.session(each) for each in {one.session_id for one in found} if each}
        columns = (
            Column("When", id=True),
            Column("Time", id=True, under="When"),
            Column("What"),
            Column("Booking", id=True, under="What"),
            Column("State"),
        )
        rows = []
        for each in found:
            view = views[each.session_id or ""]
            title = f"{view.title} ({each.role})" if len(view.places) > 1 else view.title
            when = (short_day(view.starts), hours(view.starts, view.ends))
            rows.append((*when, title, Text(each.id, "cyan"), status(each.status)))
        listing(desk.out, columns, rows)
    desk.hint("More about one", "explain", found[-1].id)


def name_of(hub: Hub, person_id: str) -> str:
    """What a person is called; their id where the hub knows no name, or them no longer."""
    try:
        return hub.person(person_id).name or person_id
    except NotFound:
        return person_id


def _who(hub: Hub, booking: Booking) -> tuple[str, str]:
    name = name_of(hub, booking.person_id)
    more = len(booking.people) - 1
    return (f"{name} and {more} more" if more else name), booking.person_id


def _heading(out: Output, view: SessionView) -> None:
    out.say((view.title, "bold"), f", {span(view.starts, view.ends)}: {places(view)}")


def _show_booking(out: Output, hub: Hub, booking: Booking) -> None:
    view = hub.session(booking.session_id or "")
    out.say((name_of(hub, booking.person_id), "bold"), f": {status(booking.status)}")
    out.say(f"{view.title}, {span(view.starts, view.ends)}", indent=2)
    out.verbatim(Text.assemble("  booking ", (booking.id, "cyan")))


COMMANDS = (add_person, book, cancel, roster, waitlist, explain, check_in, close_register, bookings)
