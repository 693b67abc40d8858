"""The learning community of an innovationhub, and its space.

`Community`: what was shown and learnt, who took it up, what people were pointed to, introductions; with consent.
`Space`: what can be tried out, and practices worth researching.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from innovationhub import hookimpl
from innovationhub.domain.records import Record
from innovationhub.protocols.keeper import Keeper
from innovationhub_community.community import Community
from innovationhub_community.keeper import CommunityKeeper
from innovationhub_community.records import RECORDS, IntroductionState, Outcome, Pointed
from innovationhub_community.retiring import Retire
from innovationhub_community.space import Space
from innovationhub_community.things import CommunitySettings, Practice, Thing, ThingKind
from innovationhub_community.views import ConsentGiven, Found, Introduction, Showing, Signpost, TakeUp
from innovationhub_community.writing import NAME, Contact

__all__ = [
    "Community",
    "CommunitySettings",
    "ConsentGiven",
    "Contact",
    "Found",
    "Introduction",
    "IntroductionState",
    "Outcome",
    "Pointed",
    "Practice",
    "Retire",
    "Showing",
    "Signpost",
    "Space",
    "TakeUp",
    "Thing",
    "ThingKind",
    "innovationhub_catalogues",
    "innovationhub_commands",
    "innovationhub_keepers",
    "innovationhub_records",
]


@hookimpl
def innovationhub_records() -> Mapping[str, type[Record]]:
    """What the hub keeps for this package."""
    return RECORDS


@hookimpl
def innovationhub_keepers() -> Mapping[str, Keeper]:
    """Who looks after it."""
    return {NAME: CommunityKeeper()}


@hookimpl
def innovationhub_catalogues() -> Mapping[str, Traversable]:
    """`learning-community.toml`: example things, practices, and a series to book a thing by."""
    folder = files("innovationhub_community") / "catalogues"
    return {"learning-community.toml": folder / "learning-community.toml"}


def _community() -> object:
    from innovationhub_community.commands import community  # noqa: PLC0415  # loads click

    return community


def _space() -> object:
    from innovationhub_community.commands import space  # noqa: PLC0415  # loads click

    return space


@hookimpl
def innovationhub_commands() -> Mapping[str, Callable[..., object]]:
    """`community`, `space`."""
    return {"community": _community, "space": _space}
