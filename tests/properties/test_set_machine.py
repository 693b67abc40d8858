"""A set that people register for, against a naive one: late joiners, apologies, guests in lent seats, leaving.

The naive set has a list of registrations and, for each date, who is away and who came as a guest; seats are counted
from these. Whatever is done before the first date, both stores agree with it after each step and audit is clean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from innovationhub import Apologies
from tests.properties.both import Both, Ref, examples
from tests.support import session_type, weekly

SEATS = 2
DATES = ("taster@2026-12-01T10:00", "taster@2026-12-08T10:00")
PEOPLE = [f"p{number}" for number in range(5)]


@dataclass(eq=False)
class Joined:
    """A registration, or (with a date) a guest's booking."""

    number: int
    person: str
    date: str
    status: str


@dataclass
class NaiveSet:
    joined: list[Joined] = field(default_factory=list)
    away: set[tuple[int, str]] = field(default_factory=set)

    def of(self, date: str, status: str) -> list[Joined]:
        return [each for each in self.joined if each.date == date and each.status == status]

    def mine(self, date: str, person: str) -> Joined | None:
        live = ("confirmed", "waitlisted")
        return next(
            (e for e in self.joined if (e.date, e.person) == (date, person) and e.status in live), None
        )

    def registration(self, person: str) -> Joined | None:
        mine = self.mine("", person)
        return mine if mine and mine.status == "confirmed" else None

    def coming(self, date: str) -> list[Joined]:
        """Who is registered, and not away on a date."""
        return [each for each in self.of("", "confirmed") if (each.number, date) not in self.away]

    def left(self, date: str) -> int:
        if not date:
            return SEATS - len(self.of("", "confirmed"))
        return SEATS - len(self.of(date, "confirmed")) - len(self.coming(date))

    def clash(self, date: str, person: str) -> bool:
        """For the set: a place as a guest on any date. For a date: being there as one who is registered."""
        if not date:
            return any(each.person == person for day in DATES for each in self.of(day, "confirmed"))
        return any(each.person == person for each in self.coming(date))

    def is_open(self, date: str) -> bool:
        return self.left(date) > 0 and all(self.clash(date, e.person) for e in self.of(date, "waitlisted"))

    def join(self, date: str, person: str) -> Joined | set[str]:
        if self.mine(date, person) or (date and self.registration(person)):
            return {"already-booked"}
        if self.clash(date, person):
            return {"clash"}
        status = "confirmed" if self.is_open(date) else "waitlisted"
        new = Joined(len(self.joined), person, date, status)
        self.joined.append(new)
        if status == "confirmed":
            self.seated(new)
        return new

    def seated(self, new: Joined) -> None:
        """Who joins a set has no seat on a date whose seats are lent by then."""
        if not new.date:
            self.away |= {(new.number, day) for day in DATES if self.left(day) < 0}

    def settle(self, *dates: str) -> None:
        for date in dates:
            for each in self.of(date, "waitlisted"):
                if self.left(date) > 0 and not self.clash(date, each.person):
                    each.status = "confirmed"
                    self.seated(each)

    def cancel(self, booking: Joined) -> set[str]:
        if booking.status == "cancelled":
            return {"not-active"}
        booking.status = "cancelled"
        self.away -= {(booking.number, day) for day in DATES}
        self.settle(booking.date, *(each for each in ("", *DATES) if each != booking.date))
        return set()

    def apologise(self, date: str, person: str) -> set[str]:
        mine = self.registration(person)
        if mine is None:
            return {"not-active"}
        self.away.add((mine.number, date))
        self.settle(date)
        return set()

    def unapologise(self, date: str, person: str) -> set[str]:
        mine = self.registration(person)
        if mine is None or (mine.number, date) not in self.away:
            return {"not-active"}
        guest = any(each.person == person for each in self.of(date, "confirmed"))
        reasons = {"full"} if self.left(date) < 1 else set()
        if guest or reasons:
            return reasons | ({"clash"} if guest else set())
        self.away.discard((mine.number, date))
        return set()


dates = st.sampled_from(DATES)
persons = st.sampled_from(PEOPLE)


class SetMachine(RuleBasedStateMachine):
    """A set of two seats, its first two dates, and five people."""

    def __init__(self) -> None:
        super().__init__()
        type_ = attrs.evolve(session_type(capacity=SEATS, access="register"), apologies=Apologies.LEND)
        self.both = Both([type_], [weekly()], len(PEOPLE))
        self.naive = NaiveSet()
        self.numbers: list[Ref] = []

    def teardown(self) -> None:
        self.both.close()

    def same(self, expected: Joined | set[str], answer: Any) -> None:
        if isinstance(expected, Joined):
            assert isinstance(answer, dict), answer
            self.numbers.append(answer["ref"])
        else:
            assert answer == expected if expected else isinstance(answer, dict)

    @rule(person=persons)
    def register(self, person: str) -> None:
        self.same(self.naive.join("", person), self.both.do("register", "taster", person))

    @rule(date=dates, person=persons)
    def come_as_a_guest(self, date: str, person: str) -> None:
        self.same(self.naive.join(date, person), self.both.do("book", date, person))

    @precondition(lambda self: self.naive.joined)
    @rule(number=st.integers(0, 60))
    def cancel(self, number: int) -> None:
        booking = self.naive.joined[number % len(self.naive.joined)]
        expected = self.naive.cancel(booking)
        self.same(expected, self.both.do("cancel", self.numbers[booking.number]))

    @rule(date=dates, person=persons)
    def apologise(self, date: str, person: str) -> None:
        expected = self.naive.apologise(date, person)
        self.same(expected, self.both.do("apologise", date, person))

    @rule(date=dates, person=persons)
    def unapologise(self, date: str, person: str) -> None:
        expected = self.naive.unapologise(date, person)
        self.same(expected, self.both.do("unapologise", date, person))

    @rule()
    def tick(self) -> None:
        for hub in self.both.hubs:
            assert hub.tick().complete

    @invariant()
    def all_agree(self) -> None:
        self.both.audited()
        for each in self.naive.joined:
            assert self.both.do("booking", self.numbers[each.number])["status"] == each.status, each
        for date in DATES:
            there = {each["lead"] for each in self.both.do("roster", date)}
            guests = self.naive.of(date, "confirmed")
            assert there == {each.person for each in (*self.naive.coming(date), *guests)}
            for hub in self.both.hubs:
                places = hub.session(date).places["attendee"]
                assert (places.left, places.over) == (self.naive.left(date), 0)
        for subject in ("", *DATES):
            waits = [each["lead"] for each in self.both.do("waitlist", subject or "taster")]
            assert waits == [each.person for each in self.naive.of(subject, "waitlisted")]


TestSet = SetMachine.TestCase
TestSet.settings = examples(8)
