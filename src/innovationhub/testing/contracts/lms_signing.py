"""Contract of an LMS, second half: sign-ups, those who wait, cancellations, attendance, a session called off."""

from __future__ import annotations

from datetime import timedelta

import attrs

from innovationhub.domain.lms import ACTIVE, ATTENDANCE, Ability, Link, SignUp, SignUpStatus
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.testing.contracts.lms_base import PEOPLE, Guard, LmsCase

__all__ = ["Signing"]

_S = SignUpStatus


class Signing(LmsCase):
    """Who is signed up, and how that is told."""

    def test_signing_up_twice_is_one_sign_up(self, lms: Guard) -> None:
        """What is answered is what is told; its instant is aware, and about now."""
        self.needs(lms, Ability.PUSH, Ability.PULL)
        link, _, _ = self.published(lms)
        account = self.accounts(lms, 1)[0].account
        before = self.now() - timedelta(minutes=2)
        first = lms.sign_up(link, account)
        assert isinstance(first, SignUp)
        assert first.status is _S.BOOKED
        again = lms.sign_up(link, account)
        assert (again.id, again.status, again.at) == (first.id, first.status, first.at)
        told = self.all_sign_ups(lms, link)[account]
        assert (told.id, told.status, told.at) == (first.id, first.status, first.at)
        assert before <= told.at <= self.now() + timedelta(minutes=2)

    def test_a_sign_up_says_who_it_is(self, lms: Guard) -> None:
        """By account, staff number and e-mail, as far as they have them: so that the hub can tell whom it knows."""
        self.needs(lms, Ability.PUSH, Ability.PULL)
        link, _, _ = self.published(lms)
        for person in self.accounts(lms, len(PEOPLE)):
            lms.sign_up(link, person.account)
        told = self.all_sign_ups(lms, link)
        assert {(each.person.staff_number, each.person.email.casefold()) for each in told.values()} == {
            (each.staff_number, each.email.casefold()) for each in PEOPLE
        }

    def test_the_same_person_by_rivals_is_one_sign_up(self, lms: Guard) -> None:
        """However many ask at the same moment."""
        self.needs(lms, Ability.PUSH, Ability.PULL)
        link, _, _ = self.published(lms)
        account = self.accounts(lms, 1)[0].account
        works = [lambda: lms.lms.sign_up(link, account) for _ in range(self.rivals)]
        answers = self.patience.together("sign up", works)
        self._only_later(answers)
        assert self.statuses(lms, link) == {account: _S.BOOKED}

    def test_the_last_seat_is_given_once(self, lms: Guard) -> None:
        """Of many who ask at the same moment, where the LMS keeps to capacity."""
        self.needs(lms, Ability.PUSH, Ability.PULL, Ability.CAPACITY)
        link, _, _ = self.published(lms, capacity=1)
        people = self.accounts(lms, self.rivals)
        works = [lambda each=each: lms.lms.sign_up(link, each.account) for each in people]
        answers = self.patience.together("sign up", works)
        self._only_later(answers, LmsFailure.REFUSED)
        assert list(self.statuses(lms, link).values()).count(_S.BOOKED) == 1

    def _only_later(self, answers: list[SignUp | BaseException], *also: LmsFailure) -> None:
        kinds = {LmsFailure.TEMPORARY, *also}
        wrong = [
            each
            for each in answers
            if not isinstance(each, SignUp) and not (isinstance(each, LmsError) and each.kind in kinds)
        ]
        assert not wrong, wrong
        assert any(isinstance(each, SignUp) for each in answers)

    def test_a_full_session_takes_nobody_more(self, lms: Guard) -> None:
        """Without a wait-list that is refused; those who are booked stay."""
        self.needs(lms, Ability.PUSH, Ability.PULL, Ability.CAPACITY)
        link, _, _ = self.published(lms, capacity=1)
        first, second = self.accounts(lms, 2)
        lms.sign_up(link, first.account)
        self.assert_refused(lambda: lms.sign_up(link, second.account), LmsFailure.REFUSED, "full")
        assert lms.sign_up(link, first.account).status is _S.BOOKED
        assert self.statuses(lms, link).get(first.account) is _S.BOOKED
        assert self.statuses(lms, link).get(second.account) is None

    def test_with_a_waitlist_a_full_session_queues(self, lms: Guard) -> None:
        """The answer says so, and whoever waits is seated when a seat comes free."""
        self.needs(lms, Ability.PUSH, Ability.PULL, Ability.CAPACITY, Ability.WAITLIST)
        link, _, _ = self.published(lms, capacity=1, waitlist=True)
        first, second = self.accounts(lms, 2)
        assert lms.sign_up(link, first.account).status is _S.BOOKED
        assert lms.sign_up(link, second.account).status is _S.WAITLISTED
        assert self.statuses(lms, link) == {first.account: _S.BOOKED, second.account: _S.WAITLISTED}
        lms.cancel(link, first.account)
        assert self.statuses(lms, link) == {first.account: _S.CANCELLED, second.account: _S.BOOKED}

    def test_without_a_waitlist_nobody_is_seated_unasked(self, lms: Guard) -> None:
        """Where the hub leads it alone says who is next: neither a free seat nor more of them seat anybody."""
        self.needs(lms, Ability.PUSH, Ability.PULL, Ability.CAPACITY, Ability.WAITLIST)
        link, session, of = self.published(lms, capacity=1)
        first, second = self.accounts(lms, 2)
        lms.sign_up(link, first.account)
        assert lms.sign_up(link, second.account, waitlisted=True).status is _S.WAITLISTED
        lms.cancel(link, first.account)
        lms.publish_session(attrs.evolve(session, capacity=5), of, link.ref)
        assert self.statuses(lms, link) == {first.account: _S.CANCELLED, second.account: _S.WAITLISTED}
        assert lms.sign_up(link, second.account).status is _S.BOOKED

    def test_fewer_seats_drop_nobody(self, lms: Guard) -> None:
        """Capacity may fall below the number of the booked, and they stay booked (M4)."""
        self.needs(lms, Ability.PUSH, Ability.PULL)
        link, session, of = self.published(lms, capacity=3)
        people = self.accounts(lms, 3)
        for person in people:
            lms.sign_up(link, person.account)
        lms.publish_session(attrs.evolve(session, capacity=1), of, link.ref)
        assert list(self.statuses(lms, link).values()) == [_S.BOOKED] * 3

    def test_a_cancellation_may_be_sent_again(self, lms: Guard) -> None:
        """It is told of, and stays so; of who never signed up it says nothing; who comes back is booked again."""
        self.needs(lms, Ability.PUSH, Ability.PULL)
        link, _, _ = self.published(lms)
        first, second = self.accounts(lms, 2)
        lms.sign_up(link, first.account)
        lms.cancel(link, first.account, reason="cannot come")
        lms.cancel(link, first.account)
        lms.cancel(link, second.account)
        told = self.all_sign_ups(lms, link)
        assert told[first.account].status is _S.CANCELLED
        assert second.account not in told or told[second.account].status not in ACTIVE
        assert lms.sign_up(link, first.account).status is _S.BOOKED
        assert self.statuses(lms, link)[first.account] is _S.BOOKED

    def test_what_is_not_there_is_not_found(self, lms: Guard) -> None:
        """A session, and an account, each by its name."""
        self.needs(lms, Ability.PUSH, Ability.PULL)
        link, _, _ = self.published(lms)
        account = self.accounts(lms, 1)[0].account
        self.assert_refused(lambda: lms.sign_up(link, "999999999"), LmsFailure.NOT_FOUND, "account")
        self.remove_by_hand(lms.lms, link)
        self.assert_refused(lambda: lms.sign_up(link, account), LmsFailure.NOT_FOUND, "session")
        self.assert_refused(lambda: lms.cancel(link, account), LmsFailure.NOT_FOUND, "session")

    def test_a_cursor_misses_nothing(self, lms: Guard) -> None:
        """Whatever changes after a page is in a later one, within the same second too, however small the pages are."""
        self.needs(lms, Ability.PUSH, Ability.PULL)
        link, _, _ = self.published(lms)
        people = self.accounts(lms, 5)
        seen: dict[str, SignUpStatus] = {}
        cursor = ""
        for person in people:
            lms.sign_up(link, person.account)
            cursor = self._follow(lms, link, cursor, seen, 2)
            assert seen[person.account] is _S.BOOKED
        for person in people:
            lms.cancel(link, person.account)
            cursor = self._follow(lms, link, cursor, seen, 1)
            assert seen[person.account] is _S.CANCELLED
        assert self.statuses(lms, link) == seen
        small = self.all_sign_ups(lms, link, limit=1)
        assert {account: each.status for account, each in small.items()} == seen

    def _follow(self, lms: Guard, link: Link, cursor: str, seen: dict[str, SignUpStatus], limit: int) -> str:
        for _ in range(50):
            page = lms.sign_ups(link, cursor, limit)
            seen.update((each.person.account, each.status) for each in page.signups)
            cursor = page.cursor
            if not page.more:
                return cursor
        raise AssertionError("fifty pages did not suffice for five people")

    def test_what_people_do_there_is_told(self, lms: Guard) -> None:
        """Somebody who signs up by themselves is in the next page."""
        self.needs(lms, Ability.PULL)
        link, _, _ = self.published(lms)
        account = self.accounts(lms, 1)[0].account
        cursor = lms.sign_ups(link).cursor
        self.book_by_hand(lms.lms, link, account)
        page = lms.sign_ups(link, cursor)
        assert [(each.person.account, each.status) for each in page.signups] == [(account, _S.BOOKED)]

    def test_a_cursor_that_means_nothing_is_refused(self, lms: Guard) -> None:
        """Then the hub begins again; it must not be taken for the beginning, or for the end."""
        self.needs(lms, Ability.PULL)
        link, _, _ = self.published(lms)
        self.assert_refused(
            lambda: lms.sign_ups(link, "certainly not a cursor"), LmsFailure.REFUSED, "cursor"
        )

    def test_calling_off_cancels_each_and_seats_nobody(self, lms: Guard) -> None:
        """Nobody can sign up any more, and it may be called off again."""
        self.needs(lms, Ability.PUSH, Ability.PULL)
        waits = {Ability.WAITLIST, Ability.CAPACITY} <= lms.abilities()
        link, _, _ = self.published(lms, capacity=2, waitlist=waits)
        *people, late = self.accounts(lms, 4 if waits else 3)
        for person in people:
            lms.sign_up(link, person.account)
        before = self.all_sign_ups(lms, link)
        lms.withdraw_session(link, reason="The facilitator is ill.")
        lms.withdraw_session(link)
        try:
            after = self.all_sign_ups(lms, link)
        except LmsError as error:
            assert error.kind is LmsFailure.NOT_FOUND  # noqa: PT017  # an LMS may have nothing left of it
            after = {}
        assert not [each for each in after.values() if each.status in ACTIVE], after
        assert not after or set(after) == set(before)
        answer = LmsFailure.NOT_FOUND if not after else LmsFailure.REFUSED
        self.assert_refused(lambda: lms.sign_up(link, late.account), answer, ("closed", "session"))

    def test_of_attendance_the_latest_word_counts(self, lms: Guard) -> None:
        """And a place that was used is not cancelled any more."""
        self.needs(lms, Ability.PUSH, Ability.PULL, Ability.ATTENDANCE)
        link, session, of = self.published(lms)
        first, second, third = self.accounts(lms, 3)
        for person in (first, second):
            lms.sign_up(link, person.account)
        begun = attrs.evolve(session, starts=self.begun(), ends=self.begun() + timedelta(hours=1))
        lms.publish_session(begun, of, link.ref)
        for status in (_S.ATTENDED, _S.ATTENDED, _S.ABSENT, _S.ATTENDED):
            lms.attend(link, first.account, status)
        lms.attend(link, second.account, _S.ABSENT)
        told = self.statuses(lms, link)
        assert (told[first.account], told[second.account]) == (_S.ATTENDED, _S.ABSENT)
        self.assert_refused(
            lambda: lms.attend(link, third.account, _S.ATTENDED), LmsFailure.NOT_FOUND, "account"
        )
        self.assert_refused(lambda: lms.cancel(link, first.account), LmsFailure.REFUSED, "attended")
        assert self.statuses(lms, link)[first.account] in ATTENDANCE

    def test_attendance_before_the_start_is_taken_or_refused(self, lms: Guard) -> None:
        """By its name: never taken and dropped."""
        self.needs(lms, Ability.PUSH, Ability.PULL, Ability.ATTENDANCE)
        link, _, _ = self.published(lms)
        account = self.accounts(lms, 1)[0].account
        lms.sign_up(link, account)
        try:
            lms.attend(link, account, _S.ATTENDED)
        except LmsError as error:
            assert (error.kind, error.reason) == (LmsFailure.REFUSED, "not-started")  # noqa: PT017
            assert self.statuses(lms, link) == {account: _S.BOOKED}
        else:
            assert self.statuses(lms, link) == {account: _S.ATTENDED}
