"""An entry for somebody's calendar as iCalendar text (RFC 5545), ordered by iTIP (RFC 5546).

REQUEST puts it in or updates it, CANCEL takes it out. The entry is known by UID and RECURRENCE-ID and updated where
SEQUENCE is higher: all three are the hub's own, and the same in its feeds. The recipient has a place already, so they
stand as having accepted, and no answer is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vRecur

from innovationhub.domain.events import Instance, Invitation, Method
from innovationhub.domain.time import local, resolve, utc
from innovationhub.protocols.channel import Recipient
from innovationhub_smtp.address import Address
from innovationhub_smtp.mailboxes import is_mailbox, line
from innovationhub_smtp.patterns import Pattern, pattern
from innovationhub_smtp.timezones import vtimezone

__all__ = ["entry"]

PRODUCT = "-//innovationhub//innovationhub-smtp//EN"

UNEXPLAINED = frozenset({"UTC", "Etc/UTC"})
"""Zones whose times are written in UTC."""

YEARS = 4
"""Whole years after the first time that is written, for which the changes of a zone without a rule are told."""

SAFE = "!$'*+-./=@^_`{|}~"
"""Signs of a mail address that stay as they are in a `mailto:` (RFC 6068)."""


def entry(invitation: Invitation, to: Recipient, address: Address) -> bytes:
    """The text, in UTF-8 with CRLF. Who organises is the team where its address is known, else the sender."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", invitation.method.value)
    zone = _zone(invitation.starts)
    events = list(_events(invitation, zone))
    for event in events:
        _people(event, invitation, to, address)
    if zone.key not in UNEXPLAINED:
        first = min(_written_times(invitation, events))
        calendar.add_component(vtimezone(zone, first, first.year + YEARS))
    for event in events:
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def _events(invitation: Invitation, zone: ZoneInfo) -> Iterator[Event]:
    said = pattern(invitation, zone)
    if said is None:
        made = _event(invitation, invitation.starts, invitation.ends, invitation.location, zone)
        if invitation.recurrence_id is not None:
            made.add("recurrence-id", _written(invitation.recurrence_id, zone))
        yield made
        return
    # by the clock, as the rule goes on
    starts = said.start.replace(tzinfo=zone)
    ends = (said.start + (local(invitation.ends, zone) - local(invitation.starts, zone))).replace(tzinfo=zone)
    yield _recurring(_event(invitation, starts, ends, invitation.location, zone), said, zone)
    if invitation.method is Method.CANCEL:
        return  # all of it is taken out
    for each in _instances(invitation, said, zone):
        made = _event(invitation, each.starts, each.ends, each.location, zone)
        made.add("recurrence-id", _written(each.recurrence_id, zone))
        yield made


def _event(invitation: Invitation, starts: datetime, ends: datetime, location: str, zone: ZoneInfo) -> Event:
    made = Event()
    made.add("uid", line(invitation.uid))
    made.add("sequence", invitation.sequence)
    made.add("dtstamp", utc(invitation.stamp))
    made.add("dtstart", _written(starts, zone))
    made.add("dtend", _written(ends, zone))
    made.add("summary", line(invitation.summary))
    made.add("status", "CANCELLED" if invitation.method is Method.CANCEL else "CONFIRMED")
    made.add("transp", "OPAQUE")
    if line(location):
        made.add("location", line(location))
    return made


def _people(event: Event, invitation: Invitation, to: Recipient, address: Address) -> None:
    team = invitation.organizer_email.strip()
    organizer = _person(team if is_mailbox(team) else address.mailbox, invitation.organizer)
    event["organizer"] = organizer
    attendee = _person(to.email.strip(), to.name)
    attendee.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "RSVP": "FALSE"})
    if invitation.method is Method.REQUEST:
        attendee.params["PARTSTAT"] = "ACCEPTED"
    event.add("attendee", attendee)


def _person(mailbox: str, name: str) -> vCalAddress:
    made = vCalAddress(f"mailto:{quote(mailbox, safe=SAFE)}")
    # a quotation mark cannot stand in a parameter (RFC 5545 §3.1)
    words = line(name).replace('"', "'")
    if words:
        made.params["CN"] = words
    return made


def _recurring(event: Event, said: Pattern, zone: ZoneInfo) -> Event:
    if said.rule:
        event.add("rrule", vRecur.from_ical(said.rule))
    for name, walls in (("rdate", said.rdates), ("exdate", said.exdates)):
        if walls:
            event.add(name, [_attached(wall, zone) for wall in walls])
    return event


def _instances(invitation: Invitation, said: Pattern, zone: ZoneInfo) -> Iterator[Instance]:
    """Sessions elsewhere than the pattern says: those that are given, and those that the recurrence itself moves."""
    given = {utc(each.recurrence_id): each for each in invitation.instances}
    length = utc(invitation.ends) - utc(invitation.starts)
    for wall, moved in said.moved:
        nominal, starts = resolve(wall, zone), resolve(moved, zone)
        given.setdefault(utc(nominal), Instance(nominal, starts, starts + length, invitation.location))
    yield from (given[when] for when in sorted(given))


def _zone(when: datetime) -> ZoneInfo:
    return when.tzinfo if isinstance(when.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def _attached(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=UTC if zone.key in UNEXPLAINED else zone)


def _written(when: datetime, zone: ZoneInfo) -> datetime:
    """A time in the hub's zone where the clock says which one it is, else in UTC."""
    wall = local(when, zone)
    return _attached(wall, zone) if utc(resolve(wall, zone)) == utc(when) else utc(when)


def _written_times(invitation: Invitation, events: list[Event]) -> Iterator[datetime]:
    """Naive local times, of which the earliest is where the zone's clocks begin to matter."""
    named = [each.recurrence_id for each in invitation.instances]
    if invitation.recurrence_id is not None:
        named.append(invitation.recurrence_id)
    for each in (*named, *(event.DTSTART for event in events)):
        yield each.replace(tzinfo=None) - timedelta(days=1)
