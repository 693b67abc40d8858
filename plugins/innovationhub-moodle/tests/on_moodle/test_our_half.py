"""local_innovationhub's own PHP: it parses, and run over stand-ins of Moodle and mod_facetoface it keeps the contract.

It has not been run in a Moodle here: none can be had. What is shown is what this code does, given that Moodle and
mod_facetoface do what was observed of them.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from innovationhub.protocols.lms import Link, Lms, LmsPerson
from innovationhub_moodle.abilities import LOCAL_VERSION
from on_moodle import test_contract
from on_moodle.our_half import PLUGIN, OurHalf, php, why_not
from on_moodle.recordings import Call, calls
from on_moodle.shapes import differences
from on_moodle.standin.errors import MoodleError
from on_moodle.standin.seminars import LOCAL
from on_moodle.standin.state import State

FILES = sorted(PLUGIN.rglob("*.php"))
BEGIN = 1795477534
DATE = {"timestart": str(BEGIN + 3600), "timefinish": str(BEGIN + 7200)}


@pytest.mark.skipif(php() is None, reason="no PHP here: on Debian and Ubuntu it is in php-cli")
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PLUGIN)))
def test_every_file_parses(file: Path) -> None:
    """`php -l` finds nothing wrong with it."""
    done = subprocess.run([str(php()), "-l", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_says_whose_it_is() -> None:
    """Moodle's header in each, and the whole licence beside them."""
    assert len(FILES) > 12
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        assert text.startswith("<?php\n// This file is part of Moodle - http://moodle.org/\n"), file
        assert "either version 3 of the License, or" in text
    assert "GNU GENERAL PUBLIC LICENSE" in (PLUGIN / "LICENSE").read_text(encoding="utf-8")


def test_its_version_is_the_one_that_the_other_half_asks_for() -> None:
    """An older one is taken for none, so the two are raised together."""
    text = (PLUGIN / "version.php").read_text(encoding="utf-8")
    assert f"$plugin->version = {LOCAL_VERSION};" in text


def test_the_stand_in_has_the_same_functions() -> None:
    """Each that is declared, and no other."""
    text = (PLUGIN / "db" / "services.php").read_text(encoding="utf-8")
    for name in LOCAL:
        assert text.count(f"'{name}'") == 2
    assert text.count("'classname'") == len(LOCAL)


@pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be run")
class TestOurHalf(test_contract.TestMoodle):
    """The whole contract, over HTTP from the one half to the other."""

    def make_lms(self, people: Sequence[LmsPerson]) -> Lms:
        lms = super().make_lms(people)
        stand_in, folder = self.servers[id(lms)]
        stand_in.site.half = OurHalf(folder)
        return lms

    def half(self, lms: Lms) -> OurHalf:
        half = self.stand_in(lms).site.half
        assert isinstance(half, OurHalf)
        return half

    def remove_by_hand(self, lms: Lms, session: Link) -> None:
        self.half(lms).run("DELETE FROM facetoface_sessions WHERE id = ?", int(session.ref.split(".")[2]))

    def book_by_hand(self, lms: Lms, session: Link, account: str) -> None:
        half, number = self.half(lms), int(session.ref.split(".")[2])
        half.run(
            "INSERT INTO facetoface_signups (sessionid, userid, notificationtype) VALUES (?, ?, 3)",
            number,
            int(account),
        )
        half.run(
            "INSERT INTO facetoface_signups_status (signupid, statuscode, superceded, createdby, timecreated)"
            " SELECT max(id), 70, 0, ?, ? FROM facetoface_signups",
            int(account),
            self.stand_in(lms).site.clock(),
        )


class Bench:
    """One activity with sessions, called without the way over HTTP."""

    def __init__(self, folder: Path) -> None:
        self.half = OurHalf(folder)
        self.state = State()
        self.state.add_template()
        self.now = BEGIN

    def __call__(self, function: str, **params: Any) -> Any:
        return self.half(f"local_innovationhub_{function}", params, self.state, self.now)

    def refused(self, function: str, **params: Any) -> str:
        with pytest.raises(MoodleError) as raised:
            self(function, **params)
        return str(raised.value.body["errorcode"])

    def session(self, **params: Any) -> int:
        made = self(
            "upsert_session", **{"facetofaceid": "1", "capacity": "1", "dates": {"0": DATE}, **params}
        )
        return int(made["sessionid"])

    def standing(self, session: int) -> dict[int, str]:
        told = self("get_signups", sessionid=str(session))["signups"]
        return {each["userid"]: each["status"] for each in told}

    @property
    def mails(self) -> list[tuple[int, str]]:
        return [tuple(row) for row in self.half.run("SELECT userid, what FROM mails ORDER BY id")]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    if why_not():
        pytest.skip(why_not())
    return Bench(tmp_path)  # type: ignore[return-value]  # nothing is to be closed


