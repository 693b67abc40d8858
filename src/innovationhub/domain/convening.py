"""A workshop goes on the calendar: a private series of its own, its room and facilitators, and the team's places.

All of it is one commit, or none of it is: a date on which somebody or something is not free is a reason, and every
reason of every date is said at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import attrs

from innovationhub.domain.asking import rows_around
from innovationhub.domain.booking import BookingStatus
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Diary
from innovationhub.domain.placing import Place, begun, change, facts_of, fresh, open_session, place_for
from innovationhub.domain.programme import HUB, HubRow, SeriesRow
from innovationhub.domain.records import Key, Read
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.reserving import asked
from innovationhub.domain.resources import guard, resource_clashes
from innovationhub.domain.roster import Roster
from innovationhub.domain.schedule import (
    Planned,
    Series,
    SessionRow,
    SessionStatus,
    occasions,
    series_to_text,
)
from innovationhub.domain.tailoring import cannot, dates_of, found_workshop, keep, reads_of
from innovationhub.domain.time import LONGEST_WINDOW, Span, utc, zone
from innovationhub.domain.wording import when
from innovationhub.domain.workshop import WorkshopRow, WorkshopState, members_of
from innovationhub.errors import Invalid

__all__ = ["ScheduleWorkshop"]

MOST_DATES = 26
"""Dates of one workshop: a year of one every other week."""

FURTHEST = timedelta(days=731)
"""A workshop's dates lie within two years."""

TRIPS = 60
"""Every date is looked at for the room, the facilitators and each of the team."""


