"""The contract of LMSs holds for the reference, with all that it can do and with less."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from innovationhub.domain.lms import Ability, Link, LmsPerson
from innovationhub.protocols.lms import Lms
from innovationhub.testing.contracts.lms import LmsContract
from innovationhub.testing.lms import MemoryLms


def with_accounts(people: Sequence[LmsPerson]) -> list[LmsPerson]:
    return [attrs.evolve(each, account=f"account-{at}") for at, each in enumerate(people)]


class TestReference(LmsContract):
    """It can do everything."""

    def make_lms(self, people: Sequence[LmsPerson]) -> Lms:
        return MemoryLms(with_accounts(people))

    def remove_by_hand(self, lms: Lms, session: Link) -> None:
        assert isinstance(lms, MemoryLms)
        lms.remove(session.key)

    def book_by_hand(self, lms: Lms, session: Link, account: str) -> None:
        assert isinstance(lms, MemoryLms)
        lms.book(session.key, account)


class TestGroupsOnly(TestReference):
    """As where a site has only groups: no capacity, no wait-list, no attendance."""

    def make_lms(self, people: Sequence[LmsPerson]) -> Lms:
        lacks = {Ability.CAPACITY, Ability.WAITLIST, Ability.ATTENDANCE}
        return MemoryLms(with_accounts(people), lacks=lacks)


class TestLookingOnly(TestReference):
    """As where sessions are made by hand there: it finds people and tells of sign-ups."""

    def make_lms(self, people: Sequence[LmsPerson]) -> Lms:
        can = {Ability.FIND_PEOPLE, Ability.PULL}
        return MemoryLms(with_accounts(people), lacks=set(Ability) - can)
