"""Following the LMS: what was said there about somebody's sign-up comes to stand here, whatever windows and rules say.

It has happened already, so there is nothing left to refuse (semantics of the LMS, `docs/discovery.md`). Everything else
is as with any command: both sides of the booking, the journal, one commit. What is remembered of the sign-up is written
in that same commit, so that it is followed once.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from innovationhub.domain.agreement import NOWHERE, PlaceHere, Standing, place_of
from innovationhub.domain.answers import Done
from innovationhub.domain.asking import around, in_the_way, is_here
from innovationhub.domain.booking import LIVE, BookingRow, BookingStatus, moved
from innovationhub.domain.cancelling import Cancel
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.diary import Appointment
from innovationhub.domain.freeing import Owed, reopen
from innovationhub.domain.lms import ATTENDANCE, SignUp, SignUpStatus
from innovationhub.domain.mirrors import FOLLOWED, LmsAccountRow, LmsSignUpRow, led_by_lms
from innovationhub.domain.placing import (
    Place,
    appointments_of,
    begun,
    change,
    facts_of,
    fresh,
    latest,
    open_session,
    place_for,
    sides,
)
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.schedule import SessionRow, SessionStatus
from innovationhub.domain.waitlist import settle
from innovationhub.errors import Invalid

__all__ = ["Mirror", "MirrorSeats"]

TRIPS = 12

_TOLD_THERE = {FOLLOWED: True}

_STANDS = frozenset({PlaceHere.WAITS, PlaceHere.HELD})
"""Places that are found among what somebody has to come."""

_S = SignUpStatus


@attrs.frozen(kw_only=True)
class Mirror:
    """Let one person's place stand as their sign-up in the LMS does.

    `person` is an opaque key; `booking_id` was minted beforehand, for a place that is new. `turn` is how often the
    sign-up was followed before, `mark` which place the person had (`Standing.mark`), as the caller saw them: where
    either has moved since, nothing is done.
    """

    session_id: str
    role: str
    person: str
    booking_id: str
    signup: SignUp
    turn: int
    mark: str
    actor: str = "system:lms"
    trips: int = TRIPS

    @property
    def request_id(self) -> str:
        """The sign-up, how it stands, since when; and the turn, since an LMS put back from a copy says things again."""
        signup = self.signup
        return f"lms {self.turn} {self.person} {signup.id} {signup.status} {signup.at.isoformat()}"

    def needs(self) -> Read:
        """The session, its roster, the diary, and what is remembered of the sign-up."""
        return sides(self.session_id, self.role, self.person) + Read((self._row, self._account))

    @property
    def _row(self) -> Key[LmsSignUpRow]:
        return Key(LmsSignUpRow, (self.session_id, self.role, self.signup.person.account))

    @property
    def _account(self) -> Key[LmsAccountRow]:
        return Key(LmsAccountRow, (self.person,))

    def decide(self, view: View) -> Accepted | Refusal:
        """Book, seat, cancel or mark, as it was done there; what has ended here stays as it ended.

        Raises `Invalid` where this was reckoned on what has moved since: nothing is kept of that, and the next look
        sees how things stand.
        """
        draft = Draft(view, self.actor)
        row = draft.get(LmsSignUpRow, *self._row.values)
        place = place_for(draft, self.session_id, self.role)
        mine = [each for each in around(draft, place, self.person) if is_here(place, each)]
        booking = draft.get(BookingRow, mine[0].booking_id) if mine else None
        if (row.turn if row else 0) != self.turn or self._moved(booking):
            raise Invalid("sign_up", "has moved, or the place here has, since it was looked at: look again")
        people = draft.scan(appointments_of(booking.id)).records if booking else []
        owed = self._follow(draft, place, booking, people)
        now = draft.get(BookingRow, booking.id if booking else self.booking_id)
        here = _standing(now)
        if booking is not None and now is not None and now.size < booking.size:
            here = NOWHERE  # of a party they alone have left
        account = draft.get(LmsAccountRow, *self._account.values)
        if account is None:
            draft.put(LmsAccountRow(self.person, self.signup.person.account))
        signup = self.signup
        draft.put(
            LmsSignUpRow(
                session_id=self.session_id,
                role=self.role,
                account=signup.person.account,
                person=self.person,
                sign_up=signup.id,
                status=str(signup.status),
                at=signup.at,
                here=here.mark,
                turn=self.turn + 1,
            )
        )
        return draft.accept(Done(signup.id), owed)

    def _moved(self, booking: BookingRow | None) -> bool:
        """Whether the person has another place by now than the one seen; one that had ended may not be found here."""
        mark = _standing(booking).mark
        return mark != self.mark and (booking is not None or self.mark.partition(" ")[0] in _STANDS)

    def _follow(
        self, draft: Draft, place: Place, booking: BookingRow | None, people: Sequence[Appointment]
    ) -> Owed:
        status = self.signup.status
        if status in {_S.BOOKED, _S.WAITLISTED}:
            return self._come(draft, place, booking, people)
        if booking is None or booking.status not in LIVE:
            return []
        if status in {_S.CANCELLED, _S.DECLINED} and place.session.status is SessionStatus.SCHEDULED:
            left = Cancel(booking_id=booking.id, person=self.person, actor=self.actor, always=True)
            decision = left.within(draft, booking)
            # of a party one may be there already: then their place is used, and stays
            return list(decision.unsettled) if isinstance(decision, Accepted) else []
        if status in ATTENDANCE and booking.size == 1 and booking.status is not BookingStatus.REQUESTED:
            return _mark(draft, place, booking, people, status)
        return []

    def _come(
        self, draft: Draft, place: Place, booking: BookingRow | None, people: Sequence[Appointment]
    ) -> Owed:
        """Somebody means to come: where the LMS leads as it says, else as there is room here."""
        led = led_by_lms(draft.programme.hub, place.type, place.role.key)
        seated = self.signup.status is _S.BOOKED
        near_by = around(draft, place, self.person)
        if place.session.status is not SessionStatus.SCHEDULED:
            return []
        if booking is not None:
            alone = booking.size == 1 and booking.status in LIVE - {BookingStatus.CONFIRMED}
            if led and seated and alone:
                held = in_the_way(draft, place, near_by, but=booking.id)
                after = moved(booking, BookingStatus.CONFIRMED)
                if not after.sequence:  # it was asked for, and had no place in the order
                    after = attrs.evolve(after, sequence=latest(draft, place).last + 1)
                change(draft, place, booking, after, people, claims=not held)
                draft.note("booking.promoted", booking.id, **facts_of(after), **_TOLD_THERE)
            return []
        held = in_the_way(draft, place, near_by)
        if not led:
            seated = latest(draft, place).is_open(1, place.registered) and not held
        status = BookingStatus.CONFIRMED if seated else BookingStatus.WAITLISTED
        if not led and place.type.approval:
            status = BookingStatus.REQUESTED
        made = fresh(draft, place, self.booking_id, self.person, status)
        change(draft, place, None, made, [begun(made, place)], claims=not held)
        # where the hub leads and has no seat, it alone can tell them that they wait
        told = _TOLD_THERE if led or status is BookingStatus.CONFIRMED else {}
        draft.note(f"booking.{status}", made.id, **facts_of(made), **told)
        if status is BookingStatus.WAITLISTED and settle(draft, place):
            return [(place.session.id, place.role.key)]
        return []


def _standing(booking: BookingRow | None) -> Standing:
    place = place_of(booking.status) if booking else PlaceHere.NONE
    return NOWHERE if booking is None or place is PlaceHere.NONE else Standing(place, booking.id)


def _mark(
    draft: Draft, place: Place, booking: BookingRow, people: Sequence[Appointment], status: SignUpStatus
) -> Owed:
    """Attendance as it was taken there."""
    came = status is not _S.ABSENT
    if not came and booking.status is not BookingStatus.CONFIRMED:
        return []
    after = moved(booking, BookingStatus.ATTENDED if came else BookingStatus.ABSENT)
    change(draft, place, booking, after, people)
    draft.note(f"booking.{after.status}", booking.id, **facts_of(after))
    return [] if came else reopen(draft, people)


@attrs.frozen(kw_only=True)
class MirrorSeats:
    """Let a role that the LMS leads have as many seats here as it has there, beside those kept for walk-ins.

    Nobody is seated or unseated by it.
    """

    session_id: str
    role: str
    capacity: int | None
    actor: str = "system:lms"

    def needs(self) -> Read:
        """The session and its roster."""
        return sides(self.session_id, self.role, "")

    def decide(self, view: View) -> Accepted | Refusal:
        """Write it, where it differs."""
        draft = Draft(view, self.actor)
        place = place_for(draft, self.session_id, self.role)
        roster = latest(draft, place)
        led = led_by_lms(draft.programme.hub, place.type, self.role)
        capacity = None if self.capacity is None else self.capacity + roster.reserve
        if led and roster.capacity != capacity:
            if not place.opened:
                open_session(draft, place.session)
                draft.touch(draft.get(SessionRow, self.session_id) or place.session)
                draft.note("roster.opened", self.session_id, role=self.role, capacity=roster.capacity)
            draft.put(attrs.evolve(roster, capacity=capacity))
            draft.note(
                "roster.resized",
                self.session_id,
                role=self.role,
                capacity=capacity,
                was=roster.capacity,
            )
        return draft.accept(Done(self.session_id))
