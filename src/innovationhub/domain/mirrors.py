"""What a hub keeps about its trust's LMS: what it published there, what it saw there, and what a person must look at.

One role of one session is shown there as one bookable thing, under the key `<session>#<role>`. Who *leads* is a
setting of the hub. Where the hub leads it decides who has a seat and who is next, and the LMS shows it. Where the LMS
leads, the hub keeps a mirror of those rosters: it does not promote there, and more people than seats is a finding, not
a fault.
"""

from __future__ import annotations

import enum
from datetime import datetime

import attrs

from innovationhub.domain.catalogue import Role, SessionType
from innovationhub.domain.lms import LmsSession, SignUp, SignUpStatus
from innovationhub.domain.policies import Access
from innovationhub.domain.records import Facts, Record, record
from innovationhub.domain.settings import HubSettings, Leads

__all__ = [
    "AMBIGUOUS",
    "FOLLOWED",
    "Finding",
    "LmsAccountRow",
    "LmsFindingRow",
    "LmsSessionRow",
    "LmsSignUpRow",
    "LmsState",
    "LmsTypeRow",
    "key_of_role",
    "led_by_lms",
    "roles_shown",
    "told_facts",
]

FOLLOWED = "followed"
"""The fact of an entry that was done in the LMS and is followed here: people were told of it there."""

AMBIGUOUS = "?"
"""In place of an account: more than one there may be this person."""


def roles_shown(settings: HubSettings, type_: SessionType) -> tuple[Role, ...]:
    """The roles of a session type that the LMS shows: those one may book by date, by name, without a timed slot."""
    listed = not settings.lms.types or type_.key in settings.lms.types
    by_date = type_.access in {Access.BOOK, Access.DROP_IN} and not type_.private
    if not listed or not by_date:
        return ()
    return tuple(role for role in type_.first_roles if role.slots is None and not role.invited)


def led_by_lms(settings: HubSettings, type_: SessionType, role: str) -> bool:
    """Whether the seats of a role are the LMS's to give: then the hub mirrors them, and promotes nobody."""
    return settings.lms.leads is Leads.LMS and any(each.key == role for each in roles_shown(settings, type_))


def key_of_role(session_id: str, role: str) -> str:
    """The key under which one role of one session is published."""
    return f"{session_id}#{role}"


class LmsState(enum.StrEnum):
    """Whether something is shown in the LMS."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@record("lms_type", key=("type",))
@attrs.frozen
class LmsTypeRow(Record):
    """A session type as it was last published: its ref there, and what was told."""

    type: str
    ref: str
    told: Facts


@record("lms_session", key=("session_id", "role"), indexes={"by_state": ("state", "ends")})
@attrs.frozen
class LmsSessionRow(Record):
    """One role of a session as it was last published.

    `ref` is the LMS's name of it, `told` what was published, `seen` how it read there after that: what differs from
    `seen` later was changed there by hand. `cursor` is how far its sign-ups were followed.
    """

    session_id: str
    role: str
    type: str
    ref: str
    state: LmsState
    ends: datetime
    told: Facts
    seen: Facts
    cursor: str = ""


@record("lms_sign_up", key=("session_id", "role", "account"), indexes={"by_person": ("person",)})
@attrs.frozen
class LmsSignUpRow(Record):
    """One account's sign-up as it was last dealt with. It holds no name, staff number or address.

    `person` is the key of whom the hub takes it for; empty while nobody is known, or they were erased. `status` and
    `at` are how it stood there (both absent where there was none), `here` which place that person had in the hub
    then, and how it stood. `asked` is what the LMS was asked to make of it and has not been seen to have made yet.
    `turn` counts how often it was followed.
    """

    session_id: str
    role: str
    account: str
    person: str
    sign_up: str
    status: str
    at: datetime | None
    here: str
    asked: str = ""
    turn: int = 0

    def says(self, signup: SignUp | None) -> bool:
        """Whether this is how it stands there."""
        if signup is None:
            return self.at is None
        return (self.sign_up, self.status, self.at) == (signup.id, str(signup.status), signup.at)

    @property
    def kept(self) -> SignUpStatus | None:
        """How it stood there."""
        return SignUpStatus(self.status) if self.status else None


@record("lms_account", key=("person",), indexes={"by_account": ("account",)})
@attrs.frozen
class LmsAccountRow(Record):
    """The account of a person (an opaque key) in the LMS."""

    person: str
    account: str


@attrs.frozen
class Finding:
    """Something about a session in the LMS that a person must look at: `about` is an account, a person's key, or empty.

    `code` is one of those that `docs/discovery.md` explains.
    """

    session_id: str
    role: str
    code: str
    about: str = ""
    facts: Facts = attrs.field(factory=dict)


@record("lms_finding", key=("session_id", "role", "code", "about"), indexes={"by_since": ("since",)})
@attrs.frozen
class LmsFindingRow(Record):
    """A finding as kept, for as long as it is so; `since` is when it was first found."""

    session_id: str
    role: str
    code: str
    about: str
    since: datetime
    facts: Facts

    @property
    def finding(self) -> Finding:
        """The finding itself."""
        return Finding(self.session_id, self.role, self.code, self.about, dict(self.facts))


def told_facts(session: LmsSession) -> Facts:
    """A session as it was told or seen, in plain values that can be compared and kept."""
    return {
        "title": session.title,
        "starts": session.starts.isoformat() if session.starts else None,
        "ends": session.ends.isoformat() if session.ends else None,
        "venue": session.venue,
        "capacity": session.capacity,
        "waitlist": session.waitlist,
    }
