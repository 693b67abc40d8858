"""The part of the face for the day itself: who came, who waits at the door, who has gone, and closing the register."""

from __future__ import annotations

import secrets

from innovationhub.domain.answers import Answer, Done
from innovationhub.domain.booking import OF_SET_ABSENT, Booking, BookingStatus
from innovationhub.domain.closing import CloseRegister, Headcount
from innovationhub.domain.people import Person
from innovationhub.domain.people import asked as asked_of
from innovationhub.domain.register import CheckIn, CheckOut
from innovationhub.domain.views import SessionView
from innovationhub.errors import Invalid
from innovationhub.hub.part import Part, checked_role, checked_session, minted, same, text

__all__ = ["Door"]


class Door(Part):
    """The register of a session."""

    def check_in(
        self,
        session_id: str,
        person_id: str | Person,
        role: str | None = None,
        *,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Put somebody on the register: one who booked, or a walk-in for whom there is room. Commits.

        A newcomer whom the hub does not know yet is given as a `Person` and added in the same commit; of somebody it
        knows already nothing is changed. Until booking closes those who wait go before those who walk in; from then
        on it is first come, first served, and where one just drops in whoever finds it full is `waitlisted` at the
        door. Of a group, one is checked in at a time. Raises `Refused` (`full`, `clash`, `not-open`, `closed`,
        `called-off`, `needs-role`, `not-eligible`). Once on the register, asking again changes nothing.
        """
        newcomer = person_id if isinstance(person_id, Person) else None
        id = newcomer.id if newcomer else str(person_id)
        person = secrets.token_hex(12) if newcomer else self._people.key(text("person_id", id))
        command = CheckIn(
            session_id=checked_session(session_id),
            person=person,
            booking_id=minted(),
            actor=self._people.actor(actor, "system:door" if newcomer else person),
            role=checked_role(role),
            newcomer=newcomer,
            likely=self._likely(session_id),
        )
        asked = (session_id, asked_of(newcomer) if newcomer else person, role)
        return self._placed(command, request_id, asked, id)

    def check_out(
        self,
        session_id: str,
        person_id: str,
        role: str | None = None,
        *,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Somebody who was there has gone: the next who waits at the door is called (`confirmed`). Commits.

        They stay `attended`. Of a group that was all there, all of them have gone. Raises `Refused`
        (`not-active`, `closed`, `called-off`).
        """
        person = self._people.key(person_id)
        command = CheckOut(
            session_id=checked_session(session_id),
            person=person,
            actor=self._people.actor(actor, person),
            role=checked_role(role),
            likely=self._likely(session_id),
        )
        return self._placed(command, request_id, (session_id, person, role), person_id)

    def headcount(
        self, session_id: str, number: int, *, request_id: str | None = None, actor: str | None = None
    ) -> SessionView:
        """How many came without giving a name; it replaces what was counted before. Commits.

        Raises `Refused` (`called-off`), and `Invalid` naming `number`.
        """
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 100_000:
            raise Invalid("number", f"must be from 0 to 100000; got {number!r}", number)
        command = Headcount(
            session_id=checked_session(session_id),
            number=number,
            actor=self._people.actor(actor, "system:hub"),
        )
        return self._run(
            command, lambda _: self._showing.session(session_id), request_id, (session_id, number)
        )

    def close_register(
        self, session_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> list[Booking]:
        """Close a session's register after its start, and return who was not there. Commits, in bounded steps.

        Whoever held a place and did not come is `absent`, whoever still waited `lapsed`. Raises `Refused` (`not-open`
        before the start, `called-off`). Closing it again changes nothing.
        """
        command = CloseRegister(
            session_id=checked_session(session_id), actor=self._people.actor(actor, "system:hub")
        )

        def absent(answer: Answer) -> list[Booking]:
            while isinstance(answer, Done) and answer.more:
                answer = self._engine.run(command, same)
            view = self._showing.session(session_id)
            return self._bookings.standing(
                session_id, view.places, (str(BookingStatus.ABSENT), OF_SET_ABSENT)
            )

        return self._run(command, absent, request_id, (session_id,))