@attrs.frozen(kw_only=True)
class ScheduleWorkshop:
    """Put a workshop on the calendar and give its team their places: all of it, or nothing.

    `key` names the series ("": one is made). `facilitators` and the people of the workshop are opaque keys; bookings
    are named after `booking_id`, which was minted beforehand.
    """

    workshop_id: str
    recurrence: Recurrence
    booking_id: str
    actor: str | None
    venue: str = ""
    facilitators: tuple[str, ...] = ()
    key: str = ""
    texts: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    trips: int = TRIPS

    def needs(self) -> Read:
        """The workshop, and the hub's row, which guards the programme."""
        return reads_of(self.workshop_id) + Read((Key(HubRow, (HUB,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Schedule it, or say every reason why not."""
        row = found_workshop(Draft(view, ""), self.workshop_id)
        refused = cannot(row, WorkshopState.SCHEDULED) or _has_dates(view, row)
        if refused:
            return refused
        series = self._series(view, row)
        # the programme as it will be: what follows looks the series up in it
        known = attrs.evolve(view.programme, series={**view.programme.series, series.key: series})
        draft = Draft(attrs.evolve(view, programme=known), self.actor or row.person)
        planned = _dates(draft, series)
        if isinstance(planned, Refusal):
            return planned
        _add_series(draft, series)
        reasons = _convene(draft, row, planned, self.booking_id)
        if reasons:
            return Refusal(tuple(reasons))
        last = utc(planned[-1].ends)
        owner = row.owner or (self.facilitators[0] if self.facilitators else "")
        after = attrs.evolve(row, state=WorkshopState.SCHEDULED, series_id=series.key, due=last, owner=owner)
        keep(draft, after, self.texts)
        return draft.accept(after)

    def _series(self, view: View, row: WorkshopRow) -> Series:
        there, key = view.programme.series, self.key
        if key and key in there:
            raise Invalid("series_id", f"must be a new name; {key!r} is a series already", key)
        names = (f"workshop-{row.id}{f'-{number}' if number > 1 else ''}" for number in range(1, 1000))
        key = key or next(name for name in names if name not in there)
        return Series(key, row.type, self.recurrence, self.venue, self.facilitators)


def _has_dates(view: View, row: WorkshopRow) -> Refusal | None:
    """Why it cannot be scheduled once more: one of its dates still stands."""
    stand = [each for each in dates_of(Draft(view, ""), row) if each.status is not SessionStatus.CALLED_OFF]
    if not stand:
        return None
    sentence = "This workshop has its dates."
    remedy = "Move them (plan move), or call them all off first."
    return Refusal((Reason("not-active", sentence, {"workshop": row.id, "session": stand[0].id}, (remedy,)),))


def _dates(draft: Draft, series: Series) -> Sequence[Planned] | Refusal:
    """Every date of a series that has an end. Raises `Invalid` where there are too many, or too far off."""
    now, type_ = draft.now, draft.programme.type(series.type)
    first = series.recurrence.first
    if first is None:
        raise Invalid("recurrence", "must give a date at least", str(series.recurrence))
    if utc(first.starts) <= now:
        starts = when(first.starts, zone(draft.programme.hub.timezone))
        facts: ReasonFacts = {"starts": utc(first.starts), "series": series.key}
        return Refusal((Reason("started", f"{starts} has been.", facts, ("Choose a later date.",)),))
    ahead, later = Span(now, now + FURTHEST), now + LONGEST_WINDOW
    found, complete = occasions(series, type_.longest, ahead, draft.view.opening, limit=MOST_DATES + 1)
    more = series.recurrence.endless or series.recurrence.occurrences(ahead.ends, later, limit=1)
    if not complete or len(found) > MOST_DATES or more:
        message = f"must have at most {MOST_DATES} dates, all within two years: give it a count or an end"
        raise Invalid("recurrence", message, str(series.recurrence))
    if found:
        return found
    why = draft.view.closed_on(first.nominal.date()) or "closed"
    sentence = f"The hub is closed on {first.nominal:%a} {first.nominal.day} {first.nominal:%b %Y}: {why}."
    return Refusal((Reason("closed", sentence, {"series": series.key}, ("Choose another date.",)),))


def _add_series(draft: Draft, series: Series) -> None:
    hub = draft.get(HubRow, HUB)
    if hub is None:
        raise AssertionError("the hub's row is made when a hub is opened")
    draft.need(Key(SeriesRow, (series.key,)))
    text, revision = series_to_text(series), hub.revision + 1
    rule = str(series.recurrence)
    draft.put(SeriesRow(series.key, revision, series.type, series.venue, rule, text))
    draft.put(attrs.evolve(hub, revision=revision))
    draft.note("series.added", series.key, definition=text)


def _convene(draft: Draft, row: WorkshopRow, planned: Sequence[Planned], booking_id: str) -> list[Reason]:
    """Give the team their places on every date, as one booking each; or every reason why that cannot be."""
    role = draft.programme.type(row.type).first_roles[0].key
    members = sorted(draft.scan(members_of(row.id)).records, key=lambda each: each.place)
    people = [each.person for each in members]
    draft.need(
        *(Key(SessionRow, (each.id,)) for each in planned),
        *(Key(Roster, (each.id, role)) for each in planned),
        *(Key(Diary, (person,)) for person in people),
    )
    people = [person for person in people if draft.get(Diary, person) is not None]
    if not people:
        sentence = "Nobody of the team that asked is known to the hub any more."
        return [Reason("not-active", sentence, {"workshop": row.id})]
    places = [place_for(draft, each.id, role) for each in planned]
    draft.need(
        *(each for place in places for person in people for each in rows_around(place, person, draft.now))
    )
    reasons = _not_free(draft, places)
    for number, place in enumerate(places, 1):
        wish = asked(draft, place, people)
        reasons += [*wish.reasons, *wish.clashes]
        if not wish.reasons and not wish.clashes:
            _give(draft, place, people, f"{booking_id}-{number}")
    return _each_once(reasons)


def _each_once(reasons: Sequence[Reason]) -> list[Reason]:
    """Of reasons that say the same (a team that is too large is so on every date) the first."""
    return list({(each.code, each.sentence): each for each in reversed(reasons)}.values())[::-1]


def _not_free(draft: Draft, places: Sequence[Place]) -> list[Reason]:
    """The room and the facilitators, where another session wants them at the time."""
    reasons: list[Reason] = []
    rows = [place.session for place in places]
    for row in rows:
        open_session(draft, row)
        guard(draft, row)
    for effect in resource_clashes(draft, rows):
        facts: dict[str, str] = {"session": effect.subject}
        if effect.person_id:
            facts["person"] = effect.person_id
        reasons.append(
            Reason("clash", effect.sentence, facts, ("Choose another date, room or facilitator.",))
        )
    return reasons


def _give(draft: Draft, place: Place, people: Sequence[str], booking_id: str) -> None:
    """One booking for all of the team on one date."""
    lead = people[0]
    # the session's row was made with its dates; the roster is this booking's to open
    booking = fresh(draft, place, booking_id, lead, BookingStatus.CONFIRMED, size=len(people))
    lines = [begun(booking, place, person, at) for at, person in enumerate(people)]
    change(draft, place, None, booking, lines)
    draft.note("booking.confirmed", booking.id, **facts_of(booking))
