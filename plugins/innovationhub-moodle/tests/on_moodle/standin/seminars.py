"""mod_facetoface's seats and queue, and the functions of `local_innovationhub` over them.

The rules are those that were observed: promotion in the order of booking by the second, nobody demoted when the
capacity goes down, everybody back on the wait-list when the date is taken away, and no row that says "cancelled
session".

What is not from recordings, because our own Moodle plugin adds it (see its README): the parameters `mark` and `closed`
of `upsert_session`, `standing` of `signup`, `notify` of `cancel_signup`, the function `call_off_session`, that nobody
is promoted by these functions where the wait-list is off, and the errors `duplicatemark`, `sessionclosed`, `attended`.
"""

from __future__ import annotations

import html
import re
from typing import Any

from on_moodle.standin.core import Handler
from on_moodle.standin.errors import MoodleError, invalid_parameter, missing_record, refusal
from on_moodle.standin.params import BOOL, INT, TEXT, Many, Optional, Spec
from on_moodle.standin.state import Seminar, Signup, State

__all__ = ["LOCAL", "STATUSES", "booked", "held"]

CANCELLED, REQUESTED, WAITLISTED, BOOKED = 10, 40, 60, 70
STATUSES = {
    10: "user_cancelled",
    30: "declined",
    40: "requested",
    50: "approved",
    60: "waitlisted",
    70: "booked",
    80: "no_show",
    90: "partially_attended",
    100: "fully_attended",
}
ATTENDED = {"no_show": (80, 0), "partially_attended": (90, 50), "fully_attended": (100, 100)}
MOST = 100_000
CALLED_OFF_AT_ONCE = 50


def booked(seminar: Seminar) -> int:
    """How many hold a seat, those who have been there included."""
    return sum(signup.statuscode >= BOOKED for signup in seminar.signups)


def held(seminar: Seminar, userid: int) -> Signup | None:
    """The sign-up by which somebody is on the list, booked or waiting."""
    return next(
        (one for one in seminar.signups if one.userid == userid and one.statuscode >= REQUESTED), None
    )


def _started(seminar: Seminar, now: int) -> bool:
    return any(start and start < now for start, _ in seminar.dates)


def _move(signup: Signup, statuscode: int, now: int, *, note: str = "", grade: int | None = None) -> None:
    signup.statuscode, signup.changed, signup.note, signup.grade = statuscode, now, note, grade
    if statuscode in {WAITLISTED, BOOKED}:
        signup.queued = now


def _settle(state: State, seminar: Seminar, now: int) -> list[int]:
    """`facetoface_update_attendees`: who is promoted by it."""
    promoted: list[int] = []
    listed = [one for one in seminar.signups if one.statuscode >= WAITLISTED]
    if not seminar.dates:
        for one in listed:
            if one.statuscode == BOOKED:
                _move(one, WAITLISTED, now)
                state.mails.append((one.userid, "waitlisted"))
        return []
    for one in sorted(listed, key=lambda each: (each.queued, each.changed)):
        if booked(seminar) < seminar.capacity and one.statuscode == WAITLISTED:
            _move(one, BOOKED, now)
            state.mails.append((one.userid, "booked"))
            promoted.append(one.userid)
    return promoted


def _seminar(state: State, sessionid: int) -> Seminar:
    if sessionid not in state.seminars:
        raise refusal("unknownsession", "No such session", f"sessionid={sessionid}")
    return state.seminars[sessionid]


def _shown(seminar: Seminar) -> dict[str, Any]:
    dates = seminar.dates or [(0, 0)]
    return {
        "sessionid": seminar.id,
        "facetofaceid": seminar.facetoface,
        "capacity": seminar.capacity,
        "allowoverbook": seminar.allowoverbook,
        "datetimeknown": bool(seminar.dates),
        "duration": seminar.duration,
        "allowcancellations": seminar.allowcancellations,
        "details": seminar.details,
        "timemodified": seminar.modified,
        "booked": booked(seminar),
        "dates": [{"timestart": start, "timefinish": finish} for start, finish in dates],
    }


def _activity(state: State, facetofaceid: int) -> None:
    found = any(each.id == facetofaceid for course in state.courses.values() for each in course.activities)
    if not found:
        raise missing_record("facetoface")


