"""M6: an error in a 200, an empty body, HTML, XML are told apart: each kind of bad answer says what to do about it."""

from __future__ import annotations

import json

import pytest

from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import Ability, LmsType
from innovationhub_moodle.failures import answer_of
from innovationhub_moodle.moodle import KEPT, Moodle
from innovationhub_moodle.token import Token
from on_moodle.conftest import MakeMoodle
from on_moodle.recordings import calls
from on_moodle.standin import Fault, StandIn
from on_moodle.standin.site import MODES

SECRET = "5ecre7t0ken"  # noqa: S105  # opens nothing
INFO = "core_webservice_get_site_info"
CONFIGURATION, REFUSED, NOT_FOUND, DUPLICATE, TEMPORARY = (
    LmsFailure.CONFIGURATION,
    LmsFailure.REFUSED,
    LmsFailure.NOT_FOUND,
    LmsFailure.DUPLICATE,
    LmsFailure.TEMPORARY,
)

RECORDED = {
    "ERR bad token": (CONFIGURATION, "token"),
    "ERR unknown function": (CONFIGURATION, "function"),
    "ERR function not in the service": (CONFIGURATION, "access"),
    "CORE grade of the attendee": (CONFIGURATION, "permission"),
    "token expired": (CONFIGURATION, "access"),
    "wrong IP": (CONFIGURATION, "access"),
    "service disabled": (CONFIGURATION, "access"),
    "service account suspended": (CONFIGURATION, "account"),
    "web services switched off": (CONFIGURATION, "service"),
    "REST protocol switched off": (CONFIGURATION, "service"),
    "no moodlewsrestformat: XML": (CONFIGURATION, "address"),
    "ERR missing param": (REFUSED, "parameter"),
    "ERR field not allowed": (REFUSED, "codingerror"),
    "CORE course completion": (REFUSED, "nocriteriaset"),
    "BRIDGE ERR signup after start": (REFUSED, "started"),
    "BRIDGE ERR cancel after start": (REFUSED, "started"),
    "BRIDGE ERR no such session": (NOT_FOUND, "session"),
    "ERR delete it again": (NOT_FOUND, "thing"),
    "ERR enrol unknown user": (NOT_FOUND, "account"),
    "ERR enrol batch with one bad (all or nothing?)": (NOT_FOUND, "thing"),
    "ERR member not enrolled": (REFUSED, "parameter"),
    "ERR create course again": (DUPLICATE, "type"),
    "ERR same idnumber": (DUPLICATE, "type"),
    "ERR duplicate again": (DUPLICATE, "type"),
    "ERR create category again": (DUPLICATE, "category"),
    "BRIDGE ERR signup twice": (DUPLICATE, "sign-up"),
    "maintenance mode": (TEMPORARY, "maintenance"),
    "CLI maintenance mode (upgrade)": (TEMPORARY, "maintenance"),
    "database down": (TEMPORARY, "database"),
    "UPSTREAM create_session with a custom field (bug)": (TEMPORARY, "database"),
}
"""Every kind of failure that was recorded, and what it is to us."""


def told(status: int, content_type: str, body: bytes, function: str = "f") -> LmsError:
    error = answer_of(status, content_type, body, function=function, token=Token(SECRET), missing="thing")
    assert isinstance(error, LmsError)
    return error


@pytest.mark.parametrize("label", RECORDED)
def test_recorded_failures_are_told_apart(label: str) -> None:
    """By what to do about them; nothing of Moodle's SQL gets into the message."""
    call = next(call for call in calls() if call.label == label)
    body = call.answer if isinstance(call.answer, str) else json.dumps(call.answer)
    error = told(call.http, call.content_type, body.encode(), call.function)
    assert (error.kind, error.reason) == RECORDED[label]
    assert "SELECT" not in error.message
    assert "INSERT" not in error.message


def test_no_recorded_failure_is_left_out() -> None:
    """The table above has each of them."""
    failed = {call.label for call in calls() if call.failed or call.http != 200 or "xml" in call.content_type}
    assert failed == RECORDED.keys()


@pytest.mark.parametrize(
    ("status", "content_type", "body", "kind", "reason"),
    [
        (200, "application/json", b"", TEMPORARY, "empty"),
        (200, "text/html", b" \n", TEMPORARY, "empty"),
        (200, "application/json", b'{"cut', TEMPORARY, "garbled"),
        (200, "text/html; charset=utf-8", b"<html>Log in</html>", CONFIGURATION, "address"),
        (200, "text/plain", b"hello", CONFIGURATION, "address"),
        (301, "text/html", b"", CONFIGURATION, "address"),
        (401, "text/html", b"", CONFIGURATION, "address"),
        (404, "text/html", b"<html>", CONFIGURATION, "address"),
        (429, "text/html", b"", TEMPORARY, "unavailable"),
        (500, "text/html", b"<html>", TEMPORARY, "unavailable"),
        (502, "text/html", b"<html>", TEMPORARY, "unavailable"),
        (504, "text/html", b"<html>", TEMPORARY, "unavailable"),
    ],
)
def test_what_is_not_moodles_word_is_told_apart_too(
    status: int, content_type: str, body: bytes, kind: LmsFailure, reason: str
) -> None:
    """What PHP, a proxy or another server answers in Moodle's place."""
    error = told(status, content_type, body)
    assert (error.kind, error.reason) == (kind, reason)


