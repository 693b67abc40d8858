"""Slots: timed turns within a role, one person each, such as half an hour with an expert.

They follow one another from the start of the session, or from its end. A slot holds its own span of a person's
time. Its expert is one of those who are in the session as advisers (a role of that name), else one of its
facilitators, in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from innovationhub.domain.asking import in_the_way
from innovationhub.domain.booking import BookingRow, BookingStatus
from innovationhub.domain.catalogue import Role
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment
from innovationhub.domain.placing import Place, latest
from innovationhub.domain.records import Range
from innovationhub.domain.refusals import Reason, ReasonFacts
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.time import Span
from innovationhub.domain.wording import count
from innovationhub.errors import Invalid

__all__ = ["ADVISER", "advisers", "expert_of", "free_slot", "slot_span"]

ADVISER = "adviser"
"""The role of those who advise: panel members, planning experts."""

MOST_ADVISERS = 50


def slot_span(session: SessionRow, role: Role, number: int) -> Span:
    """From when until when a slot is, counted from 1."""
    slots = role.slots
    if slots is None:
        return session.span
    length = timedelta(minutes=slots.minutes)
    begins = (session.ends if slots.after else session.starts) + (number - 1) * length
    return Span(begins, begins + length)


def advisers(session_id: str) -> Range[BookingRow]:
    """Those who are in a session as advisers."""
    prefix = (session_id, ADVISER, str(BookingStatus.CONFIRMED))
    return Range(BookingRow, "by_roster", prefix, limit=MOST_ADVISERS)


def expert_of(draft: Draft, place: Place, number: int) -> str:
    """The opaque key of whom a slot is with; "" where nobody is known."""
    experts = place.session.facilitators.split()
    if place.type.role(ADVISER) is not None:
        there = [row.person for row in draft.scan(advisers(place.session.id)).records]
        experts = there or experts
    return experts[(number - 1) % len(experts)] if experts else ""


def free_slot(
    draft: Draft,
    place: Place,
    near_by: Sequence[Appointment],
    wanted: int | None,
    *,
    but: str = "",
    parent: str = "",
) -> int | Reason | None:
    """The slot that one gets: the one that was chosen, else the next free one at which they have time.

    None where all are taken. A reason where the chosen one is taken, or the person has no time in any that is free.
    Raises `Invalid` naming `slot` for a number that there is not.
    """
    slots = place.role.slots
    if slots is None:
        if wanted is not None:
            raise Invalid("slot", f"must be left out: the role {place.role.key} has no slots", wanted)
        return None
    if wanted is not None and not 1 <= wanted <= slots.count:
        raise Invalid("slot", f"must be from 1 to {slots.count}; got {wanted}", wanted)
    taken = set(latest(draft, place).taken)
    free = [number for number in range(1, slots.count + 1) if number not in taken]
    if not free:
        return None
    if wanted is not None:
        if wanted in free:
            return wanted
        shown = ", ".join(str(number) for number in free)
        facts: ReasonFacts = {"session": place.session.id, "slot": wanted, "free": shown}
        remedy = f"Choose another slot: {shown}."
        return Reason("full", f"Slot {wanted} is taken; {count(len(free), 'other')} free.", facts, (remedy,))
    if place.type.booking.overlaps:
        return free[0]
    for number in free:
        span = slot_span(place.session, place.role, number)
        if not in_the_way(draft, place, near_by, but=but, parent=parent, span=span):
            return number
    none: ReasonFacts = {"session": place.session.id, "free": len(free)}
    return Reason("clash", "This person holds another place at the time of every slot that is free.", none)
