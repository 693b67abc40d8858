"""What happened, counted from the journal: what was committed, by whichever process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from opentelemetry.metrics import MeterProvider, get_meter

from innovationhub import Entry, Hub
from innovationhub.protocols.follower import Since

__all__ = ["METER", "NAME", "JournalCounter"]

METER = "innovationhub_opentelemetry"

NAME = "opentelemetry"
"""The follower's name: under it the hub keeps how far it has come."""

_OF_SESSIONS = ("session.", "roster.", "series.")
"""Kinds whose subject is a session or a series."""


class JournalCounter:
    """A follower that counts entries by kind and, once `observe` has told it the hub, by type of session.

    An entry that is handed over again is not counted again by this process. Where one dies, its last page of entries
    may be counted twice (by it and by who goes on, where it had exported and not yet noted how far it had come) or
    not at all (where it had noted and not yet exported). The journal itself is exact.
    """

    def __init__(self, meter_provider: MeterProvider | None = None) -> None:
        meter = get_meter(METER, meter_provider=meter_provider)
        self._entries = meter.create_counter(
            "innovationhub.journal.entries", "{entry}", "What happened, as the journal has it."
        )
        self._hub: Hub | None = None
        self._types: Mapping[str, str] = {}
        self._counted = 0
        self._turn = Lock()

    @property
    def since(self) -> Since:
        """A counter says how much more there is than before, so it begins now."""
        return Since.NOW

    def know(self, hub: Hub) -> None:
        """Take the types of sessions from this hub, which must be the one that is followed."""
        self._hub = hub

    def follow(self, entries: Sequence[Entry]) -> None:
        """Count what was not counted yet. Raises `Unavailable` where the types cannot be read: nothing is counted."""
        with self._turn:
            fresh = [entry for entry in entries if entry.position > self._counted]
            self._learn(fresh)
            for entry in fresh:
                attributes = {"innovationhub.kind": entry.kind}
                type_ = self._types.get(_series(entry))
                if type_ is not None:
                    attributes["innovationhub.session_type"] = type_
                self._entries.add(1, attributes)
                self._counted = entry.position

    def _learn(self, entries: Iterable[Entry]) -> None:
        if self._hub is None or {_series(entry) for entry in entries} - {""} <= self._types.keys():
            return
        self._types = {series.key: series.type for series in self._hub.series()}


def _series(entry: Entry) -> str:
    """The key of the series that an entry is about; empty where it is about none."""
    about = entry.facts.get("session")
    if about is None and entry.kind.startswith(_OF_SESSIONS):
        about = entry.subject
    return str(about or "").partition("@")[0]
