"""Why a booking stands where it stands."""

from __future__ import annotations

import attrs

from innovationhub.domain.alternatives import next_sessions
from innovationhub.domain.asking import over
from innovationhub.domain.booking import HERE, MISSED, PARKED, SHORT, BookingRow, BookingStatus
from innovationhub.domain.deciding import Draft
from innovationhub.domain.journal import Entry
from innovationhub.domain.placing import Place, appointments_of, place_for
from innovationhub.domain.records import Range, Read, Record
from innovationhub.domain.refusals import Reason
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import Session
from innovationhub.domain.time import zone
from innovationhub.domain.views import Explanation, PassedOver
from innovationhub.domain.waitlist import Way, obstacle, way_of
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
        ahead = _ahead(engine, booking, facts.place.roster)
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
    place = place_for(draft, booking.session_id, booking.role)
    draft.need(history)
    waiting = booking.status is BookingStatus.WAITLISTED
    reasons = _reasons(draft, place, booking)
    instead = next_sessions(draft, place, booking.person) if waiting else ()
    return _Facts(place, reasons, instead, tuple(draft.scan(history).records))


def _reasons(draft: Draft, place: Place, booking: BookingRow) -> tuple[Reason, ...]:
    ended = over(place.session, place.type)
    if booking.status is not BookingStatus.WAITLISTED:
        said = {
            BookingStatus.CONFIRMED: "The place is theirs.",
            BookingStatus.CANCELLED: "It was cancelled; to come after all is a new booking, at the end of the queue.",
            BookingStatus.ATTENDED: "They were there.",
            BookingStatus.ABSENT: "They had a place and were not there.",
            BookingStatus.LAPSED: "The offer, or the session, came and went without an answer.",
            BookingStatus.REQUESTED: "It waits for the hub's team to approve it.",
            BookingStatus.OFFERED: "A place is offered: accept it before the offer ends.",
            BookingStatus.DECLINED: "It was turned down.",
        }
        sentence = said.get(booking.status, f"It is {booking.status}.")
        return (Reason(str(booking.status), sentence, {"session": booking.session_id}),)
    if ended:
        return (ended,)
    return _why_waiting(draft, place, booking)


def _why_waiting(draft: Draft, place: Place, booking: BookingRow) -> tuple[Reason, ...]:
    """Why one who waits has no seat now: never empty, and each with what would help."""
    roster = place.roster
    people = draft.scan(appointments_of(booking.id)).records
    hindered, _ = obstacle(draft, place, booking, [each for each in people if each.active])
    reasons = [hindered] if hindered else []
    facts = {"capacity": roster.capacity, "held": roster.held, "waiting": roster.waiting}
    kept = "The place in the queue is kept, and a seat that comes free is given in order."
    if draft.now >= place.closes:
        sentence = "Booking has closed: from then on free places go to whoever is at the door."
        remedy = (
            "Come to the door."
            if booking.standing != HERE
            else "Nothing needs doing: you are next when called."
        )
        return (*reasons, Reason("closed", sentence, {**facts, "closes": place.closes}, (remedy,)))
    if not roster.has_room(1, place.registered):
        taken = f"All {count(roster.capacity or 0, 'place')} are taken."
        remedies = () if hindered else (f"Nothing needs doing. {kept}",)
        reasons.append(Reason("full", taken, facts, remedies))
    elif booking.size > 1 and not roster.has_room(booking.size, place.registered):
        few = f"{count(roster.free(place.registered) or 0, 'place')} free, and you are {booking.size}."
        remedy = "Book in smaller parties, or wait until enough come free. The place in the queue is kept."
        reasons.append(Reason("full", f"There are {few}", facts, (remedy,)))
    elif booking.standing == MISSED:
        sentence = "An offer of a place lapsed; a place is free."
        reasons.append(Reason("offer-lapsed", sentence, facts, ("Accept the place: it is still free.",)))
    elif not reasons:
        ahead = "Somebody ahead comes first, or the next look at the queue is due."
        reasons.append(Reason("queue", ahead, facts, (f"Nothing needs doing. {kept}",)))
    if way_of(draft, place) is Way.OFFER and not hindered:
        reasons.append(Reason("offer", "A place that comes free is offered, to be accepted in time.", facts))
    return tuple(reasons)


_SAID = {
    "held-back": "A seat was free, and fewer than their party needs: it is kept until there are enough.",
    "short": "A seat was free, and fewer than their party needs: somebody behind them had it.",
    "group-too-large": "A seat was free, but there are fewer seats in all than their party needs.",
    "not-eligible": "A seat was free, but the rules of this session did not allow it.",
    "needs-role": "A seat was free, but they did not hold the place that it depends on.",
    "priority": "A seat was free, and somebody whom the hub's priority rule favours had it.",
    "offer-lapsed": "A seat was offered, and the offer lapsed.",
}


def _went_past(entry: Entry) -> str:
    code = str(entry.facts.get("code"))
    if code == "clash":
        return f"A seat was free, but they held another place at that time: {entry.facts.get('clash')}."
    return _SAID.get(code, f"A seat was free, but they could not have it: {code}.")


def _ahead(engine: Engine, booking: BookingRow, roster: Roster) -> dict[str, int]:
    """How many are before a booking, by category."""
    categories = {"waiting": [str(BookingStatus.WAITLISTED)], "passed over": [PARKED]}
    categories["passed over"] += sorted(SHORT) if roster.short else []
    if roster.missed:
        categories["missed an offer"] = [MISSED]
    if roster.here:
        categories["at the door"] = [HERE]
    return {
        category: sum(_count(engine, booking, standing) for standing in standings)
        for category, standings in categories.items()
    }


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
