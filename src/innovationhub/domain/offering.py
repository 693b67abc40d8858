"""Answers to an offer: it is accepted, declined, or lapses; in each case the seat has one owner at every moment."""

from __future__ import annotations

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.booking import MISSED, BookingRow, BookingStatus, moved
from innovationhub.domain.cancelling import give_up, read_for
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.freeing import look_at_dates, reopen
from innovationhub.domain.lending import except_dates
from innovationhub.domain.placing import Place, appointments_of, change, facts_of, latest
from innovationhub.domain.policies import OnLapse
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Reason, ReasonFacts, Refusal
from innovationhub.domain.reserving import found_booking
from innovationhub.domain.time import zone
from innovationhub.domain.timers import OFFER, Timer
from innovationhub.domain.waitlist import arm_straight, obstacle, settle
from innovationhub.domain.wording import when

__all__ = ["Accept", "Decline", "Lapse"]


def _needs(booking_id: str) -> Read:
    return Read((Key(BookingRow, (booking_id,)),), (appointments_of(booking_id),))


@attrs.frozen(kw_only=True)
class Accept:
    """Take a seat that is offered; or, after missing an offer, one that is still free. `actor` None: the person."""

    booking_id: str
    actor: str | None = None

    def needs(self) -> Read:
        """The booking and its people."""
        return _needs(self.booking_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Confirm, or say that there is no offer, or none any more."""
        booking = found_booking(view, self.booking_id)
        draft = Draft(view, self.actor or booking.person)
        place = read_for(draft, booking)
        refused = self._cannot(draft, place, booking)
        if refused:
            return Refusal((refused,))
        people = draft.scan(appointments_of(booking.id)).records
        seated = moved(booking, BookingStatus.CONFIRMED)
        placed = change(draft, place, booking, seated, people)
        draft.note("booking.accepted", booking.id, **facts_of(seated))
        if place.whole:
            except_dates(draft, place, seated)
        return draft.accept(placed)

    def _cannot(self, draft: Draft, place: Place, booking: BookingRow) -> Reason | None:
        facts: ReasonFacts = {"booking_id": booking.id, "status": str(booking.status)}
        if draft.now >= place.closes:
            remedy = "Come to the door: free places go to whoever is there."
            return Reason("closed", f"Booking for {place.type.title} has closed.", facts, (remedy,))
        if booking.status is BookingStatus.OFFERED:
            ends = booking.offer_ends
            if ends is None or draft.now < ends:
                return None
            shown = when(ends, zone(draft.programme.hub.timezone))
            sentence = f"The offer ended on {shown}, so the place is going to the next in the queue."
            return Reason("not-active", sentence, {**facts, "offer_ends": ends})
        if booking.standing == MISSED and latest(draft, place).is_open(booking.size, place.registered):
            members = draft.scan(appointments_of(booking.id)).records
            return obstacle(draft, place, booking, [each for each in members if each.active])[0]
        sentence = f"There is no offer to answer: this booking is {booking.status}."
        return Reason("not-active", sentence, facts)


@attrs.frozen(kw_only=True)
class Decline:
    """Turn down a seat that is offered, and leave the queue; the seat goes on at once. `actor` None: the person."""

    booking_id: str
    actor: str | None = None

    def needs(self) -> Read:
        """The booking and its people."""
        return _needs(self.booking_id)

    def decide(self, view: View) -> Accepted | Refusal:
        """Pass the seat on, or say that there is no offer."""
        booking = found_booking(view, self.booking_id)
        draft = Draft(view, self.actor or booking.person)
        if booking.status is not BookingStatus.OFFERED:
            sentence = f"There is no offer to turn down: this booking is {booking.status}."
            facts: ReasonFacts = {"booking_id": booking.id, "status": str(booking.status)}
            remedy = "To leave the queue, cancel the booking."
            remedies = (remedy,) if booking.status is BookingStatus.WAITLISTED else ()
            return Refusal((Reason("not-active", sentence, facts, remedies),))
        place = read_for(draft, booking)
        people = draft.scan(appointments_of(booking.id)).records
        placed, owed = give_up(draft, place, booking, people, "booking.declined", BookingStatus.DECLINED)
        return draft.accept(placed, owed)


@attrs.frozen(kw_only=True)
class Lapse:
    """Let an offer lapse whose time is over; the seat goes to the next, and who missed it fares by policy (Q5).

    The timer that called for it ends with it. Nothing happens where the offer was answered, or still runs.
    """

    booking_id: str
    actor: str = "system:tick"

    def needs(self) -> Read:
        """The booking, its people, and the timer."""
        return _needs(self.booking_id) + Read((Key(Timer, (OFFER, self.booking_id)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Lapse and pass on."""
        draft = Draft(view, self.actor)
        booking = draft.get(BookingRow, self.booking_id)
        timer = draft.get(Timer, OFFER, self.booking_id)
        offered = booking is not None and booking.status is BookingStatus.OFFERED
        if booking is None or not offered or booking.offer_ends is None:
            if timer is not None:
                draft.delete(timer)
            return draft.accept(Done(self.booking_id))
        if draft.now < booking.offer_ends:
            return draft.accept(Done(self.booking_id, more=True))
        if timer is not None:
            draft.delete(timer)
        place = read_for(draft, booking)
        people = draft.scan(appointments_of(booking.id)).records
        policy = place.type.waitlist.on_lapse
        if policy is OnLapse.LEAVE:
            _, owed = give_up(draft, place, booking, people, "booking.lapsed", BookingStatus.LAPSED)
            return draft.accept(Done(booking.id), owed)
        # who missed an offer is asked again when another seat comes free: this one goes to those behind them, else
        # two who never answer would have it offered to one another for ever, and nobody else
        missed = attrs.evolve(
            moved(booking, BookingStatus.WAITLISTED),
            standing=MISSED,
            passed="offer-lapsed",
            slot=None,
            expert="",
        )
        if policy is OnLapse.BACK:
            missed = attrs.evolve(missed, sequence=latest(draft, place).last + 1)
        # a slot that was offered is given back, and with it its own time
        change(draft, place, booking, missed, people, span=None if place.whole else place.session.span)
        draft.note("booking.lapsed", booking.id, **facts_of(missed), policy=str(policy))
        owed = reopen(draft, people)
        more = settle(draft, place)
        if more:
            owed.append((booking.session_id, booking.role))
        elif latest(draft, place).has_room(1, place.registered):
            arm_straight(draft, place)
        owed += look_at_dates(draft, place)
        return draft.accept(Done(booking.id), owed)
