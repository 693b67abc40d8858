"""`RuleContract`: what every rule must be. Pure, the same twice, and able to say why not."""

from __future__ import annotations

import abc
import copy
from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.diary import Appointment
from innovationhub.domain.people import Person
from innovationhub.domain.records import Read, Record, Rows, key_of
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Refused
from innovationhub.domain.rules import Case, Rule, Verdict
from innovationhub.domain.schedule import Catalogue, Series
from innovationhub.errors import HubError
from innovationhub.hookspecs import hookimpl
from innovationhub.hub import Hub, Settings
from innovationhub.plugins import CORE_RECORDS
from innovationhub.protocols.store import Commit
from innovationhub.testing.clock import FakeClock
from innovationhub.testing.purity import worldly
from innovationhub.testing.strategies.cases import cases, histories

__all__ = ["RuleContract"]

NAME = "rule-under-test"
MOST_ROWS = 10_000


@attrs.frozen
class _Asked:
    """A case, and what has happened to the person so far."""

    case: Case
    history: tuple[Appointment, ...]


@st.composite
def _asked(draw: st.DrawFn, arguments: Sequence[str]) -> _Asked:
    case = attrs.evolve(draw(cases()), argument=draw(st.sampled_from(arguments)))
    return _Asked(case, draw(histories(case)))


def _rows(case: Case, needed: Read, history: Iterable[Record], records: tuple[type[Record], ...]) -> Rows:
    """What a store with that history answers to a rule's needs."""
    store = MemoryStore((*CORE_RECORDS, *records))
    rows = tuple({key_of(row): row for row in history}.values())
    store.commit(Commit(dict.fromkeys(map(key_of, rows)), rows))
    return store.read(needed)


