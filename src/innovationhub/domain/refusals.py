"""A "no" of the rules, as data: every reason at once, each with what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from innovationhub.domain.schedule import Session
from innovationhub.errors import HubError

if TYPE_CHECKING:
    from innovationhub.domain.plans import Plan

__all__ = ["CODES", "Reason", "ReasonFacts", "Refusal", "Refused"]

ReasonFacts = Mapping[str, str | int | float | bool | datetime | None]
"""What a reason rests on: plain values, and aware instants."""

CODES: tuple[str, ...] = (
    "already-booked",
    "called-off",
    "clash",
    "closed",
    "full",
    "group-too-large",
    "incomplete",
    "needs-role",
    "not-active",
    "not-eligible",
    "not-open",
    "plan-stale",
    "queue-full",
    "started",
    "too-late-to-cancel",
)
"""Every code a reason can have. They are stable: programs may rely on them, sentences are for people."""


@attrs.frozen
class Reason:
    """One reason for a "no": a stable code, a sentence, plain facts (instants are aware), and what would help."""

    code: str
    sentence: str
    facts: ReasonFacts = attrs.field(factory=dict)
    remedies: tuple[str, ...] = ()


@attrs.frozen
class Refusal:
    """All the reasons for a "no", and the sessions that would do instead."""

    reasons: tuple[Reason, ...]
    alternatives: tuple[Session, ...] = ()


class Refused(HubError):
    """The rules say no; nothing was changed. `reasons` says why, all of it; `alternatives` what would do."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(" ".join(reason.sentence for reason in refusal.reasons))
        self.refusal = refusal
        self.plan: Plan | None = None
        """The new plan, where a plan was refused as stale."""

    @property
    def reasons(self) -> Sequence[Reason]:
        """Every reason, the most telling first."""
        return self.refusal.reasons

    @property
    def alternatives(self) -> Sequence[Session]:
        """Sessions that would do, soonest first; empty where none is known."""
        return self.refusal.alternatives

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons, in their order."""
        return tuple(reason.code for reason in self.reasons)
