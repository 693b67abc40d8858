"""The part of the face that gives places: book, register, cancel, answer an offer, approve, move, hand over."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from innovationhub.domain.amending import Amend
from innovationhub.domain.approving import Approve, Reject
from innovationhub.domain.booking import LARGEST_GROUP, Booking
from innovationhub.domain.cancelling import Cancel
from innovationhub.domain.ids import checked_id
from innovationhub.domain.offering import Accept, Decline
from innovationhub.domain.placing import is_whole
from innovationhub.domain.registering import Apologise, Unapologise
from innovationhub.domain.reserving import Book
from innovationhub.domain.transferring import Substitute, Transfer
from innovationhub.errors import Invalid, NotFound
from innovationhub.hub.part import Part, checked_note, checked_role, checked_session, minted, text

__all__ = ["Reserving"]


class Reserving(Part):
    """A booking's life, up to the door."""

    def book(
        self,
        session_id: str,
        person_id: str,
        *,
        role: str | None = None,
        group: Iterable[str] = (),
        slot: int | None = None,
        note: str = "",
        shows: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Ask for a place: `confirmed` where one is free and nobody comes first, else `waitlisted`. Commits.

        `role` None means the only role that requires no other. `group` are the ids of the others who come along: one
        booking, all or none, one place in the queue, 20 people at most. `slot` chooses a slot of a role that has them,
        counted from 1 (None: the next free one). `note` is what the hub's team should know, such as the problem that
        somebody brings; `shows` what is shown at a stall. Where the type asks for approval the booking is `requested`.

        Raises `Refused` with all the reasons (`already-booked`, `not-open`, `closed`, `started`, `called-off`, `clash`,
        `full`, `queue-full`, `needs-role`, `not-eligible`, `group-too-large`) and alternatives.
        """
        others = self._others(person_id, group)
        return self._book(
            lambda: checked_session(session_id), person_id, others, role, slot, note, shows, request_id, actor
        )

    def register(
        self,
        series_id: str,
        person_id: str,
        *,
        role: str | None = None,
        note: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Take a place in every session of a series, or in the queue for one: one registration. Commits.

        Whoever joins late has a seat on every date to come but those whose seats are lent to guests by then, which are
        excepted by name. Clashes are looked for on the dates that can be booked by now (`opens_days`). Leaving is
        `cancel`; `apologise` gives up one date. Raises `Refused` as `book` does, and `Invalid` naming `series_id` for a
        series whose sessions are booked one by one.
        """
        return self._book(lambda: _series(series_id), person_id, (), role, None, note, "", request_id, actor)

    def _others(self, person_id: str, group: Iterable[str]) -> tuple[str, ...]:
        if isinstance(group, str):
            raise Invalid("group", f"must be a list of people's ids; got {group!r}", group)
        ids = tuple(group)
        everybody = (person_id, *ids)
        if len(set(everybody)) != len(everybody):
            raise Invalid("group", "must name each person once, without the one who books", ids)
        if len(everybody) > LARGEST_GROUP:
            raise Invalid("group", f"must make {LARGEST_GROUP} people at most; got {len(everybody)}", ids)
        return ids

    def _book(
        self,
        subject: Callable[[], str],
        person_id: str,
        group: tuple[str, ...],
        role: str | None,
        slot: int | None,
        note: str,
        shows: str,
        request_id: str | None,
        actor: str | None,
    ) -> Booking:
        person = self._people.key(person_id)
        subject_id = subject()
        others = tuple(self._people.key(each) for each in group)
        if slot is not None and (isinstance(slot, bool) or not isinstance(slot, int)):
            raise Invalid("slot", f"must be a whole number from 1; got {slot!r}", slot)
        command = Book(
            session_id=subject_id,
            person=person,
            booking_id=minted(),
            actor=self._people.actor(actor, person),
            role=checked_role(role),
            others=others,
            slot=slot,
            note=checked_note("note", note),
            shows=checked_note("shows", shows),
            likely=self._likely(subject_id),
        )
        more = tuple(each for each in (others, slot, shows) if each)
        return self._placed(command, request_id, (subject_id, person, role, note, *more), person_id)

    def cancel(
        self,
        booking_id: str,
        *,
        person_id: str | None = None,
        reason: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Give up a place, or leave the queue. A seat that comes free goes to who is next, in the same commit.

        With `person_id` only that one of a group leaves. What depends on the place ends with it. Raises `Refused`
        (`not-active`, `too-late-to-cancel`, `closed`, `called-off`). One who only waits can leave at any time.
        """
        checked_id("booking_id", booking_id)
        person = None if person_id is None else self._people.key(person_id)
        command = Cancel(
            booking_id=booking_id,
            person=person,
            actor=self._who(actor),
            reason=checked_note("reason", reason),
        )
        return self._placed(
            command, request_id, (booking_id, reason, *((person,) if person else ())), person_id or ""
        )

    def accept(self, booking_id: str, *, request_id: str | None = None, actor: str | None = None) -> Booking:
        """Take the place that is offered; after missing the offer, one that is still free. Commits.

        Raises `Refused` (`not-active` where there is no offer or its time is over, `closed`).
        """
        command = Accept(booking_id=checked_id("booking_id", booking_id), actor=self._who(actor))
        return self._placed(command, request_id, (booking_id,))

    def decline(self, booking_id: str, *, request_id: str | None = None, actor: str | None = None) -> Booking:
        """Turn down the place that is offered, and leave the queue; it goes to the next at once. Commits.

        Raises `Refused` (`not-active`).
        """
        command = Decline(booking_id=checked_id("booking_id", booking_id), actor=self._who(actor))
        return self._placed(command, request_id, (booking_id,))

    def approve(
        self, booking_id: str, *, reason: str = "", request_id: str | None = None, actor: str | None = None
    ) -> Booking:
        """Approve a request: it takes a free seat that nobody comes first for, else the end of the queue. Commits.

        Raises `Refused` (`not-active`, `full` where there is no queue, `clash`, `not-eligible`, `started`, `closed`,
        `called-off`). Who waits after that is promoted without being approved again.
        """
        command = Approve(
            booking_id=checked_id("booking_id", booking_id),
            actor=self._people.actor(actor, "system:hub"),
            reason=checked_note("reason", reason),
        )
        return self._placed(command, request_id, (booking_id, reason))

    def reject(
        self, booking_id: str, reason: str = "", *, request_id: str | None = None, actor: str | None = None
    ) -> Booking:
        """Turn a request down; the reason is kept as a note. Commits. Raises `Refused` (`not-active`)."""
        command = Reject(
            booking_id=checked_id("booking_id", booking_id),
            reason=checked_note("reason", reason),
            actor=self._people.actor(actor, "system:hub"),
        )
        return self._placed(command, request_id, (booking_id, reason))

    def transfer(
        self,
        booking_id: str,
        session_id: str,
        *,
        role: str | None = None,
        slot: int | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Move a booking to another session, or (`role`) to another role of the same one, in one commit.

        Returns the new booking, with an id of its own; the old one is cancelled. Raises `Refused` and keeps the old
        place where the new one cannot be had (`full`, `clash`, `not-eligible`, `needs-role`, `not-open`, `closed`,
        `started`, `called-off`), the old one cannot be given up (`too-late-to-cancel`), or there is nothing to move
        any more (`not-active`).
        """
        command = Transfer(
            booking_id=checked_id("booking_id", booking_id),
            session_id=checked_session(session_id),
            new_id=minted(),
            role=checked_role(role),
            slot=slot,
            actor=self._who(actor),
        )
        return self._placed(command, request_id, (booking_id, session_id, role, slot))

    def substitute(
        self,
        booking_id: str,
        person_id: str,
        *,
        instead_of: str | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Let somebody else come: `person_id` takes the place of `instead_of` (None: who leads the booking). Commits.

        Raises `Refused` (`not-active`, `clash`, `already-booked`, `not-eligible`, `started`, `closed`, `called-off`).
        """
        instead = None if instead_of is None else self._people.key(instead_of)
        command = Substitute(
            booking_id=checked_id("booking_id", booking_id),
            person=self._people.key(person_id),
            instead=instead,
            actor=self._who(actor),
        )
        return self._placed(command, request_id, (booking_id, command.person, instead), person_id)

    def amend(
        self,
        booking_id: str,
        *,
        note: str | None = None,
        shows: str | None = None,
        pointed_to: str | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Change what is noted about a booking; None leaves a text as it is, "" removes it. Commits.

        `pointed_to` is what the person was pointed to at a drop-in. The place in the queue does not move (Q8).
        """
        texts = {"booked": note, "shows": shows, "pointed-to": pointed_to}
        for kind, value in texts.items():
            if value is not None:
                checked_note({"booked": "note"}.get(kind, kind.replace("-", "_")), value)
        given = tuple((kind, value) for kind, value in texts.items() if value is not None)
        command = Amend(booking_id=checked_id("booking_id", booking_id), texts=given, actor=self._who(actor))
        return self._placed(command, request_id, (booking_id, given))

    def apologise(
        self,
        session_id: str,
        person_id: str,
        *,
        role: str | None = None,
        reason: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Somebody registered for a series cannot come on this date: a booking of the date, cancelled. Commits.

        The place in the set is kept. Where the type lends seats (`apologies = "lend"`) this one goes to the queue for
        the date. Apologising again changes nothing. Raises `Refused` (`not-active`, `started`, `closed`, `called-off`).
        """
        person = self._people.key(person_id)
        command = Apologise(
            session_id=checked_session(session_id),
            person=person,
            actor=self._people.actor(actor, person),
            role=checked_role(role),
            reason=checked_note("reason", reason),
            likely=self._likely(session_id),
        )
        return self._placed(command, request_id, (session_id, person, role, reason), person_id)

    def unapologise(
        self,
        session_id: str,
        person_id: str,
        *,
        role: str | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Take an apology back, if that date still has a seat: returns the registration. Commits.

        Raises `Refused` (`full`, `not-active`, `started`, `closed`, `called-off`).
        """
        person = self._people.key(person_id)
        command = Unapologise(
            session_id=checked_session(session_id),
            person=person,
            actor=self._people.actor(actor, person),
            role=checked_role(role),
            likely=self._likely(session_id),
        )
        return self._placed(command, request_id, (session_id, person, role), person_id)


def _series(value: str) -> str:
    if not is_whole(text("series_id", value)):
        raise NotFound("series", value[:200], "hub.series() lists them")
    return value
