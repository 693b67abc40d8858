"""The part of the face that looks at bookings: one, a person's, a session's register and queue, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs

from innovationhub.domain.booking import LEFT, WAITING, Booking, BookingStatus
from innovationhub.domain.ids import checked_id
from innovationhub.domain.placing import is_whole
from innovationhub.domain.policies import Access
from innovationhub.domain.roster import TAKEN
from innovationhub.domain.views import Explanation
from innovationhub.errors import NotFound
from innovationhub.hub.explaining import explain
from innovationhub.hub.part import Part

__all__ = ["Looking"]


class Looking(Part):
    """Bookings as they stand. Nothing here changes anything."""

    def booking(self, booking_id: str) -> Booking:
        """One booking. Raises `NotFound`."""
        return self._bookings.shown([self._bookings.row(checked_id("booking_id", booking_id))])[0]

    def notes(self, booking_id: str) -> Mapping[str, str]:
        """The free text about a booking, by kind.

        What was noted with it (`booked`), what is shown (`shows`), what somebody was pointed to (`pointed-to`), and why
        it was `approved`, `rejected`, `apologised` or `cancelled`. Raises `NotFound`.
        """
        return self._bookings.notes(checked_id("booking_id", booking_id))

    def bookings_of(self, person_id: str, *, active: bool | None = None) -> list[Booking]:
        """A person's bookings in order of their sessions' start.

        `active` True leaves only those from which something may still come (requested, confirmed, offered,
        waitlisted), False only the others.
        """
        return self._bookings.of_person(self._people.key(person_id), active)

    def roster(self, session_id: str, role: str | None = None) -> list[Booking]:
        """Who has a place, or had one when the register was closed, in order of sequence. Raises `NotFound`."""
        standings = (*sorted(str(status) for status in TAKEN), LEFT)
        return self._standing(session_id, role, standings, registered=True)

    def waitlist(self, session_id: str, role: str | None = None) -> list[Booking]:
        """Who waits, in order of sequence, those who were passed over included. Raises `NotFound`."""
        return self._standing(session_id, role, sorted(WAITING))

    def requests(self, session_id: str, role: str | None = None) -> list[Booking]:
        """What waits for approval, oldest first. Raises `NotFound`."""
        found = self._standing(session_id, role, (str(BookingStatus.REQUESTED),))
        return sorted(found, key=lambda each: (each.created_at, each.id))

    def explain(self, booking_id: str) -> Explanation:
        """Where a booking stands: its place in the queue, why, what passed it over, what would help."""
        found = explain(self._engine, self._bookings.row(checked_id("booking_id", booking_id)))
        return attrs.evolve(found, reasons=self._said(found.reasons))

    def _standing(
        self,
        subject_id: str,
        role: str | None,
        standings: Collection[str],
        *,
        registered: bool = False,
    ) -> list[Booking]:
        """The bookings of a session, or of a whole series, that stand so; with the registrations of its series."""
        if is_whole(subject_id):
            type_ = self._showing.type_of_series(subject_id)
            title, roles, series = type_.title, [each.key for each in type_.roles], ""
        else:
            view = self._showing.session(subject_id)
            title, roles, series = view.title, list(view.places), view.series_id
        if role is not None and role not in roles:
            raise NotFound("role", role, f"{title} has {', '.join(roles)}")
        wanted = roles if role is None else [role]
        found = self._bookings.standing(subject_id, wanted, standings)
        if registered and series and self._showing.type_of_series(series).access is Access.REGISTER:
            found = [*self._bookings.registered(subject_id, series, wanted), *found]
        return found
