"""`Moodle`: the LMS of the Protocol, each method a few calls within one trip."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NoReturn

from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import (
    MOST_SIGNUPS,
    Ability,
    Link,
    LmsPerson,
    LmsSession,
    LmsType,
    SignUp,
    SignUpPage,
    SignUpStatus,
)
from innovationhub_moodle import catalogue, people, sessions, signups
from innovationhub_moodle.abilities import abilities_of
from innovationhub_moodle.address import parse_address
from innovationhub_moodle.client import Client, Trip

__all__ = ["Moodle"]

KEPT = 60.0
"""For how long, in seconds, it is taken for granted what the service can do: a hub asks before every call."""


class Moodle:
    """One Moodle with mod_facetoface. See `innovationhub.protocols.lms.Lms` for what each method promises.

    Without local_innovationhub in it, the catalogue is published and people are found, and everything else is refused
    as what this LMS cannot do.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._known: tuple[frozenset[Ability], float] = (frozenset(), -1.0)

    @classmethod
    def at(cls, url: str) -> Moodle:
        """The one at that address, which is not asked anything yet. Raises `Invalid` naming `lms`."""
        return cls(Client(parse_address(url)))

    def __repr__(self) -> str:
        return f"Moodle({self._client.address.site!r})"

    def abilities(self) -> frozenset[Ability]:
        """What its service lets us do, as it was within the last minute."""
        with self._lock:
            known, until = self._known
        if self._client.clock() < until:
            return known
        known = abilities_of(self._client.trip())
        with self._lock:
            self._known = known, self._client.clock() + KEPT
        return known

    def find_people(self, staff_numbers: Sequence[str], emails: Sequence[str]) -> Sequence[LmsPerson]:
        """The accounts with these staff numbers or e-mails."""
        return people.find_people(self._able(Ability.FIND_PEOPLE), staff_numbers, emails)

    def publish_type(self, type: LmsType) -> str:
        """Show a session type as a course."""
        return catalogue.publish_type(self._able(Ability.PUBLISH_TYPES), type)

    def withdraw_type(self, type: Link) -> None:
        """Hide its course."""
        catalogue.withdraw_type(self._able(Ability.PUBLISH_TYPES), type.ref)

    def publish_session(self, session: LmsSession, type: Link, ref: str = "") -> str:
        """Show a session in the activity of its type's course."""
        return sessions.publish_session(self._able(Ability.PUBLISH_SESSIONS), session, type, ref)

    def read_session(self, session: Link) -> LmsSession:
        """The session as it stands there."""
        return sessions.read_session(self._able(Ability.READ_SESSIONS), session)

    def withdraw_session(self, session: Link, *, reason: str = "", notify: bool = False) -> None:
        """Close it, and cancel every sign-up of it."""
        trip = self._able(Ability.PUBLISH_SESSIONS)
        sessions.withdraw_session(trip, session, reason=reason, notify=notify)

    def sign_ups(self, session: Link, cursor: str = "", limit: int = MOST_SIGNUPS) -> SignUpPage:
        """The sign-ups that changed."""
        return signups.sign_ups(self._able(Ability.PULL), session, cursor, limit)

    def sign_up(
        self, session: Link, account: str, *, waitlisted: bool = False, notify: bool = False
    ) -> SignUp:
        """Enrol somebody in the course, and sign them up."""
        trip = self._able(Ability.PUSH)
        return signups.sign_up(trip, session, account, waitlisted=waitlisted, notify=notify)

    def cancel(self, session: Link, account: str, *, reason: str = "", notify: bool = False) -> None:
        """Cancel a sign-up; nobody is taken off the course, because that would cost them their grades."""
        signups.cancel(self._able(Ability.PUSH), session, account, reason=reason, notify=notify)

    def attend(self, session: Link, account: str, status: SignUpStatus) -> None:
        """Record attendance, with its grade."""
        signups.attend(self._able(Ability.ATTENDANCE), session, account, status)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _able(self, ability: Ability) -> Trip:
        """A trip for what this Moodle can do. Raises `LmsError`, `cannot`."""
        if ability not in self.abilities():
            _cannot(ability)
        return self._client.trip()


def _cannot(ability: Ability) -> NoReturn:
    said = f"this Moodle cannot do that for us ({ability}): its service lacks the functions for it"
    raise LmsError(LmsFailure.CANNOT, ability.value, said)
