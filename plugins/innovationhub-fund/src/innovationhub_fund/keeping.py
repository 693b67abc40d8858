"""The fund as the hub asks it: what it holds, forgets, checks, looks at in time, tells, loads and counts."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

from innovationhub.domain.deciding import Command, Draft
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import Recipient
from innovationhub.domain.records import Facts, Record
from innovationhub.domain.time import Span
from innovationhub.domain.timers import Timer
from innovationhub.protocols.keeper import Call, Check, Matter, Section, Table, Untrue
from innovationhub_fund import figures, remembering, saying
from innovationhub_fund.auditing import CHECKS
from innovationhub_fund.settings import FundSettings, LoadFund
from innovationhub_fund.steps import LookAtIdea

__all__ = ["FundKeeper"]


class FundKeeper:
    """Keeps ideas: every ability that `innovationhub.protocols.keeper` has."""

    @property
    def checks(self) -> Mapping[type[Record], Check]:
        """See `auditing`."""
        return CHECKS

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        """See `remembering`."""
        return remembering.held(draft, person)

    def forget(self, person: str, actor: str) -> Command:
        """See `remembering`."""
        return remembering.Forget(person=person, actor=actor)

    def look(self, timer: Timer) -> Command:
        """An approval runs out soon, or has."""
        return LookAtIdea(idea_id=timer.subject)

    @property
    def templates(self) -> Mapping[str, str]:
        """See `saying`."""
        return saying.templates()

    def calls(self, draft: Draft, entry: Entry) -> Sequence[Call]:
        """See `saying`."""
        return saying.calls(draft, entry)

    def say(self, draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
        """See `saying`."""
        return saying.say(draft, delivery, to)

    def sample(self, blank: Matter, now: datetime) -> Matter:
        """See `saying`."""
        return saying.sample(blank, now)

    @property
    def sections(self) -> Mapping[str, Section]:
        """The table `[fund]`."""
        return {"fund": Section(FundSettings)}

    def load(self, sections: Mapping[str, object], actor: str) -> Command:
        """Take over `[fund]`; whoever of the panel the hub does not know yet is added, by id alone."""
        settings = cast("FundSettings", sections["fund"])
        keys = {each: secrets.token_hex(12) for each in settings.panel}
        return LoadFund(settings=settings, keys=keys, actor=actor)

    def under_way(self, draft: Draft, people: Collection[str]) -> Collection[str]:
        """See `remembering`."""
        return remembering.under_way(draft, people)

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        """See `figures`."""
        return figures.figures(draft, span)
