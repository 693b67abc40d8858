"""What the library itself declares through its hooks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from innovationhub.builtin.console import open_console
from innovationhub.builtin.england import EnglandBankHolidays
from innovationhub.builtin.memory import open_memory
from innovationhub.builtin.rules import AtMostAMonth, AudienceOnly, FirstTimers, NeedsAttendance, OneAtATime
from innovationhub.builtin.sqlite import open_sqlite
from innovationhub.hookspecs import hookimpl
from innovationhub.protocols.channel import ChannelOpener
from innovationhub.protocols.closures import Closures
from innovationhub.protocols.rule import Rule
from innovationhub.protocols.store import StoreOpener

__all__ = [
    "innovationhub_catalogues",
    "innovationhub_channels",
    "innovationhub_closures",
    "innovationhub_rules",
    "innovationhub_stores",
]


@hookimpl
def innovationhub_stores() -> Mapping[str, StoreOpener]:
    """`memory:` and `sqlite:///file.db`."""
    return {"memory": open_memory, "sqlite": open_sqlite}


@hookimpl
def innovationhub_channels() -> Mapping[str, ChannelOpener]:
    """`console:`, which prints."""
    return {"console": open_console}


@hookimpl
def innovationhub_closures() -> Mapping[str, Closures]:
    """England's bank holidays."""
    return {"england-bank-holidays": EnglandBankHolidays()}


@hookimpl
def innovationhub_catalogues() -> Mapping[str, Traversable]:
    """`hpft.toml`, the hub of the brief."""
    return {"hpft.toml": files("innovationhub") / "catalogues" / "hpft.toml"}


@hookimpl
def innovationhub_rules() -> Mapping[str, Rule]:
    """The common rules."""
    return {
        "at-most-a-month": AtMostAMonth(),
        "audience": AudienceOnly(),
        "first-timers": FirstTimers(),
        "needs-attendance": NeedsAttendance(),
        "one-at-a-time": OneAtATime(),
    }
