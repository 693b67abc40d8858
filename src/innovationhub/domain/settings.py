"""The hub itself: its settings, which everything that it puts on shares."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from datetime import time
from typing import Any

import attrs

from innovationhub.domain.fields import (
    are_keys,
    are_names,
    choice,
    clock_time,
    is_a,
    is_clock,
    is_email,
    is_key,
    is_link,
    is_text,
    listed,
    whole,
)
from innovationhub.domain.time import zone
from innovationhub.errors import Invalid

__all__ = ["HubSettings", "Leads", "LmsSettings", "QuietHours", "Retention", "WorkingHours"]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


_DAYS = re.compile(r"(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*\Z")


def _days(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if not isinstance(value, str) or not _DAYS.match(value):
        raise Invalid("days", f'must be days such as "MO,TU,WE"; got {value!r}', value)


@attrs.frozen
class WorkingHours:
    """When the hub's team is at work, in the hub's local time: the hours in which offers run."""

    days: str = attrs.field(default="MO,TU,WE,TH,FR", validator=_days)
    begins: time = attrs.field(
        default=time(9), converter=clock_time, validator=is_clock, metadata={"key": "from"}
    )
    ends: time = attrs.field(
        default=time(17), converter=clock_time, validator=is_clock, metadata={"key": "to"}
    )

    @property
    def weekdays(self) -> frozenset[int]:
        """The days of the week as Python counts them, Monday 0."""
        return frozenset(WEEKDAYS.index(day) for day in self.days.split(","))

    def __attrs_post_init__(self) -> None:
        if self.ends <= self.begins:
            raise Invalid("to", f"must be after from ({self.begins:%H:%M}); got {self.ends:%H:%M}", self.ends)


@attrs.frozen
class QuietHours:
    """When nobody is written to unless it cannot wait: local times, over midnight too ("20:00" to "08:00")."""

    begins: time = attrs.field(converter=clock_time, validator=is_clock, metadata={"key": "from"})
    ends: time = attrs.field(converter=clock_time, validator=is_clock, metadata={"key": "to"})

    def __attrs_post_init__(self) -> None:
        if self.ends == self.begins:
            raise Invalid("to", f"must not be the same as from ({self.begins:%H:%M})", self.ends)


def _closures_list(value: Iterable[str]) -> tuple[str, ...]:
    return listed("closures", value)


def _rooms_list(value: Iterable[str]) -> tuple[str, ...]:
    return listed("rooms", value)


@attrs.frozen
class Retention:
    """How many days what is personal is kept (None: for ever).

    Free text after its session, people after their last one, messages after they went out or were given up.
    """

    notes_days: int | None = attrs.field(default=None, validator=attrs.validators.optional(whole(1, 36_500)))
    people_days: int | None = attrs.field(default=None, validator=attrs.validators.optional(whole(1, 36_500)))
    messages_days: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(whole(1, 36_500))
    )


class Leads(enum.StrEnum):
    """Who says who has a seat, where sessions are shown in an LMS too."""

    HUB = "hub"
    LMS = "lms"


def _leads_choice(value: str) -> Leads:
    return choice("leads", Leads, value)


def _types_list(value: Iterable[str]) -> tuple[str, ...]:
    return listed("types", value)


@attrs.frozen
class LmsSettings:
    """How sessions are shown in the trust's learning-management system (LMS), where there is one.

    `leads` says who gives the seats. `types` are the session types shown (none named: all that one books by date, the
    private ones apart). What stands behind `staff` and a colon in a person's id is their staff number.
    """

    leads: Leads = attrs.field(default=Leads.HUB, converter=_leads_choice)
    types: tuple[str, ...] = attrs.field(default=(), converter=_types_list, validator=are_keys)
    staff: str = attrs.field(default="esr", validator=is_key)


def _zone(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if not isinstance(value, str):
        raise Invalid("timezone", f"must be text; got {value!r}", value)
    zone(value)


@attrs.frozen
class HubSettings:
    """The hub itself: its name, its time zone, which closures it keeps, when its team works.

    `rooms` are the venues that hold one session at a time. `retention` is how long what is personal is kept.
    `contact` is the team's e-mail address, `link` where people find the hub on the web: both are in messages.
    `lms` is how sessions are shown in the trust's learning-management system.
    """

    name: str = attrs.field(default="Innovation Hub", validator=is_text(200, empty=False))
    timezone: str = attrs.field(default="Europe/London", validator=_zone)
    closures: tuple[str, ...] = attrs.field(default=(), converter=_closures_list, validator=are_keys)
    working_hours: WorkingHours = attrs.field(default=WorkingHours(), validator=is_a(WorkingHours))
    rooms: tuple[str, ...] = attrs.field(default=(), converter=_rooms_list, validator=are_names)
    retention: Retention = attrs.field(default=Retention(), validator=is_a(Retention))
    contact: str = attrs.field(default="", validator=is_email)
    link: str = attrs.field(default="", validator=is_link)
    quiet_hours: QuietHours | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_a(QuietHours))
    )
    lms: LmsSettings = attrs.field(default=LmsSettings(), validator=is_a(LmsSettings))
