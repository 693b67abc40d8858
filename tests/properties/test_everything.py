"""Every command of the face, in any order, on both stores, over every policy.

No model says what each answer must be (the machines by theme have one): here it is stated what holds after every step,
whatever was done. Seats are never more than there are; nobody waits who may have a free seat; the order of a queue is
its sequence and nobody overtakes; nobody is in two places at once; what depends on a place ends with it; the same
request has the same answer; both stores agree; and audit is clean.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from innovationhub import (
    Assign,
    Booking,
    CallOff,
    Close,
    End,
    Groups,
    Merge,
    Move,
    OnLapse,
    Person,
    Promote,
    Recurrence,
    Reinstate,
    Reschedule,
    Resize,
)
from innovationhub.domain.changes import Change
from tests.properties.both import Both, examples
from tests.properties.everything import DATES, ROSTERS, SERIES, SESSIONS, STARTS, TYPE_OF, TYPES, start_of
from tests.support import NOW

MOMENTS = tuple(
    sorted(
        [NOW + timedelta(hours=number) for number in (3, 30, 60, 100)]
        + [start_of(each) - timedelta(minutes=before) for each in SESSIONS for before in (61, 1, -1, -61)]
    )
)
PEOPLE = [f"p{number}" for number in range(6)]
HELD = ("confirmed", "offered", "attended", "absent")

persons = st.sampled_from(PEOPLE)
sessions = st.sampled_from(SESSIONS)
rosters = st.sampled_from(ROSTERS[:-1])


class EverythingMachine(RuleBasedStateMachine):
    """Two hubs and no model: what must hold after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.both = Both(TYPES, SERIES, len(PEOPLE))
        self.lowered: set[tuple[str, str]] = set()
        self.moved: set[str] = set()
        self.newcomers = 0
        self.answered: dict[str, tuple[str, tuple[Any, ...], dict[str, Any], Any]] = {}
        self.queues: dict[tuple[str, str], list[str]] = {}

    def teardown(self) -> None:
        self.both.close()

    def send(self, command: str, *arguments: Any, **options: Any) -> Any:
        """Send it under a request id, to send the very same later."""
        request = f"request-{len(self.answered)}"
        answer = self.both.do(command, *arguments, request_id=request, **options)
        self.answered[request] = (command, arguments, options, answer)
        return answer

    @initialize(hours=st.sampled_from([0, 0, 140, 168]))
    def some_time_before(self, hours: int) -> None:
        self.both.clock.now = NOW + timedelta(hours=hours)

    @rule(
        roster=rosters,
        person=persons,
        group=st.lists(persons, max_size=2, unique=True),
        slot=st.sampled_from([None, None, 1, 2]),
    )
    def book(self, roster: tuple[str, str], person: str, group: list[str], slot: int | None) -> None:
        session, role = roster
        options: dict[str, Any] = {"role": role, "group": tuple(each for each in group if each != person)}
        self.send("book", session, person, **options, **({"slot": slot} if slot else {}))

    @rule(person=persons)
    def register(self, person: str) -> None:
        self.send("register", "set", person)

    @rule(session=sessions, person=persons, back=st.booleans())
    def apologise(self, session: str, person: str, *, back: bool) -> None:
        self.send("unapologise" if back else "apologise", session, person)

    @precondition(lambda self: self.both.known)
    @rule(
        data=st.data(),
        command=st.sampled_from(["cancel", "cancel", "accept", "decline", "approve", "reject"]),
    )
    def answer(self, data: st.DataObject, command: str) -> None:
        self.send(command, data.draw(st.sampled_from(self.both.known), label="booking"))

    @precondition(lambda self: self.both.known)
    @rule(data=st.data(), person=persons)
    def leave_a_group(self, data: st.DataObject, person: str) -> None:
        self.send("cancel", data.draw(st.sampled_from(self.both.known), label="booking"), person_id=person)

    @precondition(lambda self: self.both.known)
    @rule(data=st.data(), roster=rosters)
    def transfer(self, data: st.DataObject, roster: tuple[str, str]) -> None:
        booking = data.draw(st.sampled_from(self.both.known), label="booking")
        self.send("transfer", booking, roster[0], role=roster[1])

    @precondition(lambda self: self.both.known)
    @rule(data=st.data(), person=persons)
    def substitute(self, data: st.DataObject, person: str) -> None:
        self.send("substitute", data.draw(st.sampled_from(self.both.known), label="booking"), person)

    @precondition(lambda self: self.both.known)
    @rule(data=st.data(), note=st.sampled_from(["", "a note", "another"]))
    def amend(self, data: st.DataObject, note: str) -> None:
        self.send("amend", data.draw(st.sampled_from(self.both.known), label="booking"), note=note)

    @rule(roster=rosters, person=persons, command=st.sampled_from(["check_in", "check_in", "check_out"]))
    def at_the_door(self, roster: tuple[str, str], person: str, command: str) -> None:
        self.send(command, roster[0], person, role=roster[1])

    @rule(roster=rosters)
    def a_newcomer_walks_in(self, roster: tuple[str, str]) -> None:
        self.newcomers += 1
        id = f"new{self.newcomers}"
        self.send("check_in", roster[0], Person(id, "Newcomer", f"{id}@nhs.example"), role=roster[1])

    @rule(session=sessions)
    def close_register(self, session: str) -> None:
        self.both.do("close_register", session)

    @rule()
    def tick(self) -> None:
        for hub in self.both.hubs:
            assert hub.tick().complete

    @rule(moment=st.sampled_from(MOMENTS), tick=st.booleans())
    def time_passes(self, moment: datetime, *, tick: bool) -> None:
        self.both.clock.now = max(self.both.now, moment)
        if tick:
            self.tick()

    @precondition(lambda self: any(each <= self.both.now + timedelta(hours=12) for each in MOMENTS))
    @rule(hours=st.sampled_from([1, 5, 24]))
    def a_while_passes(self, hours: int) -> None:
        self.both.clock.pass_by(hours=hours)

    def changed(self, change: Change) -> Any:
        return self.both.change(change)

    @rule(roster=st.sampled_from(ROSTERS), capacity=st.sampled_from([0, 1, 2, 3, None]))
    def resize(self, roster: tuple[str, str], capacity: int | None) -> None:
        effects = self.changed(Resize(*roster, capacity))
        if isinstance(effects, list) and effects:
            self.lowered.add(roster)

    @rule(session=sessions, minutes=st.sampled_from([-45, 30, 60, 24 * 60]))
    def move(self, session: str, minutes: int) -> None:
        if not self.is_there(session):
            return
        view = self.both.hubs[0].session(session)
        self.changed(Move(session, view.starts + timedelta(minutes=minutes)))
        self.moved.add(session)

    @rule(session=sessions)
    def call_off(self, session: str) -> None:
        self.changed(CallOff(session, "because"))

    @rule(session=sessions)
    def reinstate(self, session: str) -> None:
        self.changed(Reinstate(session))

    @rule(session=sessions, leading=st.lists(persons, max_size=2, unique=True))
    def assign(self, session: str, leading: list[str]) -> None:
        self.changed(Assign(session, tuple(leading)))

    @rule(key=st.sampled_from(sorted(STARTS)), back=st.booleans())
    def merge(self, key: str, *, back: bool) -> None:
        ids = [f"{key}@{day}T{STARTS[key]}" for day in DATES]
        self.changed(Merge(*(reversed(ids) if back else ids)))

    @rule(day=st.sampled_from(DATES))
    def close_the_hub(self, day: str) -> None:
        date = datetime.fromisoformat(day).date()
        self.moved |= set(SESSIONS)
        self.changed(Close(date, date + timedelta(days=1), "A day out"))

    @rule(key=st.sampled_from(sorted(STARTS)), day=st.sampled_from(DATES))
    def end(self, key: str, day: str) -> None:
        self.changed(End(key, datetime.fromisoformat(f"{day}T00:00"), "over"))

    @rule(
        key=st.sampled_from(sorted(STARTS)), day=st.sampled_from(DATES), later=st.sampled_from([30, 24 * 60])
    )
    def reschedule(self, key: str, day: str, later: int) -> None:
        since = datetime.fromisoformat(f"{day}T00:00")
        start = datetime.fromisoformat(f"{day}T{STARTS[key]}") + timedelta(minutes=later)
        self.moved |= set(SESSIONS)
        self.changed(Reschedule(key, since, Recurrence.weekly(start, zone="Europe/London")))

    @precondition(lambda self: self.answered)
    @rule(data=st.data())
    def a_request_is_sent_again_much_later(self, data: st.DataObject) -> None:
        """Whatever has happened since, the same request is answered as it was at first (invariant 5)."""
        request = data.draw(st.sampled_from(sorted(self.answered)), label="request")
        command, arguments, options, answer = self.answered[request]
        again = self.both.do(command, *arguments, request_id=request, **options)
        if not isinstance(answer, tuple):  # what was wrong, or not there, is not kept
            assert again == answer

    @invariant()
    def it_holds(self) -> None:
        there = [roster for roster in ROSTERS if self.is_there(roster[0])]
        self.both.agree(there)
        self.both.audited({"over-capacity"} if self.lowered else ())
        for roster in there:
            self.seats_hold(roster)
            self.queue_holds(roster)
        for person in PEOPLE:
            self.nobody_is_in_two_places(person)

    def is_there(self, session: str) -> bool:
        if "@" not in session:
            return True
        there = [not isinstance(self.both.do("roster", session), tuple)]
        return all(there)

    def seats_hold(self, roster: tuple[str, str]) -> None:
        session, role = roster
        hub = self.both.hubs[0]
        if "@" not in session:
            return
        places = hub.session(session).places[role]
        if roster not in self.lowered and ("set", role) not in self.lowered:
            assert places.over == 0, f"{session}: more than there are seats"

    def queue_holds(self, roster: tuple[str, str]) -> None:
        """In order of sequence; nobody overtakes; and nobody waits who may have a free seat."""
        session, role = roster
        hub = self.both.hubs[0]
        waits = hub.waitlist(session, role)
        assert [each.sequence for each in waits] == sorted({each.sequence for each in waits})
        ids = [each.id for each in waits]
        before, kind = self.queues.get(roster, []), TYPE_OF[session.partition("@")[0]]
        if kind.waitlist.on_lapse is not OnLapse.BACK:
            stayed = [each for each in before if each in ids]
            assert [each for each in ids if each in stayed] == stayed
            came_back = kind.waitlist.promote is Promote.OFFER
            newcomers = [each for each in ids if each not in before]
            assert came_back or ids == stayed + newcomers
        self.queues[roster] = ids
        if "@" not in session or kind.waitlist.promote is Promote.OFFER or kind.rules:
            return
        view = hub.session(session)
        places = view.places[role]
        role_ = kind.role(role)
        if view.status != "scheduled" or self.both.now >= view.closes or (role_ and role_.slots):
            return
        for each in waits:
            size = sum(status == "waitlisted" for status in each.people.values())
            free = places.left is None or places.left >= size
            if free and not self.clashes(each):
                raise AssertionError(f"{each.id} waits for {session}, and may have a seat")
            fits = places.capacity is None or size <= max(1, places.capacity)
            if not free and kind.waitlist.groups is Groups.STRICT and fits and not self.clashes(each):
                return

    def clashes(self, booking: Booking) -> bool:
        hub = self.both.hubs[0]
        assert booking.session_id
        here = hub.session(booking.session_id)
        if TYPE_OF[booking.series_id].booking.overlaps:
            return False
        waiting = [person for person, status in booking.people.items() if status == "waitlisted"]
        return any(
            span[0] < here.ends and here.starts < span[1]
            for person in waiting
            for span in self.held_by(person, but=booking.id)
        )

    def held_by(self, person: str, but: str = "") -> list[tuple[datetime, datetime]]:
        """The time that a person's places take, by what is shown of them."""
        hub = self.both.hubs[0]
        spans = []
        for each in hub.bookings_of(person):
            kind = TYPE_OF[each.series_id]
            if each.people[person] not in {"confirmed", "offered", "attended"} or kind.booking.overlaps:
                continue
            if each.id == but:
                continue
            if each.session_id is None:
                spans += self.dates_of(each, person)
                continue
            if each.parent_id is not None and each.slot is None:
                continue  # one date of a registration
            view = hub.session(each.session_id)
            if view.status == "called-off":
                continue
            if each.slot is None:
                spans.append((view.starts, view.ends))
            else:
                begins = view.ends + timedelta(minutes=20 * (each.slot - 1))
                spans.append((begins, begins + timedelta(minutes=20)))
        return sorted(spans)

    def dates_of(self, registration: Booking, person: str) -> list[tuple[datetime, datetime]]:
        """The time of the dates on which somebody who is registered is expected."""
        hub = self.both.hubs[0]
        spans = []
        for session in SESSIONS:
            if not session.startswith("set@") or not self.is_there(session):
                continue
            view = hub.session(session)
            begun = view.starts < registration.created_at  # before they joined
            there = {booking.person_id for booking in hub.roster(session)}
            if not begun and view.status != "called-off" and person in there:
                spans.append((view.starts, view.ends))
        return spans

    def nobody_is_in_two_places(self, person: str) -> None:
        if self.moved:
            return  # who was moved onto another place of theirs keeps both
        spans = self.held_by(person)
        for (_, ends), (starts, _) in pairwise(spans):
            assert ends <= starts, f"{person} is in two places at once"


TestEverything = EverythingMachine.TestCase
TestEverything.settings = examples(4)