class RuleContract(abc.ABC):
    """What every rule must be. Subclass it, say how the rule is made, and run pytest.

        class TestFundOnly(RuleContract):
            def make_rule(self):
                return FundOnly()

    `arguments` are what may stand behind the rule's name and a colon; `bad_arguments` what it cannot understand: for
    those it must raise or say no, since a rule that lets everybody in by mistake is noticed too late. `allowed` and
    `refused` are cases of your own, each with the rows behind it.
    """

    arguments: ClassVar[tuple[str, ...]] = ("",)
    bad_arguments: ClassVar[tuple[str, ...]] = ()
    records: ClassVar[tuple[type[Record], ...]] = ()
    """Record classes of the plugin's own that the rule reads."""
    thoroughness: ClassVar[settings] = settings(
        max_examples=25, deadline=None, database=None, report_multiple_bugs=False
    )

    @abc.abstractmethod
    def make_rule(self) -> Rule:
        """A fresh rule."""

    def allowed(self) -> Iterable[tuple[Case, tuple[Record, ...]]]:
        """Cases that the rule must allow, each with the rows that are there."""
        return ()

    def refused(self) -> Iterable[tuple[Case, tuple[Record, ...]]]:
        """Cases that the rule must refuse, each with the rows that are there."""
        return ()

    def judged(self, case: Case, history: Iterable[Record] = (), rule: Rule | None = None) -> Verdict:
        """What the rule says of a case, on a store with these rows."""
        asked = rule or self.make_rule()
        return asked.judge(_rows(case, asked.needs(case), history, self.records), case)

    def _for_all(self, check: object) -> None:
        """Run a check on cases that Hypothesis makes up."""
        self.thoroughness(given(_asked(self.arguments))(check))()  # type: ignore[arg-type]

    def test_it_is_a_rule(self) -> None:
        """It has both methods of the Protocol."""
        assert isinstance(self.make_rule(), Rule)

    def test_it_says_what_it_reads_with_limits(self) -> None:
        """The same each time, and bounded: a decision reads a fixed number of rows however old the hub."""

        def check(asked: _Asked) -> None:
            rule = self.make_rule()
            needed = rule.needs(asked.case)
            assert isinstance(needed, Read)
            assert needed == rule.needs(asked.case) == self.make_rule().needs(asked.case)
            for wanted in needed.ranges:
                assert 1 <= wanted.limit <= MOST_ROWS
                assert wanted.by in wanted.type.__schema__.order

        self._for_all(check)

    def test_it_judges_the_same_twice(self) -> None:
        """A rule remembers nothing: a fresh one, and one that was asked about others in between, say the same."""

        def check(asked: _Asked) -> None:
            rule = self.make_rule()
            first = self.judged(asked.case, asked.history, rule)
            self.judged(attrs.evolve(asked.case, person="somebody-else"), (), rule)
            assert first == self.judged(asked.case, asked.history, rule)
            assert first == self.judged(asked.case, asked.history)

        self._for_all(check)

    def test_it_is_pure(self) -> None:
        """No clock, no chance, no file and no network: the instant comes with the case."""

        def check(asked: _Asked) -> None:
            rule = self.make_rule()
            rows = _rows(asked.case, rule.needs(asked.case), asked.history, self.records)
            assert worldly(lambda: rule.needs(asked.case)) == []
            assert worldly(lambda: rule.judge(rows, asked.case)) == []

        self._for_all(check)

    def test_it_leaves_what_it_is_given_as_it_was(self) -> None:
        """The case and the rows belong to the decision."""

        def check(asked: _Asked) -> None:
            rule = self.make_rule()
            rows = _rows(asked.case, rule.needs(asked.case), asked.history, self.records)
            before = copy.deepcopy((dict(rows.keys), dict(rows.ranges), asked.case))
            rule.judge(rows, asked.case)
            assert (dict(rows.keys), dict(rows.ranges), asked.case) == before

        self._for_all(check)

    def test_a_no_is_said_in_sentences(self) -> None:
        """With facts that are plain and name nobody, and what would help, each a sentence for people."""

        def check(asked: _Asked) -> None:
            verdict = self.judged(asked.case, asked.history)
            assert isinstance(verdict, Verdict)
            assert type(verdict.allowed) is bool
            if not verdict.allowed:
                self._assert_sentences(verdict, asked.case)

        self._for_all(check)

    def _assert_sentences(self, verdict: Verdict, case: Case) -> None:
        assert isinstance(verdict.remedies, tuple)
        for sentence in (verdict.sentence, *verdict.remedies):
            assert sentence == sentence.strip()
            assert sentence.endswith((".", "!", "?")), f"not a sentence: {sentence!r}"
            assert case.person not in sentence
        for value in verdict.facts.values():
            assert value is None or type(value) in {str, int, float, bool}
            assert value != case.person

    def test_what_it_must_allow_and_refuse(self) -> None:
        """The author's own cases."""
        for case, rows in self.allowed():
            assert self.judged(case, rows).allowed, case
        for case, rows in self.refused():
            verdict = self.judged(case, rows)
            assert not verdict.allowed, case
            self._assert_sentences(verdict, case)

    def test_what_it_does_not_understand_lets_nobody_in(self) -> None:
        """An argument that makes no sense raises, or the answer is no: it fails closed."""
        if not self.bad_arguments:
            pytest.skip("bad_arguments = (): no argument is said to be wrong for this rule")

        @given(_asked(self.bad_arguments))
        def check(asked: _Asked) -> None:
            try:
                verdict = self.judged(asked.case, asked.history)
            except Exception:  # noqa: BLE001  # whatever it raises refuses the command
                return
            assert not verdict.allowed

        self.thoroughness(check)()

    def test_a_hub_asks_it(self) -> None:
        """Named by a session type, it decides who gets in: booked, or refused in its own words; nothing is torn."""
        for argument in (*self.arguments, *self.bad_arguments):
            with self._hub(argument) as hub:
                hub.add_person(Person("ada", groups=("nursing",)))
                before = len(hub.journal())
                codes, wrong = self._booked(hub)
                assert codes is None or "not-eligible" in codes
                assert not wrong or argument in self.bad_arguments, wrong
                assert (codes is None and not wrong) == (len(hub.journal()) > before)
                assert hub.audit() == []

    def _booked(self, hub: Hub) -> tuple[tuple[str, ...] | None, str]:
        """The codes of a refusal, and what was raised instead, if anything."""
        try:
            hub.book("taster@2026-12-01T10:00", "ada")
        except Refused as refused:
            return refused.codes, ""
        except HubError as error:
            return None, str(error)
        return None, ""

    def _hub(self, argument: str) -> Hub:
        rule, records = self.make_rule(), {cls.__schema__.name: cls for cls in self.records}

        class Plugin:
            @hookimpl
            def innovationhub_rules(self) -> dict[str, Rule]:
                return {NAME: rule}

            @hookimpl
            def innovationhub_records(self) -> dict[str, type[Record]]:
                return records

        hub = Hub.open("memory:", plugins=[Plugin()], clock=FakeClock(), settings=Settings(discover=False))
        kind = SessionType(
            "taster", "Taster", rules=(f"{NAME}:{argument}" if argument else NAME,), roles=(Role(),)
        )
        start = "DTSTART;TZID=Europe/London:20261201T100000\nRRULE:FREQ=WEEKLY"
        hub.load_catalogue(Catalogue(None, (kind,), (Series("taster", "taster", Recurrence.parse(start)),)))
        return hub
