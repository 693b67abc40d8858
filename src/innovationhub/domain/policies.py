"""Policies: what a session type lets its hub choose, each a name or a frozen value."""

from __future__ import annotations

import enum
from typing import Any

import attrs

from innovationhub.domain.fields import capacity, check_rule, choice, is_flag, whole

__all__ = [
    "Access",
    "Apologies",
    "BookingPolicy",
    "Groups",
    "OnIneligible",
    "OnLapse",
    "Promote",
    "WaitlistPolicy",
]


class Access(enum.StrEnum):
    """How one comes: find a date and book, just come, register once for the series, or ask the team."""

    BOOK = "book"
    DROP_IN = "drop-in"
    REGISTER = "register"
    REQUEST = "request"


class Promote(enum.StrEnum):
    """How a free place reaches the queue: at once, or as an offer to accept in time."""

    AUTOMATIC = "automatic"
    OFFER = "offer"


class OnLapse(enum.StrEnum):
    """What becomes of one who lets an offer lapse: keeps the place, goes to the back, or leaves the queue."""

    KEEP = "keep"
    BACK = "back"
    LEAVE = "leave"


class Apologies(enum.StrEnum):
    """What becomes of the seat of one who cannot come on a date of a series: kept, or lent to that date's queue."""

    KEEP = "keep"
    LEND = "lend"


class OnIneligible(enum.StrEnum):
    """What becomes of a place whose holder the rules no longer allow: they keep it, or it is released."""

    KEEP = "keep"
    RELEASE = "release"


class Groups(enum.StrEnum):
    """Whether a group at the head of the queue holds up those behind it until it fits (`strict`) or not (`fill`)."""

    STRICT = "strict"
    FILL = "fill"


def _promote_choice(value: str) -> Promote:
    return choice("promote", Promote, value)


def _on_lapse_choice(value: str) -> OnLapse:
    return choice("on_lapse", OnLapse, value)


def _groups_choice(value: str) -> Groups:
    return choice("groups", Groups, value)


def _priority(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if value != "":
        check_rule(attribute.name, value)


@attrs.frozen
class BookingPolicy:
    """When one may book and cancel.

    Booking opens at the same local time `opens_days` days earlier and closes `closes_minutes` before the start. A
    place may be given up until `cancel_hours` before it. With `overlaps` a place neither blocks nor is blocked by
    what else a person holds at the time.
    """

    opens_days: int = attrs.field(default=90, validator=whole(0, 1000))
    closes_minutes: int = attrs.field(default=0, validator=whole(0, 60 * 24 * 60))
    cancel_hours: int = attrs.field(default=0, validator=whole(0, 24 * 60))
    overlaps: bool = attrs.field(default=False, validator=is_flag)


@attrs.frozen
class WaitlistPolicy:
    """How a queue works: its longest length (None: unlimited), and how a free place reaches it.

    `priority` names a rule: whoever it allows goes first, at most three times in a row, so that nobody starves.
    """

    limit: int | None = attrs.field(
        default=None, converter=capacity, validator=whole(0, 1_000_000, word="unlimited")
    )
    promote: Promote = attrs.field(default=Promote.AUTOMATIC, converter=_promote_choice)
    offer_hours: int = attrs.field(default=8, validator=whole(1, 1000))
    on_lapse: OnLapse = attrs.field(default=OnLapse.KEEP, converter=_on_lapse_choice)
    groups: Groups = attrs.field(default=Groups.STRICT, converter=_groups_choice)
    priority: str = attrs.field(default="", validator=_priority)
