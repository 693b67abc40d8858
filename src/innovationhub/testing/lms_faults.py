"""`UnreliableLms`: an LMS that is slow, forgetful and wrong on purpose, the same way for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeVar

from innovationhub.domain.lms import (
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
from innovationhub.testing.faults import Fault
from innovationhub.testing.lms import MemoryLms

__all__ = ["UnreliableLms"]

T = TypeVar("T")

READING = ("unavailable",)
WRITING = ("unavailable", "lost after", "forgets", "twice")


class UnreliableLms:
    """A `MemoryLms` some of whose calls go wrong.

    Of every call about `rate` does, in one of these ways:

    - `unavailable`: nothing was done, and it is said to be temporary
    - `lost after`: it was done, and the answer was lost, as by a time-out
    - `forgets`: it is said to be done, and is not, as where a database is put back
    - `twice`: it is done twice, as by a proxy that sends again
    - a page of sign-ups may have each of them twice

    `plan` has what happens at certain calls (the first is 1) and then nothing else does; `faults` lists what happened;
    `slow` is called before each call, to let time go by. `rate = 0.0` from some moment on lets everything through.
    """

    def __init__(
        self,
        lms: MemoryLms,
        seed: int = 0,
        *,
        rate: float = 0.1,
        plan: dict[int, str] | None = None,
        slow: Callable[[], object] | None = None,
    ) -> None:
        self.lms = lms
        self.rate = rate
        self.faults: list[Fault] = []
        self._plan = plan
        self._slow = slow
        self._chance = random.Random(seed)
        self._calls = 0
        self._lock = Lock()

    def abilities(self) -> frozenset[Ability]:
        """See `Lms.abilities`."""
        return self._do("abilities", self.lms.abilities)

    def find_people(self, staff_numbers: Sequence[str], emails: Sequence[str]) -> Sequence[LmsPerson]:
        """See `Lms.find_people`."""
        return self._do("find_people", lambda: self.lms.find_people(staff_numbers, emails))

    def publish_type(self, type: LmsType) -> str:
        """See `Lms.publish_type`."""
        return self._do("publish_type", lambda: self.lms.publish_type(type), writes=True)

    def withdraw_type(self, type: Link) -> None:
        """See `Lms.withdraw_type`."""
        self._do("withdraw_type", lambda: self.lms.withdraw_type(type), writes=True)

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        """See `Lms.publish_session`."""
        return self._do("publish_session", lambda: self.lms.publish_session(session, type, ref), writes=True)

    def read_session(self, session: Link) -> LmsSession:
        """See `Lms.read_session`."""
        return self._do("read_session", lambda: self.lms.read_session(session))

    def withdraw_session(self, session: Link, *, reason: str = "", notify: bool = False) -> None:
        """See `Lms.withdraw_session`."""
        self._do("withdraw_session", lambda: self.lms.withdraw_session(session), writes=True)

    def sign_ups(self, session: Link, cursor: str = "", limit: int = MOST_SIGNUPS) -> SignUpPage:
        """See `Lms.sign_ups`."""
        page = self._do("sign_ups", lambda: self.lms.sign_ups(session, cursor, limit))
        if self._plan is None and self._chance.random() < self.rate:
            return SignUpPage((*page.signups, *page.signups), page.cursor, page.more)
        return page

    def sign_up(
        self, session: Link, account: str, *, waitlisted: bool = False, notify: bool = False
    ) -> SignUp:
        """See `Lms.sign_up`."""
        return self._do(
            "sign_up", lambda: self.lms.sign_up(session, account, waitlisted=waitlisted), writes=True
        )

    def cancel(self, session: Link, account: str, *, reason: str = "", notify: bool = False) -> None:
        """See `Lms.cancel`."""
        self._do("cancel", lambda: self.lms.cancel(session, account), writes=True)

    def attend(self, session: Link, account: str, status: SignUpStatus) -> None:
        """See `Lms.attend`."""
        self._do("attend", lambda: self.lms.attend(session, account, status), writes=True)

    def close(self) -> None:
        """See `Lms.close`."""
        self.lms.close()

    def _do(self, method: str, work: Callable[[], T], *, writes: bool = False) -> T:
        what = self._next(method, WRITING if writes else READING)
        if self._slow is not None:
            self._slow()
        if what == "unavailable":
            raise LmsError(LmsFailure.TEMPORARY, "unavailable", "this LMS was made to fail: nothing was done")
        before = self.lms.snapshot() if what == "forgets" else None
        done = work()
        if what == "twice":
            done = work()
        if what == "forgets":
            self.lms.restore(before)
        if what == "lost after":
            raise LmsError(LmsFailure.TEMPORARY, "timeout", "this LMS was made to fail: the answer was lost")
        return done

    def _next(self, method: str, ways: tuple[str, ...]) -> str:
        with self._lock:
            self._calls += 1
            if self._plan is not None:
                what = self._plan.get(self._calls, "")
            else:
                what = self._chance.choice(ways) if self._chance.random() < self.rate else ""
            if what:
                self.faults.append(Fault(self._calls, method, what))
            return what
