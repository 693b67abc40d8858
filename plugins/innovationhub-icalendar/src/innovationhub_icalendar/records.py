"""What the hub keeps for this package."""

from __future__ import annotations

from datetime import datetime

import attrs

from innovationhub.domain.records import Record, record

__all__ = ["FeedToken"]


@record("icalendar_token", key=("name",), indexes={"by_person": ("person",)})
@attrs.frozen
class FeedToken(Record):
    """A token that works: whose feed it opens, by opaque key, and the hash of its secret part."""

    name: str
    person: str
    secret_hash: str
    made: datetime
