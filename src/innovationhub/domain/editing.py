"""Loading a catalogue: what is new is added, what differs is changed, and what people are booked on is left alone.

Loading the same values again changes nothing. A type that differs becomes a new revision; a rule that differs takes
effect from now on, as a part that follows (RFC 5545 RANGE=THISANDFUTURE). Sessions that have a row of their own keep
to their date, venue and revision, and are listed as held back. What a file does not mention stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import attrs

from innovationhub.domain.answers import HeldBack, LoadReport
from innovationhub.domain.catalogue import HubSettings, SessionType, type_to_text
from innovationhub.domain.changes import Assign, Move, Reschedule, Resize
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.joining import enrol
from innovationhub.domain.people import Person, PersonRow
from innovationhub.domain.programme import HUB, HubRow, SeriesRow, TypeRow, hub_row
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.schedule import Series, SessionRow, SessionStatus
from innovationhub.domain.schedule import series_from_text as read_series
from innovationhub.domain.schedule import series_to_text as write_series
from innovationhub.domain.time import local, zone

__all__ = ["LoadCatalogue"]

LOOKED_AT = 1000
"""Coming sessions of one series that are looked at for what must be held back."""


def _booked(series_id: str, since: datetime) -> Range[SessionRow]:
    return Range(SessionRow, "by_series", (series_id,), low=since, limit=LOOKED_AT)


@attrs.frozen(kw_only=True)
class LoadCatalogue:
    """A catalogue's values to take over. `keys` gives each facilitator's id an opaque key, should they be new."""

    types: tuple[SessionType, ...]
    series: tuple[Series, ...]
    keys: Mapping[str, str]
    actor: str
    hub: HubSettings | None = None

    def needs(self) -> Read:
        """The hub's row, which guards the whole programme, the series as they stand, and the facilitators."""
        return Read(
            (
                Key(HubRow, (HUB,)),
                *(Key(SeriesRow, (series.key,)) for series in self.series),
                *(Key(PersonRow, (person,)) for person in self.keys),
            )
        )

    def decide(self, view: View) -> Accepted | Refusal:
        """Take over what is new or differs."""
        draft = Draft(view, self.actor)
        hub = draft.get(HubRow, HUB)
        if hub is None:
            raise AssertionError("the hub's row is made when a hub is opened")
        edit = _Edit(draft, hub.revision + 1)
        edit.settings(hub, self.hub)
        for type_ in self.types:
            edit.type(type_)
        keys = {id: enrol(draft, _known(draft, id), key) for id, key in self.keys.items()}
        for series in self.series:
            edit.series(
                attrs.evolve(series, facilitators=tuple(keys[id] for id in series.facilitators)), series
            )
        if edit.added or edit.changed:
            row = draft.get(HubRow, HUB) or hub
            draft.put(attrs.evolve(row, revision=edit.revision))
        return draft.accept(LoadReport(tuple(edit.added), tuple(edit.changed), tuple(edit.held_back)))


def _known(draft: Draft, person_id: str) -> Person:
    row = draft.get(PersonRow, person_id)
    return row.person() if row else Person(person_id)


