"""Metrics of a hub by OpenTelemetry: what happened, what was refused, how things stand. Never of whom.

Installed, it follows the journal and counts. `EventCounter` counts what the hub logs, `observe` adds gauges.
"""

from __future__ import annotations

from collections.abc import Mapping

from innovationhub import hookimpl
from innovationhub.protocols.follower import Follower
from innovationhub_opentelemetry.events import EventCounter
from innovationhub_opentelemetry.gauges import observe
from innovationhub_opentelemetry.journal import NAME, JournalCounter

__all__ = ["EventCounter", "JournalCounter", "innovationhub_followers", "observe"]


@hookimpl
def innovationhub_followers() -> Mapping[str, Follower]:
    """The journal's entries, counted: a counter for each hub that is opened."""
    return {NAME: JournalCounter()}
