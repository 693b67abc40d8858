"""Calls of Moodle's web services: a form by POST, time-outs, what may be asked again, and no token in any message."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping

import httpx

from innovationhub.errors import LmsError, LmsFailure
from innovationhub_moodle.address import Address
from innovationhub_moodle.failures import answer_of
from innovationhub_moodle.forms import Value, encoded
from innovationhub_moodle.token import Token, read_token

__all__ = ["PATIENCE", "Client", "Trip"]

PATIENCE = 10.0
"""How long one answer is waited for, in seconds; a copy of a course has what is left of the trip."""

LONGEST_TRIP = 50.0
"""How long all the calls of one method of `Lms` may take, in seconds: what it promises is a minute."""

LARGEST_ANSWER = 16 * 1024 * 1024

TRIES = 2
"""How often a reading is tried, and a writing that never reached the server."""

PAUSE = 0.25

READINGS = frozenset(
    {
        "core_webservice_get_site_info",
        "core_user_get_users_by_field",
        "core_user_get_users",
        "core_course_get_categories",
        "core_course_get_courses_by_field",
        "core_course_get_contents",
        "local_innovationhub_get_sessions",
        "local_innovationhub_get_signups",
    }
)
"""Functions that change nothing, and may be asked again when an answer was lost."""

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Client:
    """The connections to one Moodle. Safe to use from several threads.

    `pause` and `clock` stand for `time.sleep` and `time.monotonic`.
    """

    def __init__(
        self,
        address: Address,
        *,
        patience: float = PATIENCE,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address = address
        self.patience = patience
        self.pause = pause
        self.clock = clock
        self._http = httpx.Client(
            # the machine's own authorities, a trust's own among them
            verify=ssl.create_default_context(),
            follow_redirects=False,
            # a proxy of the environment is not for a server of this machine
            trust_env=not address.loopback,
            # shorter than servers keep an idle connection, so that none is used just as it is hung up
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=2.0),
            headers={"Accept": "application/json", "User-Agent": "innovationhub-moodle"},
        )

    def __repr__(self) -> str:
        return f"Client({self.address.site!r})"

    def trip(self) -> Trip:
        """Some calls that belong together, and end within `LONGEST_TRIP`. Raises `LmsError`."""
        return Trip(self, read_token(self.address.token_file), self.clock() + LONGEST_TRIP)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def post(
        self, token: Token, function: str, form: Mapping[str, str], patience: float
    ) -> tuple[int, str, bytes]:
        """One request. Raises httpx's errors, which hold the request and with it the token, and `_TooLarge`."""
        ends = self.clock() + patience
        ours = {"wstoken": token.reveal(), "wsfunction": function, "moodlewsrestformat": "json"}
        with self._http.stream(
            "POST", self.address.service, data={**form, **ours}, timeout=patience
        ) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise _TooLarge
                if self.clock() > ends:
                    raise httpx.ReadTimeout("the answer does not end")
            return response.status_code, response.headers.get("content-type", ""), bytes(body)


class _TooLarge(Exception):  # never leaves this module
    """An answer goes on past what is taken."""


class Trip:
    """The calls of one method of `Lms`: one token, one deadline."""

    def __init__(self, client: Client, token: Token, ends: float) -> None:
        self._client = client
        self._token = token
        self._ends = ends

    def __repr__(self) -> str:
        return f"Trip to {self._client.address.site}"

    @property
    def address(self) -> Address:
        """Where it goes."""
        return self._client.address

    def call(
        self,
        function: str,
        params: Mapping[str, Value] | None = None,
        *,
        missing: str = "record",
        patience: float | None = None,
    ) -> object:
        """What that function answers, whatever JSON it is. Raises `LmsError`.

        `missing` says what is not there when Moodle finds no record. `patience` is in seconds.
        """
        answer = self._answer(function, encoded(params or {}), missing, patience or self._client.patience)
        if isinstance(answer, LmsError):
            raise answer
        return answer

    def _answer(self, function: str, form: Mapping[str, str], missing: str, patience: float) -> object:
        """What that function answers, or the failure that its answer stands for."""
        status, content_type, body = self._sent(function, form, patience)
        return answer_of(status, content_type, body, function=function, token=self._token, missing=missing)

    def _sent(self, function: str, form: Mapping[str, str], patience: float) -> tuple[int, str, bytes]:
        failed: LmsError | None = None
        for turn in range(TRIES):
            if turn:
                self._client.pause(PAUSE)
            left = self._ends - self._client.clock()
            if left <= 0:
                raise failed or _late(function)
            again = function in READINGS
            try:
                return self._client.post(self._token, function, form, min(patience, left))
            except _NEVER_SENT as error:
                failed, again = _unreachable(error), True
            except httpx.TimeoutException:
                failed = _late(function)
            except httpx.HTTPError as error:
                failed = _unreachable(error)
            except _TooLarge:
                said = f"Moodle's answer to {function} is larger than {LARGEST_ANSWER // 1024 // 1024} MiB"
                failed, again = LmsError(LmsFailure.REFUSED, "large", said), False
            except RuntimeError:  # httpx's own word for a client that has been closed
                failed, again = (
                    LmsError(LmsFailure.TEMPORARY, "closed", "the connection has been closed"),
                    False,
                )
            if not again:
                break
        # out here, so that no error of httpx, which holds the request and in it the token, hangs on ours
        assert failed is not None  # noqa: S101  # every way out of the loop but the first has set it
        raise failed


def _late(function: str) -> LmsError:
    said = f"Moodle has not answered {function} in time; it may have been done all the same"
    return LmsError(LmsFailure.TEMPORARY, "late", said)


def _unreachable(error: httpx.HTTPError) -> LmsError:
    said = f"Moodle cannot be reached ({type(error).__name__})"
    return LmsError(LmsFailure.TEMPORARY, "unreachable", said)
