"""Messages: what people are told, as values that a channel is handed and answers for.

A message is rendered when it is sent, from how things stand then. Its `key` stays the same however often that is.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta

import attrs

from innovationhub.domain.events import Invitation

__all__ = ["Later", "Message", "MessageKind", "Never", "Outcome", "Recipient", "Sent", "message_kind"]


class MessageKind(enum.StrEnum):
    """What a message says. Each has a template of its name."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    PROMOTED = "promoted"
    OFFERED = "offered"
    OFFER_LAPSED = "offer-lapsed"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    CANCELLED = "cancelled"
    MOVED = "moved"
    CALLED_OFF = "called-off"
    REINSTATED = "reinstated"
    CHANGED = "changed"
    APOLOGY = "apology"
    REMINDER = "reminder"
    BELOW_MINIMUM = "below-minimum"
    FEEDBACK = "feedback"
    WORKSHOP_REQUESTED = "workshop-requested"
    WORKSHOP_NEW = "workshop-new"
    WORKSHOP_ACKNOWLEDGED = "workshop-acknowledged"
    WORKSHOP_SCHEDULED = "workshop-scheduled"
    WORKSHOP_DECLINED = "workshop-declined"
    WORKSHOP_FOLLOWED_UP = "workshop-followed-up"
    WORKSHOP_OVERDUE = "workshop-overdue"


def message_kind(name: str) -> str:
    """What a message says, by its name: a `MessageKind` where it is the hub's own, else a plugin's own name."""
    try:
        return MessageKind(name)
    except ValueError:
        return name


@attrs.frozen
class Recipient:
    """Whom a message is for: what a channel needs to reach them, "" for what the hub does not know."""

    name: str = attrs.field(default="", repr=False)
    email: str = attrs.field(default="", repr=False)
    phone: str = attrs.field(default="", repr=False)


@attrs.frozen
class Message:
    """One message to one recipient, ready to go.

    `key` is opaque, stable and theirs alone: whoever is handed the same key twice may leave the second. `kind` is a
    `MessageKind`, or the name of a plugin's own such as "fund-approved". `attempt`
    counts from 1: from 2 on it may have gone out already. `at` is when what it tells came about (UTC). `subject` is one
    line without control characters. `text` and `html` say the same. `facts` are the values they were made of, for a
    service that has templates of its own. `reply_to` is the hub team's address, "" where none is known.
    """

    key: str
    kind: str = attrs.field(converter=message_kind)
    to: Recipient
    subject: str = attrs.field(repr=False)
    text: str = attrs.field(repr=False)
    html: str = attrs.field(repr=False)
    at: datetime
    attempt: int = 1
    facts: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    invitation: Invitation | None = attrs.field(default=None, repr=False)
    sender: str = ""
    reply_to: str = ""


@attrs.frozen
class Sent:
    """It is on its way: whoever took it has taken responsibility. `reference` is what they call it."""

    reference: str = ""


@attrs.frozen
class Later:
    """It may work later. `why` is a code or a few words without anybody's name or address.

    `wait` is how long to wait at least, where the channel knows. `down` says that the fault is not this recipient's:
    the channel itself is out of reach, nothing of this message has gone out, and the others need not be tried now. It
    counts as no attempt, so what may have gone out before its answer was lost is not `down`.
    """

    why: str
    wait: timedelta | None = None
    down: bool = False


@attrs.frozen
class Never:
    """It will never work for this recipient. `why` is a code or a few words without anybody's name or address."""

    why: str


Outcome = Sent | Later | Never
"""What became of one attempt."""
