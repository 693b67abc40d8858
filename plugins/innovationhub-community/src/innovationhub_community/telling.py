"""Messages: which entry calls for which, and what they say as things stand when they go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files

import attrs

from innovationhub import Entry
from innovationhub.domain.booking import LIVE, BookingRow, BookingStatus
from innovationhub.domain.deciding import Draft
from innovationhub.domain.deliveries import Delivery
from innovationhub.domain.diary import Appointment
from innovationhub.domain.messages import Recipient
from innovationhub.domain.placing import locate
from innovationhub.domain.posting import Untrue
from innovationhub.domain.records import Key, Range
from innovationhub.domain.saying import Matter
from innovationhub.domain.telling import Call
from innovationhub.domain.time import zone
from innovationhub_community.consenting import is_made
from innovationhub_community.pointing import signposts_of
from innovationhub_community.records import (
    Consent,
    IntroductionRow,
    IntroductionState,
    Pointed,
    PracticeRow,
    ShowingRow,
    SignpostRow,
    TakeUpRow,
    ThingRow,
)
from innovationhub_community.writing import NAME, contact_of

__all__ = ["KINDS", "calls", "sample", "say", "templates"]

SIGNPOSTS, ASKED, MADE, TAKEN_UP, SHOWED = (
    f"{NAME}-{kind}" for kind in ("signposts", "introduction-asked", "introduced", "taken-up", "showed")
)
KINDS: tuple[str, ...] = (SIGNPOSTS, ASKED, MADE, TAKEN_UP, SHOWED)

USEFUL = timedelta(days=30)
"""So long a message is of use."""


def templates() -> Mapping[str, str]:
    """The template of each kind."""
    folder = files("innovationhub_community") / "templates"
    return {kind: (folder / f"{kind}.j2").read_text("utf-8") for kind in KINDS}


def calls(draft: Draft, entry: Entry) -> Sequence[Call]:
    """See `SupportsMessages.calls`."""
    facts, subject, until = entry.facts, entry.subject, entry.at + USEFUL

    def call(kind: str, person: object, topic: str) -> Call:
        return Call(kind, str(person), f"{NAME} {topic}", "", subject, until)

    match entry.kind.removeprefix(f"{NAME}."):
        case "signposts-due":
            return [call(SIGNPOSTS, facts["person"], f"signposts {subject}")]
        case "showed":
            return [call(SHOWED, facts["person"], f"showed {subject}")]
        case "introduction-asked":
            return [call(ASKED, facts[each], subject) for each in ("one", "other")]
        case "introduction-made":
            return [call(MADE, facts[each], subject) for each in ("one", "other")]
        case "taken-up" if facts["author"]:
            return [call(TAKEN_UP, facts["author"], subject)]
    return []


def say(draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
    """See `SupportsMessages.say`."""
    said: Mapping[str, Callable[[Draft, Delivery, Matter], Matter | Untrue]] = {
        SIGNPOSTS: _signposts,
        ASKED: _asked,
        MADE: _made,
        TAKEN_UP: _taken_up,
        SHOWED: _showed,
    }
    return said[delivery.kind](draft, delivery, Matter(delivery.kind, to, draft.programme.hub))


def _signposts(draft: Draft, delivery: Delivery, matter: Matter) -> Matter | Untrue:
    booking = draft.get(BookingRow, delivery.session_id)
    given = signposts_of(delivery.session_id)
    draft.need(given)
    rows = [row for row in draft.scan(given).records if row.person == delivery.person]
    there = booking is not None and booking.status in LIVE | {BookingStatus.ATTENDED}
    if booking is None or not there:
        return Untrue("they were not there")
    lines = [line for line in (_line(draft, row) for row in rows) if line]
    texts = {str(place): line for place, line in enumerate(lines)}
    if not lines:
        return Untrue("nothing is left to point to")
    return attrs.evolve(_of_session(draft, matter, booking.session_id), texts=texts)


def _line(draft: Draft, row: SignpostRow) -> str:
    """One signpost in words; "" where what it points to is there no more."""
    what = f"{row.title}: {row.target}" if row.title else row.target
    match row.points:
        case Pointed.THING:
            thing = draft.get(ThingRow, row.target)
            where = f" You find it here: {thing.place}." if thing and thing.place else ""
            what = f"{thing.title}. {thing.what}{where}" if thing else ""
        case Pointed.PRACTICE:
            practice = draft.get(PracticeRow, row.target)
            what = f"{practice.title}. {practice.what} {practice.sources}" if practice else ""
        case Pointed.SHOWING:
            showing = draft.get(ShowingRow, row.target)
            contact = contact_of(draft, showing.id, showing.person) if showing and showing.person else None
            whom = f" You can talk to {contact}." if contact else ""
            what = f"{showing.title}. What was learnt: {showing.learnt}{whom}" if showing else ""
    return f"{what} ({row.note})" if what and row.note else what


def _asked(draft: Draft, delivery: Delivery, matter: Matter) -> Matter | Untrue:
    row = draft.get(IntroductionRow, delivery.session_id)
    consent = draft.get(Consent, delivery.session_id, delivery.person)
    if row is None or row.state is not IntroductionState.ASKED or consent is not None:
        return Untrue("they have answered, or it is over")
    due = row.due.astimezone(zone(draft.programme.hub.timezone))
    return attrs.evolve(matter, texts={"why": row.why}, due=due)


def _made(draft: Draft, delivery: Delivery, matter: Matter) -> Matter | Untrue:
    row = draft.get(IntroductionRow, delivery.session_id)
    if row is None or not is_made(draft, row):
        return Untrue("not both consent any more")
    other = contact_of(draft, row.id, row.other if delivery.person == row.one else row.one)
    if other is None:
        return Untrue("the other is not known any more")
    return attrs.evolve(matter, texts={"why": row.why, "name": other.name, "email": other.email})


def _taken_up(draft: Draft, delivery: Delivery, matter: Matter) -> Matter | Untrue:
    row = draft.get(TakeUpRow, delivery.session_id)
    showing = draft.get(ShowingRow, row.showing_id) if row else None
    if row is None or showing is None:
        return Untrue("it was taken back")
    return attrs.evolve(matter, texts={"title": showing.title, "where": row.place, "note": row.note})


def _showed(draft: Draft, delivery: Delivery, matter: Matter) -> Matter | Untrue:
    shared = Range(ShowingRow, "by_booking", (delivery.session_id,), limit=50)
    draft.need(shared, Key(Appointment, (delivery.session_id, delivery.person)))
    line = draft.get(Appointment, delivery.session_id, delivery.person)
    if line is None or any(row.person == delivery.person for row in draft.scan(shared).records):
        return Untrue("they have shared it")
    return _of_session(draft, matter, line.session_id)


def _of_session(draft: Draft, matter: Matter, session_id: str) -> Matter:
    """A message about a session: its title, when and where it was."""
    row, type_ = locate(draft, session_id)
    where = zone(draft.programme.hub.timezone)
    starts, ends = row.starts.astimezone(where), row.ends.astimezone(where)
    return attrs.evolve(
        matter, title=type_.title, session_id=row.id, starts=starts, ends=ends, venue=row.venue
    )


def sample(blank: Matter, now: datetime) -> Matter:
    """See `SupportsMessages.sample`."""
    texts: Mapping[str, Mapping[str, str]] = {
        SIGNPOSTS: {"0": "Quality improvement tools: https://qi.example (start with the driver diagram)"},
        ASKED: {"why": "You both want to shorten the handover between wards."},
        MADE: {
            "why": "You both want to shorten the handover between wards.",
            "name": "Ben Ito",
            "email": "ben.ito@nhs.example",
        },
        TAKEN_UP: {"title": "Handover in twenty minutes", "where": "Ward 7", "note": "From March on."},
        SHOWED: {},
    }
    made = attrs.evolve(blank, texts=texts[blank.kind], due=now + timedelta(days=14))
    if blank.kind in {SIGNPOSTS, SHOWED}:
        starts, ends = now - timedelta(hours=2), now - timedelta(hours=1)
        made = attrs.evolve(made, title="Problem Solving Drop In", starts=starts, ends=ends, venue="Atrium")
    return made
