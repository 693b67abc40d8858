"""The seam to a trust's learning-management system (LMS): what a plugin for one can do.

It says nothing of any product. Six things hold for every method:

- **The hub's keys are marks.** What is published carries the hub's key in the LMS for good, so that after a crash or a
  lost answer the same call finds what it made, and makes nothing twice.
- **Every call may be made again**, by another thread or process too, and then comes to the same.
- **What it cannot do it does not say it can**: a method whose ability is not among `abilities()` raises `LmsError` of
  the kind `cannot` with that ability as its reason, whatever it is given.
- **A failure is an `LmsError`**, and its kind says what to do about it: see `errors.LmsFailure`. Anything else that is
  raised is a fault of the plugin.
- **Every call ends** within a minute, by a time-out of the plugin's own.
- **No secret** (a token, the address's password) and nobody's name or e-mail stands in an error, a log or a `repr`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import attrs

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

__all__ = [
    "MOST_PEOPLE",
    "MOST_SIGNUPS",
    "Ability",
    "Link",
    "Lms",
    "LmsError",
    "LmsFailure",
    "LmsOpener",
    "LmsPerson",
    "LmsRequest",
    "LmsSession",
    "LmsType",
    "SignUp",
    "SignUpPage",
    "SignUpStatus",
]

MOST_PEOPLE = 50
"""Staff numbers, and e-mail addresses, in one call of `find_people`."""

MOST_SIGNUPS = 500
"""Sign-ups in one page."""


@runtime_checkable
class Lms(Protocol):
    """A learning-management system in which the hub's sessions are shown and booked. Safe to use from several threads.

    Besides what each method says, all but `close` raise `LmsError`: `configuration` (a token, a right, a service is
    missing: a person must see to it), `temporary` (again later; the call may have been done all the same).
    """

    def abilities(self) -> frozenset[Ability]:
        """What this one can do, as it is set up now, found out from the service itself where that can be asked."""

    def find_people(self, staff_numbers: Sequence[str], emails: Sequence[str]) -> Sequence[LmsPerson]:
        """Every account whose staff number is one of these or whose e-mail is one of those, each once, in any order.

        At most `MOST_PEOPLE` of each. A staff number matches when it is equal to the letter, an e-mail when it is equal
        but for upper and lower case; nothing in either is a wildcard, and an empty one matches nobody. Accounts that
        are closed are left out; who is not found is left out.
        """

    def publish_type(self, type: LmsType) -> str:
        """Let the catalogue show this session type so, and return its ref.

        Found by its key: it is changed where it is there, made where it is not, and made visible where it was
        withdrawn. Raises `LmsError`: `duplicate` where two there carry the key, `refused`.
        """

    def withdraw_type(self, type: Link) -> None:
        """Let the catalogue show this session type no more. Nothing is deleted. Fine where it is gone already."""

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        """Let this session be shown so, under its type, and return its ref.

        Without `ref` it is found by its key, and made where it is not there. With one, which an earlier call returned,
        it is changed, and where it is gone by now `LmsError` of kind `not-found` is raised: what was deleted there is
        not made again unasked. Nobody's sign-up changes: where capacity falls below the number of the booked they stay
        booked, and when it rises nobody is seated from the LMS's wait-list unless `session.waitlist`. `starts` and
        `ends` are not None. Raises `LmsError`: `not-found`, `duplicate` where two there carry the key, `refused`.
        """

    def read_session(self, session: Link) -> LmsSession:
        """The session as it stands there. Raises `LmsError`: `not-found` where it is gone."""

    def withdraw_session(self, session: Link, *, reason: str = "", notify: bool = False) -> None:
        """Let a session that is called off be called off there too.

        Nobody can sign up for it any more, and the sign-ups of those who meant to come are cancelled, each by itself,
        without anybody being seated from the wait-list in between. What was attendance stays. `reason` is plain text,
        `notify` says whether the LMS tells people. Fine where it is gone or withdrawn already.
        """

    def sign_ups(self, session: Link, cursor: str = "", limit: int = MOST_SIGNUPS) -> SignUpPage:
        """The sign-ups of a session that changed since `cursor` (empty: all of them), those that ended included.

        Each stands as it stands now. A cursor never goes past a change: what changes after a page was made is in
        a later one, even within the same second. A sign-up may be told again without having changed. Everybody is told
        of, who has no staff number and no e-mail too. Raises `LmsError`: `not-found` where the session is gone,
        `refused` with the reason `cursor` where the cursor cannot be understood (any more): begin again.
        """

    def sign_up(
        self, session: Link, account: str, *, waitlisted: bool = False, notify: bool = False
    ) -> SignUp:
        """Let somebody be booked for a session, or be on its wait-list, and return how it stands now.

        Where they are booked already it stays so; who is on the wait-list and is to be booked is booked. An LMS that
        keeps to capacity itself may put somebody on its wait-list instead, where the session was published with one:
        what is returned says so. Whatever the account needs first in order to be booked (a place in the course) is seen
        to. Raises `LmsError`: `not-found` for the session or the account (its reason says which: `session`, `account`),
        `refused` (`full`, `started`, `closed`, or another reason of one word).
        """

    def cancel(self, session: Link, account: str, *, reason: str = "", notify: bool = False) -> None:
        """Let somebody's sign-up be cancelled. Fine where they have none, or it ended already.

        Attendance that was recorded stays: `refused` with the reason `attended`. Whoever waits in an LMS that has a
        wait-list of its own may be seated by it. Raises `LmsError`: `not-found` for the session, `refused`.
        """

    def attend(self, session: Link, account: str, status: SignUpStatus) -> None:
        """Record that somebody who was signed up attended, attended in part, or was absent; the latest word counts.

        Raises `LmsError`: `not-found` (`session`, or `account` where they are not signed up there), `refused` with the
        reason `not-started` where the LMS takes no attendance yet.
        """

    def close(self) -> None:
        """Let go of connections. Closing twice is fine; using it afterwards raises `LmsError`, `temporary`."""


@attrs.frozen
class LmsRequest:
    """What an LMS is opened for: its address, such as `moodle+https://lms.trust.example`, which may hold a secret."""

    url: str = attrs.field(repr=False)


LmsOpener = Callable[[LmsRequest], Lms]
"""Opens an LMS, without asking it anything: a hub opens while its LMS is down.

Raises `Invalid` naming `lms` when the address cannot be one of its own.
"""
