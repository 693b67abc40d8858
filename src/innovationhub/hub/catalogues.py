"""Catalogues: from a file, a shipped name or values, through the engine, to what the caller is told."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import cast

import attrs

from innovationhub.domain.answers import Answer, HeldBack, LoadReport
from innovationhub.domain.changes import Assign
from innovationhub.domain.editing import LoadCatalogue
from innovationhub.domain.ids import checked_id
from innovationhub.domain.schedule import Catalogue
from innovationhub.engine import Engine
from innovationhub.errors import Invalid
from innovationhub.hub.people import People
from innovationhub.plugins import Registry

__all__ = ["load_catalogue"]


def load_catalogue(
    engine: Engine,
    people: People,
    registry: Registry,
    source: str | Path | Catalogue,
    *,
    request_id: str | None,
    actor: str,
) -> LoadReport:
    """See `Hub.load_catalogue`; `actor` is who acts as the journal may say it."""
    if request_id is not None:
        checked_id("request_id", request_id)
    catalogue = source if isinstance(source, Catalogue) else _read(engine, registry, source)
    _check_names(engine, registry, catalogue)
    ids = sorted({person for series in catalogue.series for person in series.facilitators})
    command = LoadCatalogue(
        hub=catalogue.hub,
        types=catalogue.session_types,
        series=catalogue.series,
        keys={person: secrets.token_hex(12) for person in ids},
        actor=actor,
        declared=frozenset(registry.closures),
    )

    def shown(answer: Answer) -> LoadReport:
        report = cast("LoadReport", answer)
        return attrs.evolve(report, held_back=tuple(_in_ids(people, held) for held in report.held_back))

    return engine.run(command, shown, request_id=request_id, asked=(repr(catalogue),))


def _read(engine: Engine, registry: Registry, source: str | Path) -> Catalogue:
    # imported here: reading a file is rare, and `import innovationhub` need not pay for it
    from innovationhub import loading  # noqa: PLC0415

    # a file that is there is what the caller sees, whatever plugins ship under that name
    shipped = None if _is_file(source) else registry.catalogues.get(str(source))
    text = shipped.read_text("utf-8") if shipped else loading.catalogue_text(source)
    programme = engine.refresh()
    known = loading.Known(
        types=programme.latest.keys(),
        closures=registry.closures.keys(),
        rules=registry.rules.keys(),
        timezone=programme.hub.timezone,
    )
    return loading.catalogue_from_text(text, str(source), known)


def _is_file(source: str | Path) -> bool:
    try:
        return Path(source).is_file()
    except (
        OSError,
        TypeError,
        ValueError,
    ):  # no path, too long, or holding what no name can: then it is no file
        return False


def _check_names(engine: Engine, registry: Registry, catalogue: Catalogue) -> None:
    """Names that nothing bears, in values made in Python: a file's are found with its other faults."""
    unknown = sorted(set(catalogue.hub.closures if catalogue.hub else ()) - registry.closures.keys())
    if unknown:
        raise Invalid("hub.closures", f"no plugin declares {unknown[0]!r}", unknown[0])
    for type_ in catalogue.session_types:
        named = [*type_.rules, *([type_.waitlist.priority] if type_.waitlist.priority else [])]
        missing = [rule for rule in named if rule.partition(":")[0] not in registry.rules]
        if missing:
            there = ", ".join(sorted(registry.rules)) or "none"
            message = f"no plugin declares {missing[0]!r}; there are {there}"
            raise Invalid(f"session type {type_.key}: rules", message, missing[0])
    known = {*engine.refresh().latest, *(type_.key for type_ in catalogue.session_types)}
    for series in catalogue.series:
        if series.type not in known:
            message = f"there is no session type {series.type!r}"
            raise Invalid(f"series {series.key}: type", message, series.type)


def _in_ids(people: People, held: HeldBack) -> HeldBack:
    """What was held back, with people's own ids instead of the opaque keys of the answer that is kept."""
    if not isinstance(held.change, Assign):
        return held
    names = people.ids(held.change.facilitators)
    shown = tuple(names[key] for key in held.change.facilitators)
    return attrs.evolve(held, change=attrs.evolve(held.change, facilitators=shown))
