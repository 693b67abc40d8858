"""What Moodle's answers mean when they are not what was asked for.

Moodle answers nearly everything with HTTP 200; a failure is an object with `exception` and `errorcode`. What it says
about it (`message`, `debuginfo`) may hold names, addresses and SQL, so our sentences are our own; only where a person
must see to the set-up is its message passed on, with the token taken out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from innovationhub.errors import LmsError, LmsFailure
from innovationhub_moodle.token import Token

__all__ = ["answer_of", "failure", "warned"]

_CONFIGURATION = LmsFailure.CONFIGURATION
_REFUSED = LmsFailure.REFUSED
_NOT_FOUND = LmsFailure.NOT_FOUND
_DUPLICATE = LmsFailure.DUPLICATE
_TEMPORARY = LmsFailure.TEMPORARY

CODES: Mapping[str, tuple[LmsFailure, str, str]] = {
    "invalidtoken": (_CONFIGURATION, "token", "does not know the token, or it has expired and was deleted"),
    "accessexception": (_CONFIGURATION, "access", "does not let the token call this"),
    "nopermissions": (_CONFIGURATION, "permission", "says that the service account lacks a permission"),
    "requireloginerror": (
        _CONFIGURATION,
        "permission",
        "says that the service account cannot see that course",
    ),
    "wsnoinstance": (_CONFIGURATION, "enrolment", "says that the course has no manual enrolment"),
    "invalidparameter": (_REFUSED, "parameter", "does not take what was sent: versions that do not fit"),
    "sessionfull": (_REFUSED, "full", "says that the session is full"),
    "sessionstarted": (_REFUSED, "started", "says that the session has started"),
    "sessionclosed": (_REFUSED, "closed", "says that the session is closed for sign-ups"),
    "attended": (_REFUSED, "attended", "has recorded their attendance"),
    "unknownsession": (_NOT_FOUND, "session", "has no such session"),
    "notsignedup": (_NOT_FOUND, "sign-up", "has no such sign-up"),
    "unknowncourseidnumber": (_NOT_FOUND, "type", "has no such course"),
    "alreadysignedup": (_DUPLICATE, "sign-up", "has that sign-up already"),
    "duplicatemark": (_DUPLICATE, "session", "has two sessions that carry the same mark"),
    "shortnametaken": (_DUPLICATE, "type", "has a course of that short name"),
    "courseidnumbertaken": (_DUPLICATE, "type", "has a course of that ID number"),
    "categoryidnumbertaken": (_DUPLICATE, "category", "has a category of that ID number"),
    "sitemaintenance": (_TEMPORARY, "maintenance", "is under maintenance"),
    "upgraderunning": (_TEMPORARY, "maintenance", "is being upgraded"),
    "cannotlock": (_TEMPORARY, "busy", "is changing the same session for somebody else"),
    "dbconnectionfailed": (_TEMPORARY, "database", "has lost its database"),
}
"""What the known error codes mean."""

_WORD = re.compile(r"[A-Za-z0-9_:/.\-]{1,60}\Z")
_LONGEST_SAYING = 200


def answer_of(
    status: int, content_type: str, body: bytes, *, function: str, token: Token, missing: str
) -> object:
    """What a response holds: a value, or the `LmsError` that it stands for, whatever its form.

    It is returned and not raised, so that no stack of it holds the body. `missing` says what it is that is not there
    when Moodle finds no record: a session, a type, an account.
    """
    if status != 200:
        return _by_status(status)
    kind = content_type.partition(";")[0].strip().lower()
    if not body.strip():
        return _error(_TEMPORARY, "empty", "answered nothing, as PHP does that died on the way")
    if kind != "application/json":
        what = "XML" if kind.endswith("xml") else "a web page" if kind == "text/html" else "no JSON"
        said = f"answered {what}: it is no Moodle, or something in between takes parts of a call away"
        return _error(_CONFIGURATION, "address", said)
    try:
        answer: object = json.loads(body)
    except ValueError:
        return _error(_TEMPORARY, "garbled", "answered what is no JSON, though it says so")
    if isinstance(answer, dict) and "errorcode" in answer and ("exception" in answer or "error" in answer):
        return failure(answer, function=function, token=token, missing=missing)
    return answer


def failure(answer: Mapping[str, object], *, function: str, token: Token, missing: str) -> LmsError:
    """The failure that an answer with an error code stands for."""
    code = str(answer["errorcode"])
    message = str(answer.get("message", ""))
    if code == "invalidrecord":
        if "external_functions" in message:
            return _error(
                _CONFIGURATION,
                "function",
                f"has no function {function}: is local_innovationhub there, and new?",
            )
        return _error(_NOT_FOUND, missing, f"has no such {missing}")
    if function.startswith("enrol_"):
        # who, and where: of these two it speaks in words of its own
        if code == "codingerror":
            return _error(_NOT_FOUND, "account", "has no such account")
        if code == "invalidparameter":
            return _error(_NOT_FOUND, missing, f"has no such {missing}: its course is gone")
    if code.startswith("wsaccessuser"):
        return _error(_CONFIGURATION, "account", _with("has closed the service account", message, token))
    if code.startswith("dml"):
        return _error(_TEMPORARY, "database", "could not write to its database or read from it")
    known = CODES.get(code)
    if known is None:
        word = code if _WORD.match(token.redacted(code)) else "unknown"
        return _error(_REFUSED, word, f"answered {function} with an error that has no known meaning")
    kind, reason, said = known
    if kind is _CONFIGURATION:
        said = _with(f"{said}: {function}", message, token)
    return _error(kind, reason, said)


def warned(answer: object, *, missing: str) -> LmsError | None:
    """The failure behind the first of an answer's warnings, None when it has none."""
    warnings = answer.get("warnings") if isinstance(answer, dict) else None
    if not warnings:
        return None
    code = str(warnings[0].get("warningcode", ""))
    said = {"errorcode": code, "message": ""}
    return failure(said, function="it", token=Token("\0"), missing=missing)


def _by_status(status: int) -> LmsError:
    if status in {408, 429} or status >= 500:
        return _error(
            _TEMPORARY, "maintenance" if status == 503 else "unavailable", f"answered with HTTP {status}"
        )
    if status == 403:
        said = "answered with HTTP 403: its web services, or their REST protocol, are switched off"
        return _error(_CONFIGURATION, "service", said)
    if 300 <= status < 400:
        said = f"answered with HTTP {status}: it has moved, and a token is not sent on; correct the address"
        return _error(_CONFIGURATION, "address", said)
    return _error(
        _CONFIGURATION, "address", f"answered with HTTP {status}: no web services are at that address"
    )


def _with(said: str, message: str, token: Token) -> str:
    """Our sentence, and Moodle's."""
    shown = token.redacted(message)
    shown = re.sub(r"\s+", " ", shown).strip()[:_LONGEST_SAYING]
    return f"{said} ({shown})" if shown else said


def _error(kind: LmsFailure, reason: str, said: str) -> LmsError:
    return LmsError(kind, reason, f"Moodle {said}")