def recorded() -> list[Call]:
    return [call for call in calls() if call.function.startswith("local_innovationhub_")]


def test_its_answers_are_shaped_as_the_recorded_ones(bench: Bench) -> None:
    """Each function, by what it answered on a running Moodle; each error that was recorded, by its code."""
    session = bench.session(
        capacity="2", allowoverbook="1", details="<p>ref ih:session:7f3a</p>", duration="90"
    )
    shapes = {call.function: call.answer for call in recorded() if not call.failed}
    answers: dict[str, Any] = {}

    def ask(function: str, **params: Any) -> None:
        answers[f"local_innovationhub_{function}"] = bench(function, **params)

    at = {"sessionid": str(session)}
    for user in ("4", "5", "6"):
        ask("signup", userid=user, **at)
    assert bench.refused("signup", userid="4", **at) == "alreadysignedup"
    assert bench.refused("signup", userid="4", sessionid="999") == "unknownsession"
    ask("cancel_signup", userid="4", reason="On call", **at)
    ask("get_signups", **at)
    ask("get_sessions", facetofaceid="1")
    same = {"facetofaceid": "1", "capacity": "2", "dates": {"0": DATE}}
    ask("upsert_session", **same, **at)
    bench.now = BEGIN + 3601
    assert bench.refused("signup", userid="7", **at) == "sessionstarted"
    assert bench.refused("cancel_signup", userid="5", **at) == "sessionstarted"
    ask("take_attendance", attendance={"0": {"userid": "5", "status": "fully_attended"}}, **at)
    ask("delete_session", sessionid=str(bench.session()))
    assert answers.keys() == shapes.keys()
    assert [line for name, answer in answers.items() for line in differences(shapes[name], answer)] == []
    assert answers["local_innovationhub_cancel_signup"]["promoted"] == [6]


def test_a_length_is_kept_in_minutes(bench: Bench) -> None:
    """90 minutes are 90, made and changed: mod_facetoface takes hours by one way and minutes by another."""
    session = bench.session(duration="90")
    again = bench.session(duration="45", sessionid=str(session))
    assert again == session
    (told,) = bench("get_sessions", facetofaceid="1")["sessions"]
    assert told["duration"] == 45
    bench.session(duration="90")
    assert {each["duration"] for each in bench("get_sessions", facetofaceid="1")["sessions"]} == {45, 90}


@pytest.mark.parametrize("lock", ["session_1", "facetoface_1"])
def test_what_somebody_else_is_changing_is_not_changed(bench: Bench, lock: str) -> None:
    """Whoever cannot have the lock is told so, and may try again; reading needs none."""
    fcntl = pytest.importorskip("fcntl")
    session = str(bench.session())
    bench.half.impatient = True
    with (bench.half.folder / f"lock-{lock}").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert (
            bench.refused("upsert_session", facetofaceid="1", sessionid=session, capacity="9") == "cannotlock"
        )
        if lock == "session_1":
            assert bench.refused("signup", sessionid=session, userid="4") == "cannotlock"
            assert bench.refused("call_off_session", sessionid=session) == "cannotlock"
        assert bench.standing(int(session)) == {}
    assert bench("signup", sessionid=session, userid="4")["status"] == "booked"


def test_what_a_stolen_token_could_plant_is_cleaned_away(bench: Bench) -> None:
    """Details are shown to everybody, so what runs in a browser is taken out of them, as Moodle does elsewhere."""
    bench.session(details="<p>Come</p><script>steal()</script>")
    (told,) = bench("get_sessions", facetofaceid="1")["sessions"]
    assert told["details"] == "<p>Come</p>"


