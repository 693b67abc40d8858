"""The hub's sessions in the trust's LMS: a session's life on both sides, and who leads."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from innovationhub import (
    CallOff,
    Catalogue,
    Hub,
    HubSettings,
    Invalid,
    Move,
    Person,
    Reinstate,
    Resize,
    Settings,
)
from innovationhub.domain.lms import Ability, SignUpStatus
from innovationhub.domain.settings import Leads, LmsSettings
from innovationhub.hub.agreeing import Direction
from innovationhub.testing.lms import MemoryLms
from tests.lms import KEY, at_once, beside, booked, codes, seated, there
from tests.support import TASTER, Clock, session_type, weekly

_S = SignUpStatus


def test_what_is_refused_there_is_a_finding_and_the_place_here_stays() -> None:
    """Nobody loses a seat because the LMS has no room for it."""
    lms = there("ada", "bo", "cy")
    with beside(lms, "ada", "bo", capacity=2) as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-cy")
        lms.edit(KEY, capacity=2)
        hub.book(TASTER, "esr:ada")
        hub.book(TASTER, "esr:bo")
        report = hub.agree_with_lms()
        assert sorted(each.code for each in report.findings) == ["refused-there", "unknown-person"]
        assert seated(hub) == ["ada", "bo"]
        lms.leave(KEY, "account-cy")
        assert hub.agree_with_lms().findings == ()
        assert booked(lms) == ["ada", "bo"]


@pytest.mark.parametrize("leads", list(Leads))
def test_a_session_deleted_there_is_not_made_again_unasked(leads: Leads) -> None:
    """Nobody loses their place here by it; a person is told, and may be the one who deleted it."""
    lms = there("ada")
    with beside(lms, "ada", leads=leads) as hub:
        hub.book(TASTER, "esr:ada")
        hub.agree_with_lms()
        lms.remove(KEY)
        for _ in range(2):
            report = hub.agree_with_lms()
            assert [each.code for each in report.findings] == ["deleted-there"]
        assert lms.ref_of(KEY) == ""
        assert seated(hub) == ["ada"]


def test_changed_there_by_hand_is_put_back_where_the_hub_leads() -> None:
    """The hub says when and where a session is, and how many seats it has."""
    lms = there("ada")
    with beside(lms, "ada") as hub:
        hub.agree_with_lms()
        before = lms.state.sessions[lms.ref_of(KEY)].session
        lms.edit(KEY, capacity=50, venue="Car park")
        report = hub.agree_with_lms()
        assert [each.what for each in report.acts] == ["published"]
        assert lms.state.sessions[lms.ref_of(KEY)].session == before
        assert hub.agree_with_lms().acts == ()


def test_changed_there_by_hand_is_reported_where_the_lms_leads() -> None:
    """Its seats are its own and are followed; another time is for a person to settle, who moves it here too."""
    lms, clock = there("ada"), Clock()
    with beside(lms, "ada", leads=Leads.LMS, clock=clock) as hub:
        hub.agree_with_lms()
        session = lms.state.sessions[lms.ref_of(KEY)].session
        assert session.starts
        assert session.ends
        later = {"starts": session.starts + timedelta(hours=2), "ends": session.ends + timedelta(hours=2)}
        lms.edit(KEY, capacity=7, **later)
        report = hub.agree_with_lms()
        assert [(each.side, each.what) for each in report.acts] == [("hub", "resized")]
        assert hub.session(TASTER).places["attendee"].capacity == 7
        (finding,) = hub.lms_findings()
        assert (finding.code, finding.facts["fields"]) == ("changed-there", "ends starts")
        hub.apply(hub.plan(Move(TASTER, starts=hub.session(TASTER).starts + timedelta(hours=2))))
        hub.agree_with_lms()
        assert hub.lms_findings() == []
        assert lms.state.sessions[lms.ref_of(KEY)].session.capacity == 7
        assert hub.audit() == []


def test_moved_and_resized_here_is_told_there() -> None:
    """With everybody on it, who stay as they are."""
    lms = there("ada")
    with beside(lms, "ada") as hub:
        hub.book(TASTER, "esr:ada")
        hub.agree_with_lms()
        starts = hub.session(TASTER).starts + timedelta(days=1)
        hub.apply(hub.plan(Move(TASTER, starts=starts)))
        hub.apply(hub.plan(Resize(TASTER, "attendee", 9)))
        hub.agree_with_lms()
        session = lms.state.sessions[lms.ref_of(KEY)].session
        assert (session.starts, session.capacity) == (starts, 9)
        assert booked(lms) == ["ada"]


def test_called_off_here_is_called_off_there_and_may_come_back() -> None:
    """Everybody's sign-up is cancelled there, once; reinstated, it is shown again, and people book anew."""
    lms = there("ada", "bo")
    with beside(lms, "ada", "bo") as hub:
        hub.book(TASTER, "esr:ada")
        hub.agree_with_lms()
        lms.book(KEY, "account-bo")
        hub.agree_with_lms()
        hub.apply(hub.plan(CallOff(TASTER, "The facilitator is ill.")))
        report = hub.agree_with_lms()
        assert [each.what for each in report.acts] == ["withdrawn"]
        assert booked(lms) == []
        assert hub.agree_with_lms().acts == ()
        hub.apply(hub.plan(Reinstate(TASTER)))
        hub.book(TASTER, "esr:ada")
        hub.agree_with_lms()
        assert booked(lms) == seated(hub) == ["ada"]
        assert hub.audit() == []


