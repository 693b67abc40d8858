"""Discover plugins, load each by itself, check what they declare: the answer is a frozen `Registry`.

pluggy is asked once, when a hub is opened; from then on nothing goes through it and a type checker sees everything. A
plugin that cannot be loaded is reported by name, none of it is kept, and the others load; two that claim one name are
an error naming both.
"""

from __future__ import annotations

import importlib.metadata
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from importlib.resources.abc import Traversable
from typing import cast

import attrs
import pluggy

from innovationhub import builtin, hookspecs
from innovationhub.domain.answers import Receipt
from innovationhub.domain.booking import BookingRow
from innovationhub.domain.deliveries import Delivery, Following
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.journal import KINDS
from innovationhub.domain.messages import MessageKind
from innovationhub.domain.mirrors import (
    LmsAccountRow,
    LmsFindingRow,
    LmsSessionRow,
    LmsSignUpRow,
    LmsTypeRow,
)
from innovationhub.domain.people import Note, PersonRow
from innovationhub.domain.programme import ClosedDay, HubRow, SeriesRow, TypeRow
from innovationhub.domain.records import Record, Schema
from innovationhub.domain.resources import Resource
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.timers import OFFER, STRAIGHT, Cursor, Timer
from innovationhub.domain.workshop import PROMISE, WorkshopMember, WorkshopRow
from innovationhub.errors import PluginError
from innovationhub.protocols.channel import ChannelOpener
from innovationhub.protocols.closures import Closures
from innovationhub.protocols.follower import Follower
from innovationhub.protocols.keeper import Keeper
from innovationhub.protocols.lms import LmsOpener
from innovationhub.protocols.rule import Rule
from innovationhub.protocols.store import StoreOpener

__all__ = ["CORE_RECORDS", "Broken", "Registry", "load"]

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
    Delivery,
    Following,
    LmsTypeRow,
    LmsSessionRow,
    LmsSignUpRow,
    LmsAccountRow,
    LmsFindingRow,
    WorkshopRow,
    WorkshopMember,
)
"""What every store keeps, the journal apart, which it appends itself."""

RESERVED = (
    {kind.partition(".")[0] for kind in KINDS}
    | {kind.partition("-")[0] for kind in MessageKind}
    | {OFFER, PROMISE, STRAIGHT}
)
"""Names that no keeper may have: with them the core's own entries, messages and timers begin."""

_KEEPER = re.compile("[a-z][a-z0-9]*")

log = logging.getLogger("innovationhub.plugins")


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
    commands: Mapping[str, Callable[..., object]] = attrs.field(factory=dict)
    lms: Mapping[str, LmsOpener] = attrs.field(factory=dict)
    channels: Mapping[str, ChannelOpener] = attrs.field(factory=dict)
    followers: Mapping[str, Follower] = attrs.field(factory=dict)
    keepers: Mapping[str, Keeper] = attrs.field(factory=dict)
    plugins: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    owners: Mapping[tuple[str, str], str] = attrs.field(factory=dict)
    """For each hook and name, the plugin that declared it."""


