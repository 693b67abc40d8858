"""Deliveries: one message to one person by one channel, from the entry that calls for it until it has gone.

    waiting ──► sent ──► delivered, bounced          as a channel learns later, where it does
            ├─► dropped                              untrue by now, or a later one says it better
            └─► given-up ──► waiting                 in the open: listed, and sent again by hand

A row holds ids only. What the message says is worked out when it is sent, from how things stand then (`saying`).
While a courier has it, `lease` says which and `due` when that ends: a courier that dies has its deliveries taken up by
the next, under the same key.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.ids import hashed
from innovationhub.domain.messages import message_kind
from innovationhub.domain.records import Record, record

__all__ = [
    "LEASE",
    "MOST_ATTEMPTS",
    "SETTLED",
    "TEAM",
    "Delivery",
    "DeliveryState",
    "Following",
    "backoff",
    "delivery_id",
]

TEAM = ""
"""The person of a message to the hub's team: it goes to the contact of the hub's settings."""

LEASE = timedelta(minutes=5)
"""How long a courier has a delivery to itself. A channel answers within a minute, so it is not overtaken."""

MOST_ATTEMPTS = 12
"""Attempts until a delivery is given up: with the waits between them about twenty hours."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


class DeliveryState(enum.StrEnum):
    """What has become of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DROPPED = "dropped"
    GIVEN_UP = "given-up"


SETTLED = frozenset(DeliveryState) - {DeliveryState.WAITING}
"""States in which nothing more is done by itself."""


@record(
    "delivery",
    key=("id",),
    indexes={
        "by_state": ("state", "channel", "due", "position"),
        "by_topic": ("topic", "channel", "person", "state", "position"),
        "by_entry": ("channel", "position"),
        "by_person": ("person", "position"),
    },
)
@attrs.frozen
class Delivery(Record):
    """One message to one person by one channel.

    `id` is its stable key. `position` is the journal's entry that calls for it. `person` is an opaque key. `topic` is
    what it is about as far as order goes: of two about one topic to one person the later goes out after the earlier, or
    in its place. `until` is when what it is about begins or ends: before then it is of most use. `lease` names the
    courier that has it. `why` says what went wrong last, or why it was dropped, without naming anybody.
    """

    id: str
    channel: str
    position: int
    kind: str = attrs.field(converter=message_kind)
    person: str
    topic: str
    booking_id: str
    session_id: str
    state: DeliveryState
    due: datetime
    until: datetime
    attempts: int = 0
    lease: str = ""
    reference: str = ""
    why: str = ""
    settled: datetime | None = None


@record("following", key=("name",))
@attrs.frozen
class Following(Record):
    """How far a follower has come: the `position` of the last entry that it has dealt with, and where it `began`.

    `failures` counts how often in a row it could not, until `due` it is left alone, and `why` says what it raised.
    """

    name: str
    began: int
    position: int
    failures: int = 0
    due: datetime | None = None
    why: str = ""


def delivery_id(secret: str, channel: str, position: int, person: str, topic: str) -> str:
    """The stable key of a delivery: the same for the same entry, person and channel; it tells nothing of them."""
    return hashed(secret, "delivery", channel, position, person, topic)[:32]


def backoff(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, up to six hours, and by chance (0 to 1) less.

    The chance keeps many that failed together from coming back together.
    """
    doublings = max(0, min(attempts, 20) - 1)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings)) * (1 - chance / 4)
