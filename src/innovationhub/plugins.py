"""Discover plugins, load each by itself, check what they declare: the answer is a frozen `Registry`.

pluggy is asked once, when a hub is opened; from then on nothing goes through it and a type checker sees everything. A
plugin that cannot be loaded is reported by name and the others load; two that claim one name are an error naming both.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable, Mapping
from importlib.resources.abc import Traversable
from typing import TypeVar

import attrs
import pluggy

from innovationhub import builtin, hookspecs
from innovationhub.domain.answers import Receipt
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.people import Note, PersonRow
from innovationhub.domain.programme import ClosedDay, HubRow, SeriesRow, TypeRow
from innovationhub.domain.records import Record
from innovationhub.domain.resources import Resource
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.timers import Cursor, Timer
from innovationhub.errors import PluginError
from innovationhub.protocols.closures import Closures
from innovationhub.protocols.rule import Rule
from innovationhub.protocols.store import StoreOpener

__all__ = ["CORE_RECORDS", "Broken", "Registry", "load"]

T = TypeVar("T")

CORE_RECORDS: tuple[type[Record], ...] = (
    HubRow,
    TypeRow,
    SeriesRow,
    ClosedDay,
    SessionRow,
    Roster,
    BookingRow,
    Appointment,
    Diary,
    PersonRow,
    Note,
    Receipt,
    Timer,
    Cursor,
    Resource,
)
"""What every store keeps, the journal apart, which it appends itself."""


@attrs.frozen
class Broken:
    """A plugin that could not be loaded, and why."""

    plugin: str
    why: str


@attrs.frozen
class Registry:
    """Who is there: every name that a plugin declared, with the thing it stands for and the plugin it came from."""

    stores: Mapping[str, StoreOpener]
    closures: Mapping[str, Closures]
    catalogues: Mapping[str, Traversable]
    records: Mapping[str, type[Record]]
    rules: Mapping[str, Rule] = attrs.field(factory=dict)
    plugins: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    owners: Mapping[tuple[str, str], str] = attrs.field(factory=dict)
    """For each hook and name, the plugin that declared it."""


def load(plugins: Iterable[object] = (), *, discover: bool = True) -> Registry:
    """The built-in plugins, those given, and (with `discover`) those installed under the entry-point group.

    Raises `PluginError` when two plugins claim one name, or one of those given cannot be used.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(builtin, "builtin")
    for plugin in plugins:
        name = getattr(plugin, "__name__", type(plugin).__name__)
        _register(manager, plugin, name)
    broken = _discover(manager) if discover else []
    owners: dict[tuple[str, str], str] = {}
    found = _Declarations(manager, owners, broken)
    registry = Registry(
        stores=found.of("innovationhub_stores", callable),
        closures=found.of("innovationhub_closures", _is_closures),
        catalogues=found.of("innovationhub_catalogues", _is_file),
        records=found.of("innovationhub_records", _is_record),
        rules=found.of("innovationhub_rules", _is_rule),
        plugins=tuple(sorted(name for name, _ in manager.list_name_plugin() if name not in found.out)),
        owners=owners,
        broken=tuple(broken),
    )
    _check_records(registry)
    return registry


def _register(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    """Register one plugin. Raises `PluginError` when its hooks are not ours or do not fit."""
    try:
        manager.register(plugin, name)
    except Exception as error:
        raise PluginError(name, f"cannot be used: {error}") from error
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        manager.unregister(plugin)
        known = ", ".join(each for each in hookspecs.__all__ if each.startswith("innovationhub_"))
        raise PluginError(name, f"has a hook that is not ours: {error}; the hooks are {known}") from error


def _discover(manager: pluggy.PluginManager) -> list[Broken]:
    """Load what is installed, each by itself: one that cannot be imported must not keep the others out."""
    broken: list[Broken] = []
    for point in sorted(importlib.metadata.entry_points(group=hookspecs.PROJECT), key=lambda each: each.name):
        try:
            _register(manager, point.load(), point.name)
        except Exception as error:  # noqa: BLE001  # whatever a plugin raises at import is the plugin's fault
            broken.append(Broken(point.name, f"{type(error).__name__}: {error}"))
    return broken


class _Declarations:
    """What the plugins declare, one hook after another."""

    def __init__(
        self, manager: pluggy.PluginManager, owners: dict[tuple[str, str], str], broken: list[Broken]
    ) -> None:
        self.manager = manager
        self.owners = owners
        self.broken = broken
        self.out: set[str] = set()

    def of(self, hook: str, fits: Callable[[object], bool]) -> dict[str, T]:
        """Everything that a hook's implementations declare, checked. A plugin that raises is reported and left out."""
        found: dict[str, T] = {}
        # asked one by one: pluggy stops at the first implementation that raises
        for implementation in self.manager.hook.__dict__[hook].get_hookimpls():
            plugin = implementation.plugin_name
            try:
                declared = dict(implementation.function())
            except Exception as error:  # noqa: BLE001
                self.broken.append(Broken(plugin, f"{hook} raised {type(error).__name__}: {error}"))
                self.out.add(plugin)
                continue
            for name, thing in declared.items():
                kind = hook.removeprefix("innovationhub_")
                owner = self.owners.setdefault((kind, name), plugin)
                if owner != plugin:
                    message = (
                        f"claims {kind} {name!r}, which plugin {owner} has already: remove one of the two"
                    )
                    raise PluginError(plugin, message)
                if not fits(thing):
                    raise PluginError(
                        plugin, f"{hook} gives {name!r} a {type(thing).__name__}, which cannot be one"
                    )
                found[name] = thing
        return found


def _is_closures(thing: object) -> bool:
    return isinstance(thing, Closures)


def _is_rule(thing: object) -> bool:
    return isinstance(thing, Rule)


def _is_file(thing: object) -> bool:
    return isinstance(thing, Traversable)


def _is_record(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Record) and hasattr(thing, "__schema__")


def _check_records(registry: Registry) -> None:
    core = {cls.__schema__.name for cls in CORE_RECORDS} | {"journal"}
    for name, cls in registry.records.items():
        if cls.__schema__.name != name or name in core:
            owner = registry.owners["records", name]
            raise PluginError(
                owner, f"declares the record {name!r} as {cls.__schema__.name!r}: give it a name of its own"
            )