def test_a_mark_is_found_and_two_are_refused(bench: Bench) -> None:
    """By the whole word, in what somebody may have written around it; not where the details do not carry it."""
    marked = {"mark": "ih:session:a&b", "details": '<p class="ih-ref">ref ih:session:a&amp;b</p>'}
    longer = {"mark": "ih:session:a&bc", "details": "<p>ref ih:session:a&amp;bc</p>"}
    first, other = bench.session(**marked), bench.session(**longer)
    assert first != other
    assert bench.session(**marked, capacity="7") == first
    assert (
        bench.refused("upsert_session", facetofaceid="1", capacity="1", mark="x", details="y")
        == "invalidparameter"
    )
    assert (
        bench.refused("upsert_session", facetofaceid="1", capacity="1", mark="x y", details="x y")
        == "invalidparameter"
    )
    bench.half.run("UPDATE facetoface_sessions SET details = ?", marked["details"])
    assert bench.refused("upsert_session", facetofaceid="1", capacity="1", **marked) == "duplicatemark"


def test_where_the_wait_list_is_off_nobody_is_seated(bench: Bench) -> None:
    """By a seat that comes free, by more of them, by another date; asked for, they are."""
    session = bench.session()
    at = {"sessionid": str(session)}
    bench("signup", userid="4", **at)
    bench("signup", userid="5", standing="waitlisted", **at)
    assert bench("cancel_signup", userid="4", **at) == {"cancelled": True, "promoted": []}
    bench.session(capacity="5", **at)
    assert bench.standing(session) == {4: "user_cancelled", 5: "waitlisted"}
    assert bench("signup", userid="5", standing="booked", **at)["status"] == "booked"


def test_whoever_asks_again_keeps_their_place_in_the_queue(bench: Bench) -> None:
    """To be booked on a full session changes nothing for somebody who waits already, least of all since when."""
    session = bench.session(allowoverbook="1")
    at = {"sessionid": str(session)}
    for user in ("4", "5", "6"):
        bench("signup", userid=user, **at)
        bench.now += 1
    assert bench.refused("signup", userid="5", standing="booked", **at) == "alreadysignedup"
    bench.now += 1
    assert bench("cancel_signup", userid="4", **at)["promoted"] == [5]


def test_only_what_stands_is_counted_and_told(bench: Bench) -> None:
    """Not what somebody was before, and whatever the clock said then: clocks are set back."""
    session = bench.session(capacity="5")
    at = {"sessionid": str(session)}
    bench("signup", userid="4", **at)
    bench.now -= 60
    bench("cancel_signup", userid="4", **at)
    assert bench.standing(session) == {4: "user_cancelled"}
    (told,) = bench("get_sessions", facetofaceid="1")["sessions"]
    assert told["booked"] == 0
    bench("signup", userid="4", **at)
    (told,) = bench("get_sessions", facetofaceid="1")["sessions"]
    assert told["booked"] == bench("get_signups", **at)["booked"] == 1


def test_without_a_date_everybody_waits(bench: Bench) -> None:
    """As mod_facetoface does it, wait-list or not; with the date given back and the list on they are seated again."""
    session = bench.session(capacity="2", allowoverbook="1")
    at = {"sessionid": str(session)}
    bench("signup", userid="4", **at)
    bench.session(capacity="2", dates={}, **at)
    assert bench.standing(session) == {4: "waitlisted"}
    (told,) = bench("get_sessions", facetofaceid="1")["sessions"]
    assert (told["datetimeknown"], told["dates"]) == (False, [{"timestart": 0, "timefinish": 0}])
    bench.session(capacity="2", allowoverbook="1", **at)
    assert bench.standing(session) == {4: "booked"}


def test_deleting_seats_nobody_on_the_way(bench: Bench) -> None:
    """Nobody is told of a seat in a session that is about to be gone."""
    session = bench.session(allowoverbook="1")
    for user in ("4", "5"):
        bench("signup", userid=user, notify="0", sessionid=str(session))
    assert bench("delete_session", sessionid=str(session)) == {"deleted": True}
    assert bench.mails == [(4, "cancelled"), (5, "cancelled")]


@pytest.mark.parametrize("notify", ["0", "1"])
def test_calling_off_closes_cancels_and_says_so(bench: Bench, notify: str) -> None:
    """After the start too, in steps; what was attendance stays; said once, however often it is called."""
    session = bench.session(capacity="60", allowoverbook="1", details="<p>Come</p>")
    at = {"sessionid": str(session)}
    for user in range(4, 9):
        bench("signup", userid=str(user), notify="0", **at)
    bench.now = BEGIN + 4000
    bench("take_attendance", attendance={"0": {"userid": "4", "status": "fully_attended"}}, **at)
    first = bench("call_off_session", reason="ill", notify=notify, **at)
    assert first == {"cancelled": 4, "left": 0}
    assert bench("call_off_session", notify=notify, **at) == {"cancelled": 0, "left": 0}
    assert bench.standing(session) == {4: "fully_attended", **dict.fromkeys(range(5, 9), "user_cancelled")}
    (told,) = bench("get_sessions", facetofaceid="1")["sessions"]
    assert (told["capacity"], told["allowoverbook"]) == (0, False)
    assert told["details"] == '<p class="ih-calledoff">Called off</p>\n<p>Come</p>'
    assert len(bench.mails) == (4 if notify == "1" else 0)