def test_where_the_lms_leads_the_hub_never_promotes() -> None:
    """Not by a seat that comes free here, nor by tick: the LMS says who is next, and the hub follows."""
    lms = there("ada", "bo", "cy")
    with beside(lms, "ada", "bo", "cy", leads=Leads.LMS, capacity=1) as hub:
        hub.agree_with_lms()
        for name in ("ada", "cy", "bo"):
            lms.book(KEY, f"account-{name}")
        hub.agree_with_lms()
        # in the order in which they came there, within one second too
        assert (seated(hub), [each.person_id for each in hub.waitlist(TASTER)]) == (
            ["ada"],
            ["esr:cy", "esr:bo"],
        )
        hub.cancel(hub.roster(TASTER)[0].id)
        assert seated(hub) == []
        assert hub.audit() == []
        # staff there let the last in the queue go first: the hub follows
        lms.put(KEY, "account-ada", _S.CANCELLED)
        lms.put(KEY, "account-bo", _S.BOOKED)
        hub.tick()
        assert seated(hub) == ["bo"]
        assert [each.person_id for each in hub.waitlist(TASTER)] == ["esr:cy"]
        assert hub.audit() == []


def test_where_the_hub_leads_it_promotes_and_the_lms_shows_it() -> None:
    """Somebody leaves there: who waits here has the seat, and is booked there."""
    lms = there("ada", "bo")
    with beside(lms, "ada", "bo", capacity=1) as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        hub.agree_with_lms()
        hub.book(TASTER, "esr:bo")
        assert [each.person_id for each in hub.waitlist(TASTER)] == ["esr:bo"]
        lms.leave(KEY, "account-ada")
        hub.agree_with_lms()
        assert seated(hub) == booked(lms) == ["bo"]


def test_no_window_and_no_rule_refuses_what_was_done_there() -> None:
    """Booked there after booking closed here, for two sessions at one time; cancelled there when it is too late."""
    clock = Clock()
    other = "talk@2026-12-01T10:30#attendee"
    lms = there("ada", clock=clock)
    kinds = [session_type(), session_type("talk")]
    with beside(
        lms,
        "ada",
        leads=Leads.LMS,
        clock=clock,
        types=kinds,
        series=[weekly(), weekly("talk", "2026-12-01T10:30")],
    ) as hub:
        hub.agree_with_lms()
        clock.pass_by(days=7, hours=1, minutes=10)
        lms.book(KEY, "account-ada")
        lms.book(other, "account-ada")
        hub.agree_with_lms()
        assert seated(hub) == ["ada"]
        assert seated(hub, "talk@2026-12-01T10:30") == ["ada"]
        assert hub.audit() == []
        lms.leave(KEY, "account-ada")
        hub.agree_with_lms()
        assert seated(hub) == []
        assert hub.audit() == []


@pytest.mark.parametrize("leads", list(Leads))
def test_attendance_goes_both_ways(leads: Leads) -> None:
    """Taken at the door it is told there; taken there it is followed here."""
    clock = Clock()
    lms = there("ada", "bo", "cy", clock=clock)
    with beside(lms, "ada", "bo", "cy", leads=leads, clock=clock, capacity=3) as hub:
        for name in ("ada", "bo", "cy"):
            hub.book(TASTER, f"esr:{name}")
        hub.agree_with_lms()
        clock.pass_by(days=7, hours=1, minutes=5)
        hub.check_in(TASTER, "esr:ada")
        lms.put(KEY, "account-bo", _S.ATTENDED)
        hub.agree_with_lms()
        hub.close_register(TASTER)
        hub.agree_with_lms()
        assert lms.standing(KEY) == {
            "account-ada": _S.ATTENDED,
            "account-bo": _S.ATTENDED,
            "account-cy": _S.ABSENT,
        }
        assert {each.person_id: str(each.status) for each in hub.roster(TASTER)}["esr:bo"] == "attended"
        assert hub.lms_findings() == []
        assert hub.audit() == []


def test_an_erased_person_is_cancelled_there_and_forgotten_here() -> None:
    """What the hub knew of their account goes with them."""
    lms = there("ada")
    with beside(lms, "ada") as hub:
        hub.book(TASTER, "esr:ada")
        hub.agree_with_lms()
        hub.erase_person("esr:ada")
        hub.agree_with_lms()
        assert booked(lms) == []
        assert hub.lms_findings() == []
        hub.add_person(Person("esr:ada", "Ada again", "ada@nhs.example"))
        lms.book(KEY, "account-ada")
        hub.agree_with_lms()
        assert seated(hub) == ["ada"]
        assert hub.audit() == []


