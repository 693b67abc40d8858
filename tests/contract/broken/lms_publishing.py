"""LMSs that are wrong about whom they know and what they show."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import timedelta

import attrs

from innovationhub.domain.lms import Ability, Link, LmsPerson, LmsSession, LmsType
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.testing.lms import MemoryLms
from tests.contract.broken.lms_base import Broken


class MakesAnother(MemoryLms):
    """Publishes anew whenever it is not told the ref: after a lost answer there are two."""

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        if not ref:
            there = self.ref_of(session.key)
            if there:
                kept = self.state.sessions.pop(there)
                made = super().publish_session(session, type)
                self.state.sessions[there] = kept
                return made
        return super().publish_session(session, type, ref)


class TestMakesAnother(Broken):
    kind = MakesAnother
    caught_by = ("test_a_session_is_published_once",)


class LooksThenMakes(MemoryLms):
    """Searches for the mark, and then makes: two who ask at once both find nothing."""

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        found = ref or self.ref_of(session.key)
        if found:
            return super().publish_session(session, type, found)
        time.sleep(0.02)
        with self._lock:
            kept = dict(self.state.sessions)
            self.state.sessions.clear()
            made = super().publish_session(session, type)
            self.state.sessions.update(kept)
            return made


class TestLooksThenMakes(Broken):
    kind = LooksThenMakes
    caught_by = ("test_a_session_published_by_rivals_is_there_once",)


class MakesWhatIsGone(MemoryLms):
    """Restores what was deleted there by hand."""

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        return super().publish_session(session, type, ref if ref in self.state.sessions else "")


class TestMakesWhatIsGone(Broken):
    kind = MakesWhatIsGone
    caught_by = ("test_what_is_gone_is_not_found",)


class SearchesByPattern(MemoryLms):
    """Finds the mark with LIKE, so that `_` and `%` in a key match anything, whatever the case."""

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        like = re.escape(session.key).replace("_", ".").replace("%", ".*")
        for there, each in self.state.sessions.items():
            if not ref and re.match(like, each.session.key, re.IGNORECASE):
                each.session = attrs.evolve(session, key=each.session.key)
                return there
        return super().publish_session(session, type, ref)


class TestSearchesByPattern(Broken):
    kind = SearchesByPattern
    caught_by = ("test_keys_are_told_apart",)


class FindsByPattern(MemoryLms):
    """Finds people with LIKE."""

    def find_people(self, staff_numbers: Sequence[str], emails: Sequence[str]) -> Sequence[LmsPerson]:
        likes = [re.escape(each).replace("_", ".").replace("%", ".*") for each in emails if each]
        found = list(super().find_people(staff_numbers, emails))
        for person in self.state.people.values():
            if person not in found and any(re.fullmatch(each, person.email, re.IGNORECASE) for each in likes):
                found.append(person)
        return found


class TestFindsByPattern(Broken):
    kind = FindsByPattern
    caught_by = ("test_people_are_found_exactly",)


class MindsTheCase(MemoryLms):
    """Compares addresses to the letter, as PostgreSQL does."""

    def find_people(self, staff_numbers: Sequence[str], emails: Sequence[str]) -> Sequence[LmsPerson]:
        return [
            each
            for each in self.state.people.values()
            if (each.staff_number and each.staff_number in staff_numbers) or each.email in emails
        ]


class TestMindsTheCase(Broken):
    kind = MindsTheCase
    caught_by = ("test_people_are_found_exactly",)


class FindsByNothing(MemoryLms):
    """An empty staff number matches whoever has none."""

    def find_people(self, staff_numbers: Sequence[str], emails: Sequence[str]) -> Sequence[LmsPerson]:
        return [
            each
            for each in self.state.people.values()
            if each.staff_number in staff_numbers
            or each.email.casefold() in {mail.casefold() for mail in emails}
        ]


class TestFindsByNothing(Broken):
    kind = FindsByNothing
    caught_by = ("test_nobody_is_found_by_nothing",)


class FindsTwice(MemoryLms):
    """Asks for numbers and for addresses, and puts the answers together."""

    def find_people(self, staff_numbers: Sequence[str], emails: Sequence[str]) -> Sequence[LmsPerson]:
        return [*super().find_people(staff_numbers, []), *super().find_people([], emails)]


class TestFindsTwice(Broken):
    kind = FindsTwice
    caught_by = ("test_many_are_found_in_one_call_each_once",)


class LocalTimes(MemoryLms):
    """Shows in summer what was meant for winter: an hour off for half the year."""

    def read_session(self, session: Link) -> LmsSession:
        read = super().read_session(session)
        if read.starts is None or read.ends is None or not 4 <= read.starts.month <= 10:
            return read
        hour = timedelta(hours=1)
        return attrs.evolve(read, starts=read.starts + hour, ends=read.ends + hour)


class TestLocalTimes(Broken):
    kind = LocalTimes
    caught_by = ("test_times_are_instants_on_both_sides_of_a_clock_change",)


class NoUnlimited(MemoryLms):
    """Unlimited is a large number."""

    def read_session(self, session: Link) -> LmsSession:
        read = super().read_session(session)
        return attrs.evolve(read, capacity=999 if read.capacity is None else read.capacity)


class TestNoUnlimited(Broken):
    kind = NoUnlimited
    caught_by = ("test_a_session_reads_as_it_was_published",)


class AnotherType(MemoryLms):
    """A title that changed makes another type."""

    def publish_type(self, type: LmsType) -> str:
        known = next((ref for ref, each in self.state.types.items() if each == type), None)
        if known is None:
            known = self._number("type")
            self.state.types[known] = type
        return known


class TestAnotherType(Broken):
    kind = AnotherType
    caught_by = ("test_a_type_is_published_once",)


class CannotAndSaysNothing(MemoryLms):
    """Has no attendance, and takes it without a word."""

    def __init__(self, people: Sequence[LmsPerson]) -> None:
        super().__init__(people, lacks={Ability.ATTENDANCE})

    def attend(self, session: Link, account: str, status: object) -> None:
        return None


class TestCannotAndSaysNothing(Broken):
    kind = CannotAndSaysNothing
    caught_by = ("test_what_it_cannot_do_it_refuses_by_name",)


class WordsForAbilities(MemoryLms):
    """Says what it can do in its own words."""

    def abilities(self) -> frozenset[Ability]:
        return frozenset({"courses", "signups"})  # type: ignore[arg-type]  # which is what is wrong


class TestWordsForAbilities(Broken):
    kind = WordsForAbilities
    caught_by = ("test_it_says_what_it_can_do",)


class TellsWhom(MemoryLms):
    """Puts the address of whom it looked for into what it says."""

    def __repr__(self) -> str:
        return f"TellsWhom({[each.email for each in self.state.people.values()]})"


class TestTellsWhom(Broken):
    kind = TellsWhom
    caught_by = ("test_it_is_an_lms",)


class GoesOnClosed(MemoryLms):
    """Closing is for others."""

    def close(self) -> None:
        return None


class TestGoesOnClosed(Broken):
    kind = GoesOnClosed
    caught_by = ("test_nothing_is_asked_of_it_once_it_is_closed",)


class RaisesItsOwn(MemoryLms):
    """A session that is gone is said to be a matter of time."""

    def read_session(self, session: Link) -> LmsSession:
        try:
            return super().read_session(session)
        except LmsError:
            raise LmsError(LmsFailure.TEMPORARY, "http", "the answer was 404") from None


class TestRaisesItsOwn(Broken):
    kind = RaisesItsOwn
    caught_by = ("test_what_is_gone_is_not_found",)
