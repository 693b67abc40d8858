"""When a place ends: what depends on it ends too, and the time that comes free is given back to who waited for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from innovationhub.domain.asking import ahead
from innovationhub.domain.booking import (
    APOLOGISED,
    EXCEPTED,
    LIVE,
    PARKED,
    WITHDRAWN,
    BookingRow,
    BookingStatus,
    moved,
)
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment, Diary, near
from innovationhub.domain.lending import on_date
from innovationhub.domain.placing import Place, appointments_of, change, facts_of, is_whole, latest, place_for
from innovationhub.domain.records import Key, Range
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.waitlist import recall

__all__ = ["Owed", "end_dependents", "look_at_dates", "owe_look", "reopen"]

Owed = list[tuple[str, str]]
"""Rosters (session, role) where a free seat is now owed a look."""


def end_dependents(draft: Draft, booking: BookingRow, people: Iterable[Appointment]) -> Owed:
    """Cancel what these people have that depends on their places in a booking (invariant 9).

    `people` are those whose place ends. Returns the rosters where a seat came free.
    """
    whole = is_whole(booking.session_id)
    ending = [each for each in people if each.active or each.status in LIVE]
    scans: dict[str, Range[Appointment]] = {
        each.person: ahead(each.person, draft.now)
        if whole
        else near(each.person, booking.session_id, each.span)
        for each in ending
    }
    draft.need(*scans.values(), *(Key(Diary, (person,)) for person in scans))
    lines = [
        line
        for scan in scans.values()
        for line in draft.scan(scan).records
        if line.parent == booking.id and line.active and (whole or line.session_id == booking.session_id)
    ]
    if not lines:
        return []
    keys: list[Key[BookingRow] | Key[Roster] | Key[SessionRow] | Range[Appointment]] = []
    for line in lines:
        keys += [Key(BookingRow, (line.booking_id,)), Key(Roster, (line.session_id, line.role))]
        keys += [Key(SessionRow, (line.session_id,)), appointments_of(line.booking_id)]
    draft.need(*keys)
    owed: Owed = []
    for line in lines:
        row = draft.get(BookingRow, line.booking_id)
        if row is None:
            continue
        place = place_for(draft, line.session_id, line.role)
        if row.standing in {APOLOGISED, EXCEPTED}:
            # what was given up for one date ends with the registration, and stands when only that date is given up
            if whole and place.session.starts > draft.now:
                back = on_date(draft, place, booking, WITHDRAWN)
                draft.note("booking.apologised", back.id, **facts_of(back))
        elif row.status in LIVE:
            ended = moved(row, BookingStatus.CANCELLED)
            change(draft, place, row, ended, draft.scan(appointments_of(row.id)).records)
            draft.note("booking.cancelled", row.id, **facts_of(ended), depended=booking.id)
            owed += owe_look(draft, place)
    return owed


def owe_look(draft: Draft, place: Place) -> Owed:
    """Note that a roster's queue is owed a look, where somebody waits and there is room."""
    roster = latest(draft, place)
    scheduled = place.session.status is SessionStatus.SCHEDULED
    if not scheduled or not roster.waiting or not roster.has_room(1, place.registered):
        return []
    recall(draft, place)
    draft.put(attrs.evolve(latest(draft, place), owed=True))
    return [(roster.session_id, roster.role)]


def look_at_dates(draft: Draft, place: Place) -> Owed:
    """A place in a set came free: guests may wait for it on some of its dates, where the set has no use for it."""
    dates = latest(draft, place).lent.split() if place.whole else []
    role = place.role.key
    draft.need(*(Key(SessionRow, (each,)) for each in dates), *(Key(Roster, (each, role)) for each in dates))
    return [owed for each in dates for owed in owe_look(draft, place_for(draft, each, role))]


def reopen(draft: Draft, freed: Sequence[Appointment]) -> Owed:
    """Make ready again what the people of these appointments were parked for at that time.

    Returns the rosters where a free seat is now owed a look.
    """
    gone = [each for each in freed if each.holds or _registered(each)]
    if not gone:
        return []
    scans = {
        id(each): ahead(each.person, draft.now)
        if _registered(each)
        else near(each.person, each.session_id, each.span)
        for each in gone
    }
    draft.need(*scans.values(), *(Key(Diary, (each.person,)) for each in gone))
    waits: dict[str, Appointment] = {}
    for each in gone:
        for wait in draft.scan(scans[id(each)]).records:
            waits_then = wait.status is BookingStatus.WAITLISTED and wait.booking_id != each.booking_id
            # a registration held time on every date: whatever they wait for may be possible now
            if waits_then and (_registered(each) or wait.span.overlaps(each.span)):
                waits[wait.booking_id] = wait
    return _ready_again(draft, list(waits.values()))


def _registered(line: Appointment) -> bool:
    return is_whole(line.session_id) and line.status is BookingStatus.CONFIRMED


def _ready_again(draft: Draft, waits: Sequence[Appointment]) -> Owed:
    rows: list[Key[BookingRow] | Key[Roster]] = []
    for wait in waits:
        rows += [Key(BookingRow, (wait.booking_id,)), Key(Roster, (wait.session_id, wait.role))]
    draft.need(*rows)
    owed: Owed = []
    for wait in waits:
        booking = draft.get(BookingRow, wait.booking_id)
        roster = draft.get(Roster, wait.session_id, wait.role)
        if booking is None or roster is None or booking.standing != PARKED:
            continue
        ready = attrs.evolve(booking, standing=str(BookingStatus.WAITLISTED), passed="")
        draft.put(ready)
        roster = roster.moving(booking, ready)
        look = roster.has_room()
        draft.put(attrs.evolve(roster, owed=roster.owed or look))
        draft.note("booking.ready", ready.id, **facts_of(ready))
        if look:
            owed.append((wait.session_id, wait.role))
    return owed