def test_what_an_lms_cannot_do_is_said_and_not_tried() -> None:
    """One that only tells of sign-ups is followed; what it cannot be told is a finding under that ability's name."""
    lms = there("ada", "bo")
    with beside(lms, "ada", "bo") as hub:
        hub.agree_with_lms()
        lms._abilities = frozenset({Ability.PULL, Ability.READ_SESSIONS, Ability.FIND_PEOPLE})
        lms.book(KEY, "account-ada")
        hub.book(TASTER, "esr:bo")
        report = hub.agree_with_lms()
        assert seated(hub) == ["ada", "bo"]
        assert {(each.code, each.about) for each in report.findings if each.session_id == TASTER} == {
            ("no-account", "esr:bo")
        }


def test_trying_changes_nothing_on_either_side() -> None:
    """It says what would be done."""
    lms = there("ada")
    with beside(lms, "ada") as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        before, state = hub.journal()[-1].position, repr(lms.state)
        report = hub.agree_with_lms(tried=True)
        assert [(each.side, each.what, each.person_id) for each in report.acts] == [
            ("hub", "booked", "esr:ada")
        ]
        assert (hub.journal()[-1].position, repr(lms.state)) == (before, state)


def test_half_of_it_can_be_done_by_itself() -> None:
    """Pulling tells the LMS nothing; pushing follows nothing."""
    lms = there("ada", "bo")
    with beside(lms, "ada", "bo") as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        hub.book(TASTER, "esr:bo")
        hub.agree_with_lms(direction=Direction.PULL)
        assert (seated(hub), booked(lms)) == (["ada", "bo"], ["ada"])
        hub.agree_with_lms(direction=Direction.PUSH)
        assert booked(lms) == ["ada", "bo"]
        hub.agree_with_lms()
        lms.leave(KEY, "account-ada")
        hub.agree_with_lms(direction=Direction.PUSH)
        assert seated(hub) == ["ada", "bo"]
        hub.agree_with_lms(direction=Direction.PULL)
        assert seated(hub) == ["bo"]


def there_and_followed(lms: MemoryLms, hub: Hub) -> None:
    lms.book(KEY, "account-ada")
    hub.agree_with_lms(limit=1)


def test_the_last_seat_is_given_once_to_discovery_or_here(tmp_path: Path) -> None:
    """Somebody books it in the LMS while another books it here at the same moment, in threads, many times over."""
    for attempt in range(12):
        lms = there("ada", "bo")
        with beside(lms, "ada", "bo", capacity=1, url=tmp_path / f"{attempt}.db") as hub:
            hub.agree_with_lms()
            gate = threading.Barrier(2)
            failed: list[BaseException] = []
            works = [partial(there_and_followed, lms, hub), partial(hub.book, TASTER, "esr:bo")]
            threads = [threading.Thread(target=at_once, args=(each, gate, failed)) for each in works]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
            assert failed == []
            hub.agree_with_lms()
            places = hub.session(TASTER).places["attendee"]
            assert (places.held, places.waiting, places.over) == (1, 1, 0)
            # whoever was second waits here; if that is whom the LMS has booked, a person is told so
            waits = hub.waitlist(TASTER)[0].person_id
            if waits == "esr:ada":
                assert "waits-here" in codes(hub)
                assert booked(lms) == ["ada"]
            else:
                assert booked(lms) == ["ada"] == seated(hub)
            assert hub.audit() == []


def test_a_hub_without_an_lms_says_so() -> None:
    """And an address that no plugin opens is refused, without its secret."""
    with pytest.raises(Invalid, match=r"lms: must begin with the name of an LMS plugin") as raised:
        Hub.open(settings=Settings(discover=False, lms="moodle+https://lms.trust.example?token=s3cret"))
    assert "s3cret" not in str(raised.value)
    with beside(there()) as hub:
        hub._lms = None
        with pytest.raises(Invalid, match="must be given when the hub is opened"):
            hub.agree_with_lms()
        assert hub.lms_status().plugin is None


def test_who_leads_may_change() -> None:
    """From then on the hub promotes again, and the LMS is told that its wait-list is off."""
    lms = there("ada", "bo")
    with beside(lms, "ada", "bo", leads=Leads.LMS, capacity=1) as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        lms.book(KEY, "account-bo")
        hub.agree_with_lms()
        assert lms.state.sessions[lms.ref_of(KEY)].session.waitlist
        hub.load_catalogue(Catalogue(HubSettings(lms=LmsSettings(leads=Leads.HUB))))
        hub.agree_with_lms()
        assert not lms.state.sessions[lms.ref_of(KEY)].session.waitlist
        lms.leave(KEY, "account-ada")
        hub.agree_with_lms()
        assert seated(hub) == booked(lms) == ["bo"]
