"""What callers see: values made for showing, in the callers' own ids and the hub's local time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from innovationhub.domain.booking import Booking, BookingStatus
from innovationhub.domain.deliveries import DeliveryState
from innovationhub.domain.plans import Plan
from innovationhub.domain.records import Facts
from innovationhub.domain.refusals import Reason
from innovationhub.domain.schedule import SessionStatus

__all__ = [
    "Explanation",
    "FollowerView",
    "LmsAct",
    "LmsFinding",
    "LmsReport",
    "MessageView",
    "PassedOver",
    "Places",
    "SessionView",
    "Shortfall",
    "TickReport",
    "Violation",
]


@attrs.frozen
class Places:
    """Seats and queue of one role: `capacity` and `left` are None when unlimited.

    On a date of a series `held` counts the registrations that stand on it too. `left` leaves aside the `reserve` kept
    for walk-ins. `came` is how many were there, by name.

    `over` is how far more are held than the capacity allows (after it was lowered). `open` says whether a newcomer
    would be seated: the session is to be, booking has not closed, there is room, and nobody waiting comes first.
    """

    capacity: int | None
    held: int
    left: int | None
    waiting: int
    over: int
    open: bool
    reserve: int = 0
    came: int = 0


@attrs.frozen
class SessionView:
    """One dated session, as a calendar shows it. All instants are aware, in the hub's zone.

    It can be booked while `opens <= now < closes`. `places` are by role. `mine` is the booking of the person it was
    asked for, if they have one that stands. `headcount` is how many came without giving a name.
    """

    id: str
    series_id: str
    type: str
    title: str
    starts: datetime
    ends: datetime
    status: SessionStatus
    venue: str
    facilitators: tuple[str, ...]
    opens: datetime
    closes: datetime
    places: Mapping[str, Places]
    mine: Booking | None = None
    example: bool = False
    headcount: int = 0


@attrs.frozen
class MessageView:
    """One message to one person by one channel. `id` is its stable key; instants are aware, in the hub's zone.

    `person_id` is None for the hub's team. `position` is the journal's entry that called for it. `why` says what went
    wrong, or why it was dropped. `settled` is when nothing more was to be done.
    """

    id: str
    kind: str
    channel: str
    person_id: str | None
    booking_id: str | None
    session_id: str
    state: DeliveryState
    due: datetime
    attempts: int
    position: int
    reference: str
    why: str
    settled: datetime | None


@attrs.frozen
class FollowerView:
    """A follower of the journal: how far it has come, how many entries it is behind, and what holds it up.

    After `failures` in a row it is left alone until `again` (aware, in the hub's zone); `why` is what it raised.
    """

    name: str
    position: int
    behind: int
    failures: int
    again: datetime | None
    why: str


@attrs.frozen
class PassedOver:
    """One time that a free seat went past somebody: when, and why."""

    at: datetime
    code: str
    sentence: str


@attrs.frozen
class Explanation:
    """Where a booking stands and why.

    `place` counts from 1 in the queue (None when not waiting); `ahead` says how many are before, by category and never
    by name; `passed` each time a seat went past; `reasons` what stands in the way now; `remedies` what would help.
    """

    booking_id: str
    status: BookingStatus
    place: int | None
    ahead: Mapping[str, int]
    passed: tuple[PassedOver, ...]
    reasons: tuple[Reason, ...]
    remedies: tuple[str, ...]


@attrs.frozen
class Shortfall:
    """A role with fewer people than its minimum, and what one could do: call it off, merge it, or go ahead."""

    session_id: str
    role: str
    held: int
    minimum: int
    call_off: Plan
    merges: tuple[Plan, ...]


@attrs.frozen
class Violation:
    """Something that ought to hold and does not: which invariant (1 to 10), a code, what it is about, and the facts."""

    invariant: int
    code: str
    subject: str
    sentence: str
    facts: Facts = attrs.field(factory=dict)


@attrs.frozen
class LmsAct:
    """One thing that was done (or, tried only, would be) so that hub and LMS agree about a session.

    `side` is where: `hub` or `lms`. `what` is `published`, `withdrawn`, `resized`, or how a sign-up or a place came to
    stand. `person_id` is whom it is about; empty where that is the session, or nobody the hub knows (any more).
    """

    session_id: str
    role: str
    side: str
    what: str
    person_id: str = ""


@attrs.frozen
class LmsFinding:
    """What hub and LMS do not agree about, and a person must look at; `code` as `docs/discovery.md` explains it.

    `about` is a person's id, an account of the LMS, or the name of what it cannot do; `since` (aware, in UTC) is when
    it was first found.
    """

    session_id: str
    role: str
    code: str
    about: str
    since: datetime
    facts: Facts


@attrs.frozen
class LmsReport:
    """What a pass over the sessions in the LMS did: how many it looked at, what was done, what must be looked at.

    `complete` when nothing is left to do. `failure` says why it stopped, where the LMS could not be used.
    """

    sessions: int
    acts: tuple[LmsAct, ...]
    findings: tuple[LmsFinding, ...]
    complete: bool
    failure: str = ""


@attrs.frozen
class TickReport:
    """What a tick did: how many rosters it looked at, how many sessions it went on with, how many timers were due.

    `below_minimum` names the sessions that were found short of people at their deadline. `erased` counts texts, people
    and messages whose time was over. `made` messages were called for, `sent` went out, `dropped` were untrue by now,
    `failed` are tried again and `given_up` are not; `troubles` says what did not work, each once. `lms` is the pass
    over sessions in the LMS, where there is one. `complete` when nothing is left to do.
    """

    rosters: int
    sessions: int
    complete: bool
    timers: int = 0
    reviewed: int = 0
    below_minimum: tuple[str, ...] = ()
    erased: int = 0
    made: int = 0
    sent: int = 0
    dropped: int = 0
    failed: int = 0
    given_up: int = 0
    troubles: tuple[str, ...] = ()
    lms: LmsReport | None = None
