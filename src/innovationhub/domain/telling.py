"""Who is told what: the messages that an entry of the journal calls for.

Whom an entry about a booking concerns follows from the journal and the booking's lines alone, however much later it is
looked at. An entry about a session or a series concerns whoever is booked on it when it is looked at, and was by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.booking import (
    APOLOGISED,
    EXCEPTED,
    HERE,
    LEFT,
    OF_SET,
    WAITING,
    WITHDRAWN,
    BookingRow,
    BookingStatus,
)
from innovationhub.domain.deciding import Draft, blame
from innovationhub.domain.deliveries import TEAM
from innovationhub.domain.journal import Entry
from innovationhub.domain.lending import date_id
from innovationhub.domain.messages import MessageKind
from innovationhub.domain.mirrors import FOLLOWED
from innovationhub.domain.placing import appointments_of, is_whole
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Key, Range, Record
from innovationhub.domain.schedule import SessionRow, series_from_text
from innovationhub.domain.waitlist import queue_of

__all__ = [
    "SESSION_KINDS",
    "TOLD_WHO_ASKED",
    "WORKSHOP_KINDS",
    "Call",
    "Tellers",
    "calls",
    "history_of",
    "kind_of",
    "read_for",
    "teller_of",
]

MOST_TOLD = 10_000
"""Bookings of one standing, in one role, whose people are told of one thing."""

MOST_HISTORY = 1000
"""Entries about one booking that are gone through for who left it and who came."""

MOST_BESIDE = 50
"""How many entries about a series are looked through for the one that defined it before. Where it is not among them,
those registered are told once too often."""

NO_HURRY = timedelta(days=366)

_K = MessageKind

_BOOKING: dict[str, MessageKind] = {
    "booking.requested": _K.REQUESTED,
    "booking.confirmed": _K.CONFIRMED,
    "booking.accepted": _K.CONFIRMED,
    "booking.waitlisted": _K.WAITING,
    "booking.promoted": _K.PROMOTED,
    "booking.offered": _K.OFFERED,
    "booking.lapsed": _K.OFFER_LAPSED,
    "booking.rejected": _K.REJECTED,
    "booking.cancelled": _K.CANCELLED,
    "booking.transferred": _K.CANCELLED,
    "booking.substituted": _K.CANCELLED,
    "booking.apologised": _K.APOLOGY,
}

_ALL_LIVE = ("requested", *sorted(WAITING), "offered", "confirmed")
_CAME = ("attended", LEFT, OF_SET)


@attrs.frozen
class Call:
    """One message that is called for. See `deliveries.Delivery` for `topic` and `until`."""

    kind: str
    person: str
    topic: str
    booking_id: str
    session_id: str
    until: datetime


def kind_of(entry: Entry) -> MessageKind | None:
    """What an entry about a booking tells its people; None where it tells them nothing.

    What ends with the place that it depends on is told with that place, what was done in the LMS is told there, and one
    who waits at the door, or whose session has been, is told nothing.
    """
    kind, facts = _BOOKING.get(entry.kind), entry.facts
    if kind is _K.CONFIRMED and "transferred" in facts:
        return _K.TRANSFERRED
    if kind is _K.APOLOGY and facts.get("standing") == WITHDRAWN:
        return _K.CONFIRMED
    if kind is _K.CANCELLED and facts.get("because") == "called-off":
        return _K.CALLED_OFF
    silent = (
        (kind is _K.CANCELLED and "depended" in facts)
        or (kind is _K.WAITING and facts.get("standing") == HERE)
        or (kind is _K.OFFER_LAPSED and "policy" not in facts)
        or FOLLOWED in facts
    )
    return None if silent else kind


def history_of(booking_id: str) -> Range[Entry]:
    """What the journal says of one booking, oldest first."""
    return Range(Entry, "by_subject", (booking_id,), limit=MOST_HISTORY)


def _first_reads(entries: Iterable[Entry]) -> list[Key[Record] | Range[Record]]:
    """What telling of these entries reads before anything else, so that it is read in one trip for all."""
    wanted: list[Key[Record] | Range[Record]] = []
    for entry in entries:
        if kind_of(entry) is not None:
            wanted += [Key(BookingRow, (entry.subject,)), appointments_of(entry.subject)]
            if _of_several(entry):
                wanted.append(history_of(entry.subject))
        elif entry.kind in _SESSION:
            wanted.append(Key(SessionRow, (entry.subject,)))
    return wanted


def read_for(draft: Draft, entries: Iterable[Entry]) -> None:
    """Read what telling of these entries takes, in two trips for all that are about bookings."""
    entries = list(entries)
    draft.need(*_first_reads(entries))
    wanted: list[Key[Record]] = []
    for entry in entries:
        booking = draft.get(BookingRow, entry.subject) if kind_of(entry) is not None else None
        if booking is not None and not is_whole(booking.session_id):
            wanted.append(Key(SessionRow, (booking.session_id,)))
        if entry.kind == "booking.transferred":
            wanted.append(Key(BookingRow, (str(entry.facts["to"]),)))
    draft.need(*wanted)


Tellers = Mapping[str, Callable[[Draft, Entry], Sequence[Call]]]
"""Who says what entries call for that are no affair of the core's, by the name with which their kinds begin."""


