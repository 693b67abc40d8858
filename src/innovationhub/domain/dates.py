"""The dates of a registration: one line in a diary, worked out into sessions where spans are compared.

A person who is registered for a series holds the time of each of its sessions, but for those that they apologised for
or never had a seat on, and those that were called off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from innovationhub.domain.booking import BookingStatus
from innovationhub.domain.deciding import Draft
from innovationhub.domain.diary import Appointment, Diary
from innovationhub.domain.records import Key, Range
from innovationhub.domain.schedule import Planned, Series, SessionRow, SessionStatus, occasions, planned_row
from innovationhub.domain.time import LONGEST_SESSION, Span

__all__ = ["MOST_DATES", "held_dates", "sessions_of"]

MOST_DATES = 1000
"""Sessions of one series that are worked out at once."""


def sessions_of(draft: Draft, series_id: str, span: Span) -> list[SessionRow]:
    """The sessions of a series that begin within a span, each as it now stands, in order of start.

    Those without a row stand as the series puts them; what was called off is among them.
    """
    programme = draft.programme
    series = programme.series.get(series_id)
    if series is None:
        return []
    planned = _planned(draft, series, span)
    rows = Range(SessionRow, "by_series", (series_id,), span.starts, span.ends, MOST_DATES)
    draft.need(rows, *(Key(SessionRow, (each.id,)) for each in planned))
    found = {row.id: row for row in draft.scan(rows).records}
    for each in planned:
        row = draft.get(SessionRow, each.id) or planned_row(each, programme.latest[series.type])
        if span.starts <= row.starts < span.ends:
            found[row.id] = row
    return sorted(found.values(), key=lambda row: (row.starts, row.id))


def _planned(draft: Draft, series: Series, span: Span) -> Sequence[Planned]:
    longest = draft.programme.type(series.type).longest
    return occasions(series, longest, span, draft.view.opening, limit=MOST_DATES)[0]


def held_dates(draft: Draft, diary: Diary, span: Span, near_by: Iterable[Appointment]) -> list[Appointment]:
    """What a person's registrations hold around a span, as appointments that nothing keeps.

    `near_by` are the person's own appointments there, by which a date is known to be given up or used.
    """
    registrations = diary.registrations
    if not registrations:
        return []
    reach = Span(span.starts - LONGEST_SESSION, span.ends)
    keys = [Key(Appointment, (booking, diary.person)) for booking in registrations.values()]
    known = [draft.programme.series[key] for key in registrations if key in draft.programme.series]
    dates = [Key(SessionRow, (each.id,)) for series in known for each in _planned(draft, series, reach)]
    draft.need(*keys, *dates, *_ranges(draft, registrations, reach))
    dated = {(each.session_id, each.parent, each.role) for each in near_by}
    found: list[Appointment] = []
    for series_id, booking_id in registrations.items():
        mine = draft.get(Appointment, booking_id, diary.person)
        if mine is None or mine.status is not BookingStatus.CONFIRMED:
            continue
        for row in sessions_of(draft, series_id, reach):
            if row.status is SessionStatus.CALLED_OFF or (row.id, booking_id, mine.role) in dated:
                continue
            overlaps = draft.programme.types[row.type, row.revision].booking.overlaps
            found.append(
                Appointment(
                    booking_id,
                    diary.person,
                    row.id,
                    mine.role,
                    BookingStatus.CONFIRMED,
                    active=True,
                    holds=not overlaps,
                    starts=row.starts,
                    ends=row.ends,
                )
            )
    return found


def _ranges(draft: Draft, series: Iterable[str], span: Span) -> list[Range[SessionRow]]:
    known = draft.programme.series
    return [
        Range(SessionRow, "by_series", (key,), span.starts, span.ends, MOST_DATES)
        for key in series
        if key in known
    ]
