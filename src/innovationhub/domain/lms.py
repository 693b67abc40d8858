"""What is said between a hub and a trust's learning-management system (LMS), in words that are of no product.

The hub names its things by *keys* of its own, which the LMS keeps as a mark. The LMS names its things by *refs* of its
own, which the hub keeps beside the key. A `Link` is both. Times are aware, in UTC; an LMS that knows whole seconds only
says whole seconds.
"""

from __future__ import annotations

import enum
import re
from datetime import datetime
from typing import Any

import attrs

from innovationhub.domain.time import instant, utc
from innovationhub.errors import Invalid

__all__ = [
    "ACTIVE",
    "ATTENDANCE",
    "LONGEST_KEY",
    "Ability",
    "Link",
    "LmsPerson",
    "LmsSession",
    "LmsType",
    "SignUp",
    "SignUpPage",
    "SignUpStatus",
]

LONGEST_KEY = 160
"""Characters of a key: visible ASCII without spaces, such as `cqi-taster@2026-12-01T10:00#attendee`."""

_KEY = re.compile(r"[!-~]{1,160}\Z")


class Ability(enum.StrEnum):
    """What an LMS may be able to do. Only what it says it can is asked of it."""

    FIND_PEOPLE = "find-people"
    """`find_people`."""
    PUBLISH_TYPES = "publish-types"
    """`publish_type` and `withdraw_type`."""
    PUBLISH_SESSIONS = "publish-sessions"
    """`publish_session` and `withdraw_session`."""
    READ_SESSIONS = "read-sessions"
    """`read_session`."""
    PULL = "pull-sign-ups"
    """`sign_ups`."""
    PUSH = "push-sign-ups"
    """`sign_up` and `cancel`."""
    ATTENDANCE = "push-attendance"
    """`attend`."""
    CAPACITY = "capacity"
    """It keeps to a session's capacity itself. Without this, capacity is the hub's alone."""
    WAITLIST = "waitlist"
    """It can have a wait-list of its own, and seat people from it by itself."""


class SignUpStatus(enum.StrEnum):
    """How somebody's sign-up stands in the LMS."""

    REQUESTED = "requested"
    """Waits for somebody's approval there."""
    WAITLISTED = "waitlisted"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    """By the person, by staff, or because the session was called off there."""
    DECLINED = "declined"
    """An approval was refused there."""
    ATTENDED = "attended"
    PARTLY = "partly-attended"
    ABSENT = "absent"


ATTENDANCE = frozenset({SignUpStatus.ATTENDED, SignUpStatus.PARTLY, SignUpStatus.ABSENT})
"""How a sign-up may stand once the session is over."""

ACTIVE = frozenset({SignUpStatus.REQUESTED, SignUpStatus.WAITLISTED, SignUpStatus.BOOKED})
"""A sign-up of somebody who means to come."""


def _key(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if not isinstance(value, str) or not _KEY.match(value):
        message = f"must be 1 to {LONGEST_KEY} visible ASCII characters without spaces; got {value!r}"
        raise Invalid(attribute.name, message, value)


def _instant(owner: object, attribute: attrs.Attribute[Any], value: datetime) -> None:
    instant(attribute.name, value)


def _seats(owner: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise Invalid(attribute.name, f"must be 0 or more, or None: unlimited; got {value!r}", value)


def _status(owner: object, attribute: attrs.Attribute[Any], value: SignUpStatus) -> None:
    if not isinstance(value, SignUpStatus):
        raise Invalid(attribute.name, f"must be a SignUpStatus; got {value!r}", value)


@attrs.frozen
class Link:
    """One thing under both its names: the hub's `key`, and the `ref` that the LMS gave when it was published.

    A ref is opaque to the hub, and is kept for as long as the thing is published: text of at most 200 characters.
    """

    key: str = attrs.field(validator=_key)
    ref: str


@attrs.frozen
class LmsType:
    """A session type as the LMS's catalogue shows it. `description` is plain text."""

    key: str = attrs.field(validator=_key)
    title: str
    description: str = ""


@attrs.frozen
class LmsSession:
    """One bookable thing as the LMS shows it: one role of one dated session.

    `starts` and `ends` are aware; None where it was read from the LMS and has no date there (any more). Where somebody
    gave it several dates there, they are the first start and the last end. `capacity` is in seats (None: unlimited).
    `waitlist` says whether the LMS may queue people, and seat them from its queue, by itself.
    """

    key: str = attrs.field(validator=_key)
    title: str
    starts: datetime | None = attrs.field(
        validator=attrs.validators.optional(_instant), converter=attrs.converters.optional(utc)
    )
    ends: datetime | None = attrs.field(
        validator=attrs.validators.optional(_instant), converter=attrs.converters.optional(utc)
    )
    venue: str = ""
    capacity: int | None = attrs.field(default=None, validator=_seats)
    waitlist: bool = False

    def __attrs_post_init__(self) -> None:
        if self.starts is not None and self.ends is not None and self.ends <= self.starts:
            raise Invalid("ends", f"must be after starts ({self.starts.isoformat()})", self.ends)


@attrs.frozen
class LmsPerson:
    """Somebody who has an account in the LMS: `account` is its own opaque id of it.

    `staff_number` and `email` say who that is (empty where the LMS does not know, or does not tell). They are personal
    data: they are looked at, and neither kept nor shown.
    """

    account: str
    staff_number: str = attrs.field(default="", repr=False)
    email: str = attrs.field(default="", repr=False)


@attrs.frozen
class SignUp:
    """How one person's sign-up for one session stands in the LMS.

    `id` is the LMS's own; one person has at most one sign-up for a session, and signing up again after cancelling may
    keep the id or begin another. `at` (aware, UTC) is when it came to stand so, by the clock of the LMS.
    """

    id: str
    person: LmsPerson
    status: SignUpStatus = attrs.field(validator=_status)
    at: datetime = attrs.field(validator=_instant, converter=utc)


@attrs.frozen
class SignUpPage:
    """Some sign-ups of one session, each as it stands now, and where to go on from.

    `cursor` is the LMS's own and opaque: text of at most 200 characters. `more` says that there are further ones.
    """

    signups: tuple[SignUp, ...]
    cursor: str
    more: bool = False
