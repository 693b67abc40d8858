"""Catalogues: from a file, a shipped name or values, through the engine, to what the caller is told."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs

from innovationhub.domain.answers import Answer, HeldBack, LoadReport
from innovationhub.domain.changes import Assign
from innovationhub.domain.deciding import blame
from innovationhub.domain.editing import LoadCatalogue
from innovationhub.domain.ids import checked_id
from innovationhub.domain.schedule import Catalogue, Section
from innovationhub.engine import Engine
from innovationhub.errors import Invalid, PluginError
from innovationhub.hub.people import People
from innovationhub.plugins import Registry
from innovationhub.protocols.keeper import SupportsSections

__all__ = ["load_catalogue", "sections_of"]


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
    by_keeper = _by_keeper(engine, catalogue)
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

    report = engine.run(command, shown, request_id=request_id, asked=(repr(catalogue),))
    for name, sections in by_keeper.items():
        # an id of its own: asked for once more, it must not take over again what was loaded since
        own = None if request_id is None else f"{request_id} {name}"
        report = _together(report, _load_sections(engine, name, sections, own, actor))
    return report


def _by_keeper(engine: Engine, catalogue: Catalogue) -> Mapping[str, Mapping[str, object]]:
    """The tables of a catalogue that are plugins', by keeper. Raises `Invalid` for one that is nobody's."""
    left = dict(catalogue.sections)
    found = {
        name: {each: left.pop(each) for each in sections if each in left}
        for name, sections in sections_of(engine).items()
    }
    if left:
        name = min(left)
        raise Invalid(name, "is a table that no plugin declares", name)
    return {name: tables for name, tables in found.items() if tables}


def sections_of(engine: Engine) -> Mapping[str, Mapping[str, Section]]:
    """The tables that plugins have in catalogue files, by keeper. Raises `PluginError`: one has another's, or ours."""
    found: dict[str, Mapping[str, Section]] = {}
    taken = {"hub", "session_types", "series"}
    for name, keeper in engine.keepers.items():
        if isinstance(keeper, SupportsSections):
            own = blame(name, lambda: dict(keeper.sections))  # noqa: B023  # called at once
            twice = sorted(taken & own.keys())
            if twice:
                raise PluginError(name, f"has a table {twice[0]!r} in catalogue files, which is taken")
            taken |= own.keys()
            found[name] = own
    return found


def _load_sections(
    engine: Engine, name: str, sections: Mapping[str, object], request_id: str | None, actor: str
) -> LoadReport:
    keeper = cast("SupportsSections", engine.keepers[name])
    command = blame(name, lambda: keeper.load(sections, actor))
    return engine.run(
        command,
        lambda answer: cast("LoadReport", answer),
        request_id=request_id,
        asked=(repr(sorted(sections.items())),),
    )


def _together(one: LoadReport, other: LoadReport) -> LoadReport:
    return LoadReport(one.added + other.added, one.changed + other.changed, one.held_back + other.held_back)


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
        sections={name: each for own in sections_of(engine).values() for name, each in own.items()},
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
