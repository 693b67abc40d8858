"""A hub under whatever can be done to it, in any order: extend it with your own session types, rules and commands.

    class Machine(HubMachine):
        def catalogue(self):
            return attrs.evolve(super().catalogue(), session_types=(...))

        @rule(person=people)
        def hand_in_an_idea(self, person):
            self.attempt(lambda: self.hub.book("fund@2026-12-01T14:00", person))

    TestHub = Machine.TestCase

After every step the hub's own audit is clean, and what callers can see holds together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from innovationhub.domain.booking import Booking, BookingStatus
from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.changes import CallOff, Resize
from innovationhub.domain.people import Person
from innovationhub.domain.policies import BookingPolicy, Promote, WaitlistPolicy
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Refused
from innovationhub.domain.schedule import Catalogue, Series, SessionStatus
from innovationhub.domain.settings import HubSettings
from innovationhub.hub import Hub, Settings
from innovationhub.testing.clock import FakeClock

__all__ = ["HubMachine", "people"]

T = TypeVar("T")

PEOPLE = tuple(f"p{number}" for number in range(5))
people = st.sampled_from(PEOPLE)
"""The ids of those who are known to the machine's hub."""


def _weekly(key: str, at: str) -> Series:
    return Series(
        key, key, Recurrence.parse(f"DTSTART;TZID=Europe/London:20261201T{at}00\nRRULE:FREQ=WEEKLY")
    )


