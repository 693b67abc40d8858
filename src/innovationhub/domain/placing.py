"""What every decision about a booking shares: where the session is, which seats there are, and the double entry.

`change` is the only function that moves a booking from one standing to another. It writes both sides, the roster's
counters and the diary of everybody in the booking, so no decision can forget one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import attrs

from innovationhub.domain.booking import HOLDING, LIVE, BookingRow, BookingStatus, Placed
from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import REGISTERED, Appointment, Diary, likely_near, stands
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.roster import MOST_LENT, Roster
from innovationhub.domain.schedule import (
    Planned,
    Series,
    SessionRow,
    SessionStatus,
    occasion,
    occasions,
    planned_row,
)
from innovationhub.domain.time import LONGEST_WINDOW, Span, local, resolve, utc, zone
from innovationhub.errors import Invalid, NotFound

__all__ = [
    "Place",
    "appointments_of",
    "begun",
    "booking_window",
    "change",
    "chosen_role",
    "facts_of",
    "fresh",
    "is_whole",
    "latest",
    "locate",
    "open_session",
    "place_for",
    "planned_at",
    "roster_of",
    "sides",
]

FAR = timedelta(days=36_500)


@attrs.frozen
class Place:
    """Where a decision is about: a session, the revision of its type that it keeps to, a role and its roster.

    It can be booked while `opens <= now < closes` (UTC). `opened` says that the session and the roster have rows, as
    they do once anybody was booked there. `registered` seats are held by registrations for the whole series. Where the
    place is in the series as a `whole`, `session` stands for all of it: its id is the series' key, its span that of
    the first session to come.
    """

    session: SessionRow
    type: SessionType
    role: Role
    roster: Roster
    opened: bool
    opens: datetime
    closes: datetime
    registered: int = 0
    whole: bool = False


def is_whole(subject_id: str) -> bool:
    """Whether that is a series' key and not a session's id."""
    return "@" not in subject_id


def sides(session_id: str, role: str, person: str) -> Read:
    """What nearly every decision about one person and one session reads: the session, the roster, the diary."""
    if is_whole(session_id):
        return Read(keys=(Key(Roster, (session_id, role)), Key(Diary, (person,))))
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
    return planned_at(draft, planned), type_


def planned_at(draft: Draft, planned: Planned) -> SessionRow:
    """A session that has no row, as its series puts it now."""
    return planned_row(planned, draft.programme.latest[planned.series.type])


def chosen_role(type_: SessionType, wanted: str | None) -> Role:
    """The role a caller means. Raises `Invalid` when it must be said, `NotFound` when there is no such role."""
    if wanted is None:
        open_ = [role for role in type_.first_roles if not role.invited] or list(type_.first_roles)
        if len(open_) > 1:
            names = ", ".join(role.key for role in open_)
            raise Invalid("role", f"must be one of {names}: {type_.title} has several", None)
        return open_[0]
    role = type_.role(wanted)
    if role is None:
        names = ", ".join(role.key for role in type_.roles)
        raise NotFound("role", wanted, f"{type_.title} has {names}")
    return role


def roster_of(draft: Draft, session: SessionRow, role: Role, of_series: Roster | None = None) -> Roster:
    """The roster of a role of a session as it stands; a fresh one where nobody was ever booked.

    A date of a series that is registered for has as many seats as the series (`of_series`) has by now.
    """
    roster = draft.get(Roster, session.id, role.key)
    if roster is not None:
        return roster
    seats = of_series.capacity if of_series else role.seats(len(session.facilitators.split()))
    return Roster(session.id, role.key, session.type, session.starts, seats, reserve=role.reserve)


def place_for(draft: Draft, subject_id: str, wanted: str | None) -> Place:
    """The session (or, for a series' key, the series), its type, the role and its roster.

    Raises `NotFound` or `Invalid`.
    """
    if is_whole(subject_id):
        return _whole(draft, subject_id, wanted)
    session, type_ = locate(draft, subject_id)
    role = chosen_role(type_, wanted)
    opened = draft.get(Roster, subject_id, role.key) is not None
    opens, closes = booking_window(session, type_, draft.programme.hub.timezone)
    of_series = None
    if type_.access is Access.REGISTER and role.requires is None:
        of_series = draft.get(Roster, session.series_id, role.key)
    registered = of_series.held if of_series else 0
    roster = roster_of(draft, session, role, of_series)
    return Place(session, type_, role, roster, opened, opens, closes, registered)


def _whole(draft: Draft, series_id: str, wanted: str | None) -> Place:
    """The place in a series as a whole. Raises `NotFound`, and `Invalid` where it is booked by date."""
    series = draft.programme.series.get(series_id)
    if series is None:
        raise NotFound("series", series_id, "a series is named as in the catalogue; hub.series() lists them")
    type_ = draft.programme.type(series.type)
    if type_.access is not Access.REGISTER:
        message = f"must be a series that one registers for; {type_.title} is booked by date"
        raise Invalid("series_id", message, series_id)
    role = chosen_role(type_, wanted)
    if role.requires is not None:
        message = f"must be a role that one registers in; {role.key} is booked date by date: hub.book"
        raise Invalid("role", message, wanted)
    session, opens, closes = _all_of(draft, series, type_)
    roster = roster_of(draft, session, role)
    opened = draft.get(Roster, series_id, role.key) is not None
    return Place(session, type_, role, roster, opened, opens, closes, whole=True)


def _all_of(draft: Draft, series: Series, type_: SessionType) -> tuple[SessionRow, datetime, datetime]:
    """A row that stands for all of a series, and from when until when one can register: up to its last session."""
    timezone, opening = draft.programme.hub.timezone, draft.view.opening
    ahead = Span(draft.now, draft.now + LONGEST_WINDOW)
    coming, complete = occasions(series, type_.longest, ahead, opening, limit=1000)
    first = series.recurrence.first
    origin = utc(first.starts) if first else draft.now
    where = zone(timezone)
    opens = utc(resolve(local(origin, where) - timedelta(days=type_.booking.opens_days), where))
    if not coming:
        ended = SessionRow(
            id=series.key,
            series_id=series.key,
            type=series.type,
            revision=draft.programme.latest[series.type],
            original=origin,
            starts=origin,
            ends=origin + timedelta(minutes=type_.longest),
            status=SessionStatus.CLOSED,
            venue=series.venue,
            facilitators=" ".join(series.facilitators),
            unsettled=False,
        )
        return ended, opens, draft.now
    row = planned_row(coming[0], draft.programme.latest[series.type])
    row = attrs.evolve(row, id=series.key, original=origin)
    endless = not complete or series.recurrence.endless
    last = draft.now + FAR if endless else utc(coming[-1].starts)
    return row, opens, last - timedelta(minutes=type_.booking.closes_minutes)


def booking_window(session: SessionRow, type_: SessionType, timezone: str) -> tuple[datetime, datetime]:
    """From when until when a session can be booked (aware, UTC): `opens <= now < closes`."""
    return _window(session.starts, type_.booking.opens_days, type_.booking.closes_minutes, timezone)


@lru_cache(maxsize=4096)
def _window(starts: datetime, days: int, minutes: int, timezone: str) -> tuple[datetime, datetime]:
    where = zone(timezone)
    opens = resolve(local(starts, where) - timedelta(days=days), where)
    return utc(opens), starts - timedelta(minutes=minutes)


def latest(draft: Draft, place: Place) -> Roster:
    """The place's roster as the draft has it by now."""
    return draft.get(Roster, place.session.id, place.role.key) or place.roster


def appointments_of(booking_id: str) -> Range[Appointment]:
    """The appointments of everybody in a booking."""
    return Range(Appointment, "key", (booking_id,), limit=200)


def change(
    draft: Draft,
    place: Place,
    before: BookingRow | None,
    after: BookingRow,
    people: Sequence[Appointment],
    *,
    span: Span | None = None,
    claims: bool = True,
) -> Placed:
    """Let a booking be as `after` says, on both sides: its roster's counters, and everybody's diary.

    `people` are their appointments as they were; a booking that is new (`before` None) gives them as they begin, and
    of an older one those who have left it stay as they are. `span` is their time where it changes too (a slot).
    Without `claims` it does not claim their time (it was taken elsewhere), and never does from then on. The session
    is held to its date and the roster is made where this is the first time.
    """
    if not place.opened:
        _open_up(draft, place)
    roster = latest(draft, place).moving(before, after)
    if before is not None and before.size > 1 and before.status is BookingStatus.CONFIRMED:
        # of a party some may have been there already, each counted as they came
        there = sum(each.status is BookingStatus.ATTENDED for each in people)
        roster = attrs.evolve(roster, came=roster.came - there) if there else roster
    draft.put(roster)
    draft.put(after)
    if place.type.access is Access.REGISTER and not place.whole and place.role.requires is None:
        _note_guests(draft, place)
    overlaps = place.type.booking.overlaps or place.whole
    stood: list[tuple[str, BookingStatus]] = []
    for was in sorted(people, key=lambda each: each.place):
        if before is not None and not was.active and was.status not in LIVE:
            stood.append((was.person, was.status))
            continue
        released = not claims or (was.active and was.status in HOLDING and not was.holds)
        now = stands(was, after.status, overlaps=overlaps or released, span=span)
        diary = draft.get(Diary, was.person)
        if diary is not None:  # one who was erased has no diary, and the place is nobody's
            delta = now.active - (was.active if before else False)
            known = Diary(diary.person, diary.active + delta, diary.registered)
            if place.whole:
                holds = after.status is BookingStatus.CONFIRMED
                known = known.with_registration(place.session.id, after.id if holds else None)
            draft.put(known)
        draft.put(now)
        stood.append((was.person, after.status))
    return Placed(after, tuple(stood))


def _note_guests(draft: Draft, place: Place) -> None:
    """Let the series' roster know that guests sit in this date: who joins later may not fit into it."""
    session, key = place.session, place.role.key
    roster = draft.get(Roster, session.series_id, key)
    if roster is None:
        seats = place.role.seats(len(session.facilitators.split()))
        roster = Roster(session.series_id, key, session.type, session.starts, seats)
    yesterday = local(draft.now - timedelta(days=1), zone(draft.programme.hub.timezone))
    dates = {each for each in roster.lent.split() if split_session_id(each)[1] >= yesterday} | {session.id}
    if len(dates) > MOST_LENT:
        message = f"must not be one of more than {MOST_LENT} coming dates of {session.series_id} with guests"
        raise Invalid("session_id", message, session.id)
    draft.put(attrs.evolve(roster, lent=" ".join(sorted(dates))))


def open_session(draft: Draft, session: SessionRow) -> None:
    """Hold a session to its date, its venue and its revision, if nothing has yet."""
    if is_whole(session.id) or draft.get(SessionRow, session.id) is not None:
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
        if not place.whole:
            draft.touch(session)  # it guards the set of its rosters
        draft.put(roster)
        draft.note("roster.opened", session.id, role=roster.role, capacity=roster.capacity)


def facts_of(booking: BookingRow) -> dict[str, str | int | float | bool | None]:
    """What the journal notes of a booking, enough to build it again: opaque keys and plain values only."""
    facts: dict[str, str | int | float | bool | None] = {
        "session": booking.session_id,
        "role": booking.role,
        "person": booking.person,
        "size": booking.size,
        "sequence": booking.sequence,
    }
    if booking.standing != booking.status:
        facts["standing"] = booking.standing
    return facts


def begun(booking: BookingRow, place: Place, person: str = "", at: int = 0) -> Appointment:
    """The appointment of one person of a new booking, before it stands anywhere."""
    return Appointment(
        booking_id=booking.id,
        person=person or booking.person,
        session_id=booking.session_id,
        role=booking.role,
        status=booking.status,
        active=False,
        holds=False,
        starts=REGISTERED if place.whole else place.session.starts,
        ends=REGISTERED if place.whole else place.session.ends,
        place=at,
        parent=booking.parent_id or "",
    )


def fresh(
    draft: Draft,
    place: Place,
    booking_id: str,
    person: str,
    status: BookingStatus,
    *,
    size: int = 1,
    parent: str | None = None,
    slot: int | None = None,
    expert: str = "",
) -> BookingRow:
    """A new booking at the end of its roster's order; one that is only requested has no place in it yet."""
    return BookingRow(
        id=booking_id,
        session_id=place.session.id,
        series_id=place.session.series_id,
        parent_id=parent,
        role=place.role.key,
        person=person,
        size=size,
        status=status,
        standing=str(status),
        passed="",
        sequence=0 if status is BookingStatus.REQUESTED else latest(draft, place).last + 1,
        slot=slot,
        offer_ends=None,
        created_at=draft.now,
        expert=expert,
    )
