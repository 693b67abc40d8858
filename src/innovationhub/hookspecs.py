"""Every hook. A hook says who is there: it takes nothing and returns a mapping of names to things, asked once at open.

A plugin is any module or object with functions of these names, marked with `hookimpl`:

    from innovationhub import hookimpl

    @hookimpl
    def innovationhub_closures():
        return {"our-away-days": AwayDays()}

and its package names that module under the entry-point group `innovationhub`. Installing it changes no decision:
closures and rules act only where a hub's settings or a session type name them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable

import pluggy

from innovationhub.domain.records import Record
from innovationhub.protocols.channel import ChannelOpener
from innovationhub.protocols.closures import Closures
from innovationhub.protocols.follower import Follower
from innovationhub.protocols.keeper import Keeper
from innovationhub.protocols.lms import LmsOpener
from innovationhub.protocols.rule import Rule
from innovationhub.protocols.store import StoreOpener

__all__ = [
    "PROJECT",
    "hookimpl",
    "innovationhub_catalogues",
    "innovationhub_channels",
    "innovationhub_closures",
    "innovationhub_commands",
    "innovationhub_followers",
    "innovationhub_keepers",
    "innovationhub_lms",
    "innovationhub_records",
    "innovationhub_rules",
    "innovationhub_stores",
]

PROJECT = "innovationhub"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def innovationhub_stores() -> Mapping[str, StoreOpener]:  # type: ignore[empty-body]  # a specification has none
    """Stores, by the scheme of their address: `{"sqlite": open_sqlite}` opens `sqlite:///hub.db`."""


@hookspec
def innovationhub_closures() -> Mapping[str, Closures]:  # type: ignore[empty-body]
    """Calendars of closed days, by the name that a hub's settings use: `{"england-bank-holidays": ...}`."""


@hookspec
def innovationhub_lms() -> Mapping[str, LmsOpener]:  # type: ignore[empty-body]
    """Learning-management systems, by how their address begins: `{"moodle": ...}` opens `moodle+https://…`."""


@hookspec
def innovationhub_catalogues() -> Mapping[str, Traversable]:  # type: ignore[empty-body]
    """Catalogue files that come with a plugin, by the name under which they are loaded: `{"hpft.toml": ...}`."""


@hookspec
def innovationhub_commands() -> Mapping[str, Callable[..., object]]:  # type: ignore[empty-body]
    """Commands of the program `innovationhub`, by name: each a function that gives the click command or group.

    It takes nothing, and only the program calls it, so that a hub within a service loads no click.
    """


@hookspec
def innovationhub_records() -> Mapping[str, type[Record]]:  # type: ignore[empty-body]
    """Record classes of the plugin's own, by their names: every store then keeps them."""


@hookspec
def innovationhub_rules() -> Mapping[str, Rule]:  # type: ignore[empty-body]
    """Rules, by the name under which session types ask for them: `{"audience": AudienceOnly()}`."""


@hookspec
def innovationhub_channels() -> Mapping[str, ChannelOpener]:  # type: ignore[empty-body]
    """Channels, by the scheme of their address: `{"smtp": open_smtp}` opens `smtp://mail.trust.example`."""


@hookspec
def innovationhub_followers() -> Mapping[str, Follower]:  # type: ignore[empty-body]
    """Followers of the journal, by the name under which the hub keeps how far each has come."""


@hookspec
def innovationhub_keepers() -> Mapping[str, Keeper]:  # type: ignore[empty-body]
    """Keepers of records of the plugin's own, each under a name of small letters and digits: `{"fund": ...}`.

    The keeper's entries, timers and messages begin with that name.
    """
