"""The catalogue: what kinds of session a hub offers, how one comes, in what roles, under which policies.

Everything here is a frozen value. A type that is edited becomes a new revision of itself; a session on which somebody
is booked stays with the revision it was first booked under.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import time
from functools import cached_property, lru_cache
from typing import Any, TypeVar, cast

import attrs

from innovationhub.domain.ids import LONGEST_TEXT, checked_key, checked_text
from innovationhub.domain.time import zone
from innovationhub.errors import Invalid

__all__ = [
    "Access",
    "Audience",
    "BookingPolicy",
    "Groups",
    "HubSettings",
    "OnLapse",
    "Promote",
    "Role",
    "SessionType",
    "Slots",
    "WaitlistPolicy",
    "WorkingHours",
    "capacity",
    "faults_of_roles",
    "type_from_text",
    "type_to_text",
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


class Groups(enum.StrEnum):
    """Whether a group at the head of the queue holds up those behind it until it fits (`strict`) or not (`fill`)."""

    STRICT = "strict"
    FILL = "fill"


MOST_ROLES = 20
"""Roles of one session type."""

E = TypeVar("E", bound=enum.StrEnum)
T = TypeVar("T")
Validator = Callable[[object, "attrs.Attribute[Any]", Any], None]


def _whole(low: int, high: int, *, word: str = "") -> Validator:
    def check(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if word and value is None:
            return
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not low <= cast("int", value) <= high:
            bounds = f"{low} or more" if whole and cast("int", value) < low else f"from {low} to {high}"
            number = "" if whole else "a whole number "
            choice = f', or "{word}"' if word else ""
            hint = f': write "{word}"' if word and str(value).strip().lower() == word else ""
            raise Invalid(attribute.name, f"must be {number}{bounds}{choice}; got {value!r}{hint}", value)

    return check


def _key(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    checked_key(attribute.name, value)


def _text(longest: int, *, empty: bool = True) -> Validator:
    def check(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
        checked_text(attribute.name, value, longest=longest, empty=empty)

    return check


def _keys(owner: object, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
    for place, name in enumerate(value):
        checked_key(f"{attribute.name}[{place}]", name)
    if len(set(value)) != len(value):
        raise Invalid(attribute.name, f"must name each once; got {list(value)}", value)


def _a(cls: type[Any]) -> Validator:
    def check(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, cls):
            raise Invalid(attribute.name, f"must be a {cls.__name__}; got {value!r}", value)

    return check


def capacity(value: object) -> object:
    """A number of places as a file writes it: "unlimited" is None; anything else is left to the field's check."""
    return None if value == "unlimited" else value


def _choice(field: str, enum_: type[E], value: str) -> E:
    try:
        return enum_(value)
    except ValueError:
        choices = ", ".join(f'"{each}"' for each in enum_)
        raise Invalid(field, f"must be one of {choices}; got {value!r}", value) from None


def _listed(field: str, value: Iterable[T]) -> tuple[T, ...]:
    # a text is a sequence too, of its letters, and a table one of its keys, which nobody means
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise Invalid(field, f"must be a list; got {value!r}", value)
    return tuple(value)


def _promote_choice(value: str) -> Promote:
    return _choice("promote", Promote, value)


def _on_lapse_choice(value: str) -> OnLapse:
    return _choice("on_lapse", OnLapse, value)


def _groups_choice(value: str) -> Groups:
    return _choice("groups", Groups, value)


def _access_choice(value: str) -> Access:
    return _choice("access", Access, value)


def _group_list(value: Iterable[str]) -> tuple[str, ...]:
    return _listed("groups", value)


def _rules_list(value: Iterable[str]) -> tuple[str, ...]:
    return _listed("rules", value)


def _closures_list(value: Iterable[str]) -> tuple[str, ...]:
    return _listed("closures", value)


def _flag(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, bool):
        raise Invalid(attribute.name, f"must be true or false; got {value!r}", value)


def _minutes(value: object) -> object:
    return (value,) if isinstance(value, int) else tuple(value) if isinstance(value, list | tuple) else value


def _lengths(owner: object, attribute: attrs.Attribute[Any], value: tuple[int, ...]) -> None:
    shape = isinstance(value, tuple) and 1 <= len(value) <= 2
    whole = shape and all(type(n) is int and 1 <= n <= 1440 for n in value)
    if not whole or value[0] > value[-1]:
        shown = value if not isinstance(value, tuple) else value[0] if len(value) == 1 else list(value)
        message = f"must be minutes from 1 to 1440, or [shortest, longest]; got {shown!r}"
        raise Invalid("minutes", message, value)


