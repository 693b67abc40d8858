"""The part of the face about bespoke workshops: from a team's request to what was learnt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from innovationhub.domain.answers import Answer
from innovationhub.domain.booking import LARGEST_GROUP
from innovationhub.domain.convening import ScheduleWorkshop
from innovationhub.domain.fields import choice
from innovationhub.domain.ids import LONGEST_TEXT, checked_id, checked_key, checked_text
from innovationhub.domain.people import Note, texts_about
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.schedule import Session, SessionRow
from innovationhub.domain.tailoring import RequestWorkshop, StepWorkshop
from innovationhub.domain.time import instant, utc, zone
from innovationhub.domain.workshop import (
    Workshop,
    WorkshopMember,
    WorkshopRow,
    WorkshopState,
    members_of,
)
from innovationhub.engine import Engine
from innovationhub.errors import Invalid, NotFound
from innovationhub.hub.changing import Changing
from innovationhub.hub.part import minted
from innovationhub.hub.people import People

__all__ = ["MOST", "Workshops", "workshop_views", "workshops_under"]

MOST = 10_000
"""Workshops in one answer."""

MOST_PEOPLE = 1000
"""People that one workshop is meant for."""

_S = WorkshopState


def _text(field: str, value: str, *, empty: bool = True) -> str:
    return checked_text(field, value, longest=LONGEST_TEXT, empty=empty)


class Workshops(Changing):
    """Bespoke workshops. Every step but the team's own takes who does it as `actor`."""

    def request_workshop(
        self,
        person_id: str,
        problem: str,
        *,
        people: Iterable[str] = (),
        involved: str = "",
        help: str = "",
        wanted: str = "",
        size: int | None = None,
        type: str | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Workshop:
        """A team asks for a workshop made to measure; the hub acknowledges it within a week. Commits.

        `problem` is the problem or the opportunity, `involved` who else has to do with it, `help` what kind of help is
        wanted, `wanted` when. `people` are the ids of the others of the team: 20 with who asks, at most; they get their
        places together. `size` is how many it is meant for (None: those named). `type` is the session type, which may
        be left out where the hub has one that is asked for. Raises `NotFound` and `Invalid`.
        """
        asker = self._people.key(person_id)
        ids = _listed(person_id, people)
        others = tuple(self._people.key(each) for each in ids)
        number = len(ids) + 1 if size is None else size
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= MOST_PEOPLE:
            raise Invalid("size", f"must be from 1 to {MOST_PEOPLE}; got {size!r}", size)
        texts = {
            "problem": _text("problem", problem, empty=False),
            "involved": _text("involved", involved),
            "help": _text("help", help),
            "wanted": _text("wanted", wanted),
        }
        command = RequestWorkshop(
            workshop_id=minted(),
            people=(asker, *others),
            size=number,
            actor=self._people.actor(actor, asker),
            type=None if type is None else checked_key("type", type),
            texts=texts,
        )
        plain = (asker, *others, number, type, *texts.values())
        return self._run(command, self._shown_workshop, request_id, plain)

    def acknowledge_workshop(
        self,
        workshop_id: str,
        owner_id: str,
        *,
        reply_by: datetime,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Workshop:
        """Somebody of the hub takes a request on, and promises a reply by an aware instant. Commits.

        Again: another promise, or another owner. Raises `Refused` (`not-active`), `NotFound`, `Invalid`.
        """
        owner = self._people.key(owner_id)
        return self._step(workshop_id, _S.ACKNOWLEDGED, {}, request_id, actor, owner=owner, due=reply_by)

    def design_workshop(
        self,
        workshop_id: str,
        *,
        aims: str,
        techniques: str = "",
        proposal: str = "",
        next_by: datetime | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Workshop:
        """Note what was designed with the team: aims, techniques, the sessions proposed. Commits.

        `next_by` is when its dates are promised (aware; None: nothing is). Again: a better design; what is left empty
        stays as it was. Raises `Refused` (`not-active`), `NotFound`, `Invalid`.
        """
        texts = {
            "aims": _text("aims", aims, empty=False),
            "techniques": _text("techniques", techniques),
            "proposal": _text("proposal", proposal),
        }
        return self._step(workshop_id, _S.DESIGNED, texts, request_id, actor, due=next_by)

    def schedule_workshop(
        self,
        workshop_id: str,
        recurrence: Recurrence,
        *,
        venue: str = "",
        facilitators: Iterable[str] = (),
        series_id: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Workshop:
        """Put it on the calendar for its team alone, and give them their places, all of it or nothing. Commits.

        A one-off is `Recurrence.once(…)`; a series has an end, 26 dates at most, within two years. A date on which the
        hub is closed is left out. `series_id` names the series (`""`: a name is made). The team is one booking on each
        date, led by who asked.

        Raises `Refused` with every reason of every date: `clash` (the room, a facilitator or one of the team is not
        free), `group-too-large`, `not-eligible`, `started`, `closed`, `not-active`; `NotFound`; `Invalid`.
        """
        if not isinstance(recurrence, Recurrence):
            raise Invalid("recurrence", f"must be a Recurrence; got {recurrence!r}", recurrence)
        if isinstance(facilitators, str):
            raise Invalid(
                "facilitators", f"must be a list of people's ids; got {facilitators!r}", facilitators
            )
        leading = tuple(self._people.key(each) for each in facilitators)
        command = ScheduleWorkshop(
            workshop_id=checked_id("workshop_id", workshop_id),
            recurrence=recurrence,
            booking_id=minted(),
            actor=self._who(actor) or "system:hub",
            venue=checked_text("venue", venue, longest=200, empty=True),
            facilitators=leading,
            key=checked_key("series_id", series_id) if series_id else "",
        )
        plain = (workshop_id, str(recurrence), venue, leading, series_id)
        return self._run(command, self._shown_workshop, request_id, plain)

    def deliver_workshop(
        self, workshop_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> Workshop:
        """It has been: it is to be followed up within four weeks. Commits. `tick` notices it by itself.

        Raises `Refused` (`not-active`, `not-open` while a date is to come, `called-off` where all of them were).
        """
        return self._step(workshop_id, _S.DELIVERED, {}, request_id, actor)

    def follow_up_workshop(
        self,
        workshop_id: str,
        *,
        changed: str,
        learnt: str,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Workshop:
        """Note what changed and what was learnt, from success and failure. Commits. Raises `Refused` (`not-active`)."""
        texts = {
            "changed": _text("changed", changed, empty=False),
            "learnt": _text("learnt", learnt, empty=False),
        }
        return self._step(workshop_id, _S.FOLLOWED_UP, texts, request_id, actor)

    def decline_workshop(
        self,
        workshop_id: str,
        reason: str,
        *,
        pointer: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Workshop:
        """The hub will not do it: why, and who or what may help instead. Commits. Raises `Refused` (`not-active`)."""
        texts = {"reason": _text("reason", reason, empty=False), "pointer": _text("pointer", pointer)}
        return self._step(workshop_id, _S.DECLINED, texts, request_id, actor)

    def withdraw_workshop(
        self,
        workshop_id: str,
        *,
        reason: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Workshop:
        """The team wants it no more; its dates, if it has any, are called off. Commits.

        Raises `Refused` (`not-active`, `started` once its first date has begun).
        """
        texts = {"reason": _text("reason", reason)}
        workshop = self._step(workshop_id, _S.WITHDRAWN, texts, request_id, actor or "")
        for session in workshop.sessions:  # the same again changes nothing
            self._settle(session.id)
        return workshop

    def workshop(self, workshop_id: str) -> Workshop:
        """One workshop as it stands, with what was written about it. Raises `NotFound`."""
        found = workshops_under(self._engine, self._people, [checked_id("workshop_id", workshop_id)])
        if not found:
            raise NotFound("workshop", workshop_id, "hub.workshops() lists them")
        return found[0]

    def workshops(self, *, state: str | None = None, overdue: bool = False) -> list[Workshop]:
        """The hub team's list: workshops in order of request, 10,000 at most.

        `state` and `overdue` say which, where told. Raises `Invalid` naming `state`.
        """
        states = list(_S) if state is None else [choice("state", WorkshopState, state)]
        ranges = tuple(Range(WorkshopRow, "by_state", (str(each),), limit=MOST) for each in states)
        rows = self._store.read(Read(ranges=ranges))
        found = [row for each in ranges for row in rows.scan(each).records]
        if overdue:
            now = self._engine.now()
            found = [row for row in found if row.due is not None and row.due <= now]
        found.sort(key=lambda row: (row.created_at, row.id))
        return workshop_views(self._engine, self._people, found[:MOST])

    def _step(
        self,
        workshop_id: str,
        state: WorkshopState,
        texts: Mapping[str, str],
        request_id: str | None,
        actor: str | None,
        *,
        owner: str | None = None,
        due: datetime | None = None,
    ) -> Workshop:
        """`actor` "" means who asked, None the hub."""
        when = None if due is None else utc(instant("due", due))
        command = StepWorkshop(
            workshop_id=checked_id("workshop_id", workshop_id),
            state=state,
            actor=None if actor == "" else self._people.actor(actor, "system:hub"),
            owner=owner,
            due=when,
            texts=texts,
        )
        plain = (workshop_id, str(state), owner, when, *texts.values())
        return self._run(command, self._shown_workshop, request_id, plain)

    def _shown_workshop(self, answer: Answer) -> Workshop:
        return workshop_views(self._engine, self._people, [cast("WorkshopRow", answer)])[0]


def _listed(person_id: str, people: Iterable[str]) -> tuple[str, ...]:
    if isinstance(people, str):
        raise Invalid("people", f"must be a list of people's ids; got {people!r}", people)
    ids = tuple(people)
    everybody = (person_id, *ids)
    if len(set(everybody)) != len(everybody):
        raise Invalid("people", "must name each person once, without the one who asks", ids)
    if len(everybody) > LARGEST_GROUP:
        raise Invalid("people", f"must make {LARGEST_GROUP} people at most; got {len(everybody)}", ids)
    return ids


def workshops_under(engine: Engine, people: People, ids: Collection[str]) -> list[Workshop]:
    """The workshops of these ids, in their order; what is not there is left out."""
    rows = engine.store.read(Read(tuple(Key(WorkshopRow, (id,)) for id in ids)))
    kept = (rows.get(WorkshopRow, id) for id in ids)
    return workshop_views(engine, people, [row for row in kept if row is not None])


def workshop_views(engine: Engine, people: People, rows: Collection[WorkshopRow]) -> list[Workshop]:
    """Workshops as callers see them, read in one trip for all of them."""
    if not rows:
        return []
    dates = {row.id: Range(SessionRow, "by_series", (row.series_id,), limit=100) for row in rows}
    ranges = [each for row in rows for each in (members_of(row.id), texts_about(row.id), dates[row.id])]
    programme, read = engine.look(Read(ranges=tuple(ranges)))
    members = {row.id: read.scan(members_of(row.id)).records for row in rows}
    names = people.ids(
        key
        for row in rows
        for key in (row.person, row.owner, *(each.person for each in members[row.id]))
        if key
    )
    now, where = engine.now(), zone(programme.hub.timezone)

    def known(key: str) -> str | None:
        return names[key] if key and names[key] != key else None

    def session(row: SessionRow) -> Session:
        title = programme.types[row.type, row.revision].title
        starts, ends = row.starts.astimezone(where), row.ends.astimezone(where)
        return Session(row.id, row.series_id, row.type, title, starts, ends, row.venue)

    def view(row: WorkshopRow, team: Sequence[WorkshopMember], notes: Sequence[Note]) -> Workshop:
        return Workshop(
            id=row.id,
            type=row.type,
            title=programme.type(row.type).title,
            state=row.state,
            person_id=known(row.person),
            people=tuple(names[each.person] for each in sorted(team, key=lambda each: each.place)),
            size=row.size,
            created_at=row.created_at.astimezone(where),
            owner_id=known(row.owner),
            due=row.due and row.due.astimezone(where),
            overdue=row.due is not None and row.due <= now,
            series_id=row.series_id or None,
            sessions=tuple(session(each) for each in read.scan(dates[row.id]).records)
            if row.series_id
            else (),
            texts={note.kind: note.text for note in notes},
        )

    return [view(row, members[row.id], read.scan(texts_about(row.id)).records) for row in rows]
