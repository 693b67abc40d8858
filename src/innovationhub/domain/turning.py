"""Turning the journal into deliveries: a follower's cursor moves in the same commit as what was made of the entries."""

from __future__ import annotations

from datetime import timedelta

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.deliveries import (
    Delivery,
    DeliveryState,
    Following,
    delivery_id,
)
from innovationhub.domain.journal import Entry
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.telling import Tellers, calls, read_for

__all__ = ["CHANNEL", "Begin", "MoveOn", "Turn"]

CHANNEL = "channel:"
"""The name of the follower that turns entries into deliveries by a channel begins so."""

TRIPS = 60
"""Trips in which entries are turned into deliveries: whom an entry about a session concerns is found in steps."""

MOST_MADE = 200
"""Deliveries after which a commit takes no further entry. One entry's own are never parted."""

_NEWEST = Range(Entry, "key", limit=1, reverse=True)


@attrs.frozen(kw_only=True)
class Begin:
    """Let a follower begin: with what happens from now on, or (`beginning`) with the first entry.

    One that has begun goes on where it is.
    """

    name: str
    beginning: bool = False
    actor: str = "system:courier"

    def needs(self) -> Read:
        """Whether it has begun, and where the journal is by now."""
        return Read((Key(Following, (self.name,)),), (_NEWEST,))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused."""
        draft = Draft(view, self.actor)
        if draft.get(Following, self.name) is None:
            newest = [entry.position for entry in draft.scan(_NEWEST).records]
            at = 0 if self.beginning else max(newest, default=0)
            draft.put(Following(self.name, at, at))
        return draft.accept(Done(self.name))


@attrs.frozen(kw_only=True)
class Turn:
    """Turn the next entries behind a channel's cursor into deliveries, and move the cursor, in one commit.

    `tellers` say what entries of plugins call for. Of two couriers that turn the same entries the second does nothing.
    """

    channel: str
    entries: tuple[Entry, ...]
    tellers: Tellers = attrs.field(factory=dict, repr=False)
    actor: str = "system:courier"
    trips: int = TRIPS

    def needs(self) -> Read:
        """The cursor, and what nearly every entry about a booking is told with."""
        return Read((Key(Following, (CHANNEL + self.channel,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused. The answer's subject is how many deliveries were made, `more` that entries are left."""
        draft = Draft(view, self.actor)
        cursor = draft.get(Following, CHANNEL + self.channel)
        if cursor is None or cursor.position + 1 != self.entries[0].position:
            return draft.accept(Done("0"))
        read_for(draft, self.entries)
        made = 0
        for entry in self.entries:
            made += self._turn(draft, entry)
            cursor = attrs.evolve(cursor, position=entry.position, failures=0, due=None, why="")
            if made >= MOST_MADE:
                break
        draft.put(cursor)
        return draft.accept(Done(str(made), cursor.position < self.entries[-1].position))

    def _turn(self, draft: Draft, entry: Entry) -> int:
        secret, ids = draft.programme.secret, set()
        for call in calls(draft, entry, self.tellers):
            id = delivery_id(secret, self.channel, entry.position, call.person, call.topic)
            ids.add(id)
            draft.put(
                Delivery(
                    id=id,
                    channel=self.channel,
                    position=entry.position,
                    kind=call.kind,
                    person=call.person,
                    topic=call.topic,
                    booking_id=call.booking_id,
                    session_id=call.session_id,
                    state=DeliveryState.WAITING,
                    due=draft.now,
                    until=call.until,
                )
            )
        return len(ids)


@attrs.frozen(kw_only=True)
class MoveOn:
    """Note what became of handing some entries to a follower: it has them (`position`), or it raised (`why`)."""

    name: str
    position: int
    upto: int
    why: str = ""
    wait: timedelta = timedelta(0)
    actor: str = "system:courier"

    def needs(self) -> Read:
        """The cursor."""
        return Read((Key(Following, (self.name,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused; where another courier has moved the cursor meanwhile nothing is done."""
        draft = Draft(view, self.actor)
        cursor = draft.get(Following, self.name)
        if cursor is None or cursor.position != self.position:
            return draft.accept(Done(self.name))
        if self.why:
            failed = attrs.evolve(
                cursor, failures=cursor.failures + 1, due=draft.now + self.wait, why=self.why
            )
            draft.put(failed)
        else:
            draft.put(attrs.evolve(cursor, position=self.upto, failures=0, due=None, why=""))
        return draft.accept(Done(self.name))