class _Edit:
    """One load in the making: what it has added, changed and held back so far."""

    def __init__(self, draft: Draft, revision: int) -> None:
        self.draft = draft
        self.revision = revision
        self.added: list[str] = []
        self.changed: list[str] = []
        self.held_back: list[HeldBack] = []

    def settings(self, row: HubRow, hub: HubSettings | None) -> None:
        if hub is None or hub == self.draft.programme.hub:
            return
        self.draft.put(hub_row(hub, row.revision, row.secret))
        self.draft.note("hub.changed", HUB, timezone=hub.timezone, closures=" ".join(hub.closures))
        self.changed.append("hub")

    def type(self, new: SessionType) -> None:
        draft = self.draft
        revision = draft.programme.latest.get(new.key, 0)
        old = draft.programme.types.get((new.key, revision))
        if old == new:
            return
        row = TypeRow(new.key, revision + 1, self.revision, new.title, new.access, type_to_text(new))
        draft.put(row)
        kind = "changed" if old else "added"
        draft.note(f"session-type.{kind}", new.key, revision=row.revision, definition=row.definition)
        (self.changed if old else self.added).append(f"session-type {new.key}")
        if old is not None:
            for series in draft.programme.series_of(new.key):
                for session in self._coming(series.key):
                    self.held_back += _type_held(
                        session, draft.programme.types[new.key, session.revision], new
                    )

    def series(self, new: Series, shown: Series) -> None:
        """Take over a series; `new` has the facilitators' opaque keys, `shown` their ids."""
        draft = self.draft
        row = draft.get(SeriesRow, new.key)
        rule = str(new.recurrence)
        if row is None:
            self._write(new, rule, "added")
            return
        old = read_series(row.definition)
        asked = attrs.evolve(new, recurrence=old.recurrence)
        if row.recurrence == rule and asked == old:
            return
        if row.recurrence != rule:
            asked = attrs.evolve(asked, recurrence=self._followed(old, new))
        self._write(asked, rule, "changed")
        for session in self._coming(new.key):
            self.held_back += _series_held(session, old, new, shown, draft.now)

    def _followed(self, old: Series, new: Series) -> Recurrence:
        """The old recurrence up to now and the new one from now on; the new one alone if nothing has happened yet."""
        draft = self.draft
        rows = Range(SessionRow, "by_series", (old.key,), limit=1)
        first = old.recurrence.first
        if not draft.scan(rows).rows and (first is None or first.starts > draft.now):
            return new.recurrence
        since = local(draft.now, zone(new.recurrence.zone)).replace(microsecond=0)
        return old.recurrence.followed_by(since, new.recurrence)

    def _write(self, series: Series, rule: str, kind: str) -> None:
        text = write_series(series)
        self.draft.put(SeriesRow(series.key, self.revision, series.type, series.venue, rule, text))
        self.draft.note(f"series.{kind}", series.key, definition=text)
        (self.added if kind == "added" else self.changed).append(f"series {series.key}")

    def _coming(self, series_id: str) -> Iterable[SessionRow]:
        rows = self.draft.scan(_booked(series_id, self.draft.now)).records
        return [row for row in rows if row.status is SessionStatus.SCHEDULED]


def _type_held(session: SessionRow, kept: SessionType, new: SessionType) -> list[HeldBack]:
    held: list[HeldBack] = []
    for role in new.roles:
        before = kept.role(role.key)
        if before is not None and before.capacity != role.capacity:
            shown = "unlimited" if role.capacity is None else str(role.capacity)
            was = "unlimited" if before.capacity is None else str(before.capacity)
            held.append(
                HeldBack(
                    session.id,
                    f"roles.{role.key}.capacity",
                    f"{session.id} keeps {was} places, not {shown}: people are booked on it",
                    Resize(session.id, role.key, role.capacity),
                )
            )
    same = attrs.evolve(new, roles=kept.roles)
    rest = [a.name for a in attrs.fields(SessionType) if getattr(same, a.name) != getattr(kept, a.name)]
    if rest:
        sentence = f"{session.id} keeps its {', '.join(rest)}: people are booked on it"
        held.append(HeldBack(session.id, ", ".join(rest), sentence))
    return held


def _series_held(
    session: SessionRow, old: Series, new: Series, shown: Series, now: datetime
) -> list[HeldBack]:
    held: list[HeldBack] = []
    booked = "people are booked on it"
    if session.venue != new.venue:
        sentence = f"{session.id} stays at {session.venue or 'no venue'}, not {new.venue or 'none'}: {booked}"
        held.append(HeldBack(session.id, "venue", sentence, Move(session.id, venue=new.venue)))
    if session.facilitators != " ".join(new.facilitators):
        sentence = f"{session.id} keeps its facilitators: {booked}"
        held.append(HeldBack(session.id, "facilitators", sentence, Assign(session.id, shown.facilitators)))
    nominal = local(session.original, zone(old.recurrence.zone))
    if old.recurrence != new.recurrence and new.recurrence.occurrence(nominal) is None:
        since = local(now, zone(new.recurrence.zone)).replace(microsecond=0)
        change = Reschedule(new.key, since, new.recurrence)
        held.append(HeldBack(session.id, "rule", f"{session.id} stays on its date: {booked}", change))
    return held
