"""Messages under everything that can happen to bookings, to channels and to the courier itself (invariant 7, M2)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from innovationhub import BookingStatus, CallOff, Hub, Move, Refused, Reinstate
from innovationhub.domain.deliveries import LEASE
from innovationhub.protocols.channel import Later, Message, Outcome, Sent
from tests.audited import kind
from tests.courier.post import POST, Post
from tests.properties.both import examples
from tests.support import Clock, crowd, small_hub, weekly

DATES = ("taster@2026-12-01T10:00", "taster@2026-12-08T10:00")
PEOPLE = [f"p{number}" for number in range(6)]

_S = BookingStatus
TRUE: Mapping[str, set[BookingStatus]] = {
    "confirmed": {_S.CONFIRMED},
    "promoted": {_S.CONFIRMED},
    "transferred": {_S.CONFIRMED},
    "waiting": {_S.WAITLISTED},
    "offered": {_S.OFFERED},
    "offer-lapsed": {_S.WAITLISTED, _S.LAPSED},
    "cancelled": {_S.CANCELLED, _S.DECLINED},
    "called-off": {_S.CANCELLED},
    "moved": {_S.CONFIRMED, _S.WAITLISTED, _S.OFFERED},
    "reminder": {_S.CONFIRMED},
    "feedback": {_S.ATTENDED},
}
"""How the person may stand in the booking when a message of that kind goes out: the truth of it, said once more."""

ENDINGS = {"cancelled", "called-off"}


class Died(BaseException):
    """The courier's process is gone, right here."""


class MessagesMachine(RuleBasedStateMachine):
    """A taster of two seats on two dates, six people, and a channel that works, fails, or kills the courier."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.post = Post(self.answer)
        self.plan: list[str] = []
        self.untrue: list[str] = []
        self.went: dict[tuple[str, str], list[str]] = {}
        self.keys: dict[str, tuple[str, str, str]] = {}
        types = [kind(capacity=2, waitlist={"promote": "offer", "groups": "fill"})]
        self.hub: Hub = small_hub(
            types=types, series=[weekly()], plugins=[self.post], settings=POST, clock=self.clock
        )
        crowd(self.hub, len(PEOPLE))
        self.bookings: list[str] = []

    def teardown(self) -> None:
        self.at_rest()
        self.hub.close()

    # --- the channel ---

    def answer(self, message: Message) -> Outcome:
        fate = self.plan.pop() if self.plan else "sent"
        if fate == "later":
            return Later("try later")
        if fate == "down":
            return Later("no connection", down=True)
        if fate == "raises":
            raise RuntimeError("no reason")
        if fate == "dies before":
            raise Died
        self.deliver(message)
        if fate == "dies after":
            raise Died
        return Sent()

    def deliver(self, message: Message) -> None:
        """Somebody reads it, and it is true by then."""
        view = self.hub.message(message.key)
        assert view.person_id is not None
        assert view.booking_id is not None
        about = (str(view.kind), view.person_id, view.booking_id)
        assert self.keys.setdefault(message.key, about) == about
        status = self.hub.booking(view.booking_id).people[view.person_id]
        if status not in TRUE[view.kind]:
            self.untrue.append(f"{about} while {status}")
        told = self.went.setdefault((view.person_id, view.booking_id), [])
        if told and told[-1] in ENDINGS and view.kind not in ENDINGS:
            self.untrue.append(f"{about} after {told[-1]}")
        told.append(str(view.kind))

    # --- what people and the team do ---

    def attempt(self, what: str, *args: object, **named: object) -> None:
        try:
            answer = getattr(self.hub, what)(*args, **named)
        except Refused:
            return
        if answer.id not in self.bookings:
            self.bookings.append(answer.id)

    def one(self, number: int) -> str:
        return self.bookings[number % len(self.bookings)]

    @rule(
        date=st.sampled_from(DATES),
        who=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True),
    )
    def book(self, date: str, who: list[str]) -> None:
        self.attempt("book", date, who[0], group=who[1:])

    @precondition(lambda self: self.bookings)
    @rule(number=st.integers(0, 30), what=st.sampled_from(("cancel", "accept", "decline")))
    def answered(self, number: int, what: str) -> None:
        self.attempt(what, self.one(number))

    @precondition(lambda self: self.bookings)
    @rule(number=st.integers(0, 30), person=st.integers(0, 2))
    def one_leaves(self, number: int, person: int) -> None:
        booking = self.hub.booking(self.one(number))
        people = list(booking.people)
        self.attempt("cancel", booking.id, person_id=people[person % len(people)])

    @precondition(lambda self: self.bookings)
    @rule(number=st.integers(0, 30), date=st.sampled_from(DATES))
    def transfer(self, number: int, date: str) -> None:
        if self.hub.booking(self.one(number)).session_id != date:
            self.attempt("transfer", self.one(number), date)

    @precondition(lambda self: self.bookings)
    @rule(number=st.integers(0, 30), person=st.sampled_from(PEOPLE))
    def substitute(self, number: int, person: str) -> None:
        booking = self.hub.booking(self.one(number))
        if len(booking.people) == 1:
            self.attempt("substitute", booking.id, person)

    @rule(date=st.sampled_from(DATES), hour=st.integers(9, 16), venue=st.sampled_from(("Room 1", "Room 2")))
    def move(self, date: str, hour: int, venue: str) -> None:
        day = self.hub.session(date).starts
        starts = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        if starts > self.clock.now:
            self.change(Move(date, starts=starts, venue=venue))

    @rule(date=st.sampled_from(DATES))
    def call_off(self, date: str) -> None:
        self.change(CallOff(date))

    @rule(date=st.sampled_from(DATES))
    def reinstate(self, date: str) -> None:
        self.change(Reinstate(date))

    def change(self, change: Move | CallOff | Reinstate) -> None:
        try:
            self.hub.apply(self.hub.plan(change))
        except Refused:
            return

    # --- the courier, and time ---

    @rule(
        fates=st.lists(
            st.sampled_from(("sent", "later", "down", "raises", "dies before", "dies after")), max_size=6
        )
    )
    def post_goes(self, fates: list[str]) -> None:
        self.plan = list(fates)
        with suppress(Died):
            self.hub.tick()
        self.plan = []

    @rule(hours=st.sampled_from((0.02, 1, 9, 30)))
    def time_goes(self, hours: float) -> None:
        self.clock.pass_by(hours=hours)

    @invariant()
    def nothing_untrue_goes_out(self) -> None:
        """What somebody reads is so, and after an ending there is no more talk of a place."""
        assert not self.untrue, self.untrue

    def at_rest(self) -> None:
        """Once the channel works and time has passed, everybody knows how they stand, and nothing is left to send."""
        for _ in range(20):
            if self.hub.tick().complete and not self.hub.messages("waiting"):
                break
            self.clock.now += max(LEASE, timedelta(hours=7))
        assert self.hub.messages("waiting") == []
        assert not self.untrue, self.untrue
        assert self.hub.audit() == []
        for id in self.bookings:
            for person, status in self.hub.booking(id).people.items():
                told = self.went.get((person, id), [])
                over = self.clock.now >= self.hub.session(self.hub.booking(id).session_id or "").starts
                if status in {_S.CONFIRMED, _S.WAITLISTED, _S.OFFERED} and not over:
                    assert told, (person, id, status)
                    assert status in TRUE[told[-1]], (told, status)
                if status in {_S.CANCELLED, _S.DECLINED} and told and not over:
                    assert told[-1] in ENDINGS, (told, status)


TestMessages = MessagesMachine.TestCase
TestMessages.settings = examples(60, 30)
