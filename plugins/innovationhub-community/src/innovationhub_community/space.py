"""`Space`: what can be tried out there, and practices worth researching, as the catalogue has them."""

from __future__ import annotations

from collections.abc import Sequence

from innovationhub import Invalid
from innovationhub.domain.ids import checked_id, checked_key
from innovationhub.domain.records import Range
from innovationhub.hub.part import minted
from innovationhub_community.part import MOST, Part
from innovationhub_community.pointing import Try
from innovationhub_community.records import PracticeRow, ThingRow
from innovationhub_community.things import Practice, Thing, practice_of, thing_of

__all__ = ["Space"]


class Space(Part):
    """The space of a hub. What it holds is loaded with a catalogue: `[[things]]` and `[[practices]]`.

    A thing is used at a drop-in, or booked for a slot: then it `books` a series, whose sessions have slots, whose venue
    is the thing, and which the hub lists among its `rooms`, so that nothing else can use it at the time.
    """

    def things(self, *, viewer: str | None = None) -> list[Thing]:
        """What can be tried out, in order of key. Who can show a thing is told to a `viewer` whom the hub knows alone.

        Raises `NotFound` for a viewer who is not known.
        """
        return self._things(self._scan(Range(ThingRow, "key", limit=MOST)), viewer)

    def thing(self, key: str, *, viewer: str | None = None) -> Thing:
        """One thing, as `things` shows it. Raises `NotFound`."""
        return self._things([self._row(ThingRow, "thing", checked_key("key", key))], viewer)[0]

    def practices(self, *, tag: str | None = None) -> list[Practice]:
        """Practices worth researching, in order of key; those with a tag."""
        found = [practice_of(row) for row in self._scan(Range(PracticeRow, "key", limit=MOST))]
        return [each for each in found if tag is None or tag in each.tags]

    def practice(self, key: str) -> Practice:
        """One practice, with its sources. Raises `NotFound`."""
        return practice_of(self._row(PracticeRow, "practice", checked_key("key", key)))

    def tried(
        self,
        thing: str,
        *,
        booking_id: str | None = None,
        session_id: str | None = None,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> None:
        """A thing was tried out: on somebody's booking, or in a session by whoever was there. Commits.

        Raises `Invalid` where it is not one of the two, `NotFound`, and `Refused` (`not-active`) for a booking that
        came to nothing.
        """
        if (booking_id is None) is (session_id is None):
            raise Invalid("booking_id", "must be given, or session_id, and not both", booking_id)
        command = Try(
            tried_id=minted(),
            thing=checked_key("thing", thing),
            booking_id="" if booking_id is None else checked_id("booking_id", booking_id),
            session_id="" if session_id is None else checked_id("session_id", session_id),
            actor=self._actor(actor),
        )
        self._run(command, request_id, (thing, booking_id, session_id))

    def _things(self, rows: Sequence[ThingRow], viewer: str | None) -> list[Thing]:
        if viewer is None:
            return [thing_of(row) for row in rows]
        self._key(viewer)
        ids = self._hub.ids_of({key for row in rows for key in row.shows.split()})
        return [thing_of(row, [ids[key] for key in row.shows.split() if key in ids]) for row in rows]
