"""Ideas as callers see them: people by their own ids, instants in the hub's zone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import attrs

from innovationhub import BookingStatus, Hub
from innovationhub.domain.people import Note, texts_about
from innovationhub.domain.placing import appointments_of
from innovationhub.domain.records import Key, Read
from innovationhub_fund.ideas import (
    IdeaRow,
    Stage,
    Verdict,
    members_of,
    verdicts_on,
    visits_with,
)

__all__ = ["Given", "Idea", "attended", "ideas_of"]


@attrs.frozen
class Given:
    """A verdict that was given: by whom (None: erased), in which round, and with what reasons ("": deleted)."""

    member_id: str | None
    round: int
    verdict: Verdict
    at: datetime
    reasons: str = attrs.field(repr=False)


@attrs.frozen
class Idea:
    """An idea as it stands. Amounts are whole pence; instants are aware, in the hub's zone.

    `owner_id` is None where whoever owned it was erased and nobody had worked on it with them. `since` is when it came
    to its stage, `round` how often it was submitted, `due` when the approval runs out, while that can be. `texts` are
    what was written, by kind: title, summary, plan, test, measure, comments (on the plan), outcome, learnt, withdrawn,
    dropped. `verdicts` are the panel's, oldest round first.
    """

    id: str
    title: str = attrs.field(repr=False)
    stage: Stage
    owner_id: str | None
    collaborators: tuple[str, ...]
    asked: int
    released: int
    created_at: datetime
    since: datetime
    round: int
    due: datetime | None
    texts: Mapping[str, str] = attrs.field(repr=False)
    verdicts: tuple[Given, ...] = ()


def ideas_of(hub: Hub, rows: Collection[IdeaRow]) -> list[Idea]:
    """These ideas as callers see them, in two trips for all of them."""
    ranges = [each for row in rows for each in (members_of(row.id), verdicts_on(row.id), texts_about(row.id))]
    if not ranges:
        return []
    read = hub.rows(Read(ranges=tuple(ranges)))
    members = {row.id: read.scan(members_of(row.id)).records for row in rows}
    given = {row.id: read.scan(verdicts_on(row.id)).records for row in rows}
    about = tuple(Key(Note, (each.about, "reasons")) for some in given.values() for each in some)
    notes = hub.rows(Read(about))
    people = {each.person for some in members.values() for each in some}
    ids = hub.ids_of(people | {each.person for some in given.values() for each in some})
    where = ZoneInfo(hub.settings.timezone)

    def reasons(about: str) -> str:
        note = notes.get(Note, about, "reasons")
        return note.text if note else ""

    def view(row: IdeaRow) -> Idea:
        texts = {note.kind: note.text for note in read.scan(texts_about(row.id)).records}
        people = sorted(members[row.id], key=lambda each: each.place)
        return Idea(
            id=row.id,
            title=texts.get("title", ""),
            stage=row.stage,
            owner_id=ids.get(row.person),
            collaborators=tuple(
                ids[each.person] for each in people if each.person != row.person and each.person in ids
            ),
            asked=row.asked,
            released=row.released,
            created_at=row.created_at.astimezone(where),
            since=row.since.astimezone(where),
            round=row.round,
            due=row.due and row.due.astimezone(where),
            texts=texts,
            verdicts=tuple(
                Given(
                    ids.get(each.person),
                    each.round,
                    each.verdict,
                    each.at.astimezone(where),
                    reasons(each.about),
                )
                for each in sorted(given[row.id], key=lambda each: (each.round, each.at))
            ),
        )

    return [view(row) for row in rows]


def attended(hub: Hub, idea_id: str) -> Mapping[str | None, int]:
    """How often each person came with an idea, by the register; None: who was erased."""
    wanted = visits_with(idea_id)
    visits = hub.rows(Read(ranges=(wanted,))).scan(wanted).records
    lines = hub.rows(Read(ranges=tuple(appointments_of(visit.booking_id) for visit in visits)))
    ids = hub.ids_of(visit.person for visit in visits)
    found: dict[str | None, int] = {}
    for visit in visits:
        for line in lines.scan(appointments_of(visit.booking_id)).records:
            mine = line.place == visit.place and visit.person in {"", line.person}
            if mine and line.status is BookingStatus.ATTENDED:
                who = ids.get(visit.person)
                found[who] = found.get(who, 0) + 1
    return found