def load(plugins: Iterable[object] = (), *, discover: bool = True) -> Registry:
    """The built-in plugins, those given, and (with `discover`) those installed under the entry-point group.

    Each plugin is taken whole or not at all: one that is left out is in `broken`, and none of its names are there.
    Raises `PluginError` when two plugins claim one name, or one of those given has or declares what cannot be used.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(builtin, "builtin")
    for plugin in plugins:
        name = getattr(plugin, "__name__", type(plugin).__name__)
        _register(manager, plugin, name)
    given = {name for name, _ in manager.list_name_plugin()}
    broken = _discover(manager) if discover else []
    found: dict[str, dict[str, object]] = {hook: {} for hook in _FITS}
    owners: dict[tuple[str, str], str] = {}
    taken: list[str] = []
    for name, plugin in manager.list_name_plugin():
        try:
            declared = _declared(manager, plugin)
        except (_Raised, _Wrong) as error:
            if isinstance(error, _Wrong) and name in given:
                raise PluginError(name, str(error)) from None
            broken.append(Broken(name, str(error)))
            continue
        _take(declared, name, found, owners)
        taken.append(name)
    for each in broken:
        # why is in the registry: what a plugin says may hold anything
        log.warning("plugin.broken", extra={"plugin": each.plugin})
    return Registry(
        stores=cast("Mapping[str, StoreOpener]", found["innovationhub_stores"]),
        closures=cast("Mapping[str, Closures]", found["innovationhub_closures"]),
        catalogues=cast("Mapping[str, Traversable]", found["innovationhub_catalogues"]),
        records=cast("Mapping[str, type[Record]]", found["innovationhub_records"]),
        rules=cast("Mapping[str, Rule]", found["innovationhub_rules"]),
        commands=cast("Mapping[str, Callable[..., object]]", found["innovationhub_commands"]),
        lms=cast("Mapping[str, LmsOpener]", found["innovationhub_lms"]),
        channels=cast("Mapping[str, ChannelOpener]", found["innovationhub_channels"]),
        followers=cast("Mapping[str, Follower]", found["innovationhub_followers"]),
        keepers=cast("Mapping[str, Keeper]", found["innovationhub_keepers"]),
        plugins=tuple(sorted(taken)),
        owners=owners,
        broken=tuple(broken),
    )


def _register(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    """Register one plugin. Raises `PluginError` when its hooks are not ours or do not fit; then none of them is."""
    registered = manager.is_registered(plugin)
    try:
        manager.register(plugin, name)
    except Exception as error:
        if not registered and manager.is_registered(plugin):
            # pluggy before 1.7 keeps the hooks that it came across before the one at fault
            manager.unregister(plugin)
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


class _Raised(Exception):  # never leaves this module
    """A hook raised: its plugin is left out, wherever it came from."""


class _Wrong(Exception):  # never leaves this module
    """A plugin declares what cannot be what it claims to be."""


def _declared(manager: pluggy.PluginManager, plugin: object) -> dict[str, dict[str, object]]:
    """What one plugin declares, by hook: all of it is asked and checked before any of it is taken.

    Raises `_Raised` when a hook does, `_Wrong` when one gives what cannot be what it claims.
    """
    found: dict[str, dict[str, object]] = {}
    for hook in _FITS:
        # asked one by one: pluggy stops at the first implementation that raises
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            if implementation.plugin is plugin:
                try:
                    things = implementation.function()
                    wrong = _wrong(hook, things)
                except Exception as error:
                    raise _Raised(f"{hook} raised {type(error).__name__}: {error}") from error
                if wrong:
                    raise _Wrong(f"{hook} gives {wrong}")
                found.setdefault(hook, {}).update(things)
    return found


def _wrong(hook: str, things: object) -> str:
    """What is wrong with a hook's answer; empty when nothing is."""
    if not isinstance(things, Mapping):
        return f"a {type(things).__name__}, and not a mapping of names to things"
    for name, thing in things.items():
        if not isinstance(name, str):
            return f"the name {name!r}, which is not text"
        if not _FITS[hook](thing):
            return f"{name!r} a {type(thing).__name__}, which cannot be one"
        if isinstance(thing, Keeper) and hook == "innovationhub_keepers":
            if not _KEEPER.fullmatch(name):
                return f"a keeper the name {name!r}, which must be small letters and digits"
            if name in RESERVED:
                return f"a keeper the name {name!r}, with which things of the core begin: choose another"
        if _is_record(thing) and thing.__schema__.name != name:
            return f"the record {thing.__schema__.name!r} the name {name!r}: give it its own"
        if _is_record(thing) and name in {"journal", *(cls.__schema__.name for cls in CORE_RECORDS)}:
            return f"a record the name {name!r}, which is one of the core's: give it a name of its own"
    return ""


def _take(
    declared: Mapping[str, Mapping[str, object]],
    plugin: str,
    found: Mapping[str, dict[str, object]],
    owners: dict[tuple[str, str], str],
) -> None:
    """Add what a plugin declares to what is there. Raises `PluginError` when a name is there already."""
    for hook, things in declared.items():
        kind = hook.removeprefix("innovationhub_")
        for name, thing in things.items():
            owner = owners.setdefault((kind, name), plugin)
            if owner != plugin:
                message = f"claims {kind} {name!r}, which plugin {owner} has already: remove one of the two"
                raise PluginError(plugin, message)
            found[hook][name] = thing


def _is_closures(thing: object) -> bool:
    return isinstance(thing, Closures)


def _is_rule(thing: object) -> bool:
    return isinstance(thing, Rule)


def _is_follower(thing: object) -> bool:
    return isinstance(thing, Follower)


def _is_keeper(thing: object) -> bool:
    return isinstance(thing, Keeper)


def _is_file(thing: object) -> bool:
    return isinstance(thing, Traversable)


def _is_record(thing: object) -> bool:
    return (
        isinstance(thing, type)
        and issubclass(thing, Record)
        and isinstance(getattr(thing, "__schema__", None), Schema)
    )


_FITS: Mapping[str, Callable[[object], bool]] = {
    "innovationhub_stores": callable,
    "innovationhub_closures": _is_closures,
    "innovationhub_rules": _is_rule,
    "innovationhub_lms": callable,
    "innovationhub_catalogues": _is_file,
    "innovationhub_records": _is_record,
    "innovationhub_commands": callable,
    "innovationhub_channels": callable,
    "innovationhub_followers": _is_follower,
    "innovationhub_keepers": _is_keeper,
}
"""Every hook, and whether a thing can be what it declares."""
