"""A hub as simple as it can be said: lists and loops, no counters, no versions. What the real one must equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class NaiveSession:
    id: str
    capacity: int | None
    starts: datetime
    ends: datetime
    overlaps: bool = False
    closed: bool = False


@dataclass
class NaiveBooking:
    number: int
    session: NaiveSession
    person: str
    status: str


@dataclass
class NaiveHub:
    """The rules in the plainest words: the first in order who has no clash gets the free seat."""

    sessions: dict[str, NaiveSession]
    now: datetime
    bookings: list[NaiveBooking] = field(default_factory=list)

    def of(self, session: NaiveSession, *statuses: str) -> list[NaiveBooking]:
        return [each for each in self.bookings if each.session is session and each.status in statuses]

    def free(self, session: NaiveSession) -> bool:
        taken = len(self.of(session, "confirmed", "attended", "absent"))
        return session.capacity is None or taken < session.capacity

    def clashes(self, session: NaiveSession, person: str) -> bool:
        if session.overlaps:
            return False
        return any(
            each.person == person
            and each.session is not session
            and not each.session.overlaps
            and each.status in ("confirmed", "attended")
            and each.session.starts < session.ends
            and session.starts < each.session.ends
            for each in self.bookings
        )

    def mine(self, session: NaiveSession, person: str) -> NaiveBooking | None:
        live = ("confirmed", "waitlisted", "attended")
        return next((each for each in self.of(session, *live) if each.person == person), None)

    def book(self, session: NaiveSession, person: str) -> NaiveBooking | set[str]:
        reasons = set()
        if self.mine(session, person):
            reasons.add("already-booked")
        if session.closed:
            reasons.add("closed")
        elif self.now >= session.starts:
            reasons.add("started")
        if self.clashes(session, person):
            reasons.add("clash")
        return reasons or self.add(session, person, "confirmed" if self.free(session) else "waitlisted")

    def add(self, session: NaiveSession, person: str, status: str) -> NaiveBooking:
        booking = NaiveBooking(len(self.bookings), session, person, status)
        self.bookings.append(booking)
        return booking

    def cancel(self, booking: NaiveBooking) -> set[str]:
        if booking.status not in ("confirmed", "waitlisted"):
            return {"not-active"}
        if booking.session.closed:
            return {"closed"}
        if booking.status == "confirmed" and self.now >= booking.session.starts:
            return {"too-late-to-cancel"}
        booking.status = "cancelled"
        waits = [
            each for each in self.bookings if each.person == booking.person and each.status == "waitlisted"
        ]
        waits.sort(key=lambda each: each.session.starts)
        for session in [booking.session, *(each.session for each in waits)]:
            self.settle(session)
        return set()

    def settle(self, session: NaiveSession) -> None:
        for waiter in self.of(session, "waitlisted"):
            if not self.free(session) or self.now >= session.starts or session.closed:
                return
            if not self.clashes(session, waiter.person):
                waiter.status = "confirmed"

    def check_in(self, session: NaiveSession, person: str) -> set[str]:
        mine = self.mine(session, person)
        if mine and mine.status == "attended":
            return set()
        if session.closed:
            return {"closed"}
        reasons = set()
        if not (mine and mine.status == "confirmed"):
            if not self.free(session):
                reasons.add("full")
            if self.clashes(session, person):
                reasons.add("clash")
        if not reasons:
            (mine or self.add(session, person, "attended")).status = "attended"
        return reasons

    def close(self, session: NaiveSession) -> set[str]:
        if session.closed:
            return set()
        if self.now < session.starts:
            return {"not-open"}
        session.closed = True
        for each in self.of(session, "confirmed"):
            each.status = "absent"
        for each in self.of(session, "waitlisted"):
            each.status = "lapsed"
        return set()
