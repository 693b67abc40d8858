"""Sessions as sessions of mod_facetoface, written and read by way of local_innovationhub.

The ref of a session names its course, its activity and itself: `4.3.17`. Moodle's half looks for the mark and makes a
session only where none carries it, both under one lock, so a call whose answer was lost can simply be made again.
"""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from innovationhub.errors import Invalid, LmsError, LmsFailure
from innovationhub.protocols.lms import Link, LmsSession
from innovationhub_moodle.catalogue import activity_of, course_of
from innovationhub_moodle.client import Trip
from innovationhub_moodle.forms import Value, seconds
from innovationhub_moodle.marks import Description, session_mark
from innovationhub_moodle.reading import Row, integer, rows, text

__all__ = ["Ref", "publish_session", "read_session", "withdraw_session"]

UNLIMITED = 100_000
"""What mod_facetoface takes as the largest capacity: a session that is not limited is given it."""

MOST_ROUNDS = 100
"""Calls by which a session is called off; each cancels some dozens of sign-ups."""


@attrs.frozen
class Ref:
    """Where a session is: its course, its activity there, and its own number."""

    course: int
    activity: int
    session: int

    def __str__(self) -> str:
        return f"{self.course}.{self.activity}.{self.session}"

    @classmethod
    def read(cls, ref: str) -> Ref:
        """What a ref says. Raises `LmsError`, `not-found`, for what is none of ours."""
        numbers = ref.split(".")
        if len(numbers) != 3 or not all(
            each.isascii() and each.isdigit() and len(each) < 19 for each in numbers
        ):
            raise _gone()
        return cls(*map(int, numbers))


def publish_session(trip: Trip, session: LmsSession, type: Link, ref: str) -> str:
    """See `Lms.publish_session`. Raises `LmsError`, and `Invalid` for a session without a date."""
    if session.starts is None or session.ends is None:
        raise Invalid("session", "must have a date to be published", session.key)
    if ref:
        where = Ref.read(ref)
    else:
        course = course_of(type.ref)
        where = Ref(course, activity_of(trip, course), 0)
    capacity = UNLIMITED if session.capacity is None else min(session.capacity, UNLIMITED)
    params: dict[str, Value] = {
        "facetofaceid": where.activity,
        "sessionid": where.session,
        "capacity": max(capacity, 1),
        "closed": capacity == 0,
        "allowoverbook": session.waitlist,
        "details": Description.of(session).written(session.key),
        "duration": round((session.ends - session.starts).total_seconds() / 60),
        "allowcancellations": True,
        "dates": [{"timestart": seconds(session.starts), "timefinish": seconds(session.ends)}],
    }
    if not ref:
        params["mark"] = session_mark(session.key)
    # what is missing there, when it is not the session, is the activity it is to be in
    missing = "session" if ref else "type"
    answer = trip.call("local_innovationhub_upsert_session", params, missing=missing)
    return str(attrs.evolve(where, session=integer(answer, "sessionid")))


def read_session(trip: Trip, session: Link) -> LmsSession:
    """See `Lms.read_session`. Raises `LmsError`."""
    where = Ref.read(session.ref)
    answer = trip.call(
        "local_innovationhub_get_sessions", {"facetofaceid": where.activity}, missing="session"
    )
    for row in rows(answer, "sessions"):
        if integer(row, "sessionid") == where.session:
            return _session(session.key, row)
    raise _gone()


def withdraw_session(trip: Trip, session: Link, *, reason: str, notify: bool) -> None:
    """See `Lms.withdraw_session`. Raises `LmsError`."""
    try:
        where = Ref.read(session.ref)
        for _ in range(MOST_ROUNDS):
            answer = trip.call(
                "local_innovationhub_call_off_session",
                {"sessionid": where.session, "reason": reason, "notify": notify},
                missing="session",
            )
            if integer(answer, "left") == 0:
                return
    except LmsError as error:
        if error.kind is LmsFailure.NOT_FOUND:
            return
        raise
    said = f"more than {MOST_ROUNDS} calls would be needed to cancel everybody; the rest is for another time"
    raise LmsError(LmsFailure.TEMPORARY, "many", said)


def _session(key: str, row: Row) -> LmsSession:
    described = Description.read(text(row, "details"))
    starts = ends = None
    if row.get("datetimeknown"):
        dates = rows(row, "dates")
        starts = min((_instant(each, "timestart") for each in dates), default=None)
        ends = max((_instant(each, "timefinish") for each in dates), default=None)
    if starts is not None and ends is not None and ends <= starts:
        # mod_facetoface keeps a session that ends before it starts
        ends = None
    capacity = integer(row, "capacity")
    return LmsSession(
        key,
        described.title,
        starts,
        ends,
        venue=described.venue,
        capacity=None if capacity >= UNLIMITED else max(capacity, 0),
        waitlist=bool(row.get("allowoverbook")),
    )


def _instant(row: Row, name: str) -> datetime:
    return datetime.fromtimestamp(integer(row, name), UTC)


def _gone() -> LmsError:
    return LmsError(LmsFailure.NOT_FOUND, "session", "Moodle has no such session")
