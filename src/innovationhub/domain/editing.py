"""Loading a catalogue: what is new is added, what differs is changed, and what people are booked on is left alone.

Loading the same values again changes nothing. A type that differs becomes a new revision; a rule that differs takes
effect from now on, as a part that follows (RFC 5545 RANGE=THISANDFUTURE). Coming sessions on which somebody is booked,
or waits, keep to their date, venue and revision, and are listed as held back; one that everybody has left again follows
the new values, but keeps the date that its id names. Closures that close a booked session's date count likewise. What a
file does not mention stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import attrs

from innovationhub.domain.answers import HeldBack, LoadReport
from innovationhub.domain.catalogue import SessionType, type_to_text
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.following import EditedSeries, Edits, follow, from_now_on
from innovationhub.domain.joining import enrol
from innovationhub.domain.offers import FURTHEST, enough_time
from innovationhub.domain.people import Person, PersonRow
from innovationhub.domain.policies import Promote
from innovationhub.domain.programme import HUB, HubRow, SeriesRow, TypeRow, hub_row
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.schedule import (
    Series,
    SessionRow,
)
from innovationhub.domain.schedule import series_from_text as read_series
from innovationhub.domain.schedule import series_to_text as write_series
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.time import zone
from innovationhub.errors import Invalid

__all__ = ["LoadCatalogue"]


@attrs.frozen(kw_only=True)
class LoadCatalogue:
    """A catalogue's values to take over. `keys` gives each facilitator's id an opaque key, should they be new.

    `declared` are the closures that there are: one whose plugin is gone can be dropped from the settings, so it must
    not be asked for the days that it closed.
    """

    types: tuple[SessionType, ...]
    series: tuple[Series, ...]
    keys: Mapping[str, str]
    actor: str
    hub: HubSettings | None = None
    declared: frozenset[str] = frozenset()

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
        edit.settings(hub, self.hub, self.declared)
        for type_ in self.types:
            edit.type(type_)
        keys = {id: enrol(draft, _known(draft, id), key) for id, key in self.keys.items()}
        for series in self.series:
            edit.series(
                attrs.evolve(series, facilitators=tuple(keys[id] for id in series.facilitators)), series
            )
        edit.sessions()
        _check_offers(draft, self.hub or draft.programme.hub, self.types)
        if edit.added or edit.changed:
            row = draft.get(HubRow, HUB) or hub
            draft.put(attrs.evolve(row, revision=edit.revision))
        return draft.accept(LoadReport(tuple(edit.added), tuple(edit.changed), tuple(edit.held_back)))


def _check_offers(draft: Draft, hub: HubSettings, types: Iterable[SessionType]) -> None:
    """Offers run in working hours, so there must be some (scenario Q6)."""
    kept = {key: draft.programme.type(key) for key in draft.programme.latest}
    kept |= {type_.key: type_ for type_ in types}
    offering = [type_.key for type_ in kept.values() if type_.waitlist.promote is Promote.OFFER]
    if offering and not enough_time(draft.now, hub, draft.view.opening_under(hub).closed):
        message = f"must leave working time within {FURTHEST} days: {offering[0]} offers places, to be accepted in it"
        raise Invalid("hub.working_hours", message, str(hub.working_hours))


def _known(draft: Draft, person_id: str) -> Person:
    row = draft.get(PersonRow, person_id)
    return row.person() if row else Person(person_id)


def _each_once(kind: str, keys: Iterable[str]) -> None:
    for key, times in Counter(keys).items():
        if times > 1:
            raise Invalid(f"{kind} {key}", f"is there {times} times: each {kind} needs a key of its own", key)


class _Edit:
    """One load in the making: what it has added, changed and held back so far."""

    def __init__(self, draft: Draft, revision: int) -> None:
        self.draft = draft
        self.revision = revision
        self.added: list[str] = []
        self.changed: list[str] = []
        self.held_back: list[HeldBack] = []
        self._types: dict[str, tuple[SessionType, int]] = {}
        self._series: dict[str, EditedSeries] = {}
        self._hub: tuple[HubSettings, HubSettings] | None = None

    def sessions(self) -> None:
        """Hold back, or take along, the coming sessions that have a row of their own."""
        self.held_back += follow(self.draft, Edits(self._types, self._series, self._hub))

    def settings(self, row: HubRow, hub: HubSettings | None, declared: Collection[str]) -> None:
        old = self.draft.programme.hub
        if hub is None or hub == old:
            return
        if (hub.closures, hub.working_hours.weekdays) != (old.closures, old.working_hours.weekdays):
            there = tuple(name for name in old.closures if name in declared)
            self._hub = (attrs.evolve(old, closures=there), hub)
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
        self._series[new.key] = EditedSeries(old, asked, shown)

    def _followed(self, old: Series, new: Series) -> Recurrence:
        """What has been of the old recurrence, and the new one from now on."""
        draft, later = self.draft, new.recurrence
        first, since = old.recurrence.first, from_now_on(draft.now, zone(later.zone))
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
