"""What the broken LMSs share: the contract over the reference, which goes wrong in one way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs

from innovationhub.domain.lms import Link, LmsPerson
from innovationhub.protocols.lms import Lms
from innovationhub.testing.contracts.lms import LmsContract
from innovationhub.testing.lms import MemoryLms


class Broken(LmsContract):
    """A broken LMS, and the tests of the contract that have to catch it, each of them."""

    caught_by: ClassVar[tuple[str, ...]] = ()
    kind: ClassVar[type[MemoryLms]] = MemoryLms
    seconds = 2.0

    def make_lms(self, people: Sequence[LmsPerson]) -> Lms:
        return self.kind([attrs.evolve(each, account=f"account-{at}") for at, each in enumerate(people)])

    def remove_by_hand(self, lms: Lms, session: Link) -> None:
        assert isinstance(lms, MemoryLms)
        lms.remove(session.key)

    def book_by_hand(self, lms: Lms, session: Link, account: str) -> None:
        assert isinstance(lms, MemoryLms)
        lms.book(session.key, account)
