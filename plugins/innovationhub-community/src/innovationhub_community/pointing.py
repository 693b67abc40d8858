"""At a drop-in: what somebody was pointed to, which they get as a message afterwards, and what was tried out."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from innovationhub import NotFound, Reason, Refusal
from innovationhub.domain.answers import Done
from innovationhub.domain.booking import LIVE, BookingRow, BookingStatus
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.placing import appointments_of, is_whole, locate
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.timers import Timer
from innovationhub_community.records import (
    Pointed,
    PracticeRow,
    Reading,
    ShowingRow,
    SignpostRow,
    ThingRow,
    TriedRow,
)
from innovationhub_community.writing import NAME, SYSTEM, found, keep, known

__all__ = ["MOST_SIGNPOSTS", "SIGNPOSTS", "Point", "Remind", "Try", "is_address", "signposts_of"]

SIGNPOSTS = f"{NAME}:signposts"
"""The timer of the signposts given on a booking: due when they are to be sent."""

AFTERWARDS = timedelta(minutes=15)
"""So long after the session, and after a signpost that comes late, they are sent: several in one message."""

MOST_SIGNPOSTS = 50
"""Signposts on one booking."""

POINTED_AT: dict[Pointed, type[PracticeRow] | type[ShowingRow] | type[ThingRow]] = {
    Pointed.PRACTICE: PracticeRow,
    Pointed.SHOWING: ShowingRow,
    Pointed.THING: ThingRow,
}


def is_address(to: str) -> bool:
    """Whether a resource is a page on the web: what is found again. What is written in words may name somebody."""
    return to.startswith(("https://", "http://"))


def signposts_of(booking_id: str) -> Range[SignpostRow]:
    """What was given on a booking."""
    return Range(SignpostRow, "by_booking", (booking_id,), limit=MOST_SIGNPOSTS)


def _booking(draft: Draft, booking_id: str) -> BookingRow | Refusal:
    """A booking of somebody who is, was or will be there. Raises `NotFound`."""
    row = found(draft, BookingRow, "booking", booking_id)
    if row.status in LIVE | {BookingStatus.ATTENDED}:
        return row
    facts = {"booking": row.id, "status": str(row.status)}
    return Refusal((Reason("not-active", f"This booking is {row.status}.", facts),))


def _ends(draft: Draft, booking: BookingRow) -> datetime:
    """When what was booked is over; a whole series is at no time."""
    return draft.now if is_whole(booking.session_id) else locate(draft, booking.session_id)[0].ends


@attrs.frozen(kw_only=True)
class Point:
    """Somebody in a booking is pointed to something. `person_id` is who, None: who leads the booking."""

    signpost_id: str
    booking_id: str
    points: Pointed
    to: str = attrs.field(repr=False)
    title: str = attrs.field(repr=False)
    note: str = attrs.field(repr=False)
    person_id: str | None
    actor: str

    def needs(self) -> Read:
        """The booking, who is in it, and what they were pointed to before."""
        keys = (Key(BookingRow, (self.booking_id,)), Key(Timer, (SIGNPOSTS, self.booking_id)))
        return Read(keys, (appointments_of(self.booking_id), signposts_of(self.booking_id)))

    def decide(self, view: View) -> Accepted | Refusal:
        """Refused (`not-active`, `full`). Raises `NotFound` for what is not there, and who is not in the booking."""
        draft = Draft(view, self.actor)
        booking = _booking(draft, self.booking_id)
        if isinstance(booking, Refusal):
            return booking
        person = booking.person if self.person_id is None else known(draft, self.person_id).key
        if person not in {line.person for line in draft.scan(appointments_of(booking.id)).records}:
            raise NotFound("person", self.person_id or "", "they are not in this booking")
        if len(draft.scan(signposts_of(booking.id)).rows) >= MOST_SIGNPOSTS:
            sentence = f"{MOST_SIGNPOSTS} signposts were given on this booking, and no more are kept."
            return Refusal((Reason("full", sentence, {"booking": booking.id}),))
        if self.points in POINTED_AT:
            found(draft, POINTED_AT[self.points], str(self.points), self.to)
        elif is_address(self.to) and draft.get(Reading, self.to) is None:
            draft.put(Reading(self.to, self.title))
        row = SignpostRow(
            self.signpost_id, booking.id, person, self.points, draft.now, self.to, self.title, self.note
        )
        draft.touch(booking)  # it guards the signposts given on it
        keep(draft, row, "pointed")
        draft.put(Timer(SIGNPOSTS, booking.id, max(_ends(draft, booking), draft.now) + AFTERWARDS))
        return draft.accept(Done(row.id))


@attrs.frozen(kw_only=True)
class Remind:
    """The time has come to send what somebody was pointed to."""

    booking_id: str
    actor: str = SYSTEM

    def needs(self) -> Read:
        """The timer, and the signposts."""
        return Read((Key(Timer, (SIGNPOSTS, self.booking_id)),), (signposts_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """An entry for each who was pointed to something: it calls for the message."""
        draft = Draft(view, self.actor)
        timer = draft.get(Timer, SIGNPOSTS, self.booking_id)
        if timer is None or timer.due > draft.now:
            return draft.accept(Done(self.booking_id))
        booking = draft.get(BookingRow, self.booking_id)
        if booking is not None and _ends(draft, booking) > draft.now:  # moved since
            draft.put(Timer(SIGNPOSTS, booking.id, _ends(draft, booking) + AFTERWARDS))
            return draft.accept(Done(booking.id))
        rows = draft.scan(signposts_of(self.booking_id)).records
        for person in dict.fromkeys(row.person for row in rows if row.person):
            draft.note(f"{NAME}.signposts-due", self.booking_id, person=person)
        draft.delete(timer)
        return draft.accept(Done(self.booking_id))


@attrs.frozen(kw_only=True)
class Try:
    """A thing of the space was tried out: on a booking, or (`session_id`) in a session by whoever was there."""

    tried_id: str
    thing: str
    booking_id: str
    session_id: str
    actor: str

    def needs(self) -> Read:
        """The thing, and the booking."""
        keys: list[Key[ThingRow] | Key[BookingRow]] = [Key(ThingRow, (self.thing,))]
        if self.booking_id:
            keys.append(Key(BookingRow, (self.booking_id,)))
        return Read(tuple(keys))

    def decide(self, view: View) -> Accepted | Refusal:
        """Refused (`not-active`) for a booking that has come to nothing. Raises `NotFound`."""
        draft = Draft(view, self.actor)
        found(draft, ThingRow, "thing", self.thing)
        session, person = self.session_id, ""
        if self.booking_id:
            booking = _booking(draft, self.booking_id)
            if isinstance(booking, Refusal):
                return booking
            session, person = booking.session_id, booking.person
        else:
            session = locate(draft, session)[0].id
        keep(draft, TriedRow(self.tried_id, self.thing, session, self.booking_id, person, draft.now), "tried")
        return draft.accept(Done(self.tried_id))