class HubMachine(RuleBasedStateMachine):
    """Commands of many kinds, in any order, on one hub. Override `open_hub` and `catalogue`; add rules and invariants.

    `self.hub` is the hub, `self.clock` its clock, `self.sessions` the ids of the sessions that the rules use.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.hub = self.open_hub(self.clock)
        self.booked: dict[str, tuple[str, str]] = {}
        self.answers: dict[str, tuple[str, str, Booking | tuple[str, ...]]] = {}
        self.seen = 0
        self.lowered: set[tuple[str, str]] = set()

    def open_hub(self, clock: FakeClock) -> Hub:
        """The hub to try: in memory, with no plugins, unless you open another."""
        return Hub.open("memory:", clock=clock, settings=Settings(discover=False))

    def catalogue(self) -> Catalogue:
        """What the hub puts on: a seat that everybody wants, offers, and one that overlaps both."""
        offers = WaitlistPolicy(promote=Promote.OFFER, offer_hours=4)
        types = (
            SessionType("taster", "Taster", roles=(Role(capacity=1, minimum=1),)),
            SessionType("forum", "Forum", roles=(Role(capacity=2),), waitlist=offers),
            SessionType("open", "Open day", booking=BookingPolicy(overlaps=True), access="drop-in"),
        )
        return Catalogue(
            HubSettings(),
            types,
            (_weekly("taster", "1000"), _weekly("forum", "1030"), _weekly("open", "1015")),
        )

    def choose_sessions(self) -> Iterable[str]:
        """The sessions that the rules book: the first two of each series unless told otherwise."""
        for series in self.catalogue().series:
            for nominal in series.recurrence.between(
                self.clock.now, self.clock.now + timedelta(days=21), limit=2
            ):
                yield f"{series.key}@{nominal:%Y-%m-%dT%H:%M}"

    @initialize()
    def set_up(self) -> None:
        """Load the catalogue and make the people known."""
        self.hub.load_catalogue(self.catalogue())
        for person in PEOPLE:
            self.hub.add_person(Person(person))
        self.sessions = list(self.choose_sessions())
        self.starts = {each: self.hub.session(each).starts for each in self.sessions}

    def teardown(self) -> None:
        """Close the hub."""
        self.hub.close()

    def attempt(self, command: Callable[[], T]) -> T | None:
        """Do it; a "no" of the rules is an answer as good as any, and is None."""
        try:
            return command()
        except Refused as refused:
            sentences = [reason.sentence for reason in refused.reasons]
        assert sentences
        assert all(sentences)
        return None

    def pick(self, data: st.DataObject, what: Iterable[str], label: str) -> str:
        """One of these, chosen by Hypothesis."""
        return data.draw(st.sampled_from(sorted(what)), label=label)

    # --- what is done ---

    @rule(data=st.data(), person=people)
    def book(self, data: st.DataObject, person: str) -> None:
        """Ask for a place under a request id of one's own."""
        session = self.pick(data, self.sessions, "session")
        request = f"request-{len(self.answers)}"
        answer = self._asked(session, person, request)
        self.answers[request] = (session, person, answer)
        if isinstance(answer, Booking):
            self.booked[answer.id] = (session, person)

    def _asked(self, session: str, person: str, request: str) -> Booking | tuple[str, ...]:
        try:
            return self.hub.book(session, person, request_id=request)
        except Refused as refused:
            return refused.codes

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """The same request, however much later: the same answer, and nothing is done."""
        request = self.pick(data, self.answers, "request")
        session, person, answer = self.answers[request]
        before = len(self.hub.journal(self.seen))
        assert self._asked(session, person, request) == answer
        assert len(self.hub.journal(self.seen)) == before

    @precondition(lambda self: self.booked)
    @rule(data=st.data(), what=st.sampled_from(("cancel", "accept", "decline")))
    def answer_for(self, data: st.DataObject, what: str) -> None:
        """Give up a place, take an offer, or say no to it."""
        booking = self.pick(data, self.booked, "booking")
        self.attempt(lambda: getattr(self.hub, what)(booking))

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def transfer(self, data: st.DataObject) -> None:
        """Move to another session of the same type."""
        booking = self.pick(data, self.booked, "booking")
        now = self.booked[booking][0]
        others = [
            each for each in self.sessions if each != now and each.partition("@")[0] == now.partition("@")[0]
        ]
        if others:
            session = self.pick(data, others, "session")
            moved = self.attempt(lambda: self.hub.transfer(booking, session))
            if moved is not None:
                self.booked[moved.id] = (session, moved.person_id)

    @rule(data=st.data(), person=people)
    def check_in(self, data: st.DataObject, person: str) -> None:
        """Come, booked or not."""
        session = self.pick(data, self.sessions, "session")
        self.attempt(lambda: self.hub.check_in(session, person))

    @rule(data=st.data())
    def close_register(self, data: st.DataObject) -> None:
        """Say who was not there."""
        session = self.pick(data, self.sessions, "session")
        self.attempt(lambda: self.hub.close_register(session))

    @rule(data=st.data(), capacity=st.integers(0, 3))
    def resize(self, data: st.DataObject, capacity: int) -> None:
        """Another capacity, fewer seats than are held too."""
        session = self.pick(data, self.sessions, "session")
        change = Resize(session, next(iter(self.hub.session(session).places)), capacity)
        if self.attempt(lambda: self.hub.apply(self.hub.plan(change))):
            self.lowered.add((session, change.role))

    @rule(data=st.data(), surely=st.integers(0, 5))
    def call_off(self, data: st.DataObject, surely: int) -> None:
        """A session that will not be; now and then."""
        session = self.pick(data, self.sessions, "session")
        if surely == 0:
            self.attempt(lambda: self.hub.apply(self.hub.plan(CallOff(session, "Nobody to lead it"))))

    @rule(hours=st.sampled_from((1, 5, 24, 24 * 6)))
    def time_passes(self, hours: int) -> None:
        """An hour, half a day of work, a day, most of a week."""
        self.clock.advance(hours=hours)

    @rule()
    def tick(self) -> None:
        """Go on with what is due."""
        self.hub.tick()

    # --- what always holds ---

    @invariant()
    def audit_is_clean(self) -> None:
        """What must always hold, checked on the live data; seats that were taken away by a decision are no fault."""
        lowered = {session for session, _ in getattr(self, "lowered", ())}
        found = [each for each in self.hub.audit() if (each.invariant, each.subject in lowered) != (1, True)]
        assert found == [], found

    @invariant()
    def places_add_up(self) -> None:
        """Nobody is seated beyond the seats, unless they were taken away; a queue is in order, each person once."""
        for session in getattr(self, "sessions", ()):
            view = self.hub.session(session)
            assert view.starts == self.starts[session]
            for role, places in view.places.items():
                assert places.over == 0 or (session, role) in self.lowered
                assert places.left is None or places.left == 0 or places.over == 0
                waiting = self.hub.waitlist(session, role)
                assert len(waiting) == (places.waiting if view.status is not SessionStatus.CALLED_OFF else 0)
                assert [each.sequence for each in waiting] == sorted({each.sequence for each in waiting})
                assert len({each.person_id for each in waiting}) == len(waiting)
                assert all(each.status is BookingStatus.WAITLISTED for each in waiting)

    @invariant()
    def the_journal_only_grows(self) -> None:
        """Entry after entry, none left out."""
        for entry in self.hub.journal(self.seen):
            assert entry.position == self.seen + 1
            self.seen = entry.position
