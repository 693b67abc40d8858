"""Why a booking stands where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from innovationhub.domain.alternatives import next_sessions
from innovationhub.domain.asking import over
from innovationhub.domain.booking import HERE, MISSED, BookingRow, BookingStatus
from innovationhub.domain.deciding import Draft
from innovationhub.domain.journal import Entry
from innovationhub.domain.placing import Place, appointments_of, place_for
from innovationhub.domain.records import Range
from innovationhub.domain.refusals import Reason, ReasonFacts
from innovationhub.domain.schedule import Session
from innovationhub.domain.time import zone
from innovationhub.domain.views import Explanation, PassedOver
from innovationhub.domain.waitlist import obstacle, ready_queue
from innovationhub.domain.wording import all_taken, count, when
from innovationhub.engine import Engine
from innovationhub.engine.queueing import ahead_of

__all__ = ["explain"]

MOST_PASSED = 1000
"""Entries about one booking that are looked through for the times it was passed over."""


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
        ahead = ahead_of(engine.store, booking, facts.place.roster)
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
    ended = over(place.session, place.type)
    if ended:
        return (attrs.evolve(ended, remedies=ended.remedies or ("Choose another date.",)),)
    return tuple(_waiting(draft, place, booking))


def _waiting(draft: Draft, place: Place, booking: BookingRow) -> Iterator[Reason]:
    """Why one who waits has no seat: one reason at least, and what would help."""
    session, roster = place.session, place.roster
    timezone = draft.programme.hub.timezone
    first_come = draft.now >= place.closes
    people = draft.scan(appointments_of(booking.id)).records
    hindered, _ = obstacle(draft, place, booking, [each for each in people if each.active])
    if hindered:
        yield hindered
    facts: ReasonFacts = {"capacity": roster.capacity, "held": roster.held, "waiting": roster.waiting}
    room = roster.has_room(booking.size, place.registered)
    if not room:
        yield _too_few(place, booking, facts, settled=bool(hindered) or first_come)
    if first_come:
        closed = f"Booking closed on {when(place.closes, zone(timezone))}: nobody is seated from the queue any more."
        door = "Come to the door: free places go to whoever is there."
        if booking.standing == HERE:
            closed = "Free places go to whoever is at the door, in the order in which they came."
            door = "Nothing needs doing: stay near the door, you are called when it is your turn."
        at: ReasonFacts = {"closes": place.closes, "starts": session.starts, "session": session.id}
        yield Reason("closed", closed, at, () if hindered else (door,))
    elif booking.standing == MISSED and room:
        free = "An offer of a place lapsed, and the place is still free."
        yield Reason("offer-lapsed", free, facts, ("Accept it, or ask the hub's team.",))
    elif room and not hindered and (ahead := _held_back(draft, booking)):
        waits = f"A party of {ahead} is first, and waits for as many places: what is free is kept for it."
        yield Reason("held-back", waits, facts, ("Nothing needs doing. The place in the queue is kept.",))
    elif room and not hindered:
        # a look at the queue that is owed; audit finds a seat that is free without one
        free = "A place is free, and the queue for it has not been gone through yet."
        soon = "Nothing needs doing. Free places are given in the order of the queue, soon."
        yield Reason(str(booking.status), free, facts, (soon,))


def _held_back(draft: Draft, booking: BookingRow) -> int:
    """How many are in the party at the head of the queue that holds back a booking; 0 where none does."""
    head = draft.scan(ready_queue(booking.session_id, booking.role)).records[:1]
    return head[0].size if head and head[0].id != booking.id and head[0].passed == "held-back" else 0


def _too_few(place: Place, booking: BookingRow, facts: ReasonFacts, *, settled: bool) -> Reason:
    """Why there is no room: nothing is free, or too little for a party."""
    free = max(0, place.roster.free(place.registered) or 0)
    kept = (
        "Nothing needs doing. The place in the queue is kept, and a seat that comes free is given in order."
    )
    if booking.size == 1 or not free:
        taken = f"{all_taken(place.roster.capacity or 0)}."
        return Reason("full", taken, facts, () if settled else (kept,))
    sentence = f"{count(free, 'place is', 'places are')} free, and this is a party of {booking.size}."
    remedies = (kept, "Or book in smaller parties.")
    return Reason("full", sentence, facts, () if settled else remedies)


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
