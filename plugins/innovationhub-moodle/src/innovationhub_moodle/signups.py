"""Sign-ups of one session: read in pages, made, cancelled, and what became of them.

Moodle knows when a sign-up came to stand as it does in whole seconds, and a change is seen a moment after the second
it carries. So a cursor holds a second, and goes on from some time before the last change that was seen: what changed
within that time is told again, and nothing is missed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import attrs

from innovationhub.errors import Invalid, LmsError, LmsFailure
from innovationhub.protocols.lms import (
    MOST_SIGNUPS,
    Link,
    LmsPerson,
    SignUp,
    SignUpPage,
    SignUpStatus,
)
from innovationhub_moodle.client import Trip
from innovationhub_moodle.reading import Row, integer, rows, text
from innovationhub_moodle.sessions import Ref

__all__ = ["OVERLAP", "attend", "cancel", "sign_up", "sign_ups"]

OVERLAP = 120
"""By how many seconds a cursor goes back behind the last change that was seen."""

STATUSES: Mapping[int, SignUpStatus] = {
    10: SignUpStatus.CANCELLED,
    20: SignUpStatus.CANCELLED,
    30: SignUpStatus.DECLINED,
    40: SignUpStatus.REQUESTED,
    # approved, and on the way to booked or wait-listed
    50: SignUpStatus.REQUESTED,
    60: SignUpStatus.WAITLISTED,
    70: SignUpStatus.BOOKED,
    80: SignUpStatus.ABSENT,
    90: SignUpStatus.PARTLY,
    100: SignUpStatus.ATTENDED,
}
"""mod_facetoface's status codes, in our words."""

ATTENDED: Mapping[SignUpStatus, str] = {
    SignUpStatus.ABSENT: "no_show",
    SignUpStatus.PARTLY: "partially_attended",
    SignUpStatus.ATTENDED: "fully_attended",
}

_CURSOR = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,12})\.([0-9]{1,12})\.([0-9]{1,18}))?\Z")


@attrs.frozen
class Cursor:
    """Where a pass over the changes begins, and within one, where it has got to.

    `since` is the second from which changes are asked for, `next` the one for the pass after this; `after` is the
    second and the number of the last sign-up that was told of in this one.
    """

    since: int = 0
    next: int = 0
    after: tuple[int, int] = (-1, -1)

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """What a cursor says. Raises `LmsError`, `refused`."""
        found = _CURSOR.match(cursor or "0")
        if found is None:
            said = "that cursor is none that this plugin gave: begin again"
            raise LmsError(LmsFailure.REFUSED, "cursor", said)
        since, following, second, number = found.groups()
        if following is None:
            return cls(int(since))
        return cls(int(since), int(following), (int(second), int(number)))

    @property
    def midway(self) -> bool:
        """Whether a pass has been begun and is not over."""
        return self.after != (-1, -1)

    def __str__(self) -> str:
        if not self.midway:
            return str(self.since)
        return f"{self.since}.{self.next}.{self.after[0]}.{self.after[1]}"


def sign_ups(trip: Trip, session: Link, cursor: str, limit: int) -> SignUpPage:
    """See `Lms.sign_ups`. Raises `LmsError`, and `Invalid` for a limit."""
    if not 1 <= limit <= MOST_SIGNUPS:
        raise Invalid("limit", f"must be from 1 to {MOST_SIGNUPS}; got {limit!r}", limit)
    at = Cursor.read(cursor)
    ordered = sorted(_read(trip, Ref.read(session.ref), since=at.since), key=_place)
    latest = _place(ordered[-1])[0] if ordered else 0
    following = at.next if at.midway else max(at.since, latest - OVERLAP)
    ahead = [row for row in ordered if _place(row) > at.after]
    page, more = ahead[:limit], len(ahead) > limit
    then = Cursor(at.since, following, _place(page[-1])) if more else Cursor(following)
    return SignUpPage(tuple(_signup(row) for row in page), str(then), more)


def sign_up(trip: Trip, session: Link, account: str, *, waitlisted: bool, notify: bool) -> SignUp:
    """See `Lms.sign_up`: enrolled in the course first, then signed up, then read back. Raises `LmsError`."""
    where, user = Ref.read(session.ref), _user(account)
    enrolment = {"roleid": trip.address.role, "userid": user, "courseid": where.course}
    trip.call("enrol_manual_enrol_users", {"enrolments": [enrolment]}, missing="session")
    try:
        trip.call(
            "local_innovationhub_signup",
            {
                "sessionid": where.session,
                "userid": user,
                "notify": notify,
                "standing": "waitlisted" if waitlisted else "booked",
            },
            missing="account",
        )
    except LmsError as error:
        # signed up already, perhaps by a call of ours whose answer was lost: how it stands is read
        if error.kind is not LmsFailure.DUPLICATE:
            raise
    for row in _read(trip, where):
        if integer(row, "userid") == user:
            return _signup(row)
    said = "Moodle has signed somebody up, and does not know of it"
    raise LmsError(LmsFailure.TEMPORARY, "lost", said)


def cancel(trip: Trip, session: Link, account: str, *, reason: str, notify: bool) -> None:
    """See `Lms.cancel`. Raises `LmsError`."""
    where = Ref.read(session.ref)
    try:
        trip.call(
            "local_innovationhub_cancel_signup",
            {"sessionid": where.session, "userid": _user(account), "reason": reason, "notify": notify},
            missing="session",
        )
    except LmsError as error:
        nothing_to_cancel = error.kind is LmsFailure.NOT_FOUND and error.reason in {"sign-up", "account"}
        if not nothing_to_cancel:
            raise


def attend(trip: Trip, session: Link, account: str, status: SignUpStatus) -> None:
    """See `Lms.attend`. Raises `LmsError`, and `Invalid` for a status that is no attendance."""
    if status not in ATTENDED:
        raise Invalid("status", f"must say how somebody attended; got {status!r}", status)
    where = Ref.read(session.ref)
    answer = trip.call(
        "local_innovationhub_take_attendance",
        {"sessionid": where.session, "attendance": [{"userid": _user(account), "status": ATTENDED[status]}]},
        missing="session",
    )
    saved = answer.get("saved") if isinstance(answer, dict) else None
    if not saved:
        said = "Moodle takes no attendance before a session has started"
        raise LmsError(LmsFailure.REFUSED, "not-started", said)
    if rows(answer, "warnings"):
        said = "Moodle has nobody booked on that session under that account"
        raise LmsError(LmsFailure.NOT_FOUND, "account", said)


def _read(trip: Trip, where: Ref, *, since: int = 0) -> list[Row]:
    params = {"sessionid": where.session, "since": since}
    return rows(trip.call("local_innovationhub_get_signups", params, missing="session"), "signups")


def _place(row: Row) -> tuple[int, int]:
    """Where a sign-up stands in the order of changes."""
    return integer(row, "timecreated"), integer(row, "signupid")


def _signup(row: Row) -> SignUp:
    code = integer(row, "statuscode")
    if code not in STATUSES:
        said = f"Moodle has a sign-up of status {code}, which is not known here"
        raise LmsError(LmsFailure.CONFIGURATION, "status", said)
    person = LmsPerson(str(integer(row, "userid")), text(row, "idnumber"), text(row, "email"))
    at = datetime.fromtimestamp(integer(row, "timecreated"), UTC)
    return SignUp(str(integer(row, "signupid")), person, STATUSES[code], at)


def _user(account: str) -> int:
    if not (account.isascii() and account.isdigit() and len(account) < 19):
        raise LmsError(LmsFailure.NOT_FOUND, "account", "Moodle has no such account")
    return int(account)
