"""Two clients on one store whose steps interleave: between the read of one and its commit the other does something.

What comes of it must be what one hub makes of the same commands one after another: those that came between first, then
the one that had to decide again. So nothing is overbooked, lost or done twice, and a client whose programme has become
stale notices. Audit is clean after each step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from innovationhub import CallOff, End, Entry, Hub, Move, NotFound, Refused, Resize
from innovationhub.builtin.memory import open_memory
from innovationhub.domain.changes import Change
from innovationhub.domain.records import Range, Read, Record, Rows
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit, Store, StoreRequest
from tests.properties.both import Both, Ref, examples
from tests.properties.everything import ROSTERS, SERIES, SESSIONS, STARTS, TYPES, start_of
from tests.support import NOW

PEOPLE = [f"p{number}" for number in range(5)]
MOMENTS = tuple(
    sorted(start_of(each) - timedelta(minutes=before) for each in SESSIONS for before in (61, 1, -1))
)
Step = tuple[str, tuple[Any, ...], dict[str, Any]]


class Between:
    """A store that does something just before it commits for the first time: others got in between."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.first: Callable[[], None] | None = None

    def read(self, request: Read) -> Rows:
        return self.store.read(request)

    def commit(self, commit: Commit) -> int:
        self.come_between()
        return self.store.commit(commit)

    def come_between(self) -> None:
        first, self.first = self.first, None
        if first is not None:
            first()

    def tail(self, after: int, limit: int) -> Sequence[Entry]:
        return self.store.tail(after, limit)

    def count(self, wanted: Range[Record]) -> int:
        return self.store.count(wanted)  # type: ignore[attr-defined, no-any-return]

    def close(self) -> None:
        self.store.close()


persons = st.sampled_from(PEOPLE)
rosters = st.sampled_from(ROSTERS[:-1])


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """One command; a booking that it is about is a number, of those that are known by then."""
    kind = draw(
        st.sampled_from(["book", "book", "book", "cancel", "cancel", "door", "answer", "set", "transfer"])
    )
    number = Ref(draw(st.integers(0, 30)))
    session, role = draw(rosters)
    person = draw(persons)
    if kind == "book":
        others = draw(st.lists(persons, max_size=2, unique=True))
        return (
            "book",
            (session, person),
            {"role": role, "group": tuple(each for each in others if each != person)},
        )
    if kind == "cancel":
        return "cancel", (number,), {}
    if kind == "door":
        return draw(st.sampled_from(["check_in", "check_out"])), (session, person), {"role": role}
    if kind == "answer":
        return draw(st.sampled_from(["accept", "decline", "approve", "reject"])), (number,), {}
    if kind == "transfer":
        return "transfer", (number, session), {"role": role}
    command = draw(st.sampled_from(["register", "apologise", "unapologise"]))
    return command, ("set" if command == "register" else draw(st.sampled_from(SESSIONS)), person), {}


