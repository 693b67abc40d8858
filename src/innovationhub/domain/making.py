"""A change in the making: a draft, what it would do to whom, and what is left to do afterwards.

The same functions make a plan and carry it out. A plan is the draft thrown away; an `Apply` is the draft committed, if
the effects are still those of the plan. So nothing can be done that was not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import attrs

from innovationhub.domain.booking import LEFT, LIVE, OF_SET, BookingRow
from innovationhub.domain.changes import OwnChange
from innovationhub.domain.closing import live_queues
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment
from innovationhub.domain.freeing import Owed
from innovationhub.domain.placing import Place, appointments_of, latest
from innovationhub.domain.plans import Effect
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Key, Range
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow
from innovationhub.domain.waitlist import queue_of, settle
from innovationhub.domain.wording import count
from innovationhub.errors import Invalid

__all__ = ["MOST_PEOPLE", "MOST_SESSIONS", "Makes", "Making", "Party", "promote", "settled_later"]

MOST_SESSIONS = 500
"""Sessions that one change may touch; a wider one is refused: narrow it."""

MOST_PEOPLE = 2000
"""Live bookings of one session that one change may move."""

MOST_NAMED = 500
"""Promotions that a plan names one by one."""

THERE = ("attended", LEFT, OF_SET)
"""Standings of those who were there already: their lines go where the session goes."""

WALKS = MOST_NAMED // 32 + 1


@attrs.frozen
class Party:
    """A live booking with its people's lines."""

    row: BookingRow
    lines: tuple[Appointment, ...]

    @property
    def people(self) -> list[Appointment]:
        """Those who are still in it, in the order in which they were named."""
        return sorted((each for each in self.lines if each.active), key=lambda each: each.place)


@runtime_checkable
class Makes(OwnChange, Protocol):
    """A change of a plugin's own that can be worked out.

    `hub.plan` works it out to show its effects, `hub.apply` once more to do it: so it is pure, as a decision is.
    """

    def make(self, making: Making) -> Refusal | None:
        """Work it out in `making.draft`, note every effect with `making.add`, or say why it cannot be.

        Rosters whose queues are to be looked at go into `making.owed`. Raises `NotFound` and `Invalid`.
        """


