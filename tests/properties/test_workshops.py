"""Bespoke workshops under everything that can happen, against a naive model of states, dates and promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from innovationhub import CallOff, Hub, HubSettings, Recurrence, Refused
from tests.properties.both import examples
from tests.support import NOW, Clock, crowd, session_type, small_hub

PEOPLE = [f"p{number}" for number in range(4)]
LEADING = ("f0", "f1")
ROOMS = ("Room 1", "Room 2")
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)

AFTER = {
    "requested": {"acknowledged", "declined", "withdrawn"},
    "acknowledged": {"acknowledged", "designed", "declined", "withdrawn"},
    "designed": {"designed", "scheduled", "declined", "withdrawn"},
    "scheduled": {"scheduled", "delivered", "withdrawn"},
    "delivered": {"followed-up"},
    "followed-up": set[str](),
    "declined": set[str](),
    "withdrawn": set[str](),
}
"""The table, said once more."""


@attrs.define
class Date:
    """A date of a workshop, as the model has it. November has no clock change, so local time is UTC."""

    starts: datetime
    room: str
    lead: str
    people: frozenset[str]
    live: bool = True

    @property
    def ends(self) -> datetime:
        return self.starts + HOUR

    def wants(self, other: Date) -> bool:
        """Whether two dates cannot both be."""
        meet = self.starts < other.ends and other.starts < self.ends
        return meet and bool(self.room == other.room or self.lead == other.lead or self.people & other.people)


@attrs.define
class Naive:
    """A workshop as the model has it: `alarm` is when its promise is looked at."""

    people: frozenset[str]
    alarm: datetime | None
    state: str = "requested"
    dates: list[Date] = attrs.field(factory=list)
    overdue: int = 0

    @property
    def live(self) -> list[Date]:
        return [date for date in self.dates if date.live]


class WorkshopsMachine(RuleBasedStateMachine):
    """Two rooms, two facilitators, four people who ask for workshops of an hour."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.hub: Hub = small_hub(
            clock=self.clock,
            hub=HubSettings(rooms=ROOMS),
            types=[session_type("workshop", 4, access="request")],
            series=[],
        )
        crowd(self.hub, len(PEOPLE))
        crowd(self.hub, len(LEADING), "f")
        self.model: dict[str, Naive] = {}

    def teardown(self) -> None:
        self.hub.close()

    @property
    def now(self) -> datetime:
        return self.clock.now

    def one(self, number: int, to: str) -> tuple[str, Naive]:
        """A workshop: most often one that may take this step, so that long lives are come by."""
        every = list(self.model.items())
        apt = [each for each in every if to in AFTER[each[1].state]]
        some = apt if apt and number % 5 else every
        return some[number % len(some)]

    def step(self, naive: Naive, to: str, do: Callable[[], object], *, may: bool = True) -> bool:
        """Take a step in the hub, which must be refused where the model does not have it."""
        allowed = to in AFTER[naive.state] and may
        try:
            do()
        except Refused:
            assert not allowed, to
            return False
        assert allowed, to
        naive.state = to
        return True

    # --- what the team that asks and the hub's team do ---

    @rule(people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True))
    def request(self, people: list[str]) -> None:
        made = self.hub.request_workshop(people[0], "A problem", people=people[1:])
        self.model[made.id] = Naive(frozenset(people), self.now + WEEK)

    @rule(people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True))
    def request_and_design(self, people: list[str]) -> None:
        self.request(people)
        id, naive = list(self.model.items())[-1]
        self.hub.acknowledge_workshop(id, "f0", reply_by=self.now + WEEK)
        self.hub.design_workshop(id, aims="More")
        naive.state, naive.alarm = "designed", None

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9), hours=st.integers(1, 100), lead=st.sampled_from(LEADING))
    def acknowledge(self, number: int, hours: int, lead: str) -> None:
        id, naive = self.one(number, "acknowledged")
        by = self.now + hours * HOUR
        if self.step(naive, "acknowledged", lambda: self.hub.acknowledge_workshop(id, lead, reply_by=by)):
            naive.alarm = by

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9), hours=st.none() | st.integers(1, 100))
    def design(self, number: int, hours: int | None) -> None:
        id, naive = self.one(number, "designed")
        by = None if hours is None else self.now + hours * HOUR
        if self.step(naive, "designed", lambda: self.hub.design_workshop(id, aims="More", next_by=by)):
            naive.alarm = by

    @precondition(lambda self: self.model)
    @rule(
        number=st.integers(0, 9),
        hours=st.integers(1, 6),
        count=st.integers(1, 2),
        room=st.sampled_from(ROOMS),
        lead=st.sampled_from(LEADING),
    )
    def schedule(self, number: int, hours: int, count: int, room: str, lead: str) -> None:
        id, naive = self.one(number, "scheduled")
        first = self.now + hours * HOUR - timedelta(minutes=30)
        dates = [Date(first + at * WEEK, room, lead, naive.people) for at in range(count)]
        others = [date for each in self.model.values() for date in each.live]
        may = not naive.live and not any(date.wants(other) for date in dates for other in others)
        rule = Recurrence.weekly(first.replace(tzinfo=None), count=count)
        made = self.step(
            naive,
            "scheduled",
            lambda: self.hub.schedule_workshop(id, rule, venue=room, facilitators=[lead]),
            may=may,
        )
        if made:
            naive.dates, naive.alarm = dates, dates[-1].ends

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9))
    def deliver(self, number: int) -> None:
        id, naive = self.one(number, "delivered")
        may = bool(naive.live) and all(date.starts <= self.now for date in naive.live)
        if self.step(naive, "delivered", lambda: self.hub.deliver_workshop(id), may=may):
            naive.alarm = self.now + 4 * WEEK

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9))
    def follow_up(self, number: int) -> None:
        id, naive = self.one(number, "followed-up")
        do = lambda: self.hub.follow_up_workshop(id, changed="Much", learnt="More")  # noqa: E731
        if self.step(naive, "followed-up", do):
            naive.alarm = None

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9), to=st.sampled_from(("declined", "withdrawn")), sure=st.integers(0, 3))
    def end(self, number: int, to: str, sure: int) -> None:
        if sure:  # or hardly any would live to be followed up
            return
        id, naive = self.one(number, to)
        if to == "declined":
            ended = self.step(naive, to, lambda: self.hub.decline_workshop(id, "No", pointer="There"))
        else:
            may = all(date.starts > self.now for date in naive.live)
            ended = self.step(naive, to, lambda: self.hub.withdraw_workshop(id), may=may)
        if ended:
            naive.alarm = None
            for date in naive.live:
                date.live = False

    @precondition(lambda self: any(each.live for each in self.model.values()))
    @rule(number=st.integers(0, 9))
    def call_off(self, number: int) -> None:
        scheduled = [(id, each) for id, each in self.model.items() if each.live]
        id, naive = scheduled[number % len(scheduled)]
        sessions = {each.starts: each.id for each in self.hub.workshop(id).sessions}
        date = naive.live[0]
        if self.now < date.ends:
            self.hub.apply(self.hub.plan(CallOff(sessions[date.starts], "Snow")))
            date.live = False

    # --- time ---

    @rule(hours=st.sampled_from((1, 5, 24, 170)), ticks=st.booleans())
    def time_passes(self, hours: int, *, ticks: bool) -> None:
        self.clock.pass_by(hours=hours)
        if ticks:
            self.tick()

    def tick(self) -> None:
        assert self.hub.tick().complete
        for naive in self.model.values():
            if naive.alarm is None or naive.alarm > self.now:
                continue
            if naive.state == "scheduled" and naive.live:
                naive.state, naive.alarm = "delivered", self.now + 4 * WEEK
            else:
                naive.overdue, naive.alarm = naive.overdue + 1, None

    # --- what must hold ---

    @invariant()
    def as_the_model_has_it(self) -> None:
        assert {each.id: str(each.state) for each in self.hub.workshops()} == {
            id: naive.state for id, naive in self.model.items()
        }
        noted = [
            entry.subject for entry in self.hub.journal(limit=10_000) if entry.kind == "workshop.overdue"
        ]
        for id, naive in self.model.items():
            assert noted.count(id) == naive.overdue

    @invariant()
    def private(self) -> None:
        assert self.hub.calendar(NOW, NOW + 200 * WEEK) == []

    @invariant()
    def audited(self) -> None:
        assert self.hub.audit() == []


TestWorkshops = WorkshopsMachine.TestCase
TestWorkshops.settings = examples(40, 40)
