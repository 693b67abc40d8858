"""What reconciling speaks of: how things stand on either side, and the steps and findings that it comes to."""

from __future__ import annotations

import enum
from collections.abc import Mapping

import attrs

from innovationhub.domain.booking import BookingStatus
from innovationhub.domain.lms import LmsSession, SignUp, SignUpStatus
from innovationhub.domain.mirrors import Finding, LmsSessionRow, LmsSignUpRow

__all__ = [
    "NOWHERE",
    "Agreement",
    "Forget",
    "Here",
    "Known",
    "PlaceHere",
    "Publish",
    "Push",
    "See",
    "Standing",
    "Step",
    "Take",
    "TakeSeats",
    "There",
    "Withdraw",
    "place_of",
]


class PlaceHere(enum.StrEnum):
    """How one person's place stands in the hub, as far as the LMS is concerned."""

    NONE = "none"
    WAITS = "waits"
    HELD = "held"
    ATTENDED = "attended"
    ABSENT = "absent"


_PLACES: Mapping[BookingStatus, PlaceHere] = {
    BookingStatus.REQUESTED: PlaceHere.WAITS,
    BookingStatus.WAITLISTED: PlaceHere.WAITS,
    # an offer is not taken yet: the seat is kept for them here, and there they are not booked
    BookingStatus.OFFERED: PlaceHere.WAITS,
    BookingStatus.CONFIRMED: PlaceHere.HELD,
    BookingStatus.ATTENDED: PlaceHere.ATTENDED,
    BookingStatus.ABSENT: PlaceHere.ABSENT,
}


def place_of(status: BookingStatus) -> PlaceHere:
    """How a booking's status counts here."""
    return _PLACES.get(status, PlaceHere.NONE)


@attrs.frozen
class Standing:
    """One person's place: how it stands, and the booking that it is of (empty where there is none)."""

    place: PlaceHere
    booking: str = ""

    @property
    def mark(self) -> str:
        """Which place this is, in a word: another booking is another place, though it stands the same."""
        return f"{self.place} {self.booking}".strip()


NOWHERE = Standing(PlaceHere.NONE)
"""The standing of one who has no place."""


@attrs.frozen
class Here:
    """One role of one session as the hub has it.

    `shown` is how it ought to be shown; None where it ought not to be (it was called off).
    `places` are those of people, by key; who is not in it has none.
    """

    session_id: str
    role: str
    shown: LmsSession | None
    places: Mapping[str, Standing]


@attrs.frozen
class There:
    """The same as the LMS has it: `gone` where it is not there (any more).

    `session` is None where the LMS cannot say. `signups` are all of them when it is `whole`, else those that changed.
    """

    session: LmsSession | None
    signups: tuple[SignUp, ...] = ()
    whole: bool = True
    gone: bool = False


@attrs.frozen
class Known:
    """What was last known to agree, and who is who.

    `signups` by account. `persons` are the people whom accounts are taken for, `accounts` the accounts of people; who
    was looked for and not found is in neither, and `AMBIGUOUS` stands for more than one.
    """

    session: LmsSessionRow | None = None
    signups: Mapping[str, LmsSignUpRow] = attrs.field(factory=dict)
    persons: Mapping[str, str] = attrs.field(factory=dict)
    accounts: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Publish:
    """Let the LMS show the session so. `because` is `new`, `moved` (changed here) or `put-back` (changed there)."""

    session: LmsSession
    because: str


@attrs.frozen
class Withdraw:
    """Let the LMS show it no more: it was called off."""


@attrs.frozen
class Push:
    """Let somebody's sign-up there stand so."""

    person: str
    account: str
    status: SignUpStatus


@attrs.frozen
class Take:
    """Let somebody's place here stand as their sign-up there does."""

    person: str
    signup: SignUp


@attrs.frozen
class TakeSeats:
    """Let the role have as many seats here as there."""

    capacity: int | None


@attrs.frozen
class See:
    """Only note how a sign-up stands there, and the place here: they agree, or nobody is known for it."""

    account: str
    person: str
    signup: SignUp | None
    standing: Standing


@attrs.frozen
class Forget:
    """Drop what is kept of a sign-up: it is over, and whose it was has been erased."""

    account: str


Step = Publish | Withdraw | Push | Take | TakeSeats | See | Forget


@attrs.frozen
class Agreement:
    """What is to be done, in this order, and what a person must look at."""

    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
