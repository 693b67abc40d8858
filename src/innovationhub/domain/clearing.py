"""Messages that have been kept long enough: deleted from the oldest entry on, as far as nothing more is to be done."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby, takewhile
from operator import attrgetter

import attrs

from innovationhub.domain.answers import Done
from innovationhub.domain.deciding import Accepted, Draft, View
from innovationhub.domain.deliveries import SETTLED, Delivery, Following
from innovationhub.domain.records import Key, Range, Read
from innovationhub.domain.refusals import Refusal
from innovationhub.domain.turning import CHANNEL

__all__ = ["ClearMessages"]

MOST_OF_ENTRY = 100_000
"""Deliveries of one entry: they go together, since from then on the channel has begun behind it."""


@attrs.frozen(kw_only=True)
class ClearMessages:
    """Delete a channel's deliveries that were settled before an instant (UTC), from the oldest entry on.

    It stops at the first entry of which a message is newer, or not settled. From what is deleted on the channel counts
    as begun later: audit asks for no message of an entry before that.
    """

    channel: str
    before: datetime
    limit: int
    actor: str = "system:tick"

    def needs(self) -> Read:
        """How far the channel has come, and where it begins."""
        return Read((Key(Following, (CHANNEL + self.channel,)),))

    def decide(self, view: View) -> Accepted | Refusal:
        """Never refused. The answer's subject is how many were deleted, `more` that others may follow."""
        draft = Draft(view, self.actor)
        cursor = draft.get(Following, CHANNEL + self.channel)
        if cursor is None:
            return draft.accept(Done("0"))
        oldest = Range(Delivery, "by_entry", (self.channel,), cursor.began + 1, limit=self.limit)
        found = draft.scan(oldest)
        entries = [
            (position, list(rows)) for position, rows in groupby(found.records, attrgetter("position"))
        ]
        if found.cut and len(entries) == 1:  # one entry that told more people than that
            position = entries[0][0]
            whole = oldest._replace(low=position, high=position + 1, limit=MOST_OF_ENTRY)
            entries = [(position, draft.scan(whole).records)]
        elif found.cut:
            entries.pop()  # its others were not read
        gone = list(takewhile(lambda entry: all(self._is_old(row) for row in entry[1]), entries))
        rows = [row for _, each in gone for row in each]
        draft.need(*(Key(Delivery, (row.id,)) for row in rows))
        for row in rows:
            draft.delete(row)
        if gone:
            draft.put(attrs.evolve(cursor, began=gone[-1][0]))
        return draft.accept(Done(str(len(rows)), found.cut and len(gone) == len(entries)))

    def _is_old(self, row: Delivery) -> bool:
        return row.state in SETTLED and row.settled is not None and row.settled < self.before
