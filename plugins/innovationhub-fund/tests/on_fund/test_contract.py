"""The fund is what every keeper must be."""

from __future__ import annotations

import innovationhub_fund
from innovationhub import Hub
from innovationhub.testing import KeeperContract, Somebody
from innovationhub_fund import Fund


class TestFund(KeeperContract):
    """Two ideas of two people: one that a third approved, and one that waits for the panel."""

    catalogue = '[fund]\npanel = ["esr:8", "esr:9"]\nquorum = 1\napproval_days = 30\nremind_days = 5\n'

    def make_plugin(self) -> object:
        return innovationhub_fund

    def fill(self, hub: Hub, one: Somebody, other: Somebody) -> None:
        fund = Fund(hub)
        first = fund.propose(one.id, "An idea", one.words, pence=100_00)
        fund.submit(first.id)
        fund.decide(first.id, "esr:9", "approve", "It is clear who gains.")
        second = fund.propose(other.id, "Another idea", other.words, pence=100_00)
        fund.submit(second.id)
