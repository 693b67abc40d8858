"""A machine that does everything with dated sessions, on both stores and on the naive hub; a theme says which."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from innovationhub import BookingPolicy, CallOff, Person, Resize, Role, SessionType, WaitlistPolicy
from tests.properties.both import Both, Ref
from tests.properties.naive_life import Codes, NaiveLife, Room, Unit
from tests.support import NOW, weekly

DAY = "2026-12-01"


def kind(key: str, roles: Iterable[Role], **more: Any) -> SessionType:
    """A session type of one hour."""
    more.setdefault("access", "book")
    return SessionType(key, key.title(), 60, roles=tuple(roles), **more)


def offers(hours: int, **more: Any) -> WaitlistPolicy:
    return WaitlistPolicy(promote="offer", offer_hours=hours, **more)


class LifeMachine(RuleBasedStateMachine):
    """What every theme does; a theme names its `kinds`, each with when it begins."""

    kinds: ClassVar[dict[str, tuple[str, SessionType]]]
    people: ClassVar[int] = 5
    largest: ClassVar[int] = 1
    early: ClassVar[tuple[int, ...]] = (0, 140, 168)

    def __init__(self) -> None:
        super().__init__()
        types = [type_ for _, type_ in self.kinds.values()]
        series = [weekly(key, f"{DAY}T{at}") for key, (at, _) in self.kinds.items()]
        self.both = Both(types, series, self.people)
        rooms = {}
        for key, (at, type_) in self.kinds.items():
            starts = datetime.fromisoformat(f"{DAY}T{at}+00:00")
            for role in type_.roles:
                rooms[key, role.key] = _room(f"{key}@{DAY}T{at}", starts, type_, role)
        self.naive = NaiveLife(rooms, NOW)
        self.names = [f"p{number}" for number in range(self.people)]
        self.numbers: list[Ref] = []
        self.answered: list[tuple[str, tuple[Any, ...], dict[str, Any], Any]] = []

    def teardown(self) -> None:
        self.both.close()

    def room(self, number: int) -> Room:
        rooms = sorted(self.naive.rooms.items())
        return rooms[number % len(rooms)][1]

    def unit(self, number: int) -> Unit:
        return self.naive.units[number % len(self.naive.units)]

    def person(self, number: int) -> str:
        return self.names[number % len(self.names)]

    def send(self, command: str, *arguments: Any, **options: Any) -> Any:
        options["request_id"] = f"request-{len(self.answered)}"
        answer = self.both.do(command, *arguments, **options)
        self.answered.append((command, arguments, options, answer))
        return answer

    def same(self, expected: Unit | Codes, answer: Any) -> None:
        """The hubs answer as the naive one does; a booking that is new to it is new to them."""
        if not isinstance(expected, Unit):
            assert answer == expected if expected else isinstance(answer, dict | list)
            return
        assert isinstance(answer, dict), answer
        if expected.number == len(self.numbers):
            self.numbers.append(answer["ref"])
        assert answer["ref"] == self.numbers[expected.number]

    numbers_ = st.integers(0, 60)

    @initialize(data=st.data())
    def some_time_before(self, data: st.DataObject) -> None:
        self.pass_to(NOW + timedelta(hours=data.draw(st.sampled_from(self.early), label="hours")))

    def pass_to(self, at: datetime) -> None:
        self.both.clock.now = self.naive.now = max(at, self.both.now)

    @rule(room=numbers_, person=numbers_, others=st.lists(numbers_, max_size=3))
    def book(self, room: int, person: int, others: list[int]) -> None:
        where, names = self.room(room), [self.person(each) for each in (person, *others)]
        names = list(dict.fromkeys(names))[: 1 if where.requires else self.largest]
        expected = self.naive.book(where, names)
        self.same(
            expected, self.send("book", where.session, names[0], role=where.role, group=tuple(names[1:]))
        )

    @precondition(lambda self: self.naive.units)
    @rule(
        unit=numbers_, command=st.sampled_from(["cancel", "cancel", "accept", "decline", "approve", "reject"])
    )
    def answer(self, unit: int, command: str) -> None:
        about = self.unit(unit)
        expected = getattr(self.naive, command)(about)
        self.same(expected, self.send(command, self.numbers[about.number]))

    @precondition(lambda self: self.naive.units and self.largest > 1)
    @rule(unit=numbers_, person=numbers_)
    def one_leaves(self, unit: int, person: int) -> None:
        about = self.unit(unit)
        who = self.person(person)
        if who in about.people:
            expected = self.naive.cancel(about, who)
            self.same(expected, self.send("cancel", self.numbers[about.number], person_id=who))

    @precondition(lambda self: self.naive.units)
    @rule(unit=numbers_, room=numbers_)
    def transfer(self, unit: int, room: int) -> None:
        about, where = self.unit(unit), self.room(room)
        if about.room is not where and not (where.requires and about.size > 1):
            expected = self.naive.transfer(about, where)
            answer = self.send("transfer", self.numbers[about.number], where.session, role=where.role)
            self.same(expected, answer)

    @precondition(lambda self: self.naive.units)
    @rule(unit=numbers_, person=numbers_)
    def substitute(self, unit: int, person: int) -> None:
        about = self.unit(unit)
        expected = self.naive.substitute(about, self.person(person))
        self.same(expected, self.send("substitute", self.numbers[about.number], self.person(person)))

    @precondition(lambda self: self.naive.units)
    @rule(unit=numbers_)
    def amend(self, unit: int) -> None:
        """A note changes nothing that counts."""
        note = f"note {len(self.answered)}"
        assert isinstance(self.send("amend", self.numbers[self.unit(unit).number], note=note), dict)

    @rule(room=numbers_, person=numbers_)
    def check_in(self, room: int, person: int) -> None:
        where = self.room(room)
        expected = self.naive.check_in(where, self.person(person))
        self.same(expected, self.send("check_in", where.session, self.person(person), role=where.role))

    @rule(room=numbers_)
    def a_newcomer_walks_in(self, room: int) -> None:
        where, name = self.room(room), f"new{len(self.answered)}"
        expected = self.naive.check_in(where, name)
        newcomer = Person(name, "Newcomer", f"{name}@nhs.example")
        self.same(expected, self.send("check_in", where.session, newcomer, role=where.role))

    @rule(room=numbers_, person=numbers_)
    def check_out(self, room: int, person: int) -> None:
        where = self.room(room)
        expected = self.naive.check_out(where, self.person(person))
        self.same(expected, self.send("check_out", where.session, self.person(person), role=where.role))

    def rooms_of(self, session: str) -> list[Room]:
        return [each for each in self.naive.rooms.values() if each.session == session]

    @rule(room=numbers_)
    def close_register(self, room: int) -> None:
        session = self.room(room).session
        expected = self.naive.close(self.rooms_of(session))
        self.same(expected, self.both.do("close_register", session))

    @rule(room=numbers_)
    def call_off(self, room: int) -> None:
        session = self.room(room).session
        expected = self.naive.call_off(self.rooms_of(session))
        self.same(expected, self.both.change(CallOff(session)))

    @rule(room=numbers_, capacity=st.sampled_from([0, 1, 2, 3, 4, None]))
    def resize(self, room: int, capacity: int | None) -> None:
        where = self.room(room)
        expected = self.naive.resize(where, capacity)
        self.same(expected, self.both.change(Resize(where.session, where.role, capacity)))

    @rule(room=numbers_, minutes=st.sampled_from([-121, -61, -31, -1, 1, 61]))
    def time_passes(self, room: int, minutes: int) -> None:
        self.pass_to(self.room(room).starts + timedelta(minutes=minutes))
        self.tick()

    @rule(hours=st.sampled_from([1, 3, 9, 26]))
    def a_while_passes(self, hours: int) -> None:
        """Time goes by, and after it a tick: what has lapsed by then has lapsed."""
        self.pass_to(self.both.now + timedelta(hours=hours, minutes=1))
        self.tick()

    @rule()
    def tick(self) -> None:
        self.naive.tick()
        for hub in self.both.hubs:
            assert hub.tick().complete

    @precondition(lambda self: self.answered)
    @rule(number=numbers_)
    def a_request_is_sent_again(self, number: int) -> None:
        """Whatever has happened since, the same request is answered as it was at first (invariant 5)."""
        command, arguments, options, answer = self.answered[number % len(self.answered)]
        assert self.both.do(command, *arguments, **options) == answer

    @invariant()
    def all_agree(self) -> None:
        self.both.audited({"over-capacity"})
        for unit, number in zip(self.naive.units, self.numbers, strict=True):
            shown = self.both.do("booking", number)
            assert (shown["status"], shown["lead"]) == (unit.status, unit.lead), unit
            assert shown["people"] == unit.people
            assert shown["offer_ends"] == unit.offer_ends
        for room in self.naive.rooms.values():
            self.room_agrees(room)

    def room_agrees(self, room: Room) -> None:
        waits = [each["ref"] for each in self.both.do("waitlist", room.session, room.role)]
        assert waits == [self.numbers[each.number] for each in self.naive.of(room, "waitlisted")]
        for hub in self.both.hubs:
            view = hub.session(room.session)
            places = view.places[room.role]
            assert places.held == self.naive.held(room)
            assert places.over == max(
                0, places.held - (room.capacity if room.capacity is not None else 10_000)
            )
            assert view.starts == room.starts


def _room(session: str, starts: datetime, type_: SessionType, role: Role) -> Room:
    booking: BookingPolicy = type_.booking
    waitlist = type_.waitlist
    return Room(
        session,
        role.key,
        starts,
        starts + timedelta(hours=1),
        role.capacity,
        strict=waitlist.groups == "strict",
        offers=waitlist.offer_hours if waitlist.promote == "offer" else 0,
        lapse=str(waitlist.on_lapse),
        approval=type_.approval,
        limit=waitlist.limit,
        overlaps=booking.overlaps,
        closes=timedelta(minutes=booking.closes_minutes),
        drop_in=type_.access == "drop-in",
        reserve=role.reserve,
        requires=role.requires or "",
    )
