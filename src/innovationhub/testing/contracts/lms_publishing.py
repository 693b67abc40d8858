"""Contract of an LMS, first half: what it can do, whom it knows, what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import attrs

from innovationhub.domain.lms import Ability, Link, LmsType, SignUpStatus
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import MOST_PEOPLE, Lms
from innovationhub.testing.contracts.lms_base import PEOPLE, Guard, LmsCase

__all__ = ["Publishing"]


class Publishing(LmsCase):
    """Abilities, people, types and sessions."""

    def test_it_is_an_lms(self, lms: Guard) -> None:
        """It has every method of the Protocol, and says nothing secret of itself."""
        assert isinstance(lms.lms, Lms)
        self.assert_quiet(repr(lms.lms), str(lms.lms))

    def test_it_says_what_it_can_do(self, lms: Guard) -> None:
        """In the words of `Ability`, the same when asked again."""
        abilities = lms.abilities()
        assert isinstance(abilities, frozenset)
        assert all(isinstance(each, Ability) for each in abilities)
        assert abilities == lms.abilities()

    def test_what_it_cannot_do_it_refuses_by_name(self, lms: Guard) -> None:
        """Before anything else, whatever it is given: nobody has to find out by trying."""
        link, type = Link("none@2026-12-01T10:00#attendee", "0"), Link("none", "0")
        calls: Mapping[Ability, tuple[Callable[[], object], ...]] = {
            Ability.FIND_PEOPLE: (lambda: lms.find_people(["ESR01001"], []),),
            Ability.PUBLISH_TYPES: (
                lambda: lms.publish_type(LmsType("none", "None")),
                lambda: lms.withdraw_type(type),
            ),
            Ability.PUBLISH_SESSIONS: (
                lambda: lms.publish_session(self.session(), type),
                lambda: lms.withdraw_session(link),
            ),
            Ability.READ_SESSIONS: (lambda: lms.read_session(link),),
            Ability.PULL: (lambda: lms.sign_ups(link),),
            Ability.PUSH: (lambda: lms.sign_up(link, "0"), lambda: lms.cancel(link, "0")),
            Ability.ATTENDANCE: (lambda: lms.attend(link, "0", SignUpStatus.ATTENDED),),
        }
        for ability, works in calls.items():
            if ability not in lms.abilities():
                for work in works:
                    self.assert_refused(work, LmsFailure.CANNOT, str(ability))

    def test_people_are_found_exactly(self, lms: Guard) -> None:
        """By staff number to the letter, by e-mail whatever the case; nothing in either is a wildcard."""
        self.needs(lms, Ability.FIND_PEOPLE)
        for staff_numbers, emails, expected in (
            (["ESR01002"], [], {"ESR01002"}),
            (["esr01002"], [], set()),
            (["ESR0100"], [], set()),
            (["ESR01%"], ["%@nhs.example"], set()),
            ([], ["BO_LI@NHS.EXAMPLE"], {"ESR01002"}),
            ([], ["bo_li@nhs.example"], {"ESR01002"}),
            ([], ["bo_li@nhs.exampl"], set()),
            ([], ["dai.evans@nhs.example"], {""}),
            (["ESR01001", "ESR99999"], ["nobody@nhs.example"], {"ESR01001"}),
        ):
            found = lms.find_people(staff_numbers, emails)
            assert {each.staff_number for each in found} == expected, (staff_numbers, emails)
            assert len(found) == len(expected)

    def test_nobody_is_found_by_nothing(self, lms: Guard) -> None:
        """Whoever has no staff number does not match an empty one."""
        self.needs(lms, Ability.FIND_PEOPLE)
        assert list(lms.find_people([], [])) == []
        assert list(lms.find_people([""], [""])) == []

    def test_many_are_found_in_one_call_each_once(self, lms: Guard) -> None:
        """As many as may be asked for at once; who matches twice is there once, and an account means one person."""
        self.needs(lms, Ability.FIND_PEOPLE)
        numbers = [each.staff_number for each in PEOPLE if each.staff_number]
        numbers += [f"ESR9{number:04}" for number in range(MOST_PEOPLE - len(numbers))]
        found = lms.find_people(numbers, [each.email for each in PEOPLE])
        assert sorted(each.email.casefold() for each in found) == sorted(
            each.email.casefold() for each in PEOPLE
        )
        assert len({each.account for each in found}) == len(PEOPLE)
        assert all(each.account for each in found)

    def test_a_type_is_published_once(self, lms: Guard) -> None:
        """The same key is the same type, changed or not, after it was withdrawn too; withdrawing twice is fine."""
        self.needs(lms, Ability.PUBLISH_TYPES)
        type = LmsType(
            "cqi-taster", "CQI Taster Session", "What improvement is,\nin an hour: <b>free</b> & open."
        )
        ref = lms.publish_type(type)
        assert ref == lms.publish_type(attrs.evolve(type, title="CQI Taster"))
        lms.withdraw_type(Link(type.key, ref))
        lms.withdraw_type(Link(type.key, ref))
        assert ref == lms.publish_type(type)
        assert ref != lms.publish_type(attrs.evolve(type, key="cqi-taster-2"))

    def test_a_session_is_published_once(self, lms: Guard) -> None:
        """The same call finds what it made, by its key: after a lost answer nothing is there twice (M3)."""
        link, session, of = self.published(lms)
        assert lms.publish_session(session, of) == link.ref
        assert lms.publish_session(attrs.evolve(session, capacity=20), of) == link.ref
        assert lms.publish_session(session, of, link.ref) == link.ref

    def test_a_session_published_by_rivals_is_there_once(self, lms: Guard) -> None:
        """Two processes of a hub may publish the same session at the same moment."""
        _, _, of = self.published(lms)
        session = self.session()
        publish = [lambda: lms.lms.publish_session(session, of) for _ in range(self.rivals)]
        answers = self.patience.together("publish", publish)
        refs = {each for each in answers if isinstance(each, str)}
        others = [each for each in answers if not isinstance(each, str)]
        # who was not first may be told to try again, and nothing else
        assert all(isinstance(each, LmsError) and each.kind is LmsFailure.TEMPORARY for each in others), (
            others
        )
        assert len(refs) == 1
        assert lms.publish_session(session, of) in refs

    def test_keys_are_told_apart(self, lms: Guard) -> None:
        """Whatever another key begins with or looks like to a search."""
        _, _, of = self.published(lms)
        keys = (
            "a@2026-12-01T10:00#x",
            "a@2026-12-01T10:00#xy",
            "aa@2026-12-01T10:00#x",
            "a_@2026-12-01T10:00#x",
            "a%@2026-12-01T10:00#x",
            "A@2026-12-01T10:00#x",
            "a@2026-12-01T10:00#x<b>&",
        )
        sessions = [self.session(key=key, capacity=at + 1) for at, key in enumerate(keys)]
        refs = [lms.publish_session(session, of) for session in sessions]
        assert len(set(refs)) == len(keys)
        assert [lms.publish_session(session, of) for session in sessions] == refs
        if Ability.READ_SESSIONS in lms.abilities():
            read = [lms.read_session(Link(key, ref)) for key, ref in zip(keys, refs, strict=True)]
            assert [each.capacity for each in read] == [session.capacity for session in sessions]

    def test_a_session_reads_as_it_was_published(self, lms: Guard) -> None:
        """Its times to the second and its capacity, changed ones too, unlimited too."""
        self.needs(lms, Ability.READ_SESSIONS)
        link, session, of = self.published(lms)
        later = session.starts + timedelta(days=1) if session.starts else None
        for changed in (
            session,
            attrs.evolve(session, starts=later, ends=later and later + timedelta(minutes=90)),
            attrs.evolve(session, capacity=3),
            attrs.evolve(session, capacity=None),
            attrs.evolve(session, title="Ünïcode – a “title” with <b>signs</b> & more"),
        ):
            lms.publish_session(changed, of, link.ref)
            read = lms.read_session(link)
            assert (read.key, read.starts, read.ends) == (changed.key, changed.starts, changed.ends)
            assert read.capacity == changed.capacity

    def test_times_are_instants_on_both_sides_of_a_clock_change(self, lms: Guard) -> None:
        """The LMS may show them in a zone of its own; what is read is the instant that was published."""
        self.needs(lms, Ability.READ_SESSIONS)
        link, session, of = self.published(lms)
        for starts in (
            datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
            datetime(2027, 7, 1, 9, 0, tzinfo=UTC),
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
            datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
        ):
            moved = attrs.evolve(session, starts=starts, ends=starts + timedelta(minutes=45))
            lms.publish_session(moved, of, link.ref)
            read = lms.read_session(link)
            assert (read.starts, read.ends) == (moved.starts, moved.ends)

    def test_what_is_gone_is_not_found(self, lms: Guard) -> None:
        """A session deleted there by hand is not made again unasked; asked, it is another one."""
        link, session, of = self.published(lms)
        self.remove_by_hand(lms.lms, link)
        self.assert_refused(
            lambda: lms.publish_session(session, of, link.ref), LmsFailure.NOT_FOUND, "session"
        )
        if Ability.READ_SESSIONS in lms.abilities():
            self.assert_refused(lambda: lms.read_session(link), LmsFailure.NOT_FOUND, "session")
        if Ability.PULL in lms.abilities():
            self.assert_refused(lambda: lms.sign_ups(link), LmsFailure.NOT_FOUND, "session")
        lms.withdraw_session(link)
        ref = lms.publish_session(session, of)
        assert lms.publish_session(session, of) == ref

    def test_nothing_is_asked_of_it_once_it_is_closed(self, lms: Guard) -> None:
        """Closing twice is fine; then every call says that it cannot be served now."""
        lms.close()
        lms.close()
        self.assert_refused(lambda: lms.publish_type(LmsType("x", "X")), LmsFailure.TEMPORARY)
