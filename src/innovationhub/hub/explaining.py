"""Why a booking stands where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from innovationhub.domain.alternatives import next_sessions
from innovationhub.domain.booking import PARKED, BookingRow, BookingStatus
from innovationhub.domain.deciding import Draft
from innovationhub.domain.journal import Entry
from innovationhub.domain.placing import Place, around, booking_window, over, place_for
from innovationhub.domain.records import Key, Range, Read, Record
from innovationhub.domain.refusals import Reason, ReasonFacts
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import Session, SessionRow
from innovationhub.domain.time import zone
from innovationhub.domain.views import Explanation, PassedOver
from innovationhub.domain.waitlist import passed_over
from innovationhub.domain.wording import count, when
from innovationhub.engine import Engine
from innovationhub.protocols.store import SupportsCount

__all__ = ["explain"]

MOST_PASSED = 1000
"""Entries about one booking that are looked through for the times it was passed over."""

PAGE = 1000


@attrs.frozen
class _Facts:
    place: Place
    reasons: tuple[Reason, ...]
    instead: tuple[Session, ...]
    entries: tuple[Entry, ...]


def explain(engine: Engine, booking: BookingRow) -> Explanation:
    """See `Hub.explain`."""
    facts = engine.consider(lambda draft: _gathered(draft, booking))
    where = zone(engine.programme.hub.timezone)
    waiting = booking.status is BookingStatus.WAITLISTED
    ahead: dict[str, int] = {}
    if waiting:
        for category, standing in (("waiting", str(BookingStatus.WAITLISTED)), ("passed over", PARKED)):
            ahead[category] = _count(engine, booking, standing)
    passed = tuple(
        PassedOver(entry.at.astimezone(where), str(entry.facts["code"]), _went_past(entry))
        for entry in facts.entries
        if entry.kind == "booking.passed-over"
    )
    remedies = [remedy for reason in facts.reasons for remedy in reason.remedies]
    remedies += [
        f"Book {each.id} instead: it has room, on {when(each.starts, where)}." for each in facts.instead
    ]
    place = sum(ahead.values()) + 1 if waiting else None
    return Explanation(
        booking.id, booking.status, place, ahead, passed, facts.reasons, tuple(dict.fromkeys(remedies))
    )


def _gathered(draft: Draft, booking: BookingRow) -> _Facts:
    history = Range(Entry, "by_subject", (booking.id,), limit=MOST_PASSED)
    session, roster = Key(SessionRow, (booking.session_id,)), Key(Roster, (booking.session_id, booking.role))
    draft.need(history, session, roster)
    place = place_for(draft, booking.session_id, booking.role)
    waiting = booking.status is BookingStatus.WAITLISTED
    reasons = _reasons(draft, place, booking)
    instead = next_sessions(draft, place, booking.person) if waiting else ()
    return _Facts(place, reasons, instead, tuple(draft.scan(history).records))


def _reasons(draft: Draft, place: Place, booking: BookingRow) -> tuple[Reason, ...]:
    if booking.status is not BookingStatus.WAITLISTED:
        said = {
            BookingStatus.CONFIRMED: "The place is theirs.",
            BookingStatus.CANCELLED: "It was cancelled; to come after all is a new booking, at the end of the queue.",
            BookingStatus.ATTENDED: "They were there.",
            BookingStatus.ABSENT: "They had a place and were not there.",
            BookingStatus.LAPSED: "They were still waiting when the register was closed.",
        }
        sentence = said.get(booking.status, f"It is {booking.status}.")
        return (Reason(str(booking.status), sentence, {"session": booking.session_id}),)
    ended = over(place.session, place.type)
    if ended:
        return (attrs.evolve(ended, remedies=ended.remedies or ("Choose another date.",)),)
    return tuple(_waiting(draft, place, booking))


def _waiting(draft: Draft, place: Place, booking: BookingRow) -> Iterator[Reason]:
    """Why one who waits has no seat: one reason at least, and what would help."""
    session, roster = place.session, place.roster
    timezone = draft.programme.hub.timezone
    _, closes = booking_window(session, place.type, timezone)
    first_come = draft.now >= closes
    near_by = around(draft, booking.person, session.id, session.span)
    clash = passed_over(draft, place, booking.person, near_by, booking.id)
    if clash:
        yield clash
    facts: ReasonFacts = {"capacity": roster.capacity, "held": roster.held, "waiting": roster.waiting}
    room = roster.has_room()
    if not room:
        kept = "Nothing needs doing. The place in the queue is kept, and a seat that comes free is given in order."
        remedies = () if clash or first_come else (kept,)
        yield Reason("full", f"All {count(roster.capacity or 0, 'place')} are taken.", facts, remedies)
    if first_come:
        closed = (
            f"Booking closed on {when(closes, zone(timezone))}: nobody is seated from the queue any more."
        )
        door = "Come to the door: free places go to whoever is there."
        at: ReasonFacts = {"closes": closes, "starts": session.starts, "session": session.id}
        yield Reason("closed", closed, at, () if clash else (door,))
    elif room and not clash:
        # a look at the queue that is owed; audit finds a seat that is free without one
        free = "A place is free, and the queue for it has not been gone through yet."
        soon = "Nothing needs doing. Free places are given in the order of the queue, soon."
        yield Reason(str(booking.status), free, facts, (soon,))


def _went_past(entry: Entry) -> str:
    if entry.facts.get("code") == "clash":
        return f"A seat was free, but they held another place at that time: {entry.facts.get('clash')}."
    return f"A seat was free, but they could not have it: {entry.facts.get('code')}."


def _count(engine: Engine, booking: BookingRow, standing: str) -> int:
    """How many of that standing are before this booking in its queue."""
    prefix = (booking.session_id, booking.role, standing)
    ahead: Range[Record] = Range(BookingRow, "by_roster", prefix, high=booking.sequence, limit=PAGE)
    if isinstance(engine.store, SupportsCount):
        return engine.store.count(ahead)
    total, low = 0, 0
    while True:
        page = Range(BookingRow, "by_roster", prefix, low=low, high=booking.sequence, limit=PAGE)
        found = engine.store.read(Read(ranges=(page,))).scan(page)
        total += len(found.rows)
        if not found.cut:
            return total
        low = found.records[-1].sequence + 1