def teller_of(entry: Entry, tellers: Tellers) -> str:
    """The name of who says what an entry calls for; "" where that is the core, or nobody."""
    name = entry.kind.partition(".")[0]
    return name if name in tellers else ""


def calls(draft: Draft, entry: Entry, tellers: Tellers) -> Sequence[Call]:
    """The messages that an entry calls for, in the order of the people it concerns. Raises `PluginError`."""
    name = teller_of(entry, tellers)
    if name:
        return blame(name, lambda: list(tellers[name](draft, entry)))
    kind = kind_of(entry)
    if kind is not None:
        return list(_of_booking(draft, entry, kind))
    if entry.kind in _SESSION:
        return list(_of_session(draft, entry))
    if entry.kind in WORKSHOP_KINDS:
        return list(_of_workshop(draft, entry))
    return list(_of_series(draft, entry)) if entry.kind == "series.changed" else ()


def _of_several(entry: Entry) -> bool:
    """Whether its booking has, or had, people of whom some may have come or gone by themselves."""
    return entry.facts.get("size") != 1 or not entry.facts.keys().isdisjoint({"member", "left"})


def _of_booking(draft: Draft, entry: Entry, kind: MessageKind) -> Iterator[Call]:
    booking = draft.get(BookingRow, entry.subject)
    if booking is None or (kind is _K.CALLED_OFF and booking.parent_id is not None):
        return
    if entry.kind == "booking.transferred" and _within_one_session(draft, booking, entry):
        return  # to another role: the message about that says it
    until = entry.at + NO_HURRY
    if kind is _K.OFFERED:
        until = datetime.fromisoformat(str(entry.facts["ends"]))
    elif not is_whole(booking.session_id):
        session = draft.get(SessionRow, booking.session_id)
        until = session.starts if session else until

    def call(kind: MessageKind, person: str) -> Call:
        return Call(kind, person, booking.id, booking.id, booking.session_id, until)

    if entry.kind == "booking.substituted":
        yield call(_K.CANCELLED, str(entry.facts["left"]))
        yield call(_K.CONFIRMED, str(entry.facts["came"]))
    elif "member" in entry.facts:
        yield call(kind, str(entry.facts["member"]))
    else:
        for person in _people(draft, entry):
            yield call(kind, person)


def _within_one_session(draft: Draft, booking: BookingRow, entry: Entry) -> bool:
    to = draft.get(BookingRow, str(entry.facts["to"]))
    return to is not None and to.session_id == booking.session_id


