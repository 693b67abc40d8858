"""Loading a catalogue: what is new is added, what differs is changed, and what people are booked on is left alone.

Loading the same values again changes nothing. A type that differs becomes a new revision; a rule that differs takes
effect from now on, as a part that follows (RFC 5545 RANGE=THISANDFUTURE). Coming sessions on which somebody is booked,
or waits, keep to their date, venue and revision, and are listed as held back; one that everybody has left again follows
the new values, but keeps the date that its id names. What a file does not mention stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from innovationhub.domain.answers import HeldBack, LoadReport
from innovationhub.domain.catalogue import Role, SessionType, type_to_text
from innovationhub.domain.changes import Assign, Change, Move, Reschedule, Resize
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.joining import enrol
from innovationhub.domain.people import Person, PersonRow
from innovationhub.domain.programme import HUB, HubRow, SeriesRow, TypeRow, hub_row
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import Series, SessionRow, SessionStatus, occasion
from innovationhub.domain.schedule import series_from_text as read_series
from innovationhub.domain.schedule import series_to_text as write_series
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.time import local, resolve, utc, zone
from innovationhub.domain.wording import count, when
from innovationhub.errors import Invalid

__all__ = ["LoadCatalogue"]

LOOKED_AT = 1000
"""Coming sessions of one series that are looked at for what must be held back."""


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
        _each_once("session type", (type_.key for type_ in self.types))
        _each_once("series", (series.key for series in self.series))
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
        edit.sessions()
        if edit.added or edit.changed:
            row = draft.get(HubRow, HUB) or hub
            draft.put(attrs.evolve(row, revision=edit.revision))
        return draft.accept(LoadReport(tuple(edit.added), tuple(edit.changed), tuple(edit.held_back)))


def _known(draft: Draft, person_id: str) -> Person:
    row = draft.get(PersonRow, person_id)
    return row.person() if row else Person(person_id)


def _each_once(kind: str, keys: Iterable[str]) -> None:
    for key, times in Counter(keys).items():
        if times > 1:
            raise Invalid(f"{kind} {key}", f"is there {times} times: each {kind} needs a key of its own", key)


@attrs.frozen
class _Edited:
    """A series before and after; `asked` is what the caller asked for, with the facilitators' own ids."""

    old: Series
    new: Series
    asked: Series