class TwoClients(RuleBasedStateMachine):
    """Two clients of one store, and a hub of its own that is told the same in order."""

    def __init__(self) -> None:
        super().__init__()
        # the second of the two hubs stands for all commands in order; the first is whichever client acts
        self.both = Both(TYPES, SERIES, len(PEOPLE))
        self.spare, alone = self.both.hubs
        alone.close()
        self.both.hubs[1] = self.spare
        registry = load(discover=False)
        store = open_memory(StoreRequest("memory:", tuple(CORE_RECORDS)))
        self.stores = [Between(store), Between(store)]
        self.clients = [Hub(each, registry, self.both.clock) for each in self.stores]
        Both.furnish(self.clients[0], TYPES, SERIES, len(PEOPLE))
        self.both.hubs[0] = self.clients[0]

    def teardown(self) -> None:
        self.both.close()

    @initialize(hours=st.sampled_from([0, 140, 168]))
    def some_time_before(self, hours: int) -> None:
        self.both.clock.now = NOW + timedelta(hours=hours)

    def known(self, step: Step) -> Step:
        """The step about a booking that there is."""
        command, arguments, options = step
        count = len(self.both.known)
        if not any(isinstance(each, Ref) for each in arguments):
            return step
        return (
            command,
            tuple(Ref(each % count) if isinstance(each, Ref) else each for each in arguments),
            options,
        )

    def usable(self, step: Step) -> bool:
        return bool(self.both.known) or not any(isinstance(each, Ref) for each in step[1])

    def interleaved(self, who: int, act: Callable[[int], Any], between: Sequence[Step]) -> None:
        """One client acts; the other's steps come in between. Then all of it in order, with the same answers."""
        steps = [self.known(step) for step in between if self.usable(step)]
        others: list[Any] = []

        def come_between() -> None:
            self.both.hubs[0] = self.clients[1 - who]
            others.extend(self.both.one(0, *step) for step in steps)
            self.both.hubs[0] = self.clients[who]

        self.both.hubs[0] = self.clients[who]
        self.stores[who].first = come_between
        answer = act(0)
        came_between = self.stores[who].first is None
        self.stores[who].come_between()
        expected = [] if came_between else [act(1)]
        assert [self.both.one(1, *step) for step in steps] == others
        expected = [act(1)] if came_between else expected
        assert expected == [answer]

    @rule(who=st.integers(0, 1), step=steps(), between=st.lists(steps(), max_size=3))
    def act(self, who: int, step: Step, between: list[Step]) -> None:
        if self.usable(step):
            known = self.known(step)
            self.interleaved(who, lambda at: self.both.one(at, *known), between)

    def ticked(self, at: int) -> None:
        self.both.hubs[at].tick()

    @rule(who=st.integers(0, 1), between=st.lists(steps(), max_size=2))
    def tick(self, who: int, between: list[Step]) -> None:
        """A tick that others come between leaves nothing that the next one does not find."""
        self.interleaved(who, self.ticked, between)
        for hub in self.both.hubs:
            hub.tick()

    @rule(moment=st.sampled_from(MOMENTS), hours=st.integers(0, 30))
    def time_passes(self, moment: datetime, hours: int) -> None:
        self.both.clock.now = max(
            self.both.now + timedelta(hours=hours), min(moment, self.both.now + timedelta(days=3))
        )

    def changed(self, who: int, change: Change, between: list[Step]) -> None:
        """A change is planned; others come in; it is applied, or refused since the world has moved."""
        self.both.hubs[0] = self.clients[who]
        plans = []
        for hub in self.both.hubs:
            try:
                plans.append(hub.plan(change))
            except (Refused, NotFound):
                return

        def act(at: int) -> Any:
            try:
                self.both.hubs[at].apply(plans[at])
            except Refused as refused:
                return frozenset(refused.codes)
            return "applied"

        self.interleaved(who, act, between)

    between = st.lists(steps(), max_size=2)

    @rule(
        who=st.integers(0, 1),
        roster=st.sampled_from(ROSTERS),
        capacity=st.sampled_from([2, 3, 4, None]),
        between=between,
    )
    def resize(self, who: int, roster: tuple[str, str], capacity: int | None, between: list[Step]) -> None:
        session, role = roster
        now = TYPES_BY_KEY[session.partition("@")[0]].role(role)
        if capacity is None or not now or not now.capacity or capacity > now.capacity + 1:
            self.changed(who, Resize(session, role, capacity), between)

    @rule(who=st.integers(0, 1), session=st.sampled_from(SESSIONS), between=between)
    def call_off(self, who: int, session: str, between: list[Step]) -> None:
        self.changed(who, CallOff(session), between)

    @rule(
        who=st.integers(0, 1),
        session=st.sampled_from(SESSIONS),
        minutes=st.sampled_from([-30, 45]),
        between=between,
    )
    def move(self, who: int, session: str, minutes: int, between: list[Step]) -> None:
        self.changed(who, Move(session, start_of(session) + timedelta(minutes=minutes)), between)

    @precondition(lambda self: self.both.now < start_of(SESSIONS[-1]) - timedelta(days=4))
    @rule(who=st.integers(0, 1), key=st.sampled_from(sorted(STARTS)), between=between)
    def end(self, who: int, key: str, between: list[Step]) -> None:
        """The series ends before its second date: whoever knows the old programme finds out."""
        self.changed(who, End(key, datetime(2026, 12, 7)), between)

    @invariant()
    def it_holds(self) -> None:
        self.both.hubs[0] = self.clients[0]
        self.both.audited()
        self.both.agree(
            each for each in ROSTERS if self.both.do("waitlist", *each) != ("not-found", "session")
        )


TYPES_BY_KEY = {type_.key: type_ for type_ in TYPES}

TestTwoClients = TwoClients.TestCase
TestTwoClients.settings = examples(8, 25)
