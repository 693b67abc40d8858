"""The fund under everything that can happen, against a naive model, on both built-in stores; audited throughout."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from innovationhub import Hub, Refused
from innovationhub_fund import Fund, WithdrawApproval
from on_fund.programme import PANEL, fund_hub
from tests.properties.both import examples
from tests.support import Clock, people

OTHERS = ("ada", "ben", "cat", "dee")
EVERYBODY = (*OTHERS, *PANEL)
SESSION = "delivery-planning@2027-03-03T13:30"
STANDS = ("approved", "planned", "accepted", "released")
OVER = ("reported", "declined", "dropped")
NOW_AND_THEN = st.sampled_from((1, 20, 80))

AFTER = {
    "revise": {"developing": "developing", "expired": "developing", "withdrawn": "developing"},
    "submit": {"developing": "submitted"},
    "plan": {"approved": "planned", "planned": "planned"},
    "release": {"accepted": "released"},
    "report": {"released": "reported"},
    "drop": dict.fromkeys(
        ("developing", "submitted", "approved", "planned", "accepted", "expired", "withdrawn"), "dropped"
    ),
}
"""The table of what its people do, said once more."""


@attrs.define
class Naive:
    """An idea as the model has it. A verdict is under who gave it, by the round; `whole`: the plan says all."""

    team: list[str]
    stage: str = "developing"
    round: int = 0
    whole: bool = False
    due: datetime | None = None
    said: dict[tuple[int, str], str] = attrs.field(factory=dict)

    @property
    def aside(self) -> set[str]:
        return {who for (_, who), word in self.said.items() if word == "aside"}

    @property
    def decided(self) -> set[str]:
        return {who for (_, who), word in self.said.items() if word != "aside"}


class FundMachine(RuleBasedStateMachine):
    """A panel of whom two decide, people who come and go, and two places at one planning session."""

    url = "memory:"

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.hub = self.open()
        self.fund = Fund(self.hub)
        self.model: dict[str, Naive] = {}
        self.panel = list(PANEL)
        self.erased = 0

    def open(self) -> Hub:
        return fund_hub(self.url, clock=self.clock)

    def teardown(self) -> None:
        self.hub.close()

    def pick(self, number: int) -> tuple[str, Naive]:
        return list(self.model.items())[number % len(self.model)]

    def did(self, act: Callable[[], object], *, may: bool) -> bool:
        try:
            act()
        except Refused:
            assert not may
            return False
        assert may
        return True

    def judges(self, naive: Naive) -> list[str]:
        return [each for each in self.panel if each not in naive.aside and each not in naive.team]

    # --- its people ---

    @rule(owner=st.sampled_from(EVERYBODY), others=st.sets(st.sampled_from(EVERYBODY), max_size=2))
    def propose(self, owner: str, others: set[str]) -> None:
        team = [owner, *sorted(others - {owner})]
        id = self.fund.propose(owner, "Rooms", "A room", pence=100, collaborators=team[1:]).id
        self.model[id] = Naive(team)

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9), step=st.sampled_from(sorted(AFTER)), whole=st.booleans())
    def step(self, number: int, step: str, *, whole: bool) -> None:
        id, naive = self.pick(number)
        after = AFTER[step].get(naive.stage)
        may = after is not None and (step != "submit" or bool(self.judges(naive)))
        words = {"test": "One ward", "measure": "Visits"} if whole else {}
        acts: dict[str, Callable[[], object]] = {
            "revise": lambda: self.fund.revise(id, summary="Better"),
            "submit": lambda: self.fund.submit(id),
            "plan": lambda: self.fund.plan(id, "Furnish it", **words),
            "release": lambda: self.fund.release(id, 90),
            "report": lambda: self.fund.report_outcome(id, "It works"),
            "drop": lambda: self.fund.drop(id),
        }
        if self.did(acts[step], may=may):
            naive.stage = str(after)
            naive.round += step == "submit"
            naive.whole |= step == "plan" and whole

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9), who=st.sampled_from(EVERYBODY))
    def join(self, number: int, who: str) -> None:
        id, naive = self.pick(number)
        there = who in naive.team
        open_ = naive.stage not in (*OVER, "submitted")
        if self.did(lambda: self.fund.join(id, who), may=there or (open_ and who not in naive.decided)):
            naive.team += [] if there else [who]

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9), place=st.integers(0, 2))
    def leave(self, number: int, place: int) -> None:
        id, naive = self.pick(number)
        if not naive.team:
            return
        who = naive.team[place % len(naive.team)]
        may = naive.stage not in (*OVER, "submitted") and len(naive.team) > 1
        if self.did(lambda: self.fund.leave(id, who), may=may):
            naive.team.remove(who)

    # --- the panel ---

    @precondition(lambda self: self.model)
    @rule(
        number=st.integers(0, 9),
        member=st.sampled_from(EVERYBODY),
        word=st.sampled_from(("approve", "approve", "return", "decline", "aside")),
    )
    def judge(self, number: int, member: str, word: str) -> None:
        id, naive = self.pick(number)
        may = naive.stage == "submitted" and member in self.judges(naive)

        def act() -> object:
            if word == "aside":
                return self.fund.stand_aside(id, member)
            return self.fund.decide(id, member, word, "Because")

        if not self.did(act, may=may):
            return
        naive.said[naive.round, member] = word
        given = [each for (when, _), each in naive.said.items() if when == naive.round and each != "aside"]
        if given and len(given) >= min(2, max(1, len(self.judges(naive)))):
            votes = Counter(given).most_common()
            level = len(votes) > 1 and votes[0][1] == votes[1][1]
            after = {"approve": "approved", "return": "developing", "decline": "declined"}
            naive.stage = "developing" if level else after[votes[0][0]]
            if naive.stage == "approved":
                naive.due = self.clock.now + timedelta(days=90)

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9), member=st.sampled_from(EVERYBODY), accept=st.booleans())
    def judge_plan(self, number: int, member: str, *, accept: bool) -> None:
        id, naive = self.pick(number)
        may = naive.stage == "planned" and member in self.judges(naive)
        if accept:
            if self.did(lambda: self.fund.accept_plan(id, member), may=may and naive.whole):
                naive.stage = "accepted"
        elif self.did(lambda: self.fund.return_plan(id, member, "How?"), may=may):
            naive.stage = "approved"
            assert naive.due
            naive.due = max(naive.due, self.clock.now + timedelta(days=14))

    @precondition(lambda self: self.model)
    @rule(number=st.integers(0, 9))
    def withdraw(self, number: int) -> None:
        id, naive = self.pick(number)
        may = naive.stage in STANDS[:3]
        if self.did(lambda: self.hub.apply(self.hub.plan(WithdrawApproval(id, "It moves"))), may=may):
            naive.stage = "withdrawn"

    # --- places, time, people ---

    @rule(who=st.sampled_from(EVERYBODY))
    def book(self, who: str) -> None:
        if self.clock.now > datetime(2027, 3, 1, tzinfo=self.clock.now.tzinfo):
            return
        if any(each.session_id == SESSION for each in self.hub.bookings_of(who, active=True)):
            return
        self.did(lambda: self.hub.book(SESSION, who, role="attendee"), may=who in self.eligible())

    @rule(days=NOW_AND_THEN)
    def time_passes(self, days: int) -> None:
        self.clock.pass_by(days=days)
        for _ in range(20):
            if self.hub.tick().complete:
                break
        for naive in self.model.values():
            if naive.stage == "approved" and naive.due and naive.due <= self.clock.now:
                naive.stage = "expired"

    @precondition(lambda self: self.model)
    @rule(who=st.sampled_from(EVERYBODY))
    def erase(self, who: str) -> None:
        """Whoever comes back under the same id is somebody else."""
        self.hub.erase_person(who)
        people(self.hub, who)
        self.erased += 1
        if who in self.panel:
            self.panel.remove(who)
        for naive in self.model.values():
            naive.said = {
                (when, f"gone {self.erased}" if each == who else each): word
                for (when, each), word in naive.said.items()
            }
            if who in naive.team:
                naive.team.remove(who)
                if not naive.team and naive.stage in AFTER["drop"]:
                    naive.stage = "dropped"

    # --- what must hold ---

    def eligible(self) -> set[str]:
        return {who for naive in self.model.values() if naive.stage in STANDS for who in naive.team}

    @invariant()
    def as_the_model_has_it(self) -> None:
        for idea in self.fund.ideas():
            naive = self.model[idea.id]
            team = [idea.owner_id, *idea.collaborators] if idea.owner_id else []
            assert (str(idea.stage), team, idea.round) == (naive.stage, naive.team, naive.round)
            assert Counter(str(each.verdict) for each in idea.verdicts) == Counter(naive.said.values())

    @invariant()
    def nobody_plans_without_an_approval(self) -> None:
        assert {each.person_id for each in self.hub.roster(SESSION, "attendee")} <= self.eligible()

    @invariant()
    def audited(self) -> None:
        assert self.hub.audit() == []


class OnSqlite(FundMachine):
    """The same on a file."""

    def open(self) -> Hub:
        self.folder = tempfile.TemporaryDirectory()
        return fund_hub(f"sqlite:///{Path(self.folder.name) / 'hub.db'}", clock=self.clock)

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


TestFund = FundMachine.TestCase
TestFund.settings = examples(60, 40)
TestFundOnSqlite = OnSqlite.TestCase
TestFundOnSqlite.settings = examples(15, 30)
