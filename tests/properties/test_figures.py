"""Figures against a naive recount: after anything that can be done, on both stores, over every policy."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from innovationhub import Person
from tests.properties.both import examples
from tests.properties.everything import SESSIONS
from tests.properties.recount import Recount
from tests.properties.test_everything import PEOPLE, EverythingMachine

GROUPS = {person: ("nursing", "research")[: 1 + number // 5] for number, person in enumerate(PEOPLE)}
PERIODS = (
    (date(2026, 12, 1), date(2026, 12, 2)),
    (date(2026, 12, 2), date(2026, 12, 9)),
    (date(2026, 11, 1), date(2027, 1, 1)),
)


class FiguresMachine(EverythingMachine):
    """Everything that the wide machine does; what is looked at is what is counted."""

    def __init__(self) -> None:
        super().__init__()
        for person, groups in GROUPS.items():
            self.both.do("add_person", Person(person, f"Name of {person}", groups=groups))

    @rule(session=st.sampled_from(SESSIONS), number=st.integers(0, 9))
    def headcount(self, session: str, number: int) -> None:
        self.both.do("headcount", session, number)

    @invariant()
    def it_holds(self) -> None:
        for start, end in PERIODS:
            tables = [hub.figures(start, end).tables for hub in self.both.hubs]
            assert tables[0] == tables[1]
            Recount(self.both.hubs[0], start, end, GROUPS).agrees({"set": "Set"})


TestFigures = FiguresMachine.TestCase
TestFigures.settings = examples(12)
