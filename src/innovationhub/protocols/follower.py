"""Followers: whoever wants to know what happened reads the journal, at a pace of their own."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from innovationhub.domain.journal import Entry

__all__ = ["Follower", "Since"]


class Since(enum.StrEnum):
    """Where a follower that is new to a hub begins: with what happens from now on, or with the first entry."""

    NOW = "now"
    BEGINNING = "beginning"


@runtime_checkable
class Follower(Protocol):
    """Somebody who is told what happened: metrics, a data warehouse, a search index."""

    @property
    def since(self) -> Since:
        """Where it begins in a hub that it has not followed before."""

    def follow(self, entries: Sequence[Entry]) -> None:
        """Take note of some entries, in commit order, from one thread at a time in a process.

        Each comes at least once: where the process dies before the cursor is moved they come again. What it raises
        holds up nobody but itself: the same entries come again later, after a wait that grows.
        """
