"""What is noted about a booking: free text, in rows of its own, so that it can be changed and erased by itself."""

from __future__ import annotations

import attrs

from innovationhub.domain.booking import BookingRow, Placed
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.people import Note
from innovationhub.domain.placing import appointments_of, facts_of
from innovationhub.domain.records import Key, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.reserving import found_booking

__all__ = ["Amend"]


@attrs.frozen(kw_only=True)
class Amend:
    """Change texts about a booking (kind and text; an empty one is removed). Its place does not move (Q8)."""

    booking_id: str
    texts: tuple[tuple[str, str], ...]
    actor: str | None = None

    def needs(self) -> Read:
        """The booking, its people, and the texts as they are."""
        keys = (
            Key(BookingRow, (self.booking_id,)),
            *(Key(Note, (self.booking_id, kind)) for kind, _ in self.texts),
        )
        return Read(keys, (appointments_of(self.booking_id),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Write what differs; nothing where nothing does."""
        booking = found_booking(view, self.booking_id)
        draft = Draft(view, self.actor or booking.person)
        people = draft.scan(appointments_of(booking.id)).records
        changed: list[str] = []
        for kind, text in self.texts:
            before = draft.get(Note, booking.id, kind)
            if (before.text if before else "") == text:
                continue
            changed.append(kind)
            if text:
                draft.put(Note(booking.id, kind, text))
            elif before is not None:
                draft.delete(before)
        if changed:
            facts = {**facts_of(booking), "standing": booking.standing}
            draft.note("booking.amended", booking.id, **facts, fields=" ".join(changed))
        return draft.accept(Placed(booking, tuple((each.person, each.status) for each in people)))
