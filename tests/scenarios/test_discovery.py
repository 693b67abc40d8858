"""The hub's sessions in the trust's LMS: what goes wrong there, and what becomes of it (M3–M6)."""

from __future__ import annotations

import pytest

from innovationhub import (
    Person,
)
from innovationhub.domain.lms import Link, LmsSession, SignUpPage, SignUpStatus
from innovationhub.domain.settings import Leads
from innovationhub.errors import LmsError, LmsFailure
from innovationhub.testing.lms import MemoryLms
from innovationhub.testing.lms_faults import UnreliableLms
from tests.lms import KEY, account, beside, booked, codes, seated, there
from tests.support import TASTER, Clock

_S = SignUpStatus


def test_m3_what_was_done_before_the_answer_was_lost_is_found_again() -> None:
    """The LMS times out after it published and after it booked: nothing is there twice."""
    for call in range(1, 50):
        lms = there("ada")
        lost = UnreliableLms(lms, plan={call: "lost after"})
        with beside(lost, "ada") as hub:
            hub.book(TASTER, "esr:ada")
            first = hub.agree_with_lms()
            assert first.complete or "the answer was lost" in first.failure
            assert first.complete or hub.agree_with_lms().complete
            assert lost.faults
            keys = [each.session.key for each in lms.state.sessions.values()]
            assert len(keys) == len(set(keys)) == 12
            assert len(lms.state.types) == 1
            assert lms.standing(KEY) == {"account-ada": _S.BOOKED}
            assert hub.agree_with_lms().acts == ()
            assert hub.audit() == []


@pytest.mark.parametrize("leads", list(Leads))
def test_m3_what_the_lms_forgot_is_asked_again(leads: Leads) -> None:
    """It said that it was done, and it was not: a place here is no less one, and what was given up is not followed."""
    for call in range(1, 50):
        lms = there("ada", "bo")
        forgets = UnreliableLms(lms, plan={})
        with beside(forgets, "ada", "bo", leads=leads) as hub:
            kept = hub.book(TASTER, "esr:bo")
            hub.agree_with_lms()
            hub.book(TASTER, "esr:ada")
            hub.cancel(kept.id)
            forgets._plan = {forgets._calls + call: "forgets"}
            hub.agree_with_lms()
            hub.agree_with_lms()
            assert lms.standing(KEY) == {"account-ada": _S.BOOKED, "account-bo": _S.CANCELLED}, call
            assert (seated(hub), codes(hub)) == (["ada"], [])


@pytest.mark.parametrize("leads", list(Leads))
def test_m4_more_signed_up_than_seats_are_reported_and_nobody_is_dropped(leads: Leads) -> None:
    """Eleven for ten: all eleven stay there, the hub says so, and says it once."""
    names = [f"p{number:02}" for number in range(11)]
    lms = there(*names)
    with beside(lms, *names, leads=leads, capacity=10) as hub:
        hub.agree_with_lms()
        for name in names:
            lms.put(KEY, f"account-{name}", _S.BOOKED)
        hub.agree_with_lms()
        assert booked(lms) == names
        places = hub.session(TASTER).places["attendee"]
        (over,) = [each for each in hub.lms_findings() if each.code == "over-capacity"]
        assert over.facts == {"signed_up": 11, "capacity": 10}
        if leads is Leads.LMS:
            assert (seated(hub), places.over) == (names, 1)
        else:
            # the hub gives no seat that it has not: the eleventh waits here, and a person is told who
            assert (len(seated(hub)), places.waiting) == (10, 1)
            (waits,) = [each for each in hub.lms_findings() if each.code == "waits-here"]
            assert waits.about == hub.waitlist(TASTER)[0].person_id
        before = hub.journal()[-1].position
        report = hub.agree_with_lms(whole=True)
        assert (report.acts, report.complete) == ((), True)
        assert hub.journal()[-1].position == before
        assert hub.audit() == []


@pytest.mark.parametrize("leads", list(Leads))
def test_m5_somebody_unknown_is_reported_and_kept_for_matching(leads: Leads) -> None:
    """Once the hub is told who that is, they have their place here; until then nothing is lost there."""
    lms = there("ada", "zoe")
    with beside(lms, "ada", leads=leads) as hub:
        hub.agree_with_lms()
        lms.book(KEY, "account-zoe")
        hub.agree_with_lms()
        (unknown,) = hub.lms_findings()
        assert (unknown.code, unknown.about) == ("unknown-person", "account-zoe")
        assert booked(lms) == ["zoe"]
        assert seated(hub) == []
        assert not any("zoe" in repr(entry.facts) for entry in hub.journal())
        hub.add_person(Person("esr:zoe", "Zoe Zed", "zoe@nhs.example"))
        hub.agree_with_lms()
        assert seated(hub) == ["zoe"]
        assert hub.lms_findings() == []
        assert hub.audit() == []


@pytest.mark.parametrize(
    "id", ["esr:zoe", "email:zoe@nhs.example", "badge:17"], ids=["staff number", "id", "e-mail"]
)
def test_m5_who_somebody_is_is_told_exactly(id: str) -> None:
    """By the staff number in their id, by an id that is an address, or by the address that the hub has of them."""
    lms = there("zoe")
    with beside(lms) as hub:
        hub.add_person(Person("badge:16", "Somebody else", "zo_@nhs.example"))
        hub.add_person(Person(id, "Zoe Zed", "zoe@nhs.example" if id == "badge:17" else ""))
        hub.agree_with_lms()
        lms.book(KEY, "account-zoe")
        hub.agree_with_lms()
        assert [each.person_id for each in hub.roster(TASTER)] == [id]


def test_m5_of_two_with_one_address_neither_is_taken_for_the_other() -> None:
    """A shared mailbox says nothing about who signed up."""
    lms = there("zoe")
    with beside(lms) as hub:
        hub.add_person(Person("badge:1", "Zoe", "zoe@nhs.example"))
        hub.add_person(Person("badge:2", "Also Zoe", "zoe@nhs.example"))
        hub.agree_with_lms()
        lms.book(KEY, "account-zoe")
        hub.agree_with_lms()
        assert codes(hub) == ["unknown-person"]
        assert seated(hub) == []


@pytest.mark.parametrize("kind", [LmsFailure.CONFIGURATION, LmsFailure.TEMPORARY])
def test_m6_failures_are_told_apart(kind: LmsFailure) -> None:
    """What a person must see to stops the pass at once; what may pass by itself is tried for the next session too."""

    class Failing(MemoryLms):
        asked = 0

        def read_session(self, session: Link) -> LmsSession:
            self.asked += 1
            raise LmsError(kind, "why", "as the product says it")

    lms = Failing([account("ada")], clock=Clock())
    with beside(lms, "ada") as hub:
        report = hub.agree_with_lms()
        assert not report.complete
        assert "as the product says it" in report.failure
        assert lms.asked == (1 if kind is LmsFailure.CONFIGURATION else 3)
        assert hub.tick().lms is not None
        assert hub.audit() == []


def test_m6_a_plugin_that_raises_harms_nobody_else() -> None:
    """It is named, its words are not repeated, since an address may be in them; booking goes on."""

    class Broken(MemoryLms):
        def sign_ups(self, session: Link, cursor: str = "", limit: int = 500) -> SignUpPage:
            raise RuntimeError("https://lms.trust.example?token=s3cret")

    with beside(Broken(clock=Clock()), "ada") as hub:
        report = hub.agree_with_lms()
        assert (report.complete, report.failure) == (False, "plugin there: raised RuntimeError")
        assert hub.book(TASTER, "esr:ada").status == "confirmed"