@pytest.mark.parametrize("code", ["cannotlock", "upgraderunning", "dmlreadexception"])
def test_what_passes_is_temporary(code: str) -> None:
    """Codes that were not recorded, of the same kind as those that were."""
    body = json.dumps({"exception": "x", "errorcode": code, "message": "m"}).encode()
    assert told(200, "application/json", body).kind is TEMPORARY


@pytest.mark.parametrize("answer", [None, [], 0, {}, {"warnings": []}, {"exception": "in a field of data"}])
def test_what_is_no_failure_is_taken_as_it_is(answer: object) -> None:
    """Nothing, an empty list, a bare 0: they are all that some functions answer."""
    body = json.dumps(answer).encode()
    got = answer_of(200, "application/json", body, function="f", token=Token(SECRET), missing="thing")
    assert got == answer


def test_the_other_form_of_an_error_is_known() -> None:
    """`login/token.php` says `error` where the others say `exception`."""
    body = json.dumps({"error": "Invalid login", "errorcode": "invalidlogin"}).encode()
    assert told(200, "application/json", body).reason == "invalidlogin"


def test_no_answer_brings_the_token_or_a_name_into_a_message() -> None:
    """Not where Moodle repeats the token, nor where an unknown error tells of somebody."""
    for code in ("invalidtoken", "nopermissions", "wsaccessuserexpired", f"odd{SECRET}", "x y"):
        body = {
            "exception": "moodle_exception",
            "errorcode": code,
            "message": f"{SECRET} of ada.obi@nhs.example",
            "debuginfo": f"SELECT {SECRET}",
        }
        error = told(200, "application/json", json.dumps(body).encode())
        assert SECRET not in f"{error} {error!r} {error.reason}"
        if error.kind is not CONFIGURATION:
            assert "ada.obi" not in str(error)


def test_a_site_that_is_not_itself_is_told_apart(stand_in: StandIn, moodle: Moodle) -> None:
    """The same on the wire: what the whole plugin makes of each state of the site."""
    for mode in MODES[1:]:
        stand_in.site.mode = mode
        with pytest.raises(LmsError) as raised:
            moodle.publish_type(LmsType("cqi", "CQI"))
        assert (raised.value.kind, raised.value.reason) == RECORDED[mode]
    stand_in.site.mode = MODES[0]
    assert moodle.publish_type(LmsType("cqi", "CQI"))


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((200, "application/json", b""), TEMPORARY),
        ((200, "text/html", b"<html>Discovery: log in</html>"), CONFIGURATION),
        ((200, "application/xml", b"<?xml version='1.0'?><EXCEPTION/>"), CONFIGURATION),
        ((302, "text/html", b"https://elsewhere.example/"), CONFIGURATION),
    ],
)
def test_other_bodies_are_told_apart_on_the_wire(
    stand_in: StandIn, moodle: Moodle, reply: tuple[int, str, bytes], kind: LmsFailure
) -> None:
    """And after them all is well again: nothing of the kind is remembered. A redirect is not followed."""
    stand_in.once(INFO, Fault(reply=reply))
    with pytest.raises(LmsError) as raised:
        moodle.abilities()
    assert raised.value.kind is kind
    assert Ability.PUSH in moodle.abilities()


def test_a_function_taken_out_of_the_service_is_no_ability(
    stand_in: StandIn, make_moodle: MakeMoodle
) -> None:
    """A hub asks before every call, so it is asked of Moodle once a minute: then it is seen, and seen to be back."""
    now = [0.0]
    moodle = make_moodle(clock=lambda: now[0])
    for there in (True, False, True):
        change = set.add if there else set.discard
        change(stand_in.site.service, "local_innovationhub_signup")
        for _ in range(3):
            assert (Ability.PUSH in moodle.abilities()) is there
        now[0] += KEPT
    assert stand_in.count(INFO) == 3


def test_an_older_plugin_of_ours_counts_as_none(stand_in: StandIn, moodle: Moodle) -> None:
    """It would take calls that it does not understand."""
    stand_in.site.plugin_version = "2026112300"
    assert moodle.abilities() == {Ability.FIND_PEOPLE, Ability.PUBLISH_TYPES}