@attrs.frozen
class Slots:
    """Timed slots within a role: how long each lasts, in minutes, and how many there are."""

    minutes: int = attrs.field(validator=_whole(1, 1440))
    count: int = attrs.field(validator=_whole(1, 1000))


@attrs.frozen(cache_hash=True)
class Role:
    """In what capacity one takes part, with seats and a queue of its own.

    `capacity` None is unlimited. `minimum` is how many make it worth while. `requires` names a role that one must
    hold first.
    """

    key: str = attrs.field(default="attendee", validator=_key)
    title: str = attrs.field(default="", validator=_text(200))
    capacity: int | None = attrs.field(
        default=None, converter=capacity, validator=_whole(1, 100_000, word="unlimited")
    )
    minimum: int = attrs.field(default=0, validator=_whole(0, 100_000))
    requires: str | None = attrs.field(default=None, validator=attrs.validators.optional(_key))
    slots: Slots | None = attrs.field(default=None, validator=attrs.validators.optional(_a(Slots)))


@attrs.frozen
class Audience:
    """For whom it is: a sentence to show, and the groups of people meant. Advisory unless a rule enforces it."""

    description: str = attrs.field(validator=_text(500, empty=False))
    groups: tuple[str, ...] = attrs.field(default=(), converter=_group_list, validator=_keys)


@attrs.frozen
class BookingPolicy:
    """When one may book and cancel.

    Booking opens at the same local time `opens_days` days earlier and closes `closes_minutes` before the start. A
    place may be given up until `cancel_hours` before it. With `overlaps` a place neither blocks nor is blocked by
    what else a person holds at the time.
    """

    opens_days: int = attrs.field(default=90, validator=_whole(0, 1000))
    closes_minutes: int = attrs.field(default=0, validator=_whole(0, 60 * 24 * 60))
    cancel_hours: int = attrs.field(default=0, validator=_whole(0, 24 * 60))
    overlaps: bool = attrs.field(default=False, validator=_flag)


@attrs.frozen
class WaitlistPolicy:
    """How a queue works: its longest length (None: unlimited), and how a free place reaches it."""

    limit: int | None = attrs.field(
        default=None, converter=capacity, validator=_whole(0, 1_000_000, word="unlimited")
    )
    promote: Promote = attrs.field(default=Promote.AUTOMATIC, converter=_promote_choice)
    offer_hours: int = attrs.field(default=8, validator=_whole(1, 1000))
    on_lapse: OnLapse = attrs.field(default=OnLapse.KEEP, converter=_on_lapse_choice)
    groups: Groups = attrs.field(default=Groups.STRICT, converter=_groups_choice)


def _role_list(value: Iterable[Role]) -> tuple[Role, ...]:
    roles = _listed("roles", value)
    if not 1 <= len(roles) <= MOST_ROLES or not all(isinstance(role, Role) for role in roles):
        raise Invalid("roles", f"must hold 1 to {MOST_ROLES} roles; got {len(roles)}", value)
    return roles


def faults_of_roles(roles: tuple[Role, ...]) -> Iterator[Invalid]:
    """What is wrong with a type's roles taken together, all of it."""
    keys = [role.key for role in roles]
    reached: set[str | None] = {None}
    for _ in roles:
        reached |= {role.key for role in roles if role.requires in reached}
    for place, role in enumerate(roles):
        if role.key in keys[:place]:
            yield Invalid(f"roles[{place}].key", f"must not be another role's too; got {role.key!r}", role)
        if role.requires is not None and role.key not in reached:
            others = ", ".join(key for key in keys if key in reached) or "none can be had first"
            message = f"must name another role of this type ({others}); got {role.requires!r}"
            yield Invalid(f"roles[{place}].requires", message, role)
        if role.capacity is not None and role.minimum > role.capacity:
            message = f"must not be above the capacity {role.capacity}; got {role.minimum}"
            yield Invalid(f"roles[{place}].minimum", message, role)


def _roles(owner: object, attribute: attrs.Attribute[Any], roles: tuple[Role, ...]) -> None:
    for fault in faults_of_roles(roles):
        raise fault


