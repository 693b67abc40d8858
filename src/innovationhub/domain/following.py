"""Which coming sessions follow an edit of the catalogue, and which are held back from it.

A session on which somebody is booked, or waits, keeps to its date, venue and revision of its type, and is listed. One
that everybody has left again follows the new values, but keeps the date that its id names. A session that nobody was
ever booked on has no row: it is where its series puts it, and follows by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.answers import HeldBack
from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.changes import Assign, Change, Move, Reschedule, Resize
from innovationhub.domain.deciding import Draft
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.records import Key, Range
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import (
    Closed,
    Opening,
    Planned,
    Series,
    SessionRow,
    SessionStatus,
    occasion,
)
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.time import local, resolve, utc, zone
from innovationhub.domain.wording import count, when

__all__ = ["LOOKED_AT", "EditedSeries", "Edits", "follow", "from_now_on"]

LOOKED_AT = 1000
"""Coming sessions of one series, of those that were ever booked, that are looked at for what must be held back.

Should there be more, the rest stays as it is, booked or not, and the report says from which session on: refusing would
leave a busy hub with a catalogue that it cannot edit.
"""

_ALWAYS = Opening(lambda day: None)

_Wanted = tuple[str, Any, Any, HeldBack]
"""A field of a session as its series had it and as it has it now, and what to say where that is held back."""


@attrs.frozen
class EditedSeries:
    """A series before and after; `asked` is what the caller asked for, with the facilitators' own ids."""

    old: Series
    new: Series
    asked: Series

    @property
    def redated(self) -> bool:
        """Whether what says on which dates it is has changed."""
        return (self.old.recurrence, self.old.closed) != (self.new.recurrence, self.new.closed)


@attrs.frozen
class Edits:
    """What has been edited: types that there were before, with their new revision, and series, by their keys.

    `hub` are the settings before and after, where they differ in when the hub is open.
    """

    types: Mapping[str, tuple[SessionType, int]]
    series: Mapping[str, EditedSeries]
    hub: tuple[HubSettings, HubSettings] | None = None


def follow(draft: Draft, edits: Edits) -> list[HeldBack]:
    """Let the sessions that are to come follow these edits, as far as they may; returns what was held back."""
    following = _Following(draft, edits)
    following.sessions()
    return following.held_back


