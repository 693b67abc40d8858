"""Values that callers get: nobody is in them but by consent."""

from __future__ import annotations

from datetime import datetime

import attrs

from innovationhub_community.records import IntroductionState, Outcome, Pointed
from innovationhub_community.writing import Contact

__all__ = ["ConsentGiven", "Found", "Introduction", "Showing", "Signpost", "TakeUp"]


@attrs.frozen
class Showing:
    """What somebody showed. `contact` is whom to talk to, None without their consent; `at` is aware, in the hub's zone.

    `session_id` is where it was shown, None for nowhere. `keep_when_gone`: it stays when its author is erased.
    """

    id: str
    title: str
    done: str
    outcome: Outcome
    learnt: str
    at: datetime
    session_id: str | None
    keep_when_gone: bool
    contact: Contact | None


@attrs.frozen
class TakeUp:
    """An idea was taken up: where, what was noted, and, once it is known, how it went (`outcome` None until then)."""

    id: str
    showing_id: str
    where: str
    note: str
    at: datetime
    outcome: Outcome | None
    went: str


@attrs.frozen
class Signpost:
    """What somebody was pointed to at a session: the key or id of a thing, practice or showing, or a resource."""

    id: str
    booking_id: str
    kind: Pointed
    to: str
    title: str
    note: str
    at: datetime


@attrs.frozen
class Introduction:
    """An introduction as one of the two sees it: whether they have agreed, and the other, once both have.

    Over means that it came to nothing by `due`: that somebody declined is not told.
    """

    id: str
    state: IntroductionState
    why: str
    due: datetime
    agreed: bool
    contact: Contact | None


@attrs.frozen
class ConsentGiven:
    """A consent that stands: `about` is the id of a showing or an introduction, `at` when it was given."""

    about: str
    at: datetime


@attrs.frozen
class Found:
    """Something that was found by its words: a showing, a practice, a thing, or a resource (`id` is its address)."""

    kind: Pointed
    id: str
    title: str
    excerpt: str
