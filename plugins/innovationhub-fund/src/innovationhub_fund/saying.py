"""Who is told what of an idea, and what such a message says when it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files

import attrs

from innovationhub.domain.deciding import Draft
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import Recipient
from innovationhub.domain.people import Note, texts_about
from innovationhub.domain.records import Key
from innovationhub.domain.time import zone
from innovationhub.protocols.keeper import Call, Matter, Untrue
from innovationhub_fund.ideas import IdeaRow, Stage, members_of, people_of, verdicts_on
from innovationhub_fund.judging import judges
from innovationhub_fund.money import pounds
from innovationhub_fund.settings import NAME, FundRow

__all__ = ["KINDS", "calls", "sample", "say", "templates"]

NO_HURRY = timedelta(days=366)

_S = Stage

_PEOPLE: Mapping[str, frozenset[Stage]] = {
    "submitted": frozenset({_S.SUBMITTED}),
    "returned": frozenset({_S.DEVELOPING}),
    "approved": frozenset({_S.APPROVED, _S.PLANNED}),
    "declined": frozenset({_S.DECLINED}),
    "plan-returned": frozenset({_S.APPROVED}),
    "plan-accepted": frozenset({_S.ACCEPTED}),
    "released": frozenset({_S.RELEASED}),
    "running-out": frozenset({_S.APPROVED}),
    "expired": frozenset({_S.EXPIRED}),
    "withdrawn": frozenset({_S.WITHDRAWN}),
}
"""What an idea's people are told, by the entry, and the stages in which it is still true."""

_MEMBER: Mapping[str, frozenset[Stage]] = dict.fromkeys(("joined", "yours"), frozenset(Stage))
"""What one of them is told: who came, and who has it from somebody who left."""

_PANEL: Mapping[str, str] = {"submitted": "to-decide", "planned": "plan-to-decide"}
"""What those of the panel are told who may decide."""

_DECIDING = {"to-decide": _S.SUBMITTED, "plan-to-decide": _S.PLANNED}

KINDS = (*_PEOPLE, *_MEMBER, *_DECIDING)
"""Every message of the fund, without the "fund-" that stands before it."""


def templates() -> Mapping[str, str]:
    """The template of each kind."""
    folder = files("innovationhub_fund") / "templates"
    return {f"fund-{kind}": (folder / f"fund-{kind}.j2").read_text("utf-8") for kind in KINDS}


def calls(draft: Draft, entry: Entry) -> Sequence[Call]:
    """The messages that an entry calls for; whom they are for is noted in it."""
    return list(_calls(entry))


def _calls(entry: Entry) -> Iterator[Call]:
    step, id = entry.kind.removeprefix("fund."), entry.subject
    until = datetime.fromisoformat(str(entry.facts["due"])) if step == "running-out" else entry.at + NO_HURRY

    def to(kind: str, people: object, topic: str) -> Iterator[Call]:
        for person in str(people or "").split():
            yield Call(f"fund-{kind}", person, topic, "", id, until)

    if step in _PEOPLE:
        yield from to(step, entry.facts["people"], id)
    if step == "joined":
        yield from to("joined", entry.facts["member"], f"{id} people")
    yield from to("yours", entry.facts.get("heir"), f"{id} people")
    if step in _PANEL:
        yield from to(_PANEL[step], entry.facts["panel"], f"panel {id}")


def say(draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
    """What a message says as things stand, or why it is not true any more."""
    kind, id = delivery.kind.removeprefix("fund-"), delivery.session_id
    draft.need(
        *(Key(IdeaRow, (id,)), Key(FundRow, (NAME,)), Key(Entry, (delivery.position,))),
        *(members_of(id), verdicts_on(id), texts_about(id)),
    )
    row, entry = draft.get(IdeaRow, id), draft.get(Entry, delivery.position)
    if row is None or entry is None:
        return Untrue("there is no such idea")
    untrue = _untrue(draft, row, entry, kind, delivery.person)
    if untrue:
        return Untrue(untrue)
    texts = {note.kind: note.text for note in draft.scan(texts_about(id)).records}
    texts["reasons"] = _reasons(draft, row)
    where = zone(draft.programme.hub.timezone)
    return _matter(
        Matter(delivery.kind, to, draft.programme.hub), row, texts, row.due and row.due.astimezone(where)
    )


def _matter(blank: Matter, row: IdeaRow, texts: Mapping[str, str], due: datetime | None) -> Matter:
    lines = [("Idea", texts.get("title", "")), ("Asked for", pounds(row.asked) if row.asked else "")]
    if row.released:
        lines.append(("Released", pounds(row.released)))
    return attrs.evolve(blank, session_id=row.id, texts=texts, due=due, lines=tuple(lines))


def _untrue(draft: Draft, row: IdeaRow, entry: Entry, kind: str, person: str) -> str:
    """Why a message is not to be sent any more; "" where it is."""
    if kind in _DECIDING:
        given = {each.person for each in draft.scan(verdicts_on(row.id)).records if each.round == row.round}
        done = kind == "to-decide" and person in given
        if row.stage is not _DECIDING[kind] or done or person not in judges(draft, row):
            return "there is nothing for them to decide"
        return ""
    if row.stage not in {**_PEOPLE, **_MEMBER}[kind]:
        return f"the idea is {row.stage} by now"
    if person not in {each.person for each in people_of(draft, row.id)}:
        return "they do not work on it any more"
    if kind == "running-out" and entry.facts["due"] != (row.due and row.due.isoformat()):
        return "the approval lasts longer"
    return "" if entry.facts.get("round", row.round) == row.round else "it was submitted again since"


def _reasons(draft: Draft, row: IdeaRow) -> str:
    """What the panel wrote in this round, each reason a paragraph; who wrote it is told by `show`."""
    given = [
        each for each in draft.scan(verdicts_on(row.id)).records if each.round == row.round and each.said
    ]
    draft.need(*(Key(Note, (each.about, "reasons")) for each in given))
    notes = (draft.get(Note, each.about, "reasons") for each in sorted(given, key=lambda each: each.at))
    return "\n\n".join(note.text for note in notes if note is not None)


def sample(blank: Matter, now: datetime) -> Matter:
    """A made-up message, for whoever looks at templates."""
    row = IdeaRow("sample", "", Stage.APPROVED, now, now, 120_000, released=120_000)
    texts = {
        "title": "A quiet room for new parents",
        "summary": "A room on each ward for parents of a child who is with us.",
        "reasons": "It is clear who gains and how you will know.",
        "comments": "Please say who counts the visits.",
        "plan": "Furnish one room in spring.",
        "test": "One ward for six weeks.",
        "measure": "Visits a week, and what parents say.",
        "withdrawn": "The room is needed for beds this winter.",
    }
    return _matter(blank, row, texts, now + timedelta(days=14))
