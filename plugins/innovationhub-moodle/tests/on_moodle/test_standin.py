"""The stand-in against the recordings: each recorded call is made of it, and the answers are compared.

The site is brought to where it was by hand where people had clicked, or other calls had been made, in between.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from on_moodle.recordings import Call, answer_to, calls
from on_moodle.shapes import differences
from on_moodle.standin import StandIn
from on_moodle.standin.site import MODES

TOKEN = "a-token-of-the-test"  # noqa: S105  # opens nothing
EARLY = 1795477424
NOT_PLAYED = (
    "mod_attendance_",
    "core_calendar_",
    "core_completion_",
    "core_group_",
    "mod_facetoface_create_session",
    "gradereport_user_get_grade_items",
    "enrol_manual_unenrol_users",
    "core_enrol_get_enrolled_users",
)
"""Functions that the plugin does not use, and the stand-in has not."""

VALUES = (
    "statuscode",
    "status",
    "capacity",
    "allowoverbook",
    "datetimeknown",
    "details",
    "dates",
    "promoted",
    "booked",
)
"""What of an answer is compared by value, besides its shape."""


DEPARTURES = {"dates given again, capacity 1: booked is 0, not 1"}
"""Where ours is meant to be different: with its wait-list off, our functions seat nobody from it."""


@pytest.fixture
def now() -> list[int]:
    return [EARLY]


@pytest.fixture
def stand_in(now: list[int]) -> Iterator[StandIn]:
    with StandIn(TOKEN, lambda: now[0]) as stand_in:
        stand_in.site.service -= {"core_cohort_get_cohorts"}
        yield stand_in


def asked(stand_in: StandIn, function: str, params: dict[str, str], **more: str) -> tuple[int, str, str]:
    """One call as a form, by the standard library: the plugin's own client has no part in this."""
    form = {"wstoken": TOKEN, "wsfunction": function, "moodlewsrestformat": "json", **params, **more}
    return posted(stand_in, form)


def posted(stand_in: StandIn, form: dict[str, str], content_type: str = "") -> tuple[int, str, str]:
    body = json.dumps(form) if content_type else urlencode(form)
    request = Request(  # noqa: S310  # loopback
        f"{stand_in.url}/webservice/rest/server.php",
        body.encode(),
        {"Content-Type": content_type or "application/x-www-form-urlencoded"},
    )
    try:
        with urlopen(request) as answer:  # noqa: S310  # loopback
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def people(stand_in: StandIn, session: int, *users: int) -> None:
    for user in users:
        asked(stand_in, "local_innovationhub_signup", {"sessionid": str(session), "userid": str(user)})


def arranged(stand_in: StandIn, now: list[int]) -> dict[str, Callable[[], object]]:
    """What had come about at that site before the call of each label."""
    state = stand_in.site.state

    def publishing() -> None:
        now[0] = 1795477534
        state.number.start("session", 4)

    def course_with_activity() -> None:
        state.number.start("facetoface", 2)
        state.number.start("module", 4)
        state.add_activity(state.courses[2])
        state.courses[2].fullname = "VR headset taster"

    def template() -> None:
        state.number.start("facetoface", 1)
        state.add_template()
        state.number.start("facetoface", 3)
        state.number.start("module", 7)

    def later(session: int) -> Callable[[], None]:
        return lambda: state.number.start("session", session)

    def begun() -> None:
        people(stand_in, 5, 10)
        now[0] = 1795477540

    return {
        "template course": template,
        "facetoface activity of VR course": course_with_activity,
        "BRIDGE publish session": publishing,
        "BRIDGE ERR signup after start": begun,
        "delete with a wait-list": later(126),
        "BRIDGE delete a session that has 1 booked + 2 wait-listed": lambda: people(stand_in, 126, 4, 5, 6),
        "move by a day": lambda: people(stand_in, 129, 4, 5),
        "ical": later(143),
        "edit capacity only": lambda: people(stand_in, 143, 4),
    }


def played() -> list[Call]:
    return [call for call in calls() if call.label and not call.function.startswith(NOT_PLAYED)]


def test_every_recorded_call_is_answered_alike(stand_in: StandIn, now: list[int]) -> None:
    """HTTP status, content type, shape; for errors the exception and its code; for sessions and sign-ups the values."""
    before = arranged(stand_in, now)
    done, faults = 0, []
    for call in played():
        before.get(call.label, lambda: None)()
        stand_in.site.mode = call.label if call.label in MODES else MODES[0]
        token = {"wstoken": "nobody's"} if call.label == "ERR bad token" else {}
        params = {name: _renamed(value) for name, value in call.params.items()}
        if "XML" in call.label:
            params["moodlewsrestformat"] = ""
        status, kind, text = asked(stand_in, call.function, params, **token)
        faults += [f"{call.label}: {line}" for line in unlike(call, status, kind, text)]
        done += 1
    assert set(faults) == DEPARTURES
    assert done > 60


def _renamed(value: str) -> str:
    """The staff's addresses changed their domain between the first recordings and the last."""
    for old, new in (
        ("nhs.example.invalid", "nhs.example.test"),
        ("NHS.EXAMPLE.INVALID", "NHS.EXAMPLE.TEST"),
    ):
        value = value.replace(old, new)
    return value


def unlike(call: Call, status: int, kind: str, text: str) -> list[str]:
    if (status, kind) != (call.http, call.content_type):
        return [f"HTTP {status} {kind}, not {call.http} {call.content_type}: {text[:200]}"]
    if call.answer is None and call.function != "enrol_manual_enrol_users":
        return []  # of this one only the beginning was kept
    if kind != "application/json":
        wanted = call.answer.split("<KEY", 1)[0] if "xml" in kind else call.answer
        return [] if text.startswith(wanted) else [f"the text {text[:200]!r}"]
    ours = json.loads(text)
    if call.failed or (isinstance(ours, dict) and "exception" in ours):
        pair = ("exception", "errorcode")
        wanted = {name: call.answer.get(name) for name in pair}
        return [] if {name: ours.get(name) for name in pair} == wanted else [f"{ours}, not {wanted}"]
    found = differences(call.answer, ours)
    if isinstance(ours, dict) and not found and call.function.startswith("local_"):
        found = [
            f"{name} is {ours[name]!r}, not {call.answer[name]!r}"
            for name in VALUES
            if name in call.answer and ours[name] != call.answer[name]
        ]
    return found


def test_what_is_not_a_form_is_not_read(stand_in: StandIn) -> None:
    """A JSON body counts as no token at all, as it did there."""
    form = {"wstoken": TOKEN, "wsfunction": "core_webservice_get_site_info", "moodlewsrestformat": "json"}
    _, _, text = posted(stand_in, form, "application/json")
    assert "invalidtoken" in text


def test_a_difference_in_shape_is_found() -> None:
    """The comparison bites: a key missing, one too many, another kind of value, deep in a list."""
    recorded = answer_to("BRIDGE read signups")
    assert differences(recorded, recorded) == []
    changes: list[dict[str, object]] = [
        {"capacity": None},
        {"signups": {}},
        {"more": 1},
        {"signups": [{**recorded["signups"][0], "userid": "4"}]},
    ]
    for change in changes:
        assert differences(recorded, {**recorded, **change})
    assert differences(recorded, {"signups": [], "capacity": 2})


def test_the_clock_of_the_recordings() -> None:
    """The recorded sessions are of December 2026, in seconds since 1970 in UTC."""
    dates = answer_to("BRIDGE publish session")["dates"]
    assert datetime.fromtimestamp(dates[0]["timestart"], UTC) == datetime(2026, 12, 7, 10, tzinfo=UTC)
