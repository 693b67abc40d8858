"""LMSs that are wrong about who is signed up."""

from __future__ import annotations

import time
from datetime import UTC

import attrs

from innovationhub.domain.lms import Link, LmsPerson, LmsSession, SignUp, SignUpPage, SignUpStatus
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.testing.lms import MemoryLms
from tests.contract.broken.lms_base import Broken

_S = SignUpStatus


class SecondsForCursor(MemoryLms):
    """Its cursor is the second of the last change: what changes later in that second is never told."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        page = super().sign_ups(session, "", 500)
        after = float(cursor or 0)
        told = tuple(each for each in page.signups if each.at.astimezone(UTC).timestamp() > after)[:limit]
        last = max((each.at.timestamp() for each in told), default=after)
        return SignUpPage(told, str(last), len(told) == limit)


class TestSecondsForCursor(Broken):
    kind = SecondsForCursor
    caught_by = ("test_a_cursor_misses_nothing",)


class OnlyNewOnes(MemoryLms):
    """Tells of sign-ups by their number: of one that changes nothing is told again."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        there = self._there(session)
        if cursor and not cursor.isdecimal():
            raise LmsError(LmsFailure.REFUSED, "cursor", "none of ours")
        rows = sorted((int(each.id.rpartition("-")[2]), each) for each, _ in there.signups.values())
        after = [row for row in rows if row[0] > int(cursor or 0)]
        last = str(after[:limit][-1][0]) if after else cursor
        return SignUpPage(tuple(each for _, each in after[:limit]), last, len(after) > limit)


class TestOnlyNewOnes(Broken):
    kind = OnlyNewOnes
    caught_by = ("test_a_cursor_misses_nothing",)


class ForgetsTheEnded(MemoryLms):
    """Tells of those who are coming, and not of who cancelled."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        page = super().sign_ups(session, cursor, limit)
        return attrs.evolve(
            page, signups=tuple(each for each in page.signups if each.status is not _S.CANCELLED)
        )


class TestForgetsTheEnded(Broken):
    kind = ForgetsTheEnded
    caught_by = ("test_a_cancellation_may_be_sent_again", "test_a_cursor_misses_nothing")


class AnyCursor(MemoryLms):
    """Takes what it cannot read for the end."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        if cursor and not cursor.isdecimal():
            return SignUpPage((), cursor)
        return super().sign_ups(session, cursor, limit)


class TestAnyCursor(Broken):
    kind = AnyCursor
    caught_by = ("test_a_cursor_that_means_nothing_is_refused",)


class LeavesOutWhoHasNoNumber(MemoryLms):
    """Whoever has no staff number is not told of."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        page = super().sign_ups(session, cursor, limit)
        return attrs.evolve(page, signups=tuple(each for each in page.signups if each.person.staff_number))


class TestLeavesOutWhoHasNoNumber(Broken):
    kind = LeavesOutWhoHasNoNumber
    caught_by = ("test_a_sign_up_says_who_it_is",)


class NewEachTime(MemoryLms):
    """Signing up again is said to be a new sign-up, made now."""

    def sign_up(
        self, session: Link, account: str, *, waitlisted: bool = False, notify: bool = False
    ) -> SignUp:
        made = super().sign_up(session, account, waitlisted=waitlisted)
        return attrs.evolve(made, id=self._number("sign-up"))


class TestNewEachTime(Broken):
    kind = NewEachTime
    caught_by = ("test_signing_up_twice_is_one_sign_up",)


class Naive(MemoryLms):
    """Says when by a clock an hour off."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        page = super().sign_ups(session, cursor, limit)
        late = [attrs.evolve(each, at=each.at.replace(hour=(each.at.hour + 3) % 24)) for each in page.signups]
        return attrs.evolve(page, signups=tuple(late))


class TestNaive(Broken):
    kind = Naive
    caught_by = ("test_signing_up_twice_is_one_sign_up",)


class CountsThenBooks(MemoryLms):
    """Counts the seats, and then books: two who ask at once have the last one."""

    def sign_up(
        self, session: Link, account: str, *, waitlisted: bool = False, notify: bool = False
    ) -> SignUp:
        there = self._there(session)
        if not self._free(there):
            raise LmsError(LmsFailure.REFUSED, "full", "every seat is taken")
        time.sleep(0.02)
        with self._lock:
            return self._let(there, account, _S.BOOKED)


class TestCountsThenBooks(Broken):
    kind = CountsThenBooks
    caught_by = ("test_the_last_seat_is_given_once", "test_a_full_session_takes_nobody_more")


