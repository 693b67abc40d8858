"""The same on PostgreSQL: an idea's way, the rule, an approval that is withdrawn, and forgetting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import innovationhub_fund
import innovationhub_postgresql
from innovationhub import BookingStatus, Hub, Person, Refused, Settings
from innovationhub_fund import Fund, WithdrawApproval
from on_postgresql.server import Server, programs
from tests.support import Clock

PLANNING = "delivery-planning@2026-12-09T13:30"


@pytest.fixture
def server() -> Iterator[Server]:
    if programs() is None:
        pytest.skip("no PostgreSQL here")
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.remove()


def test_an_idea_and_what_rests_on_it(server: Server, clock: Clock) -> None:
    """Refused without approval, seated with it, released with its end; nothing is held of whoever was erased."""
    plugins = [innovationhub_fund, innovationhub_postgresql]
    with Hub.open(server.url("hub"), clock=clock, plugins=plugins, settings=Settings(discover=False)) as hub:
        hub.load_catalogue("hpft.toml")
        hub.load_catalogue("innovation-fund.toml")
        hub.add_person(Person("ada", "Ada Obi", "ada@nhs.example"))
        fund = Fund(hub)
        idea = fund.propose("ada", "A quiet room", "For new parents", pence=1_200_00)
        with pytest.raises(Refused) as refused:
            hub.book(PLANNING, "ada", role="attendee")
        assert refused.value.codes == ("not-eligible",)
        fund.submit(idea.id)
        for member in ("esr:100301", "esr:100302"):
            fund.decide(idea.id, member, "approve", "It is clear who gains.")
        place = hub.book(PLANNING, "ada", role="attendee")
        assert place.status is BookingStatus.CONFIRMED
        hub.apply(hub.plan(WithdrawApproval(idea.id, "The ward moves.")))
        assert hub.booking(place.id).status is BookingStatus.CANCELLED
        assert hub.export_person("ada").kept["fund"]
        hub.erase_person("ada")
        assert hub.audit() == []
