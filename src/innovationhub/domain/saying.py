"""What a message says, worked out when it is sent: or why it is not true any more (scenario M2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.alternatives import next_sessions
from innovationhub.domain.booking import LIVE, WITHDRAWN, BookingRow, BookingStatus
from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.dates import sessions_of
from innovationhub.domain.deciding import Draft, blame
from innovationhub.domain.deliveries import TEAM, Delivery
from innovationhub.domain.diary import Appointment
from innovationhub.domain.events import Invitation
from innovationhub.domain.inviting import invitation, still_there
from innovationhub.domain.journal import Entry
from innovationhub.domain.messages import MessageKind, Recipient, message_kind
from innovationhub.domain.minimum import seated
from innovationhub.domain.people import Note, PersonRow
from innovationhub.domain.placing import is_whole, locate, place_for
from innovationhub.domain.posting import Untrue
from innovationhub.domain.records import Key, Range
from innovationhub.domain.schedule import Session, SessionRow, SessionStatus
from innovationhub.domain.settings import HubSettings
from innovationhub.domain.slots import slot_span
from innovationhub.domain.time import Span, zone
from innovationhub.domain.workshop import WorkshopRow, WorkshopState
from innovationhub.errors import PluginError

__all__ = ["Matter", "Sayers", "say"]

DATES = 3
"""Coming dates of a registration that are named."""

AHEAD = timedelta(days=400)

_K, _S = MessageKind, BookingStatus

_TRUE: Mapping[str, frozenset[BookingStatus]] = {
    _K.REQUESTED: frozenset({_S.REQUESTED}),
    _K.CONFIRMED: frozenset({_S.CONFIRMED}),
    _K.WAITING: frozenset({_S.WAITLISTED}),
    _K.PROMOTED: frozenset({_S.CONFIRMED}),
    _K.OFFERED: frozenset({_S.OFFERED}),
    _K.OFFER_LAPSED: frozenset({_S.LAPSED, _S.WAITLISTED}),
    _K.REJECTED: frozenset({_S.DECLINED}),
    _K.TRANSFERRED: frozenset({_S.CONFIRMED}),
    _K.CANCELLED: frozenset({_S.CANCELLED}),
    _K.MOVED: LIVE,
    _K.CALLED_OFF: frozenset({_S.CANCELLED, _S.CONFIRMED}),
    _K.REINSTATED: frozenset({_S.CONFIRMED}),
    _K.CHANGED: frozenset({_S.CONFIRMED}),
    _K.APOLOGY: frozenset({_S.CANCELLED}),
    _K.REMINDER: frozenset({_S.CONFIRMED}),
    _K.FEEDBACK: frozenset({_S.ATTENDED}),
}
"""How the person has to stand in the booking for a message to be true. `confirmed` of one called off: registered."""

_OF_WHAT_IS_OVER = frozenset({_K.CANCELLED, _K.CALLED_OFF, _K.REJECTED, _K.FEEDBACK, _K.APOLOGY})
"""What may be said of a session that is called off, or has begun."""


@attrs.frozen
class Matter:
    """What a message is made of. Instants are aware, in the hub's zone; what there is none of is None or empty.

    `status` is how the person stands in the booking, `others` how many more people are in it. `was_starts` and
    `was_venue` are where a session was before it moved. `dates` are the next of a registration. `place` counts from 1.
    `reason` is what somebody wrote. `held` of `minimum` seats are taken. `because` is "transferred" where a place ended
    for one in another session, "reinstated" where what was called off is on again; `still` says that the person holds
    another place in the session.
    Of a `workshop` (its id) `dates` are all to come, `due` is when the next step is promised, `owner` the name of who
    leads it, `texts` what was written. A plugin's messages have `texts` too, and more `lines` (label and value) in the
    list of facts.
    """

    kind: str = attrs.field(converter=message_kind)
    to: Recipient = attrs.field(repr=False)
    hub: HubSettings
    title: str = ""
    session_id: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    venue: str = ""
    role: str = ""
    status: BookingStatus | None = None
    booking_id: str = ""
    others: int = 0
    place: int | None = None
    offer_ends: datetime | None = None
    was_starts: datetime | None = None
    was_venue: str = ""
    reason: str = attrs.field(default="", repr=False)
    dates: tuple[Session, ...] = ()
    alternatives: tuple[Session, ...] = ()
    held: int = 0
    minimum: int = 0
    feedback: str = ""
    whole: bool = False
    because: str = ""
    still: bool = False
    workshop: str = ""
    due: datetime | None = None
    owner: str = attrs.field(default="", repr=False)
    texts: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    lines: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    invitation: Invitation | None = attrs.field(default=None, repr=False)


Sayers = Mapping[str, Callable[[Draft, Delivery, Recipient], Matter | Untrue]]
"""Who says what a message says whose kind is not the core's, by the name with which such kinds begin."""


