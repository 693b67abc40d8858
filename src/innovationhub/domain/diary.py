"""The diary: one person's side of every booking.

An appointment is one person's line in one booking. The diary itself is the guard record of that person's
appointments: whoever adds or changes one writes the diary too. So "nothing clashes" can be relied on.

A registration for a whole series is one line in the diary, `registered`, and is expanded into dates only where spans
are compared (`domain.registering`): a set without an end has no list of its dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import attrs

from innovationhub.domain.booking import HOLDING, LIVE, BookingStatus
from innovationhub.domain.ids import split_session_id
from innovationhub.domain.records import Range, Record, record
from innovationhub.domain.time import LONGEST_SESSION, Span

__all__ = [
    "MOST_ASKED",
    "REGISTERED",
    "Appointment",
    "Diary",
    "clashes",
    "likely_near",
    "near",
    "registrations_of",
    "stands",
]

FURTHEST_OFFSET = timedelta(hours=15)
"""No zone is further from UTC."""

REGISTERED = datetime(1970, 1, 1, tzinfo=UTC)
"""When the line of a registration is said to be: it is on many dates, and so on none. It keeps them together."""

MOST_ASKED = 60
"""Standing appointments that one person may have around a time, about three days: asking for more is refused."""

MOST_AT_ONCE = 200
"""Appointments of one person looked at around one session: far above what one person can hold in three days."""


@record("diary", key=("person",))
@attrs.frozen
class Diary(Record):
    """The guard of one person's appointments, made with the person; `active` counts those that stand.

    `registered` names the series that the person is registered for, each as `series=booking`, apart by spaces.
    """

    person: str
    active: int = 0
    registered: str = ""

    @property
    def registrations(self) -> Mapping[str, str]:
        """The booking of each series that the person is registered for."""
        return dict(each.split("=", 1) for each in self.registered.split()) if self.registered else {}

    def with_registration(self, series_id: str, booking_id: str | None) -> Diary:
        """The diary with that registration, or (None) without one."""
        kept = {key: value for key, value in self.registrations.items() if key != series_id}
        if booking_id is not None:
            kept[series_id] = booking_id
        return attrs.evolve(
            self, registered=" ".join(f"{key}={value}" for key, value in sorted(kept.items()))
        )


@record(
    "appointment",
    key=("booking_id", "person"),
    indexes={"by_person": ("person", "active", "starts")},
)
@attrs.frozen
class Appointment(Record):
    """One person's line in one booking.

    `active` while something stands or may come of it. `holds` while it keeps the person's time: what holds does not
    overlap. It is false throughout where the session type allows overlaps, where a session was moved onto what the
    person held already, and for a registration, whose dates are worked out. `place` counts the people of a booking in
    the order in which they were named. `parent` is the booking that this one depends on; the two do not clash.
    """

    booking_id: str
    person: str
    session_id: str
    role: str
    status: BookingStatus
    active: bool
    holds: bool
    starts: datetime
    ends: datetime
    place: int = 0
    parent: str = ""

    @property
    def span(self) -> Span:
        """From start to end."""
        return Span(self.starts, self.ends)


def stands(
    appointment: Appointment, status: BookingStatus, *, overlaps: bool, span: Span | None = None
) -> Appointment:
    """The appointment under another status; `overlaps` is the session type's policy, `span` another time."""
    came = status is BookingStatus.ATTENDED
    return Appointment(
        appointment.booking_id,
        appointment.person,
        appointment.session_id,
        appointment.role,
        status,
        active=came or status in LIVE,
        holds=(came or status in HOLDING) and not overlaps,
        starts=span.starts if span else appointment.starts,
        ends=span.ends if span else appointment.ends,
        place=appointment.place,
        parent=appointment.parent,
    )


@lru_cache(maxsize=4096)
def _about(session_id: str) -> tuple[datetime, datetime]:
    """Between which instants whatever overlaps a session starts, whatever its zone: known from the id alone."""
    _, nominal = split_session_id(session_id)
    about, reach = nominal.replace(tzinfo=UTC), LONGEST_SESSION + FURTHEST_OFFSET
    return about - reach, about + reach


def likely_near(person: str, session_id: str) -> Range[Appointment]:
    """The appointments of a person around a session, as far as its id tells: what is read in the first trip.

    It suffices unless the session was moved far.
    """
    low, high = _about(session_id)
    return Range(Appointment, "by_person", (person, True), low, high, MOST_AT_ONCE)


def near(person: str, session_id: str, span: Span) -> Range[Appointment]:
    """The appointments of a person that can overlap the span of a session: nothing lasts longer than a day."""
    likely_low, likely_high = _about(session_id)
    # a slot after the session is part of it, and lasts no longer than a session either
    low, high = span.starts - LONGEST_SESSION, span.ends + LONGEST_SESSION
    if likely_low <= low and high <= likely_high:
        low, high = likely_low, likely_high
    return Range(Appointment, "by_person", (person, True), low, high, MOST_AT_ONCE)


def registrations_of(person: str) -> Range[Appointment]:
    """The lines of a person's registrations, waiting ones included."""
    high = REGISTERED + timedelta(days=1)
    return Range(Appointment, "by_person", (person, True), REGISTERED, high, MOST_AT_ONCE)


def clashes(
    appointments: Iterable[Appointment], span: Span, *, but: str = "", parent: str = ""
) -> list[Appointment]:
    """Those that hold the person's time within a span.

    Left aside are the booking `but`, what depends on it, and the booking `parent` that it depends on.
    """
    aside = {but, parent} - {""}
    return [
        each
        for each in appointments
        if each.holds
        and each.booking_id not in aside
        and (not but or each.parent != but)
        and each.span.overlaps(span)
    ]
