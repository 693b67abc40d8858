"""What the groups of an LMS's contract share: who has an account there, what is published, how long is waited."""

from __future__ import annotations

import abc
import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

import attrs
import pytest

from innovationhub.domain.lms import Ability, Link, LmsPerson, LmsSession, LmsType, SignUp, SignUpStatus
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import Lms
from innovationhub.testing.patience import Patience

__all__ = ["PEOPLE", "Guard", "LmsCase"]

T = TypeVar("T")

PEOPLE: tuple[LmsPerson, ...] = (
    LmsPerson("", "ESR01001", "ada.obi@nhs.example"),
    LmsPerson("", "ESR01002", "Bo_Li@nhs.example"),
    LmsPerson("", "ESR01003", "boxli@nhs.example"),
    LmsPerson("", "ESR010021", "cleo@nhs.example"),
    LmsPerson("", "", "dai.evans@nhs.example"),
    LmsPerson("", "ESR01005", "eve@nhs.example"),
    LmsPerson("", "ESR01006", "fay@nhs.example"),
    LmsPerson("", "ESR01007", "gus@nhs.example"),
)
"""Who has an account: staff numbers of which one begins as another does, an address with what other systems take for a
wildcard and one that it would match, somebody without a staff number."""


class Guard:
    """An LMS each call of which has a limit."""

    def __init__(self, lms: Lms, patience: Patience) -> None:
        self.lms = lms
        self.patience = patience

    def __getattr__(self, name: str) -> Callable[..., Any]:  # each method as it is, with a limit
        method = getattr(self.lms, name)
        return lambda *args, **named: self.patience.call(name, lambda: method(*args, **named))


class LmsCase(abc.ABC):
    """One method to write, and a few words about what an LMS is; see `LmsContract`."""

    seconds: ClassVar[float] = 60.0
    """How long any one step may take before it counts as hanging."""

    secrets: ClassVar[tuple[str, ...]] = ()
    """What must stand in no `repr` and no error: the token that `make_lms` opens it with."""

    rivals: ClassVar[int] = 6
    """Threads that do one thing at the same moment."""

    @abc.abstractmethod
    def make_lms(self, people: Sequence[LmsPerson]) -> Lms:
        """A fresh LMS in which these people, and nobody else the contract knows of, have an account.

        Their `account` is empty: it is the LMS's to give.
        """

    def remove_by_hand(self, lms: Lms, session: Link) -> None:
        """Delete a session as somebody who works in the LMS would. Skips, in the open, unless it is written."""
        pytest.skip("remove_by_hand is not written: nothing can be deleted there for this test")

    def book_by_hand(self, lms: Lms, session: Link, account: str) -> None:
        """Sign somebody up as they would do it themselves. Skips, in the open, unless it is written."""
        pytest.skip("book_by_hand is not written: nobody can sign up there by themselves for this test")

    def discard(self, lms: Lms) -> None:  # noqa: B027  # most have nothing to do here
        """Let go of what was made for a test; it is closed already."""

    def now(self) -> datetime:
        """The instant by the clock of the LMS (aware)."""
        return datetime.now(UTC)

    @pytest.fixture(autouse=True)
    def _place(self) -> Iterator[None]:
        self.patience = Patience(self.seconds)
        self._made: list[Lms] = []
        self._keys = itertools.count(1)
        yield
        for lms in self._made:
            if not self.patience.late:
                self.patience.call("close", lms.close)
            self.discard(lms)

    @pytest.fixture
    def lms(self) -> Guard:
        """A fresh LMS."""
        lms = self.patience.call("make_lms", lambda: self.make_lms(PEOPLE))
        self._made.append(lms)
        return Guard(lms, self.patience)

    def needs(self, lms: Guard, *abilities: Ability) -> None:
        """Skip, in the open, what an LMS cannot show that says it cannot do it."""
        lacking = frozenset(abilities) - lms.abilities()
        if lacking:
            pytest.skip(f"this LMS says that it has not: {', '.join(sorted(lacking))}")

    def accounts(self, lms: Guard, number: int) -> list[LmsPerson]:
        """So many people as the LMS knows them."""
        self.needs(lms, Ability.FIND_PEOPLE)
        found = {each.email.casefold(): each for each in lms.find_people([], [each.email for each in PEOPLE])}
        return [found[each.email.casefold()] for each in PEOPLE[:number]]

    def session(self, **fields: Any) -> LmsSession:
        """A session as it may be published: a week ahead, 12 seats, no wait-list, a key that was not used before."""
        begins = (self.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
        number = next(self._keys)
        plain = LmsSession(
            key=f"cqi-taster@2026-12-{number:02}T10:00#attendee",
            title="CQI Taster Session",
            starts=begins,
            ends=begins + timedelta(hours=1),
            venue="Innovation Hub",
            capacity=12,
        )
        return attrs.evolve(plain, **fields)

    def published(self, lms: Guard, **fields: Any) -> tuple[Link, LmsSession, Link]:
        """A type and a session of it, published: the session's link, what was published, the type's link."""
        self.needs(lms, Ability.PUBLISH_TYPES, Ability.PUBLISH_SESSIONS)
        type = LmsType("cqi-taster", "CQI Taster Session", "What improvement is, in an hour.")
        of = Link(type.key, lms.publish_type(type))
        session = self.session(**fields)
        return Link(session.key, lms.publish_session(session, of)), session, of

    def begun(self) -> datetime:
        """The start of a session that is on now."""
        return (self.now() - timedelta(minutes=30)).replace(second=0, microsecond=0)

    def all_sign_ups(self, lms: Guard, session: Link, limit: int = 500) -> dict[str, SignUp]:
        """Every sign-up of a session by account, page by page; that somebody has two fails."""
        found: dict[str, SignUp] = {}
        cursor = ""
        for _ in range(100):
            page = lms.sign_ups(session, cursor, limit)
            assert len(page.signups) <= limit
            for signup in page.signups:
                known = found.setdefault(signup.person.account, signup)
                assert known.id == signup.id, "somebody has two sign-ups for one session"
                found[signup.person.account] = signup
            if not page.more:
                return found
            assert page.cursor != cursor, "there is more, and the cursor stands still"
            cursor = page.cursor
        raise AssertionError("a hundred pages did not suffice")

    def statuses(self, lms: Guard, session: Link) -> dict[str, SignUpStatus]:
        """How each sign-up of a session stands, by account."""
        return {account: each.status for account, each in self.all_sign_ups(lms, session).items()}

    def assert_refused(
        self, work: Callable[[], object], kind: LmsFailure, reason: str | tuple[str, ...] = ()
    ) -> LmsError:
        """That it fails so; the error."""
        with pytest.raises(LmsError) as raised:
            work()
        error = raised.value
        assert error.kind is kind, f"it is {error.kind}, and ought to be {kind}: {error}"
        reasons = (reason,) if isinstance(reason, str) else reason
        assert not reasons or error.reason in reasons, f"its reason is {error.reason!r}, not one of {reasons}"
        self.assert_quiet(str(error), repr(error), error.message)
        return error

    def assert_quiet(self, *texts: str) -> None:
        """That none of these holds a secret, or what somebody is known by."""
        for text in texts:
            for secret in (*self.secrets, *(each.email for each in PEOPLE)):
                assert secret.casefold() not in text.casefold()
