"""A whole hub beside the stand-in: Discovery's scenarios from end to end (M3–M6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import innovationhub_moodle
from innovationhub import CallOff, Catalogue, Hub, HubSettings, Person, Recurrence, Series, Settings
from innovationhub.domain.settings import Leads, LmsSettings
from innovationhub.testing import FakeClock
from on_moodle.conftest import TOKEN, address_of, standing_in
from on_moodle.standin import Fault, StandIn
from on_moodle.standin.seminars import booked
from on_moodle.standin.site import MODES
from on_moodle.standin.state import Seminar, Signup
from tests.support import TASTER, session_type, weekly

ESR = "esr:ESR0100"


@pytest.fixture(params=list(Leads))
def leads(request: pytest.FixtureRequest) -> Leads:
    leads: Leads = request.param
    return leads


@pytest.fixture
def hub(stand_in: StandIn, clock: FakeClock, tmp_path: Path, leads: Leads) -> Iterator[Hub]:
    """A hub with a weekly taster of two seats, to which three of Moodle's people are known."""
    settings = Settings(discover=False, lms=address_of(stand_in, tmp_path))
    with Hub.open("memory:", plugins=[innovationhub_moodle], clock=clock, settings=settings) as hub:
        shown = HubSettings(lms=LmsSettings(leads=leads))
        hub.load_catalogue(Catalogue(shown, (session_type(),), (weekly(),)))
        for number in (1, 2, 3):
            hub.add_person(Person(f"{ESR}{number}", f"Staff {number}", f"staff0{number}@nhs.example.test"))
        yield hub
        assert hub.audit() == []


def taster(stand_in: StandIn) -> Seminar:
    mark = f"ref ih:session:{TASTER}#attendee<"
    (seminar,) = (each for each in stand_in.site.state.seminars.values() if mark in each.details)
    return seminar


def there(stand_in: StandIn) -> dict[str, int]:
    """How everybody stands there, by staff number."""
    users = stand_in.site.state.users
    return {users[each.userid].idnumber: each.statuscode for each in taster(stand_in).signups}


def book_there(stand_in: StandIn, user: int) -> None:
    now = stand_in.site.clock()
    number = stand_in.site.state.number("signup")
    taster(stand_in).signups.append(Signup(number, user, 70, now, now))


def test_bookings_here_and_there_agree(stand_in: StandIn, hub: Hub) -> None:
    """One booked here is booked there, one booked there is booked here; then there is nothing left to do."""
    hub.book(TASTER, f"{ESR}1")
    assert hub.agree_with_lms().complete
    assert there(stand_in) == {"ESR01001": 70}
    book_there(stand_in, stand_in.site.state.user("staff02@nhs.example.test").id)
    assert hub.agree_with_lms().complete
    assert sorted(each.person_id for each in hub.roster(TASTER)) == [f"{ESR}1", f"{ESR}2"]
    report = hub.agree_with_lms(whole=True)
    assert (report.acts, report.findings, report.failure) == ((), (), "")


def test_m3_whatever_answer_is_lost_nothing_is_there_twice(stand_in: StandIn, hub: Hub) -> None:
    """Each function that writes does its thing once, and its answer is cut off; a few passes later all is well."""
    writing = (
        "core_course_create_categories",
        "core_course_duplicate_course",
        "core_course_update_courses",
        "local_innovationhub_upsert_session",
        "enrol_manual_enrol_users",
        "local_innovationhub_signup",
    )
    for function in writing:
        stand_in.once(function, Fault(done=True, cut=True))
    hub.book(TASTER, f"{ESR}1")
    reports = [hub.agree_with_lms() for _ in range(len(writing) + 1)]
    assert [report.complete for report in reports].count(False) >= 3
    assert reports[-1].complete
    assert stand_in.pending == []
    assert [stand_in.count(function) for function in writing[:2]] == [1, 1]
    marks = [each.details for each in stand_in.site.state.seminars.values()]
    assert len(marks) == len(set(marks)) > 3
    assert len(stand_in.site.state.courses) == 2
    assert there(stand_in) == {"ESR01001": 70}
    assert hub.agree_with_lms().acts == ()


