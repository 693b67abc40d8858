"""One date of a registration: an apology, and taking it back.

Registering itself is booking a place in a series as a whole (`reserving.Book`), leaving is cancelling it. An apology
keeps the place in the set; where the type lends seats, the one for that date goes to the queue for that date.
"""

from __future__ import annotations

import attrs

from innovationhub.domain.asking import around, clash_reason, in_the_way, over
from innovationhub.domain.booking import APOLOGISED, EXCEPTED, WITHDRAWN, BookingRow, BookingStatus, Placed
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment, Diary, near
from innovationhub.domain.freeing import Owed, end_dependents, owe_look, reopen
from innovationhub.domain.lending import date_id, dated, on_date
from innovationhub.domain.people import Note
from innovationhub.domain.placing import Place, facts_of, place_for, sides
from innovationhub.domain.policies import Apologies
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.roster import Roster
from innovationhub.domain.time import zone
from innovationhub.domain.waitlist import settle
from innovationhub.domain.wording import when
from innovationhub.errors import NotFound

__all__ = ["Apologise", "Unapologise", "registration_of"]


def registration_of(draft: Draft, place: Place, person: str) -> BookingRow | Reason:
    """The registration that a person has for the series of a session, or why there is none."""
    diary = draft.get(Diary, person)
    if diary is None:
        raise NotFound("person", person, "add them first: hub.add_person")
    booking_id = diary.registrations.get(place.session.series_id)
    booking = draft.get(BookingRow, booking_id) if booking_id else None
    if booking is None or booking.role != place.role.key:
        sentence = f"This person is not registered for {place.type.title}."
        facts: ReasonFacts = {"series": place.session.series_id, "person": person}
        return Reason("not-active", sentence, facts, ("To give up a place on one date, cancel its booking.",))
    return booking


def _needs(session_id: str, role: str, person: str) -> Read:
    series_id = session_id.partition("@")[0]
    return sides(session_id, role, person) + Read((Key(Roster, (series_id, role)),))


def _read(draft: Draft, place: Place, registration: BookingRow, person: str) -> None:
    id = date_id(registration.id, place.session.id)
    draft.need(
        Key(BookingRow, (id,)),
        Key(Appointment, (id, person)),
        near(person, place.session.id, place.session.span),
    )


@attrs.frozen(kw_only=True)
class Apologise:
    """Somebody registered for a series cannot come on one date."""

    session_id: str
    person: str
    actor: str
    role: str | None = None
    reason: str = ""
    likely: str = "attendee"

    def needs(self) -> Read:
        """The date, the set's roster, and the diary, which names the registration; the rest follows."""
        return _needs(self.session_id, self.role or self.likely, self.person)

    def decide(self, view: View) -> Accepted | Refusal:
        """Note it, and lend the seat where the type does; or say why not. Apologising again changes nothing."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        registration = registration_of(draft, place, self.person)
        if isinstance(registration, Reason):
            return Refusal((registration,))
        _read(draft, place, registration, self.person)
        before = dated(draft, place, registration)
        if before and before.standing in {APOLOGISED, EXCEPTED}:
            return draft.accept(Placed(before, ((self.person, before.status),)))
        refused = _too_late(draft, place, before)
        if refused:
            return Refusal((refused,))
        line = Appointment(
            *(registration.id, self.person, place.session.id, place.role.key, BookingStatus.CONFIRMED),
            *(True, not place.type.booking.overlaps, place.session.starts, place.session.ends),
        )
        away = on_date(draft, place, registration, APOLOGISED)
        draft.note("booking.apologised", away.id, **facts_of(away), registration=registration.id)
        if self.reason:
            draft.put(Note(away.id, "apologised", self.reason))
        # what depends on being there that day ends with it (invariant 9)
        here = attrs.evolve(registration, session_id=place.session.id)
        owed: Owed = [*end_dependents(draft, here, [line]), *reopen(draft, [line])]
        if place.type.apologies is Apologies.LEND and settle(draft, place):
            owed.append((place.session.id, place.role.key))
        return draft.accept(Placed(away, ((self.person, away.status),)), owed)


def _too_late(draft: Draft, place: Place, before: BookingRow | None) -> Reason | None:
    ended = over(place.session, place.type)
    if ended:
        return ended
    if before and before.status is BookingStatus.ATTENDED:
        return Reason("not-active", "This person was there.", {"booking_id": before.id})
    if draft.now >= place.session.starts:
        starts = when(place.session.starts, zone(draft.programme.hub.timezone))
        return Reason("started", f"{place.type.title} started on {starts}.", {"session": place.session.id})
    return None


@attrs.frozen(kw_only=True)
class Unapologise:
    """Somebody who apologised can come after all, if that date still has a seat."""

    session_id: str
    person: str
    actor: str
    role: str | None = None
    likely: str = "attendee"

    def needs(self) -> Read:
        """The date, the set's roster, and the diary, which names the registration; the rest follows."""
        return _needs(self.session_id, self.role or self.likely, self.person)

    def decide(self, view: View) -> Accepted | Refusal:
        """Take the apology back (the answer is the registration), or say that the seat is somebody else's by now."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        registration = registration_of(draft, place, self.person)
        if isinstance(registration, Reason):
            return Refusal((registration,))
        _read(draft, place, registration, self.person)
        before = dated(draft, place, registration)
        if before is None or before.standing not in {APOLOGISED, EXCEPTED}:
            sentence = "There is no apology for this date to take back."
            return Refusal((Reason("not-active", sentence, {"session": place.session.id}),))
        late = _too_late(draft, place, before)
        reasons = [late] if late else _hindrances(draft, place, registration, self.person)
        if reasons:
            return Refusal(tuple(reasons))
        back = on_date(draft, place, registration, WITHDRAWN)
        draft.note("booking.apologised", back.id, **facts_of(back), registration=registration.id)
        owed = owe_look(draft, place) if place.type.apologies is Apologies.LEND else []
        return draft.accept(Placed(registration, ((self.person, registration.status),)), owed)


def _hindrances(draft: Draft, place: Place, registration: BookingRow, person: str) -> list[Reason]:
    """Why a date of a registration cannot be had back: every reason."""
    clashing = in_the_way(draft, place, around(draft, place, person), but=registration.id)
    reasons = [clash_reason(draft, place, clashing[0])] if clashing else []
    if not place.roster.has_room(1, place.registered):
        facts: ReasonFacts = {"session": place.session.id, "held": place.roster.held}
        remedy = "You keep your place on every other date."
        reasons.append(Reason("full", "Your seat for this date has gone to somebody else.", facts, (remedy,)))
    return reasons
