"""A hub in PostgreSQL agrees with an LMS: what it keeps about one is kept there as anywhere."""

from __future__ import annotations

import pytest

import innovationhub_postgresql
from innovationhub import CallOff, Move, Person
from innovationhub.domain.lms import SignUpStatus
from innovationhub.domain.settings import Leads
from tests.lms import KEY, beside, booked, codes, seated, there
from tests.support import TASTER


@pytest.mark.parametrize("leads", list(Leads))
def test_a_hub_on_postgresql_agrees_with_an_lms(url: str, leads: Leads) -> None:
    """Booked there and here, too many, unknown, moved, called off; and a second pass does nothing."""
    names = ("ada", "bo", "cy")
    lms = there(*names, "zoe")
    with beside(lms, *names, leads=leads, capacity=2, url=url, plugins=[innovationhub_postgresql]) as hub:
        hub.book(TASTER, "esr:ada")
        hub.agree_with_lms()
        for name in ("bo", "cy", "zoe"):
            lms.put(KEY, f"account-{name}", SignUpStatus.BOOKED)
        hub.agree_with_lms()
        assert booked(lms) == ["ada", "bo", "cy", "zoe"]
        assert {"over-capacity", "unknown-person"} <= set(codes(hub))
        hub.add_person(Person("esr:zoe", "Zoe", "zoe@nhs.example"))
        hub.agree_with_lms()
        here = len(seated(hub)) + len(hub.waitlist(TASTER))
        assert (here, len(seated(hub))) == (4, 4 if leads is Leads.LMS else 2)
        hub.apply(hub.plan(Move(TASTER, venue="Room 2")))
        hub.agree_with_lms()
        assert lms.state.sessions[lms.ref_of(KEY)].session.venue == "Room 2"
        before = hub.journal(limit=1000)[-1].position
        assert hub.agree_with_lms(whole=True).acts == ()
        assert hub.journal(limit=1000)[-1].position == before
        hub.apply(hub.plan(CallOff(TASTER, "The room is flooded.")))
        hub.agree_with_lms()
        assert booked(lms) == []
        hub.erase_person("esr:ada")
        assert hub.audit() == []
