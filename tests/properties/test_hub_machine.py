"""The hub on both stores against a naive one: whatever is done, all three agree, and audit is clean after each step.

This shows invariants 1 to 6 and 8: never more held than seats; no free seat beside somebody who may have it; a total
order that only its policy changes; no overlaps and nothing twice; the same request answered the same; records that
equal the journal; sessions that keep their ids.
"""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from innovationhub import Booking, BookingPolicy, Hub, Refused
from tests.properties.both import examples
from tests.properties.naive import NaiveBooking, NaiveHub, NaiveSession
from tests.support import NOW, Clock, crowd, session_type, small_hub, weekly

DAY = "2026-12-01T"
STARTS = {"taster": "10:00", "forum": "10:30", "clinic": "11:00", "open": "10:15"}
CAPACITY = {"taster": 1, "forum": 2, "clinic": 1, "open": None}
PEOPLE = [f"p{number}" for number in range(5)]

kinds = st.sampled_from(sorted(STARTS))
persons = st.sampled_from(PEOPLE)


def make(url: str | Path, clock: Clock) -> Hub:
    types = [
        session_type(key, CAPACITY[key], booking=BookingPolicy(overlaps=key == "open"))
        for key in sorted(STARTS)
    ]
    hub = small_hub(
        url, clock=clock, types=types, series=[weekly(key, DAY + at) for key, at in STARTS.items()]
    )
    crowd(hub, len(PEOPLE))
    return hub


class HubMachine(RuleBasedStateMachine):
    """Commands of every kind, in any order, on two stores and a naive hub."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.folder = tempfile.TemporaryDirectory()
        self.hubs = [make("memory:", self.clock), make(Path(self.folder.name) / "hub.db", self.clock)]
        sessions = {}
        for key, at in STARTS.items():
            view = self.hubs[0].session(f"{key}@{DAY}{at}")
            sessions[key] = NaiveSession(view.id, CAPACITY[key], view.starts, view.ends, key == "open")
        self.naive = NaiveHub(sessions, NOW)
        self.ids: list[list[str]] = []
        self.answered: dict[str, list[object]] = {}

    def teardown(self) -> None:
        for hub in self.hubs:
            hub.close()
        self.folder.cleanup()

    def do(self, command: str, *arguments: str, **options: str) -> list[Booking | set[str]]:
        answers: list[Booking | set[str]] = []
        for hub in self.hubs:
            try:
                answers.append(getattr(hub, command)(*arguments, **options))
            except Refused as refused:
                answers.append(set(refused.codes))
        return answers

    @initialize(at=st.sampled_from([NOW, NOW + timedelta(days=6)]))
    def some_time_before(self, at: datetime) -> None:
        self.pass_to(at)

    def pass_to(self, at: datetime) -> None:
        self.clock.now = self.naive.now = max(at, self.clock.now)

    @rule(key=kinds, person=persons, again=st.booleans())
    def book(self, key: str, person: str, *, again: bool) -> None:
        """Book; sometimes send the very same request once more, which must answer the same and do nothing."""
        session = self.naive.sessions[key]
        request = f"request-{len(self.answered)}"
        expected = self.naive.book(session, person)
        answers = self.do("book", session.id, person, request_id=request)
        self.answered[request] = list(answers)
        self.took_place(expected, answers)
        if again:
            assert self.do("book", session.id, person, request_id=request) == answers

    def took_place(self, expected: NaiveBooking | set[str], answers: list[Booking | set[str]]) -> None:
        if isinstance(expected, set):
            assert answers == [expected] * len(self.hubs)
        else:
            bookings = [answer for answer in answers if isinstance(answer, Booking)]
            assert [booking.status for booking in bookings] == [expected.status] * len(self.hubs)
            self.ids.append([booking.id for booking in bookings])

    @precondition(lambda self: self.naive.bookings)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        booking = data.draw(st.sampled_from(self.naive.bookings), label="booking")
        expected = self.naive.cancel(booking)
        answers: list[str | set[str]] = []
        for hub, id in zip(self.hubs, self.ids[booking.number], strict=True):
            try:
                answers.append(str(hub.cancel(id).status))
            except Refused as refused:
                answers.append(set(refused.codes))
        assert answers == [expected or "cancelled"] * len(self.hubs)

    @rule(key=kinds, person=persons)
    def check_in(self, key: str, person: str) -> None:
        session = self.naive.sessions[key]
        before = len(self.naive.bookings)
        expected = self.naive.check_in(session, person)
        answers = self.do("check_in", session.id, person)
        if expected:
            assert answers == [expected] * len(self.hubs)
        else:
            assert all(isinstance(answer, Booking) and answer.status == "attended" for answer in answers)
            if len(self.naive.bookings) > before:
                self.ids.append([answer.id for answer in answers if isinstance(answer, Booking)])

    @rule(key=kinds)
    def close_register(self, key: str) -> None:
        session = self.naive.sessions[key]
        expected = self.naive.close(session)
        answers = self.do("close_register", session.id)
        if expected:
            assert answers == [expected] * len(self.hubs)

    @rule(key=kinds, before=st.sampled_from([timedelta(minutes=1), timedelta(0), -timedelta(minutes=20)]))
    def time_passes(self, key: str, before: timedelta) -> None:
        self.pass_to(self.naive.sessions[key].starts - before)

    @rule(data=st.data())
    def a_request_is_sent_again_much_later(self, data: st.DataObject) -> None:
        """Whatever has happened since, the same request is answered as it was at first (invariant 5)."""
        for number in range(min(2, len(self.answered))):
            request = data.draw(st.sampled_from(sorted(self.answered)), label=f"request {number}")
            for hub, answer in zip(self.hubs, self.answered[request], strict=True):
                if isinstance(answer, Booking):
                    assert answer.session_id is not None
                    assert hub.book(answer.session_id, answer.person_id, request_id=request) == answer

    @rule()
    def tick(self) -> None:
        for hub in self.hubs:
            assert hub.tick().complete

    @invariant()
    def all_agree(self) -> None:
        for booking in self.naive.bookings:
            for hub, id in zip(self.hubs, self.ids[booking.number], strict=True):
                assert hub.booking(id).status == booking.status
        for hub in self.hubs:
            for session in self.naive.sessions.values():
                view = hub.session(session.id)
                places = view.places["attendee"]
                assert places.held == len(self.naive.of(session, "confirmed", "attended", "absent"))
                assert places.over == 0
                queue = [booking.person_id for booking in hub.waitlist(session.id)]
                assert queue == [each.person for each in self.naive.of(session, "waitlisted")]
                assert view.starts == session.starts

    @invariant()
    def audit_is_clean(self) -> None:
        for hub in self.hubs:
            assert hub.audit() == []


TestHub = HubMachine.TestCase
TestHub.settings = examples(12)
