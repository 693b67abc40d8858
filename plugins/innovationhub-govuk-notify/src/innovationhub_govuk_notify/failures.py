"""What an error of Notify's client means for a message: later, never, or nobody can be reached.

By the status and the class of the error, as Notify's documentation asks: sentences may change. They are used for words
in `why`, and where a change would do no harm.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus

import attrs
import urllib3.exceptions
from notifications_python_client.errors import APIError, InvalidResponse

from innovationhub.protocols.channel import Later, Never

__all__ = ["Failure", "failure_of"]

RATE_WAIT = timedelta(minutes=1)
"""The limit of messages is for a minute, and rolls (3,000 unless Notify agreed on another)."""

OF_RECIPIENT = frozenset(
    {"ValidationError", "InvalidEmailError", "InvalidPhoneError", "InvalidRecipientError"}
)
"""Classes of a 400 that are about the address or number: everything else that is validated is checked by us before."""

OUT_OF_REACH = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Statuses that every message would be answered with: the key, the clock, the address of Notify, a limit."""

TOO_LONG = "the message is too long"
INTERNATIONAL = "international numbers"

WORDS: Mapping[str, str] = {
    "international": INTERNATIONAL,  # first: it stands in sentences about other things
    "template not found": "the template is not there",
    "template has been deleted": "the template was deleted",
    "is not suitable for": "the template is of the other kind",
    "missing personalisation": "the template has a field that no value is given for",
    "message is too long": TOO_LONG,
    "message is empty": "the message is empty",
    "trial mode": "the service is in trial mode",
    "team-only": "the key is for the team and its guest list",
    "not allowed to send": "the service may not send this kind of message",
    "does not exist in database": "the id of the reply-to address or sender is not this service's",
    "system clock": "this machine's clock is wrong",
    "api key not found": "the API key is not known",
    "api key revoked": "the API key was revoked",
    "service is archived": "the service was archived",
    "exceeded rate limit": "the limit of a minute",
    "exceeded send limits": "the limit of today",
}
"""Signs in Notify's sentences, and what to tell the hub's team."""

_NAME = re.compile(r"[A-Za-z]{1,40}\Z")

_NEVER_LEFT = (
    urllib3.exceptions.ConnectTimeoutError,  # a refused connection and a name that is none are of its kind
    urllib3.exceptions.ProxyError,
    ssl.SSLCertVerificationError,
)
"""What stands behind an error when the request certainly did not reach Notify."""

MOST_CAUSES = 10


@attrs.frozen
class Failure:
    """What a failed request means. `sure` says whether the request certainly had no effect."""

    outcome: Later | Never
    sure: bool


def failure_of(error: APIError, now: datetime) -> Failure:
    """What an error of the client means for the message that it was about; `now` is an instant in UTC."""
    if isinstance(error, InvalidResponse):
        return Failure(Later(f"{error.status_code}: what answers is not Notify"), sure=False)
    if error.response is None:
        never_left = any(isinstance(each, _NEVER_LEFT) for each in _causes(error))
        name = type(error.__cause__).__name__
        return Failure(Later(f"no answer: {name}", down=never_left), sure=never_left)
    status = error.status_code
    names, words = _said(error)
    why = " ".join(filter(None, (str(status), *names))) + (f": {words}" if words else "")
    if status == HTTPStatus.BAD_REQUEST:
        final = bool(OF_RECIPIENT.intersection(names)) or words == TOO_LONG
        return Failure(Never(why) if final else Later(why), sure=True)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Failure(_limited(why, names, words, now), sure=True)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Failure(Later(why), sure=False)
    down = status in OUT_OF_REACH or status < HTTPStatus.BAD_REQUEST
    return Failure(Later(why, down=down), sure=True)


def _limited(why: str, names: tuple[str, ...], words: str, now: datetime) -> Later:
    """A limit: of a minute, or of today, which ends at midnight UTC. That of foreign numbers holds up no others."""
    if "TooManyRequestsError" not in names:
        return Later(why, wait=RATE_WAIT, down=True)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return Later(why, wait=midnight - now + RATE_WAIT, down=words != INTERNATIONAL)


def _said(error: APIError) -> tuple[tuple[str, ...], str]:
    """The classes of error that Notify names, and our own words for its sentence.

    Its sentences are not shown: those about validation may repeat what they are about.
    """
    said = error.message
    errors = [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    names = tuple(
        dict.fromkeys(str(each.get("error")) for each in errors[:5] if _NAME.match(str(each.get("error"))))
    )
    sentences = " ".join(str(each.get("message")) for each in errors[:5]).casefold()
    return names, next((words for sign, words in WORDS.items() if sign in sentences), "")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors behind an error, each raised while the next was dealt with."""
    each: BaseException | None = error
    for _ in range(MOST_CAUSES):
        each = None if each is None else each.__cause__ or each.__context__
        if each is None:
            return
        yield each