def upsert_session(state: State, params: dict[str, Any], now: int) -> Any:
    """All of a session is written: what is not given becomes its default."""
    _activity(state, params["facetofaceid"])
    sessionid = params["sessionid"] or _marked(state, params["facetofaceid"], params["mark"])
    dates = [(each["timestart"], each["timefinish"]) for each in params["dates"]]
    values: dict[str, Any] = {
        "capacity": 0 if params["closed"] else min(max(params["capacity"], 1), MOST),
        "allowoverbook": bool(params["allowoverbook"]),
        "details": params["details"],
        "duration": params["duration"],
        "allowcancellations": bool(params["allowcancellations"]),
        "dates": dates,
        "modified": now,
    }
    if sessionid:
        seminar = _seminar(state, sessionid)
        if seminar.facetoface != params["facetofaceid"]:
            raise refusal("unknownsession", "No such session", f"sessionid={seminar.id}")
        for name, value in values.items():
            setattr(seminar, name, value)
        if seminar.allowoverbook or not dates:
            _settle(state, seminar, now)
    else:
        seminar = Seminar(id=state.number("session"), facetoface=params["facetofaceid"], **values)
        state.seminars[seminar.id] = seminar
    return _shown(seminar)


def _marked(state: State, facetofaceid: int, mark: str) -> int:
    """The session whose details carry that mark, as a whole word; 0 when none does."""
    if not mark:
        return 0
    found = [
        each.id
        for each in state.seminars.values()
        if each.facetoface == facetofaceid
        and mark in re.split(r"\s+", html.unescape(re.sub(r"<[^>]*>", " ", each.details)))
    ]
    if len(found) > 1:
        raise refusal("duplicatemark", "Several sessions carry this mark")
    return found[0] if found else 0


def get_sessions(state: State, params: dict[str, Any], now: int) -> Any:
    _activity(state, params["facetofaceid"])
    found = [each for each in state.seminars.values() if each.facetoface == params["facetofaceid"]]
    found.sort(key=lambda each: (bool(each.dates), min(each.dates, default=(0, 0))[0]))
    return {"sessions": [_shown(each) for each in found]}


def delete_session(state: State, params: dict[str, Any], now: int) -> Any:
    seminar = _seminar(state, params["sessionid"])
    for signup in seminar.signups:
        if signup.statuscode >= REQUESTED:
            state.mails.append((signup.userid, "cancelled"))
    del state.seminars[seminar.id]
    return {"deleted": True}


def sign_up(state: State, params: dict[str, Any], now: int) -> Any:
    seminar = _seminar(state, params["sessionid"])
    if params["userid"] not in state.users:
        raise missing_record("user")
    standing = params["standing"]
    if standing not in {"", "booked", "waitlisted"}:
        raise invalid_parameter("standing => one of booked, waitlisted, or empty")
    now_held = held(seminar, params["userid"])
    free = bool(seminar.dates) and booked(seminar) < seminar.capacity
    moves_up = standing == "booked" and now_held is not None and now_held.statuscode == WAITLISTED
    if now_held and not (moves_up and (free or not seminar.allowoverbook)):
        raise refusal("alreadysignedup", "The user already has an active sign-up for this session")
    if _started(seminar, now):
        raise refusal("sessionstarted", "The session has already started")
    if seminar.capacity == 0:
        raise refusal("sessionclosed", "The session is closed for sign-ups")
    if standing == "waitlisted":
        free = False
    elif not free and not seminar.allowoverbook:
        raise refusal("sessionfull", "The session is full and has no wait-list")
    signup = next((one for one in seminar.signups if one.userid == params["userid"]), None)
    if signup is None:
        signup = Signup(state.number("signup"), params["userid"], 0, now, now)
        seminar.signups.append(signup)
    _move(signup, BOOKED if free else WAITLISTED, now)
    if params["notify"]:
        state.mails.append((signup.userid, STATUSES[signup.statuscode]))
    return {
        "signupid": signup.id,
        "statuscode": signup.statuscode,
        "status": STATUSES[signup.statuscode],
    }


def cancel_signup(state: State, params: dict[str, Any], now: int) -> Any:
    seminar = _seminar(state, params["sessionid"])
    signup = held(seminar, params["userid"])
    if signup is None:
        raise refusal("notsignedup", "The user has no active sign-up for this session")
    if signup.statuscode > BOOKED:
        raise refusal("attended", "Attendance has been recorded for this user")
    if _started(seminar, now):
        why = "You cannot cancel an event that has already occurred."
        raise refusal("sessionstarted", "The session has already started", why)
    _move(signup, CANCELLED, now, note=params["reason"])
    if params["notify"]:
        state.mails.append((signup.userid, "cancelled"))
    return {"cancelled": True, "promoted": _settle(state, seminar, now) if seminar.allowoverbook else []}