@attrs.frozen(cache_hash=True)
class SessionType:
    """An entry of the catalogue.

    `minutes` is how long it lasts, or the shortest and longest. `rules` name the rules that must all allow a booking.
    `private` types are shown to those invited only.
    """

    key: str = attrs.field(validator=_key)
    title: str = attrs.field(validator=_text(200, empty=False))
    minutes: tuple[int, ...] = attrs.field(default=(60,), converter=_minutes, validator=_lengths)
    access: Access = attrs.field(default=Access.BOOK, converter=_access_choice)
    description: str = attrs.field(default="", validator=_text(LONGEST_TEXT))
    audience: Audience | None = attrs.field(default=None, validator=attrs.validators.optional(_a(Audience)))
    approval: bool = attrs.field(default=False, validator=_flag)
    private: bool = attrs.field(default=False, validator=_flag)
    rules: tuple[str, ...] = attrs.field(default=(), converter=_rules_list, validator=_keys)
    roles: tuple[Role, ...] = attrs.field(
        default=(Role(),), converter=_role_list, validator=_roles, metadata={"faults": faults_of_roles}
    )
    booking: BookingPolicy = attrs.field(default=BookingPolicy(), validator=_a(BookingPolicy))
    waitlist: WaitlistPolicy = attrs.field(default=WaitlistPolicy(), validator=_a(WaitlistPolicy))

    @property
    def longest(self) -> int:
        """The longest it lasts, in minutes: what a calendar and a diary set aside."""
        return self.minutes[-1]

    def role(self, key: str) -> Role | None:
        """The role of that key, if this type has it."""
        return next((role for role in self.roles if role.key == key), None)

    @cached_property
    def first_roles(self) -> tuple[Role, ...]:
        """The roles that require no other: what one can book to begin with."""
        return tuple(role for role in self.roles if role.requires is None)


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAYS = re.compile(r"(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*\Z")


def _days(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if not isinstance(value, str) or not _DAYS.match(value):
        raise Invalid("days", f'must be days such as "MO,TU,WE"; got {value!r}', value)


def clock_time(value: object) -> object:
    """A time of day as a file writes it, "09:00" or TOML's own; anything else is left to the field's check."""
    if isinstance(value, str):
        try:
            return time.fromisoformat(value)
        except ValueError:
            return value
    return value


def _clock(owner: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, time) or value.tzinfo is not None:
        raise Invalid(attribute.metadata["key"], f'must be a time such as "09:00"; got {value!r}', value)


@attrs.frozen
class WorkingHours:
    """When the hub's team is at work, in the hub's local time: the hours in which offers run."""

    days: str = attrs.field(default="MO,TU,WE,TH,FR", validator=_days)
    begins: time = attrs.field(
        default=time(9), converter=clock_time, validator=_clock, metadata={"key": "from"}
    )
    ends: time = attrs.field(default=time(17), converter=clock_time, validator=_clock, metadata={"key": "to"})

    @property
    def weekdays(self) -> frozenset[int]:
        """The days of the week as Python counts them, Monday 0."""
        return frozenset(WEEKDAYS.index(day) for day in self.days.split(","))

    def __attrs_post_init__(self) -> None:
        if self.ends <= self.begins:
            raise Invalid("to", f"must be after from ({self.begins:%H:%M}); got {self.ends:%H:%M}", self.ends)


def _zone(owner: object, attribute: attrs.Attribute[Any], value: str) -> None:
    if not isinstance(value, str):
        raise Invalid("timezone", f"must be text; got {value!r}", value)
    zone(value)


@attrs.frozen
class HubSettings:
    """The hub itself: its name, its time zone, which closures it keeps, when its team works."""

    name: str = attrs.field(default="Innovation Hub", validator=_text(200, empty=False))
    timezone: str = attrs.field(default="Europe/London", validator=_zone)
    closures: tuple[str, ...] = attrs.field(default=(), converter=_closures_list, validator=_keys)
    working_hours: WorkingHours = attrs.field(default=WorkingHours(), validator=_a(WorkingHours))


def type_to_text(value: SessionType) -> str:
    """A session type as canonical JSON: equal types give equal text."""
    return json.dumps(attrs.asdict(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=4096)
def type_from_text(text: str) -> SessionType:
    """The session type that `type_to_text` wrote."""
    made = json.loads(text)
    roles = tuple(
        Role(**{**role, "slots": Slots(**role["slots"]) if role["slots"] else None}) for role in made["roles"]
    )
    audience = Audience(**made["audience"]) if made["audience"] else None
    return SessionType(
        **{
            **made,
            "roles": roles,
            "audience": audience,
            "booking": BookingPolicy(**made["booking"]),
            "waitlist": WaitlistPolicy(**made["waitlist"]),
        }
    )