def _people(draft: Draft, entry: Entry) -> list[str]:
    """Who was in a booking when something became of all of it: as the last who came or went before it left them.

    Of whom nothing is told before it, the first thing after it tells: who came only then was not there yet.
    """
    lines = sorted(draft.scan(appointments_of(entry.subject)).records, key=lambda line: line.place)
    people = [line.person for line in lines]
    if not _of_several(entry) and len(people) == 1:
        return people
    there = dict.fromkeys(people, True)
    later: set[str] = set()
    for other in draft.scan(history_of(entry.subject)).records:
        facts = other.facts
        gone = [str(facts[name]) for name in ("member", "left") if name in facts and other.kind != _THERE]
        came = [str(facts["came"])] if "came" in facts else []
        for person, here in (*((each, False) for each in gone), *((each, True) for each in came)):
            if other.position < entry.position:
                there[person] = here
                later.add(person)
            elif person not in later:
                there[person] = not here
                later.add(person)
    return [person for person in people if there.get(person, True)]


_THERE = "booking.attended"
"""Its `member` has come, and has not gone."""


def _of_session(draft: Draft, entry: Entry) -> Iterator[Call]:
    row = draft.get(SessionRow, entry.subject)
    if row is None:
        return
    kind, type_ = _SESSION[entry.kind], draft.programme.types[row.type, row.revision]
    if kind is _K.BELOW_MINIMUM:
        yield from _team(draft, row, str(entry.facts["role"]))
        return
    if kind is _K.FEEDBACK and not type_.feedback:
        return
    roles = [role.key for role in type_.first_roles]  # what depends on a place goes where that goes
    standings = {_K.MOVED: _ALL_LIVE, _K.FEEDBACK: _CAME, _K.REMINDER: ("confirmed",)}.get(kind, ())
    booked = _by_then(draft, _standing(draft, row.id, roles, standings), entry)
    draft.need(*(appointments_of(each.id) for each in booked))
    until = _useful_until(entry, row)
    for each in booked:
        for person in _staying(draft, each, kind):
            yield Call(kind, person, each.id, each.id, row.id, until)
    if type_.access is Access.REGISTER and kind is not _K.FEEDBACK:
        yield from _registered(draft, row, entry, kind)


def _by_then(draft: Draft, bookings: Sequence[BookingRow], entry: Entry) -> list[BookingRow]:
    """Those that there were when an entry was written: by the order of the journal, as clocks differ."""
    born = {each.id: Range(Entry, "by_subject", (each.id,), limit=1) for each in bookings}
    draft.need(*born.values())
    first = {id: draft.scan(wanted).records for id, wanted in born.items()}
    return [each for each in bookings if first[each.id] and first[each.id][0].position < entry.position]


def _useful_until(entry: Entry, row: SessionRow) -> datetime:
    """By when a message about a session must be there: before anybody sets out, to its old time too."""
    if entry.kind == "session.closed":
        return entry.at + NO_HURRY
    was = entry.facts.get("was")
    return min(row.starts, datetime.fromisoformat(str(was))) if was else row.starts


def _staying(draft: Draft, booking: BookingRow, kind: MessageKind) -> list[str]:
    lines = draft.scan(appointments_of(booking.id)).records
    came = kind is _K.FEEDBACK
    return [
        line.person
        for line in sorted(lines, key=lambda line: line.place)
        if (line.status is BookingStatus.ATTENDED) == came and (came or line.active)
    ]


def _standing(
    draft: Draft, subject_id: str, roles: Sequence[str], standings: Sequence[str]
) -> list[BookingRow]:
    queues = [
        queue_of(subject_id, role, standing, limit=MOST_TOLD, after=-1)
        for role in roles
        for standing in standings
    ]
    draft.need(*queues)
    return [row for queue in queues for row in draft.scan(queue).records]


def _registered(draft: Draft, row: SessionRow, entry: Entry, kind: MessageKind) -> Iterator[Call]:
    """Whoever is registered for the whole series, about one date of it."""
    roles = [role.key for role in draft.programme.types[row.type, row.revision].first_roles]
    registrations = _by_then(draft, _standing(draft, row.series_id, roles, ("confirmed",)), entry)
    until = _useful_until(entry, row)
    draft.need(*(Key(BookingRow, (date_id(each.id, row.id),)) for each in registrations))
    for each in registrations:
        topic = date_id(each.id, row.id)
        dated = draft.get(BookingRow, topic)
        away = dated is not None and dated.standing in {APOLOGISED, EXCEPTED}
        # who has given up the date, or never had it, keeps it out of mind and out of their calendar
        if not away or kind is _K.CALLED_OFF:
            yield Call(kind, each.person, topic, each.id, row.id, until)