class _Following:
    """The sessions of one load: what of it they follow is in the draft, what was held back is listed."""

    def __init__(self, draft: Draft, edits: Edits) -> None:
        self.draft = draft
        self.edits = edits
        self.held_back: list[HeldBack] = []

    def sessions(self) -> None:
        """Go through the coming sessions that have a row of their own."""
        draft, programme = self.draft, self.draft.programme
        of_types = {series.key for type_ in self.edits.types for series in programme.series_of(type_)}
        of_hub = programme.series.keys() if self.edits.hub else set[str]()
        coming = [_coming(key, draft.now) for key in sorted(of_types | of_hub | self.edits.series.keys())]
        draft.need(*coming)
        rows: list[SessionRow] = []
        for each in coming:
            found = draft.scan(each).records
            self.held_back += [_not_looked_at(first) for first in found[LOOKED_AT:]]
            rows += [row for row in found[:LOOKED_AT] if row.status is SessionStatus.SCHEDULED]
        # every roster that there is or could be: each is relied on, so nobody can be booked meanwhile unseen
        draft.need(*(Key(Roster, (row.id, role)) for row in rows for role in self._roles(row)))
        for row in rows:
            rosters = [draft.get(Roster, row.id, role) for role in self._roles(row)]
            self._session(row, [roster for roster in rosters if roster])

    def _roles(self, row: SessionRow) -> list[str]:
        types = [self.draft.programme.types[row.type, row.revision]]
        if row.type in self.edits.types:
            types.append(self.edits.types[row.type][0])
        return sorted({role.key for type_ in types for role in type_.roles})

    def _session(self, row: SessionRow, rosters: list[Roster]) -> None:
        kept = self.draft.programme.types[row.type, row.revision]
        new, revision = self.edits.types.get(row.type, (kept, row.revision))
        edited = self.edits.series.get(row.series_id)
        if edited is None and self.edits.hub:
            series = self.draft.programme.series[row.series_id]
            edited = EditedSeries(series, series, series)
        booked = any(roster.held or roster.waiting for roster in rosters)
        orphans = any(new.role(roster.role) is None for roster in rosters)
        why = "people are booked on it" if booked else "people have been booked on it"
        if (booked or orphans) and new != kept:
            self.held_back += _type_held(row, kept, new, rosters, why)
            new, revision = kept, row.revision
        now = attrs.evolve(row, revision=revision)
        if edited:
            now = self._under(edited, now, new.longest, why, booked=booked)
        if new.longest != kept.longest or now.starts != row.starts:
            now = attrs.evolve(now, ends=now.starts + timedelta(minutes=new.longest))
        if now != row:
            self._take_along(now, rosters, kept, new)

    def _under(
        self, edited: EditedSeries, row: SessionRow, minutes: int, why: str, *, booked: bool
    ) -> SessionRow:
        """A session under its edited series: what this load changed is taken over, or held back if `booked`.

        Only what is still as the series had it is taken over: the rest was set for this session alone.
        """
        old, new = edited.old, edited.new
        wanted: list[_Wanted] = []
        if old.venue != new.venue:
            sentence = f"{row.id} stays at {row.venue or 'no venue'}, not {new.venue or 'none'}: {why}"
            change: Change = Move(row.id, venue=new.venue)
            wanted.append(("venue", old.venue, new.venue, HeldBack(row.id, "venue", sentence, change)))
        led, leading = " ".join(old.facilitators), " ".join(new.facilitators)
        if led != leading:
            change = Assign(row.id, new.facilitators)
            held = HeldBack(row.id, "facilitators", f"{row.id} keeps its facilitators: {why}", change)
            wanted.append(("facilitators", led, leading, held))
        wanted += self._elsewhen(edited, row, minutes, why)
        if old.type != new.type:
            self.held_back.append(HeldBack(row.id, "type", f"{row.id} stays a session of {row.type}: {why}"))
        for field, had, has, held in wanted:
            if not booked and getattr(row, field) == had:
                row = attrs.evolve(row, **{field: has})
            elif getattr(row, field) != has:
                self.held_back.append(held)
        return row

    def _elsewhen(self, edited: EditedSeries, row: SessionRow, minutes: int, why: str) -> list[_Wanted]:
        """Another start, if so: by its series, or since the hub is open on other days."""
        if not edited.redated and not self.edits.hub:
            return []
        nominal = split_session_id(row.id)[1]
        before, after = self._dates(edited, minutes, nominal)
        if after is None:
            if edited.redated or before is not None:
                self.held_back.append(self._stays(edited, row, nominal, why))
            return []
        if before is not None and before.starts == after.starts:
            return []
        shown = when(after.starts, zone(edited.new.recurrence.zone))
        change = Move(row.id, starts=after.starts)
        held = HeldBack(row.id, "starts", f"{row.id} stays on its date, not {shown}: {why}", change)
        return [("starts", before and utc(before.starts), utc(after.starts), held)]

    def _dates(
        self, edited: EditedSeries, minutes: int, nominal: datetime
    ) -> tuple[Planned | None, Planned | None]:
        """When its series, and when the hub is open, had a session take place, and when they do now."""
        view, old, new = self.draft.view, edited.old, edited.new
        before = after = view.opening
        if self.edits.hub:
            was, now = self.edits.hub
            before, after = view.opening_under(was), view.opening_under(now)
            if new.closed is Closed.SKIP and not edited.redated:
                # only what newly closes can take a date here, and closures that are dropped may be those that fail
                added = tuple(name for name in now.closures if name not in was.closures)
                before, after = _ALWAYS, view.opening_under(attrs.evolve(now, closures=added))
        return occasion(old, minutes, nominal, before), occasion(new, minutes, nominal, after)

    def _stays(self, edited: EditedSeries, row: SessionRow, nominal: datetime, why: str) -> HeldBack:
        """A session of which its series knows no more: it stays, since its id means that date for ever."""
        later = edited.asked.recurrence
        if edited.new.recurrence.occurrence(nominal) is not None:
            return HeldBack(row.id, "closed", f"{row.id} stays, though the hub is closed that day: {why}")
        since = from_now_on(self.draft.now, zone(later.zone))
        change = Reschedule(row.series_id, since, later)
        return HeldBack(row.id, "rule", f"{row.id} stays on its date: {why}", change)

    def _take_along(
        self, row: SessionRow, rosters: Iterable[Roster], kept: SessionType, new: SessionType
    ) -> None:
        """Let a session on which nobody is booked be so, and its rosters with it."""
        self.draft.put(row)
        self.draft.note(
            "session.changed",
            row.id,
            series=row.series_id,
            type=row.type,
            revision=row.revision,
            starts=row.starts.isoformat(),
            ends=row.ends.isoformat(),
            venue=row.venue,
            facilitators=row.facilitators,
        )
        for roster in rosters:
            before, after = kept.role(roster.role), new.role(roster.role)
            now = attrs.evolve(roster, starts=row.starts)
            leading = len(row.facilitators.split())
            if before and after and before.seats(leading) == roster.capacity != after.seats(leading):
                now = attrs.evolve(now, capacity=after.seats(leading))
                self.draft.note("roster.resized", row.id, role=roster.role, capacity=now.capacity)
            if before and after and before.reserve == roster.reserve != after.reserve:
                now = attrs.evolve(now, reserve=after.reserve)
            if now != roster:
                self.draft.put(now)


