"""The part of the face that shows what a hub puts on: its catalogue, its calendar, its sessions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

import attrs

from innovationhub.domain.answers import LoadReport
from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.schedule import Catalogue, Series
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.views import SessionView
from innovationhub.hub.catalogues import load_catalogue
from innovationhub.hub.part import Part

__all__ = ["Programming"]


class Programming(Part):
    """The catalogue and the calendar."""

    def load_catalogue(
        self, source: str | Path | Catalogue, *, request_id: str | None = None, actor: str | None = None
    ) -> LoadReport:
        """Take over a catalogue: a file, a shipped one by its name (`hpft.toml`), or its values. Commits.

        What is new is added, what differs is changed, the same again changes nothing, and what a file does not mention
        stays. Sessions that people are booked on are left as they are and listed as `held_back`. Raises
        `InvalidCatalogue` with all the faults of a file.
        """
        who = self._people.actor(actor, "system:hub")
        return load_catalogue(
            self._engine, self._people, self.registry, source, request_id=request_id, actor=who
        )

    @property
    def settings(self) -> HubSettings:
        """The hub's name, time zone, closures and working hours, as they stand."""
        return self._engine.refresh().hub

    def session_types(self) -> list[SessionType]:
        """The hub's session types as they stand, in order of title."""
        programme = self._engine.refresh()
        return sorted(
            (programme.type(key) for key in programme.latest), key=lambda each: (each.title, each.key)
        )

    def series(self) -> list[Series]:
        """The hub's series, in order of key, with their facilitators' ids."""
        programme = self._engine.refresh()
        names = self._people.ids(key for series in programme.series.values() for key in series.facilitators)
        return [
            attrs.evolve(series, facilitators=tuple(names[key] for key in series.facilitators))
            for _, series in sorted(programme.series.items())
        ]

    def calendar(
        self,
        start: date | datetime,
        end: date | datetime,
        *,
        person: str | None = None,
        types: Collection[str] | None = None,
    ) -> list[SessionView]:
        """The sessions with `start <= starts < end`, in order of start: one query however many there are.

        Both are dates (local midnights, so the end date is out) or both aware datetimes, at most five years apart.
        `person` adds `.mine`, and the private sessions that they have a place in; `types` are keys of session types.
        Called-off sessions are shown; skipped dates are not. Raises `Invalid` naming `start` or `end`, `NotFound`.
        """
        return self._showing.calendar(start, end, person, types)

    def session(self, session_id: str) -> SessionView:
        """One session, private ones included. Raises `NotFound`."""
        return self._showing.session(session_id)
