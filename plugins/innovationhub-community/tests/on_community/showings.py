"""What the tests share: something to show."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["HANDOVER", "Said", "handover"]


class Said(TypedDict):
    title: str
    done: str
    outcome: str
    learnt: str


HANDOVER = Said(
    title="Handover in twenty minutes",
    done="Two wards drew their handover as a process map and dropped what nobody used.",
    outcome="success",
    learnt="Draw it first. The night shift must be in the room.",
)


def handover(outcome: str) -> Said:
    """The same with another outcome."""
    return Said(title=HANDOVER["title"], done=HANDOVER["done"], outcome=outcome, learnt=HANDOVER["learnt"])