def _coming(series_id: str, since: datetime) -> Range[SessionRow]:
    return Range(SessionRow, "by_series", (series_id,), low=since, limit=LOOKED_AT + 1)


def _not_looked_at(first: SessionRow) -> HeldBack:
    sentence = (
        f"{first.id} and the sessions of {first.series_id} after it stay as they are: more than {LOOKED_AT:,} "
        "that are to come have been booked"
    )
    return HeldBack(first.id, "sessions", sentence)


def _type_held(
    row: SessionRow, kept: SessionType, new: SessionType, rosters: Iterable[Roster], why: str
) -> list[HeldBack]:
    held: list[HeldBack] = []
    places = {role.key: role.capacity for role in kept.roles}
    places |= {roster.role: roster.capacity for roster in rosters if roster.role in places}
    for role in new.roles:
        before = kept.role(role.key)
        if before is None or before.capacity == role.capacity or places[role.key] == role.capacity:
            continue
        was = "unlimited places" if places[role.key] is None else count(places[role.key] or 0, "place")
        shown = "unlimited" if role.capacity is None else role.capacity
        sentence = f"{row.id} keeps {was}, not {shown}: {why}"
        change = Resize(row.id, role.key, role.capacity)
        held.append(HeldBack(row.id, f"roles.{role.key}.capacity", sentence, change))
    names = [a.name for a in attrs.fields(SessionType) if getattr(new, a.name) != getattr(kept, a.name)]
    if _but_for_capacity(new) == _but_for_capacity(kept) and "roles" in names:
        names.remove("roles")
    if names:
        held.append(HeldBack(row.id, ", ".join(names), f"{row.id} keeps its {', '.join(names)}: {why}"))
    return held


def _but_for_capacity(type_: SessionType) -> list[Role]:
    return [attrs.evolve(role, capacity=None) for role in type_.roles]


def from_now_on(now: datetime, where: ZoneInfo) -> datetime:
    """The local time from which on every session of a zone starts now or later."""
    wall = local(now, where)
    wall = wall.replace(microsecond=0) + timedelta(seconds=wall.microsecond > 0)
    while resolve(wall, where) < now:  # the hour that the clock shows twice: its sessions were in the first
        wall = wall.replace(second=0) + timedelta(minutes=1)
    return wall