class Making:
    """One change in the making."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.effects: list[Effect] = []
        self.owed: Owed = []
        self.there: dict[str, list[Party]] = {}
        """Of each session that was gathered, who was there already."""
        self.unsettled = False
        """Whether sessions are left to be settled in steps of their own."""

    def add(self, kind: str, subject: str, sentence: str, *, booking: str = "", person: str = "") -> None:
        """Note one effect."""
        self.effects.append(Effect(kind, subject, sentence, booking, person))

    def tell(self, party: Party, what: str) -> None:
        """Note a message for each person of a booking."""
        for each in party.people:
            self.add("told", party.row.session_id, what, booking=party.row.id, person=each.person)

    def gather(self, rows: Sequence[SessionRow]) -> dict[str, list[Party]]:
        """The live bookings of these sessions, with their people, read in as many trips for many as for one.

        Those who were there already are kept in `there`. Raises `Invalid` for more sessions or people than one change
        may touch.
        """
        draft = self.draft
        if len(rows) > MOST_SESSIONS:
            raise Invalid("change", f"touches {len(rows)} sessions, at most {MOST_SESSIONS}: narrow it")
        ranges = {row.id: Range(Roster, "key", (row.id,), limit=20) for row in rows}
        draft.need(*ranges.values())
        rosters = {id: draft.scan(each).records for id, each in ranges.items()}
        queues = {
            (id, roster.role): [
                *live_queues(roster, MOST_PEOPLE),
                *(queue_of(id, roster.role, standing, limit=MOST_PEOPLE) for standing in THERE),
            ]
            for id, found in rosters.items()
            for roster in found
        }
        draft.need(
            *(Key(Roster, key) for key in queues),
            *(queue for each in queues.values() for queue in each),
        )
        found: dict[str, list[BookingRow]] = {row.id: [] for row in rows}
        for (id, _), each in queues.items():
            for queue in each:
                scanned = draft.scan(queue)
                if scanned.cut:
                    raise Invalid("change", f"touches more than {MOST_PEOPLE:,} bookings of {id}")
                found[id] += scanned.records
        draft.need(*(appointments_of(row.id) for each in found.values() for row in each))
        parties = {
            id: [
                Party(row, tuple(draft.scan(appointments_of(row.id)).records))
                for row in sorted(each, key=lambda row: (row.role, row.sequence, row.id))
            ]
            for id, each in found.items()
        }
        self.there |= {
            id: [each for each in some if each.row.status not in LIVE] for id, some in parties.items()
        }
        return {id: [each for each in some if each.row.status in LIVE] for id, some in parties.items()}

    def registered(self, row: SessionRow) -> list[BookingRow]:
        """Who is registered for the series of a session: its date concerns them too."""
        type_ = self.draft.programme.types[row.type, row.revision]
        if type_.access is not Access.REGISTER:
            return []
        found: list[BookingRow] = []
        for role in type_.first_roles:
            # the roster is relied on with its bookings: whoever registers meanwhile is told too
            queue = queue_of(row.series_id, role.key, "confirmed", limit=MOST_PEOPLE)
            self.draft.need(Key(Roster, (row.series_id, role.key)), queue)
            found += self.draft.scan(queue).records
        return found

    def tell_set(self, series_id: str, what: str) -> None:
        """Note a message for everybody who is registered for a series: dates that have no row change too."""
        series = self.draft.programme.series[series_id]
        type_ = self.draft.programme.type(series.type)
        if type_.access is Access.REGISTER:
            for role in type_.first_roles:
                queue = queue_of(series_id, role.key, "confirmed", limit=MOST_PEOPLE)
                # relied on with its bookings, as in `registered`: whoever comes or goes meanwhile makes the plan stale
                self.draft.need(Key(Roster, (series_id, role.key)), queue)
                for booking in self.draft.scan(queue).records:
                    self.add("told", series_id, what, booking=booking.id, person=booking.person)

    def tell_registered(self, row: SessionRow, what: str) -> None:
        """Note a message for everybody who is registered for the series of a session."""
        for booking in self.registered(row):
            self.add("told", row.id, what, booking=booking.id, person=booking.person)


def promote(making: Making, place: Place) -> None:
    """Let a queue have what is free, and name everybody who gets it, however many commits that takes."""
    draft = making.draft
    trial, seen = draft.trial(), 0
    more = True
    for _ in range(WALKS):
        more = settle(trial, place)
        for entry in trial.entries[seen:]:
            kind = entry.kind.removeprefix("booking.")
            if kind in {"promoted", "offered"}:
                _name(making, trial, place, entry.subject, kind)
        seen = len(trial.entries)
        if not more:
            break
    if more:
        named = count(MOST_NAMED, "person", "people")
        making.add(
            "more", place.session.id, f"More than {named} would have a place; the rest follows in order."
        )
    if settle(draft, place):
        making.owed.append((place.session.id, place.role.key))
    over = latest(draft, place)
    free = over.free(place.registered, door=True)
    if free is not None and free < 0:
        sentence = (
            f"{-free} more than the {over.capacity} seats are held as {over.role}: they keep their places, "
            "and nobody new gets in."
        )
        making.add("over-capacity", place.session.id, sentence)


def _name(making: Making, trial: Draft, place: Place, booking: str, kind: str) -> None:
    """Note that the people of a booking would have a place, or be offered one, and be told."""
    said = "would have a place" if kind == "promoted" else "would be offered a place"
    people = sorted(trial.scan(appointments_of(booking)).records, key=lambda each: each.place)
    for each in people:
        if each.active:
            sentence = f"The next in the queue {said}."
            making.add(kind, place.session.id, sentence, booking=booking, person=each.person)
            making.add("told", place.session.id, kind, booking=booking, person=each.person)


def settled_later(making: Making, rosters: Iterable[tuple[str, str]]) -> None:
    """Note rosters whose queues are looked at right after."""
    making.owed += list(rosters)
