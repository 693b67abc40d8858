"""What plugins keep: each says what must hold of its own records, and is asked page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from innovationhub.domain.deciding import blame
from innovationhub.domain.records import Record
from innovationhub.domain.views import Violation
from innovationhub.engine import Engine
from innovationhub.hub.auditing.reading import pages
from innovationhub.protocols.keeper import Check

__all__ = ["keeper_findings"]


def keeper_findings(engine: Engine) -> Iterator[Violation]:
    """What every keeper finds wrong. Raises `PluginError`."""
    for name, keeper in engine.keepers.items():
        for cls, check in blame(name, lambda: dict(keeper.checks)).items():  # noqa: B023  # called at once
            for page in pages(engine, cls, _first):
                yield from _of_page(engine, name, check, page)


def _of_page(engine: Engine, name: str, check: Check, page: Sequence[Record]) -> Sequence[Violation]:
    return engine.consider(lambda draft: blame(name, lambda: list(check(draft, page))))


def _first(row: Record) -> str:
    return str(row.__schema__.key_of(row)[0])
