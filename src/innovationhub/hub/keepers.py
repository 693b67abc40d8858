"""What the hub asks of its keepers: plugins that keep records of their own (`protocols.keeper`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from innovationhub.domain.deciding import blame
from innovationhub.domain.records import Facts
from innovationhub.engine import Engine

__all__ = ["held"]


def held(engine: Engine, name: str, person: str) -> Mapping[str, Sequence[Facts]]:
    """What one keeper holds about somebody, an opaque key: nothing where it holds nothing. Raises `PluginError`."""
    keeper = engine.keepers[name]
    found = engine.consider(lambda draft: blame(name, lambda: keeper.held(draft, person)))
    return {what: tuple(rows) for what, rows in found.items() if rows}
