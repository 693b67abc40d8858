"""The calendar of an innovationhub outside of it: feeds, a page, JSON, and calendars brought in.

`feeds` (RFC 5545), `tokens` (one person's feed behind a secret address), `pages` (HTML), `listings` (JSON), `reading`
(an .ics file into series). What they need is loaded when they are imported, not when a hub is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from innovationhub import hookimpl
from innovationhub.domain.records import Record

__all__ = ["innovationhub_commands", "innovationhub_records"]


@hookimpl
def innovationhub_records() -> Mapping[str, type[Record]]:
    """The tokens of people's feeds."""
    from innovationhub_icalendar.records import FeedToken  # noqa: PLC0415  # only what is kept

    return {"icalendar_token": FeedToken}


def _export() -> object:
    from innovationhub_icalendar.commands import export  # noqa: PLC0415  # loads click

    return export


def _import() -> object:
    from innovationhub_icalendar.commands import bring_in  # noqa: PLC0415

    return bring_in


def _subscription() -> object:
    from innovationhub_icalendar.commands import subscription  # noqa: PLC0415

    return subscription


@hookimpl
def innovationhub_commands() -> Mapping[str, Callable[..., object]]:
    """`export`, `import`, `subscription`."""
    return {"export": _export, "import": _import, "subscription": _subscription}
