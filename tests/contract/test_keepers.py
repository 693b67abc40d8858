"""The contract of keepers holds for a small plugin that keeps wishes, with every ability that there is."""

from __future__ import annotations

from tests.contract.broken.wishes import Broken, Counted


class TestWishes(Broken):
    """Wishes, their words, timers, messages, tables, figures."""

    kind = Counted
