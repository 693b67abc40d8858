"""Calls: what is asked again and what is not, how long anything takes, and that the token is seen nowhere."""

from __future__ import annotations

import io
import logging
import socket
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from innovationhub.errors import LmsError, LmsFailure
from innovationhub.protocols.lms import Ability, LmsType
from innovationhub_moodle.address import parse_address
from innovationhub_moodle.client import LARGEST_ANSWER, LONGEST_TRIP, READINGS, TRIES, Client
from innovationhub_moodle.moodle import Moodle
from on_moodle.conftest import IMPATIENT, TOKEN, MakeMoodle, address_of
from on_moodle.standin import Fault, StandIn
from on_moodle.standin.core import CORE
from on_moodle.standin.seminars import LOCAL

INFO = "core_webservice_get_site_info"
CREATE = "core_course_create_categories"
WRITING = {"categories": [{"name": "Hub"}]}


@pytest.fixture
def client(stand_in: StandIn, tmp_path: Path) -> Iterator[Client]:
    client = Client(parse_address(address_of(stand_in, tmp_path)), patience=IMPATIENT, pause=lambda _: None)
    yield client
    client.close()


def failed(client: Client, function: str, params: object = None) -> LmsError:
    with pytest.raises(LmsError) as raised:
        client.trip().call(function, params)  # type: ignore[arg-type]  # some are wrong on purpose
    return raised.value


def test_a_lost_reading_is_asked_again(stand_in: StandIn, client: Client) -> None:
    """Cut off, or not answered in time: it changes nothing, and the second answer serves."""
    stand_in.once(INFO, Fault(cut=True))
    assert client.trip().call(INFO)
    stand_in.once(INFO, Fault(done=True, hold=True))
    assert client.trip().call(INFO)
    assert stand_in.count(INFO) == 4


def test_a_reading_is_not_asked_for_ever(stand_in: StandIn, client: Client) -> None:
    """So often and no more; then it is for another time."""
    for _ in range(TRIES + 1):
        stand_in.once(INFO, Fault(cut=True))
    assert failed(client, INFO).kind is LmsFailure.TEMPORARY
    assert stand_in.count(INFO) == TRIES


@pytest.mark.parametrize("fault", [Fault(done=True, hold=True), Fault(done=True, cut=True)])
def test_a_lost_writing_is_not_sent_again(stand_in: StandIn, client: Client, fault: Fault) -> None:
    """It may have been done, and is looked for by whoever meant it."""
    stand_in.once(CREATE, fault)
    assert failed(client, CREATE, WRITING).kind is LmsFailure.TEMPORARY
    assert stand_in.count(CREATE) == 1


def test_what_moodle_refuses_is_not_asked_again(stand_in: StandIn, client: Client) -> None:
    """Its word is its word, for readings too."""
    error = failed(client, "core_user_get_users_by_field", {"field": "department", "values": ["x"]})
    assert error.kind is LmsFailure.REFUSED
    assert len(stand_in.seen) == 1


def test_what_never_left_is_sent_again(tmp_path: Path) -> None:
    """Where nobody listens nothing can have been done, so a writing may be tried again too."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        file = tmp_path / "token"
        file.write_text(TOKEN)
        url = f"moodle+http://127.0.0.1:{taken.getsockname()[1]}?token_file={file}"
        pauses: list[float] = []
        client = Client(parse_address(url), pause=pauses.append)
        assert failed(client, CREATE, WRITING).reason == "unreachable"
        assert len(pauses) == TRIES - 1
        client.close()


def test_a_trip_ends_in_time(stand_in: StandIn, tmp_path: Path) -> None:
    """However many calls it takes: past its end none is begun."""
    now = [0.0]
    client = Client(parse_address(address_of(stand_in, tmp_path)), clock=lambda: now[0])
    trip = client.trip()
    trip.call(INFO)
    now[0] = LONGEST_TRIP
    with pytest.raises(LmsError, match="in time"):
        trip.call(INFO)
    assert stand_in.count(INFO) == 1
    client.close()


def test_an_answer_without_end_is_given_up(stand_in: StandIn, client: Client) -> None:
    """What is larger than anything we could have asked for is not kept in memory."""
    stand_in.once(INFO, Fault(reply=(200, "application/json", b" " * (LARGEST_ANSWER + 1))))
    assert failed(client, INFO).reason == "large"


def test_a_proxy_is_not_for_this_machine(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trust's proxy stands in the environment, and knows nothing of a server on loopback."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        client = Client(parse_address(address_of(stand_in, tmp_path)), pause=lambda _: None)
        assert client.trip().call(INFO)
        client.close()


def test_a_closed_client_says_so(client: Client) -> None:
    """As something that may be tried again, with another."""
    client.close()
    error = failed(client, INFO)
    assert (error.kind, error.reason) == (LmsFailure.TEMPORARY, "closed")


def test_readings_are_those_that_change_nothing() -> None:
    """Each is there, and none is one that writes."""
    writing = {
        "create",
        "update",
        "delete",
        "duplicate",
        "enrol_manual",
        "upsert",
        "signup",
        "cancel",
        "take",
        "call_off",
    }
    known = {INFO, *CORE, *LOCAL}
    assert known >= READINGS
    assert not [
        name for name in READINGS if any(f"_{word}" in f"_{name}_".replace("signups", "") for word in writing)
    ]


def test_a_new_token_needs_no_restart(stand_in: StandIn, moodle: Moodle, tmp_path: Path) -> None:
    """The file is read for every call."""
    stand_in.site.token = "another-token-by-now"  # noqa: S105  # of the stand-in
    with pytest.raises(LmsError, match="token"):
        moodle.abilities()
    (tmp_path / "token").write_text("another-token-by-now")
    assert Ability.PUSH in moodle.abilities()


def test_it_is_sent_as_a_form_and_by_post(stand_in: StandIn, moodle: Moodle) -> None:
    """The token is in the body, where no server's log has it, and the format is asked for."""
    moodle.abilities()
    (body,) = stand_in.bodies
    assert f"wstoken={TOKEN}" in body.decode()
    assert "moodlewsrestformat=json" in body.decode()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(cut=True),
        Fault(done=True, hold=True),
        Fault(reply=(200, "application/json", b"{")),
        Fault(reply=(503, "text/html", TOKEN.encode())),
        Fault(
            reply=(
                200,
                "application/json",
                f'{{"exception":"x","errorcode":"invalidtoken","message":"{TOKEN}"}}'.encode(),
            )
        ),
        None,
    ],
)
def test_the_token_is_seen_nowhere(
    stand_in: StandIn, make_moodle: MakeMoodle, caplog: pytest.LogCaptureFixture, fault: Fault | None
) -> None:
    """Not in a repr, an error, the chain behind it, the values on the stack of a report, nor any log at any level."""
    caplog.set_level(logging.DEBUG)
    moodle = make_moodle(patience=IMPATIENT)
    for _ in range(TRIES):
        if fault:
            stand_in.once(CREATE, fault)
    if fault is None:
        stand_in.site.token = "another"  # noqa: S105  # of the stand-in
    with pytest.raises(LmsError) as raised:
        moodle.publish_type(LmsType("cqi", "CQI"))
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    report = io.StringIO()
    seen = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    # the test's own frame knows the token
    seen.stack = traceback.StackSummary.from_list(
        [frame for frame in seen.stack if "on_moodle" not in frame.filename]
    )
    assert len(seen.stack) > 3
    report.write("".join(seen.format()))
    shown = (report.getvalue(), repr(moodle), repr(raised.value), str(raised.value), caplog.text)
    assert not [text for text in shown if TOKEN in text]
