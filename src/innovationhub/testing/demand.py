"""Demand for a simulation: who wants what and when, who gives up, who comes. Drawn once, before any policy is chosen.

Every wish stands by itself, from the seed alone, so that two policies are tried on the very same demand: what differs
between their reports is the policies' doing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import attrs

__all__ = ["Wish", "demand"]


@attrs.frozen
class Wish:
    """One person's wish for one session, and how they would behave.

    `leaves` is when they would give it up, if ever. `answers_after` is how many hours they take to answer an offer
    (None: never). `comes` says whether they turn up.
    """

    at: datetime
    session_id: str
    person_id: str
    leaves: datetime | None
    answers_after: float | None
    comes: bool


def demand(seed: int, sessions: Sequence[tuple[str, datetime]], people: int, each: float) -> list[Wish]:
    """About `each` wishes for every session, in order of time, at instants that all differ."""
    chance = random.Random(seed)
    wishes = [wish for session in sessions for wish in _of(chance, session, people, each)]
    wishes.sort(key=lambda wish: wish.at)
    # no two at the same instant: what comes first must not depend on chance
    return [
        attrs.evolve(wish, at=wish.at + timedelta(microseconds=place)) for place, wish in enumerate(wishes)
    ]


def _of(chance: random.Random, session: tuple[str, datetime], people: int, each: float) -> Iterator[Wish]:
    session_id, starts = session
    number = max(0, round(chance.gauss(each, each / 3)))
    for person in chance.sample(range(people), min(number, people)):
        # most book in the last weeks; some give up again, most of those within the last days
        at = starts - timedelta(hours=min(80 * 24, 2 + chance.expovariate(1 / (14 * 24))))
        leaves = None
        if chance.random() < 0.2:
            leaves = max(at + timedelta(minutes=7), starts - timedelta(hours=1 + chance.expovariate(1 / 60)))
        yield Wish(
            at=at,
            session_id=session_id,
            person_id=f"sim:{person:05}",
            leaves=leaves,
            answers_after=None if chance.random() < 0.25 else chance.uniform(0.5, 12),
            comes=chance.random() < 0.9,
        )