def test_m3_whichever_call_is_cut_off_two_passes_later_all_is_well(clock: FakeClock, tmp_path: Path) -> None:
    """Each call in turn, readings and writings: done, and the line cut before its answer."""
    for number in range(1, 100):
        with standing_in(clock) as stand_in:
            stand_in.plan = {number: Fault(done=True, cut=True)}
            with one_session(stand_in, clock, tmp_path) as hub:
                hub.book(TASTER, f"{ESR}1")
                last = [hub.agree_with_lms() for _ in range(3)][-1]
                assert (last.complete, last.acts) == (True, ())
                assert hub.audit() == []
            assert there(stand_in) == {"ESR01001": 70}
            assert len(stand_in.site.state.seminars) == 1
            assert len(stand_in.site.state.courses) == 2
            if number >= len(stand_in.seen):
                assert number > 20
                return
    raise AssertionError("a hundred calls for one session")


def one_session(stand_in: StandIn, clock: FakeClock, folder: Path) -> Hub:
    """A hub with one session, and one of Moodle's people."""
    settings = Settings(discover=False, lms=address_of(stand_in, folder))
    hub = Hub.open("memory:", plugins=[innovationhub_moodle], clock=clock, settings=settings)
    series = Series("taster", "taster", Recurrence(datetime(2026, 12, 1, 10)))
    hub.load_catalogue(Catalogue(HubSettings(), (session_type(),), (series,)))
    hub.add_person(Person(f"{ESR}1", "Staff 1", "staff01@nhs.example.test"))
    return hub


def test_m4_more_than_fit_are_reported_and_stay(stand_in: StandIn, hub: Hub) -> None:
    """Three for two seats, let in by somebody there: all three stay there, and a person is told."""
    hub.agree_with_lms()
    for number in (1, 2, 3):
        book_there(stand_in, stand_in.site.state.user(f"staff0{number}@nhs.example.test").id)
    hub.agree_with_lms()
    assert booked(taster(stand_in)) == 3
    assert "over-capacity" in {each.code for each in hub.lms_findings()}


def test_m5_somebody_unknown_is_kept_for_matching(stand_in: StandIn, hub: Hub) -> None:
    """And has their place once the hub is told who that is."""
    hub.agree_with_lms()
    book_there(stand_in, stand_in.site.state.user("staff09@nhs.example.test").id)
    hub.agree_with_lms()
    assert [each.code for each in hub.lms_findings()] == ["unknown-person"]
    hub.add_person(Person("badge:9", "Staff 9", "STAFF09@nhs.example.test".lower()))
    hub.agree_with_lms()
    assert [each.person_id for each in hub.roster(TASTER)] == ["badge:9"]
    assert hub.lms_findings() == []


def test_m6_a_site_that_is_not_itself_harms_no_booking(stand_in: StandIn, hub: Hub) -> None:
    """Whatever it answers the pass says why, without the token; booking goes on, and later all is made up for."""
    for mode in MODES[1:]:
        stand_in.site.mode = mode
        report = hub.agree_with_lms()
        assert not report.complete
        assert "Moodle" in report.failure
        assert TOKEN not in repr(report)
    assert hub.book(TASTER, f"{ESR}1").status == "confirmed"
    stand_in.site.mode = MODES[0]
    assert hub.agree_with_lms().complete
    assert there(stand_in) == {"ESR01001": 70}


def test_called_off_here_is_called_off_there(stand_in: StandIn, hub: Hub) -> None:
    """It takes nobody more, and whoever was on it is not any more."""
    hub.book(TASTER, f"{ESR}1")
    hub.agree_with_lms()
    hub.apply(hub.plan(CallOff(TASTER, "The facilitator is ill.")))
    hub.tick()
    hub.agree_with_lms()
    assert there(stand_in) == {"ESR01001": 10}
    assert taster(stand_in).capacity == 0
    assert "Called off" in taster(stand_in).details
    assert hub.agree_with_lms().acts == ()


def test_without_our_plugin_there_it_is_said(stand_in: StandIn, hub: Hub) -> None:
    """What this Moodle can do stands in the hub's status; nothing is tried that it cannot."""
    stand_in.site.plugin = False
    status = hub.lms_status()
    assert status.plugin == "moodle"
    assert sorted(status.abilities) == ["find-people", "publish-types"]
    hub.book(TASTER, f"{ESR}1")
    report = hub.agree_with_lms()
    assert report.acts == ()
    assert stand_in.site.state.seminars == {}
