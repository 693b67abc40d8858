"""What every decision about a booking shares: where the session is, whether one may book now, and the double entry.

`change` is the only function that moves a booking from one standing to another. It writes both sides, the roster's
counters and the diary of everybody in the booking, so no decision can forget one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import attrs

from innovationhub.domain.booking import BookingRow, BookingStatus, Placed
from innovationhub.domain.catalogue import Access, Promote, Role, SessionType
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import MOST_ASKED, Appointment, Diary, likely_near, near, stands
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Reason, ReasonFacts
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow, SessionStatus, occasion, planned_row
from innovationhub.domain.time import Span, local, resolve, utc, zone
from innovationhub.domain.wording import when
from innovationhub.errors import Invalid, NotFound, Unsupported

__all__ = [
    "Place",
    "appointments_of",
    "around",
    "begun",
    "booking_window",
    "change",
    "chosen_role",
    "clash_reason",
    "facts_of",
    "fresh",
    "is_here",
    "locate",
    "open_session",
    "over",
    "place_for",
    "room_in_diary",
    "sides",
    "timing",
]


@attrs.frozen
class Place:
    """Where a decision is about: a session, the revision of its type that it keeps to, a role and its roster.

    `opened` says that the session and the roster have rows, as they do once anybody was booked there.
    """

    session: SessionRow
    type: SessionType
    role: Role
    roster: Roster
    opened: bool


def sides(session_id: str, role: str, person: str) -> Read:
    """What nearly every decision about one person and one session reads: the session, the roster, the diary."""
    return Read(
        keys=(
            Key(SessionRow, (session_id,)),
            Key(Roster, (session_id, role)),
            Key(Diary, (person,)),
        ),
        ranges=(likely_near(person, session_id),),
    )


def locate(draft: Draft, session_id: str) -> tuple[SessionRow, SessionType]:
    """The session, from its row or from its series, and the revision of its type that it keeps to.

    Raises `NotFound` when no series puts a session there.
    """
    row = draft.get(SessionRow, session_id)
    programme = draft.programme
    if row is not None:
        return row, programme.types[row.type, row.revision]
    key, nominal = split_session_id(session_id)
    series = programme.series.get(key)
    if series is None:
        raise NotFound("session", session_id, f"there is no series {key!r}")
    type_ = programme.type(series.type)
    planned = occasion(series, type_.longest, nominal, draft.view.opening)
    if planned is None:
        why = draft.view.closed_on(nominal.date())
        hint = f"the hub is closed that day: {why}" if why else "the series has no session at that time"
        raise NotFound("session", session_id, hint)
    return planned_row(planned, programme.latest[series.type]), type_


def chosen_role(type_: SessionType, wanted: str | None) -> Role:
    """The role a caller means. Raises `Invalid` when it must be said, `NotFound` when there is no such role."""
    if wanted is None:
        if len(type_.first_roles) > 1:
            names = ", ".join(role.key for role in type_.first_roles)
            raise Invalid("role", f"must be one of {names}: {type_.title} has several", None)
        return type_.first_roles[0]
    role = type_.role(wanted)
    if role is None:
        names = ", ".join(role.key for role in type_.roles)
        raise NotFound("role", wanted, f"{type_.title} has {names}")
    return role


def place_for(draft: Draft, session_id: str, wanted: str | None) -> Place:
    """The session, its type, the role and its roster (a fresh one where nobody was ever booked).

    Raises `NotFound` or `Invalid`, and `Unsupported` for policies that this version only reads.
    """
    session, type_ = locate(draft, session_id)
    role = chosen_role(type_, wanted)
    _supported(type_, role)
    roster = draft.get(Roster, session_id, role.key)
    if roster is not None:
        return Place(session, type_, role, roster, opened=True)
    roster = Roster(session_id, role.key, session.type, session.starts, role.capacity)
    return Place(session, type_, role, roster, opened=False)


def _supported(type_: SessionType, role: Role) -> None:
    missing = _missing(type_, role)
    if missing:
        message = f"{type_.title} asks for {missing}: this version shows that but cannot book it yet"
        raise Unsupported(message)


@lru_cache(maxsize=4096)
def _missing(type_: SessionType, role: Role) -> str:
    """What a role of a type asks for that this version only reads."""
    asked = {
        "approval": type_.approval,
        f"rules {', '.join(type_.rules)}": bool(type_.rules),
        'waitlist.promote = "offer"': type_.waitlist.promote is Promote.OFFER,
        f"the role {role.key}, which requires {role.requires}": role.requires is not None,
        f"the slots of the role {role.key}": role.slots is not None,
    }
    return ", ".join(name for name, wanted in asked.items() if wanted)


def booking_window(session: SessionRow, type_: SessionType, timezone: str) -> tuple[datetime, datetime]:
    """From when until when a session can be booked (aware, UTC): `opens <= now < closes`."""
    return _window(session.starts, type_.booking.opens_days, type_.booking.closes_minutes, timezone)


@lru_cache(maxsize=4096)
def _window(starts: datetime, days: int, minutes: int, timezone: str) -> tuple[datetime, datetime]:
    where = zone(timezone)
    opens = resolve(local(starts, where) - timedelta(days=days), where)
    return utc(opens), starts - timedelta(minutes=minutes)


def over(session: SessionRow, type_: SessionType) -> Reason | None:
    """Why nothing more can be done about a session, if so: it is called off, or its register is closed."""
    if session.status is SessionStatus.CALLED_OFF:
        return Reason(
            "called-off",
            f"{type_.title} was called off.",
            {"session": session.id},
            ("Choose another date.",),
        )
    if session.status is SessionStatus.CLOSED:
        return Reason("closed", f"The register of {type_.title} is closed.", {"session": session.id})
    return None


def timing(draft: Draft, place: Place) -> list[Reason]:
    """Why one cannot book now: called off, closed, not open yet, booking over, started, or not booked by date."""
    session, type_ = place.session, place.type
    ended = over(session, type_)
    if ended:
        return [ended]
    timezone = draft.programme.hub.timezone
    opens, closes = booking_window(session, type_, timezone)
    where = zone(timezone)
    facts: ReasonFacts = {"opens": opens, "closes": closes, "starts": session.starts, "session": session.id}
    reasons: list[Reason] = []
    if type_.access is Access.REGISTER:
        sentence = f"{type_.title} is joined once, for the whole series, and not date by date."
        remedy = "Ask the hub's team to register you for the series."
        reasons.append(Reason("not-eligible", sentence, {"series": session.series_id}, (remedy,)))
    if draft.now >= session.starts:
        sentence = f"{type_.title} started on {when(session.starts, where)}."
        reasons.append(Reason("started", sentence, facts, ("Choose a later date.",)))
    elif draft.now >= closes:
        sentence = f"Booking for {type_.title} closed on {when(closes, where)}."
        remedy = "Come to the door: free places go to whoever is there."
        reasons.append(Reason("closed", sentence, facts, (remedy, "Choose a later date.")))
    elif draft.now < opens:
        sentence = f"Booking for {type_.title} opens on {when(opens, where)}."
        reasons.append(Reason("not-open", sentence, facts, (f"Book from {when(opens, where)}.",)))
    return reasons


def around(draft: Draft, person: str, session_id: str, span: Span) -> list[Appointment]:
    """A person's standing appointments around the span of a session. The diary is relied on with them.

    Raises `NotFound` when the hub does not know the person, `Invalid` when they hold more than can be looked at.
    """
    wanted = near(person, session_id, span)
    draft.need(Key(Diary, (person,)), wanted)
    if draft.get(Diary, person) is None:
        raise NotFound("person", person, "add them first: hub.add_person")
    found = draft.scan(wanted)
    if found.cut:
        raise Invalid("person_id", f"must not hold more than {wanted.limit} places around that time", person)
    return found.records


def is_here(place: Place, held: Appointment) -> bool:
    """Whether an appointment is for the very same role of the same session."""
    return (held.session_id, held.role) == (place.session.id, place.role.key)


def clash_reason(draft: Draft, place: Place, held: Appointment) -> Reason:
    """That a person cannot have a place because of another that they hold at the time, both named."""
    where = zone(draft.programme.hub.timezone)
    here, title = place.session, place.type.title
    facts: ReasonFacts = {"session": here.id, "other": held.session_id, "booking_id": held.booking_id}
    if held.session_id == here.id:
        sentence = f"This person has a place in {title} ({here.id}) already, as {held.role}."
        return Reason("clash", sentence, facts, (f"Cancel the place as {held.role} first.",))
    sentence = (
        f"{title} ({here.id}) overlaps {held.session_id}, from {when(held.starts, where)} "
        f"to {held.ends.astimezone(where):%H:%M}, where this person has a place."
    )
    remedy = f"Cancel the booking for {held.session_id} first, or choose another date."
    return Reason("clash", sentence, facts, (remedy,))


def room_in_diary(person: str, near_by: Sequence[Appointment]) -> None:
    """Raises `Invalid` when a person has as many places around a time as one may ask for."""
    if len(near_by) >= MOST_ASKED:
        message = f"must not have more than {MOST_ASKED} places around that time: cancel some"
        raise Invalid("person_id", message, person)


def appointments_of(booking_id: str) -> Range[Appointment]:
    """The appointments of everybody in a booking."""
    return Range(Appointment, "key", (booking_id,), limit=50)


def change(
    draft: Draft, place: Place, before: BookingRow | None, after: BookingRow, people: Sequence[Appointment]
) -> Placed:
    """Let a booking be as `after` says, on both sides: its roster's counters, and everybody's diary.

    `people` are their appointments as they were; a booking that is new (`before` None) gives them as they begin. The
    session is held to its date and the roster is made where this is the first time.
    """
    if not place.opened:
        _open_up(draft, place)
    roster = draft.get(Roster, place.session.id, place.role.key) or place.roster
    draft.put(roster.moving(after.size, before.standing if before else None, after.standing, after.sequence))
    draft.put(after)
    for was in people:
        now = stands(was, after.status, overlaps=place.type.booking.overlaps)
        diary = draft.get(Diary, was.person)
        if diary is not None:  # one who was erased has no diary, and the place is nobody's
            delta = now.active - (was.active if before else False)
            draft.put(Diary(diary.person, diary.active + delta))
        draft.put(now)
    return Placed(after, tuple((each.person, after.status) for each in people))


def open_session(draft: Draft, session: SessionRow) -> None:
    """Hold a session to its date, its venue and its revision, if nothing has yet."""
    if draft.get(SessionRow, session.id) is not None:
        return
    draft.put(session)
    draft.note(
        "session.opened",
        session.id,
        series=session.series_id,
        type=session.type,
        revision=session.revision,
        starts=session.starts.isoformat(),
        ends=session.ends.isoformat(),
        venue=session.venue,
    )


def _open_up(draft: Draft, place: Place) -> None:
    session, roster = place.session, place.roster
    open_session(draft, session)
    if draft.get(Roster, session.id, place.role.key) is None:
        draft.touch(session)  # it guards the set of its rosters
        draft.put(roster)
        draft.note("roster.opened", session.id, role=roster.role, capacity=roster.capacity)


def facts_of(booking: BookingRow) -> dict[str, str | int | float | bool | None]:
    """What the journal notes of a booking, enough to build it again: opaque keys and plain values only."""
    return {
        "session": booking.session_id,
        "role": booking.role,
        "person": booking.person,
        "size": booking.size,
        "sequence": booking.sequence,
    }


def begun(booking: BookingRow, place: Place) -> Appointment:
    """The appointment of the one person of a new booking, before it stands anywhere."""
    return Appointment(
        booking_id=booking.id,
        person=booking.person,
        session_id=booking.session_id,
        role=booking.role,
        status=booking.status,
        active=False,
        holds=False,
        starts=place.session.starts,
        ends=place.session.ends,
    )


def fresh(draft: Draft, place: Place, booking_id: str, person: str, status: BookingStatus) -> BookingRow:
    """A new booking at the end of its roster's order."""
    roster = draft.get(Roster, place.session.id, place.role.key) or place.roster
    return BookingRow(
        id=booking_id,
        session_id=place.session.id,
        series_id=place.session.series_id,
        parent_id=None,
        role=place.role.key,
        person=person,
        size=1,
        status=status,
        standing=str(status),
        passed="",
        sequence=roster.last + 1,
        slot=None,
        offer_ends=None,
        created_at=draft.now,
    )
