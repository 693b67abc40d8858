"""`MemoryLms`: the reference of what an LMS is, in memory, and the hands of the people who use it directly.

It is what `LmsContract` means, in two hundred lines, and what a hub is tested against. Besides the Protocol it has what
people do there by themselves, past the hub: sign up, leave, put too many on a list, move a session, delete it.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from threading import RLock

import attrs

from innovationhub.domain.lms import (
    ACTIVE,
    ATTENDANCE,
    Ability,
    Link,
    LmsPerson,
    LmsSession,
    LmsType,
    SignUp,
    SignUpPage,
    SignUpStatus,
)
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import MOST_SIGNUPS

__all__ = ["MemoryLms"]

_S = SignUpStatus


@attrs.define
class _There:
    """A session as it is there: its sign-ups by account, each with the number of its last change."""

    session: LmsSession
    type: str
    signups: dict[str, tuple[SignUp, int]] = attrs.field(factory=dict)
    order: dict[str, int] = attrs.field(factory=dict)
    withdrawn: bool = False


@attrs.define
class _State:
    people: dict[str, LmsPerson] = attrs.field(factory=dict)
    types: dict[str, LmsType] = attrs.field(factory=dict)
    shown: set[str] = attrs.field(factory=set)
    sessions: dict[str, _There] = attrs.field(factory=dict)
    numbers: itertools.count[int] = attrs.field(factory=lambda: itertools.count(1))


class MemoryLms:
    """An LMS in memory. `people` have accounts; `lacks` are abilities that it has not; `clock` is its clock.

    Times are kept to the second, as most do. It keeps to capacity, and queues people where a session was published with
    a wait-list; it then seats them by itself, in the order in which they came.
    """

    def __init__(
        self,
        people: Iterable[LmsPerson] = (),
        *,
        lacks: Collection[Ability] = (),
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.state = _State()
        self._abilities = frozenset(Ability) - frozenset(lacks)
        self._clock = clock or (lambda: datetime.now(UTC))
        self._lock = RLock()
        self._open = True
        for person in people:
            self.state.people[person.account] = person

    # what the hub asks

    def abilities(self) -> frozenset[Ability]:
        """See `Lms.abilities`."""
        self._ready()
        return self._abilities

    def find_people(self, staff_numbers: Sequence[str], emails: Sequence[str]) -> Sequence[LmsPerson]:
        """See `Lms.find_people`."""
        with self._lock:
            self._ready(Ability.FIND_PEOPLE)
            numbers = {each for each in staff_numbers if each}
            addresses = {each.casefold() for each in emails if each}
            return [
                person
                for person in self.state.people.values()
                if person.staff_number in numbers or person.email.casefold() in addresses
            ]

    def publish_type(self, type: LmsType) -> str:
        """See `Lms.publish_type`."""
        with self._lock:
            self._ready(Ability.PUBLISH_TYPES)
            ref = next((ref for ref, each in self.state.types.items() if each.key == type.key), None)
            ref = ref or self._number("type")
            self.state.types[ref] = type
            self.state.shown.add(ref)
            return ref

    def withdraw_type(self, type: Link) -> None:
        """See `Lms.withdraw_type`."""
        with self._lock:
            self._ready(Ability.PUBLISH_TYPES)
            self.state.shown.discard(type.ref)

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        """See `Lms.publish_session`."""
        with self._lock:
            self._ready(Ability.PUBLISH_SESSIONS)
            if type.ref not in self.state.types:
                raise LmsError(LmsFailure.NOT_FOUND, "type", "there is no such type")
            if ref:
                there = self._there(Link(session.key, ref))
            else:
                found = [each for each in self.state.sessions.items() if each[1].session.key == session.key]
                if len(found) > 1:
                    raise LmsError(LmsFailure.DUPLICATE, "session", "two sessions there carry this key")
                ref = found[0][0] if found else self._number("session")
                there = self.state.sessions.setdefault(ref, _There(session, type.ref))
            there.session = _to_seconds(session)
            there.withdrawn = False
            if session.waitlist:
                self._seat(there)
            return ref

    def read_session(self, session: Link) -> LmsSession:
        """See `Lms.read_session`."""
        with self._lock:
            self._ready(Ability.READ_SESSIONS)
            return self._there(session).session

    def withdraw_session(self, session: Link, *, reason: str = "", notify: bool = False) -> None:
        """See `Lms.withdraw_session`."""
        with self._lock:
            self._ready(Ability.PUBLISH_SESSIONS)
            there = self.state.sessions.get(session.ref)
            if there is None:
                return
            there.withdrawn = True
            for account, (signup, _) in list(there.signups.items()):
                if signup.status in ACTIVE:
                    self._let(there, account, _S.CANCELLED)

    def sign_ups(self, session: Link, cursor: str = "", limit: int = MOST_SIGNUPS) -> SignUpPage:
        """See `Lms.sign_ups`."""
        with self._lock:
            self._ready(Ability.PULL)
            there = self._there(session)
            if cursor and not cursor.isdecimal():
                raise LmsError(LmsFailure.REFUSED, "cursor", "this cursor is none of ours")
            after = int(cursor or 0)
            changed = sorted(
                (each for each in there.signups.values() if each[1] > after), key=lambda each: each[1]
            )
            page = changed[:limit]
            last = str(page[-1][1]) if page else cursor
            return SignUpPage(tuple(signup for signup, _ in page), last, len(changed) > limit)

    def sign_up(
        self, session: Link, account: str, *, waitlisted: bool = False, notify: bool = False
    ) -> SignUp:
        """See `Lms.sign_up`."""
        with self._lock:
            self._ready(Ability.PUSH)
            return self._sign_up(self._there(session), account, waitlisted=waitlisted)

    def cancel(self, session: Link, account: str, *, reason: str = "", notify: bool = False) -> None:
        """See `Lms.cancel`."""
        with self._lock:
            self._ready(Ability.PUSH)
            there = self._there(session)
            known = there.signups.get(account)
            if known is None or known[0].status in {_S.CANCELLED, _S.DECLINED}:
                return
            if known[0].status in ATTENDANCE:
                raise LmsError(LmsFailure.REFUSED, "attended", "attendance is recorded already")
            self._let(there, account, _S.CANCELLED)
            if there.session.waitlist:
                self._seat(there)

    def attend(self, session: Link, account: str, status: SignUpStatus) -> None:
        """See `Lms.attend`."""
        with self._lock:
            self._ready(Ability.ATTENDANCE)
            there = self._there(session)
            known = there.signups.get(account)
            if known is None or known[0].status in {_S.CANCELLED, _S.DECLINED}:
                raise LmsError(LmsFailure.NOT_FOUND, "account", "they are not signed up")
            if there.session.starts is None or self._clock() < there.session.starts:
                raise LmsError(LmsFailure.REFUSED, "not-started", "attendance is taken from the start on")
            if known[0].status is not status:
                self._let(there, account, status)

    def close(self) -> None:
        """See `Lms.close`."""
        self._open = False

    # what people do there by themselves

    def add_account(self, staff_number: str = "", email: str = "") -> str:
        """Somebody gets an account. Returns it."""
        with self._lock:
            account = self._number("account")
            self.state.people[account] = LmsPerson(account, staff_number, email)
            return account

    def ref_of(self, key: str) -> str:
        """The ref of a session by the hub's key; empty where there is none."""
        found = [ref for ref, each in self.state.sessions.items() if each.session.key == key]
        return found[0] if found else ""

    def standing(self, key: str) -> dict[str, SignUpStatus]:
        """How everybody's sign-up for a session stands, by account."""
        there = self.state.sessions[self.ref_of(key)]
        return {account: signup.status for account, (signup, _) in there.signups.items()}

    def book(self, key: str, account: str) -> SignUpStatus:
        """Somebody signs up by themselves, within the rules there. Raises `LmsError`, `refused`."""
        with self._lock:
            return self._sign_up(self.state.sessions[self.ref_of(key)], account).status

    def put(self, key: str, account: str, status: SignUpStatus) -> None:
        """Staff put somebody's sign-up so, whatever the rules there say."""
        with self._lock:
            self._let(self.state.sessions[self.ref_of(key)], account, status)

    def leave(self, key: str, account: str) -> None:
        """Somebody cancels by themselves; where there is a wait-list the next is seated."""
        with self._lock:
            there = self.state.sessions[self.ref_of(key)]
            self._let(there, account, _S.CANCELLED)
            if there.session.waitlist:
                self._seat(there)

    def edit(self, key: str, **fields: object) -> None:
        """Staff change a session by hand: `edit(key, capacity=8)`."""
        with self._lock:
            there = self.state.sessions[self.ref_of(key)]
            there.session = attrs.evolve(there.session, **fields)  # type: ignore[arg-type]  # a test names them

    def remove(self, key: str) -> None:
        """Staff delete a session, with every sign-up for it."""
        with self._lock:
            del self.state.sessions[self.ref_of(key)]

    def forget_sign_up(self, key: str, account: str) -> None:
        """Somebody's sign-up is gone without a trace, as when their account is deleted."""
        with self._lock:
            self.state.sessions[self.ref_of(key)].signups.pop(account, None)

    # how it is done

    def snapshot(self) -> object:
        """All of it as it is now, for `restore`."""
        with self._lock:
            return copy.deepcopy(self.state)

    def restore(self, state: object) -> None:
        """Let all be as it was."""
        assert isinstance(state, _State)
        with self._lock:
            self.state = state

    def _ready(self, ability: Ability | None = None) -> None:
        if not self._open:
            raise LmsError(LmsFailure.TEMPORARY, "closed", "this LMS was closed")
        if ability is not None and ability not in self._abilities:
            raise LmsError(LmsFailure.CANNOT, str(ability), "this LMS cannot do that")

    def _there(self, session: Link) -> _There:
        there = self.state.sessions.get(session.ref)
        if there is None or there.session.key != session.key:
            raise LmsError(LmsFailure.NOT_FOUND, "session", "there is no such session")
        return there

    def _number(self, kind: str) -> str:
        return f"{kind}-{next(self.state.numbers)}"

    def _sign_up(self, there: _There, account: str, *, waitlisted: bool = False) -> SignUp:
        if account not in self.state.people:
            raise LmsError(LmsFailure.NOT_FOUND, "account", "there is no such account")
        known = there.signups.get(account)
        if known is not None and known[0].status in ATTENDANCE | {_S.BOOKED}:
            return known[0]
        if there.withdrawn:
            raise LmsError(LmsFailure.REFUSED, "closed", "nobody can sign up for it any more")
        wanted = _S.WAITLISTED if waitlisted and Ability.WAITLIST in self._abilities else _S.BOOKED
        if wanted is _S.BOOKED and not self._free(there):
            if not there.session.waitlist:
                raise LmsError(LmsFailure.REFUSED, "full", "every seat there is taken")
            wanted = _S.WAITLISTED
        if known is not None and known[0].status is wanted:
            return known[0]
        return self._let(there, account, wanted)

    def _free(self, there: _There) -> bool:
        capacity = there.session.capacity
        if capacity is None or Ability.CAPACITY not in self._abilities:
            return True
        return sum(signup.status is _S.BOOKED for signup, _ in there.signups.values()) < capacity

    def _seat(self, there: _There) -> None:
        """Seat those who wait there, in the order in which they came, as far as there are seats."""
        waiting = [account for account, (each, _) in there.signups.items() if each.status is _S.WAITLISTED]
        for account in sorted(waiting, key=lambda each: there.order[each]):
            if self._free(there):
                self._let(there, account, _S.BOOKED)

    def _let(self, there: _There, account: str, status: SignUpStatus) -> SignUp:
        number = next(self.state.numbers)
        known = there.signups.get(account)
        if known is None or known[0].status not in ACTIVE:
            there.order[account] = number
        id = known[0].id if known else f"sign-up-{number}"
        at = self._clock().replace(microsecond=0)
        signup = SignUp(id, self.state.people.get(account, LmsPerson(account)), status, at)
        there.signups[account] = signup, number
        return signup


def _to_seconds(session: LmsSession) -> LmsSession:
    starts, ends = session.starts, session.ends
    return attrs.evolve(
        session,
        starts=None if starts is None else starts.replace(microsecond=0),
        ends=None if ends is None else ends.replace(microsecond=0),
    )