class _Edit:
    """One load in the making: what it has added, changed and held back so far."""

    def __init__(self, draft: Draft, revision: int) -> None:
        self.draft = draft
        self.revision = revision
        self.added: list[str] = []
        self.changed: list[str] = []
        self.held_back: list[HeldBack] = []
        self._types: dict[str, tuple[SessionType, int]] = {}
        self._series: dict[str, _Edited] = {}

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
            self._types[new.key] = (new, row.revision)

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
        self._series[new.key] = _Edited(old, asked, shown)

    def _followed(self, old: Series, new: Series) -> Recurrence:
        """What has been of the old recurrence, and the new one from now on."""
        draft, later = self.draft, new.recurrence
        first, since = old.recurrence.first, _since(draft.now, zone(later.zone))
        rows = Range(SessionRow, "by_series", (old.key,), limit=1)
        never = Recurrence(later.start, later.zone, exdates=(later.start,))
        begun = bool(draft.scan(rows).rows) or (first is not None and first.starts < draft.now)
        if not begun:
            coming = later.first
            if coming is None or coming.starts >= draft.now:
                return later
        elif old.recurrence.zone != later.zone:
            message = (
                f"cannot become {later.zone}: the series {old.key} has begun in {old.recurrence.zone}; "
                "end it there and begin one with another key"
            )
            raise Invalid("hub.timezone", message, later.zone)
        before = old.recurrence if begun else never
        try:
            return before.followed_by(since, later)
        except Invalid as error:
            if error.field != "following":
                raise
        try:  # the new one gives no session any more
            return before.ended(since)
        except Invalid:  # and the old one gave none yet
            return never

    def _write(self, series: Series, rule: str, kind: str) -> None:
        text = write_series(series)
        self.draft.put(SeriesRow(series.key, self.revision, series.type, series.venue, rule, text))
        self.draft.note(f"series.{kind}", series.key, definition=text)
        (self.added if kind == "added" else self.changed).append(f"series {series.key}")

    def sessions(self) -> None:
        """Hold back, or take along, the coming sessions that have a row of their own."""
        draft, programme = self.draft, self.draft.programme
        of_types = {series.key for type_ in self._types for series in programme.series_of(type_)}
        coming = [_coming(key, draft.now) for key in sorted(of_types | self._series.keys())]
        draft.need(*coming)
        rows = [row for each in coming for row in draft.scan(each).records]
        rows = [row for row in rows if row.status is SessionStatus.SCHEDULED]
        # every roster that there is or could be: each is relied on, so nobody can be booked meanwhile unseen
        draft.need(*(Key(Roster, (row.id, role)) for row in rows for role in self._roles(row)))
        for row in rows:
            rosters = [draft.get(Roster, row.id, role) for role in self._roles(row)]
            self._session(row, [roster for roster in rosters if roster])

    def _roles(self, row: SessionRow) -> list[str]:
        types = [self.draft.programme.types[row.type, row.revision]]
        if row.type in self._types:
            types.append(self._types[row.type][0])
        return sorted({role.key for type_ in types for role in type_.roles})

    def _session(self, row: SessionRow, rosters: list[Roster]) -> None:
        kept = self.draft.programme.types[row.type, row.revision]
        new, revision = self._types.get(row.type, (kept, row.revision))
        edited = self._series.get(row.series_id)
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

    def _under(self, edited: _Edited, row: SessionRow, minutes: int, why: str, *, booked: bool) -> SessionRow:
        """A session under its edited series: what this load changed is taken over, or held back if `booked`.

        Only what is still as the series had it is taken over: the rest was set for this session alone.
        """
        old, new = edited.old, edited.new
        wanted: list[tuple[str, Any, Any, HeldBack]] = []
        if old.venue != new.venue:
            sentence = f"{row.id} stays at {row.venue or 'no venue'}, not {new.venue or 'none'}: {why}"
            change: Change = Move(row.id, venue=new.venue)
            wanted.append(("venue", old.venue, new.venue, HeldBack(row.id, "venue", sentence, change)))
        led, leading = " ".join(old.facilitators), " ".join(new.facilitators)
        if led != leading:
            change = Assign(row.id, new.facilitators)
            held = HeldBack(row.id, "facilitators", f"{row.id} keeps its facilitators: {why}", change)
            wanted.append(("facilitators", led, leading, held))
        if old.recurrence != new.recurrence or old.closed != new.closed:
            nominal = split_session_id(row.id)[1]
            before = occasion(old, minutes, nominal, self.draft.view.opening)
            after = occasion(new, minutes, nominal, self.draft.view.opening)
            if after is None:
                self.held_back.append(self._stays(edited, row, nominal, why))
            elif before is None or before.starts != after.starts:
                shown = when(after.starts, zone(new.recurrence.zone))
                change = Move(row.id, starts=after.starts)
                held = HeldBack(row.id, "starts", f"{row.id} stays on its date, not {shown}: {why}", change)
                was = utc(before.starts) if before else None
                wanted.append(("starts", was, utc(after.starts), held))
        if old.type != new.type:
            self.held_back.append(HeldBack(row.id, "type", f"{row.id} stays a session of {row.type}: {why}"))
        for field, had, has, held in wanted:
            if not booked and getattr(row, field) == had:
                row = attrs.evolve(row, **{field: has})
            elif getattr(row, field) != has:
                self.held_back.append(held)
        return row

    def _stays(self, edited: _Edited, row: SessionRow, nominal: datetime, why: str) -> HeldBack:
        """A session of which its series knows no more: it stays, since its id means that date for ever."""
        later = edited.asked.recurrence
        if edited.new.recurrence.occurrence(nominal) is not None:
            return HeldBack(row.id, "closed", f"{row.id} stays, though the hub is closed that day: {why}")
        since = _since(self.draft.now, zone(later.zone))
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
            if before and after and before.capacity == roster.capacity != after.capacity:
                now = attrs.evolve(now, capacity=after.capacity)
                self.draft.note("roster.resized", row.id, role=roster.role, capacity=after.capacity)
            if now != roster:
                self.draft.put(now)


def _coming(series_id: str, since: datetime) -> Range[SessionRow]:
    return Range(SessionRow, "by_series", (series_id,), low=since, limit=LOOKED_AT)


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


def _since(now: datetime, where: ZoneInfo) -> datetime:
    """The local time from which on every session starts now or later."""
    wall = local(now, where)
    wall = wall.replace(microsecond=0) + timedelta(seconds=wall.microsecond > 0)
    while resolve(wall, where) < now:  # the hour that the clock shows twice: its sessions were in the first
        wall = wall.replace(second=0) + timedelta(minutes=1)
    return wall
