"""What the hub keeps for this package.

People are opaque keys, "" once they are gone. A field of free text is out of the `repr`, and so out of the journal: an
entry has the other fields of its row, and the row can be told from it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

import attrs

from innovationhub.domain.records import Record, record

__all__ = [
    "RECORDS",
    "Consent",
    "IntroductionRow",
    "IntroductionState",
    "Outcome",
    "Pointed",
    "PracticeRow",
    "Reading",
    "SettingsRow",
    "ShowingRow",
    "SignpostRow",
    "TakeUpRow",
    "ThingRow",
    "TriedRow",
]


class Outcome(enum.StrEnum):
    """How an improvement went. One learns from each."""

    SUCCESS = "success"
    FAILURE = "failure"
    MIXED = "mixed"


class Pointed(enum.StrEnum):
    """What a signpost points to."""

    RESOURCE = "resource"
    PRACTICE = "practice"
    SHOWING = "showing"
    THING = "thing"


class IntroductionState(enum.StrEnum):
    """Where an introduction stands. One that was declined, by whomever, and one that lapsed are alike `over`."""

    ASKED = "asked"
    MADE = "made"
    OVER = "over"


@record(
    "community_showing",
    key=("id",),
    indexes={"by_person": ("person",), "by_booking": ("booking_id",), "by_at": ("at",)},
    search=("title", "done", "learnt"),
)
@attrs.frozen
class ShowingRow(Record):
    """What somebody showed: what was done, how it went, what was learnt. `keep`: it stays when they are gone.

    `session_id` and `booking_id` are where it was shown, "" for nowhere. The row guards its take-ups.
    """

    id: str
    person: str
    session_id: str
    booking_id: str
    outcome: Outcome = attrs.field(converter=Outcome)
    keep: bool
    at: datetime
    title: str = attrs.field(repr=False)
    done: str = attrs.field(repr=False)
    learnt: str = attrs.field(repr=False)


@record("community_consent", key=("about", "person"), indexes={"by_person": ("person",)})
@attrs.frozen
class Consent(Record):
    """Somebody's contact may be shown: with the showing, or to the other of the introduction, that it is `about`.

    It stands as long as the row is there; `at` is when it was given.
    """

    about: str
    person: str
    at: datetime


@record(
    "community_take_up",
    key=("id",),
    indexes={"by_showing": ("showing_id",), "by_person": ("person",), "by_at": ("at",)},
)
@attrs.frozen
class TakeUpRow(Record):
    """Somebody took an idea up elsewhere; later, how it went (`outcome` "" until then)."""

    id: str
    showing_id: str
    person: str
    at: datetime
    outcome: str = ""
    place: str = attrs.field(default="", repr=False)
    note: str = attrs.field(default="", repr=False)
    went: str = attrs.field(default="", repr=False)


@record(
    "community_signpost",
    key=("id",),
    indexes={"by_booking": ("booking_id",), "by_person": ("person",), "by_at": ("at",)},
)
@attrs.frozen
class SignpostRow(Record):
    """What somebody was pointed to: a key, an id, a web address or, for a resource, free text."""

    id: str
    booking_id: str
    person: str
    points: Pointed = attrs.field(converter=Pointed)
    at: datetime
    target: str = attrs.field(repr=False)
    title: str = attrs.field(default="", repr=False)
    note: str = attrs.field(default="", repr=False)


@record("community_reading", key=("url",), search=("title", "url"))
@attrs.frozen
class Reading(Record):
    """A page on the web that somebody was pointed to: what is found again, without who it was."""

    url: str
    title: str


@record(
    "community_introduction",
    key=("id",),
    indexes={"by_one": ("one",), "by_other": ("other",), "by_at": ("at",)},
)
@attrs.frozen
class IntroductionRow(Record):
    """Two people who might help each other, and `why`. It is made once both consent, and over by `due` otherwise."""

    id: str
    one: str
    other: str
    state: IntroductionState = attrs.field(converter=IntroductionState)
    at: datetime
    due: datetime
    why: str = attrs.field(repr=False)


@record("community_tried", key=("id",), indexes={"by_person": ("person",), "by_at": ("at",)})
@attrs.frozen
class TriedRow(Record):
    """A thing of the space was tried out in a session: on somebody's booking, or (both "") by whoever was there."""

    id: str
    thing: str
    session_id: str
    booking_id: str
    person: str
    at: datetime


@record("community_thing", key=("key",), search=("title", "what", "place"))
@attrs.frozen
class ThingRow(Record):
    """Something that can be tried out in the space. `shows` are opaque keys, `books` the key of a series."""

    key: str
    title: str
    kind: str
    what: str
    place: str
    shows: str
    books: str


@record("community_practice", key=("key",), search=("title", "what", "tags", "sources"))
@attrs.frozen
class PracticeRow(Record):
    """A positive practice worth researching. Its sources stand one on a line, its tags apart by spaces."""

    key: str
    title: str
    what: str
    sources: str
    tags: str


@record("community_settings", key=("name",))
@attrs.frozen
class SettingsRow(Record):
    """So many days after a session whoever showed something in it is asked to share it (0: nobody is).

    Those of sessions that began before `upto` have been asked.
    """

    name: str
    ask_days: int
    upto: datetime


RECORDS: Mapping[str, type[Record]] = {
    cls.__schema__.name: cls
    for cls in (
        *(ShowingRow, Consent, TakeUpRow, SignpostRow, Reading),
        *(IntroductionRow, TriedRow, ThingRow, PracticeRow, SettingsRow),
    )
}
"""All of them, by name."""