def say(draft: Draft, delivery: Delivery, sayers: Sayers) -> Matter | Untrue:
    """What a delivery says as things stand in the draft, or why it is not to be said any more. Raises `PluginError`."""
    person = Range(PersonRow, "by_key", (delivery.person,), limit=1)
    entry = Key(Entry, (delivery.position,))
    draft.need(person, entry, *_first(delivery))
    known = draft.scan(person).records
    if delivery.person != TEAM and not known:
        return Untrue("nobody has that key any more")
    hub = draft.programme.hub
    to = (
        Recipient(known[0].name, known[0].email, known[0].phone)
        if known
        else Recipient(hub.name, hub.contact)
    )
    if delivery.kind is _K.BELOW_MINIMUM:
        return _short(draft, delivery, to)
    if not isinstance(delivery.kind, MessageKind):
        name = delivery.kind.partition("-")[0]
        if name not in sayers:
            raise PluginError(name, "has a message to send, and is not installed")
        return blame(name, lambda: sayers[name](draft, delivery, to))
    if delivery.kind in _WORKSHOP:
        return _of_workshop(draft, delivery, to)
    return _of_booking(draft, delivery, to)


def _first(delivery: Delivery) -> list[Key[BookingRow] | Key[Appointment] | Key[SessionRow] | Range[Note]]:
    wanted: list[Key[BookingRow] | Key[Appointment] | Key[SessionRow] | Range[Note]] = []
    if delivery.booking_id:
        wanted += [
            Key(BookingRow, (delivery.booking_id,)),
            Key(Appointment, (delivery.booking_id, delivery.person)),
            Range(Note, "key", (delivery.booking_id,), limit=20),
        ]
    if not is_whole(delivery.session_id):
        wanted.append(Key(SessionRow, (delivery.session_id,)))
    return [*wanted, Range(Note, "key", (delivery.session_id,), limit=20)]


