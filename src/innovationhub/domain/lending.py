"""One date of a registration: given up, never had, used; and the seat that is lent meanwhile.

A registration holds a seat on every date of its series. What differs on one date is a booking of its own that depends
on it, under an id that follows from both, so that there is one for each date and no more. It moves no seat of the
date's roster but the count of those who are away.
"""

from __future__ import annotations

import attrs

from innovationhub.domain.booking import (
    EXCEPTED,
    OF_SET,
    OF_SET_ABSENT,
    WITHDRAWN,
    BookingRow,
    BookingStatus,
)
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.placing import Place, facts_of, latest, open_session, place_for
from innovationhub.domain.records import Key
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import SessionRow

__all__ = ["date_id", "dated", "except_dates", "on_date"]

_STATUS = {
    OF_SET: BookingStatus.ATTENDED,
    OF_SET_ABSENT: BookingStatus.ABSENT,
}


def date_id(registration: str, session_id: str) -> str:
    """The id of what a registration is on one date."""
    return f"{registration}@{session_id.partition('@')[2]}"


def dated(draft: Draft, place: Place, registration: BookingRow) -> BookingRow | None:
    """What a registration is on the date of a place, where that differs from the rest."""
    return draft.get(BookingRow, date_id(registration.id, place.session.id))


def on_date(draft: Draft, place: Place, registration: BookingRow, standing: str) -> BookingRow:
    """Let a registration stand so on one date, on both sides; returns the booking of that date.

    The caller notes why in the journal.
    """
    before = dated(draft, place, registration)
    id, person = date_id(registration.id, place.session.id), registration.person
    status = _STATUS.get(standing, BookingStatus.CANCELLED)
    row = before or BookingRow(
        id=id,
        session_id=place.session.id,
        series_id=place.session.series_id,
        parent_id=registration.id,
        role=registration.role,
        person=person,
        size=1,
        status=status,
        standing="",
        passed="",
        sequence=latest(draft, place).last + 1,
        slot=None,
        offer_ends=None,
        created_at=draft.now,
    )
    # the registration may have been handed over since
    after = attrs.evolve(row, status=status, standing=standing, person=person)
    open_session(draft, place.session)
    if draft.get(Roster, place.session.id, place.role.key) is None:
        draft.touch(place.session)
        draft.note("roster.opened", place.session.id, role=place.role.key, capacity=place.roster.capacity)
    draft.put(latest(draft, place).moving(before, after))
    draft.put(after)
    line = draft.get(Appointment, id, person)
    was = line is not None and line.active
    active = standing not in {WITHDRAWN, OF_SET_ABSENT}
    holds = standing == OF_SET and not place.type.booking.overlaps
    session = place.session
    draft.put(
        Appointment(
            *(id, person, session.id, registration.role, status, active, holds),
            *(session.starts, session.ends, 0, registration.id),
        )
    )
    diary = draft.get(Diary, person)
    if diary is not None:
        draft.put(Diary(diary.person, diary.active + active - was, diary.registered))
    return after


def except_dates(draft: Draft, place: Place, registration: BookingRow) -> None:
    """Who joins a set has no seat on those of its dates whose seats are lent by now: each is said by name."""
    dates = latest(draft, place).lent.split()
    role = registration.role
    rows: list[Key[SessionRow] | Key[Roster] | Key[BookingRow] | Key[Appointment]] = []
    for each in dates:
        id = date_id(registration.id, each)
        rows += [Key(SessionRow, (each,)), Key(Roster, (each, role)), Key(BookingRow, (id,))]
        rows.append(Key(Appointment, (id, registration.person)))
    draft.need(*rows, Key(Diary, (registration.person,)))
    for each in dates:
        on = place_for(draft, each, role)
        free = on.roster.free(on.registered)
        # one that has begun too: its guests are there, and who joins by now is not
        if free is not None and free < 0:
            excepted = on_date(draft, on, registration, EXCEPTED)
            draft.note("booking.excepted", excepted.id, **facts_of(excepted), registration=registration.id)