def _team(draft: Draft, row: SessionRow, role: str) -> Iterator[Call]:
    contact = [TEAM] if draft.programme.hub.contact else []
    for person in [*row.facilitators.split(), *contact]:
        yield Call(_K.BELOW_MINIMUM, person, f"team {row.id} {role}", "", row.id, row.starts)


def _of_series(draft: Draft, entry: Entry) -> Iterator[Call]:
    """Those registered for a series whose dates or place changed; what else of it changed is no news to them."""
    series = draft.programme.series.get(entry.subject)
    if series is None:
        return
    type_ = draft.programme.type(series.type)
    before = Range(
        Entry, "by_subject", (entry.subject,), high=entry.position, limit=MOST_BESIDE, reverse=True
    )
    if type_.access is not Access.REGISTER:
        return
    draft.need(before)
    now = series_from_text(str(entry.facts["definition"]))
    # a roster of the series has its key for a subject too, and a session type may have the same
    known = (each for each in draft.scan(before).records if each.kind in _DEFINED)
    other = next(known, None)
    if other is not None:
        was = series_from_text(str(other.facts["definition"]))
        if (was.recurrence, was.venue, was.closed) == (now.recurrence, now.venue, now.closed):
            return
    registered = _standing(draft, series.key, [role.key for role in type_.first_roles], ("confirmed",))
    for each in _by_then(draft, registered, entry):
        yield Call(_K.CHANGED, each.person, each.id, each.id, series.key, entry.at + NO_HURRY)


def _of_workshop(draft: Draft, entry: Entry) -> Iterator[Call]:
    """Whoever asked for a workshop, about a step of it; the team and whoever leads it, about what they owe."""
    id, until = entry.subject, entry.at + NO_HURRY
    kind = _WORKSHOP.get(entry.kind)
    if kind is not None:
        yield Call(kind, str(entry.facts["person"]), id, "", id, until)
    contact = [TEAM] if draft.programme.hub.contact else []
    if entry.kind == "workshop.requested":
        team, kind = contact, _K.WORKSHOP_NEW
    elif entry.kind == "workshop.overdue":
        owner = str(entry.facts["owner"])
        team, kind = [*([owner] if owner else []), *contact], _K.WORKSHOP_OVERDUE
    else:
        return
    for person in team:
        yield Call(kind, person, f"team {id}", "", id, until)


_WORKSHOP: dict[str, MessageKind] = {
    "workshop.requested": _K.WORKSHOP_REQUESTED,
    "workshop.acknowledged": _K.WORKSHOP_ACKNOWLEDGED,
    "workshop.scheduled": _K.WORKSHOP_SCHEDULED,
    "workshop.declined": _K.WORKSHOP_DECLINED,
    "workshop.followed-up": _K.WORKSHOP_FOLLOWED_UP,
}
"""What a step of a workshop tells whoever asked for it."""

TOLD_WHO_ASKED = frozenset(_WORKSHOP)
"""The kinds of entry about a workshop that call for a message whatever else is the case."""

WORKSHOP_KINDS = TOLD_WHO_ASKED | {"workshop.overdue"}
"""The kinds of entry about a workshop that somebody may be told of."""

_SESSION: dict[str, MessageKind] = {
    "session.moved": _K.MOVED,
    "session.called-off": _K.CALLED_OFF,
    "session.reinstated": _K.REINSTATED,
    "session.below-minimum": _K.BELOW_MINIMUM,
    "session.reminder-due": _K.REMINDER,
    "session.closed": _K.FEEDBACK,
}
"""What an entry about a session tells. Of one that is called off each booking has an entry of its own."""

_DEFINED = frozenset({"series.added", "series.changed"})

SESSION_KINDS = frozenset({*_SESSION, "series.changed"})
"""The kinds of entry that concern whoever is booked on a session, or registered for a series, by then."""
