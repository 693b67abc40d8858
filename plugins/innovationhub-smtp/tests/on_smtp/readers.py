"""Readers of what arrives that are not ours: the standard library's mail parser, an iTIP client, dateutil's zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import recurring_ical_events  # type: ignore[import-untyped]
from dateutil.rrule import rrulestr
from icalendar import Calendar

from innovationhub.domain.events import Invitation
from innovationhub.domain.messages import Message, Recipient
from innovationhub.testing.contracts.arrivals import message
from innovationhub_smtp.address import Address, parse_address
from innovationhub_smtp.invitations import entry
from innovationhub_smtp.letters import letter

ADDRESS = parse_address("smtp://mail.trust.example?from=Innovation Hub <hub@trust.example>")
NOW = datetime(2026, 11, 24, 9, 31, tzinfo=UTC)
ADA = Recipient("Ada Obi", "ada.obi@trust.example")


def read(message: Message, address: Address = ADDRESS) -> EmailMessage:
    """The e-mail of a message, read strictly by the standard library."""
    made = message_from_bytes(
        letter(message, address, NOW), policy=policy.default.clone(raise_on_defect=True)
    )
    assert isinstance(made, EmailMessage)
    return made


def calendar_of(invitation: Invitation, to: Recipient = ADA) -> Any:
    """The entry of an invitation as it stands in an e-mail, read by icalendar."""
    mail = read(message("calendar", to, invitation=invitation))
    (part,) = (each for each in mail.walk() if each.get_content_type() == "text/calendar")
    text = part.get_content()
    assert text.replace("\r\n", "\n") == entry(invitation, to, ADDRESS).decode().replace("\r\n", "\n")
    made: Any = Calendar.from_ical(text)  # every property of theirs may be anything
    assert [each.errors for each in made.walk() if each.errors] == []
    return made


class OwnCalendar:
    """Somebody's own calendar, which takes orders as RFC 5546 §3.2 says: of one identity the newer wins."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, datetime | None], Any] = {}
        self.zones: dict[str, Any] = {}

    def take(self, calendar: Any) -> None:
        """Do what it says."""
        for zone in calendar.walk("VTIMEZONE"):
            self.zones[str(zone["TZID"])] = zone
        for event in calendar.events:
            named = event.get("RECURRENCE-ID")
            key = (str(event["UID"]), named.dt if named is not None else None)
            known = self.events.get(key)
            if known is not None and known["SEQUENCE"] > event["SEQUENCE"]:
                continue
            if named is None:
                # all of the series, anew or no more: dates that were known by themselves are described with it
                self.events = {each: kept for each, kept in self.events.items() if each[0] != key[0]}
            self.events[key] = event

    def starts(self, low: datetime, high: datetime) -> list[datetime]:
        """The starts of what is in it between two instants, in UTC, in order; each session as often as it is there."""
        made = Calendar()
        for each in (*self.zones.values(), *self.events.values()):
            made.add_component(each)
        found = recurring_ical_events.of(made, skip_bad_series=False).between(low, high)
        taking_place = (each for each in found if each.get("STATUS") != "CANCELLED")
        return sorted(each["DTSTART"].dt.astimezone(UTC) for each in taking_place)


def offset_of(zone: Any, when: datetime) -> timedelta:
    """What a VTIMEZONE says that the clock shows at an instant, by the letter of RFC 5545 §3.6.5."""
    latest, offset = datetime(1, 1, 1), None
    for each in zone.subcomponents:
        before, after = each["TZOFFSETFROM"].td, each["TZOFFSETTO"].td
        wall = when.astimezone(UTC).replace(tzinfo=None) + before
        onsets = [each["DTSTART"].dt]
        if "RRULE" in each:
            rule = rrulestr(each["RRULE"].to_ical().decode(), dtstart=each["DTSTART"].dt)
            onsets.append(rule.before(wall, inc=True))
        rdates = each.get("RDATE", [])
        for listed in rdates if isinstance(rdates, list) else [rdates]:
            onsets += [one.dt for one in listed.dts]
        for onset in onsets:
            if onset is not None and onset <= wall and onset - before > latest:
                latest, offset = onset - before, after
    assert offset is not None, "the zone says nothing of that time"
    assert isinstance(offset, timedelta)
    return offset
