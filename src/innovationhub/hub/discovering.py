"""The part of the face that speaks of the trust's learning-management system (LMS), and of bookings that agree."""

from __future__ import annotations

import attrs

from innovationhub.domain.lms import Ability
from innovationhub.domain.mirrors import LmsFindingRow
from innovationhub.domain.records import Range, Read
from innovationhub.domain.settings import Leads
from innovationhub.domain.views import LmsAct, LmsFinding, LmsReport
from innovationhub.errors import Invalid
from innovationhub.hub.agreeing import Client, Direction, Passes
from innovationhub.hub.part import Part, minted

__all__ = ["Discovering", "LmsStatus"]

MOST_FINDINGS = 10_000


@attrs.frozen
class LmsStatus:
    """How a hub stands with its LMS: the plugin that speaks with it (None: it has none), who leads, what it can do.

    `findings` is all that a person must look at, the oldest first.
    """

    plugin: str | None
    leads: Leads
    abilities: tuple[Ability, ...]
    findings: tuple[LmsFinding, ...]


class Discovering(Part):
    """The hub's sessions in the LMS."""

    _lms: Client | None = None

    def lms_status(self) -> LmsStatus:
        """How the hub stands with its LMS. Asks it what it can do: raises `LmsError` where that cannot be answered."""
        abilities = sorted(self._lms.abilities()) if self._lms else []
        leads = self._engine.refresh().hub.lms.leads
        return LmsStatus(
            self._lms.name if self._lms else None, leads, tuple(abilities), tuple(self.lms_findings())
        )

    def lms_findings(self) -> list[LmsFinding]:
        """What hub and LMS do not agree about, and a person must look at, the oldest first. Reads, changes nothing."""
        wanted = Range(LmsFindingRow, "by_since", limit=MOST_FINDINGS)
        return self._as_said(self._store.read(Read(ranges=(wanted,))).scan(wanted).records)

    def agree_with_lms(
        self,
        *,
        limit: int = 100,
        direction: Direction = Direction.BOTH,
        whole: bool = False,
        tried: bool = False,
    ) -> LmsReport:
        """Look at so many sessions, from where the last pass stopped, and let hub and LMS agree about them.

        New sessions are published, changed ones told, sign-ups there followed here and bookings here told there; what
        is a person's to settle becomes a finding. `direction` does only one half of it. `whole` reads every sign-up,
        not only those that changed, and so finds what vanished. `tried` changes nothing on either side, and reports
        what would be done first. Doing it again changes nothing. A failure of the LMS is no error but stands in the
        report. Raises `Invalid` naming `lms` where this hub was opened without one, and `Unavailable`. Commits.
        """
        if self._lms is None:
            raise Invalid("lms", "must be given when the hub is opened: Settings(lms=…)")
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 10_000:
            raise Invalid("limit", f"must be from 1 to 10000; got {limit!r}", limit)
        passes = Passes(self._engine, self._showing, self._lms, minted)
        made, complete = passes.run(limit, direction=direction, whole=whole, tried=tried)
        now = self._engine.now()
        kept = {(row.session_id, row.role, row.code, row.about): row.since for row in self._kept_findings()}
        rows = [
            LmsFindingRow(
                each.session_id,
                each.role,
                each.code,
                each.about,
                kept.get((each.session_id, each.role, each.code, each.about), now),
                each.facts,
            )
            for each in made.findings
        ]
        names = self._people.ids({act.person_id for act in made.acts if act.person_id})
        acts = tuple(
            LmsAct(act.session_id, act.role, act.side, act.what, names.get(act.person_id, ""))
            for act in made.acts
        )
        return LmsReport(
            made.sessions, acts, tuple(self._as_said(rows)), made.complete and complete, made.failure
        )

    def _kept_findings(self) -> list[LmsFindingRow]:
        wanted = Range(LmsFindingRow, "by_since", limit=MOST_FINDINGS)
        return self._store.read(Read(ranges=(wanted,))).scan(wanted).records

    def _as_said(self, rows: list[LmsFindingRow]) -> list[LmsFinding]:
        """Findings in callers' own ids, where they are about somebody the hub knows."""
        names = self._people.ids({row.about for row in rows if row.about})
        return [
            LmsFinding(
                row.session_id, row.role, row.code, names.get(row.about, ""), row.since, dict(row.facts)
            )
            for row in rows
        ]