class SignsUpTwice(MemoryLms):
    """Of rivals each makes a sign-up of its own: the page has them all."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        page = super().sign_ups(session, cursor, limit)
        twice = [each for one in page.signups for each in (one, attrs.evolve(one, id=f"{one.id}-b"))]
        return attrs.evolve(page, signups=tuple(twice))


class TestSignsUpTwice(Broken):
    kind = SignsUpTwice
    caught_by = ("test_the_same_person_by_rivals_is_one_sign_up",)


class DropsSomebody(MemoryLms):
    """Fewer seats unseat the last who came."""

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        made = super().publish_session(session, type, ref)
        there = self.state.sessions[made]
        booked = [account for account, (each, _) in there.signups.items() if each.status is _S.BOOKED]
        for account in booked[session.capacity :] if session.capacity is not None else ():
            self._let(there, account, _S.WAITLISTED)
        return made


class TestDropsSomebody(Broken):
    kind = DropsSomebody
    caught_by = ("test_fewer_seats_drop_nobody",)


class PromotesUnasked(MemoryLms):
    """Seats people from its queue whether or not it was published with one."""

    def cancel(self, session: Link, account: str, *, reason: str = "", notify: bool = False) -> None:
        super().cancel(session, account)
        self._seat(self._there(session))


class TestPromotesUnasked(Broken):
    kind = PromotesUnasked
    caught_by = ("test_without_a_waitlist_nobody_is_seated_unasked",)


class NeverPromotes(MemoryLms):
    """Queues people, and leaves them there."""

    def _seat(self, there: object) -> None:
        return None


class TestNeverPromotes(Broken):
    kind = NeverPromotes
    caught_by = ("test_with_a_waitlist_a_full_session_queues",)


class CancelsOnce(MemoryLms):
    """A cancellation that is sent again is a fault."""

    def cancel(self, session: Link, account: str, *, reason: str = "", notify: bool = False) -> None:
        known = self._there(session).signups.get(account)
        if known is None or known[0].status is _S.CANCELLED:
            raise LmsError(LmsFailure.REFUSED, "notsignedup", "they are not signed up")
        super().cancel(session, account)


class TestCancelsOnce(Broken):
    kind = CancelsOnce
    caught_by = ("test_a_cancellation_may_be_sent_again",)


class CallsOffOneByOne(MemoryLms):
    """Calls off by cancelling each as if they had left: whoever waits is seated, told, and cancelled in turn."""

    def withdraw_session(self, session: Link, *, reason: str = "", notify: bool = False) -> None:
        there = self.state.sessions.get(session.ref)
        for account in list(there.signups) if there else ():
            self.cancel(session, account)


class TestCallsOffOneByOne(Broken):
    kind = CallsOffOneByOne
    caught_by = ("test_calling_off_cancels_each_and_seats_nobody",)


class DeletesPeople(MemoryLms):
    """Deletes the attendance of who comes after being marked absent."""

    def attend(self, session: Link, account: str, status: SignUpStatus) -> None:
        known = self._there(session).signups.get(account)
        if known and known[0].status is _S.ABSENT:
            return
        super().attend(session, account, status)


class TestDeletesPeople(Broken):
    kind = DeletesPeople
    caught_by = ("test_of_attendance_the_latest_word_counts",)


class TakesAndDrops(MemoryLms):
    """Takes attendance before the start, and keeps nothing of it."""

    def attend(self, session: Link, account: str, status: SignUpStatus) -> None:
        try:
            super().attend(session, account, status)
        except LmsError as error:
            if error.reason != "not-started":
                raise


class TestTakesAndDrops(Broken):
    kind = TakesAndDrops
    caught_by = ("test_attendance_before_the_start_is_taken_or_refused",)


class MakesAccounts(MemoryLms):
    """Signs up whoever it is told to, known or not."""

    def sign_up(
        self, session: Link, account: str, *, waitlisted: bool = False, notify: bool = False
    ) -> SignUp:
        self.state.people.setdefault(account, LmsPerson(account))
        return super().sign_up(session, account, waitlisted=waitlisted)


class TestMakesAccounts(Broken):
    kind = MakesAccounts
    caught_by = ("test_what_is_not_there_is_not_found",)


class TellsLate(MemoryLms):
    """What people do there by themselves is told with the next thing that the hub does."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        page = super().sign_ups(session, cursor, limit)
        return attrs.evolve(page, signups=page.signups[:-1])


class TestTellsLate(Broken):
    kind = TellsLate
    caught_by = ("test_what_people_do_there_is_told",)


class Hangs(MemoryLms):
    """Never comes back."""

    def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
        time.sleep(3600)
        return super().sign_ups(session, cursor, limit)


class TestHangs(Broken):
    kind = Hangs
    caught_by = ("test_a_cursor_misses_nothing",)
