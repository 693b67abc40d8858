"""A plan: everything that a change would do, each effect in a sentence, before anything is done."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from innovationhub.domain.changes import Change
from innovationhub.domain.ids import hashed

__all__ = ["KINDS", "Effect", "Plan", "digest"]

KINDS: tuple[str, ...] = (
    "resized",
    "moved",
    "called-off",
    "reinstated",
    "assigned",
    "changed",
    "closed",
    "left-out",
    "promoted",
    "offered",
    "cancelled",
    "transferred",
    "told",
    "clash",
    "over-capacity",
    "unmet",
    "more",
)
"""Every kind of effect. `told` is a message that somebody gets; `clash`, `over-capacity`, `unmet` want a decision."""


@attrs.frozen
class Effect:
    """One thing that a change would do.

    `subject` is the session or series it happens to, `booking_id` the booking, `person_id` the person's own id (within
    the core the opaque key), each "" where there is none.
    """

    kind: str
    subject: str
    sentence: str
    booking_id: str = ""
    person_id: str = ""


@attrs.frozen
class Plan:
    """What a change would do, as things stand. `hub.apply` does exactly that, or refuses: the world has moved."""

    change: Change
    effects: tuple[Effect, ...]
    token: str = attrs.field(repr=False)
    """What the effects come to: `apply` works them out again, and compares."""

    def of(self, *kinds: str) -> tuple[Effect, ...]:
        """The effects of these kinds, in their order."""
        return tuple(effect for effect in self.effects if effect.kind in kinds)

    @property
    def promotions(self) -> tuple[Effect, ...]:
        """Who would get a seat, or be offered one, in order."""
        return self.of("promoted", "offered")

    @property
    def clashes(self) -> tuple[Effect, ...]:
        """People, rooms and facilitators who would be wanted twice at one time."""
        return self.of("clash")

    @property
    def messages(self) -> tuple[Effect, ...]:
        """Who would be told, one for each message."""
        return self.of("told")

    @property
    def unmet(self) -> tuple[Effect, ...]:
        """What was promised and would not be kept."""
        return self.of("cancelled", "over-capacity", "unmet")


def digest(effects: Iterable[Effect]) -> str:
    """What effects come to: equal effects, equal digest."""
    return hashed(*(attrs.astuple(effect) for effect in effects))
