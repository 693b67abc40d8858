"""The contracts of rules and closures hold for those that come with the library, and for none that are broken."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import Phase, settings

from innovationhub import Case, Rule, Verdict
from innovationhub.builtin.england import EnglandBankHolidays
from innovationhub.builtin.rules import AtMostAMonth, AudienceOnly, FirstTimers, NeedsAttendance, OneAtATime
from innovationhub.domain.diary import Appointment
from innovationhub.domain.records import Range, Read, Rows
from innovationhub.protocols import Closures
from innovationhub.testing.contracts.closures import ClosuresContract
from innovationhub.testing.contracts.rule import RuleContract


class TestAudienceOnly(RuleContract):
    """For those in its groups."""

    def make_rule(self) -> Rule:
        return AudienceOnly()


class TestOneAtATime(RuleContract):
    """One standing booking of a type."""

    def make_rule(self) -> Rule:
        return OneAtATime()


class TestAtMostAMonth(RuleContract):
    """So many a month."""

    arguments = ("1", "2")
    bad_arguments = ("", "two", "1.5")

    def make_rule(self) -> Rule:
        return AtMostAMonth()


class TestNeedsAttendance(RuleContract):
    """Only after another."""

    arguments = ("cqi-taster",)
    bad_arguments = ("", "no-such-type")

    def make_rule(self) -> Rule:
        return NeedsAttendance()


class TestFirstTimers(RuleContract):
    """Only who was at none."""

    arguments = ("", "forum")

    def make_rule(self) -> Rule:
        return FirstTimers()


class TestEngland(ClosuresContract):
    """England's bank holidays."""

    def make_closures(self) -> Closures:
        return EnglandBankHolidays()


class Plain:
    """A rule that reads nothing and allows it."""

    def needs(self, case: Case) -> Read:
        return Read()

    def judge(self, rows: Rows, case: Case) -> Verdict:
        return Verdict(allowed=True)


class AsksTheClock(Plain):
    def judge(self, rows: Rows, case: Case) -> Verdict:
        return Verdict(allowed=datetime.now(UTC).year < 3000)


class TossesACoin(Plain):
    def judge(self, rows: Rows, case: Case) -> Verdict:
        return Verdict(allowed=random.random() < 2)


class Remembers(Plain):
    def __init__(self) -> None:
        self.asked = 0

    def judge(self, rows: Rows, case: Case) -> Verdict:
        self.asked += 1
        return Verdict(allowed=self.asked < 3, sentence="You have asked too often.")


class SaysNothing(Plain):
    def judge(self, rows: Rows, case: Case) -> Verdict:
        return Verdict(allowed=False)


class NamesThePerson(Plain):
    def judge(self, rows: Rows, case: Case) -> Verdict:
        return Verdict(allowed=False, sentence=f"This is not for {case.person}.")


class ReadsItAll(Plain):
    def needs(self, case: Case) -> Read:
        return Read(ranges=(Range(Appointment, "key", limit=10**9),))


class LetsMistakesIn(Plain):
    def judge(self, rows: Rows, case: Case) -> Verdict:
        return Verdict(allowed=case.argument != "1", sentence="There is a limit.")


BROKEN: list[tuple[type[Plain], str]] = [
    (AsksTheClock, "test_it_is_pure"),
    (TossesACoin, "test_it_is_pure"),
    (Remembers, "test_it_judges_the_same_twice"),
    (SaysNothing, "test_a_no_is_said_in_sentences"),
    (NamesThePerson, "test_a_no_is_said_in_sentences"),
    (ReadsItAll, "test_it_says_what_it_reads_with_limits"),
    (LetsMistakesIn, "test_what_it_does_not_understand_lets_nobody_in"),
]


@pytest.mark.parametrize(("kind", "test"), BROKEN, ids=lambda each: getattr(each, "__name__", each))
def test_a_broken_rule_is_caught(kind: type[Plain], test: str) -> None:
    """Each by the test that is about what it breaks."""

    class Case(RuleContract):
        bad_arguments = ("two",)
        # found is enough: to make it short takes longer
        thoroughness = settings(RuleContract.thoroughness, phases=[Phase.generate])

        def make_rule(self) -> Rule:
            return kind()

    with pytest.raises(AssertionError):
        getattr(Case(), test)()


class Fixed:
    """Closed on one day of each year."""

    def closed(self, year: int) -> Mapping[date, str]:
        return {date(year, 6, 24): "Away day"}


class OtherYears(Fixed):
    def closed(self, year: int) -> Mapping[date, str]:
        return {date(2026, 6, 24): "Away day"}


class NoReason(Fixed):
    def closed(self, year: int) -> Mapping[date, str]:
        return {date(year, 6, 24): ""}


class Instants(Fixed):
    def closed(self, year: int) -> Mapping[date, str]:
        return {datetime(year, 6, 24, tzinfo=UTC): "Away day"}


class SharesItsDays(Fixed):
    days: dict[date, str]

    def __init__(self) -> None:
        self.days = {}

    def closed(self, year: int) -> Mapping[date, str]:
        if not hasattr(self, "known"):
            self.known = {each: {date(each, 6, 24): "Away day"} for each in range(1900, 2201)}
        return self.known[year]


class AsksTheTime(Fixed):
    def closed(self, year: int) -> Mapping[date, str]:
        return super().closed(year) if datetime.now(UTC).year < 3000 else {}


class KnowsNothing(Fixed):
    def closed(self, year: int) -> Mapping[date, str]:
        return super().closed(year) if year < 2031 else {}


BROKEN_CLOSURES: list[tuple[type[Fixed], str]] = [
    (OtherYears, "test_every_closed_day_has_its_reason"),
    (NoReason, "test_every_closed_day_has_its_reason"),
    (Instants, "test_every_closed_day_has_its_reason"),
    (SharesItsDays, "test_a_year_is_the_same_each_time"),
    (AsksTheTime, "test_it_is_pure"),
    (KnowsNothing, "test_years_it_does_not_know_are_not_said_to_be_open"),
]


@pytest.mark.parametrize(("kind", "test"), BROKEN_CLOSURES, ids=lambda each: getattr(each, "__name__", each))
def test_broken_closures_are_caught(kind: type[Fixed], test: str) -> None:
    """Each by the test that is about what it breaks."""

    class Case(ClosuresContract):
        unknown_years = (2035,)

        def make_closures(self) -> Closures:
            return kind()

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        getattr(Case(), test)()


class TestFixed(ClosuresContract):
    """Closures of the simplest kind."""

    def make_closures(self) -> Closures:
        return Fixed()


class TestPlain(RuleContract):
    """A rule of the simplest kind."""

    def make_rule(self) -> Rule:
        return Plain()
