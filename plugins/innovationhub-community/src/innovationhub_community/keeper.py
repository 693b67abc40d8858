"""The keeper: what the hub asks of this package when it looks after everything."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

from innovationhub import Entry
from innovationhub.domain.deciding import Command, Draft
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.messages import Recipient
from innovationhub.domain.records import Facts, Record
from innovationhub.domain.time import Span
from innovationhub.domain.timers import Timer
from innovationhub.protocols.keeper import Call, Check, Matter, Section, Table, Untrue
from innovationhub_community import forgetting, telling
from innovationhub_community.asking import AskWhoShowed
from innovationhub_community.checking import CHECKS
from innovationhub_community.consenting import INTRODUCTION, Lapse
from innovationhub_community.counting import figures
from innovationhub_community.pointing import Remind
from innovationhub_community.things import SHOWCASES, CommunitySettings, Load, Practice, Thing

__all__ = ["CommunityKeeper"]


class CommunityKeeper:
    """See `innovationhub.protocols.keeper`: every ability that there is."""

    checks: Mapping[type[Record], Check] = CHECKS

    def held(self, draft: Draft, person: str) -> Mapping[str, Sequence[Facts]]:
        """Showings, take-ups, signposts, introductions, consents, what they tried out, what they show."""
        return forgetting.held(draft, person)

    def forget(self, person: str, actor: str) -> Command:
        """Take them out."""
        return forgetting.Forget(person=person, actor=actor)

    def look(self, timer: Timer) -> Command:
        """An introduction whose time is up, signposts to send, those who showed something to ask."""
        if timer.kind == INTRODUCTION:
            return Lapse(introduction_id=timer.subject)
        return AskWhoShowed() if timer.kind == SHOWCASES else Remind(booking_id=timer.subject)

    @property
    def templates(self) -> Mapping[str, str]:
        """One for each of `telling.KINDS`."""
        return telling.templates()

    def calls(self, draft: Draft, entry: Entry) -> Sequence[Call]:
        """Who is told what."""
        return telling.calls(draft, entry)

    def say(self, draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
        """What it says, or why not."""
        return telling.say(draft, delivery, to)

    def sample(self, blank: Matter, now: datetime) -> Matter:
        """A made-up one."""
        return telling.sample(blank, now)

    @property
    def sections(self) -> Mapping[str, Section]:
        """`[community]`, `[[things]]`, `[[practices]]`."""
        return {
            "community": Section(CommunitySettings),
            "practices": Section(Practice, many=True),
            "things": Section(Thing, many=True),
        }

    def load(self, sections: Mapping[str, object], actor: str) -> Command:
        """Take over the space and the practices."""
        things = cast("tuple[Thing, ...]", sections.get("things", ()))
        ids = sorted({id for thing in things for id in thing.shows})
        return Load(
            things=things,
            practices=cast("tuple[Practice, ...]", sections.get("practices", ())),
            settings=cast("CommunitySettings | None", sections.get("community")),
            keys={id: secrets.token_hex(12) for id in ids},
            actor=actor,
        )

    def under_way(self, draft: Draft, people: Collection[str]) -> Collection[str]:
        """Who is not to be forgotten by age yet."""
        return forgetting.under_way(draft, people)

    def figures(self, draft: Draft, span: Span) -> Sequence[Table]:
        """What happened within a span."""
        return figures(draft, span)