def _of_booking(draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
    kind, whole = delivery.kind, is_whole(delivery.session_id)
    booking = draft.get(BookingRow, delivery.booking_id)
    line = draft.get(Appointment, delivery.booking_id, delivery.person)
    if booking is None or line is None:
        return Untrue("there is no such booking")
    status = _status(draft, booking, line)
    if status not in _TRUE[kind]:
        return Untrue(f"the booking is {status} by now")
    if kind is _K.OFFERED and (booking.offer_ends is None or draft.now >= booking.offer_ends):
        return Untrue("the offer has ended")
    where = zone(draft.programme.hub.timezone)
    on_again = False
    if whole:
        series = draft.programme.series[delivery.session_id]
        type_ = draft.programme.type(series.type)
        dates = _dates(draft, delivery.session_id, type_)
        matter = Matter(kind, to, draft.programme.hub, type_.title, series.key, None, None, series.venue)
        matter = attrs.evolve(matter, dates=dates[:DATES], whole=True)
    else:
        session, type_ = locate(draft, delivery.session_id)
        over = _over(draft, session, kind)
        if over:
            return Untrue(over)
        on_again = kind is _K.CALLED_OFF and session.status is not SessionStatus.CALLED_OFF
        if on_again and status is _S.CONFIRMED:
            return Untrue("the session takes place after all")
        starts, ends = session.starts.astimezone(where), session.ends.astimezone(where)
        role = type_.role(booking.role)
        if booking.slot is not None and role is not None:
            span = slot_span(session, role, booking.slot)
            starts, ends = span.starts.astimezone(where), span.ends.astimezone(where)
        matter = Matter(kind, to, draft.programme.hub, type_.title, session.id, starts, ends, session.venue)
    ends_at = booking.offer_ends.astimezone(where) if booking.offer_ends else None
    matter = attrs.evolve(
        matter,
        role=booking.role,
        status=status,
        booking_id=booking.id,
        others=booking.size - 1 if line.active else 0,
        offer_ends=ends_at,
        reason=_reason(draft, delivery),
        feedback=type_.feedback,
    )
    matter = _moved_from(draft, delivery, matter)
    matter = attrs.evolve(matter, because=_because(draft, delivery), still=still_there(draft, line))
    if kind is _K.CALLED_OFF and not whole and on_again:
        matter = attrs.evolve(matter, because="reinstated")
    elif kind is _K.CALLED_OFF and not whole and status is _S.CANCELLED:
        place = place_for(draft, delivery.session_id, booking.role)
        matter = attrs.evolve(matter, alternatives=next_sessions(draft, place, delivery.person))
    return attrs.evolve(matter, invitation=invitation(draft, delivery, booking, line, type_, status))


def _because(draft: Draft, delivery: Delivery) -> str:
    entry = draft.get(Entry, delivery.position)
    return "transferred" if entry and entry.kind == "booking.transferred" else ""


def _status(draft: Draft, booking: BookingRow, line: Appointment) -> BookingStatus:
    """How one person stands in a booking; an apology taken back leaves its date to their registration."""
    if booking.parent_id and booking.standing == WITHDRAWN:
        mine = draft.get(Appointment, booking.parent_id, line.person)
        return mine.status if mine else line.status
    return line.status


def _over(draft: Draft, session: SessionRow, kind: str) -> str:
    """Why nothing of this kind is to be said of a session any more; empty where it is."""
    if kind in _OF_WHAT_IS_OVER:
        old = kind is not _K.FEEDBACK and draft.now >= session.ends
        return "the session is over" if old else ""
    if session.status is SessionStatus.CALLED_OFF:
        return "the session is called off"
    return "the session has begun" if draft.now >= session.starts else ""


def _dates(draft: Draft, series_id: str, type_: SessionType) -> tuple[Session, ...]:
    where = zone(draft.programme.hub.timezone)
    coming = sessions_of(draft, series_id, Span(draft.now, draft.now + AHEAD))
    return tuple(
        Session(
            row.id,
            row.series_id,
            row.type,
            type_.title,
            row.starts.astimezone(where),
            row.ends.astimezone(where),
            row.venue,
        )
        for row in coming
        if row.status is SessionStatus.SCHEDULED
    )


_WRITTEN: Mapping[str, str] = {
    _K.REJECTED: "rejected",
    _K.CALLED_OFF: "called-off",
    _K.CONFIRMED: "approved",
    _K.WAITING: "approved",
}


def _reason(draft: Draft, delivery: Delivery) -> str:
    """What the team wrote about it. What the person wrote themselves is no news to them."""
    kind = _WRITTEN.get(delivery.kind)
    subject = delivery.session_id if kind == "called-off" else delivery.booking_id
    notes = draft.scan(Range(Note, "key", (subject,), limit=20)).records if kind else []
    return next((note.text for note in notes if note.kind == kind), "")


def _moved_from(draft: Draft, delivery: Delivery, matter: Matter) -> Matter:
    entry = draft.get(Entry, delivery.position)
    if delivery.kind is not _K.MOVED or entry is None:
        return matter
    was = datetime.fromisoformat(str(entry.facts["was"])).astimezone(zone(draft.programme.hub.timezone))
    venue = str(entry.facts.get("was_venue", ""))
    if (was, venue) == (matter.starts, matter.venue):
        return matter  # moved back meanwhile: what it says now is all there is to say
    return attrs.evolve(matter, was_starts=was, was_venue=venue)


def _short(draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
    """Too few people so far, for the team."""
    session, type_ = locate(draft, delivery.session_id)
    over = _over(draft, session, delivery.kind)
    if over:
        return Untrue(over)
    entry = draft.get(Entry, delivery.position)
    role: Role | None = type_.role(str(entry.facts["role"])) if entry else None
    if role is None:
        return Untrue("the session has no such role any more")
    held = seated(place_for(draft, session.id, role.key))
    if held >= role.minimum:
        return Untrue("there are enough people by now")
    where = zone(draft.programme.hub.timezone)
    starts, ends = session.starts.astimezone(where), session.ends.astimezone(where)
    matter = Matter(
        delivery.kind, to, draft.programme.hub, type_.title, session.id, starts, ends, session.venue
    )
    return attrs.evolve(matter, role=role.key, held=held, minimum=role.minimum)


_W = WorkshopState

_WORKSHOP: Mapping[str, WorkshopState | None] = {
    _K.WORKSHOP_REQUESTED: _W.REQUESTED,
    _K.WORKSHOP_NEW: _W.REQUESTED,
    _K.WORKSHOP_ACKNOWLEDGED: _W.ACKNOWLEDGED,
    _K.WORKSHOP_SCHEDULED: _W.SCHEDULED,
    _K.WORKSHOP_DECLINED: _W.DECLINED,
    _K.WORKSHOP_FOLLOWED_UP: _W.FOLLOWED_UP,
    _K.WORKSHOP_OVERDUE: None,
}
"""How a workshop has to stand for a message to be true; None: as it did, and its next step is still overdue."""


def _of_workshop(draft: Draft, delivery: Delivery, to: Recipient) -> Matter | Untrue:
    """A step of a workshop, for whoever asked or for those who owe the next one."""
    row = draft.get(WorkshopRow, delivery.session_id)
    entry = draft.get(Entry, delivery.position)
    if row is None or entry is None:
        return Untrue("there is no such workshop")
    state = _WORKSHOP[delivery.kind]
    still = str(state or entry.facts["state"]) == str(row.state)
    if not still or (state is None and (row.due is None or row.due > draft.now)):
        return Untrue(f"the workshop is {row.state} by now, and nothing of this is due")
    where = zone(draft.programme.hub.timezone)
    type_ = draft.programme.type(row.type)
    leads = Range(PersonRow, "by_key", (row.owner,), limit=1)
    draft.need(leads)
    owner = draft.scan(leads).records if row.owner else []
    notes = draft.scan(Range(Note, "key", (row.id,), limit=20)).records
    return Matter(
        delivery.kind,
        to,
        draft.programme.hub,
        type_.title,
        row.id,
        None,
        None,
        dates=_dates(draft, row.series_id, type_) if row.state is _W.SCHEDULED else (),
        workshop=row.id,
        due=row.due and row.due.astimezone(where),
        owner=owner[0].name if owner else "",
        texts={note.kind: note.text for note in notes},
    )
