"""The catalogue: what kinds of session a hub offers, how one comes, in what roles, under which policies.

Everything here is a frozen value. A type that is edited becomes a new revision of itself; a session on which somebody
is booked stays with the revision it was first booked under.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any

import attrs

from innovationhub.domain.fields import (
    are_keys,
    are_rules,
    capacity,
    choice,
    is_a,
    is_flag,
    is_key,
    is_link,
    is_text,
    listed,
    whole,
)
from innovationhub.domain.ids import LONGEST_TEXT
from innovationhub.domain.policies import Access, Apologies, BookingPolicy, OnIneligible, WaitlistPolicy
from innovationhub.errors import Invalid

__all__ = ["Audience", "Role", "SessionType", "Slots", "faults_of_roles", "type_from_text", "type_to_text"]

MOST_ROLES = 20
"""Roles of one session type."""


def _access_choice(value: str) -> Access:
    return choice("access", Access, value)


def _apologies_choice(value: str) -> Apologies:
    return choice("apologies", Apologies, value)


def _on_ineligible_choice(value: str) -> OnIneligible:
    return choice("on_ineligible", OnIneligible, value)


def _group_list(value: Iterable[str]) -> tuple[str, ...]:
    return listed("groups", value)


def _rules_list(value: Iterable[str]) -> tuple[str, ...]:
    return listed("rules", value)


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
    """Timed slots within a role, one after another: how long each lasts, in minutes, and how many there are.

    They begin with the session or, with `after`, when it ends.
    """

    minutes: int = attrs.field(validator=whole(1, 1440))
    count: int = attrs.field(validator=whole(1, 1000))
    after: bool = attrs.field(default=False, validator=is_flag)

    def __attrs_post_init__(self) -> None:
        if self.minutes * self.count > 1440:
            message = f"must make a day at most, with {self.minutes} minutes each; got {self.count}"
            raise Invalid("count", message, self.count)


@attrs.frozen(cache_hash=True)
class Role:
    """In what capacity one takes part, with seats and a queue of its own.

    `capacity` None is unlimited. With `per_facilitator` it is so many for each facilitator of the session instead, so
    that who is there decides how many fit. `reserve` seats are kept for those who walk in. `minimum` is how many make
    it worth while, counted `minimum_hours` before the start. `requires` names a role that one must hold first.
    An `invited` role is had by asking for it by name: who names none does not mean it.
    """

    key: str = attrs.field(default="attendee", validator=is_key)
    title: str = attrs.field(default="", validator=is_text(200))
    capacity: int | None = attrs.field(
        default=None, converter=capacity, validator=whole(1, 100_000, word="unlimited")
    )
    minimum: int = attrs.field(default=0, validator=whole(0, 100_000))
    requires: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_key))
    slots: Slots | None = attrs.field(default=None, validator=attrs.validators.optional(is_a(Slots)))
    per_facilitator: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(whole(1, 1000))
    )
    reserve: int = attrs.field(default=0, validator=whole(0, 100_000))
    minimum_hours: int = attrs.field(default=48, validator=whole(1, 24 * 60))
    invited: bool = attrs.field(default=False, validator=is_flag)

    def seats(self, facilitators: int) -> int | None:
        """How many fit into a session with so many facilitators; None: unlimited."""
        if self.per_facilitator is not None:
            return self.per_facilitator * facilitators
        if self.slots is None:
            return self.capacity
        return min(self.slots.count, self.capacity or self.slots.count)


@attrs.frozen
class Audience:
    """For whom it is: a sentence to show, and the groups of people meant. Advisory unless a rule enforces it."""

    description: str = attrs.field(validator=is_text(500, empty=False))
    groups: tuple[str, ...] = attrs.field(default=(), converter=_group_list, validator=are_keys)


def _role_list(value: Iterable[Role]) -> tuple[Role, ...]:
    roles = listed("roles", value)
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
        for name, value in (("minimum", role.minimum), ("reserve", role.reserve)):
            if role.capacity is not None and value > role.capacity:
                message = f"must not be above the capacity {role.capacity}; got {value}"
                yield Invalid(f"roles[{place}].{name}", message, role)
        if role.per_facilitator is not None and (role.capacity is not None or role.slots is not None):
            message = "must stand without a capacity and without slots: it says how many fit"
            yield Invalid(f"roles[{place}].per_facilitator", message, role)


def _roles(owner: object, attribute: attrs.Attribute[Any], roles: tuple[Role, ...]) -> None:
    for fault in faults_of_roles(roles):
        raise fault


@attrs.frozen(cache_hash=True)
class SessionType:
    """An entry of the catalogue.

    `minutes` is how long it lasts, or the shortest and longest. `rules` name the rules that must all allow a booking,
    each with an argument after a colon where it takes one; `on_ineligible` says what becomes of a place whose holder
    they no longer allow. `private` types are shown to those invited only. `apologies` says what becomes of a seat for
    the one date on which a registered person cannot come. Whoever has a place is reminded `remind_hours` before the
    start (0: not at all), and afterwards asked for feedback at the web address `feedback` ("": not at all).
    """

    key: str = attrs.field(validator=is_key)
    title: str = attrs.field(validator=is_text(200, empty=False))
    minutes: tuple[int, ...] = attrs.field(default=(60,), converter=_minutes, validator=_lengths)
    access: Access = attrs.field(default=Access.BOOK, converter=_access_choice)
    description: str = attrs.field(default="", validator=is_text(LONGEST_TEXT))
    audience: Audience | None = attrs.field(default=None, validator=attrs.validators.optional(is_a(Audience)))
    approval: bool = attrs.field(default=False, validator=is_flag)
    private: bool = attrs.field(default=False, validator=is_flag)
    rules: tuple[str, ...] = attrs.field(default=(), converter=_rules_list, validator=are_rules)
    roles: tuple[Role, ...] = attrs.field(
        default=(Role(),), converter=_role_list, validator=_roles, metadata={"faults": faults_of_roles}
    )
    booking: BookingPolicy = attrs.field(default=BookingPolicy(), validator=is_a(BookingPolicy))
    waitlist: WaitlistPolicy = attrs.field(default=WaitlistPolicy(), validator=is_a(WaitlistPolicy))
    apologies: Apologies = attrs.field(default=Apologies.KEEP, converter=_apologies_choice)
    on_ineligible: OnIneligible = attrs.field(default=OnIneligible.KEEP, converter=_on_ineligible_choice)
    remind_hours: int = attrs.field(default=24, validator=whole(0, 24 * 28))
    feedback: str = attrs.field(default="", validator=is_link)

    @property
    def longest(self) -> int:
        """The longest it lasts, in minutes: what a calendar and a diary set aside."""
        return self.minutes[-1]

    @property
    def unlisted(self) -> bool:
        """Whether its sessions are shown to those invited only: it is private, or each is one team's workshop."""
        return self.private or self.access is Access.REQUEST

    def role(self, key: str) -> Role | None:
        """The role of that key, if this type has it."""
        return next((role for role in self.roles if role.key == key), None)

    @cached_property
    def first_roles(self) -> tuple[Role, ...]:
        """The roles that require no other: what one can book to begin with."""
        return tuple(role for role in self.roles if role.requires is None)


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