def call_off_session(state: State, params: dict[str, Any], now: int) -> Any:
    """Closed to everybody, and so many cancelled at once, started or not; nobody is promoted."""
    seminar = _seminar(state, params["sessionid"])
    seminar.capacity, seminar.allowoverbook, seminar.modified = 0, False, now
    if "ih-calledoff" not in seminar.details:
        seminar.details = f'<p class="ih-calledoff">Called off</p>\n{seminar.details}'
    meant = [one for one in seminar.signups if REQUESTED <= one.statuscode <= BOOKED]
    for one in meant[:CALLED_OFF_AT_ONCE]:
        _move(one, CANCELLED, now, note=params["reason"])
        if params["notify"]:
            state.mails.append((one.userid, "cancelled"))
    return {"cancelled": len(meant[:CALLED_OFF_AT_ONCE]), "left": len(meant[CALLED_OFF_AT_ONCE:])}


def get_signups(state: State, params: dict[str, Any], now: int) -> Any:
    seminar = _seminar(state, params["sessionid"])
    rows = [
        {
            "signupid": one.id,
            "userid": one.userid,
            "email": state.users[one.userid].email,
            "idnumber": state.users[one.userid].idnumber,
            "statuscode": one.statuscode,
            "status": STATUSES[one.statuscode],
            "timecreated": one.changed,
            "note": one.note,
            "grade": one.grade,
        }
        for one in sorted(seminar.signups, key=lambda each: (each.changed, each.id))
        if one.changed >= params["since"]
    ]
    return {"signups": rows, "capacity": seminar.capacity, "booked": booked(seminar)}


def take_attendance(state: State, params: dict[str, Any], now: int) -> Any:
    seminar = _seminar(state, params["sessionid"])
    for given in params["attendance"]:
        if given["status"] not in ATTENDED:
            raise invalid_parameter(f"attendance => status => {given['status']}")
    if seminar.dates and not _started(seminar, now):
        return {"saved": False, "warnings": []}
    warnings = []
    for given in params["attendance"]:
        signup = held(seminar, given["userid"])
        if signup is None or signup.statuscode < BOOKED:
            warnings.append(
                {
                    "item": "user",
                    "itemid": given["userid"],
                    "warningcode": "notbooked",
                    "message": "No booked sign-up",
                }
            )
            continue
        code, grade = ATTENDED[given["status"]]
        _move(signup, code, now, grade=grade)
    return {"saved": True, "warnings": warnings}


def cannot_lock() -> MoodleError:
    """What every function that writes answers when the lock cannot be had in time."""
    return refusal("cannotlock", "The session is being changed by somebody else; try again")


DATES: Spec = Many({"timestart": INT, "timefinish": INT})

LOCAL: dict[str, tuple[Spec, Handler]] = {
    "local_innovationhub_upsert_session": (
        {
            "facetofaceid": INT,
            "sessionid": Optional(INT, 0),
            "capacity": INT,
            "allowoverbook": Optional(BOOL, False),
            "details": Optional(TEXT, ""),
            "duration": Optional(INT, 0),
            "allowcancellations": Optional(BOOL, True),
            "dates": Optional(DATES, []),
            "mark": Optional(TEXT, ""),
            "closed": Optional(BOOL, False),
        },
        upsert_session,
    ),
    "local_innovationhub_get_sessions": ({"facetofaceid": INT}, get_sessions),
    "local_innovationhub_delete_session": ({"sessionid": INT}, delete_session),
    "local_innovationhub_signup": (
        {
            "sessionid": INT,
            "userid": INT,
            "notify": Optional(BOOL, True),
            "standing": Optional(TEXT, ""),
        },
        sign_up,
    ),
    "local_innovationhub_cancel_signup": (
        {
            "sessionid": INT,
            "userid": INT,
            "reason": Optional(TEXT, ""),
            "notify": Optional(BOOL, True),
        },
        cancel_signup,
    ),
    "local_innovationhub_call_off_session": (
        {"sessionid": INT, "reason": Optional(TEXT, ""), "notify": Optional(BOOL, True)},
        call_off_session,
    ),
    "local_innovationhub_get_signups": ({"sessionid": INT, "since": Optional(INT, 0)}, get_signups),
    "local_innovationhub_take_attendance": (
        {"sessionid": INT, "attendance": Many({"userid": INT, "status": TEXT})},
        take_attendance,
    ),
}
"""Each function with the description of its parameters."""
