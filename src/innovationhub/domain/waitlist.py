"""The waitlist: who is next, who was passed over and why.

Promotion looks at levels, not at edges. After every change to a roster `settle` asks, inside the same commit: is a seat
free, and is there somebody ready who may have it? It walks the ready queue in order of sequence, a bounded number of
waiters; whoever cannot take the seat is parked (out of the ready queue, place kept) with the reason in the journal, and
the walk goes on. What it could not get through is owed, and says so in the roster: newcomers queue until `Settle` has
been through.

Whatever frees a person's time makes their parked places that overlapped it ready again (`reopen`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.booking import PARKED, BookingRow, BookingStatus, moved
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary, clashes, near
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    around,
    booking_window,
    change,
    facts_of,
    place_for,
)
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Reason, Refusal
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.time import zone
from innovationhub.domain.wording import when

__all__ = ["WALK", "Settle", "passed_over", "ready_queue", "reopen", "settle"]

WALK = 32
"""Waiters looked at in one commit; the rest are owed."""

FEW = 4
"""Waiters read at the first look, so that the first who cannot come costs no further trip."""


def ready_queue(session_id: str, role: str, *, limit: int = FEW, after: int = 0) -> Range[BookingRow]:
    """The ready queue behind a sequence, in order: its head unless told otherwise."""
    prefix = (session_id, role, str(BookingStatus.WAITLISTED))
    return Range(BookingRow, "by_roster", prefix, low=after + 1, limit=limit)


def passed_over(
    draft: Draft, place: Place, person: str, near_by: Iterable[Appointment], but: str
) -> Reason | None:
    """Why a person who waits cannot have a free seat now; None when they can."""
    if place.type.booking.overlaps:
        return None
    for held in clashes(near_by, place.session.span, but=but):
        where = zone(draft.programme.hub.timezone)
        return Reason(
            "clash",
            f"At that time they hold another place: {held.session_id} ({when(held.starts, where)}).",
            {"session": held.session_id, "booking": held.booking_id},
            ("Give up the other place, and this one becomes possible again.",),
        )
    return None


def settle(draft: Draft, place: Place) -> bool:
    """Give free seats to whoever is ready, in order; True when some of that is still owed.

    From the moment booking closes nobody is promoted: who is at the door comes first then.
    """
    roster = draft.get(Roster, place.session.id, place.role.key)
    if roster is None:
        return False
    _, closes = booking_window(place.session, place.type, draft.programme.hub.timezone)
    scheduled = place.session.status is SessionStatus.SCHEDULED and draft.now < closes
    if not scheduled or not roster.has_room() or not roster.ready:
        return _owe(draft, roster, owed=False)
    after = 0
    # nearly always one of the first few can come; only if none can are the rest of the walk read
    for limit in (FEW, WALK - FEW):
        wanted = ready_queue(place.session.id, place.role.key, limit=limit, after=after)
        if not draft.view.knows(wanted) and not draft.view.may_read:
            break
        queue = draft.scan(wanted).records
        for at, waiter in enumerate(queue):
            if not roster.has_room():
                break
            if not _read_ahead(draft, place, queue[at:]):
                return _owe(draft, roster, owed=True)
            _seat_or_park(draft, place, waiter)
            roster = draft.get(Roster, place.session.id, place.role.key) or roster
            after = waiter.sequence
        if not roster.has_room() or not roster.ready:
            break
    return _owe(draft, roster, owed=roster.has_room() and roster.ready > 0)


def _owe(draft: Draft, roster: Roster, *, owed: bool) -> bool:
    if roster.owed != owed:
        draft.put(attrs.evolve(roster, owed=owed))
    return owed


def _read_ahead(draft: Draft, place: Place, queue: Sequence[BookingRow]) -> bool:
    """Whether the next waiter's rows are there, or can be read now, together with those of whoever is behind."""
    if all(draft.view.knows(each) for each in _rows_of(place, queue[0])):
        return True
    if not draft.view.may_read:
        return False
    draft.need(*(each for waiter in queue for each in _rows_of(place, waiter)))
    return True


def _rows_of(place: Place, waiter: BookingRow) -> tuple[Key[Diary], Range[Appointment], Range[Appointment]]:
    return (
        Key(Diary, (waiter.person,)),
        near(waiter.person, place.session.id, place.session.span),
        appointments_of(waiter.id),
    )


def _seat_or_park(draft: Draft, place: Place, waiter: BookingRow) -> None:
    reason = passed_over(
        draft,
        place,
        waiter.person,
        around(draft, waiter.person, place.session.id, place.session.span),
        waiter.id,
    )
    people = draft.scan(appointments_of(waiter.id)).records
    if reason is None:
        seated = moved(waiter, BookingStatus.CONFIRMED)
        change(draft, place, waiter, seated, people)
        draft.note("booking.promoted", waiter.id, **facts_of(seated))
        return
    parked = attrs.evolve(waiter, standing=PARKED, passed=reason.code)
    change(draft, place, waiter, parked, people)
    draft.note(
        "booking.passed-over",
        waiter.id,
        **facts_of(parked),
        code=reason.code,
        clash=str(reason.facts.get("session", "")),
    )


def reopen(draft: Draft, freed: Iterable[Appointment]) -> list[tuple[str, str]]:
    """Make ready again what the people of these appointments were parked for at that time.

    Returns the rosters (session, role) where a free seat is now owed a look.
    """
    owed: list[tuple[str, str]] = []
    gone = [each for each in freed if each.holds]
    draft.need(
        *(
            key
            for each in gone
            for key in (Key(Diary, (each.person,)), near(each.person, each.session_id, each.span))
        )
    )
    waits: dict[str, Appointment] = {}
    for each in gone:
        for wait in around(draft, each.person, each.session_id, each.span):
            if wait.status is BookingStatus.WAITLISTED and wait.span.overlaps(each.span):
                waits[wait.booking_id] = wait
    rows: list[Key[BookingRow] | Key[Roster]] = []
    for wait in waits.values():
        rows += [Key(BookingRow, (wait.booking_id,)), Key(Roster, (wait.session_id, wait.role))]
    draft.need(*rows)
    for wait in waits.values():
        booking = draft.get(BookingRow, wait.booking_id)
        roster = draft.get(Roster, wait.session_id, wait.role)
        if booking is None or roster is None or booking.standing != PARKED:
            continue
        ready = attrs.evolve(booking, standing=str(BookingStatus.WAITLISTED), passed="")
        draft.put(ready)
        roster = roster.moving(ready.size, PARKED, ready.standing)
        look = roster.has_room()
        draft.put(attrs.evolve(roster, owed=roster.owed or look))
        draft.note("booking.ready", ready.id, **facts_of(ready))
        if look:
            owed.append((wait.session_id, wait.role))
    return owed


@attrs.frozen
class Settle:
    """Look at one roster's queue again: what a commit could not get through, or what time has changed."""

    session_id: str
    role: str
    actor: str = "system:tick"

    def needs(self) -> Read:
        """The session, its roster, and the head of its ready queue."""
        keys = (Key(SessionRow, (self.session_id,)), Key(Roster, (self.session_id, self.role)))
        return Read(keys, (ready_queue(self.session_id, self.role),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Promote and park as far as one commit goes."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        more = settle(draft, place)
        return draft.accept(Done(self.session_id, more))