def test_a_closed_session_takes_nobody(bench: Bench) -> None:
    """Not onto its wait-list either."""
    session = bench.session(closed="1", allowoverbook="1")
    assert bench.refused("signup", userid="4", sessionid=str(session)) == "sessionclosed"
    assert (
        bench.refused("signup", userid="4", standing="waitlisted", sessionid=str(session)) == "sessionclosed"
    )
    bench.session(sessionid=str(session))
    assert bench("signup", userid="4", sessionid=str(session))["status"] == "booked"
    bench.session(sessionid=str(session), closed="1")
    assert bench.standing(session) == {4: "booked"}


@pytest.mark.parametrize(
    ("function", "params"),
    [
        ("upsert_session", {"dates": {"0": {"timestart": "5", "timefinish": "5"}}}),
        ("upsert_session", {"dates": {"0": {"timestart": "0", "timefinish": "5"}}}),
        ("upsert_session", {"dates": {str(n): DATE for n in range(51)}}),
        ("upsert_session", {"capacity": "many"}),
        ("upsert_session", {"colour": "red"}),
        ("signup", {"sessionid": "1", "userid": "4", "standing": "standing"}),
        ("take_attendance", {"sessionid": "1", "attendance": {"0": {"userid": "4", "status": "late"}}}),
    ],
)
def test_what_makes_no_sense_is_refused(bench: Bench, function: str, params: dict[str, Any]) -> None:
    """An end before its start among it, which mod_facetoface's own function takes."""
    bench.session()
    usual = {"facetofaceid": "1", "capacity": "1"} if function == "upsert_session" else {}
    assert bench.refused(function, **{**usual, **params}) == "invalidparameter"


def test_somebody_who_is_not_there_cannot_sign_up(bench: Bench) -> None:
    """Nor in an activity that is not there can anything be made."""
    session = bench.session()
    assert bench.refused("signup", userid="999", sessionid=str(session)) == "invalidrecord"
    assert bench.refused("upsert_session", facetofaceid="99", capacity="1") == "invalidrecord"
    assert bench.refused("upsert_session", facetofaceid="1", capacity="1", sessionid="99") == "unknownsession"


def test_a_session_of_another_activity_is_not_changed(bench: Bench) -> None:
    """Whoever may write in one activity may not reach into another by a number."""
    session = str(bench.session())
    bench.state.add_activity(bench.state.add_course("Other", "OTHER"))
    assert (
        bench.refused("upsert_session", facetofaceid="2", sessionid=session, capacity="9") == "unknownsession"
    )


def test_each_function_asks_whether_it_may(bench: Bench) -> None:
    """By our own capability, and by mod_facetoface's for the same; without one of them nothing is done."""
    session = str(bench.session())
    functions: dict[str, dict[str, Any]] = {
        "upsert_session": {"facetofaceid": "1", "capacity": "1"},
        "get_sessions": {"facetofaceid": "1"},
        "signup": {"sessionid": session, "userid": "4"},
        "get_signups": {"sessionid": session},
        "take_attendance": {"sessionid": session, "attendance": {}},
        "cancel_signup": {"sessionid": session, "userid": "4"},
        "call_off_session": {"sessionid": session},
        "delete_session": {"sessionid": session},
    }
    declared = (PLUGIN / "db" / "services.php").read_text(encoding="utf-8")
    for function, params in functions.items():
        bench(function, **params)
        asked = [each for each in bench.half.asked[f"local_innovationhub_{function}"] if ":" in each]
        assert f"\\{function}',\n" in declared
        assert f"'capabilities' => '{', '.join(asked)}'," in declared
        for capability in asked:
            bench.half.lacking = [capability]
            assert bench.refused(function, **params) in {"nopermissions", "unknownsession"}
            bench.half.lacking = []
    assert len(functions) == len(LOCAL)
