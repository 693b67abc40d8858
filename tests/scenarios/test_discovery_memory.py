"""What is remembered of sign-ups in the LMS: what vanished, what moved meanwhile, what is told, audited, exported."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from innovationhub import (
    Invalid,
)
from innovationhub.domain.lms import Link, SignUpStatus
from innovationhub.domain.messages import MessageKind
from innovationhub.domain.mirroring import Mirror
from innovationhub.domain.mirrors import FOLLOWED
from innovationhub.domain.settings import Leads
from innovationhub.domain.telling import kind_of
from tests.lms import KEY, at_once, beside, booked, codes, seated, there
from tests.support import TASTER

_S = SignUpStatus


@pytest.mark.parametrize("leads", list(Leads))
def test_a_sign_up_that_vanished_costs_nobody_their_place(leads: Leads) -> None:
    """Where the hub leads it is made again; where the LMS leads a person is told. Only a whole look finds it."""
    lms = there("ada")
    with beside(lms, "ada", leads=leads) as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        hub.agree_with_lms()
        lms.forget_sign_up(KEY, "account-ada")
        hub.agree_with_lms(whole=True)
        assert seated(hub) == ["ada"]
        if leads is Leads.HUB:
            assert (booked(lms), codes(hub)) == (["ada"], [])
        else:
            assert (booked(lms), codes(hub)) == ([], ["sign-up-gone"])


def test_what_moved_since_it_was_looked_at_is_not_followed() -> None:
    """A cancellation there is not one of a place that was taken after the look; and nothing is kept of it."""
    lms = there("ada")
    with beside(lms, "ada") as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        hub.agree_with_lms()
        (seen,) = hub.roster(TASTER)
        lms.leave(KEY, "account-ada")
        (left,) = lms.sign_ups(Link(KEY, lms.ref_of(KEY))).signups
        hub.cancel(seen.id)
        anew = hub.book(TASTER, "esr:ada")
        key = hub.journal()[-1].facts["person"]
        stale = Mirror(
            session_id=TASTER,
            role="attendee",
            person=str(key),
            booking_id="b",
            signup=left,
            turn=1,
            mark=f"held {seen.id}",
        )
        for _ in range(2):
            with pytest.raises(Invalid, match="look again"):
                hub._engine.run(stale, lambda _: None, request_id=stale.request_id)
        assert [each.id for each in hub.roster(TASTER)] == [anew.id]
        # both changed: whoever means to come is kept, and booked there again
        hub.agree_with_lms()
        assert ([each.id for each in hub.roster(TASTER)], booked(lms)) == ([anew.id], ["ada"])


def test_what_is_kept_about_the_lms_is_audited_and_exported(tmp_path: Path) -> None:
    """A sign-up of no booking, an account of nobody; and somebody's own data name their account."""
    lms = there("ada")
    file = tmp_path / "hub.db"
    with beside(lms, "ada", url=file) as hub:
        hub.book(TASTER, "esr:ada")
        hub.agree_with_lms()
        assert hub.export_person("esr:ada").account == "account-ada"
        assert hub.audit() == []
        behind = sqlite3.connect(file, isolation_level=None)
        behind.execute("UPDATE lms_sign_up SET here = 'held somebody-elses'")
        behind.execute("UPDATE lms_account SET person = 'nobody'")
        behind.close()
        assert {(each.invariant, each.code) for each in hub.audit()} == {
            (6, "sign-up-of-nothing"),
            (10, "account-of-nobody"),
        }


def test_people_are_told_once_of_what_they_did_there() -> None:
    """The LMS tells them of it; the hub tells who waits here all the same, and whom it promotes."""
    lms = there("ada", "bo", "cy")
    with beside(lms, "ada", "bo", "cy", capacity=1) as hub:
        hub.agree_with_lms()
        hub.book(TASTER, "esr:bo")
        lms.book(KEY, "account-ada")
        lms.put(KEY, "account-cy", _S.BOOKED)
        hub.agree_with_lms()
        lms.leave(KEY, "account-ada")
        hub.agree_with_lms()
        told = {each.subject: kind_of(each) for each in hub.journal(limit=1000)}
        waits = {each.person_id: each.id for each in hub.waitlist(TASTER)}
        assert told[waits["esr:cy"]] is MessageKind.WAITING
        hub.cancel(hub.roster(TASTER)[0].id)
        promoted = [each for each in hub.journal(limit=1000) if each.kind == "booking.promoted"]
        assert [kind_of(each) for each in promoted] == [MessageKind.PROMOTED]
        hub.cancel(hub.roster(TASTER)[0].id)
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        hub.agree_with_lms()
        assert seated(hub) == ["ada"]
        followed = [each for each in hub.journal(limit=1000) if FOLLOWED in each.facts]
        assert [(each.kind, kind_of(each)) for each in followed] == [
            ("booking.cancelled", None),
            ("booking.confirmed", None),
        ]


def test_an_lms_put_back_from_a_copy_is_followed_again() -> None:
    """It says again, with the same id, status and second, what was followed long ago."""
    lms = there("ada")
    with beside(lms, "ada") as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        hub.agree_with_lms()
        copy = lms.snapshot()
        lms.leave(KEY, "account-ada")
        hub.agree_with_lms()
        assert seated(hub) == []
        lms.restore(copy)
        hub.agree_with_lms(whole=True)
        assert seated(hub) == booked(lms) == ["ada"]
        assert hub.agree_with_lms(whole=True).acts == ()


def test_a_seat_that_came_free_there_is_had_by_whoever_books_here() -> None:
    """Where the LMS leads the hub's mirror is a little late: who waits by it asks the LMS, which knows."""
    lms = there("ada", "bo")
    with beside(lms, "ada", "bo", leads=Leads.LMS, capacity=1) as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-ada")
        hub.agree_with_lms()
        lms.leave(KEY, "account-ada")
        assert hub.book(TASTER, "esr:bo").status == "waitlisted"
        hub.agree_with_lms()
        assert seated(hub) == booked(lms) == ["bo"]
        assert hub.lms_findings() == []


def test_many_passes_at_once_do_everything_once(tmp_path: Path) -> None:
    """Several processes tick; people book on both sides meanwhile. Nobody is booked twice, and all agree in the end."""
    names = [f"p{number}" for number in range(8)]
    lms = there(*names)
    with beside(lms, *names, capacity=4, url=tmp_path / "hub.db") as hub:
        gate, failed = threading.Barrier(6), list[BaseException]()

        def passes() -> None:
            for _ in range(4):
                hub.agree_with_lms(limit=1, whole=True)
                hub.agree_with_lms()

        def here() -> None:
            for name in names[:4]:
                hub.book(TASTER, f"esr:{name}")

        def over_there() -> None:
            for name in names[4:]:
                lms.put(KEY, f"account-{name}", _S.BOOKED)

        hub.agree_with_lms()
        works = [passes, passes, passes, passes, here, over_there]
        threads = [threading.Thread(target=at_once, args=(each, gate, failed)) for each in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert failed == []
        hub.agree_with_lms(whole=True)
        places = hub.session(TASTER).places["attendee"]
        assert (places.held, places.waiting, places.over) == (4, 4, 0)
        mine = [each.person_id for each in (*hub.roster(TASTER), *hub.waitlist(TASTER))]
        assert sorted(mine) == [f"esr:{name}" for name in names]
        assert len(lms.state.sessions) == 12
        for name in seated(hub):
            assert name in booked(lms) or "refused-there" in codes(hub)
        assert hub.agree_with_lms(whole=True).acts == ()
        assert hub.audit() == []
